// Messages of consensus, the records that a replica must remember, and the only way to make a Verified message.
//
// Every signed message names type (its tag), version, chain id, epoch and view; whatever is nested in it is of the same
// epoch. A receiver computes every digest anew: no message carries one of itself.
//
//   message      from → to          means                                                      [Castro-Liskov]
//   PrePrepare   primary → all      the primary's Prepare together with header and list         4.2
//   Prepare      replica → all      "in this view, at this height, this digest"                 4.2
//   Commit       replica → all      "executing it led to this header": signs a checkpoint       4.2, 4.3
//   ViewChange   replica → all      "I am done below this view; here is what I saw prepared"    4.4
//   NewView      new primary → all  q ViewChanges; everyone computes what follows from them     4.4
//   Sealed       anyone → anyone    a CommitSeal: finality, in whatever view
//   Status       replica → all      where I stand and which votes I hold; answered by resending
//   VoteReport   replica → one      the highest votes that I hold of yours, asked for when you start
//
// Thread: any; plain values. verify() is for worker threads.
#pragma once

#include <memory>

#include "ledger/block.h"
#include "ledger/checkpoint.h"

namespace kanhe::consensus {

inline constexpr std::size_t window_max = Number<WindowTag>::max;

// ---------------------------------------------------------------------------------------------------------------------
// Votes

// What a Prepare signs (Tag::prepare).
struct PrepareStatement {
  FormatVersion<1> version;
  ChainId chain_id;
  Epoch epoch;
  View view;
  Height height;
  ProposalDigest digest;
  friend auto operator<=>(const PrepareStatement&, const PrepareStatement&) = default;
};
BOOST_DESCRIBE_STRUCT(PrepareStatement, (), (version, chain_id, epoch, view, height, digest))

struct Prepare {
  static constexpr VariantTag variant_tag{1, "prepare"};
  PrepareStatement statement;
  ValidatorIndex signer;
  Signature signature;
  friend bool operator==(const Prepare&, const Prepare&) = default;
};
BOOST_DESCRIBE_STRUCT(Prepare, (), (statement, signer, signature))

struct PrePrepare {
  static constexpr VariantTag variant_tag{2, "pre_prepare"};
  Prepare prepare;  // the primary's
  Proposal proposal;
  friend bool operator==(const PrePrepare&, const PrePrepare&) = default;
};
BOOST_DESCRIBE_STRUCT(PrePrepare, (), (prepare, proposal))

struct Commit {
  static constexpr VariantTag variant_tag{3, "commit"};
  Checkpoint checkpoint;
  ValidatorIndex signer;
  Signature signature;  // over the checkpoint's note text
  friend bool operator==(const Commit&, const Commit&) = default;
};
BOOST_DESCRIBE_STRUCT(Commit, (), (checkpoint, signer, signature))

// q Prepares of one (epoch, view, height, digest), and the header that has this digest. No list, no bodies.
struct PreparedProof {
  static constexpr VariantTag variant_tag{4, "prepared_proof"};
  ProposalHeader header;
  View view;
  SortedList<SealSignature, validators_max> prepares;
  friend bool operator==(const PreparedProof&, const PreparedProof&) = default;
};
BOOST_DESCRIBE_STRUCT(PreparedProof, (), (header, view, prepares))

// ---------------------------------------------------------------------------------------------------------------------
// Changing the view

struct ViewChange {
  static constexpr VariantTag variant_tag{5, "view_change"};
  FormatVersion<1> version;
  ChainId chain_id;
  Epoch epoch;
  View new_view;
  std::optional<CommitSeal> seal;  // the highest that is known; absent at the epoch's first floor
  List<PreparedProof, window_max> proofs;  // above it, by height; of each height the one of the highest view
  ValidatorIndex signer;
  Signature signature;
  friend bool operator==(const ViewChange&, const ViewChange&) = default;
};
BOOST_DESCRIBE_STRUCT(ViewChange, (), (version, chain_id, epoch, new_view, seal, proofs, signer, signature))

struct NewView {
  static constexpr VariantTag variant_tag{6, "new_view"};
  FormatVersion<1> version;
  ChainId chain_id;
  Epoch epoch;
  View view;
  List<ViewChange, validators_max> view_changes;  // exactly q, by signer
  ValidatorIndex signer;
  Signature signature;
  friend bool operator==(const NewView&, const NewView&) = default;
};
BOOST_DESCRIBE_STRUCT(NewView, (), (version, chain_id, epoch, view, view_changes, signer, signature))

// ---------------------------------------------------------------------------------------------------------------------
// Keeping up

struct Sealed {
  static constexpr VariantTag variant_tag{7, "sealed"};
  CommitSeal seal;
  friend bool operator==(const Sealed&, const Sealed&) = default;
};
BOOST_DESCRIBE_STRUCT(Sealed, (), (seal))

// A set of validators: bit i of the first word is validator i, of the second validator 64 + i.
struct SignerSet {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  bool contains(ValidatorIndex index) const {
    return ((index.value() < 64 ? low >> index.value() : high >> (index.value() - 64)) & 1) != 0;
  }
  void insert(ValidatorIndex index) {
    (index.value() < 64 ? low : high) |= std::uint64_t{1} << (index.value() % 64);
  }
  friend bool operator==(const SignerSet&, const SignerSet&) = default;
};
BOOST_DESCRIBE_STRUCT(SignerSet, (), (low, high))

// What the sender of a Status holds of one height, in its current view.
struct SlotStatus {
  Height height;
  bool has_proposal = false;
  SignerSet prepares;
  SignerSet commits;
  friend bool operator==(const SlotStatus&, const SlotStatus&) = default;
};
BOOST_DESCRIBE_STRUCT(SlotStatus, (), (height, has_proposal, prepares, commits))

struct Status {
  static constexpr VariantTag variant_tag{8, "status"};
  FormatVersion<1> version;
  ChainId chain_id;
  Epoch epoch;
  View view;
  View target;
  std::optional<CommitSeal> seal;  // of the last finalized height: a height without one is not believed
  std::uint64_t session = 0;       // when starting: asks for a VoteReport that repeats this number; else 0
  List<SlotStatus, window_max> slots;
  ValidatorIndex signer;
  Signature signature;
  friend bool operator==(const Status&, const Status&) = default;
};
BOOST_DESCRIBE_STRUCT(Status, (), (version, chain_id, epoch, view, target, seal, session, slots, signer, signature))

struct VoteReport {
  static constexpr VariantTag variant_tag{9, "vote_report"};
  FormatVersion<1> version;
  ChainId chain_id;
  Epoch epoch;
  View view;
  ValidatorIndex about;
  std::uint64_t session = 0;
  std::optional<CommitSeal> seal;  // of the reporter's last finalized height: it forgot the votes below
  List<Prepare, 2 * window_max> prepares;  // of `about`, the highest view of each height
  List<Commit, 2 * window_max> commits;
  std::optional<ViewChange> view_change;
  ValidatorIndex signer;
  Signature signature;
  friend bool operator==(const VoteReport&, const VoteReport&) = default;
};
BOOST_DESCRIBE_STRUCT(VoteReport, (),
                      (version, chain_id, epoch, view, about, session, seal, prepares, commits, view_change, signer,
                       signature))

using Message = std::variant<PrePrepare, Prepare, Commit, ViewChange, NewView, Sealed, Status, VoteReport>;

// What the message says it is of, verified or not.
Epoch epoch_of(const Message& message);

// ---------------------------------------------------------------------------------------------------------------------
// What a replica remembers across a restart. Each overwrites the older record under the same key.

// An own Prepare with its proposal, so that what was prepared can always be executed and sent again. Of every height
// the newest `own_prepares_kept` views are kept until it is durable: a later view may make this replica prepare
// something else, and yet who holds a proof of the earlier one may show it afterwards, and then its list must be
// somewhere.
// Test: recovery_tests/what_was_prepared_is_executed_after_a_power_cut_of_all
inline constexpr std::uint64_t own_prepares_kept = 32;
struct OwnPrepare {
  static constexpr VariantTag variant_tag{10, "own_prepare"};
  Prepare prepare;
  Proposal proposal;
  friend bool operator==(const OwnPrepare&, const OwnPrepare&) = default;
};
BOOST_DESCRIBE_STRUCT(OwnPrepare, (), (prepare, proposal))

struct ImpliedProposal {
  ProposalHeader header;
  SignerSet holders;  // who prepared it, hence has list and bodies
  friend bool operator==(const ImpliedProposal&, const ImpliedProposal&) = default;
};
BOOST_DESCRIBE_STRUCT(ImpliedProposal, (), (header, holders))

// What a NewView leads to. Durable before the first vote in the view.
struct EnteredView {
  static constexpr VariantTag variant_tag{11, "entered_view"};
  FormatVersion<1> version;
  Epoch epoch;
  View view;
  Height floor;
  ProposalDigest floor_digest;
  List<ImpliedProposal, window_max> implied;  // heights floor + 1, floor + 2, …
  friend bool operator==(const EnteredView&, const EnteredView&) = default;
};
BOOST_DESCRIBE_STRUCT(EnteredView, (), (version, epoch, view, floor, floor_digest, implied))

// Why a replica signs nothing more until a later epoch.
enum class Silence : std::uint8_t { diverged = 1, lost_votes = 2 };
BOOST_DESCRIBE_ENUM(Silence, diverged, lost_votes)

struct Silenced {
  static constexpr VariantTag variant_tag{12, "silenced"};
  FormatVersion<1> version;
  Epoch epoch;
  Silence reason = Silence::diverged;
  friend bool operator==(const Silenced&, const Silenced&) = default;
};
BOOST_DESCRIBE_STRUCT(Silenced, (), (version, epoch, reason))

// A Sealed is kept when one seal makes several blocks final, so that a crash between writing them does not lose it.
using Record = std::variant<OwnPrepare, Commit, PreparedProof, ViewChange, NewView, Sealed, EnteredView, Silenced>;

// The key under which the store keeps a record: its kind, its height where it has one, and of an OwnPrepare the view
// modulo own_prepares_kept. Bounded by overwriting.
Bytes record_key(const Record& record);
// What the keys of all OwnPrepares of a height begin with.
Bytes own_prepare_prefix(Height height);

// ---------------------------------------------------------------------------------------------------------------------
// Digests, signing, verifying

ProposalDigest digest_of(const PreparedProof& proof);
inline PrepareStatement statement_of(const ChainId& chain, const PreparedProof& proof) {
  return {{}, chain, proof.header.epoch, proof.view, proof.header.height, digest_of(proof)};
}

// Everything that verifying and signing depends on; the same for all replicas of an epoch.
struct Scheme {
  SignatureScheme signature = SignatureScheme::ecdsa_secp256k1;
  Origin origin;
  EpochConfig config;
  SignatureCheck is_good = nullptr;  // of who remembers what was verified; unset: each signature is checked each time
};

// The digest that the signer of the message (the outer one) signs. Requires: not a Sealed, which has no outer
// signature.
Hash256 signing_digest(const Scheme& scheme, const Message& message);
// Signs with the key of the message's signer.
void sign_message(const Scheme& scheme, const SecretKey& key, Message& message);

// A message whose signatures were checked. Only verify() makes one.
class Verified {
 public:
  const Message& message() const { return *message_; }
  // Which nested entries of a ViewChange hold; a bad one spoils itself only.
  struct Entries {
    bool seal = false;
    std::vector<bool> proofs;
  };
  // For a ViewChange one element, for a NewView one per ViewChange in it, for others none.
  const std::vector<Entries>& entries() const { return entries_; }

