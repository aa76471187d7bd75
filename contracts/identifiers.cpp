#include "contracts/identifiers.h"

#include <array>

namespace kanhe::contracts {

namespace {

bool is_digit(char c) { return '0' <= c && c <= '9'; }
bool is_upper(char c) { return 'A' <= c && c <= 'Z'; }
bool are_digits(std::string_view text) { return std::ranges::all_of(text, is_digit); }

unsigned number_of(std::string_view digits) {
  unsigned number = 0;
  for (const char c : digits) number = number * 10 + static_cast<unsigned>(c - '0');
  return number;
}

constexpr std::string_view characters_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

// Province-level regions by their two digits (GB/T 2260).
constexpr std::string_view provinces[] = {"11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34",
                                          "35", "36", "37", "41", "42", "43", "44", "45", "46", "50", "51", "52",
                                          "53", "54", "61", "62", "63", "64", "65", "71", "81", "82"};

// Which second letters may follow the first letter of a parcel's kind.
struct ParcelKinds {
  char ownership;  // G state, J collective, Z undetermined
  std::string_view rights;
};
constexpr ParcelKinds parcel_kinds[] = {{'G', "BSXCDEFGHWY"}, {'J', "ABSXCDEFWY"}, {'Z', "BSXCDEFWY"}};

bool is_parcel_kind(std::string_view two) {
  return std::ranges::any_of(parcel_kinds, [&](const ParcelKinds& kinds) {
    return kinds.ownership == two[0] && kinds.rights.find(two[1]) != std::string_view::npos;
  });
}

bool is_day(unsigned year, unsigned month, unsigned day) {
  constexpr unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1800 || year > 2999 || month < 1 || month > 12 || day < 1) return false;
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return day <= days[month - 1] + (leap && month == 2 ? 1 : 0);
}

// Splits at dots. Empty when there are not exactly as many parts.
template <std::size_t count>
std::optional<std::array<std::string_view, count>> split(std::string_view text) {
  std::array<std::string_view, count> parts;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t dot = text.find('.');
    if ((dot == std::string_view::npos) != (i + 1 == count)) return std::nullopt;
    parts[i] = text.substr(0, dot);
    if (dot != std::string_view::npos) text.remove_prefix(dot + 1);
  }
  return parts;
}

}  // namespace

bool is_upper_alphanumeric(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_digit(c) || is_upper(c); });
}

bool is_region(std::string_view six_digits) {
  return six_digits.size() == 6 && are_digits(six_digits) &&
         std::ranges::find(provinces, six_digits.substr(0, 2)) != std::end(provinces);
}

char check_character_37_36(std::string_view text) {
  std::size_t product = 36;
  for (const char c : text) {
    const std::size_t value = characters_36.find(c);
    CHECK(value != std::string_view::npos);
    product = (product + value) % 36;
    if (product == 0) product = 36;
    product = product * 2 % 37;
  }
  return characters_36[(37 - product) % 36];
}

char check_character_11_2(std::string_view digits) {
  constexpr unsigned weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  constexpr std::string_view checks = "10X98765432";
  CHECK(digits.size() == std::size(weights));
  CHECK(are_digits(digits));
  unsigned sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) sum += weights[i] * static_cast<unsigned>(digits[i] - '0');
  return checks[sum % 11];
}

CertificateIdReading read_certificate_id(std::string_view text) {
  CertificateIdReading reading;
  const bool has_root = text.starts_with(certificate_root) && text.size() > certificate_root.size() &&
                        text[certificate_root.size()] == '.';
  const auto split_parts = has_root ? split<5>(text.substr(certificate_root.size() + 1)) : std::nullopt;
  if (!split_parts || (*split_parts)[4].size() != 1) {
    reading.breaches.push_back({IdentifierCode::certificate_id_form});
    return reading;
  }
  const auto [type, issuer, serial, edition, check] = *split_parts;

  if (type.size() != 21 || !is_upper_alphanumeric(type)) {
    reading.breaches.push_back({IdentifierCode::certificate_id_type});
  } else if (!check_uscc(type.substr(0, 18))) {
    reading.breaches.push_back({IdentifierCode::certificate_id_type_owner});
  }
  if (!check_uscc(issuer) && !is_region(issuer)) reading.breaches.push_back({IdentifierCode::certificate_id_issuer});
  if (serial.empty() || serial.size() > serial_bytes_max || !is_upper_alphanumeric(serial)) {
    reading.breaches.push_back({IdentifierCode::certificate_id_serial});
  }
  const bool has_edition = edition.size() == 3 && are_digits(edition) && edition != "000";
  if (!has_edition) reading.breaches.push_back({IdentifierCode::certificate_id_edition});

  const std::string covered = std::string(type) + std::string(issuer) + std::string(serial) + std::string(edition);
  if (is_upper_alphanumeric(covered)) {
    const char right = check_character_37_36(covered);
    if (check[0] != right) reading.breaches.push_back({IdentifierCode::certificate_id_check, right});
  }
  reading.parts = CertificateIdParts{std::string(type), std::string(issuer), std::string(serial),
                                     static_cast<std::uint16_t>(has_edition ? number_of(edition) : 0)};
  return reading;
}

