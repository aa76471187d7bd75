// kanhe application show-service: a service as it is defined on the ledger, for who is to bring something, to review
// it, or to define the next one.
#include <CLI/CLI.hpp>

#include "cli/application_commands.h"
#include "cli/output.h"
#include "cli/reading.h"
#include "cli/service_reader.h"
#include "cli/text_table.h"
#include "cli/words.h"

namespace kanhe::cli {

namespace service = contracts::service;

// What `application show-service --json` prints.
struct ServiceAnswer {
  service::ServiceCode code;
  service::Service service;
};
BOOST_DESCRIBE_STRUCT(ServiceAnswer, (), (code, service))

namespace {

template <EnumType E, std::size_t N>
std::string labels(const Globals& globals, const List<E, N>& list) {
  std::string text;
  for (const E one : list) text += (text.empty() ? "" : ", ") + value_label(globals, one);
  return text;
}

// The fields that are one line each.
std::string facts_text(const Globals& globals, const service::Service& of) {
  const service::Definition& definition = of.definition;
  NamedValues values;
  const auto add = [&](std::string_view zh, std::string_view en, const std::string& value) {
    if (!value.empty()) values.add(sentence(globals, zh, en), value);
  };
  add("主管部门", "owner", of.owner.str());
  std::string windows;
  for (const DepartmentId& one : definition.windows) windows += (windows.empty() ? "" : ", ") + one.str();
  add("其他受理窗口", "other windows", windows);
  add("登记内容", "acts", labels(globals, definition.acts));
  add("转移原因", "causes", labels(globals, definition.causes));
  add("限制种类", "limits", labels(globals, definition.limits));
  add("签发证照类型", "certificate type", definition.certificate_type.str());
  if (definition.proof_type) add("登记证明类型", "type of proofs", definition.proof_type->str());
  if (definition.fee_tariff) {
    add("收费标准", "fee", definition.fee_tariff->str() + " (" + value_label(globals, definition.fee_share) + ")");
  } else {
    add("收费标准", "fee", sentence(globals, "免费", "none"));
  }
  if (definition.deed_tax_tariff) add("契税标准", "deed tax", definition.deed_tax_tariff->str());
  add("收款部门", "paid to", definition.treasury.str());
  add("发布时间", "defined", time_text(of.defined_ms));
  return values.text();
}

std::string materials_text(const Globals& globals, const service::Definition& definition) {
  TextTable table({Align::right, Align::left, Align::left, Align::left});
  for (std::size_t i = 0; i < definition.materials.size(); ++i) {
    const service::MaterialRule& rule = definition.materials[i];
    table.add({std::to_string(i + 1), sentence(globals, rule.name_zh.view(), rule.name_en.view()), rule.code.str(),
               rule.deferrable ? sentence(globals, "可承诺补交", "may come later") : sentence(globals, "必交", "needed")});
    if (rule.item) {
      table.add_line(sentence(globals, "来源部门已有数据项 " + rule.item->str() + " 的，不必提交",
                              "not asked for where the source of " + rule.item->str() + " holds it"));
    }
    if (rule.certificate) {
      table.add_line(sentence(globals, "可出示证照代替，类型 " + rule.certificate->str(),
                              "or a certificate of the type " + rule.certificate->str() + " that is shown"));
    }
  }
  if (table.empty()) return {};
  return sentence(globals, "申请材料", "materials") + ":\n" + table.text();
}

std::string checks_text(const Globals& globals, const service::Definition& definition) {
  if (definition.checks.empty()) return {};
  std::string text =
      sentence(globals, "自动核验（全部通过即时批准）", "checks (where all hold, it is approved as it is filed)") + ":\n";
  for (const service::PreCheck& check : definition.checks) {
    text += std::visit(
        [&]<class C>(const C& one) { return "  " + alternative_label(globals, C::variant_tag.name) + "\n" +
                                            record_text(globals, one, 2); },
        check);
  }
  return text;
}

std::string stages_text(const Globals& globals, const service::Definition& definition) {
  std::string text = sentence(globals, "审核", "reviews") + ":\n";
  for (std::size_t i = 0; i < definition.stages.size(); ++i) {
    const service::Stage& stage = definition.stages[i];
    const std::string number = std::to_string(i + 1);
    const std::string days = std::to_string(stage.time_limit_days);
    text += "  " + sentence(globals, "第 " + number + " 阶段", "stage " + number);
    if (stage.time_limit_days > 0) text += ", " + sentence(globals, days + " 个工作日", days + " working days");
    if (stage.needed > 0 && stage.needed < stage.steps.size()) {
      const std::string needed = std::to_string(stage.needed);
      text += ", " + sentence(globals, needed + " 个同意即可", needed + " of them have to approve");
    }
    TextTable steps({Align::left, Align::left, Align::left, Align::left}, 4);
    for (const service::Step& step : stage.steps) {
      steps.add({step.department.str(), sentence(globals, step.name_zh.view(), step.name_en.view()), step.code.str(),
                 "(" + value_label(globals, step.role) + ")"});
    }
    text += "\n" + steps.text();
  }
  return text;
}

void show(Globals& globals, const std::string& text) {
  ServiceAnswer answer;
  answer.code = read_word<service::ServiceCode>("CODE", text);
  Client client = departmental_client_of(globals);
  NodeServiceReader reader(client);
  auto found = or_fail(reader.service(answer.code));
  if (!found) {
    throw CommandError{ExitCode::could_not_check, "there is no service " + text, "没有事项 " + text};
  }
  answer.service = std::move(*found);
  const service::Definition& definition = answer.service.definition;
  show_result(globals, answer,
              sentence(globals, "事项", "service") + " " + text + "  " +
                  sentence(globals, definition.name_zh.view(), definition.name_en.view()) + "\n" +
                  facts_text(globals, answer.service) + materials_text(globals, definition) +
                  checks_text(globals, definition) + stages_text(globals, definition));
}

}  // namespace

void add_service_command(CLI::App& noun, Globals& globals) {
  const auto code = std::make_shared<std::string>();
  CLI::App* const app =
      noun.add_subcommand("show-service", "查看事项 · a service as it is defined: materials, reviews, times, fee");
  app->add_option("CODE", *code, "事项编码 · the service's code, for example house-sale")->required();
  app->footer("Example:\n  kanhe application show-service house-sale\n");
  app->callback([&globals, code] { show(globals, *code); });
}

}  // namespace kanhe::cli
