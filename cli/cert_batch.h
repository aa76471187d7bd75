// Batches in one file: issuing a batch whose documents stay together in a batch file (certs/batch_file.h), and handing
// bundles out of it.
//
// The file is complete, durable and in its place before anything is sent, because its salts cannot be made again; a
// refused batch leaves none. Rows are read as a stream and are not kept, so memory grows by some 100 bytes a
// certificate. A row in the usual form (certs/batch_row.h) costs a few microseconds; another one is read completely,
// and its faults are named as those of any document.
//
// Thread: one. Limits: certs::batch_count_max documents. Errors: CommandError.
#pragma once

#include <string>
#include <vector>

#include "cli/app.h"

namespace kanhe::cli {

struct BatchFileOptions {
  std::string contents;  // directory, or a file with one JSON record a line
  std::string type;
  std::string prefix;
  std::string file;  // to make, or to go on with
  bool skip_faulty = false;
  bool dry_run = false;
};

// Makes the file and has its root recorded.
void issue_batch_file(Globals& globals, const BatchFileOptions& options);
// Goes on with the file of a run that was broken off: looks at all of it, and has its root recorded unless it is.
void resume_batch_file(Globals& globals, const BatchFileOptions& options);

// bundle take, bundle list.
void add_batch_file_commands(CLI::App& bundle, Globals& globals);

}  // namespace kanhe::cli
