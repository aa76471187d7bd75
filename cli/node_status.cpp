#include "cli/node_status.h"

#include <boost/json.hpp>
#include <charconv>

#include "cli/output.h"

namespace kanhe::cli {
namespace {

namespace json = boost::json;

struct Words {
  std::string_view name;
  std::string_view zh;
  std::string_view en;
};
constexpr Words waiting[] = {
    {"nothing", "空闲", "for nothing: it is idle"},
    {"membership", "本节点不在已知纪元的成员名单中", "to be a member: no epoch that it knows lists it"},
    {"consensus_key", "本纪元登记的是另一把共识密钥", "for the consensus key that its epoch names"},
    {"silenced", "已停止投票", "for a later epoch: it votes no more, and only follows"},
    {"peers", "等待其他部门连接", "for other departments to connect: too few are there for a quorum"},
    {"vote_reports", "启动中，等待各部门的投票记录",
     "for the others to say which of its votes they hold: it is starting"},
    {"blocks", "落后，正在获取区块", "for blocks: it is behind, and fetches them"},
    {"new_view", "等待新主节点", "for the next primary's NewView"},
    {"bodies", "等待交易内容", "for bodies of the lowest open proposal"},
    {"execution", "正在执行", "for its own execution of the lowest open proposal"},
    {"prepares", "等待各部门准备票", "for Prepares of the lowest open proposal"},
    {"commits", "等待各部门提交票", "for Commits of the lowest open proposal"},
    {"proposal", "有待办交易，等待主节点提案", "for the primary to propose: transactions wait"},
};

// A field of an object, or null.
const json::value* find(const json::object& object, std::string_view name) {
  return object.if_contains(json::string_view(name.data(), name.size()));
}

// The text if a terminal may have it.
std::string visible(std::string_view text) {
  if (is_plain_text(text)) return std::string(text);
  return "?";
}

// A number or text as it is written; nothing where it is missing.
std::string text_of(const json::object& object, std::string_view name) {
  const json::value* const value = find(object, name);
  if (value == nullptr) return {};
  if (const json::string* const text = value->if_string()) return visible({text->data(), text->size()});
  return json::serialize(*value);
}

std::uint64_t number_of(const json::object& object, std::string_view name) {
  const std::string text = text_of(object, name);
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool flag_of(const json::object& object, std::string_view name) {
  const json::value* const value = find(object, name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

const json::array& list_of(const json::object& object, std::string_view name) {
  static const json::array none;
  const json::value* const value = find(object, name);
  return value != nullptr && value->is_array() ? value->get_array() : none;
}

std::string names_of(const json::object& object, std::string_view name) {
  std::string text;
  for (const json::value& entry : list_of(object, name)) {
    if (!entry.is_string()) continue;
    text += text.empty() ? "" : ", ";
    text += visible({entry.get_string().data(), entry.get_string().size()});
  }
  return text.empty() ? "nobody" : text;
}

std::string since_text(const json::object& status, std::uint64_t since_ms) {
  const std::uint64_t now = number_of(status, "time_ms");
  return since_ms == 0 || now < since_ms ? "" : " (since " + duration_text(now - since_ms) + ")";
}

std::string waiting_text(const Globals& globals, const json::object& status) {
  const std::string name = text_of(status, "waiting_for");
  std::string words = "waits for " + name;
  for (const Words& entry : waiting) {
    if (entry.name == name) words = sentence(globals, entry.zh, "waits " + std::string(entry.en));
  }
  std::string text = "  " + words + since_text(status, number_of(status, "waiting_since_ms")) + "\n";
  if (name == "vote_reports") text += "    missing: " + text_of(status, "reports_missing") + "\n";
  if (find(status, "silence") != nullptr) text += "    reason: " + text_of(status, "silence") + "\n";
  return text;
}

std::string slot_text(const json::object& slot) {
  std::string text = "  slot " + text_of(slot, "height") + ": ";
  if (find(slot, "digest") == nullptr) {
    text += "no proposal here";
  } else {
    text += text_of(slot, "transactions") + " transactions";
    if (!flag_of(slot, "bodies_here")) text += ", bodies missing";
  }
  return text + "\n    prepares: " + names_of(slot, "prepares") + "; missing: " + names_of(slot, "prepares_missing") +
         "\n    commits: " + names_of(slot, "commits") + "; missing: " + names_of(slot, "commits_missing") + "\n";
}

std::string peer_text(const json::object& status, const json::object& peer) {
  std::string text = "  " + text_of(peer, "department") + ": ";
  text += flag_of(peer, "connected") ? "connected " + text_of(peer, "address") : "not connected";
  text += since_text(status, number_of(peer, "since_ms"));
  const std::string trouble = text_of(peer, "trouble");
  return text + (trouble.empty() || flag_of(peer, "connected") ? "" : ": " + trouble) + "\n";
}

std::string head_text(const json::object& status) {
  const std::uint64_t view = number_of(status, "view");
  const std::uint64_t target = number_of(status, "target");
  std::string text = text_of(status, "department") + " (" + text_of(status, "role") + "), network " +
                     text_of(status, "network") + "\n  height " + text_of(status, "height") + ", finalized " +
                     text_of(status, "finalized") + ", newest block " +
                     time_text(Timestamp(number_of(status, "block_time_ms"))) + "\n  epoch " +
                     text_of(status, "epoch") + ", view " + text_of(status, "view") + ", primary " +
                     text_of(status, "primary") + ", time-out " + duration_text(number_of(status, "timeout_ms")) + "\n";
  if (target > view) text += "  wants to leave the view, for view " + std::to_string(target) + "\n";
  return text;
}

Result<json::value> read_object(std::string_view text) {
  boost::system::error_code error;
  json::value read = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !read.is_object()) return fail(ErrorCode::malformed, "the node's status is no JSON object");
  return read;
}

}  // namespace

std::string_view waiting_words(std::string_view name) {
  for (const Words& entry : waiting) {
    if (entry.name == name) return entry.en;
  }
  return {};
}

Result<std::string> clean_json(std::string_view text) { return json::serialize(TRY(read_object(text))); }

Result<std::string> status_text(const Globals& globals, std::string_view text) {
  const json::value read = TRY(read_object(text));
  const json::object& status = read.get_object();
  std::string words = head_text(status) + waiting_text(globals, status);
  words += "  validators connected: " + text_of(status, "validators_connected") +
           ", needed: " + text_of(status, "validators_needed") + "\n  pool: " + text_of(status, "pool_transactions") +
           " transactions, " + text_of(status, "pool_bytes") + " bytes\n";
  for (const json::value& slot : list_of(status, "slots")) {
    if (slot.is_object()) words += slot_text(slot.get_object());
  }
  for (const json::value& peer : list_of(status, "peers")) {
    if (peer.is_object()) words += peer_text(status, peer.get_object());
  }
  return words;
}

}  // namespace kanhe::cli
