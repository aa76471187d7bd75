// Document: commitments hide and bind, types and texts are told apart exactly, the root binds number and order of the
// fields, and disclosure takes away without changing what is proved.
#include "certs/document.h"

#include <boost/test/unit_test.hpp>
#include <bit>
#include <set>

#include "ledger/codec.h"
#include "ledger/json.h"
#include "tests/support/certificate_chain.h"

namespace kanhe::certs {
namespace {

using support::CertificateChain;

FieldPath path(std::string_view text) { return FieldPath::from(text).value(); }
FieldValue text_value(std::string_view text) {
  return TextValue{PlainText<field_text_bytes_max>::from(text).value()};
}
FieldValue integer(std::string_view text) { return IntegerValue{Text<IntegerTextTag>::from(text).value()}; }
FieldValue date(std::string_view text) { return DateValue{Text<DateTextTag>::from(text).value()}; }

Document usual() { return CertificateChain::document(CertificateChain::id("1")); }

// A document with so many fields, whose salts are all zero.
Document with_fields(std::size_t count) {
  DocumentContent content = CertificateChain::content(CertificateChain::id("1"));
  content.fields.clear();
  for (std::size_t i = 0; i < count; ++i) {
    content.fields.push_back({path("f" + std::to_string(1'000 + i)), integer(std::to_string(i))});
  }
  return make_document(content, [](std::span<Byte>) {}).value();
}

FieldCommitment commitment(std::string_view name, const FieldValue& value) {
  return commitment_of({path(name), {}, value});
}

bool is_error(const Result<void>& result, ErrorCode code) { return !result && result.error().code == code; }

}  // namespace

BOOST_AUTO_TEST_SUITE(document_tests)

// ---------------------------------------------------------------------------------------------------------------------
// Forms

BOOST_AUTO_TEST_CASE(paths_are_identifiers_joined_by_dots) {
  for (const auto* good : {"a", "a.b", "certificate.name", "a1_2.b"}) BOOST_TEST(FieldPath::from(good).has_value());
  for (const auto* bad : {"", ".", "a.", ".a", "a..b", "A", "a b", "1a", "a[0]", "姓名", "a-b"}) {
    BOOST_TEST(!FieldPath::from(bad).has_value(), bad);
  }
  const std::string longest = std::string(32, 'a') + "." + std::string(32, 'b') + "." + std::string(30, 'c');
  BOOST_TEST(FieldPath::from(longest).has_value());
  BOOST_TEST(!FieldPath::from(longest + "c").has_value());
}

BOOST_AUTO_TEST_CASE(an_integer_has_one_form) {
  for (const auto* good : {"0", "7", "-1", "-10", "123456789012345678901234567890"}) {
    BOOST_TEST(check_integer(good).has_value(), good);
  }
  for (const auto* bad : {"", "-", "+1", "00", "01", "-0", "-01", "1.0", "1e3", " 1", "1 ", "一"}) {
    BOOST_TEST(!check_integer(bad).has_value(), bad);
  }
}

BOOST_AUTO_TEST_CASE(a_date_is_a_day_of_the_calendar) {
  for (const auto* good : {"2025-01-31", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"}) {
    BOOST_TEST(check_date(good).has_value(), good);
  }
  for (const auto* bad : {"", "2025-02-29", "1900-02-29", "2025-04-31", "2025-13-01", "2025-00-01", "2025-01-00",
                          "0000-01-01", "2025-1-1", "2025/01/01", "20250101", "2025-01-0x"}) {
    BOOST_TEST(!check_date(bad).has_value(), bad);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Commitments

BOOST_AUTO_TEST_CASE(the_same_letters_of_another_type_are_another_value) {
  const std::set<FieldCommitment> all{
      commitment("a", text_value("5")),      commitment("a", integer("5")),
      commitment("a", MoneyValue{Fen(5)}),   commitment("a", BooleanValue{true}),
      commitment("a", text_value("true")),   commitment("a", text_value("2025-01-01")),
      commitment("a", date("2025-01-01")),   commitment("b", integer("5")),
      commitment("a", text_value("")),
  };
  BOOST_TEST(all.size() == 9u);
}

// K-09: what looks alike is stored exactly as it came.
BOOST_AUTO_TEST_CASE(text_is_not_normalised) {
  const std::set<FieldCommitment> all{
      commitment("a", text_value("\u00e9")), commitment("a", text_value("e\u0301")), commitment("a", text_value("e")),
      commitment("a", text_value("e ")),     commitment("a", text_value(" e")),      commitment("a", text_value("Ｅ")),
  };
  BOOST_TEST(all.size() == 6u);
  for (const auto* bad : {"a\r\nb", "a\nb", "a\u202eb"}) {
    BOOST_TEST(!PlainText<field_text_bytes_max>::from(bad).has_value());
  }
}

// K-07: the same certificate made twice shares nothing with the first.
BOOST_AUTO_TEST_CASE(salts_are_new_every_time) {
  const DocumentContent content = CertificateChain::content(CertificateChain::id("1"));
  const Document first = make_document(content).value();
  const Document second = make_document(content).value();
  BOOST_TEST((first.holder != second.holder));
  BOOST_TEST((content_root_of(first) != content_root_of(second)));
  std::set<FieldSalt> salts;
  for (const Document* document : {&first, &second}) {
    salts.insert(document->holder_opening->salt);
    for (const DocumentField& field : document->fields) salts.insert(field.opening->salt);
  }
  BOOST_TEST(salts.size() == 2 * (content.fields.size() + 1));
}

BOOST_AUTO_TEST_CASE(every_byte_of_an_opening_counts) {
  const Document document = usual();
  for (std::size_t i = 0; i < document.fields.size(); ++i) {
    const Bytes bytes = encode(*document.fields[i].opening);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      Bytes other = bytes;
      other[at] ^= 1;
      const auto opening = decode<FieldOpening>(other);
      if (!opening) continue;
      Document altered = document;
      altered.fields[i].opening = *opening;
      BOOST_TEST(is_error(check_openings(altered), ErrorCode::bad_proof));
    }
  }
  BOOST_TEST(check_openings(document).has_value());
}

// ---------------------------------------------------------------------------------------------------------------------
// The root

Hash256 leaf(const DocumentField& field) { return tagged_hash(Tag::document_leaf, field.commitment); }
Hash256 node(const Hash256& left, const Hash256& right) { return tagged_hash(Tag::document_node, left, right); }

// The definition, leaf by leaf.
Hash256 reference(const Document& document, std::size_t begin, std::size_t count) {
  if (count == 1) return leaf(document.fields[begin]);
  std::size_t split = 1;
  while (2 * split < count) split *= 2;
  return node(reference(document, begin, split), reference(document, begin + split, count - split));
}

BOOST_AUTO_TEST_CASE(the_root_is_that_of_its_definition) {
  std::set<Hash256> roots;
  for (const std::size_t count : {1u, 2u, 3u, 4u, 5u, 7u, 8u, 9u, 16u, 17u, 255u, 256u}) {
    const Document document = with_fields(count);
    const Hash256 root(content_root_of(document));
    BOOST_TEST((root == reference(document, 0, count)));
    roots.insert(root);
  }
  BOOST_TEST(roots.size() == 12u);
}

BOOST_AUTO_TEST_CASE(the_root_binds_number_and_order_of_the_fields) {
  const Document document = with_fields(5);
  std::set<Hash256> roots{Hash256(content_root_of(document))};
  for (std::size_t i = 0; i < 5; ++i) {
    Document fewer = document;
    fewer.fields.erase(fewer.fields.begin() + static_cast<std::ptrdiff_t>(i));
    roots.insert(Hash256(content_root_of(fewer)));
    Document doubled = document;
    doubled.fields.push_back(document.fields[i]);
    roots.insert(Hash256(content_root_of(doubled)));
    Document swapped = document;
    std::swap(swapped.fields[i], swapped.fields[(i + 1) % 5]);
    roots.insert(Hash256(content_root_of(swapped)));
  }
  BOOST_TEST(roots.size() == 16u);
}

// K-03: a node presented as a commitment does not stand for its two fields.
BOOST_AUTO_TEST_CASE(an_inner_node_is_no_field) {
  const Document two = with_fields(2);
  Document one = with_fields(1);
  one.fields[0].commitment = FieldCommitment(node(leaf(two.fields[0]), leaf(two.fields[1])));
  BOOST_TEST((content_root_of(one) != content_root_of(two)));
}

// ---------------------------------------------------------------------------------------------------------------------
// Making

BOOST_AUTO_TEST_CASE(fields_stand_in_the_order_of_their_paths) {
  const Document document = usual();
  BOOST_TEST(check_document_form(document).has_value());
  BOOST_TEST(document.fields.front().opening->path.str() == name_path);
  BOOST_TEST(document.fields.back().opening->path.str() == unit_number_path);
  BOOST_TEST(text_of(document, number_path) == "粤(2025)深圳市不动产权第0000123号");
  BOOST_TEST(text_of(document, "price") == "");
  BOOST_TEST(text_of(document, "nothing") == "");
}

BOOST_AUTO_TEST_CASE(what_breaks_the_form_is_not_made) {
  DocumentContent content = CertificateChain::content(CertificateChain::id("1"));
  content.fields.push_back(content.fields.front());
  BOOST_TEST((make_document(content).error().code == ErrorCode::duplicate));
  content.fields.clear();
  BOOST_TEST((make_document(content).error().code == ErrorCode::out_of_range));
  content = CertificateChain::content(CertificateChain::id("1"));
  content.files.push_back(content.files.front());
  BOOST_TEST((make_document(content).error().code == ErrorCode::duplicate));
  content.files.clear();
  content.valid_from_ms = content.valid_until_ms = Timestamp(5);
  BOOST_TEST((make_document(content).error().code == ErrorCode::out_of_range));
  content.valid_until_ms = Timestamp(6);
  BOOST_TEST(make_document(content).has_value());
}

BOOST_AUTO_TEST_CASE(shown_paths_ascend_also_around_hidden_ones) {
  Document document = usual();
  document.fields[1].opening.reset();
  BOOST_TEST(check_document_form(document).has_value());
  std::swap(document.fields[0], document.fields[2]);
  BOOST_TEST(is_error(check_document_form(document), ErrorCode::not_canonical));
  document.fields[2] = document.fields[0];
  BOOST_TEST(is_error(check_document_form(document), ErrorCode::not_canonical));
}

BOOST_AUTO_TEST_CASE(a_document_keeps_its_two_encodings) {
  const Document document = usual();
  BOOST_TEST((decode<Document>(encode(document)).value() == document));
  BOOST_TEST((from_json<Document>(to_json(document)).value() == document));
}

BOOST_AUTO_TEST_CASE(the_ledger_is_told_what_the_document_holds_and_no_value_of_it) {
  const Document document = usual();
  const auto arguments = issue_arguments_of(document);
  BOOST_TEST((arguments.id == document.id && arguments.holder == document.holder));
  BOOST_TEST((arguments.content_root == content_root_of(document)));
  BOOST_TEST((arguments.files == document.files));
  const std::string told = to_json(arguments);
  BOOST_TEST(told.find("张三") == std::string::npos);
}

// ---------------------------------------------------------------------------------------------------------------------
// Disclosing

BOOST_AUTO_TEST_CASE(any_choice_of_fields_has_the_same_root_and_opens) {
  const Document document = usual();
  for (unsigned choice = 0; choice < 32; ++choice) {
    std::vector<FieldPath> paths;
    for (std::size_t i = 0; i < 5; ++i) {
      if ((choice >> i & 1) != 0) paths.push_back(document.fields[i].opening->path);
    }
    const Document copy = disclose(document, paths, HolderDisclosure::keep).value();
    BOOST_TEST((content_root_of(copy) == content_root_of(document)));
    BOOST_TEST(check_openings(copy).has_value());
    BOOST_TEST(check_document_form(copy).has_value());
    BOOST_TEST(shown_count(copy) == static_cast<std::size_t>(std::popcount(choice)));
    BOOST_TEST(shown_count(copy) + hidden_count(copy) == 5u);
    const std::string json = to_json(copy);
    for (std::size_t i = 0; i < 5; ++i) {
      const bool shown = json.find(document.fields[i].opening->salt.hex()) != std::string::npos;
      BOOST_TEST(shown == ((choice >> i & 1) != 0));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_there_cannot_be_disclosed) {
  const Document none = disclose(usual(), {}, HolderDisclosure::drop).value();
  const std::vector<FieldPath> paths{path("price")};
  BOOST_TEST((disclose(none, paths, HolderDisclosure::drop).error().code == ErrorCode::unknown));
  BOOST_TEST(!none.holder_opening.has_value());
}

BOOST_AUTO_TEST_CASE(the_holders_commitment_opens_for_the_holder_alone) {
  const Document document = usual();
  BOOST_TEST(check_holder(document, CertificateChain::holder()).has_value());
  const Identity other = make_identity(IdentityKind::resident_id, "440524188001010014").value();
  BOOST_TEST(is_error(check_holder(document, other), ErrorCode::bad_proof));
  const Identity passport{IdentityKind::passport, CertificateChain::holder().number};
  BOOST_TEST(is_error(check_holder(document, passport), ErrorCode::bad_proof));
  Document closed = document;
  closed.holder_opening.reset();
  BOOST_TEST(is_error(check_holder(closed, CertificateChain::holder()), ErrorCode::unknown));
  BOOST_TEST(to_json(document).find("11010519491231002X") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(files_are_known_by_their_bytes) {
  Document document = usual();
  BOOST_TEST(check_file(document, as_bytes("the printed certificate")).has_value());
  BOOST_TEST((check_file(document, as_bytes("another")).error().code == ErrorCode::bad_proof));
  // With a digest that cannot be computed here, "none of them" would be too much said.
  document.files.push_back({document.files[0].media_type, contracts::certificate::DigestAlgorithm::sm3,
                            sha256(as_bytes("another"))});
  BOOST_TEST((check_file(document, as_bytes("another")).error().code == ErrorCode::unsupported));
}

BOOST_AUTO_TEST_CASE(values_are_shown_as_people_write_them) {
  BOOST_TEST(display_text(MoneyValue{Fen(300'000'005)}) == "3000000.05");
  BOOST_TEST(display_text(MoneyValue{Fen(150)}) == "1.50");
  BOOST_TEST(display_text(integer("-12")) == "-12");
  BOOST_TEST(display_text(BooleanValue{true}) == "true");
  BOOST_TEST(display_text(date("2025-06-03")) == "2025-06-03");
  BOOST_TEST(display_text(text_value("张三")) == "张三");
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace kanhe::certs
