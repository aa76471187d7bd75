// Tariffs as commands read them from a node: proved, and the version of a day.
//
// Thread: one. Errors: as Client; those of a command end it (CommandError).
#pragma once

#include "cli/client.h"
#include "contracts/tariff.h"

namespace kanhe::cli {

// One tariff, proved at a height: its versions from the newest back to the one that is in force on a day.
struct TariffAnswer {
  contracts::treasury::TariffCode code;
  std::optional<DepartmentId> owner;  // absent: there is no such tariff
  contracts::CivilDate day;
  std::optional<contracts::treasury::TariffVersion> in_force;  // absent: none has begun on that day
  List<contracts::treasury::Tariff, contracts::treasury::TariffVersion::max> versions;  // newest first
  Height height;
};
BOOST_DESCRIBE_STRUCT(TariffAnswer, (), (code, owner, day, in_force, versions, height))

Result<TariffAnswer> tariff_answer(Client& client, const contracts::treasury::TariffCode& code,
                                   const contracts::CivilDate& day);

// Square metres with up to two decimals: 89, 89.5, 89.50. Errors: malformed, out_of_range.
Result<contracts::treasury::Area> read_area(std::string_view text);
std::string area_text(contracts::treasury::Area area);                // "89.50 m²"
std::string rate_text(contracts::treasury::TaxRate rate);             // "1.50 %"
// A day of China's time by this machine's clock.
contracts::CivilDate today_by_clock();

}  // namespace kanhe::cli
