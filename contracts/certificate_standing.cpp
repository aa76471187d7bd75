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
      return from == Standing::suspended || from == Standing::transferred_out;
    case Standing::suspended:
    case Standing::superseded:
    case Standing::transferred_out:
      // A suspension is not escaped by a new edition, nor by going elsewhere.
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
    case Standing::transferred_out: return 2;
    case Standing::superseded: return 3;
    case Standing::lost_declared_void: return 4;
    case Standing::deregistered: return 5;
    case Standing::withdrawn: return 6;
    case Standing::revoked_as_penalty: return 7;
    case Standing::rescinded: return 8;
    case Standing::annulled: return 9;
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

void refuse_transition(Context& context, Standing from, Standing to, const Subject& subject) {
  context.refuse(Code::transition_not_allowed, {.limit = static_cast<std::uint64_t>(from),
                                                .value = static_cast<std::uint64_t>(to),
                                                .subject = subject});
}

void check_transition(Context& context, Standing from, Standing to, const Subject& subject) {
  if (!is_transition_allowed(from, to)) refuse_transition(context, from, to, subject);
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

// Back to issued, from the one standing that the method is about.
void check_back(Context& context, const Target& target, Standing from) {
  const Standing standing = is_terminal(target.above) ? target.above : target.own.standing;
  if (standing != from) refuse_transition(context, standing, Standing::issued, target.subject);
}

// Who suspended it lifts it: an issuer does not overrule its supervisor.
void check_resume(Context& context, const Target& target) {
  check_supervision(context, target);
  check_back(context, target, Standing::suspended);
  const bool suspended = target.own.standing == Standing::suspended && target.own.change;
  if (suspended && target.own.change->recorded_by != context.sender().department) {
    context.refuse(Code::suspended_by_other, {.subject = DepartmentSubject{target.own.change->recorded_by}});
  }
}

void check_revoke(Context& context, const Target& target, Standing wanted) {
  context.require_role_in(target.department, {Role::issuer});
  check_transition(context, is_terminal(target.above) ? target.above : target.own.standing, wanted, target.subject);
}

// A member of a batch that is suspended does not escape that either.
void check_transfer_out(Context& context, const Target& target) {
  context.require_role_in(target.department, {Role::issuer});
  check_transition(context, more_final(target.own.standing, target.above), Standing::transferred_out, target.subject);
}

// The new standing record, by `department`; tells of it.
StandingRecord change(Context& context, const Target& target, Standing wanted, const Decision& decision,
                      const DepartmentId& department, std::optional<PlainText<96>> transferred_to = {}) {
  StandingRecord record = target.own;
  record.standing = wanted;
  record.change = StandingChange{decision, department, context.now()};
  // Where it went to stands there also when it ends afterwards.
  if (transferred_to || wanted == Standing::issued) record.transferred_to = transferred_to;
  context.emit(StandingChanged{target.own.standing, wanted, department, decision, transferred_to},
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
void change_certificate(Context& context, const Arguments& arguments, Standing wanted, Check check,
                        std::optional<PlainText<96>> transferred_to = {}) {
  check_decision(context, arguments.decision, field_number<Arguments>("decision"));
  const auto holding = find_holding(context.state(), arguments.id);
  if (!holding) return context.refuse(Code::unknown_certificate, {.field = field_number<Arguments>("id")});
  const Target target = target_of(arguments.id, *holding);
  check(target);
  if (context.refused()) return;
  const DepartmentId& department = context.sender().department;
  store_standing(context.state(), *holding,
                 change(context, target, wanted, arguments.decision, department, std::move(transferred_to)));
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

void transfer_out(Context& context, const TransferOutArguments& arguments) {
  if (arguments.destination.empty()) {
    context.refuse(Code::destination_missing, {.field = field_number<TransferOutArguments>("destination")});
  }
  change_certificate(context, arguments, Standing::transferred_out,
                     [&](const Target& target) { check_transfer_out(context, target); }, arguments.destination);
}

void cancel_transfer(Context& context, const CancelTransferArguments& arguments) {
  change_certificate(context, arguments, Standing::issued, [&](const Target& target) {
    context.require_role_in(target.department, {Role::issuer});
    check_back(context, target, Standing::transferred_out);
  });
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
