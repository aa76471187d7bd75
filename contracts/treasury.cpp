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
template Bytes encode(const RelieveArguments&);
template Result<Billed> decode(ByteView);
template Result<Paid> decode(ByteView);
template Result<BillDropped> decode(ByteView);
template Result<Refunded> decode(ByteView);
template Result<Relieved> decode(ByteView);

}  // namespace kanhe

namespace kanhe::contracts::treasury {

// ---------------------------------------------------------------------------------------------------------------------
// Sums

namespace {

// Of what was taken off a line, no more than the line is asked for.
std::uint64_t asked_for(const BillLine& line) { return line.amount.value() - line.relief.value(); }

bool is_dropped(BillState state) { return state >= BillState::cancelled; }

template <class Sums>
Fen sum_of(const Sums& sums) {
  Fen total;
  for (const auto& one : sums) total = total + one.amount.value();
  return total;
}

Fen asked_of(const Bill& bill) {
  Fen total;
  for (const BillLine& line : bill.lines) total = total + asked_for(line);
  return total;
}

}  // namespace

std::uint64_t left_of(const Bill& bill, const Payment& payment) {
  std::uint64_t left = payment.amount.value();
  for (const Refund& refund : bill.refunds) {
    if (refund.payment == payment.reference) left -= refund.amount.value();
  }
  return left;
}

Fen total_of(const BillLines& lines) { return sum_of(lines); }
Fen paid_of(const Bill& bill) { return sum_of(bill.payments); }
Fen refunded_of(const Bill& bill) { return sum_of(bill.refunds); }

Fen due_of(const Bill& bill) {
  if (is_dropped(bill.state)) return Fen(0);
  const std::uint64_t asked = asked_of(bill).value();
  const std::uint64_t kept = paid_of(bill) - refunded_of(bill);
  return Fen(asked > kept ? asked - kept : 0);
}

Fen due_back_of(const Bill& bill) {
  const std::uint64_t kept = paid_of(bill) - refunded_of(bill);
  if (is_dropped(bill.state)) return Fen(kept);
  const std::uint64_t asked = asked_of(bill).value();
  return Fen(kept > asked ? kept - asked : 0);
}

// ---------------------------------------------------------------------------------------------------------------------
// For the service module

namespace {

std::vector<Subject> subjects_of(const ApplicationId& application, const Bill& bill) {
  return {ApplicationSubject{application}, DepartmentSubject{bill.treasury}};
}

// The rule that asks for the amount.
// R27: the deed tax, before the title is recorded.
// R29: the registration fee, before the certificate is issued, which is in the same transaction.
std::uint16_t rule_of(ChargeKind kind) { return kind == ChargeKind::deed_tax ? 27 : 29; }

BillState state_of(const Bill& bill, bool dropped) {
  if (!dropped) return due_of(bill) == Fen(0) ? BillState::settled : BillState::open;
  if (bill.payments.empty()) return BillState::cancelled;
  return due_back_of(bill) == Fen(0) ? BillState::refunded : BillState::refund_due;
}

// After its sums have changed.
void store(Context& context, const ApplicationId& application, Bill& bill) {
  bill.state = state_of(bill, is_dropped(bill.state));
  if (bill.state == BillState::settled && !bill.settled_ms) bill.settled_ms = context.now();
  bills.put(context.state(), application, bill);
}

// The same after money has come or gone, or less is asked for.
void store_and_tell(Context& context, const ApplicationId& application, Bill& bill) {
  const bool was_open = bill.state == BillState::open;
  store(context, application, bill);
  const bool is_open = bill.state == BillState::open;
  if (was_open != is_open && !is_dropped(bill.state)) {
    context.at(context.now(), bill_settled_number, BillSettled{application});
  }
}

}  // namespace

void make_bill(Context& context, const ApplicationId& application, const BillDraft& draft) {
  Bill bill;
  bill.treasury = draft.treasury;
  bill.lines = draft.lines;
  bill.total = total_of(draft.lines);
  bill.parties = draft.parties;
  bill.handlers = draft.handlers;
  bill.billed_ms = context.now();
  store(context, application, bill);
  context.emit(Billed{bill.lines, bill.total}, subjects_of(application, bill));
}

bool require_settled(Context& context, const ApplicationId& application) {
  const auto bill = bills.get(context.state(), application);
  if (!bill) {
    context.refuse(Code::unknown_bill);
    return false;
  }
  if (bill->state == BillState::settled) return true;
  std::uint64_t kept = paid_of(*bill) - refunded_of(*bill);
  for (const BillLine& line : bill->lines) {
    const std::uint64_t covered = std::min(kept, asked_for(line));
    kept -= covered;
    if (covered == asked_for(line)) continue;
    context.refuse(Code::unpaid, {.rule = rule_of(line.kind), .value = asked_for(line) - covered,
                                  .subject = DepartmentSubject{line.set_by}});
  }
  return false;
}

namespace {

bool contains(const auto& persons, const PartyId& person) {
  return std::ranges::find(persons, person) != persons.end();
}

}  // namespace

void add_handler(Context& context, const ApplicationId& application, const PartyId& person) {
  auto bill = bills.get(context.state(), application);
  if (!bill || contains(bill->handlers, person) || bill->handlers.full()) return;
  bill->handlers.push_back(person);
  bills.put(context.state(), application, *bill);
}

void add_party(Context& context, const ApplicationId& application, const PartyId& person) {
  auto bill = bills.get(context.state(), application);
  if (!bill || contains(bill->parties, person) || bill->parties.full()) return;
  bill->parties.push_back(person);
  bills.put(context.state(), application, *bill);
}

void drop_bill(Context& context, const ApplicationId& application) {
  auto bill = bills.get(context.state(), application);
  if (!bill) return;
  bill->state = BillState::cancelled;
  store_and_tell(context, application, *bill);
  context.emit(BillDropped{bill->state, paid_of(*bill)}, subjects_of(application, *bill));
}

// ---------------------------------------------------------------------------------------------------------------------
// Methods

namespace {

std::optional<Bill> require_bill(Context& context, const ApplicationId& application, std::uint16_t field) {
  auto bill = bills.get(context.state(), application);
  if (!bill) context.refuse(Code::unknown_bill, {.field = field});
  return bill;
}

void check_no_part(Context& context, const Bill& bill) {
  const PartyId& person = context.sender().person;
  if (contains(bill.parties, person) || contains(bill.handlers, person)) context.refuse(Code::own_case);
}

// That the sender may record a payment or refund of it; adds findings.
void check_treasury(Context& context, const Bill& bill) {
  context.require_role_in(bill.treasury, {Role::treasury_officer});
  check_no_part(context, bill);
  if (contains(bill.relievers, context.sender().person)) context.refuse(Code::own_case);
}

void check_amount(Context& context, Charge amount, std::uint16_t field) {
  if (amount == Charge(0)) context.refuse(Code::amount_missing, {.field = field});
}

void check_reference(Context& context, const ReferenceKey& key, std::uint16_t field) {
  const auto use = references.get(context.state(), key);
  if (!use) return;
  context.refuse(Code::reference_used, {.field = field, .subject = ApplicationSubject{use->application}});
}

void pay(Context& context, const PayArguments& arguments) {
  using A = PayArguments;
  auto bill = require_bill(context, arguments.application, field_number<A>("application"));
  if (!bill) return;
  check_treasury(context, *bill);
  const ReferenceKey key{bill->treasury, arguments.reference};
  check_reference(context, key, field_number<A>("reference"));
  if (!contains(bill->parties, arguments.payer)) {
    context.refuse(Code::payer_not_a_party, {.field = field_number<A>("payer")});
  }
  check_amount(context, arguments.amount, field_number<A>("amount"));
  const std::uint32_t received = day_of(arguments.received);
  const std::uint32_t billed = day_of(bill->billed_ms);
  const std::uint32_t today = day_of(context.now());
  const std::uint16_t received_field = field_number<A>("received");
  if (received < billed) {
    context.refuse(Code::paid_before_bill, {.field = received_field, .limit = billed, .value = received});
  }
  if (received > today) {
    context.refuse(Code::day_in_future, {.field = received_field, .limit = today, .value = received});
  }
  // The last place is for a payment that settles the bill.
  const bool is_last = bill->payments.size() + 1 == payments_max;
  if (bill->payments.full()) context.refuse(Code::payments_full, {.limit = payments_max});
  if (is_last && arguments.amount.value() < due_of(*bill).value()) {
    context.refuse(Code::payment_too_small, {.field = field_number<A>("amount"),
                                             .limit = due_of(*bill).value(),
                                             .value = arguments.amount.value()});
  }
  if (context.refused()) return;

  const Payment payment{arguments.reference, arguments.payer, arguments.amount, arguments.received};
  bill->payments.push_back(payment);
  store_and_tell(context, arguments.application, *bill);
  references.put(context.state(), key, {{}, arguments.application});
  context.emit(Paid{payment, bill->state}, subjects_of(arguments.application, *bill));
}

// That so much of the payment can be given back; adds findings.
void check_refund(Context& context, const Bill& bill, const RefundArguments& arguments) {
  using A = RefundArguments;
  check_amount(context, arguments.amount, field_number<A>("amount"));
  if (due_back_of(bill) == Fen(0)) {
    return context.refuse(Code::no_refund_due, {.rule = 28, .value = static_cast<std::uint64_t>(bill.state)});
  }
  const auto payment = std::ranges::find(bill.payments, arguments.payment, &Payment::reference);
  if (payment == bill.payments.end()) {
    return context.refuse(Code::unknown_payment, {.field = field_number<A>("payment")});
  }
  const std::uint64_t limit = std::min(due_back_of(bill).value(), left_of(bill, *payment));
  if (arguments.amount.value() > limit) {
    context.refuse(Code::refund_too_high,
                   {.field = field_number<A>("amount"), .limit = limit, .value = arguments.amount.value()});
  }
  // A place is left for each payment of which something is left, and for those to come.
  const auto is_left = [&](const Payment& one) {
    const bool is_this = one.reference == arguments.payment;
    return left_of(bill, one) > (is_this ? arguments.amount.value() : 0);
  };
  const auto open = static_cast<std::size_t>(std::ranges::count_if(bill.payments, is_left));
  const std::size_t to_come = payments_max - bill.payments.size();
  if (bill.refunds.size() + 1 + open + to_come > refunds_max) {
    context.refuse(Code::refund_in_parts, {.field = field_number<A>("amount"), .limit = limit});
  }
}

void refund(Context& context, const RefundArguments& arguments) {
  using A = RefundArguments;
  auto bill = require_bill(context, arguments.application, field_number<A>("application"));
  if (!bill) return;
  check_treasury(context, *bill);
  const ReferenceKey key{bill->treasury, arguments.reference};
  check_reference(context, key, field_number<A>("reference"));
  check_refund(context, *bill, arguments);
  if (context.refused()) return;

  const Refund given{arguments.reference, arguments.payment, arguments.amount};
  bill->refunds.push_back(given);
  store_and_tell(context, arguments.application, *bill);
  references.put(context.state(), key, {{}, arguments.application});
  context.emit(Refunded{given, bill->state}, subjects_of(arguments.application, *bill));
}

void check_relief(Context& context, const Bill& bill, const RelieveArguments& arguments) {
  using A = RelieveArguments;
  check_no_part(context, bill);
  if (arguments.document.empty()) context.refuse(Code::ground_missing, {.field = field_number<A>("document")});
  if (arguments.evidence.is_zero()) context.refuse(Code::ground_missing, {.field = field_number<A>("evidence")});
  if (bill.relievers.full() && !contains(bill.relievers, context.sender().person)) {
    context.refuse(Code::relievers_full, {.limit = relievers_max});
  }
  if (is_dropped(bill.state)) context.refuse(Code::bill_dropped, {.value = static_cast<std::uint64_t>(bill.state)});
  if (arguments.line == 0 || arguments.line > bill.lines.size()) {
    return context.refuse(Code::unknown_line, {.field = field_number<A>("line"),
                                               .limit = bill.lines.size(),
                                               .value = arguments.line});
  }
  const BillLine& line = bill.lines[arguments.line - 1u];
  context.require_role_in(line.set_by, {Role::reviewer, Role::tax_officer});
  const std::uint16_t field = field_number<A>("relief");
  if (arguments.relief > line.amount) {
    context.refuse(Code::relief_too_high,
                   {.field = field, .limit = line.amount.value(), .value = arguments.relief.value()});
  }
  // What was granted is not taken back here: the payer has been told.
  if (arguments.relief <= line.relief) {
    context.refuse(Code::relief_not_higher,
                   {.field = field, .limit = line.relief.value(), .value = arguments.relief.value()});
  }
}

void relieve(Context& context, const RelieveArguments& arguments) {
  auto bill = require_bill(context, arguments.application, field_number<RelieveArguments>("application"));
  if (!bill) return;
  check_relief(context, *bill, arguments);
  if (context.refused()) return;

  BillLine& line = bill->lines[arguments.line - 1u];
  line.relief = arguments.relief;
  const DepartmentId set_by = line.set_by;
  const PartyId& person = context.sender().person;
  if (!contains(bill->relievers, person)) bill->relievers.push_back(person);
  store_and_tell(context, arguments.application, *bill);
  std::vector<Subject> subjects = subjects_of(arguments.application, *bill);
  subjects.push_back(DepartmentSubject{set_by});
  context.emit(Relieved{arguments.line, arguments.relief, arguments.ground, arguments.document, arguments.evidence,
                        bill->state},
               std::move(subjects));
}

std::vector<Sentence> make_sentences() {
  return {
      sentence(Code::unknown_bill, "该申请没有缴款单", "the application has no bill"),
      sentence(Code::reference_used, "该缴款凭证号已使用", "this payment reference has been used"),
      sentence(Code::unpaid, "税费未缴清", "a tax or fee is not paid"),
      sentence(Code::own_case, "经办人与本案有关，应当回避", "the officer has a part in this application"),
      sentence(Code::no_refund_due, "没有待退款项", "no refund is due"),
      sentence(Code::unknown_tariff, "没有这个收费标准", "there is no such tariff"),
      sentence(Code::tariff_of_other_kind, "收费标准与税费种类不符", "the tariff is of the other kind: fees, or deed tax"),
      sentence(Code::tariff_too_early, "新标准只能自将来之日起施行", "a new version begins after today and after the one before"),
      sentence(Code::tariff_full, "该标准的版本数已达上限", "the tariff has as many versions as it can have"),
      sentence(Code::no_rate, "标准中没有适用的税率", "the table has no rate for it"),
      sentence(Code::exemption_repeated, "减免事由编码重复", "a ground of exemption is named twice"),
      sentence(Code::tariff_not_in_force, "不是合同签订之日施行的标准版本",
               "another version of the tariff was in force on the day of the contract"),
      sentence(Code::day_in_future, "日期晚于今天", "the day is in the future"),
      sentence(Code::rate_differs, "税率与标准不符", "the rate is not the tariff's"),
      sentence(Code::amount_differs, "税额不等于计税依据乘以税率", "the amount is not the base times the rate"),
      sentence(Code::base_missing, "没有填写计税依据", "the base of the tax is missing"),
      sentence(Code::unknown_exemption, "标准中没有这种免税事由", "the tariff knows no such ground of exemption"),
      sentence(Code::amount_missing, "没有填写金额", "the amount is missing"),
      sentence(Code::payer_not_a_party, "缴款人不是本案当事人", "the payer is no party of the application"),
      sentence(Code::paid_before_bill, "缴款日期早于缴款单日期", "the money came in before there was a bill"),
      sentence(Code::payments_full, "缴款或退款笔数已达上限", "the bill has as many payments or refunds as it can have"),
      sentence(Code::unknown_payment, "该缴款单没有这笔缴款", "the bill has no such payment"),
      sentence(Code::refund_too_high, "退款金额超过应退金额", "the refund is more than can be paid back"),
      sentence(Code::unknown_line, "缴款单没有这一项", "the bill has no such line"),
      sentence(Code::relief_too_high, "减免金额超过应缴金额", "more is taken off than the line asks for"),
      sentence(Code::relief_not_higher, "减免金额不高于已减免金额", "as much or more has been taken off before"),
      sentence(Code::bill_dropped, "申请已终止，缴款单不再变动", "the application has ended"),
      sentence(Code::ground_missing, "没有填写减免的文书号或依据", "a relief needs its document and evidence"),
      sentence(Code::tariff_of_other_department, "契税标准应当由核定契税的部门发布",
               "the deed-tax tariff belongs to another department than the one that assesses"),
      sentence(Code::tariff_too_far, "施行日期过远", "the version begins too far ahead"),
      sentence(Code::versions_missing, "没有填写标准的版本", "the tariff has no version"),
      sentence(Code::versions_out_of_order, "各版本应当按施行日期先后排列",
               "versions stand in the order of the days on which they begin"),
      sentence(Code::payment_too_small, "最后一笔缴款应当缴清全部应缴金额",
               "the last payment that there is room for has to settle the bill"),
      sentence(Code::relievers_full, "减免经办人数已达上限", "as many people have relieved the bill as may"),
      sentence(Code::refund_in_parts, "退款笔数将满，应当一次退清该笔缴款",
               "places for refunds run out: all that can be given back of the payment goes back at once"),
  };
}

}  // namespace

const Module& module() {
  static constexpr Method methods[] = {
      method<&pay>("pay", "登记缴款", "record money that came in", {Role::treasury_officer}),
      method<&refund>("refund", "登记退款", "record money that was given back", {Role::treasury_officer}),
      method<&relieve>("relieve", "减免税费", "take something off a line of a bill", {Role::reviewer, Role::tax_officer}),
      method<&set_tariff>("set_tariff", "发布收费标准", "put a tariff, or its next version", {Role::administrator}),
  };
  static constexpr EventKind events[] = {
      event_kind<Billed>(), event_kind<Paid>(),     event_kind<BillDropped>(),
      event_kind<Refunded>(), event_kind<Relieved>(), event_kind<TariffSet>(),
  };
  static const std::vector<Sentence> sentences = make_sentences();
  static const Module module{.name = "treasury",
                             .zh = "税费标准、缴纳与退还",
                             .en = "tariffs, bills, payments and refunds",
                             .methods = methods,
                             .events = events,
                             .due_handlers = {},
                             .sentences = sentences};
  return module;
}

}  // namespace kanhe::contracts::treasury
