// Context: the limits of what one transaction emits, at the limit and one above it; findings; roles.
#include "contracts/module.h"

#include <boost/test/unit_test.hpp>

#include "ledger/codec_impl.h"

namespace kanhe::contracts {
namespace {

struct Noise {
  static constexpr std::string_view event_name = "test.noise";
  Blob<event_bytes_max> data;
};
BOOST_DESCRIBE_STRUCT(Noise, (), (data))

Noise noise(std::size_t bytes) { return {Blob<event_bytes_max>::from(Bytes(bytes)).value()}; }
constexpr std::size_t count_bytes = 4;  // a blob's own length

struct Fixture {
  EmptyState empty;
  Overlay state{empty};
  BlockFacts facts{};
  Context context{state, facts, TransactionId(), Sender{}};
  Context with(Sender sender) { return Context(state, facts, TransactionId(), std::move(sender)); }
};

bool found(const Context& context, Code code) {
  return std::ranges::any_of(context.findings(),
                             [&](const Finding& f) { return f.code == static_cast<std::uint16_t>(code); });
}

DepartmentSubject department(char letter) {
  return {DepartmentId::from(std::string_view(&letter, 1)).value()};
}

Sender officer(std::string_view department_name, RoleSet roles) {
  return {.kind = SenderKind::officer, .department = DepartmentId::from(department_name).value(), .roles = roles};
}

BOOST_AUTO_TEST_SUITE(module_tests)

BOOST_FIXTURE_TEST_CASE(events_are_limited_in_size, Fixture) {
  context.emit(noise(event_bytes_max - count_bytes), {});
  BOOST_TEST(!context.refused());
  context.emit(noise(event_bytes_max - count_bytes + 1), {});
  BOOST_TEST(found(context, Code::event_too_large));
  BOOST_TEST(context.events().size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(events_are_limited_in_number, Fixture) {
  for (std::size_t i = 0; i < transaction_events_max; ++i) context.emit(noise(0), {});
  BOOST_TEST(!context.refused());
  context.emit(noise(0), {});
  BOOST_TEST(found(context, Code::too_many_events));
  BOOST_TEST(context.events().size() == transaction_events_max);
}

BOOST_FIXTURE_TEST_CASE(events_are_limited_in_size_together, Fixture) {
  for (int i = 0; i < 4; ++i) context.emit(noise(transaction_event_bytes_max / 4 - count_bytes), {});
  BOOST_TEST(!context.refused());
  context.emit(noise(0), {});
  BOOST_TEST(found(context, Code::events_too_large));
}

BOOST_FIXTURE_TEST_CASE(subjects_are_sorted_counted_once_and_limited, Fixture) {
  std::vector<Subject> subjects;
  for (const char letter : std::string("hgfedcba")) subjects.push_back(department(letter));
  subjects.push_back(department('a'));
  context.emit(noise(0), subjects);
  BOOST_REQUIRE(!context.refused());
  BOOST_TEST(context.events()[0].subjects.size() == subjects_max);
  BOOST_TEST(context.events()[0].subjects.is_sorted());
  subjects.push_back(department('i'));
  context.emit(noise(0), subjects);
  BOOST_TEST(found(context, Code::too_many_subjects));
}

BOOST_FIXTURE_TEST_CASE(return_values_are_limited, Fixture) {
  context.set_return_value(Bytes(return_bytes_max));
  BOOST_TEST(!context.refused());
  context.set_return_value(Bytes(return_bytes_max + 1));
  BOOST_TEST(found(context, Code::return_too_large));
}

BOOST_FIXTURE_TEST_CASE(findings_are_listed_once_and_no_more_than_a_receipt_holds, Fixture) {
  context.refuse(Code::unknown_department, {.field = 1});
  context.refuse(Code::unknown_department, {.field = 1});
  BOOST_TEST(context.findings().size() == 1u);
  for (std::uint16_t field = 1; field < 200; ++field) context.refuse(Code::unknown_department, {.field = field});
  BOOST_TEST(context.findings().size() == findings_max);
}

// However many there are of one kind, each other rule and code is named; the first ones stay where they are.
BOOST_FIXTURE_TEST_CASE(no_rule_is_hidden_by_many_findings_of_another, Fixture) {
  Context crowded = with(Sender{});
  for (std::uint16_t field = 1; field <= findings_max; ++field) {
    crowded.refuse(Code::unknown_department, {.rule = 4, .field = field});
  }
  for (std::uint16_t rule = 1; rule <= 40; ++rule) {
    for (std::uint16_t field = 1; field <= 3; ++field) {
      crowded.refuse(Code::unknown_department, {.rule = rule, .field = field});
    }
  }
  crowded.refuse(Code::unknown_module);
  crowded.refuse(Code::unknown_method);
  BOOST_TEST(crowded.findings().size() == findings_max);
  for (std::uint16_t rule = 1; rule <= 40; ++rule) {
    BOOST_TEST(std::ranges::count(crowded.findings(), rule, &Finding::rule) >= 1, rule);
  }
  BOOST_TEST(found(crowded, Code::unknown_module));
  BOOST_TEST(found(crowded, Code::unknown_method));
  for (std::size_t i = 0; i < 10; ++i) BOOST_TEST(crowded.findings()[i].field == i + 1);
}

// Where no two are alike, the first ones stay.
BOOST_FIXTURE_TEST_CASE(findings_of_which_no_two_are_alike_stay, Fixture) {
  Context crowded = with(Sender{});
  for (std::uint16_t rule = 1; rule <= findings_max + 5; ++rule) crowded.refuse(Code::unknown_module, {.rule = rule});
  BOOST_TEST(crowded.findings().size() == findings_max);
  BOOST_TEST(crowded.findings().back().rule == findings_max);
}

BOOST_FIXTURE_TEST_CASE(roles_are_asked_for_in_the_right_department, Fixture) {
  Context registrar = with(officer("registry", {Role::registrar}));
  BOOST_TEST(registrar.require_role({Role::registrar, Role::reviewer}));
  BOOST_TEST(registrar.require_role({}));
  BOOST_TEST(!registrar.refused());
  BOOST_TEST(!registrar.require_role_in(DepartmentId::from("tax-office").value(), {Role::registrar}));
  BOOST_TEST(found(registrar, Code::wrong_department));
  BOOST_TEST(!found(registrar, Code::role_needed));
  BOOST_TEST(!registrar.require_role({Role::issuer}));
  BOOST_TEST(found(registrar, Code::role_needed));

  Context stranger = with(Sender{});
  BOOST_TEST(!stranger.require_role({Role::issuer}));
  BOOST_TEST(found(stranger, Code::unknown_sender));
}

BOOST_AUTO_TEST_CASE(field_numbers_count_from_one) {
  static_assert(field_number<Receipt>("version") == 1);
  static_assert(field_number<Receipt>("return_value") == 5);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts
