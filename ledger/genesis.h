// Genesis: the agreement that a network starts from. Its hash is the chain id; every signed message depends on it.
//
// The file genesis.json is this record as JSON. The hash is taken over the canonical encoding with every default
// written out and every list sorted, so that neither the order of lines nor a newer program's defaults can change it.
//
// A verifier who holds the genesis needs nothing else: keys of the first epoch, names of the departments, algorithms.
//
// Thread: any; plain values.
#pragma once

#include <optional>

#include "ledger/block.h"
#include "ledger/validators.h"

namespace kanhe {

// Errors: malformed, unless the text is slugs joined by dots, like a host name.
Result<void> check_network_name(std::string_view text);

struct NetworkNameTag {
  static constexpr std::size_t bytes_min = 1;
  static constexpr std::size_t bytes_max = 64;
  static constexpr Label label{"NetworkName", "网络名称", "name of the network"};
  static Result<void> check(std::string_view text) { return check_network_name(text); }
};
using NetworkName = Text<NetworkNameTag>;

struct OriginTag {
  static constexpr std::size_t bytes_min = 66;
  static constexpr std::size_t bytes_max = 129;
  static constexpr Label label{"Origin", "日志来源", "first line of a checkpoint: network name, slash, chain id"};
};
using Origin = Text<OriginTag>;

// Errors: malformed, unless the text is 18 characters of the code's alphabet with the right check character.
// Source: GB 32100-2015.
Result<void> check_uscc(std::string_view text);

struct UsccTag {
  static constexpr std::size_t bytes_min = 18;
  static constexpr std::size_t bytes_max = 18;
  static constexpr Label label{"Uscc", "统一社会信用代码", "unified social credit code"};
  static Result<void> check(std::string_view text) { return check_uscc(text); }
};
using Uscc = Text<UsccTag>;

// A department that takes part: it enrols its own officers through its administrator. Not every one runs a validator.
struct GenesisDepartment {
  DepartmentId id;
  PlainText<96> name_zh;
  PlainText<96> name_en;
  std::optional<Uscc> uscc;
  PublicKey administrator;
  PartyId administrator_person;

  friend bool operator<(const GenesisDepartment& a, const GenesisDepartment& b) { return a.id < b.id; }
  friend bool operator==(const GenesisDepartment&, const GenesisDepartment&) = default;
};
BOOST_DESCRIBE_STRUCT(GenesisDepartment, (), (id, name_zh, name_en, uscc, administrator, administrator_person))

inline constexpr std::size_t departments_max = 1'000;

struct Genesis {
  FormatVersion<1> version;
  NetworkName name;
  Timestamp created_ms;
  Suite suite;
  Parameters parameters;
  bool demo = false;         // a network for practice: its certificates never verify as real ones
  bool open_reads = false;   // the departmental reads of the endpoint are open to everyone
  bool import_open = false;  // officers with the role importer may enter existing records
  SortedList<Validator, validators_max> validators;
  SortedList<Validator, validators_max> observers;
  SortedList<GenesisDepartment, departments_max> departments;

  friend bool operator==(const Genesis&, const Genesis&) = default;
};
BOOST_DESCRIBE_STRUCT(Genesis, (),
                      (version, name, created_ms, suite, parameters, demo, open_reads, import_open, validators,
                       observers, departments))

ChainId chain_id_of(const Genesis& genesis);
Origin origin_of(const Genesis& genesis);
EpochConfig first_epoch_of(const Genesis& genesis);

// Whether a network can start from it: a good epoch, good administrator keys and credit codes, each used once, every
// validator and observer a listed department. Errors: as check_epoch_config(); unknown; duplicate.
Result<void> check_genesis(const Genesis& genesis);

// The digest that the first proposal names as its parent.
ProposalDigest genesis_digest(const ChainId& chain_id);
// Height 0. Both roots come from executing the genesis (contracts): its records, and its events in one system receipt.
Header genesis_header(const Genesis& genesis, const StateRoot& state_root, const LogRoot& receipt_root);

}  // namespace kanhe
