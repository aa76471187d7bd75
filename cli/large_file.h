// Large file: a file that is written in pieces, one that is read in place, and lines of one that is never held whole.
//
// A NewLargeFile stands beside its place under another name until it is complete and durable; then keep() puts it
// there. So whoever finds the file finds all of it, and a run that was broken off leaves nothing in its place.
//
// Thread: one each. Errors: as cli/local_file.h; the text names the path.
#pragma once

#include <string>
#include <string_view>

#include "cli/local_file.h"
#include "ledger/bytes.h"

namespace kanhe::cli {

inline constexpr std::size_t line_bytes_max = 1'024 * 1'024 * 1'024;

class NewLargeFile {
 public:
  // Requires: the path is not that of stdout. Errors: also duplicate, when there is a file.
  static Result<NewLargeFile> create(const std::string& path, FileMode mode);
  NewLargeFile(NewLargeFile&& other) noexcept;
  NewLargeFile& operator=(NewLargeFile&&) = delete;
  // Removes what was not kept.
  ~NewLargeFile();

  Result<void> write(ByteView piece);
  // Syncs the file, puts it in its place and syncs that. Requires: called once, last. Errors: also duplicate.
  Result<void> keep();

 private:
  NewLargeFile(std::string path, std::string fresh, int file);
  const std::string path_;
  const std::string fresh_;  // where it stands until it is kept
  int file_;
  std::int64_t written_ = 0;  // bytes
  std::int64_t begun_ = 0;    // of them, those that the disk was told of
};

// A file whose bytes are there while the object is. Who shortens the file meanwhile ends the process.
class LargeFile {
 public:
  static Result<LargeFile> open(const std::string& path);
  LargeFile(LargeFile&& other) noexcept;
  LargeFile& operator=(LargeFile&&) = delete;
  ~LargeFile();

  ByteView bytes() const { return bytes_; }

 private:
  explicit LargeFile(ByteView bytes) : bytes_(bytes) {}
  ByteView bytes_;
};

// The lines of a file, or of stdin for "-". Memory: twice the longest line, at least 1 MiB.
class LineReader {
 public:
  static Result<LineReader> open(const std::string& path);
  LineReader(LineReader&& other) noexcept;
  LineReader& operator=(LineReader&&) = delete;
  ~LineReader();

  // Whether there is another line; `line` is then without its end, and holds until the next call.
  // Errors: also out_of_range (line_bytes_max).
  Result<bool> next(std::string_view& line);

 private:
  LineReader(std::string path, int file);
  Result<void> read_more();
  const std::string path_;
  int file_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what was not answered yet
  std::size_t end_ = 0;    // of what was read
  bool ended_ = false;
};

}  // namespace kanhe::cli
