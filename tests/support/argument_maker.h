// ArgumentMaker: canonical bytes of any described record, made at random from its Schema.
//
// Numbers lean to their limits, texts are drawn from words that mean something to the test (known identifiers) or are
// random, lists are short. Most of what it makes decodes, so that a fuzzed method gets past the reader; what does not
// is a test of the reader. The same seed makes the same bytes.
#pragma once

#include <map>
#include <random>
#include <string>

#include "ledger/schema.h"

namespace kanhe {

class ArgumentMaker {
 public:
  explicit ArgumentMaker(std::uint64_t seed) : random_(seed) {}

  // Values to draw from for fields of a type, by the name in its label.
  void know(std::string_view type, ByteView value) { known_[std::string(type)].push_back(to_bytes(value)); }
  void know(std::string_view type, std::string_view value) { know(type, as_bytes(value)); }

  std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : random_() % bound; }

  Bytes bytes(std::size_t size) {
    Bytes result(size);
    for (Byte& byte : result) byte = static_cast<Byte>(random_());
    return result;
  }

  Bytes make(const Schema& schema) {
    Bytes result;
    add(result, schema);
    return result;
  }

 private:
  void put(Bytes& target, std::uint64_t value, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i) target.push_back(static_cast<Byte>(value >> (8 * i)));
  }

  std::uint64_t number(std::uint64_t min, std::uint64_t max) {
    switch (below(4)) {
      case 0: return min;
      case 1: return max;
      case 2: return min + below(std::min<std::uint64_t>(max - min, 8) + 1);
      default: return max - min == ~std::uint64_t{0} ? random_() : min + below(max - min + 1);
    }
  }

  const Bytes* known(const Schema& schema) {
    const auto found = known_.find(std::string(schema.label.name));
    if (found == known_.end() || below(8) == 0) return nullptr;
    return &found->second[below(found->second.size())];
  }

  void add_text(Bytes& target, const Schema& schema) {
    if (const Bytes* const value = known(schema)) {
      put(target, value->size(), 4);
      return append(target, *value);
    }
    const std::uint64_t size = schema.min + below(std::min<std::uint64_t>(schema.max - schema.min, 40) + 1);
    put(target, size, 4);
    for (std::uint64_t i = 0; i < size; ++i) target.push_back(static_cast<Byte>("01AZaz-.~*"[below(10)]));
  }

  void add_list(Bytes& target, const Schema& schema) {
    const std::uint64_t count = below(std::min<std::uint64_t>(schema.max, 3) + 1);
    std::vector<Bytes> elements;
    for (std::uint64_t i = 0; i < count; ++i) elements.push_back(make(*schema.element));
    if (schema.sorted) {
      std::ranges::sort(elements);
      elements.erase(std::ranges::unique(elements).begin(), elements.end());
    }
    put(target, elements.size(), 4);
    for (const Bytes& element : elements) append(target, element);
  }

  void add(Bytes& target, const Schema& schema) {
    switch (schema.kind) {
      case Kind::number: return put(target, number(schema.min, schema.max), schema.width);
      case Kind::boolean: return put(target, below(2), 1);
      case Kind::version: return put(target, schema.max, 2);
      case Kind::enumeration:
        return put(target, schema.enumerators[below(schema.enumerators.size())].value, schema.width);
      case Kind::bytes:
        if (const Bytes* const value = known(schema)) return append(target, *value);
        return append(target, below(4) == 0 ? Bytes(schema.width) : bytes(schema.width));
      case Kind::blob: {
        const Bytes content = bytes(below(std::min<std::uint64_t>(schema.max, 64) + 1));
        put(target, content.size(), 4);
        return append(target, content);
      }
      case Kind::text: return add_text(target, schema);
      case Kind::list: return add_list(target, schema);
      case Kind::optional: {
        const bool present = below(2) == 1;
        put(target, present ? 1 : 0, 1);
        if (present) add(target, *schema.element);
        return;
      }
      case Kind::variant: {
        const SchemaField& chosen = schema.fields[below(schema.fields.size())];
        put(target, chosen.number, 1);
        return add(target, *chosen.schema);
      }
      case Kind::record:
        for (const SchemaField& field : schema.fields) add(target, *field.schema);
        return;
    }
  }

  std::mt19937_64 random_;
  std::map<std::string, std::vector<Bytes>> known_;
};

}  // namespace kanhe
