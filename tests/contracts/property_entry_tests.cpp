// Filings: their form, their authority, and that all of one is entered or nothing.
#include "contracts/property_entry.h"

#include "tests/contracts/registrar.h"

namespace kanhe::contracts::property {
namespace {

using service::finding_of;
using service::HostCode;

BOOST_AUTO_TEST_SUITE(property_entry_tests)

BOOST_AUTO_TEST_CASE(the_registrar_of_the_register_enters_and_nobody_else) {
  Registrar desk;
  const Filing one = desk.filed(Registrar::objection());
  BOOST_TEST(refused_for(desk.enter(one, "rita"), HostCode::role_needed));
  desk.enrol("rex", "tax-office", {Role::registrar});
  BOOST_TEST(refused_for(desk.enter(one, "rex"), HostCode::wrong_department));
  BOOST_TEST(succeeded(desk.enter(one)));
  const auto elsewhere = text<UnitNumber>("440305003008GB00012F00220045");
  BOOST_TEST(refused_for(desk.enter(desk.filed(Registrar::objection(), elsewhere)), Code::register_unknown));
  const auto nowhere = text<UnitNumber>("nowhere");
  BOOST_TEST(refused_for(desk.enter(desk.filed(Registrar::objection(), nowhere)), IdentifierCode::unit_number_form));
}

BOOST_AUTO_TEST_CASE(nobody_enters_in_a_case_of_their_own) {
  Registrar desk;
  const PartyId reg = ContractNetwork::person("reg");
  Filing files = desk.filed(Registrar::objection());
  files.applicants.push_back(reg);
  BOOST_TEST(refused_for(desk.enter(files), Code::own_case));
  Filing consents = desk.filed(Registrar::objection());
  consents.consents.push_back({reg, digest("consent")});
  BOOST_TEST(refused_for(desk.enter(consents), Code::own_case));
  BOOST_TEST(refused_for(desk.enter(desk.filed(Objection{reg, {}})), Code::own_case));
  Objection theirs = Registrar::objection();
  const std::uint32_t number = desk.put(theirs);
  Limit own_limit = limits.get(desk.state(), {house, LimitNumber(number)}).value();
  own_limit.burden = Objection{reg, {}};
  limits.put(desk.state(), {house, LimitNumber(number)}, own_limit);
  BOOST_TEST(refused_for(desk.enter(Registrar::ending(number, EndReason::decided)), Code::own_case));
  own_limit.burden = theirs;
  limits.put(desk.state(), {house, LimitNumber(number)}, own_limit);
  Unit own = desk.unit();
  own.holders = {{reg, {}}};
  units.put(desk.state(), house, own);
  BOOST_TEST(refused_for(desk.enter(desk.filed(Registrar::objection())), Code::own_case));
}

BOOST_AUTO_TEST_CASE(what_is_missing_or_contradicts_itself_is_named) {
  Registrar desk;
  desk.wait(10 * day_ms);
  const auto refused = [&](const Filing& one, auto code) {
    const Receipt receipt = desk.enter(one);
    BOOST_TEST(refused_for(receipt, code), service::codes_of(receipt));
    if (refused_for(receipt, code)) BOOST_TEST(finding_of(receipt, code).field != 0u);
  };
  Filing good = desk.filed(Registrar::objection());
  Filing bad = good;
  bad.acts.clear();
  refused(bad, FilingCode::acts_missing);
  bad = good;
  bad.evidence = Hash256();
  refused(bad, Code::evidence_missing);
  bad = good;
  bad.applicants = {party("objector"), party("b"), party("objector")};
  refused(bad, FilingCode::applicant_repeated);
  bad = good;
  bad.applicants.push_back(PartyId());
  refused(bad, FilingCode::party_missing);
  bad = good;
  bad.consents.push_back({party("a"), Hash256()});
  refused(bad, Code::evidence_missing);
  bad = good;
  bad.statements.push_back({17, party("a"), Hash256()});
  refused(bad, Code::evidence_missing);
  for (const std::uint8_t rule : {0, 7, 41}) {
    bad = good;
    bad.statements.push_back(statement_of(rule, "a"));
    refused(bad, FilingCode::unknown_statement);
  }
  refused(desk.filing(desk.transfer(Registrar::alone("buyer")), {"seller", "buyer"}), FilingCode::not_without_service);

}

BOOST_AUTO_TEST_CASE(what_a_limit_cannot_be_is_named) {
  Registrar desk;
  desk.wait(10 * day_ms);
  const auto refused = [&](const Filing& one, auto code) {
    const Receipt receipt = desk.enter(one);
    BOOST_TEST(refused_for(receipt, code), service::codes_of(receipt));
  };
  const auto refused_burden = [&](const Burden& burden, auto code) { refused(desk.disposal(burden), code); };
  Mortgage mortgage = Registrar::mortgage();
  mortgage.amount = Fen(0);
  refused_burden(mortgage, FilingCode::amount_missing);
  mortgage = Registrar::mortgage();
  mortgage.rank = LimitNumber(1);
  refused_burden(mortgage, FilingCode::set_by_register);
  mortgage = Registrar::mortgage();
  mortgage.mortgagee = PartyId();
  BOOST_TEST(has_code(desk.enter(desk.entry(mortgage), {"seller"}), FilingCode::party_missing));
  mortgage = Registrar::mortgage();
  mortgage.until_ms = desk.now();
  refused_burden(mortgage, FilingCode::end_in_past);
  AdvanceNotice notice = Registrar::notice();
  notice.possible_ms = desk.now() + 1;
  refused_burden(notice, Code::effective_in_future);
  refused(desk.filed(Objection{party("a"), desk.now()}), FilingCode::set_by_register);
  refused(desk.filing(desk.entry(Registrar::objection()), {"seller"}), FilingCode::applicant_missing);
  EnterLimit delivered = desk.entry(Registrar::note(NoteKind::dispute));
  delivered.delivered_ms = desk.now();
  refused(desk.filing(delivered), FilingCode::set_by_register);
  refused_burden(Easement{land, {}}, FilingCode::dominant_unknown);
  Filing to_itself = desk.filing(desk.entry(Easement{house, {}}), {"seller"});
  refused(to_itself, FilingCode::dominant_unknown);

  const Filing good = desk.filed(Registrar::objection());
  Filing bad = good;
  std::get<EnterLimit>(bad.acts[0]).effective_ms = desk.now() + 1;
  refused(bad, Code::effective_in_future);
  bad = good;
  bad.consents.push_back({PartyId(), digest("consent")});
  refused(bad, FilingCode::party_missing);
  bad = good;
  bad.statements.push_back({17, PartyId(), digest("statement")});
  refused(bad, FilingCode::party_missing);
  EnterLimit entry = desk.entry(Registrar::note(NoteKind::dispute));
  entry.document = {};
  refused(desk.filing(entry), FilingCode::document_missing);
  BOOST_TEST(desk.open().empty());
}

BOOST_AUTO_TEST_CASE(a_notice_has_been_delivered) {
  Registrar desk;
  desk.wait(100 * day_ms);
  const auto enter = [&](std::optional<Timestamp> delivered) {
    EnterLimit act = desk.entry(Registrar::seizure());
    act.delivered_ms = delivered;
    return desk.enter(act);
  };
  BOOST_TEST(refused_for(enter({}), FilingCode::delivery_missing));
  BOOST_TEST(refused_for(enter(desk.now() + 1), FilingCode::delivery_in_future));
  BOOST_TEST(succeeded(enter(desk.now())));
  BOOST_TEST(succeeded(enter(Timestamp(desk.now().value() - 90 * day_ms))), "late, as it was");
}

// Every kind, every reason: who has to be there for it.
BOOST_AUTO_TEST_CASE(each_kind_of_limit_ends_in_its_own_ways) {
  struct Row {
    Burden burden;
    std::string_view holder;  // who may release it; empty: nobody
    bool dies;
  };
  const Row rows[] = {{Registrar::mortgage(), "bank", false},
                      {Registrar::seizure(), "", false},
                      {Registrar::notice(), "claimant", false},
                      {Registrar::objection(), "objector", false},
                      {Registrar::residence(), "resident", true},
                      {Registrar::easement(), "seller", false},
                      {Registrar::note(NoteKind::dispute), "", false}};
  for (const Row& row : rows) {
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<EndReason>>([&](auto reason) {
      Registrar desk;
      const std::uint32_t number = desk.put(row.burden);
      const EndLimit act = Registrar::ending(number, reason.value);
      const std::string what = std::string(name_of(kind_of(row.burden)).en) + " " + reason.name;
      Filing agreed = desk.filing(act);
      if (!row.holder.empty()) agreed.applicants.push_back(party(row.holder));
      switch (reason.value) {
        case EndReason::released:
          if (row.holder.empty()) {
            BOOST_TEST(refused_for(desk.enter(agreed), FilingCode::reason_not_allowed), what);
          } else {
            BOOST_TEST(refused_for(desk.enter(act, {"stranger"}), FilingCode::holder_missing_to_end), what);
            BOOST_TEST(succeeded(desk.enter(agreed)), what);
          }
          break;
        case EndReason::decided: BOOST_TEST(succeeded(desk.enter(act)), what); break;
        case EndReason::died: BOOST_TEST(succeeded(desk.enter(act)) == row.dies, what); break;
        case EndReason::expired:
        case EndReason::converted:
          BOOST_TEST(refused_for(desk.enter(agreed), FilingCode::reason_not_allowed), what);
          break;
      }
      EndLimit undocumented = act;
      undocumented.document = {};
      if (reason.value == EndReason::decided) {
        const std::uint32_t again = desk.put(row.burden);
        undocumented.number = LimitNumber(again);
        BOOST_TEST(refused_for(desk.enter(undocumented), FilingCode::document_missing), what);
      }
    });
  }
}

BOOST_AUTO_TEST_CASE(acts_on_limits_of_another_kind_or_none_are_refused) {
  Registrar desk;
  const std::uint32_t mortgage = desk.put(Registrar::mortgage());
  const auto number = LimitNumber(mortgage);
  for (const Act& act : std::initializer_list<Act>{RenewSeizure{house, number, SeizureDays(1), some_document},
                                                   ShowLawsuit{house, number, some_document},
                                                   NoticePossible{house, number, some_document}}) {
    BOOST_TEST(refused_for(desk.enter(act), FilingCode::limit_of_other_kind));
  }
  const std::uint32_t objection = desk.put(Registrar::objection());
  BOOST_TEST(refused_for(desk.enter(SwapRanks{house, number, LimitNumber(objection)}, {"bank", "seller"}),
                         FilingCode::limit_of_other_kind));
  BOOST_TEST(refused_for(desk.enter(SwapRanks{house, number, number}, {"bank", "seller"}), FilingCode::unknown_limit));
  BOOST_TEST(refused_for(desk.enter(Registrar::ending(99, EndReason::decided)), FilingCode::unknown_limit));
}

BOOST_AUTO_TEST_CASE(a_unit_bears_so_many_limits_and_what_an_authority_wants_finds_room) {
  Registrar desk;
  Mortgage maximum = Registrar::mortgage();
  maximum.kind = MortgageKind::maximum_amount;
  maximum.until_ms = desk.now() + day_ms;
  for (std::size_t i = 0; i < limits_of_parties_max; ++i) desk.put(maximum);
  const Receipt receipt = desk.enter(desk.filed(Registrar::objection()));
  BOOST_REQUIRE(refused_for(receipt, FilingCode::limits_full));
  BOOST_TEST(finding_of(receipt, FilingCode::limits_full).limit == limits_of_parties_max);
  // It fixes every one of the mortgages, in one transaction.
  const std::uint32_t number = desk.put(Registrar::seizure());
  BOOST_TEST(desk.burden<Seizure>(number).active_ms.has_value());
  BOOST_TEST(desk.burden<Mortgage>(1).is_fixed);
  while (desk.open().size() < limits_max) desk.put(Registrar::note(NoteKind::dispute));
  BOOST_TEST(refused_for(desk.enter(desk.filed(Registrar::note(NoteKind::dispute))), FilingCode::limits_full));
}

// Findings that are equal are listed once; the act that they are about is refused all the same.
BOOST_AUTO_TEST_CASE(an_act_is_not_entered_because_its_finding_is_known_already) {
  Registrar desk;
  for (const UnitNumber& unit : {house, other_house}) {
    desk.put(Registrar::mortgage(), unit);
    desk.put(Registrar::objection(), unit);
  }
  Filing swaps = desk.filing(SwapRanks{house, LimitNumber(1), LimitNumber(2)}, {"bank", "seller"});
  swaps.acts.push_back(SwapRanks{other_house, LimitNumber(1), LimitNumber(2)});
  BOOST_TEST(refused_for(desk.enter(swaps), FilingCode::limit_of_other_kind));
  // Where the list of findings is full of others before.
  Filing full = swaps;
  for (std::size_t i = 2; i < 2 * holders_max; ++i) full.applicants.push_back(party("bank"));
  BOOST_TEST(has_code(desk.enter(full), FilingCode::applicant_repeated));
  for (const UnitNumber& unit : {house, other_house}) {
    while (desk.open(unit).size() < limits_max) desk.put(Registrar::note(NoteKind::dispute), unit);
  }
  Filing more = desk.filed(Registrar::note(NoteKind::dispute));
  more.acts.push_back(desk.entry(Registrar::note(NoteKind::dispute), other_house));
  BOOST_TEST(refused_for(desk.enter(more), FilingCode::limits_full));
  BOOST_TEST(desk.open(other_house).size() == limits_max);
}

BOOST_AUTO_TEST_CASE(existing_records_are_not_imported_over_limits) {
  Registrar desk;
  desk.put(Registrar::seizure());
  const Receipt receipt = desk.import("row 9", house, Registrar::alone("another"), 5'000);
  BOOST_TEST(refused_for(receipt, Code::unit_moved_on));
  BOOST_TEST(succeeded(desk.import("row 10", other_house, Registrar::alone("another"), 5'000)));
}

// ---------------------------------------------------------------------------------------------------------------------
// Combined filings

BOOST_AUTO_TEST_CASE(acts_of_one_filing_rest_on_each_other) {
  Registrar desk;
  const std::uint32_t notice = desk.put(Registrar::notice("claimant"));
  // The mortgage needs the claimant's consent, but not once the notice is given up.
  Filing one = desk.disposal(Registrar::mortgage());
  BOOST_TEST(refused_for(desk.enter(one), FilingCode::consent_missing));
  one.acts = {Registrar::ending(notice, EndReason::decided), desk.entry(Registrar::mortgage())};
  BOOST_TEST(succeeded(desk.enter(one)));
  BOOST_TEST(!desk.is_open(notice));
  BOOST_TEST((desk.burden<Mortgage>(notice + 1).mortgagee == party("bank")));
}

BOOST_AUTO_TEST_CASE(one_act_that_is_refused_refuses_the_filing) {
  Registrar desk;
  const std::uint32_t mortgage = desk.put(Registrar::mortgage("old bank"));
  const auto before = desk.state().get(limits.key_of({house, LimitNumber(mortgage)}));
  Filing one = desk.disposal(Registrar::mortgage("bank"));
  one.applicants.push_back(party("old bank"));
  one.acts = {Registrar::ending(mortgage, EndReason::released), desk.entry(Registrar::mortgage("bank")),
              desk.entry(Registrar::mortgage("bank"), land)};
  const Receipt receipt = desk.enter(one);
  BOOST_TEST(refused_for(receipt, Code::unknown_unit));
  BOOST_TEST(findings_of(receipt).size() == 1u);
  BOOST_TEST((desk.state().get(limits.key_of({house, LimitNumber(mortgage)})) == before));
  BOOST_TEST(desk.open().size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_advance_notice_is_carried_out_by_the_transfer_that_it_announces) {
  Registrar desk;
  const std::uint32_t of_purchase = desk.put(Registrar::notice("buyer"));
  const std::uint32_t of_mortgage = desk.put(Registrar::notice("bank", AdvanceNoticeKind::other_mortgage));
  Counter::Sale sale = Counter::sale();
  sale.consents.push_back(consent_of("bank"));
  desk.sell_until_billed(sale);
  BOOST_REQUIRE(succeeded(desk.pay()));
  BOOST_REQUIRE(succeeded(desk.register_title()));
  BOOST_TEST(!desk.is_open(of_purchase));
  BOOST_TEST(desk.is_open(of_mortgage));
}

// An objection that comes after the filing counts when the title is registered.
BOOST_AUTO_TEST_CASE(what_came_in_between_is_looked_at_again_before_the_title_is_registered) {
  Registrar desk;
  desk.sell_until_billed();
  BOOST_REQUIRE(succeeded(desk.pay()));
  const std::uint32_t number = desk.put(Registrar::objection());
  const Receipt receipt = desk.register_title();
  BOOST_TEST(refused_for(receipt, FilingCode::statement_missing));
  BOOST_TEST(finding_of(receipt, FilingCode::statement_missing).rule == 17u);
  // It warns, and blocks nothing: the buyer declares to know it.
  BOOST_TEST(number == 1u);
  service::SupplementArguments more;
  more.application = desk.id;
  more.statements.push_back(statement_of(17, "buyer"));
  BOOST_TEST(refused_for(desk.run("rita", "service", "supplement", more), HostCode::role_needed));
  BOOST_REQUIRE(succeeded(desk.run("clara", "service", "supplement", more)));
  BOOST_TEST(succeeded(desk.register_title()));
  BOOST_TEST(refused_for(desk.run("clara", "service", "supplement", more), service::Code::wrong_phase));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::property
