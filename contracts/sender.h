// Sender: who a transaction's key belongs to, as the state says at the moment of execution.
//
// What someone may do depends on nothing else: no configuration file decides a permission. The *person* is known beside
// the key and the roles, so that one who acts under two keys or in two roles is still seen to be one.
//
// Thread: any; plain values.
#pragma once

#include "ledger/identifiers.h"
#include "ledger/keys.h"

namespace kanhe::contracts {

// A number is a bit of RoleSet and is never used again for another role.
enum class Role : std::uint8_t {
  administrator = 1,      // enrols the department's officers; changed by motions only
  window_clerk = 2,       // 窗口受理
  reviewer = 3,           // 审核
  registrar = 4,          // 登簿
  issuer = 5,             // 签发证照
  tax_officer = 6,        // 税务
  housing_officer = 7,    // 住建
  treasury_officer = 8,   // 财政
  importer = 9,           // enters a registry's existing records
  supervisor = 10,        // 监督: may suspend certificates of other departments
  machine = 11,           // a program of the department; goes with no other role
  applicant = 12,         // a party acting with its own key; held by every registered party, granted to no officer
  node = 13,              // a member's node, signing with its consensus key; granted to no officer
};
BOOST_DESCRIBE_ENUM(Role, administrator, window_clerk, reviewer, registrar, issuer, tax_officer, housing_officer,
                    treasury_officer, importer, supervisor, machine, applicant, node)

inline constexpr std::size_t roles_max = 13;
using Roles = SortedList<Role, roles_max>;

// Roles as bits: bit n is the role numbered n. In findings this is `limit` (needed) and `value` (held).
class RoleSet {
 public:
  constexpr RoleSet() = default;
  constexpr RoleSet(std::initializer_list<Role> roles) {
    for (const Role role : roles) add(role);
  }
  explicit RoleSet(const Roles& roles) {
    for (const Role role : roles) add(role);
  }
  constexpr explicit RoleSet(std::uint64_t bits) : bits_(bits) {}

  constexpr void add(Role role) { bits_ |= std::uint64_t{1} << static_cast<unsigned>(role); }
  constexpr bool contains(Role role) const { return (bits_ >> static_cast<unsigned>(role) & 1) != 0; }
  constexpr bool intersects(RoleSet other) const { return (bits_ & other.bits_) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr RoleSet without(RoleSet other) const { return RoleSet(bits_ & ~other.bits_); }
  constexpr std::uint64_t bits() const { return bits_; }
  friend constexpr bool operator==(RoleSet, RoleSet) = default;

 private:
  std::uint64_t bits_ = 0;
};

// Deciding about someone's case. Nobody may do so in a case of their own.
inline constexpr RoleSet reviewing_roles{Role::reviewer, Role::registrar, Role::issuer};

enum class SenderKind : std::uint8_t {
  unknown,    // the key is registered for nobody
  dismissed,  // was an officer's or a party's
  officer,
  machine,
  party,
  node,       // a validator's or observer's consensus key
  clock,      // nobody: a due entry runs
};

struct Sender {
  SenderKind kind = SenderKind::unknown;
  PublicKey key{};
  DepartmentId department{};   // officer, machine, node, dismissed officer; else empty
  RoleSet roles{};             // empty when unknown, dismissed or clock
  PartyId person{};            // officer, machine (who answers for it), party; else all zero
  Timestamp dismissed_ms{};    // dismissed
};

}  // namespace kanhe::contracts
