#include "certs/verdict.h"

#include "certs/check_texts.h"

namespace kanhe::certs {

namespace {

// What a check that fails says: that this is not what it claims to be, or that it is not good here and now.
enum class Family : std::uint8_t { authenticity, goodness };

Family family_of(CheckName name) {
  return name <= CheckName::issuer || name == CheckName::stamp ? Family::authenticity : Family::goodness;
}

bool any_failed(const Report& report, Family family) {
  return std::ranges::any_of(report.checks, [family](const Check& check) {
    return check.result == CheckResult::fail && family_of(check.name) == family;
  });
}

}  // namespace

Verdict verdict_of(const Report& report) {
  if (any_failed(report, Family::authenticity)) return Verdict::NOT_AUTHENTIC;
  if (any_failed(report, Family::goodness)) return Verdict::NOT_VALID;
  const auto is_open = [](const Check& check) { return check.needed && check.result == CheckResult::not_checked; };
  const Check& land_register = check_of(report, CheckName::land_register);
  const bool unsure = std::ranges::any_of(report.checks, [&](const Check& check) {
    return is_open(check) && &check != &land_register;
  });
  if (unsure) return Verdict::CANNOT_CHECK;
  if (is_open(land_register)) return Verdict::VALID_WITH_WARNINGS;
  const bool warned = std::ranges::find(report.checks, CheckResult::warn, &Check::result) != report.checks.end();
  return warned ? Verdict::VALID_WITH_WARNINGS : Verdict::VALID;
}

void conclude(Report& report, Verdict verdict) {
  report.verdict = verdict;
  const std::string time = report.as_of ? time_text(report.as_of->time_ms) : "-";
  const std::string height = report.as_of ? to_string(report.as_of->height) : "-";
  const Reason reasons[] = {Reason::verdict_valid, Reason::verdict_warnings, Reason::verdict_not_valid,
                            Reason::verdict_not_authentic, Reason::verdict_cannot_check};
  const Explained text = explain(reasons[static_cast<std::size_t>(verdict) - 1], {time, height});
  report.zh = text.zh;
  report.en = text.en;
}

}  // namespace kanhe::certs
