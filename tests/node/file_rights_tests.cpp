// Who may read a file, over the life of a sale: each department before, during and after; strangers and their own
// application; a certificate's file with every way in which a consent is not the one that is needed.
#include "node/file_rights.h"

#include <boost/test/unit_test.hpp>

#include "tests/contracts/counter.h"

namespace kanhe::node {
namespace {

namespace certificate = contracts::certificate;
namespace sharing = contracts::sharing;
using contracts::service::Counter;
using contracts::service::digest;
using contracts::service::party;
using contracts::service::title_id;

const Hash256 contract = digest("sale-contract");
const Hash256 picture = digest("scan of the certificate");

QueryLine officer_of(std::string_view department, std::string_view purpose = "loan-review") {
  QueryLine line;
  line.department = ContractNetwork::department(department);
  line.purpose = PurposeCode::from(purpose).value();
  line.time_ms = Timestamp(1'750'000'000'000);
  return line;
}
QueryLine citizen(std::string_view name) {
  QueryLine line;
  line.person = party(name);
  return line;
}

struct RightsCounter : Counter {
  std::string of(const QueryLine& asker, const Hash256& file, const FileMatter& matter) {
    const auto right = require_file_right(state(), asker, file, matter);
    if (!right) return right.error().text;
    std::string holders;
    for (const DepartmentId& holder : *right) holders += (holders.empty() ? "" : " ") + holder.str();
    return holders;
  }
  std::string of(const QueryLine& asker, const Hash256& file = contract) { return of(asker, file, id); }
  bool may(const QueryLine& asker) { return of(asker) == "registry"; }

