// Batch writer: a row becomes exactly the document that the complete way makes of it, rules of identifiers included;
// what it has not seen the like of it leaves alone; salts are used once.
#include "certs/batch_writer.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "ledger/codec.h"
#include "tests/support/batch_rows.h"

namespace kanhe::certs {
namespace {

using support::batch_line;
using support::batch_prefix;
using support::BatchInMemory;
using support::CertificateChain;

BatchRow row_of(const std::string& line) {
  BatchRow row;
  BOOST_REQUIRE(read_batch_row(line, row));
  return row;
}
BatchRow row_of(std::string&&) = delete;  // it would be of a line that is gone

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  BOOST_REQUIRE(text.find(what) != std::string::npos);
  return text.replace(text.find(what), what.size(), by);
}

// Gives the salts of a document again, in the order in which they are asked for.
RandomBytes salts_of(const Document& document) {
  auto salts = std::make_shared<std::vector<FieldSalt>>();
  for (const DocumentField& field : document.fields) salts->push_back(field.opening->salt);
  salts->push_back(document.holder_opening->salt);
  return [salts](std::span<Byte> target) {
    std::ranges::copy(salts->front().array(), target.begin());
    salts->erase(salts->begin());
  };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(batch_writer_tests)

BOOST_AUTO_TEST_CASE(a_row_becomes_what_its_document_would) {
  BatchInMemory batch;
  std::vector<std::string> lines{batch_line("2025A0")};
  lines.push_back(batch_line("2025A1", "李四"));
  lines.push_back(replaced(batch_line("2025A2"), R"(, "valid_from_ms": "1748880000000")", ""));
  lines.push_back(replaced(batch_line("2025A3"), R"("1748880000000")", R"("5", "valid_until_ms": "6")"));
  lines.push_back(replaced(batch_line("2025A4", ""), "resident_id", "other"));
  lines.push_back(batch_line("2025A5", std::string(field_text_bytes_max, 'x')));
  for (const std::string& line : lines) BOOST_REQUIRE(batch.add(line).has_value());
  const BatchTree tree = batch.writer.finish().value();
  const BatchFile file = BatchFile::from(batch.file).value();
  std::vector<Hash256> leaves;
  std::set<FieldSalt> salts;
  for (std::uint32_t i = 0; i < lines.size(); ++i) {
    const Document document = document_of(file.entry(i).value());
    BOOST_TEST((document == support::document_of(row_of(lines[i]), salts_of(document))), lines[i]);
    leaves.push_back(batch_leaf_hash(batch_leaf_of(document)));
    BOOST_TEST(salts.insert(document.holder_opening->salt).second);
    for (const DocumentField& field : document.fields) BOOST_TEST(salts.insert(field.opening->salt).second);
  }
  BOOST_TEST((tree.root() == log_root(leaves)));
  BOOST_TEST((file.tail().root == tree.root()));
}

BOOST_AUTO_TEST_CASE(a_row_is_taken_only_after_a_document_like_it) {
  BatchInMemory batch;
  const auto takes = [&](const std::string& line) { return batch.writer.add_row("x", row_of(line)).value(); };
  BOOST_TEST(!takes(batch_line("2025A0")));
  BOOST_REQUIRE(batch.add(batch_line("2025A0")).has_value());
  BOOST_TEST(takes(batch_line("2025A1")));
  BOOST_TEST(!takes(replaced(batch_line("2025A2"), "area.rooms", "area.room")));
  BOOST_TEST(!takes(replaced(batch_line("2025A2"), R"("integer", "value": "3")", R"("text", "value": "3")")));
  BOOST_TEST(!takes(replaced(batch_line("2025A2"), "area.rooms", "holder.name")));
  BOOST_TEST(!takes(replaced(batch_line("2025A2"), R"("1748880000000")", R"("6", "valid_until_ms": "6")")));
  // Another form may be learnt beside the first one.
  const std::string other = replaced(batch_line("2025A3"), "area.rooms", "area.room");
  BOOST_REQUIRE(batch.add(other).has_value());
  BOOST_TEST(takes(replaced(batch_line("2025A4"), "area.rooms", "area.room")));
  BOOST_TEST(takes(batch_line("2025A5")));
  BOOST_TEST(batch.writer.count() == 5u);
}

// Neither way takes an identifier that the other refuses.
BOOST_AUTO_TEST_CASE(identifiers_are_judged_as_check_member_does) {
  BatchInMemory batch;
  BOOST_REQUIRE(batch.add(batch_line("2025A0")).has_value());
  const contracts::certificate::BatchKey key = *batch.writer.key();
  const std::string good = CertificateChain::id("2025A7777777").str();
  std::vector<std::string> texts{CertificateChain::id("2025A").str(), CertificateChain::id("2025B1").str(),
                                 CertificateChain::id("2025A1", 2).str(),
                                 CertificateChain::id("2025A1", 1, CertificateChain::tax_code).str(),
                                 CertificateChain::id("2025A" + std::string(27, 'Z')).str(), good + "0"};
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char by : {'0', '1', '7', 'A', 'Z', 'a', '.', ' '}) {
      texts.push_back(good);
      texts.back()[at] = by;
    }
  }
  const std::string line = batch_line("2025A1");
  std::set<std::string> members;
  for (const std::string& text : texts) {
    const auto id = CertificateId::from(text);
    BatchRow row = row_of(line);
    row.id = text;
    const auto taken = batch.writer.add_row("x", row);
    const bool twice = !taken.has_value() && taken.error().code == ErrorCode::duplicate;
    const bool added = taken.has_value() && *taken;
    BOOST_TEST((twice || added) == (id.has_value() && check_member(key, *id).has_value()), text);
    BOOST_TEST(twice == members.contains(text), text);
    if (added) members.insert(text);
  }
  BOOST_TEST(members.contains(good));
}

