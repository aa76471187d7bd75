// Tariffs: versions that follow each other, and assessments that the table of the contract's day allows.
#include "contracts/tariff.h"

#include <boost/test/unit_test.hpp>

#include "tests/contracts/counter.h"

namespace kanhe::contracts::treasury {
namespace {

using service::Counter;
using service::finding_of;
using service::HostCode;
using service::registry_admin;
using service::text;

const std::string tax_admin = ContractNetwork::administrator("tax-office");

CivilDate date(std::string_view day) { return text<CivilDate>(day); }

TariffDraft fees(const CivilDate& from, std::uint64_t residential) {
  return {from, text<PlainText<96>>("notice"), FeeTable{Charge(residential), Charge(2 * residential)}};
}

// 1 % up to 100 m², 2 % up to 200 m², of an only home; 3 % of all else.
DeedTaxTable rates() {
  DeedTaxTable table;
  table.rates = {{Home::only, Area(10'000), TaxRate(100)},
                 {Home::only, Area(20'000), TaxRate(200)},
                 {Home::other, {}, TaxRate(300)}};
  table.exemptions = {{text<ExemptionCode>("inheritance"), text<PlainText<96>>("继承"), text<PlainText<96>>("heirs")}};
  return table;
}

struct Tariffs : Counter {
  Receipt set(std::string_view code, List<TariffDraft, drafts_max> versions,
              const std::string& sender = registry_admin) {
    return run(sender, "treasury", "set_tariff", SetTariffArguments{text<TariffCode>(code), std::move(versions)});
  }
  std::uint16_t version_on(std::string_view code, std::string_view day) {
    const auto in_force = tariff_on(state(), text<TariffCode>(code), day_of(date(day)));
    return in_force ? in_force->version.value() : 0;
  }
  CivilDate in_days(std::uint32_t days) const { return date_of(day_of(now()) + days); }
  // An application that waits for the tax office.
  void until_assessed() {
    BOOST_REQUIRE(succeeded(file(sale())));
    BOOST_REQUIRE(succeeded(accept()));
  }
  Receipt assess(const Assessment& one) {
    service::ReviewArguments arguments = verdict("tax");
    arguments.assessments.push_back(one);
    return review("tess", arguments);
  }
};

BOOST_AUTO_TEST_SUITE(tariff_tests)

BOOST_AUTO_TEST_CASE(of_a_day_the_newest_version_that_has_begun_is_in_force) {
  Tariffs office;
  BOOST_REQUIRE(succeeded(office.set("fee", {fees(date("2010-01-01"), 70), fees(date("2016-12-06"), 80)})));
  BOOST_REQUIRE(succeeded(office.set("fee", {fees(office.in_days(1), 90)})));
  BOOST_REQUIRE(succeeded(office.set("fee", {fees(office.in_days(40), 100), fees(office.in_days(50), 110)})));
  BOOST_TEST(office.version_on("fee", "2009-12-31") == 0u);
  BOOST_TEST(office.version_on("fee", "2010-01-01") == 1u);
  BOOST_TEST(office.version_on("fee", "2016-12-05") == 1u);
  BOOST_TEST(office.version_on("fee", "2016-12-06") == 2u);
  BOOST_TEST(office.version_on("fee", office.today().view()) == 2u);
  BOOST_TEST(office.version_on("fee", office.in_days(1).view()) == 3u);
  BOOST_TEST(office.version_on("fee", office.in_days(39).view()) == 3u);
  BOOST_TEST(office.version_on("fee", office.in_days(40).view()) == 4u);
  BOOST_TEST(office.version_on("fee", "9999-12-31") == 5u);
  BOOST_TEST(office.version_on("other", "9999-12-31") == 0u);
}

// However many there are, the version is the one that a look at all of them finds.
BOOST_AUTO_TEST_CASE(a_tariff_is_full_at_its_limit_and_found_at_every_size) {
  Tariffs office;
  std::uint32_t day = 10'000;
  for (std::uint16_t count = 0; count < TariffVersion::max;) {
    List<TariffDraft, drafts_max> versions;
    const std::uint32_t ahead = count == 0 ? 0 : day_of(office.today()) + count;
    while (!versions.full() && count < TariffVersion::max) {
      day = std::max(day + 1, ahead);
      versions.push_back(fees(date_of(day), ++count));
    }
    BOOST_REQUIRE(succeeded(office.set("fee", versions)));
  }
  BOOST_TEST(office.version_on("fee", "9999-12-31") == TariffVersion::max);
  for (std::uint16_t version = 1; version <= TariffVersion::max; ++version) {
    const CivilDate from = tariffs.get(office.state(), {text<TariffCode>("fee"), TariffVersion(version)})->from;
    BOOST_TEST(office.version_on("fee", from.view()) == version);
    BOOST_TEST(office.version_on("fee", date_of(day_of(from) - 1).view()) == version - 1u);
  }
  BOOST_TEST(has_code(office.set("fee", {fees(office.in_days(3'000), 1)}), Code::tariff_full));
}

BOOST_AUTO_TEST_CASE(a_later_version_begins_after_today_and_after_the_one_before) {
  Tariffs office;
  BOOST_REQUIRE(succeeded(office.set("fee", {fees(date("2016-12-06"), 80)})));
  const Receipt today = office.set("fee", {fees(office.today(), 90)});
  BOOST_REQUIRE(refused_for(today, Code::tariff_too_early));
  BOOST_TEST(findings_of(today)[0].limit == day_of(office.in_days(1)));
  BOOST_TEST(findings_of(today)[0].value == day_of(office.today()));
  BOOST_TEST(succeeded(office.set("fee", {fees(office.in_days(1), 90)})));
  BOOST_TEST(refused_for(office.set("fee", {fees(office.in_days(1), 90)}), Code::tariff_too_early));
  BOOST_TEST(succeeded(office.set("fee", {fees(office.in_days(2), 90)})));
}

BOOST_AUTO_TEST_CASE(versions_are_given_in_their_order_and_not_too_far_ahead) {
  Tariffs office;
  BOOST_TEST(refused_for(office.set("fee", {}), Code::versions_missing));
  const Receipt wrong = office.set("fee", {fees(date("2016-12-06"), 80), fees(date("2016-12-06"), 90)});
  BOOST_REQUIRE(refused_for(wrong, Code::versions_out_of_order));
  BOOST_TEST(findings_of(wrong)[0].value == 2u);
  const Receipt far = office.set("fee", {fees(date("9999-12-31"), 80)});
  BOOST_REQUIRE(refused_for(far, Code::tariff_too_far));
  BOOST_TEST(findings_of(far)[0].limit == day_of(office.today()) + tariff_days_ahead_max);
  BOOST_TEST(succeeded(office.set("fee", {fees(office.in_days(tariff_days_ahead_max), 80)})));
}

BOOST_AUTO_TEST_CASE(a_tariff_stays_with_its_department_and_its_kind) {
  Tariffs office;
  const Receipt first = office.set("fee", {fees(date("2016-12-06"), 80)});
  BOOST_REQUIRE(succeeded(first));
  const TariffSet event = decode<TariffSet>(first.events.at(0).data).value();
  BOOST_TEST((event.version == TariffVersion(1) && event.from == date("2016-12-06")));
  BOOST_TEST(refused_for(office.set("fee", {fees(office.in_days(1), 90)}, tax_admin), HostCode::wrong_department));
  BOOST_TEST(refused_for(office.set("fee", {fees(office.in_days(1), 90)}, "reg"), HostCode::role_needed));
  BOOST_TEST(refused_for(office.set("fee", {{office.in_days(1), {}, rates()}}), Code::tariff_of_other_kind));
  BOOST_TEST(refused_for(office.set("new", {fees(date("2016-12-06"), 80), {office.in_days(1), {}, rates()}}),
                         Code::tariff_of_other_kind));
}

BOOST_AUTO_TEST_CASE(a_deed_tax_has_rates_and_each_ground_once) {
  Tariffs office;
  BOOST_TEST(refused_for(office.set("tax", {{date("2024-12-01"), {}, DeedTaxTable{}}}, tax_admin), Code::no_rate));
  DeedTaxTable table = rates();
  table.exemptions.push_back(table.exemptions[0]);
  const Receipt receipt = office.set("tax", {{date("2024-12-01"), {}, table}}, tax_admin);
  BOOST_REQUIRE(refused_for(receipt, Code::exemption_repeated));
  BOOST_TEST(findings_of(receipt)[0].value == 2u);
  BOOST_TEST(succeeded(office.set("tax", {{date("2024-12-01"), {}, rates()}}, tax_admin)));
}

BOOST_AUTO_TEST_CASE(the_first_row_that_fits_is_the_rate) {
  const DeedTaxTable table = rates();
  const auto rate = [&](Home home, std::optional<std::uint32_t> area) {
    const auto found = rate_of(table, home, area ? std::optional(Area(*area)) : std::nullopt);
    return found ? int{found->value()} : -1;
  };
  BOOST_TEST(rate(Home::only, 1) == 100);
  BOOST_TEST(rate(Home::only, 10'000) == 100);
  BOOST_TEST(rate(Home::only, 10'001) == 200);
  BOOST_TEST(rate(Home::only, 20'000) == 200);
  BOOST_TEST(rate(Home::only, 20'001) == -1);
  BOOST_TEST(rate(Home::only, {}) == -1);
  BOOST_TEST(rate(Home::second, 1) == -1);
  BOOST_TEST(rate(Home::other, {}) == 300);
  BOOST_TEST(rate(Home::other, 1) == 300);
}

// Against the same in fractions of a fen, and at the ends of the ranges.
BOOST_AUTO_TEST_CASE(a_tax_is_rounded_to_the_fen_half_a_fen_up) {
  BOOST_TEST(tax_of(TaxBase(0), TaxRate(500)).value() == 0u);
  BOOST_TEST(tax_of(TaxBase(49), TaxRate(100)).value() == 0u);
  BOOST_TEST(tax_of(TaxBase(50), TaxRate(100)).value() == 1u);
  BOOST_TEST(tax_of(TaxBase(300'000'000), TaxRate(150)).value() == 4'500'000u);
  BOOST_TEST(tax_of(TaxBase(TaxBase::max), TaxRate(TaxRate::max)).in_range());
  std::uint64_t base = 1;
  for (int i = 0; i < 5'000; ++i) {
    base = (base * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u);
    const std::uint64_t fen = base % (TaxBase::max + 1);
    const std::uint64_t rate = base % (TaxRate::max + 1);
    const std::uint64_t tax = tax_of(TaxBase(fen), TaxRate(static_cast<std::uint16_t>(rate))).value();
    // |tax − base · rate / 10,000| ≤ ½, and never below by exactly a half.
    const auto twice = static_cast<std::int64_t>(2 * fen * rate);
    const auto taken = static_cast<std::int64_t>(2 * tax * whole_in_basis_points);
    const auto whole = static_cast<std::int64_t>(whole_in_basis_points);
    BOOST_TEST((taken - twice <= whole && twice - taken < whole));
  }
  BOOST_TEST((half_of(Charge(3)) == Charge(2)));
  BOOST_TEST((half_of(Charge(8'000)) == Charge(4'000)));
}

BOOST_AUTO_TEST_CASE(an_assessment_is_what_the_table_says_of_the_facts_that_it_states) {
  Tariffs office;
  office.until_assessed();
  const Assessment good = office.assessment(Charge(3'000'000));
  const auto refused = [&](const auto& change, Code code, std::uint64_t limit, std::uint64_t value) {
    Assessment one = good;
    change(one);
    const Receipt receipt = office.assess(one);
    BOOST_REQUIRE(has_code(receipt, code));
    const Finding finding = finding_of(receipt, code);
    BOOST_TEST(finding.limit == limit);
    BOOST_TEST(finding.value == value);
    BOOST_TEST(finding.rule == 27u);
    BOOST_TEST((finding.subject == Subject(UnitSubject{service::house})));
  };
  refused([](Assessment& a) { a.rate = TaxRate(99); }, Code::rate_differs, 100, 99);
  refused([](Assessment& a) { a.home = Home::other; }, Code::rate_differs, 300, 100);
  refused([](Assessment& a) { a.area.reset(); }, Code::rate_differs, 150, 100);
  refused([](Assessment& a) { a.amount = Charge(2'999'999); }, Code::amount_differs, 3'000'000, 2'999'999);
  refused([](Assessment& a) { a.base = TaxBase(300'000'050); }, Code::amount_differs, 3'000'001, 3'000'000);
  refused([](Assessment& a) { a.base = TaxBase(0), a.amount = Charge(0); }, Code::base_missing, 0, 0);
  refused([](Assessment& a) { a.tariff = TariffVersion(1); }, Code::tariff_not_in_force, 2, 1);
  refused([](Assessment& a) { a.contract_day = date("2024-11-30"); }, Code::tariff_not_in_force, 1, 2);
  refused([](Assessment& a) { a.contract_day = date("2021-08-31"); }, Code::tariff_not_in_force, 0, 2);
  const std::uint32_t today = day_of(office.today());
  refused([&](Assessment& a) { a.contract_day = date_of(today + 1); }, Code::day_in_future, today, today + 1);
  BOOST_TEST(succeeded(office.assess(good)));
  BOOST_TEST((office.application().reviews[0].assessments[0] == good));
}

BOOST_AUTO_TEST_CASE(who_is_exempt_pays_nothing_on_a_ground_that_the_table_knows) {
  Tariffs office;
  office.until_assessed();
  const Assessment exempt = office.assessment(Charge(0));
  Assessment wrong = exempt;
  wrong.exemption = text<ExemptionCode>("friendship");
  BOOST_TEST(refused_for(office.assess(wrong), Code::unknown_exemption));
  wrong = exempt;
  wrong.rate = TaxRate(100);
  wrong.amount = Charge(1);
  BOOST_TEST(refused_for(office.assess(wrong), Code::rate_differs, Code::amount_differs));
  BOOST_TEST(succeeded(office.assess(exempt)));
}

// Another department cannot put a table of zeros under the tax office's step.
BOOST_AUTO_TEST_CASE(a_service_assesses_by_the_tariff_of_the_department_that_assesses) {
  Tariffs office;
  BOOST_REQUIRE(succeeded(office.set("my-tax", {{date("2024-12-01"), {}, rates()}})));
  auto definition = Counter::sale_definition();
  definition.code = text<service::ServiceCode>("cheap-sale");
  definition.definition.deed_tax_tariff = text<TariffCode>("my-tax");
  const Receipt receipt = office.define(definition);
  BOOST_REQUIRE(refused_for(receipt, Code::tariff_of_other_department));
  BOOST_TEST((findings_of(receipt)[0].subject == Subject(DepartmentSubject{Counter::department("registry")})));
}

BOOST_AUTO_TEST_CASE(a_contract_keeps_the_rate_of_its_day) {
  Tariffs office;
  BOOST_REQUIRE(succeeded(office.set("deed-tax", {{office.in_days(10), {}, rates()}}, tax_admin)));
  office.until_assessed();
  const CivilDate signed_on = office.today();
  office.wait(20 * 24 * 3'600'000ull);
  Assessment one = office.assessment(Charge(3'000'000));
  BOOST_TEST(refused_for(office.assess(one), Code::tariff_not_in_force));
  one.contract_day = signed_on;
  BOOST_TEST(succeeded(office.assess(one)));
}

BOOST_AUTO_TEST_CASE(what_ships_is_taken_by_the_ledger) {
  Tariffs office;
  BOOST_TEST(office.version_on(registration_fee_code, office.today().view()) == 1u);
  BOOST_TEST(office.version_on(deed_tax_code, office.today().view()) == 2u);
  for (const SetTariffArguments& one : shipped_tariffs()) {
    for (const TariffDraft& draft : one.versions) BOOST_TEST(!draft.source.empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::treasury
