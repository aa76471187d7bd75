// Slot: everything that a replica knows about one height.
//
// Votes are kept per view and signer, of few views only, so that a liar's far views can never displace current ones:
// the present view and the next for Prepares, besides these the one before for Commits. A second, different vote of one
// signer in one view is not counted: the first stands, the second is evidence.
//
// The *candidate* is what the present view may agree on at this height: implied by its NewView, or proposed by its
// primary, or, when a quorum prepared something else than the primary showed here, that. What a seal shows to be final
// is the candidate whatever the view says; it is executed, not voted on. PreparedProofs of older views live on until
// the height is durable.
//
// Owner: Replica. Thread: the replica's. Limits: three prepare views (the target's too), four commit views, eight
// proposals.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "consensus/messages.h"

namespace kanhe::consensus {

// The answer of the driver's checks of a proposal's bodies that hold for a fresh one only: no id twice or recorded,
// nothing expired at the proposal's time, sizes. What a NewView implies is prepared whatever they say.
enum class Freshness : std::uint8_t { acceptable = 1, refused = 2 };
BOOST_DESCRIBE_ENUM(Freshness, acceptable, refused)

struct Candidate {
  ProposalDigest digest;
  bool implied = false;
  bool sealed = false;                     // on the chain below a seal
  SignerSet holders;                       // who surely has list and bodies
  std::optional<ProposalHeader> header;    // absent: only the digest is known
  std::shared_ptr<const Proposal> proposal;  // absent: the list is not here
  std::optional<Freshness> bodies;         // set: every body is here and verified
  bool fetch_sent = false;                 // to everyone in `holders`
  bool execute_sent = false;
};

// What executing a proposal led to.
struct Execution {
  ProposalDigest parent;
  HeaderHash header_hash;
  LogRoot log_root;
};

enum class Counted : std::uint8_t { added, repeated, conflicting };

class Slot {
 public:
  explicit Slot(Height height) : height_(height) {}

  Height height() const { return height_; }

  std::optional<Candidate> candidate;
  std::optional<ProposalDigest> own_prepare;  // in the present view; handed out, maybe not yet durable
  std::optional<Checkpoint> own_commit;       // in the present view
  std::optional<PreparedProof> proof;         // of the highest view
  bool proof_persisted = false;               // handed out for persisting
  SignerSet accused;                          // of an odd result, once each

  // Makes a digest the candidate, unless it is already; who else has list and bodies is added.
  Candidate& adopt(const ProposalDigest& digest, const SignerSet& holders);

  // Adds a vote. Requires: the signature was verified.
  Counted add(const Prepare& prepare);
  Counted add(const Commit& commit);

  // The digest that q prepared in a view, if any.
  std::optional<ProposalDigest> prepared(View view, std::size_t q) const;
  // The signatures of those who prepared a digest in a view, by signer.
  SortedList<SealSignature, validators_max> prepares(View view, const ProposalDigest& digest) const;
  // A seal, once q Commits of one view say the same.
  std::optional<CommitSeal> seal(std::size_t q) const;
  // Of the others, those who signed in this view, for this digest, one result that differs from `own`: the largest
  // group.
  std::vector<ValidatorIndex> dissent(View view, const Checkpoint& own, ValidatorIndex self) const;
  // Who signed such a result at all.
  std::vector<ValidatorIndex> odd_results(View view, const Checkpoint& own, ValidatorIndex self) const;

  // What a signer prepared in a view.
  std::optional<ProposalDigest> prepared_by(ValidatorIndex signer, View view) const;
  SignerSet prepare_signers(View view) const;
  SignerSet prepare_signers(View view, const ProposalDigest& digest) const;
  SignerSet commit_signers(View view) const;
  const std::map<View, std::map<ValidatorIndex, Prepare>>& prepares() const { return prepares_; }
  const std::map<View, std::map<ValidatorIndex, Commit>>& commits() const { return commits_; }

  // Forgets what belongs to the view that is left, and votes of views that are too old now.
  void enter_view(View view);
  // Forgets votes of views above `view` + 1 other than `target`: earlier targets that came to nothing.
  void keep_near(View view, View target);

  // A proposal seen at this height, by digest, for following chains. At most eight are kept: what is the candidate,
  // proved or prepared here always, what a vote names before what none does.
  void remember(std::shared_ptr<const Proposal> proposal);
  std::shared_ptr<const Proposal> find(const ProposalDigest& digest) const;

 private:
  using Proposals = std::vector<std::pair<ProposalDigest, std::shared_ptr<const Proposal>>>;
  Proposals::iterator spare_proposal();

  Height height_;
  std::map<View, std::map<ValidatorIndex, Prepare>> prepares_;
  std::map<View, std::map<ValidatorIndex, Commit>> commits_;
  Proposals proposals_;
};

}  // namespace kanhe::consensus
