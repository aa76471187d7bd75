// Identifiers: their outer form and limits.
#include "ledger/identifiers.h"

#include <boost/test/unit_test.hpp>

namespace {

using namespace kanhe;

template <class T>
void check_limits(char filler) {
  BOOST_TEST_CONTEXT(T::label.name) {
    BOOST_TEST(!T::from(std::string(T::bytes_min - 1, filler)));
    BOOST_TEST(T::from(std::string(T::bytes_min, filler)).has_value());
    BOOST_TEST(T::from(std::string(T::bytes_max, filler)).has_value());
    BOOST_TEST(!T::from(std::string(T::bytes_max + 1, filler)));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(identifiers_tests)

BOOST_AUTO_TEST_CASE(lengths_are_limited) {
  check_limits<DepartmentId>('a');
  check_limits<CertificateId>('1');
  check_limits<UnitNumber>('G');
}

BOOST_AUTO_TEST_CASE(departments_are_slugs) {
  for (const std::string_view id : {"a", "7", "registry", "tax-office", "a-b-c", "2nd-court"}) {
    BOOST_TEST(DepartmentId::from(id).has_value(), id);
  }
  for (const std::string_view id :
       {"-", "-a", "a-", "a--b", "A", "a_b", "a.b", "a/b", "a b", "a+b", " a", "a\n", "税务"}) {
    BOOST_TEST(!DepartmentId::from(id), id);
  }
}

BOOST_AUTO_TEST_CASE(certificates_and_units_are_visible_ascii) {
  for (const std::string_view id : {"1.2.156.3005.2.11100000MB03271699022", "!", "~", "a/b?c=d&e#f"}) {
    BOOST_TEST(CertificateId::from(id).has_value(), id);
  }
  BOOST_TEST(UnitNumber::from("440301001001GB00001F00010001").has_value());
  for (const std::string_view id : {" ", "a b", "a\t", "\x7f", "证", "\xc2\xa0"}) {
    BOOST_TEST(!CertificateId::from(id), id);
    BOOST_TEST(!UnitNumber::from(id), id);
  }
}

BOOST_AUTO_TEST_SUITE_END()
