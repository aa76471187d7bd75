// service packages: filed once, gone through side by side, closed with the last.
#include "contracts/service_package.h"

#include <boost/test/unit_test.hpp>

#include "ledger/codec.h"
#include "tests/contracts/citizens.h"

namespace kanhe::contracts::service {
namespace {

const std::array<std::string_view, 4> owners{"market", "police", "tax-office", "labour"};

struct Business : Citizens {
  Business() { define_business(); }
};

BOOST_AUTO_TEST_SUITE(service_package_tests)

BOOST_AUTO_TEST_CASE(a_business_is_opened_by_one_filing_in_four_departments_side_by_side) {
  Business business;
  const Receipt filed = business.file_package(Business::opening());
  BOOST_REQUIRE_MESSAGE(succeeded(filed), codes_of(filed));
  const PackageCase one = business.package_case();
  BOOST_REQUIRE_EQUAL(one.applications.size(), 4u);
  BOOST_TEST(one.open == 4u);
  // Each service has the materials that it asks for, of those that were brought once.
  const std::array<std::size_t, 4> materials{4, 3, 3, 3};
  for (std::size_t i = 0; i < 4; ++i) {
    const Application part = business.application(one.applications[i]);
    BOOST_TEST((one.applications[i] == application_of(business.id, i)));
    BOOST_TEST(part.materials.size() == materials[i]);
    BOOST_TEST((part.package == business.id));
    BOOST_TEST((part.phase == Phase::filed));
  }
  // In any order; the last one closes the package.
  for (const std::size_t i : {2u, 0u, 3u, 1u}) {
    const ApplicationId part = one.applications[i];
    Business::must(business.accept(owners[i], part));
    if (i == 3) {
      Business::must(business.review(owners[i], part, "review", Verdict::refuse));
      continue;
    }
    Business::must(business.review(owners[i], part));
    const Receipt issued = business.issue(owners[i], part);
    BOOST_REQUIRE_MESSAGE(succeeded(issued), codes_of(issued));
    const auto names = events_of(issued);
    BOOST_TEST((std::ranges::find(names, "service.package_closed") != names.end()) == (i == 1));
    if (i != 1) continue;
    const auto closed = decode<PackageClosed>(issued.events[issued.events.size() - 1].data.view());
    BOOST_REQUIRE(closed.has_value());
    BOOST_TEST(closed->registered == 3u);
    BOOST_TEST(has_subject(issued.events[issued.events.size() - 1], ApplicationSubject{business.id}));
  }
  BOOST_TEST(business.package_case().open == 0u);
  BOOST_TEST((business.package_case().closed_ms == business.now()));
}

BOOST_AUTO_TEST_CASE(all_of_it_is_filed_or_none) {
  Business business;
  FilePackageArguments lacking = Business::opening();
  lacking.materials.pop_back();  // the staff list, which may come later, but for which there is no promise
  const Receipt receipt = business.file_package(lacking);
  BOOST_TEST(refused_for(receipt, CaseCode::deferral_missing));
  const ApplicationId id = application_of(receipt.transaction_id);
  BOOST_TEST(!package_cases.contains(business.state(), id));
  for (std::size_t i = 0; i < 4; ++i) BOOST_TEST(!applications.contains(business.state(), application_of(id, i)));
}

// Their lists differ: a place alone would say of two services that they lack the same.
BOOST_AUTO_TEST_CASE(what_is_missing_is_said_of_each_service_that_asks_for_it) {
  Business business;
  FilePackageArguments lacking = Business::opening();
  Materials kept;
  for (const Material& one : lacking.materials) {
    if (one.code.view() != "identity" && one.code.view() != "staff-list") kept.push_back(one);
  }
  lacking.materials = {};
  for (const Material& one : kept) lacking.materials.push_back(one);
  const Receipt receipt = business.file_package(lacking);
  BOOST_REQUIRE(refused_for(receipt, Code::material_missing, Code::material_missing, Code::material_missing,
                            Code::material_missing, CaseCode::deferral_missing));
  const ApplicationId id = application_of(receipt.transaction_id);
  for (std::size_t i = 0; i < 4; ++i) {
    BOOST_TEST(findings_of(receipt)[i].value == 2u);
    BOOST_TEST((findings_of(receipt)[i].subject == Subject(ApplicationSubject{application_of(id, i)})));
  }
  BOOST_TEST((findings_of(receipt)[4].subject == Subject(ApplicationSubject{application_of(id, 3)})));
}

BOOST_AUTO_TEST_CASE(a_promise_is_for_those_services_that_wait_for_something) {
  Business business;
  FilePackageArguments later = Business::opening();
  later.deferral = Deferral{date_of(day_of(business.now())), digest("promise")};
  BOOST_TEST(refused_for(business.file_package(later), CaseCode::deferral_not_needed));
  later.materials.pop_back();
  Business::must(business.file_package(later));
  const PackageCase one = business.package_case();
  for (std::size_t i = 0; i < 4; ++i) {
    BOOST_TEST(business.application(one.applications[i]).deferral.has_value() == (i == 3));
  }
  // What does not come ends its own application, and counts as closed in the package.
  const ApplicationId first = business.id;
  business.wait(3 * 86'400'000);
  Business::must(business.file_package(Business::opening()));
  BOOST_TEST((business.application(one.applications[3]).phase == Phase::lapsed));
  BOOST_TEST(package_cases.get(business.state(), first)->open == 3u);
}

BOOST_AUTO_TEST_CASE(what_no_service_asks_for_is_named) {
  Business business;
  FilePackageArguments more = Business::opening();
  more.materials.push_back(Counter::paper("sale-contract"));
  more.shown.push_back(Business::certificate_of("labour"));
  more.answers.push_back(sharing::QuestionId(digest("nothing")));
  const Receipt receipt = business.file_package(more);
  BOOST_REQUIRE(refused_for(receipt, Code::material_unknown, CaseCode::certificate_not_asked,
                            CaseCode::answer_not_asked));
  BOOST_TEST(finding_of(receipt, Code::material_unknown).value == 8u);
  BOOST_TEST(refused_for(business.file_package(Business::opening(), "clerk of police"), HostCode::wrong_department));
  FilePackageArguments other = Business::opening();
  other.package = text<PackageCode>("other");
  BOOST_TEST(refused_for(business.file_package(other), CaseCode::unknown_package));
  FilePackageArguments nobody = Business::opening();
  nobody.applicants.clear();
  BOOST_TEST(has_code(business.file_package(nobody), CaseCode::applicants_missing));
  FilePackageArguments many = Business::opening();
  for (int i = 0; i < 6; ++i) many.applicants.push_back(party("partner " + std::to_string(i)));
  BOOST_TEST(has_code(business.file_package(many), CaseCode::applicants_too_many));
}

BOOST_AUTO_TEST_CASE(nobody_gets_work_from_a_window_that_they_did_not_name) {
  Citizens citizens;
  for (OwnedService one : Citizens::business()) {
    if (one.owner.view() == "police") one.arguments.definition.windows.clear();
    Citizens::must(citizens.define(one.owner.view(), one.arguments));
  }
  const Receipt receipt = citizens.define_package();
  BOOST_REQUIRE(refused_for(receipt, CaseCode::window_not_named));
  BOOST_TEST((findings_of(receipt)[0].subject == Subject(DepartmentSubject{Citizens::department("police")})));
  BOOST_TEST(findings_of(receipt)[0].value == 2u);
}

BOOST_AUTO_TEST_CASE(what_a_definition_of_a_package_lacks_is_said_at_once) {
  Business business;
  BOOST_TEST(refused_for(business.define_package(), CaseCode::package_exists));
  DefinePackageArguments bad = business_opening();
  bad.code = text<PackageCode>("bad");
  bad.name_en = {};
  bad.services = {text<ServiceCode>("business-licence")};
  BOOST_TEST(refused_for(business.define_package(bad), Code::name_missing, CaseCode::services_too_few));
  bad = business_opening();
  bad.code = text<PackageCode>("bad");
  bad.services.push_back(text<ServiceCode>("business-licence"));
  bad.services.push_back(text<ServiceCode>("nothing"));
  BOOST_TEST(refused_for(business.define_package(bad), CaseCode::service_repeated, Code::unknown_service));
  BOOST_TEST(refused_for(business.define_package(bad, "labour"), CaseCode::service_repeated, Code::unknown_service,
                         CaseCode::window_not_named, CaseCode::window_not_named, CaseCode::window_not_named,
                         CaseCode::window_not_named));
  Counter counter;
  DefinePackageArguments sales = business_opening();
  sales.services = {text<ServiceCode>("house-sale"), text<ServiceCode>("house-sale")};
  const Receipt receipt = counter.run(registry_admin, "service", "define_package", sales);
  BOOST_TEST(has_code(receipt, CaseCode::service_with_acts));
}

BOOST_AUTO_TEST_CASE(a_window_that_is_named_files_supplements_and_withdraws) {
  Business business;
  FileArguments alone;
  alone.service = text<ServiceCode>("seal-filing");
  alone.applicants = {party("founder")};
  for (const auto* code : {"application-form", "identity", "seal-specimen"}) {
    alone.materials.push_back(Counter::paper(code));
  }
  BOOST_TEST(refused_for(business.file(alone, "clerk of labour"), HostCode::wrong_department));
  BOOST_TEST(succeeded(business.file(alone, "clerk of market")));
  BOOST_TEST(refused_for(business.accept("market", business.id), HostCode::wrong_department));
  BOOST_TEST(succeeded(business.run("clerk of market", "service", "withdraw", WithdrawArguments{business.id})));
  // What was filed at the owner's own window is no other window's business.
  BOOST_REQUIRE(succeeded(business.file(alone, "clerk of police")));
  BOOST_TEST(refused_for(business.run("clerk of market", "service", "withdraw", WithdrawArguments{business.id}),
                         HostCode::wrong_department));
  SupplementArguments more;
  more.application = business.id;
  BOOST_TEST(refused_for(business.run("clerk of market", "service", "supplement", more), HostCode::wrong_department));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::service
