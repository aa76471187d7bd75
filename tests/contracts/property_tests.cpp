// property: registers, imports, first registration: every refusal with its code and rule.
#include "contracts/property.h"

#include <boost/test/unit_test.hpp>

#include "contracts/trace.h"
#include "tests/contracts/counter.h"

namespace kanhe::contracts::property {
namespace {

using service::Counter;
using service::finding_of;
using service::has_subject;
using service::HostCode;
using service::house;
using service::other_house;
using service::party;
using service::share;
using service::text;

const UnitNumber new_house = text<UnitNumber>("440304003008GB00012F00220047");
const UnitNumber elsewhere = text<UnitNumber>("440305003008GB00012F00220045");

Holders one(std::string_view name) { return {{party(name), {}}}; }

BOOST_AUTO_TEST_SUITE(property_tests)

// ---------------------------------------------------------------------------------------------------------------------
// Registers

BOOST_AUTO_TEST_CASE(a_region_has_one_register_and_one_keeper) {
  Counter counter;
  const std::string tax_admin = ContractNetwork::administrator("tax-office");
  const Receipt taken = counter.found("440304", tax_admin);
  BOOST_REQUIRE(refused_for(taken, Code::register_taken));
  BOOST_TEST((findings_of(taken)[0].subject == Subject(DepartmentSubject{ContractNetwork::department("registry")})));
  BOOST_TEST(refused_for(counter.found("440304"), Code::register_taken));
  BOOST_TEST(succeeded(counter.found("440305", tax_admin)));
  BOOST_TEST(refused_for(counter.found("99X304"), Code::region_malformed));
  BOOST_TEST(refused_for(counter.found("440306", "reg"), HostCode::role_needed));
  BOOST_TEST(keeper_of(counter.state(), elsewhere).value().str() == "tax-office");
}

BOOST_AUTO_TEST_CASE(only_the_keeper_of_the_register_records_in_it) {
  Counter counter;
  BOOST_TEST(refused_for(counter.register_first(Counter::first(elsewhere, one("a"))), Code::register_unknown));
  BOOST_TEST(refused_for(counter.import("row 9", elsewhere, one("a")), Code::register_unknown));
  counter.enrol("rex", "tax-office", {Role::registrar, Role::importer});
  BOOST_TEST(refused_for(counter.register_first(Counter::first(new_house, one("a")), "rex"),
                         HostCode::wrong_department));
  BOOST_TEST(refused_for(counter.import(Counter::row("row 9", new_house, one("a")), "rex"),
                         HostCode::wrong_department));
  BOOST_TEST(!find_unit(counter.state(), new_house).has_value());
}

// ---------------------------------------------------------------------------------------------------------------------
// Unit numbers, rights, holders

BOOST_AUTO_TEST_CASE(a_malformed_unit_number_is_refused_with_the_part_that_is_wrong) {
  Counter counter;
  const std::pair<const char*, IdentifierCode> numbers[] = {
      {"440304003008GB00012F0022004", IdentifierCode::unit_number_form},
      {"990304003008GB00012F00220045", IdentifierCode::unit_number_region},
      {"44030400300XGB00012F00220045", IdentifierCode::unit_number_area},
      {"440304003008QB00012F00220045", IdentifierCode::unit_number_parcel_kind},
      {"440304003008GB0001XF00220045", IdentifierCode::unit_number_parcel},
      {"440304003008GB00012X00220045", IdentifierCode::unit_number_fixture_kind},
      {"440304003008GB00012F0022004X", IdentifierCode::unit_number_fixture},
      {"440304003008GB00012W00220045", IdentifierCode::unit_number_no_fixture},
  };
  for (const auto& [number, code] : numbers) {
    const auto unit = text<UnitNumber>(number);
    for (const Receipt& receipt : {counter.register_first(Counter::first(unit, one("a"))),
                                   counter.import("row 9", unit, one("a")),
                                   counter.file(Counter::sale(unit))}) {
      BOOST_TEST(refused_for(receipt, code), number);
      BOOST_TEST(finding_of(receipt, code).rule == 1u);
      BOOST_TEST(finding_of(receipt, code).field != 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_right_in_a_house_needs_a_house_and_one_in_land_needs_none) {
  const UnitNumber land = text<UnitNumber>("440304003008GB00012W00000000");
  const UnitNumber forest = text<UnitNumber>("440304003008GB00012L00000001");
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<RightKind>>([&](auto described) {
    const std::string name = described.name;
    const bool of_house = name.ends_with("house");
    for (const auto& [unit, fits] : {std::pair{new_house, of_house || name == "other"},
                                     std::pair{land, !of_house},
                                     std::pair{forest, name == "other"}}) {
      Counter counter;
      auto arguments = Counter::first(unit, one("a"));
      arguments.right = described.value;
      const Receipt receipt = counter.register_first(arguments);
      BOOST_TEST((fits ? succeeded(receipt) : refused_for(receipt, Code::right_not_of_unit)),
                 name << " " << unit.view());
    }
  });
}

BOOST_AUTO_TEST_CASE(holders_are_somebody_named_once_with_shares_that_make_a_whole) {
  Counter counter;
  const auto attempt = [&](Holders holders) { return counter.register_first(Counter::first(new_house, holders)); };
  const auto half = share(1, 2);
  BOOST_TEST(refused_for(attempt({}), Code::holders_missing, FilingCode::no_holder_applies));
  BOOST_TEST(refused_for(attempt({{PartyId(), {}}}), Code::holder_is_nobody, FilingCode::party_missing));
  BOOST_TEST(refused_for(attempt({{party("a"), half}, {party("a"), half}}), Code::holder_repeated));
  BOOST_TEST(refused_for(attempt({{party("a"), half}, {party("b"), {}}}), Code::shares_incomplete));
  const Receipt too_little = attempt({{party("a"), half}, {party("b"), share(1, 3)}});
  BOOST_REQUIRE(refused_for(too_little, Code::shares_not_whole));
  BOOST_TEST(findings_of(too_little)[0].limit == 6u);
  BOOST_TEST(findings_of(too_little)[0].value == 5u);
  BOOST_TEST(refused_for(attempt({{party("a"), half}}), Code::shares_not_whole));
  BOOST_TEST(refused_for(attempt({{party("a"), share(1, 999'999'937)}, {party("b"), share(1, 999'999'929)}}),
                         Code::shares_too_fine));
  BOOST_TEST(succeeded(attempt({{party("a"), share(2, 4)}, {party("b"), share(1, 6)}, {party("c"), share(1, 3)}})));
  BOOST_TEST(counter.unit(new_house).holders.size() == 3u);
}

// ---------------------------------------------------------------------------------------------------------------------
// First registration

BOOST_AUTO_TEST_CASE(a_unit_is_registered_for_the_first_time_once) {
  Counter counter;
  const Receipt receipt = counter.register_first(Counter::first(new_house, one("a")));
  BOOST_REQUIRE(succeeded(receipt));
  const Event& event = receipt.events.at(0);
  BOOST_TEST(event.name.str() == "property.entered");
  BOOST_TEST(has_subject(event, UnitSubject{new_house}));
  BOOST_TEST(has_subject(event, PartySubject{party("a")}));
  BOOST_TEST((counter.unit(new_house).entry == EntryKind::first_registration));
  BOOST_TEST((counter.unit(new_house).effective_ms == Timestamp(2'000)));
  BOOST_TEST((counter.unit(new_house).recorded_ms == counter.now()));
  const Receipt again = counter.register_first(Counter::first(new_house, one("b")));
  BOOST_REQUIRE(refused_for(again, Code::unit_exists));
  BOOST_TEST(findings_of(again)[0].rule == 1u);
  BOOST_TEST(refused_for(counter.register_first(Counter::first(house, one("b"))), Code::unit_exists));
}

BOOST_AUTO_TEST_CASE(a_first_registration_that_cannot_be_is_refused_with_all_its_faults) {
  Counter counter;
  auto arguments = Counter::first(house, {{party("reg"), share(1, 2)}});
  arguments.effective_ms = counter.now() + 1;
  arguments.right = RightKind::homestead;
  BOOST_TEST(refused_for(counter.register_first(arguments), Code::shares_not_whole, Code::effective_in_future,
                         Code::own_case, Code::right_not_of_unit, Code::unit_exists));
  arguments.effective_ms = counter.now();
  BOOST_TEST(!has_code(counter.register_first(arguments), Code::effective_in_future));
  BOOST_TEST(refused_for(counter.register_first(arguments, "rita"), HostCode::role_needed));
}

// ---------------------------------------------------------------------------------------------------------------------
// Import

BOOST_AUTO_TEST_CASE(a_row_is_imported_once_however_often_it_comes) {
  Counter counter;
  const auto row = Counter::row("row 3", new_house, one("a"));
  BOOST_TEST(succeeded(counter.import(row)));
  const auto before = counter.state().changes();
  const Receipt again = counter.import(row);
  BOOST_REQUIRE(refused_for(again, Code::row_repeated));
  BOOST_TEST((findings_of(again)[0].subject == Subject(UnitSubject{new_house})));
  BOOST_TEST((counter.state().changes() == before));
  const auto once = counter.call("ida", "property", "import_entry", Counter::row("row 4", new_house, one("b"), 5'000));
  const auto twice = counter.call("ida", "property", "import_entry", Counter::row("row 4", new_house, one("b"), 5'000));
  const auto receipts = counter.execute({once, twice});
  BOOST_TEST(succeeded(receipts[1]));
  BOOST_TEST(refused_for(receipts[2], Code::row_repeated));
}

BOOST_AUTO_TEST_CASE(resales_pass_the_right_on_in_the_order_of_their_dates) {
  Counter counter;
  BOOST_TEST(succeeded(counter.import("s1", new_house, one("a"), 1'000)));
  const Receipt resale = counter.import("s2", new_house, one("b"), 2'000);
  BOOST_REQUIRE(succeeded(resale));
  for (const auto* name : {"a", "b"}) BOOST_TEST(has_subject(resale.events.at(0), PartySubject{party(name)}), name);
  const Receipt early = counter.import("s0", new_house, one("c"), 1'999);
  BOOST_REQUIRE(refused_for(early, Code::not_in_date_order));
  BOOST_TEST(findings_of(early)[0].limit == 2'000u);
  BOOST_TEST(findings_of(early)[0].value == 1'999u);
  BOOST_TEST(succeeded(counter.import("s3", new_house, one("c"), 2'000)));
  BOOST_TEST((counter.unit(new_house).holders == one("c")));
  BOOST_TEST((counter.unit(new_house).effective_ms == Timestamp(2'000)));
  BOOST_TEST(trace_of(counter.state(), UnitSubject{new_house}).event_count.value() == 3u);
  auto differs = Counter::row("s4", new_house, one("d"), 3'000);
  differs.usage = Usage::non_residential;
  differs.right = RightKind::homestead_and_house;
  BOOST_TEST(refused_for(counter.import(differs), Code::right_differs, Code::right_differs));
}

BOOST_AUTO_TEST_CASE(rows_are_imported_only_while_the_import_is_open_and_by_importers) {
  Genesis genesis = ContractNetwork::make_genesis();
  ContractNetwork closed(std::move(genesis));
  closed.enrol("ida", "registry", {Role::importer});
  closed.run(service::registry_admin, "property", "found_register",
             FoundRegisterArguments{text<Region>("440304")});
  BOOST_TEST(refused_for(closed.run("ida", "property", "import_entry", Counter::row("r", house, one("a"))),
                         Code::import_closed));
  Counter counter;
  for (const auto* name : {"reg", "clara", "rita"}) {
    BOOST_TEST(refused_for(counter.import(Counter::row("r", new_house, one("a")), name), HostCode::role_needed), name);
  }
  const auto future = Counter::row("r", new_house, one("a"), counter.now().value() + 1);
  BOOST_TEST(refused_for(counter.import(future), Code::effective_in_future));
}

BOOST_AUTO_TEST_CASE(nothing_is_imported_behind_a_newer_entry_or_a_live_application) {
  Counter counter;
  BOOST_TEST(succeeded(counter.register_first(Counter::first(new_house, one("a")))));
  const Receipt moved_on = counter.import("r", new_house, one("b"), 3'000);
  BOOST_TEST(refused_for(moved_on, Code::unit_moved_on));
  BOOST_TEST(succeeded(counter.file(Counter::sale())));
  const Receipt held = counter.import("r", house, one("b"), 3'000);
  BOOST_REQUIRE(refused_for(held, Code::unit_held));
  BOOST_TEST(findings_of(held)[0].rule == 39u);
  BOOST_TEST((findings_of(held)[0].subject == Subject(ApplicationSubject{counter.id})));
  BOOST_TEST(succeeded(counter.withdraw()));
  BOOST_TEST(succeeded(counter.import("r", house, one("b"), 3'000)));
}

BOOST_AUTO_TEST_CASE(two_departments_number_their_rows_independently) {
  Counter counter;
  counter.found("440305", ContractNetwork::administrator("tax-office"));
  counter.enrol("tim", "tax-office", {Role::importer});
  BOOST_TEST(succeeded(counter.import(Counter::row("row 1", elsewhere, one("a")), "tim")));
}

// ---------------------------------------------------------------------------------------------------------------------
// Traces of many parties

BOOST_AUTO_TEST_CASE(every_holder_has_the_entry_in_its_trace_however_many_there_are) {
  for (std::size_t count = 1; count <= holders_max; ++count) {
    Counter counter;
    Holders holders;
    for (std::size_t i = 0; i < count; ++i) holders.push_back({party("holder " + std::to_string(i)), {}});
    const Receipt receipt = counter.register_first(Counter::first(new_house, holders));
    BOOST_REQUIRE(succeeded(receipt));
    for (const Holder& holder : holders) {
      BOOST_TEST(trace_of(counter.state(), PartySubject{holder.party}).event_count.value() == 1u);
    }
    BOOST_TEST(trace_of(counter.state(), UnitSubject{new_house}).event_count.value() == 1u);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::property
