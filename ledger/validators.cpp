#include "ledger/validators.h"

#include <set>

#include "ledger/codec_impl.h"

namespace kanhe {

template Bytes encode(const EpochConfig&);
template Result<EpochConfig> decode(ByteView);

Result<void> check_parameters(const Parameters& parameters) {
  if (parameters.timeout_ms > parameters.timeout_max_ms) {
    return fail(ErrorCode::out_of_range, "timeout_ms: ", parameters.timeout_ms.value(),
                ", must be at most timeout_max_ms ", parameters.timeout_max_ms.value());
  }
  if (parameters.clock_tolerance_ms.value() >= parameters.validity_window_ms.value()) {
    return fail(ErrorCode::out_of_range, "clock_tolerance_ms: ", parameters.clock_tolerance_ms.value(),
                ", must be below validity_window_ms ", parameters.validity_window_ms.value());
  }
  return {};
}

std::optional<ValidatorIndex> EpochConfig::index_of(const DepartmentId& department) const {
  for (std::size_t i = 0; i < validators.size(); ++i) {
    if (validators[i].department == department) return ValidatorIndex(static_cast<std::uint16_t>(i));
  }
  return std::nullopt;
}

EpochHash epoch_hash_of(const EpochConfig& config) { return EpochHash(tagged_hash(Tag::validators, encode(config))); }

Result<void> check_epoch_config(SignatureScheme scheme, const EpochConfig& config) {
  if (config.validators.empty()) return fail(ErrorCode::out_of_range, "validators: 0, must be at least 1");
  TRY(check_parameters(config.parameters));
  std::set<PublicKey> consensus_keys;
  std::set<TransportKey> transport_keys;
  std::set<DepartmentId> departments;
  for (const auto* members : {&config.validators, &config.observers}) {
    for (const Validator& member : *members) {
      const std::string& name = member.department.str();
      if (!departments.insert(member.department).second) {
        return fail(ErrorCode::duplicate, "department ", name, " is listed twice");
      }
      if (!is_valid(scheme, member.consensus_key)) {
        return fail(ErrorCode::malformed, "department ", name, ": consensus_key is not a key of the network's suite");
      }
      if (!consensus_keys.insert(member.consensus_key).second) {
        return fail(ErrorCode::duplicate, "department ", name, ": consensus_key is another department's");
      }
      if (!transport_keys.insert(member.transport_key).second) {
        return fail(ErrorCode::duplicate, "department ", name, ": transport_key is another department's");
      }
    }
  }
  return {};
}

}  // namespace kanhe
