// From a Call to its outcome: transaction, signature, node, receipt, words.
#include "cli/call.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "cli/event_words.h"
#include "cli/findings.h"
#include "cli/output.h"
#include "cli/text_table.h"
#include "cli/values.h"
#include "contracts/sentences.h"

namespace kanhe::cli {
namespace {

constexpr unsigned wait_ms_max = 30'000;  // of one request

std::vector<std::string> module_names() {
  std::vector<std::string> names;
  for (const contracts::Module* module : contracts::modules()) names.emplace_back(module->name);
  return names;
}

std::vector<std::string> method_names(const contracts::Module& module) {
  std::vector<std::string> names;
  for (const contracts::Method& method : module.methods) names.emplace_back(method.name);
  return names;
}

}  // namespace

Result<Call> make_call(std::string_view module, std::string_view method) {
  Call call;
  call.module = contracts::find_module(module);
  if (call.module == nullptr) {
    return fail(ErrorCode::unknown, "there is no module \"", module, "\"", suggestion(module, module_names()));
  }
  call.method = contracts::find_method(module, method);
  if (call.method == nullptr) {
    return fail(ErrorCode::unknown, module, " has no method \"", method, "\"",
                suggestion(method, method_names(*call.module)));
  }
  call.arguments = call.method->argument_record.make();
  return call;
}

Result<Transaction> make_transaction(const Genesis& genesis, const Call& call, Timestamp now, Duration valid_for) {
  // The genesis knows the window that the network began with; the node knows a changed one, and says so.
  const std::uint32_t window = genesis.parameters.validity_window_ms.value();
  if (valid_for.value() < 1 || valid_for.value() > window) {
    return fail(ErrorCode::out_of_range, "--valid-for: ", write_duration(valid_for.value()),
                ", must be between 1ms and ", write_duration(window));
  }
  Transaction transaction;
  transaction.chain_id = chain_id_of(genesis);
  transaction.module = TRY(ModuleName::from(call.module->name));
  transaction.method = TRY(MethodName::from(call.method->name));
  Bytes arguments = call.method->argument_record.encode(call.arguments.get());
  if (arguments.size() > arguments_bytes_max) {
    return fail(ErrorCode::out_of_range, "the arguments take ", arguments.size(), " bytes, must be at most ",
                arguments_bytes_max);
  }
  transaction.arguments = TRY(Blob<arguments_bytes_max>::from(std::move(arguments)));
  transaction.valid_until_ms = now + valid_for;
  transaction.nonce = TRY(random_bytes<Nonce>());
  return transaction;
}

Result<Call> call_of(const Transaction& transaction) {
  Call call = TRY(make_call(transaction.module.view(), transaction.method.view()));
  call.arguments = TRY(call.method->argument_record.decode(transaction.arguments.view()));
  return call;
}

Result<TransactionBody> sign_call(const Genesis& genesis, const SecretKey& key, const Call& call, Timestamp now,
                                  Duration valid_for) {
  Transaction transaction = TRY(make_transaction(genesis, call, now, valid_for));
  sign_transaction(genesis.suite.signature, key, transaction);
  return make_body(std::move(transaction));
}

// ---------------------------------------------------------------------------------------------------------------------
// Outcome

namespace {

std::string outcome_text(const Globals& globals, const Receipt& receipt, const Call* call, const ServiceNames& names) {
  if (const auto* const refused = std::get_if<Refused>(&receipt.outcome)) {
    return sentence(globals, "被拒绝，账本未改变", "refused, nothing was changed") + ":\n" +
           findings_text(globals, *refused, call, names);
  }
  std::string text = sentence(globals, "已办成", "done") + "\n";
  TextTable events({Align::left, Align::left});
  for (const Event& event : receipt.events) {
    events.add({event_phrase(globals, event.name.view()), "[" + event.name.str() + "]"});
  }
  text += events.text();
  if (call != nullptr && call->method->result_record && !receipt.return_value.empty()) {
    const auto returned = call->method->result_record->decode(receipt.return_value.view());
    if (returned) text += record_text(globals, call->method->result_record->schema(), returned->get(), 1);
  }
  return text;
}

// What whoever did something looks at next.
struct NextStep {
  std::string_view event;    // or what its name begins with
  std::string_view command;  // empty: nothing is next
  std::string_view of;       // the kind of subject that the command is about; empty: the transaction
};
constexpr NextStep next_steps[] = {
    {"service.package_filed", "package show", ""},
    {"service.closed", "", ""},
    {"service.", "application show", "application"},
    {"treasury.", "application show", "application"},
    {"property.", "property show", "unit"},
    {"motion.", "motion show", "motion"},
    {"certificate.standing_changed", "cert status", "certificate"},
    {"sharing.consent_given", "consent show", ""},
    {"sharing.asked", "predicate show", ""},
    {"sharing.mandate_given", "mandate show", ""},
};

// The id of the event's subject of this kind, as the command takes it.
std::string subject_of(const Event& event, std::string_view kind) {
  for (const Subject& subject : event.subjects) {
    const std::string text = contracts::describe(subject);  // "unit 4403…"
    if (text.starts_with(std::string(kind) + " ")) return text.substr(kind.size() + 1);
  }
  return {};
}

// By the first row of which there is an event; empty where there is none.
std::string next_command(const Receipt& receipt, const TransactionId& id) {
  for (const NextStep& step : next_steps) {
    for (const Event& event : receipt.events) {
      if (!event.name.view().starts_with(step.event)) continue;
      if (step.command.empty()) return {};
      const std::string argument = step.of.empty() ? id.hex() : subject_of(event, step.of);
      if (!argument.empty()) return "kanhe " + std::string(step.command) + " " + argument;
    }
  }
  return {};
}

std::string where_text(const Globals& globals, const certs::TransactionAnswer& answer) {
  const std::string id = answer.transaction_id.hex();
  switch (answer.state) {
    case certs::TransactionState::recorded: {
      const Header& header = answer.recorded->block.sealed.header;
      const std::string height = to_string(header.height);
      return sentence(globals, "已上链，已核验", "recorded and proved") + ": " +
             sentence(globals, "高度 " + height, "block " + height) + ", " + time_text(header.timestamp_ms) + "\n";
    }
    case certs::TransactionState::received:
      return sentence(globals, "节点已收到，尚未上链", "received by the node, not recorded yet") + "\n" +
             next_text(globals, "kanhe transaction show " + id) + "\n";
    case certs::TransactionState::expired:
      return sentence(globals, "已过期，未上链", "expired, it will not be recorded; call again") + "\n";
    case certs::TransactionState::unknown:
      return sentence(globals, "节点不知道该交易", "the node does not know this transaction") + "\n";
  }
  CHECK(false);
}

// A transaction on its way, from the first attempt to hand it over until the time to wait is over. The same bytes may
// be sent any number of times: an id is recorded once. So a node that is busy or gone for a moment is asked again.
class Delivery {
 public:
  Delivery(const Globals& globals, Client& client, const TransactionBody& body)
      : globals_(globals), client_(client), body_(body), until_(wall_now() + std::uint64_t{globals.wait_s} * 1'000) {}

  certs::TransactionAnswer run() {
    for (;;) {
      const Timestamp asked = wall_now();
      auto answer = handed_over_ ? client_.transaction(body_.id, rest_ms()) : client_.submit(body_, rest_ms());
      const bool passing =
          !answer && (answer.error().code == ErrorCode::busy || answer.error().code == ErrorCode::unavailable);
      if (!answer && !passing) fail(answer.error());
      if (answer) handed_over_ = true;
      if (answer && answer->state != certs::TransactionState::received) return *answer;
      if (rest_ms() == 0) {
        if (answer) return *answer;
        fail(
            std::move(answer).error().in("no answer about the transaction; it may be recorded all the same (look: "
                                         "kanhe transaction show " +
                                         body_.id.hex() + ")"));
      }
      mention(answer ? sentence(globals_, "等待上链", "waiting for the block") : answer.error().text);
      if (wall_now() - asked < pause_ms) std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
    }
  }

 private:
  static constexpr unsigned pause_ms = 500;

  unsigned rest_ms() const {
    const Timestamp now = wall_now();
    return now >= until_ ? 0 : static_cast<unsigned>(std::min<std::uint64_t>(until_ - now, wait_ms_max));
  }
  // Each reason once.
  void mention(const std::string& text) {
    if (text != mentioned_) say(globals_, text + " …");
    mentioned_ = text;
  }

  const Globals& globals_;
  Client& client_;
  const TransactionBody& body_;
  const Timestamp until_;
  bool handed_over_ = false;
  std::string mentioned_;
};

}  // namespace

std::string outcome_text(const Globals& globals, const Receipt& receipt) {
  return outcome_text(globals, receipt, nullptr, {});
}

std::optional<Receipt> show_transaction(Globals& globals, Client& client, const certs::TransactionAnswer& answer,
                                        const Call* call) {
  std::string text = where_text(globals, answer);
  if (answer.recorded) {
    const Receipt& receipt = answer.recorded->receipt;
    const auto* const refused = std::get_if<Refused>(&receipt.outcome);
    NodeServiceReader reader(client);
    const ServiceNames names = refused != nullptr && call != nullptr && !globals.json
                                   ? read_service_names(reader, *call, answer.transaction_id, *refused)
                                   : ServiceNames();
    text += outcome_text(globals, receipt, call, names);
  }
  show_result(globals, answer, text);
  if (!answer.recorded) {
    globals.exit_code = ExitCode::could_not_check;
    return std::nullopt;
  }
  const std::string next = next_command(answer.recorded->receipt, answer.transaction_id);
  if (!next.empty()) say(globals, next_text(globals, next));
  if (!succeeded(answer.recorded->receipt)) globals.exit_code = ExitCode::refused;
  return answer.recorded->receipt;
}

std::optional<Receipt> send_and_show(Globals& globals, Client& client, const TransactionBody& body) {
  const auto call = call_of(body.transaction);
  // Said before it is sent: who is interrupted can look for it.
  say(globals, sentence(globals, "交易", "transaction") + " " + body.id.hex());
  const certs::TransactionAnswer answer = Delivery(globals, client, body).run();
  return show_transaction(globals, client, answer, call ? &*call : nullptr);
}

std::optional<Receipt> carry_out(Globals& globals, Client& client, const SecretKey& key, const Call& call) {
  return send_and_show(globals, client, or_fail(sign_call(client.genesis(), key, call, wall_now(), valid_for_default)));
}

}  // namespace kanhe::cli