  // The title has a file; the sale is closed.
  void register_with_file() {
    auto arguments = registration();
    arguments.certificates[0].files.push_back({contracts::service::text<certificate::MediaType>("application/pdf"),
                                               certificate::DigestAlgorithm::sha256, picture});
    BOOST_REQUIRE(succeeded(register_title(arguments)));
  }
  sharing::ConsentId give(const sharing::GiveConsentArguments& arguments, const std::string& sender = "buyer") {
    const Receipt receipt = run(sender, "sharing", "give_consent", arguments);
    BOOST_REQUIRE(succeeded(receipt));
    return sharing::consent_of(receipt.transaction_id);
  }
  void use(const sharing::ConsentId& consent, const sharing::GiveConsentArguments& given) {
    BOOST_REQUIRE(succeeded(run("tess", "sharing", "use_consent",
                                sharing::UseConsentArguments{consent, given.purpose_code, given.usable})));
  }
  static sharing::GiveConsentArguments consent() {
    sharing::GiveConsentArguments arguments;
    arguments.party = party("buyer");
    arguments.grantee = sharing::GranteeDepartment{department("tax-office")};
    arguments.usable = sharing::UseOfCertificate{title_id("1")};
    arguments.purpose_code = PurposeCode::from("loan-review").value();
    arguments.until_ms = Timestamp(1'900'000'000'000);
    arguments.uses_max = sharing::Uses(2);
    return arguments;
  }
};

bool has(const std::string& text, std::string_view words) { return text.find(words) != std::string::npos; }

BOOST_FIXTURE_TEST_SUITE(file_rights_tests, RightsCounter)

BOOST_AUTO_TEST_CASE(the_departments_of_the_flow_read_while_it_is_open_and_the_owner_afterwards) {
  BOOST_REQUIRE(succeeded(file(sale())));
  BOOST_TEST(may(officer_of("registry")));
  BOOST_TEST((may(officer_of("housing")) && may(officer_of("tax-office"))));
  BOOST_TEST(has(of(officer_of("treasury")), "treasury has no step"));
  BOOST_REQUIRE(succeeded(withdraw()));
  BOOST_TEST(may(officer_of("registry")));
  BOOST_TEST(has(of(officer_of("housing")), "it is closed"));
  BOOST_TEST(has(of(officer_of("treasury")), "treasury has no step"));
}

BOOST_AUTO_TEST_CASE(applicants_read_their_own_also_afterwards_and_nobody_elses) {
  BOOST_REQUIRE(succeeded(file(sale())));
  BOOST_TEST((may(citizen("seller")) && may(citizen("buyer"))));
  BOOST_TEST(has(of(citizen("stranger")), "none of its applicants"));
  BOOST_REQUIRE(succeeded(withdraw()));
  BOOST_TEST(may(citizen("buyer")));
}

BOOST_AUTO_TEST_CASE(only_what_the_application_names_and_who_may_not_read_does_not_learn_even_that) {
  BOOST_REQUIRE(succeeded(file(sale())));
  BOOST_TEST(has(of(officer_of("housing"), digest("another contract")), "names no file"));
  BOOST_TEST(has(of(officer_of("treasury"), digest("another contract")), "has no step"));
  BOOST_TEST(has(of(officer_of("housing"), contract, ApplicationId()), "there is no"));
}

BOOST_AUTO_TEST_CASE(what_a_review_rests_on_is_named_once_it_was_given) {
  BOOST_REQUIRE(succeeded(file(sale())));
  BOOST_REQUIRE(succeeded(accept()));
  BOOST_REQUIRE(succeeded(housing()));
  const Hash256 evidence = application().reviews.at(0).evidence;
  BOOST_TEST(of(officer_of("registry"), evidence) == "housing");
  BOOST_TEST(has(of(officer_of("registry"), digest("no evidence")), "names no file"));
}

BOOST_AUTO_TEST_CASE(a_certificates_file_is_its_issuers_and_with_a_consent_that_was_used_anothers) {
  sell_until_billed();
  pay();
  register_with_file();
  BOOST_TEST(of(officer_of("registry"), picture, CertificateMatter{title_id("1"), {}}) == "registry");
  BOOST_TEST(has(of(officer_of("registry"), contract, CertificateMatter{title_id("1"), {}}), "names no file"));
  BOOST_TEST(has(of(officer_of("tax-office"), picture, CertificateMatter{title_id("1"), {}}), "consent: is missing"));
  BOOST_TEST(has(of(citizen("seller"), picture, CertificateMatter{title_id("1"), {}}), "for departments"));
  BOOST_TEST(has(of(officer_of("registry"), picture, CertificateMatter{title_id("2"), {}}), "there is no"));
  const CertificateMatter matter{title_id("1"), give(consent())};
  BOOST_TEST(has(of(officer_of("tax-office"), picture, matter), "no use of it is recorded"));
  use(*matter.consent, consent());
  BOOST_TEST(of(officer_of("tax-office"), picture, matter) == "registry");
  BOOST_TEST(has(of(officer_of("tax-office", "curiosity"), picture, matter), "purpose loan-review, not for curiosity"));
  BOOST_TEST(has(of(officer_of("housing"), picture, matter), "not given to housing"));
  QueryLine late = officer_of("tax-office");
  late.time_ms = consent().until_ms;
  BOOST_TEST(has(of(late, picture, matter), "held until"));
  late.time_ms = Timestamp(consent().until_ms.value() - 1);
  BOOST_TEST(of(late, picture, matter) == "registry");
  BOOST_REQUIRE(succeeded(run("buyer", "sharing", "withdraw_consent",
                              sharing::WithdrawConsentArguments{*matter.consent, {}})));
  BOOST_TEST(has(of(officer_of("tax-office"), picture, matter), "was withdrawn"));
  BOOST_TEST(has(of(officer_of("tax-office"), picture, CertificateMatter{title_id("1"), sharing::ConsentId()}),
                 "there is no"));
}

// Else any citizen could open any certificate for an officer who asks.
BOOST_AUTO_TEST_CASE(a_consent_of_who_is_not_the_holder_or_for_something_else_opens_nothing) {
  sell_until_billed();
  pay();
  register_with_file();
  for (const std::string name : {"stranger", "seller"}) {
    sharing::GiveConsentArguments other = consent();
    other.party = party(name);
    const CertificateMatter matter{title_id("1"), give(other, name)};
    use(*matter.consent, other);
    BOOST_TEST(has(of(officer_of("tax-office"), picture, matter), "not its holder's"));
  }
  sharing::GiveConsentArguments item = consent();
  item.usable = sharing::UseOfItem{contracts::service::text<sharing::ItemCode>("real-estate-title")};
  BOOST_REQUIRE(succeeded(run(contracts::service::registry_admin, "sharing", "declare_item",
                              sharing::DeclareItemArguments{
                                  contracts::service::text<sharing::ItemCode>("real-estate-title"),
                                  contracts::service::text<PlainText<96>>("title"),
                                  contracts::service::text<PlainText<96>>("title")})));
  const CertificateMatter matter{title_id("1"), give(item)};
  BOOST_TEST(has(of(officer_of("tax-office"), picture, matter), "not for this certificate"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::node
