// Office: a network in which the registry issues titles, for the tests of the certificate module.
#pragma once

#include <boost/test/unit_test.hpp>

#include "contracts/certificate.h"
#include "tests/support/contract_network.h"

namespace kanhe::contracts::certificate {

using HostCode = contracts::Code;

inline const std::string registry_admin = ContractNetwork::administrator("registry");
inline const std::string tax_admin = ContractNetwork::administrator("tax-office");
inline const std::string archive_admin = ContractNetwork::administrator("archive");
inline const std::string registry_code(ContractNetwork::registry_code);
inline const std::string tax_code(ContractNetwork::tax_code);
inline const std::string title_text = registry_code + "022";
inline const TypeCode title = TypeCode::from(title_text).value();

template <class Text>
Text text(std::string_view value) {
  return Text::from(value).value();
}

inline CertificateId certificate_id(const std::string& serial, std::uint16_t edition = 1,
                                    const std::string& issuer = registry_code, const std::string& type = title_text) {
  return make_certificate_id({type, issuer, serial, edition});
}

// A network in which the registry issues titles: ann issues, sue supervises (tax office), eve issues for the tax
// office.
struct Office : ContractNetwork {
  Office() {
    enrol("ann", "registry", {Role::issuer});
    enrol("bob", "registry", {Role::registrar});
    enrol("eve", "tax-office", {Role::issuer});
    enrol("sue", "tax-office", {Role::supervisor});
    enrol("arc", "archive", {Role::issuer});
    BOOST_REQUIRE(succeeded(define(registry_admin, title)));
  }

  Receipt define(const std::string& sender, const TypeCode& type) {
    return run(sender, "certificate", "define_type",
               DefineTypeArguments{type, text<PlainText<96>>("不动产权证书"), text<PlainText<96>>("title certificate")});
  }
  Receipt grant(const std::string& sender, std::string_view to, const TypeCode& type = title) {
    return run(sender, "certificate", "grant_type", GrantTypeArguments{type, department(to)});
  }
  Receipt withdraw(const std::string& sender, std::string_view from, const TypeCode& type = title) {
    return run(sender, "certificate", "withdraw_grant", WithdrawGrantArguments{type, department(from)});
  }

  static IssueArguments issuance(const CertificateId& id, std::optional<CertificateId> supersedes = {}) {
    IssueArguments arguments;
    arguments.id = id;
    arguments.holder = HolderCommitment(sha256(as_bytes("holder")));
    arguments.content_root = ContentRoot(sha256(as_bytes("content")));
    arguments.supersedes = std::move(supersedes);
    return arguments;
  }
  Receipt issue(const std::string& sender, const IssueArguments& arguments) {
    return run(sender, "certificate", "issue", arguments);
  }
  Receipt issue(const CertificateId& id, std::optional<CertificateId> supersedes = {}) {
    return issue("ann", issuance(id, std::move(supersedes)));
  }
  Receipt issue_batch(const std::string& sender, std::string_view prefix, std::uint32_t count = 3) {
    return run(sender, "certificate", "issue_batch",
               IssueBatchArguments{title, text<SerialPrefix>(prefix), LogRoot(sha256(as_bytes("b"))), Count(count)});
  }

  Decision decision() const {
    return {ReasonCode(4), text<PlainText<128>>("行政许可法第六十九条"), department("registry"),
            text<DocumentNumber>("深规撤〔2025〕12号"), now()};
  }
  Receipt suspend(const std::string& sender, const CertificateId& id) {
    return run(sender, "certificate", "suspend", SuspendArguments{id, decision()});
  }
  Receipt resume(const std::string& sender, const CertificateId& id) {
    return run(sender, "certificate", "resume", ResumeArguments{id, decision()});
  }
  Receipt revoke(const std::string& sender, const CertificateId& id, Revocation kind = Revocation::rescinded) {
    return run(sender, "certificate", "revoke", RevokeArguments{id, kind, decision()});
  }
  Receipt transfer_out(const std::string& sender, const CertificateId& id, std::string_view to = "广州") {
    return run(sender, "certificate", "transfer_out",
               TransferOutArguments{id, text<PlainText<96>>(to), decision()});
  }
  Receipt cancel_transfer(const std::string& sender, const CertificateId& id) {
    return run(sender, "certificate", "cancel_transfer", CancelTransferArguments{id, decision()});
  }
  Receipt suspend_batch(const std::string& sender, std::string_view prefix) {
    return run(sender, "certificate", "suspend_batch",
               SuspendBatchArguments{title, text<Uscc>(registry_code), text<SerialPrefix>(prefix), decision()});
  }
  Receipt resume_batch(const std::string& sender, std::string_view prefix) {
    return run(sender, "certificate", "resume_batch",
               ResumeBatchArguments{title, text<Uscc>(registry_code), text<SerialPrefix>(prefix), decision()});
  }
  Receipt revoke_batch(const std::string& sender, std::string_view prefix) {
    return run(sender, "certificate", "revoke_batch",
               RevokeBatchArguments{title, text<Uscc>(registry_code), text<SerialPrefix>(prefix), Revocation::withdrawn,
                                    decision()});
  }

  Standing standing(const CertificateId& id) {
    const auto holding = find_holding(state(), id);
    BOOST_REQUIRE(holding.has_value());
    return holding->standing();
  }

  // Brings a new certificate into a standing.
  CertificateId certificate_in(Standing wanted, const std::string& serial) {
    const CertificateId id = certificate_id(serial);
    BOOST_REQUIRE(succeeded(issue(id)));
    if (wanted == Standing::suspended) {
      BOOST_REQUIRE(succeeded(suspend("ann", id)));
    } else if (wanted == Standing::transferred_out) {
      BOOST_REQUIRE(succeeded(transfer_out("ann", id)));
    } else if (wanted == Standing::superseded) {
      BOOST_REQUIRE(succeeded(issue(certificate_id(serial, 2), id)));
    } else if (is_terminal(wanted)) {
      BOOST_REQUIRE(succeeded(revoke("ann", id, static_cast<Revocation>(wanted))));
    }
    BOOST_REQUIRE((standing(id) == wanted));
    return id;
  }
};

}  // namespace kanhe::contracts::certificate
