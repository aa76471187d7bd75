// Progress says how far work has come, draws only where somebody watches and not too often, and leaves nothing behind.
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "cli/progress.h"

namespace kanhe::cli {

BOOST_AUTO_TEST_SUITE(progress_tests)

BOOST_AUTO_TEST_CASE(numbers_are_grouped_by_thousands) {
  BOOST_TEST(grouped(0) == "0");
  BOOST_TEST(grouped(999) == "999");
  BOOST_TEST(grouped(1'000) == "1,000");
  BOOST_TEST(grouped(18'446'744'073'709'551'615u) == "18,446,744,073,709,551,615");
}

BOOST_AUTO_TEST_CASE(a_line_has_bar_share_count_rate_and_time_left) {
  BOOST_TEST(progress_line("x", 931, 1'981, 4'391) == "x  [#########-----------]  46 %  931/1,981  212/s  ≈ 5 s");
  BOOST_TEST(progress_line("x", 0, 10, 0) == "x  [--------------------]  0 %  0/10");
  BOOST_TEST(progress_line("x", 10, 10, 2'000) == "x  [####################]  100 %  10/10  5/s");
  BOOST_TEST(progress_line("x", 1, 7'201, 1'000).ends_with("≈ 2 h 0 min"));
}

BOOST_AUTO_TEST_CASE(work_of_unknown_size_shows_its_count_alone) {
  BOOST_TEST(progress_line("x", 1'234, 0, 10'000) == "x  1,234  123/s");
}

BOOST_AUTO_TEST_CASE(the_bar_never_exceeds_its_width) {
  for (std::uint64_t done = 0; done <= 12; ++done) {
    const std::string line = progress_line("x", done, 10, 5'000);
    BOOST_TEST(line.find(']') - line.find('[') == bar_width + 1);
    BOOST_TEST(line.find("101 %") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(nothing_is_drawn_where_nobody_watches) {
  std::ostringstream out;
  {
    Progress progress(out, Progress::Watched::no, "x", 10);
    progress.show_at(1, 0);
    progress.show_at(10, 1'000);
  }
  BOOST_TEST(out.str().empty());
}

BOOST_AUTO_TEST_CASE(it_is_drawn_at_most_every_so_often_and_gone_in_the_end) {
  std::ostringstream out;
  {
    Progress progress(out, Progress::Watched::yes, "x", 10);
    progress.show_at(1, 0);
    progress.show_at(2, redraw_ms - 1);
    BOOST_TEST(out.str().find("2/10") == std::string::npos);
    progress.show_at(3, redraw_ms);
    BOOST_TEST(out.str().find("3/10") != std::string::npos);
    BOOST_TEST(out.str().find('\n') == std::string::npos);
  }
  BOOST_TEST(out.str().ends_with("\r\x1b[K"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::cli
