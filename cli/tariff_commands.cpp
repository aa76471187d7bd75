// kanhe tariff: what registrations cost and what deed tax is taken.
#include <CLI/CLI.hpp>
#include <filesystem>

#include "cli/call.h"
#include "cli/local_file.h"
#include "cli/output.h"
#include "cli/text_table.h"
#include "cli/tariffs.h"
#include "cli/values.h"
#include "cli/words.h"

namespace kanhe::cli {

namespace treasury = contracts::treasury;

namespace {

constexpr std::size_t facts_at_once = 16;

template <class Record>
Result<std::optional<Record>> record_of(const certs::StateFact& fact) {
  if (!fact.value) return std::optional<Record>();
  return std::optional<Record>(TRY(decode<Record>(fact.value->view())));
}

}  // namespace

Result<TariffAnswer> tariff_answer(Client& client, const treasury::TariffCode& code, const contracts::CivilDate& day) {
  TariffAnswer answer;
  answer.code = code;
  answer.day = day;
  const certs::FactsAnswer found = TRY(client.facts({treasury::tariff_heads.key_of(code)}));
  answer.height = found.head.newest.header.height;
  const auto head = TRY(record_of<treasury::TariffHead>(found.facts[0]));
  if (!head) return answer;
  answer.owner = head->owner;
  std::uint16_t next = head->newest.value();
  while (next > 0 && !answer.in_force) {
    std::vector<Bytes> keys;
    for (std::uint16_t version = next; version > 0 && keys.size() < facts_at_once; --version) {
      keys.push_back(treasury::tariffs.key_of({code, treasury::TariffVersion(version)}));
    }
    const certs::FactsAnswer versions = TRY(client.facts(keys));
    for (std::size_t i = 0; i < keys.size() && !answer.in_force; ++i, --next) {
      auto tariff = TRY(record_of<treasury::Tariff>(versions.facts[i]));
      if (!tariff) return fail(ErrorCode::bad_proof, "version ", next, " of tariff ", code.str(), " is not there");
      if (contracts::day_of(tariff->from) <= contracts::day_of(day)) answer.in_force = treasury::TariffVersion(next);
      answer.versions.push_back(std::move(*tariff));
    }
  }
  return answer;
}

Result<treasury::Area> read_area(std::string_view text) {
  const std::size_t point = text.find('.');
  std::string decimal(text);
  if (point == std::string_view::npos) decimal += ".00";
  if (point != std::string_view::npos && point + 2 == text.size()) decimal += "0";
  const auto hundredths = read_money(decimal);
  if (!hundredths) {
    return fail(ErrorCode::malformed, "\"", text,
                "\" is no area: square metres with up to two decimals, for example 89.5");
  }
  return treasury::Area::from(*hundredths);
}

std::string area_text(treasury::Area area) { return write_money(area.value()) + " m²"; }
std::string rate_text(treasury::TaxRate rate) { return write_money(rate.value()) + " %"; }
contracts::CivilDate today_by_clock() { return contracts::date_of(contracts::day_of(wall_now())); }

namespace {

std::string table_text(const Globals& globals, const treasury::FeeTable& fees) {
  TextTable table({Align::left, Align::right}, 4);
  table.add({sentence(globals, "住宅类，每件", "dwellings and what goes with them, each"),
             money_text(globals, Fen(fees.residential.value()))});
  table.add({sentence(globals, "其他，每件", "others, each"), money_text(globals, Fen(fees.other.value()))});
  return table.text();
}

std::string table_text(const Globals& globals, const treasury::DeedTaxTable& tax) {
  TextTable rates({Align::right, Align::left, Align::left}, 4);
  for (const treasury::DeedTaxRate& row : tax.rates) {
    rates.add({rate_text(row.rate), value_label(globals, row.home),
               row.area_max ? "≤ " + area_text(*row.area_max) : ""});
  }
  TextTable exemptions({Align::left, Align::left, Align::left}, 4);
  for (const treasury::Exemption& exemption : tax.exemptions) {
    exemptions.add({sentence(globals, "免征", "exempt"), exemption.code.str(),
                    sentence(globals, exemption.name_zh.view(), exemption.name_en.view())});
  }
  return rates.text() + exemptions.text();
}

std::string tariff_text(const Globals& globals, const TariffAnswer& answer) {
  std::string text = sentence(globals, "收费标准", "tariff") + " " + answer.code.str() + " (" + answer.owner->str() + ")\n";
  const std::size_t count = answer.versions.size();
  for (std::size_t i = 0; i < count; ++i) {
    const treasury::Tariff& tariff = answer.versions[i];
    const bool in_force = answer.in_force && i + 1 == count;
    text += "  " + sentence(globals, "自", "from") + " " + tariff.from.str() + (in_force ? "  ← " : "  ") +
            (in_force ? sentence(globals, answer.day.str() + " 施行", "in force on " + answer.day.str())
                      : sentence(globals, answer.day.str() + " 尚未施行", "not in force yet on " + answer.day.str())) +
            "\n    " + tariff.source.str() + "\n";
    text += std::visit([&](const auto& table) { return table_text(globals, table); }, tariff.table);
  }
  return text + proved_text(globals, answer.height) + "\n";
}

struct ShowOptions {
  std::string code;
  std::string day;
};

void show_tariff(Globals& globals, const ShowOptions& options) {
  treasury::TariffCode code;
  const auto set = set_value(schema_of<treasury::TariffCode>(), &code, options.code);
  if (!set) fail_as(ExitCode::usage, "CODE", set.error());
  contracts::CivilDate day = today_by_clock();
  if (!options.day.empty()) {
    auto given = contracts::CivilDate::from(options.day);
    if (!given) fail_as(ExitCode::usage, "--on", given.error());
    day = *given;
  }
  Client client = departmental_client_of(globals);
  const TariffAnswer answer = or_fail(tariff_answer(client, code, day));
  if (!answer.owner) {
    throw CommandError{ExitCode::could_not_check, "there is no tariff " + options.code, "没有收费标准 " + options.code};
  }
  show_result(globals, answer, tariff_text(globals, answer));
}

// What ships, each a file for `tariff set`, to be looked at and changed before.
void write_tariffs(const Globals& globals, const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  std::string first;
  for (const treasury::SetTariffArguments& one : treasury::shipped_tariffs()) {
    const std::string path = (std::filesystem::path(directory) / (one.code.str() + ".json")).string();
    or_fail(write_new_local_file(path, to_json(one, JsonLayout::indented) + "\n", FileMode::shared));
    say(globals, path + ": " + one.versions[one.versions.size() - 1].source.str());
    if (first.empty()) first = path;
  }
  say(globals, next_text(globals, "kanhe tariff set --arguments " + first));
}

}  // namespace

void add_tariff_commands(CLI::App& app, Globals& globals) {
  CLI::App* const noun = app.add_subcommand("tariff", "收费标准 · fees and deed tax, by date");
  noun->require_subcommand(1);
  noun->footer(
      "Examples:\n  kanhe tariff write -o tariffs\n  kanhe tariff set --arguments tariffs/deed-tax.json\n"
      "  kanhe tariff show deed-tax --on 2025-06-03\n");
  add_method_command(*noun, globals,
                     {.name = "set", .module = "treasury", .method = "set_tariff", .positionals = {"code"}});
  const auto options = std::make_shared<ShowOptions>();
  CLI::App* const show = noun->add_subcommand("show", "查看收费标准 · a tariff as it is in force on a day, proved");
  show->add_option("CODE", options->code, "the tariff's code")->required();
  show->add_option("--on", options->day, "the day; today, if not given");
  show->footer("Example:\n  kanhe tariff show deed-tax\n");
  show->callback([&globals, options] { show_tariff(globals, *options); });
  const auto directory = std::make_shared<std::string>();
  CLI::App* const write = noun->add_subcommand("write", "随附标准 · write the tariffs that ship, as files for `set`");
  write->add_option("-o,--output", *directory, "directory for the files")->required();
  write->footer("Example:\n  kanhe tariff write -o tariffs\n");
  write->callback([&globals, directory] { write_tariffs(globals, *directory); });
}

}  // namespace kanhe::cli
