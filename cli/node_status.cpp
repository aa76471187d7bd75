#include "cli/node_status.h"

#include <boost/json.hpp>
#include <charconv>

#include "cli/output.h"
#include "cli/text_table.h"

namespace kanhe::cli {
namespace {

namespace json = boost::json;

struct WaitingWords {
  std::string_view name;
  std::string_view zh;
  std::string_view en;
};
constexpr WaitingWords waiting[] = {
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

std::string names_of(const Globals& globals, const json::object& object, std::string_view name) {
  std::string text;
  for (const json::value& entry : list_of(object, name)) {
    if (!entry.is_string()) continue;
    text += text.empty() ? "" : ", ";
    text += visible({entry.get_string().data(), entry.get_string().size()});
  }
  return text.empty() ? sentence(globals, "无", "nobody") : text;
}

std::string since_text(const Globals& globals, const json::object& status, std::uint64_t since_ms) {
  const std::uint64_t now = number_of(status, "time_ms");
  if (since_ms == 0 || now < since_ms) return {};
  const std::string time = duration_text(globals, now - since_ms);
  return sentence(globals, "已 " + time, "since " + time);
}

void add_waiting(const Globals& globals, const json::object& status, NamedValues& values) {
  const std::string name = text_of(status, "waiting_for");
  std::string words = name;
  for (const WaitingWords& entry : waiting) {
    if (entry.name == name) words = sentence(globals, entry.zh, entry.en);
  }
  const std::string since = since_text(globals, status, number_of(status, "waiting_since_ms"));
  values.add(sentence(globals, "状态", "waits"), words + (since.empty() ? "" : " (" + since + ")"));
  if (name == "vote_reports") values.add(sentence(globals, "缺少", "missing"), text_of(status, "reports_missing"));
  if (find(status, "silence") != nullptr) {
    values.add(sentence(globals, "原因", "reason"), text_of(status, "silence"));
  }
}

// A proposal's votes: who has voted, and who has not.
void add_slot(const Globals& globals, const json::object& slot, TextTable& table) {
  std::string what = sentence(globals, "尚无提案", "no proposal here");
  if (find(slot, "digest") != nullptr) {
    const std::string count = text_of(slot, "transactions");
    what = sentence(globals, count + " 笔交易", count + " transactions");
    if (!flag_of(slot, "bodies_here")) what += ", " + sentence(globals, "缺交易内容", "bodies missing");
  }
  table.add({sentence(globals, "槽位", "slot") + " " + text_of(slot, "height") + ":", what});
  const auto add_votes = [&](std::string_view zh, std::string_view en, std::string_view name,
                             std::string_view missing) {
    table.add({"  " + sentence(globals, zh, en) + ":", names_of(globals, slot, name),
               sentence(globals, "缺少", "missing") + ": " + names_of(globals, slot, missing)});
  };
  add_votes("准备票", "prepares", "prepares", "prepares_missing");
  add_votes("提交票", "commits", "commits", "commits_missing");
}

void add_peer(const Globals& globals, const json::object& status, const json::object& peer, TextTable& table) {
  const bool connected = flag_of(peer, "connected");
  table.add({text_of(peer, "department"),
             connected ? sentence(globals, "已连接", "connected") : sentence(globals, "未连接", "not connected"),
             connected ? text_of(peer, "address") : text_of(peer, "trouble"),
             since_text(globals, status, number_of(peer, "since_ms"))});
}

std::string head_text(const Globals& globals, const json::object& status) {
  NamedValues values;
  const auto add = [&](std::string_view zh, std::string_view en, std::string value) {
    values.add(sentence(globals, zh, en), std::move(value));
  };
  add("高度", "height",
      text_of(status, "height") + ", " + sentence(globals, "最终确定", "finalized") + " " +
          text_of(status, "finalized"));
  add("最新区块", "newest block", time_text(Timestamp(number_of(status, "block_time_ms"))));
  add("纪元", "epoch",
      text_of(status, "epoch") + ", " + sentence(globals, "视图", "view") + " " + text_of(status, "view"));
  add("主节点", "primary", text_of(status, "primary"));
  add("超时", "time-out", duration_text(globals, number_of(status, "timeout_ms")));
  const std::uint64_t target = number_of(status, "target");
  if (target > number_of(status, "view")) {
    const std::string view = std::to_string(target);
    add("视图切换", "view change",
        sentence(globals, "要离开当前视图，进入视图 " + view, "wants to leave the view, for view " + view));
  }
  add_waiting(globals, status, values);
  add("已连接共识节点", "validators connected",
      text_of(status, "validators_connected") + ", " + sentence(globals, "至少", "needed") + ": " +
          text_of(status, "validators_needed"));
  const std::string count = text_of(status, "pool_transactions");
  const std::string bytes = text_of(status, "pool_bytes");
  add("待办池", "pool",
      sentence(globals, count + " 笔交易，" + bytes + " 字节", count + " transactions, " + bytes + " bytes"));
  return text_of(status, "department") + " (" + text_of(status, "role") + "), " +
         sentence(globals, "网络", "network") + " " + text_of(status, "network") + "\n" + values.text();
}

Result<json::value> read_object(std::string_view text) {
  boost::system::error_code error;
  json::value read = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !read.is_object()) return fail(ErrorCode::malformed, "the node's status is no JSON object");
  return read;
}

}  // namespace

std::string_view waiting_words(std::string_view name) {
  for (const WaitingWords& entry : waiting) {
    if (entry.name == name) return entry.en;
  }
  return {};
}

Result<std::string> clean_json(std::string_view text) { return json::serialize(TRY(read_object(text))); }

Result<std::string> status_text(const Globals& globals, std::string_view text) {
  const json::value read = TRY(read_object(text));
  const json::object& status = read.get_object();
  TextTable slots({Align::left, Align::left, Align::left});
  for (const json::value& slot : list_of(status, "slots")) {
    if (slot.is_object()) add_slot(globals, slot.get_object(), slots);
  }
  TextTable peers({Align::left, Align::left, Align::left, Align::left});
  for (const json::value& peer : list_of(status, "peers")) {
    if (peer.is_object()) add_peer(globals, status, peer.get_object(), peers);
  }
  return head_text(globals, status) + slots.text() + peers.text();
}

}  // namespace kanhe::cli
