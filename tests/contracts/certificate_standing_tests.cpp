// The table of standings whole, through the function and through the methods; who may change what, and with what words.
#include "contracts/certificate_standing.h"

#include <boost/test/unit_test.hpp>

#include "tests/contracts/office.h"

namespace kanhe::contracts::certificate {
namespace {

constexpr Standing all_standings[] = {
    Standing::issued,    Standing::suspended,          Standing::superseded,   Standing::rescinded,
    Standing::withdrawn, Standing::revoked_as_penalty, Standing::deregistered, Standing::lost_declared_void,
    Standing::annulled,  Standing::transferred_out};
constexpr Revocation all_revocations[] = {Revocation::rescinded,          Revocation::withdrawn,
                                          Revocation::revoked_as_penalty, Revocation::deregistered,
                                          Revocation::lost_declared_void, Revocation::annulled};

BOOST_AUTO_TEST_SUITE(certificate_standing_tests)

// ---------------------------------------------------------------------------------------------------------------------
// The table

// Rows: from; columns: to; in the order of all_standings.
constexpr std::string_view transitions[] = {
    ".xxxxxxxxx",  // issued
    "x..xxxxxx.",  // suspended
    "..........",  // superseded
    "..........",  // rescinded
    "..........",  // withdrawn
    "..........",  // revoked_as_penalty
    "..........",  // deregistered
    "..........",  // lost_declared_void
    "..........",  // annulled
    "x..xxxxxx.",  // transferred_out
};

BOOST_AUTO_TEST_CASE(the_table_of_transitions_is_this_one) {
  for (std::size_t from = 0; from < std::size(all_standings); ++from) {
    for (std::size_t to = 0; to < std::size(all_standings); ++to) {
      BOOST_TEST(is_transition_allowed(all_standings[from], all_standings[to]) == (transitions[from][to] == 'x'),
                 enum_name(all_standings[from]) << " to " << enum_name(all_standings[to]));
    }
  }
}

BOOST_AUTO_TEST_CASE(every_transition_is_carried_out_or_refused_by_the_methods) {
  Office office;
  for (std::size_t from = 0; from < std::size(all_standings); ++from) {
    for (std::size_t to = 0; to < std::size(all_standings); ++to) {
      const std::string serial = "T" + std::to_string(from) + std::to_string(to);
      const CertificateId id = office.certificate_in(all_standings[from], serial);
      const Standing wanted = all_standings[to];
      Receipt receipt;
      if (wanted == Standing::issued) {
        const bool is_away = all_standings[from] == Standing::transferred_out;
        receipt = is_away ? office.cancel_transfer("ann", id) : office.resume("ann", id);
      } else if (wanted == Standing::transferred_out) {
        receipt = office.transfer_out("ann", id);
      } else if (wanted == Standing::suspended) {
        receipt = office.suspend("ann", id);
      } else if (wanted == Standing::superseded) {
        if (all_standings[from] == Standing::lost_declared_void) continue;  // replaced, a case of its own below
        receipt = office.issue(certificate_id("N" + serial), id);
      } else {
        receipt = office.revoke("ann", id, static_cast<Revocation>(wanted));
      }
      BOOST_TEST_CONTEXT(enum_name(all_standings[from]) << " to " << enum_name(wanted)) {
        const bool allowed = transitions[from][to] == 'x';
        BOOST_TEST(succeeded(receipt) == allowed);
        BOOST_TEST((office.standing(id) == (allowed ? wanted : all_standings[from])));
        if (!allowed && !has_code(receipt, Code::already_replaced)) {
          BOOST_TEST(refused_for(receipt, Code::transition_not_allowed));
          BOOST_TEST(findings_of(receipt)[0].limit == static_cast<std::uint64_t>(all_standings[from]));
          BOOST_TEST(findings_of(receipt)[0].value == static_cast<std::uint64_t>(wanted));
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_more_final_standing_holds_whichever_comes_first) {
  for (const Standing a : all_standings) {
    for (const Standing b : all_standings) {
      BOOST_TEST((more_final(a, b) == more_final(b, a)));
      if (is_terminal(a) && !is_terminal(b)) BOOST_TEST((more_final(b, a) == a));
    }
    BOOST_TEST((more_final(a, a) == a));
    BOOST_TEST((more_final(a, Standing::issued) == a));
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Changes of standing

BOOST_AUTO_TEST_CASE(a_decision_says_why_by_whom_and_since_when) {
  Office office;
  office.issue(certificate_id("1"));
  Decision empty;
  empty.decided_by = ContractNetwork::department("nowhere");
  empty.effective_ms = office.now() + 1;
  BOOST_TEST(refused_for(office.run("ann", "certificate", "suspend", SuspendArguments{certificate_id("1"), empty}),
                         Code::legal_basis_missing, Code::document_number_missing, HostCode::unknown_department,
                         Code::effective_in_future));
  Decision retroactive = office.decision();
  retroactive.effective_ms = Timestamp(5);
  const Receipt receipt = office.run("ann", "certificate", "revoke",
                                     RevokeArguments{certificate_id("1"), Revocation::rescinded, retroactive});
  BOOST_REQUIRE(succeeded(receipt));
  const auto event = decode<StandingChanged>(receipt.events.at(0).data).value();
  BOOST_TEST((event.before == Standing::issued));
  BOOST_TEST((event.after == Standing::rescinded));
  BOOST_TEST((event.decision == retroactive));
  const auto holding = find_holding(office.state(), certificate_id("1"));
  BOOST_TEST((holding->own.change->decision == retroactive));
  BOOST_TEST((holding->own.change->recorded_ms == office.now()));
}

BOOST_AUTO_TEST_CASE(only_the_issuing_department_revokes_and_only_supervisors_suspend_for_others) {
  Office office;
  office.issue(certificate_id("1"));
  for (const Revocation kind : all_revocations) {
    BOOST_TEST(refused_for(office.revoke("eve", certificate_id("1"), kind), HostCode::wrong_department));
    BOOST_TEST(refused_for(office.revoke("sue", certificate_id("1"), kind), HostCode::role_needed));
  }
  BOOST_TEST(refused_for(office.suspend("eve", certificate_id("1")), HostCode::wrong_department));
  BOOST_TEST(refused_for(office.suspend("bob", certificate_id("1")), HostCode::role_needed));
  BOOST_TEST(succeeded(office.suspend("sue", certificate_id("1"))));
  BOOST_TEST(refused_for(office.resume("ann", certificate_id("1")), Code::suspended_by_other));
  BOOST_TEST(refused_for(office.resume("eve", certificate_id("1")), HostCode::wrong_department));
  BOOST_TEST(succeeded(office.resume("sue", certificate_id("1"))));
  BOOST_TEST(succeeded(office.suspend("ann", certificate_id("1"))));
  BOOST_TEST(refused_for(office.resume("sue", certificate_id("1")), Code::suspended_by_other));
  BOOST_TEST(succeeded(office.resume("ann", certificate_id("1"))));
}

BOOST_AUTO_TEST_CASE(a_suspension_does_not_stop_a_revocation) {
  Office office;
  office.issue(certificate_id("1"));
  office.suspend("sue", certificate_id("1"));
  BOOST_TEST(succeeded(office.revoke("ann", certificate_id("1"))));
  BOOST_TEST(refused_for(office.resume("sue", certificate_id("1")), Code::transition_not_allowed));
}

BOOST_AUTO_TEST_CASE(a_transfer_names_where_to_until_it_is_cancelled_and_is_no_suspension) {
  Office office;
  const CertificateId id = certificate_id("1");
  office.issue(id);
  const auto record = [&] { return find_holding(office.state(), id)->own; };
  BOOST_TEST(refused_for(office.transfer_out("ann", id, ""), Code::destination_missing));
  BOOST_TEST(refused_for(office.transfer_out("sue", id), HostCode::role_needed));
  BOOST_TEST(refused_for(office.transfer_out("eve", id), HostCode::wrong_department));
  BOOST_TEST(refused_for(office.cancel_transfer("ann", id), Code::transition_not_allowed));
  const Receipt receipt = office.transfer_out("ann", id);
  BOOST_REQUIRE(succeeded(receipt));
  const auto event = decode<StandingChanged>(receipt.events.at(0).data).value();
  BOOST_TEST((event.transferred_to == text<PlainText<96>>("广州")));
  BOOST_TEST((record().transferred_to == text<PlainText<96>>("广州")));
  BOOST_TEST(refused_for(office.resume("ann", id), Code::transition_not_allowed));
  BOOST_TEST(refused_for(office.cancel_transfer("eve", id), HostCode::wrong_department));
  BOOST_TEST(succeeded(office.cancel_transfer("ann", id)));
  BOOST_TEST(!record().transferred_to.has_value());
  office.suspend("ann", id);
  BOOST_TEST(refused_for(office.cancel_transfer("ann", id), Code::transition_not_allowed));
  office.resume("ann", id);
  office.transfer_out("ann", id);
  BOOST_TEST(succeeded(office.revoke("ann", id, Revocation::deregistered)));
  BOOST_TEST((record().transferred_to == text<PlainText<96>>("广州")));
}

BOOST_AUTO_TEST_CASE(a_member_of_a_suspended_batch_does_not_go_elsewhere) {
  Office office;
  office.issue_batch("ann", "A");
  office.suspend_batch("sue", "A");
  BOOST_TEST(refused_for(office.transfer_out("ann", certificate_id("A1")), Code::transition_not_allowed));
  office.resume_batch("sue", "A");
  BOOST_TEST(succeeded(office.transfer_out("ann", certificate_id("A1"))));
  BOOST_TEST((office.standing(certificate_id("A1")) == Standing::transferred_out));
}

BOOST_AUTO_TEST_CASE(unknown_certificates_and_batches_are_refused) {
  Office office;
  BOOST_TEST(refused_for(office.suspend("ann", certificate_id("1")), Code::unknown_certificate));
  BOOST_TEST(refused_for(office.resume("ann", text<CertificateId>("nonsense")), Code::unknown_certificate));
  BOOST_TEST(refused_for(office.revoke("ann", certificate_id("1")), Code::unknown_certificate));
  BOOST_TEST(refused_for(office.suspend_batch("ann", "A"), Code::unknown_batch));
  BOOST_TEST(refused_for(office.resume_batch("ann", "-"), Code::unknown_batch));
  BOOST_TEST(refused_for(office.revoke_batch("ann", "A"), Code::unknown_batch));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::certificate
