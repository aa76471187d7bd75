#include "contracts/membership.h"

#include "ledger/codec_impl.h"

namespace kanhe::contracts::membership {

std::optional<DepartmentId> department_of(const Action& action) {
  return std::visit([]<class A>(const A& inner) -> std::optional<DepartmentId> {
    if constexpr (std::same_as<A, AddDepartment>) {
      return inner.department.id;
    } else if constexpr (requires { inner.department; }) {
      return inner.department;
    } else {
      return std::nullopt;
    }
  }, action);
}

bool changes_epoch(const Action& action) {
  return !std::holds_alternative<AddDepartment>(action) && !std::holds_alternative<ReplaceAdministrator>(action) &&
         !std::holds_alternative<ChangeSettings>(action) && !std::holds_alternative<SetCalendar>(action) &&
         !std::holds_alternative<ApproveCall>(action) && !std::holds_alternative<SetRules>(action);
}

// ---------------------------------------------------------------------------------------------------------------------
// The next epoch

namespace {

using Members = SortedList<Validator, validators_max>;

Validator* find_in(Members& members, const DepartmentId& department) {
  const auto found = std::ranges::find(members, department, &Validator::department);
  return found == members.end() ? nullptr : &*found;
}

// One action on the way from one epoch to the next.
struct Change {
  Context& context;
  EpochConfig next;
  std::uint16_t field;

  template <class C>
  void refuse(C code, std::uint64_t limit = 0, std::uint64_t value = 0) {
    context.refuse(code, {.field = field, .limit = limit, .value = value});
  }
  Validator* find(const DepartmentId& department) {
    Validator* const validator = find_in(next.validators, department);
    return validator != nullptr ? validator : find_in(next.observers, department);
  }
  // The member, or null with the finding.
  Validator* require(const DepartmentId& department) {
    Validator* const member = find(department);
    if (member == nullptr) refuse(Code::unknown_member);
    return member;
  }
  bool require_validator(const DepartmentId& department) {
    if (require(department) == nullptr) return false;
    if (find_in(next.validators, department) != nullptr) return true;
    refuse(Code::not_a_validator);
    return false;
  }
  void insert(Members& members, const Validator& member) {
    if (members.full()) return refuse(Code::too_many_members, validators_max, members.size() + 1);
    members.insert(std::upper_bound(members.begin(), members.end(), member), member);
  }
  static void erase(Members& members, const DepartmentId& department) {
    std::erase_if(members, [&department](const Validator& member) { return member.department == department; });
  }

  void check_consensus_key(const PublicKey& key) {
    if (!is_valid(context.suite().signature, key)) refuse(Code::key_malformed);
    bool taken = governance::is_key_known(context.state(), key);
    for (const auto* members : {&next.validators, &next.observers}) {
      for (const Validator& member : *members) taken |= member.consensus_key == key;
    }
    if (taken) refuse(Code::key_taken);
  }
  // A previous key counts: by it a connection is still somebody's.
  void check_transport_key(const TransportKey& key) {
    bool taken = false;
    for (const auto* members : {&next.validators, &next.observers}) {
      for (const Validator& member : *members) {
        taken |= member.transport_key == key;
        taken |= member.previous_transport_key && member.previous_transport_key->key == key;
      }
    }
    if (taken) refuse(Code::key_taken);
  }

