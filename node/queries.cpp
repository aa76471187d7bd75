#include "node/queries.h"

#include "certs/bundle.h"

namespace kanhe::node {
namespace {

namespace certificate = contracts::certificate;
namespace property = contracts::property;
namespace service = contracts::service;
namespace treasury = contracts::treasury;

// The issue is the first event of a certificate or batch; a few may stand beside it in the same transaction.
constexpr std::size_t first_events = 8;

Height tip_of(const ProvingReader& held) {
  const auto tip = held.tip();
  CHECK(tip.has_value());
  return tip->height;
}

Result<certs::StateFact> fact_of(const ProvingReader& held, const Bytes& key) {
  certs::StateFact fact;
  fact.key = TRY(Blob<certs::state_key_bytes_max>::from(key));
  if (auto value = held.get(key)) fact.value = TRY(Blob<certs::record_bytes_max>::from(*std::move(value)));
  fact.proof = held.prove(state_position(key));
  return fact;
}

Result<certs::StateFacts> facts_of(const ProvingReader& held, std::span<const Bytes> keys) {
  if (keys.size() > certs::facts_max) {
    return fail(ErrorCode::out_of_range, "key: ", keys.size(), " state keys, must be at most ", certs::facts_max);
  }
  certs::StateFacts facts;
  for (const Bytes& key : keys) facts.push_back(TRY(fact_of(held, key)));
  return facts;
}

Bytes trace_state_key(const Subject& subject) {
  return contracts::traces.key_of(contracts::trace_key_of(subject));
}

// Adds events until `events` holds `count` or its bytes are enough; an answer always has room for one.
class EventCollector {
 public:
  EventCollector(const StoreReader& reader, std::size_t count) : reader_(reader), count_(count) {}

  bool full() const { return events_.size() >= count_ || bytes_ >= event_bytes_max_answer; }
  void add(const EventPosition& position, Event event) {
    if (!time_ || time_height_ != position.height) {
      time_ = reader_.header(position.height).value().timestamp_ms;
      time_height_ = position.height;
    }
    bytes_ += event.data.size();
    events_.push_back({position, *time_, std::move(event)});
  }
  certs::TracedEvents take() { return std::move(events_); }

