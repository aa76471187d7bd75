// What may reach a replica next, given all that honest replicas have sent: their messages, and what liars can make of
// them (testnet/small_scope.h says what that is).
//
// Owner: SmallScope. Thread: one. A function of `sent` and the settings; the book learns what is made.
#pragma once

#include "testnet/scope_replica.h"

namespace kanhe::testnet {

// Messages that arrive one after the other, at one replica or at any.
struct Delivery {
  std::vector<MessageNumber> messages;
  std::optional<std::size_t> to;
  friend auto operator<=>(const Delivery&, const Delivery&) = default;
};

std::vector<Delivery> deliveries(ScopeBook& book, const std::vector<MessageNumber>& sent);

// For people: "PrePrepare 1 in view 0 by 2".
std::string describe(const ScopeBook& book, MessageNumber message);

}  // namespace kanhe::testnet
