#include "contracts/motion.h"

#include "contracts/governance.h"
#include "contracts/method.h"
#include "ledger/codec_impl.h"

namespace kanhe {

using namespace contracts::motion;

template Bytes encode(const Motion&);
template Result<Motion> decode(ByteView);
template Bytes encode(const MotionCounter&);
template Result<MotionCounter> decode(ByteView);
template Bytes encode(const Admission&);
template Result<Admission> decode(ByteView);
template Bytes encode(const Waiting&);
template Result<Waiting> decode(ByteView);
template Bytes encode(const EpochEnd&);
template Result<EpochEnd> decode(ByteView);
template Bytes encode_key(const MotionNumber&);
template Bytes encode_key(const WaitingKey&);

template Bytes encode(const PutArguments&);
template Bytes encode(const CastArguments&);
template Bytes encode(const WithdrawArguments&);
template Bytes encode(const ConfirmArguments&);
template Result<PutResult> decode(ByteView);

}  // namespace kanhe

namespace kanhe::contracts::motion {
namespace {

constexpr DueHandlerNumber lapse_number = 0x0701;

struct Lapse {
  MotionNumber motion;
};
BOOST_DESCRIBE_STRUCT(Lapse, (), (motion))

std::vector<Subject> subjects_of(MotionNumber number, const Motion& motion) {
  std::vector<Subject> subjects{MotionSubject{number}};
  if (const auto about = membership::department_of(motion.action)) subjects.push_back(DepartmentSubject{*about});
  return subjects;
}

const membership::AddValidator* admission_of(const Motion& motion) {
  return std::get_if<membership::AddValidator>(&motion.action);
}

// The motion is open no more.
void close(Context& context, MotionNumber number, Motion& motion, State state) {
  motion.state = state;
  motion.decided_ms = context.now();
  context.cancel(motion.lapse);
  if (const auto* admission = admission_of(motion)) admissions.erase(context.state(), admission->department);
  motions.put(context.state(), number, motion);
  context.emit(StateChanged{number, state, motion.failed_for}, subjects_of(number, motion));
}

struct Tally {
  std::size_t voters = 0;
  std::size_t in_favour = 0;
  std::size_t against = 0;

