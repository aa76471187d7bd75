#include "node/admission.h"

#include <algorithm>

#include "ledger/codec.h"

namespace kanhe::node {
namespace {

constexpr std::uint64_t retry_ms = 60'000;
constexpr std::uint64_t valid_for_ms = 60'000;

// Another one for each height, the same for the same.
Nonce nonce_of(const contracts::motion::ConfirmArguments& arguments) {
  const Hash256 hash = sha256(encode(arguments));
  return Nonce::from(hash.view().first(Nonce::size)).value();
}

}  // namespace

std::optional<TransactionBody> Admission::confirmation(const StateReader& state, const EpochConfig& epoch,
                                                       const DepartmentId& department, SignatureScheme scheme,
                                                       std::span<const SecretKey> keys, const consensus::Tip& tip,
                                                       Timestamp now) {
  namespace motion = contracts::motion;
  if (now < next_try_) return std::nullopt;
  const auto self = std::ranges::find(epoch.observers, department, &Validator::department);
  if (self == epoch.observers.end()) return std::nullopt;
  const auto admission = motion::admissions.get(state, department);
  if (!admission) return std::nullopt;
  const auto open = motion::motions.get(state, admission->motion);
  CHECK(open.has_value());
  if (open->confirmed_at || tip.timestamp_ms + epoch.parameters.validity_window_ms.value() < now) return std::nullopt;
  const auto key = std::ranges::find_if(
      keys, [&](const SecretKey& own) { return public_key_of(scheme, own) == self->consensus_key; });
  if (key == keys.end()) return std::nullopt;

  next_try_ = now + retry_ms;
  const motion::ConfirmArguments arguments{admission->motion, tip.height};
  Transaction transaction;
  transaction.chain_id = epoch.chain_id;
  transaction.module = ModuleName::from("motion").value();
  transaction.method = MethodName::from("confirm").value();
  transaction.arguments = Blob<arguments_bytes_max>::from(encode(arguments)).value();
  transaction.valid_until_ms = now + std::min<std::uint64_t>(valid_for_ms, epoch.parameters.validity_window_ms.value());
  transaction.nonce = nonce_of(arguments);
  sign_transaction(scheme, *key, transaction);
  return make_body(std::move(transaction));
}

}  // namespace kanhe::node
