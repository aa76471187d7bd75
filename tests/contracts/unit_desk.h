// UnitDesk: the registrar of registrar.h, with acts about units.
#pragma once

#include "contracts/property_units.h"
#include "tests/contracts/registrar.h"

namespace kanhe::contracts::property {

using service::codes_of;
using service::finding_of;

inline const UnitNumber part_1 = text<UnitNumber>("440304003008GB00012F00230001");
inline const UnitNumber part_2 = text<UnitNumber>("440304003008GB00012F00230002");
inline const UnitNumber elsewhere = text<UnitNumber>("440304003008GB00013F00230003");

inline bool has_subject(const Receipt& receipt, const Subject& subject) {
  return std::ranges::any_of(receipt.events,
                             [&](const Event& event) { return service::has_subject(event, subject); });
}

inline std::uint64_t entries(const Receipt& receipt) {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      receipt.events, [](const Event& event) { return event.name.view() == Entered::event_name; }));
}

struct UnitDesk : Registrar {
  RegisterUnit first(const UnitNumber& number = part_1, std::string_view holder = "owner") const {
    RegisterUnit act;
    act.unit = number;
    act.holders = alone(holder);
    return act;
  }
  ChangeUnit change() const {
    ChangeUnit act;
    act.unit = house;
    act.survey = digest("new survey");
    return act;
  }
  CorrectUnit correction(CorrectionBasis basis = CorrectionBasis::evidence) const {
    CorrectUnit act;
    act.unit = house;
    act.basis = basis;
    act.document = some_document;
    act.usage = Usage::ancillary;
    if (basis == CorrectionBasis::decision) act.delivered_ms = now();
    return act;
  }
  CancelUnit cancellation(CloseReason reason = CloseReason::destroyed) const { return {house, reason, some_document}; }
  SplitUnit split() const {
    SplitUnit act;
    act.unit = house;
    act.parts = {{part_1, digest("one")}, {part_2, {}}};
    return act;
  }
  MergeUnits merger() const {
    MergeUnits act;
    act.unit = part_1;
    act.from = {house, other_house};
    return act;
  }
  void set_holders(Holders holders, const UnitNumber& number = house) {
    Unit record = unit(number);
    record.holders = std::move(holders);
    units.put(state(), number, record);
  }
  // The right has a term.
  void set_until(Timestamp until, Usage usage = Usage::residential) {
    Unit record = unit();
    record.until_ms = until;
    record.usage = usage;
    units.put(state(), house, record);
  }
  static Holders halves() { return {{party("seller"), share(1, 2)}, {party("spouse"), share(1, 2)}}; }
  static Holders jointly() { return {{party("seller"), {}}, {party("spouse"), {}}}; }
};

}  // namespace kanhe::contracts::property
