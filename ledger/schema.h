// Schema: the description of a record at run time, made once from its Boost.Describe description.
//
// The canonical codec walks a description at compile time, because it is on the hot path. Everything else (JSON,
// OpenAPI, the command line's options, the tables of docs/formats.md) walks a Schema, so that heavy libraries stay in
// one .cpp each and no second list of the same fields exists anywhere.
//
// What may be described: structs of BOOST_DESCRIBE_STRUCT (no bases), bool, the strong types of ledger/types.h and
// bytes.h, enums of BOOST_DESCRIBE_ENUM, std::optional, and std::variant of structs with a VariantTag.
// u8, u16, u32 and u64 are described as plain numbers, for records that no person fills in.
//
// Thread: a Schema is immutable; the first use of each type makes it (thread-safe). Lifetime: the whole program.
#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ledger/types.h"

namespace kanhe {

enum class Kind : std::uint8_t {
  number,
  boolean,
  bytes,
  blob,
  text,
  enumeration,
  list,
  optional,
  variant,
  record,
  version
};

struct Schema;

// One field of a record, or one alternative of a variant.
struct SchemaField {
  std::string_view name;
  std::uint8_t number = 0;            // of a variant's alternative
  const Schema* schema = nullptr;
  void* (*member)(void*) = nullptr;   // record: address of the field in the record
};

struct SchemaEnumerator {
  std::string_view name;
  std::uint64_t value;
};

// Which members are set depends on the kind; `object` always points to a value of the described type.
struct Schema {
  Kind kind;
  Label label;                       // name always set
  std::uint32_t width = 0;           // number, enumeration, version: bytes on the wire; bytes: their count
  std::uint64_t min = 0;             // number: smallest value; text: smallest length in bytes
  std::uint64_t max = 0;             // number: largest value; blob, text: bytes; list: elements; version: the one value
  bool sorted = false;               // list: strictly ascending
  const Schema* element = nullptr;   // list, optional
  std::vector<SchemaField> fields{};  // record, variant
  std::vector<SchemaEnumerator> enumerators{};

  std::uint64_t (*number)(const void* object) = nullptr;                    // number, boolean, enumeration
  void (*set_number)(void* object, std::uint64_t) = nullptr;                // Requires: within the range
  ByteView (*view)(const void* object) = nullptr;                           // bytes, blob, text
  Result<void> (*assign)(void* object, ByteView) = nullptr;                 // bytes, blob, text
  std::size_t (*size)(const void* object) = nullptr;                        // list: elements; optional: 0 or 1
  void* (*at)(void* object, std::size_t) = nullptr;                         // list, optional: an element
  void* (*append)(void* object) = nullptr;                                  // list, optional: a new, default element
  bool (*ascending)(const void* object) = nullptr;                          // list, when sorted: whether it is
  std::size_t (*alternative)(const void* object) = nullptr;                 // variant: index into fields
  void* (*choose)(void* object, std::size_t) = nullptr;                     // variant: makes that alternative, default
  void* (*chosen)(void* object) = nullptr;                                  // variant: the alternative that is there
};

// The description of T.
template <class T>
const Schema& schema_of();

// ---------------------------------------------------------------------------------------------------------------------
// How types map to kinds

template <class T, template <class...> class Template>
inline constexpr bool is_specialisation = false;
template <template <class...> class Template, class... Args>
inline constexpr bool is_specialisation<Template<Args...>, Template> = true;

template <class T>
concept NumberType = is_specialisation<T, Number>;
template <class T>
concept BytesType = is_specialisation<T, FixedBytes>;
template <class T>
concept TextType = is_specialisation<T, Text>;
template <class T>
concept OptionalType = is_specialisation<T, std::optional>;
template <class T>
concept VariantType = is_specialisation<T, std::variant>;
template <class T>
concept BlobType = requires(T t) {
  { T::bytes_max } -> std::convertible_to<std::size_t>;
  { t.bytes() } -> std::convertible_to<Bytes>;
};
template <class T>
concept ListType = requires {
  { T::count_max } -> std::convertible_to<std::size_t>;
  typename T::value_type;
};
template <class T>
concept SortedType = ListType<T> && requires(const T t) { t.is_sorted(); };
template <class T>
concept VersionType = requires {
  { T::value } -> std::convertible_to<std::uint16_t>;
} && std::is_empty_v<T>;
template <class T>
concept EnumType = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;
template <class T>
concept RecordType = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;
template <class T>
concept PlainNumber = std::unsigned_integral<T> && !std::same_as<T, bool>;

template <class T>
using MembersOf = boost::describe::describe_members<T, boost::describe::mod_public>;

// The name of T without its namespaces.
template <class T>
constexpr std::string_view type_name() {
  std::string_view name = __PRETTY_FUNCTION__;
  name.remove_prefix(name.find("T = ") + 4);
  name = name.substr(0, name.find_first_of(";]"));
  const auto colon = name.rfind("::");
  return colon == std::string_view::npos ? name : name.substr(colon + 2);
}

// Whether an integer is one of the described enumerators of E.
template <EnumType E>
constexpr bool is_enumerator(std::uint64_t value) {
  bool found = false;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto described) {
    if (static_cast<std::uint64_t>(described.value) == value) found = true;
  });
  return found;
}

