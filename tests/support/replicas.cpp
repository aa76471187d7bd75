#include "tests/support/replicas.h"

#include <algorithm>

#include "ledger/codec.h"
#include "ledger/genesis.h"

namespace kanhe::consensus::tests {
namespace {

constexpr std::uint64_t wall_start_ms = 1'700'000'000'000;

// A transaction's id: its name without the marks that stand for other signatures of it.
std::string id_of(std::string transaction) {
  while (!transaction.empty() && transaction.back() == '\'') transaction.pop_back();
  return transaction;
}

HeaderHash result_of(const ProposalDigest& digest, const std::string& result) {
  return HeaderHash(sha256(as_bytes("executed " + digest.hex() + result)));
}
LogRoot root_of(const HeaderHash& header_hash) { return LogRoot(sha256(header_hash)); }

SecretKey key_of(std::size_t index) {
  std::array<Byte, 32> bytes{};
  bytes[31] = static_cast<Byte>(index + 1);
  return std::move(SecretKey::from(bytes)).value();
}

Height height_of(const Record& record) {
  if (const auto* own = std::get_if<OwnPrepare>(&record)) return own->prepare.statement.height;
  if (const auto* commit = std::get_if<Commit>(&record)) return commit->checkpoint.height;
  if (const auto* proof = std::get_if<PreparedProof>(&record)) return proof->header.height;
  if (const auto* sealed = std::get_if<Sealed>(&record)) return sealed->seal.checkpoint.height;
  return Height(Height::max);
}

ValidatorIndex index_from(std::size_t index) { return ValidatorIndex(static_cast<std::uint16_t>(index)); }

}  // namespace

BodyHash body_named(const std::string& transaction) { return BodyHash(sha256(as_bytes("body " + transaction))); }

std::string joined(const SignerSet& signers) {
  std::string text;
  for (std::uint16_t i = 0; i < validators_max; ++i) {
    if (signers.contains(ValidatorIndex(i))) text += (text.empty() ? "" : ",") + std::to_string(i);
  }
  return text.empty() ? "nobody" : text;
}

Replicas::Replicas(std::size_t n, Parameters parameters) {
  Scheme& scheme = config_.scheme;
  scheme.signature = SignatureScheme::keyed_hash;
  scheme.config.chain_id = ChainId(sha256(as_bytes("chain")));
  scheme.origin = Origin::from("test/" + scheme.config.chain_id.hex()).value();
  scheme.config.parameters = parameters;
  for (std::size_t i = 0; i < n; ++i) {
    keys_.push_back(key_of(i));
    Validator validator;
    validator.department = DepartmentId::from("d" + std::to_string(100 + i)).value();
    validator.consensus_key = public_key_of(scheme.signature, keys_.back());
    validator.transport_key = TransportKey(sha256(validator.consensus_key));
    scheme.config.validators.push_back(validator);
  }
  genesis_ = {Height(0), genesis_digest(scheme.config.chain_id), {}, Timestamp(wall_start_ms)};
  config_.first_floor = {genesis_.height, genesis_.digest};
  names_[genesis_.digest] = "genesis";
  nodes_.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    nodes_[i].index = index_from(i);
    start(nodes_[i]);
  }
}

Timestamp Replicas::wall(const Node& node) const {
  const auto ms = static_cast<std::int64_t>(wall_start_ms + now_.value() / ns_per_ms) + node.skew_ms;
  return Timestamp(static_cast<std::uint64_t>(ms));
}

