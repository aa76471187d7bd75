// property: units of real estate, who holds the right in them, and how that came to be.
//
// What stands against a unit beside that right (mortgages, seizures, notices …) are its limits (property_limits.h).
// They and transfers are entered by filings of acts (property_acts.h), each act under the rules of property_rules.h.
//
// One department keeps the register of a region (the first six digits of a unit number); its officers alone record
// there. A unit enters the register by import_entry (a registry's existing records, while the setting import_open is
// on), by first registration, or in the place of one that was split or of several that were merged. Its right passes by
// transfer, which is the effect of a service (contracts/service.h); its facts are changed and corrected; in the end it
// is closed, by cancellation, split or merger. Its number is never used again.
// The rules R01–R40 of registration stand in this module and nowhere else; a finding names its rule.
//
// Three times are kept apart: effective_ms (when the right arose), recorded_ms (the entry's block), and the acceptance
// of an application. Between filing and its end an application *holds* its unit: nobody disposes of it meanwhile, and
// an authority's notice that comes in between stops the application (R10).
//
// Events: an event names unit, application and as many parties as it has room for; property.party_affected names the
// unit to the others, so that every party's trace is complete.
//
// Tables: 0x0401 registers, 0x0402 units, 0x0403 holds, 0x0404 imported rows; 0x0405, 0x0406 in property_limits.h.
// Thread: one. Errors: property::Code, below; a unit number's breaches are IdentifierCode.
#pragma once

#include <functional>
#include <map>
#include <span>

#include "contracts/identifiers.h"
#include "contracts/module.h"
#include "contracts/property_acts.h"

