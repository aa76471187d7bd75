// The idea: the text becomes a *tape*, one token after the other in the order of the text, each object and array
// knowing where it ends. The tape costs 16 bytes a token, keeps repeated keys, and keeps numbers as they were written;
// Boost.JSON's own values do neither. Then the record's Schema is walked along the tape.
#include "ledger/json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/serialize.hpp>

namespace kanhe {
namespace {

namespace json = boost::json;

constexpr std::string_view type_key = "type";

// ---------------------------------------------------------------------------------------------------------------------
// The tape

struct Token {
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object } kind;
  std::uint32_t begin = 0;  // number, string, boolean: where its text begins
  std::uint32_t size = 0;   // number, string, boolean: bytes of it
  std::uint32_t end = 0;    // array, object: the token behind its last one
};

// In an object, keys are string tokens, each followed by the tokens of its value.
struct Tape {
  std::vector<Token> tokens;
  std::string texts;

  std::string_view text(const Token& token) const { return std::string_view(texts).substr(token.begin, token.size); }
  // The place behind the value that begins at `place`.
  std::size_t after(std::size_t place) const {
    const Token& token = tokens[place];
    return token.kind == Token::Kind::array || token.kind == Token::Kind::object ? token.end : place + 1;
  }
};

// What Boost.JSON calls while it parses. The names are the library's.
class TapeMaker {
 public:
  static constexpr std::size_t max_object_size = json_bytes_max;
  static constexpr std::size_t max_array_size = json_bytes_max;
  static constexpr std::size_t max_key_size = json_bytes_max;
  static constexpr std::size_t max_string_size = json_bytes_max;

  Tape take() { return std::move(tape_); }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) { return open(Token::Kind::object); }
  bool on_object_end(std::size_t, json::error_code&) { return close(); }
  bool on_array_begin(json::error_code&) { return open(Token::Kind::array); }
  bool on_array_end(std::size_t, json::error_code&) { return close(); }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) { return add_part(part); }
  bool on_key(json::string_view part, std::size_t, json::error_code&) { return add(Token::Kind::string, part); }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) { return add_part(part); }
  bool on_string(json::string_view part, std::size_t, json::error_code&) { return add(Token::Kind::string, part); }
  bool on_number_part(json::string_view part, json::error_code&) { return add_part(part); }
  bool on_int64(std::int64_t, json::string_view part, json::error_code&) { return add(Token::Kind::number, part); }
  bool on_uint64(std::uint64_t, json::string_view part, json::error_code&) { return add(Token::Kind::number, part); }
  bool on_double(double, json::string_view part, json::error_code&) { return add(Token::Kind::number, part); }
  bool on_bool(bool value, json::error_code&) { return add(Token::Kind::boolean, value ? "true" : "false"); }
  bool on_null(json::error_code&) { return add(Token::Kind::null, "null"); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  bool open(Token::Kind kind) {
    open_.push_back(tape_.tokens.size());
    tape_.tokens.push_back({kind});
    return true;
  }
  bool close() {
    tape_.tokens[open_.back()].end = static_cast<std::uint32_t>(tape_.tokens.size());
    open_.pop_back();
    return true;
  }
  bool add_part(json::string_view part) {
    tape_.texts.append(part.data(), part.size());
    return true;
  }
  bool add(Token::Kind kind, json::string_view last_part) {
    add_part(last_part);
    const auto end = static_cast<std::uint32_t>(tape_.texts.size());
    tape_.tokens.push_back({kind, text_begin_, end - text_begin_});
    text_begin_ = end;
    return true;
  }

  Tape tape_;
  std::uint32_t text_begin_ = 0;
  std::vector<std::size_t> open_;
};

Result<Tape> make_tape(std::string_view text) {
  if (text.size() > json_bytes_max) {
    return fail(ErrorCode::out_of_range, "JSON: ", text.size(), " bytes, must be at most ", json_bytes_max);
  }
  json::parse_options options;
  options.max_depth = json_depth_max;
  json::basic_parser<TapeMaker> parser(options);
  json::error_code error;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
  if (error == json::error::too_deep) {
    return fail(ErrorCode::out_of_range, "JSON: more than ", json_depth_max, " levels, at byte ", used);
  }
  if (error) return fail(ErrorCode::malformed, "JSON: ", error.message(), " at byte ", used);
  if (used != text.size()) return fail(ErrorCode::malformed, "JSON: more follows the value, at byte ", used);
  return parser.handler().take();
}

