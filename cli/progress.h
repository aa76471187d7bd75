// Progress: how far long work has come, on one line of a terminal that is drawn over again.
//
//     导入 · importing  [#########-----------]  47 %  931/1,981  212/s  ≈ 5 s
//
// But for its title the line has no words: how many of all are done, how many a second, how long it will still take.
// Where nobody watches (stderr is no terminal, --quiet) nothing is drawn, so that logs and pipes stay clean. The line
// is drawn at most every redraw_ms, and is gone when the object is: what stays is what the command says.
//
// Thread: one. Time is an argument of the parts that decide; the object asks the steady clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/app.h"

namespace kanhe::cli {

inline constexpr std::uint64_t redraw_ms = 100;
inline constexpr std::size_t bar_width = 20;

// The line without anything that moves a cursor. `total` 0: not known, so no bar, share or time left.
std::string progress_line(std::string_view title, std::uint64_t done, std::uint64_t total, std::uint64_t elapsed_ms);

// "1,981"
std::string grouped(std::uint64_t number);

class Progress {
 public:
  enum class Watched : std::uint8_t { no, yes };

  // Draws where stderr is a terminal and neither --quiet nor --json was given. Lifetime: `globals` outlives it.
  Progress(const Globals& globals, std::string title, std::uint64_t total);
  // For tests: draws on `out` if it is watched.
  Progress(std::ostream& out, Watched watched, std::string title, std::uint64_t total);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  // Requires: does not go back.
  void show(std::uint64_t done);
  // The same at a given moment, ms since the beginning.
  void show_at(std::uint64_t done, std::uint64_t elapsed_ms);
  std::uint64_t elapsed_ms() const;

 private:
  std::ostream& out_;
  const bool watched_;
  const std::string title_;
  const std::uint64_t total_;
  const std::uint64_t began_ms_;           // of the steady clock
  std::optional<std::uint64_t> drawn_ms_;  // since the beginning
};

}  // namespace kanhe::cli
