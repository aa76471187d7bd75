// Acts: what is entered in the register, and the filing that asks for it.
//
// A filing holds one act or several: all of them are entered, one on the outcome of the other, or none is. Beside them
// stand who files, who agrees, and what somebody has declared to know and bear. Each of these rests on a document, of
// which the digest is kept. Which acts may be filed where, says who takes them in: property.enter all but a transfer,
// a service the sale.
//
// Source: Regulation on the registration of real estate (2014) 3, 14, 15. Thread: any; plain values.
// Errors: FilingCode.
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

using Act = std::variant<TransferRight, EnterLimit, EndLimit, RenewSeizure, ShowLawsuit, NoticePossible, SwapRanks>;
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