namespace kanhe::contracts::property {

enum class Code : std::uint16_t {
  register_taken = 400,       // field; subject: the department that keeps the region's register
  region_malformed = 401,     // field
  register_unknown = 402,     // field; no department keeps the register of the unit's region
  unit_exists = 403,          // R01, subject: the unit
  unknown_unit = 404,         // R01, field
  unit_held = 405,            // R39, subject: the application that holds the unit
  sellers_missing = 406,      // R02, field
  seller_repeated = 407,      // field; value: position in the list, from 1
  seller_not_holder = 408,    // R02, subject: the party
  holder_not_selling = 409,   // R04, subject: the holder who takes no part
  holders_missing = 410,      // field
  holder_is_nobody = 411,     // field; all zero; value: position in the list, from 1
  holder_repeated = 412,      // field; value: position in the list, from 1
  shares_incomplete = 413,    // R06, field; limit: holders, value: those who have a share
  shares_not_whole = 414,     // field; limit: common denominator, value: sum of the numerators over it
  shares_too_fine = 415,      // field; limit: the largest common denominator
  effective_in_future = 416,  // field; limit: block time, value: effective_ms
  not_in_date_order = 417,    // field; limit: effective_ms of the entry before, value: this one's
  import_closed = 418,
  row_repeated = 419,         // field; subject: the unit that the row was entered for
  unit_moved_on = 420,        // the unit's last entry is no import, or it has had limits; subject: the unit
  right_differs = 421,        // field; a transfer does not change the kind of right or the usage; limit: what stands
  right_not_of_unit = 422,    // R22, field; a right in a house needs a building in the unit number, and the reverse
  holders_unchanged = 423,    // field; the buyers hold the right already, exactly so
  own_case = 424,             // the sender's person is one of the holders
  evidence_missing = 425,     // field; all zero
};
BOOST_DESCRIBE_ENUM(Code, register_taken, region_malformed, register_unknown, unit_exists, unknown_unit, unit_held,
                    sellers_missing, seller_repeated, seller_not_holder, holder_not_selling, holders_missing,
                    holder_is_nobody, holder_repeated, shares_incomplete, shares_not_whole, shares_too_fine,
                    effective_in_future, not_in_date_order, import_closed, row_repeated, unit_moved_on, right_differs,
                    right_not_of_unit, holders_unchanged, own_case, evidence_missing)

// ---------------------------------------------------------------------------------------------------------------------
// Records

struct RegionTag {
  static constexpr std::size_t bytes_min = 6;
  static constexpr std::size_t bytes_max = 6;
  static constexpr Label label{"Region", "县级行政区划代码", "county-level region: six digits"};
  static Result<void> check(std::string_view text) { return check_visible_ascii(text); }
};
using Region = Text<RegionTag>;

struct RowKeyTag {
  static constexpr std::size_t bytes_min = 1;
  static constexpr std::size_t bytes_max = 64;
  static constexpr Label label{"RowKey", "原始记录编号", "key of a row in the importing registry's records"};
};
using RowKey = Text<RowKeyTag>;

// How the latest entry came about.
enum class EntryKind : std::uint8_t {
  imported = 1,
  first_registration = 2,
  transfer = 3,
  change = 4,        // 变更
  correction = 5,    // 更正
  cancellation = 6,  // 注销
  split = 7,         // 分割: of the unit that was split, and of each that it became
  merger = 8,        // 合并
};
BOOST_DESCRIBE_ENUM(EntryKind, imported, first_registration, transfer, change, correction, cancellation, split, merger)

enum class UnitState : std::uint8_t { open = 1, cancelled = 2, split = 3, merged = 4 };
BOOST_DESCRIBE_ENUM(UnitState, open, cancelled, split, merged)

struct Register {
  FormatVersion<1> version;
  DepartmentId keeper;
  Timestamp founded_ms;
};
BOOST_DESCRIBE_STRUCT(Register, (), (version, keeper, founded_ms))

struct Unit {
  FormatVersion<1> version;
  UnitState state = UnitState::open;
  Usage usage = Usage::residential;
  RightKind right = RightKind::state_land_use_and_house;
  Holders holders;                     // closed: nobody
  std::optional<Timestamp> until_ms;   // the first moment after the right's term; absent: it has none
  std::optional<Hash256> survey;       // digest of the survey of boundaries and area
  EntryKind entry = EntryKind::imported;
  Timestamp effective_ms;
  Timestamp recorded_ms;
  Timestamp holders_ms;                           // when these holders were entered
  std::optional<ApplicationId> application = {};  // that the entry rests on
  std::optional<CertificateId> title = {};        // the certificate that was issued with the entry
  UnitNumbers kin = {};                // split, merged: the units in its place; of these: what they came from
};
BOOST_DESCRIBE_STRUCT(Unit, (),
                      (version, state, usage, right, holders, until_ms, survey, entry, effective_ms, recorded_ms,
                       holders_ms, application, title, kin))

// A live application keeps others away from its unit.
struct Hold {
  FormatVersion<1> version;
  ApplicationId application;
};
BOOST_DESCRIBE_STRUCT(Hold, (), (version, application))

struct ImportedRowKey {
  DepartmentId department;
  RowKey row;
};
BOOST_DESCRIBE_STRUCT(ImportedRowKey, (), (department, row))

struct ImportedRow {
  FormatVersion<1> version;
  UnitNumber unit;
};
BOOST_DESCRIBE_STRUCT(ImportedRow, (), (version, unit))

inline constexpr Table<Region, Register> registers{0x0401, "registers"};
inline constexpr Table<UnitNumber, Unit> units{0x0402, "units"};
inline constexpr Table<UnitNumber, Hold> holds{0x0403, "holds"};
inline constexpr Table<ImportedRowKey, ImportedRow> imported_rows{0x0404, "imported_rows"};

// ---------------------------------------------------------------------------------------------------------------------
// For the other modules. `field` is a position in the calling method's arguments, 0 when it is in none of them.

std::optional<Unit> find_unit(const StateReader& state, const UnitNumber& number);
// The department that keeps the register in which the unit stands, or would stand.
std::optional<DepartmentId> keeper_of(const StateReader& state, const UnitNumber& number);

// R01: whether the number is well formed; if not, adds its breaches.
bool check_unit_number(Context& context, const UnitNumber& number, std::uint16_t field);
// Whether `department` keeps the unit's register; if not, adds the finding. Requires: the number is well formed.
bool require_keeper(Context& context, const UnitNumber& number, const DepartmentId& department, std::uint16_t field);
// Whether the holders are somebody, each named once, and their shares make a whole; adds findings.
void check_holders(Context& context, const Holders& holders, std::uint16_t field);
// R22: whether the kind of right goes with what the number says of house and land; if not, adds the finding.
void check_right(Context& context, const UnitNumber& number, RightKind right, std::uint16_t field);

// Positions in the calling method's arguments, for the findings about a filing; 0: none.
struct FilingFields {
  std::uint16_t applicants = 0;
  std::uint16_t unit = 0;
  std::uint16_t from = 0;
  std::uint16_t holders = 0;
  std::uint16_t act = 0;
  std::uint16_t consents = 0;
  std::uint16_t statements = 0;
};
using ToldRules = SortedList<std::uint8_t, 40>;

// Whether an act of a filing may be entered, for an application (all zero: none): its form, and every rule. Adds all
// findings, and to `told` the rules that are told with the entry. What time has ended is ended before. Requires: the
// unit number is well formed.
void check_act(Context& context, const Filing& filing, const Act& act, const ApplicationId& application,
               const FilingFields& fields, ToldRules& told);
// What an entry rests on, and the certificates that are issued with it.
struct EntryBasis {
  std::optional<ApplicationId> application = {};
  std::map<UnitNumber, CertificateId> titles = {};
  std::optional<CertificateId> proof = {};  // of the limit that the act enters