// The name of an enumerator. Requires: a described value.
template <EnumType E>
std::string_view enum_name(E value) {
  std::string_view name;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto described) {
    if (described.value == value) name = described.name;
  });
  CHECK(!name.empty());
  return name;
}

// ---------------------------------------------------------------------------------------------------------------------
// Making a Schema, one function per kind

template <class T>
T& object_as(void* object) {
  return *static_cast<T*>(object);
}
template <class T>
const T& object_as(const void* object) {
  return *static_cast<const T*>(object);
}

template <NumberType T>
Schema make_schema() {
  Schema schema{.kind = Kind::number, .label = T::label};
  schema.width = sizeof(typename T::Rep);
  schema.min = T::min;
  schema.max = T::max;
  schema.number = [](const void* o) -> std::uint64_t { return object_as<T>(o).value(); };
  schema.set_number = [](void* o, std::uint64_t v) { object_as<T>(o) = T(static_cast<typename T::Rep>(v)); };
  return schema;
}

template <PlainNumber T>
Schema make_schema() {
  constexpr std::string_view names[] = {"", "u8", "u16", "", "u32", "", "", "", "u64"};
  Schema schema{.kind = Kind::number, .label = {names[sizeof(T)]}};
  schema.width = sizeof(T);
  schema.max = std::numeric_limits<T>::max();
  schema.number = [](const void* o) -> std::uint64_t { return object_as<T>(o); };
  schema.set_number = [](void* o, std::uint64_t v) { object_as<T>(o) = static_cast<T>(v); };
  return schema;
}

template <std::same_as<bool> T>
Schema make_schema() {
  Schema schema{.kind = Kind::boolean, .label = {"bool"}};
  schema.width = 1;
  schema.max = 1;
  schema.number = [](const void* o) -> std::uint64_t { return object_as<bool>(o); };
  schema.set_number = [](void* o, std::uint64_t v) { object_as<bool>(o) = v != 0; };
  return schema;
}

template <VersionType T>
Schema make_schema() {
  Schema schema{.kind = Kind::version, .label = {"version"}};
  schema.width = 2;
  schema.min = schema.max = T::value;
  return schema;
}

template <class T>
void set_view_functions(Schema& schema) {
  schema.view = [](const void* o) -> ByteView {
    if constexpr (TextType<T>) {
      return as_bytes(object_as<T>(o).view());
    } else {
      return object_as<T>(o).view();
    }
  };
  schema.assign = [](void* o, ByteView bytes) -> Result<void> {
    if constexpr (TextType<T>) {
      object_as<T>(o) = TRY(T::from(as_text(bytes)));
    } else if constexpr (BytesType<T>) {
      object_as<T>(o) = TRY(T::from(bytes));
    } else {
      object_as<T>(o) = TRY(T::from(to_bytes(bytes)));
    }
    return {};
  };
}

