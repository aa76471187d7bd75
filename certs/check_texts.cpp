#include "certs/check_texts.h"

#include <chrono>
#include <vector>

namespace kanhe::certs {

namespace {

struct ReasonText {
  Reason reason;
  std::string_view zh;
  std::string_view en;
};

constexpr ReasonText texts[] = {
    {Reason::unreadable, "文件无法读取为核验包：{0}", "the file does not read as a bundle: {0}"},
    {Reason::no_evidence, "核验包中没有账本证据，请先刷新", "the bundle holds no evidence of the ledger; refresh it first"},
    {Reason::other_network, "核验包属于另一网络（{0}），本创世文件不能核验它",
     "the bundle is of another network ({0}); this genesis cannot verify it"},
    {Reason::bad_genesis, "创世文件有误：{0}", "the genesis is not good: {0}"},
    {Reason::basis_missing, "账本记录未得到证明（见 V06、V07），本项未能核验",
     "what the ledger says is not proved (see V06, V07), so this could not be checked"},
    {Reason::format_good, "格式正确：{0} 个字段，{1} 个文件摘要", "the format is right: {0} fields, {1} file digests"},
    {Reason::format_broken, "文档不符合格式：{0}", "the document breaks the format: {0}"},
    {Reason::identifier_good, "电子证照标识的校验位 {0} 正确，版本号 {1}",
     "the identifier's check character {0} is right; edition {1}"},
    {Reason::identifier_broken, "电子证照标识有误：{0}", "the identifier is wrong: {0}"},
    {Reason::identifier_foreign, "其他机构的标识，{0}；请与原件核对",
     "an identifier of another body, and {0}; compare it with the original"},
    {Reason::content_good, "文档内容与账本记录一致（根哈希 {0}）", "the content is what the ledger holds (root {0})"},
    {Reason::content_differs, "文档与账本记录不一致：{0}", "the document differs from the ledger's record: {0}"},
    {Reason::content_by_batch, "文档内容由批次根哈希锁定（见 V05）", "the content is bound by the batch's root (see V05)"},
    {Reason::content_after_batch, "批次路径未通过（见 V05），内容未能核对",
     "its place in the batch does not hold (see V05), so the content could not be compared"},
    {Reason::content_file_other, "所附文件（第 {0} 个）不是本证照的文件",
     "the file that came with it (number {0}) is none of the certificate's"},
    {Reason::content_file_unread, "所附文件的摘要算法本程序不支持，未能核对",
     "this program does not have the algorithm of the file's digest, so it could not be compared"},
    {Reason::fields_good, "公开的 {0} 个字段均与承诺值相符；持证人隐藏了 {1} 个字段，不影响真实性",
     "all {0} shown fields open their commitments; the holder hid {1}, which does not affect authenticity"},
    {Reason::fields_other_schema, "字段均与承诺值相符，但与该类型当时的字段定义（第 {0} 版）不一致：{1}",
     "the fields open their commitments, but are not as the type's schema (edition {0}) had them: {1}"},
    {Reason::fields_bad, "字段与承诺值不符，内容被改动：{0}", "a field does not open its commitment, it was altered: {0}"},
    {Reason::batch_none, "单独签发，不属于批次", "issued alone, not in a batch"},
    {Reason::batch_good, "是批次 {2} 中第 {0} 份（共 {1} 份）", "number {0} of {1} in the batch {2}"},
    {Reason::batch_bad, "批次路径不成立：{0}", "its place in the batch does not hold: {0}"},
    {Reason::batch_unknown, "账本上没有流水号前缀为 {0} 的批次", "the ledger has no batch with the prefix {0}"},
    {Reason::batch_not_needed, "账本将其记为单独签发，核验包却声称属于批次",
     "the ledger holds it as issued alone, but the bundle claims a batch"},
    {Reason::batch_place_missing, "标识属于某一批次，但核验包中没有批次路径",
     "the identifier lies in a batch, but the bundle holds no path to its root"},
    {Reason::inclusion_good, "高度 {0} 的账本状态含有此记录；于高度 {1} 由交易 {2} 签发",
     "the state at height {0} holds the record; issued at height {1} by transaction {2}"},
    {Reason::inclusion_without_issue, "高度 {0} 的账本状态含有此记录，但核验包中没有签发交易",
     "the state at height {0} holds the record, but the bundle lacks the transaction that issued it"},
    {Reason::inclusion_bad, "账本证明不成立：{0}", "a proof of the ledger does not hold: {0}"},
    {Reason::inclusion_incomplete, "证据不完整，缺少 {0} 项账本记录，请刷新核验包",
     "the evidence lacks {0} records of the ledger; refresh the bundle"},
    {Reason::inclusion_unsupported, "账本记录的版本本程序不认识：{0}", "a record is of a version unknown here: {0}"},
    {Reason::inclusion_absent, "已证明：高度 {0} 的账本上没有这份证照",
     "it is proved that the ledger at height {0} holds no such certificate"},
    {Reason::inclusion_foreign, "颁发机构不在本网络内，请向其所属网络核验",
     "the issuer is not of this network; ask the one it belongs to"},
    {Reason::inclusion_no_key, "标识不合规则，账本上不可能有此记录（见 V02）",
     "no ledger can hold an identifier that breaks the rules (see V02)"},
    {Reason::issue_differs, "签发交易与记录不符：{0}", "the transaction that should have issued it differs: {0}"},
    {Reason::checkpoint_good, "{1} 个部门中有 {0} 个签名（至少需要 {2} 个）：{3}",
     "{0} of {1} departments signed (at least {2} needed): {3}"},
    {Reason::checkpoint_demo, "演示网络，不得作为真实证照使用。{1} 个部门中有 {0} 个签名（至少需要 {2} 个）：{3}",
     "a demo network: nothing here is a real certificate. {0} of {1} departments signed (at least {2} needed): {3}"},
    {Reason::checkpoint_bad, "部门签名不成立：{0}", "the departments' seal does not hold: {0}"},
    {Reason::checkpoint_unknown, "部门签名未能核验：{0}", "the departments' seal could not be checked: {0}"},
    {Reason::checkpoint_simulated, "模拟网络的签名没有保护作用，不予核验",
     "the signatures of a simulated network protect nothing and are not checked"},
    {Reason::issuer_good, "{0} 于 {2} 签发，当时有权签发“{1}”", "{0} issued it on {2} and had the right to issue \"{1}\""},
    {Reason::issuer_unknown, "{0} 不是本网络的部门", "{0} is no department of this network"},
    {Reason::issuer_other_code, "标识中的颁发机构代码不是 {0} 的代码", "the issuer in the identifier is not {0}"},
    {Reason::issuer_type_unknown, "账本上没有定义这种证照", "the ledger defines no certificate of this type"},
    {Reason::issuer_not_granted, "{0} 在 {1} 无权签发这种证照", "{0} had no right to issue this type on {1}"},
    {Reason::issuer_key_compromised, "签发所用的 {0} 公钥自 {1} 起可能已泄露，而本证照签发于 {2}",
     "the key of {0} that issued it was in other hands from {1} on, and it was issued on {2}"},
    {Reason::standing_issued, "有效，没有暂扣、撤销或注销记录", "in force: not suspended, revoked or deregistered"},
    {Reason::standing_resumed, "有效；曾有决定（{0}，{1} 起）", "in force; the latest decision is {0} of {1}"},
    {Reason::standing_other, "{0}。{1}", "{0}. {1}"},
    {Reason::dates_good, "在有效期内：{0} 至 {1}", "within its dates: {0} to {1}"},
    {Reason::dates_early, "尚未生效，自 {0} 起有效", "not valid yet, only from {0}"},
    {Reason::dates_over, "已过期，有效期至 {0}", "expired: valid until {0}"},
    {Reason::holder_not_asked, "未要求核对持证人；请核对出示人与证载人是否一致",
     "the holder was not asked about; compare the named person with who presents it"},
    {Reason::holder_good, "所填证件号码是持证人的", "the identity given is the holder's"},
    {Reason::holder_other, "所填证件号码不是持证人的", "the identity given is not the holder's"},
    {Reason::holder_closed, "本副本不含核对持证人所需的盐值", "this copy does not let anyone check the holder"},
    {Reason::register_none, "不是不动产权属证书", "not a title to real estate"},
    {Reason::register_current, "登记簿中单元 {0} 的现行权属证书即为本证，且没有在办申请和限制",
     "it is the current title of unit {0}, with no open application and no limit on the unit"},
    {Reason::register_held, "登记簿中单元 {0} 的现行权属证书即为本证；但该单元有在办申请，登记可能变动",
     "it is the current title of unit {0}; but an application is open on the unit, so the register may change"},
    {Reason::register_limited, "登记簿中单元 {0} 的现行权属证书即为本证；登记簿上另有：{1}",
     "it is the current title of unit {0}; on the unit there stand: {1}"},
    {Reason::register_other_title, "登记簿中单元 {0} 的现行权属证书是 {1}，不是本证",
     "the current title of unit {0} is {1}, not this one"},
    {Reason::register_no_title, "登记簿中单元 {0} 的权利不以本证为凭", "the register has no such title for unit {0}"},
    {Reason::register_absent, "登记簿中没有单元 {0}", "the register has no unit {0}"},
    {Reason::register_missing, "证据中没有登记簿记录，单元上是否有在办申请或限制未能核验，请向登记机构查询",
     "the evidence holds no record of the register, so open applications on the unit could not be checked; ask the "
     "registry"},
    {Reason::stamp_none, "没有加注：本副本未限定给谁用、作何用", "no stamp: nothing says for whom or what this copy is"},
    {Reason::stamp_terms_broken, "加注不符合格式：{0}", "the stamp breaks the format: {0}"},
    {Reason::stamp_altered, "加注的签名不成立：加注被改动，或不是为本证照所作",
     "the stamp's signature does not hold: it was altered, or made for another certificate"},
    {Reason::stamp_other_document, "加注所对应的不是本副本显示的内容：字段被增减，或加注取自其他副本",
     "the stamp is of another document than this copy shows: fields were taken away, or it is of another copy"},
    {Reason::stamp_signer_missing, "证据中缺少加注公钥的 {0} 项账本记录，请刷新核验包",
     "the evidence lacks {0} records of the stamp's key; refresh the bundle"},
    {Reason::stamp_key_compromised, "加注所用的公钥自 {0} 起可能已泄露，加注无效",
     "the stamp's key was in other hands from {0} on, so the stamp is void"},
    {Reason::stamp_nobodys, "加注所用的公钥不属于账本上的任何工作人员或当事人",
     "the stamp's key is no officer's and no party's on this ledger"},
    {Reason::stamp_officer, "由 {0} 的在职工作人员加注，加注后未被改动",
     "stamped by an officer in service of {0}, and not altered since"},
    {Reason::stamp_other_officer, "由 {0} 的在职工作人员加注，但其既非窗口人员，也不属于签发机构",
     "stamped by an officer in service of {0}, who is neither at a window nor of the issuer"},
    {Reason::stamp_dismissed, "加注者已于 {1} 离任（{0}），无法证明加注作于离任之前；请索取新的加注件",
     "who stamped it left {0} on {1}, and nothing proves that it was before; ask for a new copy"},
    {Reason::stamp_holder, "由持证人以本人密钥加注（密钥经 {0} 登记），加注后未被改动",
     "stamped by the holder with their own key (registered by {0}), and not altered since"},
    {Reason::stamp_party, "由某当事人以本人密钥加注（密钥经 {0} 登记），是否为持证人未能证明",
     "stamped by a party with their own key (registered by {0}); that it is the holder is not shown"},
    {Reason::stamp_other_party, "由持证人以外的当事人加注（密钥经 {0} 登记）",
     "stamped by a party who is not the holder (key registered by {0})"},
    {Reason::stamp_released, "加注所用的密钥已于 {0} 注销，无法证明加注作于注销之前；请索取新的加注件",
     "the key that stamped it was released on {0}, and nothing proves that it was before; ask for a new copy"},
    {Reason::use_free, "没有加注，使用不受加注限制", "no stamp limits its use"},
    {Reason::use_no_stamp, "要求是给“{0}”的加注件，本副本没有加注",
     "a copy stamped for \"{0}\" was asked for, this one has no stamp"},
    {Reason::use_after_stamp, "加注未通过（见 V14），使用范围未能核对",
     "its stamp does not hold (see V14), so its use could not be checked"},
    {Reason::use_early, "加注件尚不能使用，自 {0} 起可用", "the stamped copy may not be used yet, only from {0}"},
    {Reason::use_over, "加注件已过使用期限，使用期止 {0}", "the stamped copy may no longer be used, it was until {0}"},
    {Reason::use_other_recipient, "加注件是给“{0}”的，不是给所问接收人的", "the copy is for \"{0}\", not for who was asked about"},
    {Reason::use_other_purpose, "加注件仅供“{0}”使用，不是所问用途", "the copy is for \"{0}\" only, not for what was asked about"},
    {Reason::use_not_compared, "仅供“{0}”用于“{1}”，使用期止 {2}；未要求核对接收人，请自行核对",
     "only for \"{0}\" and for \"{1}\", until {2}; nobody asked for whom: see whether that is you"},
    {Reason::use_by_party, "加注写明给“{0}”，但加注者是否为持证人未能证明（见 V14），使用范围未能核对",
     "the stamp names \"{0}\", but that the holder made it is not shown (see V14), so its use could not be checked"},
    {Reason::use_good, "是给所问接收人“{0}”的，仅供“{1}”使用，使用期止 {2}",
     "for \"{0}\", as asked, and for \"{1}\" only, until {2}"},
    {Reason::fresh, "截至 {0}，高度 {1}", "as of {0}, height {1}"},
    {Reason::stale, "证据截至 {0}（高度 {1}），已超过时限；今天是否有效未能核验，请刷新核验包",
     "the evidence is as of {0} (height {1}), older than allowed; whether it is good today could not be checked, "
     "refresh the bundle"},
    {Reason::clock_behind, "本机时钟早于账本时间 {0}，请校准时钟", "this machine's clock is behind the ledger's {0}; set it"},
    {Reason::verdict_valid, "有效，与账本记录一致（截至 {0}，高度 {1}）", "valid: as the ledger holds it (as of {0}, height {1})"},
    {Reason::verdict_warnings, "有效，但有需要注意的事项（截至 {0}，高度 {1}）",
     "valid, but read the warnings (as of {0}, height {1})"},
    {Reason::verdict_not_valid, "证照真实，但目前不能使用（截至 {0}，高度 {1}）",
     "genuine, but not good now (as of {0}, height {1})"},
    {Reason::verdict_not_authentic, "不是账本所记的证照：内容被改动或并非由此签发",
     "not what the ledger knows: altered, or never issued like this"},
    {Reason::verdict_cannot_check, "未能核验：既不能认定为真，也不能认定为假",
     "could not be checked: neither genuine nor forged is shown"},
};

constexpr NameText check_names[] = {
    {"格式", "format"},           {"标识校验", "identifier"},   {"内容", "content"},
    {"字段", "fields"},           {"批次", "batch"},            {"账本收录", "inclusion in the ledger"},
    {"部门共同签名", "signatures of the departments"},          {"签发机构", "issuer"},
    {"证照状态", "standing"},     {"有效期", "dates"},          {"持证人", "holder"},
    {"登记簿现状", "land register"},                            {"时效", "freshness"},
    {"加注", "stamp"},            {"使用范围", "use"},
};

const ReasonText& text_of(Reason reason) {
  const auto found = std::ranges::find(texts, reason, &ReasonText::reason);
  CHECK(found != std::end(texts));
  return *found;
}

std::string filled(std::string_view pattern, std::initializer_list<Value> values, std::string Value::* language) {
  std::string result;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool place = pattern[i] == '{' && i + 2 < pattern.size() && pattern[i + 2] == '}';
    if (!place) {
      result += pattern[i];
      continue;
    }
    const auto number = static_cast<std::size_t>(pattern[i + 1] - '0');
    CHECK(number < values.size());
    result += (values.begin() + number)->*language;
    i += 2;
  }
  return result;
}

// Cuts at a character's beginning, and makes question marks of what is not plain.
CheckText plain(std::string text) {
  if (text.size() > check_text_bytes_max) {
    std::size_t end = check_text_bytes_max;
    while (end > 0 && (text[end] & 0xc0) == 0x80) --end;
    text.resize(end);
  }
  if (auto good = CheckText::from(text)) return std::move(good).value();
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return CheckText::from(text).value();
}

}  // namespace

