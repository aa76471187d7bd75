#include "contracts/tariff.h"

#include "contracts/method.h"
#include "contracts/treasury.h"
#include "ledger/codec_impl.h"

namespace kanhe {

using namespace contracts::treasury;

template Bytes encode(const Tariff&);
template Result<Tariff> decode(ByteView);
template Bytes encode(const TariffHead&);
template Result<TariffHead> decode(ByteView);
template Bytes encode_key(const TariffKey&);
template Bytes encode_key(const TariffCode&);

template Bytes encode(const SetTariffArguments&);
template Result<TariffSet> decode(ByteView);

}  // namespace kanhe

namespace kanhe::contracts::treasury {

// ---------------------------------------------------------------------------------------------------------------------
// Reading a table

std::optional<TariffInForce> tariff_on(const StateReader& state, const TariffCode& code, std::uint32_t day) {
  const auto head = tariff_heads.get(state, code);
  if (!head) return std::nullopt;
  for (std::uint16_t version = head->newest.value(); version >= TariffVersion::min; --version) {
    auto tariff = tariffs.get(state, {code, TariffVersion(version)});
    CHECK(tariff.has_value());
    if (day_of(tariff->from) <= day) return TariffInForce{TariffVersion(version), std::move(*tariff)};
  }
  return std::nullopt;
}

std::optional<TaxRate> rate_of(const DeedTaxTable& table, Home home, std::optional<Area> area) {
  const auto fits = [&](const DeedTaxRate& row) {
    return row.home == home && (!row.area_max || (area && *area <= *row.area_max));
  };
  const auto row = std::ranges::find_if(table.rates, fits);
  if (row == table.rates.end()) return std::nullopt;
  return row->rate;
}

Charge tax_of(TaxBase base, TaxRate rate) {
  return Charge((base.value() * rate.value() + whole_in_basis_points / 2) / whole_in_basis_points);
}

Charge half_of(Charge charge) { return Charge((charge.value() + 1) / 2); }

template <class Wanted>
void require_tariff(Context& context, const TariffCode& code, std::uint16_t field) {
  const auto head = tariff_heads.get(context.state(), code);
  if (!head) return context.refuse(Code::unknown_tariff, {.field = field});
  const auto newest = tariffs.get(context.state(), {code, head->newest});
  CHECK(newest.has_value());
  if (!std::holds_alternative<Wanted>(newest->table)) context.refuse(Code::tariff_of_other_kind, {.field = field});
}
template void require_tariff<FeeTable>(Context&, const TariffCode&, std::uint16_t);
template void require_tariff<DeedTaxTable>(Context&, const TariffCode&, std::uint16_t);

namespace {

void check_exempt(Context& context, const DeedTaxTable& table, const Assessment& assessment, std::uint16_t field) {
  if (std::ranges::find(table.exemptions, *assessment.exemption, &Exemption::code) == table.exemptions.end()) {
    context.refuse(Code::unknown_exemption, {.field = field});
  }
  if (assessment.rate != TaxRate(0)) {
    context.refuse(Code::rate_differs, {.rule = 27, .field = field, .value = assessment.rate.value()});
  }
  if (assessment.amount != Charge(0)) {
    context.refuse(Code::amount_differs, {.rule = 27, .field = field, .value = assessment.amount.value()});
  }
}

void check_taxed(Context& context, const DeedTaxTable& table, const Assessment& assessment, std::uint16_t field) {
  const auto rate = rate_of(table, assessment.home, assessment.area);
  if (!rate) return context.refuse(Code::no_rate, {.rule = 27, .field = field});
  if (assessment.rate != *rate) {
    return context.refuse(Code::rate_differs, {.rule = 27,
                                               .field = field,
                                               .limit = rate->value(),
                                               .value = assessment.rate.value()});
  }
  if (assessment.base == TaxBase(0)) context.refuse(Code::base_missing, {.rule = 27, .field = field});
  const Charge amount = tax_of(assessment.base, *rate);
  if (assessment.amount == amount) return;
  context.refuse(Code::amount_differs,
                 {.rule = 27, .field = field, .limit = amount.value(), .value = assessment.amount.value()});
}

}  // namespace

void check_assessment(Context& context, const TariffCode& code, const Assessment& assessment, std::uint16_t field) {
  const std::uint32_t day = day_of(assessment.contract_day);
  const std::uint32_t today = day_of(context.now());
  if (day > today) {
    return context.refuse(Code::day_in_future, {.field = field, .limit = today, .value = day});
  }
  const auto in_force = tariff_on(context.state(), code, day);
  const std::uint64_t version = in_force ? in_force->version.value() : 0;
  if (assessment.tariff.value() != version) {
    return context.refuse(Code::tariff_not_in_force,
                          {.field = field, .limit = version, .value = assessment.tariff.value()});
  }
  const auto* const table = std::get_if<DeedTaxTable>(&in_force->tariff.table);
  if (table == nullptr) return context.refuse(Code::tariff_of_other_kind, {.field = field});
  assessment.exemption ? check_exempt(context, *table, assessment, field)
                       : check_taxed(context, *table, assessment, field);
}

// ---------------------------------------------------------------------------------------------------------------------
// Setting one

namespace {

constexpr std::uint16_t from_field = field_number<SetTariffArguments>("from");
constexpr std::uint16_t table_field = field_number<SetTariffArguments>("table");

void check_table(Context& context, const TariffTable& table) {
  const auto* const tax = std::get_if<DeedTaxTable>(&table);
  if (tax == nullptr) return;
  if (tax->rates.empty()) context.refuse(Code::no_rate, {.field = table_field});
  for (std::size_t i = 0; i < tax->exemptions.size(); ++i) {
    const auto before = tax->exemptions.begin() + static_cast<std::ptrdiff_t>(i);
    const ExemptionCode& code = tax->exemptions[i].code;
    if (std::ranges::find(tax->exemptions.begin(), before, code, &Exemption::code) == before) continue;
    context.refuse(Code::exemption_repeated, {.field = table_field, .value = i + 1});
  }
}

// Of a version that is not the first one.
void check_succession(Context& context, const SetTariffArguments& arguments, const TariffHead& head) {
  context.require_role_in(head.owner, {Role::administrator});
  if (head.newest == TariffVersion(TariffVersion::max)) {
    return context.refuse(Code::tariff_full, {.limit = TariffVersion::max});
  }
  const auto newest = tariffs.get(context.state(), {arguments.code, head.newest});
  CHECK(newest.has_value());
  if (newest->table.index() != arguments.table.index()) {
    context.refuse(Code::tariff_of_other_kind, {.field = table_field});
  }
  // Today's bills stay as they are, and so does what was announced.
  const std::uint32_t earliest = std::max(day_of(context.now()), day_of(newest->from)) + 1;
  const std::uint32_t from = day_of(arguments.from);
  if (from < earliest) context.refuse(Code::tariff_too_early, {.field = from_field, .limit = earliest, .value = from});
}

}  // namespace

void set_tariff(Context& context, const SetTariffArguments& arguments) {
  auto head = tariff_heads.get(context.state(), arguments.code);
  check_table(context, arguments.table);
  if (head) check_succession(context, arguments, *head);
  if (context.refused()) return;

  if (head) {
    ++head->newest;
  } else {
    head = TariffHead{{}, context.sender().department, TariffVersion(1)};
  }
  tariff_heads.put(context.state(), arguments.code, *head);
  tariffs.put(context.state(), {arguments.code, head->newest},
              {{}, arguments.from, context.now(), arguments.source, arguments.table});
  context.emit(TariffSet{arguments.code, head->newest, arguments.from}, {DepartmentSubject{head->owner}});
}

// ---------------------------------------------------------------------------------------------------------------------
// What ships

namespace {

template <class T>
T text(std::string_view value) {
  auto result = T::from(value);
  CHECK(result.has_value());
  return std::move(result).value();
}

DeedTaxTable shipped_deed_tax() {
  const Area small(14'000);
  DeedTaxTable table;
  table.rates = {{Home::only, small, TaxRate(100)}, {Home::only, {}, TaxRate(150)}, {Home::second, small, TaxRate(100)},
                 {Home::second, {}, TaxRate(200)},  {Home::other, {}, TaxRate(300)}};
  struct Ground {
    std::string_view code;
    std::string_view zh;
    std::string_view en;
  };
  // Deed Tax Law 6, in its order.
  constexpr Ground grounds[] = {
      {"state-body", "国家机关等承受用于办公教学医疗科研军事设施", "state bodies, for office, school, hospital, research"},
      {"non-profit", "非营利性学校医疗机构社会福利机构承受", "non-profit schools, hospitals and welfare bodies"},
      {"farming", "承受荒山荒地荒滩用于农林牧渔业生产", "barren land for farming"},
      {"between-spouses", "婚姻关系存续期间夫妻之间变更权属", "between spouses"},
      {"inheritance", "法定继承人通过继承承受", "legal heirs, by inheritance"},
      {"diplomatic", "驻华使馆领事馆和国际组织代表机构承受", "embassies, consulates and international bodies"},
  };
  for (const Ground& ground : grounds) {
    table.exemptions.push_back(
        {text<ExemptionCode>(ground.code), text<PlainText<96>>(ground.zh), text<PlainText<96>>(ground.en)});
  }
  return table;
}

}  // namespace

std::vector<SetTariffArguments> shipped_tariffs() {
  return {
      {text<TariffCode>(registration_fee_code), text<CivilDate>("2016-12-06"),
       text<PlainText<96>>("发改价格规〔2016〕2559号"), FeeTable{Charge(8'000), Charge(55'000)}},
      {text<TariffCode>(deed_tax_code), text<CivilDate>("2024-12-01"),
       text<PlainText<96>>("契税法；财政部 税务总局 住房城乡建设部公告2024年第16号"), shipped_deed_tax()},
  };
}

}  // namespace kanhe::contracts::treasury
