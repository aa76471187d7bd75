// SmallScope: everything that can happen to a very small network, in every order, to a stated depth. Where the
// simulator takes one course of a large network per seed, this takes every course of a small one: four validators, up
// to all but one of them production replicas (testnet/scope_replica.h), one or two heights, two or three views.
//
// An *event* is: a message reaches a replica (any that was ever sent, to anyone, at any time, so loss, delay and
// repetition are in it); the patience of a replica ends; the power of one goes; a block is written. Liars sign whatever
// could matter and is well formed: each of two proposals at a height on each known parent, Prepares and Commits of
// anything, ViewChanges with every choice of the proofs and seals that exist, NewViews of every choice of q
// ViewChanges. What does not verify is not tried: the decoders and verify() have tests of their own.
//
// Votes of one kind arrive together, all that exist at that moment: below a quorum a vote changes nothing that anybody
// says. With single_votes they arrive one by one.
//
// States that behave alike are visited once (ScopeReplica::fingerprint): the search is of triples of replica states.
// Checked in each: O1 agreement of all replicas that ever finalized something, O6 votes, check_invariants(), and from
// every so-manieth state that the honest replicas alone, once all they sent arrives, finish all heights ("heal").
//
// Owner: the caller. Thread: one. Memory: about 40 bytes a state and some KiB per state of a single replica.
#pragma once

#include <functional>

#include "testnet/scope_replica.h"

namespace kanhe::testnet {

struct ScopeReport {
  ScopeSettings settings;
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;      // events that changed something
  std::uint64_t replica_states = 0;
  std::uint64_t messages = 0;         // different ones
  std::uint64_t healed = 0;           // states from which the honest finished
  std::size_t depth = 0;              // reached
  bool closed = false;                // no new state lies beyond
  std::map<View, std::uint64_t> final_in;  // states in which a replica has a block that became final in this view
  std::string violation;              // empty: none
  std::vector<std::string> course;    // the events that led to it
};

// `progress` is called now and then.
ScopeReport explore(const ScopeSettings& settings, const std::function<void(const ScopeReport&)>& progress = {});

std::string text_of(const ScopeReport& report);
std::string json_of(const ScopeReport& report);

}  // namespace kanhe::testnet
