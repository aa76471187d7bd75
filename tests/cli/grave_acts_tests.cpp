// What cannot be taken back: the table names methods, fields and values that there are; a call is found grave by what
// it does, wherever in it that stands; and it is done only by who types what it is done to.
#include <boost/test/unit_test.hpp>
#include <deque>

#include "cli/fields.h"
#include "cli/grave_acts.h"
#include "contracts/host.h"
#include "contracts/service.h"

namespace {

using namespace kanhe;
using namespace kanhe::cli;

class Typist : public Dialogue {
 public:
  explicit Typist(std::deque<std::string> lines) : lines_(std::move(lines)) {}
  std::optional<std::string> ask(std::string_view prompt) override {
    said_ += prompt;
    if (lines_.empty()) return std::nullopt;
    std::string line = lines_.front();
    lines_.pop_front();
    return line;
  }
  void say(std::string_view line) override { said_ += line; }
  const std::string& said() const { return said_; }

 private:
  std::deque<std::string> lines_;
  std::string said_;
};

std::string one_element(std::string_view pattern) {
  std::string path(pattern);
  if (const std::size_t place = path.find(".N."); place != std::string::npos) path[place + 1] = '1';
  return path;
}

// Whether the options that the row needs are fields of its method.
bool has_fields(const GraveAct& act, const Schema& schema, const std::shared_ptr<void>& record) {
  std::vector<FieldOption> options;
  if (!act.field.empty()) options.push_back({one_element(act.field), std::string(act.value)});
  const auto missing = missing_fields(schema, record.get(), options);
  if (!missing) return false;
  // The subject is among what is missing: it is needed, so it is always there.
  return std::ranges::find(*missing, one_element(act.subject)) != missing->end();
}

std::vector<std::string> subjects_of(std::string_view module, std::string_view name,
                                     const std::vector<FieldOption>& options) {
  const contracts::Method& method = *contracts::find_method(module, name);
  const auto arguments = method.argument_record.make();
  const auto set = set_fields(method.arguments(), arguments.get(), options);
  BOOST_REQUIRE_MESSAGE(set, (set ? "" : set.error().text));
  std::vector<std::string> subjects;
  for (const GraveFinding& one : find_grave_acts(module, name, method.arguments(), arguments.get())) {
    subjects.push_back(one.subject);
  }
  return subjects;
}
using Subjects = std::vector<std::string>;

const std::string unit_a = "440304003008GB00012F00220045";
const std::string unit_b = "440304003008GB00012F00220046";

}  // namespace

BOOST_AUTO_TEST_SUITE(grave_acts_tests)

