// The due queue: order, equal times, cancelling, the end of the type's range.
#include "contracts/due.h"

#include <boost/test/unit_test.hpp>
#include <random>
#include <set>

namespace kanhe::contracts {
namespace {

constexpr DueHandlerNumber a_handler = 0x0901;

std::vector<Byte> drain(Overlay& state, Timestamp now) {
  std::vector<Byte> order;
  while (const auto due = first_due(state, now)) {
    order.push_back(due->second.data.bytes().at(0));
    remove_due(state, due->first);
  }
  return order;
}

BOOST_AUTO_TEST_SUITE(due_tests)

BOOST_AUTO_TEST_CASE(entries_come_by_time_and_then_in_the_order_they_were_added) {
  const EmptyState empty;
  Overlay state(empty);
  // Times whose little-endian bytes would sort the other way.
  add_due(state, Timestamp(0x0100), a_handler, {1});
  add_due(state, Timestamp(0x00ff), a_handler, {2});
  add_due(state, Timestamp(0x0100), a_handler, {3});
  add_due(state, Timestamp(0x010000), a_handler, {4});
  add_due(state, Timestamp(1), a_handler, {5});
  BOOST_TEST(drain(state, Timestamp(0x0100)) == (std::vector<Byte>{5, 2, 1, 3}), boost::test_tools::per_element());
  BOOST_TEST(drain(state, Timestamp(0x010000)) == std::vector<Byte>{4}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nothing_is_due_a_moment_too_early) {
  const EmptyState empty;
  Overlay state(empty);
  BOOST_TEST(!first_due(state, Timestamp(Timestamp::max)).has_value());
  add_due(state, Timestamp(100), a_handler, {1});
  BOOST_TEST(!first_due(state, Timestamp(99)).has_value());
  BOOST_TEST(first_due(state, Timestamp(100)).has_value());
}

BOOST_AUTO_TEST_CASE(a_cancelled_entry_never_comes_and_cancelling_twice_is_nothing) {
  const EmptyState empty;
  Overlay state(empty);
  const DueKey first = add_due(state, Timestamp(5), a_handler, {1});
  add_due(state, Timestamp(5), a_handler, {2});
  remove_due(state, first);
  remove_due(state, first);
  BOOST_TEST(drain(state, Timestamp(5)) == std::vector<Byte>{2}, boost::test_tools::per_element());
}

// Against a plain set: entries are added before and behind the first one, cancelled, and run, in any order.
BOOST_AUTO_TEST_CASE(any_course_of_adding_cancelling_and_running_gives_what_a_sorted_set_gives) {
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    std::mt19937 random(seed);
    const EmptyState empty;
    Overlay state(empty);
    std::set<DueKey> known;
    for (int step = 0; step < 200; ++step) {
      const Timestamp now(random() % 40);
      if (random() % 3 != 0) {
        known.insert(add_due(state, Timestamp(random() % 40), a_handler, {1}));
      } else if (random() % 2 == 0 && !known.empty()) {
        const auto any = std::next(known.begin(), static_cast<std::ptrdiff_t>(random() % known.size()));
        remove_due(state, *any);
        known.erase(any);
      } else {
        const auto due = first_due(state, now);
        const bool expected = !known.empty() && known.begin()->due <= now;
        BOOST_REQUIRE(due.has_value() == expected);
        if (!due) continue;
        BOOST_REQUIRE((due->first == *known.begin()));
        remove_due(state, due->first);
        known.erase(known.begin());
      }
    }
  }
}

// Of a state that counts how often it is searched.
class SearchedState : public EmptyState {
 public:
  std::optional<StateEntry> next(ByteView from, ByteView) const override {
    searched_from.push_back(to_bytes(from));
    return std::nullopt;
  }
  mutable std::vector<Bytes> searched_from;
};

BOOST_AUTO_TEST_CASE(what_was_passed_over_once_is_not_looked_at_again) {
  const SearchedState below;
  Overlay state(below);
  for (std::uint64_t due = 1; due <= 10; ++due) add_due(state, Timestamp(due), a_handler, {1});
  BOOST_TEST(!first_due(state, Timestamp(0)).has_value());
  BOOST_TEST(below.searched_from.empty());
  BOOST_TEST(drain(state, Timestamp(10)).size() == 10u);
  const std::size_t searches = below.searched_from.size();
  BOOST_TEST(std::ranges::is_sorted(below.searched_from));
  BOOST_TEST(!first_due(state, Timestamp(1'000)).has_value());
  BOOST_TEST(below.searched_from.size() == searches);
  add_due(state, Timestamp(2'000), a_handler, {1});
  BOOST_TEST(!first_due(state, Timestamp(1'999)).has_value());
  BOOST_TEST(below.searched_from.size() == searches);
}

BOOST_AUTO_TEST_CASE(a_number_is_not_used_again_after_its_entry_has_run) {
  const EmptyState empty;
  Overlay state(empty);
  const DueKey first = add_due(state, Timestamp(5), a_handler, {1});
  drain(state, Timestamp(5));
  BOOST_TEST((add_due(state, Timestamp(5), a_handler, {2}) != first));
}

BOOST_AUTO_TEST_CASE(a_time_beyond_the_range_counts_as_its_end) {
  const EmptyState empty;
  Overlay state(empty);
  const DueKey key = add_due(state, Timestamp(Timestamp::max) + Duration(7), a_handler, {1});
  BOOST_TEST((key.due == Timestamp(Timestamp::max)));
  BOOST_TEST(first_due(state, Timestamp(Timestamp::max)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts
