// NodeStatus in words: what a node says of itself, made from the JSON of GET /v1/status.
//
// The record belongs to the daemon (node/status.h), which the command line does not link. So fields are looked up by
// name, and one that is missing, or a word that is not known, is left out or shown as it is: a newer daemon is still
// readable. Everything here is the node's own word; control characters in it do not reach the terminal.
//
// Thread: any. Errors: malformed, when the text is no JSON object.
#pragma once

#include <string>

#include "cli/app.h"

namespace kanhe::cli {

// Several lines: height and view, what it waits for and since when, open slots with who is missing, peers.
Result<std::string> status_text(const Globals& globals, std::string_view json);

// The same JSON, written anew: what an unknown machine sends may hold characters that a terminal obeys.
Result<std::string> clean_json(std::string_view json);

// The words for what a node waits for; empty when the name is not known. For tests.
std::string_view waiting_words(std::string_view name);

}  // namespace kanhe::cli
