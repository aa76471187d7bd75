// The register against a naive one: random filings, each with the same outcome, the same findings, the same limits.
//
// KANHE_OPERATIONS says how many; the table that is printed shows how often each rule was decided either way, and how
// often each act was accepted. Every run is repeated by its seed (KANHE_SEED).
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <iostream>
#include <map>

#include "contracts/rules.h"
#include "tests/contracts/registrar.h"
#include "tests/support/naive_register.h"

namespace kanhe::contracts::property {
namespace {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::uint64_t below(std::uint64_t n) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return (state_ >> 11) % n;
  }
  bool chance(std::uint64_t percent) { return below(100) < percent; }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }

 private:
  std::uint64_t state_;
};

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

const std::vector<std::string> people{"p0", "p1", "p2", "p3", "p4", "p5", "p6"};

struct Count {
  std::uint64_t broken = 0;  // or told, or come about
  std::uint64_t kept = 0;
};

struct Model : Registrar {
  explicit Model(std::uint64_t seed) : dice(seed) {
    wait(30 * day_ms);
    add("440304003008GB00021F00000001", {{party("p0"), {}}});
    add("440304003008GB00021F00000002", {{party("p1"), {}}, {party("p2"), {}}});
    add("440304003008GB00021F00000003", thirds(), Usage::non_residential);
    add("440304003008GB00021W00000000", {{party("p1"), {}}}, Usage::residential, RightKind::state_land_use);
    add("440304003008JC00022F00000001", {{party("p3"), share(1, 2)}, {party("p4"), share(1, 2)}}, Usage::residential,
        RightKind::homestead_and_house);
    for (const UnitNumber& unit : numbers) {
      NaiveRegister::House& house = naive.houses[unit.str()];
      for (const UnitNumber& other : numbers) {
        if (other == unit || parcel_of(other.view()) != parcel_of(unit.view())) continue;
        if (other.view()[19] == 'W') house.land = other.str();
        if (unit.view()[19] == 'W') house.houses.push_back(other.str());
      }
    }
  }
  static Holders thirds() {
    return {{party("p1"), share(1, 3)}, {party("p5"), share(1, 3)}, {party("p6"), share(4, 12)}};
  }
  void add(std::string_view number, const Holders& holders, Usage usage = Usage::residential,
           RightKind right = RightKind::state_land_use_and_house) {
    const auto unit_number = text<UnitNumber>(number);
    Unit record = unit();
    record.holders = holders;
    record.usage = usage;
    record.right = right;
    units.put(state(), unit_number, record);
    numbers.push_back(unit_number);
    NaiveRegister::House& house = naive.houses[std::string(number)];
    house.dwelling = usage == Usage::residential;
    house.homestead = right == RightKind::homestead_and_house;
    house.recorded = record.holders_ms.value();
    for (const Holder& holder : holders) house.stakes.push_back({holder.party, twelfths(holder)});
  }
  static std::uint64_t twelfths(const Holder& holder) {
    return holder.share ? 12ull * holder.share->numerator.value() / holder.share->denominator.value() : 0;
  }

  // -------------------------------------------------------------------------------------------------------------------
  // What is filed

  PartyId anybody() { return party(dice.pick(people)); }
  PartyId holder_of(const UnitNumber& number) {
    const Holders holders = unit(number).holders;
    return dice.chance(90) ? holders[dice.below(holders.size())].party : anybody();
  }
  std::optional<Timestamp> some_time(std::uint64_t days) { return now() + (1 + dice.below(days * day_ms)); }

