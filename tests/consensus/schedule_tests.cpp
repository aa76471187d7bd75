// Random schedules: loss, reordering, duplication, power cuts, partitions, slow disks and executions, and one liar;
// then everything heals, the liar goes on lying, and a new transaction must become final on every honest node in
// bounded time. The harness checks agreement and signing all the while (tests/support/replicas.h).
//
// KANHE_SEEDS=<count> runs more schedules; KANHE_SEED=<n>:<seed> repeats one and prints what happened.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <iostream>
#include <random>

#include "tests/support/replicas.h"

using namespace kanhe;
using namespace kanhe::consensus;
using namespace kanhe::consensus::tests;

namespace {

constexpr std::uint64_t recovery_ms_max = 60'000;

class Schedule {
 public:
  Schedule(std::size_t n, std::uint64_t seed) : random_(seed * 31 + n), network_(n, parameters()) {
    loss_percent_ = pick(3) == 0 ? 0 : pick(25);
    double_percent_ = pick(2) == 0 ? 0 : pick(30);
    delay_ms_ = 1 + pick(pick(2) == 0 ? 10 : 120);
    crash_percent_ = pick(2) == 0 ? 0 : pick(30);
    cut_percent_ = pick(2) == 0 ? 0 : pick(30);
    lie_percent_ = pick(4) == 0 ? 0 : 10 + pick(70);
    skew_ms_ = pick(3) == 0 ? 400 : 0;
    liar_ = pick(n);
    network_.node(liar_).honest = lie_percent_ == 0;
    for (std::size_t i = 0; i < n; ++i) network_.node(i).skew_ms = static_cast<std::int64_t>(pick(skew_ms_ + 1));
    network_.post = [this](std::size_t from, std::size_t to, const Message& message) {
      return posted(from, to, message);
    };
  }

  // Errors: Fault.
  void run() {
    for (std::size_t round = 0; round < 40; ++round) {
      disturb();
      network_.run_for(10 + pick(200));
    }
    heal();
    recover();
  }

  Replicas& network() { return network_; }

