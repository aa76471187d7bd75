// The Hello: one frame, one form; everything that is none is refused before or right after its few bytes are read.
#include <boost/test/unit_test.hpp>

#include "ledger/codec.h"
#include "node/hello.h"
#include "node/wire.h"

namespace kanhe::node {
namespace {

Hello a_hello(std::string_view department = "registry") {
  Hello hello;
  hello.chain_id.array().fill(0xab);
  hello.department = DepartmentId::from(department).value();
  return hello;
}

Bytes header(std::uint32_t length, Byte kind) {
  Bytes bytes;
  for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<Byte>(length >> (8 * i)));
  bytes.push_back(kind);
  return bytes;
}

std::optional<ErrorCode> refusal_of(ByteView head) {
  const auto length = read_hello_header(head);
  return length ? std::nullopt : std::optional(length.error().code);
}

BOOST_AUTO_TEST_SUITE(hello_tests)

BOOST_AUTO_TEST_CASE(a_hello_comes_back_as_it_was) {
  const std::string longest(DepartmentId::bytes_max, 'd');
  for (const std::string& department : {std::string("a"), std::string("registry"), longest}) {
    const Hello hello = a_hello(department);
    const Bytes frame = encode_hello(hello);
    const auto length = read_hello_header(ByteView(frame).first(frame_header_bytes));
    BOOST_REQUIRE(length.has_value());
    BOOST_TEST(*length == frame.size() - frame_header_bytes);
    BOOST_TEST(*length <= hello_bytes_max);
    const auto read = read_hello(ByteView(frame).subspan(frame_header_bytes));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((*read == hello));
  }
}

BOOST_AUTO_TEST_CASE(its_bytes_are_those_of_the_format) {
  Bytes expected = header(2 + 32 + 4 + 8, hello_kind);
  append(expected, Bytes{3, 0});
  append(expected, Bytes(32, 0xab));
  append(expected, Bytes{8, 0, 0, 0});
  append(expected, as_bytes("registry"));
  BOOST_TEST((encode_hello(a_hello()) == expected));
}

BOOST_AUTO_TEST_CASE(another_kind_and_other_lengths_are_refused_by_the_header_alone) {
  for (unsigned kind = 1; kind < 256; ++kind) {
    BOOST_TEST((refusal_of(header(40, static_cast<Byte>(kind))) == ErrorCode::malformed));
  }
  BOOST_TEST((refusal_of(header(0, hello_kind)) == ErrorCode::out_of_range));
  BOOST_TEST((refusal_of(header(hello_bytes_max, hello_kind)) == std::nullopt));
  BOOST_TEST((refusal_of(header(hello_bytes_max + 1, hello_kind)) == ErrorCode::out_of_range));
  BOOST_TEST((refusal_of(header(0xffffffff, hello_kind)) == ErrorCode::out_of_range));
}

BOOST_AUTO_TEST_CASE(a_payload_that_is_no_hello_is_refused_and_says_so) {
  const Bytes frame = encode_hello(a_hello());
  const Bytes payload(frame.begin() + frame_header_bytes, frame.end());
  Bytes longer = payload;
  longer.push_back(0);
  Bytes other_version = payload;
  other_version[0] = 1;
  Bytes other_name = payload;
  other_name.back() = '-';
  const Bytes shorter(payload.begin(), payload.end() - 1);
  for (const Bytes& bad : {longer, shorter, other_version, other_name, Bytes{}}) {
    const auto read = read_hello(bad);
    BOOST_REQUIRE(!read.has_value());
    BOOST_TEST(read.error().text.find("Hello") != std::string::npos, read.error().text);
  }
}

// Its kind is none of those that the frame reader knows, so a second Hello ends a connection.
BOOST_AUTO_TEST_CASE(a_hello_is_no_frame_of_a_peer) {
  FrameReader reader;
  BOOST_TEST(!reader.feed(encode_hello(a_hello())).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::node
