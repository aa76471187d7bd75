// kanhe motion: what the departments decide together: members, keys, parameters, departments.
#include <CLI/CLI.hpp>

#include "cli/call.h"
#include "cli/output.h"
#include "cli/reading.h"
#include "cli/text_table.h"
#include "cli/values.h"
#include "cli/words.h"
#include "contracts/governance.h"
#include "contracts/motion.h"
#include "contracts/sentences.h"

namespace kanhe::cli {

namespace motion = contracts::motion;

// A motion, and how the ballots stand among those that decide.
struct MotionAnswer {
  MotionNumber number;
  motion::Motion motion;
  Count in_favour;
  Count against;
  Count voters;
  Count needed;
};
BOOST_DESCRIBE_STRUCT(MotionAnswer, (), (number, motion, in_favour, against, voters, needed))

inline constexpr std::size_t motions_listed_max = 100;

struct MotionsAnswer {
  Epoch epoch;
  std::optional<Height> epoch_end;  // where it is decided
  List<MotionAnswer, motions_listed_max> motions;  // the newest first
};
BOOST_DESCRIBE_STRUCT(MotionsAnswer, (), (epoch, epoch_end, motions))

namespace {

const MethodCommand method_commands[] = {
    {.name = "put",
     .module = "motion",
     .method = "put",
     .example = "--action.type add_observer --action.department court --action.consensus_key 02… "
                "--action.transport_key 9f… --reason \"the court joins\" --closes_ms 2027-01-31"},
    {.name = "cast", .module = "motion", .method = "cast", .positionals = {"motion", "choice"}},
    {.name = "withdraw", .module = "motion", .method = "withdraw", .positionals = {"motion"}},
};

MotionAnswer answer_of(MotionNumber number, motion::Motion record, const EpochConfig& epoch) {
  MotionAnswer answer{number, std::move(record), Count(0), Count(0), Count(static_cast<std::uint32_t>(epoch.n())),
                      Count(static_cast<std::uint32_t>(2 * epoch.n() / 3 + 1))};
  for (const motion::Ballot& ballot : answer.motion.ballots) {
    if (!epoch.index_of(ballot.department)) continue;
    ++(ballot.choice == motion::Choice::in_favour ? answer.in_favour : answer.against);
  }
  return answer;
}

// "动议 · motion 7: 移除成员 · remove member court, 表决中 · open".
std::string headline(const Globals& globals, const MotionAnswer& answer) {
  std::string text = sentence(globals, "动议", "motion") + " " + to_string(answer.number) + ": ";
  text += std::visit([&]<class A>(const A&) { return alternative_label(globals, A::variant_tag.name); },
                     answer.motion.action);
  if (const auto about = contracts::membership::department_of(answer.motion.action)) text += " " + about->str();
  return text + ", " + value_label(globals, answer.motion.state);
}

std::string counts_text(const Globals& globals, const MotionAnswer& answer) {
  const std::string in_favour = to_string(answer.in_favour);
  const std::string against = to_string(answer.against);
  const std::string voters = to_string(answer.voters);
  const std::string needed = to_string(answer.needed);
  return sentence(globals, "赞成 " + in_favour + "，反对 " + against + "，共 " + voters + " 票，须 " + needed + " 票",
                  in_favour + " in favour, " + against + " against, of " + voters + "; " + needed + " are needed");
}

// Whether the node of who would be a validator is up to date.
std::string confirmation_text(const Globals& globals, const motion::Motion& record) {
  if (!std::holds_alternative<contracts::membership::AddValidator>(record.action)) return {};
  if (record.confirmed_at) {
    const std::string height = to_string(*record.confirmed_at);
    return "  " + sentence(globals, "该部门节点已确认同步，高度 " + height,
                           "its node confirmed that it is up to date, at height " + height) + "\n";
  }
  if (record.state != motion::State::open) return {};
  return "  " + sentence(globals, "该部门节点尚未确认同步：节点运行后会自动确认",
                         "its node has not confirmed yet that it is up to date: it does so by itself when it runs") +
         "\n";
}

std::string motion_text(const Globals& globals, const MotionAnswer& answer) {
  const motion::Motion& record = answer.motion;
  NamedValues values;
  values.add(sentence(globals, "提出", "put by"), record.put_by.str() + ", " + time_text(record.put_ms));
  values.add(sentence(globals, "截止", "closes"), time_text(record.closes_ms));
  values.add(sentence(globals, "理由", "reason"), record.reason.str());
  values.add(sentence(globals, "表决", "ballots"), counts_text(globals, answer));
  TextTable ballots({Align::left, Align::left, Align::left}, 4);
  for (const motion::Ballot& ballot : record.ballots) {
    ballots.add({ballot.department.str(), value_label(globals, ballot.choice), time_text(ballot.cast_ms)});
  }
  std::string text = headline(globals, answer) + "\n" + values.text() + ballots.text() +
                     std::visit([&](const auto& action) { return record_text(globals, action, 1); }, record.action) +
                     confirmation_text(globals, record);
  if (record.failed_for != 0) {
    const contracts::Explanation reason = contracts::explain(Finding{record.failed_for, 0, 0, 0, 0, std::nullopt});
    text += "  " + sentence(globals, reason.zh, reason.en) + "\n";
  }
  if (record.state == motion::State::open) {
    text += next_text(globals, "kanhe motion cast " + to_string(answer.number) + " in_favour|against") + "\n";
  }
  return text;
}

void show_motion(Globals& globals, const std::string& text) {
  MotionNumber number;
  const auto set = set_value(schema_of<MotionNumber>(), &number, text);
  if (!set) fail_as(ExitCode::usage, "MOTION", set.error());
  Client client = departmental_client_of(globals);
  const auto facts = or_fail(client.facts(
      {motion::motions.key_of(number), contracts::governance::epoch_table.key_of(contracts::Only{})}));
  auto record = record_of<motion::Motion>(facts.facts[0]);
  if (!record) throw CommandError{ExitCode::could_not_check, "there is no motion " + text, "没有动议 " + text};
  const auto epoch = record_of<EpochConfig>(facts.facts[1]);
  CHECK(epoch.has_value());  // proved; every state has it
  const MotionAnswer answer = answer_of(number, std::move(*record), *epoch);
  show_result(globals, answer, motion_text(globals, answer));
  warn_if_old(globals, client.genesis(), facts.head.newest.header);
}

std::string list_text(const Globals& globals, const MotionsAnswer& answer) {
  std::string text = sentence(globals, "纪元", "epoch") + " " + to_string(answer.epoch);
  if (answer.epoch_end) {
    const std::string height = to_string(*answer.epoch_end);
    text += ", " + sentence(globals, "止于高度 " + height, "ends with block " + height);
  }
  text += "\n";
  for (const MotionAnswer& each : answer.motions) {
    text += headline(globals, each) + "\n    " + counts_text(globals, each) + "\n    " + each.motion.reason.str() +
            "\n";
  }
  if (answer.motions.empty()) text += sentence(globals, "没有动议", "there are no motions") + "\n";
  return text;
}

// Several questions: the motions may be of a later block than the counter.
void list_motions(Globals& globals, bool open_only) {
  constexpr std::size_t facts_asked_max = 16;
  Client client = departmental_client_of(globals);
  const auto first = or_fail(client.facts({motion::motion_counter.key_of(contracts::Only{}),
                                           contracts::governance::epoch_table.key_of(contracts::Only{}),
                                           motion::epoch_end_table.key_of(contracts::Only{})}));
  const auto counter = record_of<motion::MotionCounter>(first.facts[0]);
  const auto epoch = record_of<EpochConfig>(first.facts[1]);
  CHECK(epoch.has_value());
  MotionsAnswer answer{epoch->epoch, std::nullopt, {}};
  if (const auto end = record_of<motion::EpochEnd>(first.facts[2])) answer.epoch_end = end->last_height;
  std::uint64_t next = counter ? counter->last.value() : 0;
  const std::uint64_t lowest = next > motions_listed_max ? next - motions_listed_max + 1 : 1;
  while (next >= lowest && next > 0) {
    std::vector<Bytes> keys;
    const std::uint64_t from = next;
    while (keys.size() < facts_asked_max && next >= lowest) {
      keys.push_back(motion::motions.key_of(MotionNumber(next--)));
    }
    const auto facts = or_fail(client.facts(keys));
    for (std::size_t i = 0; i < keys.size(); ++i) {
      auto record = record_of<motion::Motion>(facts.facts[i]);
      if (!record || (open_only && record->state != motion::State::open)) continue;
      answer.motions.push_back(answer_of(MotionNumber(from - i), std::move(*record), *epoch));
    }
  }
  show_result(globals, answer, list_text(globals, answer));
  warn_if_old(globals, client.genesis(), first.head.newest.header);
}

}  // namespace

void add_motion_commands(CLI::App& app, Globals& globals) {
  CLI::App* const noun = app.add_subcommand("motion", "动议 · members, keys, parameters: what departments decide");
  noun->require_subcommand(1);
  noun->footer(
      "Examples:\n  kanhe motion list\n  kanhe motion show 3\n  kanhe motion cast 3 in_favour\n"
      "  kanhe motion put --action.type change_parameters --action.changes.1.name window "
      "--action.changes.1.value 16 --reason \"more in flight\" --closes_ms 2027-01-31\n");
  for (const MethodCommand& command : method_commands) add_method_command(*noun, globals, command);
  const auto number = std::make_shared<std::string>();
  CLI::App* const show = noun->add_subcommand("show", "查看动议 · a motion and its ballots, proved");
  show->add_option("MOTION", *number, "the motion's number")->required();
  show->footer("Example:\n  kanhe motion show 3\n");
  show->callback([&globals, number] { show_motion(globals, *number); });
  const auto open_only = std::make_shared<bool>(false);
  CLI::App* const list = noun->add_subcommand("list", "动议列表 · the newest 100 motions, proved");
  list->add_flag("--open", *open_only, "only those that are open");
  list->footer("Example:\n  kanhe motion list --open\n");
  list->callback([&globals, open_only] { list_motions(globals, *open_only); });
}

}  // namespace kanhe::cli
