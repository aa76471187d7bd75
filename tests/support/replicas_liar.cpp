// Replicas: names and texts, what honest nodes promised, and the forging of messages for liars.
#include "ledger/codec.h"
#include "tests/support/replicas.h"

namespace kanhe::consensus::tests {
namespace {

HeaderHash result_of(const ProposalDigest& digest, const std::string& result) {
  return HeaderHash(sha256(as_bytes("executed " + digest.hex() + result)));
}

ValidatorIndex index_from(std::size_t index) { return ValidatorIndex(static_cast<std::uint16_t>(index)); }

}  // namespace

// ---------------------------------------------------------------------------------------------------------------------
// What is checked of everything that honest nodes sign and finalize

void Replicas::check_vote(const Node& node, const Message& message) {
  if (!node.honest) return;
  const std::size_t self = node.index.value();
  const auto once = [&](const std::string& phase, View view, Height height, const Bytes& what) {
    const std::string place = to_string(node.index) + " " + phase + " " + to_string(view) + " " + to_string(height);
    const auto [known, added] = signed_.try_emplace(place, what);
    if (!added && known->second != what) throw Fault("two different signatures: " + place);
    if (sworn_.contains(self) && view < sworn_.at(self)) throw Fault("a vote below the own ViewChange: " + place);
  };
  if (const auto* vote = std::get_if<PrePrepare>(&message)) {
    const PrepareStatement& statement = vote->prepare.statement;
    once("prepare", statement.view, statement.height, to_bytes(statement.digest));
  } else if (const auto* own_prepare = std::get_if<Prepare>(&message)) {
    const PrepareStatement& statement = own_prepare->statement;
    once("prepare", statement.view, statement.height, to_bytes(statement.digest));
  } else if (const auto* own_commit = std::get_if<Commit>(&message)) {
    const Checkpoint& said = own_commit->checkpoint;
    once("commit", said.view, said.height, to_bytes(said.header_hash));
  } else if (const auto* change = std::get_if<ViewChange>(&message)) {
    once("view-change", change->new_view, Height(0), encode(message));
    sworn_.insert_or_assign(self, change->new_view);
  } else {
    once("new-view", std::get<NewView>(message).view, Height(0), encode(message));
  }
}

void Replicas::decide(const Node& node, Height height, const HeaderHash& header_hash) {
  if (!node.honest || node.diverges) return;
  const auto [known, added] = decided_.try_emplace(height, header_hash);
  if (!added && known->second != header_hash) throw Fault("a fork at height " + to_string(height));
}

void Replicas::collect(const Message& message) {
  const auto add = [this](const Prepare& vote) {
    prepares_[{vote.statement.digest, vote.statement.view}][vote.signer] = vote.signature;
  };
  if (const auto* proposed = std::get_if<PrePrepare>(&message)) {
    learn_name(proposed->proposal);
    add(proposed->prepare);
  }
  if (const auto* vote = std::get_if<Prepare>(&message)) add(*vote);
  if (const auto* vote = std::get_if<Commit>(&message)) commits_[vote->checkpoint][vote->signer] = vote->signature;
  if (const auto* change = std::get_if<ViewChange>(&message)) {
    view_changes_.insert_or_assign({change->signer.value(), change->new_view}, *change);
  }
}

std::optional<PreparedProof> Replicas::collected_proof(const ProposalDigest& digest, View view) const {
  const auto found = prepares_.find({digest, view});
  const auto proposal = proposals_.find(name(digest));
  if (found == prepares_.end() || found->second.size() < scheme().config.q() || proposal == proposals_.end()) return {};
  PreparedProof proof{proposal->second->header, view, {}};
  for (const auto& [signer, signature] : found->second) proof.prepares.push_back({signer, signature});
  return proof;
}

std::optional<CommitSeal> Replicas::collected_seal(const ProposalDigest& digest, View view) const {
  for (const auto& [said, signatures] : commits_) {
    if (said.proposal_digest != digest || said.view != view || signatures.size() < scheme().config.q()) continue;
    CommitSeal seal{{}, said, {}};
    for (const auto& [signer, signature] : signatures) seal.signatures.push_back({signer, signature});
    return seal;
  }
  return {};
}

std::optional<ViewChange> Replicas::collected_view_change(std::size_t signer, View new_view) const {
  const auto found = view_changes_.find({signer, new_view});
  if (found == view_changes_.end()) return {};
  return found->second;
}

// ---------------------------------------------------------------------------------------------------------------------
// Making messages

std::shared_ptr<const Proposal> Replicas::propose(Height height, const ProposalDigest& parent,
                                                  const std::vector<std::string>& transactions, Timestamp time,
                                                  const std::function<void(ProposalHeader&)>& change) {
  auto proposal = std::make_shared<Proposal>();
  for (const std::string& transaction : transactions) {
    proposal->bodies.push_back(body_named(transaction));
    transactions_[proposal->bodies.back()] = transaction;
  }
  proposal->header = {{},
                      scheme().config.chain_id,
                      scheme().config.epoch,
                      height,
                      parent,
                      time,
                      body_root_of(proposal->bodies),
                      Count(static_cast<std::uint32_t>(transactions.size()))};
  if (change) change(proposal->header);
  learn_name(*proposal);
  return proposal;
}

Message Replicas::signed_by(std::size_t index, Message message) const {
  sign_message(scheme(), keys_.at(index), message);
  return message;
}

Message Replicas::prepare(std::size_t signer, View view, const Proposal& proposal) const {
  const ProposalHeader& header = proposal.header;
  return signed_by(
      signer,
      Prepare{{{}, header.chain_id, header.epoch, view, header.height, digest_of(header)}, index_from(signer), {}});
}

Message Replicas::pre_prepare(std::size_t signer, View view, const Proposal& proposal) const {
  return PrePrepare{std::get<Prepare>(prepare(signer, view, proposal)), proposal};
}

Checkpoint Replicas::checkpoint(View view, const Proposal& proposal, const std::string& result) const {
  const ProposalDigest digest = digest_of(proposal.header);
  const HeaderHash header_hash = result_of(digest, result);
  return {{}, proposal.header.epoch, view, proposal.header.height, digest, header_hash, LogRoot(sha256(header_hash))};
}

Message Replicas::commit(std::size_t signer, View view, const Proposal& proposal, const std::string& result) const {
  return signed_by(signer, Commit{checkpoint(view, proposal, result), index_from(signer), {}});
}

Message Replicas::view_change(std::size_t signer, View new_view, std::optional<CommitSeal> seal,
                              std::vector<PreparedProof> proofs) const {
  ViewChange message;
  message.chain_id = scheme().config.chain_id;
  message.epoch = scheme().config.epoch;
  message.new_view = new_view;
  message.seal = std::move(seal);
  message.proofs.assign(proofs.begin(), proofs.end());
  message.signer = index_from(signer);
  return signed_by(signer, message);
}

Message Replicas::new_view(std::size_t signer, View view, const std::vector<ViewChange>& view_changes) const {
  NewView message;
  message.chain_id = scheme().config.chain_id;
  message.epoch = scheme().config.epoch;
  message.view = view;
  message.view_changes.assign(view_changes.begin(), view_changes.end());
  message.signer = index_from(signer);
  return signed_by(signer, message);
}

void Replicas::say(std::size_t from, const std::vector<std::size_t>& to, const Message& message) {
  for (const std::size_t index : to) enqueue(from, index, message);
}

// ---------------------------------------------------------------------------------------------------------------------
// Names and texts

// A proposal's name is its height and transactions, "1:t1"; a second one with the same content is "1:t1#2".
void Replicas::learn_name(const Proposal& proposal) {
  const ProposalDigest digest = digest_of(proposal.header);
  if (names_.contains(digest)) return;
  std::string base = to_string(proposal.header.height) + ":";
  for (std::size_t i = 0; i < proposal.bodies.size(); ++i) {
    const auto known = transactions_.find(proposal.bodies[i]);
    base += (i == 0 ? "" : "+") + (known == transactions_.end() ? std::string("?") : known->second);
  }
  if (proposal.bodies.empty()) base += "empty";
  std::string unique = base;
  for (std::size_t i = 2; proposals_.contains(unique); ++i) unique = base + "#" + std::to_string(i);
  names_[digest] = unique;
  proposals_[unique] = std::make_shared<const Proposal>(proposal);
}

std::string Replicas::name(const ProposalDigest& digest) const {
  const auto found = names_.find(digest);
  return found == names_.end() ? digest.hex().substr(0, 8) : found->second;
}

std::shared_ptr<const Proposal> Replicas::find(const std::string& proposal_name) const {
  const auto found = proposals_.find(proposal_name);
  return found == proposals_.end() ? nullptr : found->second;
}

std::string Replicas::describe(const Message& message) const {
  const auto vote = [this](const std::string& kind, View view, const ProposalDigest& digest) {
    return kind + " " + name(digest) + " in view " + to_string(view);
  };
  if (const auto* inner = std::get_if<PrePrepare>(&message)) {
    return vote("pre-prepare", inner->prepare.statement.view, inner->prepare.statement.digest);
  }
  if (const auto* inner = std::get_if<Prepare>(&message)) {
    return vote("prepare", inner->statement.view, inner->statement.digest);
  }
  if (const auto* inner = std::get_if<Commit>(&message)) {
    const Checkpoint& said = inner->checkpoint;
    const bool odd = said.header_hash != result_of(said.proposal_digest, "");
    return vote("commit", said.view, said.proposal_digest) + (odd ? " with an odd result" : "");
  }
  if (const auto* inner = std::get_if<ViewChange>(&message)) {
    std::string text = "view-change to view " + to_string(inner->new_view);
    if (inner->seal) text += ", final " + name(inner->seal->checkpoint.proposal_digest);
    for (const PreparedProof& proof : inner->proofs) {
      text += ", prepared " + name(digest_of(proof.header)) + " in view " + to_string(proof.view);
    }
    return text;
  }
  if (const auto* inner = std::get_if<NewView>(&message)) {
    SignerSet signers;
    for (const ViewChange& change : inner->view_changes) signers.insert(change.signer);
    return "new-view " + to_string(inner->view) + " from the view-changes of " + joined(signers);
  }
  if (const auto* inner = std::get_if<Sealed>(&message)) {
    return vote("sealed", inner->seal.checkpoint.view, inner->seal.checkpoint.proposal_digest);
  }
  return std::holds_alternative<Status>(message) ? "status" : "vote-report";
}

}  // namespace kanhe::consensus::tests
