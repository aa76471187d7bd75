#include "node/query_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

namespace kanhe::node {
namespace {

constexpr std::uint64_t ms_per_s = 1'000;
constexpr mode_t file_mode = 0600;  // it names officers

std::string time_text(Timestamp time) {
  const std::time_t seconds = static_cast<std::time_t>(time.value() / ms_per_s);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  char ms[8];
  std::snprintf(ms, sizeof ms, ".%03uZ", static_cast<unsigned>(time.value() % ms_per_s));
  return std::string(text, size) + ms;
}

// With O_APPEND a line is whole even when two write; opened each time, so that the file may be moved away.
Result<void> append_text(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, file_mode);
  if (file < 0) return fail(ErrorCode::io, path, ": ", std::strerror(errno));
  const ssize_t written = text.empty() ? 0 : ::write(file, text.data(), text.size());
  const int reason = errno;
  ::close(file);
  if (written == static_cast<ssize_t>(text.size())) return {};
  return fail(ErrorCode::io, path, ": ", written < 0 ? std::strerror(reason) : "the disk is full");
}

}  // namespace

Result<std::unique_ptr<QueryLog>> QueryLog::open(const std::string& path) {
  TRY(append_text(path, ""));
  return std::unique_ptr<QueryLog>(new QueryLog(path));
}

Result<void> QueryLog::append(Timestamp now, std::string_view line) {
  std::string text = time_text(now) + " ";
  for (const char c : line) text += (c >= 0 && c < ' ') || c == 0x7f ? ' ' : c;
  text += "\n";
  const std::lock_guard lock(mutex_);
  return append_text(path_, text);
}

}  // namespace kanhe::node