BOOST_AUTO_TEST_CASE(check_characters_are_those_of_the_standard) {
  BatchInMemory batch;
  BOOST_REQUIRE(batch.add(batch_line("2025A")).error().code == ErrorCode::malformed);
  BOOST_REQUIRE(batch.add(batch_line("2025A0")).has_value());
  const std::string line = batch_line("2025A1");
  for (std::size_t i = 1; i < 2'000; ++i) {
    BatchRow row = row_of(line);
    const std::string id = CertificateChain::id("2025AX" + std::to_string(i * 7'919)).str();
    row.id = id;
    BOOST_REQUIRE(batch.writer.add_row("x", row).value());
  }
}

BOOST_AUTO_TEST_CASE(an_identifier_stands_once_whichever_way_it_comes) {
  BatchInMemory batch;
  BOOST_REQUIRE(batch.add(batch_line("2025A0")).has_value());
  BOOST_REQUIRE(batch.add(batch_line("2025A1")).has_value());
  BOOST_TEST((batch.add(batch_line("2025A1")).error().code == ErrorCode::duplicate));
  const Document again = CertificateChain::document(CertificateChain::id("2025A1"));
  BOOST_TEST((batch.writer.add("x", again).error().code == ErrorCode::duplicate));
  BOOST_TEST(batch.writer.count() == 2u);
  BOOST_REQUIRE(batch.writer.finish().has_value());
  BOOST_TEST(BatchFile::from(batch.file).value().check_whole().has_value());
}

BOOST_AUTO_TEST_CASE(names_of_sources_are_plain_and_bounded) {
  BatchInMemory batch;
  BOOST_REQUIRE(batch.add(batch_line("2025A0")).has_value());
  const std::string line = batch_line("2025A1");
  const BatchRow row = row_of(line);
  BOOST_TEST((batch.writer.add_row("a\nb", row).error().code == ErrorCode::malformed));
  BOOST_TEST((batch.writer.add_row(std::string(batch_source_bytes_max + 1, 'x'), row).error().code ==
              ErrorCode::malformed));
  BOOST_TEST(batch.writer.add_row(std::string(batch_source_bytes_max, 'x'), row).value());
}

BOOST_AUTO_TEST_CASE(as_many_documents_as_a_batch_has_and_not_one_more) {
  BatchInMemory batch;
  BOOST_TEST((BatchInMemory().writer.finish().error().code == ErrorCode::out_of_range));
  BOOST_REQUIRE(batch.add(batch_line("2025A0")).has_value());
  const std::string line = batch_line("2025A0");
  BatchRow row = row_of(line);
  std::string id;
  const auto add_number = [&](std::size_t i) {
    id = CertificateChain::id("2025A" + std::to_string(i)).str();
    row.id = id;
    return batch.writer.add_row("x", row);
  };
  for (std::size_t i = 1; i < batch_count_max; ++i) BOOST_REQUIRE(add_number(i).value());
  BOOST_TEST((add_number(batch_count_max).error().code == ErrorCode::out_of_range));
  BOOST_REQUIRE(batch.writer.finish().has_value());
  const BatchFile file = BatchFile::from(batch.file).value();
  BOOST_TEST(file.count() == batch_count_max);
  BOOST_TEST(file.find(CertificateChain::id("2025A" + std::to_string(batch_count_max - 1))).value() ==
             batch_count_max - 1);
}

BOOST_AUTO_TEST_CASE(random_bytes_are_given_out_once_and_in_order) {
  std::size_t taken = 0;
  SaltStock stock([&](std::span<Byte> target) {
    for (Byte& byte : target) {
      byte = static_cast<Byte>(taken / FieldSalt::size >> (8 * (taken % 4)));
      ++taken;
    }
  });
  std::set<FieldSalt> salts;
  for (std::size_t i = 0; i < 3 * salt_stock_bytes / FieldSalt::size; ++i) {
    FieldSalt salt;
    stock.fill(salt.array());
    BOOST_REQUIRE(salts.insert(salt).second);
  }
  BOOST_TEST(taken == 3 * salt_stock_bytes);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::certs