void Replicas::start(Node& node) {
  Remembered remembered;
  remembered.tip = genesis_;
  if (!node.disk.blocks.empty()) {
    const auto& [height, block] = *node.disk.blocks.rbegin();
    const ProposalHeader& header = block.proposal.header;
    remembered.tip = {height, digest_of(header), block.header_hash, header.timestamp_ms};
    remembered.seal = block.seal;
  }
  for (const auto& [key, bytes] : node.disk.records) {
    remembered.records.push_back(decode<Record>(bytes).value());
    if (record_key(remembered.records.back()) != key) throw Fault("a record under another key");
    if (const auto* own = std::get_if<OwnPrepare>(&remembered.records.back())) {
      const auto proposal = std::make_shared<const Proposal>(own->proposal);
      node.proposals[digest_of(proposal->header)] = proposal;
    }
  }
  node.bodies = node.disk.bodies;
  Config config = config_;
  config.self = node.index;
  config.session = node.session;
  if (const auto end = end_known_at(remembered.tip.height)) config.epoch_end = end;
  node.up = true;
  node.replica = std::make_unique<Replica>(config, std::move(remembered), Now{now_, wall(node)});
  node.replica->check_invariants();
  carry_out(node, node.replica->take_output());
}

void Replicas::submit(const std::string& transaction, const std::vector<std::size_t>& to) {
  const BodyHash body = body_named(transaction);
  transactions_[body] = transaction;
  for (const std::size_t index : to) {
    Node& node = nodes_[index];
    if (!node.up) continue;
    node.bodies.insert(body);
    if (!has(index, transaction)) node.pool.emplace(body, now_);
  }
  for (const std::size_t index : to) pump(nodes_[index]);
}

void Replicas::crash(std::size_t index) {
  Node& old = nodes_[index];
  Node fresh;
  fresh.index = old.index;
  fresh.up = false;
  fresh.honest = old.honest;
  fresh.disk = std::move(old.disk);
  fresh.skew_ms = old.skew_ms;
  fresh.diverges = old.diverges;
  old = std::move(fresh);
  std::erase_if(mail_, [index](const Envelope& envelope) { return envelope.to.value() == index; });
}

void Replicas::restart(std::size_t index) {
  if (nodes_[index].up) throw Fault("restart of a running node");
  nodes_[index].session = ++sessions_;
  start(nodes_[index]);
}

void Replicas::lose_disk(std::size_t index) {
  crash(index);
  nodes_[index].disk = {};
  nodes_[index].lost_disk = true;
}

void Replicas::make_liar(std::size_t index) {
  crash(index);
  nodes_[index].honest = false;
}

void Replicas::release_execution(std::size_t index) {
  Node& node = nodes_[index];
  node.hold_execution = false;
  for (const Execute& request : std::exchange(node.held_executions, {})) execute(node, request);
  pump(node);
}

void Replicas::release_blocks(std::size_t index) {
  Node& node = nodes_[index];
  node.hold_blocks = false;
  for (const Finalize& block : std::exchange(node.held_blocks, {})) write_block(node, block);
  pump(node);
}

// ---------------------------------------------------------------------------------------------------------------------
// The driver

void Replicas::step(Node& node, Input input) {
  node.replica->step(Now{now_, wall(node)}, std::move(input));
  node.replica->check_invariants();
  carry_out(node, node.replica->take_output());
}

void Replicas::pump(Node& node) {
  while (node.up && node.replica) {
    if (!node.answers.empty()) {
      Input input = std::move(node.answers.front());
      node.answers.pop_front();
      step(node, std::move(input));
    } else if (!tell_pool(node) && !answer_something(node)) {
      return;
    }
  }
}

bool Replicas::crashes(Node& node, CrashPoint point) {
  if (node.crash_at != point) return false;
  log(std::to_string(node.index.value()) + " loses power");
  crash(node.index.value());
  return true;
}

void Replicas::carry_out(Node& node, Output output) {
  const bool syncs = !output.votes.empty() || !output.records.empty();
  for (const Execute& request : output.execute) execute(node, request);
  for (const Fetch& request : output.fetch) {
    if (request.proposal) node.proposals[request.digest] = request.proposal;
    node.fetches.insert_or_assign(request.digest, request);
  }
  if (output.want_batch) node.want_batch = output.want_batch;
  std::vector<Message> votes;
  if (syncs && crashes(node, CrashPoint::before_sync)) return;
  for (const Vote& vote : output.votes) {
    votes.push_back(signed_by(node.index.value(), vote.message));
    check_vote(node, votes.back());
  }
  persist(node, output, votes);
  if (syncs && crashes(node, CrashPoint::before_send)) return;
  send(node, output, votes);
  if (syncs && crashes(node, CrashPoint::before_own_votes)) return;
  for (const Message& vote : votes) {
    node.answers.push_back(Received{verify(scheme(), decode<Message>(encode(vote)).value()).value()});
  }
  finish(node, output);
}

