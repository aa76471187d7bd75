// Output: how results, messages and values look.
//
// Results go to Globals::out, messages to Globals::err; with --json a result is one JSON value. Values are shown in the
// forms that options accept (cli/call.h): money in yuan, times in Beijing time with their offset.
//
// Thread: one.
#pragma once

#include <functional>
#include <string>

#include "cli/app.h"
#include "ledger/json.h"
#include "ledger/receipt.h"
#include "ledger/types.h"

namespace kanhe::cli {

// A result: the record as JSON with --json, else the text (its last line ends with a newline or not).
void show_result(const Globals& globals, const Schema& schema, const void* record, const std::string& text);
template <class T>
void show_result(const Globals& globals, const T& record, const std::string& text) {
  show_result(globals, schema_of<T>(), &record, text);
}
// A line for people, on stderr; nothing with --quiet.
void say(const Globals& globals, std::string_view line);
// A line for people, on stderr, also with --quiet: what they must know although the command went well.
void warn(const Globals& globals, std::string_view line);
// The end of a command that failed, on stderr: the text, or with --json an ErrorAnswer (certs/answers.h).
void show_error(const Globals& globals, std::string_view code, std::string_view text);

// "中文 · English", or the language of --lang alone.
std::string sentence(const Globals& globals, std::string_view zh, std::string_view en);

// "1500000.00 yuan" → "1,500,000.00 元"; without grouping what an option takes: "1500000.00".
std::string money_text(Fen amount);
std::string time_text(Timestamp time);                  // "2025-06-03T10:21:07.250+08:00"
std::string duration_text(std::uint64_t milliseconds);  // "3 d 4 h", "12 s", "250 ms": the two largest units
std::string short_hex(ByteView bytes);                  // the first 12 digits

// A record for people: one line a field, "name: value", nested ones indented.
std::string record_text(const Globals& globals, const Schema& schema, const void* record, std::size_t indent = 0);
template <class T>
std::string record_text(const Globals& globals, const T& record, std::size_t indent = 0) {
  return record_text(globals, schema_of<T>(), &record, indent);
}
// One value in one line, for example "1,500,000.00 元".
std::string value_text(const Schema& schema, const void* value);

// What an event says, by the catalogue; its bytes in hexadecimal when this program does not know it.
std::string event_text(const Globals& globals, const Event& event);

}  // namespace kanhe::cli
