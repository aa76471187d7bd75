// JSON of every record of ledger/: there and back, and everything that is not the one meaning of a text.
#include "ledger/json.h"

#include <boost/test/unit_test.hpp>
#include <random>

#include "ledger/codec.h"
#include "tests/support/builders.h"

namespace {

using namespace kanhe;
using namespace kanhe::support;

std::string error_text(const auto& result) { return result ? std::string("accepted") : result.error().text; }

std::string replaced(std::string text, std::string_view part, std::string_view by) {
  const std::size_t place = text.find(part);
  BOOST_REQUIRE_MESSAGE(place != std::string::npos, part);
  return text.replace(place, part.size(), by);
}

enum class Colour : std::uint8_t { red = 1, dark_green = 7 };
BOOST_DESCRIBE_ENUM(Colour, red, dark_green)

// One field of each kind that JSON knows.
struct Everything {
  FormatVersion<3> version;
  std::uint8_t tiny = 0;
  std::uint32_t middle = 0;
  std::uint64_t large = 0;
  Number<WindowTag> window;
  bool yes = false;
  Colour colour = Colour::red;
  Nonce nonce;
  Blob<4> blob;
  PlainText<12> text;
  std::optional<Count> perhaps;
  std::optional<Subject> subject;
  List<Count, 2> list;
  SortedList<DepartmentId, 3> sorted;
};
BOOST_DESCRIBE_STRUCT(Everything, (),
                      (version, tiny, middle, large, window, yes, colour, nonce, blob, text, perhaps, subject, list,
                       sorted))

constexpr std::string_view everything =
    R"({"version":3,"tiny":255,"middle":4294967295,"large":"18446744073709551615","window":64,"yes":true,)"
    R"("colour":"dark_green","nonce":"000102030405060708090a0b0c0d0e0f","blob":"00ff","text":"a\"\\勘","perhaps":0,)"
    R"("subject":{"type":"unit","id":"x"},"list":[1,2],"sorted":["a","b"]})";

// What replacing one part of `everything` leads to.
struct Change {
  std::string_view part;
  std::string_view by;
  std::string_view error;
};