// ---------------------------------------------------------------------------------------------------------------------
// Reading

std::string_view kind_name(Token::Kind kind) {
  constexpr std::string_view names[] = {"null", "a boolean", "a number", "a string", "an array", "an object"};
  return names[static_cast<std::size_t>(kind)];
}

// Walks a schema along a tape. Each function reads the value at `place` into an object of the schema's type.
class Reader {
 public:
  explicit Reader(const Tape& tape) : tape_(tape) {}

  Result<void> read(const Schema& schema, void* object, std::size_t place) {
    switch (schema.kind) {
      case Kind::number: return read_number(schema, object, place);
      case Kind::boolean: return read_boolean(schema, object, place);
      case Kind::version: return read_version(schema, place);
      case Kind::bytes:
      case Kind::blob: return read_hex(schema, object, place);
      case Kind::text: return read_text(schema, object, place);
      case Kind::enumeration: return read_enumerator(schema, object, place);
      case Kind::list: return read_list(schema, object, place);
      case Kind::variant: return read_variant(schema, object, place);
      case Kind::record: {
        TRY(want(place, Token::Kind::object));
        return read_fields(schema, object, place, {});
      }
      case Kind::optional: break;  // An optional is a field; read_fields() looks through it.
    }
    CHECK(false);
  }

 private:
  // Adds a step to the path for as long as it lives.
  class Step {
   public:
    Step(Reader& reader, std::string_view field) : path_(reader.path_), size_(path_.size()) {
      if (!path_.empty()) path_ += '.';
      path_ += field;
    }
    Step(Reader& reader, std::size_t index) : path_(reader.path_), size_(path_.size()) {
      path_ += "[" + std::to_string(index) + "]";
    }
    ~Step() { path_.resize(size_); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    std::string& path_;
    std::size_t size_;
  };

  template <class... Parts>
  Error refuse(ErrorCode code, const Parts&... parts) const {
    return fail(code, path_.empty() ? std::string_view("JSON") : std::string_view(path_), ": ", parts...);
  }

  Result<void> want(std::size_t place, Token::Kind kind) const {
    const Token::Kind found = tape_.tokens[place].kind;
    if (found == kind) return {};
    return refuse(ErrorCode::malformed, "is ", kind_name(found), ", must be ", kind_name(kind));
  }
  Result<std::string_view> want_text(std::size_t place, Token::Kind kind) const {
    TRY(want(place, kind));
    return tape_.text(tape_.tokens[place]);
  }

  // Decimal digits without sign or leading zero, within the limits.
  Result<std::uint64_t> parse_number(std::string_view text, std::uint64_t min, std::uint64_t max) const {
    std::uint64_t value = 0;
    bool fits = true;
    for (const char c : text) {
      if (c < '0' || c > '9') {
        return refuse(ErrorCode::not_canonical, "\"", text, "\" is not made of the digits of a whole number alone");
      }
      const auto digit = static_cast<std::uint64_t>(c - '0');
      fits = fits && value <= (std::numeric_limits<std::uint64_t>::max() - digit) / 10;
      value = value * 10 + digit;
    }
    if (text.empty() || (text.size() > 1 && text.front() == '0')) {
      return refuse(ErrorCode::not_canonical, "\"", text, "\" is empty or begins with a needless zero");
    }
    if (!fits || value < min || value > max) {
      return refuse(ErrorCode::out_of_range, text, ", must be between ", min, " and ", max);
    }
    return value;
  }

  Result<void> read_number(const Schema& schema, void* object, std::size_t place) const {
    const Token::Kind kind = schema.width == 8 ? Token::Kind::string : Token::Kind::number;
    const std::string_view text = TRY(want_text(place, kind));
    schema.set_number(object, TRY(parse_number(text, schema.min, schema.max)));
    return {};
  }

  Result<void> read_version(const Schema& schema, std::size_t place) const {
    const std::string_view text = TRY(want_text(place, Token::Kind::number));
    const std::uint64_t version = TRY(parse_number(text, 0, std::numeric_limits<std::uint16_t>::max()));
    if (version == schema.max) return {};
    return refuse(ErrorCode::unsupported, "format version ", version, ", this program knows ", schema.max);
  }

  Result<void> read_boolean(const Schema& schema, void* object, std::size_t place) const {
    const std::string_view text = TRY(want_text(place, Token::Kind::boolean));
    schema.set_number(object, text == "true" ? 1 : 0);
    return {};
  }

