// NaiveRegister: the register of limits and transfers a second time, in another style, to compare the real one with.
//
// It keeps names instead of ids, lists instead of tables, percentages of nothing: fractions are compared as whole
// numbers over one denominator. Whatever it is asked it works out from the lists, however long that takes. Nothing here
// is taken from contracts/, but the acts that go into both.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "contracts/property_rules.h"

namespace kanhe::contracts::property {

// What was found: the rule (0: none) and the name of the code.
using Complaints = std::set<std::pair<std::uint16_t, std::string>>;

class NaiveRegister {
 public:
  struct Stake {
    PartyId who;
    std::uint64_t twelfths = 0;  // of the right; 0: jointly
    friend bool operator==(const Stake&, const Stake&) = default;
  };
  struct House {
    std::vector<Stake> stakes;
    bool dwelling = true;
    std::optional<std::uint64_t> until;  // the end of the right's term
    bool homestead = false;
    std::uint64_t recorded = 0;       // when these came to hold it
    std::optional<std::string> land;  // its land's number, where that is in the register
    std::vector<std::string> houses;  // of a land unit: what stands on it
    bool held = false;                // by an application that came before
  };
  struct Burdened {
    std::uint32_t number = 0;
    Burden burden;
    std::uint64_t recorded = 0;
    std::uint64_t delivered = 0;
    std::optional<std::uint64_t> active_since;
    std::optional<std::uint64_t> active_until;
    std::uint64_t rank = 0;
    bool fixed = false;
    friend bool operator==(const Burdened&, const Burdened&) = default;
  };

  std::map<std::string, House> houses;
  std::map<std::string, std::vector<Burdened>> burdens;
  std::map<std::string, std::uint32_t> numbers;

  // Of what time or order decides: how often it came about (a waiting seizure became active, a notice or an objection
  // lapsed), and how often not (a seizure waits, the limit ended otherwise).
  struct Decided {
    std::uint64_t came = 0;
    std::uint64_t did_not = 0;
  };
  std::map<std::uint16_t, Decided> decided;

  // Time has come to `now`; the real one does that at the beginning of each block.
  void pass(std::uint64_t now);
  // What stands against the filing, as if each of its acts came alone; tells what is told.
  Complaints complaints(const Filing& filing, const Act& act, std::uint64_t now, std::set<int>& told) const;
  // Requires: complaints() had none.
  void apply(const Act& act, std::uint64_t now);

  const Burdened* find(const std::string& unit, LimitNumber number) const;
  // The seizure that is active, and the unit beside this one whose seizure covers it.
  const Burdened* seized(const std::string& unit) const;
  std::optional<std::string> seized_beside(const std::string& unit) const;

 private:
  static std::uint64_t midnight_after(std::uint64_t from, std::uint64_t days);
  // The unit's own: who holds it, what it is.
  void apply_entry(const Act& act, std::uint64_t now);
  void wake_seizures(const std::string& unit, std::uint64_t since);
  // It goes before its time, or in time.
  void count_end(const Burdened& one, bool lapsed);
};

}  // namespace kanhe::contracts::property
