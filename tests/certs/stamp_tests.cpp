// Stamp: no altered value of a stamp holds, nor does a stamp beside another document, certificate or network; and its
// texts have their limits and no space that nobody sees.
#include "certs/stamp.h"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "ledger/codec.h"
#include "ledger/json.h"
#include "tests/support/certificate_chain.h"

namespace kanhe::certs {
namespace {

using support::CertificateChain;

constexpr SignatureScheme scheme = CertificateChain::scheme;

ChainId chain() { return ChainId(sha256(as_bytes("a network"))); }
const Document& document() {
  static const Document made = CertificateChain::document(CertificateChain::id("2025000000001"));
  return made;
}
StampTerms terms() {
  return {StampRecipient::from("XX银行").value(), StampPurpose::from("住房贷款").value(), Timestamp(1'000),
          Timestamp(2'000), MatterNumber::from("DK-7").value()};
}
Stamp good() { return sign_stamp(scheme, CertificateChain::secret("clara"), chain(), document(), terms()).value(); }

bool holds(const Stamp& stamp, const Document& of = document(), const ChainId& on = chain()) {
  return check_stamp_signature(scheme, on, of.id, stamp) && check_stamped_document(of, stamp);
}

// Of text as it stands in JSON: one character other, none, one more.
std::vector<boost::json::value> others_of(const boost::json::value& value) {
  std::vector<boost::json::value> others;
  if (const auto* const text = value.if_string()) {
    for (std::size_t i = 0; i < text->size(); ++i) {
      boost::json::string other = *text;
      other[i] = other[i] == '1' ? '2' : '1';
      others.emplace_back(other);
    }
    others.emplace_back(boost::json::string(text->subview(1)));
    others.emplace_back(boost::json::string(std::string(*text) + "0"));
  }
  if (const auto* const number = value.if_int64()) others.emplace_back(*number + 1);
  return others;
}

template <class T>
void check_limit(std::size_t bytes_max) {
  BOOST_TEST(T::from(std::string(bytes_max, 'x')).has_value());
  BOOST_TEST(!T::from(std::string(bytes_max + 1, 'x')).has_value());
  BOOST_TEST(!T::from("").has_value());
  for (const std::string text : {" x", "x ", "\u3000x", "x\u3000", " ", "x\n", "\u202ex"}) {
    BOOST_TEST((T::from(text).error().code == ErrorCode::malformed), text);
  }
  BOOST_TEST(T::from("x x\u3000x").has_value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stamp_tests)

BOOST_AUTO_TEST_CASE(a_stamp_holds_for_what_was_stamped) {
  BOOST_TEST(holds(good()));
  BOOST_TEST((good() == good()));
  BOOST_TEST((good().key == CertificateChain::key("clara")));
}

BOOST_AUTO_TEST_CASE(no_altered_value_of_a_stamp_holds) {
  const boost::json::object whole = boost::json::parse(to_json(good())).as_object();
  std::size_t read = 0;
  const auto check = [&](const boost::json::object& altered) {
    const auto stamp = from_json<Stamp>(boost::json::serialize(altered));
    if (!stamp || *stamp == good()) return;
    ++read;
    BOOST_TEST(!holds(*stamp), boost::json::serialize(altered));
  };
  for (const auto& entry : whole) {
    for (const boost::json::value& other : others_of(entry.value())) {
      boost::json::object altered = whole;
      altered[entry.key()] = other;
      check(altered);
    }
  }
  for (const auto& entry : whole.at("terms").as_object()) {
    std::vector<boost::json::value> others = others_of(entry.value());
    for (const boost::json::value& other : others) {
      boost::json::object altered = whole;
      altered["terms"].as_object()[entry.key()] = other;
      check(altered);
    }
    boost::json::object fewer = whole;
    fewer["terms"].as_object().erase(entry.key());
    check(fewer);
  }
  BOOST_TEST(read > 100u);
}

BOOST_AUTO_TEST_CASE(another_key_makes_another_stamp) {
  Stamp other = good();
  other.key = CertificateChain::key("carl");
  BOOST_TEST((check_stamp_signature(scheme, chain(), document().id, other).error().code == ErrorCode::bad_signature));
  other.signature = sign_stamp(scheme, CertificateChain::secret("carl"), chain(), document(), terms())->signature;
  BOOST_TEST(holds(other));
  BOOST_TEST((other != good()));
}

BOOST_AUTO_TEST_CASE(a_stamp_moves_to_no_other_network_certificate_or_selection_of_fields) {
  BOOST_TEST(!holds(good(), document(), ChainId(sha256(as_bytes("another network")))));
  BOOST_TEST(!holds(good(), CertificateChain::document(CertificateChain::id("2"))));
  Document renamed = document();
  renamed.id = CertificateChain::id("2");
  BOOST_TEST(!holds(good(), renamed));
  for (std::size_t i = 0; i < document().fields.size(); ++i) {
    Document fewer = document();
    fewer.fields[i].opening.reset();
    BOOST_TEST((check_stamped_document(fewer, good()).error().code == ErrorCode::bad_proof));
  }
  const Document dropped = disclose(document(), {}, HolderDisclosure::drop).value();
  BOOST_TEST(!holds(good(), dropped));
  // And of fewer fields one does not get to more.
  const Stamp of_dropped = sign_stamp(scheme, CertificateChain::secret("clara"), chain(), dropped, terms()).value();
  BOOST_TEST(holds(of_dropped, dropped));
  BOOST_TEST(!holds(of_dropped, document()));
}

// A signature over something else by the same key is no stamp, nor is a stamp one of these.
BOOST_AUTO_TEST_CASE(only_what_was_signed_as_a_stamp_is_one) {
  Stamp stamp = good();
  const StampStatement statement{{}, chain(), document().id, stamp.document_digest, stamp.terms, stamp.key};
  for (const Tag tag : {Tag::transaction, Tag::query, Tag::call, Tag::checkpoint}) {
    stamp.signature = sign(scheme, CertificateChain::secret("clara"), tagged_hash(tag, encode(statement)));
    BOOST_TEST(!holds(stamp));
  }
  stamp.signature = sign(scheme, CertificateChain::secret("clara"), tagged_hash(Tag::stamp, encode(statement)));
  BOOST_TEST(holds(stamp));
}

BOOST_AUTO_TEST_CASE(texts_have_limits_and_no_hidden_spaces) {
  check_limit<StampRecipient>(192);
  check_limit<StampPurpose>(384);
  check_limit<MatterNumber>(96);
}

BOOST_AUTO_TEST_CASE(a_stamp_ends_after_it_begins) {
  StampTerms made = terms();
  for (const std::uint64_t from : {2'000u, 2'001u}) {
    made.from_ms = Timestamp(from);
    BOOST_TEST((check_stamp_terms(made).error().code == ErrorCode::out_of_range));
    BOOST_TEST(!sign_stamp(scheme, CertificateChain::secret("clara"), chain(), document(), made).has_value());
  }
  made.from_ms = Timestamp(1'999);
  BOOST_TEST(check_stamp_terms(made).has_value());
}

BOOST_AUTO_TEST_CASE(the_largest_stamp_is_below_the_limit_and_reads_back) {
  Stamp largest = good();
  largest.terms = {StampRecipient::from(std::string(192, 'r')).value(),
                   StampPurpose::from(std::string(384, 'p')).value(),
                   Timestamp(1), Timestamp(counter_max), MatterNumber::from(std::string(96, 'm')).value()};
  const Bytes encoding = encode(largest);
  BOOST_TEST(encoding.size() <= stamp_bytes_max);
  BOOST_TEST((decode<Stamp>(encoding).value() == largest));
  BOOST_TEST((from_json<Stamp>(to_json(largest)).value() == largest));
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace kanhe::certs