 private:
  const StoreReader& reader_;
  const std::size_t count_;
  certs::TracedEvents events_;
  std::size_t bytes_ = 0;
  std::optional<Timestamp> time_;
  Height time_height_;
};

certs::TracedEvents history_of(const ProvingReader& held, const Subject& subject, std::uint64_t from,
                               std::size_t count) {
  EventCollector collector(held, count);
  std::optional<std::pair<EventPosition, Receipt>> last;
  for (const EventPosition& position : held.events(subject, from, count)) {
    if (collector.full()) break;
    if (!last || last->first.height != position.height || last->first.receipt != position.receipt) {
      last.emplace(position, held.receipt(position.height, position.receipt).value());
    }
    collector.add(position, last->second.events.at(position.event));
  }
  return collector.take();
}

// The transaction whose event is the first of this name in the subject's history.
std::optional<TransactionId> transaction_of(const ProvingReader& held, const Subject& subject, std::string_view name) {
  for (const EventPosition& position : held.events(subject, 0, first_events)) {
    const Receipt receipt = held.receipt(position.height, position.receipt).value();
    if (receipt.events.at(position.event).name.view() == name) return receipt.transaction_id;
  }
  return std::nullopt;
}

std::optional<TransactionId> issuing_transaction(const ProvingReader& held, const CertificateId& id,
                                                 const certificate::CertificateKey& key) {
  if (certificate::certificates.contains(held, key)) {
    return transaction_of(held, CertificateSubject{id}, certificate::Issued::event_name);
  }
  const auto batch = certificate::batch_of(held, key);
  if (!batch) return std::nullopt;
  return transaction_of(held, certificate::batch_subject(*batch), certificate::BatchIssued::event_name);
}

}  // namespace

// ---------------------------------------------------------------------------------------------------------------------
// Which block answers

// Test: queries_tests/a_tip_without_a_seal_leaves_the_answer_to_the_sealed_block_below
Result<Queries::Held> Queries::hold() {
  Held newest = newest_();
  const std::lock_guard lock(mutex_);
  if (newest == nullptr) return fail(ErrorCode::unavailable, "the node has no block yet; retry after a second");
  if (newest == held_) return newest;
  if (newest->seal(tip_of(*newest))) {
    if (!held_ || tip_of(*held_) <= tip_of(*newest)) held_ = std::move(newest);
    return held_;
  }
  if (held_ == nullptr) {
    return fail(ErrorCode::unavailable, "block ", tip_of(*newest).value(),
                " has no seal yet, so nothing can be proved; retry after a second");
  }
  return held_;
}

// The heights of an epoch follow each other, so its last block is found by bisection, once.
Height Queries::last_of_epoch(const ProvingReader& held, Epoch epoch) {
  const std::lock_guard lock(mutex_);
  while (epoch_ends_.size() <= epoch.value()) {
    Height low = epoch_ends_.empty() ? Height(0) : epoch_ends_.back() + 1;  // is of the epoch that is looked for
    Height high = tip_of(held) + 1;                                         // is of a later one, or not there
    const Epoch wanted(epoch_ends_.size());
    while (high - low > 1) {
      const Height middle = low + (high - low) / 2;
      (held.header(middle).value().epoch <= wanted ? low : high) = middle;
    }
    epoch_ends_.push_back(low);
  }
  return epoch_ends_[epoch.value()];
}

Result<certs::EpochChanges> Queries::epochs(const ProvingReader& held, Epoch known, Epoch up_to) {
  certs::EpochChanges changes;
  for (Epoch epoch = known; epoch < up_to && !changes.full(); ++epoch) {
    auto next = held.epoch_config(epoch + 1);
    CHECK(next.has_value());
    changes.push_back({TRY(seal_header(held, last_of_epoch(held, epoch))), *std::move(next)});
  }
  return changes;
}

// ---------------------------------------------------------------------------------------------------------------------
// Blocks and transactions

Result<certs::HeadAnswer> Queries::head(const ProvingReader& held, Epoch known) {
  certs::SealedHeader newest = TRY(seal_header(held, tip_of(held)));
  // The last block of an epoch proves the next one already.
  const bool ended = newest.header.next_validators_hash != newest.header.validators_hash;
  certs::EpochChanges changes = TRY(epochs(held, known, ended ? newest.header.epoch + 1 : newest.header.epoch));
  return certs::HeadAnswer{std::move(newest), std::move(changes)};
}

Result<certs::BlockAnswer> Queries::block(const ProvingReader& held, Height height, Epoch known) {
  certs::SealedHeader sealed = TRY(seal_header(held, height));
  certs::EpochChanges changes = TRY(epochs(held, known, sealed.seal.checkpoint.epoch));
  return certs::BlockAnswer{std::move(sealed), held.proposal(height), std::move(changes)};
}

Result<certs::HeadersAnswer> Queries::headers(const ProvingReader& held, Height from, std::size_t count) const {
  const Height tip = tip_of(held);
  if (from > tip) return fail(ErrorCode::unknown, "from: block ", from.value(), " is not here; the newest is ",
                              tip.value());
  certs::HeadersAnswer answer;
  for (Height height = from; height <= tip && answer.headers.size() < count; ++height) {
    answer.headers.push_back(held.header(height).value());
  }
  return answer;
}

Result<certs::ConsistencyAnswer> Queries::consistency(const ProvingReader& held, std::uint64_t old_size,
                                                      std::uint64_t new_size) const {
  const std::uint64_t size = tip_of(held).value() + 1;
  if (new_size > size) {
    return fail(ErrorCode::out_of_range, "new: ", new_size, ", must be at most ", size, ", the headers that are here");
  }
  if (old_size > new_size) {
    return fail(ErrorCode::out_of_range, "old: ", old_size, ", must be at most ", new_size, ", which is new");
  }
  return certs::ConsistencyAnswer{old_size, new_size,
                                  TRY(log_consistency_path(old_size, new_size, [&held](LogNode node) {
                                    return held.history_node(node);
                                  }))};
}

Result<std::optional<certs::RecordedTransaction>> Queries::recorded(const ProvingReader& held,
                                                                    const TransactionId& id) {
  const auto position = held.find_transaction(id);
  if (!position) return std::optional<certs::RecordedTransaction>();
  const auto trees = TRY(trees_.get(held, position->height));
  auto receipt = held.receipt(position->height, position->index + 1);
  CHECK(receipt.has_value());
  return std::optional(certs::RecordedTransaction{trees->block, position->index, trees->bodies.at(position->index),
                                                  trees->transactions.path(position->index), *std::move(receipt),
                                                  trees->receipts.path(position->index + 1)});
}

Result<Bytes> Queries::body(const ProvingReader& held, const TransactionId& id) const {
  const auto position = held.find_transaction(id);
  if (!position) return fail(ErrorCode::unknown, "transaction ", id.hex(), " is not recorded");
  auto bytes = held.body(position->height, position->index);
  CHECK(bytes.has_value());
  return *std::move(bytes);
}

// ---------------------------------------------------------------------------------------------------------------------
// State

Result<certs::FactsAnswer> Queries::facts(const ProvingReader& held, std::span<const Bytes> keys, Epoch known) {
  certs::StateFacts found = TRY(facts_of(held, keys));
  return certs::FactsAnswer{TRY(head(held, known)), std::move(found)};
}

Result<certs::CertificateAnswer> Queries::certificate(const ProvingReader& held, const CertificateId& id,
                                                      RegisterFacts register_facts, Epoch known,
                                                      const std::optional<PublicKey>& stamp_key) {
  const auto key = certificate::certificate_key_of(id);
  if (!key) {
    const auto reading = contracts::read_certificate_id(id.view());
    if (reading.breaches.empty()) {
      return fail(ErrorCode::unknown, "id: it names its issuer by region, and no such certificate is on this ledger");
    }
    return fail(ErrorCode::malformed, "id: it breaks the rule ", enum_name(reading.breaches.front().code));
  }
  certs::CertificateAnswer answer;
  answer.id = id;
  answer.head = TRY(head(held, known));
  std::vector<Bytes> keys = certs::evidence_keys(held, id);
  if (register_facts == RegisterFacts::included) {
    for (Bytes& title_key : certs::title_keys(held, id)) keys.push_back(std::move(title_key));
  }
  if (stamp_key) {
    for (Bytes& signer_key : certs::stamp_signer_keys(held, *stamp_key)) {
      if (std::ranges::find(keys, signer_key) == keys.end()) keys.push_back(std::move(signer_key));
    }
  }
  answer.facts = TRY(facts_of(held, keys));
  if (const auto issuing = issuing_transaction(held, id, *key)) answer.issued = TRY(recorded(held, *issuing));
  return answer;
}

Result<certs::UnitAnswer> Queries::unit(const ProvingReader& held, const UnitNumber& number, Epoch known) {
  certs::UnitAnswer answer;
  std::vector<Bytes> keys{property::units.key_of(number), property::holds.key_of(number),
                          trace_state_key(UnitSubject{number}), property::limit_lists.key_of(number)};
  for (property::NumberedLimit& open : property::limits_of(held, number)) {
    keys.push_back(property::limits.key_of({number, open.number}));
    answer.limits.push_back({open.number, std::move(open.limit)});
  }
  answer.number = number;
  answer.head = TRY(head(held, known));
  answer.facts = TRY(facts_of(held, keys));
  answer.unit = property::units.get(held, number);
  return answer;
}

Result<certs::ApplicationAnswer> Queries::application(const ProvingReader& held, const ApplicationId& id,
                                                      Epoch known) {
  const ApplicationSubject subject{id};
  certs::ApplicationAnswer answer;
  answer.id = id;
  answer.application = service::applications.get(held, id);
  answer.bill = treasury::bills.get(held, id);
  std::vector<Bytes> keys{service::applications.key_of(id)};
  if (answer.application) keys.push_back(service::services.key_of(answer.application->service));
  keys.push_back(treasury::bills.key_of(id));
  keys.push_back(trace_state_key(subject));
  answer.head = TRY(head(held, known));
  answer.facts = TRY(facts_of(held, keys));
  answer.events = history_of(held, subject, 0, certs::trace_events_max);
  return answer;
}

Result<certs::DutiesAnswer> Queries::duties(const ProvingReader& held, const DepartmentId& department,
                                            const std::optional<ApplicationId>& after, std::size_t count,
                                            Epoch known) {
  certs::DutiesAnswer answer;
  answer.department = department;
  std::vector<Bytes> keys{service::duty_counts.key_of(department)};
  for (service::NumberedDuty& duty : service::duties_of(held, department, after, count)) {
    keys.push_back(service::duties.key_of({department, duty.application}));
    answer.duties.push_back(std::move(duty));
  }
  answer.head = TRY(head(held, known));
  answer.facts = TRY(facts_of(held, keys));
  return answer;
}

// ---------------------------------------------------------------------------------------------------------------------
// Histories

Result<certs::TraceAnswer> Queries::trace(const ProvingReader& held, const Subject& subject, std::uint64_t from,
                                          std::size_t count, Epoch known) {
  certs::TraceAnswer answer;
  answer.subject = subject;
  answer.head = TRY(head(held, known));
  answer.trace = TRY(fact_of(held, trace_state_key(subject)));
  answer.from = from;
  answer.events = history_of(held, subject, from, count);
  return answer;
}

certs::EventsAnswer Queries::events(const ProvingReader& held, const EventPosition& cursor, std::size_t count) const {
  const Height tip = tip_of(held);
  EventCollector collector(held, count);
  EventPosition at = cursor;
  for (std::size_t looked_at = 0; at.height <= tip && looked_at < receipts_looked_at_max; ++looked_at) {
    const auto receipt = held.receipt(at.height, at.receipt);
    if (!receipt) {
      at = {at.height + 1, 0, 0};
      continue;
    }
    for (; at.event < receipt->events.size() && !collector.full(); ++at.event) {
      collector.add(at, receipt->events[at.event]);
    }
    if (collector.full()) break;
    at = {at.height, at.receipt + 1, 0};
  }
  return {collector.take(), at};
}

}  // namespace kanhe::node
