// Tariffs: what a registration costs and what deed tax is taken, as dated tables. A part of the treasury module.
//
// A tariff has a code and versions, each in force from a day until the next one begins. A version never changes, and
// what is added later begins in the future: nobody's bill is made dearer or cheaper afterwards. What a tariff is put
// with may be as old as its law, version by version. It belongs to the department whose administrator put it first; the
// one by which a service assesses is that of the department that assesses.
//
// Fees are taken by item, never by area or price (Civil Code 223). The deed tax is assessed by the tax office, act by
// act; the ledger decides nothing of it, but refuses an assessment that its own table does not allow: the version of
// the contract's day, the rate of the home and area that the office states, the exact product, or a ground of
// exemption that the table knows.
//
// Tables: 0x0603 tariffs, 0x0604 tariff_heads. Thread: one. Units: fen, hundredths of a percent (基点), square
// decimetres (0.01 m²), days of China. Errors: treasury::Code, in treasury.h.
// Source: notice 2559 of 2016 (fees); Deed Tax Law 3–7, 9; announcement 16 of 2024 of the Ministry of Finance.
#pragma once

#include <variant>

#include "contracts/calendar.h"
#include "contracts/identifiers.h"
#include "contracts/module.h"

namespace kanhe::contracts::treasury {

struct TariffCodeKind {
  static constexpr Label label{"TariffCode", "标准编码", "code of a tariff, for example deed-tax"};
};
using TariffCode = Text<SlugTag<TariffCodeKind>>;

// One amount on a bill: at most ten billion yuan, so that the lines of a bill sum within Fen.
struct ChargeTag {
  using Rep = std::uint64_t;
  static constexpr Rep min = 0;
  static constexpr Rep max = 1'000'000'000'000;
  static constexpr Label label{"Charge", "收费金额(分)", "one amount on a bill", "fen"};
};
using Charge = Number<ChargeTag>;

// What a tax is computed on.
struct TaxBaseTag {
  using Rep = std::uint64_t;
  static constexpr Rep min = 0;
  static constexpr Rep max = 10'000'000'000'000;
  static constexpr Label label{"TaxBase", "计税依据(分)", "what the tax is computed on", "fen"};
};
using TaxBase = Number<TaxBaseTag>;

// The law takes 3 to 5 percent, and announcements less.
struct TaxRateTag {
  using Rep = std::uint16_t;
  static constexpr Rep min = 0;
  static constexpr Rep max = 500;
  static constexpr Label label{"TaxRate", "税率(基点)", "rate of a tax in hundredths of a percent"};
};
using TaxRate = Number<TaxRateTag>;
inline constexpr std::uint64_t whole_in_basis_points = 10'000;
static_assert(TaxBase::max / whole_in_basis_points * TaxRate::max <= Charge::max);

struct AreaTag {
  using Rep = std::uint32_t;
  static constexpr Rep min = 1;
  static constexpr Rep max = 1'000'000'000;
  static constexpr Label label{"Area", "建筑面积(0.01平方米)", "floor area in square decimetres"};
};
using Area = Number<AreaTag>;

struct TariffVersionTag {
  using Rep = std::uint16_t;
  static constexpr Rep min = 1;
  static constexpr Rep max = 500;
  static constexpr Label label{"TariffVersion", "标准版本", "version of a tariff, from 1"};
};
using TariffVersion = Number<TariffVersionTag>;

// ---------------------------------------------------------------------------------------------------------------------
// Tables

// For each unit. Dwellings and what goes with them; everything else.
struct FeeTable {
  static constexpr VariantTag variant_tag{1, "fees"};
  Charge residential;
  Charge other;
};
BOOST_DESCRIBE_STRUCT(FeeTable, (), (residential, other))

enum class Home : std::uint8_t {
  only = 1,    // 家庭唯一住房
  second = 2,  // 家庭第二套住房
  other = 3,   // neither, or no dwelling
};
BOOST_DESCRIBE_ENUM(Home, only, second, other)

struct DeedTaxRate {
  Home home = Home::other;
  std::optional<Area> area_max;  // absent: of any area
  TaxRate rate;
};
BOOST_DESCRIBE_STRUCT(DeedTaxRate, (), (home, area_max, rate))

struct ExemptionCodeKind {
  static constexpr Label label{"ExemptionCode", "减免事由", "ground of exemption or relief, for example inheritance"};
};
using ExemptionCode = Text<SlugTag<ExemptionCodeKind>>;

struct Exemption {
  ExemptionCode code;
  PlainText<96> name_zh;
  PlainText<96> name_en;
};
BOOST_DESCRIBE_STRUCT(Exemption, (), (code, name_zh, name_en))

inline constexpr std::size_t rates_max = 32;
inline constexpr std::size_t exemptions_max = 32;

struct DeedTaxTable {
  static constexpr VariantTag variant_tag{2, "deed_tax"};
  List<DeedTaxRate, rates_max> rates;  // the first that fits holds
  List<Exemption, exemptions_max> exemptions;
};
BOOST_DESCRIBE_STRUCT(DeedTaxTable, (), (rates, exemptions))

using TariffTable = std::variant<FeeTable, DeedTaxTable>;

struct Tariff {
  FormatVersion<1> version;
  CivilDate from;
  Timestamp set_ms;
  PlainText<96> source;  // law or notice that it stands in
  TariffTable table;
};
BOOST_DESCRIBE_STRUCT(Tariff, (), (version, from, set_ms, source, table))

struct TariffKey {
  TariffCode code;
  TariffVersion version;
};
BOOST_DESCRIBE_STRUCT(TariffKey, (), (code, version))

struct TariffHead {
  FormatVersion<1> version;
  DepartmentId owner;
  TariffVersion newest;
};
BOOST_DESCRIBE_STRUCT(TariffHead, (), (version, owner, newest))

inline constexpr Table<TariffKey, Tariff> tariffs{0x0603, "tariffs"};
inline constexpr Table<TariffCode, TariffHead> tariff_heads{0x0604, "tariff_heads"};

struct TariffInForce {
  TariffVersion version;
  Tariff tariff;
};
// On a day (calendar.h); nothing before the first version, or without the tariff. Complexity: the logarithm of the
// number of versions, in reads.
std::optional<TariffInForce> tariff_on(const StateReader& state, const TariffCode& code, std::uint32_t day);

// The rate of the table, if a row fits. Without an area only rows without one do.
std::optional<TaxRate> rate_of(const DeedTaxTable& table, Home home, std::optional<Area> area);
// To the fen, half a fen up.
Charge tax_of(TaxBase base, TaxRate rate);
Charge half_of(Charge charge);

// ---------------------------------------------------------------------------------------------------------------------
// Assessments

// What the tax office finds of one transfer. Either exempt (rate and amount are 0) or taxed.
struct Assessment {
  std::uint8_t act = 0;   // which act of the application, from 1
  TariffVersion tariff;   // of the service's deed-tax tariff: the one of the contract's day
  CivilDate contract_day; // when the duty arose: the day on which the contract was signed (Deed Tax Law 9)
  TaxBase base;           // price without value-added tax, difference of an exchange, or assessed value
  Home home = Home::other;
  std::optional<Area> area;
  TaxRate rate;
  Charge amount;
  std::optional<ExemptionCode> exemption;
  friend bool operator==(const Assessment&, const Assessment&) = default;
};
BOOST_DESCRIBE_STRUCT(Assessment, (), (act, tariff, contract_day, base, home, area, rate, amount, exemption))

// Whether the tariff allows it; adds findings for the field of the arguments, about the unit.
void check_assessment(Context& context, const TariffCode& code, const Assessment& assessment, std::uint16_t field,
                      const UnitNumber& unit);
// Whether there is a tariff of the kind; adds findings for the field.
template <class Wanted>
void require_tariff(Context& context, const TariffCode& code, std::uint16_t field);

// ---------------------------------------------------------------------------------------------------------------------
// The method, its event, and what ships

struct TariffDraft {
  CivilDate from;
  PlainText<96> source;
  TariffTable table;
};
BOOST_DESCRIBE_STRUCT(TariffDraft, (), (from, source, table))

inline constexpr std::size_t drafts_max = 16;
// A version begins at most so far ahead: a slip of the pen would keep all others out.
inline constexpr std::uint32_t tariff_days_ahead_max = 3'660;

// By an administrator: of any department for a new code, of its owner for further versions.
struct SetTariffArguments {
  TariffCode code;
  List<TariffDraft, drafts_max> versions;  // the earliest first
};
BOOST_DESCRIBE_STRUCT(SetTariffArguments, (), (code, versions))

struct TariffSet {
  static constexpr std::string_view event_name = "treasury.tariff_set";
  TariffCode code;
  TariffVersion version;
  CivilDate from;
};
BOOST_DESCRIBE_STRUCT(TariffSet, (), (code, version, from))

void set_tariff(Context& context, const SetTariffArguments& arguments);

// The codes that the shipped services name.
inline constexpr std::string_view registration_fee_code = "registration-fee";
inline constexpr std::string_view deed_tax_code = "deed-tax";
// The fee of notice 2559 of 2016, and the deed tax of a province that takes 3 percent: since the law of 2021-09-01, and
// since announcement 16 of 2024. Unconfirmed: the rates before that; 1.5 % of an only home above 140 m², 1 % of a
// second one below.
std::vector<SetTariffArguments> shipped_tariffs();

}  // namespace kanhe::contracts::treasury
