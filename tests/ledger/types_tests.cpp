// Strong types: each number at its limits and one beyond, what counts as plain text, lists.
#include "ledger/types.h"

#include <boost/mp11.hpp>
#include <boost/test/unit_test.hpp>

#include "ledger/validators.h"

namespace {

using namespace kanhe;

using AllNumbers =
    boost::mp11::mp_list<Height, View, Epoch, Timestamp, Duration, Count, Total, Fen, ValidatorIndex, Instant,
                         Number<WindowTag>, Number<TimeoutTag>, Number<MinimalRateTag>, Number<BlockCountTag>,
                         Number<BlockBytesTag>, Number<ValidityWindowTag>, Number<ClockToleranceTag>,
                         Number<HeartbeatTag>, Number<DueCountTag>>;

template <class Check>
void for_each_number(Check check) {
  boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, AllNumbers>>(
      [&]<class T>(boost::mp11::mp_identity<T>) {
        BOOST_TEST_CONTEXT(T::label.name) { check.template operator()<T>(); }
      });
}

struct TextCase {
  std::string_view name;
  std::string_view text;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(types_tests)

BOOST_AUTO_TEST_CASE(numbers_are_accepted_at_their_limits) {
  for_each_number([]<class T>() {
    BOOST_TEST(T::from(T::min).has_value());
    BOOST_TEST(T::from(T::max).has_value());
    BOOST_TEST(T::from(T::max)->value() == T::max);
    BOOST_TEST(T().value() == T::min);
    BOOST_TEST(T().in_range());
  });
}

BOOST_AUTO_TEST_CASE(numbers_are_refused_one_beyond_their_limits) {
  for_each_number([]<class T>() {
    const auto above = T::from(std::uint64_t{T::max} + 1);
    BOOST_REQUIRE(!above);
    BOOST_TEST(error_name(above.error().code) == "out_of_range");
    if (T::min > 0) BOOST_TEST(!T::from(std::uint64_t{T::min} - 1));
    BOOST_TEST(!T::from(~std::uint64_t{0}));
  });
}

BOOST_AUTO_TEST_CASE(accepted_times_and_durations_add_without_overflow) {
  const Timestamp end = Timestamp(Timestamp::max) + Duration(Duration::max);
  BOOST_TEST(end.value() == std::uint64_t{Timestamp::max} + Duration::max);
  BOOST_TEST(!end.in_range());
  BOOST_TEST((Instant(5) + Duration(2)).value() == 2'000'005u);
}

BOOST_AUTO_TEST_CASE(plain_text_is_accepted) {
  using namespace std::string_view_literals;
  for (const TextCase& accepted : {
           TextCase{"nothing", ""},
           TextCase{"first visible", " "},
           TextCase{"last ASCII", "~"},
           TextCase{"U+00A0, first above C1", "\xc2\xa0"},
           TextCase{"U+07FF, last of two bytes", "\xdf\xbf"},
           TextCase{"U+0800, first of three bytes", "\xe0\xa0\x80"},
           TextCase{"Chinese", "勘合"},
           TextCase{"U+D7FF, below the surrogates", "\xed\x9f\xbf"},
           TextCase{"U+E000, above the surrogates", "\xee\x80\x80"},
           TextCase{"U+200D, joiner beside the marks", "\xe2\x80\x8d"},
           TextCase{"U+2010, hyphen beside the marks", "\xe2\x80\x90"},
           TextCase{"U+2029, beside the marks", "\xe2\x80\xa9"},
           TextCase{"U+202F, beside the marks", "\xe2\x80\xaf"},
           TextCase{"U+2065, beside the marks", "\xe2\x81\xa5"},
           TextCase{"U+206A, beside the marks", "\xe2\x81\xaa"},
           TextCase{"U+FFFF, last of three bytes", "\xef\xbf\xbf"},
           TextCase{"U+10000, first of four bytes", "\xf0\x90\x80\x80"},
           TextCase{"U+10FFFF, the last", "\xf4\x8f\xbf\xbf"},
       }) {
    BOOST_TEST(is_plain_text(accepted.text), accepted.name);
  }
}

BOOST_AUTO_TEST_CASE(broken_utf8_is_refused) {
  using namespace std::string_view_literals;
  for (const TextCase& refused : {
           TextCase{"continuation alone", "\x80"},
           TextCase{"overlong slash, two bytes", "\xc0\xaf"},
           TextCase{"overlong U+007F, two bytes", "\xc1\xbf"},
           TextCase{"overlong slash, three bytes", "\xe0\x80\xaf"},
           TextCase{"overlong U+07FF, three bytes", "\xe0\x9f\xbf"},
           TextCase{"overlong U+FFFF, four bytes", "\xf0\x8f\xbf\xbf"},
           TextCase{"first surrogate", "\xed\xa0\x80"},
           TextCase{"last surrogate", "\xed\xbf\xbf"},
           TextCase{"surrogate pair", "\xed\xa0\x81\xed\xb0\x80"},
           TextCase{"U+110000", "\xf4\x90\x80\x80"},
           TextCase{"lead byte F5", "\xf5\x80\x80\x80"},
           TextCase{"lead byte FF", "\xff"},
           TextCase{"two bytes cut", "\xc3"},
           TextCase{"three bytes cut", "\xe5\x8b"},
           TextCase{"four bytes cut", "\xf0\x90\x80"},
           TextCase{"letter in place of a continuation", "\xe5\x8b" "a"},
           TextCase{"lead in place of a continuation", "\xc3\xc3"},
           TextCase{"good text, then a broken one", "registry \xe5"},
       }) {
    BOOST_TEST(!is_plain_text(refused.text), refused.name);
  }
}

BOOST_AUTO_TEST_CASE(control_characters_are_refused) {
  for (unsigned c = 0; c < 0x20; ++c) {
    BOOST_TEST(!is_plain_text(std::string("a") + static_cast<char>(c)), "U+" << c);
  }
  BOOST_TEST(!is_plain_text("\x7f"));
  for (unsigned c = 0x80; c < 0xa0; ++c) {
    BOOST_TEST(!is_plain_text(std::string("\xc2") + static_cast<char>(c)), "U+" << c);
  }
}

BOOST_AUTO_TEST_CASE(direction_marks_are_refused) {
  for (const std::string_view mark : {"\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac",
                                      "\xe2\x80\xad", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8",
                                      "\xe2\x81\xa9"}) {
    BOOST_TEST(!is_plain_text(std::string("owner ") + std::string(mark)), to_hex(as_bytes(mark)));
  }
}

BOOST_AUTO_TEST_CASE(texts_count_bytes_and_not_characters) {
  using Short = PlainText<6>;
  BOOST_TEST(Short::from("").has_value());
  BOOST_TEST(Short::from("abcdef").has_value());
  BOOST_TEST(Short::from("勘合").has_value());
  BOOST_TEST(!Short::from("abcdefg"));
  BOOST_TEST(!Short::from("勘合書"));
  BOOST_TEST(Short::from("\n").error().text == "PlainText: not UTF-8, or with control or direction characters");
}

BOOST_AUTO_TEST_CASE(blobs_are_limited) {
  BOOST_TEST(Blob<3>::from(Bytes(3)).has_value());
  BOOST_TEST(!Blob<3>::from(Bytes(4)));
  BOOST_TEST(Blob<3>().empty());
}

BOOST_AUTO_TEST_CASE(a_list_is_full_at_its_limit) {
  List<Byte, 2> list;
  BOOST_TEST(!list.full());
  list = {1, 2};
  BOOST_TEST(list.full());
}

BOOST_AUTO_TEST_CASE(sorted_means_strictly_ascending) {
  using Numbers = SortedList<int, 4>;
  BOOST_TEST(Numbers().is_sorted());
  BOOST_TEST(Numbers({1}).is_sorted());
  BOOST_TEST(Numbers({1, 2, 5}).is_sorted());
  BOOST_TEST(!Numbers({1, 1}).is_sorted());
  BOOST_TEST(!Numbers({1, 3, 2}).is_sorted());
}

BOOST_AUTO_TEST_SUITE_END()
