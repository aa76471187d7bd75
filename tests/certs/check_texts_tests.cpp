// Check texts: each reason has its sentences in both languages with the same places, and values from strangers' files
// make neither an illegal nor an endless text of them.
#include "certs/check_texts.h"

#include <boost/test/unit_test.hpp>
#include <set>

namespace kanhe::certs {

BOOST_AUTO_TEST_SUITE(check_texts_tests)

BOOST_AUTO_TEST_CASE(every_reason_has_two_sentences_that_use_the_same_values) {
  std::set<Reason> seen;
  std::set<std::string> sentences;
  for (const Reason reason : all_reasons()) {
    BOOST_TEST(seen.insert(reason).second);
    const Explained text = explain(reason, {"<0>", "<1>", "<2>", "<3>"});
    for (const std::string value : {"<0>", "<1>", "<2>", "<3>", "{"}) {
      const bool in_zh = text.zh.str().find(value) != std::string::npos;
      const bool in_en = text.en.str().find(value) != std::string::npos;
      BOOST_TEST(in_zh == in_en, text.en.str());
    }
    BOOST_TEST(text.zh.str().find('{') == std::string::npos);
    sentences.insert(text.zh.str());
    sentences.insert(text.en.str());
  }
  BOOST_TEST(seen.size() == static_cast<std::size_t>(Reason::verdict_cannot_check) + 1);
  // "{0}. {1}" is all that a standing's sentence is, in either language but for the stop.
  BOOST_TEST(sentences.size() == 2 * seen.size());
}

BOOST_AUTO_TEST_CASE(values_of_two_languages_go_into_their_own_sentence) {
  const Explained text = explain(Reason::issuer_unknown, {Value("登记中心", "the registry")});
  BOOST_TEST(text.zh.str() == "登记中心 不是本网络的部门");
  BOOST_TEST(text.en.str() == "the registry is no department of this network");
}

BOOST_AUTO_TEST_CASE(long_and_hostile_values_are_cut_and_cleaned) {
  std::string long_value;
  for (int i = 0; i < 3'000; ++i) long_value += "长";
  const Explained cut = explain(Reason::unreadable, {long_value});
  BOOST_TEST(cut.zh.str().size() <= check_text_bytes_max);
  BOOST_TEST(cut.zh.str().size() > check_text_bytes_max - 3);
  const Explained hostile = explain(Reason::unreadable, {"a\nb\x1b[31m\xff"});
  BOOST_TEST(hostile.en.str() == "the file does not read as a bundle: a?b?[31m?");
  // A value that looks like a place is no place.
  BOOST_TEST(explain(Reason::unreadable, {"{0}{1}"}).en.str() == "the file does not read as a bundle: {0}{1}");
}

BOOST_AUTO_TEST_CASE(times_are_shown_with_their_zone) {
  BOOST_TEST(time_text(Timestamp(0)) == "1970-01-01 08:00:00 (UTC+8)");
  BOOST_TEST(time_text(Timestamp(1'748'917'265'999)) == "2025-06-03 10:21:05 (UTC+8)");
  BOOST_TEST(time_text(Timestamp(1'709'222'399'000)) == "2024-02-29 23:59:59 (UTC+8)");
  BOOST_TEST(!time_text(Timestamp(counter_max)).empty());
}

BOOST_AUTO_TEST_CASE(names_of_checks_standings_and_verdicts_differ) {
  std::set<std::string_view> names;
  for (unsigned i = 1; i <= check_count; ++i) names.insert(name_of(static_cast<CheckName>(i)).zh);
  BOOST_TEST(names.size() == check_count);
  names.clear();
  for (unsigned i = 1; i <= 9; ++i) names.insert(name_of(static_cast<contracts::certificate::Standing>(i)).en);
  BOOST_TEST(names.size() == 9u);
  names.clear();
  for (unsigned i = 1; i <= 5; ++i) names.insert(name_of(static_cast<Verdict>(i)).zh);
  BOOST_TEST(names.size() == 5u);
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace kanhe::certs
