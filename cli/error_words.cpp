#include "cli/error_words.h"

#include <optional>
#include <vector>

namespace kanhe::cli {
namespace {

// The first row that fits counts: particular ones stand before general ones.
constexpr ErrorWords all_words[] = {
    // Around others.
    {"no answer about the transaction; it may be recorded all the same (look: {}): {}",
     "没有得到关于该交易的答复，它仍可能已上链（请查看：{1}）：{2+}"},
    {"{} (try again in {} s)", "{1+}（请于 {2} 秒后再试）"},

    // A node that does not answer.
    {"{}: no answer in time while {}", "节点 {1} 没有及时应答（{2+}），请检查网络或换一个节点 (--node)"},
    {"{}: connecting: {}", "连接不上节点 {1}：{2+}。请检查 --node，或换一个部门的节点"},
    {"{}: looking up the name: {}", "找不到节点 {1} 的地址：{2+}。请检查 --node"},
    {"{}: opening TLS: {}", "与节点 {1} 建立 TLS 连接失败：{2+}"},
    {"{}: asking: {}", "向节点 {1} 提问时连接中断：{2+}"},
    {"{}: waiting for the answer: {}", "等待节点 {1} 应答时连接中断：{2+}"},
    {"looking up the name", "查找地址"},
    {"connecting", "连接"},
    {"opening TLS", "建立 TLS 连接"},
    {"asking", "提问"},
    {"waiting for the answer", "等待应答"},
    {"Connection refused", "连接被拒绝"},
    {"Connection reset by peer", "连接被对方断开"},
    {"Host not found (authoritative)", "没有这个主机"},
    {"Host not found (non-authoritative), try again later", "暂时查不到这个主机"},
    {"No route to host", "网络不通"},
    {"Network is unreachable", "网络不通"},
    {"\"{}\" is no node: write https://host:port, for example {}", "“{1}” 不是节点地址，应写作 https://主机:端口，例如 {2}"},

    // What a node answers.
    {"node: Kanhe-Query: {}", "节点不接受该查询：{1+}"},
    {"the key {} belongs to no officer", "密钥 {1} 未登记为任何工作人员，请换用本人的密钥 (--key)，或请管理员登记"},
    {"the key was dismissed at {}", "该密钥已停用，请换用在用的密钥，或请管理员登记新公钥"},
    {"the key is a party's, not an officer's", "这是当事人的密钥，该查询须用工作人员的密钥"},
    {"valid_until_ms {} is over, it is {}", "查询已过有效时间，请校对本机时钟"},
    {"valid_until_ms {}, must be at most {}", "查询的有效时间超前过多，请校对本机时钟"},
    {"node: this read is for officers: {}", "该查询须由工作人员签名，请用 --key 指定密钥"},
    {"node: this is about another person", "这是他人的信息，无权查询"},
    {"node: this node keeps files for officers of {}, not of {}",
     "该节点只为 {1} 的工作人员保管文件，不为 {2} 保管；请用 --node 指定本部门的节点"},
    {"node: application: {} has no step in its service", "{1} 在该事项中没有办理环节，无权查阅其材料"},
    {"node: application: {} has no more to do with it: it is closed", "该申请已办结，{1} 不再有权查阅其材料"},
    {"node: application: the key is of none of its applicants", "该密钥不属于任何一位申请人，无权查阅其材料"},
    {"node: application: there is no {}", "没有申请 {1}，请核对编号"},
    {"node: consent: is missing; {} has not issued the certificate",
     "缺少授权 (--consent)：该证照不是 {1} 签发的，须经持证人授权"},
    {"node: consent: there is no {}", "没有授权 {1}，请核对编号：kanhe consent list PARTY"},
    {"node: consent: is not given to {}", "该授权不是给 {1} 的"},
    {"node: consent: is not its holder's, as far as is recorded", "该授权不是持证人给的"},
    {"node: consent: is not for this certificate", "该授权不是针对这份证照的"},
    {"node: consent: is for the purpose {}, not for {}", "该授权的用途是 {1}，不是 {2} (--purpose)"},
    {"node: consent: was withdrawn", "该授权已撤回，请持证人重新授权：kanhe consent give"},
    {"node: consent: held until {}", "该授权已过期，请持证人重新授权：kanhe consent give"},
    {"node: consent: no use of it is recorded; record one first", "尚未登记本次使用，请先登记：kanhe consent use"},
    {"node: certificate: its files are for departments", "证照的附件只供部门查阅"},
    {"node: certificate: there is no {}, or it is of a batch", "没有证照 {1}，或它是批量签发的"},
    {"node: certificate: the id names no issuer of this network", "证照标识中的颁发机构不在本网络中"},
    {"node: file: no department of this matter has it; whoever took it in has to upload it",
     "有关部门都没有该文件，请收件人上传：kanhe application upload 文件"},
    {"node: file: it may be at {}, which cannot be asked now; ask again later",
     "该文件可能在 {1}，目前联系不上，请稍后再试"},
    {"node: file {}: is not at this node", "该节点没有文件 {1}"},
    {"node: application: it names no file {}", "该申请中没有文件 {1}"},
    {"node: certificate: it names no file {}", "该证照没有附件 {1}"},
    {"node: id: it breaks the rule {}", "证照标识有误：{1}"},
    {"node: the node has no block yet; {}", "该节点还没有区块，请稍后再试"},
    {"node: block {} has no seal yet, {}", "区块 {1} 尚未经多数部门签名，请稍后再试"},
    {"node: transaction {} is not recorded", "交易 {1} 未上链"},
    {"node: too many requests from this address", "本机的请求过于频繁，请稍后再试"},
    {"node: this node stops", "该节点正在停止，请换一个节点 (--node)"},
    {"node: answered with status {} and no reason", "节点答复状态 {1}，未说明原因"},
    {"node: answered with status {}", "节点答复状态 {1}"},
    {"node: valid_until_ms: {}", "交易的有效时间不合要求，请校对本机时钟，或缩短 --valid-for"},
    {"the node's answer is about another {} than was asked for", "节点答非所问，请换一个节点 (--node)"},
    {"the node answers for height {}, but showed {} before", "节点先答高度 {2}，后答高度 {1}，请换一个节点 (--node)"},

    // Keys and passphrases.
    {"the key does not open: the passphrase is wrong, or the file is damaged", "密钥打不开：口令不对，或文件已损坏"},
    {"a passphrase is needed, and there is no terminal to ask: {}",
     "需要口令，但没有终端可以询问：请用 --passphrase-file 或 --passphrase-fd"},
    {"the two passphrases differ", "两次输入的口令不一致"},
    {"the passphrase has {} bytes, must be between {} and {}", "口令长 {1} 字节，应为 {2} 至 {3} 字节"},
    {"{}: is no encrypted key file. {}", "{1}：不是加密的密钥文件；明文密钥请先加密：kanhe key import {1} -o 新文件"},
    {"{}: holds a secret, but others than its owner can reach it; {}",
     "{1}：是保密文件，但他人也能读取，权限须为 0600。如果他人可能读过，请换新密钥；否则：chmod 600 {1}"},
    {"{}: everyone may write to this directory, {}", "{1}：任何人都能写入该目录，其中的密钥可能被调换，请换一个目录存放"},
    {"{}: belongs to another account", "{1}：属于其他帐户"},
    {"{}: is a symbolic link; name the file itself", "{1}：是符号链接，请直接指定文件"},
    {"{}: is not a plain file", "{1}：不是普通文件"},
    {"{}: must be one line of {} hexadecimal digits", "{1}：应为一行 {2} 位十六进制数字"},
    {"{}: must be one line of at least {} hexadecimal digits", "{1}：应为一行，至少 {2} 位十六进制数字"},
    {"{}: public_key is no key of the scheme", "{1}：其中的公钥不合算法"},

    // Files.
    {"{}: there is no such file", "{1}：没有这个文件"},
    {"{}: cannot be read: {}", "{1}：无法读取：{2+}"},
    {"{}: No such file or directory", "{1}：没有这个文件"},
    {"{}: Permission denied", "{1}：没有权限"},
    {"{}: Is a directory", "{1}：是目录，不是文件"},
    {"No such file or directory", "没有这个文件"},
    {"Permission denied", "没有权限"},
    {"Is a directory", "是目录，不是文件"},
    {"{}: cannot be read", "{1}：无法读取"},
    {"{}: cannot be read, or is longer than {} bytes", "{1}：无法读取，或超过 {2} 字节"},
    {"{}: exists already, and is not overwritten", "{1}：文件已存在，不会覆盖"},
    {"{}: exists already", "{1}：文件已存在，不会覆盖"},
    {"{}: longer than {} bytes", "{1}：超过 {2} 字节"},
    {"{}: must be at most {} bytes", "{1}：至多 {2} 字节"},
    {"{}: no file in it ends in {}", "{1}：其中没有以 {2} 结尾的文件"},
    {"what came for {} is not of this digest", "取得的文件与摘要 {1} 不符，请换一个节点 (--node)"},

    // Values.
    {"\"{}\" must be {} hexadecimal digits in lower case, or sha256:FILE", "“{1}” 应为 {2} 位小写十六进制数字，或 sha256:文件"},
    {"\"{}\" must be {} hexadecimal digits in lower case", "“{1}” 应为 {2} 位小写十六进制数字"},
    {"\"{}\" must be true or false", "“{1}” 应为 true 或 false"},
    {"\"{}\" is no amount: {}", "“{1}” 不是金额：请以元为单位写两位小数 (1234.50)，或以分为单位并写明 (123450fen)"},
    {"\"{}\" is no time: {}", "“{1}” 不是日期或时间：请写作 2025-06-03，或 2025-06-03T10:21:07（北京时间）"},
    {"\"{}\" is no duration: {}", "“{1}” 不是时长：请写整数和单位，例如 90s、30m、12h、5d"},
    {"must be a day as in {}", "不是日期，应写作 {1}"},
    {"\"{}\" is not a whole number", "“{1}” 不是整数"},
    {"\"{}\" is none of {}", "“{1}” 不在可选范围：{2}"},
    {"\"{}\" is no kind of identity; these are: {}", "“{1}” 不是证件种类，可选：{2}"},
    {"an identity is written KIND:NUMBER, {}", "身份写作 种类:号码，例如 resident_id:11010519491231002X"},
    {"{} lies before 1970", "{1} 早于 1970 年"},
    {"{}: CivilDate: {} bytes, must be between {} and {}", "{1}：不是日期，应写作 2025-10-01"},
    {"{}: PartyId: {} bytes, must be {}", "{1}：不是当事人标识，应为 64 位小写十六进制数字：kanhe key party"},
    {"{}: {} bytes, must be between {} and {}", "{1}：长 {2} 字节，应为 {3} 至 {4} 字节"},
    {"{}, must be between {} and {}", "{1}，应在 {2} 至 {3} 之间"},
    {"{} must be between {} and {}", "{1} 应在 {2} 至 {3} 之间"},
    {"{} bytes, must be at most {}", "长 {1} 字节，至多 {2} 字节"},
    {"\"{}\" is not made of a-z, 0-9 and single hyphens between them", "“{1}” 只能用小写字母、数字和中间的单个连字符"},
    {"\"{}\" is empty or ends in a hyphen", "“{1}” 为空，或以连字符结尾"},

    // The command line.
    {"{} is required", "缺少 {1}"},
    {"{}: {} required {} missing", "{1}：缺少值"},
    {"The following argument was not expected: {}", "多余的内容：{1}"},
    {"The following arguments were not expected: {}", "多余的内容：{1}"},
    {"A subcommand is required", "缺少命令"},
    {"{}: Check {} value in {}", "{1}：没有 “{2}” 这个选择"},
    {"{} excludes {}", "{1} 与 {2} 不能一起使用"},
    {"Could not convert: {}", "不能识别：{1}"},
    {"-o {}: {}", "-o {1}：{2+}"},
};

// The values that stand in the places of {}, if the text is of the pattern.
std::optional<std::vector<std::string_view>> values_of(std::string_view pattern, std::string_view text) {
  constexpr std::string_view place = "{}";
  std::vector<std::string_view> values;
  std::size_t begin = pattern.find(place);
  if (begin == std::string_view::npos) return pattern == text ? std::optional(values) : std::nullopt;
  if (!text.starts_with(pattern.substr(0, begin))) return std::nullopt;
  text.remove_prefix(begin);
  for (;;) {
    const std::size_t next = pattern.find(place, begin + place.size());
    const std::string_view piece = pattern.substr(begin + place.size(), next - begin - place.size());
    // A value reaches to the next piece; the last one to the end.
    const bool is_last = next == std::string_view::npos;
    const std::size_t end = is_last ? text.size() - std::min(piece.size(), text.size()) : text.find(piece);
    if (end == std::string_view::npos || !text.substr(end).starts_with(piece)) return std::nullopt;
    values.push_back(text.substr(0, end));
    if (is_last) return values;
    text.remove_prefix(end + piece.size());
    begin = next;
  }
}

std::string filled(std::string_view zh, const std::vector<std::string_view>& values) {
  std::string text;
  for (std::size_t i = 0; i < zh.size(); ++i) {
    const bool is_place = zh[i] == '{' && i + 2 < zh.size() && zh[i + 1] >= '1' && zh[i + 1] <= '9';
    if (!is_place) {
      text += zh[i];
      continue;
    }
    const std::string_view value = values.at(static_cast<std::size_t>(zh[i + 1] - '1'));
    const bool is_translated = zh[i + 2] == '+';
    const std::string own = is_translated ? find_error_zh(value) : std::string();
    text += own.empty() ? std::string(value) : own;
    i += is_translated ? 3 : 2;
  }
  return text;
}

}  // namespace

std::span<const ErrorWords> error_words() { return all_words; }

std::string find_error_zh(std::string_view text) {
  for (const ErrorWords& row : all_words) {
    if (const auto values = values_of(row.en, text)) return filled(row.zh, *values);
  }
  constexpr std::string_view between = ": ";
  const std::size_t place = text.find(between);
  if (place == std::string_view::npos) return {};
  const std::string rest = find_error_zh(text.substr(place + between.size()));
  return rest.empty() ? std::string() : std::string(text.substr(0, place)) + "：" + rest;
}

}  // namespace kanhe::cli
