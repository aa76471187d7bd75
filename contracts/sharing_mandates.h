// Sharing mandates: who acts for whom at a window (代办). A part of the module sharing.
//
// A mandate is a party's: one agent may file applications for it, of the services that it names or of any, until a day;
// the party takes it back when it likes. It is given with the party's own key, or before a window clerk who keeps what
// was signed and sees to nothing of their own. Each use stands in the histories of both. An agent is a party of the
// case: who acts for somebody decides nothing in it.
//
// Tables: 0x0806 mandates.
// Thread: one. Errors: sharing::Code.
// Source: Civil Code 161–165, 173 (agency by mandate: its scope, its end).
#pragma once

#include "contracts/sharing.h"

namespace kanhe::contracts::sharing {

struct MandateIdKind {
  static constexpr Label label{"MandateId", "委托标识", "mandate id: id of the transaction that gave it"};
};
using MandateId = FixedBytes<DigestTag<MandateIdKind>>;

struct MandateScopeKind {
  static constexpr Label label{"MandateScope", "委托事项", "code of a service that a mandate is for"};
};
using MandateScope = Text<SlugTag<MandateScopeKind>>;

inline constexpr std::size_t mandate_services_max = 16;
using MandateServices = List<MandateScope, mandate_services_max>;

struct Mandate {
  FormatVersion<1> version;
  PartyId principal;
  PartyId agent;
  MandateServices services;  // empty: any
  Timestamp until_ms;        // the first moment at which it no longer holds
  Timestamp given_ms;
  std::optional<Timestamp> withdrawn_ms;
  std::optional<PartyId> seen_by;  // the window clerk before whom it was given
  std::uint32_t uses = 0;
};
BOOST_DESCRIBE_STRUCT(Mandate, (),
                      (version, principal, agent, services, until_ms, given_ms, withdrawn_ms, seen_by, uses))

inline constexpr Table<MandateId, Mandate> mandates{0x0806, "mandates"};

inline MandateId mandate_of(const TransactionId& id) { return MandateId(id); }

struct GiveMandateArguments {
  PartyId principal;
  PartyId agent;
  MandateServices services;
  Timestamp until_ms;
  std::optional<Hash256> evidence;  // of a clerk: what the principal signed
};
BOOST_DESCRIBE_STRUCT(GiveMandateArguments, (), (principal, agent, services, until_ms, evidence))

struct WithdrawMandateArguments {
  MandateId mandate;
  std::optional<Hash256> evidence;  // of a clerk, as above
};
BOOST_DESCRIBE_STRUCT(WithdrawMandateArguments, (), (mandate, evidence))

struct MandateGiven {
  static constexpr std::string_view event_name = "sharing.mandate_given";
  MandateId mandate;
  MandateServices services;
  Timestamp until_ms;
};
BOOST_DESCRIBE_STRUCT(MandateGiven, (), (mandate, services, until_ms))

struct MandateUsed {
  static constexpr std::string_view event_name = "sharing.mandate_used";
  MandateId mandate;
  MandateScope service;
};
BOOST_DESCRIBE_STRUCT(MandateUsed, (), (mandate, service))

struct MandateWithdrawn {
  static constexpr std::string_view event_name = "sharing.mandate_withdrawn";
  MandateId mandate;
};
BOOST_DESCRIBE_STRUCT(MandateWithdrawn, (), (mandate))

void give_mandate(Context& context, const GiveMandateArguments& arguments);
void withdraw_mandate(Context& context, const WithdrawMandateArguments& arguments);

// For the service module. Who acts by these mandates for some of the parties in the service now; nothing where there
// are none. All have one agent. Adds findings.
std::optional<PartyId> agent_by(Context& context, std::span<const MandateId> list, std::span<const PartyId> parties,
                                const MandateScope& service, std::uint16_t field);
// Counts a use of each. Requires: agent_by() found nothing wrong.
void use_mandates(Context& context, std::span<const MandateId> list, const MandateScope& service);

}  // namespace kanhe::contracts::sharing
