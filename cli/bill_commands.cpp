// kanhe bill: what an application costs, and that it was paid.
#include <CLI/CLI.hpp>

#include "cli/call.h"
#include "cli/output.h"
#include "cli/text_table.h"
#include "cli/values.h"
#include "cli/words.h"

namespace kanhe::cli {
namespace {

namespace treasury = contracts::treasury;

const MethodCommand method_commands[] = {
    {.name = "pay", .module = "treasury", .method = "pay", .positionals = {"application"}},
    {.name = "refund", .module = "treasury", .method = "refund", .positionals = {"application"}},
    {.name = "relieve", .module = "treasury", .method = "relieve", .positionals = {"application", "line"}},
};

// What is still to be paid, or to be given back, and the command for it.
std::string next_steps_text(const Globals& globals, const ApplicationId& id, const treasury::Bill& bill) {
  const Fen due = treasury::due_of(bill);
  if (due != Fen(0)) {
    return next_text(globals, "kanhe bill pay " + id.hex() +
                                  " --reference R --payer PARTY --received DAY --amount " +
                                  option_text(schema_of<Fen>(), &due)) +
           "\n";
  }
  std::string text;
  std::uint64_t back = treasury::due_back_of(bill).value();
  // The newest payments first: what came in too much came in last.
  for (std::size_t i = bill.payments.size(); i-- > 0 && back > 0;) {
    const Fen amount(std::min(back, treasury::left_of(bill, bill.payments[i])));
    if (amount == Fen(0)) continue;
    back -= amount.value();
    text += next_text(globals, "kanhe bill refund " + id.hex() + " --reference R --payment " +
                                   bill.payments[i].reference.str() + " --amount " +
                                   option_text(schema_of<Fen>(), &amount)) +
            "\n";
  }
  return text;
}

// What has to be paid for what, what came in and went back, and what remains: one column of amounts.
std::string amounts_text(const Globals& globals, const treasury::Bill& bill) {
  TextTable table({Align::right, Align::left, Align::right, Align::left, Align::left, Align::left});
  for (std::size_t i = 0; i < bill.lines.size(); ++i) {
    const treasury::BillLine& line = bill.lines[i];
    const bool is_relieved = line.relief != treasury::Charge(0);
    const std::string relief = money_text(globals, Fen(line.relief.value()));
    table.add({std::to_string(i + 1), value_label(globals, line.kind), money_text(globals, Fen(line.amount.value())),
               line.set_by.str(),
               is_relieved ? sentence(globals, "减免", "relief") + " −" + relief : ""});
  }
  table.add({"", sentence(globals, "合计", "total"), money_text(globals, bill.total)});
  for (const treasury::Payment& payment : bill.payments) {
    table.add({"", sentence(globals, "已收", "paid"), money_text(globals, Fen(payment.amount.value())),
               payment.received.str(), payment.reference.str()});
  }
  for (const treasury::Refund& refund : bill.refunds) {
    table.add({"", sentence(globals, "已退", "refunded"), money_text(globals, Fen(refund.amount.value())), "",
               refund.reference.str(),
               sentence(globals, "退 " + refund.payment.str(), "of " + refund.payment.str())});
  }
  if (treasury::due_of(bill) != Fen(0)) {
    table.add({"", sentence(globals, "尚需缴纳", "still due"), money_text(globals, treasury::due_of(bill))});
  }
  if (treasury::due_back_of(bill) != Fen(0)) {
    table.add({"", sentence(globals, "应予退还", "due back"), money_text(globals, treasury::due_back_of(bill))});
  }
  return table.text();
}

std::string bill_text(const Globals& globals, const ApplicationId& id, const treasury::Bill& bill) {
  NamedValues values;
  values.add(sentence(globals, "收款部门", "treasury"), bill.treasury.str());
  values.add(sentence(globals, "出单", "billed"), time_text(bill.billed_ms));
  if (bill.settled_ms) values.add(sentence(globals, "缴清", "settled"), time_text(*bill.settled_ms));
  return sentence(globals, "缴款单", "bill") + ": " + value_label(globals, bill.state) + "\n" +
         amounts_text(globals, bill) + values.text() + next_steps_text(globals, id, bill);
}

void show_bill(Globals& globals, const std::string& text) {
  ApplicationId id;
  const auto set = set_value(schema_of<ApplicationId>(), &id, text);
  if (!set) fail_as(ExitCode::usage, "APPLICATION", set.error());
  Client client = departmental_client_of(globals);
  const certs::ApplicationAnswer answer = or_fail(client.application(id));
  if (!answer.application) {
    throw CommandError{ExitCode::could_not_check, "there is no application " + text, "没有申请 " + text};
  }
  if (!answer.bill) {
    throw CommandError{ExitCode::could_not_check,
                       "the application has no bill: it is made when the last stage has approved",
                       "该申请还没有缴款单：最后一个审核阶段通过后自动开出", "kanhe application show " + text};
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
