// Tables and mappings for the tests of imports: a small file in the form of the King County table, and its mapping.
#pragma once

#include <boost/test/unit_test.hpp>

#include "cli/import_mapping.h"
#include "ledger/hash.h"

namespace kanhe::cli {

inline const std::string small_mapping = R"(
[columns]
p = { name = "parcel", length = 10 }
date = "sold_on"

[entry]
row = "{p}/{date}"
unit = "110101{p1..3}{p4..6}GB0{p7..10}F00010001"
usage = "residential"
right = "state_land_use_and_house"
effective = "{date}"
date_format = "YYYY-MM-DD"
utc_offset = "-08:00"

[[entry.holders]]
id_type = "other"
number = "KC-{p}-{nth}"
)";

inline const std::string small_header = "parcel,sold_on,price_usd\n";

inline Result<PartyId> made_up_party(std::string_view id_type, std::string_view number) {
  if (id_type != "other") return fail(ErrorCode::unknown, "id type ", id_type);
  return PartyId(tagged_hash(Tag::party, as_bytes(number)));
}

inline ImportMapping mapping_of(const std::string& toml) {
  auto mapping = read_import_mapping(toml, "m.toml");
  if (!mapping.has_value()) BOOST_FAIL(mapping.error().text);
  return std::move(mapping).value();
}

inline ImportPlan plan_of(const std::string& csv, const std::string& toml = small_mapping) {
  auto table = read_csv(csv);
  if (!table.has_value()) BOOST_FAIL(table.error().text);
  auto plan = plan_import(mapping_of(toml), *table, made_up_party);
  if (!plan.has_value()) BOOST_FAIL(plan.error().text);
  return std::move(plan).value();
}

// The text with its first `from` replaced.
inline std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  BOOST_REQUIRE_MESSAGE(at != std::string::npos, from);
  return text.replace(at, from.size(), to);
}

}  // namespace kanhe::cli
