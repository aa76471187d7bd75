// JSON both ways, from the same description as the canonical codec.
//
// Objects have the record's field names in their order. Numbers of up to 32 bits are JSON numbers; 64-bit numbers are
// decimal strings, because many readers hold numbers as doubles. Bytes are lower-case hexadecimal strings; texts are
// strings; enumerators go by name; a variant is {"type": name, …its fields}; an optional that is absent is left out.
// The version of a record is a number like others.
//
// Reading is strict: unknown, repeated and missing fields are refused, and so is what the canonical codec would refuse.
// Errors carry the path: "validators[2].consensus_key: 31 bytes, must be 33".
//
// Thread: any. Limits: json_depth_max levels; a text of json_bytes_max bytes. Errors: malformed, unknown, duplicate,
// out_of_range, not_canonical, unsupported.
#pragma once

#include <string>
#include <string_view>

#include "ledger/result.h"
#include "ledger/schema.h"

namespace kanhe {

inline constexpr std::size_t json_depth_max = 32;
inline constexpr std::size_t json_bytes_max = 16 * 1024 * 1024;

enum class JsonLayout : std::uint8_t { compact, indented };

std::string to_json(const Schema& schema, const void* object, JsonLayout layout);
Result<void> from_json(const Schema& schema, void* object, std::string_view text);

template <class T>
std::string to_json(const T& value, JsonLayout layout = JsonLayout::compact) {
  return to_json(schema_of<T>(), &value, layout);
}
template <class T>
Result<T> from_json(std::string_view text) {
  T value;
  TRY(from_json(schema_of<T>(), &value, text));
  return value;
}

}  // namespace kanhe