 private:
  static Parameters parameters() {
    Parameters parameters;
    parameters.window = Number<WindowTag>(4);
    parameters.timeout_ms = Number<TimeoutTag>(200);
    parameters.timeout_max_ms = Number<TimeoutTag>(1'600);
    parameters.heartbeat_ms = Number<HeartbeatTag>(5'000);
    parameters.block_transactions_max = Number<BlockCountTag>(2);
    return parameters;
  }

  std::size_t pick(std::size_t count) { return count == 0 ? 0 : static_cast<std::size_t>(random_() % count); }
  bool chance(std::size_t percent) { return pick(100) < percent; }
  bool lies(std::size_t index) const { return index == liar_ && lie_percent_ > 0; }

  std::vector<std::size_t> everyone() const {
    std::vector<std::size_t> all(network_.n());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    return all;
  }

  void disturb() {
    const std::size_t n = network_.n();
    for (std::size_t i = pick(3); i > 0; --i) submit_next();
    Node& victim = network_.node(pick(n));
    const std::size_t index = victim.index.value();
    if (!victim.up) {
      network_.restart(index);
    } else if (chance(crash_percent_)) {
      if (chance(40)) {
        network_.crash(index);
      } else {
        victim.crash_at = static_cast<CrashPoint>(pick(5));
      }
    }
    if (chance(cut_percent_)) {
      const std::size_t other = pick(n);
      if (other != index) network_.cut(index, other);
      if (other != index && chance(50)) network_.cut(other, index);
    } else if (chance(30)) {
      network_.heal();
    }
    Node& slow = network_.node(pick(n));
    if (slow.up && chance(15)) slow.hold_execution = true;
    if (slow.up && chance(15)) slow.hold_blocks = true;
    Node& quick = network_.node(pick(n));
    if (quick.up && chance(50)) network_.release_execution(quick.index.value());
    if (quick.up && chance(50)) network_.release_blocks(quick.index.value());
  }

  void submit_next() {
    const std::string transaction = "t" + std::to_string(++submitted_);
    std::vector<std::size_t> to;
    for (const std::size_t index : everyone()) {
      if (chance(80)) to.push_back(index);
    }
    network_.submit(transaction, to);
    if (chance(10)) network_.submit(transaction + "'", {pick(network_.n())});
  }

  void heal() {
    loss_percent_ = 0;
    delay_ms_ = std::min<std::size_t>(delay_ms_, 20);
    network_.heal();
    for (const std::size_t index : everyone()) {
      network_.node(index).crash_at.reset();
      if (!network_.node(index).up) network_.restart(index);
      network_.release_execution(index);
      network_.release_blocks(index);
    }
  }

  void recover() {
    std::vector<std::size_t> honest;
    for (const std::size_t index : everyone()) {
      if (!lies(index)) honest.push_back(index);
    }
    network_.submit("last", everyone());
    for (std::uint64_t waited = 0; waited < recovery_ms_max; waited += 200) {
      network_.run_for(200);
      if (std::ranges::all_of(honest, [this](std::size_t index) { return network_.has(index, "last"); })) return;
    }
    std::string text = "no progress after everything healed:";
    for (const std::size_t index : honest) {
      Replica& replica = network_.replica(index);
      text += " [" + std::to_string(index) + " view " + to_string(replica.view()) + " target " +
              to_string(replica.target()) + " final " + to_string(replica.finalized()) +
              (replica.starting() ? " starting" : "") + (replica.silence() ? " silent" : "") + "]";
    }
    throw Fault(text);
  }

  std::vector<std::pair<std::optional<std::uint64_t>, Message>> posted(std::size_t from, std::size_t to,
                                                                       const Message& message) {
    std::vector<std::pair<std::optional<std::uint64_t>, Message>> copies;
    if (chance(loss_percent_)) return copies;
    const Message said = lies(from) && chance(lie_percent_) ? lie(to, message) : message;
    copies.emplace_back(1 + pick(delay_ms_), said);
    if (chance(double_percent_)) copies.emplace_back(1 + pick(4 * delay_ms_), said);
    return copies;
  }

  // What the liar says to one peer instead of the truth; always well signed.
  Message lie(std::size_t to, const Message& message) {
    if (const auto* proposed = std::get_if<PrePrepare>(&message)) {
      const ProposalHeader& header = proposed->proposal.header;
      Proposal other = proposed->proposal;
      other.header.timestamp_ms = header.timestamp_ms + (to % 2);
      if (chance(20) && !other.bodies.empty()) {
        other.bodies.pop_back();
        other.header.body_root = body_root_of(other.bodies);
        other.header.count = Count(static_cast<std::uint32_t>(other.bodies.size()));
      }
      return network_.pre_prepare(liar_, proposed->prepare.statement.view, other);
    }
    if (const auto* vote = std::get_if<Prepare>(&message)) {
      Prepare other = *vote;
      const auto seen = digests_.find(vote->statement.height);
      if (seen != digests_.end()) other.statement.digest = seen->second;
      digests_[vote->statement.height] = vote->statement.digest;
      if (chance(20)) other.statement.view = other.statement.view + 1;
      return network_.signed_by(liar_, other);
    }
    if (const auto* vote = std::get_if<Commit>(&message)) {
      Commit other = *vote;
      other.checkpoint.header_hash = HeaderHash(sha256(other.checkpoint.header_hash));
      return network_.signed_by(liar_, other);
    }
    if (const auto* change = std::get_if<ViewChange>(&message)) return network_.signed_by(liar_, lesser(*change));
    if (const auto* new_view = std::get_if<NewView>(&message)) return other_new_view(*new_view);
    return message;
  }

  // A ViewChange that leaves something out, spoils something, or aims further.
  ViewChange lesser(ViewChange change) {
    switch (pick(5)) {
      case 0:
        change.seal.reset();
        break;
      case 1:
        change.proofs.clear();
        break;
      case 2:
        if (!change.proofs.empty()) change.proofs.pop_back();
        break;
      case 3:
        if (!change.proofs.empty()) change.proofs.front().view = change.proofs.front().view + 1;
        break;
      default:
        change.new_view = change.new_view + pick(1000);
    }
    return change;
  }

  // Another quorum of the same view, the own ViewChange forged.
  Message other_new_view(const NewView& message) {
    std::vector<ViewChange> changes;
    for (std::size_t i = 0; i < network_.n(); ++i) {
      auto change = network_.collected_view_change(i, message.view);
      if (i == liar_ && change) {
        change->proofs.clear();
        change = std::get<ViewChange>(network_.signed_by(liar_, *change));
      }
      if (change) changes.push_back(*change);
    }
    while (changes.size() > network_.scheme().config.q()) {
      changes.erase(changes.begin() + static_cast<std::ptrdiff_t>(pick(changes.size())));
    }
    return network_.new_view(liar_, message.view, changes);
  }

  std::mt19937_64 random_;
  Replicas network_;
  std::size_t loss_percent_ = 0;
  std::size_t double_percent_ = 0;
  std::size_t delay_ms_ = 1;
  std::size_t crash_percent_ = 0;
  std::size_t cut_percent_ = 0;
  std::size_t lie_percent_ = 0;
  std::size_t skew_ms_ = 0;
  std::size_t liar_ = 0;
  std::size_t submitted_ = 0;
  std::map<Height, ProposalDigest> digests_;
};

void run_seeds(std::size_t n, std::uint64_t count) {
  if (const char* wanted = std::getenv("KANHE_SEEDS")) count = std::strtoull(wanted, nullptr, 10);
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    Schedule schedule(n, seed);
    try {
      schedule.run();
    } catch (const Fault& fault) {
      BOOST_ERROR("KANHE_SEED=" << n << ":" << seed
                                << " consensus_tests --run_test=schedule_tests/one_schedule: " << fault.what());
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schedule_tests)

BOOST_AUTO_TEST_CASE(four_replicas_agree_and_recover) { run_seeds(4, 150); }
BOOST_AUTO_TEST_CASE(six_replicas_agree_and_recover) { run_seeds(6, 40); }
BOOST_AUTO_TEST_CASE(seven_replicas_agree_and_recover) { run_seeds(7, 40); }

BOOST_AUTO_TEST_CASE(one_schedule) {
  const char* wanted = std::getenv("KANHE_SEED");
  if (wanted == nullptr) return;
  const std::string text(wanted);
  const std::size_t colon = text.find(':');
  Schedule schedule(std::stoul(text.substr(0, colon)), std::stoull(text.substr(colon + 1)));
  try {
    schedule.run();
  } catch (const Fault& fault) {
    BOOST_ERROR(fault.what());
  }
  for (const std::string& line : schedule.network().take_log()) std::cout << line << "\n";
}

BOOST_AUTO_TEST_SUITE_END()
