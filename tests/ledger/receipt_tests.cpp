// Receipts, events and the chain of a subject's events.
#include "ledger/receipt.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "ledger/codec.h"
#include "tests/support/builders.h"

namespace {

using namespace kanhe;
using namespace kanhe::support;

}  // namespace

BOOST_AUTO_TEST_SUITE(receipt_tests)

BOOST_AUTO_TEST_CASE(event_names_are_two_identifiers) {
  for (const std::string_view name : {"a.b", "certificate.issued", "property.right_2"}) {
    BOOST_TEST(EventName::from(name).has_value(), name);
  }
  for (const std::string_view name : {"abc", "a.", ".b", "a.b.c", "A.b", "a.B", "a b.c", "..."}) {
    BOOST_TEST(!EventName::from(name), name);
  }
  BOOST_TEST(EventName::from(std::string(32, 'a') + "." + std::string(32, 'b')).has_value());
  BOOST_TEST(!EventName::from(std::string(33, 'a') + "." + std::string(31, 'b')));
}

BOOST_AUTO_TEST_CASE(subjects_are_ordered_by_kind_and_then_by_id) {
  const auto subjects = all_subjects();
  BOOST_TEST(subjects.is_sorted());
  const Subject low = UnitSubject{text<UnitNumber>("A")};
  const Subject high = UnitSubject{text<UnitNumber>("B")};
  BOOST_TEST((low < high));
  BOOST_TEST((subjects[0] < low));
  BOOST_TEST((high < subjects[2]));
}

BOOST_AUTO_TEST_CASE(numbers_of_alternatives_are_what_they_were) {
  Byte expected = 1;
  for (const Subject& subject : all_subjects()) BOOST_TEST(encode(subject)[0] == expected++);
  // Version and transaction id stand before the outcome.
  BOOST_TEST(encode(a_succeeded_receipt())[2 + 32] == 1);
  BOOST_TEST(encode(a_refused_receipt())[2 + 32] == 2);
}

BOOST_AUTO_TEST_CASE(success_and_refusal_are_told_apart) {
  BOOST_TEST(succeeded(a_succeeded_receipt()));
  BOOST_TEST(succeeded(a_system_receipt()));
  BOOST_TEST(!succeeded(a_refused_receipt()));
}

BOOST_AUTO_TEST_CASE(a_trace_depends_on_each_event_its_place_and_the_order) {
  const Event first = an_event();
  Event second = an_event();
  second.data = {};
  const EventPosition at{Height(1), 2, 3};
  const TraceHead none{};
  std::set<TraceHead> heads{none};
  const auto is_new = [&](const TraceHead& head) { return heads.insert(head).second; };
  BOOST_TEST(is_new(extend_trace(none, at, first)));
  BOOST_TEST(is_new(extend_trace(none, at, second)));
  BOOST_TEST(is_new(extend_trace(none, {Height(2), 2, 3}, first)));
  BOOST_TEST(is_new(extend_trace(none, {Height(1), 3, 3}, first)));
  BOOST_TEST(is_new(extend_trace(none, {Height(1), 2, 4}, first)));
  BOOST_TEST(is_new(extend_trace(none, {Height(1), 3, 2}, first)));
  BOOST_TEST(is_new(extend_trace(extend_trace(none, at, first), at, second)));
  BOOST_TEST(is_new(extend_trace(extend_trace(none, at, second), at, first)));
}

BOOST_AUTO_TEST_CASE(a_trace_is_as_defined) {
  const TraceLink link = a_trace_link();
  BOOST_TEST((Hash256(extend_trace(link.previous, link.position, an_event())) ==
              tagged_hash(Tag::trace, encode(link))));
}

BOOST_AUTO_TEST_SUITE_END()
