// Expiry: told once before, once when it comes, and never of what ended otherwise.
#include "contracts/certificate_expiry.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "ledger/codec.h"
#include "tests/contracts/office.h"

namespace kanhe::contracts::certificate {
namespace {

constexpr std::uint64_t day = 86'400'000;

struct DatedOffice : Office {
  CertificateId issue_until(const std::string& serial, std::uint64_t days) {
    IssueArguments arguments = issuance(certificate_id(serial));
    arguments.valid_until_ms = now() + days * day;
    BOOST_REQUIRE(succeeded(Office::issue("ann", arguments)));
    return arguments.id;
  }
  // Lets time pass; the names of what time did then, and about which certificate.
  std::vector<std::string> after(std::uint64_t ms) {
    wait(ms);
    std::vector<std::string> names;
    const std::vector<Receipt> receipts = execute({});
    for (const Event& event : receipts.at(0).events) {
      for (const Subject& subject : event.subjects) {
        const auto* const of = std::get_if<CertificateSubject>(&subject);
        if (of != nullptr) names.push_back(event.name.str() + " " + of->id.str());
      }
    }
    return names;
  }
};

std::string told(std::string_view what, const CertificateId& id) { return std::string(what) + " " + id.str(); }

BOOST_AUTO_TEST_SUITE(certificate_expiry_tests)

BOOST_AUTO_TEST_CASE(it_is_told_thirty_days_before_and_when_it_comes_some_hours_later) {
  DatedOffice office;
  const CertificateId id = office.issue_until("1", 100);
  BOOST_TEST(expiry_delay_ms(id) >= day / 24);
  BOOST_TEST(expiry_delay_ms(id) < 5 * day / 24);
  BOOST_TEST(office.after(70 * day + expiry_delay_ms(id) - 1).empty());
  BOOST_TEST(office.after(1) == std::vector{told("certificate.expiring", id)}, boost::test_tools::per_element());
  BOOST_TEST(office.after(30 * day - 1).empty());
  BOOST_TEST(office.after(1) == std::vector{told("certificate.expired", id)}, boost::test_tools::per_element());
  BOOST_TEST(office.after(100 * day).empty());
  BOOST_TEST((office.standing(id) == Standing::issued));  // that it is over, its dates say
}

BOOST_AUTO_TEST_CASE(a_short_one_is_told_of_when_it_comes_and_one_that_is_over_never) {
  DatedOffice office;
  const CertificateId id = office.issue_until("1", 30);
  office.issue_until("2", 0);
  BOOST_TEST(office.after(30 * day + expiry_delay_ms(id) - 1).empty());
  BOOST_TEST(office.after(1) == std::vector{told("certificate.expired", id)}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_ended_or_was_replaced_before_is_not_told_of_but_what_is_suspended_is) {
  DatedOffice office;
  const CertificateId revoked = office.issue_until("1", 60);
  const CertificateId replaced = office.issue_until("2", 60);
  const CertificateId suspended = office.issue_until("3", 60);
  const CertificateId late = office.issue_until("4", 60);
  office.revoke("ann", revoked);
  BOOST_REQUIRE(succeeded(office.Office::issue(certificate_id("2", 2), replaced)));
  office.suspend("ann", suspended);
  const std::vector<std::string> expiring = office.after(30 * day + day / 4);
  BOOST_TEST((std::set(expiring.begin(), expiring.end()) ==
              std::set{told("certificate.expiring", suspended), told("certificate.expiring", late)}));
  office.revoke("ann", late);
  BOOST_TEST(office.after(30 * day) == std::vector{told("certificate.expired", suspended)},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::certificate