// Final blocks, catching up, and what an operator would see.
void Replicas::finish(Node& node, Output& output) {
  const std::string who = std::to_string(node.index.value());
  for (const Finalize& block : output.finalize) {
    log(who + " finalizes " + name(block.digest));
    decide(node, block.height, block.header_hash);
  }
  if (!output.finalize.empty()) {
    if (crashes(node, CrashPoint::before_blocks)) return;
    if (!output.finalize.back().seal) throw Fault("the last finalized block of an Output has no seal");
    for (const Finalize& block : output.finalize) {
      const bool first = block.height == output.finalize.front().height;
      if (!first && crashes(node, CrashPoint::between_blocks)) return;
      if (node.hold_blocks) {
        node.held_blocks.push_back(block);
      } else {
        write_block(node, block);
      }
    }
  }
  if (output.catch_up) node.catch_up = output.catch_up;
  for (const Alarm& alarm : output.alarms) {
    const bool without_cause = alarm.kind == AlarmKind::lost_votes && !node.lost_disk;
    if (node.honest && without_cause) throw Fault("replica " + to_string(node.index) + " is silent for nothing");
    static constexpr std::string_view kinds[] = {"conflicting votes", "odd result", "diverged", "lost votes",
                                                 "invalid proposal"};
    std::string line = who + " raises the alarm: " + std::string(kinds[static_cast<std::size_t>(alarm.kind)]) +
                       " at height " + to_string(alarm.height);
    if (alarm.accused) line += ", accused " + to_string(*alarm.accused);
    log(line);
  }
}

void Replicas::persist(Node& node, const Output& output, const std::vector<Message>& votes) {
  const auto write = [&node](const Record& record) { node.disk.records[record_key(record)] = encode(record); };
  for (const Record& record : output.records) write(record);
  for (std::size_t i = 0; i < votes.size(); ++i) {
    const auto& proposal = output.votes[i].proposal;
    const auto* prepare_vote = std::get_if<Prepare>(&votes[i]);
    if (const auto* message = std::get_if<PrePrepare>(&votes[i])) prepare_vote = &message->prepare;
    if (prepare_vote != nullptr) {
      if (!proposal || digest_of(proposal->header) != prepare_vote->statement.digest) {
        throw Fault("an own Prepare without its proposal");
      }
      if (!has_bodies(node, *proposal)) throw Fault("an own Prepare without its bodies");
      node.disk.bodies.insert(proposal->bodies.begin(), proposal->bodies.end());
      write(OwnPrepare{*prepare_vote, *proposal});
      node.proposals[prepare_vote->statement.digest] = proposal;
      learn_name(*proposal);
    } else if (const auto* message = std::get_if<Commit>(&votes[i])) {
      write(*message);
    } else if (const auto* view_change_vote = std::get_if<ViewChange>(&votes[i])) {
      write(*view_change_vote);
    } else if (const auto* new_view_vote = std::get_if<NewView>(&votes[i])) {
      write(*new_view_vote);
    } else {
      throw Fault("a vote of no known kind");
    }
  }
}

void Replicas::send(Node& node, const Output& output, const std::vector<Message>& votes) {
  const std::size_t self = node.index.value();
  const auto to_all = [this, self](const Message& message) {
    for (std::size_t to = 0; to < n(); ++to) {
      if (to != self) enqueue(self, to, message);
    }
  };
  for (const Message& vote : votes) {
    log(std::to_string(self) + " sends " + describe(vote));
    to_all(vote);
  }
  for (const Send& request : output.messages) {
    const bool by_driver = request.sign == Send::Sign::by_driver;
    const Message message = by_driver ? signed_by(self, request.message) : request.message;
    request.to ? enqueue(self, request.to->value(), message) : to_all(message);
  }
}

