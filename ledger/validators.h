// Validators: who votes in an epoch, and how many votes decide.
//
// n validators tolerate f = ⌊(n−1)/3⌋ faulty ones; q = ⌊(n+f)/2⌋ + 1 votes decide, so that two quorums share more than
// f. q is not 2f + 1: that is too small at n = 6 and n = 9. Every quorum in Kanhe, a verifier's too, comes from
// quorum().
//
// An EpochConfig is everything that the departments must have in common to run consensus. It changes as a whole, at the
// end of an epoch; every header names its hash and the hash of the one that decides the next block.
//
// Sources: Castro & Liskov, "Practical Byzantine Fault Tolerance", OSDI 1999, sections 4.1 and 4.2.
// Thread: any; plain values.
#pragma once

#include <optional>

#include "ledger/digests.h"
#include "ledger/identifiers.h"
#include "ledger/keys.h"
#include "ledger/types.h"

namespace kanhe {

inline constexpr std::size_t validators_max = 100;

constexpr std::size_t faulty_max(std::size_t n) { return n == 0 ? 0 : (n - 1) / 3; }
constexpr std::size_t quorum(std::size_t n) { return (n + faulty_max(n)) / 2 + 1; }

// A transport key that is still accepted beside the new one, so that keys are changed without an outage.
struct PreviousTransportKey {
  TransportKey key;
  Timestamp until_ms;
  friend auto operator<=>(const PreviousTransportKey&, const PreviousTransportKey&) = default;
};
BOOST_DESCRIBE_STRUCT(PreviousTransportKey, (), (key, until_ms))

struct Validator {
  DepartmentId department;
  PublicKey consensus_key;
  TransportKey transport_key;
  std::optional<PreviousTransportKey> previous_transport_key;

  // By department, which is unique; the index of a validator is its place in this order.
  friend bool operator<(const Validator& a, const Validator& b) { return a.department < b.department; }
  friend bool operator==(const Validator&, const Validator&) = default;
};
BOOST_DESCRIBE_STRUCT(Validator, (), (department, consensus_key, transport_key, previous_transport_key))

template <class Integer, Integer low, Integer high>
struct LimitTag {
  using Rep = Integer;
  static constexpr Rep min = low;
  static constexpr Rep max = high;
};
struct WindowTag : LimitTag<std::uint16_t, 1, 64> {
  static constexpr Label label{"Window", "并行槽位数", "slots in flight above the last durable block (W)"};
};
struct TimeoutTag : LimitTag<std::uint32_t, 50, 60'000> {
  static constexpr Label label{"Timeout", "超时", "view change time-out (T)", "ms"};
};
struct MinimalRateTag : LimitTag<std::uint32_t, 1, 100'000> {
  static constexpr Label label{"MinimalRate", "最低处理速率", "least rate of a primary (R)", "transactions/s"};
};
struct BlockCountTag : LimitTag<std::uint32_t, 1, 10'000> {
  static constexpr Label label{"BlockCount", "每块交易数上限", "transactions in a block", "transactions"};
};
struct BlockBytesTag : LimitTag<std::uint32_t, 65'535, 16'777'216> {
  static constexpr Label label{"BlockBytes", "每块字节上限", "bytes of transactions in a block", "bytes"};
};
struct ValidityWindowTag : LimitTag<std::uint32_t, 10'000, 86'400'000> {
  static constexpr Label label{"ValidityWindow", "交易有效期上限", "how far ahead valid_until_ms may lie", "ms"};
};
struct ClockToleranceTag : LimitTag<std::uint32_t, 100, 60'000> {
  static constexpr Label label{"ClockTolerance", "时钟容差", "how far a proposal's time may lie behind", "ms"};
};
struct HeartbeatTag : LimitTag<std::uint32_t, 1'000, 3'600'000> {
  static constexpr Label label{"Heartbeat", "空闲心跳间隔", "idle time after which an empty block is made", "ms"};
};
struct DueCountTag : LimitTag<std::uint32_t, 1, 10'000> {
  static constexpr Label label{"DueCount", "每块到期事项上限", "due entries that one block runs", "entries"};
};

// The parameters of consensus. Everyone has the same, from state; no configuration file overrides one.
struct Parameters {
  Number<WindowTag> window{8};
  Number<TimeoutTag> timeout_ms{1'000};
  Number<TimeoutTag> timeout_max_ms{30'000};  // cap of the back-off
  Number<MinimalRateTag> minimal_rate{100};
  Number<BlockCountTag> block_transactions_max{1'000};
  Number<BlockBytesTag> block_bytes_max{4'194'304};
  Number<ValidityWindowTag> validity_window_ms{600'000};
  Number<ClockToleranceTag> clock_tolerance_ms{5'000};
  Number<HeartbeatTag> heartbeat_ms{60'000};
  Number<DueCountTag> due_entries_max{100};

  friend bool operator==(const Parameters&, const Parameters&) = default;
};
BOOST_DESCRIBE_STRUCT(Parameters, (),
                      (window, timeout_ms, timeout_max_ms, minimal_rate, block_transactions_max, block_bytes_max,
                       validity_window_ms, clock_tolerance_ms, heartbeat_ms, due_entries_max))

// Errors: out_of_range, where two parameters do not fit each other (timeout_ms above timeout_max_ms, …).
Result<void> check_parameters(const Parameters& parameters);

struct EpochConfig {
  FormatVersion<1> version;
  ChainId chain_id;
  Epoch epoch;
  Parameters parameters;
  SortedList<Validator, validators_max> validators;
  SortedList<Validator, validators_max> observers;  // receive everything, vote on nothing

  std::size_t n() const { return validators.size(); }
  std::size_t f() const { return faulty_max(n()); }
  std::size_t q() const { return quorum(n()); }
  // The validator that proposes in a view.
  ValidatorIndex primary(View view) const {
    return ValidatorIndex(static_cast<std::uint16_t>((epoch.value() + view.value()) % n()));
  }
  std::optional<ValidatorIndex> index_of(const DepartmentId& department) const;

  friend bool operator==(const EpochConfig&, const EpochConfig&) = default;
};
BOOST_DESCRIBE_STRUCT(EpochConfig, (), (version, chain_id, epoch, parameters, validators, observers))

EpochHash epoch_hash_of(const EpochConfig& config);

// Whether the set can run: at least one validator, every key good and used once in both lists (a key under two
// departments would vote twice), parameters that fit. Errors: duplicate, malformed, out_of_range.
Result<void> check_epoch_config(SignatureScheme scheme, const EpochConfig& config);

}  // namespace kanhe
