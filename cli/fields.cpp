// The idea: the options become a tree along the dots of their paths; then tree and Schema are walked together. Every
// node of the tree must meet a field, and every field that is needed a node.
#include "cli/fields.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "cli/values.h"
#include "ledger/json.h"

namespace kanhe::cli {
namespace {

constexpr std::string_view whole = "arguments";  // the record itself, where a name could be taken for something else
constexpr std::string_view type_name_of_variant = "type";

struct Node {
  std::string name;
  std::vector<std::string> values;
  std::vector<Node> children;
};

std::string normalised(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, '-', '_');
  return text;
}

Node& child_of(Node& node, std::string_view name) {
  const std::string wanted = normalised(name);
  for (Node& child : node.children) {
    if (child.name == wanted) return child;
  }
  node.children.push_back({wanted, {}, {}});
  return node.children.back();
}

const Node* find_child(const Node& node, std::string_view name) {
  for (const Node& child : node.children) {
    if (child.name == name) return &child;
  }
  return nullptr;
}

Result<Node> make_tree(const std::vector<FieldOption>& options) {
  Node root;
  for (const FieldOption& option : options) {
    std::string_view path = option.path;
    if (path.starts_with(std::string(whole) + ".")) path.remove_prefix(whole.size() + 1);
    Node* node = &root;
    while (true) {
      const std::size_t dot = path.find('.');
      const std::string_view name = path.substr(0, dot);
      if (name.empty()) return fail(ErrorCode::malformed, "--", option.path, ": has an empty name between its dots");
      node = &child_of(*node, name);
      if (dot == std::string_view::npos) break;
      path.remove_prefix(dot + 1);
    }
    node->values.push_back(option.value);
  }
  return root;
}

std::string join(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

// Where the walk is, and what was missing so far.
class Walk {
 public:
  Result<void> apply(const Schema& schema, void* object, const Node& node, const std::string& path) {
    switch (schema.kind) {
      case Kind::record:
        return apply_record(schema, object, node, path);
      case Kind::variant:
        return apply_variant(schema, object, node, path);
      case Kind::list:
        return apply_list(schema, object, node, path);
      case Kind::optional:
        if (node.values.empty() && node.children.empty()) return {};
        return apply(*schema.element, schema.append(object), node, path);
      case Kind::version:
        return {};
      default:
        return apply_single(schema, object, node, path);
    }
  }

  const std::vector<std::string>& missing() const { return missing_; }

 private:
  static Error at(const std::string& path, Error error) { return std::move(error).in("--" + path); }

  Result<void> one_value(const Node& node, const std::string& path) {
    if (node.values.size() > 1) {
      return fail(ErrorCode::duplicate, "--", path, ": is given ", node.values.size(), " times");
    }
    if (!node.values.empty() && !node.children.empty()) {
      return fail(ErrorCode::duplicate, "--", path, ": is given as a whole, and its field --", path, ".",
                  node.children.front().name, " as well");
    }
    return {};
  }

  Result<void> apply_json(const Schema& schema, void* object, const std::string& text, const std::string& path) {
    auto read = from_json(schema, object, text);
    if (!read) return at(path, std::move(read).error());
    return {};
  }

  Result<void> apply_single(const Schema& schema, void* object, const Node& node, const std::string& path) {
    if (!node.children.empty()) {
      return fail(ErrorCode::unknown, "--", path, ".", node.children.front().name, ": --", path,
                  " is a single value, it has no fields");
    }
    if (node.values.empty()) {
      if (schema.kind != Kind::boolean) missing_.push_back(path);
      return {};
    }
    TRY(one_value(node, path));
    auto set = set_value(schema, object, node.values.front());
    if (!set) return at(path, std::move(set).error());
    return {};
  }

  Result<void> apply_record(const Schema& schema, void* object, const Node& node, const std::string& path) {
    TRY(one_value(node, path));
    if (!node.values.empty()) return apply_json(schema, object, node.values.front(), path);
    std::vector<std::string> names;
    for (const SchemaField& field : schema.fields) names.emplace_back(field.name);
    for (const Node& child : node.children) {
      if (child.name == type_name_of_variant && inside_variant_) continue;
      if (std::ranges::find(names, child.name) != names.end()) continue;
      return fail(ErrorCode::unknown, "--", join(path, child.name), ": there is no such field",
                  suggestion(child.name, names));
    }
    inside_variant_ = false;
    const Node none;
    for (const SchemaField& field : schema.fields) {
      const Node* const child = find_child(node, field.name);
      TRY(apply(*field.schema, field.member(object), child != nullptr ? *child : none, join(path, field.name)));
    }
    return {};
  }

  Result<void> apply_variant(const Schema& schema, void* object, const Node& node, const std::string& path) {
    TRY(one_value(node, path));
    if (!node.values.empty()) return apply_json(schema, object, node.values.front(), path);
    const Node* const type = find_child(node, type_name_of_variant);
    const std::string type_path = join(path, type_name_of_variant);
    if (type == nullptr || type->values.size() != 1) {
      missing_.push_back(type_path);
      return {};
    }
    std::vector<std::string> names;
    for (const SchemaField& field : schema.fields) names.emplace_back(field.name);
    const auto found = std::ranges::find(names, normalised(type->values.front()));
    if (found == names.end()) {
      return fail(ErrorCode::unknown, "--", type_path, ": \"", type->values.front(), "\" is no kind of it",
                  suggestion(type->values.front(), names));
    }
    const auto index = static_cast<std::size_t>(found - names.begin());
    inside_variant_ = true;
    return apply(*schema.fields[index].schema, schema.choose(object, index), node, path);
  }

  Result<void> apply_list(const Schema& schema, void* object, const Node& node, const std::string& path) {
    if (!node.values.empty() && !node.children.empty()) {
      return fail(ErrorCode::duplicate, "--", path, ": is given by values, and by numbered elements as well");
    }
    const bool is_text = schema.element->kind == Kind::text;
    if (node.values.size() == 1 && node.values.front().starts_with('[') && !is_text) {
      return apply_json(schema, object, node.values.front(), path);
    }
    TRY(check_count(schema, std::max(node.values.size(), node.children.size()), path));
    for (const std::string& value : node.values) {
      TRY(apply(*schema.element, schema.append(object), Node{{}, {value}, {}}, path));
    }
    TRY(apply_elements(schema, object, node, path));
    if (schema.sorted && is_single(*schema.element)) sort_singles(schema, object);
    if (schema.sorted && !schema.ascending(object)) {
      return fail(ErrorCode::not_canonical, "--", path, ": its elements must be given in ascending order, each once");
    }
    return {};
  }

  Result<void> check_count(const Schema& schema, std::size_t count, const std::string& path) {
    if (count <= schema.max) return {};
    return fail(ErrorCode::out_of_range, "--", path, ": ", count, " elements, must be at most ", schema.max);
  }

  // path.1, path.2 and so on, in any order, without a gap.
  Result<void> apply_elements(const Schema& schema, void* object, const Node& node, const std::string& path) {
    for (const Node& child : node.children) {
      std::size_t number = 0;
      const char* const end = child.name.data() + child.name.size();
      const auto [stop, error] = std::from_chars(child.name.data(), end, number);
      const bool good = error == std::errc() && stop == end && std::to_string(number) == child.name;
      if (!good || number < 1 || number > node.children.size()) {
        return fail(ErrorCode::unknown, "--", join(path, child.name),
                    ": elements are numbered from 1 without a gap: --", path, ".1, --", path, ".2");
      }
    }
    for (std::size_t i = 1; i <= node.children.size(); ++i) {
      const std::string name = std::to_string(i);
      TRY(apply(*schema.element, schema.append(object), *find_child(node, name), join(path, name)));
    }
    return {};
  }

  static void sort_singles(const Schema& schema, void* list) {
    const Schema& element = *schema.element;
    const std::size_t count = schema.size(list);
    if (element.number != nullptr) {
      std::vector<std::uint64_t> numbers;
      for (std::size_t i = 0; i < count; ++i) numbers.push_back(element.number(schema.at(list, i)));
      std::ranges::sort(numbers);
      for (std::size_t i = 0; i < count; ++i) element.set_number(schema.at(list, i), numbers[i]);
      return;
    }
    std::vector<Bytes> values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(to_bytes(element.view(schema.at(list, i))));
    std::ranges::sort(values);
    for (std::size_t i = 0; i < count; ++i) CHECK(element.assign(schema.at(list, i), values[i]).has_value());
  }

  std::vector<std::string> missing_;
  bool inside_variant_ = false;  // the record that comes next is a variant's alternative, so "type" is not its field
};

}  // namespace

Result<std::vector<std::string>> missing_fields(const Schema& schema, void* record,
                                                const std::vector<FieldOption>& options) {
  const Node root = TRY(make_tree(options));
  Walk walk;
  TRY(walk.apply(schema, record, root, ""));
  return walk.missing();
}

Result<void> set_fields(const Schema& schema, void* record, const std::vector<FieldOption>& options) {
  const std::vector<std::string> missing = TRY(missing_fields(schema, record, options));
  if (missing.empty()) return {};
  std::string names;
  for (const std::string& path : missing) names += (names.empty() ? "--" : ", --") + path;
  return fail(ErrorCode::malformed, "missing: ", names);
}

// ---------------------------------------------------------------------------------------------------------------------
// The way back

namespace {

void add_options(const Schema& schema, void* object, const std::string& path, std::vector<FieldOption>& options) {
  switch (schema.kind) {
    case Kind::record:
      for (const SchemaField& field : schema.fields) {
        add_options(*field.schema, field.member(object), join(path, field.name), options);
      }
      return;
    case Kind::variant: {
      const SchemaField& chosen = schema.fields[schema.alternative(object)];
      options.push_back({join(path, type_name_of_variant), std::string(chosen.name)});
      return add_options(*chosen.schema, schema.chosen(object), path, options);
    }
    case Kind::optional:
    case Kind::list: {
      const std::size_t count = schema.size(object);
      for (std::size_t i = 0; i < count; ++i) {
        const bool numbered = schema.kind == Kind::list && !is_single(*schema.element);
        const std::string place = numbered ? join(path, std::to_string(i + 1)) : path;
        const std::size_t before = options.size();
        add_options(*schema.element, schema.at(object, i), place, options);
        // An element without anything to say is still there.
        if (options.size() == before) {
          options.push_back({place, to_json(*schema.element, schema.at(object, i), JsonLayout::compact)});
        }
      }
      return;
    }
    case Kind::version:
      return;
    default:
      options.push_back({path, option_text(schema, object)});
  }
}

}  // namespace

std::vector<FieldOption> options_of(const Schema& schema, const void* record) {
  std::vector<FieldOption> options;
  // Reading alone: the accessors of a Schema take a plain pointer, and none of those used here changes anything.
  add_options(schema, const_cast<void*>(record), "", options);
  return options;
}

// ---------------------------------------------------------------------------------------------------------------------
// Help

namespace {

enum class Need : std::uint8_t { required, optional };

std::string label_text(const Schema& schema) {
  std::string text(schema.label.zh);
  if (!schema.label.en.empty()) text += (text.empty() ? "" : " · ") + std::string(schema.label.en);
  return text;
}

void add_help(const Schema& schema, const std::string& path, Need need, std::vector<FieldHelp>& help) {
  switch (schema.kind) {
    case Kind::record:
      for (const SchemaField& field : schema.fields) add_help(*field.schema, join(path, field.name), need, help);
      return;
    case Kind::variant: {
      FieldHelp type{join(path, type_name_of_variant), "", "", "", need == Need::required};
      for (const SchemaField& field : schema.fields)
        type.form += (type.form.empty() ? "" : " | ") + std::string(field.name);
      type.example = std::string(schema.fields.front().name);
      help.push_back(type);
      for (const SchemaField& field : schema.fields) {
        const std::size_t before = help.size();
        add_help(*field.schema, path, Need::optional, help);
        for (std::size_t i = before; i < help.size(); ++i) {
          help[i].text += (help[i].text.empty() ? "of " : ", of ") + std::string(field.name);
          help[i].of.emplace_back(field.name);
        }
      }
      return;
    }
    case Kind::optional:
      return add_help(*schema.element, path, Need::optional, help);
    case Kind::list: {
      const std::size_t before = help.size();
      add_help(*schema.element, is_single(*schema.element) ? path : join(path, "N"), Need::optional, help);
      if (help.size() == before) return;
      help[before].form += ", up to " + std::to_string(schema.max) + " times";
      return;
    }
    case Kind::version:
      return;
    default:
      help.push_back({path, form_text(schema), label_text(schema), example_text(schema),
                      need == Need::required && schema.kind != Kind::boolean});
  }
}

}  // namespace

std::vector<FieldHelp> field_help(const Schema& schema) {
  std::vector<FieldHelp> help;
  add_help(schema, "", Need::required, help);
  return help;
}

}  // namespace kanhe::cli
