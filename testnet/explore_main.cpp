// explore: everything that can happen to four validators with a liar among them, to a depth (testnet/small_scope.h).
//
//   explore [--liar I] [--liars N] [--views N] [--slots N] [--crashes N] [--slow-disk] [--single-votes]
//           [--depth N] [--states N] [--heal-every N] [--json]
//
// Without --liar every place of the liar is taken in turn. Tells how far it is on stderr. Exit codes: 0 good, 2 usage,
// 10 crash, 12 a violation, of whichever kind.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "testnet/small_scope.h"

int main(int count, char** words) {
  using namespace kanhe::testnet;
  ScopeSettings settings;
  std::optional<std::size_t> liar;
  bool json = false;
  CLI::App app{"Explores every course of a very small network", "explore"};
  app.add_option("--liar", liar, "the liar, primary of this view; default: each in turn")->check(CLI::Range(0, 3));
  app.add_option("--liars", settings.liars, "so many from there on")->check(CLI::Range(0, 3));
  app.add_option("--views", settings.views, "views that may be entered")->check(CLI::Range(1, 8));
  app.add_option("--slots", settings.slots, "heights that are proposed")->check(CLI::Range(1, 4));
  app.add_option("--crashes", settings.crashes, "of each honest replica")->check(CLI::Range(0, 3));
  app.add_flag("--slow-disk", settings.slow_disk, "writing a final block is an event of its own");
  app.add_flag("--single-votes", settings.single_votes, "votes arrive one by one");
  app.add_option("--depth", settings.depth, "events")->check(CLI::Range(1, 1000));
  app.add_option("--states", settings.states_max, "stop after so many states");
  app.add_option("--heal-every", settings.heal_every, "let the honest finish from each so-manieth state");
  app.add_flag("--json", json, "one JSON object a place of the liar");
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  bool violated = false;
  for (std::size_t place = liar.value_or(0); place <= liar.value_or(3); ++place) {
    settings.liar = place;
    const ScopeReport report = explore(settings, [](const ScopeReport& so_far) {
      std::fprintf(stderr, "\rdepth %zu, %llu states, %llu replica states ", so_far.depth,
                   static_cast<unsigned long long>(so_far.states),
                   static_cast<unsigned long long>(so_far.replica_states));
    });
    std::fputs("\n", stderr);
    std::puts((json ? json_of(report) : text_of(report)).c_str());
    std::fflush(stdout);
    violated = violated || !report.violation.empty();
  }
  return violated ? 12 : 0;
}
