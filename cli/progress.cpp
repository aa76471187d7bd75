#include "cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ostream>

namespace kanhe::cli {
namespace {

// Back to the first column, and the rest of the line away (ECMA-48).
constexpr std::string_view clear_line = "\r\x1b[K";

std::uint64_t steady_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

Progress::Watched is_watched(const Globals& globals) {
  return !globals.quiet && !globals.json && isatty(STDERR_FILENO) == 1 ? Progress::Watched::yes : Progress::Watched::no;
}

std::string time_left(std::uint64_t seconds) {
  std::string text = std::to_string(seconds < 60 ? seconds : seconds < 3'600 ? seconds / 60 : seconds / 3'600);
  if (seconds < 60) return text.append(" s");
  if (seconds < 3'600) return text.append(" min");
  return text.append(" h ").append(std::to_string(seconds / 60 % 60)).append(" min");
}

}  // namespace

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string progress_line(std::string_view title, std::uint64_t done, std::uint64_t total, std::uint64_t elapsed_ms) {
  std::string line(title);
  const std::uint64_t shown = total == 0 ? done : std::min(done, total);
  if (total > 0) {
    const std::size_t filled = static_cast<std::size_t>(shown * bar_width / total);
    line.append("  [").append(filled, '#').append(bar_width - filled, '-').append("]  ");
    line.append(std::to_string(shown * 100 / total)).append(" %");
  }
  line.append("  ").append(grouped(done));
  if (total > 0) line.append("/").append(grouped(total));
  if (done == 0 || elapsed_ms < 1'000) return line;
  line.append("  ").append(grouped(done * 1'000 / elapsed_ms)).append("/s");
  if (total > shown) line.append("  ≈ ").append(time_left((total - shown) * elapsed_ms / done / 1'000 + 1));
  return line;
}

Progress::Progress(const Globals& globals, std::string title, std::uint64_t total)
    : Progress(*globals.err, is_watched(globals), std::move(title), total) {}

Progress::Progress(std::ostream& out, Watched watched, std::string title, std::uint64_t total)
    : out_(out), watched_(watched == Watched::yes), title_(std::move(title)), total_(total), began_ms_(steady_ms()) {}

Progress::~Progress() {
  if (drawn_ms_) out_ << clear_line << std::flush;
}

void Progress::show(std::uint64_t done) { show_at(done, elapsed_ms()); }

void Progress::show_at(std::uint64_t done, std::uint64_t elapsed_ms) {
  if (!watched_ || (drawn_ms_ && elapsed_ms < *drawn_ms_ + redraw_ms)) return;
  drawn_ms_ = elapsed_ms;
  out_ << clear_line << progress_line(title_, done, total_, elapsed_ms) << std::flush;
}

std::uint64_t Progress::elapsed_ms() const { return steady_ms() - began_ms_; }

}  // namespace kanhe::cli