void Replicas::write_block(Node& node, const Finalize& block) {
  const auto proposal = proposal_at(node, block.digest);
  if (!proposal) throw Fault("a final block whose list is not here");
  node.disk.blocks[block.height] = {*proposal, block.header_hash, root_of(block.header_hash), block.seal};
  node.disk.bodies.insert(proposal->bodies.begin(), proposal->bodies.end());
  for (const BodyHash& body : proposal->bodies) {
    std::erase_if(node.pool,
                  [&](const auto& entry) { return id_of(transactions_[entry.first]) == id_of(transactions_[body]); });
  }
  forget_records(node, block.height);
  node.answers.push_back(Durable{block.height, end_known_at(block.height)});
}

std::optional<Height> Replicas::end_known_at(Height height) const {
  const bool known = epoch_end && height + config_.scheme.config.parameters.window.value() >= *epoch_end;
  return known ? epoch_end : std::nullopt;
}

void Replicas::forget_records(Node& node, Height height) {
  std::erase_if(node.disk.records,
                [height](const auto& entry) { return height_of(decode<Record>(entry.second).value()) <= height; });
}

void Replicas::execute(Node& node, const Execute& request) {
  if (node.hold_execution) {
    node.held_executions.push_back(request);
    return;
  }
  const Tip& tip = node.replica->durable_tip();
  const bool rests = node.executed.contains(request.parent) || request.parent == tip.digest;
  if (!rests && request.height > tip.height + 1) throw Fault("executing above a parent that was not executed");
  if (!request.proposal || !has_bodies(node, *request.proposal)) throw Fault("executing without list and bodies");
  node.executed.insert(request.digest);
  const HeaderHash header_hash = result_of(request.digest, node.diverges ? "otherwise" : "");
  node.answers.push_back(Executed{request.height, request.parent, request.digest, header_hash, root_of(header_hash)});
}

// ---------------------------------------------------------------------------------------------------------------------
// What the driver finds out: bodies, batches, missing blocks

bool Replicas::reachable(std::size_t from, std::size_t to) const {
  return nodes_[to].up && !cut_.contains({from, to}) && !cut_.contains({to, from});
}

std::shared_ptr<const Proposal> Replicas::proposal_at(const Node& node, const ProposalDigest& digest) const {
  const auto found = node.proposals.find(digest);
  if (found != node.proposals.end()) return found->second;
  for (const auto& [height, block] : node.disk.blocks) {
    if (digest_of(block.proposal.header) == digest) return std::make_shared<const Proposal>(block.proposal);
  }
  return nullptr;
}

bool Replicas::has_bodies(const Node& node, const Proposal& proposal) const {
  return std::ranges::all_of(proposal.bodies, [&node](const BodyHash& body) {
    return node.bodies.contains(body) || node.disk.bodies.contains(body);
  });
}

std::optional<std::set<std::string>> Replicas::ids_up_to(const Node& node, const ProposalDigest& digest) const {
  std::set<std::string> ids;
  for (ProposalDigest at = digest; at != genesis_.digest;) {
    const auto proposal = proposal_at(node, at);
    if (!proposal) return std::nullopt;
    for (const BodyHash& body : proposal->bodies) ids.insert(id_of(transactions_.at(body)));
    at = proposal->header.parent;
  }
  return ids;
}

bool Replicas::answer_something(Node& node) {
  return answer_batch(node) || answer_fetch(node) || answer_catch_up(node);
}

bool Replicas::answer_fetch(Node& node) {
  for (auto& [digest, fetch] : node.fetches) {
    auto proposal = fetch.proposal ? fetch.proposal : proposal_at(node, digest);
    for (std::size_t peer = 0; peer < n(); ++peer) {
      if (peer == node.index.value() || !reachable(node.index.value(), peer)) continue;
      if (!fetch.holders.contains(index_from(peer))) continue;
      if (!proposal) proposal = proposal_at(nodes_[peer], digest);
      if (!proposal || has_bodies(node, *proposal) || !has_bodies(nodes_[peer], *proposal)) continue;
      node.bodies.insert(proposal->bodies.begin(), proposal->bodies.end());
    }
    if (!proposal || !has_bodies(node, *proposal)) continue;
    const auto prefix = ids_up_to(node, proposal->header.parent);
    if (!prefix) continue;
    std::set<std::string> seen = *prefix;
    auto freshness = Freshness::acceptable;
    for (const BodyHash& body : proposal->bodies) {
      const std::string& transaction = transactions_.at(body);
      if (!seen.insert(id_of(transaction)).second || expired.contains(transaction)) freshness = Freshness::refused;
    }
    const ProposalDigest answered = digest;
    node.proposals[answered] = proposal;
    node.answers.push_back(BodiesReady{answered, proposal, freshness});
    node.fetches.erase(answered);
    return true;
  }
  return false;
}