  void operator()(const AddObserver& action) {
    if (!governance::find_department(context.state(), action.department)) {
      context.refuse(contracts::Code::unknown_department, {.field = field});
    }
    if (find(action.department) != nullptr) refuse(Code::member_already);
    check_consensus_key(action.consensus_key);
    check_transport_key(action.transport_key);
    insert(next.observers, {action.department, action.consensus_key, action.transport_key, std::nullopt});
  }
  void operator()(const AddValidator& action) {
    if (require(action.department) == nullptr) return;
    const Validator* const observer = find_in(next.observers, action.department);
    if (observer == nullptr) return refuse(Code::not_an_observer);
    insert(next.validators, *observer);
    erase(next.observers, action.department);
  }
  void operator()(const MakeObserver& action) {
    if (!require_validator(action.department)) return;
    insert(next.observers, *find_in(next.validators, action.department));
    erase(next.validators, action.department);
  }
  void operator()(const RemoveMember& action) {
    if (require(action.department) == nullptr) return;
    erase(next.validators, action.department);
    erase(next.observers, action.department);
  }
  void operator()(const ReplaceConsensusKey& action) {
    Validator* const member = require(action.department);
    check_consensus_key(action.key);
    if (member != nullptr) member->consensus_key = action.key;
  }
  void operator()(const ReplaceTransportKey& action) {
    Validator* const member = require(action.department);
    check_transport_key(action.key);
    const Timestamp latest = context.now() + transport_overlap_max_ms;
    if (action.previous_until_ms > latest) {
      refuse(Code::overlap_too_long, latest.value(), action.previous_until_ms.value());
    }
    if (member == nullptr) return;
    member->previous_transport_key = PreviousTransportKey{member->transport_key, action.previous_until_ms};
    member->transport_key = action.key;
  }
  void operator()(const ReadmitValidator& action) { require_validator(action.department); }
  void operator()(const ChangeParameters& action) {
    const Parameters before = next.parameters;
    std::uint64_t place = 0;
    for (const ParameterChange& change : action.changes) set_parameter(change, ++place);
    if (!check_parameters(next.parameters)) refuse(Code::parameters_misfit);
    if (next.parameters == before) refuse(Code::nothing_changes);
  }
  void set_parameter(const ParameterChange& change, std::uint64_t place) {
    bool known = false;
    boost::mp11::mp_for_each<MembersOf<Parameters>>([&](auto described) {
      if (change.name.view() != described.name) return;
      known = true;
      auto& parameter = next.parameters.*described.pointer;
      using Parameter = std::remove_reference_t<decltype(parameter)>;
      if (change.value < Parameter::min || change.value > Parameter::max) {
        const std::uint64_t nearest = change.value < Parameter::min ? Parameter::min : Parameter::max;
        return refuse(Code::parameter_out_of_range, nearest, change.value);
      }
      parameter = Parameter(static_cast<typename Parameter::Rep>(change.value));
    });
    if (!known) refuse(Code::unknown_parameter, 0, place);
  }
  // Not reached: these change no epoch.
  void operator()(const AddDepartment&) {}
  void operator()(const ReplaceAdministrator&) {}
  void operator()(const ChangeSettings&) {}
  void operator()(const SetCalendar&) {}
  void operator()(const ApproveCall&) {}
  void operator()(const SetRules&) {}
};

}  // namespace

EpochConfig next_epoch_of(Context& context, const EpochConfig& config, const Action& action, std::uint16_t field) {
  Change change{context, config, field};
  ++change.next.epoch;
  std::visit(change, action);
  const std::size_t least = config.n() >= validators_min ? validators_min : 1;
  if (change.next.n() < least) change.refuse(Code::too_few_validators, least, change.next.n());
  // Every way there is excluded above; a network that could not run must not come of one that was overlooked.
  if (!context.refused() && !check_epoch_config(context.suite().signature, change.next)) {
    change.refuse(Code::parameters_misfit);
  }
  return change.next;
}

// ---------------------------------------------------------------------------------------------------------------------
// At once

namespace {

struct CheckAtOnce {
  Context& context;
  std::uint16_t field;

