// Limits: what stands against a unit beside the right in it, entered, counted and ended in its register.
//
// Mortgage, seizure, advance notice, objection, residence, easement, guardianship of a holder, and notes of the
// registry. A unit's limits are numbered from 1 in the order of their entry; the number is never used again. One that
// has ended leaves the state; the unit's trace keeps all of it.
//
// Time ends some by itself: settle() is the one place where it does, called when it falls due and before anything is
// decided about the unit, so that a full queue changes no outcome.
//
// Seizures queue (轮候查封): of those of one unit the one delivered first is active, the others wait; when it ends the
// next becomes active, and its term begins. One that is entered late counts as delivered delivery_backdating_days
// before its entry at the earliest, so that nothing old is displaced.
//
// Three times: effective_ms (the right arose, or ceased to be free), recorded_ms (entered here), delivered_ms (a notice
// reached the registry). Recorded time decides between rights, delivery between notices.
//
// Tables: 0x0405 limits, 0x0406 limit lists. Due handler: 0x0401 limit due.
// Source: Civil Code 26–39, 220, 221, 366–371, 372–385, 394–424; Provisions on Seizure (2020) 21–27; Interpretation on
// Civil Procedure 485. Thread: one. Errors: property::Code.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "contracts/module.h"

namespace kanhe::contracts::property {

struct LimitNumberTag : CounterTag<std::uint32_t> {
  static constexpr Label label{"LimitNumber", "限制编号", "number of a limit within its unit, from 1"};
};
using LimitNumber = Number<LimitNumberTag>;

// A seizure of real property lasts three years at most (1,096 days hold any three).
struct SeizureDaysTag {
  using Rep = std::uint16_t;
  static constexpr Rep min = 1;
  static constexpr Rep max = 3'660;  // that it is read; R08 says how many are allowed
  static constexpr Label label{"SeizureDays", "查封期限", "term of a seizure", "days"};
};
using SeizureDays = Number<SeizureDaysTag>;
inline constexpr std::uint16_t seizure_days_max = 1'096;  // three years and a 29th of February
inline constexpr std::uint32_t objection_days = 15;
inline constexpr std::uint32_t advance_notice_days = 90;
// How far behind its entry a delivery can put a notice in the queue. A rule of this registry, no law.
inline constexpr std::uint32_t delivery_backdating_days = 3;

enum class MortgageKind : std::uint8_t { general = 1, maximum_amount = 2 };  // 一般, 最高额
BOOST_DESCRIBE_ENUM(MortgageKind, general, maximum_amount)

struct Mortgage {
  static constexpr VariantTag variant_tag{1, "mortgage"};
  MortgageKind kind = MortgageKind::general;
  PartyId mortgagee;
  Fen amount;                          // general: the claim; maximum_amount: the cap
  std::optional<Timestamp> until_ms;   // general: when the debt is due; maximum_amount: end of the period
  bool bans_transfer = false;          // 存在禁止或限制转让约定
  bool is_fixed = false;               // maximum_amount: what it secures grows no more
  std::optional<LimitNumber> rank;     // the lower goes first; set by the register: its own number, or its notice's
  friend bool operator==(const Mortgage&, const Mortgage&) = default;
};
BOOST_DESCRIBE_STRUCT(Mortgage, (), (kind, mortgagee, amount, until_ms, bans_transfer, is_fixed, rank))

enum class SeizureKind : std::uint8_t { seizure = 1, pre_seizure = 2 };  // 查封, 预查封
BOOST_DESCRIBE_ENUM(SeizureKind, seizure, pre_seizure)

struct Seizure {
  static constexpr VariantTag variant_tag{2, "seizure"};
  SeizureKind kind = SeizureKind::seizure;
  PartyId debtor;                         // pre_seizure: who has bought, and holds an advance notice
  PlainText<96> authority;                // court, procuratorate, police, tax office …
  SeizureDays days;                       // from when it is active
  std::optional<Timestamp> active_ms;     // absent: it queues
  std::optional<Timestamp> until_ms;      // the first moment at which it no longer holds; absent: it queues
  friend bool operator==(const Seizure&, const Seizure&) = default;
};
BOOST_DESCRIBE_STRUCT(Seizure, (), (kind, debtor, authority, days, active_ms, until_ms))

// Numbers of the national code table.
enum class AdvanceNoticeKind : std::uint8_t {
  presale_purchase = 1,
  other_purchase = 2,
  presale_mortgage = 3,
  other_mortgage = 4,
};
BOOST_DESCRIBE_ENUM(AdvanceNoticeKind, presale_purchase, other_purchase, presale_mortgage, other_mortgage)
constexpr bool is_of_mortgage(AdvanceNoticeKind kind) { return kind >= AdvanceNoticeKind::presale_mortgage; }

struct AdvanceNotice {
  static constexpr VariantTag variant_tag{3, "advance_notice"};
  AdvanceNoticeKind kind = AdvanceNoticeKind::presale_purchase;
  PartyId claimant;
  std::optional<Timestamp> possible_ms;  // since when the entry that it announces can be applied for
  friend bool operator==(const AdvanceNotice&, const AdvanceNotice&) = default;
};
BOOST_DESCRIBE_STRUCT(AdvanceNotice, (), (kind, claimant, possible_ms))

struct Objection {
  static constexpr VariantTag variant_tag{4, "objection"};
  PartyId objector;
  std::optional<Timestamp> sued_ms;  // the lawsuit was shown: it stays
  friend bool operator==(const Objection&, const Objection&) = default;
};
BOOST_DESCRIBE_STRUCT(Objection, (), (objector, sued_ms))

struct Residence {
  static constexpr VariantTag variant_tag{5, "residence"};
  PartyId resident;
  std::optional<Timestamp> until_ms;  // absent: for life
  bool may_let = false;
  friend bool operator==(const Residence&, const Residence&) = default;
};
BOOST_DESCRIBE_STRUCT(Residence, (), (resident, until_ms, may_let))

struct Easement {
  static constexpr VariantTag variant_tag{6, "easement"};
  UnitNumber dominant;  // whose holders it serves
  std::optional<Timestamp> until_ms;
  friend bool operator==(const Easement&, const Easement&) = default;
};
BOOST_DESCRIBE_STRUCT(Easement, (), (dominant, until_ms))

enum class NoteKind : std::uint8_t {
  expropriation = 1,        // 征收、收回决定
  altered_structure = 2,    // 擅自改变结构、违法搭建
  correction_pending = 3,   // 更正登记办理中
  dispute = 4,              // 权属争议
  public_facility = 5,      // 公益设施
  subsidised_housing = 6,   // 保障性住房
};
BOOST_DESCRIBE_ENUM(NoteKind, expropriation, altered_structure, correction_pending, dispute, public_facility,
                    subsidised_housing)

struct Note {
  static constexpr VariantTag variant_tag{7, "note"};
  NoteKind kind = NoteKind::expropriation;
  friend bool operator==(const Note&, const Note&) = default;
};
BOOST_DESCRIBE_STRUCT(Note, (), (kind))

// A holder is a minor or incapacitated: the guardian acts for them (R34).
struct Guardianship {
  static constexpr VariantTag variant_tag{8, "guardianship"};
  PartyId ward;
  PartyId guardian;
  std::optional<Timestamp> until_ms;  // the day a minor is of age; absent: until it is decided
  friend bool operator==(const Guardianship&, const Guardianship&) = default;
};
BOOST_DESCRIBE_STRUCT(Guardianship, (), (ward, guardian, until_ms))

using Burden = std::variant<Mortgage, Seizure, AdvanceNotice, Objection, Residence, Easement, Note, Guardianship>;

// What kind a limit is of. The numbers are those of Burden.
enum class LimitKind : std::uint8_t {
  mortgage = 1,
  seizure = 2,
  advance_notice = 3,
  objection = 4,
  residence = 5,
  easement = 6,
  note = 7,
  guardianship = 8,
};
BOOST_DESCRIBE_ENUM(LimitKind, mortgage, seizure, advance_notice, objection, residence, easement, note, guardianship)
LimitKind kind_of(const Burden& burden);
struct LimitKindName {
  std::string_view zh;
  std::string_view en;
};
LimitKindName name_of(LimitKind kind);

struct Limit {
  FormatVersion<1> version;
  Burden burden;
  PlainText<64> document;                 // number of the contract, notice or ruling
  Timestamp effective_ms;
  Timestamp recorded_ms;
  std::optional<Timestamp> delivered_ms;  // of a notice
  std::optional<CertificateId> proof;     // 登记证明, issued with the entry: it ends with the limit
  std::optional<DueKey> due;
};
BOOST_DESCRIBE_STRUCT(Limit, (), (version, burden, document, effective_ms, recorded_ms, delivered_ms, proof, due))

struct LimitKey {
  UnitNumber unit;
  LimitNumber number;
};
BOOST_DESCRIBE_STRUCT(LimitKey, (), (unit, number))

// Open at the same time on one unit; of these, what is no authority's.
inline constexpr std::size_t limits_max = 64;
inline constexpr std::size_t limits_of_parties_max = 32;
// A seizure may change all of them: all that it calls forth is told in one transaction.
static_assert(limits_of_parties_max + 16 <= transaction_events_max);

struct OpenLimit {
  LimitNumber number;
  LimitKind kind = LimitKind::mortgage;
  friend auto operator<=>(const OpenLimit&, const OpenLimit&) = default;
};
BOOST_DESCRIBE_STRUCT(OpenLimit, (), (number, kind))

// Which limits of a unit are open, so that one record proves that none is left out, and how many there are of each kind
// without saying whose they are; absent: it never had any.
struct LimitList {
  FormatVersion<1> version;
  LimitNumber last;  // the highest number that was used
  SortedList<OpenLimit, limits_max> open;
};
BOOST_DESCRIBE_STRUCT(LimitList, (), (version, last, open))

inline constexpr Table<LimitKey, Limit> limits{0x0405, "limits"};
inline constexpr Table<UnitNumber, LimitList> limit_lists{0x0406, "limit_lists"};

struct NumberedLimit {
  LimitNumber number;
  Limit limit;

