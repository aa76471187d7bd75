#include "tests/fuzz/samples.h"

namespace kanhe::fuzz {

namespace {

// Texts with a form of their own accept one of these.
constexpr std::string_view texts[] = {"registry",
                                      "certificate.issued",
                                      "demo.example",
                                      "914403001922038216",
                                      "demo/0000000000000000000000000000000000000000000000000000000000000000",
                                      "440301001001GB00001F00010001",
                                      "2025-06-03",
                                      "7"};

void fill_bytes(const Schema& schema, void* object, Shape shape, std::size_t choice) {
  Bytes bytes(schema.kind == Kind::bytes ? schema.width : (shape == Shape::least ? 0 : 5));
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<Byte>(shape == Shape::least ? 0 : 16 * choice + i);
  CHECK(schema.assign(object, bytes));
}

void fill_text(const Schema& schema, void* object, Shape shape) {
  if (shape == Shape::least && schema.min == 0) return;
  for (const std::string_view text : texts) {
    if (schema.assign(object, as_bytes(text))) return;
  }
  CHECK(schema.min == 0);
}

// Elements of a sorted list differ by their choice; where that does not put them in order, one is enough.
void fill_list(const Schema& schema, void* object, Shape shape, std::size_t choice) {
  if (shape == Shape::least) return;
  fill(*schema.element, schema.append(object), shape, choice);
  if (schema.sorted || schema.max < 2) return;
  fill(*schema.element, schema.append(object), shape, choice + 1);
}

}  // namespace

void fill(const Schema& schema, void* object, Shape shape, std::size_t choice) {
  switch (schema.kind) {
    case Kind::number:
    case Kind::boolean:
      schema.set_number(object, shape == Shape::least  ? schema.min
                                : shape == Shape::full ? schema.min + (schema.max > schema.min ? 1 : 0)
                                                       : schema.max);
      break;
    case Kind::bytes:
    case Kind::blob:
      fill_bytes(schema, object, shape, choice);
      break;
    case Kind::text:
      fill_text(schema, object, shape);
      break;
    case Kind::enumeration:
      schema.set_number(object, schema.enumerators[choice % schema.enumerators.size()].value);
      break;
    case Kind::list:
      fill_list(schema, object, shape, choice);
      break;
    case Kind::optional:
      if (shape != Shape::least) fill(*schema.element, schema.append(object), shape, choice);
      break;
    case Kind::variant: {
      const std::size_t index = choice % schema.fields.size();
      fill(*schema.fields[index].schema, schema.choose(object, index), shape, choice);
      break;
    }
    case Kind::record:
      for (const SchemaField& field : schema.fields) fill(*field.schema, field.member(object), shape, choice);
      break;
    case Kind::version:
      break;
  }
}

}  // namespace kanhe::fuzz
