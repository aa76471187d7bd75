// Hello: the first thing that each side of a connection says after the TLS handshake. It goes as a frame of kind 0,
// which stands nowhere else: u32 length (little-endian), u8 0, canonical Hello.
//
// TLS has shown by then which key the other side holds. The Hello must name the same member; and it tells networks and
// versions apart in words, where otherwise every message would be refused later.
//
// Thread: any; plain values. Limits: hello_bytes_max. Errors: malformed, out_of_range, unsupported.
#pragma once

#include "ledger/identifiers.h"
#include "ledger/schema.h"

namespace kanhe::node {

inline constexpr Byte hello_kind = 0;
inline constexpr std::size_t hello_bytes_max = 256;

struct Hello {
  FormatVersion<3> version;  // of everything that members say to each other
  ChainId chain_id;
  DepartmentId department;
  friend bool operator==(const Hello&, const Hello&) = default;
};
BOOST_DESCRIBE_STRUCT(Hello, (), (version, chain_id, department))

Bytes encode_hello(const Hello& hello);
// The length of the payload that a header announces.
Result<std::size_t> read_hello_header(ByteView header);
Result<Hello> read_hello(ByteView payload);

}  // namespace kanhe::node
