// treasury: bills, payments and refunds, in fen.
//
// A service makes one bill for an application out of what its reviews found; nobody types a bill. The treasury
// department that the service names records the payment: the exact total, under a reference of its payment system that
// is used once in that department, also for refunds. An application that ends without its effect cancels an open bill
// and makes a paid one due for refund (R28).
//
// Tables: 0x0601 bills, 0x0602 references.
// Thread: one. Errors: treasury::Code, below.
#pragma once

#include "contracts/module.h"

namespace kanhe::contracts::treasury {

enum class Code : std::uint16_t {
  unknown_bill = 700,    // field; the application has no bill, or not yet
  bill_not_open = 701,   // value: the bill's state
  amount_differs = 702,  // field; limit: the total of the bill, value: the amount given
  reference_used = 703,  // field; subject: the application for which it was used
  unpaid = 704,          // rule 27 (deed tax) or 29 (registration fee); value: the amount
  own_case = 705,        // the sender's person has a part in the application
  no_refund_due = 706,   // value: the bill's state
};
BOOST_DESCRIBE_ENUM(Code, unknown_bill, bill_not_open, amount_differs, reference_used, unpaid, own_case, no_refund_due)

// ---------------------------------------------------------------------------------------------------------------------
// Records

// One amount on a bill: at most ten billion yuan, so that the lines of a bill sum within Fen.
struct ChargeTag {
  using Rep = std::uint64_t;
  static constexpr Rep min = 0;
  static constexpr Rep max = 1'000'000'000'000;
  static constexpr Label label{"Charge", "收费金额(分)", "one amount on a bill", "fen"};
};
using Charge = Number<ChargeTag>;

enum class ChargeKind : std::uint8_t {
  registration_fee = 1,  // 登记费
  deed_tax = 2,          // 契税
};
BOOST_DESCRIBE_ENUM(ChargeKind, registration_fee, deed_tax)

struct BillLine {
  ChargeKind kind = ChargeKind::registration_fee;
  DepartmentId set_by;  // whose rule or assessment it is
  Charge amount;
  friend bool operator==(const BillLine&, const BillLine&) = default;
};
BOOST_DESCRIBE_STRUCT(BillLine, (), (kind, set_by, amount))

inline constexpr std::size_t bill_lines_max = 64;
static_assert(bill_lines_max * Charge::max <= Fen::max);
using BillLines = List<BillLine, bill_lines_max>;

enum class BillState : std::uint8_t {
  open = 1,
  settled = 2,     // paid, or nothing to pay
  cancelled = 3,   // the application ended before it was paid
  refund_due = 4,  // the application ended after it was paid
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

inline constexpr std::size_t involved_max = 1'300;
using Involved = List<PartyId, involved_max>;

struct Bill {
  FormatVersion<1> version;
  DepartmentId treasury;  // whose officers record payments
  BillLines lines;
  Fen total;
  BillState state = BillState::open;
  Involved involved;      // parties of the application and who dealt with it: they record no payment of it
  Timestamp billed_ms;
  std::optional<Timestamp> settled_ms;
  std::optional<PaymentReference> reference;  // absent: nothing was to be paid
  std::optional<PaymentReference> refund_reference;
};
BOOST_DESCRIBE_STRUCT(Bill, (),
                      (version, treasury, lines, total, state, involved, billed_ms, settled_ms, reference,
                       refund_reference))

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

Fen total_of(const BillLines& lines);
// Requires: the application has no bill; the department exists. A bill of nothing is settled at once.
void make_bill(Context& context, const ApplicationId& application, const DepartmentId& treasury, const BillLines& lines,
               const Involved& involved);
// Whether the application's bill is settled; if not, adds unpaid for each line, or unknown_bill.
bool require_settled(Context& context, const ApplicationId& application);
// The application ends without its effect: see the top. Nothing happens when it has no bill.
void drop_bill(Context& context, const ApplicationId& application);

// ---------------------------------------------------------------------------------------------------------------------
// Methods and events

struct PayArguments {
  ApplicationId application;
  PaymentReference reference;
  Fen amount;
};
BOOST_DESCRIBE_STRUCT(PayArguments, (), (application, reference, amount))

struct RefundArguments {
  ApplicationId application;
  PaymentReference reference;
};
BOOST_DESCRIBE_STRUCT(RefundArguments, (), (application, reference))

struct Billed {
  static constexpr std::string_view event_name = "treasury.billed";
  BillLines lines;
  Fen total;
};
BOOST_DESCRIBE_STRUCT(Billed, (), (lines, total))

struct Paid {
  static constexpr std::string_view event_name = "treasury.paid";
  PaymentReference reference;
  Fen amount;
};
BOOST_DESCRIBE_STRUCT(Paid, (), (reference, amount))

// The bill fell away unpaid, or is due for refund.
struct BillDropped {
  static constexpr std::string_view event_name = "treasury.bill_dropped";
  BillState state = BillState::cancelled;
  Fen total;
};
BOOST_DESCRIBE_STRUCT(BillDropped, (), (state, total))

struct Refunded {
  static constexpr std::string_view event_name = "treasury.refunded";
  PaymentReference reference;
  Fen amount;
};
BOOST_DESCRIBE_STRUCT(Refunded, (), (reference, amount))

const Module& module();

}  // namespace kanhe::contracts::treasury
