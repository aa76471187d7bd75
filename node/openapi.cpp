// A component is made for each record and variant that is met on the way from the routes' answers; everything else is
// written where it stands. The walk is over Schemas, so a new record needs no line here.
#include "node/openapi.h"

#include <boost/json/object.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <map>

#include "contracts/host.h"
#include "node/route_table.h"

namespace kanhe::node {
namespace {

namespace json = boost::json;

// What a type is called in both languages, with its unit.
std::string description_of(const Label& label) {
  std::string text(label.zh);
  if (!label.en.empty()) text += (text.empty() ? "" : " · ") + std::string(label.en);
  if (!label.unit.empty()) text += " (" + std::string(label.unit) + ")";
  return text;
}

class Description {
 public:
  // Where a value of this type stands: a $ref for records and variants.
  json::object use(const Schema& schema) {
    switch (schema.kind) {
      case Kind::record:
      case Kind::variant: return {{"$ref", "#/components/schemas/" + component(schema)}};
      case Kind::optional: return use(*schema.element);
      case Kind::list:
        return {{"type", "array"}, {"items", use(*schema.element)}, {"maxItems", schema.max}};
      default: return scalar(schema);
    }
  }
  void add_component(const std::string& name, const Schema& schema) { components_[name] = body_of(schema); }
  json::object take_components() { return std::move(components_); }

  // A parameter's type: a variant is named by its alternatives.
  static json::object of_parameter(const Schema& schema) {
    if (schema.kind != Kind::variant) return scalar(schema);
    json::array names;
    for (const SchemaField& alternative : schema.fields) names.emplace_back(alternative.name);
    return {{"type", "string"}, {"enum", std::move(names)}};
  }

 private:
  static json::object scalar(const Schema& schema) {
    json::object made;
    switch (schema.kind) {
      case Kind::boolean: made["type"] = "boolean"; break;
      case Kind::version: made = {{"type", "integer"}, {"const", schema.max}}; break;
      case Kind::bytes:
        made = {{"type", "string"}, {"pattern", "^[0-9a-f]{" + std::to_string(2 * schema.width) + "}$"}};
        break;
      case Kind::blob:
        made = {{"type", "string"}, {"pattern", "^([0-9a-f]{2})*$"}, {"maxLength", 2 * schema.max}};
        break;
      case Kind::text: made = {{"type", "string"}, {"minLength", schema.min > 0 ? 1 : 0}, {"maxLength", schema.max}};
        break;
      case Kind::enumeration: {
        json::array names;
        for (const SchemaEnumerator& enumerator : schema.enumerators) names.emplace_back(enumerator.name);
        made = {{"type", "string"}, {"enum", std::move(names)}};
        break;
      }
      default: made = number(schema);
    }
    const std::string text = description_of(schema.label);
    if (!text.empty()) made["description"] = text;
    return made;
  }

  // 64-bit numbers are strings in JSON (ledger/json.h).
  static json::object number(const Schema& schema) {
    if (schema.width == 8) {
      return {{"type", "string"}, {"pattern", "^(0|[1-9][0-9]{0,19})$"}, {"x-minimum", std::to_string(schema.min)},
              {"x-maximum", std::to_string(schema.max)}};
    }
    return {{"type", "integer"}, {"minimum", schema.min}, {"maximum", schema.max}};
  }

  // The name of a type's component, which is made when it is first met. A second type of one name gets a number.
  std::string component(const Schema& schema) {
    const auto known = names_.find(&schema);
    if (known != names_.end()) return known->second;
    const std::string wanted = schema.kind == Kind::variant ? variant_name(schema) : std::string(schema.label.name);
    std::string name = wanted;
    for (int number = 2; components_.contains(name); ++number) name = wanted + std::to_string(number);
    names_.emplace(&schema, name);
    components_[name] = json::object();
    components_[name] = body_of(schema);
    return name;
  }

  // A variant has no name of its own: it is called by its alternatives.
  static std::string variant_name(const Schema& schema) {
    std::string name;
    for (const SchemaField& alternative : schema.fields) {
      name += (name.empty() ? "" : "_or_") + std::string(alternative.name);
    }
    return name;
  }

  json::object body_of(const Schema& schema) {
    return schema.kind == Kind::variant ? variant(schema) : record(schema, {});
  }

