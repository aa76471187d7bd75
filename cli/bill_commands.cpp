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
    {.name = "relieve", .module = "treasury", .method = "relieve", .positionals = {"application", "line"}},
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

// What is still to be paid, or to be given back, and the command for it.
std::string next_text(const Globals& globals, const ApplicationId& id, const treasury::Bill& bill) {
  const Fen due = treasury::due_of(bill);
  if (due != Fen(0)) {
    return "  " + sentence(globals, "尚需缴纳", "still due") + ": " + money_text(due) + "\nnext: kanhe bill pay " +
           id.hex() + " --reference R --payer PARTY --received DAY --amount " + option_text(schema_of<Fen>(), &due) +
           "\n";
  }
  std::uint64_t back = treasury::due_back_of(bill).value();
  if (back == 0) return {};
  std::string text = "  " + sentence(globals, "应予退还", "due back") + ": " + money_text(Fen(back)) + "\n";
  // The newest payments first: what came in too much came in last.
  for (std::size_t i = bill.payments.size(); i-- > 0 && back > 0;) {
    const Fen amount(std::min(back, treasury::left_of(bill, bill.payments[i])));
    if (amount == Fen(0)) continue;
    back -= amount.value();
    text += "next: kanhe bill refund " + id.hex() + " --reference R --payment " + bill.payments[i].reference.str() +
            " --amount " + option_text(schema_of<Fen>(), &amount) + "\n";
  }
  return text;
}

std::string bill_text(const Globals& globals, const ApplicationId& id, const treasury::Bill& bill) {
  std::string text;
  for (const StateWords& words : state_words) {
    if (words.state == bill.state) text = sentence(globals, words.zh, words.en) + "\n";
  }
  for (std::size_t i = 0; i < bill.lines.size(); ++i) {
    const treasury::BillLine& line = bill.lines[i];
    text += "  " + std::to_string(i + 1) + "  " + std::string(enum_name(line.kind)) + "  " +
            money_text(Fen(line.amount.value())) + "  (" + line.set_by.str() + ")";
    if (line.relief != treasury::Charge(0)) {
      text += "  " + sentence(globals, "减免", "relief") + " −" + money_text(Fen(line.relief.value()));
    }
    text += "\n";
  }
  text += "  total  " + money_text(bill.total) + "\n  treasury: " + bill.treasury.str() +
          "\n  billed: " + time_text(bill.billed_ms) + "\n";
  if (bill.settled_ms) text += "  settled: " + time_text(*bill.settled_ms) + "\n";
  for (const treasury::Payment& payment : bill.payments) {
    text += "  paid: " + money_text(Fen(payment.amount.value())) + "  " + payment.received.str() + "  " +
            payment.reference.str() + "\n";
  }
  for (const treasury::Refund& refund : bill.refunds) {
    text += "  refunded: " + money_text(Fen(refund.amount.value())) + "  " + refund.reference.str() + " of " +
            refund.payment.str() + "\n";
  }
  return text + next_text(globals, id, bill);
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
                       "the application has no bill: it is made when the last stage has approved"};
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
      "  kanhe bill pay APPLICATION --reference 2025060300123 --payer PARTY --amount 30550.00 --received 2025-06-03\n");
  for (const MethodCommand& command : method_commands) add_method_command(*noun, globals, command);
  const auto id = std::make_shared<std::string>();
  CLI::App* const show = noun->add_subcommand("show", "查看缴款单 · the bill of an application, proved");
  show->add_option("APPLICATION", *id, "the application's id")->required();
  show->footer("Example:\n  kanhe bill show 5f0c…\n");
  show->callback([&globals, id] { show_bill(globals, *id); });
}

}  // namespace kanhe::cli