  std::optional<CertificateId> title_of(const UnitNumber& unit) const {
    const auto found = titles.find(unit);
    return found == titles.end() ? std::nullopt : std::optional(found->second);
  }
};
// Enters an act, from now on, and says what is told. Requires: check_act() found nothing.
void record_act(Context& context, const Act& act, const EntryBasis& basis, const ToldRules& told);

// The unit's title is another from now on, or none: the one before is deregistered, unless the new one superseded it.
void overtake_title(Context& context, const Unit& unit, const std::optional<CertificateId>& title,
                    const PlainText<64>& document);

bool is_title_suspended(const StateReader& state, const Unit& unit);

// What an application's filing is entered with: the certificates by unit, and by act (from 0).
struct FilingBasis {
  ApplicationId application;  // all zero: none
  std::map<UnitNumber, CertificateId> titles = {};
  std::map<std::size_t, CertificateId> proofs = {};
};
// Checks and enters the acts, each on the outcome of those before. Adds all findings; where there is one, the
// transaction is refused, and nothing was entered. Requires: the sender may enter in `keeper`'s registers; the acts are
// about filing_units_max units at most.
void enter_acts(Context& context, const Filing& filing, const DepartmentId& keeper, const FilingBasis& basis,
                const FilingFields& fields);
// What is wrong whatever the acts are: who is named twice, or nobody.
void check_filing_form(Context& context, const Filing& filing, const FilingFields& fields);
// The unit numbers that the acts find in the register or make, each once.
std::vector<UnitNumber> units_of(const Acts& acts);
// Of these the ones whose title is another afterwards.
std::vector<UnitNumber> titled_units_of(const Acts& acts);
// Of these the ones that an application of the acts keeps others from (R39).
std::vector<UnitNumber> held_units_of(const Acts& acts);
// Whether an authority or time decides it, so that a registrar enters it and nobody applies for it. But a court's
// transfer is applied for, because of the tax.
bool is_decided_elsewhere(const Act& act);
// Everybody whom the acts name, each once.
std::vector<PartyId> parties_of(const Acts& acts);
// Who has a part in a filing: files, agrees, is named by an act, or holds something on its units. In this order, and as
// often as they occur.
std::vector<PartyId> persons_concerned(const StateReader& state, const Filing& filing);
bool has_part(const StateReader& state, const Filing& filing, const PartyId& person);

// Whether it is land without a fixture. Requires: the number is well formed.
bool is_land(const UnitNumber& number);
// What stands on the parcel of a land unit, in the order of the numbers, until `use` answers false. Answers false where
// there is more than fixtures_looked_at_max. Complexity: one seek each.
inline constexpr std::size_t fixtures_looked_at_max = 1'024;
bool for_each_fixture(const StateReader& state, const UnitNumber& land,
                      const std::function<bool(const UnitNumber&)>& use);

// An application that holds a unit and is stopped by an authority's notice hears of it by this due handler, which is
// service's, in the next block.
struct ApplicationStopped {
  ApplicationId application;
};
BOOST_DESCRIBE_STRUCT(ApplicationStopped, (), (application))
inline constexpr DueHandlerNumber application_stopped_number = 0x0502;

// Requires: the unit is not held by another application.
void hold_unit(Context& context, const UnitNumber& unit, const ApplicationId& application);
// Nothing happens where another application holds it.
void release_unit(Context& context, const UnitNumber& unit, const ApplicationId& application);

// The application that holds the unit, if there is one, is stopped: an authority's notice came in between (R10), or the
// unit is no more.
void stop_application(Context& context, const UnitNumber& unit);

// Adds as many of the parties as an event still has room for to its subjects, each once; answers the others.
std::vector<PartyId> add_parties(std::vector<Subject>& subjects, std::span<const PartyId> parties);
// property.party_affected for the parties that add_parties() left over.
void emit_affected(Context& context, const UnitNumber& unit, std::span<const PartyId> parties);
// An event about a unit's entry, and property.party_affected where it has no room for all.
template <class E>
void emit_entry(Context& context, const E& event, const UnitNumber& unit,
                const std::optional<ApplicationId>& application, std::span<const PartyId> parties) {
  std::vector<Subject> subjects{UnitSubject{unit}};
  if (application) subjects.push_back(ApplicationSubject{*application});
  const std::vector<PartyId> left = add_parties(subjects, parties);
  context.emit(event, std::move(subjects));
  emit_affected(context, unit, left);
}
// New holders first, then those who held the right before.
std::vector<PartyId> parties_of_change(const Holders& after, const Holders& before);

// ---------------------------------------------------------------------------------------------------------------------
// Methods and events; the method enter is property_entry.h's

// The sender's department keeps the register of a region from now on. Who comes first keeps it.
struct FoundRegisterArguments {
  Region region;
};
BOOST_DESCRIBE_STRUCT(FoundRegisterArguments, (), (region))

// A row of the registry's existing records: the first one of a unit enters it, later ones (resales) pass its right on,
// in the order of effective_ms.
struct ImportEntryArguments {
  RowKey row;
  UnitNumber unit;
  Usage usage = Usage::residential;
  RightKind right = RightKind::state_land_use_and_house;
  Holders holders;
  Timestamp effective_ms;
};
BOOST_DESCRIBE_STRUCT(ImportEntryArguments, (), (row, unit, usage, right, holders, effective_ms))

struct RegisterFounded {
  static constexpr std::string_view event_name = "property.register_founded";
  Region region;
};
BOOST_DESCRIBE_STRUCT(RegisterFounded, (), (region))

struct Imported {
  static constexpr std::string_view event_name = "property.imported";
  RowKey row;
  Usage usage = Usage::residential;
  RightKind right = RightKind::state_land_use_and_house;
  Holders holders;
  Timestamp effective_ms;
};
BOOST_DESCRIBE_STRUCT(Imported, (), (row, usage, right, holders, effective_ms))

// What stands in the register from now on: by first registration, change, correction, split or merger.
struct Entered {
  static constexpr std::string_view event_name = "property.entered";
  EntryKind entry = EntryKind::first_registration;
  Usage usage = Usage::residential;
  RightKind right = RightKind::state_land_use_and_house;
  Holders holders;
  std::optional<Timestamp> until_ms;
  std::optional<Hash256> survey;
  Timestamp effective_ms;
  UnitNumbers kin;
};
BOOST_DESCRIBE_STRUCT(Entered, (), (entry, usage, right, holders, until_ms, survey, effective_ms, kin))

struct UnitClosed {
  static constexpr std::string_view event_name = "property.unit_closed";
  UnitState state = UnitState::cancelled;
  std::optional<CloseReason> reason;  // cancelled
  UnitNumbers kin;
};
BOOST_DESCRIBE_STRUCT(UnitClosed, (), (state, reason, kin))

struct Transferred {
  static constexpr std::string_view event_name = "property.transferred";
  Holders holders;  // who holds the right now
  Timestamp effective_ms;
  std::optional<CertificateId> title;
};
BOOST_DESCRIBE_STRUCT(Transferred, (), (holders, effective_ms, title))

// Rules that refuse nothing and concern the entry before.
struct Told {
  static constexpr std::string_view event_name = "property.told";
  ToldRules rules;
};
BOOST_DESCRIBE_STRUCT(Told, (), (rules))

// The event before it concerns these parties too.
struct PartyAffected {
  static constexpr std::string_view event_name = "property.party_affected";
  UnitNumber unit;
};
BOOST_DESCRIBE_STRUCT(PartyAffected, (), (unit))

const Module& module();

}  // namespace kanhe::contracts::property
