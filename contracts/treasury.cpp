#include "contracts/treasury.h"

#include "contracts/method.h"
#include "ledger/codec_impl.h"

namespace kanhe {

using namespace contracts::treasury;

template Bytes encode(const Bill&);
template Result<Bill> decode(ByteView);
template Bytes encode(const ReferenceUse&);
template Result<ReferenceUse> decode(ByteView);
template Bytes encode_key(const ReferenceKey&);
template Bytes encode_key(const ApplicationId&);

template Bytes encode(const PayArguments&);
template Bytes encode(const RefundArguments&);
template Result<Billed> decode(ByteView);
template Result<Paid> decode(ByteView);
template Result<BillDropped> decode(ByteView);
template Result<Refunded> decode(ByteView);

}  // namespace kanhe

namespace kanhe::contracts::treasury {

Fen total_of(const BillLines& lines) {
  Fen total;
  for (const BillLine& line : lines) total = total + line.amount.value();
  return total;
}

namespace {

std::vector<Subject> subjects_of(const ApplicationId& application, const Bill& bill) {
  return {ApplicationSubject{application}, DepartmentSubject{bill.treasury}};
}

// The rule that asks for the amount.
// R27: the deed tax, before the title is recorded.
// R29: the registration fee, before the certificate is issued, which is in the same transaction.
std::uint16_t rule_of(ChargeKind kind) { return kind == ChargeKind::deed_tax ? 27 : 29; }

}  // namespace

void make_bill(Context& context, const ApplicationId& application, const DepartmentId& treasury, const BillLines& lines,
               const Involved& involved) {
  Bill bill;
  bill.treasury = treasury;
  bill.lines = lines;
  bill.total = total_of(lines);
  bill.involved = involved;
  bill.billed_ms = context.now();
  if (bill.total == Fen(0)) {
    bill.state = BillState::settled;
    bill.settled_ms = context.now();
  }
  bills.put(context.state(), application, bill);
  context.emit(Billed{lines, bill.total}, subjects_of(application, bill));
}

bool require_settled(Context& context, const ApplicationId& application) {
  const auto bill = bills.get(context.state(), application);
  if (!bill) {
    context.refuse(Code::unknown_bill);
    return false;
  }
  if (bill->state == BillState::settled) return true;
  for (const BillLine& line : bill->lines) {
    context.refuse(Code::unpaid, {.rule = rule_of(line.kind), .value = line.amount.value(),
                                  .subject = DepartmentSubject{line.set_by}});
  }
  return false;
}

void drop_bill(Context& context, const ApplicationId& application) {
  auto bill = bills.get(context.state(), application);
  if (!bill) return;
  bill->state = bill->reference ? BillState::refund_due : BillState::cancelled;
  bills.put(context.state(), application, *bill);
  context.emit(BillDropped{bill->state, bill->total}, subjects_of(application, *bill));
}

namespace {

// The bill that the sender may record a payment or refund of; adds findings.
std::optional<Bill> require_own_bill(Context& context, const ApplicationId& application, std::uint16_t field) {
  const auto bill = bills.get(context.state(), application);
  if (!bill) {
    context.refuse(Code::unknown_bill, {.field = field});
    return std::nullopt;
  }
  context.require_role_in(bill->treasury, {Role::treasury_officer});
  if (std::ranges::find(bill->involved, context.sender().person) != bill->involved.end()) {
    context.refuse(Code::own_case);
  }
  return bill;
}

void check_reference(Context& context, const ReferenceKey& key, std::uint16_t field) {
  const auto use = references.get(context.state(), key);
  if (!use) return;
  context.refuse(Code::reference_used, {.field = field, .subject = ApplicationSubject{use->application}});
}

void pay(Context& context, const PayArguments& arguments) {
  using A = PayArguments;
  auto bill = require_own_bill(context, arguments.application, field_number<A>("application"));
  if (!bill) return;
  const ReferenceKey key{bill->treasury, arguments.reference};
  check_reference(context, key, field_number<A>("reference"));
  if (bill->state != BillState::open) {
    context.refuse(Code::bill_not_open, {.value = static_cast<std::uint64_t>(bill->state)});
  }
  if (arguments.amount != bill->total) {
    context.refuse(Code::amount_differs, {.field = field_number<A>("amount"),
                                          .limit = bill->total.value(),
                                          .value = arguments.amount.value()});
  }
  if (context.refused()) return;

  bill->state = BillState::settled;
  bill->settled_ms = context.now();
  bill->reference = arguments.reference;
  bills.put(context.state(), arguments.application, *bill);
  references.put(context.state(), key, {{}, arguments.application});
  context.emit(Paid{arguments.reference, arguments.amount}, subjects_of(arguments.application, *bill));
}

void refund(Context& context, const RefundArguments& arguments) {
  using A = RefundArguments;
  auto bill = require_own_bill(context, arguments.application, field_number<A>("application"));
  if (!bill) return;
  const ReferenceKey key{bill->treasury, arguments.reference};
  check_reference(context, key, field_number<A>("reference"));
  if (bill->state != BillState::refund_due) {
    context.refuse(Code::no_refund_due, {.rule = 28, .value = static_cast<std::uint64_t>(bill->state)});
  }
  if (context.refused()) return;

  bill->state = BillState::refunded;
  bill->refund_reference = arguments.reference;
  bills.put(context.state(), arguments.application, *bill);
  references.put(context.state(), key, {{}, arguments.application});
  context.emit(Refunded{arguments.reference, bill->total}, subjects_of(arguments.application, *bill));
}

std::vector<Sentence> make_sentences() {
  return {
      sentence(Code::unknown_bill, "该申请没有缴款单", "the application has no bill"),
      sentence(Code::bill_not_open, "缴款单不在待缴状态", "the bill is not open"),
      sentence(Code::amount_differs, "缴款金额与缴款单不符", "the amount is not the bill's total"),
      sentence(Code::reference_used, "该缴款凭证号已使用", "this payment reference has been used"),
      sentence(Code::unpaid, "税费未缴清", "a tax or fee is not paid"),
      sentence(Code::own_case, "经办人与本案有关，应当回避", "the officer has a part in this application"),
      sentence(Code::no_refund_due, "没有待退款项", "no refund is due"),
  };
}

}  // namespace

const Module& module() {
  static constexpr Method methods[] = {
      method<&pay>("pay", "登记缴款", "record the payment of a bill", {Role::treasury_officer}),
      method<&refund>("refund", "登记退款", "record the refund of a bill", {Role::treasury_officer}),
  };
  static constexpr EventKind events[] = {
      event_kind<Billed>(),
      event_kind<Paid>(),
      event_kind<BillDropped>(),
      event_kind<Refunded>(),
  };
  static const std::vector<Sentence> sentences = make_sentences();
  static const Module module{.name = "treasury",
                             .zh = "税费缴纳与退还",
                             .en = "bills, payments and refunds",
                             .methods = methods,
                             .events = events,
                             .due_handlers = {},
                             .sentences = sentences};
  return module;
}

}  // namespace kanhe::contracts::treasury
