// Rules R01 to R40: what the law of registration asks before something is entered in the register, and what it lets
// happen by itself. Here is what each says, where it stands, and what helps; deciding them is property's.
//
// Texts for readers, never part of consensus: a Finding carries the number alone. A rule is *unconfirmed* where its
// article, its reach or its number was not seen in the law itself; such a rule says so wherever it is shown.
//
// docs/rules.md is made of this table. Thread: any; constants.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace kanhe::contracts {

enum class RuleLevel : std::uint8_t {
  block,        // 阻断: what breaks it is refused
  statement,    // 提示: refused unless the one whom it concerns has declared that they know
  information,  // 告知: said, and nothing else
  timer,        // 定时: time alone brings it about
  automatic,    // 自动: follows from another entry
  forbidden,    // 禁止: the registry itself may not do this
};

struct Rule {
  std::uint8_t number;
  RuleLevel level;
  std::string_view zh;      // what it says
  std::string_view en;
  std::string_view law_zh;  // where it stands
  std::string_view law_en;
  std::string_view help_zh; // what can be done; empty: nothing
  std::string_view help_en;
  bool unconfirmed = false;
};

// In the order of their numbers, 1 to 40.
std::span<const Rule> rules();
// Null: no rule has this number.
const Rule* find_rule(std::uint16_t number);

// "R07"
std::string rule_name(std::uint16_t number);

struct RuleLevelName {
  std::string_view zh;
  std::string_view en;
};
RuleLevelName name_of(RuleLevel level);

}  // namespace kanhe::contracts
