// kanhe rating: what applicants say, what followed, and how often each star was given.
#include <CLI/CLI.hpp>

#include "cli/call.h"
#include "cli/output.h"
#include "cli/reading.h"
#include "cli/text_table.h"
#include "cli/values.h"
#include "contracts/supervision.h"

namespace kanhe::cli {
namespace {

namespace supervision = contracts::supervision;

const MethodCommand method_commands[] = {
    {.name = "give", .module = "supervision", .method = "rate", .positionals = {"application", "stars"}},
    {.name = "call-back", .module = "supervision", .method = "call_back", .positionals = {"application"}},
    {.name = "mend", .module = "supervision", .method = "mend", .positionals = {"application"}},
};

void show_rating(Globals& globals, const std::string& text) {
  const auto id = read_word<ApplicationId>("APPLICATION", text);
  Client client = departmental_client_of(globals);
  const auto facts = or_fail(client.facts({supervision::ratings.key_of(id)}));
  if (!facts.facts[0].value) {
    throw CommandError{ExitCode::could_not_check, "the matter has not been rated", "该件尚未评价"};
  }
  const auto rating = or_fail(decode<supervision::Rating>(facts.facts[0].value->view()));
  std::string words = record_text(globals, rating);
  if (rating.first.stars <= supervision::bad_stars_max && !rating.mending) {
    words += next_text(globals, "kanhe rating " + std::string(rating.call ? "mend " : "call-back ") + id.hex() +
                                    " --words …") +
             "\n";
  }
  show_result(globals, rating, words);
}

// A bar for each number of stars, as long as its share.
std::string counts_text(const Globals& globals, const DepartmentId& department, const supervision::StarCounts& counts) {
  constexpr std::uint64_t bar_width = 40;
  std::uint64_t all = 0;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < counts.first.size(); ++i) {
    all += counts.first[i].value();
    sum += (i + 1) * counts.first[i].value();
  }
  std::string text = department.str() + ": " + sentence(globals, "评价 " + std::to_string(all) + " 次",
                                                        std::to_string(all) + " ratings");
  if (all > 0) {
    const std::uint64_t tenths = (10 * sum + all / 2) / all;
    const std::string mean = std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
    text += ", " + sentence(globals, "平均", "mean") + " " + mean;
  }
  text += "\n";
  TextTable table({Align::left, Align::right, Align::left});
  for (std::size_t i = counts.first.size(); i-- > 0;) {
    const std::uint64_t count = counts.first[i].value();
    const std::uint64_t width = all == 0 ? 0 : (count * bar_width + all - 1) / all;
    std::string bar;
    for (std::uint64_t column = 0; column < width; ++column) bar += "█";
    table.add({std::to_string(i + 1) + " ★", std::to_string(count), bar});
  }
  return text + table.text();
}

void show_counts(Globals& globals, const std::string& text) {
  const auto department = read_word<DepartmentId>("DEPARTMENT", text);
  Client client = departmental_client_of(globals);
  const auto facts = or_fail(client.facts({supervision::star_counts.key_of(department)}));
  supervision::StarCounts counts = supervision::star_counts_of(EmptyState(), department);
  if (facts.facts[0].value) counts = or_fail(decode<supervision::StarCounts>(facts.facts[0].value->view()));
  show_result(globals, counts, counts_text(globals, department, counts) +
                                   proved_text(globals, facts.head.newest.header.height) + "\n");
}

}  // namespace

void add_rating_commands(CLI::App& app, Globals& globals) {
  CLI::App* const noun = app.add_subcommand("rating", "好差评 · how applicants rate a closed matter, and what followed");
  noun->require_subcommand(1);
  noun->footer(
      "Examples:\n  kanhe rating give APPLICATION 5 --words 办得快\n  kanhe rating department registry\n"
      "  kanhe rating call-back APPLICATION --words 已致歉 --evidence sha256:note.txt\n");
  for (const MethodCommand& command : method_commands) add_method_command(*noun, globals, command);
  const auto id = std::make_shared<std::string>();
  CLI::App* const show = noun->add_subcommand("show", "查看评价 · the rating of a matter, proved");
  show->add_option("APPLICATION", *id, "the application's id")->required();
  show->footer("Example:\n  kanhe rating show 5f0c…\n");
  show->callback([&globals, id] { show_rating(globals, *id); });
  const auto department = std::make_shared<std::string>();
  CLI::App* const counts = noun->add_subcommand("department", "部门评价 · how often each star was given, proved");
  counts->add_option("DEPARTMENT", *department, "the department that owns the services")->required();
  counts->footer("Example:\n  kanhe rating department registry\n");
  counts->callback([&globals, department] { show_counts(globals, *department); });
}

}  // namespace kanhe::cli
