#include "certs/batch_row.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "certs/document.h"

namespace kanhe::certs {
namespace {

using contracts::certificate::FieldKind;

// Each function moves on behind what it was asked for, or answers no.
class RowReader {
 public:
  explicit RowReader(std::string_view line) : at_(line.data()), end_(line.data() + line.size()) {}

  bool read(BatchRow& row) {
    return token('{') && name("document") && token('{') && name("id") && text(row.id) && token(',') && holder(row) &&
           token(',') && name("fields") && fields(row) && token(',') && name("files") && token('[') && token(']') &&
           moment("valid_from_ms", row.valid_from_ms) && moment("valid_until_ms", row.valid_until_ms) && token('}') &&
           token('}') && ends();
  }

 private:
  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\r')) ++at_;
  }
  bool ends() {
    skip_space();
    return at_ == end_;
  }
  bool token(char mark) {
    skip_space();
    if (at_ == end_ || *at_ != mark) return false;
    ++at_;
    return true;
  }
  // A literal, so that its length is known when this is compiled: names are most of a row.
  template <std::size_t size>
  bool name(const char (&word)[size]) {
    constexpr std::size_t length = size - 1;
    skip_space();
    if (static_cast<std::size_t>(end_ - at_) < length + 2) return false;
    if (at_[0] != '"' || std::memcmp(at_ + 1, word, length) != 0 || at_[length + 1] != '"') return false;
    at_ += length + 2;
    return token(':');
  }
  bool text(std::string_view& target) {
    if (!token('"')) return false;
    const char* const begin = at_;
    while (at_ != end_ && *at_ != '"' && *at_ != '\\') ++at_;
    if (at_ == end_ || *at_ == '\\') return false;
    target = std::string_view(begin, static_cast<std::size_t>(at_ - begin));
    ++at_;
    return true;
  }

  bool holder(BatchRow& row) {
    std::string_view kind;
    if (!(name("holder") && token('{') && name("kind") && text(kind) && token(',') && name("number") &&
          text(row.number) && token('}'))) {
      return false;
    }
    return set_identity_kind(row.kind, kind) &&
           row.number.size() >= IdentityNumber::bytes_min && row.number.size() <= IdentityNumber::bytes_max &&
           IdentityNumberTag::check(row.number).has_value();
  }

  static bool set_identity_kind(IdentityKind& target, std::string_view name) {
    bool known = false;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<IdentityKind>>([&](auto described) {
      if (name != described.name) return;
      target = described.value;
      known = true;
    });
    return known;
  }

  bool fields(BatchRow& row) {
    row.fields.clear();
    if (!token('[')) return false;
    do {
      if (row.fields.size() == fields_max || !field(row.fields.emplace_back())) return false;
    } while (token(','));
    if (!std::ranges::is_sorted(row.fields, {}, &BatchRowField::path)) {
      std::ranges::sort(row.fields, {}, &BatchRowField::path);
    }
    return token(']');
  }

  bool field(BatchRowField& field) {
    std::string_view kind;
    return token('{') && name("path") && text(field.path) && token(',') && name("value") && token('{') &&
           name("type") && text(kind) && token(',') && name("value") && text(field.text) && token('}') && token('}') &&
           set_kind(field, kind);
  }

  static bool set_kind(BatchRowField& field, std::string_view kind) {
    if (kind == "text") {
      field.kind = FieldKind::text;
      return field.text.size() <= field_text_bytes_max && is_plain_text(field.text);
    }
    if (kind == "integer") {
      field.kind = FieldKind::integer;
      return field.text.size() <= IntegerTextTag::bytes_max && check_integer(field.text).has_value();
    }
    field.kind = FieldKind::date;
    return kind == "date" && check_date(field.text).has_value();
  }

  // An optional one, with the comma before it.
  template <std::size_t size>
  bool moment(const char (&word)[size], std::optional<Timestamp>& target) {
    target.reset();
    const char* const before = at_;
    std::string_view digits;
    if (!token(',') || !name(word)) {
      at_ = before;
      return true;
    }
    if (!text(digits) || digits.empty() || (digits.front() == '0' && digits.size() > 1)) return false;
    std::uint64_t value = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || stop != digits.data() + digits.size() || value > Timestamp::max) return false;
    target = Timestamp(value);
    return true;
  }

  const char* at_;
  const char* const end_;
};

}  // namespace

bool read_batch_row(std::string_view line, BatchRow& row) { return RowReader(line).read(row); }

}  // namespace kanhe::certs
