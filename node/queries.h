// Queries: questions to the ledger, answered with their proofs (certs/answers.h).
//
// Every answer comes from one ProvingReader: the newest durable block that has a seal of its own. A block that was just
// written may wait for the seal of a later one (consensus/finality.cpp: a seal finalizes everything below it, and the
// blocks are written one by one). Its state cannot be proved until then, so the block below it that has a seal goes on
// answering for those milliseconds. While a node fetches a long run of blocks it is the last block of the run before.
//
// Thread: any, several at once. Limits: trace_events_max, headers_max, facts_max; event_bytes_max_answer of events in
// one answer; receipts_looked_at_max in search of events. Errors: unknown (what is asked for is not there and its
// absence is not an answer), unavailable (no sealed block yet), out_of_range, malformed.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <span>

#include "certs/answers.h"
#include "node/block_trees.h"

namespace kanhe::node {

inline constexpr std::size_t event_bytes_max_answer = 1 << 20;
inline constexpr std::size_t receipts_looked_at_max = 20'000;

// Whether the register's facts go with a certificate: they name the holders, so only who may read units gets them.
enum class RegisterFacts : std::uint8_t { left_out, included };

class Queries {
 public:
  // Answers the newest durable block, or null before height 0.
  using Newest = std::function<std::shared_ptr<const ProvingReader>()>;
  using Held = std::shared_ptr<const ProvingReader>;

  explicit Queries(Newest newest) : newest_(std::move(newest)) {}

  // The block that answers. Errors: unavailable, before the first block with a seal.
  Result<Held> hold();
  // The newest durable block, with a seal or without. Null before height 0.
  Held newest() const { return newest_(); }

  // In all of the following, `held` is what hold() answered, and `known` the epoch that the asker has proved already.
  Result<certs::HeadAnswer> head(const ProvingReader& held, Epoch known);
  Result<certs::BlockAnswer> block(const ProvingReader& held, Height height, Epoch known);
  // At most `count`, from the height on.
  Result<certs::HeadersAnswer> headers(const ProvingReader& held, Height from, std::size_t count) const;
  // Errors: out_of_range, unless old_size <= new_size <= the tip's height + 1.
  Result<certs::ConsistencyAnswer> consistency(const ProvingReader& held, std::uint64_t old_size,
                                               std::uint64_t new_size) const;
  // Nothing when no block up to the held one recorded it.
  Result<std::optional<certs::RecordedTransaction>> recorded(const ProvingReader& held, const TransactionId& id);
  // The canonical bytes. Errors: unknown.
  Result<Bytes> body(const ProvingReader& held, const TransactionId& id) const;

  Result<certs::FactsAnswer> facts(const ProvingReader& held, std::span<const Bytes> keys, Epoch known);
  // With the records of a stamp's key, where one is given. Errors: malformed, when the id breaks a rule of its
  // standard; unknown, when it names its issuer by region.
  Result<certs::CertificateAnswer> certificate(const ProvingReader& held, const CertificateId& id,
                                               RegisterFacts register_facts, Epoch known,
                                               const std::optional<PublicKey>& stamp_key = {});
  Result<certs::UnitAnswer> unit(const ProvingReader& held, const UnitNumber& number, Epoch known);
  Result<certs::ApplicationAnswer> application(const ProvingReader& held, const ApplicationId& id, Epoch known);
  Result<certs::DutiesAnswer> duties(const ProvingReader& held, const DepartmentId& department,
                                     const std::optional<ApplicationId>& after, std::size_t count, Epoch known);
  Result<certs::TraceAnswer> trace(const ProvingReader& held, const Subject& subject, std::uint64_t from,
                                   std::size_t count, Epoch known);
  // Events at or after the cursor. The answer may hold fewer than there are, or none: `next` goes on.
  certs::EventsAnswer events(const ProvingReader& held, const EventPosition& cursor, std::size_t count) const;

 private:
  Result<certs::EpochChanges> epochs(const ProvingReader& held, Epoch known, Epoch up_to);
  Height last_of_epoch(const ProvingReader& held, Epoch epoch);

  const Newest newest_;
  BlockTreeCache trees_;
  std::mutex mutex_;  // guards everything below
  Held held_;
  std::vector<Height> epoch_ends_;  // by epoch: its last block
};

}  // namespace kanhe::node
