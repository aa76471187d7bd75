// File parts: how a file travels whose digest stands on the ledger (materials, files of certificates).
//
// A file is cut into parts of file_part_bytes; the one that is shorter ends it, and is empty where the file's length is
// a multiple of that. So neither side has to say how long a file is, and no request is larger than others. Whoever gets
// a file asks for its parts from 0 on, and compares the digest of the whole.
//
// Thread: any; plain values. Limits: 16 MiB a file. Errors: none.
#pragma once

#include "ledger/hash.h"
#include "ledger/schema.h"
#include "ledger/validators.h"

namespace kanhe::certs {

inline constexpr std::size_t file_part_bytes = 128 * 1024;
inline constexpr std::uint32_t file_parts_max = 129;  // the last of so many is shorter
inline constexpr std::size_t file_bytes_max = file_part_bytes * file_parts_max - 1;

struct FilePartTag : LimitTag<std::uint32_t, 0, file_parts_max - 1> {
  static constexpr Label label{"FilePart", "文件分片序号", "number of a part of a file, from 0"};
};
using FilePart = Number<FilePartTag>;

// What a node has of a file after it was given a part.
struct FileAnswer {
  Hash256 digest;
  std::uint32_t parts = 0;  // the number of the next one, while not whole
  bool whole = false;
};
BOOST_DESCRIBE_STRUCT(FileAnswer, (), (digest, parts, whole))

}  // namespace kanhe::certs
