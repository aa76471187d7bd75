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
#include "ledger/block.h"
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
// The end of a command that failed, on stderr: what is wrong and the help, or with --json an ErrorAnswer
// (certs/answers.h).
void show_error(const Globals& globals, const CommandError& error);

// "中文 · English", or the language of --lang alone; once where both are the same, or there is but one.
std::string sentence(const Globals& globals, std::string_view zh, std::string_view en);

// "1,500,000.00 元", in English alone "1,500,000.00 yuan".
std::string money_text(const Globals& globals, Fen amount);
std::string time_text(Timestamp time);                  // "2025-06-03T10:21:07.250+08:00"
// "3 d 4 h", "12 s", "250 ms": the two largest units; in Chinese alone "3 天 4 小时".
std::string duration_text(const Globals& globals, std::uint64_t milliseconds);
std::string short_hex(ByteView bytes);                  // the first 12 digits

// "下一步 · next: kanhe …", without an end of line.
std::string next_text(const Globals& globals, std::string_view command);
// "截至 2025-…，已核验，高度 18 · as of 2025-…, proved, block 18", without an end of line.
std::string proved_text(const Globals& globals, const Header& header);
// "已核验，高度 18 · proved, block 18", without an end of line.
std::string proved_text(const Globals& globals, Height height);

// A record for people: one line a field, its name in words (cli/words.h) and its value, all values below each other;
// nested ones indented. What is absent or an empty list is left out.
std::string record_text(const Globals& globals, const Schema& schema, const void* record, std::size_t indent = 0);
template <class T>
std::string record_text(const Globals& globals, const T& record, std::size_t indent = 0) {
  return record_text(globals, schema_of<T>(), &record, indent);
}
// One value in one line, for example "1,500,000.00 元"; enumerators in words.
std::string value_text(const Globals& globals, const Schema& schema, const void* value);

// Whom an event concerns and what it says, by the catalogue; its bytes in hexadecimal when this program does not know
// it. Its name is not among it.
std::string event_text(const Globals& globals, const Event& event);

}  // namespace kanhe::cli
