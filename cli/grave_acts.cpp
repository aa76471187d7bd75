#include "cli/grave_acts.h"

#include <algorithm>

#include "cli/fields.h"
#include "cli/output.h"

namespace kanhe::cli {
namespace {

constexpr int attempts_max = 3;
constexpr std::size_t whole_max = 12;     // characters that are typed as they are
constexpr std::size_t repeated_bytes = 4;

constexpr GraveAct all_acts[] = {
    {"certificate", "revoke", "", "", "id", "撤销、吊销、注销或作废的证照不能恢复",
     "a certificate that is rescinded, revoked, deregistered or void does not come back"},
    {"certificate", "revoke_batch", "", "", "prefix", "整批证照将一并失效，不能恢复",
     "all certificates of the batch are void at once, and do not come back"},
    {"governance", "dismiss_officer", "", "", "key", "该公钥停用后不能再次登记",
     "a key that was dismissed is never enrolled again"},
    {"governance", "release_party_key", "", "", "key", "该公钥注销后不能再次登记",
     "a key that was released is never registered again"},
    {"governance", "report_compromise", "", "", "key", "该公钥立即停用，自所报时间起签发的证照均视为不真实",
     "the key is dismissed at once, and what it issued since then is not authentic"},
    {"motion", "put", "action.type", "remove_member", "action.department", "通过后该部门不再是成员",
     "once carried, the department is no member any more"},
    {"motion", "put", "action.type", "make_observer", "action.department", "通过后该部门不再投票",
     "once carried, the department votes no more"},
    {"motion", "put", "action.type", "replace_administrator", "action.department", "通过后原管理员公钥停用",
     "once carried, the key of the administrator before is dismissed"},
    {"property", "enter", "acts.N.type", "cancel_unit", "acts.N.unit", "单元注销后不能恢复",
     "a unit that was cancelled does not come back"},
    {"property", "enter", "acts.N.type", "split_unit", "acts.N.unit", "单元分割后即关闭，不能恢复",
     "a unit that was split is closed for good"},
    {"property", "enter", "acts.N.type", "merge_units", "acts.N.unit", "合并前的单元即关闭，不能恢复",
     "the units that were merged are closed for good"},
    {"property", "enter", "acts.N.type", "end_limit", "acts.N.unit", "限制注销后不能恢复，再次登记的顺位在后",
     "a limit that has ended does not come back; entered anew it ranks behind"},
    {"property", "found_register", "", "", "region", "登记簿设立后由本部门管理，不能撤销",
     "the register stays with this department, and is not taken back"},
    {"service", "register", "", "", "application", "登簿、发证和办结一并完成，此后只能更正、撤销或注销",
     "entry, certificates and closing are one; after that there are only correction and revocation"},
    {"service", "review", "verdict", "refuse", "application", "不同意即终止该申请", "a refusal ends the application"},
    {"service", "withdraw", "", "", "application", "撤回后申请终止，须重新申请",
     "the application ends; it has to be filed anew"},
    {"treasury", "refund", "", "", "amount", "退款记载后不能撤销", "a refund that was recorded is not taken back"},
    {"treasury", "set_tariff", "", "", "code", "收费标准的版本发布后不能更改", "a version of a tariff never changes"},
};

// The pattern with its N replaced by the element, where it has one.
std::string with_number(std::string_view pattern, std::string_view number) {
  std::string path(pattern);
  if (const std::size_t place = path.find(".N."); place != std::string::npos) path.replace(place + 1, 1, number);
  return path;
}

// The number in the path where the pattern has N; nothing where they differ.
std::optional<std::string> match(std::string_view pattern, std::string_view path) {
  const std::size_t place = pattern.find(".N.");
  if (place == std::string_view::npos) return pattern == path ? std::optional<std::string>("") : std::nullopt;
  const std::string_view before = pattern.substr(0, place + 1);
  const std::string_view after = pattern.substr(place + 2);
  if (path.size() <= before.size() + after.size() || !path.starts_with(before) || !path.ends_with(after)) {
    return std::nullopt;
  }
  const std::string_view number = path.substr(before.size(), path.size() - before.size() - after.size());
  const bool is_number = std::ranges::all_of(number, [](char c) { return '0' <= c && c <= '9'; });
  return is_number ? std::optional<std::string>(number) : std::nullopt;
}

std::string value_of(const std::vector<FieldOption>& options, const std::string& path) {
  const auto found = std::ranges::find(options, path, &FieldOption::path);
  return found == options.end() ? std::string() : found->value;
}

}  // namespace

std::span<const GraveAct> grave_acts() { return all_acts; }

std::vector<GraveFinding> find_grave_acts(std::string_view module, std::string_view method, const Schema& schema,
                                          const void* arguments) {
  std::vector<GraveFinding> findings;
  std::vector<FieldOption> options;
  for (const GraveAct& act : all_acts) {
    if (act.module != module || act.method != method) continue;
    if (options.empty()) options = options_of(schema, arguments);
    if (act.field.empty()) {
      findings.push_back({&act, value_of(options, std::string(act.subject))});
      continue;
    }
    for (const FieldOption& option : options) {
      const auto number = match(act.field, option.path);
      if (number && option.value == act.value) {
        findings.push_back({&act, value_of(options, with_number(act.subject, *number))});
      }
    }
  }
  return findings;
}

std::string to_repeat(std::string_view subject) {
  // root.type.issuer.serial.edition.check: the serial is what tells one certificate from the other.
  constexpr std::ptrdiff_t dots_of_certificate_min = 5;
  if (std::ranges::count(subject, '.') >= dots_of_certificate_min) {
    for (int part = 0; part < 2; ++part) subject = subject.substr(0, subject.rfind('.'));
    subject = subject.substr(subject.rfind('.') + 1);
  } else if (subject.size() <= whole_max) {
    return std::string(subject);
  }
  return std::string(subject.substr(subject.size() - std::min(subject.size(), repeated_bytes)));
}

void confirm_with(const Globals& globals, Dialogue& dialogue, std::span<const GraveFinding> findings) {
  for (const GraveFinding& finding : findings) {
    const std::string word = to_repeat(finding.subject);
    dialogue.say("! " + sentence(globals, "不能撤回：" + std::string(finding.act->zh),
                                 "cannot be taken back: " + std::string(finding.act->en)));
    dialogue.say("  " + finding.subject);
    for (int attempt = 1;; ++attempt) {
      const auto answer = dialogue.ask("  " + sentence(globals, "请输入 " + word + " 确认，直接回车取消",
                                                       "type " + word + " to go on, Enter to cancel") +
                                       " > ");
      if (answer && *answer == word) break;
      if (!answer || answer->empty() || attempt == attempts_max) cancel();
      dialogue.say("  ✗ " + sentence(globals, "与 " + word + " 不一致", "that is not " + word));
    }
  }
}

void confirm_grave_acts(const Globals& globals, std::string_view module, std::string_view method, const Schema& schema,
                        const void* arguments) {
  if (!may_ask(globals) || globals.yes) return;
  TerminalDialogue dialogue(globals);
  confirm_with(globals, dialogue, find_grave_acts(module, method, schema, arguments));
}

}  // namespace kanhe::cli