constexpr Change changes[] = {
    // Numbers of at most 32 bits.
    {R"("tiny":255)", R"("tiny":256)", "tiny: 256, must be between 0 and 255"},
    {R"("tiny":255)", R"("tiny":-0)", R"(tiny: "-0" is not made of the digits of a whole number alone)"},
    {R"("tiny":255)", R"("tiny":-1)", R"(tiny: "-1" is not made of the digits of a whole number alone)"},
    {R"("tiny":255)", R"("tiny":1.0)", R"(tiny: "1.0" is not made of the digits of a whole number alone)"},
    {R"("tiny":255)", R"("tiny":1e2)", R"(tiny: "1e2" is not made of the digits of a whole number alone)"},
    {R"("tiny":255)", R"("tiny":"255")", "tiny: is a string, must be a number"},
    {R"("tiny":255)", R"("tiny":true)", "tiny: is a boolean, must be a number"},
    {R"("middle":4294967295)", R"("middle":4294967296)", "middle: 4294967296, must be between 0 and 4294967295"},
    {R"("middle":4294967295)", R"("middle":99999999999999999999999)",
     "middle: 99999999999999999999999, must be between 0 and 4294967295"},
    {R"("window":64)", R"("window":65)", "window: 65, must be between 1 and 64"},
    {R"("window":64)", R"("window":0)", "window: 0, must be between 1 and 64"},
    // Numbers of 64 bits.
    {R"("18446744073709551615")", R"("18446744073709551616")",
     "large: 18446744073709551616, must be between 0 and 18446744073709551615"},
    {R"("18446744073709551615")", R"("00")", R"(large: "00" is empty or begins with a needless zero)"},
    {R"("18446744073709551615")", R"("")", R"(large: "" is empty or begins with a needless zero)"},
    {R"("18446744073709551615")", R"("+1")", R"(large: "+1" is not made of the digits of a whole number alone)"},
    {R"("18446744073709551615")", R"(" 1")", R"(large: " 1" is not made of the digits of a whole number alone)"},
    {R"("18446744073709551615")", "1", "large: is a number, must be a string"},
    // Other values.
    {R"("version":3)", R"("version":4)", "version: format version 4, this program knows 3"},
    {R"("version":3)", R"("version":"3")", "version: is a string, must be a number"},
    {R"("yes":true)", R"("yes":1)", "yes: is a number, must be a boolean"},
    {R"("dark_green")", R"("blue")", R"(colour: "blue" is not a value of Colour)"},
    {R"("dark_green")", "7", "colour: is a number, must be a string"},
    {"0e0f", "0eF0", "nonce: character 30 is not one of 0-9a-f (hexadecimal text is lower case)"},
    {"0e0f", "0e", "nonce: 15 bytes, must be 16"},
    {"0e0f", "0e0f00", "nonce: 17 bytes, must be 16"},
    {"0e0f", "0e0", "nonce: hexadecimal text of odd length 31"},
    {R"("00ff")", R"("0001020304")", "blob: 5 bytes, must be at most 4"},
    {R"("a\"\\勘")", R"("\u0000")", "text: PlainText: not UTF-8, or with control or direction characters"},
    {R"("a\"\\勘")", R"("\u202e")", "text: PlainText: not UTF-8, or with control or direction characters"},
    {R"("a\"\\勘")", R"("1234567890123")", "text: PlainText: 13 bytes, must be between 0 and 12"},
    {R"("a\"\\勘")", "null", "text: is null, must be a string"},
    // Optionals.
    {R"("perhaps":0)", R"("perhaps":null)", "perhaps: is null; what is absent must be left out"},
    // Variants.
    {R"("type":"unit",)", "", "subject.type: is missing"},
    {R"("type":"unit")", R"("type":"house")", R"(subject.type: "house" is none of the types that may stand here)"},
    {R"("type":"unit")", R"("type":2)", "subject.type: is a number, must be a string"},
    {R"("type":"unit")", R"("type":"unit","type":"unit")", "subject.type: is given twice"},
    {R"("id":"x")", R"("id":"x","type":"party")", "subject.type: is given twice"},
    {R"("id":"x")", R"("id":"")", "subject.id: UnitNumber: 0 bytes, must be between 1 and 28"},
    {R"("id":"x")", R"("name":"x")", R"(subject: "name" is not a field of UnitSubject)"},
    {R"({"type":"unit","id":"x"})", "[]", "subject: is an array, must be an object"},
    // Lists.
    {"[1,2]", "[1,2,3]", "list: more than 2 elements"},
    {"[1,2]", R"([1,"2"])", "list[1]: is a string, must be a number"},
    {"[1,2]", "[null]", "list[0]: is null, must be a number"},
    {"[1,2]", "{}", "list: is an object, must be an array"},
    {R"(["a","b"])", R"(["b","a"])", "sorted: elements must be in ascending order, each once"},
    {R"(["a","b"])", R"(["a","a"])", "sorted: elements must be in ascending order, each once"},
    {R"(["a","b"])", R"(["a","B"])", "sorted[1]: \"B\" is not made of a-z, 0-9 and single hyphens between them"},
    // Fields.
    {R"("yes":true)", R"("yes":true,"no":true)", R"(JSON: "no" is not a field of Everything)"},
    {R"("yes":true)", R"("yes":true,"yes":true)", "yes: is given twice"},
    {R"("yes":true)", R"("yes":true,"\u0079es":false)", "yes: is given twice"},
    {R"("yes":true,)", "", "yes: is missing"},
    {R"("yes":true)", R"("yes":true,"type":"x")", R"(JSON: "type" is not a field of Everything)"},
};