  bool is_carried() const { return 3 * in_favour > 2 * voters; }
  bool is_lost() const { return 3 * (voters - against) <= 2 * voters; }
};

// Of the departments that run a validator now.
Tally count(const StateReader& state, const Motion& motion) {
  const EpochConfig epoch = governance::epoch_config(state);
  Tally tally{.voters = epoch.n()};
  for (const Ballot& ballot : motion.ballots) {
    if (!epoch.index_of(ballot.department)) continue;
    ++(ballot.choice == Choice::in_favour ? tally.in_favour : tally.against);
  }
  return tally;
}

// What stands against the action now. Answers the first finding's code, 0 for none, and leaves none.
std::uint16_t obstacle_to(Context& context, const Motion& motion) {
  const BlockFacts facts{{}, context.suite(), context.height(), context.now(), context.rules_version()};
  Overlay scratch(context.state());
  Context trial(scratch, facts, TransactionId(), Sender{.kind = SenderKind::clock});
  if (membership::changes_epoch(motion.action)) {
    membership::next_epoch_of(trial, governance::epoch_config(scratch), motion.action, 0);
  } else {
    membership::check_at_once(trial, motion.action, 0);
  }
  return trial.refused() ? trial.findings().front().code : std::uint16_t{0};
}

void carry(Context& context, MotionNumber number, Motion& motion) {
  if (membership::changes_epoch(motion.action)) {
    waiting_motions.put(context.state(), {context.height(), number}, {});
    return close(context, number, motion, State::waiting);
  }
  motion.failed_for = obstacle_to(context, motion);
  if (motion.failed_for != 0) return close(context, number, motion, State::failed);
  membership::do_at_once(context, motion.action);
  close(context, number, motion, State::done);
}

// After a ballot or a confirmation.
void judge(Context& context, MotionNumber number, Motion& motion) {
  const Tally tally = count(context.state(), motion);
  if (tally.is_lost()) return close(context, number, motion, State::rejected);
  const bool waits_for_node = admission_of(motion) != nullptr && !motion.confirmed_at;
  if (tally.is_carried() && !waits_for_node) return carry(context, number, motion);
  motions.put(context.state(), number, motion);
}

// ---------------------------------------------------------------------------------------------------------------------
// Methods

bool require_member(Context& context) {
  const DepartmentId& department = context.sender().department;
  if (governance::epoch_config(context.state()).index_of(department)) return true;
  context.refuse(Code::not_a_member, {.subject = DepartmentSubject{department}});
  return false;
}

// The open motion, or nothing with the finding.
std::optional<Motion> require_open(Context& context, MotionNumber number, std::uint16_t field) {
  auto motion = motions.get(context.state(), number);
  if (!motion) {
    context.refuse(Code::unknown_motion, {.field = field, .value = number.value()});
  } else if (motion->state != State::open) {
    context.refuse(Code::motion_closed, {.field = field, .value = static_cast<std::uint64_t>(motion->state)});
  }
  return motion;
}

void check_put(Context& context, const PutArguments& arguments) {
  using A = PutArguments;
  const std::uint16_t field = field_number<A>("action");
  require_member(context);
  const Timestamp earliest = context.now() + open_min_ms;
  const Timestamp latest = context.now() + open_max_ms;
  if (arguments.closes_ms < earliest || arguments.closes_ms > latest) {
    const Timestamp nearest = arguments.closes_ms < earliest ? earliest : latest;
    context.refuse(Code::closing_time, {.field = field_number<A>("closes_ms"),
                                        .limit = nearest.value(),
                                        .value = arguments.closes_ms.value()});
  }
  if (!membership::changes_epoch(arguments.action)) return membership::check_at_once(context, arguments.action, field);
  membership::next_epoch_of(context, governance::epoch_config(context.state()), arguments.action, field);
  const auto* const admitted = std::get_if<membership::AddValidator>(&arguments.action);
  if (admitted == nullptr) return;
  if (const auto other = admissions.get(context.state(), admitted->department)) {
    context.refuse(Code::admission_open, {.field = field, .value = other->motion.value()});
  }
}

PutResult put(Context& context, const PutArguments& arguments) {
  check_put(context, arguments);
  if (context.refused()) return {};

  MotionCounter counter = motion_counter.get(context.state(), Only{}).value_or(MotionCounter{});
  const MotionNumber number = ++counter.last;
  motion_counter.put(context.state(), Only{}, counter);
  Motion motion;
  motion.action = arguments.action;
  motion.reason = arguments.reason;
  motion.put_by = context.sender().department;
  motion.put_at = context.height();
  motion.put_ms = context.now();
  motion.closes_ms = arguments.closes_ms;
  motion.lapse = context.at(arguments.closes_ms, lapse_number, Lapse{number});
  motions.put(context.state(), number, motion);
  if (const auto* admission = admission_of(motion)) {
    admissions.put(context.state(), admission->department, {{}, number});
  }
  context.emit(Put{number, arguments.action, arguments.closes_ms}, subjects_of(number, motion));
  return {number};
}

void cast(Context& context, const CastArguments& arguments) {
  using A = CastArguments;
  auto motion = require_open(context, arguments.motion, field_number<A>("motion"));
  require_member(context);
  if (!motion) return;
  const DepartmentId& department = context.sender().department;
  const auto former = std::ranges::find(motion->ballots, department, &Ballot::department);
  const bool is_first = former == motion->ballots.end();
  if (!is_first && former->choice == arguments.choice) {
    context.refuse(Code::ballot_repeated, {.field = field_number<A>("choice")});
  }
  if (context.refused()) return;

  const Ballot ballot{department, arguments.choice, context.now()};
  if (!is_first) {
    *former = ballot;
  } else {
    // Departments of which each is or was a member; there may have been more than the list holds, in years.
    if (motion->ballots.full()) {
      const EpochConfig epoch = governance::epoch_config(context.state());
      std::erase_if(motion->ballots, [&](const Ballot& old) { return !epoch.index_of(old.department); });
    }
    auto& ballots = motion->ballots;
    ballots.insert(std::upper_bound(ballots.begin(), ballots.end(), ballot), ballot);
  }
  context.emit(BallotCast{arguments.motion, department, arguments.choice}, subjects_of(arguments.motion, *motion));
  judge(context, arguments.motion, *motion);
}

void withdraw(Context& context, const WithdrawArguments& arguments) {
  auto motion = require_open(context, arguments.motion, field_number<WithdrawArguments>("motion"));
  if (!motion) return;
  if (motion->put_by != context.sender().department) {
    context.refuse(Code::not_proposer, {.field = field_number<WithdrawArguments>("motion"),
                                        .subject = DepartmentSubject{motion->put_by}});
  }
  if (context.refused()) return;
  close(context, arguments.motion, *motion, State::withdrawn);
}

void confirm(Context& context, const ConfirmArguments& arguments) {
  using A = ConfirmArguments;
  auto motion = require_open(context, arguments.motion, field_number<A>("motion"));
  if (!motion) return;
  const auto* const admission = admission_of(*motion);
  if (admission == nullptr || motion->confirmed_at) {
    context.refuse(Code::confirmation_unwanted, {.field = field_number<A>("motion")});
  } else if (admission->department != context.sender().department) {
    context.refuse(Code::not_own_motion,
                   {.field = field_number<A>("motion"), .subject = DepartmentSubject{admission->department}});
  }
  if (arguments.height < motion->put_at) {
    context.refuse(Code::height_too_low, {.field = field_number<A>("height"),
                                          .limit = motion->put_at.value(),
                                          .value = arguments.height.value()});
  }
  if (context.refused()) return;

  motion->confirmed_at = arguments.height;
  context.emit(Confirmed{arguments.motion, arguments.height}, subjects_of(arguments.motion, *motion));
  judge(context, arguments.motion, *motion);
}

void lapse(Context& context, const Lapse& data) {
  auto motion = motions.get(context.state(), data.motion);
  CHECK(motion.has_value());
  if (motion->state == State::open) close(context, data.motion, *motion, State::lapsed);
}

// ---------------------------------------------------------------------------------------------------------------------
// The end of an epoch

// Of a key of waiting_motions: table number, height and motion, big-endian.
MotionNumber motion_of(ByteView key) {
  std::uint64_t number = 0;
  for (const Byte byte : key.last(sizeof number)) number = number << 8 | byte;
  return MotionNumber(number);
}

std::optional<MotionNumber> take_waiting(Context& context) {
  const Bytes prefix = state_key(waiting_motions.id, {});
  const auto entry = context.state().next(prefix, prefix);
  if (!entry) return std::nullopt;
  context.state().erase(entry->key);
  return motion_of(entry->key);
}

// What stands against a carried motion when its turn has come.
std::uint16_t obstacle_to_turn(Context& context, const Motion& motion) {
  const bool is_void = admission_of(motion) != nullptr && !motion.confirmed_at;
  return is_void ? static_cast<std::uint16_t>(Code::confirmation_void) : obstacle_to(context, motion);
}

void give_next_turn(Context& context) {
  for (std::size_t failures = 0; failures < failures_per_block_max; ++failures) {
    const auto number = take_waiting(context);
    if (!number) return;
    auto motion = motions.get(context.state(), *number);
    CHECK(motion.has_value());
    const EpochConfig epoch = governance::epoch_config(context.state());
    motion->failed_for = obstacle_to_turn(context, *motion);
    if (motion->failed_for != 0) {
      motion->state = State::failed;
      motions.put(context.state(), *number, *motion);
      context.emit(StateChanged{*number, motion->state, motion->failed_for}, subjects_of(*number, *motion));
      continue;
    }
    const Height last = context.height() + std::uint64_t{epoch.parameters.window.value()};
    epoch_end_table.put(context.state(), Only{},
                        {{}, *number, last, membership::next_epoch_of(context, epoch, motion->action, 0)});
    return context.emit(EpochEnding{*number, epoch.epoch, last}, subjects_of(*number, *motion));
  }
}

// The department whose node is another one from now on; absent where all stay what they were.
std::optional<DepartmentId> changed_node(const membership::Action& action) {
  const auto* const replaced = std::get_if<membership::ReplaceConsensusKey>(&action);
  const auto* const removed = std::get_if<membership::RemoveMember>(&action);
  return replaced != nullptr || removed != nullptr ? membership::department_of(action) : std::nullopt;
}

// What a node confirmed with a key that it has no more counts for nothing, whether the motion is open or carried.
void void_confirmations(Context& context, const DepartmentId& department) {
  std::vector<MotionNumber> numbers;
  if (const auto open = admissions.get(context.state(), department)) numbers.push_back(open->motion);
  const Bytes prefix = state_key(waiting_motions.id, {});
  for (auto entry = context.state().next(prefix, prefix); entry;) {
    numbers.push_back(motion_of(entry->key));
    entry->key.push_back(0);  // the next key
    entry = context.state().next(entry->key, prefix);
  }
  for (const MotionNumber number : numbers) {
    auto motion = motions.get(context.state(), number);
    CHECK(motion.has_value());
    const auto* const admission = admission_of(*motion);
    if (admission == nullptr || admission->department != department) continue;
    motion->confirmed_at.reset();
    motions.put(context.state(), number, *motion);
  }
}

EpochConfig finish_epoch(Context& context, const EpochEnd& end) {
  auto motion = motions.get(context.state(), end.motion);
  CHECK(motion.has_value());
  motion->state = State::done;
  motions.put(context.state(), end.motion, *motion);
  governance::epoch_table.put(context.state(), Only{}, end.next);
  epoch_end_table.erase(context.state(), Only{});
  context.emit(StateChanged{end.motion, motion->state, 0}, subjects_of(end.motion, *motion));
  context.emit(EpochEnded{end.motion, end.next.epoch}, subjects_of(end.motion, *motion));
  if (const auto department = changed_node(motion->action)) void_confirmations(context, *department);
  return end.next;
}

std::vector<Sentence> make_sentences() {
  std::vector<Sentence> all{
      sentence(Code::unknown_motion, "没有这项动议", "there is no such motion"),
      sentence(Code::motion_closed, "动议已结束", "the motion is open no more"),
      sentence(Code::not_a_member, "本部门没有共识节点，没有表决权", "the department runs no validator and has no ballot"),
      sentence(Code::ballot_repeated, "本部门已投过相同的票", "the department has cast this ballot already"),
      sentence(Code::closing_time, "表决截止时间不在允许范围内", "the motion would close too early or too late"),
      sentence(Code::not_proposer, "动议只能由提出的部门撤回", "a motion is withdrawn by who put it"),
      sentence(Code::confirmation_unwanted, "该动议不需要节点确认，或已确认", "the motion waits for no node's confirmation"),
      sentence(Code::not_own_motion, "该动议涉及另一部门的节点", "the motion is about another department's node"),
      sentence(Code::height_too_low, "节点尚未执行到动议所在的区块", "the node has not executed the motion's block"),
      sentence(Code::admission_open, "该观察节点已有待决的动议", "a motion about this observer is open already"),
      sentence(Code::confirmation_void, "节点确认后已更换密钥或退出", "the node's key was replaced after it had confirmed"),
  };
  std::ranges::move(membership::sentences(), std::back_inserter(all));
  return all;
}

}  // namespace

std::optional<Height> epoch_end(const StateReader& state) {
  const auto end = epoch_end_table.get(state, Only{});
  if (!end) return std::nullopt;
  return end->last_height;
}

std::optional<EpochConfig> end_block(Context& context) {
  const auto end = epoch_end_table.get(context.state(), Only{});
  if (!end) {
    give_next_turn(context);
    return std::nullopt;
  }
  if (end->last_height != context.height()) return std::nullopt;
  return finish_epoch(context, *end);
}

const Module& module() {
  static constexpr Method methods[] = {
      method<&put>("put", "提出动议", "put a motion", {Role::administrator}),
      method<&cast>("cast", "表决", "cast the department's ballot", {Role::administrator}),
      method<&withdraw>("withdraw", "撤回动议", "withdraw a motion", {Role::administrator}),
      method<&confirm>("confirm", "节点确认已同步", "confirm that the node to be admitted is up to date", {Role::node}),
  };
  static constexpr EventKind events[] = {
      event_kind<Put>(),          event_kind<BallotCast>(),  event_kind<Confirmed>(),
      event_kind<StateChanged>(), event_kind<EpochEnding>(), event_kind<EpochEnded>(),
  };
  static constexpr DueHandler due_handlers[] = {due_handler<&lapse>(lapse_number, "motion_lapse")};
  static const std::vector<Sentence> all_sentences = make_sentences();
  static const Module module{.name = "motion",
                             .zh = "动议与表决：节点、参数、部门",
                             .en = "motions and ballots: members, parameters, departments",
                             .methods = methods,
                             .events = events,
                             .due_handlers = due_handlers,
                             .sentences = all_sentences};
  return module;
}

}  // namespace kanhe::contracts::motion
