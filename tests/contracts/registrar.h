// Registrar: the counter of counter.h, with limits to be entered, for the tests of the register's rules.
#pragma once

#include "contracts/property_rules.h"
#include "tests/contracts/counter.h"

namespace kanhe::contracts::property {

using service::Counter;
using service::digest;
using service::house;
using service::other_house;
using service::party;
using service::share;
using service::text;

inline constexpr std::uint64_t day_ms = 24ull * 3'600'000;
inline const UnitNumber land = text<UnitNumber>("440304003008GB00012W00000000");
inline const PlainText<64> some_document = text<PlainText<64>>("(2025)粤0304执12号");

struct Registrar : Counter {
  static Holders alone(std::string_view name) { return {{party(name), {}}}; }

  static Mortgage mortgage(std::string_view bank = "bank", bool bans_transfer = false) {
    Mortgage one;
    one.mortgagee = party(bank);
    one.amount = Fen(100'000'000);
    one.bans_transfer = bans_transfer;
    return one;
  }
  static Seizure seizure(std::string_view debtor = "seller", std::uint16_t days = 365) {
    Seizure one;
    one.debtor = party(debtor);
    one.authority = text<PlainText<96>>("深圳市福田区人民法院");
    one.days = SeizureDays(days);
    return one;
  }
  static AdvanceNotice notice(std::string_view claimant = "claimant",
                              AdvanceNoticeKind kind = AdvanceNoticeKind::other_purchase) {
    return {kind, party(claimant), {}};
  }
  static Easement easement(const UnitNumber& dominant = other_house) { return {dominant, {}}; }
  static Objection objection(std::string_view objector = "objector") { return {party(objector), {}}; }
  static Residence residence(std::string_view resident = "resident") { return {party(resident), {}, false}; }
  static Note note(NoteKind kind) { return {kind}; }
  static Guardianship guardianship(std::string_view ward = "seller", std::string_view guardian = "parent") {
    return {party(ward), party(guardian), {}};
  }

  // An act that enters the burden, with what its form needs.
  EnterLimit entry(const Burden& burden, const UnitNumber& unit = house) const {
    EnterLimit act;
    act.unit = unit;
    act.burden = burden;
    act.document = some_document;
    if (std::holds_alternative<Seizure>(burden)) act.delivered_ms = now();
    return act;
  }
  static EndLimit ending(std::uint32_t number, EndReason reason, const UnitNumber& unit = house) {
    return {unit, LimitNumber(number), reason, some_document};
  }
  // The holder files together with whom it is for.
  Filing filing(const Act& act, std::vector<std::string> applicants = {}) const {
    Filing one;
    one.acts.push_back(act);
    for (const std::string& name : applicants) one.applicants.push_back(party(name));
    one.evidence = digest("file");
    return one;
  }
  Filing disposal(const Burden& burden, const UnitNumber& unit = house, const std::string& holder = "seller") const {
    Filing one = filing(entry(burden, unit), {holder});
    if (const auto other = party_of(burden)) one.applicants.push_back(*other);
    return one;
  }
  Receipt enter(const Filing& one, const std::string& sender = "reg") { return run(sender, "property", "enter", one); }
  Receipt enter(const Act& act, std::vector<std::string> applicants = {}) { return enter(filing(act, applicants)); }
  // Of an objection the objector alone files, of an authority's nobody.
  Filing filed(const Burden& burden, const UnitNumber& unit = house) const {
    Filing one = filing(entry(burden, unit));
    if (const auto* objection = std::get_if<Objection>(&burden)) one.applicants.push_back(objection->objector);
    return one;
  }
  // Enters a burden that nothing stands against; answers its number.
  std::uint32_t put(const Burden& burden, const UnitNumber& unit = house) {
    const bool disposes = !std::holds_alternative<Seizure>(burden) && !std::holds_alternative<Objection>(burden) &&
                          !std::holds_alternative<Note>(burden);
    Filing one = disposes ? disposal(burden, unit) : filed(burden, unit);
    for (const NumberedLimit& limit : disposes ? open(unit) : std::vector<NumberedLimit>{}) {
      if (const auto other = party_of(limit.limit.burden)) one.consents.push_back({*other, digest("consent")});
    }
    const Receipt receipt = enter(one);
    BOOST_REQUIRE_MESSAGE(succeeded(receipt), service::codes_of(receipt));
    return limit_lists.get(state(), unit).value().last.value();
  }
  std::vector<NumberedLimit> open(const UnitNumber& unit = house) { return limits_of(state(), unit); }
  template <class T>
  T burden(std::uint32_t number, const UnitNumber& unit = house) {
    const auto limit = limits.get(state(), {unit, LimitNumber(number)});
    BOOST_REQUIRE_MESSAGE(limit.has_value(), "limit " << number);
    BOOST_REQUIRE(std::holds_alternative<T>(limit->burden));
    return std::get<T>(limit->burden);
  }
  bool is_open(std::uint32_t number, const UnitNumber& unit = house) {
    return limits.contains(state(), {unit, LimitNumber(number)});
  }
  void pass(std::uint64_t ms) {
    wait(ms);
    execute({});
  }

  // What the rules find about the acts of a filing, each on the outcome of the one before; nothing is entered.
  struct Judged {
    std::vector<Finding> findings;
    ToldRules told;
    bool broke(std::uint16_t rule) const { return std::ranges::count(findings, rule, &Finding::rule) > 0; }
  };
  Judged judge(const Filing& one, const ApplicationId& application = {}) {
    Overlay scratch(state());
    const BlockFacts facts{chain_id(), genesis().suite, height() + 1, now(),
                            governance::settings(state()).rules_version};
    Context context(scratch, facts, TransactionId(), Sender{.kind = SenderKind::clock});
    Judged judged;
    for (const Act& act : one.acts) {
      check_act(context, one, act, application, {}, judged.told);
      if (!context.refused()) record_act(context, act, {}, {});
    }
    judged.findings.assign(context.findings().begin(), context.findings().end());
    return judged;
  }
  TransferRight transfer(Holders holders, std::vector<std::string> from = {"seller"}, Cause cause = Cause::sale,
                         const UnitNumber& unit = house) const {
    TransferRight act;
    act.unit = unit;
    act.cause = cause;
    for (const std::string& name : from) act.from.push_back(party(name));
    act.holders = std::move(holders);
    if (cause == Cause::judgment) act.delivered_ms = now();
    return act;
  }
  // A sale of the house from seller to buyer, filed by both.
  Filing sale_filing() const { return filing(transfer(alone("buyer")), {"seller", "buyer"}); }
};

inline Consent consent_of(std::string_view name) { return {party(name), digest("consent")}; }
inline Statement statement_of(std::uint8_t rule, std::string_view name) {
  return {rule, party(name), digest("statement")};
}

}  // namespace kanhe::contracts::property
