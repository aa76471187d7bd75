#include "certs/stamp_check.h"

namespace kanhe::certs {

namespace {

namespace governance = contracts::governance;
using contracts::Role;

constexpr contracts::RoleSet counter_roles{Role::window_clerk, Role::machine};

Judgement judged(CheckResult result, Reason reason, std::initializer_list<Value> values = {}) {
  return {result, explain(reason, values), true};
}
Judgement failed(Reason reason, std::initializer_list<Value> values = {}) {
  return judged(CheckResult::fail, reason, values);
}
Judgement not_checked(Reason reason, std::initializer_list<Value> values = {}) {
  return judged(CheckResult::not_checked, reason, values);
}
Judgement not_needed(Reason reason) { return {CheckResult::not_checked, explain(reason), false}; }

Value label_of(const NamedDepartment& department) {
  return {department.name_zh.empty() ? department.id.str() : department.name_zh.str(),
          department.name_en.empty() ? department.id.str() : department.name_en.str()};
}

class StampCheck {
 public:
  StampCheck(const Bundle& bundle, const Stamp& stamp, const StampBasis& basis, const VerifyOptions& options)
      : bundle_(bundle), stamp_(stamp), basis_(basis), options_(options) {}

  StampJudgement run() {
    StampJudgement made;
    made.stamp = judge_whole();
    const bool holds = made.stamp.result == CheckResult::pass || made.stamp.result == CheckResult::warn;
    if (holds) made.report = StampReport{stamp_.terms, stamp_.key, signer_, department_};
    made.use = holds ? judge_use() : not_checked(Reason::use_after_stamp);
    return made;
  }

 private:
  // V14: what needs no ledger, then whose key it is.
  Judgement judge_whole() {
    if (const auto terms = check_stamp_terms(stamp_.terms); !terms) {
      return failed(Reason::stamp_terms_broken, {terms.error().text});
    }
    if (!basis_.scheme) return not_checked(Reason::basis_missing);
    if (!check_stamp_signature(*basis_.scheme, bundle_.chain_id, bundle_.document.id, stamp_)) {
      return failed(Reason::stamp_altered);
    }
    if (!check_stamped_document(bundle_.document, stamp_)) return failed(Reason::stamp_other_document);
    if (!basis_.is_proved) return not_checked(Reason::basis_missing);
    const auto signer = read_stamp_signer(facts(), stamp_.key);
    if (!signer && signer.error().code == ErrorCode::unknown) {
      return not_checked(Reason::stamp_signer_missing, {signer.error().text});
    }
    if (!signer) return not_checked(Reason::inclusion_unsupported, {signer.error().text});
    // Who had the key could write any date into a stamp.
    if (signer->compromised_ms) return failed(Reason::stamp_key_compromised, {time_text(*signer->compromised_ms)});
    if (signer->officer) return judge_officer(*signer->officer);
    if (signer->party_key) return judge_party(*signer->party_key);
    return failed(Reason::stamp_nobodys);
  }

  Judgement judge_officer(const governance::Officer& officer) {
    signer_ = StampSigner::officer;
    const Value department = take_department(officer.department);
    if (officer.dismissed_ms) {
      return not_checked(Reason::stamp_dismissed, {department, time_text(*officer.dismissed_ms)});
    }
    const bool may_give = officer.department == basis_.issuer ||
                          contracts::RoleSet(officer.roles).intersects(counter_roles);
    if (!may_give) return judged(CheckResult::warn, Reason::stamp_other_officer, {department});
    return judged(CheckResult::pass, Reason::stamp_officer, {department});
  }

  Judgement judge_party(const governance::PartyKey& party_key) {
    const Value department = take_department(party_key.registered_by);
    if (party_key.released_ms) return not_checked(Reason::stamp_released, {time_text(*party_key.released_ms)});
    signer_ = StampSigner::party;
    if (basis_.holders.empty()) return judged(CheckResult::warn, Reason::stamp_party, {department});
    if (std::ranges::find(basis_.holders, party_key.party) == basis_.holders.end()) {
      return failed(Reason::stamp_other_party, {department});
    }
    signer_ = StampSigner::holder;
    return judged(CheckResult::pass, Reason::stamp_holder, {department});
  }

  // V15.
  Judgement judge_use() const {
    const StampTerms& terms = stamp_.terms;
    if (basis_.time < terms.from_ms) return failed(Reason::use_early, {time_text(terms.from_ms)});
    if (basis_.time >= terms.until_ms) return failed(Reason::use_over, {time_text(terms.until_ms)});
    if (options_.recipient && *options_.recipient != terms.recipient) {
      return failed(Reason::use_other_recipient, {terms.recipient.view()});
    }
    if (options_.purpose && *options_.purpose != terms.purpose) {
      return failed(Reason::use_other_purpose, {terms.purpose.view()});
    }
    const bool is_asked = options_.recipient || options_.purpose;
    if (is_asked && signer_ == StampSigner::party) {
      return not_checked(Reason::use_by_party,
                         {options_.recipient ? terms.recipient.view() : terms.purpose.view()});
    }
    const std::initializer_list<Value> values{terms.recipient.view(), terms.purpose.view(), time_text(terms.until_ms)};
    if (!options_.recipient) return judged(CheckResult::warn, Reason::use_not_compared, values);
    return judged(CheckResult::pass, Reason::use_good, values);
  }

  std::span<const StateFact> facts() const { return bundle_.evidence->facts; }
  Value take_department(const DepartmentId& id) {
    department_ = named_department(basis_.genesis, facts(), id);
    return label_of(department_);
  }

  const Bundle& bundle_;
  const Stamp& stamp_;
  const StampBasis& basis_;
  const VerifyOptions& options_;
  StampSigner signer_ = StampSigner::officer;
  NamedDepartment department_;
};

}  // namespace

StampJudgement judge_stamp(const Bundle& bundle, const StampBasis& basis, const VerifyOptions& options) {
  if (bundle.stamp) return StampCheck(bundle, *bundle.stamp, basis, options).run();
  StampJudgement made{not_needed(Reason::stamp_none), not_needed(Reason::use_free), {}};
  if (options.recipient) made.use = failed(Reason::use_no_stamp, {options.recipient->view()});
  if (options.purpose && !options.recipient) made.use = failed(Reason::use_no_stamp, {options.purpose->view()});
  return made;
}

}  // namespace kanhe::certs
