#include "cli/cert_view.h"

#include <algorithm>

#include "cli/output.h"
#include "cli/progress.h"
#include "cli/text_table.h"

namespace kanhe::cli {
namespace {

using namespace certs;

std::string_view sign_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::VALID:
      return "✓";
    case Verdict::VALID_WITH_WARNINGS:
      return "!";
    case Verdict::NOT_VALID:
    case Verdict::NOT_AUTHENTIC:
      return "✗";
    case Verdict::CANNOT_CHECK:
      return "–";
  }
  CHECK(false);
}

std::string named(const Globals& globals, const NamedDepartment& department) {
  const std::string name = sentence(globals, department.name_zh.view(), department.name_en.view());
  return department.name_zh.empty() && department.name_en.empty() ? department.id.str()
                                                                  : name + " (" + department.id.str() + ")";
}

bool has_failed(const Report& report, CheckName name) {
  return std::ranges::any_of(
      report.checks, [&](const Check& check) { return check.name == name && check.result == CheckResult::fail; });
}

bool is_open(const Report& report, CheckName name) {
  const Check& check = check_of(report, name);
  return check.needed && check.result == CheckResult::not_checked;
}

// The certificate is what the ledger knows, its stamp is not what was stamped.
bool only_stamp_failed(const Report& report) {
  return std::ranges::none_of(report.checks, [](const Check& check) {
    return check.result == CheckResult::fail && check.name <= CheckName::issuer;
  });
}

std::string title_of(const Globals& globals, const Report& report, const Bundle* bundle, const std::string& file) {
  std::string title = sentence(globals, "核验", "verifying") + " ";
  if (!report.type_zh.empty()) title += sentence(globals, report.type_zh.view(), report.type_en.view()) + "  ";
  const std::string_view number = bundle == nullptr ? std::string_view() : text_of(bundle->document, number_path);
  if (!number.empty()) title.append(number).append("  ");
  return title + (report.id ? report.id->str() : file) + "\n";
}

// Grave ones first; what is not here is no answer about a certificate.
constexpr ExitCode gravity[] = {ExitCode::not_authentic, ExitCode::not_valid, ExitCode::malformed_input,
                                ExitCode::could_not_check};

}  // namespace

ExitCode exit_code_of(const Report& report, Strictness strictness) {
  switch (report.verdict) {
    case Verdict::VALID:
      return ExitCode::good;
    case Verdict::VALID_WITH_WARNINGS:
      return strictness == Strictness::strict ? ExitCode::not_valid : ExitCode::good;
    case Verdict::NOT_VALID:
      return ExitCode::not_valid;
    case Verdict::NOT_AUTHENTIC:
      return ExitCode::not_authentic;
    case Verdict::CANNOT_CHECK:
      break;
  }
  // A file that does not read at all is another thing than one that could not be checked.
  const bool unreadable = !report.checks.empty() && report.checks.front().result == CheckResult::fail;
  return unreadable ? ExitCode::malformed_input : ExitCode::could_not_check;
}

ExitCode graver(ExitCode a, ExitCode b) {
  for (const ExitCode code : gravity) {
    if (a == code || b == code) return code;
  }
  return a == ExitCode::good ? b : a;
}

std::string_view sign_of(CheckResult result) {
  switch (result) {
    case CheckResult::pass:
      return "✓";
    case CheckResult::warn:
      return "!";
    case CheckResult::fail:
      return "✗";
    case CheckResult::not_checked:
      return "–";
  }
  CHECK(false);
}

std::string next_step(const Globals& globals, const Report& report, const std::string& file) {
  const auto says = [&](std::string_view zh, std::string_view en, const std::string& command = "") {
    return sentence(globals, zh, en) + (command.empty() ? "" : ": " + command);
  };
  const std::string refresh = "kanhe cert bundle refresh " + file;
  switch (report.verdict) {
    case Verdict::VALID:
    case Verdict::VALID_WITH_WARNINGS:
      if (report.unit)
        return says("查看登记簿现状", "what the register says today", "kanhe property show " + report.unit->str());
      return says("请核对证照上的人与出示人是否一致", "compare the named person with the one who presents it");
    case Verdict::NOT_VALID:
      if (report.standing && report.standing->replaced_by) {
        return says("请索取新版证照", "ask for the newer one", report.standing->replaced_by->str());
      }
      if (has_failed(report, CheckName::holder)) return says("请核对证件号码", "check the identity number");
      if (has_failed(report, CheckName::use)) {
        return says("请索取给贵单位、用于本用途的加注件", "ask for a copy that is stamped for you and for this");
      }
      return says("请联系签发机构", "ask the issuing department", report.issuer ? named(globals, *report.issuer) : "");
    case Verdict::NOT_AUTHENTIC:
      if (only_stamp_failed(report)) {
        return says("不要采信该副本；请持证人重新取得加注件", "do not rely on this copy; have the holder get it stamped anew");
      }
      return says("不要采信该文件；请持证人向签发机构重新取得证明包",
                  "do not rely on this file; have the holder get it anew from the issuing department");
    case Verdict::CANNOT_CHECK:
      if (exit_code_of(report, Strictness::lenient) == ExitCode::malformed_input) {
        return says("该文件不是证明包，请向出示人索取证明包文件", "this is no bundle; ask for the bundle file");
      }
      if (report.stamp && is_open(report, CheckName::use)) {
        return says("请索取由窗口工作人员加注的副本，或用 --holder 和 --pepper 核对持证人",
                    "ask for a copy that an officer stamped, or verify with --holder and --pepper");
      }
      return says("更新证明后再核验", "refresh the evidence and verify again", refresh);
  }
  CHECK(false);
}

