#include "contracts/property.h"

#include "contracts/certificate.h"
#include "contracts/governance.h"
#include "contracts/method.h"
#include "contracts/property_entry.h"
#include "ledger/codec_impl.h"

namespace kanhe {

using namespace contracts::property;

template Bytes encode(const Register&);
template Result<Register> decode(ByteView);
template Bytes encode(const Unit&);
template Result<Unit> decode(ByteView);
template Bytes encode(const Hold&);
template Result<Hold> decode(ByteView);
template Bytes encode(const ImportedRow&);
template Result<ImportedRow> decode(ByteView);
template Bytes encode_key(const Region&);
template Bytes encode_key(const UnitNumber&);
template Bytes encode_key(const ImportedRowKey&);

template Bytes encode(const FoundRegisterArguments&);
template Bytes encode(const ImportEntryArguments&);
template Result<Imported> decode(ByteView);
template Bytes encode(const Entered&);
template Result<Entered> decode(ByteView);
template Bytes encode(const UnitClosed&);
template Result<UnitClosed> decode(ByteView);
template Result<Transferred> decode(ByteView);
template Result<Told> decode(ByteView);
template Result<PartyAffected> decode(ByteView);

}  // namespace kanhe

namespace kanhe::contracts::property {

// ---------------------------------------------------------------------------------------------------------------------
// Units and registers

std::optional<Unit> find_unit(const StateReader& state, const UnitNumber& number) { return units.get(state, number); }

namespace {

constexpr std::size_t region_size = RegionTag::bytes_max;
constexpr std::size_t fixture_kind_position = 19;

std::optional<DepartmentId> keeper_of_region(const StateReader& state, std::string_view digits) {
  const auto region = Region::from(digits);
  if (!region) return std::nullopt;
  const auto record = registers.get(state, *region);
  if (!record) return std::nullopt;
  return record->keeper;
}

}  // namespace

std::optional<DepartmentId> keeper_of(const StateReader& state, const UnitNumber& number) {
  return keeper_of_region(state, number.view().substr(0, region_size));
}

bool is_land(const UnitNumber& number) { return number.view()[fixture_kind_position] == 'W'; }

bool check_unit_number(Context& context, const UnitNumber& number, std::uint16_t field) {
  const auto breach = contracts::check_unit_number(number.view());
  if (!breach) return true;
  context.refuse(breach->code, {.rule = 1, .field = field});
  return false;
}

bool require_keeper(Context& context, const UnitNumber& number, const DepartmentId& department, std::uint16_t field) {
  const auto keeper = keeper_of(context.state(), number);
  if (keeper == department) return true;
  if (keeper) {
    context.refuse(contracts::Code::wrong_department, {.field = field, .subject = DepartmentSubject{*keeper}});
  } else {
    context.refuse(Code::register_unknown, {.field = field});
  }
  return false;
}

namespace {

void check_not_held(Context& context, const UnitNumber& number, const ApplicationId& except, std::uint16_t field) {
  const auto hold = holds.get(context.state(), number);
  if (!hold || hold->application == except) return;
  context.refuse(Code::unit_held, {.rule = 39, .field = field, .subject = ApplicationSubject{hold->application}});
}

// R22: what stands on the land goes with it, so that the kind of right and the unit say the same.
bool fits(RightKind right, char fixture_kind) {
  switch (right) {
    case RightKind::state_land_use_and_house:
    case RightKind::homestead_and_house:
    case RightKind::collective_land_use_and_house: return fixture_kind == 'F';
    case RightKind::state_land_use:
    case RightKind::homestead:
    case RightKind::collective_land_use:
    case RightKind::contracted_land: return fixture_kind == 'W';
    case RightKind::other: return true;
  }
  return false;
}

void check_effective(Context& context, Timestamp effective, std::uint16_t field) {
  if (effective <= context.now()) return;
  context.refuse(Code::effective_in_future,
                 {.field = field, .limit = context.now().value(), .value = effective.value()});
}

void check_shares(Context& context, const Holders& holders, std::uint16_t field) {
  const auto with_share = static_cast<std::size_t>(
      std::ranges::count_if(holders, [](const Holder& holder) { return holder.share.has_value(); }));
  if (with_share == 0) return;
  if (with_share < holders.size()) {
    return context.refuse(Code::shares_incomplete,
                          {.rule = 6, .field = field, .limit = holders.size(), .value = with_share});
  }
  const auto sum = sum_of_shares(holders);
  if (!sum) return context.refuse(Code::shares_too_fine, {.field = field, .limit = common_denominator_max});
  if (sum->is_whole()) return;
  context.refuse(Code::shares_not_whole, {.field = field, .limit = sum->denominator, .value = sum->numerator});
}

}  // namespace

void check_right(Context& context, const UnitNumber& number, RightKind right, std::uint16_t field) {
  if (fits(right, number.view()[fixture_kind_position])) return;
  context.refuse(Code::right_not_of_unit, {.rule = 22, .field = field, .value = static_cast<std::uint64_t>(right)});
}

void check_holders(Context& context, const Holders& holders, std::uint16_t field) {
  if (holders.empty()) context.refuse(Code::holders_missing, {.field = field});
  for (std::size_t i = 0; i < holders.size(); ++i) {
    if (holders[i].party.is_zero()) context.refuse(Code::holder_is_nobody, {.field = field, .value = i + 1});
    for (std::size_t j = 0; j < i; ++j) {
      if (holders[i].party != holders[j].party) continue;
      context.refuse(Code::holder_repeated, {.field = field, .value = i + 1});
    }
  }
  check_shares(context, holders, field);
}

// ---------------------------------------------------------------------------------------------------------------------
// Events

std::vector<PartyId> add_parties(std::vector<Subject>& subjects, std::span<const PartyId> parties) {
  std::vector<PartyId> left;
  for (const PartyId& party : parties) {
    const Subject subject = PartySubject{party};
    if (std::ranges::find(subjects, subject) != subjects.end()) continue;
    if (subjects.size() < subjects_max) {
      subjects.push_back(subject);
    } else if (std::ranges::find(left, party) == left.end()) {
      left.push_back(party);
    }
  }
  return left;
}

void emit_affected(Context& context, const UnitNumber& unit, std::span<const PartyId> parties) {
  std::vector<PartyId> left(parties.begin(), parties.end());
  while (!left.empty()) {
    std::vector<Subject> subjects;
    left = add_parties(subjects, left);
    context.emit(PartyAffected{unit}, std::move(subjects));
  }
}

std::vector<PartyId> parties_of_change(const Holders& after, const Holders& before) {
  std::vector<PartyId> parties;
  for (const Holder& holder : after) parties.push_back(holder.party);
  for (const Holder& holder : before) parties.push_back(holder.party);
  return parties;
}

// ---------------------------------------------------------------------------------------------------------------------
// Transfer and holds

bool for_each_fixture(const StateReader& state, const UnitNumber& land,
                      const std::function<bool(const UnitNumber&)>& use) {
  const Bytes key = units.key_of(land);
  const std::size_t behind_parcel = land.view().size() - parcel_of(land.view()).size();
  const ByteView prefix = ByteView(key).first(key.size() - behind_parcel);
  Bytes from = to_bytes(prefix);
  for (std::size_t looked_at = 0; const auto entry = state.next(from, prefix); ++looked_at) {
    if (looked_at == fixtures_looked_at_max) return false;
    const std::string text(reinterpret_cast<const char*>(entry->key.data()) + key.size() - land.view().size(),
                           land.view().size());
    const auto unit = UnitNumber::from(text);
    CHECK(unit.has_value());
    if (*unit != land && !use(*unit)) return true;
    from = entry->key;
    from.push_back(0);
  }
  return true;
}

bool is_title_suspended(const StateReader& state, const Unit& unit) {
  if (!unit.title) return false;
  const auto holding = certificate::find_holding(state, certificate::newest_edition(state, *unit.title));
  if (!holding) return false;
  const certificate::Standing standing = holding->standing();
  return standing == certificate::Standing::suspended || standing == certificate::Standing::transferred_out;
}

// The new one may have taken its place already.
void overtake_title(Context& context, const Unit& unit, const std::optional<CertificateId>& title,
                    const PlainText<64>& document) {
  if (!unit.title || unit.title == title) return;
  if (certificate::newest_edition(context.state(), *unit.title) == title) return;
  certificate::deregister(context, *unit.title, document);
}

// Advance notices of those who acquire are carried out by it; whoever has a limit is told whose the unit is now; what
// was seized beforehand is seized from now on; who holds nothing any more needs no guardian here.
void record(Context& context, const TransferRight& transfer, const EntryBasis& basis) {
  auto unit = units.get(context.state(), transfer.unit);
  if (!unit) return context.refuse(Code::unknown_unit, {.rule = 1});
  std::vector<PartyId> parties = parties_of_change(transfer.holders, unit->holders);
  for (NumberedLimit& limit : limits_of(context.state(), transfer.unit)) {
    const auto* notice = limit.as<AdvanceNotice>();
    const auto* guardianship = limit.as<Guardianship>();
    const auto carries_out = [&](const Holder& holder) {
      return holder.party == notice->claimant && gains(unit->holders, holder);
    };
    if (notice != nullptr && !is_of_mortgage(notice->kind) && std::ranges::any_of(transfer.holders, carries_out)) {
      end_limit(context, transfer.unit, limit.number, EndReason::converted);
      continue;
    }
    if (guardianship != nullptr && !is_holder(transfer.holders, guardianship->ward)) {
      end_limit(context, transfer.unit, limit.number, EndReason::released);
      continue;
    }
    if (const auto party = party_of(limit.limit.burden)) parties.push_back(*party);
    auto* seizure = std::get_if<Seizure>(&limit.limit.burden);
    if (seizure == nullptr || seizure->kind != SeizureKind::pre_seizure) continue;
    if (!is_holder(transfer.holders, seizure->debtor)) continue;
    seizure->kind = SeizureKind::seizure;
    change_limit(context, transfer.unit, std::move(limit));
  }
  unit->holders = transfer.holders;
  unit->entry = EntryKind::transfer;
  unit->effective_ms = unit->recorded_ms = unit->holders_ms = context.now();
  unit->application = basis.application;
  const auto title = basis.title_of(transfer.unit);
  overtake_title(context, *unit, title, {});
  unit->title = title;
  units.put(context.state(), transfer.unit, *unit);
  emit_entry(context, Transferred{transfer.holders, context.now(), unit->title}, transfer.unit, basis.application,
             parties);
}

void hold_unit(Context& context, const UnitNumber& unit, const ApplicationId& application) {
  holds.put(context.state(), unit, {{}, application});
}

void stop_application(Context& context, const UnitNumber& unit) {
  const auto hold = holds.get(context.state(), unit);
  if (hold) context.at(context.now(), application_stopped_number, ApplicationStopped{hold->application});
}

// What waited for the application (R14) ends in a transaction of its own, so that no number of it keeps this one from
// its end.
void release_unit(Context& context, const UnitNumber& unit, const ApplicationId& application) {
  const auto hold = holds.get(context.state(), unit);
  if (!hold || hold->application != application) return;
  holds.erase(context.state(), unit);
  if (has_ended_limits(context, unit)) context.at(context.now(), limit_due_number, LimitDue{unit});
}

// ---------------------------------------------------------------------------------------------------------------------
// Methods

namespace {

void found_register(Context& context, const FoundRegisterArguments& arguments) {
  const std::uint16_t field = field_number<FoundRegisterArguments>("region");
  if (!is_region(arguments.region.view())) context.refuse(Code::region_malformed, {.field = field});
  if (const auto keeper = keeper_of_region(context.state(), arguments.region.view())) {
    context.refuse(Code::register_taken, {.field = field, .subject = DepartmentSubject{*keeper}});
  }
  if (context.refused()) return;

  const DepartmentId& department = context.sender().department;
  registers.put(context.state(), arguments.region, {{}, department, context.now()});
  context.emit(RegisterFounded{arguments.region}, {DepartmentSubject{department}});
}

// What a row must fit when its unit is in the register already.
void check_resale(Context& context, const ImportEntryArguments& arguments, const Unit& unit) {
  using A = ImportEntryArguments;
  if (unit.entry != EntryKind::imported || limit_lists.contains(context.state(), arguments.unit)) {
    context.refuse(Code::unit_moved_on,
                   {.field = field_number<A>("unit"), .subject = UnitSubject{arguments.unit}});
  }
  if (arguments.effective_ms < unit.effective_ms) {
    context.refuse(Code::not_in_date_order, {.field = field_number<A>("effective_ms"),
                                             .limit = unit.effective_ms.value(),
                                             .value = arguments.effective_ms.value()});
  }
  if (arguments.usage != unit.usage) {
    context.refuse(Code::right_differs,
                   {.field = field_number<A>("usage"), .limit = static_cast<std::uint64_t>(unit.usage)});
  }
  if (arguments.right != unit.right) {
    context.refuse(Code::right_differs,
                   {.field = field_number<A>("right"), .limit = static_cast<std::uint64_t>(unit.right)});
  }
}

void import_entry(Context& context, const ImportEntryArguments& arguments) {
  using A = ImportEntryArguments;
  const DepartmentId& department = context.sender().department;
  const ImportedRowKey key{department, arguments.row};
  if (!governance::settings(context.state()).import_open) context.refuse(Code::import_closed);
  if (const auto known = imported_rows.get(context.state(), key)) {
    context.refuse(Code::row_repeated, {.field = field_number<A>("row"), .subject = UnitSubject{known->unit}});
  }
  check_holders(context, arguments.holders, field_number<A>("holders"));
  check_effective(context, arguments.effective_ms, field_number<A>("effective_ms"));
  if (!check_unit_number(context, arguments.unit, field_number<A>("unit"))) return;
  require_keeper(context, arguments.unit, department, field_number<A>("unit"));
  check_right(context, arguments.unit, arguments.right, field_number<A>("right"));
  check_not_held(context, arguments.unit, ApplicationId(), field_number<A>("unit"));
  const auto before = units.get(context.state(), arguments.unit);
  if (before) check_resale(context, arguments, *before);
  if (context.refused()) return;

  Unit unit;
  unit.usage = arguments.usage;
  unit.right = arguments.right;
  unit.holders = arguments.holders;
  unit.effective_ms = arguments.effective_ms;
  unit.recorded_ms = unit.holders_ms = context.now();
  units.put(context.state(), arguments.unit, unit);
  imported_rows.put(context.state(), key, {{}, arguments.unit});
  emit_entry(context,
             Imported{arguments.row, arguments.usage, arguments.right, arguments.holders, arguments.effective_ms},
             arguments.unit, {}, parties_of_change(arguments.holders, before ? before->holders : Holders{}));
}

std::vector<Sentence> sentences_of_units() {
  return {
      sentence(Code::register_taken, "该区划的登记簿已由一个部门管理", "a department keeps this region's register already"),
      sentence(Code::region_malformed, "县级区划代码不正确", "this is no county-level region code"),
      sentence(Code::register_unknown, "没有部门管理该不动产单元所在区划的登记簿",
               "no department keeps the register of the unit's region"),
      sentence(Code::unit_exists, "该不动产单元已登记", "the unit is in the register already"),
      sentence(Code::unknown_unit, "登记簿中没有该不动产单元", "the unit is not in the register"),
      sentence(Code::unit_held, "该不动产单元有正在办理的申请", "another application for this unit is under way"),
      sentence(Code::sellers_missing, "没有填写转让方", "no seller is named"),
      sentence(Code::seller_repeated, "同一转让方填写了两次", "a seller is named twice"),
      sentence(Code::seller_not_holder, "转让方不是登记的权利人", "the seller is not a registered holder"),
      sentence(Code::holder_not_selling, "有权利人没有参加转让", "a holder takes no part in the transfer"),
      sentence(Code::holders_missing, "没有填写权利人", "no holder is named"),
      sentence(Code::holder_is_nobody, "权利人标识为空", "a holder's party id is empty"),
      sentence(Code::holder_repeated, "同一权利人填写了两次", "a holder is named twice"),
      sentence(Code::shares_incomplete, "只有部分权利人填写了份额", "some holders have a share and some have none"),
      sentence(Code::shares_not_whole, "各权利人的份额之和不等于一", "the shares do not sum to one"),
      sentence(Code::shares_too_fine, "份额的公分母过大", "the common denominator of the shares is too large"),
      sentence(Code::effective_in_future, "生效时间晚于当前时间", "the effective time lies in the future"),
      sentence(Code::not_in_date_order, "生效时间早于该单元上一条登记", "the effective time is before the entry before it"),
      sentence(Code::import_closed, "存量数据导入已关闭", "the import of existing records is closed"),
      sentence(Code::row_repeated, "该原始记录已导入", "this row has been imported already"),
      sentence(Code::unit_moved_on, "该单元已有新的登记，不能再导入存量数据",
               "the unit has a newer entry that is no import"),
      sentence(Code::right_differs, "权利类型或用途与登记簿不一致", "kind of right or usage differ from the register"),
      sentence(Code::right_not_of_unit, "权利类型与不动产单元号不符",
               "the kind of right does not go with the unit number"),
      sentence(Code::holders_unchanged, "转让前后权利人相同", "the holders would stay the same"),
      sentence(Code::own_case, "经办人是本案权利人，应当回避", "the officer is one of the holders"),
      sentence(Code::evidence_missing, "没有填写依据材料的摘要", "the digest of the evidence is missing"),
  };
}

std::vector<Sentence> sentences_of_filings() {
  return {
      sentence(FilingCode::unit_seized, "该不动产单元被查封", "the unit is under seizure"),
      sentence(FilingCode::statement_missing, "缺少有关当事人的书面声明", "a party's statement is missing"),
      sentence(FilingCode::consent_missing, "缺少有关权利人的同意", "the consent of a right's holder is missing"),
      sentence(FilingCode::other_side_missing, "受让方或取得权利的一方没有共同申请", "who gets the right has not applied too"),
      sentence(FilingCode::no_holder_applies, "没有权利人提出申请", "no holder applies"),
      sentence(FilingCode::seizure_too_long, "查封期限超过三年", "the seizure is longer than three years"),
      sentence(FilingCode::debtor_not_holder, "被执行人不是该不动产的权利人", "the debtor does not hold the unit"),
      sentence(FilingCode::seizure_delivered_first, "查封通知送达在先", "the seizure was delivered before"),
      sentence(FilingCode::no_such_notice, "没有可以转为本登记的抵押预告登记",
               "there is no advance notice of a mortgage that this one carries out"),
      sentence(FilingCode::note_bars, "登记簿上有限制办理的记载", "a note in the register stands against it"),
      sentence(FilingCode::house_without_land, "房屋与土地使用权没有一并办理", "house and land are not filed together"),
      sentence(FilingCode::not_mortgageable, "该权利不得抵押", "this right cannot be mortgaged"),
      sentence(FilingCode::period_missing, "最高额抵押没有填写债权确定期间", "a maximum-amount mortgage needs its period"),
      sentence(FilingCode::no_dwelling, "居住权只能在住宅上设立", "a right of residence needs a dwelling"),
      sentence(FilingCode::unknown_limit, "该单元没有这个编号的限制", "the unit has no limit of this number"),
      sentence(FilingCode::limit_of_other_kind, "该编号的限制是另一种类", "the limit of this number is of another kind"),
      sentence(FilingCode::reason_not_allowed, "这种限制不能以此原因注销", "a limit of this kind does not end for this reason"),
      sentence(FilingCode::document_missing, "没有填写文书号或作出机关", "the document's number or its authority is missing"),
      sentence(FilingCode::delivery_missing, "没有填写送达时间", "the time of delivery is missing"),
      sentence(FilingCode::delivery_in_future, "送达时间晚于当前时间", "the delivery lies in the future"),
      sentence(FilingCode::transferred_meanwhile, "通知送达后、登簿前该单元已转移登记，须先更正登记",
               "the transfer was recorded after the delivery: the register has to be corrected first"),
      sentence(FilingCode::applicant_missing, "该登记的申请人没有提出申请", "the one whom it is for does not apply"),
      sentence(FilingCode::limits_full, "该单元的限制数量已达上限", "the unit has as many limits as it can have"),
      sentence(FilingCode::party_missing, "没有填写当事人", "a party is missing"),
      sentence(FilingCode::amount_missing, "没有填写金额", "the amount is missing"),
      sentence(FilingCode::not_without_service, "转移登记须通过办理事项申请", "a transfer is entered by a service alone"),
      sentence(FilingCode::applicant_repeated, "同一申请人填写了两次", "an applicant is named twice"),
      sentence(FilingCode::dominant_unknown, "登记簿中没有该需役地",
               "the unit that the easement serves is not in the register"),
      sentence(FilingCode::end_in_past, "终止时间早于当前时间", "the end lies in the past"),
      sentence(FilingCode::acts_missing, "没有填写登记内容", "nothing is filed"),
      sentence(FilingCode::holder_missing_to_end, "限制的权利人没有同意注销", "who holds the limit has not agreed to its end"),
      sentence(FilingCode::set_by_register, "该内容由登记簿自动确定，不应填写", "the register itself sets this"),
      sentence(FilingCode::too_many_fixtures, "该宗地上的单元过多，不能自动核对", "there are too many units on the parcel"),
      sentence(UnitCode::unit_closed, "该不动产单元已注销、分割或合并", "the unit is closed"),
      sentence(UnitCode::right_expired, "权利期限已届满，须先办理续期", "the right's term is over: renew it first"),
      sentence(UnitCode::entry_needed_first, "因继承、判决取得的权利须先登记再处分",
               "who inherits, or has it by judgment, is entered before disposing of it"),
      sentence(UnitCode::guardian_missing, "未成年人等的监护人没有代为申请，或没有声明为被监护人利益",
               "a ward's guardian has not filed, or not declared that it is to the ward's benefit"),
      sentence(UnitCode::limit_holder_missing, "限制的权利人没有同意", "who holds a limit has not agreed"),
      sentence(UnitCode::limit_in_the_way, "单元上有未注销的限制，不能合并", "a limit of a unit keeps it from being merged"),
      sentence(UnitCode::units_apart, "单元不在同一宗地或同一地籍子区", "the units are not of one parcel, or one area"),
      sentence(UnitCode::parts_missing, "分割、合并至少涉及两个单元", "a split or a merger is of two units or more"),
      sentence(UnitCode::nothing_changed, "没有填写要变更的内容", "nothing would change"),
      sentence(UnitCode::shares_would_change, "份额或权利人有变化的，应当办理转移登记",
               "where holders or shares change, that is a transfer"),
      sentence(UnitCode::entry_intervened, "文书送达后该单元已有新的登记、预告或查封",
               "something was entered since the decision was delivered"),
      sentence(UnitCode::limits_too_many, "限制与分割后单元的数量过多", "there are too many limits for so many parts"),
      sentence(UnitCode::term_not_over, "权利期限尚未届满", "the right's term is not over"),
      sentence(UnitCode::units_differ, "各单元的权利人、权利类型或用途不一致",
               "the units differ in holders, right or usage"),
      sentence(UnitCode::correction_not_noted, "更改权利人的更正须先记载更正办理中并通知权利人",
               "a correction of the holders is noted first, so that they hear of it"),
      sentence(UnitCode::term_not_longer, "变更登记只能延长权利期限", "a change only prolongs the right's term"),
      sentence(UnitCode::units_too_many, "一次登记涉及的单元过多", "there are too many units in one filing"),
      sentence(UnitCode::title_suspended, "权属证书处于暂停状态", "the unit's title is suspended"),
      sentence(UnitCode::still_settling, "到期事项仍在处理，请稍后再试", "what has ended is still being entered; try again"),
      sentence(UnitCode::ward_not_holder, "被监护人不是权利人", "the ward is none of the holders"),
      sentence(UnitCode::unit_repeated, "同一单元填写了两次", "a unit is named twice"),
      sentence(FilingCode::unknown_statement, "该规则不要求声明", "this rule asks for no statement"),
  };
}

std::vector<Sentence> make_sentences() {
  std::vector<Sentence> sentences = sentences_of_units();
  for (const Sentence& one : sentences_of_filings()) sentences.push_back(one);
  return sentences;
}

}  // namespace

const Module& module() {
  static constexpr Method methods[] = {
      method<&found_register>("found_register", "设立区划登记簿", "keep the register of a region",
                              {Role::administrator}),
      method<&import_entry>("import_entry", "导入存量登记", "enter a row of the existing records", {Role::importer}),
      method<&enter>("enter", "登簿", "enter units and limits, change, correct and end them", {Role::registrar}),
  };
  static constexpr DueHandler due_handlers[] = {due_handler<&note_limit_due>(limit_due_number, "limit_due")};
  static constexpr EventKind events[] = {
      event_kind<RegisterFounded>(), event_kind<Imported>(),      event_kind<Entered>(),
      event_kind<Transferred>(),     event_kind<PartyAffected>(), event_kind<LimitEntered>(),
      event_kind<LimitChanged>(),    event_kind<LimitEnded>(),    event_kind<Told>(),
      event_kind<UnitClosed>(),
  };
  static const std::vector<Sentence> sentences = make_sentences();
  static const Module module{.name = "property",
                             .zh = "不动产登记簿",
                             .en = "the register of real estate",
                             .methods = methods,
                             .events = events,
                             .due_handlers = due_handlers,
                             .sentences = sentences};
  return module;
}

}  // namespace kanhe::contracts::property
