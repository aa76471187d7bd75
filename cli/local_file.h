// Local files: the documents, bundles, reports and tables that commands read and write.
//
// A *private* file has mode 0600, because salts and openings of a document are in it: who has them reads the fields. A
// new file never takes the place of another; replacing one is atomic, and both are durable on return (or when many are
// synced together), so that what the ledger was told about is not lost with the machine. The path "-" stands for stdin
// and stdout.
//
// Thread: one. Errors: unknown (no such file), duplicate (it exists), out_of_range (size), io; the text names the path.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ledger/result.h"

namespace kanhe::cli {

enum class FileMode : std::uint8_t { shared, private_to_owner };  // 0644, 0600
// `later`: for one of many files, which sync_files() makes durable together.
enum class Durability : std::uint8_t { at_once, later };

// Reads a file whole.
Result<std::string> read_local_file(const std::string& path, std::size_t bytes_max);
// Writes a file that must not exist.
Result<void> write_new_local_file(const std::string& path, std::string_view text, FileMode mode,
                                  Durability durability = Durability::at_once);
// Puts a file in the place of what may be there, by renaming; one that is there keeps no access that the mode denies.
Result<void> replace_local_file(const std::string& path, std::string_view text, FileMode mode,
                                Durability durability = Durability::at_once);
// Makes all files written below this directory durable. Cost: that of the whole file system's unwritten data.
Result<void> sync_files(const std::string& directory);

// The path itself if it is a file; the files with this ending in it and below it, sorted, if it is a directory.
// Errors: also unknown, when a directory has none.
Result<std::vector<std::string>> files_below(const std::string& path, std::string_view ending);

}  // namespace kanhe::cli
