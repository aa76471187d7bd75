// Verifier, every alteration of the file: value by value and byte by byte, none of them is ever taken for VALID.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <random>

#include "ledger/json.h"
#include "tests/certs/verified.h"

namespace kanhe::certs {
namespace {

// Calls visit(path, value) for every value of a JSON document, and sets it back afterwards.
using Visit = std::function<void(const std::string&, boost::json::value&)>;
void each_value(const std::string& path, boost::json::value& value, const Visit& visit) {
  visit(path, value);
  if (auto* const object = value.if_object()) {
    for (auto& entry : *object) each_value(path + "." + std::string(entry.key()), entry.value(), visit);
  }
  if (auto* const array = value.if_array()) {
    for (auto& element : *array) each_value(path + "[]", element, visit);
  }
}

// Whether an alteration here is by design not noticed: the salt of the holder matters only when the holder is asked for
// (V11), and true facts and known epochs may stand in any number and order.
bool is_free(const std::string& path, const Bundle& bundle) {
  return path.starts_with(".document.holder_opening") && !bundle.stamp;
}
bool is_free_list(const std::string& path) {
  return path == ".evidence.facts" || path == ".evidence.head.epochs";
}

std::vector<boost::json::value> altered(const std::string& path, const boost::json::value& value) {
  std::vector<boost::json::value> others;
  if (const auto* const text = value.if_string(); text != nullptr && !text->empty()) {
    for (const std::size_t position : {std::size_t{0}, text->size() / 2, text->size() - 1}) {
      boost::json::string other = *text;
      other[position] = other[position] == '1' ? '2' : '1';
      others.emplace_back(other);
    }
    others.emplace_back(boost::json::string(text->subview(1)));
  }
  if (const auto* const number = value.if_int64()) others.emplace_back(*number + 1);
  if (const auto* const number = value.if_uint64()) others.emplace_back(*number + 1);
  if (const auto* const flag = value.if_bool()) others.emplace_back(!*flag);
  if (const auto* const array = value.if_array(); array != nullptr && !array->empty()) {
    boost::json::array fewer = *array;
    fewer.pop_back();
    others.emplace_back(fewer);
    boost::json::array more = *array;
    more.push_back(more[0]);
    if (!is_free_list(path)) others.emplace_back(more);
  }
  if (const auto* const object = value.if_object()) {
    for (const auto& entry : *object) {
      boost::json::object fewer = *object;
      fewer.erase(entry.key());
      others.emplace_back(fewer);
    }
  }
  return others;
}

void check_no_alteration_is_valid(const CertificateChain& network, const Bundle& bundle, const VerifyOptions& options,
                                  std::size_t at_least) {
  boost::json::value root = boost::json::parse(write_bundle(bundle));
  BOOST_REQUIRE(verdict(verify(bundle, network.genesis(), options)) == "VALID");
  std::size_t count = 0;
  each_value("", root, [&](const std::string& path, boost::json::value& value) {
    if (is_free(path, bundle)) return;
    const boost::json::value original = value;
    for (const boost::json::value& other : altered(path, original)) {
      value = other;
      const Report report = verify(boost::json::serialize(root), network.genesis(), options);
      // Leaving the opening of a field or of the holder away is disclosure, and an equal value is none.
      const bool disclosed = (path == ".document.fields[]" || path == ".document") && !bundle.stamp;
      const bool valid = report.verdict == Verdict::VALID && other != original;
      if (valid && !(disclosed && other.as_object().size() < original.as_object().size())) {
        BOOST_ERROR("altered and valid: " << path << ": " << boost::json::serialize(other).substr(0, 200));
      }
      ++count;
    }
    value = original;
  });
  BOOST_TEST(count > at_least);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(verifier_alteration_tests)

BOOST_AUTO_TEST_CASE(no_altered_value_of_a_bundle_is_valid) {
  CertificateChain network;
  const Document title = CertificateChain::document(CertificateChain::id("1"));
  network.register_title(CertificateChain::house(), title);
  network.end_epoch();
  network.empty_block();
  check_no_alteration_is_valid(network, network.bundle(title), network.options(), 1'000);
}

BOOST_AUTO_TEST_CASE(no_altered_value_of_a_members_bundle_is_valid) {
  const InBatch network;
  check_no_alteration_is_valid(network, network.now_bundle(), network.options(), 800);
}

// Nor one of a stamped copy, for who says for whom it should be: also not leaving fields or the whole stamp out.
BOOST_AUTO_TEST_CASE(no_altered_value_of_a_stamped_copy_is_valid) {
  const Single network;
  const Bundle copy = network.stamped(network.now_bundle(), "clara");
  VerifyOptions options = network.options();
  options.recipient = copy.stamp->terms.recipient;
  check_no_alteration_is_valid(network, copy, options, 800);
}

BOOST_AUTO_TEST_CASE(no_altered_byte_of_a_bundle_is_valid) {
  const std::string text = to_json(disclose(good(), {}, HolderDisclosure::drop).value());
  std::mt19937_64 random(11);
  for (int round = 0; round < 4'000; ++round) {
    std::string other = text;
    const std::size_t position = random() % text.size();
    other[position] = static_cast<char>(random() % 96 + ' ');
    if (other == text) continue;
    const Report report = verify(other, single().genesis(), single().options());
    const auto read = read_bundle(other);
    const bool same = read && to_json(*read) == text;
    BOOST_TEST((report.verdict != Verdict::VALID || same), "position " << position);
  }
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace kanhe::certs
