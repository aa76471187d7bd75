// simulate: runs simulated networks, one per seed (testnet/simulator.h).
//
//   simulate --seed N | --seeds A..B [--validators n] [--span usual | counted | hour] [--real-signatures] [--json]
//   simulate --seed N [--validators n] [--span …] [--real-signatures] --minimise FILE
//   simulate --replay FILE
//
// --minimise writes what a seed's failure needs, and nothing else, to a file (testnet/simulation_course.h).
// --span says how long each seed goes on: some seconds of virtual time, crowded with faults; until it counts (200
// blocks of three transactions or more, three kinds of fault, a change of view); or an hour.
//
// Prints one line per seed that failed, one per seed at all with --json, and a summary. Exit codes: 0 good, 2 usage,
// 10 crash, 11 liveness, 12 correctness; of several seeds that of the first that failed, and it goes on to the end.
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

#include "testnet/simulation_course.h"

namespace {

using namespace kanhe::testnet;

struct Options {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::size_t validators = 4;
  bool json = false;
  Span span = Span::usual;
  bool real_signatures = false;
  bool seeds_given = false;
  std::string minimise_to;
  std::string replay;
};

bool read_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

bool read_range(std::string_view text, Options& options) {
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) return false;
  return read_number(text.substr(0, dots), options.first) && read_number(text.substr(dots + 2), options.last) &&
         options.first <= options.last;
}

bool read_options(int count, char** words, Options& options) {
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (word == "--json" || word == "--real-signatures") {
      (word == "--json" ? options.json : options.real_signatures) = true;
      continue;
    }
    if (i + 1 == count) return false;
    const std::string_view value = words[++i];
    if (word == "--seed") {
      if (!read_number(value, options.first)) return false;
      options.last = options.first;
      options.seeds_given = true;
    } else if (word == "--seeds") {
      if (!read_range(value, options)) return false;
      options.seeds_given = true;
    } else if (word == "--validators") {
      if (!read_number(value, options.validators) || options.validators < 1) return false;
      if (options.validators > validators_simulated_max) return false;
    } else if (word == "--span") {
      const auto span = span_from(value);
      if (!span) return false;
      options.span = *span;
    } else if (word == "--minimise") {
      options.minimise_to = value;
    } else if (word == "--replay") {
      options.replay = value;
    } else {
      return false;
    }
  }
  if (!options.minimise_to.empty()) return options.seeds_given && options.first == options.last;
  return options.seeds_given != !options.replay.empty();
}

int fail_with(const std::string& text) {
  std::fputs(("simulate: " + text + "\n").c_str(), stderr);
  return 2;
}

int replay(const std::string& path) {
  std::ostringstream text;
  if (!(text << std::ifstream(path).rdbuf())) return fail_with(path + ": cannot be read");
  const auto settings = read_course(text.str());
  if (!settings) return fail_with(path + ": " + settings.error().text);
  const SimulationReport report = simulate(*settings);
  std::puts(text_line(report).c_str());
  return static_cast<int>(report.verdict);
}

// In a process of its own, so that a CHECK that fails ends only that. Requires: nothing was simulated here before,
// since a child has none of its parent's threads.
Verdict run_in_process(const SimulationSettings& settings) {
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    close(STDERR_FILENO);
    _exit(static_cast<int>(simulate(settings).verdict));
  }
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? static_cast<Verdict>(WEXITSTATUS(status)) : Verdict::crash;
}

int minimise_to(const std::string& path, const SimulationSettings& settings) {
  const Verdict verdict = run_in_process(settings);
  if (verdict == Verdict::good) return fail_with("this seed does not fail");
  const auto tell = [](std::size_t runs, const SimulationSettings& best) {
    const Course& course = best.course;
    std::fprintf(stderr, "\r%zu runs; without %zu kinds, %s ms, %s faults   ", runs, course.without.size(),
                 course.safety_ms ? std::to_string(*course.safety_ms).c_str() : "all",
                 course.faults ? std::to_string(course.faults->size()).c_str() : "all");
  };
  const SimulationSettings smallest = minimise(settings, verdict, run_in_process, tell);
  std::fputs("\n", stderr);
  if (!(std::ofstream(path) << course_text(smallest, verdict)).flush()) return fail_with(path + ": cannot be written");
  std::printf("%s; repeat with: simulate --replay %s\n", std::string(name_of(verdict)).c_str(), path.c_str());
  return 0;
}

}  // namespace

int main(int count, char** words) {
  Options options;
  if (!read_options(count, words, options)) {
    std::fputs("usage: simulate --seed N | --seeds A..B [--validators 1..20] [--span usual|counted|hour]\n"
               "                [--real-signatures] [--json]\n"
               "       simulate --seed N [--validators 1..20] [--span …] [--real-signatures] --minimise FILE\n"
               "       simulate --replay FILE\n", stderr);
    return 2;
  }
  report_crashes();
  if (!options.replay.empty()) return replay(options.replay);
  if (!options.minimise_to.empty()) {
    return minimise_to(options.minimise_to, {options.first, options.validators, options.span,
                                             options.real_signatures, {}});
  }
  Verdict worst = Verdict::good;
  SimulationTotals totals;
  for (std::uint64_t seed = options.first; seed <= options.last; ++seed) {
    const SimulationReport report =
        simulate({seed, options.validators, options.span, options.real_signatures, {}});
    totals.add(report);
    const bool good = report.verdict == Verdict::good;
    if (options.json) {
      std::puts(json_line(report).c_str());
    } else if (!good || options.first == options.last) {
      std::puts(text_line(report).c_str());
    }
    std::fflush(stdout);
    if (good) continue;
    if (worst == Verdict::good) worst = report.verdict;
  }
  if (!options.json && options.first != options.last) {
    std::puts(text_of(totals).c_str());
  }
  return static_cast<int>(worst);
}
