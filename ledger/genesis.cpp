#include "ledger/genesis.h"

#include <set>

#include "ledger/codec_impl.h"
#include "ledger/merkle.h"

namespace kanhe {

template Bytes encode(const Genesis&);
template Result<Genesis> decode(ByteView);

Result<void> check_network_name(std::string_view text) {
  std::size_t start = 0;
  while (true) {
    const std::size_t dot = text.find('.', start);
    TRY(check_slug(text.substr(start, dot == std::string_view::npos ? dot : dot - start)));
    if (dot == std::string_view::npos) return {};
    start = dot + 1;
  }
}

// The i-th of 17 characters has the weight 3^i mod 31; the last makes the sum divisible by 31.
Result<void> check_uscc(std::string_view text) {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  if (text.size() != 18) return fail(ErrorCode::malformed, "Uscc: ", text.size(), " characters, must be 18");
  std::size_t sum = 0;
  std::size_t weight = 1;
  for (std::size_t i = 0; i < 17; ++i) {
    const std::size_t value = alphabet.find(text[i]);
    if (value == std::string_view::npos) {
      return fail(ErrorCode::malformed, "Uscc: \"", text.substr(i, 1), "\" at position ", i + 1,
                  " is not of its alphabet");
    }
    sum += value * weight;
    weight = weight * 3 % 31;
  }
  const char check = alphabet[(31 - sum % 31) % 31];
  if (text[17] != check) {
    return fail(ErrorCode::malformed, "Uscc: check character is ", text.substr(17, 1), ", must be ",
                std::string_view(&check, 1));
  }
  return {};
}

ChainId chain_id_of(const Genesis& genesis) { return ChainId(tagged_hash(Tag::genesis, encode(genesis))); }

Origin origin_of(const Genesis& genesis) {
  auto origin = Origin::from(genesis.name.str() + "/" + chain_id_of(genesis).hex());
  return std::move(origin).value();
}

EpochConfig first_epoch_of(const Genesis& genesis) {
  return {{}, chain_id_of(genesis), Epoch(0), genesis.parameters, genesis.validators, genesis.observers};
}

Result<void> check_genesis(const Genesis& genesis) {
  TRY(check_epoch_config(genesis.suite.signature, first_epoch_of(genesis)));
  std::set<DepartmentId> departments;
  std::set<PublicKey> administrators;
  std::set<Uscc> credit_codes;
  for (const GenesisDepartment& department : genesis.departments) {
    const std::string& name = department.id.str();
    departments.insert(department.id);
    if (!is_valid(genesis.suite.signature, department.administrator)) {
      return fail(ErrorCode::malformed, "department ", name, ": administrator is not a key of the network's suite");
    }
    if (!administrators.insert(department.administrator).second) {
      return fail(ErrorCode::duplicate, "department ", name, ": administrator is another department's key");
    }
    if (department.administrator_person.is_zero()) {
      return fail(ErrorCode::out_of_range, "department ", name, ": administrator_person names nobody");
    }
    if (department.uscc && !credit_codes.insert(*department.uscc).second) {
      return fail(ErrorCode::duplicate, "department ", name, ": uscc is another department's");
    }
  }
  for (const auto* members : {&genesis.validators, &genesis.observers}) {
    for (const Validator& member : *members) {
      if (!departments.contains(member.department)) {
        return fail(ErrorCode::unknown, "department ", member.department.str(), " runs a node but is not listed");
      }
    }
  }
  return {};
}

ProposalDigest genesis_digest(const ChainId& chain_id) { return ProposalDigest(chain_id); }

Header genesis_header(const Genesis& genesis, const StateRoot& state_root, const LogRoot& receipt_root) {
  const EpochConfig config = first_epoch_of(genesis);
  Header header;
  header.chain_id = config.chain_id;
  header.timestamp_ms = genesis.created_ms;
  header.proposal_digest = genesis_digest(config.chain_id);
  header.history_root = empty_log_root();
  header.transaction_root = empty_log_root();
  header.receipt_root = receipt_root;
  header.state_root = state_root;
  header.validators_hash = header.next_validators_hash = epoch_hash_of(config);
  return header;
}

}  // namespace kanhe
