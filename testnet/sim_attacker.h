// SimAttacker: a liar that knows the protocol. Its node runs the production driver like anyone's; beside what that
// says, the attacker says what a clever liar would: every message it makes is well formed and signed, and only the
// choice is a lie.
//
// Its habits, drawn once per seed, each the attack that some rule of docs/consensus.md answers:
//   hide_proofs     its ViewChange leaves out PreparedProofs, or shows older ones of the same heights that it has seen
//   hide_floor      its ViewChange shows an older seal than it knows, or none
//   other_new_view  as primary it makes NewViews of other ViewChanges, another one for each receiver
//   equivocate      as primary it offers different proposals, also where its NewView implies one
//   vote_for_all    it prepares and commits whatever anybody else does, to that one or to all
//   far_targets     it aims for views above all others', a little or by a lot, and again whenever it is asked; or it
//                   climbs, a step each time
//   replay          it says again what it heard long ago, of others too
//   mute            it keeps part of what its node says from part of the network
//   other_names     it says its own votes under the names of others too, with its own signature
//   other_form      its signatures have the second form that ECDSA allows (s and n - s)
//   false_seals     its Status shows a height far above, under signatures that are of another
//   other_epochs    it says ViewChanges of others again, as if they were of the present epoch
//   withhold        as primary it makes no NewView
//   bad_blocks      it answers who lacks blocks with parts, and with blocks that are not the ones; some with rubbish
//                   always, in which there is nothing of use
//   old_keys        it has stolen every key that was replaced, and seals another block in the name of an ended epoch,
//                   where a quorum of that epoch's keys is with it by now. Only to who has left that epoch or was told
//                   how it ended: for anybody else nothing but the genesis stands against it
//
// Owner: the liar's SimNode. Thread: one. Memory: bounded below.
#pragma once

#include <deque>
#include <map>

#include "consensus/messages.h"
#include "node/wire.h"
#include "testnet/sim_genesis.h"
#include "testnet/sim_network.h"

namespace kanhe::testnet {

class SimAttacker {
 public:
  explicit SimAttacker(Random& random);

  struct Voice {
    const consensus::Scheme& scheme;
    const SecretKey& key;
    ValidatorIndex self;
  };

  // From now on it gives nobody blocks that are of use.
  void give_only_rubbish();

  // Everything that reaches the node. Answers what is said to the one it came from.
  std::vector<consensus::Message> hear(const Voice& voice, const consensus::Message& message);
  // What goes to one end in the place of what the node says to it.
  std::vector<consensus::Message> say(const Voice& voice, End to, const consensus::Message& message);

  // What it gives to one who lacks blocks, in the place of the node's answer. `epochs`: those that have ended for the
  // one who asks.
  Bytes answer_with_blocks(const consensus::Scheme& scheme, const std::map<Epoch, EpochConfig>& epochs, Identity self,
                           const Bytes& payload);

  // What the seed drew, in words.
  std::string habits() const;

 private:
  struct Habits {
    std::uint64_t hide_proofs = 0, hide_floor = 0, other_new_view = 0, equivocate = 0, vote_for_all = 0,
                  far_targets = 0, replay = 0, mute = 0, other_names = 0, other_form = 0, false_seals = 0,
                  other_epochs = 0, withhold = 0, bad_blocks = 0, old_keys = 0;
  };

  void remember(const consensus::Message& message);
  void remember(const consensus::PreparedProof& proof);
  consensus::ViewChange lying(const Voice& voice, consensus::ViewChange message);
  consensus::NewView lying(const Voice& voice, consensus::NewView message);
  std::optional<consensus::Message> other_proposal(const Voice& voice, Height height, View view,
                                                   const ProposalDigest& than);
  View far_target();
  std::vector<consensus::Message> said_instead(const Voice& voice, const consensus::Message& message);
  void disguise(const Voice& voice, std::vector<consensus::Message>& said);
  std::optional<CommitSeal> seal_with_old_keys(const consensus::Scheme& scheme,
                                               const std::map<Epoch, EpochConfig>& epochs, Identity self,
                                               Checkpoint checkpoint);
  void forge(node::BlocksAnswer& answer, const consensus::Scheme& scheme, const std::map<Epoch, EpochConfig>& epochs,
             Identity self);

  Random& random_;
  Habits habits_;
  std::map<Height, std::map<ProposalDigest, Proposal>> proposals_;           // the newest heights_max heights
  std::map<Height, std::vector<consensus::PreparedProof>> proofs_;           // likewise, a few of each
  std::map<View, std::map<ValidatorIndex, consensus::ViewChange>> changes_;  // of the newest views
  std::deque<CommitSeal> seals_;
  std::deque<consensus::ViewChange> any_changes_;                            // of any epoch and view
  std::deque<consensus::Message> heard_;                                     // a sample
  View highest_;
  View climbed_;
  bool climbs_ = false;
  bool only_rubbish_ = false;
};

}  // namespace kanhe::testnet
