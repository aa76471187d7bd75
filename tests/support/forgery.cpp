#include "tests/support/forgery.h"

namespace kanhe::consensus::tests {
namespace {

const ChainId other_chain(sha256(as_bytes("another chain")));

std::uint64_t number(const NextWord& next) { return std::stoull(next()); }

template <class Signatures>
void make_short(Signatures& signatures) {
  signatures.erase(signatures.begin());
}

// The last one's signature under the name of somebody who is not there.
template <class Signatures>
void make_stranger(Signatures& signatures, std::size_t n) {
  SealSignature last = *std::prev(signatures.end());
  signatures.erase(std::prev(signatures.end()));
  last.signer = ValidatorIndex(static_cast<std::uint16_t>(n));
  signatures.push_back(last);
}

void forge_proof(PreparedProof& proof, const Replicas& network, const NextWord& next) {
  const std::string what = next();
  if (what == "short") return make_short(proof.prepares);
  if (what == "stranger") return make_stranger(proof.prepares, network.n());
  if (what == "for") {
    const std::string name = next();
    const auto other = network.find(name);
    if (other == nullptr) throw std::invalid_argument("no proposal " + name);
    proof.header = other->header;
    return;
  }
  if (what == "view") {
    proof.view = View(number(next));
  } else if (what == "chain") {
    proof.header.chain_id = other_chain;
  } else if (what == "epoch") {
    proof.header.epoch = proof.header.epoch + 1;
  } else {
    throw std::invalid_argument("no such change of a proof: " + what);
  }
}

void forge_seal(CommitSeal& seal, std::size_t n, const NextWord& next) {
  const std::string what = next();
  if (what == "short") return make_short(seal.signatures);
  if (what == "stranger") return make_stranger(seal.signatures, n);
  if (what == "view") {
    seal.checkpoint.view = View(number(next));
  } else if (what == "height") {
    seal.checkpoint.height = Height(number(next));
  } else if (what == "epoch") {
    seal.checkpoint.epoch = seal.checkpoint.epoch + 1;
  } else {
    throw std::invalid_argument("no such change of a seal: " + what);
  }
}

void change_chain(Message& message) {
  if (auto* vote = std::get_if<Prepare>(&message)) {
    vote->statement.chain_id = other_chain;
  } else if (auto* change = std::get_if<ViewChange>(&message)) {
    change->chain_id = other_chain;
  } else if (auto* new_view = std::get_if<NewView>(&message)) {
    new_view->chain_id = other_chain;
  } else {
    throw std::invalid_argument("this message names no chain");
  }
}

Epoch& epoch_in(Message& message) {
  if (auto* proposed = std::get_if<PrePrepare>(&message)) return proposed->prepare.statement.epoch;
  if (auto* vote = std::get_if<Prepare>(&message)) return vote->statement.epoch;
  if (auto* vote = std::get_if<Commit>(&message)) return vote->checkpoint.epoch;
  if (auto* change = std::get_if<ViewChange>(&message)) return change->epoch;
  if (auto* new_view = std::get_if<NewView>(&message)) return new_view->epoch;
  throw std::invalid_argument("this message names no epoch");
}

View& view_in(Message& message) {
  if (auto* proposed = std::get_if<PrePrepare>(&message)) return proposed->prepare.statement.view;
  if (auto* vote = std::get_if<Prepare>(&message)) return vote->statement.view;
  if (auto* vote = std::get_if<Commit>(&message)) return vote->checkpoint.view;
  if (auto* change = std::get_if<ViewChange>(&message)) return change->new_view;
  if (auto* new_view = std::get_if<NewView>(&message)) return new_view->view;
  throw std::invalid_argument("this message names no view");
}

ValidatorIndex& signer_in(Message& message) {
  if (auto* proposed = std::get_if<PrePrepare>(&message)) return proposed->prepare.signer;
  if (auto* vote = std::get_if<Prepare>(&message)) return vote->signer;
  if (auto* vote = std::get_if<Commit>(&message)) return vote->signer;
  if (auto* change = std::get_if<ViewChange>(&message)) return change->signer;
  if (auto* new_view = std::get_if<NewView>(&message)) return new_view->signer;
  throw std::invalid_argument("this message has no signer");
}

}  // namespace

void forge(const Replicas& network, std::size_t speaker, Message& message, const NextWord& next) {
  const std::string what = next();
  auto* change = std::get_if<ViewChange>(&message);
  if (what == "view") {
    view_in(message) = View(number(next));
    return;
  }
  if (auto* proposed = std::get_if<PrePrepare>(&message); proposed != nullptr && what == "list") {
    proposed->proposal.bodies.assign(1, body_named(next()));
    return;
  }
  if (what == "as") {
    signer_in(message) = ValidatorIndex(static_cast<std::uint16_t>(number(next)));
  } else if (what == "chain") {
    change_chain(message);
  } else if (what == "epoch") {
    epoch_in(message) = epoch_in(message) + 1;
  } else if (what == "proof" && change != nullptr && !change->proofs.empty()) {
    forge_proof(change->proofs[0], network, next);
  } else if (what == "seal" && change != nullptr && change->seal) {
    forge_seal(*change->seal, network.n(), next);
  } else {
    throw std::invalid_argument("no such change of this message: " + what);
  }
  message = network.signed_by(speaker, std::move(message));
}

void forge(ProposalHeader& header, const NextWord& next) {
  const std::string what = next();
  if (what == "chain") {
    header.chain_id = other_chain;
  } else if (what == "epoch") {
    header.epoch = header.epoch + 1;
  } else if (what == "count") {
    header.count = Count(static_cast<std::uint32_t>(number(next)));
  } else if (what == "root") {
    header.body_root = LogRoot(sha256(as_bytes("another list")));
  } else if (what == "time") {
    const auto ms = std::stoll(next());
    header.timestamp_ms = Timestamp(header.timestamp_ms.value() + static_cast<std::uint64_t>(ms));
  } else {
    throw std::invalid_argument("no such change of a header: " + what);
  }
}

}  // namespace kanhe::consensus::tests
