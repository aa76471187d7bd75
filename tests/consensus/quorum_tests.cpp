// Quorums, exhaustively: what the whole protocol rests on.
#include <boost/test/unit_test.hpp>

#include "ledger/validators.h"

using namespace kanhe;

BOOST_AUTO_TEST_SUITE(quorum_tests)

BOOST_AUTO_TEST_CASE(two_quorums_share_more_than_the_faulty_and_the_honest_can_form_one) {
  for (std::size_t n = 1; n <= 13; ++n) {
    const int q = static_cast<int>(quorum(n));
    const int f = static_cast<int>(faulty_max(n));
    int least_shared = static_cast<int>(n);
    for (unsigned set = 0; set < 1u << n; ++set) {
      if (__builtin_popcount(set) != q) continue;
      // By symmetry one quorum may be fixed: the first q validators.
      const unsigned first = (1u << q) - 1;
      least_shared = std::min(least_shared, __builtin_popcount(set & first));
    }
    BOOST_TEST(least_shared > f, "n = " << n);
    BOOST_TEST(q <= static_cast<int>(n) - f, "n = " << n);
    if (q > 1) BOOST_TEST(2 * (q - 1) - static_cast<int>(n) <= f, "n = " << n << ": one less would not do");
  }
}

BOOST_AUTO_TEST_CASE(two_f_plus_one_is_not_enough_at_six_and_nine) {
  for (const std::size_t n : {6u, 9u}) BOOST_TEST(2 * (2 * faulty_max(n) + 1) - n <= faulty_max(n));
  BOOST_TEST(quorum(6) == 4u);
  BOOST_TEST(quorum(9) == 6u);
}

BOOST_AUTO_TEST_CASE(the_primary_goes_round_with_the_view_and_the_epoch) {
  EpochConfig config;
  config.validators.resize(4);
  for (std::uint64_t view = 0; view < 9; ++view) BOOST_TEST(config.primary(View(view)).value() == view % 4);
  config.epoch = Epoch(3);
  BOOST_TEST(config.primary(View(0)).value() == 3u);
  BOOST_TEST(config.primary(View(1)).value() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