  json::object record(const Schema& schema, std::string_view type) {
    json::object properties;
    json::array required;
    if (!type.empty()) {
      properties["type"] = {{"type", "string"}, {"const", type}};
      required.emplace_back("type");
    }
    for (const SchemaField& field : schema.fields) {
      properties[field.name] = use(*field.schema);
      if (field.schema->kind != Kind::optional) required.emplace_back(field.name);
    }
    json::object made{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
    if (!required.empty()) made["required"] = std::move(required);
    return made;
  }

  json::object variant(const Schema& schema) {
    json::array alternatives;
    for (const SchemaField& alternative : schema.fields) {
      alternatives.emplace_back(record(*alternative.schema, alternative.name));
    }
    return {{"oneOf", std::move(alternatives)}};
  }

  std::map<const Schema*, std::string> names_;
  json::object components_;
};

json::object parameter_of(const Parameter& parameter, std::string_view in) {
  const Schema& schema = parameter.schema();
  json::object made{{"name", parameter.name}, {"in", in},
                    {"required", in == "path" || parameter.need == Need::required},
                    {"schema", Description::of_parameter(schema)}};
  std::string text = description_of(schema.label);
  if (schema.kind == Kind::number) {
    text += "; " + std::to_string(schema.min) + " – " + std::to_string(schema.max);
    // In a URL every number is written in digits; its type says how it stands in JSON.
    if (schema.width == 8) made["schema"] = {{"type", "string"}, {"pattern", "^[0-9]+$"}};
  }
  if (!parameter.standard.empty()) text += "; left out: " + std::string(parameter.standard);
  made["description"] = text;
  return made;
}

json::object content_of(std::string_view type, json::object schema) {
  return {{type, json::object{{"schema", std::move(schema)}}}};
}

json::object answer_content(const Route& route, Description& description) {
  if (route.answer == nullptr) {
    return content_of(route.content_type, {{"type", route.content_type == "application/json" ? "object" : "string"}});
  }
  json::object schema = description.use(route.answer());
  if (route.content_type == "application/json") return content_of("application/json", std::move(schema));
  json::object content = content_of(route.content_type, {{"type", "string"}, {"format", "binary"}});
  content["application/json"] = json::object{{"schema", std::move(schema)}};
  return content;
}

json::object responses_of(const Route& route, Description& description) {
  json::object responses{{"200", {{"description", "answered"}, {"content", answer_content(route, description)}}}};
  if (route.id == RouteId::submit || route.id == RouteId::transaction) {
    responses["202"] = {{"description", "received, and not recorded yet"},
                        {"content", answer_content(route, description)}};
  }
  const auto error = [&](std::string_view text) -> json::object {
    return {{"description", text}, {"content", content_of("application/json",
                                                          description.use(schema_of<certs::ErrorAnswer>()))}};
  };
  responses["400"] = error("a parameter or the body is wrong; the message names it, its limit and its value");
  if (route.face != Face::open || route.id == RouteId::certificate) {
    responses["401"] = error("Kanhe-Query is missing, or does not hold for this request");
  }
  responses["404"] = error("what is asked for is not here");
  responses["503"] = error("busy, or nothing can be proved yet; Retry-After says when");
  return responses;
}

json::object operation_of(const Route& route, Description& description) {
  json::object operation{{"operationId", enum_name(route.id)},
                         {"summary", std::string(route.zh) + " · " + std::string(route.en)}};
  operation["tags"] = json::array{route.face == Face::open           ? "public"
                                  : route.face == Face::departmental ? "departmental"
                                                                     : "personal"};
  json::array parameters;
  for (const Parameter& parameter : route.path) parameters.emplace_back(parameter_of(parameter, "path"));
  for (const Parameter& parameter : route.query) parameters.emplace_back(parameter_of(parameter, "query"));
  if (!parameters.empty()) operation["parameters"] = std::move(parameters);
  if (route.method == HttpMethod::post) {
    json::object content = content_of("application/octet-stream", {{"type", "string"}, {"format", "binary"}});
    content["application/json"] = json::object{{"schema", description.use(schema_of<Transaction>())}};
    operation["requestBody"] = {{"required", true}, {"content", std::move(content)}};
  }
  if (route.face != Face::open) {
    operation["security"] = json::array{json::object{{"KanheQuery", json::array()}}};
  } else if (route.id == RouteId::certificate) {
    operation["security"] = json::array{json::object(), json::object{{"KanheQuery", json::array()}}};
  }
  operation["responses"] = responses_of(route, description);
  return operation;
}

void add_catalogue(Description& description) {
  for (const contracts::Module* module : contracts::modules()) {
    for (const contracts::Method& method : module->methods) {
      const std::string name = std::string(module->name) + "." + std::string(method.name);
      description.add_component("method." + name, method.arguments());
    }
    for (const contracts::EventKind& event : module->events) {
      description.add_component("event." + std::string(event.name), event.data());
    }
  }
}

}  // namespace

std::string openapi_json(const Genesis& genesis) {
  Description description;
  json::object paths;
  for (const Route& route : routes()) {
    json::object& path = paths[route.pattern].is_object() ? paths[route.pattern].get_object()
                                                           : paths[route.pattern].emplace_object();
    path[route.method == HttpMethod::post ? "post" : "get"] = operation_of(route, description);
  }
  add_catalogue(description);
  json::object document{
      {"openapi", "3.1.0"},
      {"info", {{"title", "Kanhe 勘合"}, {"version", "1"},
                {"description", "network " + genesis.name.str() + ", chain " + chain_id_of(genesis).hex()}}},
      {"paths", std::move(paths)}};
  json::object scheme{{"type", "apiKey"}, {"in", "header"}, {"name", "Kanhe-Query"},
                      {"description", "base64 of a canonical QueryCredential, signed by an officer for this request"}};
  document["components"] = {{"schemas", description.take_components()},
                            {"securitySchemes", {{"KanheQuery", std::move(scheme)}}}};
  return json::serialize(document) + "\n";
}

}  // namespace kanhe::node
