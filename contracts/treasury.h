// treasury: bills, payments and refunds, in fen.
//
// A service makes one bill for an application: fees by its tariff (tariff.h) and what the tax office assessed; nobody
// types a bill. The department that set a line may take something off again, on a ground and with its document
// (relief). The treasury department that the service names records what came in: any amount, by a party of the
// application, under a reference of its payment system that is used once in that department, also for refunds. So a
// bill may be paid in parts; what came in too much, twice, or after the application ended is recorded too, and is due
// back. An application that ends without its effect cancels its bill, and all that was paid is due back (R28).
//
// Who had a part in an application records no payment, refund or relief of it, and who relieved it records no payment
// or refund. Every payment can be given back: the last places of a bill are kept for that.
//
// Tables: 0x0601 bills, 0x0602 references; those of tariff.h.
// Thread: one. Errors: treasury::Code, below.
#pragma once

#include "contracts/tariff.h"

namespace kanhe::contracts::treasury {

enum class Code : std::uint16_t {
  unknown_bill = 700,         // field; the application has no bill, or not yet
  reference_used = 703,       // field; subject: the application for which it was used
  unpaid = 704,               // rule 27 (deed tax) or 29 (registration fee); value: what is missing of the line
  own_case = 705,             // the sender's person has a part in the application
  no_refund_due = 706,        // value: the bill's state
  unknown_tariff = 707,       // field
  tariff_of_other_kind = 708, // field; fees where deed tax is meant, or the other way round
  tariff_too_early = 709,     // field; limit: first day on which a new version may begin, value: days since 1970
  tariff_full = 710,          // limit: versions of one tariff
  no_rate = 711,              // field; the table has no row for it
  exemption_repeated = 712,   // field; value: position in the list, from 1
  tariff_not_in_force = 713,  // field; limit: the version of that day (0: none), value: the one given
  day_in_future = 714,        // field; limit: today, value: the day, both in days since 1970
  rate_differs = 715,         // R27, field; limit: the table's rate, value: the one given
  amount_differs = 716,       // R27, field; limit: base times rate, value: the amount given
  base_missing = 717,         // R27, field
  unknown_exemption = 718,    // field
  amount_missing = 719,       // field
  payer_not_a_party = 720,    // field
  paid_before_bill = 721,     // field; limit: day of the bill, value: the day given, both in days since 1970
  payments_full = 722,        // limit: payments or refunds of one bill
  unknown_payment = 723,      // field; the bill has no payment of that reference
  refund_too_high = 724,      // field; limit: what can be paid back, value: the amount
  unknown_line = 725,         // field; limit: lines of the bill, value
  relief_too_high = 726,      // field; limit: amount of the line, value: the relief
  relief_not_higher = 727,    // field; limit: what was taken off before, value: the relief
  bill_dropped = 728,         // value: the bill's state
  ground_missing = 729,       // field
  tariff_of_other_department = 730,  // R27, field; subject: its department, which is not the one that assesses
  tariff_too_far = 731,       // field; limit: the last day on which a version may begin, value: days since 1970
  versions_missing = 732,     // field
  versions_out_of_order = 733,  // field; value: position in the list, from 1
  refund_in_parts = 734,      // field; limit: what can be given back of the payment: all of it, as places run out
  payment_too_small = 735,    // field; limit: what is due, value; the last place is for a payment that settles the bill
  relievers_full = 736,       // limit: people who took something off one bill
};
BOOST_DESCRIBE_ENUM(Code, unknown_bill, reference_used, unpaid, own_case, no_refund_due, unknown_tariff,
                    tariff_of_other_kind, tariff_too_early, tariff_full, no_rate, exemption_repeated,
                    tariff_not_in_force, day_in_future, rate_differs, amount_differs, base_missing, unknown_exemption,
                    amount_missing, payer_not_a_party, paid_before_bill, payments_full, unknown_payment,
                    refund_too_high, unknown_line, relief_too_high, relief_not_higher, bill_dropped, ground_missing,
                    tariff_of_other_department, tariff_too_far, versions_missing, versions_out_of_order,
                    refund_in_parts, payment_too_small, relievers_full)

// ---------------------------------------------------------------------------------------------------------------------
// Records

enum class ChargeKind : std::uint8_t {
  registration_fee = 1,  // 登记费
  deed_tax = 2,          // 契税
};
BOOST_DESCRIBE_ENUM(ChargeKind, registration_fee, deed_tax)

struct BillLine {
  ChargeKind kind = ChargeKind::registration_fee;
  DepartmentId set_by;  // whose tariff or assessment it is
  Charge amount;
  Charge relief;        // taken off again
  friend bool operator==(const BillLine&, const BillLine&) = default;
};
BOOST_DESCRIBE_STRUCT(BillLine, (), (kind, set_by, amount, relief))

inline constexpr std::size_t bill_lines_max = 32;
static_assert(bill_lines_max * Charge::max <= Fen::max);
using BillLines = List<BillLine, bill_lines_max>;

enum class BillState : std::uint8_t {
  open = 1,
  settled = 2,     // paid, or nothing to pay
  cancelled = 3,   // the application ended before anything was paid
  refund_due = 4,  // the application ended after something was paid
  refunded = 5,
};
BOOST_DESCRIBE_ENUM(BillState, open, settled, cancelled, refund_due, refunded)

struct PaymentReferenceTag {
  static constexpr std::size_t bytes_min = 1;
  static constexpr std::size_t bytes_max = 64;
  static constexpr Label label{"PaymentReference", "缴款凭证号", "reference of a payment or refund"};
  static Result<void> check(std::string_view text) { return check_visible_ascii(text); }
};
using PaymentReference = Text<PaymentReferenceTag>;

struct Payment {
  PaymentReference reference;
  PartyId payer;
  Charge amount;
  CivilDate received;  // the day on which the money came in
};
BOOST_DESCRIBE_STRUCT(Payment, (), (reference, payer, amount, received))

struct Refund {
  PaymentReference reference;
  PaymentReference payment;  // which payment it gives back, or a part of
  Charge amount;
};
BOOST_DESCRIBE_STRUCT(Refund, (), (reference, payment, amount))

inline constexpr std::size_t payments_max = 32;
inline constexpr std::size_t refunds_max = 2 * payments_max;
static_assert(payments_max * Charge::max <= Fen::max);

inline constexpr std::size_t parties_max = 2'000;
inline constexpr std::size_t handlers_max = 256;
inline constexpr std::size_t relievers_max = 64;

// What its state follows from: whether the application goes on, and the sums.
struct Bill {
  FormatVersion<1> version;
  DepartmentId treasury;  // whose officers record payments
  BillLines lines;
  Fen total;              // of the lines, without relief
  BillState state = BillState::open;
  List<PartyId, parties_max> parties;    // who has a part in what is applied for
  List<PartyId, handlers_max> handlers;  // who dealt with it
  List<PartyId, relievers_max> relievers;  // who took something off its lines
  Timestamp billed_ms;
  std::optional<Timestamp> settled_ms;   // for the first time
  List<Payment, payments_max> payments;
  List<Refund, refunds_max> refunds;
};
BOOST_DESCRIBE_STRUCT(Bill, (),
                      (version, treasury, lines, total, state, parties, handlers, relievers, billed_ms, settled_ms,
                       payments, refunds))

// What a payment of it has left that was not given back. Units: fen.
std::uint64_t left_of(const Bill& bill, const Payment& payment);
Fen paid_of(const Bill& bill);
Fen refunded_of(const Bill& bill);
// What is still to be paid; nothing once the application ended.
Fen due_of(const Bill& bill);
// What can be paid back: too much of it, or all, once the application ended without its effect.
Fen due_back_of(const Bill& bill);

struct ReferenceKey {
  DepartmentId treasury;
  PaymentReference reference;
};
BOOST_DESCRIBE_STRUCT(ReferenceKey, (), (treasury, reference))

struct ReferenceUse {
  FormatVersion<1> version;
  ApplicationId application;
};
BOOST_DESCRIBE_STRUCT(ReferenceUse, (), (version, application))

inline constexpr Table<ApplicationId, Bill> bills{0x0601, "bills"};
inline constexpr Table<ReferenceKey, ReferenceUse> references{0x0602, "references"};

// ---------------------------------------------------------------------------------------------------------------------
// For the service module

// Lines, without relief.
Fen total_of(const BillLines& lines);

struct BillDraft {
  DepartmentId treasury;
  BillLines lines;
  List<PartyId, parties_max> parties;
  List<PartyId, handlers_max> handlers;
};
// Requires: the application has no bill; the department exists. A bill of nothing is settled at once.
void make_bill(Context& context, const ApplicationId& application, const BillDraft& draft);
// A bill that was open is settled: whoever goes on with the application hears of it by this due handler, which is
// service's, in the next block.
struct BillSettled {
  ApplicationId application;
};
BOOST_DESCRIBE_STRUCT(BillSettled, (), (application))
inline constexpr DueHandlerNumber bill_settled_number = 0x0507;
// Whether the application's bill is settled; if not, adds unpaid for each line that is not covered (payments cover the
// lines in their order), or unknown_bill.
bool require_settled(Context& context, const ApplicationId& application);
// Somebody has dealt with the application after it was billed, or agreed to it. Nothing happens without a bill.
void add_handler(Context& context, const ApplicationId& application, const PartyId& person);
void add_party(Context& context, const ApplicationId& application, const PartyId& person);
// The application ends without its effect: see the top. Nothing happens when it has no bill.
void drop_bill(Context& context, const ApplicationId& application);

// ---------------------------------------------------------------------------------------------------------------------
// Methods and events

struct PayArguments {
  ApplicationId application;
  PaymentReference reference;
  PartyId payer;
  Charge amount;
  CivilDate received;
};
BOOST_DESCRIBE_STRUCT(PayArguments, (), (application, reference, payer, amount, received))

struct RefundArguments {
  ApplicationId application;
  PaymentReference reference;
  PaymentReference payment;
  Charge amount;
};
BOOST_DESCRIBE_STRUCT(RefundArguments, (), (application, reference, payment, amount))

// By a reviewer or tax officer of the department that set the line.
struct RelieveArguments {
  ApplicationId application;
  std::uint8_t line = 0;  // from 1
  Charge relief;          // in all: what was taken off before counts in
  ExemptionCode ground;
  PlainText<96> document;
  Hash256 evidence;
};
BOOST_DESCRIBE_STRUCT(RelieveArguments, (), (application, line, relief, ground, document, evidence))

struct Billed {
  static constexpr std::string_view event_name = "treasury.billed";
  BillLines lines;
  Fen total;
};
BOOST_DESCRIBE_STRUCT(Billed, (), (lines, total))

struct Paid {
  static constexpr std::string_view event_name = "treasury.paid";
  Payment payment;
  BillState state = BillState::open;  // afterwards
};
BOOST_DESCRIBE_STRUCT(Paid, (), (payment, state))

// The application ended without its effect: the bill fell away unpaid, or is due for refund.
struct BillDropped {
  static constexpr std::string_view event_name = "treasury.bill_dropped";
  BillState state = BillState::cancelled;
  Fen paid;
};
BOOST_DESCRIBE_STRUCT(BillDropped, (), (state, paid))

struct Refunded {
  static constexpr std::string_view event_name = "treasury.refunded";
  Refund refund;
  BillState state = BillState::refunded;
};
BOOST_DESCRIBE_STRUCT(Refunded, (), (refund, state))

struct Relieved {
  static constexpr std::string_view event_name = "treasury.relieved";
  std::uint8_t line = 0;
  Charge relief;
  ExemptionCode ground;
  PlainText<96> document;
  Hash256 evidence;
  BillState state = BillState::open;
};
BOOST_DESCRIBE_STRUCT(Relieved, (), (line, relief, ground, document, evidence, state))

const Module& module();

}  // namespace kanhe::contracts::treasury
