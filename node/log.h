// Log: what a node tells the person who runs it. One line an event: time, level, the event's id, then key=value.
//
//   2026-01-02T03:04:05.678Z info peer_connected peer=tax address=10.0.3.7:7001
//
// Goes to stderr and to a file that is followed by numbered older ones; the oldest is deleted. An event id may be
// written repeats_max times a second; what is beyond is counted, and the count stands in its next line. Values that
// hold anything but plain visible characters are quoted and escaped: a peer cannot write lines of its own.
//
// Thread: any. Limits: file_bytes * files on disk; value_bytes_max a value. Errors: a log that cannot be written never
// stops a node.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>

#include "ledger/result.h"

namespace kanhe::node {

enum class LogLevel : std::uint8_t { debug, info, warning, error };
// Errors: unknown.
Result<LogLevel> read_log_level(std::string_view text);

struct LogOptions {
  std::string path;  // empty: stderr only
  LogLevel level = LogLevel::info;
  std::size_t file_bytes = 16 * 1024 * 1024;
  std::size_t files = 5;
};

struct LogField {
  std::string_view key;
  std::string value;
};

class Log {
 public:
  static constexpr std::uint32_t repeats_max = 20;     // of one event, per second
  static constexpr std::size_t value_bytes_max = 2'048;

  // Errors: io (the file cannot be opened).
  static Result<std::unique_ptr<Log>> open(const LogOptions& options);
  ~Log();

  // `event` is a literal in snake_case.
  void write(LogLevel level, const char* event, std::initializer_list<LogField> fields = {});
  void debug(const char* event, std::initializer_list<LogField> fields = {}) { write(LogLevel::debug, event, fields); }
  void info(const char* event, std::initializer_list<LogField> fields = {}) { write(LogLevel::info, event, fields); }
  void warning(const char* event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::warning, event, fields);
  }
  void error(const char* event, std::initializer_list<LogField> fields = {}) { write(LogLevel::error, event, fields); }
  // Hands on what is buffered; for the end of the process.
  void flush();

 private:
  struct Parts;
  explicit Log(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// A value as it stands in a line.
std::string log_value(std::string_view value);

}  // namespace kanhe::node
