#include "node/log.h"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <map>
#include <mutex>
#include <optional>

namespace kanhe::node {
namespace {

using Clock = std::chrono::steady_clock;

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
  }
  check_failed("a level", __FILE__, __LINE__);
}

// How often an event was written in the second that began at `since`.
struct Rate {
  Clock::time_point since;
  std::uint32_t written = 0;
  std::uint64_t suppressed = 0;
};

}  // namespace

struct Log::Parts {
  std::unique_ptr<spdlog::logger> logger;
  std::mutex mutex;  // guards rates
  std::map<std::string, Rate, std::less<>> rates;

  // How many lines of this event were left out before this one; absent: leave this one out too.
  std::optional<std::uint64_t> admit(std::string_view event) {
    const std::lock_guard lock(mutex);
    Rate& rate = rates.try_emplace(std::string(event)).first->second;
    const auto now = Clock::now();
    if (rate.written == 0 || now - rate.since >= std::chrono::seconds(1)) {
      rate.since = now;
      rate.written = 0;
    }
    if (rate.written == repeats_max) {
      ++rate.suppressed;
      return std::nullopt;
    }
    ++rate.written;
    return std::exchange(rate.suppressed, 0);
  }
};

Result<LogLevel> read_log_level(std::string_view text) {
  if (text == "debug") return LogLevel::debug;
  if (text == "info") return LogLevel::info;
  if (text == "warning") return LogLevel::warning;
  if (text == "error") return LogLevel::error;
  return fail(ErrorCode::unknown, "\"", text, "\" must be debug, info, warning or error");
}

std::string log_value(std::string_view value) {
  bool plain = !value.empty();
  for (const char c : value) plain = plain && c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\';
  if (plain && value.size() <= Log::value_bytes_max) return std::string(value);
  std::string quoted = "\"";
  for (const char c : value.substr(0, Log::value_bytes_max)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      quoted += "\\n";
    } else if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7f) {
      quoted += fmt::format("\\x{:02x}", byte);
    } else {
      quoted += c;
    }
  }
  if (value.size() > Log::value_bytes_max) quoted += "…";
  return quoted + "\"";
}

Log::Log(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Log::~Log() = default;

Result<std::unique_ptr<Log>> Log::open(const LogOptions& options) {
  std::vector<spdlog::sink_ptr> sinks{std::make_shared<spdlog::sinks::stderr_sink_mt>()};
  if (!options.path.empty()) {
    try {
      sinks.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(options.path, options.file_bytes,
                                                                             options.files - 1));
    } catch (const spdlog::spdlog_ex& error) {
      return fail(ErrorCode::io, error.what());
    }
  }
  auto parts = std::make_unique<Parts>();
  parts->logger = std::make_unique<spdlog::logger>("kanhed", sinks.begin(), sinks.end());
  parts->logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %v", spdlog::pattern_time_type::utc);
  parts->logger->set_level(level_of(options.level));
  parts->logger->flush_on(spdlog::level::info);
  parts->logger->set_error_handler([](const std::string&) {});
  return std::unique_ptr<Log>(new Log(std::move(parts)));
}

void Log::write(LogLevel level, const char* event, std::initializer_list<LogField> fields) {
  static constexpr const char* names[] = {"debug", "info", "warning", "error"};
  if (!parts_->logger->should_log(level_of(level))) return;
  const auto suppressed = parts_->admit(event);
  if (!suppressed) return;
  std::string line = std::string(names[static_cast<std::size_t>(level)]) + " " + event;
  for (const LogField& field : fields) line += " " + std::string(field.key) + "=" + log_value(field.value);
  if (*suppressed > 0) line += " suppressed=" + std::to_string(*suppressed);
  parts_->logger->log(level_of(level), spdlog::string_view_t(line));
}

void Log::flush() { parts_->logger->flush(); }

}  // namespace kanhe::node
