// Shipped services: that each can be defined as it is, by whom it says.
#include "contracts/service_shipped.h"

#include <boost/test/unit_test.hpp>

#include "tests/contracts/citizens.h"
#include "tests/contracts/services.h"

namespace kanhe::contracts::service {
namespace {

BOOST_AUTO_TEST_SUITE(service_shipped_tests)

BOOST_AUTO_TEST_CASE(those_of_the_register_are_defined_as_they_are) {
  Services desk;  // defines them
  BOOST_TEST(Services::shipped().size() == 7u);
  for (const DefineArguments& one : Services::shipped()) BOOST_TEST(services.contains(desk.state(), one.code));
}

BOOST_AUTO_TEST_CASE(those_outside_the_register_too_with_and_without_a_title_that_shows_the_premises) {
  Citizens citizens;
  Citizens::must(citizens.define("education", Citizens::school()));
  citizens.define_business();
  const auto licence = services.get(citizens.state(), text<ServiceCode>("business-licence")).value();
  BOOST_TEST(licence.owner.view() == "market");
  BOOST_TEST((licence.definition.materials[3].certificate == Citizens::type_of("education")));
  for (const OwnedService& one : Citizens::business()) BOOST_TEST(!one.arguments.definition.fee_tariff.has_value());
}

// One department may play several parts: its own window needs no name.
BOOST_AUTO_TEST_CASE(one_department_may_play_several_parts) {
  Citizens citizens;
  const auto type = Citizens::type_of("market");
  for (const OwnedService& one : business_services(
           {Citizens::department("market"), Citizens::department("market"), Citizens::department("tax-office"),
            Citizens::department("market"), Citizens::department("treasury")},
           {type, type, type, type, std::nullopt})) {
    Citizens::must(citizens.define(one.owner.view(), one.arguments));
  }
  Citizens::must(citizens.define_package());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::service
