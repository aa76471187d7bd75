// Which standing may follow which is one table; who may change it, and what has to be said with it, is the same for
// single certificates, members of a batch and whole batches.
#include "contracts/certificate_standing.h"

#include "contracts/governance.h"
#include "ledger/codec_impl.h"

namespace kanhe::contracts::certificate {

bool is_transition_allowed(Standing from, Standing to) {
  if (is_terminal(from)) return false;
  switch (to) {
    case Standing::issued:
      return from == Standing::suspended;
    case Standing::suspended:
    case Standing::superseded:
      // A suspension is not escaped by a new edition.
      return from == Standing::issued;
    case Standing::rescinded:
    case Standing::withdrawn:
    case Standing::revoked_as_penalty:
    case Standing::deregistered:
    case Standing::lost_declared_void:
    case Standing::annulled:
      return true;
  }
  return false;
}

namespace {

// The higher, the more final. A court's word stands above everything; "should never have been" above "has ended".
int finality(Standing standing) {
  switch (standing) {
    case Standing::issued: return 0;
    case Standing::suspended: return 1;
    case Standing::superseded: return 2;
    case Standing::lost_declared_void: return 3;
    case Standing::deregistered: return 4;
    case Standing::withdrawn: return 5;
    case Standing::revoked_as_penalty: return 6;
    case Standing::rescinded: return 7;
    case Standing::annulled: return 8;
  }
  return 0;
}

void check_decision(Context& context, const Decision& decision, std::uint16_t field) {
  if (decision.legal_basis.empty()) context.refuse(Code::legal_basis_missing, {.field = field});
  if (decision.document_number.empty()) context.refuse(Code::document_number_missing, {.field = field});
  governance::require_department(context, decision.decided_by, field);
  if (decision.effective_ms > context.now()) {
    context.refuse(Code::effective_in_future,
                   {.field = field, .limit = context.now().value(), .value = decision.effective_ms.value()});
  }
}

void check_transition(Context& context, Standing from, Standing to, const Subject& subject) {
  if (is_transition_allowed(from, to)) return;
  context.refuse(Code::transition_not_allowed, {.limit = static_cast<std::uint64_t>(from),
                                                .value = static_cast<std::uint64_t>(to),
                                                .subject = subject});
}

// What is to change: a certificate, a member or a batch.
struct Target {
  Subject subject;
  DepartmentId department;
  StandingRecord own;
  Standing above = Standing::issued;  // of a member's batch
};

// Issuers act for their own department, supervisors for every one.
void check_supervision(Context& context, const Target& target) {
  const Sender& sender = context.sender();
  if (sender.department == target.department || sender.roles.contains(Role::supervisor)) return;
  context.refuse(contracts::Code::wrong_department, {.subject = DepartmentSubject{target.department}});
}

void check_suspend(Context& context, const Target& target) {
  check_supervision(context, target);
  check_transition(context, is_terminal(target.above) ? target.above : target.own.standing, Standing::suspended,
                   target.subject);
}

// Who suspended it lifts it: an issuer does not overrule its supervisor.
void check_resume(Context& context, const Target& target) {
  check_supervision(context, target);
  check_transition(context, is_terminal(target.above) ? target.above : target.own.standing, Standing::issued,
                   target.subject);
  const bool suspended = target.own.standing == Standing::suspended && target.own.change;
  if (suspended && target.own.change->recorded_by != context.sender().department) {
    context.refuse(Code::suspended_by_other, {.subject = DepartmentSubject{target.own.change->recorded_by}});
  }
}

void check_revoke(Context& context, const Target& target, Standing wanted) {
  context.require_role_in(target.department, {Role::issuer});
  check_transition(context, is_terminal(target.above) ? target.above : target.own.standing, wanted, target.subject);
}

// The new standing record, by `department`; tells of it.
StandingRecord change(Context& context, const Target& target, Standing wanted, const Decision& decision,
                      const DepartmentId& department) {
  StandingRecord record = target.own;
  record.standing = wanted;
  record.change = StandingChange{decision, department, context.now()};
  context.emit(StandingChanged{target.own.standing, wanted, department, decision},
               {target.subject, DepartmentSubject{target.department}, DepartmentSubject{department},
                DepartmentSubject{decision.decided_by}});
  return record;
}

Standing standing_of(Revocation kind) { return static_cast<Standing>(kind); }

Target target_of(const CertificateId& id, const Holding& holding) {
  return {CertificateSubject{id}, holding.department, holding.own,
          holding.batch ? holding.batch->standing : Standing::issued};
}

// Finds the certificate, asks `check`, and changes the standing if nothing was found.
template <class Arguments, class Check>
void change_certificate(Context& context, const Arguments& arguments, Standing wanted, Check check) {
  check_decision(context, arguments.decision, field_number<Arguments>("decision"));
  const auto holding = find_holding(context.state(), arguments.id);
  if (!holding) return context.refuse(Code::unknown_certificate, {.field = field_number<Arguments>("id")});
  const Target target = target_of(arguments.id, *holding);
  check(target);
  if (context.refused()) return;
  const DepartmentId& department = context.sender().department;
  store_standing(context.state(), *holding, change(context, target, wanted, arguments.decision, department));
}

template <class Arguments, class Check>
void change_batch(Context& context, const Arguments& arguments, Standing wanted, Check check) {
  check_decision(context, arguments.decision, field_number<Arguments>("decision"));
  const BatchKey key{arguments.type, arguments.issuer, padded(arguments.prefix.view())};
  auto batch = batches.get(context.state(), key);
  if (!batch) return context.refuse(Code::unknown_batch, {.field = field_number<Arguments>("prefix")});
  const Target target{batch_subject(key), batch->department, batch->standing};
  check(target);
  if (context.refused()) return;
  batch->standing = change(context, target, wanted, arguments.decision, context.sender().department);
  batches.put(context.state(), key, *batch);
}

}  // namespace

Standing more_final(Standing a, Standing b) { return finality(a) >= finality(b) ? a : b; }

void store_standing(Overlay& state, const Holding& holding, const StandingRecord& standing) {
  if (holding.kind == HoldingKind::member) return members.put(state, holding.key, {{}, standing});
  auto certificate = certificates.get(state, holding.key);
  CHECK(certificate.has_value());
  certificate->standing = standing;
  certificates.put(state, holding.key, *certificate);
}

void suspend(Context& context, const SuspendArguments& arguments) {
  change_certificate(context, arguments, Standing::suspended,
                     [&](const Target& target) { check_suspend(context, target); });
}

void resume(Context& context, const ResumeArguments& arguments) {
  change_certificate(context, arguments, Standing::issued,
                     [&](const Target& target) { check_resume(context, target); });
}

void revoke(Context& context, const RevokeArguments& arguments) {
  const Standing wanted = standing_of(arguments.kind);
  change_certificate(context, arguments, wanted,
                     [&](const Target& target) { check_revoke(context, target, wanted); });
}

void suspend_batch(Context& context, const SuspendBatchArguments& arguments) {
  change_batch(context, arguments, Standing::suspended,
               [&](const Target& target) { check_suspend(context, target); });
}

void resume_batch(Context& context, const ResumeBatchArguments& arguments) {
  change_batch(context, arguments, Standing::issued, [&](const Target& target) { check_resume(context, target); });
}

CertificateId newest_edition(const StateReader& state, CertificateId id) {
  for (std::size_t i = 0; i < editions_followed_max; ++i) {
    const auto holding = find_holding(state, id);
    if (!holding || !holding->own.replaced_by) break;
    id = *holding->own.replaced_by;
  }
  return id;
}

void deregister(Context& context, const CertificateId& id, const PlainText<64>& document) {
  const CertificateId newest = newest_edition(context.state(), id);
  const auto holding = find_holding(context.state(), newest);
  if (!holding || !is_transition_allowed(holding->standing(), Standing::deregistered)) return;
  Decision decision;
  decision.legal_basis = PlainText<128>::from("不动产登记暂行条例第三条").value();
  decision.decided_by = holding->department;
  if (auto number = DocumentNumber::from(document.view())) decision.document_number = *std::move(number);
  decision.effective_ms = context.now();
  store_standing(context.state(), *holding,
                 change(context, target_of(newest, *holding), Standing::deregistered, decision, holding->department));
}

void revoke_batch(Context& context, const RevokeBatchArguments& arguments) {
  const Standing wanted = standing_of(arguments.kind);
  change_batch(context, arguments, wanted, [&](const Target& target) { check_revoke(context, target, wanted); });
}

}  // namespace kanhe::contracts::certificate
