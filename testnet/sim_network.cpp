#include "testnet/sim_network.h"

namespace kanhe::testnet {

SimNetwork::SimNetwork(Schedule& schedule, Random& random, std::size_t ends, LinkOptions options, Deliver deliver)
    : schedule_(schedule), random_(random), ends_(ends), options_(options), deliver_(std::move(deliver)) {}

std::uint64_t SimNetwork::draw_delay_ns(const LinkOptions& options) {
  const std::uint64_t us = options.delay_min_us + random_.between(0, options.delay_spread_us);
  return (random_.chance(options.slow_permille) ? 10 * us : us) * 1'000;
}

void SimNetwork::send(End from, End to, const std::shared_ptr<const Bytes>& frame) {
  ++sent_;
  const LinkOptions whole{options_.delay_min_us, options_.delay_spread_us, 0, 0, 0};
  const LinkOptions& options = is_kept(from, to) ? whole : options_;
  if (!is_kept(from, to) && is_cut(from, to)) return;
  const std::size_t copies = random_.chance(options.repeat_permille) ? 2 : 1;
  repeated_ += copies - 1;
  for (std::size_t i = 0; i < copies; ++i) {
    if (random_.chance(options.loss_permille)) {
      ++lost_;
      continue;
    }
    Instant at = schedule_.now() + draw_delay_ns(options);
    const auto clogged = clogged_until_.find({from, to});
    if (clogged != clogged_until_.end() && !is_kept(from, to)) at = std::max(at, clogged->second);
    schedule_.at(at, [this, from, to, frame] { deliver_(from, to, frame); });
  }
}

void SimNetwork::clog(End from, End to, Instant until) { clogged_until_.insert_or_assign({from, to}, until); }

void SimNetwork::partition() {
  cuts_.clear();
  const bool one_way = random_.chance(400);
  const auto cut_link = [&](End a, End b) {
    cut(a, b);
    if (!one_way) cut(b, a);
  };
  const std::uint64_t form = random_.between(0, 2);
  const End lonely = random_.below(ends_);
  std::vector<bool> left(ends_);
  for (End end = 0; end < ends_; ++end) left[end] = form == 0 ? end == lonely : random_.chance(500);
  for (End a = 0; a < ends_; ++a) {
    for (End b = 0; b < ends_; ++b) {
      if (a == b) continue;
      if (form == 2 ? random_.chance(250) : left[a] && !left[b]) cut_link(a, b);
    }
  }
}

void SimNetwork::keep_whole(const std::set<End>& core) { core_ = core; }

}  // namespace kanhe::testnet
