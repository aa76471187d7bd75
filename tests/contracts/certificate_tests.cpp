// certificate: types and grants, issuing, editions, batches: every refusal, and the size of an issuance.
#include "contracts/certificate.h"

#include <boost/test/unit_test.hpp>

#include "tests/contracts/office.h"

namespace kanhe::contracts::certificate {
namespace {

BOOST_AUTO_TEST_SUITE(certificate_tests)

// ---------------------------------------------------------------------------------------------------------------------
// Types and grants

BOOST_AUTO_TEST_CASE(a_type_is_defined_once_by_the_department_whose_code_it_bears) {
  Office office;
  const Receipt again = office.define(registry_admin, title);
  BOOST_TEST(refused_for(again, Code::type_exists));
  BOOST_TEST(refused_for(office.define(tax_admin, text<TypeCode>(registry_code + "001")),
                         Code::type_of_other_department));
  BOOST_TEST(succeeded(office.define(tax_admin, text<TypeCode>(tax_code + "001"))));
  // A ministry that takes no part: whoever comes first keeps it.
  BOOST_TEST(succeeded(office.define(archive_admin, text<TypeCode>("11430000006122244L005"))));
  BOOST_TEST(refused_for(office.define(registry_admin, text<TypeCode>("11430000006122244L005")), Code::type_exists));
  BOOST_TEST(refused_for(office.define(registry_admin, text<TypeCode>("11430000006122245L005")),
                         IdentifierCode::certificate_id_type_owner));
  BOOST_TEST(refused_for(office.define(registry_admin, text<TypeCode>("11430000006122244L0-5")),
                         IdentifierCode::certificate_id_type));
  BOOST_TEST(refused_for(office.run(registry_admin, "certificate", "define_type",
                                    DefineTypeArguments{text<TypeCode>(registry_code + "009"), {}, {}}),
                         Code::name_missing, Code::name_missing));
}

BOOST_AUTO_TEST_CASE(only_the_defining_department_grants_and_withdraws) {
  Office office;
  BOOST_TEST(refused_for(office.issue("eve", Office::issuance(certificate_id("1", 1, tax_code))), Code::not_granted));
  BOOST_TEST(refused_for(office.grant(tax_admin, "tax-office"), HostCode::wrong_department));
  BOOST_TEST(succeeded(office.grant(registry_admin, "tax-office")));
  BOOST_TEST(refused_for(office.grant(registry_admin, "tax-office"), Code::grant_exists));
  BOOST_TEST(succeeded(office.issue("eve", Office::issuance(certificate_id("1", 1, tax_code)))));
  BOOST_TEST(refused_for(office.withdraw(tax_admin, "tax-office"), HostCode::wrong_department));
  BOOST_TEST(succeeded(office.withdraw(registry_admin, "tax-office")));
  BOOST_TEST(refused_for(office.withdraw(registry_admin, "tax-office"), Code::unknown_grant));
  BOOST_TEST(refused_for(office.issue("eve", Office::issuance(certificate_id("2", 1, tax_code))), Code::not_granted));
  // What was issued under the grant is still the department's to end.
  BOOST_TEST(succeeded(office.revoke("eve", certificate_id("1", 1, tax_code))));
  office.wait(1'000);
  BOOST_TEST(succeeded(office.grant(registry_admin, "tax-office")));
  BOOST_TEST(refused_for(office.grant(registry_admin, "nowhere"), HostCode::unknown_department));
  BOOST_TEST(has_code(office.grant(registry_admin, "archive", text<TypeCode>(tax_code + "009")), Code::unknown_type));
}

BOOST_AUTO_TEST_CASE(a_grant_tells_for_every_moment_whether_it_held) {
  Office office;
  const Timestamp start = office.now();
  const GrantKey key{title, ContractNetwork::department("tax-office")};
  for (std::size_t i = 0; i < grant_periods_max; ++i) {
    BOOST_TEST(succeeded(office.grant(registry_admin, "tax-office")));
    office.wait(10);
    BOOST_TEST(succeeded(office.withdraw(registry_admin, "tax-office")));
    office.wait(10);
  }
  BOOST_TEST(refused_for(office.grant(registry_admin, "tax-office"), Code::grant_periods_full));
  const Grant grant = grants.get(office.state(), key).value();
  for (std::uint64_t i = 0; i < grant_periods_max; ++i) {
    BOOST_TEST(is_granted_at(grant, start + 20 * i));
    BOOST_TEST(is_granted_at(grant, start + (20 * i + 9)));
    BOOST_TEST(!is_granted_at(grant, start + (20 * i + 10)));
  }
  BOOST_TEST(!is_granted_at(grant, start - 1));
  BOOST_TEST(is_granted_at(grants.get(office.state(), {title, ContractNetwork::department("registry")}).value(),
                           office.now()));
}

// ---------------------------------------------------------------------------------------------------------------------
// Issuing

BOOST_AUTO_TEST_CASE(an_issued_certificate_is_recorded_with_what_it_binds) {
  Office office;
  IssueArguments arguments = Office::issuance(certificate_id("2025A1"));
  arguments.files.push_back({text<MediaType>("application/pdf"), DigestAlgorithm::sm3, sha256(as_bytes("file"))});
  arguments.valid_from_ms = Timestamp(10);
  arguments.valid_until_ms = Timestamp(11);
  arguments.application = ApplicationId(sha256(as_bytes("application")));
  const Receipt receipt = office.issue("ann", arguments);
  BOOST_REQUIRE(succeeded(receipt));
  BOOST_REQUIRE(receipt.events.size() == 1u);
  BOOST_TEST(receipt.events[0].subjects.size() == 2u);
  const auto record = certificates.get(office.state(), certificate_key_of(arguments.id).value());
  BOOST_REQUIRE(record.has_value());
  BOOST_TEST((record->holder == arguments.holder));
  BOOST_TEST((record->content_root == arguments.content_root));
  BOOST_TEST((record->files == arguments.files));
  BOOST_TEST(record->department.str() == "registry");
  BOOST_TEST((record->issued_ms == office.now()));
  BOOST_TEST((record->standing == StandingRecord{}));
}

BOOST_AUTO_TEST_CASE(it_keeps_who_issued_it_and_where_it_came_from) {
  Office office;
  IssueArguments arguments = Office::issuance(certificate_id("1"));
  arguments.transferred_from = TransferOrigin{text<PlainText<96>>("广州"), certificate_id("7"), {}};
  BOOST_TEST(refused_for(office.issue("ann", arguments), Code::origin_missing));
  arguments.transferred_from->evidence = sha256(as_bytes("bundle"));
  arguments.transferred_from->network = {};
  BOOST_TEST(refused_for(office.issue("ann", arguments), Code::origin_missing));
  arguments.transferred_from->network = text<PlainText<96>>("广州");
  BOOST_REQUIRE(succeeded(office.issue("ann", arguments)));
  const auto record = certificates.get(office.state(), certificate_key_of(arguments.id).value());
  BOOST_TEST((record->issued_by == ContractNetwork::key("ann")));
  BOOST_TEST((record->transferred_from == arguments.transferred_from));
  BOOST_TEST(record->schema == 0u);
  BOOST_REQUIRE(succeeded(office.issue_batch("ann", "B")));
  const auto batch = batches.get(office.state(), {title, text<Uscc>(registry_code), padded("B")});
  BOOST_TEST((batch->issued_by == ContractNetwork::key("ann")));
}

BOOST_AUTO_TEST_CASE(an_identifier_is_used_once) {
  Office office;
  BOOST_TEST(succeeded(office.issue(certificate_id("1"))));
  BOOST_TEST(refused_for(office.issue(certificate_id("1")), Code::id_used));
  BOOST_TEST(succeeded(office.revoke("ann", certificate_id("1"))));
  BOOST_TEST(refused_for(office.issue(certificate_id("1")), Code::id_used));
  BOOST_TEST(succeeded(office.issue(certificate_id("10"))));
}

BOOST_AUTO_TEST_CASE(a_broken_identifier_is_refused_with_its_rule) {
  Office office;
  std::string wrong = certificate_id("7").str();
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  const Receipt receipt = office.issue(text<CertificateId>(wrong));
  BOOST_REQUIRE(refused_for(receipt, IdentifierCode::certificate_id_check));
  BOOST_TEST(findings_of(receipt)[0].value == static_cast<std::uint64_t>(certificate_id("7").str().back()));
  BOOST_TEST(refused_for(office.issue(text<CertificateId>("nonsense")), IdentifierCode::certificate_id_form));
  BOOST_TEST(refused_for(office.issue(certificate_id("7", 1, "340100")), Code::issuer_not_own));
  BOOST_TEST(refused_for(office.issue(certificate_id("7", 1, tax_code)), Code::issuer_not_own));
  const CertificateId of_unknown_type = certificate_id("7", 1, registry_code, registry_code + "099");
  BOOST_TEST(refused_for(office.issue(of_unknown_type), Code::unknown_type));
}

BOOST_AUTO_TEST_CASE(a_department_without_a_credit_code_issues_nothing) {
  Office office;
  office.grant(registry_admin, "archive");
  BOOST_TEST(refused_for(office.issue("arc", Office::issuance(certificate_id("1"))), Code::department_without_code));
  BOOST_TEST(refused_for(office.issue_batch("arc", "A"), Code::department_without_code));
}

BOOST_AUTO_TEST_CASE(content_that_cannot_be_is_refused_all_at_once) {
  Office office;
  IssueArguments arguments;
  arguments.id = certificate_id("1");
  arguments.valid_from_ms = arguments.valid_until_ms = Timestamp(10);
  const FileDigest file{text<MediaType>("application/pdf"), DigestAlgorithm::sha256, sha256(as_bytes("file"))};
  arguments.files = {file, file};
  BOOST_TEST(refused_for(office.issue("ann", arguments), Code::commitment_missing, Code::commitment_missing,
                         Code::dates_reversed, Code::file_repeated));
}

BOOST_AUTO_TEST_CASE(only_issuers_issue) {
  Office office;
  for (const auto& sender : {std::string("bob"), std::string("sue"), registry_admin}) {
    BOOST_TEST(refused_for(office.issue(sender, Office::issuance(certificate_id("1"))), HostCode::role_needed));
  }
  BOOST_TEST(refused_for(office.issue("nobody", Office::issuance(certificate_id("1"))), HostCode::unknown_sender));
}

// ---------------------------------------------------------------------------------------------------------------------
// Editions

BOOST_AUTO_TEST_CASE(the_next_edition_supersedes_the_one_before_in_one_step) {
  Office office;
  office.issue(certificate_id("1"));
  const Receipt receipt = office.issue(certificate_id("1", 2), certificate_id("1"));
  BOOST_REQUIRE(succeeded(receipt));
  BOOST_TEST(receipt.events.size() == 2u);
  BOOST_TEST((office.standing(certificate_id("1")) == Standing::superseded));
  BOOST_TEST((office.standing(certificate_id("1", 2)) == Standing::issued));
  BOOST_TEST((find_holding(office.state(), certificate_id("1"))->own.replaced_by == certificate_id("1", 2)));
}

BOOST_AUTO_TEST_CASE(a_refused_edition_leaves_the_old_one_as_it_was) {
  Office office;
  office.issue(certificate_id("1"));
  IssueArguments arguments = Office::issuance(certificate_id("1", 2), certificate_id("1"));
  arguments.holder = HolderCommitment();
  BOOST_TEST(!succeeded(office.issue("ann", arguments)));
  BOOST_TEST((office.standing(certificate_id("1")) == Standing::issued));
}

BOOST_AUTO_TEST_CASE(editions_follow_one_another) {
  Office office;
  BOOST_TEST(refused_for(office.issue(certificate_id("1", 2)), Code::edition_without_predecessor));
  BOOST_TEST(refused_for(office.issue(certificate_id("1", 2), certificate_id("1")), Code::unknown_certificate));
  office.issue(certificate_id("1"));
  BOOST_TEST(refused_for(office.issue(certificate_id("1", 3), certificate_id("1")), Code::edition_not_next));
  BOOST_TEST(refused_for(office.issue(certificate_id("2", 2), certificate_id("1")), Code::edition_not_next));
  BOOST_TEST(succeeded(office.issue(certificate_id("2"), certificate_id("1"))));
  BOOST_TEST(refused_for(office.issue(certificate_id("1", 2), certificate_id("1")), Code::already_replaced));
}

BOOST_AUTO_TEST_CASE(a_certificate_supersedes_only_its_own_kind_of_its_own_department) {
  Office office;
  office.grant(registry_admin, "tax-office");
  office.define(registry_admin, text<TypeCode>(registry_code + "023"));
  office.issue(certificate_id("1"));
  BOOST_TEST(refused_for(office.issue("eve", Office::issuance(certificate_id("9", 1, tax_code), certificate_id("1"))),
                         HostCode::wrong_department));
  const CertificateId of_other_type = certificate_id("9", 1, registry_code, registry_code + "023");
  BOOST_TEST(refused_for(office.issue(of_other_type, certificate_id("1")), Code::supersedes_other_type));
}

BOOST_AUTO_TEST_CASE(a_lost_certificate_is_replaced_once_and_stays_lost) {
  Office office;
  const CertificateId lost = office.certificate_in(Standing::lost_declared_void, "1");
  BOOST_TEST(succeeded(office.issue(certificate_id("1", 2), lost)));
  BOOST_TEST((office.standing(lost) == Standing::lost_declared_void));
  BOOST_TEST(refused_for(office.issue(certificate_id("3"), lost), Code::already_replaced));
}

// ---------------------------------------------------------------------------------------------------------------------
// Batches

BOOST_AUTO_TEST_CASE(a_batch_owns_its_prefix) {
  Office office;
  BOOST_TEST(succeeded(office.issue(certificate_id("B7"))));
  BOOST_TEST(succeeded(office.issue_batch("ann", "A2")));
  for (const auto* taken : {"A", "A2", "A25", "B", "B7"}) {
    BOOST_TEST(refused_for(office.issue_batch("ann", taken), Code::prefix_taken), taken);
  }
  for (const auto* taken : {"A2", "A2X", "A25"}) {
    BOOST_TEST(refused_for(office.issue(certificate_id(taken)), Code::prefix_taken), taken);
  }
  for (const auto* clear : {"A", "A1", "A3", "B72"}) BOOST_TEST(succeeded(office.issue(certificate_id(clear))), clear);
  for (const auto* clear : {"A4", "C", "B8"}) BOOST_TEST(succeeded(office.issue_batch("ann", clear)), clear);
  // Another issuer has prefixes of its own.
  office.grant(registry_admin, "tax-office");
  BOOST_TEST(succeeded(office.issue_batch("eve", "A2")));
}

BOOST_AUTO_TEST_CASE(a_prefix_of_the_greatest_length_still_owns_its_ids) {
  Office office;
  const std::string longest(SerialPrefix::bytes_max, 'Z');
  BOOST_TEST(succeeded(office.issue_batch("ann", longest)));
  BOOST_TEST(refused_for(office.issue(certificate_id(longest + "1")), Code::prefix_taken));
  BOOST_TEST(succeeded(office.issue(certificate_id(longest.substr(1)))));
}

BOOST_AUTO_TEST_CASE(a_batch_that_cannot_be_is_refused) {
  Office office;
  const IssueBatchArguments bad{text<TypeCode>(registry_code + "099"), text<SerialPrefix>("a*"), LogRoot(), Count(0)};
  BOOST_TEST(refused_for(office.run("ann", "certificate", "issue_batch", bad), Code::unknown_type, Code::batch_empty,
                         Code::commitment_missing, Code::prefix_malformed));
  BOOST_TEST(refused_for(office.issue_batch("eve", "A"), Code::not_granted));
}

BOOST_AUTO_TEST_CASE(members_stand_as_their_batch_unless_their_own_standing_is_more_final) {
  Office office;
  office.issue_batch("ann", "A");
  const CertificateId one = certificate_id("A1");
  const CertificateId two = certificate_id("A2");
  BOOST_TEST((office.standing(one) == Standing::issued));
  BOOST_TEST(succeeded(office.revoke("ann", one, Revocation::annulled)));
  BOOST_TEST((office.standing(one) == Standing::annulled));
  BOOST_TEST((office.standing(two) == Standing::issued));
  BOOST_TEST(succeeded(office.suspend_batch("sue", "A")));
  BOOST_TEST((office.standing(one) == Standing::annulled));
  BOOST_TEST((office.standing(two) == Standing::suspended));
  BOOST_TEST(refused_for(office.issue(certificate_id("A2", 2), two), Code::transition_not_allowed));
  BOOST_TEST(refused_for(office.resume("sue", two), Code::transition_not_allowed));
  BOOST_TEST(refused_for(office.resume_batch("ann", "A"), Code::suspended_by_other));
  BOOST_TEST(succeeded(office.resume_batch("sue", "A")));
  BOOST_TEST(refused_for(office.revoke_batch("eve", "A"), HostCode::wrong_department));
  BOOST_TEST(succeeded(office.revoke_batch("ann", "A")));
  BOOST_TEST((office.standing(one) == Standing::annulled));
  BOOST_TEST((office.standing(two) == Standing::withdrawn));
  BOOST_TEST(refused_for(office.suspend("ann", two), Code::transition_not_allowed));
  BOOST_TEST(refused_for(office.suspend_batch("ann", "A"), Code::transition_not_allowed));
}

BOOST_AUTO_TEST_CASE(a_member_of_a_batch_is_superseded_by_a_certificate_of_its_own) {
  Office office;
  office.issue_batch("ann", "A");
  BOOST_TEST(succeeded(office.issue(certificate_id("A1", 2), certificate_id("A1"))));
  BOOST_TEST((office.standing(certificate_id("A1")) == Standing::superseded));
  BOOST_TEST((office.standing(certificate_id("A1", 2)) == Standing::issued));
  BOOST_TEST((office.standing(certificate_id("A2")) == Standing::issued));
}

BOOST_AUTO_TEST_CASE(the_history_of_a_batch_is_a_subject_that_no_certificate_can_be) {
  Office office;
  const Receipt receipt = office.issue_batch("ann", "A");
  const BatchKey key{title, text<Uscc>(registry_code), padded("A")};
  BOOST_TEST(std::ranges::count(receipt.events.at(0).subjects, Subject(batch_subject(key))) == 1);
  BOOST_TEST(!read_certificate_id(batch_subject(key).id.view()).breaches.empty());
}

// ---------------------------------------------------------------------------------------------------------------------
// Size

BOOST_AUTO_TEST_CASE(an_issuance_keeps_within_its_share_of_the_disk) {
  // 1000 bytes a certificate for everything; the store adds indexes, tree nodes and checksums of less than 200 bytes.
  constexpr std::size_t bytes_max = 810;
  Office office;
  const auto body = office.call("ann", "certificate", "issue", Office::issuance(certificate_id("20250000000000001")));
  Overlay state(office.state());
  const TransactionBody* const pointer = &body;
  const BlockOutput output = execute_block(state, office.block_of({&pointer, 1}));
  BOOST_REQUIRE(succeeded(output.receipts[1]));
  std::size_t bytes = body.bytes.size() + encode(output.receipts[1]).size();
  for (const auto& [key, value] : state.changes()) bytes += key.size() + value.value().size();
  BOOST_TEST(bytes <= bytes_max);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::certificate