template <BytesType T>
Schema make_schema() {
  Schema schema{.kind = Kind::bytes, .label = T::label};
  schema.width = T::size;
  set_view_functions<T>(schema);
  return schema;
}

template <TextType T>
Schema make_schema() {
  Schema schema{.kind = Kind::text, .label = T::label};
  schema.min = T::bytes_min;
  schema.max = T::bytes_max;
  set_view_functions<T>(schema);
  return schema;
}

template <BlobType T>
  requires(!BytesType<T> && !TextType<T>)
Schema make_schema() {
  Schema schema{.kind = Kind::blob, .label = {"Blob", "字节串", "bytes", "bytes"}};
  schema.max = T::bytes_max;
  set_view_functions<T>(schema);
  return schema;
}

template <EnumType T>
Schema make_schema() {
  Schema schema{.kind = Kind::enumeration, .label = {type_name<T>()}};
  schema.width = sizeof(std::underlying_type_t<T>);
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto described) {
    schema.enumerators.push_back({described.name, static_cast<std::uint64_t>(described.value)});
  });
  schema.number = [](const void* o) { return static_cast<std::uint64_t>(object_as<T>(o)); };
  schema.set_number = [](void* o, std::uint64_t v) { object_as<T>(o) = static_cast<T>(v); };
  return schema;
}

template <ListType T>
Schema make_schema() {
  Schema schema{.kind = Kind::list, .label = {"List"}};
  schema.max = T::count_max;
  schema.element = &schema_of<typename T::value_type>();
  schema.size = [](const void* o) { return object_as<T>(o).size(); };
  schema.at = [](void* o, std::size_t i) -> void* { return &object_as<T>(o)[i]; };
  schema.append = [](void* o) -> void* { return &object_as<T>(o).emplace_back(); };
  if constexpr (SortedType<T>) {
    schema.sorted = true;
    schema.ascending = [](const void* o) { return object_as<T>(o).is_sorted(); };
  }
  return schema;
}

template <OptionalType T>
Schema make_schema() {
  Schema schema{.kind = Kind::optional, .label = {"optional"}};
  schema.element = &schema_of<typename T::value_type>();
  schema.max = 1;
  schema.size = [](const void* o) -> std::size_t { return object_as<T>(o).has_value() ? 1 : 0; };
  schema.at = [](void* o, std::size_t) -> void* { return &*object_as<T>(o); };
  schema.append = [](void* o) -> void* { return &object_as<T>(o).emplace(); };
  return schema;
}

template <VariantType T>
Schema make_schema() {
  Schema schema{.kind = Kind::variant, .label = {"variant"}};
  boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, T>>(
      [&]<class A>(boost::mp11::mp_identity<A>) {
        schema.fields.push_back({A::variant_tag.name, A::variant_tag.number, &schema_of<A>(), nullptr});
      });
  schema.alternative = [](const void* o) { return object_as<T>(o).index(); };
  schema.choose = [](void* o, std::size_t index) -> void* {
    return boost::mp11::mp_with_index<boost::mp11::mp_size<T>>(
        index, [&](auto i) -> void* { return &object_as<T>(o).template emplace<i>(); });
  };
  schema.chosen = [](void* o) -> void* {
    return std::visit([](auto& alternative) -> void* { return &alternative; }, object_as<T>(o));
  };
  return schema;
}

template <RecordType T>
  requires(!VersionType<T>)
Schema make_schema() {
  Schema schema{.kind = Kind::record, .label = {type_name<T>()}};
  if constexpr (requires { T::label; }) schema.label = T::label;
  boost::mp11::mp_for_each<MembersOf<T>>([&](auto described) {
    using Described = decltype(described);
    using Member = std::remove_cvref_t<decltype(std::declval<T&>().*Described::pointer)>;
    schema.fields.push_back({described.name, 0, &schema_of<Member>(),
                             [](void* o) -> void* { return &(object_as<T>(o).*Described::pointer); }});
  });
  return schema;
}

template <class T>
const Schema& schema_of() {
  static const Schema schema = make_schema<T>();
  return schema;
}

}  // namespace kanhe
