// Hashes: published answers, the definition of a tagged hash, and that no tag's message passes for another's.
#include "ledger/hash.h"

#include <boost/test/unit_test.hpp>
#include <set>

namespace {

using namespace kanhe;

Bytes bytes_of_hex(std::string_view hex) { return from_hex(hex).value(); }

struct HmacCase {
  Bytes key;
  Bytes data;
  std::string_view answer;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(hash_tests)

BOOST_AUTO_TEST_CASE(sha256_gives_the_published_answers) {
  BOOST_TEST(sha256({}).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  BOOST_TEST(sha256(as_bytes("abc")).hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).hex() ==
             "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  BOOST_TEST(sha256(Bytes(1'000'000, 'a')).hex() ==
             "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

BOOST_AUTO_TEST_CASE(a_hash_does_not_depend_on_the_pieces) {
  const Bytes message(200, 0x5a);
  for (std::size_t cut = 0; cut <= message.size(); ++cut) {
    const ByteView view = message;
    BOOST_TEST((Hasher().update(view.first(cut)).update(view.subspan(cut)).finish() == sha256(message)));
    BOOST_TEST((tagged_hash(Tag::body, view.first(cut), view.subspan(cut)) == tagged_hash(Tag::body, message)));
  }
}

BOOST_AUTO_TEST_CASE(a_copied_hasher_goes_on_by_itself) {
  Hasher first;
  first.update(as_bytes("ab"));
  Hasher second = first;
  first.update(as_bytes("x"));
  BOOST_TEST((second.update(as_bytes("c")).finish() == sha256(as_bytes("abc"))));
}

BOOST_AUTO_TEST_CASE(a_tagged_hash_is_as_defined) {
  for (std::size_t i = 0; i < tag_count; ++i) {
    const Tag tag = static_cast<Tag>(i);
    const Hash256 tag_hash = sha256(as_bytes(tag_text(tag)));
    for (const std::string_view message :
         {"", "a", "message that is longer than one block of sixty-four bytes, to be sure"}) {
      Bytes joined = to_bytes(tag_hash);
      append(joined, tag_hash);
      append(joined, as_bytes(message));
      BOOST_TEST((tagged_hash(tag, as_bytes(message)) == sha256(joined)), tag_text(tag));
    }
  }
}

BOOST_AUTO_TEST_CASE(every_tag_has_a_text_of_its_own) {
  std::set<std::string_view> texts;
  for (std::size_t i = 0; i < tag_count; ++i) {
    const std::string_view text = tag_text(static_cast<Tag>(i));
    BOOST_TEST(text.starts_with("kanhe/"));
    BOOST_TEST(text.ends_with("/v1"));
    BOOST_TEST(texts.insert(text).second, text);
  }
}

BOOST_AUTO_TEST_CASE(tags_stand_for_the_use_that_their_names_say) {
  BOOST_TEST(tag_text(Tag::genesis) == "kanhe/genesis/v1");
  BOOST_TEST(tag_text(Tag::transaction) == "kanhe/transaction/v1");
  BOOST_TEST(tag_text(Tag::vote_report) == "kanhe/vote-report/v1");
  BOOST_TEST(tag_text(Tag::state_key) == "kanhe/state-key/v1");
  BOOST_TEST(tag_text(Tag::trace) == "kanhe/trace/v1");
  BOOST_TEST(tag_text(Tag::simulated_key) == "kanhe/simulated-key/v1");
}

BOOST_AUTO_TEST_CASE(the_same_bytes_under_two_tags_never_have_the_same_digest) {
  for (const Bytes& message : {Bytes{}, Bytes(32), Bytes(200, 0xff)}) {
    std::set<Hash256> digests{sha256(message)};
    for (std::size_t i = 0; i < tag_count; ++i) digests.insert(tagged_hash(static_cast<Tag>(i), message));
    BOOST_TEST(digests.size() == tag_count + 1);
  }
}

BOOST_AUTO_TEST_CASE(hmac_gives_the_answers_of_rfc_4231) {
  const auto text = [](std::string_view value) { return to_bytes(as_bytes(value)); };
  const HmacCase cases[] = {
      {Bytes(20, 0x0b), text("Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {text("Jefe"), text("what do ya want for nothing?"),
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {Bytes(20, 0xaa), Bytes(50, 0xdd), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {bytes_of_hex("0102030405060708090a0b0c0d0e0f10111213141516171819"), Bytes(50, 0xcd),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {Bytes(131, 0xaa), text("Test Using Larger Than Block-Size Key - Hash Key First"),
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {Bytes(131, 0xaa),
       text("This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
            "hashed before being used by the HMAC algorithm."),
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
  };
  for (const HmacCase& known : cases) BOOST_TEST(hmac_sha256(known.key, known.data).hex() == known.answer);
}

BOOST_AUTO_TEST_CASE(an_hmac_key_of_one_block_is_not_hashed) {
  Bytes padded(64, 0x0b);
  std::fill(padded.begin() + 20, padded.end(), Byte{0});
  BOOST_TEST((hmac_sha256(padded, as_bytes("x")) == hmac_sha256(Bytes(20, 0x0b), as_bytes("x"))));
  const Bytes longer(65, 0x0b);
  BOOST_TEST((hmac_sha256(longer, as_bytes("x")) == hmac_sha256(sha256(longer), as_bytes("x"))));
}

BOOST_AUTO_TEST_SUITE_END()
