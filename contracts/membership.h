// Membership: what a motion changes about who runs the network and by which parameters, and whether the outcome can
// run.
//
// An Action is what the departments decide on. Those that change the EpochConfig take effect at the end of an epoch;
// the others when the motion is carried. An observer follows before it votes: AddValidator only turns an observer into
// a validator. n never falls below 4 once it was 4: below that, not one faulty node is tolerated.
//
// Sources: docs/consensus.md, "The end of an epoch"; Castro, "Practical Byzantine Fault Tolerance", MIT 2001, which
// leaves membership open. Thread: one. Errors: membership::Code, added to the Context.
#pragma once

#include "contracts/calendar.h"
#include "contracts/governance.h"
#include "ledger/genesis.h"

namespace kanhe::contracts::membership {

enum class Code : std::uint16_t {
  unknown_member = 820,         // field; the department runs no node
  member_already = 821,         // field; the department runs one
  not_an_observer = 822,        // field; it is a validator
  not_a_validator = 823,        // field; it is an observer
  too_few_validators = 824,     // limit, value: validators
  too_many_members = 825,       // limit, value
  key_taken = 826,              // field; another member's, or some officer's or party's
  key_malformed = 827,          // field; no key of the network's signature scheme
  unknown_parameter = 828,      // field; value: its place in the list, from 1
  parameter_out_of_range = 829, // limit: the nearest that is allowed, value: the one given
  parameters_misfit = 830,      // two of them contradict each other
  nothing_changes = 831,        // field
  department_known = 832,       // field
  credit_code_taken = 833,      // field
  person_missing = 834,         // field; all zero
  overlap_too_long = 835,       // field; limit, value: until when the previous transport key would be accepted
  date_of_other_year = 836,     // field; limit: the year, value: the date's
  not_a_weekday = 837,          // field; value: the place in the list of days that are off, from 1
  not_a_weekend = 838,          // field; value: the place in the list of days that are worked, from 1
  rule_confirmed = 839,         // field; value: the rule, which stands in the law
};
BOOST_DESCRIBE_ENUM(Code, unknown_member, member_already, not_an_observer, not_a_validator, too_few_validators,
                    too_many_members, key_taken, key_malformed, unknown_parameter, parameter_out_of_range,
                    parameters_misfit, nothing_changes, department_known, credit_code_taken, person_missing,
                    overlap_too_long, date_of_other_year, not_a_weekday, not_a_weekend, rule_confirmed)

inline constexpr std::size_t validators_min = 4;  // once there were so many
// For how long a member's previous transport key may be accepted beside the new one.
inline constexpr std::uint64_t transport_overlap_max_ms = 90ull * 24 * 3'600'000;

// ---------------------------------------------------------------------------------------------------------------------
// Actions

struct AddObserver {
  static constexpr VariantTag variant_tag{1, "add_observer"};
  DepartmentId department;
  PublicKey consensus_key;
  TransportKey transport_key;
  friend bool operator==(const AddObserver&, const AddObserver&) = default;
};
BOOST_DESCRIBE_STRUCT(AddObserver, (), (department, consensus_key, transport_key))

// An observer becomes a validator.
struct AddValidator {
  static constexpr VariantTag variant_tag{2, "add_validator"};
  DepartmentId department;
  friend bool operator==(const AddValidator&, const AddValidator&) = default;
};
BOOST_DESCRIBE_STRUCT(AddValidator, (), (department))

// A validator becomes an observer.
struct MakeObserver {
  static constexpr VariantTag variant_tag{3, "make_observer"};
  DepartmentId department;
  friend bool operator==(const MakeObserver&, const MakeObserver&) = default;
};
BOOST_DESCRIBE_STRUCT(MakeObserver, (), (department))

// A validator or observer leaves.
struct RemoveMember {
  static constexpr VariantTag variant_tag{4, "remove_member"};
  DepartmentId department;
  friend bool operator==(const RemoveMember&, const RemoveMember&) = default;
};
BOOST_DESCRIBE_STRUCT(RemoveMember, (), (department))

struct ReplaceConsensusKey {
  static constexpr VariantTag variant_tag{5, "replace_consensus_key"};
  DepartmentId department;
  PublicKey key;
  friend bool operator==(const ReplaceConsensusKey&, const ReplaceConsensusKey&) = default;
};
BOOST_DESCRIBE_STRUCT(ReplaceConsensusKey, (), (department, key))

struct ReplaceTransportKey {
  static constexpr VariantTag variant_tag{6, "replace_transport_key"};
  DepartmentId department;
  TransportKey key;
  Timestamp previous_until_ms;  // until when the present key is accepted too
  friend bool operator==(const ReplaceTransportKey&, const ReplaceTransportKey&) = default;
};
BOOST_DESCRIBE_STRUCT(ReplaceTransportKey, (), (department, key, previous_until_ms))

// A validator that lost its votes, or was silenced, votes again from the next epoch on: the epoch is all that changes.
struct ReadmitValidator {
  static constexpr VariantTag variant_tag{7, "readmit_validator"};
  DepartmentId department;
  friend bool operator==(const ReadmitValidator&, const ReadmitValidator&) = default;
};
BOOST_DESCRIBE_STRUCT(ReadmitValidator, (), (department))

// By the name of a field of Parameters.
struct ParameterChange {
  PlainText<40> name;
  std::uint64_t value = 0;
  friend bool operator<(const ParameterChange& a, const ParameterChange& b) { return a.name < b.name; }
  friend bool operator==(const ParameterChange&, const ParameterChange&) = default;
};
BOOST_DESCRIBE_STRUCT(ParameterChange, (), (name, value))

inline constexpr std::size_t parameter_changes_max = 16;

struct ChangeParameters {
  static constexpr VariantTag variant_tag{8, "change_parameters"};
  SortedList<ParameterChange, parameter_changes_max> changes;
  friend bool operator==(const ChangeParameters&, const ChangeParameters&) = default;
};
BOOST_DESCRIBE_STRUCT(ChangeParameters, (), (changes))

struct AddDepartment {
  static constexpr VariantTag variant_tag{9, "add_department"};
  GenesisDepartment department;
  friend bool operator==(const AddDepartment&, const AddDepartment&) = default;
};
BOOST_DESCRIBE_STRUCT(AddDepartment, (), (department))

// The old key is dismissed; what it signed stays.
struct ReplaceAdministrator {
  static constexpr VariantTag variant_tag{10, "replace_administrator"};
  DepartmentId department;
  PublicKey key;
  PartyId person;
  friend bool operator==(const ReplaceAdministrator&, const ReplaceAdministrator&) = default;
};
BOOST_DESCRIBE_STRUCT(ReplaceAdministrator, (), (department, key, person))

struct ChangeSettings {
  static constexpr VariantTag variant_tag{11, "change_settings"};
  std::optional<bool> open_reads;
  std::optional<bool> import_open;
  std::optional<bool> definitions_by_motion;  // whether a service or a package is defined only as a motion approved it
  friend bool operator==(const ChangeSettings&, const ChangeSettings&) = default;
};
BOOST_DESCRIBE_STRUCT(ChangeSettings, (), (open_reads, import_open, definitions_by_motion))

// The days of a year that the State Council has shifted (contracts/calendar.h); they replace those that were there.
struct SetCalendar {
  static constexpr VariantTag variant_tag{12, "set_calendar"};
  Year year;
  SortedList<CivilDate, days_off_max> off;
  SortedList<CivilDate, days_worked_max> worked;
  friend bool operator==(const SetCalendar&, const SetCalendar&) = default;
};
BOOST_DESCRIBE_STRUCT(SetCalendar, (), (year, off, worked))

// The department may make the call, which the motion names by its digest (governance::call_digest()): what the
// departments vote on is exactly what then comes into force, whatever its size.
struct ApproveCall {
  static constexpr VariantTag variant_tag{13, "approve_call"};
  DepartmentId department;
  Hash256 call;
  friend bool operator==(const ApproveCall&, const ApproveCall&) = default;
};
BOOST_DESCRIBE_STRUCT(ApproveCall, (), (department, call))

// Which of the unconfirmed rules (governance::unconfirmed_rules) are off from the next block on: all that are listed,
// and no other. The rules have another version then.
struct SetRules {
  static constexpr VariantTag variant_tag{14, "set_rules"};
  governance::RulesOff off;
  friend bool operator==(const SetRules&, const SetRules&) = default;
};
BOOST_DESCRIBE_STRUCT(SetRules, (), (off))

using Action = std::variant<AddObserver, AddValidator, MakeObserver, RemoveMember, ReplaceConsensusKey,
                            ReplaceTransportKey, ReadmitValidator, ChangeParameters, AddDepartment,
                            ReplaceAdministrator, ChangeSettings, SetCalendar, ApproveCall, SetRules>;

// The department that an action is about; absent where it is about all.
std::optional<DepartmentId> department_of(const Action& action);
// Whether it takes effect at the end of an epoch.
bool changes_epoch(const Action& action);

// ---------------------------------------------------------------------------------------------------------------------

// What follows `config` when the action is done: the next epoch's configuration. Adds what stands against it; `field`
// is the place of the action in the arguments, 0 when there are none. Requires: changes_epoch(action).
EpochConfig next_epoch_of(Context& context, const EpochConfig& config, const Action& action, std::uint16_t field);

// What stands against an action that takes effect at once. Requires: !changes_epoch(action).
void check_at_once(Context& context, const Action& action, std::uint16_t field);
// Does it. Requires: check_at_once() found nothing against it in this state.
void do_at_once(Context& context, const Action& action);

std::vector<Sentence> sentences();

}  // namespace kanhe::contracts::membership
