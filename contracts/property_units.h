// Property units: acts about a unit itself. It is registered for the first time, its facts are changed or corrected, it
// is cancelled, split, or merged with others. A part of the property module.
//
// A unit that is closed stays in the register, with nobody who holds it, and says what stands in its place; its limits
// end with it, but those of a unit that is split stand against each part, under the same numbers. A title certificate
// that was issued before an entry here is the unit's title no more.
//
// Source: Implementing Rules of the Regulation on the registration of real estate 24–28, 79–81, unconfirmed; GB/T
// 37346-2019 on the numbers of units that are split and merged. Thread: one. Errors: UnitCode.
#pragma once

#include "contracts/property_rules.h"

namespace kanhe::contracts::property {

// A split enters so many limits at once at most, of all its parts together: each is an event.
inline constexpr std::size_t limits_copied_max = 32;

// Whether it is of this file.
bool is_about_unit(const Act& act);
// The units that an act finds in the register: its own, or those that become one; of a first registration none.
std::vector<UnitNumber> units_found_by(const Act& act);

// The form of an act, and what does not depend on who files it. Adds findings.
void check_form(const Matter& matter, const RegisterUnit& act);
void check_form(const Matter& matter, const ChangeUnit& act);
void check_form(const Matter& matter, const CorrectUnit& act);
void check_form(const Matter& matter, const CancelUnit& act);
void check_form(const Matter& matter, const SplitUnit& act);
void check_form(const Matter& matter, const MergeUnits& act);

// Enters it. Requires: check_act() found nothing.
void record(Context& context, const RegisterUnit& act, const EntryBasis& basis);
void record(Context& context, const ChangeUnit& act, const EntryBasis& basis);
void record(Context& context, const CorrectUnit& act, const EntryBasis& basis);
void record(Context& context, const CancelUnit& act, const EntryBasis& basis);
void record(Context& context, const SplitUnit& act, const EntryBasis& basis);
void record(Context& context, const MergeUnits& act, const EntryBasis& basis);

}  // namespace kanhe::contracts::property
