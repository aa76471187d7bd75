// Values of any described record, made from its Schema: no second list of the records' fields is needed to have seeds.
//
// Thread: any. Limits: lists get at most two elements, so that seeds stay small.
#pragma once

#include <string_view>

#include "ledger/schema.h"

namespace kanhe::fuzz {

// What a sample shows: nothing optional and empty lists, everything once, or everything with the largest numbers.
enum class Shape : std::uint8_t { least, full, largest };

// Fills an object of the schema's type. `choice` selects the alternative of variants and enumerators, modulo their
// count.
void fill(const Schema& schema, void* object, Shape shape, std::size_t choice);

template <class T>
T sample(Shape shape, std::size_t choice) {
  T value;
  fill(schema_of<T>(), &value, shape, choice);
  return value;
}

}  // namespace kanhe::fuzz
