#include "contracts/host.h"

#include <set>

#include "contracts/governance.h"
#include "contracts/motion.h"
#include "contracts/trace.h"
#include "ledger/codec_impl.h"

namespace kanhe {

template Bytes encode(const contracts::DueDropped&);
template Result<contracts::DueDropped> decode(ByteView);

}  // namespace kanhe

namespace kanhe::contracts {

namespace {

// What the rules need to know of the parameters.
struct BlockRules {
  BlockFacts facts;
  Duration validity_window;
  std::size_t due_entries_max;
};

BlockRules rules_of(const StateReader& state, const BlockInput& block) {
  const Parameters parameters = governance::epoch_config(state).parameters;
  const RulesVersion rules_version = governance::settings(state).rules_version;
  return {{block.chain_id, block.suite, block.height, block.timestamp_ms, rules_version},
          Duration(parameters.validity_window_ms.value()),
          parameters.due_entries_max.value()};
}

// What consensus and admission keep out of a block, looked at once more so that nothing depends on it.
void check_envelope(Context& context, const BlockRules& rules, const Transaction& transaction) {
  const Timestamp now = rules.facts.now;
  if (transaction.chain_id != rules.facts.chain_id) context.refuse(Code::wrong_chain);
  if (transaction.valid_until_ms <= now) {
    context.refuse(Code::expired, {.limit = transaction.valid_until_ms.value(), .value = now.value()});
  }
  const Timestamp latest = now + rules.validity_window;
  if (transaction.valid_until_ms > latest) {
    context.refuse(Code::valid_too_far, {.limit = latest.value(), .value = transaction.valid_until_ms.value()});
  }
}

// Runs the method if nothing stands against it; otherwise only completes the list of findings.
void call(Context& context, const Transaction& transaction) {
  if (!is_module_known(transaction.module.view())) return context.refuse(Code::unknown_module);
  const Method* const method = find_method(transaction.module.view(), transaction.method.view());
  if (method == nullptr) return context.refuse(Code::unknown_method);

  context.require_role(method->roles);
  if (!context.refused()) return method->call(context, transaction.arguments);
  if (const std::uint16_t field = method->check(transaction.arguments); field != 0) {
    context.refuse(Code::malformed_arguments, {.field = field});
  }
}

Receipt execute_transaction(Overlay& state, const BlockRules& rules, const TransactionBody& body,
                            std::set<TransactionId>& ids) {
  Overlay own(state);
  Context context(own, rules.facts, body.id, governance::resolve_sender(state, body.transaction.sender));
  check_envelope(context, rules, body.transaction);
  if (!ids.insert(body.id).second) context.refuse(Code::duplicate_id);
  call(context, body.transaction);

  Receipt receipt;
  receipt.transaction_id = body.id;
  if (context.refused()) {
    receipt.outcome = Refused{context.findings()};
    return receipt;
  }
  state.absorb(std::move(own));
  receipt.events = context.events();
  receipt.return_value = context.return_value();
  return receipt;
}

// Adds the events to a receipt; answers how many bytes of data they have.
std::size_t take_over(Receipt& receipt, const Context& context) {
  std::size_t bytes = 0;
  for (const Event& event : context.events()) bytes += event.data.size();
  receipt.events.insert(receipt.events.end(), context.events().begin(), context.events().end());
  return bytes;
}

// Runs one entry on an overlay of its own; answers the bytes of its events. A handler that finds something against it
// leaves only the note of that.
std::size_t run_entry(Overlay& state, const BlockFacts& facts, const DueEntry& entry, Receipt& receipt) {
  Overlay own(state);
  Context context(own, facts, TransactionId(), Sender{.kind = SenderKind::clock});
  const DueHandler* const handler = find_due_handler(entry.handler);
  if (handler != nullptr) {
    handler->run(context, entry.data);
  } else {
    context.refuse(Code::unknown_due_handler, {.value = entry.handler});
  }
  if (!context.refused()) {
    state.absorb(std::move(own));
    return take_over(receipt, context);
  }
  Context note(state, facts, TransactionId(), Sender{.kind = SenderKind::clock});
  note.emit(DueDropped{entry.handler, context.findings().front().code}, {});
  return take_over(receipt, note);
}

// Entries that find no room wait: the queue keeps its order.
Receipt run_due_entries(Overlay& state, const BlockRules& rules) {
  static_assert(transaction_events_max <= events_max);
  Receipt receipt;
  std::size_t bytes = 0;
  for (std::size_t run = 0; run < rules.due_entries_max; ++run) {
    if (receipt.events.size() + transaction_events_max + motion::block_end_events_max > events_max) break;
    if (bytes >= system_event_bytes_max) break;
    const auto due = first_due(state, rules.facts.now);
    if (!due) break;
    remove_due(state, due->first);
    bytes += run_entry(state, rules.facts, due->second, receipt);
  }
  return receipt;
}

// At the end of a block, because a receipt's place in the tree is what a trace names. No method reads one.
void number_events(Overlay& state, Height height, BlockOutput& output) {
  for (std::uint32_t index = 0; index < output.receipts.size(); ++index) {
    const auto numbers = extend_traces(state, height, index, output.receipts[index]);
    output.event_numbers.insert(output.event_numbers.end(), numbers.begin(), numbers.end());
  }
}

}  // namespace

BlockOutput execute_block(Overlay& state, const BlockInput& block) {
  const BlockRules rules = rules_of(state, block);
  BlockOutput output;
  output.receipts.reserve(block.transactions.size() + 1);
  output.receipts.push_back(run_due_entries(state, rules));
  std::set<TransactionId> ids;
  for (const TransactionBody* body : block.transactions) {
    output.receipts.push_back(execute_transaction(state, rules, *body, ids));
  }
  CHECK(output.receipts.size() == block.transactions.size() + 1);
  Context end(state, rules.facts, TransactionId(), Sender{.kind = SenderKind::clock});
  output.next_epoch = motion::end_block(end);
  CHECK(!end.refused());
  take_over(output.receipts.front(), end);
  output.epoch_end = motion::epoch_end(state);

  number_events(state, block.height, output);
  return output;
}

BlockOutput execute_genesis(Overlay& state, const Genesis& genesis) {
  governance::found_network(state, genesis);
  const BlockFacts facts{chain_id_of(genesis), genesis.suite, Height(0), genesis.created_ms, RulesVersion(1)};
  BlockOutput output;
  Receipt& receipt = output.receipts.emplace_back();
  for (const GenesisDepartment& department : genesis.departments) {
    Context context(state, facts, TransactionId(), Sender{.kind = SenderKind::clock});
    governance::found_department(context, department);
    CHECK(!context.refused());
    take_over(receipt, context);
  }
  number_events(state, Height(0), output);
  return output;
}

}  // namespace kanhe::contracts
