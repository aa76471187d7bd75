// How a simulation is told, to people and to programs; and what many of them come to.
#include "testnet/simulator.h"

namespace kanhe::testnet {

std::string repeat_line(const SimulationSettings& settings) {
  return "simulate --seed " + std::to_string(settings.seed) + " --validators " + std::to_string(settings.validators) +
         (settings.span == Span::usual ? "" : " --span " + std::string(name_of(settings.span))) +
         (settings.real_signatures ? " --real-signatures" : "");
}

std::string_view name_of(Span span) {
  switch (span) {
    case Span::usual: return "usual";
    case Span::counted: return "counted";
    case Span::hour: return "hour";
  }
  CHECK(false);
}

std::optional<Span> span_from(std::string_view name) {
  for (const Span span : {Span::usual, Span::counted, Span::hour}) {
    if (name == name_of(span)) return span;
  }
  return std::nullopt;
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::good: return "good";
    case Verdict::crash: return "crash";
    case Verdict::liveness: return "liveness";
    case Verdict::correctness: return "correctness";
  }
  CHECK(false);
}

std::string text_line(const SimulationReport& report) {
  std::string text(name_of(report.verdict));
  text += ": seed " + std::to_string(report.settings.seed);
  text += " height " + to_string(report.height) + " epoch " + to_string(report.epoch) + " view " +
          to_string(report.view_max) + " crashes " +
          std::to_string(report.crashes) + " transactions " + std::to_string(report.recorded) + "/" +
          std::to_string(report.transactions) + " events " + std::to_string(report.events) + " liveness_ms " +
          std::to_string(report.liveness_ms);
  if (report.verdict == Verdict::good) return text;
  return text + "\n  " + report.text + "\n  faults: " + report.faults + "\n  repeat with: " +
         repeat_line(report.settings);
}

std::string json_line(const SimulationReport& report) {
  std::string text = "{";
  const auto name = [&text](std::string_view key) {
    text += (text.size() > 1 ? ",\"" : "\"") + std::string(key) + "\":";
  };
  const auto number = [&](std::string_view key, std::uint64_t value) {
    name(key);
    text += std::to_string(value);
  };
  const auto string = [&](std::string_view key, std::string_view value) {
    name(key);
    text += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') text += '\\';
      text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    text += '"';
  };
  number("seed", report.settings.seed);
  number("validators", report.settings.validators);
  string("verdict", name_of(report.verdict));
  string("text", report.text);
  string("event_hash", std::to_string(report.event_hash));
  number("events", report.events);
  number("height", report.height.value());
  number("epoch", report.epoch.value());
  number("view_max", report.view_max.value());
  number("crashes", report.crashes);
  number("transactions", report.transactions);
  number("recorded", report.recorded);
  number("seals_checked", report.seals_checked);
  number("liveness_ms", report.liveness_ms);
  number("virtual_ms", report.virtual_ms);
  number("messages", report.messages);
  number("blocks_with_three", report.blocks_with_three);
  number("counted", report.counts() ? 1 : 0);
  for (const auto& [kind, count] : report.fired) number("fired_" + kind, count);
  string("faults", report.faults);
  string("repeat", repeat_line(report.settings));
  return text + "}";
}

void SimulationTotals::add(const SimulationReport& report) {
  ++seeds;
  if (report.verdict != Verdict::good) ++failed;
  if (report.counts()) ++counted;
  blocks += report.height.value();
  messages += report.messages;
  virtual_ms += report.virtual_ms;
  epochs += report.epoch.value();
  for (const auto& [name, count] : report.fired) fired[name] += count;
}

std::string text_of(const SimulationTotals& totals) {
  std::string text = std::to_string(totals.failed) + " of " + std::to_string(totals.seeds) + " seeds failed\n  " +
                     std::to_string(totals.counted) + " counted; " + std::to_string(totals.virtual_ms / 3'600'000) +
                     " h " + std::to_string(totals.virtual_ms / 60'000 % 60) + " min of virtual time, " +
                     std::to_string(totals.blocks) + " blocks, " + std::to_string(totals.messages) + " messages, " +
                     std::to_string(totals.epochs) + " epoch changes\n  faults:";
  for (const auto& [name, count] : totals.fired) text += " " + name + " " + std::to_string(count);
  return text;
}

}  // namespace kanhe::testnet