bool Replicas::answer_catch_up(Node& node) {
  if (!node.catch_up || node.hold_blocks) return false;
  const Checkpoint top = node.catch_up->seal.checkpoint;
  const CommitSeal seal = node.catch_up->seal;
  if (node.diverges || node.replica->durable_tip().height >= top.height) {
    node.catch_up.reset();
    return false;
  }
  for (std::size_t peer = 0; peer < n(); ++peer) {
    if (peer == node.index.value() || !reachable(node.index.value(), peer)) continue;
    const auto& blocks = nodes_[peer].disk.blocks;
    const auto found = blocks.find(top.height);
    if (found == blocks.end() || found->second.header_hash != top.header_hash) continue;
    for (Height height = node.replica->durable_tip().height + 1; height <= top.height; ++height) {
      StoredBlock block = blocks.at(height);
      block.seal.reset();
      if (height == top.height) block.seal = seal;
      node.disk.bodies.insert(block.proposal.bodies.begin(), block.proposal.bodies.end());
      for (const BodyHash& body : block.proposal.bodies) node.pool.erase(body);
      decide(node, height, block.header_hash);
      node.disk.blocks[height] = block;
    }
    forget_records(node, top.height);
    node.catch_up.reset();
    const Timestamp time = found->second.proposal.header.timestamp_ms;
    node.executed.insert(top.proposal_digest);
    node.answers.push_back(CaughtUp{top.height, top.proposal_digest, top.header_hash, time, seal,
                                    end_known_at(top.height)});
    log(std::to_string(node.index.value()) + " catches up to " + name(top.proposal_digest) + " by a seal");
    return true;
  }
  return false;
}

bool Replicas::answer_batch(Node& node) {
  if (!node.want_batch) return false;
  const WantBatch wanted = *std::exchange(node.want_batch, std::nullopt);
  const auto prefix = ids_up_to(node, wanted.parent);
  std::set<std::string> seen = prefix.value_or(std::set<std::string>{});
  std::vector<std::pair<Instant, BodyHash>> order;
  for (const auto& [body, arrival] : node.pool) order.emplace_back(arrival, body);
  std::ranges::sort(order, [this](const auto& a, const auto& b) {
    return std::pair(a.first, transactions_.at(a.second)) < std::pair(b.first, transactions_.at(b.second));
  });
  Batch batch{wanted.view, wanted.height, wanted.parent, {}};
  const std::size_t count_max = config_.scheme.config.parameters.block_transactions_max.value();
  for (const auto& [arrival, body] : order) {
    if (prefix && batch.bodies.size() < count_max && seen.insert(id_of(transactions_.at(body))).second) {
      batch.bodies.push_back(body);
    }
  }
  node.answers.push_back(batch);
  return true;
}

// Tells the core how the pool stands, when that changed.
bool Replicas::tell_pool(Node& node) {
  std::set<std::string> in_flight;
  for (const auto& [height, slot] : node.replica->slots()) {
    if (!slot.candidate || !slot.candidate->proposal) continue;
    for (const BodyHash& body : slot.candidate->proposal->bodies) in_flight.insert(id_of(transactions_.at(body)));
  }
  PoolChanged pool;
  for (const auto& [body, arrival] : node.pool) {
    if (!in_flight.contains(id_of(transactions_.at(body)))) {
      ++pool.count;
      pool.unproposed = pool.unproposed ? std::min(*pool.unproposed, arrival) : arrival;
    }
    if (!pool.oldest || arrival < pool.oldest->arrival) pool.oldest = PoolChanged::Waiting{arrival, 0};
  }
  const auto arrival_of = [](const auto& waiting) { return waiting ? std::optional(waiting->arrival) : std::nullopt; };
  const auto told = std::tuple(pool.count, arrival_of(pool.oldest), pool.unproposed);
  if (node.pool_told == told) return false;
  node.pool_told = told;
  node.answers.push_back(pool);
  return true;
}

