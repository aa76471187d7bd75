#include "contracts/sharing_mandates.h"

#include "ledger/codec_impl.h"

namespace kanhe {

using namespace contracts::sharing;

template Bytes encode(const Mandate&);
template Result<Mandate> decode(ByteView);
template Bytes encode(const GiveMandateArguments&);
template Bytes encode(const WithdrawMandateArguments&);
template Result<MandateGiven> decode(ByteView);
template Result<MandateUsed> decode(ByteView);

}  // namespace kanhe

namespace kanhe::contracts::sharing {

namespace {

std::vector<Subject> subjects_of(const Mandate& mandate) {
  return {PartySubject{mandate.principal}, PartySubject{mandate.agent}};
}

}  // namespace

void give_mandate(Context& context, const GiveMandateArguments& arguments) {
  using A = GiveMandateArguments;
  const std::uint16_t agent = field_number<A>("agent");
  check_will(context, arguments.principal, arguments.evidence, field_number<A>("principal"),
             field_number<A>("evidence"));
  if (arguments.principal.is_zero()) context.refuse(Code::party_missing, {.field = field_number<A>("principal")});
  if (arguments.agent.is_zero()) context.refuse(Code::party_missing, {.field = agent});
  if (arguments.agent == arguments.principal) context.refuse(Code::agent_is_principal, {.field = agent});
  if (context.sender().kind != SenderKind::party && arguments.agent == context.sender().person) {
    context.refuse(Code::own_consent, {.field = agent});
  }
  if (arguments.until_ms <= context.now()) {
    context.refuse(Code::until_too_early, {.field = field_number<A>("until_ms"),
                                           .limit = context.now().value(),
                                           .value = arguments.until_ms.value()});
  }
  if (context.refused()) return;

  Mandate mandate;
  mandate.principal = arguments.principal;
  mandate.agent = arguments.agent;
  mandate.services = arguments.services;
  mandate.until_ms = arguments.until_ms;
  mandate.given_ms = context.now();
  if (context.sender().kind != SenderKind::party) mandate.seen_by = context.sender().person;
  const MandateId id = mandate_of(context.transaction_id());
  mandates.put(context.state(), id, mandate);
  context.emit(MandateGiven{id, mandate.services, mandate.until_ms}, subjects_of(mandate));
}

void withdraw_mandate(Context& context, const WithdrawMandateArguments& arguments) {
  using A = WithdrawMandateArguments;
  const std::uint16_t field = field_number<A>("mandate");
  auto mandate = mandates.get(context.state(), arguments.mandate);
  if (!mandate) return context.refuse(Code::unknown_mandate, {.field = field});
  check_will(context, mandate->principal, arguments.evidence, field, field_number<A>("evidence"));
  if (mandate->withdrawn_ms) {
    context.refuse(Code::mandate_withdrawn, {.field = field, .value = mandate->withdrawn_ms->value()});
  }
  if (context.refused()) return;

  mandate->withdrawn_ms = context.now();
  mandates.put(context.state(), arguments.mandate, *mandate);
  context.emit(MandateWithdrawn{arguments.mandate}, subjects_of(*mandate));
}

namespace {

// Adds findings.
void check_mandate(Context& context, const Mandate& mandate, std::span<const PartyId> parties,
                   const MandateScope& service, const Details& where) {
  const auto refuse = [&](Code code, std::uint64_t limit = 0, std::uint64_t value = 0) {
    Details details = where;
    if (limit != 0) details.limit = limit;
    if (value != 0) details.value = value;
    context.refuse(code, details);
  };
  if (mandate.withdrawn_ms) refuse(Code::mandate_withdrawn);
  if (mandate.until_ms <= context.now()) {
    refuse(Code::mandate_over, mandate.until_ms.value(), context.now().value());
  }
  if (std::ranges::find(parties, mandate.principal) == parties.end()) refuse(Code::mandate_of_other);
  const auto& services = mandate.services;
  if (!services.empty() && std::ranges::find(services, service) == services.end()) refuse(Code::mandate_not_for);
  // The clerk who saw it given uses nothing of it, as with consents.
  if (mandate.seen_by == context.sender().person) refuse(Code::own_consent);
}

}  // namespace

std::optional<PartyId> agent_by(Context& context, std::span<const MandateId> list, std::span<const PartyId> parties,
                                const MandateScope& service, std::uint16_t field) {
  std::optional<PartyId> agent;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Details where{.field = field, .value = i + 1};
    if (std::ranges::find(list.first(i), list[i]) != list.first(i).end()) {
      context.refuse(Code::mandate_repeated, where);
    }
    const auto mandate = mandates.get(context.state(), list[i]);
    if (!mandate) {
      context.refuse(Code::unknown_mandate, where);
      continue;
    }
    check_mandate(context, *mandate, parties, service, where);
    if (agent && *agent != mandate->agent) context.refuse(Code::agents_differ, where);
    agent = mandate->agent;
  }
  return agent;
}

void use_mandates(Context& context, std::span<const MandateId> list, const MandateScope& service) {
  for (const MandateId& id : list) {
    auto mandate = mandates.get(context.state(), id);
    if (!mandate) continue;
    ++mandate->uses;
    mandates.put(context.state(), id, *mandate);
    context.emit(MandateUsed{id, service}, subjects_of(*mandate));
  }
}

}  // namespace kanhe::contracts::sharing