namespace {

std::string checks_text(const Globals& globals, const Report& report) {
  TextTable table({Align::left, Align::left, Align::left});
  for (const Check& check : report.checks) {
    table.add({std::string(cli::sign_of(check.result)) + " " + check.id.str(),
               sentence(globals, check.name_zh.view(), check.name_en.view()),
               sentence(globals, check.zh.view(), check.en.view())});
  }
  return table.text();
}

}  // namespace

std::string report_text(const Globals& globals, const Report& report, const Bundle* bundle, const std::string& file) {
  std::string text = title_of(globals, report, bundle, file) + checks_text(globals, report);
  NamedValues values(0);
  std::string signers;
  for (const NamedDepartment& signer : report.signers) {
    signers += (signers.empty() ? "" : ", ") + named(globals, signer);
  }
  if (!signers.empty()) values.add(sentence(globals, "签名部门", "signed by"), signers);
  values.add(sentence(globals, "结论", "verdict"), std::string(sign_of(report.verdict)) + " " +
                                                       sentence(globals, report.zh.view(), report.en.view()) + "  [" +
                                                       std::string(enum_name(report.verdict)) + "]");
  if (report.as_of) {
    values.add(sentence(globals, "截至", "as of"),
               time_text(report.as_of->time_ms) + ", " + sentence(globals, "高度", "block") + " " +
                   to_string(report.as_of->height) + ", " + sentence(globals, "离线核验", "verified offline"));
  }
  values.add(sentence(globals, "下一步", "next"), next_step(globals, report, file));
  return text + values.text();
}

std::string report_line(const Globals& globals, const Report& report, const std::string& file) {
  return std::string(sign_of(report.verdict)) + " " + file + ": " +
         sentence(globals, report.zh.view(), report.en.view()) + "  [" + std::string(enum_name(report.verdict)) + "]\n";
}

// ---------------------------------------------------------------------------------------------------------------------
// A bundle as it is

namespace {

void add_dates(const Globals& globals, const Document& document, NamedValues& values) {
  if (document.valid_from_ms) {
    values.add(sentence(globals, "有效期起", "valid from"), time_text(*document.valid_from_ms));
  }
  values.add(sentence(globals, "有效期止", "valid until"),
             document.valid_until_ms ? time_text(*document.valid_until_ms) : sentence(globals, "长期", "long-term"));
}

void add_evidence(const Globals& globals, const Bundle& bundle, NamedValues& values) {
  const std::string name = sentence(globals, "账本证明", "evidence");
  if (!bundle.evidence) return values.add(name, sentence(globals, "还没有", "none from the ledger yet"));
  const Header& header = bundle.evidence->head.newest.header;
  values.add(name, sentence(globals, "截至", "as of") + " " + time_text(header.timestamp_ms) + ", " +
                       sentence(globals, "高度", "block") + " " + to_string(header.height));
}

void add_stamp(const Globals& globals, const StampTerms& terms, NamedValues& values) {
  values.add(sentence(globals, "加注件，仅供", "a stamped copy, only for"), terms.recipient.str());
  values.add(sentence(globals, "用途", "purpose"), terms.purpose.str());
  values.add(sentence(globals, "使用期", "to be used"), time_text(terms.from_ms) + " – " + time_text(terms.until_ms));
  if (terms.matter_number) values.add(sentence(globals, "办件编号", "matter number"), terms.matter_number->str());
}

}  // namespace

std::string bundle_text(const Globals& globals, const Bundle& bundle) {
  const Document& document = bundle.document;
  NamedValues values;
  add_dates(globals, document, values);
  for (const DocumentField& field : document.fields) {
    if (field.opening) values.add(field.opening->path.str(), display_text(field.opening->value));
  }
  if (const std::size_t hidden = hidden_count(document); hidden > 0) {
    values.add(sentence(globals, "持证人隐藏的字段", "fields hidden by the holder"), grouped(hidden));
  }
  for (const auto& file : document.files) {
    values.add(sentence(globals, "附件", "file"),
               file.media_type.str() + " " + std::string(enum_name(file.algorithm)) + ":" + file.digest.hex());
  }
  values.add(sentence(globals, "持证人", "holder"),
             document.holder_opening
                 ? sentence(globals, "可凭证件号码核对", "can be checked by an identity number")
                 : sentence(globals, "本副本不能核对", "cannot be checked with this copy"));
  if (bundle.batch) {
    values.add(sentence(globals, "批次", "batch"), bundle.batch->prefix.str() + ", " +
                                                      grouped(std::uint64_t{bundle.batch->index} + 1) + " / " +
                                                      to_string(bundle.batch->count));
  }
  if (bundle.stamp) add_stamp(globals, bundle.stamp->terms, values);
  add_evidence(globals, bundle, values);
  return document.id.str() + "\n" + values.text();
}

}  // namespace kanhe::cli
