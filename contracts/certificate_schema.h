// Certificate schemas: which fields the documents of a type have, of which kind, and who may see them. A part of the
// module certificate.
//
// A schema is set by the department that defined the type, edition after edition; an edition never changes. A
// certificate names the edition of its day, so that a document is compared with what was asked of it then. The ledger
// sees commitments only: whether a document keeps to the schema is checked by who issues it (kanhe cert issue) and by
// who verifies it (V04).
//
// Data classes say who a field is for: open to whoever sees the certificate, internal to departments, or secret to
// whoever the holder shows it to.
//
// Tables: 0x0307 schemas. Thread: one. Errors: certificate::Code.
#pragma once

#include "contracts/certificate.h"

namespace kanhe::contracts::certificate {

// Errors: malformed, unless the text is identifiers joined by single dots, for example "holder.name".
Result<void> check_field_path(std::string_view text);

struct FieldPathTag {
  static constexpr std::size_t bytes_min = 1;
  static constexpr std::size_t bytes_max = 96;
  static constexpr Label label{"FieldPath", "字段路径", "path of a field in a document, for example holder.name"};
  static Result<void> check(std::string_view text) { return check_field_path(text); }
};
using FieldPath = Text<FieldPathTag>;

// The numbers are those of a field's value in a document (certs/document.h).
enum class FieldKind : std::uint8_t { text = 1, integer = 2, date = 3, money = 4, boolean = 5, digest = 6 };
BOOST_DESCRIBE_ENUM(FieldKind, text, integer, date, money, boolean, digest)

enum class DataClass : std::uint8_t {
  open = 1,      // 公开
  internal = 2,  // 内部
  secret = 3,    // 秘密
};
BOOST_DESCRIBE_ENUM(DataClass, open, internal, secret)

struct FieldRule {
  FieldPath path;
  FieldKind kind = FieldKind::text;
  bool required = false;
  DataClass data_class = DataClass::internal;
};
BOOST_DESCRIBE_STRUCT(FieldRule, (), (path, kind, required, data_class))

inline constexpr std::size_t schema_fields_max = 64;
inline constexpr std::uint16_t schema_editions_max = 1'000;
using FieldRules = List<FieldRule, schema_fields_max>;

struct SchemaKey {
  TypeCode type;
  std::uint16_t edition = 0;  // from 1
};
BOOST_DESCRIBE_STRUCT(SchemaKey, (), (type, edition))

struct TypeSchema {
  FormatVersion<1> version;
  Timestamp since_ms;
  FieldRules fields;
};
BOOST_DESCRIBE_STRUCT(TypeSchema, (), (version, since_ms, fields))

inline constexpr Table<SchemaKey, TypeSchema> schemas{0x0307, "schemas"};

// The newest edition of a type's schema; 0: there is none.
std::uint16_t schema_edition_of(const StateReader& state, const TypeCode& type);

struct SetSchemaArguments {
  TypeCode type;
  FieldRules fields;  // any other field does not belong into a document
};
BOOST_DESCRIBE_STRUCT(SetSchemaArguments, (), (type, fields))

struct SchemaSet {
  static constexpr std::string_view event_name = "certificate.schema_set";
  TypeCode type;
  std::uint16_t edition = 0;
};
BOOST_DESCRIBE_STRUCT(SchemaSet, (), (type, edition))

// By an administrator of the department that defined the type.
void set_schema(Context& context, const SetSchemaArguments& arguments);

}  // namespace kanhe::contracts::certificate
