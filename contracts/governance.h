// governance: departments, their officers, and the keys of parties.
//
// A department comes from the genesis with one administrator. The administrator enrols the department's officers,
// changes their roles and dismisses them; nobody does so for another department. An administrator's own key and person
// change by motions only. A key is registered once and never again, also not after it is dismissed: whoever signed
// with it stays who they were. What counts in a conflict of interest is the *person*: who administers a department
// does not review, record or issue in it under another key either.
//
// Tables: 0x0201 settings, 0x0202 epoch, 0x0203 departments, 0x0204 officers, 0x0205 party keys, 0x0206 credit codes,
// 0x0207 calendars (contracts/calendar.h).
// Thread: one. Errors: governance::Code, below.
#pragma once

#include "contracts/calendar.h"
#include "contracts/module.h"
#include "ledger/genesis.h"

namespace kanhe::contracts::governance {

enum class Code : std::uint16_t {
  key_in_use = 200,           // field; registered already, perhaps dismissed
  key_malformed = 201,        // field; no key of the network's signature scheme
  person_missing = 202,       // field; all zero
  roles_missing = 203,        // field
  role_not_grantable = 204,   // value: the role (administrator and applicant)
  machine_has_roles = 205,    // value: bits of the roles wanted; a machine holds no other
  administrator_reviews = 206,  // the person administers the department; limit: bits of the roles that it excludes
  unknown_officer = 207,      // field
  officer_dismissed = 208,    // value: when
  administrator_stays = 209,  // field; an administrator's key changes by motion only
  roles_unchanged = 210,      // value: bits of the roles held
  unknown_party_key = 211,    // field
  party_key_released = 212,   // value: when
  not_own_party_key = 213,    // field; a party releases its own keys only
  compromise_too_late = 214,  // field; limit: now, or what was reported earlier, value
  compromise_too_early = 216,  // field; limit: when it was enrolled, value
  reason_missing = 215,       // field
  call_not_approved = 217,    // no motion approved that the department makes this call
};
BOOST_DESCRIBE_ENUM(Code, key_in_use, key_malformed, person_missing, roles_missing, role_not_grantable,
                    machine_has_roles, administrator_reviews, unknown_officer, officer_dismissed, administrator_stays,
                    roles_unchanged, unknown_party_key, party_key_released, not_own_party_key, compromise_too_late,
                    reason_missing, compromise_too_early, call_not_approved)

// ---------------------------------------------------------------------------------------------------------------------
// Records

struct Settings {
  FormatVersion<1> version;
  RulesVersion rules_version;
  bool demo = false;
  bool open_reads = false;
  bool import_open = false;
  bool definitions_by_motion = false;  // at first where it is no demo network
};
BOOST_DESCRIBE_STRUCT(Settings, (),
                      (version, rules_version, demo, open_reads, import_open, definitions_by_motion))

// Rules of the register whose article or reach was not seen in the law itself (contracts/rules.h): what a network holds
// them for is its departments' to say, by a motion.
inline constexpr std::array<std::uint8_t, 3> unconfirmed_rules{17, 34, 35};
using RulesOff = SortedList<std::uint8_t, unconfirmed_rules.size()>;

// The rules of one version. Of version 1, with which a network begins, there is no record: nothing is off. Those of
// former versions stay, so that what was decided under them can be decided again.
struct RuleSet {
  FormatVersion<1> version;
  RulesOff off;
  Timestamp since_ms;
};
BOOST_DESCRIBE_STRUCT(RuleSet, (), (version, off, since_ms))

struct Department {
  FormatVersion<1> version;
  PlainText<96> name_zh;
  PlainText<96> name_en;
  std::optional<Uscc> uscc;
  PublicKey administrator;
  PartyId administrator_person;
};
BOOST_DESCRIBE_STRUCT(Department, (), (version, name_zh, name_en, uscc, administrator, administrator_person))

// An officer's or a machine's key.
struct Officer {
  FormatVersion<1> version;
  DepartmentId department;
  PartyId person;  // of a machine: who answers for it
  Roles roles;
  Timestamp enrolled_ms;
  std::optional<Timestamp> dismissed_ms;
};
BOOST_DESCRIBE_STRUCT(Officer, (), (version, department, person, roles, enrolled_ms, dismissed_ms))

// From then on an officer's key was, or may have been, in other hands. A record of its own, which says nothing else of
// the officer: it goes with every certificate.
struct CompromisedKey {
  FormatVersion<1> version;
  Timestamp since_ms;
};
BOOST_DESCRIBE_STRUCT(CompromisedKey, (), (version, since_ms))

// A call that the departments want a department to make, for example the definition of a service.
struct ApprovedCallKey {
  DepartmentId department;
  Hash256 call;  // call_digest()
};
BOOST_DESCRIBE_STRUCT(ApprovedCallKey, (), (department, call))

struct ApprovedCall {
  FormatVersion<1> version;
  Timestamp approved_ms;
};
BOOST_DESCRIBE_STRUCT(ApprovedCall, (), (version, approved_ms))

struct PartyKey {
  FormatVersion<1> version;
  PartyId party;
  DepartmentId registered_by;
  Timestamp registered_ms;
  std::optional<Timestamp> released_ms;
};
BOOST_DESCRIBE_STRUCT(PartyKey, (), (version, party, registered_by, registered_ms, released_ms))

struct CreditCodeOwner {
  FormatVersion<1> version;
  DepartmentId department;
};
BOOST_DESCRIBE_STRUCT(CreditCodeOwner, (), (version, department))

inline constexpr Table<Only, Settings> settings_table{0x0201, "settings"};
inline constexpr Table<Only, EpochConfig> epoch_table{0x0202, "epoch"};
inline constexpr Table<DepartmentId, Department> departments{0x0203, "departments"};
inline constexpr Table<PublicKey, Officer> officers{0x0204, "officers"};
inline constexpr Table<PublicKey, PartyKey> party_keys{0x0205, "party_keys"};
inline constexpr Table<Uscc, CreditCodeOwner> credit_codes{0x0206, "credit_codes"};
inline constexpr Table<PublicKey, CompromisedKey> compromised_keys{0x0208, "compromised_keys"};
inline constexpr Table<ApprovedCallKey, ApprovedCall> approved_calls{0x0209, "approved_calls"};
inline constexpr Table<RulesVersion, RuleSet> rule_sets{0x020a, "rule_sets"};

// ---------------------------------------------------------------------------------------------------------------------
// For the host and the other modules

// Requires: `state` holds a genesis.
Settings settings(const StateReader& state);
EpochConfig epoch_config(const StateReader& state);

Sender resolve_sender(const StateReader& state, const PublicKey& key);
// Whether a key is or was an officer's, a machine's or a party's.
bool is_key_known(const StateReader& state, const PublicKey& key);
std::optional<Department> find_department(const StateReader& state, const DepartmentId& id);
// Whether there is such a department; if not, adds unknown_department for the field of the arguments.
bool require_department(Context& context, const DepartmentId& id, std::uint16_t field);
std::optional<DepartmentId> department_of(const StateReader& state, const Uscc& code);
// Whether the key was in other hands by then, as far as is known.
bool is_compromised(const StateReader& state, const PublicKey& key, Timestamp time);

// Which rules are off under a version.
RulesOff rules_off(const StateReader& state, RulesVersion version);

// Of a call, whoever makes it: its module, its method and its canonical arguments, under Tag::call.
Hash256 call_digest(std::string_view module, std::string_view method, ByteView arguments);
// Whether definitions need no motion, or one approved that the sender's department makes this call; if not, adds
// call_not_approved.
bool require_approved(Context& context, std::string_view module, std::string_view method, ByteView arguments);

// Write the records of the genesis: what the network has in common, and each department with its administrator.
void found_network(Overlay& state, const Genesis& genesis);
void found_department(Context& context, const GenesisDepartment& department);

// What a motion decided. Requires: contracts/membership.h has checked it.
void replace_administrator(Context& context, const DepartmentId& id, const PublicKey& key, const PartyId& person);
struct NewSettings {
  std::optional<bool> open_reads;
  std::optional<bool> import_open;
  std::optional<bool> definitions_by_motion;
};
void change_settings(Context& context, const NewSettings& settings);
void approve_call(Context& context, const ApprovedCallKey& key);
void set_rules(Context& context, const RulesOff& off);
void set_calendar(Context& context, Year year, const YearCalendar& calendar);

// ---------------------------------------------------------------------------------------------------------------------
// Methods and events

struct EnrolOfficerArguments {
  PublicKey key;
  PartyId person;
  Roles roles;
};
BOOST_DESCRIBE_STRUCT(EnrolOfficerArguments, (), (key, person, roles))

struct ChangeRolesArguments {
  PublicKey key;
  Roles roles;
};
BOOST_DESCRIBE_STRUCT(ChangeRolesArguments, (), (key, roles))

struct DismissOfficerArguments {
  PublicKey key;
};
BOOST_DESCRIBE_STRUCT(DismissOfficerArguments, (), (key))

// The officer's key was, or may have been, in other hands since then. It is dismissed at once, if it serves, and the
// certificates that it issued since then are void (V08). A later report may name an earlier time, never a later one,
// and none before it was enrolled.
struct ReportCompromiseArguments {
  PublicKey key;
  Timestamp since_ms;
  PlainText<96> reason;
};
BOOST_DESCRIBE_STRUCT(ReportCompromiseArguments, (), (key, since_ms, reason))

// A window clerk has seen who comes with the key.
struct RegisterPartyKeyArguments {
  PublicKey key;
  PartyId party;
};
BOOST_DESCRIBE_STRUCT(RegisterPartyKeyArguments, (), (key, party))

// By the party itself with any of its keys, or by a window clerk of the department that registered the key.
struct ReleasePartyKeyArguments {
  PublicKey key;
};
BOOST_DESCRIBE_STRUCT(ReleasePartyKeyArguments, (), (key))

struct DepartmentFounded {
  static constexpr std::string_view event_name = "governance.department_founded";
  PublicKey administrator;
};
BOOST_DESCRIBE_STRUCT(DepartmentFounded, (), (administrator))

struct OfficerEnrolled {
  static constexpr std::string_view event_name = "governance.officer_enrolled";
  PublicKey key;
  Roles roles;
};
BOOST_DESCRIBE_STRUCT(OfficerEnrolled, (), (key, roles))

struct RolesChanged {
  static constexpr std::string_view event_name = "governance.roles_changed";
  PublicKey key;
  Roles before;
  Roles after;
};
BOOST_DESCRIBE_STRUCT(RolesChanged, (), (key, before, after))

struct OfficerDismissed {
  static constexpr std::string_view event_name = "governance.officer_dismissed";
  PublicKey key;
};
BOOST_DESCRIBE_STRUCT(OfficerDismissed, (), (key))

struct KeyCompromised {
  static constexpr std::string_view event_name = "governance.key_compromised";
  PublicKey key;
  Timestamp since_ms;
  PlainText<96> reason;
};
BOOST_DESCRIBE_STRUCT(KeyCompromised, (), (key, since_ms, reason))

struct PartyKeyRegistered {
  static constexpr std::string_view event_name = "governance.party_key_registered";
  PublicKey key;
  DepartmentId department;
};
BOOST_DESCRIBE_STRUCT(PartyKeyRegistered, (), (key, department))

struct PartyKeyReleased {
  static constexpr std::string_view event_name = "governance.party_key_released";
  PublicKey key;
};
BOOST_DESCRIBE_STRUCT(PartyKeyReleased, (), (key))

// By a motion; the former key is dismissed.
struct AdministratorReplaced {
  static constexpr std::string_view event_name = "governance.administrator_replaced";
  PublicKey key;
};
BOOST_DESCRIBE_STRUCT(AdministratorReplaced, (), (key))

// The shifted days of a year (contracts/calendar.h).
struct CalendarSet {
  static constexpr std::string_view event_name = "governance.calendar_set";
  Year year;
  SortedList<CivilDate, days_off_max> off;
  SortedList<CivilDate, days_worked_max> worked;
};
BOOST_DESCRIBE_STRUCT(CalendarSet, (), (year, off, worked))

// By a motion: as they are from now on.
struct SettingsChanged {
  static constexpr std::string_view event_name = "governance.settings_changed";
  bool open_reads = false;
  bool import_open = false;
  bool definitions_by_motion = false;
};
BOOST_DESCRIBE_STRUCT(SettingsChanged, (), (open_reads, import_open, definitions_by_motion))

// By a motion: the department may make this call.
struct CallApproved {
  static constexpr std::string_view event_name = "governance.call_approved";
  Hash256 call;
};
BOOST_DESCRIBE_STRUCT(CallApproved, (), (call))

// By a motion: these rules are off from the next block on.
struct RulesChanged {
  static constexpr std::string_view event_name = "governance.rules_changed";
  RulesVersion rules_version;
  RulesOff off;
};
BOOST_DESCRIBE_STRUCT(RulesChanged, (), (rules_version, off))

const Module& module();

}  // namespace kanhe::contracts::governance