Explained explain(Reason reason, std::initializer_list<Value> values) {
  const ReasonText& text = text_of(reason);
  return {plain(filled(text.zh, values, &Value::zh)), plain(filled(text.en, values, &Value::en))};
}

NameText name_of(CheckName name) {
  static_assert(std::size(check_names) == check_count);
  return check_names[static_cast<std::size_t>(name) - 1];
}

NameText name_of(contracts::certificate::Standing standing) {
  using contracts::certificate::Standing;
  switch (standing) {
    case Standing::issued: return {"有效", "in force"};
    case Standing::suspended: return {"暂扣", "suspended"};
    case Standing::superseded: return {"已换发新版", "superseded by a newer edition"};
    case Standing::rescinded: return {"撤销", "rescinded"};
    case Standing::withdrawn: return {"撤回", "withdrawn"};
    case Standing::revoked_as_penalty: return {"吊销", "revoked as a penalty"};
    case Standing::deregistered: return {"注销", "deregistered"};
    case Standing::lost_declared_void: return {"遗失作废", "declared lost and void"};
    case Standing::transferred_out: return {"已办理转出", "transferred out"};
    case Standing::annulled: return {"经司法或复议撤销", "annulled by a court or review"};
  }
  return {"未知", "unknown"};
}

NameText name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::VALID: return {"有效", "VALID"};
    case Verdict::VALID_WITH_WARNINGS: return {"有效(有提示)", "VALID, WITH WARNINGS"};
    case Verdict::NOT_VALID: return {"目前无效", "NOT VALID"};
    case Verdict::NOT_AUTHENTIC: return {"不真实", "NOT AUTHENTIC"};
    case Verdict::CANNOT_CHECK: return {"未能核验", "CANNOT CHECK"};
  }
  return {"未能核验", "CANNOT CHECK"};
}

// Eight hours ahead of UTC: the time of the offices that issue and of most who verify. It is named, so nobody guesses.
std::string time_text(Timestamp time) {
  using namespace std::chrono;
  const sys_time<milliseconds> moment{milliseconds(static_cast<std::int64_t>(time.value())) + hours(8)};
  const auto day = floor<days>(moment);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<seconds>(moment - day));
  const auto two = [](auto number) {
    const std::string digits = std::to_string(number);
    return digits.size() < 2 ? "0" + digits : digits;
  };
  return std::to_string(static_cast<int>(date.year())) + "-" + two(static_cast<unsigned>(date.month())) + "-" +
         two(static_cast<unsigned>(date.day())) + " " + two(clock.hours().count()) + ":" +
         two(clock.minutes().count()) + ":" + two(clock.seconds().count()) + " (UTC+8)";
}

std::span<const Reason> all_reasons() {
  static const std::vector<Reason> reasons = [] {
    std::vector<Reason> list;
    for (const ReasonText& text : texts) list.push_back(text.reason);
    return list;
  }();
  return reasons;
}

}  // namespace kanhe::certs