 private:
  friend Result<Verified> verify(const Scheme& scheme, Message message);
  std::shared_ptr<const Message> message_;
  std::vector<Entries> entries_;
};

// Checks form, epoch, signer and signatures. Of a ViewChange (also inside a NewView) the outer signature must be good;
// nested entries are judged one by one. A NewView must come from its view's primary with exactly q ViewChanges for it.
// Errors: bad_proof, bad_signature, unsupported (another epoch or chain), unknown (signer).
// Of the proofs in a ViewChange those beyond the first W are bad: no replica can have more to show.
// Cost: one signature check per signature inside (Scheme::is_good).
Result<Verified> verify(const Scheme& scheme, Message message);

// ---------------------------------------------------------------------------------------------------------------------

// What a NewView implies, computed alike by everyone [4.4]: the floor is the highest height that a valid seal in it
// shows (the epoch's first floor, if none does); above it, at each height, of the valid proofs whose parent is what was
// chosen below, the one of the highest view; it ends at the first height without one.
struct FirstFloor {
  Height height;
  ProposalDigest digest;
};
struct Implication {
  EnteredView entered;
  std::optional<CommitSeal> seal;  // the one that shows the floor
};
Implication implied_by(const Scheme& scheme, const FirstFloor& first_floor, const NewView& new_view,
                       const std::vector<Verified::Entries>& entries);

}  // namespace kanhe::consensus