  template <class T>
  const T* as() const {
    return std::get_if<T>(&limit.burden);
  }
};
// The open limits of a unit, in the order of their numbers: those in force, and seizures that queue.
// Complexity: one read for each, and one more.
std::vector<NumberedLimit> limits_of(const StateReader& state, const UnitNumber& unit);

// Whether who has it gets a certificate of its entry (登记证明): mortgages, advance notices, objections, rights of
// residence, easements. Source: Implementing Rules 20.
bool has_proof(const Burden& burden);
// Whom it is for or against, or who is a ward; nobody: a note, an easement.
std::optional<PartyId> party_of(const Burden& burden);
// When time alone ends it; absent: never, or not yet known.
std::optional<Timestamp> ends_at(const Limit& limit);
// The seizure that is active; null: none.
const NumberedLimit* active_seizure(const std::vector<NumberedLimit>& open);

// ---------------------------------------------------------------------------------------------------------------------
// Changing them. Each emits its event, but for drop_limits().

enum class EndReason : std::uint8_t {
  released = 1,   // who holds it gave it up, or what it was for is fulfilled
  decided = 2,    // by the authority that made it, or by a judgment
  expired = 3,    // by time
  died = 4,       // residence: with its holder
  converted = 5,  // advance notice: what it announced is entered
};
BOOST_DESCRIBE_ENUM(EndReason, released, decided, expired, died, converted)

// Enters a limit under the next number, and answers it. Where limits_max are open it is refused.
LimitNumber add_limit(Context& context, const UnitNumber& unit, Limit limit);
// Enters the limits of a unit for another one, that has none yet, under the numbers that they have.
void copy_limits(Context& context, const std::vector<NumberedLimit>& open, const UnitNumber& to);
// All that stand against a unit that is closed end with it: the event that closes it says so. Answers whom they were
// for or against.
std::vector<PartyId> drop_limits(Context& context, const UnitNumber& unit);
// Stores a limit that has changed; what was due for it is due anew.
void change_limit(Context& context, const UnitNumber& unit, NumberedLimit changed);
// Nothing happens where it is not open. `document`: that it rests on; may be empty.
void end_limit(Context& context, const UnitNumber& unit, LimitNumber number, EndReason reason,
               const PlainText<64>& document = {});
// Ends what time has ended, fixes maximum mortgages whose period is over, and lets the next seizure become active, from
// the moment on at which the one before it ended. An advance notice stays while an application holds the unit (R14: it
// was applied for). At most settled_at_once_max steps: answers whether nothing is left to do.
inline constexpr std::size_t settled_at_once_max = 12;  // of three events each: end, certificate, next seizure
static_assert(3 * settled_at_once_max + 16 <= transaction_events_max);
bool settle(Context& context, const UnitNumber& unit);
// Whether settle() would do anything.
bool has_ended_limits(const Context& context, const UnitNumber& unit);

struct LimitEntered {
  static constexpr std::string_view event_name = "property.limit_entered";
  LimitNumber number;
  Limit limit;
};
BOOST_DESCRIBE_STRUCT(LimitEntered, (), (number, limit))

struct LimitChanged {
  static constexpr std::string_view event_name = "property.limit_changed";
  LimitNumber number;
  Limit limit;
};
BOOST_DESCRIBE_STRUCT(LimitChanged, (), (number, limit))

struct LimitEnded {
  static constexpr std::string_view event_name = "property.limit_ended";
  LimitNumber number;
  EndReason reason = EndReason::released;
  Burden burden;
};
BOOST_DESCRIBE_STRUCT(LimitEnded, (), (number, reason, burden))

// The due handler's data.
struct LimitDue {
  UnitNumber unit;
};
BOOST_DESCRIBE_STRUCT(LimitDue, (), (unit))
inline constexpr DueHandlerNumber limit_due_number = 0x0401;
void note_limit_due(Context& context, const LimitDue& due);

}  // namespace kanhe::contracts::property
