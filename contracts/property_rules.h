// Property rules: whether an act may be entered in the register. One function a rule; contracts/rules.h says what each
// asks and where it stands.
//
// A function adds a finding for everything that its rule is broken by, and none of them looks at what another found: a
// refusal lists all. A rule of the level `statement` is kept when the filing holds the statement of everybody whom it
// concerns; one of the level `information` is told with the entry and refuses nothing. Rules that time or another entry
// brings about by itself (R08, R09, R14, R16, R24) act in property_limits, R28 and R29 in treasury.
//
// The unit's limits are settled before: what has ended by the block's time is not here.
//
// Those that a limit brings about (R07–R21, R24–R26) are property_limit_rules.cpp's.
//
// Thread: one; pure functions of the Matter and the state below it. Errors: property::Code, with the rule.
#pragma once

#include <span>

#include "contracts/property.h"

namespace kanhe::contracts::property {

// One act of a filing, as it lies before the registrar.
struct Matter {
  Context& context;
  const Filing& filing;
  const Act& act;
  ApplicationId application;  // that asks for it; all zero: none
  FilingFields fields;
  UnitNumber number;
  Unit unit;
  std::vector<NumberedLimit> limits;
  ToldRules& told;

  template <class T>
  const T* as() const {
    return std::get_if<T>(&act);
  }
  // EnterLimit of such a burden.
  template <class T>
  const T* enters() const {
    const auto* entry = as<EnterLimit>();
    return entry == nullptr ? nullptr : std::get_if<T>(&entry->burden);
  }
  const NumberedLimit* find(LimitNumber limit) const;
  // Whether the party files, or has consented; of a ward the guardian does.
  bool agrees(const PartyId& party) const;
  bool applies(const PartyId& party) const;
  const Guardianship* guardianship_of(const PartyId& ward) const;
  bool has_stated(std::uint8_t rule, const PartyId& party) const;
  void tell(std::uint8_t rule) const;
};

template <class T, class Use>
void for_each(const Matter& matter, Use use) {
  for (const NumberedLimit& limit : matter.limits) {
    if (const T* const burden = limit.as<T>()) use(limit, *burden);
  }
}

// Whether the holders give something away of their own will: a transfer, or a mortgage, residence, easement or advance
// notice. Not a judgment, an inheritance, or an authority's notice. Of an easement the holders of the dominant unit get
// something.
bool is_disposal(const Matter& matter);
bool is_voluntary_transfer(const Matter& matter);
// Whether the holders want something for the unit itself: its facts or its form of co-ownership changed, given up,
// split, merged. Not what an authority decides, and no correction.
bool is_own_change(const Matter& matter);
// Whether a correction gives the right to others without a court's or a review's word: like a disposal it has to be
// stopped by what protects others.
bool corrects_holders(const Matter& matter);
// The same where the right itself would be another, or its term shorter.
bool corrects_right(const Matter& matter);
// Whether the unit is given up, or becomes part of another or several.
bool unmakes_unit(const Matter& matter);
// Who gets something by the act and did not have it before.
std::vector<PartyId> acquirers(const Matter& matter);

// R02. Regulation 14, 16: who disposes is a holder; who files is a holder or gets something. Of a first registration
// somebody who will hold it files.
void r02_applicant(const Matter& matter);
// R03. Regulation 14: who gets something files as well; heirs, too, and who gains by a correction.
void r03_joint_filing(const Matter& matter);
// R04. Civil Code 301: holders of two thirds by shares, all of joint holders; also where mortgages change places, where
// the usage changes, and where the unit is split or merged. That it is given up, or held in another form, is for all;
// a correction by consent for all from whom it takes something, and of the unit itself for all. By inheritance and
// judgment nobody loses who is not named.
void r04_co_owners(const Matter& matter);
// R05. Civil Code 305, 306; Interpretation (1) on Real Rights 9–13: the other co-owners' consent or statement.
void r05_priority_of_co_owners(const Matter& matter);
// R06. Civil Code 308, 309: told where several acquire and no share is said.
void r06_form_of_co_ownership(const Matter& matter);
// R07. Civil Code 399 (5); Shanghai Provisions 16 (5). With R12, Provisions on Seizure 21: a seizure of the building
// covers the land, and the reverse, unless the holders differ. What was seized beforehand (预查封) may become the
// debtor's.
void r07_seized(const Matter& matter);
// R08. Interpretation on Civil Procedure 485; Provisions on Seizure 27: three years at most.
void r08_term_of_seizure(const Matter& matter);
// R10. Provisions on Seizure 23 (1): what is seized is the debtor's, still. Where it was when the notice was delivered,
// and is no more, that is said.
void r10_debtor_holds(const Matter& matter);
// R11. Provisions on Seizure 23 (2): of a court's transfer and a seizure the one goes first that was delivered first.
void r11_order_of_delivery(const Matter& matter);
// R13. Civil Code 221; Interpretation (1) on Real Rights 4; Shanghai Provisions 32 (3).
void r13_advance_notice(const Matter& matter);
// R15. Interpretation on Security 52: the mortgage takes the place of its advance notice.
void r15_place_of_notice(const Matter& matter);
// R17. Implementing Rules 84, unconfirmed.
void r17_objection(const Matter& matter);
// R18. Civil Code 406.
void r18_mortgage_follows(const Matter& matter);
// R19. Interpretation on Security 43 (2).
void r19_ban_on_transfer(const Matter& matter);
// R20. Interpretation on Security 43 (1): told.
void r20_no_registered_ban(const Matter& matter);
// R21. Civil Code 409, 414.
void r21_ranks(const Matter& matter);
// R22. Civil Code 397: a holder's house and land go together; land is not split, merged or given up under a house.
void r22_house_and_land(const Matter& matter);
// R23. Civil Code 399.
void r23_mortgageable(const Matter& matter);
// R24. Civil Code 420–424: a maximum mortgage has a cap and a period.
void r24_maximum_amount(const Matter& matter);
// R25. Civil Code 366–371: in a dwelling.
void r25_residence(const Matter& matter);
// R26. Civil Code 366–371 in consequence.
void r26_residence_follows(const Matter& matter);
// R30. Regulation 22: an open dispute, a right beyond its term. That of land for dwellings goes on by itself (Civil
// Code 359).
void r30_dispute(const Matter& matter);
// R32. Shanghai Provisions 31: while a correction is under way; the correction itself ends that.
void r32_correction(const Matter& matter);
// R33. Civil Code 232: who acquires by inheritance or judgment is entered before disposing of it, if by one filing.
void r33_entered_before_disposal(const Matter& matter);
// R34. Implementing Rules 11, unconfirmed: of what a ward holds the guardian disposes, and declares that it is to the
// ward's benefit.
void r34_ward(const Matter& matter);
// R35. Shanghai Provisions 34 (1), unconfirmed whether it freezes.
void r35_expropriation(const Matter& matter);
// R36. Shanghai Provisions 19.
void r36_subsidised_housing(const Matter& matter);
// R37. Shanghai Provisions 34 (4).
void r37_altered_structure(const Matter& matter);
// R39. Order of acceptance: another application has the unit. Notices of authorities do not wait, nor does the end of a
// limit, nor a correction.
void r39_held(const Matter& matter);
// R40. Shanghai Provisions 31 (3): a decision corrects what stands as it did when it was delivered; an entry after
// three days is late, and that is told.
void r40_correction_by_decision(const Matter& matter);

// Asks for a statement of everybody who gets something, because of a limit.
void require_statements(const Matter& matter, std::uint8_t rule, LimitNumber because);

struct DecidingRule {
  std::uint8_t number;
  void (*decide)(const Matter& matter);
};
// In the order of their numbers.
std::span<const DecidingRule> deciding_rules();

}  // namespace kanhe::contracts::property
