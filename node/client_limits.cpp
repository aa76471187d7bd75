#include "node/client_limits.h"

#include <algorithm>

#include "ledger/check.h"

namespace kanhe::node {
namespace {

constexpr std::uint64_t ns_per_second = 1'000'000'000;
constexpr std::uint64_t token = ns_per_second;  // one request: so that a rate is tokens a nanosecond

}  // namespace

ClientLimits::ClientLimits(std::size_t connections_max, std::size_t connections_per_address,
                           std::uint32_t requests_per_second)
    : connections_max_(connections_max),
      connections_per_address_(connections_per_address),
      requests_per_second_(requests_per_second) {}

Admission ClientLimits::enter(const std::string& address, Instant now) {
  const std::lock_guard lock(mutex_);
  if (now.value() >= forgot_at_.value() + ns_per_second) forget_the_gone(now);
  const auto found = clients_.find(address);
  if (found != clients_.end() && found->second.connections >= connections_per_address_) {
    return Admission::address_has_its_share;
  }
  if (connections_ >= connections_max_) return Admission::all_are_taken;
  Client& client = clients_.try_emplace(address, Client{0, requests_per_second_ * token, now}).first->second;
  ++client.connections;
  ++connections_;
  return Admission::admitted;
}

void ClientLimits::leave(const std::string& address, Instant now) {
  const std::lock_guard lock(mutex_);
  const auto found = clients_.find(address);
  CHECK(found != clients_.end() && found->second.connections > 0 && connections_ > 0);
  --connections_;
  if (--found->second.connections > 0) return;
  fill(found->second, now);
  if (found->second.tokens == requests_per_second_ * token) clients_.erase(found);
}

bool ClientLimits::take_request(const std::string& address, Instant now) {
  if (requests_per_second_ == 0) return true;
  const std::lock_guard lock(mutex_);
  const auto found = clients_.find(address);
  CHECK(found != clients_.end());
  fill(found->second, now);
  if (found->second.tokens < token) return false;
  found->second.tokens -= token;
  return true;
}

std::size_t ClientLimits::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}

std::size_t ClientLimits::addresses() const {
  const std::lock_guard lock(mutex_);
  return clients_.size();
}

// After a second a bucket is full, whatever was in it; so nothing here can overflow.
void ClientLimits::fill(Client& client, Instant now) const {
  if (now <= client.filled_at) return;
  const std::uint64_t elapsed = std::min(now.value() - client.filled_at.value(), ns_per_second);
  client.tokens = std::min(client.tokens + elapsed * requests_per_second_, requests_per_second_ * token);
  client.filled_at = now;
}

void ClientLimits::forget_the_gone(Instant now) {
  forgot_at_ = now;
  for (auto entry = clients_.begin(); entry != clients_.end();) {
    Client& client = entry->second;
    if (client.connections == 0) fill(client, now);
    const bool gone = client.connections == 0 && client.tokens == requests_per_second_ * token;
    entry = gone ? clients_.erase(entry) : std::next(entry);
  }
}

}  // namespace kanhe::node
