#include "contracts/certificate_schema.h"

#include "ledger/codec_impl.h"

namespace kanhe {

using namespace contracts::certificate;

template Bytes encode(const TypeSchema&);
template Result<TypeSchema> decode(ByteView);
template Bytes encode_key(const SchemaKey&);
template Bytes encode(const SetSchemaArguments&);
template Result<SchemaSet> decode(ByteView);

}  // namespace kanhe

namespace kanhe::contracts::certificate {

Result<void> check_field_path(std::string_view text) {
  for (std::size_t start = 0;;) {
    const std::size_t dot = text.find('.', start);
    TRY(check_identifier(text.substr(start, dot == std::string_view::npos ? dot : dot - start)));
    if (dot == std::string_view::npos) return {};
    start = dot + 1;
  }
}

std::uint16_t schema_edition_of(const StateReader& state, const TypeCode& type) {
  const auto known = types.get(state, type);
  return known ? known->schema : std::uint16_t{0};
}

void set_schema(Context& context, const SetSchemaArguments& arguments) {
  using A = SetSchemaArguments;
  const std::uint16_t field = field_number<A>("fields");
  auto type = types.get(context.state(), arguments.type);
  if (!type) {
    context.refuse(Code::unknown_type, {.field = field_number<A>("type")});
  } else if (type->defined_by != context.sender().department) {
    context.refuse(contracts::Code::wrong_department,
                   {.field = field_number<A>("type"), .subject = DepartmentSubject{type->defined_by}});
  } else if (type->schema >= schema_editions_max) {
    context.refuse(Code::schema_editions_full, {.limit = schema_editions_max});
  }
  if (arguments.fields.empty()) context.refuse(Code::schema_empty, {.field = field});
  for (std::size_t i = 0; i < arguments.fields.size(); ++i) {
    const auto here = arguments.fields.begin() + static_cast<std::ptrdiff_t>(i);
    const auto same = [&](const FieldRule& rule) { return rule.path == arguments.fields[i].path; };
    if (std::find_if(arguments.fields.begin(), here, same) == here) continue;
    context.refuse(Code::schema_path_repeated, {.field = field, .value = i + 1});
  }
  if (context.refused()) return;

  ++type->schema;
  types.put(context.state(), arguments.type, *type);
  schemas.put(context.state(), {arguments.type, type->schema}, {{}, context.now(), arguments.fields});
  context.emit(SchemaSet{arguments.type, type->schema}, {DepartmentSubject{type->defined_by}});
}

}  // namespace kanhe::contracts::certificate
