#include "consensus/messages.h"

#include "ledger/codec_impl.h"

namespace kanhe {

template Bytes encode(const consensus::Message&);
template Result<consensus::Message> decode(ByteView);
template Bytes encode(const consensus::Record&);
template Result<consensus::Record> decode(ByteView);

}  // namespace kanhe

namespace kanhe::consensus {

Epoch epoch_of(const Message& message) {
  return std::visit([]<class M>(const M& inner) {
    if constexpr (std::same_as<M, PrePrepare>) {
      return inner.prepare.statement.epoch;
    } else if constexpr (std::same_as<M, Prepare>) {
      return inner.statement.epoch;
    } else if constexpr (std::same_as<M, Commit>) {
      return inner.checkpoint.epoch;
    } else if constexpr (std::same_as<M, Sealed>) {
      return inner.seal.checkpoint.epoch;
    } else {
      return inner.epoch;
    }
  }, message);
}
namespace {

Hash256 prepare_digest(const PrepareStatement& statement) { return tagged_hash(Tag::prepare, encode(statement)); }

// The encoding without the signature, which is the last field.
template <class T>
Hash256 unsigned_digest(Tag tag, const T& message) {
  const Bytes bytes = encode(message);
  return tagged_hash(tag, ByteView(bytes).first(bytes.size() - Signature::size));
}

Tag tag_of(const ViewChange&) { return Tag::view_change; }
Tag tag_of(const NewView&) { return Tag::new_view; }
Tag tag_of(const Status&) { return Tag::status; }
Tag tag_of(const VoteReport&) { return Tag::vote_report; }

Hash256 digest_for(const Scheme&, const Prepare& prepare) { return prepare_digest(prepare.statement); }
Hash256 digest_for(const Scheme&, const PrePrepare& message) { return prepare_digest(message.prepare.statement); }
Hash256 digest_for(const Scheme& scheme, const Commit& commit) {
  return kanhe::signing_digest(scheme.origin, commit.checkpoint);
}
template <class T>
Hash256 digest_for(const Scheme&, const T& message) {
  return unsigned_digest(tag_of(message), message);
}

bool is_good(const Scheme& scheme, const PublicKey& key, const Hash256& digest, const Signature& signature) {
  return scheme.is_good ? scheme.is_good(key, digest, signature)
                        : kanhe::verify(scheme.signature, key, digest, signature);
}

Result<void> check_signature(const Scheme& scheme, ValidatorIndex signer, const Hash256& digest,
                             const Signature& signature) {
  if (signer.value() >= scheme.config.n()) {
    return fail(ErrorCode::unknown, "signer ", signer.value(), ", this epoch has ", scheme.config.n(), " validators");
  }
  const PublicKey& key = scheme.config.validators[signer.value()].consensus_key;
  if (!is_good(scheme, key, digest, signature)) {
    return fail(ErrorCode::bad_signature, "signature of validator ", signer.value(), " does not fit");
  }
  return {};
}

Result<void> check_place(const Scheme& scheme, const ChainId& chain, Epoch epoch) {
  if (chain != scheme.config.chain_id) return fail(ErrorCode::unsupported, "message of another chain");
  if (epoch != scheme.config.epoch) {
    return fail(ErrorCode::unsupported, "message of epoch ", epoch.value(), ", this is ", scheme.config.epoch.value());
  }
  return {};
}

Result<void> check(const Scheme& scheme, const Prepare& prepare) {
  TRY(check_place(scheme, prepare.statement.chain_id, prepare.statement.epoch));
  return check_signature(scheme, prepare.signer, prepare_digest(prepare.statement), prepare.signature);
}

Result<void> check(const Scheme& scheme, const PrePrepare& message) {
  const PrepareStatement& statement = message.prepare.statement;
  const ProposalHeader& header = message.proposal.header;
  if (statement.height != header.height || header.epoch != statement.epoch || header.chain_id != statement.chain_id) {
    return fail(ErrorCode::bad_proof, "pre-prepare: its proposal is of another chain, epoch or height");
  }
  if (message.prepare.signer.value() >= scheme.config.n() ||
      message.prepare.signer != scheme.config.primary(statement.view)) {
    return fail(ErrorCode::bad_proof, "pre-prepare: validator ", message.prepare.signer.value(), " is not the primary");
  }
  if (kanhe::digest_of(header) != statement.digest) {
    return fail(ErrorCode::bad_proof, "pre-prepare: the header has another digest");
  }
  TRY(check_body_list(message.proposal));
  return check(scheme, message.prepare);
}

Result<void> check(const Scheme& scheme, const Commit& commit) {
  TRY(check_place(scheme, scheme.config.chain_id, commit.checkpoint.epoch));
  return check_signature(scheme, commit.signer, kanhe::signing_digest(scheme.origin, commit.checkpoint),
                         commit.signature);
}

Result<void> check(const Scheme& scheme, const CommitSeal& seal) {
  if (scheme.is_good) return check_seal(scheme.is_good, scheme.origin, scheme.config, seal);
  return check_seal(scheme.signature, scheme.origin, scheme.config, seal);
}

// A prepared proof: q different signers of this epoch over the digest that the header has [4.2].
Result<void> check(const Scheme& scheme, const PreparedProof& proof) {
  TRY(check_place(scheme, proof.header.chain_id, proof.header.epoch));
  if (proof.prepares.size() < scheme.config.q()) {
    return fail(ErrorCode::bad_proof, "prepared proof: ", proof.prepares.size(), " signatures, needs ",
                scheme.config.q());
  }
  const Hash256 digest = prepare_digest(statement_of(scheme.config.chain_id, proof));
  for (const SealSignature& vote : proof.prepares) TRY(check_signature(scheme, vote.signer, digest, vote.signature));
  return {};
}

// Whether the entries of a ViewChange have the form that the rules ask for; their signatures come after.
Verified::Entries judge_entries(const Scheme& scheme, const ViewChange& message) {
  Verified::Entries entries;
  entries.seal = message.seal && check(scheme, *message.seal).has_value();
  const std::size_t proofs_max = scheme.config.parameters.window.value();
  for (const PreparedProof& proof : message.proofs) {
    const bool possible = proof.view < message.new_view && entries.proofs.size() < proofs_max;
    entries.proofs.push_back(possible && check(scheme, proof).has_value());
  }
  return entries;
}

Result<void> check_outer(const Scheme& scheme, const ViewChange& message) {
  TRY(check_place(scheme, message.chain_id, message.epoch));
  return check_signature(scheme, message.signer, digest_for(scheme, message), message.signature);
}

Result<void> check_outer(const Scheme& scheme, const NewView& message) {
  TRY(check_place(scheme, message.chain_id, message.epoch));
  if (message.signer.value() >= scheme.config.n() || message.signer != scheme.config.primary(message.view)) {
    return fail(ErrorCode::bad_proof, "new-view: validator ", message.signer.value(),
                " is not the primary of its view");
  }
  if (message.view_changes.size() != scheme.config.q()) {
    return fail(ErrorCode::bad_proof, "new-view: ", message.view_changes.size(), " view-changes, must be ",
                scheme.config.q());
  }
  for (std::size_t i = 0; i < message.view_changes.size(); ++i) {
    const ViewChange& view_change = message.view_changes[i];
    if (view_change.new_view != message.view)
      return fail(ErrorCode::bad_proof, "new-view: a view-change of another view");
    if (i > 0 && !(message.view_changes[i - 1].signer < view_change.signer)) {
      return fail(ErrorCode::bad_proof, "new-view: view-changes are not by ascending signer");
    }
  }
  TRY(check_signature(scheme, message.signer, digest_for(scheme, message), message.signature));
  for (const ViewChange& view_change : message.view_changes) TRY(check_outer(scheme, view_change));
  return {};
}

Result<void> check_outer(const Scheme& scheme, const Status& message) {
  TRY(check_place(scheme, message.chain_id, message.epoch));
  TRY(check_signature(scheme, message.signer, digest_for(scheme, message), message.signature));
  if (message.seal) TRY(check(scheme, *message.seal));
  return {};
}

Result<void> check_outer(const Scheme& scheme, const VoteReport& message) {
  TRY(check_place(scheme, message.chain_id, message.epoch));
  TRY(check_signature(scheme, message.signer, digest_for(scheme, message), message.signature));
  if (message.seal) TRY(check(scheme, *message.seal));
  for (const Prepare& prepare : message.prepares) {
    if (prepare.signer != message.about) return fail(ErrorCode::bad_proof, "vote report: a vote of somebody else");
    TRY(check(scheme, prepare));
  }
  for (const Commit& commit : message.commits) {
    if (commit.signer != message.about) return fail(ErrorCode::bad_proof, "vote report: a vote of somebody else");
    TRY(check(scheme, commit));
  }
  if (message.view_change) {
    if (message.view_change->signer != message.about) {
      return fail(ErrorCode::bad_proof, "vote report: a view-change of somebody else");
    }
    TRY(check_outer(scheme, *message.view_change));
  }
  return {};
}

Result<void> check_outer(const Scheme& scheme, const Sealed& message) { return check(scheme, message.seal); }
Result<void> check_outer(const Scheme& scheme, const PrePrepare& message) { return check(scheme, message); }
Result<void> check_outer(const Scheme& scheme, const Prepare& message) { return check(scheme, message); }
Result<void> check_outer(const Scheme& scheme, const Commit& message) { return check(scheme, message); }

Signature& signature_of(PrePrepare& message) { return message.prepare.signature; }
template <class T>
Signature& signature_of(T& message) {
  return message.signature;
}

// The best proof at one height: valid, on the parent chosen below, of the highest view.
const PreparedProof* choose(const NewView& new_view, const std::vector<Verified::Entries>& entries, Height height,
                            const ProposalDigest& parent) {
  const PreparedProof* chosen = nullptr;
  for (std::size_t i = 0; i < new_view.view_changes.size(); ++i) {
    const auto& proofs = new_view.view_changes[i].proofs;
    for (std::size_t k = 0; k < proofs.size(); ++k) {
      const PreparedProof& proof = proofs[k];
      if (!entries[i].proofs[k] || proof.header.height != height || proof.header.parent != parent) continue;
      if (chosen == nullptr || chosen->view < proof.view) chosen = &proof;
    }
  }
  return chosen;
}

}  // namespace

Bytes own_prepare_prefix(Height height) {
  Bytes key{static_cast<Byte>(OwnPrepare::variant_tag.number)};
  append(key, encode_key(height));
  return key;
}

Bytes record_key(const Record& record) {
  if (const auto* own = std::get_if<OwnPrepare>(&record)) {
    Bytes key = own_prepare_prefix(own->prepare.statement.height);
    key.push_back(static_cast<Byte>(own->prepare.statement.view.value() % own_prepares_kept));
    return key;
  }
  Bytes key{static_cast<Byte>(std::visit([]<class R>(const R&) { return R::variant_tag.number; }, record))};
  const auto add_height = [&key](Height height) { append(key, encode_key(height)); };
  if (const auto* commit = std::get_if<Commit>(&record)) add_height(commit->checkpoint.height);
  if (const auto* proof = std::get_if<PreparedProof>(&record)) add_height(proof->header.height);
  return key;
}

ProposalDigest digest_of(const PreparedProof& proof) { return kanhe::digest_of(proof.header); }

Hash256 signing_digest(const Scheme& scheme, const Message& message) {
  return std::visit([&scheme]<class T>(const T& inner) -> Hash256 {
    if constexpr (std::same_as<T, Sealed>) {
      CHECK(false);
    } else {
      return digest_for(scheme, inner);
    }
  }, message);
}

void sign_message(const Scheme& scheme, const SecretKey& key, Message& message) {
  const Signature signature = sign(scheme.signature, key, signing_digest(scheme, message));
  std::visit([&signature]<class T>(T& inner) {
    if constexpr (!std::same_as<T, Sealed>) signature_of(inner) = signature;
  }, message);
}

Result<Verified> verify(const Scheme& scheme, Message message) {
  TRY(std::visit([&scheme](const auto& inner) { return check_outer(scheme, inner); }, message));
  Verified verified;
  if (const auto* view_change = std::get_if<ViewChange>(&message)) {
    verified.entries_.push_back(judge_entries(scheme, *view_change));
  }
  if (const auto* new_view = std::get_if<NewView>(&message)) {
    for (const ViewChange& inner : new_view->view_changes) verified.entries_.push_back(judge_entries(scheme, inner));
  }
  verified.message_ = std::make_shared<const Message>(std::move(message));
  return verified;
}

Implication implied_by(const Scheme& scheme, const FirstFloor& first_floor, const NewView& new_view,
                       const std::vector<Verified::Entries>& entries) {
  CHECK(entries.size() == new_view.view_changes.size());
  Implication result;
  EnteredView& entered = result.entered;
  entered.epoch = scheme.config.epoch;
  entered.view = new_view.view;
  entered.floor = first_floor.height;
  entered.floor_digest = first_floor.digest;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& seal = new_view.view_changes[i].seal;
    if (!entries[i].seal || seal->checkpoint.height <= entered.floor) continue;
    entered.floor = seal->checkpoint.height;
    entered.floor_digest = seal->checkpoint.proposal_digest;
    result.seal = seal;
  }
  ProposalDigest parent = entered.floor_digest;
  for (Height height = entered.floor + 1; !entered.implied.full(); ++height) {
    const PreparedProof* proof = choose(new_view, entries, height, parent);
    if (proof == nullptr) break;
    ImpliedProposal implied{proof->header, {}};
    for (const SealSignature& vote : proof->prepares) implied.holders.insert(vote.signer);
    parent = kanhe::digest_of(proof->header);
    entered.implied.push_back(std::move(implied));
  }
  return result;
}

}  // namespace kanhe::consensus