bool Replicas::has(std::size_t index, const std::string& transaction) const {
  return std::ranges::any_of(nodes_[index].disk.blocks, [&](const auto& entry) {
    return std::ranges::any_of(entry.second.proposal.bodies, [&](const BodyHash& body) {
      return id_of(transactions_.at(body)) == id_of(transaction);
    });
  });
}

// ---------------------------------------------------------------------------------------------------------------------
// Time and delivery

void Replicas::enqueue(std::size_t from, std::size_t to, const Message& message) {
  collect(message);
  if (cut_.contains({from, to})) return;
  const auto put = [&](std::optional<std::uint64_t> delay_ms, const Message& copy) {
    Envelope envelope{now_ + delay_ms.value_or(0) * ns_per_ms, number_++, index_from(from), index_from(to),
                      encode(copy)};
    envelope.held = !delay_ms;
    mail_.push_back(std::move(envelope));
  };
  if (!post) return put(0, message);
  for (const auto& [delay_ms, copy] : post(from, to, message)) put(delay_ms, copy);
}

void Replicas::deliver(std::size_t from, std::size_t to, const Bytes& bytes) {
  Node& node = nodes_[to];
  if (!node.up || cut_.contains({from, to})) return;
  auto message = decode<Message>(bytes);
  if (!message) {
    log(to_string(node.index) + " cannot read a message of " + std::to_string(from) + ": " + message.error().text);
    return;
  }
  if (const auto* proposed = std::get_if<PrePrepare>(&*message)) learn_name(proposed->proposal);
  auto verified = verify(scheme(), std::move(*message));
  if (!verified) {
    log(to_string(node.index) + " refuses a message of " + std::to_string(from) + ": " + verified.error().text);
    return;
  }
  node.answers.push_back(Received{std::move(*verified)});
  pump(node);
}

void Replicas::settle() {
  for (std::size_t rounds = 0;; ++rounds) {
    if (rounds > 100'000) throw Fault("messages without end");
    const auto found = std::ranges::find_if(mail_, [this](const Envelope& e) { return !e.held && e.due <= now_; });
    if (found == mail_.end()) {
      const std::uint64_t before = number_;
      for (Node& node : nodes_) pump(node);
      if (before == number_) return;
      continue;
    }
    const Envelope envelope = std::move(*found);
    mail_.erase(found);
    deliver(envelope.from.value(), envelope.to.value(), envelope.bytes);
  }
}

void Replicas::run_for(std::uint64_t ms) {
  const Instant end = now_ + ms * ns_per_ms;
  std::size_t ticks = 0;
  while (true) {
    Instant next = end;
    for (const Envelope& envelope : mail_) {
      if (!envelope.held) next = std::min(next, envelope.due);
    }
    for (const Node& node : nodes_) {
      if (node.up) next = std::min(next, node.replica->deadline());
    }
    if (next > now_) ticks = 0;
    if (++ticks > 10'000) throw Fault("a deadline that a Tick does not move");
    now_ = std::max(now_, next);
    for (Node& node : nodes_) {
      if (!node.up || node.replica->deadline() > now_) continue;
      node.answers.push_back(Tick{});
      pump(node);
    }
    std::ranges::stable_sort(mail_, {}, [](const Envelope& e) { return std::pair(e.due, e.number); });
    settle();
    if (now_ >= end) return;
  }
}

void Replicas::release_mail() {
  for (Envelope& envelope : mail_) envelope.held = false;
}

std::vector<std::string> Replicas::take_log() { return std::exchange(log_, {}); }

}  // namespace kanhe::consensus::tests
