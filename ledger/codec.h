// The canonical codec: exactly one byte string for each value, and a strict reader.
//
// Format (docs/formats.md): fields in the order of their description; integers little-endian, fixed width; bool and the
// flag of an optional one byte, 0 or 1; lists, texts and blobs a u32 count, then their elements; a variant its u8
// number, then the alternative; an enum its underlying integer. Nothing is padded, nothing is skipped.
//
// decode() refuses: a count above the type's maximum or above what the remaining bytes can hold, numbers outside their
// range, unknown enumerators and variants, flags other than 0 and 1, text that is not plain, lists out of order where
// order is part of the type, another format version, and trailing bytes. For every accepted x, encode(decode(x)) == x.
// Memory used for a hostile input is proportional to its own length.
//
// A record's .cpp includes ledger/codec_impl.h and instantiates both functions there:
//   template Bytes encode(const Header&);
//   template Result<Header> decode(ByteView);
//
// Thread: any; no shared state. Complexity: linear in the encoded length.
#pragma once

#include "ledger/bytes.h"
#include "ledger/result.h"

namespace kanhe {

// Requires: every list, text and number is within its type's limits (CHECK).
template <class T>
Bytes encode(const T& value);

// As encode(), appending to `target`: for building a message without copying.
template <class T>
void encode_to(Bytes& target, const T& value);

// Errors: malformed, out_of_range, not_canonical, unsupported (a version), unknown (an enumerator or variant); the text
// names record, field, limit and value.
template <class T>
Result<T> decode(ByteView bytes);

// The key of a table entry: as encode(), but integers are big-endian, so that the order of keys is the order of bytes.
template <class T>
Bytes encode_key(const T& key);

}  // namespace kanhe
