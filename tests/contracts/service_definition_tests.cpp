// Definitions of services: what may be defined, by whom, and that a new one needs no code.
#include "contracts/service_definition.h"

#include <boost/test/unit_test.hpp>

#include "tests/contracts/counter.h"

namespace kanhe::contracts::service {
namespace {

DefineArguments another(std::string_view code) {
  DefineArguments arguments = Counter::sale_definition();
  arguments.code = text<ServiceCode>(code);
  return arguments;
}

BOOST_AUTO_TEST_SUITE(service_definition_tests)

BOOST_AUTO_TEST_CASE(the_house_sale_is_stored_as_it_was_defined) {
  Counter counter;
  const auto service = services.get(counter.state(), text<ServiceCode>("house-sale"));
  BOOST_REQUIRE(service.has_value());
  BOOST_TEST(service->owner.str() == "registry");
  BOOST_TEST((encode(DefineArguments{text<ServiceCode>("house-sale"), service->definition}) ==
              encode(Counter::sale_definition())));
  BOOST_TEST(service->definition.stages.size() == 2u);
  BOOST_TEST(service->definition.stages[0].steps.size() == 2u);
  BOOST_TEST(find_step(service->definition, text<StepCode>("tax"))->step == 1u);
  BOOST_TEST(!find_step(service->definition, text<StepCode>("police")).has_value());
}

BOOST_AUTO_TEST_CASE(a_code_is_used_once_and_by_administrators) {
  Counter counter;
  const Receipt again = counter.define(Counter::sale_definition());
  BOOST_REQUIRE(refused_for(again, Code::service_exists));
  BOOST_TEST((findings_of(again)[0].subject == Subject(DepartmentSubject{ContractNetwork::department("registry")})));
  BOOST_TEST(refused_for(counter.run("reg", "service", "define", another("x")), HostCode::role_needed));
}

BOOST_AUTO_TEST_CASE(where_definitions_need_a_motion_what_it_approved_is_defined_and_nothing_else) {
  Counter counter;
  counter.carry(membership::ChangeSettings{{}, {}, true});
  const DefineArguments sale = another("another-sale");
  const auto approve = [&](std::string_view department, std::string_view method) {
    const Hash256 call = governance::call_digest("service", method, encode(sale));
    counter.carry(membership::ApproveCall{ContractNetwork::department(department), call});
  };
  const Receipt refused = counter.define(sale);
  BOOST_REQUIRE(refused_for(refused, governance::Code::call_not_approved));
  BOOST_TEST((findings_of(refused)[0].subject == Subject(DepartmentSubject{ContractNetwork::department("registry")})));
  approve("housing", "define");           // another department's call
  approve("registry", "define_package");  // another method's
  BOOST_TEST(refused_for(counter.define(sale), governance::Code::call_not_approved));
  approve("registry", "define");
  DefineArguments other = sale;
  other.definition.name_en = text<PlainText<96>>("sale of a house, quietly changed");
  BOOST_TEST(refused_for(counter.define(other), governance::Code::call_not_approved));
  BOOST_TEST(succeeded(counter.define(sale)));
  counter.carry(membership::ChangeSettings{{}, {}, false});
  BOOST_TEST(succeeded(counter.define(another("third-sale"))));
}

BOOST_AUTO_TEST_CASE(definitions_need_a_motion_at_first_where_it_is_no_demo_network) {
  Genesis genesis = ContractNetwork::make_genesis();
  for (const bool demo : {true, false}) {
    genesis.demo = demo;
    ContractNetwork network(genesis);
    BOOST_TEST(governance::settings(network.state()).definitions_by_motion == !demo);
  }
}

BOOST_AUTO_TEST_CASE(what_a_definition_lacks_is_said_at_once) {
  Counter counter;
  DefineArguments empty;
  empty.code = text<ServiceCode>("empty");
  empty.definition.treasury = ContractNetwork::department("nowhere");
  empty.definition.certificate_type = text<certificate::TypeCode>(std::string(ContractNetwork::registry_code) + "099");
  empty.definition.proof_type = text<certificate::TypeCode>(title_type);  // of what is entered, which is nothing
  BOOST_TEST(refused_for(counter.define(empty), Code::name_missing, Code::stages_missing,
                         property::FilingCode::acts_missing, HostCode::unknown_department,
                         certificate::Code::unknown_type));
  DefineArguments bad = another("bad");
  auto& stages = bad.definition.stages;
  stages[0].steps[1].code = stages[0].steps[0].code;
  stages[1].steps[0].role = Role::registrar;
  stages[1].steps[0].department = ContractNetwork::department("nowhere");
  stages.push_back({});
  stages[0].time_limit_days = working_days_max + 1;
  bad.definition.materials.push_back(bad.definition.materials[0]);
  BOOST_TEST(refused_for(counter.define(bad), Code::step_repeated, Code::step_role_not_allowed,
                         HostCode::unknown_department, Code::steps_missing, Code::material_repeated,
                         Code::time_limit_too_long));
}

BOOST_AUTO_TEST_CASE(a_transfer_without_the_deed_tax_is_no_service) {
  Counter counter;
  DefineArguments untaxed = another("untaxed");
  untaxed.definition.stages[0].steps.pop_back();
  const Receipt receipt = counter.define(untaxed);
  BOOST_REQUIRE(refused_for(receipt, Code::assessment_missing));
  BOOST_TEST(findings_of(receipt)[0].rule == 27u);
}

BOOST_AUTO_TEST_CASE(one_step_assesses_by_a_tariff_that_there_is) {
  Counter counter;
  DefineArguments twice = another("twice");
  twice.definition.stages[1].steps.push_back(twice.definition.stages[0].steps[1]);
  twice.definition.stages[1].steps[1].code = text<StepCode>("again");
  const Receipt receipt = counter.define(twice);
  BOOST_REQUIRE(refused_for(receipt, Code::assessment_repeated));
  BOOST_TEST(findings_of(receipt)[0].value == 2u);

  DefineArguments without = another("without");
  without.definition.deed_tax_tariff.reset();
  BOOST_TEST(refused_for(counter.define(without), TreasuryCode::unknown_tariff));
  without.definition.deed_tax_tariff = text<treasury::TariffCode>("unheard-of");
  BOOST_TEST(refused_for(counter.define(without), TreasuryCode::unknown_tariff));
  without.definition.deed_tax_tariff = without.definition.fee_tariff;
  BOOST_TEST(refused_for(counter.define(without), TreasuryCode::tariff_of_other_kind,
                         TreasuryCode::tariff_of_other_department));
  without.definition.deed_tax_tariff = text<treasury::TariffCode>("deed-tax");
  without.definition.fee_tariff = without.definition.deed_tax_tariff;
  BOOST_TEST(refused_for(counter.define(without), TreasuryCode::tariff_of_other_kind));
  without.definition.fee_tariff.reset();
  BOOST_TEST(succeeded(counter.define(without)));
}

BOOST_AUTO_TEST_CASE(only_reviewing_roles_are_asked_for_reviews) {
  for (std::uint8_t number = 1; number <= roles_max; ++number) {
    Counter counter;
    DefineArguments arguments = another("x");
    arguments.definition.stages[1].steps[0].role = static_cast<Role>(number);
    const Receipt receipt = counter.define(arguments);
    const bool allowed = step_roles.contains(static_cast<Role>(number));
    BOOST_TEST((allowed ? succeeded(receipt) : refused_for(receipt, Code::step_role_not_allowed)));
  }
}

BOOST_AUTO_TEST_CASE(the_largest_definition_runs_from_filing_to_the_certificate) {
  Counter counter;
  DefineArguments large = another("large");
  auto& stages = large.definition.stages;
  stages.clear();
  while (!stages.full()) {
    Stage stage;
    while (!stage.steps.full()) {
      Step step = Counter::sale_definition().definition.stages[0].steps[1];
      if (stages.size() + stage.steps.size() > 0) step.kind = StepKind::opinion;
      step.code = text<StepCode>("s-" + std::to_string(stages.size()) + "-" + std::to_string(stage.steps.size()));
      stage.steps.push_back(step);
    }
    stages.push_back(stage);
  }
  BOOST_REQUIRE(succeeded(counter.define(large)));
  Counter::Sale sale = Counter::sale();
  sale.service = large.code;
  BOOST_REQUIRE(succeeded(counter.file(sale)));
  BOOST_REQUIRE(succeeded(counter.accept()));
  for (const Stage& stage : stages) {
    for (const Step& step : stage.steps) {
      const std::string officer = "officer of " + step.code.str();
      counter.enrol(officer, "tax-office", {Role::tax_officer});
      const bool assesses = step.kind == StepKind::assessment;
      const auto assessed = assesses ? std::optional(treasury::Charge(100)) : std::nullopt;
      BOOST_REQUIRE(succeeded(counter.review(officer, counter.verdict(step.code.view(), assessed))));
    }
  }
  BOOST_TEST(counter.bill().handlers.size() == reviews_max + 2);
  BOOST_TEST(succeeded(counter.pay("P-1", 8'100)));
  BOOST_TEST(succeeded(counter.register_title()));
}

BOOST_AUTO_TEST_CASE(a_service_of_another_department_does_not_reach_into_the_register) {
  Counter counter;
  DefineArguments own = another("own-sale");
  BOOST_REQUIRE(succeeded(counter.run(ContractNetwork::administrator("tax-office"), "service", "define", own)));
  counter.enrol("tina", "tax-office", {Role::window_clerk});
  Counter::Sale sale = Counter::sale();
  sale.service = own.code;
  BOOST_TEST(refused_for(counter.file(sale, "tina"), HostCode::wrong_department));
}

BOOST_AUTO_TEST_CASE(r38_no_service_asks_for_an_appraisal) {
  for (const auto* material : {"appraisal", "appraisal-report", "land-valuation"}) {
    Counter counter;
    DefineArguments asking = another("asking");
    MaterialRule rule = asking.definition.materials.front();
    rule.code = text<MaterialCode>(material);
    asking.definition.materials.push_back(rule);
    const Receipt receipt = counter.define(asking);
    BOOST_REQUIRE(refused_for(receipt, Code::material_forbidden));
    BOOST_TEST(finding_of(receipt, Code::material_forbidden).rule == 38u);
    BOOST_TEST(finding_of(receipt, Code::material_forbidden).value == asking.definition.materials.size());
    asking.definition.materials.pop_back();
    BOOST_TEST(succeeded(counter.define(asking)));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::service
