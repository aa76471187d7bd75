#include "testnet/simulation_course.h"

#include <numeric>

#include "ledger/json.h"
#include "ledger/types.h"

namespace kanhe::testnet {
namespace {

struct CourseFile {
  FormatVersion<1> version;
  PlainText<16> verdict;  // for people
  std::uint64_t seed = 0;
  std::uint32_t validators = 0;
  PlainText<16> span;
  bool real_signatures = false;
  std::optional<std::uint32_t> safety_ms;
  List<PlainText<32>, 32> without;
  std::optional<List<std::uint32_t, course_faults_max>> faults;
};
BOOST_DESCRIBE_STRUCT(CourseFile, (),
                      (version, verdict, seed, validators, span, real_signatures, safety_ms, without, faults))

// No first phase is longer: a power of two, for the halving.
std::uint64_t safety_ms_max(Span span) {
  return span == Span::usual ? 8'192 : span == Span::counted ? 131'072 : 4'194'304;
}

class Minimiser {
 public:
  Minimiser(const SimulationSettings& settings, Verdict verdict, const RunCourse& run, const TellProgress& tell)
      : best_(settings), verdict_(verdict), run_(run), tell_(tell) {}

  SimulationSettings minimise() {
    take_away_kinds();
    take_away_time();
    take_away_faults();
    take_away_time();
    return best_;
  }

 private:
  // Keeps it, if it still fails in the same way.
  bool attempt(const SimulationSettings& smaller) {
    const bool fails = run_(smaller) == verdict_;
    if (fails) best_ = smaller;
    tell_(++runs_, best_);
    return fails;
  }

  void take_away_kinds() {
    for (const std::string_view kind : course_kinds) {
      SimulationSettings smaller = best_;
      smaller.course.without.emplace(kind);
      attempt(smaller);
    }
  }

  void take_away_time() {
    std::uint64_t low = 0;
    std::uint64_t high = best_.course.safety_ms.value_or(safety_ms_max(best_.span));
    while (high - low > high / 16 + 1) {
      SimulationSettings smaller = best_;
      smaller.course.safety_ms = low + (high - low) / 2;
      (attempt(smaller) ? high : low) = *smaller.course.safety_ms;
    }
  }

  bool attempt_faults(const std::vector<std::uint32_t>& kept) {
    SimulationSettings smaller = best_;
    smaller.course.faults.emplace(kept.begin(), kept.end());
    return attempt(smaller);
  }

  void take_away_faults() {
    if (attempt_faults({})) return;
    std::vector<std::uint32_t> kept(course_faults_max);
    std::iota(kept.begin(), kept.end(), 1u);
    for (std::size_t parts = 2; kept.size() > 1 && parts <= kept.size();) {
      const std::size_t size = (kept.size() + parts - 1) / parts;
      bool smaller = false;
      for (std::size_t at = 0; at < kept.size() && !smaller; at += size) {
        std::vector<std::uint32_t> rest(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(at));
        rest.insert(rest.end(), kept.begin() + static_cast<std::ptrdiff_t>(std::min(at + size, kept.size())),
                    kept.end());
        smaller = attempt_faults(rest);
        if (smaller) kept = rest;
      }
      if (smaller) {
        parts = std::max<std::size_t>(2, parts - 1);
      } else if (size == 1) {
        return;
      } else {
        parts = std::min(2 * parts, kept.size());
      }
    }
  }

  SimulationSettings best_;
  Verdict verdict_;
  const RunCourse& run_;
  const TellProgress& tell_;
  std::size_t runs_ = 0;
};

}  // namespace

SimulationSettings minimise(const SimulationSettings& settings, Verdict verdict, const RunCourse& run,
                            const TellProgress& tell) {
  CHECK(verdict != Verdict::good);
  return Minimiser(settings, verdict, run, tell).minimise();
}

std::string course_text(const SimulationSettings& settings, Verdict verdict) {
  CourseFile file;
  file.verdict = PlainText<16>::from(std::string(name_of(verdict))).value();
  file.seed = settings.seed;
  file.validators = static_cast<std::uint32_t>(settings.validators);
  file.span = PlainText<16>::from(std::string(name_of(settings.span))).value();
  file.real_signatures = settings.real_signatures;
  const Course& course = settings.course;
  if (course.safety_ms) file.safety_ms = static_cast<std::uint32_t>(*course.safety_ms);
  for (const std::string& kind : course.without) file.without.push_back(PlainText<32>::from(kind).value());
  if (course.faults) file.faults.emplace().assign(course.faults->begin(), course.faults->end());
  return to_json(file, JsonLayout::indented) + "\n";
}

Result<SimulationSettings> read_course(const std::string& text) {
  const CourseFile file = TRY(from_json<CourseFile>(text));
  if (file.validators < 1 || file.validators > validators_simulated_max) {
    return fail(ErrorCode::out_of_range, "validators: ", file.validators, ", must be 1 to ", validators_simulated_max);
  }
  const auto span = span_from(file.span.view());
  if (!span) return fail(ErrorCode::unknown, "span: no span \"", file.span.view(), "\"");
  SimulationSettings settings{file.seed, file.validators, *span, file.real_signatures, {}};
  Course& course = settings.course;
  if (file.safety_ms) course.safety_ms = *file.safety_ms;
  for (const auto& kind : file.without) {
    if (std::ranges::count(course_kinds, kind.view()) == 0) {
      return fail(ErrorCode::unknown, "without: no kind \"", kind.view(), "\"");
    }
    course.without.emplace(kind.str());
  }
  if (file.faults) course.faults.emplace(file.faults->begin(), file.faults->end());
  return settings;
}

}  // namespace kanhe::testnet