// Texts that are no JSON at all.
constexpr std::string_view broken[] = {
    "",
    " ",
    "{",
    "}",
    "[1,]",
    "{\"version\":3,}",
    "{version:3}",
    "{'version':3}",
    "{\"version\":03}",
    "{\"version\":+3}",
    "{\"version\":0x3}",
    "{\"version\":NaN}",
    "{\"version\":3} {}",
    "{\"version\":3}x",
    "// comment\n{}",
    "{}/**/",
    "\xef\xbb\xbf{}",
    "{\"text\":\"\n\"}",
    "{\"text\":\"\\x\"}",
    "{\"text\":\"\\ud800\"}",
    "{\"text\":\"\\udc00\"}",
    "{\"text\":\"\\ud800\\u0041\"}",
    "{\"text\":\"\xc0\xaf\"}",
    "{\"text\":\"\xed\xa0\x80\"}",
    "{\"text\":\"\xff\"}",
    "{\"text\":\"\xe5\x8b\"}",
    "{\"\xff\":1}",
};

}  // namespace

BOOST_AUTO_TEST_SUITE(json_tests)

BOOST_AUTO_TEST_CASE(every_record_goes_there_and_back) {
  for_each_record([]<class T>(std::string_view name, const T& value) {
    for (const JsonLayout layout : {JsonLayout::compact, JsonLayout::indented}) {
      const std::string text = to_json(value, layout);
      const auto again = from_json<T>(text);
      BOOST_REQUIRE_MESSAGE(again.has_value(), name << ": " << error_text(again));
      BOOST_TEST(encode(*again) == encode(value), name);
      BOOST_TEST(to_json(*again, layout) == text, name);
    }
  });
}

BOOST_AUTO_TEST_CASE(every_kind_of_field_is_written_as_it_is_read) {
  const auto value = from_json<Everything>(everything);
  BOOST_REQUIRE_MESSAGE(value.has_value(), error_text(value));
  BOOST_TEST(to_json(*value) == everything);
  BOOST_TEST(value->text.view() == "a\"\\勘");
  BOOST_TEST(value->large == ~std::uint64_t{0});
  BOOST_TEST(std::get<UnitSubject>(value->subject.value()).id.view() == "x");
}

BOOST_AUTO_TEST_CASE(a_changed_text_is_refused_and_the_error_names_the_place) {
  for (const Change& change : changes) {
    const auto value = from_json<Everything>(replaced(std::string(everything), change.part, change.by));
    BOOST_TEST(error_text(value) == change.error);
  }
}

BOOST_AUTO_TEST_CASE(paths_reach_into_lists_of_records) {
  const std::string text = to_json(four_validators());
  const std::string key = public_key(3).hex();
  BOOST_TEST(error_text(from_json<EpochConfig>(replaced(text, key, key.substr(2)))) ==
             "validators[2].consensus_key: 32 bytes, must be 33");
}

BOOST_AUTO_TEST_CASE(what_is_absent_is_left_out) {
  std::string text = replaced(std::string(everything), R"("perhaps":0,)", "");
  text = replaced(text, R"("subject":{"type":"unit","id":"x"},)", "");
  const auto value = from_json<Everything>(text);
  BOOST_REQUIRE_MESSAGE(value.has_value(), error_text(value));
  BOOST_TEST(!value->perhaps.has_value());
  BOOST_TEST(!value->subject.has_value());
  BOOST_TEST(to_json(*value) == text);
}

BOOST_AUTO_TEST_CASE(the_order_of_fields_and_of_type_is_free) {
  std::string text = replaced(std::string(everything), R"("type":"unit","id":"x")", R"("id":"x","type":"unit")");
  text = replaced(text, R"("version":3,)", "");
  text = replaced(text, R"("sorted":["a","b"])", R"("sorted":["a","b"],"version":3)");
  const auto value = from_json<Everything>(text);
  BOOST_REQUIRE_MESSAGE(value.has_value(), error_text(value));
  BOOST_TEST(to_json(*value) == everything);
}