  Result<void> assign(const Schema& schema, void* object, ByteView bytes) const {
    const auto assigned = schema.assign(object, bytes);
    if (!assigned) return refuse(assigned.error().code, assigned.error().text);
    return {};
  }

  Result<void> read_hex(const Schema& schema, void* object, std::size_t place) const {
    const std::string_view text = TRY(want_text(place, Token::Kind::string));
    const Result<Bytes> bytes = from_hex(text);
    if (!bytes) return refuse(bytes.error().code, bytes.error().text);
    if (schema.kind == Kind::bytes && bytes->size() != schema.width) {
      return refuse(ErrorCode::malformed, bytes->size(), " bytes, must be ", schema.width);
    }
    return assign(schema, object, *bytes);
  }

  Result<void> read_text(const Schema& schema, void* object, std::size_t place) const {
    const std::string_view text = TRY(want_text(place, Token::Kind::string));
    return assign(schema, object, as_bytes(text));
  }

  Result<void> read_enumerator(const Schema& schema, void* object, std::size_t place) const {
    const std::string_view name = TRY(want_text(place, Token::Kind::string));
    for (const SchemaEnumerator& enumerator : schema.enumerators) {
      if (enumerator.name != name) continue;
      schema.set_number(object, enumerator.value);
      return {};
    }
    return refuse(ErrorCode::unknown, "\"", name, "\" is not a value of ", schema.label.name);
  }

  Result<void> read_list(const Schema& schema, void* object, std::size_t place) {
    TRY(want(place, Token::Kind::array));
    CHECK(schema.size(object) == 0);
    const std::size_t end = tape_.tokens[place].end;
    std::size_t count = 0;
    for (++place; place != end; place = tape_.after(place)) {
      if (count == schema.max) return refuse(ErrorCode::out_of_range, "more than ", schema.max, " elements");
      const Step step(*this, count++);
      TRY(read(*schema.element, schema.append(object), place));
    }
    if (schema.sorted && !schema.ascending(object)) {
      return refuse(ErrorCode::not_canonical, "elements must be in ascending order, each once");
    }
    return {};
  }

  // The value of "type" in the object at `place`. Repeated ones are found by read_fields().
  Result<std::string_view> read_type(std::size_t place) {
    TRY(want(place, Token::Kind::object));
    const std::size_t end = tape_.tokens[place].end;
    for (++place; place != end; place = tape_.after(place + 1)) {
      if (tape_.text(tape_.tokens[place]) != type_key) continue;
      const Step step(*this, type_key);
      return want_text(place + 1, Token::Kind::string);
    }
    const Step step(*this, type_key);
    return refuse(ErrorCode::malformed, "is missing");
  }

  Result<void> read_variant(const Schema& schema, void* object, std::size_t place) {
    const std::string_view name = TRY(read_type(place));
    for (std::size_t i = 0; i < schema.fields.size(); ++i) {
      if (schema.fields[i].name == name) {
        return read_fields(*schema.fields[i].schema, schema.choose(object, i), place, type_key);
      }
    }
    const Step step(*this, type_key);
    return refuse(ErrorCode::unknown, "\"", name, "\" is none of the types that may stand here");
  }

  // Reads the fields of the object at `place`. The key `already_read`, unless empty, is passed over.
  Result<void> read_fields(const Schema& schema, void* object, std::size_t place, std::string_view already_read) {
    std::vector<bool> seen(schema.fields.size() + 1);
    const std::size_t end = tape_.tokens[place].end;
    for (++place; place != end; place = tape_.after(place + 1)) {
      const std::string_view key = tape_.text(tape_.tokens[place]);
      const std::size_t index = field_index(schema, key);
      const bool passed_over = !already_read.empty() && key == already_read;
      CHECK(!passed_over || index == schema.fields.size());  // No field of an alternative is called "type".
      if (index == schema.fields.size() && !passed_over) {
        return refuse(ErrorCode::unknown, "\"", key, "\" is not a field of ", schema.label.name);
      }
      const Step step(*this, key);
      if (seen[index]) return refuse(ErrorCode::duplicate, "is given twice");
      seen[index] = true;
      if (!passed_over) TRY(read_field(schema.fields[index], object, place + 1));
    }
    for (std::size_t i = 0; i < schema.fields.size(); ++i) {
      if (seen[i] || schema.fields[i].schema->kind == Kind::optional) continue;
      const Step step(*this, schema.fields[i].name);
      return refuse(ErrorCode::malformed, "is missing");
    }
    return {};
  }