CertificateId make_certificate_id(const CertificateIdParts& parts) {
  CHECK(parts.edition >= 1);
  CHECK(parts.edition <= edition_max);
  std::string edition = std::to_string(parts.edition);
  edition.insert(0, 3 - edition.size(), '0');
  const char check = check_character_37_36(parts.type + parts.issuer + parts.serial + edition);
  const std::string text = std::string(certificate_root) + "." + parts.type + "." + parts.issuer + "." + parts.serial +
                           "." + edition + "." + check;
  return CertificateId::from(text).value();
}

std::optional<Breach> check_resident_id(std::string_view text) {
  if (text.size() != 18 || !are_digits(text.substr(0, 17)) || !(is_digit(text[17]) || text[17] == 'X')) {
    return Breach{IdentifierCode::resident_id_form};
  }
  if (!is_region(text.substr(0, 6))) return Breach{IdentifierCode::resident_id_region};
  if (!is_day(number_of(text.substr(6, 4)), number_of(text.substr(10, 2)), number_of(text.substr(12, 2)))) {
    return Breach{IdentifierCode::resident_id_birth};
  }
  const char right = check_character_11_2(text.substr(0, 17));
  if (text[17] != right) return Breach{IdentifierCode::resident_id_check, right};
  return std::nullopt;
}

std::optional<Breach> check_unit_number(std::string_view text) {
  if (text.size() != 28) return Breach{IdentifierCode::unit_number_form};
  const char fixture_kind = text[19];
  const std::string_view fixture = text.substr(20);
  if (!is_region(text.substr(0, 6))) return Breach{IdentifierCode::unit_number_region};
  if (!are_digits(text.substr(6, 6))) return Breach{IdentifierCode::unit_number_area};
  if (!is_parcel_kind(text.substr(12, 2))) return Breach{IdentifierCode::unit_number_parcel_kind};
  if (!are_digits(text.substr(14, 5))) return Breach{IdentifierCode::unit_number_parcel};
  if (std::string_view("FLQW").find(fixture_kind) == std::string_view::npos) {
    return Breach{IdentifierCode::unit_number_fixture_kind};
  }
  if (!are_digits(fixture)) return Breach{IdentifierCode::unit_number_fixture};
  if (fixture_kind == 'W' && fixture != "00000000") return Breach{IdentifierCode::unit_number_no_fixture};
  return std::nullopt;
}

// ---------------------------------------------------------------------------------------------------------------------
// Certificate numbers

namespace {

struct Replacement {
  std::string_view wide;
  std::string_view narrow;
};
// Full-width characters that people type for the half-width ones, and spaces.
constexpr Replacement replacements[] = {
    {"（", "("}, {"）", ")"}, {"０", "0"}, {"１", "1"}, {"２", "2"}, {"３", "3"}, {"４", "4"}, {"５", "5"},
    {"６", "6"}, {"７", "7"}, {"８", "8"}, {"９", "9"}, {"〔", "("}, {"〕", ")"}, {"　", ""},  {" ", ""},
};

std::string to_half_width(std::string_view text) {
  std::string narrow;
  while (!text.empty()) {
    const auto fits = [&](const Replacement& candidate) { return text.starts_with(candidate.wide); };
    const auto* const found = std::ranges::find_if(replacements, fits);
    if (found == std::end(replacements)) {
      narrow += text.front();
      text.remove_prefix(1);
    } else {
      narrow += found->narrow;
      text.remove_prefix(found->wide.size());
    }
  }
  return narrow;
}

// Takes `part` off the front or says no.
bool take(std::string_view& text, std::string_view part) {
  if (!text.starts_with(part)) return false;
  text.remove_prefix(part.size());
  return true;
}

bool take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count || !are_digits(text.substr(0, count))) return false;
  text.remove_prefix(count);
  return true;
}

// One character of UTF-8 that is none of ASCII: the short name of a province.
bool take_wide_character(std::string_view& text) {
  if (text.size() < 3 || (static_cast<unsigned char>(text[0]) & 0xF0) != 0xE0) return false;
  text.remove_prefix(3);
  return true;
}

}  // namespace

std::optional<CertificateNumber> normalise_certificate_number(std::string_view text) {
  constexpr std::string_view cancelled_mark = "(销)";
  constexpr std::size_t bytes_max = 256;
  if (text.size() > bytes_max || !is_plain_text(text)) return std::nullopt;
  CertificateNumber number;
  number.text = to_half_width(text);
  if (number.text.ends_with(cancelled_mark)) {
    number.text.resize(number.text.size() - cancelled_mark.size());
    number.marked_cancelled = true;
  }

  std::string_view rest = number.text;
  if (!take_wide_character(rest) || !take(rest, "(") || !take_digits(rest, 4) || !take(rest, ")")) return std::nullopt;
  constexpr std::string_view title = "不动产权第";
  constexpr std::string_view proof = "不动产证明第";
  std::size_t at = rest.find(title);
  std::size_t length = title.size();
  if (at == std::string_view::npos) {
    number.kind = CertificateNumberKind::proof;
    at = rest.find(proof);
    length = proof.size();
  }
  if (at == std::string_view::npos || at == 0) return std::nullopt;
  rest.remove_prefix(at + length);
  if (!take_digits(rest, 7) || rest != "号") return std::nullopt;
  return number;
}

}  // namespace kanhe::contracts
