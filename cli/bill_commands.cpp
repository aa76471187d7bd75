// kanhe bill: what an application costs, and that it was paid.
#include <CLI/CLI.hpp>

#include "cli/call.h"
#include "cli/output.h"
#include "cli/values.h"

namespace kanhe::cli {
namespace {

namespace treasury = contracts::treasury;

const MethodCommand method_commands[] = {
    {.name = "pay", .module = "treasury", .method = "pay", .positionals = {"application"}},
    {.name = "refund", .module = "treasury", .method = "refund", .positionals = {"application"}},
};

struct StateWords {
  treasury::BillState state;
  std::string_view zh;
  std::string_view en;
};
constexpr StateWords state_words[] = {
    {treasury::BillState::open, "待缴", "to be paid"},
    {treasury::BillState::settled, "已缴清", "settled"},
    {treasury::BillState::cancelled, "已取消", "cancelled"},
    {treasury::BillState::refund_due, "待退款", "a refund is due"},
    {treasury::BillState::refunded, "已退款", "refunded"},
};

std::string bill_text(const Globals& globals, const ApplicationId& id, const treasury::Bill& bill) {
  std::string text;
  for (const StateWords& words : state_words) {
    if (words.state == bill.state) text = sentence(globals, words.zh, words.en) + "\n";
  }
  for (const treasury::BillLine& line : bill.lines) {
    text += "  " + std::string(enum_name(line.kind)) + "  " + money_text(Fen(line.amount.value())) + "  (" +
            line.set_by.str() + ")\n";
  }
  text += "  total  " + money_text(bill.total) + "\n  treasury: " + bill.treasury.str() +
          "\n  billed: " + time_text(bill.billed_ms) + "\n";
  if (bill.settled_ms) text += "  settled: " + time_text(*bill.settled_ms) + "\n";
  if (bill.reference) text += "  payment reference: " + bill.reference->str() + "\n";
  if (bill.refund_reference) text += "  refund reference: " + bill.refund_reference->str() + "\n";
  if (bill.state == treasury::BillState::open) {
    text += "next: kanhe bill pay " + id.hex() + " --reference R --amount " +
            option_text(schema_of<Fen>(), &bill.total) + "\n";
  }
  return text;
}

void show_bill(Globals& globals, const std::string& text) {
  ApplicationId id;
  const auto set = set_value(schema_of<ApplicationId>(), &id, text);
  if (!set) fail_as(ExitCode::usage, "APPLICATION", set.error());
  Client client = departmental_client_of(globals);
  const certs::ApplicationAnswer answer = or_fail(client.application(id));
  if (!answer.application) throw CommandError{ExitCode::could_not_check, "there is no application " + text};
  if (!answer.bill) {
    throw CommandError{ExitCode::could_not_check,
                       "the application has no bill yet: it is made when every review has approved"};
  }
  show_result(globals, *answer.bill, bill_text(globals, id, *answer.bill));
  warn_if_old(globals, client.genesis(), answer.head.newest.header);
}

}  // namespace

void add_bill_commands(CLI::App& app, Globals& globals) {
  CLI::App* const noun = app.add_subcommand("bill", "缴款单 · bills, payments and refunds");
  noun->require_subcommand(1);
  noun->footer(
      "Examples:\n  kanhe bill show APPLICATION\n"
      "  kanhe bill pay APPLICATION --reference 2025060300123 --amount 30550.00\n");
  for (const MethodCommand& command : method_commands) add_method_command(*noun, globals, command);
  const auto id = std::make_shared<std::string>();
  CLI::App* const show = noun->add_subcommand("show", "查看缴款单 · the bill of an application, proved");
  show->add_option("APPLICATION", *id, "the application's id")->required();
  show->footer("Example:\n  kanhe bill show 5f0c…\n");
  show->callback([&globals, id] { show_bill(globals, *id); });
}

}  // namespace kanhe::cli