  Result<void> read_field(const SchemaField& field, void* record, std::size_t place) {
    void* const member = field.member(record);
    if (field.schema->kind != Kind::optional) return read(*field.schema, member, place);
    if (tape_.tokens[place].kind == Token::Kind::null) {
      return refuse(ErrorCode::malformed, "is null; what is absent must be left out");
    }
    return read(*field.schema->element, field.schema->append(member), place);
  }

  // The index of a field; as many as there are when none has the name.
  static std::size_t field_index(const Schema& schema, std::string_view name) {
    std::size_t index = 0;
    while (index < schema.fields.size() && schema.fields[index].name != name) ++index;
    return index;
  }

  const Tape& tape_;
  std::string path_;
};

// ---------------------------------------------------------------------------------------------------------------------
// Writing

class Writer {
 public:
  explicit Writer(JsonLayout layout) : layout_(layout) {}

  std::string take() { return std::move(text_); }

  // The schema's functions take writable objects; nothing here writes.
  void write(const Schema& schema, void* object) {
    switch (schema.kind) {
      case Kind::number: {
        const std::string digits = std::to_string(schema.number(object));
        text_ += schema.width == 8 ? "\"" + digits + "\"" : digits;
        return;
      }
      case Kind::boolean: text_ += schema.number(object) != 0 ? "true" : "false"; return;
      case Kind::version: text_ += std::to_string(schema.max); return;
      case Kind::bytes:
      case Kind::blob: write_string(to_hex(schema.view(object))); return;
      case Kind::text: write_string(as_text(schema.view(object))); return;
      case Kind::enumeration: write_string(name_of(schema, schema.number(object))); return;
      case Kind::list: write_list(schema, object); return;
      case Kind::variant: write_variant(schema, object); return;
      case Kind::record:
        open('{');
        write_fields(schema, object);
        close('}');
        return;
      case Kind::optional: break;  // An optional is a field; write_fields() looks through it.
    }
    CHECK(false);
  }

 private:
  static std::string_view name_of(const Schema& schema, std::uint64_t value) {
    for (const SchemaEnumerator& enumerator : schema.enumerators) {
      if (enumerator.value == value) return enumerator.name;
    }
    CHECK(false);
  }

  void write_string(std::string_view text) { text_ += json::serialize(json::string_view(text.data(), text.size())); }

  void write_list(const Schema& schema, void* object) {
    open('[');
    for (std::size_t i = 0; i < schema.size(object); ++i) {
      begin_element();
      write(*schema.element, schema.at(object, i));
    }
    close(']');
  }

  void write_variant(const Schema& schema, void* object) {
    const SchemaField& chosen = schema.fields[schema.alternative(object)];
    open('{');
    begin_member(type_key);
    write_string(chosen.name);
    write_fields(*chosen.schema, schema.chosen(object));
    close('}');
  }

  void write_fields(const Schema& schema, void* object) {
    for (const SchemaField& field : schema.fields) {
      void* const member = field.member(object);
      const bool optional = field.schema->kind == Kind::optional;
      if (optional && field.schema->size(member) == 0) continue;
      begin_member(field.name);
      if (optional) {
        write(*field.schema->element, field.schema->at(member, 0));
      } else {
        write(*field.schema, member);
      }
    }
  }

  void open(char bracket) {
    text_ += bracket;
    ++depth_;
    first_ = true;
  }
  void close(char bracket) {
    --depth_;
    if (!first_) begin_line();
    text_ += bracket;
    first_ = false;
  }
  void begin_element() {
    if (!first_) text_ += ',';
    first_ = false;
    begin_line();
  }
  void begin_member(std::string_view name) {
    begin_element();
    write_string(name);
    text_ += layout_ == JsonLayout::indented ? ": " : ":";
  }
  void begin_line() {
    if (layout_ == JsonLayout::compact) return;
    text_ += '\n';
    text_.append(2 * depth_, ' ');
  }

  JsonLayout layout_;
  std::string text_;
  std::size_t depth_ = 0;
  bool first_ = true;  // whether nothing stands yet in the innermost brackets
};

}  // namespace

std::string to_json(const Schema& schema, const void* object, JsonLayout layout) {
  Writer writer(layout);
  writer.write(schema, const_cast<void*>(object));
  return writer.take();
}

Result<void> from_json(const Schema& schema, void* object, std::string_view text) {
  const Tape tape = TRY(make_tape(text));
  return Reader(tape).read(schema, object, 0);
}

}  // namespace kanhe