BOOST_AUTO_TEST_CASE(every_row_is_of_a_method_that_has_its_fields) {
  for (const GraveAct& act : grave_acts()) {
    const contracts::Method* const method = contracts::find_method(act.module, act.method);
    BOOST_REQUIRE_MESSAGE(method != nullptr, act.module << " " << act.method);
    BOOST_TEST(has_fields(act, method->arguments(), method->argument_record.make()),
               act.module << " " << act.method << " " << act.value);
    BOOST_TEST((!act.zh.empty() && !act.en.empty()));
    BOOST_TEST(act.field.empty() == act.value.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_filing_is_grave_by_the_acts_in_it) {
  const auto of = [](std::vector<FieldOption> acts) {
    acts.push_back({"evidence", std::string(64, 'e')});
    return subjects_of("property", "enter", acts);
  };
  BOOST_TEST((of({{"acts.1.type", "cancel_unit"}, {"acts.1.unit", unit_a}, {"acts.1.reason", "destroyed"},
                  {"acts.1.document", ""}}) == Subjects{unit_a}));
  BOOST_TEST((of({{"acts.1.type", "swap_ranks"}, {"acts.1.unit", unit_a}, {"acts.1.one", "1"}, {"acts.1.other", "2"},
                  {"acts.2.type", "end_limit"}, {"acts.2.unit", unit_b}, {"acts.2.number", "1"},
                  {"acts.2.reason", "released"}, {"acts.2.document", ""}}) == Subjects{unit_b}));
  BOOST_TEST((of({{"acts.1.type", "swap_ranks"}, {"acts.1.unit", unit_a}, {"acts.1.one", "1"},
                  {"acts.1.other", "2"}}) == Subjects{}));
}

BOOST_AUTO_TEST_CASE(a_review_is_grave_where_it_refuses) {
  const auto of = [](const std::string& verdict) {
    return subjects_of("service", "review",
                                        {{"application", std::string(64, 'a')}, {"step", "tax"}, {"verdict", verdict},
                                         {"reason", "1"}, {"evidence", std::string(64, 'b')}});
  };
  BOOST_TEST((of("refuse") == Subjects{std::string(64, 'a')}));
  BOOST_TEST((of("approve") == Subjects{}));
  // The same fields in another method are not meant.
  BOOST_TEST((subjects_of("service", "accept", {{"application", std::string(64, 'a')}}) == Subjects{}));
}

BOOST_AUTO_TEST_CASE(a_motion_is_grave_by_what_it_would_do) {
  const auto of = [](std::vector<FieldOption> action) {
    action.push_back({"reason", "so"});
    action.push_back({"closes_ms", "2030-01-01"});
    return subjects_of("motion", "put", action);
  };
  BOOST_TEST((of({{"action.type", "remove_member"}, {"action.department", "court"}}) == Subjects{"court"}));
  BOOST_TEST((of({{"action.type", "add_validator"}, {"action.department", "court"}}) == Subjects{}));
}

BOOST_AUTO_TEST_CASE(what_has_to_be_typed_is_short_and_tells_one_from_the_other) {
  BOOST_TEST(to_repeat("court") == "court");
  BOOST_TEST(to_repeat("80.00") == "80.00");
  BOOST_TEST(to_repeat(unit_a) == "0045");
  BOOST_TEST(to_repeat(std::string(60, 'a') + "1f2e") == "1f2e");
  BOOST_TEST(to_repeat("1.2.156.3005.2.11100000MB03271699001.113401234567890120.000000000042.001.X") == "0042");
  BOOST_TEST(to_repeat("1.2.156.3005.2.11100000MB03271699001.113401234567890120.S1.001.X") == "S1");
  BOOST_TEST(to_repeat("") == "");
}

BOOST_AUTO_TEST_CASE(only_who_types_it_goes_on) {
  Globals globals;
  globals.language = Language::en;
  const GraveFinding finding{&grave_acts().front(), "court"};
  const std::vector<GraveFinding> one{finding};
  Typist right({"court"});
  confirm_with(globals, right, one);
  BOOST_TEST(right.said().find("cannot be taken back") != std::string::npos, right.said());
  Typist at_last({"curt", "Court", "court"});
  confirm_with(globals, at_last, one);
  const std::vector<GraveFinding> two{finding, finding};
  const auto is_interruption = [](const CommandError& error) { return error.code == ExitCode::interrupted; };
  const auto confirm = [&](std::deque<std::string> lines, std::span<const GraveFinding> findings) {
    Typist typist(std::move(lines));
    confirm_with(globals, typist, findings);
  };
  BOOST_CHECK_EXCEPTION(confirm({""}, one), CommandError, is_interruption);
  BOOST_CHECK_EXCEPTION(confirm({}, one), CommandError, is_interruption);
  BOOST_CHECK_EXCEPTION(confirm({"a", "b", "c", "court"}, one), CommandError, is_interruption);
  BOOST_CHECK_EXCEPTION(confirm({"court"}, two), CommandError, is_interruption);
  confirm({"court", "court"}, two);
  confirm({}, {});
}

BOOST_AUTO_TEST_CASE(away_from_a_terminal_nothing_is_asked) {
  Globals globals;
  contracts::service::AcceptArguments arguments;
  confirm_grave_acts(globals, "service", "withdraw", schema_of<contracts::service::AcceptArguments>(), &arguments);
  globals.at_terminal = globals.yes = true;
  confirm_grave_acts(globals, "service", "withdraw", schema_of<contracts::service::AcceptArguments>(), &arguments);
}

BOOST_AUTO_TEST_SUITE_END()
