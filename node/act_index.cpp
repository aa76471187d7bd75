// Every act stands under its person and, by the same write, under a key of its own for all: the newest one there tells
// where to go on.
#include "node/act_index.h"

#include "contracts/governance.h"
#include "ledger/codec.h"
#include "ledger/json.h"
#include "ledger/transaction.h"

namespace kanhe::node {
namespace {

// No person's: an id of a person is a keyed hash.
const Hash256 all_acts{};

Hash256 key_of(const PartyId& person) { return Hash256::from(person.view()).value(); }

Result<certs::SignedAct> read_act(const KeyedEntry& entry) {
  auto act = from_json<certs::SignedAct>(entry.text);
  if (!act) return fail(ErrorCode::io, "entry ", entry.number, " of the act index is damaged");
  act->number = entry.number;
  return act;
}

}  // namespace

ActIndex::ActIndex(std::unique_ptr<KeyedLog> log, std::optional<TransactionPosition> last)
    : log_(std::move(log)), last_(last) {}

Result<std::unique_ptr<ActIndex>> ActIndex::open(const std::string& path) {
  auto log = TRY(KeyedLog::open(path));
  std::optional<TransactionPosition> last;
  if (const auto newest = TRY(log->newest(all_acts))) {
    const certs::SignedAct act = TRY(read_act(*newest));
    last = TransactionPosition{act.height, act.index};
  }
  std::unique_ptr<ActIndex> index(new ActIndex(std::move(log), last));
  // The block of the last one may have more.
  if (last) index->looked_to_ = Height(last->height.value() - 1);
  return index;
}

Result<certs::ActsAnswer> ActIndex::acts_of(const StoreReader& held, const PartyId& person, std::uint64_t from,
                                            std::size_t count) {
  const std::lock_guard lock(mutex_);
  TRY(look(held));
  certs::ActsAnswer answer;
  answer.person = person;
  answer.complete_to = looked_to_;
  answer.newest = held.tip()->height;
  const std::vector<KeyedEntry> entries = TRY(log_->entries(key_of(person), from, std::min(count, certs::acts_max)));
  for (const KeyedEntry& entry : entries) answer.acts.push_back(TRY(read_act(entry)));
  return answer;
}

Result<void> ActIndex::look(const StoreReader& held) {
  const Height tip = held.tip()->height;
  for (std::size_t looked = 0; looked_to_ < tip && looked < look_at_max;) {
    const Height next = looked_to_ + 1;
    TRY(look_at(held, next));
    looked_to_ = next;
    // An empty block is quickly looked at, but not for nothing.
    looked += held.bodies(next).size() + 1;
  }
  return {};
}

Result<void> ActIndex::look_at(const StoreReader& held, Height height) {
  const std::vector<Bytes> bodies = held.bodies(height);
  std::map<PublicKey, contracts::Sender> senders;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const TransactionPosition position{height, static_cast<std::uint32_t>(i)};
    if (last_ && position <= *last_) continue;
    const auto body = read_body(bodies[i]);
    const auto receipt = held.receipt(height, position.index + 1);
    if (!body || !receipt) return fail(ErrorCode::corrupt, "block ", height.value(), ": transaction ", i);
    const Transaction& transaction = body->transaction;
    const auto [known, is_new] = senders.try_emplace(transaction.sender);
    if (is_new) known->second = contracts::governance::resolve_sender(held, transaction.sender);
    const contracts::Sender& sender = known->second;
    certs::SignedAct act;
    act.height = height;
    act.index = position.index;
    act.transaction_id = body->id;
    act.time_ms = held.header(height).value().timestamp_ms;
    if (!sender.department.empty()) act.department = sender.department;
    act.method = TRY(PlainText<64>::from(transaction.module.str() + "." + transaction.method.str()));
    act.succeeded = succeeded(*receipt);
    const Hash256 keys[] = {key_of(sender.person), all_acts};
    // Of keys that belong to nobody any more, nobody asks.
    const bool of_nobody = sender.person == PartyId();
    TRY(log_->append(std::span(keys).subspan(of_nobody ? 1 : 0), to_json(act)));
    last_ = position;
  }
  return {};
}

}  // namespace kanhe::node
