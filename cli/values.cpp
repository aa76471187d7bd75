#include "cli/values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <fstream>
#include <numeric>

#include "ledger/hash.h"

namespace kanhe::cli {
namespace {

constexpr std::int64_t beijing_offset_minutes = 8 * 60;
constexpr std::uint64_t ms_per_s = 1'000;
constexpr std::uint64_t fen_per_yuan = 100;
constexpr std::string_view digest_prefix = "sha256:";

struct DurationUnit {
  std::string_view name;
  std::uint64_t ms;
};
constexpr DurationUnit duration_units[] = {
    {"ms", 1}, {"s", ms_per_s}, {"m", 60 * ms_per_s}, {"h", 3'600 * ms_per_s}, {"d", 86'400 * ms_per_s}};

// Examples of texts whose form a program checks, where the label does not show one.
struct Example {
  std::string_view type;
  std::string_view text;
};
constexpr Example examples[] = {
    {"UnitNumber", "340121261006GB00014F00220045"},
    {"DepartmentId", "registry"},
    {"Uscc", "91350100M000100Y43"},
    {"CertificateId", "1.2.156.3005.2.11100000MB03271699001.113401234567890120.000000000001.001.X"},
    {"Region", "340121"},
    {"NetworkName", "test.example"},
    {"TypeCode", "11100000MB03271699001"},
};

std::optional<std::uint64_t> digits(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Takes a number of exactly `count` digits from the front.
std::optional<std::uint64_t> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  const std::string_view front = text.substr(0, count);
  if (!std::ranges::all_of(front, [](char c) { return '0' <= c && c <= '9'; })) return std::nullopt;
  text.remove_prefix(count);
  return digits(front);
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// The time of day with its fraction, in ms; nothing when it has not the form hh:mm, hh:mm:ss or hh:mm:ss.fff.
std::optional<std::int64_t> take_clock(std::string_view& text) {
  const auto hours = take_digits(text, 2);
  if (!hours || *hours > 23 || !take(text, ':')) return std::nullopt;
  const auto minutes = take_digits(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  std::int64_t ms = static_cast<std::int64_t>((*hours * 60 + *minutes) * 60 * ms_per_s);
  if (!take(text, ':')) return ms;
  const auto seconds = take_digits(text, 2);
  if (!seconds || *seconds > 59) return std::nullopt;
  ms += static_cast<std::int64_t>(*seconds * ms_per_s);
  if (!take(text, '.')) return ms;
  const auto fraction = take_digits(text, 3);
  if (!fraction) return std::nullopt;
  return ms + static_cast<std::int64_t>(*fraction);
}

// Z, +hh:mm or -hh:mm; nothing at the end of the text means Beijing time.
std::optional<std::int64_t> take_offset_minutes(std::string_view& text) {
  if (text.empty()) return beijing_offset_minutes;
  if (take(text, 'Z')) return 0;
  const bool west = text.front() == '-';
  if (!west && text.front() != '+') return std::nullopt;
  text.remove_prefix(1);
  const auto hours = take_digits(text, 2);
  if (!hours || *hours > 14 || !take(text, ':')) return std::nullopt;
  const auto minutes = take_digits(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  const auto offset = static_cast<std::int64_t>(*hours * 60 + *minutes);
  return west ? -offset : offset;
}

std::optional<std::int64_t> read_iso(std::string_view text) {
  const auto year = take_digits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  std::int64_t ms = std::chrono::milliseconds(std::chrono::sys_days(date).time_since_epoch()).count();
  std::int64_t offset = beijing_offset_minutes;
  if (take(text, 'T')) {
    const auto clock = take_clock(text);
    const auto minutes = clock ? take_offset_minutes(text) : std::nullopt;
    if (!minutes) return std::nullopt;
    ms += *clock;
    offset = *minutes;
  }
  if (!text.empty()) return std::nullopt;
  return ms - offset * 60 * static_cast<std::int64_t>(ms_per_s);
}

std::string padded(std::uint64_t value, std::size_t width) {
  std::string text = std::to_string(value);
  if (text.size() < width) text.insert(0, width - text.size(), '0');
  return text;
}

// Ids of 32 bytes take a file's digest as well, but nobody makes one so.
bool is_digest(const Schema& schema) { return schema.kind == Kind::bytes && schema.label.name == Hash256::label.name; }
bool is_money(const Schema& schema) { return schema.label.unit == "fen"; }
bool is_time(const Schema& schema) { return schema.label.name == "Timestamp"; }
bool is_duration(const Schema& schema) { return schema.label.unit == "ms" && !is_time(schema); }

std::vector<std::string> names_of(const Schema& schema) {
  std::vector<std::string> names;
  for (const SchemaEnumerator& enumerator : schema.enumerators) names.emplace_back(enumerator.name);
  return names;
}

Result<std::uint64_t> read_number(const Schema& schema, std::string_view text) {
  if (is_money(schema)) return read_money(text);
  if (is_time(schema)) return read_time(text);
  if (is_duration(schema)) return read_duration(text);
  const auto value = digits(text);
  if (!value) return fail(ErrorCode::malformed, "\"", text, "\" is not a whole number");
  return *value;
}

std::string write_number(const Schema& schema, std::uint64_t value) {
  if (is_money(schema)) return write_money(value);
  if (is_time(schema)) return write_time(value);
  if (is_duration(schema)) return write_duration(value);
  return std::to_string(value);
}

Result<void> set_number(const Schema& schema, void* value, std::string_view text) {
  const std::uint64_t number = TRY(read_number(schema, text));
  if (number < schema.min || number > schema.max) {
    return fail(ErrorCode::out_of_range, text, " must be between ", write_number(schema, schema.min), " and ",
                write_number(schema, schema.max));
  }
  schema.set_number(value, number);
  return {};
}

Result<void> set_enumeration(const Schema& schema, void* value, std::string_view text) {
  std::string name(text);
  std::ranges::replace(name, '-', '_');
  for (const SchemaEnumerator& enumerator : schema.enumerators) {
    if (enumerator.name != name) continue;
    schema.set_number(value, enumerator.value);
    return {};
  }
  return fail(ErrorCode::unknown, "\"", text, "\" is none of ", form_text(schema), suggestion(text, names_of(schema)));
}

Result<Hash256> digest_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::io, path, ": cannot be read");
  Hasher hasher;
  std::array<char, 65'536> buffer;
  do {
    file.read(buffer.data(), buffer.size());
    hasher.update(as_bytes({buffer.data(), static_cast<std::size_t>(file.gcount())}));
  } while (file);
  if (!file.eof()) return fail(ErrorCode::io, path, ": cannot be read");
  return hasher.finish();
}

Result<void> set_bytes(const Schema& schema, void* value, std::string_view text) {
  if (schema.kind == Kind::bytes && schema.width == Hash256::size && text.starts_with(digest_prefix)) {
    return schema.assign(value, TRY(digest_of_file(std::string(text.substr(digest_prefix.size())))));
  }
  const auto bytes = from_hex(text);
  if (!bytes) return fail(ErrorCode::malformed, "\"", text, "\" must be ", form_text(schema));
  return schema.assign(value, *bytes);
}

// "… for example house-sale" in a label.
std::string example_of_label(const Schema& schema) {
  constexpr std::string_view mark = "for example ";
  const std::size_t place = schema.label.en.find(mark);
  if (place == std::string_view::npos) return {};
  const std::string_view rest = schema.label.en.substr(place + mark.size());
  return std::string(rest.substr(0, rest.find_first_of(" ,;)")));
}

std::string example_of_text(const Schema& schema) {
  for (const Example& example : examples) {
    if (example.type == schema.label.name) return std::string(example.text);
  }
  if (std::string found = example_of_label(schema); !found.empty()) return found;
  return std::string(std::max<std::size_t>(schema.min, 1), '1');
}

std::string form_of_number(const Schema& schema) {
  if (is_money(schema)) return "yuan with two decimals, or whole fen with the unit: 1234.50, 123450fen";
  if (is_time(schema)) return "a date or time: 2025-06-03, 2025-06-03T10:21:07+08:00 (without offset: Beijing time)";
  if (is_duration(schema)) return "a duration: 90s, 30m, 12h, 5d";
  return "a number from " + std::to_string(schema.min) + " to " + std::to_string(schema.max);
}

}  // namespace

bool is_single(const Schema& schema) {
  switch (schema.kind) {
    case Kind::number:
    case Kind::boolean:
    case Kind::bytes:
    case Kind::blob:
    case Kind::text:
    case Kind::enumeration:
      return true;
    default:
      return false;
  }
}

bool is_bare_number(const Schema& schema) {
  return schema.kind == Kind::number && (is_money(schema) || is_duration(schema));
}

Result<void> set_value(const Schema& schema, void* value, std::string_view text) {
  switch (schema.kind) {
    case Kind::number:
      return set_number(schema, value, text);
    case Kind::enumeration:
      return set_enumeration(schema, value, text);
    case Kind::bytes:
    case Kind::blob:
      return set_bytes(schema, value, text);
    case Kind::text:
      return schema.assign(value, as_bytes(text));
    case Kind::boolean:
      if (text != "true" && text != "false") {
        return fail(ErrorCode::malformed, "\"", text, "\" must be true or false");
      }
      schema.set_number(value, text == "true" ? 1 : 0);
      return {};
    default:
      CHECK(false);
  }
}

std::string option_text(const Schema& schema, const void* value) {
  switch (schema.kind) {
    case Kind::number:
      return write_number(schema, schema.number(value));
    case Kind::boolean:
      return schema.number(value) != 0 ? "true" : "false";
    case Kind::bytes:
    case Kind::blob:
      return to_hex(schema.view(value));
    case Kind::text:
      return std::string(as_text(schema.view(value)));
    case Kind::enumeration:
      for (const SchemaEnumerator& enumerator : schema.enumerators) {
        if (enumerator.value == schema.number(value)) return std::string(enumerator.name);
      }
      CHECK(false);
    default:
      CHECK(false);
  }
}

std::string form_text(const Schema& schema) {
  switch (schema.kind) {
    case Kind::number:
      return form_of_number(schema);
    case Kind::boolean:
      return "true or false";
    case Kind::bytes: {
      std::string text = std::to_string(2 * schema.width) + " hexadecimal digits in lower case";
      return is_digest(schema) ? text + ", or sha256:FILE" : text;
    }
    case Kind::blob:
      return "hexadecimal digits in lower case, at most " + std::to_string(schema.max) + " bytes";
    case Kind::text:
      if (schema.min == schema.max) return "text of " + std::to_string(schema.max) + " bytes";
      return (schema.min == 0 ? "text of at most " : "text of " + std::to_string(schema.min) + " to ") +
             std::to_string(schema.max) + " bytes";
    case Kind::enumeration: {
      std::string text;
      for (const SchemaEnumerator& enumerator : schema.enumerators) {
        if (!text.empty()) text += " | ";
        text += enumerator.name;
      }
      return text;
    }
    default:
      return std::string(schema.label.name);
  }
}

std::string form_text_zh(const Schema& schema) {
  switch (schema.kind) {
    case Kind::number:
      if (is_money(schema)) return "金额：元，两位小数，或以分计并写明单位：1234.50，123450fen";
      if (is_time(schema)) return "日期或时间：2025-06-03，2025-06-03T10:21:07+08:00（不写时区即北京时间）";
      if (is_duration(schema)) return "时长：90s，30m，12h，5d";
      return std::to_string(schema.min) + " 至 " + std::to_string(schema.max) + " 的整数";
    case Kind::boolean:
      return "true（是）或 false（否）";
    case Kind::bytes: {
      const std::string text = std::to_string(2 * schema.width) + " 位小写十六进制数字";
      return is_digest(schema) ? text + "，或 sha256:文件" : text;
    }
    case Kind::blob:
      return "小写十六进制数字，至多 " + std::to_string(schema.max) + " 字节";
    case Kind::text: {
      const std::string most = std::to_string(schema.max) + " 字节（一个汉字 3 字节）";
      if (schema.min == schema.max) return std::to_string(schema.max) + " 个字符";
      return schema.min == 0 ? "文字，至多 " + most : "文字，" + std::to_string(schema.min) + " 至 " + most;
    }
    default:
      return form_text(schema);
  }
}

std::string example_text(const Schema& schema) {
  switch (schema.kind) {
    case Kind::number:
      if (is_time(schema)) return "2025-06-03T10:21:07+08:00";
      return write_number(schema,
                          std::clamp<std::uint64_t>(is_money(schema) ? 150'000'000 : 1, schema.min, schema.max));
    case Kind::boolean:
      return "true";
    case Kind::bytes: {
      std::string text;
      for (std::size_t i = 0; i < schema.width; ++i) text += i == 0 && schema.width == 33 ? "02" : "5f";
      return text;
    }
    case Kind::blob:
      return "00ff";
    case Kind::text:
      return example_of_text(schema);
    case Kind::enumeration:
      return std::string(schema.enumerators.front().name);
    default:
      CHECK(false);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Money and time

Result<std::uint64_t> read_money(std::string_view text) {
  constexpr std::string_view unit = "fen";
  if (text.ends_with(unit)) {
    if (const auto fen = digits(text.substr(0, text.size() - unit.size()))) return *fen;
  }
  const std::size_t point = text.find('.');
  if (point != std::string_view::npos) {
    std::string_view decimals = text.substr(point + 1);
    const auto yuan = digits(text.substr(0, point));
    const auto fen = take_digits(decimals, 2);
    if (yuan && fen && decimals.empty() && *yuan < counter_max) return *yuan * fen_per_yuan + *fen;
  }
  Error error = fail(ErrorCode::malformed, "\"", text, "\" is no amount: write yuan with two decimals (1234.50), or ",
                     "fen with the unit (123450fen)");
  if (digits(text)) error.text += ". For yuan: " + std::string(text) + ".00";
  return error;
}

std::string write_money(std::uint64_t fen) {
  return std::to_string(fen / fen_per_yuan) + "." + padded(fen % fen_per_yuan, 2);
}

Result<std::uint64_t> read_time(std::string_view text) {
  if (text.find('-') == std::string_view::npos) {
    if (const auto ms = digits(text)) return *ms;
  }
  const auto ms = read_iso(text);
  if (!ms) {
    return fail(ErrorCode::malformed, "\"", text,
                "\" is no time: write 2025-06-03, 2025-06-03T10:21:07 (Beijing time), ",
                "2025-06-03T10:21:07+08:00, or ms since 1970");
  }
  if (*ms < 0) return fail(ErrorCode::out_of_range, text, " lies before 1970");
  return static_cast<std::uint64_t>(*ms);
}

std::string write_time(std::uint64_t ms) {
  constexpr std::uint64_t last = 253'402'214'400'000;  // the year 9999 in Beijing
  if (ms >= last) return std::to_string(ms);
  using namespace std::chrono;
  const sys_time<milliseconds> local(milliseconds(ms) + minutes(beijing_offset_minutes));
  const sys_days day = floor<days>(local);
  const year_month_day date(day);
  const hh_mm_ss<milliseconds> clock(local - day);
  const auto two = [](auto value) { return padded(static_cast<std::uint64_t>(value), 2); };
  std::string text = padded(static_cast<std::uint64_t>(static_cast<int>(date.year())), 4) + "-" +
                     two(static_cast<unsigned>(date.month())) + "-" + two(static_cast<unsigned>(date.day())) + "T" +
                     two(clock.hours().count()) + ":" + two(clock.minutes().count()) + ":" +
                     two(clock.seconds().count());
  if (clock.subseconds().count() != 0) {
    text += "." + padded(static_cast<std::uint64_t>(clock.subseconds().count()), 3);
  }
  return text + "+08:00";
}

Result<std::uint64_t> read_duration(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = digits(text.substr(0, end));
  for (const DurationUnit& unit : duration_units) {
    if (count && *count < counter_max / unit.ms && text.substr(end) == unit.name) return *count * unit.ms;
  }
  return fail(ErrorCode::malformed, "\"", text,
              "\" is no duration: write a whole number and its unit: 250ms, 90s, 30m, ", "12h, 5d");
}

std::string write_duration(std::uint64_t ms) {
  const DurationUnit* best = &duration_units[0];
  for (const DurationUnit& unit : duration_units) {
    if (ms != 0 && ms % unit.ms == 0) best = &unit;
  }
  return std::to_string(ms / best->ms) + std::string(best->name);
}

// ---------------------------------------------------------------------------------------------------------------------
// Suggestions

namespace {

// How many characters have to be inserted, removed, replaced, or exchanged with their neighbour. Complexity: the
// product of the lengths.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);  // the row above the one above
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, above[j] + 1, row[j - 1] + 1});
      const bool exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (exchanged) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above.back();
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t word_bytes_max = 200;
  std::string best;
  std::size_t least = std::max<std::size_t>(1, std::min(word.size(), word_bytes_max) / 3) + 1;
  if (word.size() > word_bytes_max) return best;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < least) least = distance, best = candidate;
  }
  return best;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string best = nearest(word, candidates);
  return best.empty() ? "" : "; did you mean \"" + best + "\"?";
}

}  // namespace kanhe::cli
