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
  const auto version_at = [&](std::uint16_t version) {
    auto tariff = tariffs.get(state, {code, TariffVersion(version)});
    CHECK(tariff.has_value());  // versions never go
    return std::move(*tariff);
  };
  std::uint16_t begun = 0;  // the version that is known to have begun; 0: none
  for (std::uint16_t end = head->newest.value(); begun < end;) {
    const auto middle = static_cast<std::uint16_t>(end - (end - begun) / 2);
    if (day_of(version_at(middle).from) <= day) {
      begun = middle;
    } else {
      end = static_cast<std::uint16_t>(middle - 1);
    }
  }
  if (begun == 0) return std::nullopt;
  return TariffInForce{TariffVersion(begun), version_at(begun)};
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

// Adds the findings of one assessment.
struct AssessmentCheck {
  Context& context;
  const Assessment& assessment;
  std::uint16_t field;
  const UnitNumber& unit;

  void refuse(Code code, std::uint64_t limit, std::uint64_t value) const {
    context.refuse(code, {.rule = 27, .field = field, .limit = limit, .value = value, .subject = UnitSubject{unit}});
  }
  void require_rate(TaxRate rate) const {
    if (assessment.rate != rate) refuse(Code::rate_differs, rate.value(), assessment.rate.value());
  }
  void require_amount(Charge amount) const {
    if (assessment.amount != amount) refuse(Code::amount_differs, amount.value(), assessment.amount.value());
  }
  void check(const DeedTaxTable& table) const {
    if (assessment.exemption) {
      const auto& known = table.exemptions;
      if (std::ranges::find(known, *assessment.exemption, &Exemption::code) == known.end()) {
        refuse(Code::unknown_exemption, 0, 0);
      }
      require_rate(TaxRate(0));
      return require_amount(Charge(0));
    }
    if (assessment.base == TaxBase(0)) refuse(Code::base_missing, 0, 0);
    const auto rate = rate_of(table, assessment.home, assessment.area);
    if (!rate) return refuse(Code::no_rate, 0, 0);
    require_rate(*rate);
    require_amount(tax_of(assessment.base, *rate));
  }
};

}  // namespace

void check_assessment(Context& context, const TariffCode& code, const Assessment& assessment, std::uint16_t field,
                      const UnitNumber& unit) {
  const AssessmentCheck check{context, assessment, field, unit};
  const std::uint32_t day = day_of(assessment.contract_day);
  const std::uint32_t today = day_of(context.now());
  if (day > today) return check.refuse(Code::day_in_future, today, day);
  const auto in_force = tariff_on(context.state(), code, day);
  const std::uint64_t version = in_force ? in_force->version.value() : 0;
  if (assessment.tariff.value() != version) {
    check.refuse(Code::tariff_not_in_force, version, assessment.tariff.value());
  }
  if (!in_force) return;
  const auto* const table = std::get_if<DeedTaxTable>(&in_force->tariff.table);
  if (table == nullptr) return check.refuse(Code::tariff_of_other_kind, 0, 0);
  check.check(*table);
}

// ---------------------------------------------------------------------------------------------------------------------
// Setting one

namespace {

constexpr std::uint16_t versions_field = field_number<SetTariffArguments>("versions");

void check_table(Context& context, const TariffTable& table) {
  const auto* const tax = std::get_if<DeedTaxTable>(&table);
  if (tax == nullptr) return;
  if (tax->rates.empty()) context.refuse(Code::no_rate, {.field = versions_field});
  for (std::size_t i = 0; i < tax->exemptions.size(); ++i) {
    const auto before = tax->exemptions.begin() + static_cast<std::ptrdiff_t>(i);
    const ExemptionCode& code = tax->exemptions[i].code;
    if (std::ranges::find(tax->exemptions.begin(), before, code, &Exemption::code) == before) continue;
    context.refuse(Code::exemption_repeated, {.field = versions_field, .value = i + 1});
  }
}

void check_versions(Context& context, const SetTariffArguments& arguments) {
  if (arguments.versions.empty()) return context.refuse(Code::versions_missing, {.field = versions_field});
  const std::uint32_t last = day_of(context.now()) + tariff_days_ahead_max;
  for (std::size_t i = 0; i < arguments.versions.size(); ++i) {
    const TariffDraft& draft = arguments.versions[i];
    const std::uint32_t from = day_of(draft.from);
    check_table(context, draft.table);
    if (draft.table.index() != arguments.versions[0].table.index()) {
      context.refuse(Code::tariff_of_other_kind, {.field = versions_field});
    }
    if (from > last) context.refuse(Code::tariff_too_far, {.field = versions_field, .limit = last, .value = from});
    if (i > 0 && from <= day_of(arguments.versions[i - 1].from)) {
      context.refuse(Code::versions_out_of_order, {.field = versions_field, .value = i + 1});
    }
  }
}

// Of a tariff that there is. Today's bills stay as they are, and so does what was announced.
void check_succession(Context& context, const SetTariffArguments& arguments, const TariffHead& head) {
  context.require_role_in(head.owner, {Role::administrator});
  if (head.newest.value() + arguments.versions.size() > TariffVersion::max) {
    context.refuse(Code::tariff_full, {.limit = TariffVersion::max});
  }
  const auto newest = tariffs.get(context.state(), {arguments.code, head.newest});
  CHECK(newest.has_value());  // versions never go
  if (arguments.versions.empty()) return;
  if (newest->table.index() != arguments.versions[0].table.index()) {
    context.refuse(Code::tariff_of_other_kind, {.field = versions_field});
  }
  const std::uint32_t earliest = std::max(day_of(context.now()), day_of(newest->from)) + 1;
  const std::uint32_t from = day_of(arguments.versions[0].from);
  if (from < earliest) {
    context.refuse(Code::tariff_too_early, {.field = versions_field, .limit = earliest, .value = from});
  }
}

}  // namespace

void set_tariff(Context& context, const SetTariffArguments& arguments) {
  auto head = tariff_heads.get(context.state(), arguments.code);
  check_versions(context, arguments);
  if (head) check_succession(context, arguments, *head);
  if (context.refused()) return;

  for (const TariffDraft& draft : arguments.versions) {
    if (head) {
      ++head->newest;
    } else {
      head = TariffHead{{}, context.sender().department, TariffVersion(1)};
    }
    tariffs.put(context.state(), {arguments.code, head->newest},
                {{}, draft.from, context.now(), draft.source, draft.table});
    context.emit(TariffSet{arguments.code, head->newest, draft.from}, {DepartmentSubject{head->owner}});
  }
  tariff_heads.put(context.state(), arguments.code, *head);
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

// `small` up to which the lowest rate is taken.
DeedTaxTable shipped_deed_tax(Area small) {
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
  const auto draft = [](std::string_view from, std::string_view source, TariffTable table) {
    return TariffDraft{text<CivilDate>(from), text<PlainText<96>>(source), std::move(table)};
  };
  return {
      {text<TariffCode>(registration_fee_code),
       {draft("2016-12-06", "发改价格规〔2016〕2559号", FeeTable{Charge(8'000), Charge(55'000)})}},
      {text<TariffCode>(deed_tax_code),
       {draft("2021-09-01", "契税法；财税〔2016〕23号", shipped_deed_tax(Area(9'000))),
        draft("2024-12-01", "契税法；财政部 税务总局 住房城乡建设部公告2024年第16号", shipped_deed_tax(Area(14'000)))}},
  };
}

}  // namespace kanhe::contracts::treasury
