// Traces: a subject's count and head follow its events, and only its own.
#include "contracts/trace.h"

#include <boost/test/unit_test.hpp>

namespace kanhe::contracts {
namespace {

const Subject registry = DepartmentSubject{DepartmentId::from("registry").value()};
const Subject tax_office = DepartmentSubject{DepartmentId::from("tax-office").value()};

Event event_about(std::initializer_list<Subject> subjects, Byte data) {
  Event event;
  event.name = EventName::from("test.noise").value();
  event.subjects.assign(subjects.begin(), subjects.end());
  event.data = Blob<event_bytes_max>::from({data}).value();
  return event;
}

Receipt receipt_of(std::initializer_list<Event> events) {
  Receipt receipt;
  receipt.events.assign(events.begin(), events.end());
  return receipt;
}

BOOST_AUTO_TEST_SUITE(trace_tests)

BOOST_AUTO_TEST_CASE(a_subject_without_events_has_the_trace_of_none) {
  const EmptyState state;
  BOOST_TEST((trace_of(state, registry) == Trace{}));
  BOOST_TEST((trace_key_of(registry) != trace_key_of(tax_office)));
}

BOOST_AUTO_TEST_CASE(each_event_extends_the_chain_of_each_of_its_subjects) {
  const EmptyState empty;
  Overlay state(empty);
  const Event first = event_about({registry}, 1);
  const Event second = event_about({registry, tax_office}, 2);
  const auto numbers = extend_traces(state, Height(7), 3, receipt_of({first, second}));
  BOOST_TEST(numbers == (std::vector<std::uint64_t>{0, 1, 0}), boost::test_tools::per_element());
  const TraceHead once = extend_trace(TraceHead(), {Height(7), 3, 0}, first);
  BOOST_TEST((trace_of(state, registry) == Trace{{}, Total(2), extend_trace(once, {Height(7), 3, 1}, second)}));
  BOOST_TEST((trace_of(state, tax_office) ==
              Trace{{}, Total(1), extend_trace(TraceHead(), {Height(7), 3, 1}, second)}));
}

BOOST_AUTO_TEST_CASE(order_place_and_content_of_events_all_change_the_head) {
  const auto head_of = [](Height height, std::uint32_t index, std::initializer_list<Event> events) {
    const EmptyState empty;
    Overlay state(empty);
    extend_traces(state, height, index, receipt_of(events));
    return trace_of(state, registry).head;
  };
  const Event a = event_about({registry}, 1);
  const Event b = event_about({registry}, 2);
  const std::vector<TraceHead> heads{head_of(Height(1), 0, {a, b}), head_of(Height(1), 0, {b, a}),
                                     head_of(Height(1), 0, {a}),    head_of(Height(1), 0, {b}),
                                     head_of(Height(2), 0, {a}),    head_of(Height(1), 1, {a})};
  for (std::size_t i = 0; i < heads.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) BOOST_TEST((heads[i] != heads[j]));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts
