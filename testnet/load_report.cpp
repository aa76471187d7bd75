#include "testnet/load_report.h"

#include <charconv>
#include <iomanip>
#include <sstream>

namespace kanhe::testnet {
namespace {

std::uint32_t to_u32(std::uint64_t value) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(value, std::numeric_limits<std::uint32_t>::max()));
}

// Difference of a counter, unless one side lacks it or the node began to count anew.
std::optional<std::uint64_t> growth(const NodeUse& before, const NodeUse& after, const std::string& name) {
  const auto a = before.metrics.find("kanhe_" + name);
  const auto b = after.metrics.find("kanhe_" + name);
  if (a == before.metrics.end() || b == after.metrics.end() || b->second < a->second) return {};
  return b->second - a->second;
}

std::optional<std::uint32_t> share(std::optional<std::uint64_t> amount, std::uint64_t factor,
                                   std::optional<std::uint64_t> transactions) {
  if (!amount || !transactions || *transactions == 0) return {};
  return to_u32(*amount * factor / *transactions);
}

std::string milliseconds(std::uint32_t us) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(1) << static_cast<double>(us) / 1'000;
  return text.str();
}

template <class T>
std::string shown(const std::optional<T>& value) {
  return value ? std::to_string(*value) : "-";
}

std::string latency_text(const LatencyReport& latency) {
  return "p50 " + milliseconds(latency.p50_us) + "  p90 " + milliseconds(latency.p90_us) + "  p99 " +
         milliseconds(latency.p99_us) + "  max " + milliseconds(latency.max_us) + " ms";
}

}  // namespace

LatencyReport latency_of(std::vector<std::uint32_t>& values_us) {
  if (values_us.empty()) return {};
  std::ranges::sort(values_us);
  const auto at = [&](std::size_t percent) {
    // Nearest rank: the smallest value that is not below so many percent of all.
    return values_us[(values_us.size() * percent + 99) / 100 - 1];
  };
  return {at(50), at(90), at(99), values_us.back()};
}

std::map<std::string, std::uint64_t> read_metrics(std::string_view text) {
  std::map<std::string, std::uint64_t> metrics;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t space = line.find(' ');
    if (line.starts_with('#') || space == std::string_view::npos) continue;
    std::uint64_t value = 0;
    const auto [stop, error] = std::from_chars(line.data() + space + 1, line.data() + line.size(), value);
    if (error == std::errc() && stop == line.data() + line.size()) metrics[std::string(line.substr(0, space))] = value;
  }
  return metrics;
}

Result<std::uint64_t> cpu_ms_of(std::string_view stat, long ticks_per_second) {
  // The second field is a name in brackets that may hold anything; utime and stime are the 14th and 15th.
  const std::size_t bracket = stat.rfind(')');
  if (bracket == std::string_view::npos) return fail(ErrorCode::malformed, "stat: no name in brackets");
  std::istringstream fields{std::string(stat.substr(bracket + 1))};
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  if (!(fields >> user >> system)) return fail(ErrorCode::malformed, "stat: too few fields");
  return (user + system) * 1'000 / static_cast<std::uint64_t>(ticks_per_second);
}

NodeReport node_report(std::string_view node, const NodeUse& before, const NodeUse& after) {
  NodeReport report;
  report.node = PlainText<64>::from(node.substr(0, 64)).value();
  if (before.cpu_ms && after.cpu_ms && *after.cpu_ms >= *before.cpu_ms) {
    report.cpu_ms = to_u32(*after.cpu_ms - *before.cpu_ms);
  }
  const auto transactions = growth(before, after, "transactions_final_total");
  if (transactions) report.transactions_final = to_u32(*transactions);
  const auto sum = [&](const std::string& a, const std::string& b) -> std::optional<std::uint64_t> {
    const auto first = growth(before, after, a);
    const auto second = growth(before, after, b);
    if (!first || !second) return {};
    return *first + *second;
  };
  report.syncs_per_thousand_transactions =
      share(sum("store_batches_total", "store_segment_syncs_total"), 1'000, transactions);
  report.disk_bytes_per_transaction =
      share(sum("store_batch_bytes_total", "store_body_bytes_total"), 1, transactions);
  report.network_bytes_per_transaction = share(growth(before, after, "frames_sent_bytes_total"), 1, transactions);
  return report;
}

void add_figures(LoadReport& report, const LoadRun& run, std::uint64_t counted_ms) {
  std::vector<std::uint32_t> all;
  for (std::size_t kind = 0; kind < run.figures().size(); ++kind) {
    KindFigures figures = run.figures()[kind];
    if (figures.transactions == 0) continue;
    report.finalized += to_u32(figures.transactions);
    all.insert(all.end(), figures.latency_us.begin(), figures.latency_us.end());
    report.kinds.push_back({PlainText<32>::from(load_kinds()[kind].name).value(), to_u32(figures.jobs_done),
                            to_u32(figures.transactions), latency_of(figures.latency_us)});
  }
  report.latency = latency_of(all);
  report.counted_ms = to_u32(counted_ms);
  if (counted_ms > 0) report.finalized_per_second = to_u32(report.finalized * 1'000ull / counted_ms);
  const RunCounters& counters = run.counters();
  report.acknowledged = to_u32(counters.recorded);
  report.submissions = to_u32(counters.submissions);
  report.resent = to_u32(counters.resent);
  report.busy = to_u32(counters.busy);
  report.no_answer = to_u32(counters.no_answer);
  report.refused = to_u32(counters.refused);
  report.rejected = to_u32(counters.rejected);
  report.unfinished = to_u32(run.under_way());
  if (run.longest_gap()) report.longest_gap_ms = to_u32(*run.longest_gap() / ns_per_ms);
}

std::string report_text(const LoadReport& report) {
  std::ostringstream text;
  text << "command    " << report.command.str() << "\nmachine    " << report.machine.str() << "\nloop       "
       << report.loop.str() << "; counted " << report.counted_ms / 1'000 << " s after " << report.warm_up_ms / 1'000
       << " s of warm-up\n\nfinalized  " << report.finalized_per_second << " transactions a second ("
       << report.finalized << " recorded with success)\nlatency    " << latency_text(report.latency) << "\n\n";
  for (const KindReport& kind : report.kinds) {
    text << std::left << std::setw(12) << kind.kind.str() << kind.transactions << " transactions, " << kind.jobs_done
         << " jobs done; " << latency_text(kind.latency) << "\n";
  }
  text << "\n" << std::left << std::setw(12) << "node" << std::right << std::setw(10) << "cpu s" << std::setw(14)
       << "transactions" << std::setw(14) << "syncs/1000" << std::setw(14) << "disk bytes/" << std::setw(14)
       << "sent bytes/" << "\n";
  for (const NodeReport& node : report.nodes) {
    text << std::left << std::setw(12) << node.node.str() << std::right << std::setw(10)
         << (node.cpu_ms ? milliseconds(*node.cpu_ms) : "-") << std::setw(14) << shown(node.transactions_final)
         << std::setw(14) << shown(node.syncs_per_thousand_transactions) << std::setw(14)
         << shown(node.disk_bytes_per_transaction) << std::setw(14) << shown(node.network_bytes_per_transaction)
         << "\n";
  }
  text << "client" << std::right << std::setw(16) << milliseconds(report.client_cpu_ms)
       << "\n\nwhole run  " << report.acknowledged
       << " acknowledged, " << report.submissions << " submissions (" << report.resent << " again, " << report.busy
       << " answered busy, " << report.no_answer << " not answered), " << report.refused << " refused, "
       << report.rejected << " rejected, " << report.unfinished << " jobs unfinished; longest time without a block "
       << shown(report.longest_gap_ms) << " ms\n";
  return text.str();
}

}  // namespace kanhe::testnet