  void refuse(Code code) { context.refuse(code, {.field = field}); }
  void check_administrator(const PublicKey& key, const PartyId& person) {
    if (!is_valid(context.suite().signature, key)) refuse(Code::key_malformed);
    if (governance::resolve_sender(context.state(), key).kind != SenderKind::unknown) refuse(Code::key_taken);
    if (person.is_zero()) refuse(Code::person_missing);
  }
  void operator()(const AddDepartment& action) {
    const GenesisDepartment& department = action.department;
    if (governance::find_department(context.state(), department.id)) refuse(Code::department_known);
    check_administrator(department.administrator, department.administrator_person);
    if (department.uscc && governance::department_of(context.state(), *department.uscc)) {
      refuse(Code::credit_code_taken);
    }
  }
  void operator()(const ReplaceAdministrator& action) {
    governance::require_department(context, action.department, field);
    check_administrator(action.key, action.person);
  }
  void operator()(const ChangeSettings& action) {
    const governance::Settings now = governance::settings(context.state());
    const bool same = action.open_reads.value_or(now.open_reads) == now.open_reads &&
                      action.import_open.value_or(now.import_open) == now.import_open &&
                      action.definitions_by_motion.value_or(now.definitions_by_motion) == now.definitions_by_motion;
    if (same) refuse(Code::nothing_changes);
  }
  void operator()(const SetCalendar& action) {
    const auto check = [&](const auto& dates, bool weekend, Code code) {
      for (std::size_t i = 0; i < dates.size(); ++i) {
        const std::uint32_t day = day_of(dates[i]);
        if (year_of(day) != action.year) {
          context.refuse(Code::date_of_other_year,
                         {.field = field, .limit = action.year.value(), .value = year_of(day).value()});
        }
        if (is_weekend(day) != weekend) context.refuse(code, {.field = field, .value = i + 1});
      }
    };
    check(action.off, false, Code::not_a_weekday);
    check(action.worked, true, Code::not_a_weekend);
    const auto now = calendars.get(context.state(), action.year);
    if (now && now->off == action.off && now->worked == action.worked) refuse(Code::nothing_changes);
  }
  void operator()(const ApproveCall& action) {
    governance::require_department(context, action.department, field);
    if (governance::approved_calls.contains(context.state(), {action.department, action.call})) {
      refuse(Code::nothing_changes);
    }
  }
  void operator()(const SetRules& action) {
    for (const std::uint8_t rule : action.off) {
      if (std::ranges::find(governance::unconfirmed_rules, rule) == governance::unconfirmed_rules.end()) {
        context.refuse(Code::rule_confirmed, {.field = field, .value = rule});
      }
    }
    const RulesVersion now = governance::settings(context.state()).rules_version;
    if (governance::rules_off(context.state(), now) == action.off) refuse(Code::nothing_changes);
  }
  template <class Other>
  void operator()(const Other&) {}
};

}  // namespace

void check_at_once(Context& context, const Action& action, std::uint16_t field) {
  std::visit(CheckAtOnce{context, field}, action);
}

void do_at_once(Context& context, const Action& action) {
  if (const auto* added = std::get_if<AddDepartment>(&action)) {
    governance::found_department(context, added->department);
  } else if (const auto* replaced = std::get_if<ReplaceAdministrator>(&action)) {
    governance::replace_administrator(context, replaced->department, replaced->key, replaced->person);
  } else if (const auto* changed = std::get_if<ChangeSettings>(&action)) {
    governance::change_settings(context,
                                {changed->open_reads, changed->import_open, changed->definitions_by_motion});
  } else if (const auto* approved = std::get_if<ApproveCall>(&action)) {
    governance::approve_call(context, {approved->department, approved->call});
  } else if (const auto* rules = std::get_if<SetRules>(&action)) {
    governance::set_rules(context, rules->off);
  } else if (const auto* calendar = std::get_if<SetCalendar>(&action)) {
    governance::set_calendar(context, calendar->year, {{}, calendar->off, calendar->worked});
  }
}

std::vector<Sentence> sentences() {
  return {
      sentence(Code::unknown_member, "该部门没有运行节点", "the department runs no node"),
      sentence(Code::member_already, "该部门已有节点", "the department runs a node already"),
      sentence(Code::not_an_observer, "该部门的节点已是共识节点，不是观察节点", "the department's node is a validator, no observer"),
      sentence(Code::not_a_validator, "该部门的节点是观察节点，不是共识节点", "the department's node is an observer, no validator"),
      sentence(Code::too_few_validators, "共识节点将少于下限", "there would be fewer validators than are allowed"),
      sentence(Code::too_many_members, "节点数将超过上限", "there would be more members than are allowed"),
      sentence(Code::key_taken, "该公钥已被使用", "the key is in use already"),
      sentence(Code::key_malformed, "该公钥不符合本网络的签名算法", "this is no key of the network's signature scheme"),
      sentence(Code::unknown_parameter, "没有这个参数", "there is no parameter of this name"),
      sentence(Code::parameter_out_of_range, "参数值超出允许范围", "the value of a parameter is out of its range"),
      sentence(Code::parameters_misfit, "参数之间互相矛盾", "the parameters contradict each other"),
      sentence(Code::nothing_changes, "与现状相同，没有变化", "this is how things are already"),
      sentence(Code::department_known, "已有该代号的部门", "there is a department of this name"),
      sentence(Code::credit_code_taken, "该统一社会信用代码属于另一部门", "the credit code is another department's"),
      sentence(Code::person_missing, "没有填写当事人标识", "the party id is missing"),
      sentence(Code::overlap_too_long, "旧传输密钥的有效期过长", "the previous transport key would be accepted for too long"),
      sentence(Code::date_of_other_year, "日期不在该年份内", "a date is of another year"),
      sentence(Code::not_a_weekday, "放假日期本来就是周末", "a day that is off is a weekend anyway"),
      sentence(Code::not_a_weekend, "补班日期不是周末", "a day that is worked is no weekend"),
      sentence(Code::rule_confirmed, "该规则有法律条文依据，不能停用", "the rule stands in the law, and is not to be switched off"),
  };
}

}  // namespace kanhe::contracts::membership
