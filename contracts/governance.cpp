#include "contracts/governance.h"

#include "contracts/method.h"
#include "ledger/codec_impl.h"

namespace kanhe {

using namespace contracts::governance;

template Bytes encode(const Settings&);
template Result<Settings> decode(ByteView);
template Bytes encode(const Department&);
template Result<Department> decode(ByteView);
template Bytes encode(const Officer&);
template Result<Officer> decode(ByteView);
template Bytes encode(const PartyKey&);
template Result<PartyKey> decode(ByteView);
template Bytes encode(const CompromisedKey&);
template Result<CompromisedKey> decode(ByteView);
template Bytes encode(const CreditCodeOwner&);
template Result<CreditCodeOwner> decode(ByteView);
template Bytes encode(const ApprovedCall&);
template Result<ApprovedCall> decode(ByteView);
template Bytes encode_key(const ApprovedCallKey&);
template Bytes encode_key(const DepartmentId&);
template Bytes encode_key(const PublicKey&);
template Bytes encode_key(const Uscc&);

template Bytes encode(const EnrolOfficerArguments&);
template Bytes encode(const ChangeRolesArguments&);
template Bytes encode(const DismissOfficerArguments&);
template Bytes encode(const ReportCompromiseArguments&);
template Result<KeyCompromised> decode(ByteView);
template Bytes encode(const RegisterPartyKeyArguments&);
template Bytes encode(const ReleasePartyKeyArguments&);

}  // namespace kanhe