  Burden some_burden(const UnitNumber& number) {
    switch (dice.below(23)) {
      case 22: {
        Guardianship one{holder_of(number), anybody(), {}};
        if (dice.chance(80)) one.until_ms = some_time(20);
        return one;
      }
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
      case 15:
      case 16:
      case 17:
      case 18:
      case 19:
      case 20: {
        Mortgage one = mortgage();
        one.mortgagee = anybody();
        one.bans_transfer = dice.chance(30);
        if (dice.chance(40)) one.kind = MortgageKind::maximum_amount;
        if (dice.chance(one.kind == MortgageKind::maximum_amount ? 80 : 10)) one.until_ms = some_time(20);
        return one;
      }
      case 6: {
        Seizure one = seizure("p0", static_cast<std::uint16_t>(dice.chance(5) ? 1'097 : 1 + dice.below(30)));
        one.debtor = holder_of(number);
        if (dice.chance(20)) {
          one.kind = SeizureKind::pre_seizure;
          one.debtor = anybody();
        }
        return one;
      }
      case 7:
      case 8: {
        AdvanceNotice one{static_cast<AdvanceNoticeKind>(1 + dice.below(4)), anybody(), {}};
        if (dice.chance(30)) one.possible_ms = Timestamp(now().value() - dice.below(90 * day_ms));
        return one;
      }
      case 9:
      case 10: return Objection{anybody(), {}};
      case 11:
      case 12:
      case 13: {
        Residence one{anybody(), {}, false};
        if (dice.chance(60)) one.until_ms = some_time(30);
        return one;
      }
      default: return Note{static_cast<NoteKind>(1 + dice.below(6))};
    }
  }
  std::optional<Timestamp> some_delivery() {
    if (dice.chance(3)) return std::nullopt;
    if (dice.chance(3)) return now() + 1;
    return Timestamp(now().value() - dice.below(dice.chance(10) ? 5 * day_ms : 2 * day_ms));
  }
  TransferRight some_transfer(const UnitNumber& number) {
    TransferRight act;
    act.unit = number;
    act.cause = dice.chance(50) ? Cause::sale : static_cast<Cause>(1 + dice.below(6));
    if (act.cause == Cause::judgment) act.delivered_ms = some_delivery();
    const Holders before = unit(number).holders;
    const bool by_shares = before[0].share.has_value();
    if (by_shares && dice.chance(50)) {
      // One holder's share goes to another, or to somebody new.
      const Holder from = before[dice.below(before.size())];
      act.from = {dice.chance(90) ? from.party : anybody()};
      const PartyId to = anybody();
      std::uint64_t given = twelfths(from);
      for (const Holder& holder : before) {
        if (holder.party == from.party) continue;
        if (holder.party != to) {
          act.holders.push_back(holder);
        } else {
          given += twelfths(holder);
        }
      }
      act.holders.push_back({to, share(static_cast<std::uint32_t>(given), 12)});
      return act;
    }
    for (const Holder& holder : before) {
      if (dice.chance(95)) act.from.push_back(holder.party);
    }
    if (act.from.empty()) act.from.push_back(anybody());
    const std::size_t count = 1 + dice.below(3);
    const std::size_t first = dice.below(people.size());
    const bool shares = count > 1 && dice.chance(90);
    for (std::size_t i = 0; i < count; ++i) {
      Holder one{party(people[(first + i) % people.size()]), {}};
      if (shares) one.share = share(1, static_cast<std::uint32_t>(count));
      act.holders.push_back(one);
    }
    return act;
  }
  // Jointly instead of by shares, or the reverse; now and then somebody else's.
  Holders other_form(const UnitNumber& number) {
    const Holders before = unit(number).holders;
    const auto denominator = static_cast<std::uint32_t>(before.size());
    Holders after;
    for (const Holder& holder : before) {
      Holder one{dice.chance(95) ? holder.party : anybody(), {}};
      if (!holder.share && denominator > 1 && denominator <= 4) one.share = share(1, denominator);
      if (is_holder(after, one.party)) return before;
      after.push_back(one);
    }
    return after;
  }
  ChangeUnit some_change(const UnitNumber& number) {
    ChangeUnit act;
    act.unit = number;
    if (dice.chance(55)) act.usage = static_cast<Usage>(dice.chance(60) ? 1 : 1 + dice.below(3));
    if (dice.chance(30)) act.until_ms = some_time(20);
    if (dice.chance(40)) act.survey = digest("survey");
    if (dice.chance(30)) act.holders = other_form(number);
    return act;
  }
  CorrectUnit some_correction(const UnitNumber& number) {
    CorrectUnit act;
    act.unit = number;
    act.basis = static_cast<CorrectionBasis>(1 + dice.below(3));
    act.document = some_document;
    act.usage = static_cast<Usage>(dice.chance(80) ? 1 : 1 + dice.below(3));
    if (dice.chance(30)) act.holders = some_transfer(number).holders;
    if (act.basis == CorrectionBasis::decision || dice.chance(3)) act.delivered_ms = some_delivery();
    return act;
  }
  LimitNumber some_limit(const UnitNumber& number) {
    const auto standing = open(number);
    if (standing.empty() || dice.chance(5)) return LimitNumber(static_cast<std::uint32_t>(dice.below(9)));
    return standing[dice.below(standing.size())].number;
  }
  // Where one of this kind stands, if it stands anywhere: acts on it shall not be vain too often.
  template <class T>
  UnitNumber unit_with(const UnitNumber& otherwise, std::ptrdiff_t least = 1) {
    std::vector<UnitNumber> fitting;
    for (const UnitNumber& number : numbers) {
      const auto standing = open(number);
      const auto is_one = [](const NumberedLimit& limit) { return std::holds_alternative<T>(limit.limit.burden); };
      if (std::ranges::count_if(standing, is_one) >= least) fitting.push_back(number);
    }
    return fitting.empty() ? otherwise : dice.pick(fitting);
  }
  template <class T>
  LimitNumber some_limit_of(const UnitNumber& number) {
    std::vector<LimitNumber> fitting;
    for (const NumberedLimit& limit : open(number)) {
      if (limit.as<T>() != nullptr) fitting.push_back(limit.number);
    }
    return fitting.empty() || dice.chance(10) ? some_limit(number) : dice.pick(fitting);
  }
  Act some_act(UnitNumber number) {
    const std::uint64_t kind = dice.below(25);
    if (kind == 16) number = unit_with<Seizure>(number);
    if (kind == 17) number = unit_with<Objection>(number);
    if (kind == 18) number = unit_with<AdvanceNotice>(number);
    if (kind == 19) number = unit_with<Mortgage>(number, 2);
    if (kind >= 20 && kind < 22) return some_change(number);
    if (kind >= 22) return some_correction(number);
    if (kind < 5) return some_transfer(number);
    if (kind < 12) {
      EnterLimit act = entry(some_burden(number), number);
      if (std::holds_alternative<Seizure>(act.burden)) act.delivered_ms = some_delivery();
      if (std::holds_alternative<Mortgage>(act.burden) && dice.chance(25)) {
        act.in_place_of = some_limit_of<AdvanceNotice>(number);
      }
      return act;
    }
    if (kind < 16) {
      const auto reason = dice.chance(60) ? EndReason::decided : static_cast<EndReason>(1 + dice.below(5));
      return ending(some_limit(number).value(), reason, number);
    }
    const auto days = SeizureDays(static_cast<std::uint16_t>(dice.chance(10) ? 1'097 : 1 + dice.below(20)));
    if (kind == 16) return RenewSeizure{number, some_limit_of<Seizure>(number), days, some_document};
    if (kind == 17) return ShowLawsuit{number, some_limit_of<Objection>(number), some_document};
    if (kind == 18) return NoticePossible{number, some_limit_of<AdvanceNotice>(number), some_document};
    SwapRanks swap{number, some_limit_of<Mortgage>(number), some_limit_of<Mortgage>(number)};
    for (int tries = 0; swap.one == swap.other && tries < 5; ++tries) swap.other = some_limit_of<Mortgage>(number);
    return swap;
  }
  // With most of what the act needs.
  Filing some_filing(const Act& act) {
    Filing one = filing(act);
    std::vector<PartyId> involved;
    if (const auto* transfer = std::get_if<TransferRight>(&act)) {
      involved.assign(transfer->from.begin(), transfer->from.end());
      for (const Holder& holder : transfer->holders) {
        if (gains(unit(transfer->unit).holders, holder)) involved.push_back(holder.party);
      }
    } else {
      for (const Holder& holder : unit(unit_of(act)).holders) involved.push_back(holder.party);
    }
    if (const auto* correction = std::get_if<CorrectUnit>(&act)) {
      for (const Holder& holder : correction->holders) involved.push_back(holder.party);
    }
    if (const auto* entering = std::get_if<EnterLimit>(&act)) {
      if (const auto other = party_of(entering->burden)) involved.push_back(*other);
      if (const auto* ward = std::get_if<Guardianship>(&entering->burden)) involved.push_back(ward->guardian);
    } else if (std::holds_alternative<SwapRanks>(act)) {
      for (const std::string& name : people) {
        if (dice.chance(60)) involved.push_back(party(name));
      }
    }
    for (const NumberedLimit& limit : open(unit_of(act))) {
      const auto* guardianship = limit.as<Guardianship>();
      if (guardianship == nullptr) continue;
      involved.push_back(guardianship->guardian);
      if (one.statements.size() < statements_max && dice.chance(85)) {
        one.statements.push_back({34, guardianship->guardian, digest("statement")});
      }
    }
    for (const PartyId& who : involved) {
      const bool named = std::ranges::find(one.applicants, who) != one.applicants.end();
      if (!named && dice.chance(92)) one.applicants.push_back(who);
    }
    if (dice.chance(3)) {
      const PartyId stranger = anybody();
      if (std::ranges::find(one.applicants, stranger) == one.applicants.end()) one.applicants.push_back(stranger);
    }
    const std::uint64_t consenting = dice.chance(30) ? 10 : 90;
    for (const std::string& name : people) {
      if (dice.chance(consenting)) one.consents.push_back(consent_of(name));
      if (!dice.chance(95)) continue;
      for (const std::uint8_t rule : {17, 18, 26, 35}) {
        if (dice.chance(96) && one.statements.size() < statements_max) {
          one.statements.push_back(statement_of(rule, name));
        }
      }
    }
    for (const std::uint8_t rule : {5, 36}) {
      if (dice.chance(60) && one.statements.size() < statements_max) {
        one.statements.push_back(statement_of(rule, dice.pick(people)));
      }
    }
    return one;
  }

  // A sale by who is no holder, and the inheritance that would make them one behind it.
  void sell_before_inheriting(Filing& one) {
    auto* const sale = std::get_if<TransferRight>(&one.acts.front());
    if (sale == nullptr || !is_voluntary(sale->cause) || !dice.chance(6)) return;
    const PartyId heir = anybody();
    sale->from = {heir};
    TransferRight inheritance = *sale;
    inheritance.cause = Cause::inheritance;
    inheritance.holders = {{heir, {}}};
    one.acts.push_back(inheritance);
  }
  // Another application holds a unit, or no longer.
  void hold_or_release() {
    const UnitNumber& number = dice.pick(numbers);
    bool& held = naive.houses.at(number.str()).held;
    held = dice.chance(4);
    const ApplicationId other(digest("who came before"));
    const BlockFacts facts{chain_id(), genesis().suite, height() + 1, now(), RulesVersion(1)};
    Context context(state(), facts, TransactionId(), Sender{.kind = SenderKind::clock});
    held ? hold_unit(context, number, other) : release_unit(context, number, other);
  }
  // The same filing about a unit that is closed, or is none: that alone is said.
  void file_about_no_unit(const Filing& one, const UnitNumber& number) {
    const Unit standing = unit(number);
    Unit closed = standing;
    closed.state = dice.chance(50) ? UnitState::cancelled : UnitState::split;
    const bool is_closed = dice.chance(50);
    is_closed ? units.put(state(), number, closed) : units.erase(state(), number);
    const auto found = enter_really(one).first;
    units.put(state(), number, standing);
    const Complaints expected{{1, is_closed ? "unit_closed" : "unknown_unit"}};
    BOOST_REQUIRE_MESSAGE(found == expected, difference(found, expected));
    ++rules[1].broken;
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Both

  Complaints complaints_of(const std::vector<Finding>& findings) {
    Complaints found;
    for (const Finding& finding : findings) found.emplace(finding.rule, explain(finding).name);
    return found;
  }
  // Enters it in the real one; a transfer without the service around it.
  std::pair<Complaints, std::set<int>> enter_really(const Filing& one) {
    const Act& act = one.acts.front();
    std::set<int> told;
    if (const auto* transfer = std::get_if<TransferRight>(&act)) {
      const BlockFacts facts{chain_id(), genesis().suite, height() + 1, now(), RulesVersion(1)};
      Overlay changes(state());
      Context context(changes, facts, TransactionId(), Sender{.kind = SenderKind::clock});
      ToldRules to_tell;
      check_act(context, one, act, {}, {}, to_tell);
      told.insert(to_tell.begin(), to_tell.end());
      const std::vector<Finding> findings(context.findings().begin(), context.findings().end());
      if (findings.empty()) {
        record_act(context, *transfer, {}, to_tell);
        state().absorb(std::move(changes));
      }
      return {complaints_of(findings), told};
    }
    const Receipt receipt = enter(one);
    if (succeeded(receipt)) return {};
    const auto& findings = findings_of(receipt);
    return {complaints_of({findings.begin(), findings.end()}), told};
  }
  void step() {
    if (dice.chance(5)) hold_or_release();
    wait(dice.chance(20) ? dice.below(3 * day_ms) : dice.below(3'600'000));
    execute({});
    naive.pass(now().value());
    // The land seldom: where the same holds a house on it, nothing goes.
    const UnitNumber& about = numbers[dice.chance(8) ? 3 : dice.below(numbers.size())];
    Filing one = some_filing(some_act(about.view()[19] == 'W' && dice.chance(60) ? numbers[0] : about));
    sell_before_inheriting(one);
    const Act& act = one.acts.front();
    const UnitNumber& number = unit_of(act);
    if (one.acts.size() == 1 && dice.chance(1)) return file_about_no_unit(one, number);
    std::set<int> told_naively;
    const Complaints expected = naive.complaints(one, act, now().value(), told_naively);
    const auto [found, told] = enter_really(one);
    BOOST_REQUIRE_MESSAGE(found == expected, difference(found, expected));
    if (std::holds_alternative<TransferRight>(act)) BOOST_REQUIRE((told == told_naively));
    count(act, expected, told_naively);
    if (expected.empty()) naive.apply(act, now().value());
    compare(number);
  }
  static std::string difference(const Complaints& found, const Complaints& expected) {
    std::string text = "found:";
    for (const auto& [rule, name] : found) text += " R" + std::to_string(rule) + " " + name;
    text += "; expected:";
    for (const auto& [rule, name] : expected) text += " R" + std::to_string(rule) + " " + name;
    return text;
  }
  void compare(const UnitNumber& number) {
    std::vector<NaiveRegister::Stake> stakes;
    for (const Holder& holder : unit(number).holders) stakes.push_back({holder.party, twelfths(holder)});
    const NaiveRegister::House& house = naive.houses.at(number.str());
    BOOST_REQUIRE((stakes == house.stakes));
    BOOST_REQUIRE(unit(number).holders_ms.value() == house.recorded);
    BOOST_REQUIRE((unit(number).usage == Usage::residential) == house.dwelling);
    BOOST_REQUIRE((unit(number).until_ms ? unit(number).until_ms->value() : 0) == house.until.value_or(0));
    const auto standing = open(number);
    const auto& expected = naive.burdens[number.str()];
    BOOST_REQUIRE(standing.size() == expected.size());
    for (std::size_t i = 0; i < standing.size(); ++i) {
      const Limit& limit = standing[i].limit;
      const NaiveRegister::Burdened& one = expected[i];
      BOOST_REQUIRE(standing[i].number.value() == one.number);
      BOOST_REQUIRE(limit.recorded_ms.value() == one.recorded);
      if (const auto* mortgage = standing[i].as<Mortgage>()) {
        BOOST_REQUIRE(mortgage->rank->value() == one.rank);
        BOOST_REQUIRE(mortgage->is_fixed == one.fixed);
      } else if (const auto* seizure = standing[i].as<Seizure>()) {
        BOOST_REQUIRE((seizure->active_ms ? seizure->active_ms->value() : 0) == one.active_since.value_or(0));
        BOOST_REQUIRE((seizure->until_ms ? seizure->until_ms->value() : 0) == one.active_until.value_or(0));
        BOOST_REQUIRE((seizure->kind == std::get<Seizure>(one.burden).kind));
      } else {
        BOOST_REQUIRE((limit.burden == one.burden));
      }
    }
  }

  // -------------------------------------------------------------------------------------------------------------------
  // How often

  void count(const Act& act, const Complaints& complaints, const std::set<int>& told) {
    Count& of_act = acts[std::visit([]<class T>(const T&) { return std::string(T::variant_tag.name); }, act)];
    complaints.empty() ? ++of_act.kept : ++of_act.broken;
    for (const DecidingRule& rule : deciding_rules()) {
      const bool is_broken = std::ranges::any_of(complaints, [&](const auto& one) { return one.first == rule.number; });
      const bool is_told = told.contains(rule.number);
      is_broken || is_told ? ++rules[rule.number].broken : ++rules[rule.number].kept;
    }
    const bool is_covered = std::ranges::any_of(complaints, [](const auto& one) { return one.first == 12; });
    is_covered ? ++rules[12].broken : ++rules[12].kept;
    ++rules[1].kept;
  }

  Dice dice;
  NaiveRegister naive;
  std::vector<UnitNumber> numbers;
  std::map<std::string, Count> acts;
  std::map<std::uint16_t, Count> rules;
};

BOOST_AUTO_TEST_SUITE(property_model_tests)

BOOST_AUTO_TEST_CASE(random_filings_have_the_outcome_that_a_naive_register_gives_them) {
  const std::uint64_t operations = setting("KANHE_OPERATIONS", 60'000);
  const std::uint64_t seed = setting("KANHE_SEED", 1);
  std::map<std::string, Count> acts;
  std::map<std::uint16_t, Count> rules;
  // Anew from time to time, so that names and numbers stay few.
  constexpr std::uint64_t of_one = 2'000;
  for (std::uint64_t done = 0; done < operations; done += of_one) {
    Model model(seed + done / of_one);
    for (std::uint64_t i = 0; i < of_one; ++i) {
      BOOST_TEST_CONTEXT("KANHE_SEED=" << seed + done / of_one << ", step " << i) { model.step(); }
    }
    for (const auto& [name, count] : model.acts) {
      acts[name].broken += count.broken;
      acts[name].kept += count.kept;
    }
    for (const auto& [rule, count] : model.rules) {
      rules[rule].broken += count.broken;
      rules[rule].kept += count.kept;
    }
    for (const auto& [rule, count] : model.naive.decided) {
      rules[rule].broken += count.came;
      rules[rule].kept += count.did_not;
    }
  }
  std::cout << operations << " operations from seed " << seed << "\n  act             accepted  refused\n";
  for (const auto& [name, count] : acts) {
    std::cout << "  " << name << std::string(16 - name.size(), ' ') << count.kept << "  " << count.broken << "\n";
    BOOST_TEST(100 * count.kept >= 30 * (count.kept + count.broken), name << ": too few are accepted");
  }
  const std::uint64_t least = std::min<std::uint64_t>(100, operations / 2'000);
  std::cout << "  rule  kept  broken, told or come about\n";
  for (const auto& [rule, count] : rules) {
    std::cout << "  " << rule_name(rule) << "  " << count.kept << "  " << count.broken << "\n";
    BOOST_TEST(count.broken >= least, rule_name(rule) << " is broken too seldom");
    BOOST_TEST(count.kept >= least, rule_name(rule) << " is kept too seldom");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::property
