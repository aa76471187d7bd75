// A second, slow encoder for tests: it walks the Schema at run time, where the codec walks the description at compile
// time, and notes where every count, flag, number and name of an alternative stands. The notes are the places that a
// liar would change.
//
// Thread: any.
#pragma once

#include <vector>

#include "ledger/schema.h"

namespace kanhe::support {

struct Mark {
  enum class What : std::uint8_t { number, flag, enumeration, variant, version, count, text_byte } what;
  std::size_t begin;      // offset in the encoding
  std::size_t width;      // bytes
  std::uint64_t min = 0;  // number: its limits; count: 0 and the most elements or bytes
  std::uint64_t max = 0;
  std::vector<std::uint64_t> known{};  // enumeration, variant: the values that exist
};

// Where the elements of a sorted list stand: element i is [bounds[i], bounds[i + 1]).
using SortedBounds = std::vector<std::size_t>;

class EncodingLayout {
 public:
  template <class T>
  explicit EncodingLayout(T value) {
    put(schema_of<T>(), &value);
  }

  const Bytes& bytes() const { return bytes_; }
  const std::vector<Mark>& marks() const { return marks_; }
  const std::vector<SortedBounds>& sorted_lists() const { return sorted_lists_; }

 private:
  void put_integer(std::uint64_t value, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i) bytes_.push_back(static_cast<Byte>(value >> (8 * i)));
  }
  void mark(Mark::What what, std::size_t width, std::uint64_t min, std::uint64_t max,
            std::vector<std::uint64_t> known = {}) {
    marks_.push_back({what, bytes_.size(), width, min, max, std::move(known)});
  }

  void put(const Schema& schema, void* object) {
    switch (schema.kind) {
      case Kind::number:
        mark(Mark::What::number, schema.width, schema.min, schema.max);
        return put_integer(schema.number(object), schema.width);
      case Kind::boolean:
        mark(Mark::What::flag, 1, 0, 1);
        return put_integer(schema.number(object), 1);
      case Kind::version:
        mark(Mark::What::version, 2, schema.max, schema.max);
        return put_integer(schema.max, 2);
      case Kind::bytes: return append(bytes_, schema.view(object));
      case Kind::blob:
      case Kind::text: return put_view(schema, schema.view(object));
      case Kind::enumeration: {
        std::vector<std::uint64_t> known;
        for (const SchemaEnumerator& enumerator : schema.enumerators) known.push_back(enumerator.value);
        mark(Mark::What::enumeration, schema.width, 0, 0, std::move(known));
        return put_integer(schema.number(object), schema.width);
      }
      case Kind::optional:
        mark(Mark::What::flag, 1, 0, 1);
        put_integer(schema.size(object), 1);
        if (schema.size(object) == 1) put(*schema.element, schema.at(object, 0));
        return;
      case Kind::list: return put_list(schema, object);
      case Kind::variant: {
        const SchemaField& chosen = schema.fields[schema.alternative(object)];
        std::vector<std::uint64_t> known;
        for (const SchemaField& field : schema.fields) known.push_back(field.number);
        mark(Mark::What::variant, 1, 0, 0, std::move(known));
        put_integer(chosen.number, 1);
        return put(*chosen.schema, schema.chosen(object));
      }
      case Kind::record:
        for (const SchemaField& field : schema.fields) put(*field.schema, field.member(object));
        return;
    }
  }

  void put_view(const Schema& schema, ByteView view) {
    mark(Mark::What::count, 4, 0, schema.max);
    put_integer(view.size(), 4);
    if (schema.kind == Kind::text && !view.empty()) mark(Mark::What::text_byte, 1, 0, 0);
    append(bytes_, view);
  }

  void put_list(const Schema& schema, void* object) {
    mark(Mark::What::count, 4, 0, schema.max);
    const std::size_t count = schema.size(object);
    put_integer(count, 4);
    SortedBounds bounds{bytes_.size()};
    for (std::size_t i = 0; i < count; ++i) {
      put(*schema.element, schema.at(object, i));
      bounds.push_back(bytes_.size());
    }
    if (schema.sorted && count > 1) sorted_lists_.push_back(std::move(bounds));
  }

  Bytes bytes_;
  std::vector<Mark> marks_;
  std::vector<SortedBounds> sorted_lists_;
};

}  // namespace kanhe::support