namespace kanhe::contracts::governance {

// ---------------------------------------------------------------------------------------------------------------------
// Reading

Settings settings(const StateReader& state) {
  const auto record = settings_table.get(state, Only{});
  CHECK(record.has_value());
  return *record;
}

EpochConfig epoch_config(const StateReader& state) {
  const auto record = epoch_table.get(state, Only{});
  CHECK(record.has_value());
  return *record;
}

namespace {

// Whoever came to administer the department by a motion may have been enrolled for more before.
RoleSet roles_held(const StateReader& state, const Officer& officer) {
  const RoleSet roles(officer.roles);
  if (!roles.intersects(reviewing_roles)) return roles;
  const auto department = departments.get(state, officer.department);
  CHECK(department.has_value());
  return department->administrator_person == officer.person ? roles.without(reviewing_roles) : roles;
}

Sender sender_of_officer(const StateReader& state, const PublicKey& key, const Officer& officer) {
  Sender sender{.kind = SenderKind::officer, .key = key, .department = officer.department, .person = officer.person};
  if (officer.dismissed_ms) {
    sender.kind = SenderKind::dismissed;
    sender.dismissed_ms = *officer.dismissed_ms;
    return sender;
  }
  sender.roles = roles_held(state, officer);
  if (sender.roles.contains(Role::machine)) sender.kind = SenderKind::machine;
  return sender;
}

Sender sender_of_party(const PublicKey& key, const PartyKey& party_key) {
  Sender sender{.kind = SenderKind::party, .key = key, .person = party_key.party};
  if (party_key.released_ms) {
    sender.kind = SenderKind::dismissed;
    sender.dismissed_ms = *party_key.released_ms;
    return sender;
  }
  sender.roles.add(Role::applicant);
  return sender;
}

// Whose node votes, or will vote, with this key.
std::optional<DepartmentId> member_of(const StateReader& state, const PublicKey& key) {
  const EpochConfig epoch = epoch_config(state);
  for (const auto* members : {&epoch.validators, &epoch.observers}) {
    const auto found = std::ranges::find(*members, key, &Validator::consensus_key);
    if (found != members->end()) return found->department;
  }
  return std::nullopt;
}

}  // namespace

Sender resolve_sender(const StateReader& state, const PublicKey& key) {
  if (const auto officer = officers.get(state, key)) return sender_of_officer(state, key, *officer);
  if (const auto party_key = party_keys.get(state, key)) return sender_of_party(key, *party_key);
  if (const auto member = member_of(state, key)) {
    return Sender{.kind = SenderKind::node, .key = key, .department = *member, .roles = {Role::node}};
  }
  return Sender{.key = key};
}

bool is_key_known(const StateReader& state, const PublicKey& key) {
  return officers.contains(state, key) || party_keys.contains(state, key);
}

std::optional<Department> find_department(const StateReader& state, const DepartmentId& id) {
  return departments.get(state, id);
}

bool require_department(Context& context, const DepartmentId& id, std::uint16_t field) {
  if (departments.contains(context.state(), id)) return true;
  context.refuse(contracts::Code::unknown_department, {.field = field});
  return false;
}

std::optional<DepartmentId> department_of(const StateReader& state, const Uscc& code) {
  const auto owner = credit_codes.get(state, code);
  if (!owner) return std::nullopt;
  return owner->department;
}

bool is_compromised(const StateReader& state, const PublicKey& key, Timestamp time) {
  const auto known = compromised_keys.get(state, key);
  return known && time >= known->since_ms;
}

RulesOff rules_off(const StateReader& state, RulesVersion version) {
  if (version == RulesVersion(1)) return {};
  const auto set = rule_sets.get(state, version);
  return set ? set->off : RulesOff{};
}

// ---------------------------------------------------------------------------------------------------------------------
// Approved calls

Hash256 call_digest(std::string_view module, std::string_view method, ByteView arguments) {
  static constexpr Byte end{};
  Hasher hasher(Tag::call);
  for (const std::string_view name : {module, method}) hasher.update(as_bytes(name)).update(ByteView(&end, 1));
  return hasher.update(arguments).finish();
}

bool require_approved(Context& context, std::string_view module, std::string_view method, ByteView arguments) {
  if (!settings(context.state()).definitions_by_motion) return true;
  const ApprovedCallKey key{context.sender().department, call_digest(module, method, arguments)};
  if (approved_calls.contains(context.state(), key)) return true;
  context.refuse(Code::call_not_approved, {.subject = DepartmentSubject{key.department}});
  return false;
}

// ---------------------------------------------------------------------------------------------------------------------
// Genesis

void found_network(Overlay& state, const Genesis& genesis) {
  settings_table.put(state, Only{}, {{}, RulesVersion(1), genesis.demo, genesis.open_reads, genesis.import_open,
                                     !genesis.demo});
  epoch_table.put(state, Only{}, first_epoch_of(genesis));
}

void found_department(Context& context, const GenesisDepartment& department) {
  Overlay& state = context.state();
  departments.put(state, department.id,
                  {{}, department.name_zh, department.name_en, department.uscc, department.administrator,
                   department.administrator_person});
  officers.put(state, department.administrator,
               {{}, department.id, department.administrator_person, {Role::administrator}, context.now(), {}});
  if (department.uscc && !credit_codes.contains(state, *department.uscc)) {
    credit_codes.put(state, *department.uscc, {{}, department.id});
  }
  context.emit(DepartmentFounded{department.administrator},
               {DepartmentSubject{department.id}, PartySubject{department.administrator_person}});
}

// ---------------------------------------------------------------------------------------------------------------------
// Motions

void replace_administrator(Context& context, const DepartmentId& id, const PublicKey& key, const PartyId& person) {
  Overlay& state = context.state();
  auto department = departments.get(state, id);
  CHECK(department.has_value());
  if (auto former = officers.get(state, department->administrator)) {
    former->dismissed_ms = context.now();
    officers.put(state, department->administrator, *former);
  }
  department->administrator = key;
  department->administrator_person = person;
  departments.put(state, id, *department);
  officers.put(state, key, {{}, id, person, {Role::administrator}, context.now(), {}});
  context.emit(AdministratorReplaced{key}, {DepartmentSubject{id}, PartySubject{person}});
}

void set_calendar(Context& context, Year year, const YearCalendar& calendar) {
  calendars.put(context.state(), year, calendar);
  context.emit(CalendarSet{year, calendar.off, calendar.worked}, {});
}

void change_settings(Context& context, const NewSettings& settings) {
  Settings changed = governance::settings(context.state());
  changed.open_reads = settings.open_reads.value_or(changed.open_reads);
  changed.import_open = settings.import_open.value_or(changed.import_open);
  changed.definitions_by_motion = settings.definitions_by_motion.value_or(changed.definitions_by_motion);
  settings_table.put(context.state(), Only{}, changed);
  context.emit(SettingsChanged{changed.open_reads, changed.import_open, changed.definitions_by_motion}, {});
}

void set_rules(Context& context, const RulesOff& off) {
  Settings changed = governance::settings(context.state());
  changed.rules_version = changed.rules_version + 1;
  settings_table.put(context.state(), Only{}, changed);
  rule_sets.put(context.state(), changed.rules_version, {{}, off, context.now()});
  context.emit(RulesChanged{changed.rules_version, off}, {});
}

void approve_call(Context& context, const ApprovedCallKey& key) {
  approved_calls.put(context.state(), key, {{}, context.now()});
  context.emit(CallApproved{key.call}, {DepartmentSubject{key.department}});
}

// ---------------------------------------------------------------------------------------------------------------------
// Methods

namespace {

void check_new_key(Context& context, const PublicKey& key, std::uint16_t field) {
  if (!is_valid(context.suite().signature, key)) context.refuse(Code::key_malformed, {.field = field});
  if (is_key_known(context.state(), key) || member_of(context.state(), key)) {
    context.refuse(Code::key_in_use, {.field = field});
  }
}

// Whether a person may hold the roles in the sender's department.
void check_roles(Context& context, const PartyId& person, const Roles& roles, std::uint16_t field) {
  const RoleSet wanted(roles);
  if (wanted.empty()) context.refuse(Code::roles_missing, {.field = field});
  for (const Role role : {Role::administrator, Role::applicant, Role::node}) {
    if (!wanted.contains(role)) continue;
    context.refuse(Code::role_not_grantable, {.field = field, .value = static_cast<std::uint64_t>(role)});
  }
  if (wanted.contains(Role::machine) && wanted != RoleSet{Role::machine}) {
    context.refuse(Code::machine_has_roles, {.field = field, .value = wanted.bits()});
  }
  const auto department = find_department(context.state(), context.sender().department);
  CHECK(department.has_value());
  if (person == department->administrator_person && wanted.intersects(reviewing_roles)) {
    context.refuse(Code::administrator_reviews,
                   {.field = field, .limit = reviewing_roles.bits(), .value = wanted.bits()});
  }
}

// The officer whom the sender may change: of the own department, serving, not the administrator. Adds findings.
std::optional<Officer> require_own_officer(Context& context, const PublicKey& key, std::uint16_t field) {
  const auto officer = officers.get(context.state(), key);
  if (!officer) {
    context.refuse(Code::unknown_officer, {.field = field});
    return std::nullopt;
  }
  if (officer->department != context.sender().department) {
    context.refuse(contracts::Code::wrong_department,
                   {.field = field, .subject = DepartmentSubject{officer->department}});
    return std::nullopt;
  }
  if (officer->dismissed_ms) {
    context.refuse(Code::officer_dismissed, {.field = field, .value = officer->dismissed_ms->value()});
  }
  if (RoleSet(officer->roles).contains(Role::administrator)) {
    context.refuse(Code::administrator_stays, {.field = field});
  }
  return officer;
}

std::vector<Subject> subjects_of(const Officer& officer) {
  return {DepartmentSubject{officer.department}, PartySubject{officer.person}};
}

void enrol_officer(Context& context, const EnrolOfficerArguments& arguments) {
  using A = EnrolOfficerArguments;
  check_new_key(context, arguments.key, field_number<A>("key"));
  if (arguments.person.is_zero()) context.refuse(Code::person_missing, {.field = field_number<A>("person")});
  check_roles(context, arguments.person, arguments.roles, field_number<A>("roles"));
  if (context.refused()) return;

  const Officer officer{{}, context.sender().department, arguments.person, arguments.roles, context.now(), {}};
  officers.put(context.state(), arguments.key, officer);
  context.emit(OfficerEnrolled{arguments.key, arguments.roles}, subjects_of(officer));
}

void change_roles(Context& context, const ChangeRolesArguments& arguments) {
  using A = ChangeRolesArguments;
  auto officer = require_own_officer(context, arguments.key, field_number<A>("key"));
  if (!officer) return;
  check_roles(context, officer->person, arguments.roles, field_number<A>("roles"));
  if (officer->roles == arguments.roles) {
    context.refuse(Code::roles_unchanged,
                   {.field = field_number<A>("roles"), .value = RoleSet(officer->roles).bits()});
  }
  if (context.refused()) return;

  const RolesChanged event{arguments.key, officer->roles, arguments.roles};
  officer->roles = arguments.roles;
  officers.put(context.state(), arguments.key, *officer);
  context.emit(event, subjects_of(*officer));
}

void dismiss_officer(Context& context, const DismissOfficerArguments& arguments) {
  auto officer = require_own_officer(context, arguments.key, field_number<DismissOfficerArguments>("key"));
  if (context.refused()) return;

  officer->dismissed_ms = context.now();
  officers.put(context.state(), arguments.key, *officer);
  context.emit(OfficerDismissed{arguments.key}, subjects_of(*officer));
}

// An administrator's key is replaced by a motion, which dismisses it; of others the department speaks.
void report_compromise(Context& context, const ReportCompromiseArguments& arguments) {
  using A = ReportCompromiseArguments;
  const std::uint16_t since = field_number<A>("since_ms");
  auto officer = officers.get(context.state(), arguments.key);
  if (!officer) return context.refuse(Code::unknown_officer, {.field = field_number<A>("key")});
  if (officer->department != context.sender().department) {
    context.refuse(contracts::Code::wrong_department,
                   {.field = field_number<A>("key"), .subject = DepartmentSubject{officer->department}});
  }
  if (arguments.key == context.sender().key) {
    context.refuse(Code::administrator_stays, {.field = field_number<A>("key")});
  }
  const auto before = compromised_keys.get(context.state(), arguments.key);
  const Timestamp latest = before ? before->since_ms : context.now();
  if (arguments.since_ms > latest) {
    context.refuse(Code::compromise_too_late,
                   {.field = since, .limit = latest.value(), .value = arguments.since_ms.value()});
  }
  if (arguments.since_ms < officer->enrolled_ms) {
    context.refuse(Code::compromise_too_early,
                   {.field = since, .limit = officer->enrolled_ms.value(), .value = arguments.since_ms.value()});
  }
  if (arguments.reason.empty()) context.refuse(Code::reason_missing, {.field = field_number<A>("reason")});
  if (context.refused()) return;

  compromised_keys.put(context.state(), arguments.key, {{}, arguments.since_ms});
  if (!officer->dismissed_ms) {
    officer->dismissed_ms = context.now();
    officers.put(context.state(), arguments.key, *officer);
    context.emit(OfficerDismissed{arguments.key}, subjects_of(*officer));
  }
  context.emit(KeyCompromised{arguments.key, arguments.since_ms, arguments.reason}, subjects_of(*officer));
}

void register_party_key(Context& context, const RegisterPartyKeyArguments& arguments) {
  using A = RegisterPartyKeyArguments;
  check_new_key(context, arguments.key, field_number<A>("key"));
  if (arguments.party.is_zero()) context.refuse(Code::person_missing, {.field = field_number<A>("party")});
  if (context.refused()) return;

  const DepartmentId& department = context.sender().department;
  party_keys.put(context.state(), arguments.key, {{}, arguments.party, department, context.now(), {}});
  context.emit(PartyKeyRegistered{arguments.key, department},
               {PartySubject{arguments.party}, DepartmentSubject{department}});
}

void check_release(Context& context, const PartyKey& party_key, std::uint16_t field) {
  if (party_key.released_ms) {
    context.refuse(Code::party_key_released, {.field = field, .value = party_key.released_ms->value()});
  }
  const Sender& sender = context.sender();
  if (sender.kind == SenderKind::party) {
    if (party_key.party != sender.person) context.refuse(Code::not_own_party_key, {.field = field});
  } else if (party_key.registered_by != sender.department) {
    context.refuse(contracts::Code::wrong_department,
                   {.field = field, .subject = DepartmentSubject{party_key.registered_by}});
  }
}

void release_party_key(Context& context, const ReleasePartyKeyArguments& arguments) {
  const std::uint16_t field = field_number<ReleasePartyKeyArguments>("key");
  auto party_key = party_keys.get(context.state(), arguments.key);
  if (!party_key) return context.refuse(Code::unknown_party_key, {.field = field});
  check_release(context, *party_key, field);
  if (context.refused()) return;

  party_key->released_ms = context.now();
  party_keys.put(context.state(), arguments.key, *party_key);
  context.emit(PartyKeyReleased{arguments.key},
               {PartySubject{party_key->party}, DepartmentSubject{party_key->registered_by}});
}

std::vector<Sentence> make_sentences() {
  return {
      sentence(Code::key_in_use, "该公钥已登记过，不能再次使用", "this key was registered before and cannot be used again"),
      sentence(Code::key_malformed, "该公钥不符合本网络的签名算法", "this is no key of the network's signature scheme"),
      sentence(Code::person_missing, "没有填写当事人标识", "the party id is missing"),
      sentence(Code::roles_missing, "没有填写角色", "no role is given"),
      sentence(Code::role_not_grantable, "该角色不能由管理员授予", "an administrator cannot grant this role"),
      sentence(Code::machine_has_roles, "机器账号不能同时担任其他角色", "a machine holds no other role"),
      sentence(Code::administrator_reviews, "部门管理员本人不能担任本部门的审核、登簿或签发角色",
               "who administers a department cannot review, record or issue in it"),
      sentence(Code::unknown_officer, "没有这名工作人员", "there is no officer with this key"),
      sentence(Code::officer_dismissed, "该工作人员已离任", "this officer has been dismissed"),
      sentence(Code::administrator_stays, "管理员的公钥只能通过动议变更", "an administrator's key changes by a motion only"),
      sentence(Code::roles_unchanged, "角色与现有角色相同", "these are the roles held already"),
      sentence(Code::unknown_party_key, "没有登记过这个当事人公钥", "no party has registered this key"),
      sentence(Code::party_key_released, "该当事人公钥已注销", "this party's key has been released"),
      sentence(Code::compromise_too_late, "泄露时间不能晚于现在，也不能晚于以前报告的时间",
               "a key was compromised before now, and before what was reported earlier"),
      sentence(Code::compromise_too_early, "泄露时间不能早于该公钥的登记时间",
               "a key cannot have been in other hands before it was enrolled"),
      sentence(Code::reason_missing, "没有填写原因", "the reason is missing"),
      sentence(Code::call_not_approved, "未经各部门表决批准，该定义不能发布（--call-digest 给出供批准的摘要）",
               "no motion approved this definition; --call-digest prints the digest that a motion approves"),
      sentence(Code::not_own_party_key, "只能注销本人的公钥", "a party releases only its own keys"),
  };
}

}  // namespace

const Module& module() {
  static constexpr Method methods[] = {
      method<&enrol_officer>("enrol_officer", "登记本部门工作人员", "enrol an officer of the own department",
                             {Role::administrator}),
      method<&change_roles>("change_roles", "变更工作人员角色", "change an officer's roles", {Role::administrator}),
      method<&report_compromise>("report_compromise", "报告密钥泄露", "report that an officer's key is in other hands",
                                 {Role::administrator}),
      method<&dismiss_officer>("dismiss_officer", "工作人员离任", "dismiss an officer", {Role::administrator}),
      method<&register_party_key>("register_party_key", "登记当事人公钥", "register a party's own key",
                                  {Role::window_clerk}),
      method<&release_party_key>("release_party_key", "注销当事人公钥", "release a party's key",
                                 {Role::window_clerk, Role::applicant}),
  };
  static constexpr EventKind events[] = {
      event_kind<DepartmentFounded>(),  event_kind<OfficerEnrolled>(),  event_kind<RolesChanged>(),
      event_kind<OfficerDismissed>(),   event_kind<KeyCompromised>(),   event_kind<PartyKeyRegistered>(),
      event_kind<PartyKeyReleased>(),   event_kind<AdministratorReplaced>(), event_kind<SettingsChanged>(),
      event_kind<CallApproved>(),       event_kind<CalendarSet>(), event_kind<RulesChanged>(),
  };
  static const std::vector<Sentence> sentences = make_sentences();
  static const Module module{.name = "governance",
                             .zh = "部门、工作人员与当事人公钥",
                             .en = "departments, officers and keys of parties",
                             .methods = methods,
                             .events = events,
                             .due_handlers = {},
                             .sentences = sentences};
  return module;
}

}  // namespace kanhe::contracts::governance
