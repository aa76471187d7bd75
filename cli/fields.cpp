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

// The names of an enumerator or alternative, each with its word.
std::string names_zh(std::string_view type, std::string_view name) {
  const std::string word = find_value_words(type, name).zh;
  return std::string(name) + (word.empty() ? word : "（" + word + "）");
}

std::string help_form_zh(const Schema& schema) {
  if (schema.kind != Kind::enumeration) return form_text_zh(schema);
  std::string text;
  for (const SchemaEnumerator& one : schema.enumerators) {
    text += (text.empty() ? "" : " | ") + names_zh(schema.label.name, one.name);
  }
  return text;
}

// What the type says beyond the form of a value.
Words kind_of_value(const Schema& schema) {
  if (schema.kind == Kind::number || schema.label.name == "PlainText") return {};
  return {std::string(schema.label.zh), std::string(schema.label.en)};
}

class HelpWalk {
 public:
  void add(const Schema& schema, const std::string& path, const Words& name, Need need) {
    switch (schema.kind) {
      case Kind::record:
        for (const SchemaField& field : schema.fields) {
          add(*field.schema, join(path, field.name), find_field_words(schema.label.name, field.name), need);
        }
        return;
      case Kind::variant:
        return add_variant(schema, path, name, need);
      case Kind::optional:
        return add(*schema.element, path, name, Need::optional);
      case Kind::list:
        return add_list(schema, path, name);
      case Kind::version:
        return;
      default:
        help_.push_back({path, name, form_text(schema), help_form_zh(schema), kind_of_value(schema),
                         example_text(schema), need == Need::required && schema.kind != Kind::boolean});
    }
  }

  std::vector<FieldHelp> help() && { return std::move(help_); }

 private:
  void add_variant(const Schema& schema, const std::string& path, const Words& name, Need need) {
    FieldHelp type{join(path, type_name_of_variant), name, {}, {}, {}, {}, need == Need::required};
    for (const SchemaField& field : schema.fields) {
      type.form += (type.form.empty() ? "" : " | ") + std::string(field.name);
      type.form_zh += (type.form_zh.empty() ? "" : " | ") + names_zh({}, field.name);
    }
    type.example = std::string(schema.fields.front().name);
    help_.push_back(type);
    for (const SchemaField& field : schema.fields) {
      const std::size_t before = help_.size();
      add(*field.schema, path, name, Need::optional);
      for (std::size_t i = before; i < help_.size(); ++i) help_[i].of.emplace_back(field.name);
    }
  }

  void add_list(const Schema& schema, const std::string& path, const Words& name) {
    const std::size_t before = help_.size();
    add(*schema.element, is_single(*schema.element) ? path : join(path, "N"), name, Need::optional);
    if (help_.size() == before) return;
    help_[before].form += ", up to " + std::to_string(schema.max) + " times";
    help_[before].form_zh += "，至多 " + std::to_string(schema.max) + " 次";
  }

  std::vector<FieldHelp> help_;
};

// "holders.2.party" is helped with by "holders.N.party".
std::string with_n(std::string_view path) {
  std::string plain;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const std::string_view name = path.substr(begin, end - begin);
    const bool is_number = !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos;
    plain += (begin == 0 ? "" : ".") + (is_number ? std::string("N") : normalised(name));
    begin = end + 1;
  }
  return plain;
}

// "单元 (--unit)"
std::string named_zh(const std::vector<FieldHelp>& help, const std::string& path) {
  const auto found = std::ranges::find(help, with_n(path), &FieldHelp::path);
  return found == help.end() ? "--" + path : found->name.zh + " (--" + path + ")";
}

}  // namespace

std::string complaint_zh(const Schema& schema, const std::function<std::shared_ptr<void>()>& make,
                         const std::vector<FieldOption>& options) {
  const std::vector<FieldHelp> help = field_help(schema);
  // The first that does not read together with those before it.
  std::vector<FieldOption> tried;
  for (const FieldOption& option : options) {
    tried.push_back(option);
    const auto record = make();
    const auto read = missing_fields(schema, record.get(), tried);
    if (read) continue;
    // A file that cannot be read is no wrong form.
    if (read.error().code == ErrorCode::io) return named_zh(help, option.path) + "：无法读取文件 " + option.value;
    const auto found = std::ranges::find(help, with_n(option.path), &FieldHelp::path);
    if (found == help.end()) return {};
    return named_zh(help, option.path) + "：“" + option.value + "” 不符合要求，应为 " + found->form_zh;
  }
  const auto record = make();
  const auto missing = missing_fields(schema, record.get(), options);
  std::string names;
  if (missing) {
    for (const std::string& path : *missing) names += (names.empty() ? "" : "、") + named_zh(help, path);
  }
  return names.empty() ? names : "缺少：" + names;
}

std::vector<FieldHelp> field_help(const Schema& schema) {
  HelpWalk walk;
  walk.add(schema, "", {}, Need::required);
  return std::move(walk).help();
}

}  // namespace kanhe::cli
