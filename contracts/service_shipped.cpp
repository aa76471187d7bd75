#include "contracts/service_shipped.h"

namespace kanhe::contracts::service {

namespace {

constexpr std::uint16_t answer_days = 30;  // how old an answer may be

template <class T>
T text(std::string_view value) {
  auto result = T::from(value);
  CHECK(result.has_value());
  return std::move(result).value();
}

Step step(std::string_view code, std::string_view zh, std::string_view en, const DepartmentId& department, Role role,
          StepKind kind) {
  return {text<StepCode>(code), text<PlainText<96>>(zh), text<PlainText<96>>(en), department, role, kind};
}

struct Names {
  std::string_view code;
  std::string_view zh;
  std::string_view en;
};

// With the fee of a registration; nothing is offered yet.
DefineArguments start(const Names& names, const ServiceDepartments& departments,
                      const certificate::TypeCode& certificate_type) {
  DefineArguments arguments;
  arguments.code = text<ServiceCode>(names.code);
  Definition& definition = arguments.definition;
  definition.name_zh = text<PlainText<96>>(names.zh);
  definition.name_en = text<PlainText<96>>(names.en);
  definition.certificate_type = certificate_type;
  definition.treasury = departments.treasury;
  definition.fee_tariff = text<treasury::TariffCode>(treasury::registration_fee_code);
  return arguments;
}

// That nothing is paid for, and nothing entered.
DefineArguments start_free(const Names& names, const DepartmentId& treasury, const certificate::TypeCode& type) {
  auto arguments = start(names, {{}, {}, {}, treasury}, type);
  arguments.definition.fee_tariff.reset();
  return arguments;
}

constexpr Names material_names[] = {
    {"application-form", "申请书", "application form"},
    {"identity", "身份证明", "proof of identity"},
    {"sale-contract", "买卖合同", "contract of sale"},
    {"death-proof", "死亡证明", "proof of death"},
    {"kinship-proof", "亲属关系证明", "proof of kinship"},
    {"agreement-of-heirs", "遗产分配协议", "agreement of the heirs"},
    {"loan-contract", "主债权合同", "loan contract"},
    {"mortgage-contract", "抵押合同", "mortgage contract"},
    {"release-consent", "抵押权人同意注销的证明", "the mortgagee's consent to the release"},
    {"land-right", "土地权属材料", "proof of the right in the land"},
    {"planning-permit", "建设工程规划许可证", "planning permit"},
    {"completion-record", "竣工验收备案材料", "record of completion"},
    {"survey", "测绘报告", "survey"},
    {"proof-of-change", "变更证明材料", "proof of the change"},
    {"vaccination-record", "预防接种证明", "vaccination record"},
    {"articles-of-association", "公司章程", "articles of association"},
    {"premises-proof", "经营场所证明", "proof of the premises"},
    {"seal-specimen", "印模", "specimen of the seal"},
    {"bank-account", "银行账户信息", "bank account"},
    {"staff-list", "职工名册", "list of the staff"},
};

MaterialRule material(std::string_view code) {
  const auto names = std::ranges::find(material_names, code, &Names::code);
  CHECK(names != std::end(material_names));
  MaterialRule rule;
  rule.code = text<MaterialCode>(code);
  rule.name_zh = text<PlainText<96>>(names->zh);
  rule.name_en = text<PlainText<96>>(names->en);
  return rule;
}

void ask_for(Definition& definition, std::initializer_list<std::string_view> materials) {
  for (const std::string_view one : materials) definition.materials.push_back(material(one));
}

MaterialRule deferrable(std::string_view code) {
  MaterialRule rule = material(code);
  rule.deferrable = true;
  return rule;
}

Stage stage(std::uint16_t days, std::initializer_list<Step> steps) {
  Stage one;
  for (const Step& each : steps) one.steps.push_back(each);
  one.time_limit_days = days;
  return one;
}

Step by_housing(const ServiceDepartments& departments, std::string_view zh, std::string_view en) {
  return step("housing", zh, en, departments.housing, Role::housing_officer, StepKind::opinion);
}
Step by_tax(const ServiceDepartments& departments) {
  return step("tax", "契税核定", "deed tax assessed", departments.tax, Role::tax_officer, StepKind::assessment);
}
Step by_reviewer(std::string_view code, std::string_view zh, std::string_view en, const DepartmentId& department) {
  return step(code, zh, en, department, Role::reviewer, StepKind::opinion);
}
Step by_registry(const ServiceDepartments& departments) {
  return step("registry", "登记审核", "registry review", departments.registry, Role::reviewer, StepKind::opinion);
}

DefineArguments inheritance(const ServiceDepartments& departments, const ServiceTypes& types) {
  auto arguments = start({"inheritance", "继承转移登记", "inheritance"}, departments, types.title);
  Definition& definition = arguments.definition;
  definition.acts = {ActKind::transfer};
  definition.causes = {property::Cause::inheritance};
  definition.deed_tax_tariff = text<treasury::TariffCode>(treasury::deed_tax_code);
  ask_for(definition, {"application-form", "identity", "death-proof", "kinship-proof", "agreement-of-heirs"});
  definition.stages = {stage(10, {by_tax(departments)}), stage(20, {by_registry(departments)})};
  return arguments;
}

DefineArguments mortgage(const ServiceDepartments& departments, const ServiceTypes& types) {
  auto arguments = start({"mortgage", "抵押登记", "mortgage"}, departments, types.title);
  Definition& definition = arguments.definition;
  definition.acts = {ActKind::enter_limit};
  definition.limits = {property::LimitKind::mortgage};
  definition.proof_type = types.proof;
  ask_for(definition, {"application-form", "identity", "loan-contract", "mortgage-contract"});
  definition.stages = {stage(5, {by_registry(departments)})};
  return arguments;
}

DefineArguments mortgage_release(const ServiceDepartments& departments, const ServiceTypes& types) {
  auto arguments = start({"mortgage-release", "抵押权注销登记", "release of a mortgage"}, departments, types.title);
  Definition& definition = arguments.definition;
  definition.acts = {ActKind::end_limit};
  definition.limits = {property::LimitKind::mortgage};
  definition.fee_tariff.reset();
  ask_for(definition, {"application-form", "identity", "release-consent"});
  definition.stages = {stage(1, {by_registry(departments)})};
  return arguments;
}

DefineArguments new_building(const ServiceDepartments& departments, const ServiceTypes& types) {
  auto arguments = start({"new-building", "新建房屋首次登记", "first registration of a new building"}, departments,
                         types.title);
  Definition& definition = arguments.definition;
  definition.acts = {ActKind::register_unit};
  ask_for(definition, {"application-form", "identity", "land-right", "planning-permit", "completion-record", "survey"});
  definition.stages = {
      stage(15, {by_housing(departments, "规划与竣工核验", "planning and completion")}),
      stage(5, {by_registry(departments)}),
  };
  return arguments;
}

DefineArguments unit_change(const ServiceDepartments& departments, const ServiceTypes& types) {
  auto arguments = start({"unit-change", "变更登记", "change of a unit"}, departments, types.title);
  Definition& definition = arguments.definition;
  definition.acts = {ActKind::change_unit, ActKind::split_unit, ActKind::merge_units};
  ask_for(definition, {"application-form", "identity", "proof-of-change"});
  definition.stages = {stage(5, {by_registry(departments)})};
  return arguments;
}

DefineArguments sale_with_mortgage(const ServiceDepartments& departments, const ServiceTypes& types) {
  auto arguments = house_sale(departments, types.title);
  arguments.code = text<ServiceCode>("sale-with-mortgage");
  Definition& definition = arguments.definition;
  definition.name_zh = text<PlainText<96>>("带押过户");
  definition.name_en = text<PlainText<96>>("sale with the mortgage in place");
  definition.acts = {ActKind::transfer, ActKind::enter_limit, ActKind::end_limit};
  definition.limits = {property::LimitKind::mortgage};
  definition.proof_type = types.proof;
  ask_for(definition, {"loan-contract", "mortgage-contract", "release-consent"});
  return arguments;
}

}  // namespace

DefineArguments house_sale(const ServiceDepartments& departments, const certificate::TypeCode& certificate_type) {
  auto arguments = start({"house-sale", "存量房买卖转移登记", "sale of a house"}, departments, certificate_type);
  Definition& definition = arguments.definition;
  definition.acts = {ActKind::transfer};
  definition.causes = {property::Cause::sale};
  definition.deed_tax_tariff = text<treasury::TariffCode>(treasury::deed_tax_code);
  ask_for(definition, {"application-form", "identity", "sale-contract"});
  definition.stages = {
      stage(3, {by_housing(departments, "合同备案核验", "contract on file"), by_tax(departments)}),
      stage(2, {by_registry(departments)}),
  };
  return arguments;
}

std::vector<DefineArguments> shipped_services(const ServiceDepartments& departments, const ServiceTypes& types) {
  return {house_sale(departments, types.title),   inheritance(departments, types),
          mortgage(departments, types),           mortgage_release(departments, types),
          new_building(departments, types),       sale_with_mortgage(departments, types),
          unit_change(departments, types)};
}

DefineArguments school_enrolment(const SchoolDepartments& departments, const certificate::TypeCode& enrolment,
                                 const PlainText<96>& district) {
  auto arguments = start_free({"school-enrolment", "入学证明", "enrolment at a school"}, departments.treasury, enrolment);
  Definition& definition = arguments.definition;
  ask_for(definition, {"application-form", "identity"});
  definition.materials.push_back(deferrable("vaccination-record"));
  definition.checks.push_back(
      AnswerCheck{text<sharing::PredicateCode>(resides_predicate), Scope::anyone, district,
                  text<PurposeCode>(arguments.code.view()), answer_days});
  definition.stages = {stage(3, {by_reviewer("education", "入学资格审核", "admission", departments.education)})};
  return arguments;
}

std::vector<OwnedService> business_services(const BusinessDepartments& departments, const BusinessTypes& types) {
  struct Part {
    Names names;
    DepartmentId owner;
    certificate::TypeCode type;
    std::string_view later;  // a material that may come later
  };
  const Part parts[] = {
      {{"business-licence", "营业执照", "business licence"}, departments.market, types.licence, ""},
      {{"seal-filing", "印章刻制备案", "filing of the seal"}, departments.police, types.seal, "seal-specimen"},
      {{"tax-registration", "税务登记", "registration for taxes"}, departments.tax, types.tax, "bank-account"},
      {{"social-insurance", "社会保险登记", "social insurance"}, departments.labour, types.insurance, "staff-list"},
  };
  std::vector<OwnedService> all;
  for (const Part& part : parts) {
    auto arguments = start_free(part.names, departments.treasury, part.type);
    Definition& definition = arguments.definition;
    const bool leads = &part == &parts[0];
    ask_for(definition, {"application-form", "identity"});
    if (leads) ask_for(definition, {"articles-of-association", "premises-proof"});
    if (leads) definition.materials[3].certificate = types.premises;
    if (!part.later.empty()) definition.materials.push_back(deferrable(part.later));
    if (!leads && part.owner != departments.market) definition.windows.push_back(departments.market);
    definition.stages = {stage(1, {by_reviewer("review", part.names.zh, part.names.en, part.owner)})};
    all.push_back({part.owner, std::move(arguments)});
  }
  return all;
}

DefinePackageArguments business_opening() {
  DefinePackageArguments arguments;
  arguments.code = text<PackageCode>("business-opening");
  arguments.name_zh = text<PlainText<96>>("企业开办一件事");
  arguments.name_en = text<PlainText<96>>("opening of a business");
  for (const auto* code : {"business-licence", "seal-filing", "tax-registration", "social-insurance"}) {
    arguments.services.push_back(text<ServiceCode>(code));
  }
  return arguments;
}

}  // namespace kanhe::contracts::service
