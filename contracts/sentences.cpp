#include "contracts/sentences.h"

#include <algorithm>

#include "contracts/host.h"
#include "contracts/rules.h"

namespace kanhe::contracts {

namespace {

std::vector<Sentence> make_host_sentences() {
  return {
      sentence(Code::wrong_chain, "该交易是为另一个网络签署的", "the transaction was signed for another network"),
      sentence(Code::expired, "交易已过有效期", "the transaction has expired"),
      sentence(Code::valid_too_far, "交易有效期超过允许范围", "valid_until_ms lies further ahead than is allowed"),
      sentence(Code::duplicate_id, "同一交易在本区块中已出现", "the same transaction stands in this block already"),
      sentence(Code::unknown_module, "没有这个合约模块", "there is no such module"),
      sentence(Code::unknown_method, "该模块没有这个方法", "the module has no such method"),
      sentence(Code::malformed_arguments, "参数格式不正确", "the arguments do not read"),
      sentence(Code::unknown_sender, "签名公钥未登记，请部门管理员登记或到窗口登记",
               "the signing key is not registered; a department's administrator or a window clerk can do that"),
      sentence(Code::dismissed_sender, "签名公钥已停用", "the signing key is no longer in use"),
      sentence(Code::role_needed, "没有所需的角色", "the role that this needs is not held"),
      sentence(Code::wrong_department, "此事由另一部门办理", "this belongs to another department"),
      sentence(Code::event_too_large, "事件内容过大", "an event is too large"),
      sentence(Code::too_many_events, "一笔交易产生的事件过多", "the transaction makes too many events"),
      sentence(Code::too_many_subjects, "一个事件涉及的对象过多", "an event has too many subjects"),
      sentence(Code::return_too_large, "返回内容过大", "the return value is too large"),
      sentence(Code::unknown_department, "没有这个部门", "there is no such department"),
      sentence(Code::events_too_large, "一笔交易产生的事件总量过大", "the transaction's events are too large together"),
      sentence(Code::unknown_due_handler, "没有处理该到期事项的程序", "there is no handler for this due entry"),
      sentence(IdentifierCode::certificate_id_form, "电子证照标识的结构不正确", "the certificate id has not the right form"),
      sentence(IdentifierCode::certificate_id_type, "电子证照标识中的类型代码不是 21 位数字或大写字母",
               "the type in the certificate id is not 21 digits or capital letters"),
      sentence(IdentifierCode::certificate_id_type_owner, "证照类型代码前 18 位不是有效的统一社会信用代码",
               "the first 18 characters of the certificate type are no unified social credit code"),
      sentence(IdentifierCode::certificate_id_issuer, "电子证照标识中的颁发机构代码无效",
               "the issuer in the certificate id is not valid"),
      sentence(IdentifierCode::certificate_id_serial, "电子证照标识中的流水号无效",
               "the serial in the certificate id is not valid"),
      sentence(IdentifierCode::certificate_id_edition, "电子证照标识中的版本号不在 001 至 999 之间",
               "the edition in the certificate id is not between 001 and 999"),
      sentence(IdentifierCode::certificate_id_check, "电子证照标识的校验位不正确，很可能是输入错误",
               "the check character of the certificate id is wrong: most likely a typing mistake"),
      sentence(IdentifierCode::resident_id_form, "公民身份号码不是 18 位", "the resident id does not have 18 characters"),
      sentence(IdentifierCode::resident_id_region, "公民身份号码的地区代码无效", "the region in the resident id is not valid"),
      sentence(IdentifierCode::resident_id_birth, "公民身份号码的出生日期不存在",
               "the birth date in the resident id does not exist"),
      sentence(IdentifierCode::resident_id_check, "公民身份号码的校验位不正确",
               "the check character of the resident id is wrong"),
      sentence(IdentifierCode::unit_number_form, "不动产单元号不是 28 位", "the unit number does not have 28 characters"),
      sentence(IdentifierCode::unit_number_region, "不动产单元号的县级区划无效", "the region in the unit number is not valid"),
      sentence(IdentifierCode::unit_number_area, "不动产单元号的地籍区或地籍子区不是数字",
               "cadastral area and sub-area in the unit number are not digits"),
      sentence(IdentifierCode::unit_number_parcel_kind, "不动产单元号的宗地特征码无效",
               "the parcel kind in the unit number is not valid"),
      sentence(IdentifierCode::unit_number_parcel, "不动产单元号的宗地顺序号不是数字",
               "the parcel in the unit number is not five digits"),
      sentence(IdentifierCode::unit_number_fixture_kind, "不动产单元号的定着物特征码不是 F、L、Q、W",
               "the fixture kind in the unit number is none of F, L, Q, W"),
      sentence(IdentifierCode::unit_number_fixture, "不动产单元号的定着物单元号不是 8 位数字",
               "the fixture in the unit number is not eight digits"),
      sentence(IdentifierCode::unit_number_no_fixture, "没有定着物(W)时后 8 位应为零",
               "without a fixture (W) the last eight digits are zero"),
      sentence(IdentifierCode::certificate_number_form, "不动产权证号的形式不正确",
               "the certificate number has not the right form"),
  };
}

struct RoleName {
  Role role;
  std::string_view zh;
};
constexpr RoleName role_names[] = {
    {Role::administrator, "部门管理员"}, {Role::window_clerk, "窗口受理"},  {Role::reviewer, "审核"},
    {Role::registrar, "登簿"},           {Role::issuer, "签发"},            {Role::tax_officer, "税务"},
    {Role::housing_officer, "住建"},     {Role::treasury_officer, "财政"},  {Role::importer, "数据导入"},
    {Role::supervisor, "监督"},          {Role::machine, "系统账号"},       {Role::applicant, "当事人"},
};

struct RoleText {
  std::string zh;
  std::string en;
};

RoleText names_of(RoleSet roles) {
  RoleText text;
  for (const RoleName& entry : role_names) {
    if (!roles.contains(entry.role)) continue;
    if (!text.zh.empty()) text.zh += "、", text.en += ", ";
    text.zh += entry.zh;
    std::string name(enum_name(entry.role));
    std::ranges::replace(name, '_', ' ');
    text.en += name;
  }
  if (text.zh.empty()) text = {"无", "none"};
  return text;
}

// Who can give a role: the department's administrator enrols officers, a window clerk registers parties, and an
// administrator is made by a motion.
RoleText granted_by(RoleSet roles) {
  if (roles == RoleSet{Role::administrator}) return {"由成员部门的动议确定", "it is given by a motion of the departments"};
  if (roles == RoleSet{Role::applicant}) return {"可到窗口登记", "a window clerk can register it"};
  return {"可由本部门管理员授予", "the department's administrator can grant it"};
}

void add_rule(Explanation& text, std::uint16_t number) {
  text.zh = rule_name(number) + " " + text.zh;
  text.en = rule_name(number) + " " + text.en;
  const Rule* const rule = find_rule(number);
  if (rule == nullptr) return;
  text.law_zh = std::string(rule->law_zh) + (rule->unconfirmed ? "（未经确认）" : "");
  text.law_en = std::string(rule->law_en) + (rule->unconfirmed ? " (unconfirmed)" : "");
  text.help_zh = rule->help_zh;
  text.help_en = rule->help_en;
}

void add_numbers(Explanation& text, const Finding& finding) {
  if (finding.field != 0) {
    text.zh += "；参数第 " + std::to_string(finding.field) + " 项";
    text.en += "; field " + std::to_string(finding.field) + " of the arguments";
  }
  if (finding.limit != 0) {
    text.zh += "；限值 " + std::to_string(finding.limit);
    text.en += "; limit " + std::to_string(finding.limit);
  }
  if (finding.value != 0) {
    text.zh += "；实际 " + std::to_string(finding.value);
    text.en += "; value " + std::to_string(finding.value);
  }
}

void add_roles(Explanation& text, const Finding& finding) {
  const RoleText needed = names_of(RoleSet(finding.limit));
  const RoleText held = names_of(RoleSet(finding.value));
  const RoleText grant = granted_by(RoleSet(finding.limit));
  text.zh += "：需要 " + needed.zh + "，现有 " + held.zh + "；" + grant.zh;
  text.en += ": needs " + needed.en + ", holds " + held.en + "; " + grant.en;
}

}  // namespace

const Sentence* find_sentence(std::uint16_t code) {
  static const std::vector<Sentence> of_host = make_host_sentences();
  for (const Sentence& candidate : of_host) {
    if (candidate.code == code) return &candidate;
  }
  for (const Module* module : modules()) {
    for (const Sentence& candidate : module->sentences) {
      if (candidate.code == code) return &candidate;
    }
  }
  return nullptr;
}

std::string describe(const Subject& subject) {
  return std::visit([]<class S>(const S& alternative) {
    std::string text = std::string(S::variant_tag.name) + " ";
    if constexpr (TextType<std::remove_cvref_t<decltype(alternative.id)>>) {
      text += alternative.id.str();
    } else if constexpr (std::same_as<S, MotionSubject>) {
      text += to_string(alternative.id);
    } else {
      text += alternative.id.hex();
    }
    return text;
  }, subject);
}

namespace {

std::string describe_zh(const Subject& subject) {
  constexpr std::string_view names[] = {"证照", "不动产单元", "申请", "当事人", "部门", "动议"};
  static_assert(std::size(names) == std::variant_size_v<Subject>);
  const std::string text = describe(subject);
  return std::string(names[subject.index()]) + text.substr(text.find(' '));
}

}  // namespace

Explanation explain(const Finding& finding) {
  Explanation text;
  if (const Sentence* const known = find_sentence(finding.code)) {
    text.name = known->name;
    text.zh = known->zh;
    text.en = known->en;
  } else {
    const std::string number = std::to_string(finding.code);
    text.name = "code_" + number;
    text.zh = "本程序不认识的原因 " + number;
    text.en = "a reason that this program does not know: " + number;
  }
  if (finding.rule != 0) add_rule(text, finding.rule);
  if (finding.subject) {
    text.zh += "（" + describe_zh(*finding.subject) + "）";
    text.en += " (" + describe(*finding.subject) + ")";
  }
  if (finding.code == static_cast<std::uint16_t>(Code::role_needed)) {
    add_roles(text, finding);
  } else {
    add_numbers(text, finding);
  }
  return text;
}

}  // namespace kanhe::contracts
