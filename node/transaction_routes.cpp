// What a wait may meet: the block that records the transaction may be there before the wait begins (so who waits looks
// once more), it may be there without a seal that proves it (so it waits for the next block), or none comes in time.
// A wait and the look after it may both find an answer; Once lets the first one through.
#include "node/transaction_routes.h"

#include <atomic>

#include "ledger/codec.h"
#include "ledger/json.h"

namespace kanhe::node {
namespace {

using certs::TransactionAnswer;
using certs::TransactionState;

constexpr std::string_view canonical_type = "application/octet-stream";
constexpr std::string_view json_type = "application/json";

struct Posted {
  Bytes bytes;
  TransactionId id;
  Timestamp valid_until;
};

// Test: routes_tests/a_transaction_is_taken_at_the_limit_of_bytes_and_refused_above
Result<Posted> read_posted(HttpRequest& request) {
  if (request.content_type == json_type) {
    const auto transaction = from_json<Transaction>(as_text(request.body));
    // Whatever is wrong with the text, it is the question that is malformed.
    if (!transaction) return Error{ErrorCode::malformed, transaction.error().text};
    Bytes bytes = encode(*transaction);
    if (bytes.size() > transaction_bytes_max) {
      return fail(ErrorCode::out_of_range, "transaction: ", bytes.size(), " bytes, must be at most ",
                  transaction_bytes_max);
    }
    const TransactionId id = hashes_of_body(bytes).id;
    return Posted{std::move(bytes), id, transaction->valid_until_ms};
  }
  if (request.content_type != canonical_type) {
    return fail(ErrorCode::unsupported, "Content-Type: \"", request.content_type, "\", must be ", canonical_type,
                " (canonical bytes) or ", json_type);
  }
  if (request.body.size() > transaction_bytes_max) {
    return fail(ErrorCode::out_of_range, "transaction: ", request.body.size(), " bytes, must be at most ",
                transaction_bytes_max);
  }
  const auto transaction = decode<Transaction>(request.body);
  if (!transaction) return Error(transaction.error()).in("transaction");
  const TransactionId id = hashes_of_body(request.body).id;
  return Posted{std::move(request.body), id, transaction->valid_until_ms};
}

// Answers once, whoever comes first.
class Once {
 public:
  explicit Once(Respond respond) : respond_(std::move(respond)) {}
  void answer(HttpResponse response) {
    if (!answered_.exchange(true)) respond_(std::move(response));
  }