BOOST_AUTO_TEST_CASE(broken_texts_are_refused) {
  // The error is one of the text as a whole, not that of a field.
  for (const std::string_view text : broken) {
    BOOST_TEST(error_text(from_json<Everything>(text)).starts_with("JSON: "), text);
  }
  for (const std::string_view rest : {"x", "{}", ",", "/**/"}) {
    const auto value = from_json<Everything>(std::string(everything) + std::string(rest));
    BOOST_TEST(error_text(value).starts_with("JSON: more follows"), rest);
  }
}

BOOST_AUTO_TEST_CASE(values_of_other_kinds_are_no_record) {
  for (const std::string_view text : {"null", "true", "1", "\"x\"", "[]"}) {
    BOOST_TEST(!from_json<Everything>(text), text);
  }
}

BOOST_AUTO_TEST_CASE(escapes_mean_what_they_stand_for) {
  const auto value =
      from_json<Everything>(replaced(std::string(everything), R"("a\"\\勘")", R"("\u52d8\ud83c\udfe0\/")"));
  BOOST_REQUIRE_MESSAGE(value.has_value(), error_text(value));
  BOOST_TEST(value->text.view() == "勘🏠/");
}

BOOST_AUTO_TEST_CASE(truncation_at_every_byte_is_refused) {
  for (std::size_t size = 0; size < everything.size(); ++size) {
    BOOST_TEST(!from_json<Everything>(everything.substr(0, size)), "at byte " << size);
  }
}

BOOST_AUTO_TEST_CASE(depth_is_limited) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  BOOST_TEST(error_text(from_json<Everything>(nested(json_depth_max))) == "JSON: is an array, must be an object");
  BOOST_TEST(error_text(from_json<Everything>(nested(json_depth_max + 1))).starts_with("JSON: more than 32 levels"));
  BOOST_TEST(error_text(from_json<Everything>(nested(1'000'000))).starts_with("JSON: more than 32 levels"));
}

BOOST_AUTO_TEST_CASE(size_is_limited) {
  std::string text(everything);
  text.resize(json_bytes_max, ' ');
  BOOST_TEST(error_text(from_json<Everything>(text)) == "accepted");
  text += ' ';
  BOOST_TEST(error_text(from_json<Everything>(text)) == "JSON: 16777217 bytes, must be at most 16777216");
}

BOOST_AUTO_TEST_CASE(layouts_are_as_expected) {
  BOOST_TEST(to_json(StateProof{{}, {}, std::nullopt}, JsonLayout::indented) ==
             "{\n  \"version\": 1,\n  \"siblings\": []\n}");
  BOOST_TEST(to_json(Outcome(Succeeded{})) == R"({"type":"succeeded"})");
  BOOST_TEST(to_json(EventPosition{Height(1), 2, 3}, JsonLayout::indented) ==
             "{\n  \"height\": \"1\",\n  \"receipt\": 2,\n  \"event\": 3\n}");
  BOOST_TEST(to_json(List<Count, 3>{Count(1), Count(2)}, JsonLayout::indented) == "[\n  1,\n  2\n]");
}

BOOST_AUTO_TEST_CASE(mutations_are_refused_or_are_a_value_of_both_forms) {
  constexpr int mutations_per_record = 1'000;
  std::mt19937 random(21);
  for_each_record([&]<class T>(std::string_view name, const T& value) {
    const std::string original = to_json(value);
    for (int round = 0; round < mutations_per_record; ++round) {
      std::string text = original;
      const std::size_t place = random() % text.size();
      constexpr std::string_view letters = "\"\\{}[],:0123456789-+.eEaAnNtfu \n\x80";
      const char letter = letters[random() % letters.size()];
      switch (random() % 3) {
        case 0: text[place] = letter; break;
        case 1: text.erase(place, 1 + random() % 4); break;
        default: text.insert(place, 1, letter);
      }
      const auto read = from_json<T>(text);
      if (!read) continue;
      const auto decoded = decode<T>(encode(*read));
      BOOST_REQUIRE_MESSAGE(decoded.has_value(), name << ": " << text);
      BOOST_REQUIRE_MESSAGE(to_json(*decoded) == to_json(*read), name << ": " << text);
    }
  });
}

BOOST_AUTO_TEST_SUITE_END()
