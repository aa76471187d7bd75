// Acts: what is entered in the register, and the filing that asks for it.
//
// A filing holds one act or several: all of them are entered, one on the outcome of the other, or none is. Beside them
// stand who files, who agrees, and what somebody has declared to know and bear. Each of these rests on a document, of
// which the digest is kept. Which acts may be filed where, says who takes them in: property.enter all but a transfer,
// a service the sale.
//
// Source: Regulation on the registration of real estate (2014) 3, 14, 15. Thread: any; plain values.
// Errors: FilingCode, UnitCode.
#pragma once

#include "contracts/property_limits.h"
#include "contracts/property_shares.h"

namespace kanhe::contracts::property {

// Why a filing is refused, beside property::Code.
enum class FilingCode : std::uint16_t {
  unit_seized = 430,          // R07, R12, field; subject: the unit whose seizure it is, value: its number
  statement_missing = 431,    // R05, R17, R18, R26, R35, R36, field; subject: whose, value: because of which limit
  consent_missing = 432,      // R13, R19, R21, field; subject: whose, value: because of which limit
  other_side_missing = 433,   // R03, field; subject: the party who gets something and does not file
  no_holder_applies = 434,    // R02, field
  seizure_too_long = 435,     // R08, field; limit, value: days
  debtor_not_holder = 436,    // R10, field; subject: the debtor
  seizure_delivered_first = 437,  // R11, field; limit: when the seizure was delivered, value: when the transfer was
  no_such_notice = 438,       // R15, field; value: the number; no advance notice of a mortgage for this mortgagee
  note_bars = 439,            // R23, R30, R32, R37, field; value: the note's number
  house_without_land = 440,   // R22, field; subject: the unit that has to go with it
  not_mortgageable = 441,     // R23, field; value: the kind of right
  period_missing = 442,       // R24, field
  no_dwelling = 443,          // R25, field; value: the usage
  unknown_limit = 444,        // field; value: the number
  limit_of_other_kind = 445,  // field; value: the number
  reason_not_allowed = 446,   // field; a limit of this kind does not end so; value: the reason
  document_missing = 447,     // field; an authority's document has a number
  delivery_missing = 448,     // field
  delivery_in_future = 449,   // field; limit: block time, value: delivered_ms
  limits_full = 451,          // field; limit: open at once on one unit
  party_missing = 452,        // field; all zero
  amount_missing = 453,       // field
  not_without_service = 454,  // field; a transfer is entered by a service alone, which looks at tax and fee
  applicant_repeated = 455,   // field; value: position in the list, from 1
  dominant_unknown = 456,     // field; subject: the unit that the easement should serve
  end_in_past = 457,          // field; limit: block time, value: the time given
  acts_missing = 458,         // field
  holder_missing_to_end = 459,  // field; subject: who holds the limit and has not agreed to its end
  set_by_register = 460,      // field; the register itself sets this
  too_many_fixtures = 461,    // R22, field; limit: units on one parcel that are looked at
  unknown_statement = 462,    // field; value: the rule, which asks for no statement
  transferred_meanwhile = 463,  // R10, field; limit: when the transfer was recorded, value: delivered_ms, before it
  applicant_missing = 464,    // field; subject: who has to apply for it
};
BOOST_DESCRIBE_ENUM(FilingCode, unit_seized, statement_missing, consent_missing, other_side_missing,
                    no_holder_applies, seizure_too_long, debtor_not_holder, seizure_delivered_first, no_such_notice,
                    note_bars, house_without_land, not_mortgageable, period_missing, no_dwelling, unknown_limit,
                    limit_of_other_kind, reason_not_allowed, document_missing, delivery_missing, delivery_in_future,
                    limits_full, party_missing, amount_missing, not_without_service,
                    applicant_repeated, dominant_unknown, end_in_past, acts_missing, holder_missing_to_end,
                    set_by_register, too_many_fixtures, unknown_statement, transferred_meanwhile, applicant_missing)

// The same, of units and of who acts for whom.
enum class UnitCode : std::uint16_t {
  unit_closed = 465,          // R01, field; subject: the unit, value: its state
  right_expired = 466,        // R30, field; limit: the end of the term, value: block time
  entry_needed_first = 467,   // R33, field; subject: who acquires by inheritance or judgment, and disposes before
  guardian_missing = 468,     // R34, field; subject: the ward
  limit_holder_missing = 469,  // field; subject: who has not agreed, value: the limit's number
  limit_in_the_way = 470,     // field; subject: the unit, value: the limit's number
  units_apart = 471,          // field; subject: the unit that is not of the same parcel or area
  parts_missing = 472,        // field; limit: the fewest, value
  nothing_changed = 473,      // field
  shares_would_change = 474,  // field; that is a transfer
  entry_intervened = 475,     // R40, field; limit: when the decision was delivered, value: when something was entered
  limits_too_many = 476,      // field; limit: entries of one split, value
  term_not_over = 477,        // field; limit: block time, value: the end of the term, 0: none
  units_differ = 478,         // field; subject: the unit with other holders, right or usage
  unit_repeated = 479,        // field; subject
  ward_not_holder = 480,      // field; subject: the ward
  correction_not_noted = 481,  // R32, field; evidence that takes the right from somebody is noted first
  term_not_longer = 482,      // field; a change only prolongs a term; limit: the end that stands, 0: none, value
  units_too_many = 483,       // field; limit: units of one filing, value
  title_suspended = 484,      // field; subject: the certificate
  still_settling = 485,       // field; time has ended more here than one transaction can tell: again in the next block
};
BOOST_DESCRIBE_ENUM(UnitCode, unit_closed, right_expired, entry_needed_first,
                    guardian_missing, limit_holder_missing, limit_in_the_way, units_apart,
                    parts_missing, nothing_changed, shares_would_change, entry_intervened,
                    limits_too_many, term_not_over, units_differ, unit_repeated, ward_not_holder,
                    correction_not_noted, term_not_longer, units_too_many, title_suspended, still_settling)

enum class Usage : std::uint8_t {
  residential = 1,      // 住宅
  ancillary = 2,        // 车库、车位、储藏室
  non_residential = 3,  // 非住宅
};
BOOST_DESCRIBE_ENUM(Usage, residential, ancillary, non_residential)

// Numbers of the national code table of rights (权利类型).
enum class RightKind : std::uint8_t {
  state_land_use = 3,
  state_land_use_and_house = 4,
  homestead = 5,
  homestead_and_house = 6,
  collective_land_use = 7,
  collective_land_use_and_house = 8,
  contracted_land = 9,
  other = 99,
};
BOOST_DESCRIBE_ENUM(RightKind, state_land_use, state_land_use_and_house, homestead, homestead_and_house,
                    collective_land_use, collective_land_use_and_house, contracted_land, other)

// The units in the place of one, or that one came from.
inline constexpr std::size_t unit_kin_max = 16;
using UnitNumbers = List<UnitNumber, unit_kin_max>;

// How a right passes.
enum class Cause : std::uint8_t {
  sale = 1,
  gift = 2,
  exchange = 3,
  division = 4,     // of what is held in common
  inheritance = 5,  // or bequest
  judgment = 6,     // court or arbitration
};
BOOST_DESCRIBE_ENUM(Cause, sale, gift, exchange, division, inheritance, judgment)
// Whether the holders dispose of it themselves, together with who acquires.
constexpr bool is_voluntary(Cause cause) { return cause < Cause::inheritance; }

// The right passes from holders to others. Those who are not named keep what they have.
struct TransferRight {
  static constexpr VariantTag variant_tag{1, "transfer"};
  UnitNumber unit;
  Cause cause = Cause::sale;
  Parties from;
  Holders holders;                        // of the whole right afterwards
  std::optional<Timestamp> delivered_ms;  // judgment: when its notice reached the registry
  friend bool operator==(const TransferRight&, const TransferRight&) = default;
};
BOOST_DESCRIBE_STRUCT(TransferRight, (), (unit, cause, from, holders, delivered_ms))

struct EnterLimit {
  static constexpr VariantTag variant_tag{2, "enter_limit"};
  UnitNumber unit;
  Burden burden;
  PlainText<64> document;                  // its number
  std::optional<Timestamp> effective_ms;   // absent: with the entry
  std::optional<Timestamp> delivered_ms;   // seizure: when its notice reached the registry
  std::optional<LimitNumber> in_place_of;  // mortgage: the advance notice that it carries out
  friend bool operator==(const EnterLimit&, const EnterLimit&) = default;
};
BOOST_DESCRIBE_STRUCT(EnterLimit, (), (unit, burden, document, effective_ms, delivered_ms, in_place_of))

struct EndLimit {
  static constexpr VariantTag variant_tag{3, "end_limit"};
  UnitNumber unit;
  LimitNumber number;
  EndReason reason = EndReason::released;
  PlainText<64> document;
  friend bool operator==(const EndLimit&, const EndLimit&) = default;
};
BOOST_DESCRIBE_STRUCT(EndLimit, (), (unit, number, reason, document))

// A seizure goes on for so long from its end (续封).
struct RenewSeizure {
  static constexpr VariantTag variant_tag{4, "renew_seizure"};
  UnitNumber unit;
  LimitNumber number;
  SeizureDays days;
  PlainText<64> document;
  friend bool operator==(const RenewSeizure&, const RenewSeizure&) = default;
};
BOOST_DESCRIBE_STRUCT(RenewSeizure, (), (unit, number, days, document))

// The objector has sued: the objection stays.
struct ShowLawsuit {
  static constexpr VariantTag variant_tag{5, "show_lawsuit"};
  UnitNumber unit;
  LimitNumber number;
  PlainText<64> document;
  friend bool operator==(const ShowLawsuit&, const ShowLawsuit&) = default;
};
BOOST_DESCRIBE_STRUCT(ShowLawsuit, (), (unit, number, document))

// What an advance notice announces can be applied for from now on.
struct NoticePossible {
  static constexpr VariantTag variant_tag{6, "notice_possible"};
  UnitNumber unit;
  LimitNumber number;
  PlainText<64> document;
  friend bool operator==(const NoticePossible&, const NoticePossible&) = default;
};
BOOST_DESCRIBE_STRUCT(NoticePossible, (), (unit, number, document))

// Two mortgages change places.
struct SwapRanks {
  static constexpr VariantTag variant_tag{7, "swap_ranks"};
  UnitNumber unit;
  LimitNumber one;
  LimitNumber other;
  friend bool operator==(const SwapRanks&, const SwapRanks&) = default;
};
BOOST_DESCRIBE_STRUCT(SwapRanks, (), (unit, one, other))

// First registration (首次): the unit is new in the register.
struct RegisterUnit {
  static constexpr VariantTag variant_tag{8, "register_unit"};
  UnitNumber unit;
  Usage usage = Usage::residential;
  RightKind right = RightKind::state_land_use_and_house;
  Holders holders;
  std::optional<Timestamp> until_ms;      // the right's term
  std::optional<Hash256> survey;
  std::optional<Timestamp> effective_ms;  // absent: with the entry
  friend bool operator==(const RegisterUnit&, const RegisterUnit&) = default;
};
BOOST_DESCRIBE_STRUCT(RegisterUnit, (), (unit, usage, right, holders, until_ms, survey, effective_ms))

// Change (变更): facts of the unit, or the form in which the same holders hold it. What is absent, all zero or empty
// stays as it is.
struct ChangeUnit {
  static constexpr VariantTag variant_tag{9, "change_unit"};
  UnitNumber unit;
  std::optional<Usage> usage;
  std::optional<Timestamp> until_ms;
  std::optional<Hash256> survey;
  Holders holders;  // jointly instead of by shares, or the reverse
  friend bool operator==(const ChangeUnit&, const ChangeUnit&) = default;
};
BOOST_DESCRIBE_STRUCT(ChangeUnit, (), (unit, usage, until_ms, survey, holders))

// What a correction rests on.
enum class CorrectionBasis : std::uint8_t {
  consent = 1,   // of the holders whom it takes something from
  evidence = 2,  // that the register is wrong
  decision = 3,  // of a court or a review
};
BOOST_DESCRIBE_ENUM(CorrectionBasis, consent, evidence, decision)

// Correction (更正): the register was wrong. What is absent or empty stays as it is.
struct CorrectUnit {
  static constexpr VariantTag variant_tag{10, "correct_unit"};
  UnitNumber unit;
  CorrectionBasis basis = CorrectionBasis::consent;
  PlainText<64> document;
  std::optional<Usage> usage;
  std::optional<RightKind> right;
  std::optional<Timestamp> until_ms;
  std::optional<Hash256> survey;
  Holders holders;
  std::optional<Timestamp> delivered_ms;  // decision: when it reached the registry
  friend bool operator==(const CorrectUnit&, const CorrectUnit&) = default;
};
BOOST_DESCRIBE_STRUCT(CorrectUnit, (),
                      (unit, basis, document, usage, right, until_ms, survey, holders, delivered_ms))

enum class CloseReason : std::uint8_t {
  destroyed = 1,
  abandoned = 2,
  expropriated = 3,
  expired = 4,  // the right's term
  decided = 5,  // by a court or a review
};
BOOST_DESCRIBE_ENUM(CloseReason, destroyed, abandoned, expropriated, expired, decided)
// Whether it is decided, or time's doing, and nobody has to apply.
constexpr bool is_of_authority(CloseReason reason) { return reason >= CloseReason::expropriated; }

// Cancellation (注销): the right is no more, nor is what stands against it.
struct CancelUnit {
  static constexpr VariantTag variant_tag{11, "cancel_unit"};
  UnitNumber unit;
  CloseReason reason = CloseReason::destroyed;
  PlainText<64> document;
  friend bool operator==(const CancelUnit&, const CancelUnit&) = default;
};
BOOST_DESCRIBE_STRUCT(CancelUnit, (), (unit, reason, document))

struct UnitPart {
  UnitNumber unit;
  std::optional<Hash256> survey;
  friend bool operator==(const UnitPart&, const UnitPart&) = default;
};
BOOST_DESCRIBE_STRUCT(UnitPart, (), (unit, survey))
using UnitParts = List<UnitPart, unit_kin_max>;

// The same holders have each part as they had the whole, and what stood against it stands against each part.
struct SplitUnit {
  static constexpr VariantTag variant_tag{12, "split_unit"};
  UnitNumber unit;
  UnitParts parts;
  friend bool operator==(const SplitUnit&, const SplitUnit&) = default;
};
BOOST_DESCRIBE_STRUCT(SplitUnit, (), (unit, parts))

// Units of the same holders, in each of which they have the same right, become one.
struct MergeUnits {
  static constexpr VariantTag variant_tag{13, "merge_units"};
  UnitNumber unit;  // the new one
  UnitNumbers from;
  std::optional<Hash256> survey;
  friend bool operator==(const MergeUnits&, const MergeUnits&) = default;
};
BOOST_DESCRIBE_STRUCT(MergeUnits, (), (unit, from, survey))

using Act = std::variant<TransferRight, EnterLimit, EndLimit, RenewSeizure, ShowLawsuit, NoticePossible, SwapRanks,
                         RegisterUnit, ChangeUnit, CorrectUnit, CancelUnit, SplitUnit, MergeUnits>;
// The unit that the act is about; of a merger the new one.
const UnitNumber& unit_of(const Act& act);

// Somebody agrees, without filing.
struct Consent {
  PartyId party;
  Hash256 evidence;
  friend bool operator==(const Consent&, const Consent&) = default;
};
BOOST_DESCRIBE_STRUCT(Consent, (), (party, evidence))

// Somebody knows what a rule of the level `statement` speaks of, and bears it.
struct Statement {
  std::uint8_t rule = 0;
  PartyId party;
  Hash256 evidence;
  friend bool operator==(const Statement&, const Statement&) = default;
};
BOOST_DESCRIBE_STRUCT(Statement, (), (rule, party, evidence))

inline constexpr std::size_t filing_acts_max = 16;
// That the acts of one filing find or make.
inline constexpr std::size_t filing_units_max = 32;
inline constexpr std::size_t statements_max = 32;
using Applicants = List<PartyId, 2 * holders_max>;  // both sides
using Acts = List<Act, filing_acts_max>;
using Consents = List<Consent, holders_max>;
using Statements = List<Statement, statements_max>;

struct Filing {
  Applicants applicants;  // nobody: the registry acts on a notice
  Acts acts;
  Consents consents;
  Statements statements;
  Hash256 evidence;       // digest of the file that all of it rests on
  friend bool operator==(const Filing&, const Filing&) = default;
};
BOOST_DESCRIBE_STRUCT(Filing, (), (applicants, acts, consents, statements, evidence))

}  // namespace kanhe::contracts::property
