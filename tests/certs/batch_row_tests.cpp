// Batch row: what it accepts is what the complete reader makes of the same line; whatever is unusual or wrong it leaves
// to that one, and no beginning of a line or flipped byte makes it read past an end or accept what that one refuses.
#include "certs/batch_row.h"

#include <boost/test/unit_test.hpp>

#include "certs/document.h"
#include "ledger/json.h"

namespace kanhe::certs {
namespace {

using contracts::certificate::FieldKind;

struct Line {
  DocumentContent document;
};
BOOST_DESCRIBE_STRUCT(Line, (), (document))

const std::string usual =
    R"({"document": {"id": "1.2.156.3005.2.A.B.C.001.X", "holder": {"kind": "resident_id", "number": "N7"},)"
    R"( "fields": [{"path": "b.c", "value": {"type": "text", "value": "张三"}},)"
    R"( {"path": "a", "value": {"type": "integer", "value": "-5"}},)"
    R"( {"path": "d", "value": {"type": "date", "value": "2024-02-29"}}],)"
    R"( "files": [], "valid_from_ms": "17", "valid_until_ms": "18"}})";

std::string with(const std::string& what, const std::string& by) {
  std::string line = usual;
  BOOST_REQUIRE(line.find(what) != std::string::npos);
  return line.replace(line.find(what), what.size(), by);
}

std::string text_of(const FieldValue& value) { return display_text(value); }

// Requires: the line was accepted.
void demand_same(const std::string& line, const BatchRow& row) {
  const auto complete = from_json<Line>(line);
  BOOST_REQUIRE_MESSAGE(complete.has_value(), line);
  const DocumentContent& content = complete->document;
  BOOST_TEST(content.id.view() == row.id);
  BOOST_TEST((content.holder.kind == row.kind));
  BOOST_TEST(content.holder.number.view() == row.number);
  BOOST_TEST((content.valid_from_ms == row.valid_from_ms));
  BOOST_TEST((content.valid_until_ms == row.valid_until_ms));
  BOOST_TEST(content.files.empty());
  BOOST_REQUIRE(content.fields.size() == row.fields.size());
  for (const BatchRowField& field : row.fields) {
    const auto found = std::ranges::find_if(content.fields, [&](const NewField& one) {
      return one.path.view() == field.path && text_of(one.value) == field.text &&
             std::visit([]<class T>(const T&) { return T::variant_tag.number; }, one.value) ==
                 static_cast<std::uint8_t>(field.kind);
    });
    BOOST_TEST((found != content.fields.end()), field.path);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(batch_row_tests)

BOOST_AUTO_TEST_CASE(a_usual_row_is_read_in_the_order_of_its_paths) {
  BatchRow row;
  BOOST_REQUIRE(read_batch_row(usual, row));
  demand_same(usual, row);
  BOOST_REQUIRE(row.fields.size() == 3u);
  BOOST_TEST(row.fields[0].path == "a");
  BOOST_TEST((row.fields[0].kind == FieldKind::integer));
  BOOST_TEST(row.fields[1].text == "张三");
}

BOOST_AUTO_TEST_CASE(white_space_and_missing_dates_are_usual) {
  std::string tight;
  for (const char c : usual) {
    if (c != ' ') tight += c;
  }
  for (const std::string& line : {tight, " \t" + usual + " \r", with(R"(, "valid_from_ms": "17")", ""),
                                  with(R"(, "valid_until_ms": "18")", ""),
                                  with(R"(, "valid_from_ms": "17", "valid_until_ms": "18")", "")}) {
    BatchRow row;
    BOOST_REQUIRE_MESSAGE(read_batch_row(line, row), line);
    demand_same(line, row);
  }
}

BOOST_AUTO_TEST_CASE(what_is_unusual_or_wrong_is_left_to_the_complete_reader) {
  BatchRow row;
  const std::string texts[] = {with("张三", R"(\u5f20)"),
                               with("张三", "\xff"),
                               with("张三", "\t"),
                               with("张三", std::string(field_text_bytes_max + 1, 'x')),
                               with("-5", "-0"),
                               with("-5", std::string(41, '1')),
                               with("2024-02-29", "2023-02-29"),
                               with("resident_id", "residents"),
                               with("N7", ""),
                               with("N7", "N 7"),
                               with("N7", std::string(65, '7')),
                               with(R"("files": [])", R"("files": [{}])"),
                               with(R"("integer", "value": "-5")", R"("money", "value": "5")"),
                               with(R"("integer", "value": "-5")", R"("boolean", "value": true)"),
                               with(R"("17")", "17"),
                               with(R"("17")", R"("017")"),
                               with(R"("17")", R"("281474976710656")"),
                               with("}}", "}, \"unit\": \"1\"}"),
                               usual + "}",
                               usual + usual,
                               ""};
  for (const std::string& text : texts) BOOST_TEST(!read_batch_row(text, row), text);
}

BOOST_AUTO_TEST_CASE(no_beginning_of_a_line_is_a_row) {
  BatchRow row;
  for (std::size_t length = 0; length < usual.size(); ++length) {
    // A copy of just this length, so that a sanitizer sees who reads on.
    const std::vector<char> copy(usual.begin(), usual.begin() + static_cast<std::ptrdiff_t>(length));
    BOOST_TEST(!read_batch_row({copy.data(), copy.size()}, row));
  }
}

BOOST_AUTO_TEST_CASE(a_changed_byte_means_the_same_to_both_readers) {
  std::size_t accepted = 0;
  for (std::size_t at = 0; at < usual.size(); ++at) {
    for (const char by : {'"', '\\', ' ', ',', ':', '0', 'z', '\x01', '\x80', '}'}) {
      std::string line = usual;
      line[at] = by;
      BatchRow row;
      if (!read_batch_row(line, row)) continue;
      ++accepted;
      // Paths are not looked at here.
      bool good_paths = true;
      for (const BatchRowField& field : row.fields) good_paths = good_paths && FieldPath::from(field.path).has_value();
      const auto id = CertificateId::from(row.id);
      if (good_paths && id.has_value()) demand_same(line, row);
    }
  }
  BOOST_TEST(accepted > usual.size() / 10);
}

BOOST_AUTO_TEST_CASE(as_many_fields_as_a_document_has_and_not_one_more) {
  const auto line_with = [](std::size_t count) {
    std::string fields;
    for (std::size_t i = 0; i < count; ++i) {
      fields += (i == 0 ? "" : ",") + (R"({"path":"f)" + std::to_string(i)) +
                R"(","value":{"type":"text","value":""}})";
    }
    const std::size_t begin = usual.find("[{");
    return usual.substr(0, begin + 1) + fields + usual.substr(usual.find("],"));
  };
  BatchRow row;
  BOOST_TEST(read_batch_row(line_with(fields_max), row));
  BOOST_TEST(row.fields.size() == fields_max);
  BOOST_TEST(!read_batch_row(line_with(fields_max + 1), row));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::certs
