#include "node/hello.h"

#include "ledger/codec_impl.h"
#include "node/wire.h"

namespace kanhe {

template Bytes encode(const node::Hello&);
template Result<node::Hello> decode(ByteView);

}  // namespace kanhe

namespace kanhe::node {

Bytes encode_hello(const Hello& hello) {
  const Bytes payload = encode(hello);
  CHECK(payload.size() <= hello_bytes_max);
  Bytes frame(frame_header_bytes);
  frame[0] = static_cast<Byte>(payload.size() & 0xff);
  frame[1] = static_cast<Byte>(payload.size() >> 8);
  frame[4] = hello_kind;
  append(frame, payload);
  return frame;
}

Result<std::size_t> read_hello_header(ByteView header) {
  CHECK(header.size() == frame_header_bytes);
  if (header[4] != hello_kind) return fail(ErrorCode::malformed, "the first frame is no Hello");
  std::size_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) length |= std::size_t{header[i]} << (8 * i);
  if (length == 0 || length > hello_bytes_max) {
    return fail(ErrorCode::out_of_range, "Hello: ", length, " bytes, must be between 1 and ", hello_bytes_max);
  }
  return length;
}

Result<Hello> read_hello(ByteView payload) {
  auto hello = decode<Hello>(payload);
  if (!hello) return std::move(hello).error().in("Hello");
  return hello;
}

}  // namespace kanhe::node
