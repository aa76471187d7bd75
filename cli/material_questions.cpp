#include "cli/material_questions.h"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "cli/error_words.h"
#include "cli/file_transfer.h"
#include "cli/output.h"
#include "cli/text_table.h"
#include "cli/values.h"

namespace kanhe::cli {

namespace property = contracts::property;
namespace service = contracts::service;

namespace {

constexpr std::string_view file_prefix = "sha256:";
constexpr std::string_view certificate_root = "1.2.156.";

std::string value_of(const std::vector<FieldOption>& options, std::string_view path) {
  const auto option = std::ranges::find(options, path, &FieldOption::path);
  return option == options.end() ? std::string() : option->value;
}

std::string zh_of(const Error& error) {
  const std::string zh = find_error_zh(error.text);
  return zh.empty() ? error.text : zh;
}

Words name_of(const service::MaterialRule& rule) { return {rule.name_zh.str(), rule.name_en.str()}; }

// Whoever drops a file on a terminal gets its name in quotes.
std::string without_quotes(std::string text) {
  const bool is_quoted =
      text.size() >= 2 && text.front() == text.back() && (text.front() == '\'' || text.front() == '"');
  return is_quoted ? text.substr(1, text.size() - 2) : text;
}

// Who files, as far as options say it: one by one, or as JSON.
std::vector<PartyId> applicants_of(const std::vector<FieldOption>& options) {
  std::vector<PartyId> parties;
  for (const FieldOption& option : options) {
    if (option.path != "applicants" && !option.path.starts_with("applicants.")) continue;
    if (const auto party = PartyId::from_hex(option.value)) {
      parties.push_back(*party);
    } else if (const auto list = from_json<property::Applicants>(option.value)) {
      parties.insert(parties.end(), list->begin(), list->end());
    }
  }
  return parties;
}

bool contains(const service::MaterialCodes& codes, const service::MaterialCode& code) {
  return std::ranges::find(codes, code) != codes.end();
}

// What of an application may be brought now: what was promised, and what a notice asks for.
bool is_waited_for(const service::Application& application, const service::MaterialCode& code) {
  const auto& notice = application.notice;
  return contains(application.deferred, code) ||
         (notice && contains(notice->missing, code) && !contains(notice->come, code));
}

// What a notice may ask for: neither what a source holds nor what may come later.
bool may_be_missing(const service::Application& application, const service::MaterialCode& code) {
  return !contains(application.satisfied, code) && !contains(application.deferred, code);
}

}  // namespace

bool has_material_questions(std::string_view module, std::string_view method) {
  constexpr std::string_view methods[] = {"file", "file_package", "notify", "supplement"};
  return module == "service" && std::ranges::find(methods, method) != std::end(methods);
}

bool lacks_materials(const std::vector<FieldOption>& options) {
  constexpr std::string_view fields[] = {"materials", "missing"};
  return std::ranges::none_of(
      fields, [&](std::string_view field) { return is_given(options, field) || is_begun(options, field); });
}

bool has_named_fields(const std::vector<FieldOption>& options,
                      const std::vector<std::pair<std::string, std::string>>& names) {
  return std::ranges::all_of(names, [&](const auto& name) {
    return is_given(options, name.second) || is_begun(options, name.second);
  });
}

std::string MaterialQuestions::text_of(const Words& words) const { return sentence(globals_, words.zh, words.en); }

// ---------------------------------------------------------------------------------------------------------------------
// What is asked for

// A service that is named twice over is the record's business; here the first that reads counts.
bool MaterialQuestions::read(Interview& interview) {
  if (is_read_) return *is_read_;
  const auto& options = interview.options();
  const auto fail_softly = [&](const Error& error) {
    interview.say({"无法从账本读取事项定义，改为逐项填写：" + zh_of(error),
                   "the definition of the service cannot be read, so each field is asked for: " + error.text});
    is_read_ = false;
    return false;
  };
  if (const auto id = ApplicationId::from_hex(value_of(options, "application"))) return read_case(interview, *id);
  std::vector<NamedService> services;
  if (const auto code = service::PackageCode::from(value_of(options, "package"))) {
    auto package = reader_.package(*code);
    if (!package) return fail_softly(package.error());
    if (*package) {
      title_ = {(*package)->name_zh.str(), (*package)->name_en.str()};
      auto all = services_of(reader_, **package);
      if (!all) return fail_softly(all.error());
      services = std::move(*all);
    }
  } else if (const auto one = service::ServiceCode::from(value_of(options, "service"))) {
    auto found = reader_.service(*one);
    if (!found) return fail_softly(found.error());
    if (*found) services.push_back({*one, std::move(**found)});
  }
  return read_filing(services);
}

// Of several services each material once: it may wait if all can wait for it, and is on the ledger if all look there.
bool MaterialQuestions::read_filing(const std::vector<NamedService>& services) {
  is_read_ = !services.empty();
  for (const NamedService& one : services) {
    const service::Definition& definition = one.service.definition;
    if (title_.en.empty()) title_ = {definition.name_zh.str(), definition.name_en.str()};
    for (const service::MaterialRule& rule : definition.materials) {
      const auto known = std::ranges::find(asked_, rule.code, [](const Asked& asked) { return asked.rule.code; });
      if (known == asked_.end()) {
        asked_.push_back({rule, rule.deferrable});
        continue;
      }
      known->may_wait = known->may_wait && rule.deferrable;
      if (known->rule.item != rule.item) known->rule.item.reset();
      if (known->rule.certificate != rule.certificate) known->rule.certificate.reset();
    }
    definitions_.push_back(definition);
  }
  return *is_read_;
}

bool MaterialQuestions::read_case(Interview& interview, const ApplicationId& id) {
  const auto found = reader_.application(id);
  is_read_ = found && *found;
  if (!found) {
    interview.say({"无法读取申请：" + zh_of(found.error()), "the application cannot be read: " + found.error().text});
  }
  if (!*is_read_) return false;
  const service::Definition& definition = (*found)->service.definition;
  title_ = {definition.name_zh.str(), definition.name_en.str()};
  each_may_be_skipped_ = true;
  for (const service::MaterialRule& rule : definition.materials) {
    if (is_waited_for((*found)->application, rule.code)) asked_.push_back({rule, true});
    if (may_be_missing((*found)->application, rule.code)) may_be_missing_.push_back(rule);
  }
  return true;
}

bool MaterialQuestions::ask(Interview& interview, std::string_view field) {
  if (is_begun(interview.options(), field)) return false;
  if (field == "materials") return read(interview) && ask_materials(interview);
  // What goes with materials that options gave is not known here.
  if (field == "deferral" && !were_asked_) return false;
  if (field == "deferral") return read(interview) && ask_deferral(interview);
  if (field == "shown") return read(interview) && ask_shown(interview);
  if (field == "answers") return read(interview) && ask_answers(interview);
  if (field == "missing") return read(interview) && ask_missing(interview);
  return false;
}

// ---------------------------------------------------------------------------------------------------------------------
// Materials

// Looked for only to spare the clerk a question: where it cannot be looked for, the question is asked.
bool MaterialQuestions::is_held(const service::MaterialRule& rule, const std::vector<FieldOption>& options) {
  if (!rule.item) return false;
  const auto held = reader_.is_held(*rule.item, applicants_of(options));
  return held && *held;
}

bool MaterialQuestions::ask_materials(Interview& interview) {
  were_asked_ = true;
  interview.say({"申请材料（" + title_.zh + "）：", "materials (" + title_.en + "):"});
  std::vector<const Asked*> open;
  for (const Asked& one : asked_) {
    const Words name = name_of(one.rule);
    if (each_may_be_skipped_ || !is_held(one.rule, interview.options())) {
      open.push_back(&one);
      continue;
    }
    interview.say({"  ✓ " + name.zh + "：来源部门已有，不必提交", "  ✓ " + name.en + ": held by its source, not asked for"});
  }
  if (open.empty()) interview.say({"  无需提交材料", "  nothing is to be brought"});
  for (std::size_t i = 0; i < open.size(); ++i) {
    ask_material(interview, *open[i], std::to_string(i + 1) + "/" + std::to_string(open.size()));
  }
  return true;
}

void MaterialQuestions::ask_material(Interview& interview, const Asked& one, const std::string& counted) {
  const Words name = name_of(one.rule);
  interview.say({counted + "  " + name.zh + "  (" + one.rule.code.str() + ")",
                 counted + "  " + name.en + "  (" + one.rule.code.str() + ")"});
  Words hint{"  文件名，例如 scan.pdf", "  the file, for example scan.pdf"};
  if (one.rule.certificate && !each_may_be_skipped_) {
    hint.zh += "；或出示的证照标识（类型 " + one.rule.certificate->str() + "）";
    hint.en += "; or the identifier of a certificate that is shown (type " + one.rule.certificate->str() + ")";
  }
  if (one.may_wait) {
    hint.zh += each_may_be_skipped_ ? "；直接回车：以后补交" : "；直接回车：承诺以后补交";
    hint.en += each_may_be_skipped_ ? "; Enter: it comes later" : "; Enter: it is promised for later";
  }
  interview.say(hint);
  for (;;) {
    const std::string answer = without_quotes(interview.ask("  > "));
    if (!answer.empty()) {
      if (take_answer(interview, one, answer)) return;
    } else if (one.may_wait) {
      waits_for_some_ = true;
      return;
    } else {
      interview.complain({"此项必交", "this is needed"});
    }
  }
}

bool MaterialQuestions::take_answer(Interview& interview, const Asked& one, const std::string& answer) {
  const Words name = name_of(one.rule);
  if (one.rule.certificate && answer.starts_with(certificate_root)) {
    if (answer.find("." + one.rule.certificate->str() + ".") == std::string::npos) {
      interview.complain({"该证照不是类型 " + one.rule.certificate->str(),
                          "the certificate is not of the type " + one.rule.certificate->str()});
      return false;
    }
    return interview.take({{"shown", answer}}, {name.zh + "：“" + answer + "” 不是证照标识", {}});
  }
  const std::string place = "materials." + std::to_string(given_ + 1);
  if (!take_file(interview, place, answer, name)) return false;
  CHECK(interview.take({{place + ".code", one.rule.code.str()}}, {}));
  ++given_;
  return true;
}

// A file by its name, or a digest that somebody has computed already.
bool MaterialQuestions::take_file(Interview& interview, const std::string& place, const std::string& answer,
                                  const Words& name) {
  const bool is_digest = Hash256::from_hex(answer).has_value();
  const std::string path = answer.starts_with(file_prefix) ? answer.substr(file_prefix.size()) : answer;
  const auto type = is_digest ? media_type_of("") : media_type_of(path);
  Hash256 digest;
  const auto set = set_value(schema_of<Hash256>(), &digest, is_digest ? answer : std::string(file_prefix) + path);
  if (!set) {
    interview.complain({name.zh + "：无法读取文件 “" + path + "”", set.error().text});
    return false;
  }
  const std::vector<FieldOption> options{{place + ".file.media_type", type.str()},
                                         {place + ".file.algorithm", "sha256"},
                                         {place + ".file.digest", digest.hex()}};
  if (!interview.take(options, {name.zh + "：“" + answer + "” 不能用", {}})) return false;
  if (!is_digest) files_.push_back(path);
  return true;
}

// ---------------------------------------------------------------------------------------------------------------------
// What goes with them

bool MaterialQuestions::ask_deferral(Interview& interview) {
  if (!waits_for_some_) return true;
  interview.say({"补交日期  (--deferral.until)\n  例如 2025-06-09，不超过该事项的办理时限",
                 "the day on which it comes  (--deferral.until)\n"
                 "  for example 2025-06-09, within the time limits of the service"});
  for (;;) {
    const std::string day = interview.ask("  > ");
    if (interview.take({{"deferral.until", day}}, {"“" + day + "” 不是日期，例如 2025-06-09", {}})) break;
  }
  interview.say({"签名的承诺书  (--deferral.evidence)\n  文件名，例如 promise.pdf",
                 "the promise that was signed  (--deferral.evidence)\n  the file, for example promise.pdf"});
  for (;;) {
    const std::string path = without_quotes(interview.ask("  > "));
    const bool is_plain = path.starts_with(file_prefix) || Hash256::from_hex(path).has_value();
    const std::string value = is_plain ? path : std::string(file_prefix) + path;
    if (interview.take({{"deferral.evidence", value}}, {"无法读取文件 “" + path + "”", {}})) return true;
  }
}

// A check that looks at a certificate: without one a person decides.
bool MaterialQuestions::ask_shown(Interview& interview) {
  for (const service::Definition& definition : definitions_) {
    for (const service::PreCheck& check : definition.checks) {
      const auto* const of = std::get_if<service::CertificateCheck>(&check);
      if (of == nullptr) continue;
      const std::string type = of->certificate_type.str();
      const auto is_of_type = [&](const FieldOption& option) {
        return option.path == "shown" && option.value.find("." + type + ".") != std::string::npos;
      };
      if (std::ranges::any_of(interview.options(), is_of_type)) continue;
      interview.say({"出示的证照标识，类型 " + type + "  (--shown)\n  有此证照可自动核验；直接回车跳过",
                     "certificate that is shown, of the type " + type +
                         "  (--shown)\n  with it the check decides by itself; Enter skips it"});
      for (;;) {
        const std::string id = interview.ask("  > ");
        if (id.empty() || interview.take({{"shown", id}}, {"“" + id + "” 不是证照标识", {}})) break;
      }
    }
  }
  return true;
}

bool MaterialQuestions::ask_answers(Interview& interview) {
  for (const service::Definition& definition : definitions_) {
    for (const service::PreCheck& check : definition.checks) {
      const auto* const of = std::get_if<service::AnswerCheck>(&check);
      if (of == nullptr) continue;
      const std::string predicate = of->predicate.str();
      interview.say({"核验编号：" + predicate + "  (--answers)\n  kanhe predicate ask 返回的编号；有此答复可自动核验；直接回车跳过",
                     "the question about " + predicate +
                         "  (--answers)\n  the id that kanhe predicate ask gave; with its answer the check decides by "
                         "itself; Enter skips it"});
      for (;;) {
        const std::string id = interview.ask("  > ");
        if (id.empty() || interview.take({{"answers", id}}, {"“" + id + "” 不是核验编号（64 位小写十六进制数字）", {}})) break;
      }
    }
  }
  return true;
}

// Which are missing, by their numbers, in one line: it can be said but once.
bool MaterialQuestions::ask_missing(Interview& interview) {
  if (may_be_missing_.empty()) return false;
  interview.say({"哪些材料缺少或不合格（只能告知一次，请一次列全）  (--missing)",
                 "which materials are missing or not as they must be (said but once: name all)  (--missing)"});
  TextTable table({Align::right, Align::left, Align::left});
  for (std::size_t i = 0; i < may_be_missing_.size(); ++i) {
    table.add({std::to_string(i + 1), text_of(name_of(may_be_missing_[i])), may_be_missing_[i].code.str()});
  }
  interview.say({table.text(), table.text()});
  for (;;) {
    std::istringstream words(interview.ask("  1–" + std::to_string(may_be_missing_.size()) + " > "));
    std::vector<FieldOption> options;
    bool reads = true;
    for (std::string word; words >> word;) {
      std::size_t number = 0;
      const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
      const bool is_number = error == std::errc() && end == word.data() + word.size();
      reads = reads && is_number && number >= 1 && number <= may_be_missing_.size();
      if (reads) options.push_back({"missing", may_be_missing_[number - 1].code.str()});
    }
    const Words complaint{"请输入编号，用空格分开，例如 1 3", "numbers with spaces between, for example 1 3"};
    if (!reads || options.empty()) {
      interview.complain(complaint);
    } else if (interview.take(options, complaint)) {
      return true;
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// At a terminal

namespace {

// The form lets a list be empty; but nothing is filed by nobody.
bool ask_applicants(Interview& interview) {
  if (is_begun(interview.options(), "applicants")) return false;
  for (std::size_t number = 1; number <= property::Applicants::count_max; ++number) {
    const std::string counted = std::to_string(number);
    interview.say({"申请人 " + counted + "  (--applicants)", "applicant " + counted + "  (--applicants)"});
    interview.say({"  当事人标识：64 位小写十六进制数字；由证件号码得出：kanhe key party" +
                       std::string(number > 1 ? "；直接回车结束" : ""),
                   "  party id: 64 hexadecimal digits; kanhe key party makes it of an identity number" +
                       std::string(number > 1 ? "; Enter ends the list" : "")});
    for (;;) {
      const std::string party = interview.ask("  > ");
      if (party.empty() && number > 1) return true;
      if (party.empty()) {
        interview.complain({"此项必填", "this is needed"});
      } else if (interview.take({{"applicants", party}}, {"“" + party + "” 不是当事人标识", {}})) {
        break;
      }
    }
  }
  return true;
}

}  // namespace

bool LedgerQuestions::ask(Interview& interview, std::string_view field) {
  if (field == "applicants") return ask_applicants(interview);
  constexpr std::string_view fields[] = {"materials", "deferral", "shown", "answers", "missing"};
  if (std::ranges::find(fields, field) == std::end(fields)) return false;
  if (!is_open_) {
    is_open_ = true;
    const bool has_key = !globals_.key.empty() || !globals_.plain_key.empty();
    const bool has_ledger = !globals_.node.empty() && !globals_.genesis.empty();
    if (!has_ledger || !(has_key || trust_of(globals_).genesis().open_reads)) return false;
    client_.emplace(departmental_client_of(globals_));
    reader_.emplace(*client_);
    questions_.emplace(globals_, *reader_);
  }
  return questions_ && questions_->ask(interview, field);
}

std::vector<std::string> LedgerQuestions::files() const {
  return questions_ ? questions_->files() : std::vector<std::string>();
}

}  // namespace kanhe::cli
