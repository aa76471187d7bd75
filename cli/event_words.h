// What happened, in words: a phrase for each event of the catalogue.
//
// Thread: any; a constant table. Errors: none; an event that this program does not know has its own name for words.
#pragma once

#include <span>
#include <string>

#include "cli/app.h"

namespace kanhe::cli {

struct EventWords {
  std::string_view event;  // "service.filed"
  std::string_view zh;
  std::string_view en;
};
std::span<const EventWords> event_words();

// In the language of the command.
std::string event_phrase(const Globals& globals, std::string_view event);

}  // namespace kanhe::cli