 private:
  std::atomic<bool> answered_ = false;
  Respond respond_;
};

// Somebody who wants to know what became of a transaction, until some moment.
struct Asker {
  TransactionId id;
  Instant until;
  std::shared_ptr<Once> once;
};

HttpResponse answer_of(const TransactionId& id, TransactionState state,
                       std::optional<certs::RecordedTransaction> recorded = {}) {
  HttpResponse response;
  response.body = to_json(TransactionAnswer{id, state, std::move(recorded)}) + "\n";
  if (state == TransactionState::received) response.status = 202;
  return response;
}

}  // namespace

void run_on(const RouteSources& sources, std::function<void()> work) {
  if (sources.run) return sources.run(std::move(work));
  work();
}

// ---------------------------------------------------------------------------------------------------------------------
// What was taken in

void TakenIn::add(const TransactionId& id, Timestamp valid_until) {
  const std::lock_guard lock(mutex_);
  if (!ids_.emplace(id, valid_until).second) return;
  by_end_.emplace(valid_until, id);
  if (ids_.size() <= count_max_) return;
  ids_.erase(by_end_.begin()->second);
  by_end_.erase(by_end_.begin());
}

std::optional<Timestamp> TakenIn::find(const TransactionId& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = ids_.find(id);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

// ---------------------------------------------------------------------------------------------------------------------

struct TransactionRoutes::Parts : std::enable_shared_from_this<TransactionRoutes::Parts> {
  Parts(std::shared_ptr<const RouteSources> given, std::shared_ptr<Queries> questions)
      : sources(std::move(given)), queries(std::move(questions)) {}

  void on_admitted(const Asker& asker, Timestamp valid_until, const Result<TransactionId>& admitted);
  void wait(const Asker& asker);
  void on_known(const Asker& asker, ReceiptState state);
  void answer_recorded(const Asker& asker);
  void answer_now(const Asker& asker);
  TransactionState state_of(const TransactionId& id) const;
  bool is_in_store(const TransactionId& id) const;
  bool is_over(Instant until) const { return sources->monotonic_clock() >= until; }

  const std::shared_ptr<const RouteSources> sources;
  const std::shared_ptr<Queries> queries;
  TakenIn taken_in{taken_in_max};
};

TransactionRoutes::TransactionRoutes(std::shared_ptr<const RouteSources> sources, std::shared_ptr<Queries> queries)
    : parts_(std::make_shared<Parts>(std::move(sources), std::move(queries))) {}
TransactionRoutes::~TransactionRoutes() = default;

void TransactionRoutes::submit(HttpRequest request, Wait wait, Respond respond) {
  auto posted = read_posted(request);
  if (!posted) return respond(error_response(posted.error()));
  const Instant until = parts_->sources->monotonic_clock() + Duration(wait.value());
  const Asker asker{posted->id, until, std::make_shared<Once>(std::move(respond))};
  parts_->sources->submissions->submit(
      std::move(posted->bytes),
      [parts = parts_, asker, valid_until = posted->valid_until](Result<TransactionId> admitted) {
        run_on(*parts->sources, [parts, asker, valid_until, admitted = std::move(admitted)] {
          parts->on_admitted(asker, valid_until, admitted);
        });
      });
}

void TransactionRoutes::find(const TransactionId& id, Wait wait, Respond respond) {
  const Instant until = parts_->sources->monotonic_clock() + Duration(wait.value());
  const Asker asker{id, until, std::make_shared<Once>(std::move(respond))};
  if (parts_->is_in_store(id)) return parts_->answer_recorded(asker);
  parts_->wait(asker);
}

// Sent again: `duplicate` while it waits or is recorded, `out_of_range` when it was recorded and has lapsed since.
// Test: routes_tests/a_transaction_that_is_sent_again_is_answered_with_its_receipt
void TransactionRoutes::Parts::on_admitted(const Asker& asker, Timestamp valid_until,
                                           const Result<TransactionId>& admitted) {
  const bool duplicate = !admitted && admitted.error().code == ErrorCode::duplicate;
  if (!admitted && !duplicate) {
    const bool may_have_lapsed = admitted.error().code == ErrorCode::out_of_range;
    if (may_have_lapsed && is_in_store(asker.id)) return answer_recorded(asker);
    return asker.once->answer(error_response(admitted.error()));
  }
  taken_in.add(asker.id, valid_until);
  if (duplicate && is_in_store(asker.id)) return answer_recorded(asker);
  wait(asker);
}

void TransactionRoutes::Parts::wait(const Asker& asker) {
  if (is_over(asker.until)) return answer_now(asker);
  const auto waiting = sources->submissions->wait_for(
      asker.id, asker.until, [self = shared_from_this(), asker](ReceiptState state) {
        run_on(*self->sources, [self, asker, state] { self->on_known(asker, state); });
      });
  if (!waiting) return answer_now(asker);
  if (!is_in_store(asker.id)) return;
  sources->submissions->stop_waiting(*waiting);
  answer_recorded(asker);
}

void TransactionRoutes::Parts::on_known(const Asker& asker, ReceiptState state) {
  switch (state) {
    case ReceiptState::recorded: return answer_recorded(asker);
    case ReceiptState::expired: return asker.once->answer(answer_of(asker.id, TransactionState::expired));
    case ReceiptState::wait_over: return answer_now(asker);
  }
}

// Requires: a block of the store records the id. Until one with a seal stands at or above it, nothing is proved.
// Test: routes_tests/a_receipt_waits_for_the_seal_that_proves_it
void TransactionRoutes::Parts::answer_recorded(const Asker& asker) {
  const auto newest = queries->newest();
  const auto held = queries->hold();
  if (held) {
    auto recorded = queries->recorded(**held, asker.id);
    if (!recorded) return asker.once->answer(error_response(recorded.error()));
    if (*recorded) return asker.once->answer(answer_of(asker.id, TransactionState::recorded, *std::move(recorded)));
  }
  const auto waits = sources->block_waits;
  const bool may_wait = waits != nullptr && newest != nullptr && !is_over(asker.until);
  if (may_wait && waits->wait_above(newest->tip()->height, asker.until, [self = shared_from_this(), asker] {
        run_on(*self->sources, [self, asker] { self->answer_recorded(asker); });
      })) {
    return;
  }
  asker.once->answer(answer_of(asker.id, TransactionState::received));
}

void TransactionRoutes::Parts::answer_now(const Asker& asker) {
  if (is_in_store(asker.id)) return answer_recorded(asker);
  asker.once->answer(answer_of(asker.id, state_of(asker.id)));
}

// Of an id that is not recorded.
TransactionState TransactionRoutes::Parts::state_of(const TransactionId& id) const {
  const auto valid_until = taken_in.find(id);
  if (!valid_until) return TransactionState::unknown;
  const auto newest = queries->newest();
  if (newest == nullptr) return TransactionState::received;
  const auto header = newest->header(newest->tip()->height);
  return header->timestamp_ms >= *valid_until ? TransactionState::expired : TransactionState::received;
}

bool TransactionRoutes::Parts::is_in_store(const TransactionId& id) const {
  const auto newest = queries->newest();
  return newest != nullptr && newest->find_transaction(id).has_value();
}

}  // namespace kanhe::node
