#include "testnet/sim_liar.h"

namespace kanhe::testnet {
namespace {

using namespace consensus;

constexpr std::uint64_t far = std::uint64_t{1} << 40;

template <class T>
void shift(Random& random, T& number) {
  const std::uint64_t kind = random.below(4);
  if (kind == 0) number = T(number.value() + 1);
  if (kind == 1 && number.value() > 0) number = T(number.value() - 1);
  if (kind == 2) number = T(number.value() + random.between(2, 20));
  if (kind == 3) number = T(far);
}

template <class Fixed>
void flip(Random& random, Fixed& bytes) {
  bytes.array()[random.below(Fixed::size)] ^= static_cast<Byte>(1 << random.below(8));
}

void change(Random& random, Prepare& vote) {
  const std::uint64_t kind = random.below(3);
  if (kind == 0) shift(random, vote.statement.view);
  if (kind == 1) shift(random, vote.statement.height);
  if (kind == 2) flip(random, vote.statement.digest);
}

// Another proposal of the same view and height: the primary contradicts itself.
void change(Random& random, PrePrepare& message) {
  ProposalHeader& header = message.proposal.header;
  const std::uint64_t kind = random.below(5);
  if (kind == 0) header.timestamp_ms = header.timestamp_ms + random.between(0, 3);
  if (kind == 1) flip(random, header.parent);
  if (kind == 2 && !message.proposal.bodies.empty()) message.proposal.bodies.pop_back();
  if (kind == 3 && !message.proposal.bodies.empty()) flip(random, message.proposal.bodies.front());
  if (kind == 4) shift(random, message.prepare.statement.view);
  header.body_root = body_root_of(message.proposal.bodies);
  header.count = Count(static_cast<std::uint32_t>(message.proposal.bodies.size()));
  message.prepare.statement.digest = kanhe::digest_of(header);
}

void change(Random& random, Commit& vote) {
  const std::uint64_t kind = random.below(4);
  if (kind == 0) shift(random, vote.checkpoint.view);
  if (kind == 1) flip(random, vote.checkpoint.header_hash);
  if (kind == 2) flip(random, vote.checkpoint.log_root);
  if (kind == 3) flip(random, vote.checkpoint.proposal_digest);
}

void change(Random& random, ViewChange& message) {
  const std::uint64_t kind = random.below(4);
  if (kind == 0) shift(random, message.new_view);
  if (kind == 1) message.seal.reset();
  if (kind == 2 && !message.proofs.empty()) message.proofs.erase(message.proofs.begin());
  if (kind == 3 && !message.proofs.empty() && !message.proofs.back().prepares.empty()) {
    flip(random, message.proofs.back().prepares.front().signature);
  }
}

void change(Random& random, NewView& message) {
  if (message.view_changes.empty()) return;
  const std::uint64_t kind = random.below(3);
  if (kind == 0) message.view_changes.pop_back();
  if (kind == 1) shift(random, message.view);
  if (kind == 2) message.view_changes.back() = message.view_changes.front();
}

void change(Random& random, Status& message) {
  const std::uint64_t kind = random.below(4);
  if (kind == 0) shift(random, message.view);
  if (kind == 1) shift(random, message.target);
  if (kind == 2) message.seal.reset();
  if (kind == 3) message.slots.clear();
}

void change(Random& random, VoteReport& message) {
  if (random.chance(500)) {
    message.prepares.clear();
  } else {
    message.seal.reset();
  }
}

void change(Random&, Sealed&) {}

}  // namespace

std::optional<ValidatorIndex> signer_of(const Message& message) {
  return std::visit([]<class T>(const T& inner) -> std::optional<ValidatorIndex> {
    if constexpr (std::same_as<T, PrePrepare>) {
      return inner.prepare.signer;
    } else if constexpr (std::same_as<T, Sealed>) {
      return std::nullopt;
    } else {
      return inner.signer;
    }
  }, message);
}

Message lie(Random& random, const Scheme& scheme, const SecretKey& key, Message message) {
  const auto signer = signer_of(message);
  if (!signer || scheme.config.validators.at(signer->value()).consensus_key != public_key_of(scheme.signature, key)) {
    return message;
  }
  std::visit([&random](auto& inner) { change(random, inner); }, message);
  sign_message(scheme, key, message);
  return message;
}

}  // namespace kanhe::testnet
