#include "tests/fuzz/replica_world.h"

#include <algorithm>

#include "ledger/check.h"
#include "ledger/codec.h"
#include "ledger/genesis.h"

namespace kanhe::fuzz {

using namespace consensus;

namespace {

constexpr std::uint16_t validators = 4;
constexpr std::uint64_t wall_start_ms = 1'700'000'000'000;
constexpr Instant monotonic_start{1'000'000'000};
constexpr std::size_t kept_max = 96;  // proposals and messages
constexpr std::size_t settle_steps_max = 200;

const std::vector<SecretKey>& keys() {
  static const std::vector<SecretKey> made = [] {
    std::vector<SecretKey> list;
    for (std::uint16_t i = 0; i < validators; ++i) {
      list.push_back(SecretKey::from(Bytes(SecretKey::size, static_cast<Byte>(i + 1))).value());
    }
    return list;
  }();
  return made;
}

// The same for all programs; they choose the window.
const Scheme& four_departments() {
  static const Scheme made = [] {
    Scheme scheme;
    scheme.signature = SignatureScheme::keyed_hash;
    scheme.config.chain_id = ChainId(sha256(as_bytes("chain")));
    scheme.origin = Origin::from("fuzz/" + scheme.config.chain_id.hex()).value();
    for (std::uint16_t i = 0; i < validators; ++i) {
      Validator validator;
      const std::string name = "department-" + std::to_string(i);
      validator.department = DepartmentId::from(name).value();
      validator.consensus_key = public_key_of(scheme.signature, keys()[i]);
      validator.transport_key = TransportKey(sha256(validator.consensus_key));
      scheme.config.validators.push_back(validator);
    }
    return scheme;
  }();
  return made;
}

Height height_of(const Record& record) {
  if (const auto* own = std::get_if<OwnPrepare>(&record)) return own->prepare.statement.height;
  if (const auto* commit = std::get_if<Commit>(&record)) return commit->checkpoint.height;
  if (const auto* proof = std::get_if<PreparedProof>(&record)) return proof->header.height;
  if (const auto* sealed = std::get_if<Sealed>(&record)) return sealed->seal.checkpoint.height;
  return Height(Height::max);
}

std::optional<ValidatorIndex> signer_of(const Message& message) {
  return std::visit(
      []<class T>(const T& inner) -> std::optional<ValidatorIndex> {
        if constexpr (std::same_as<T, PrePrepare>) {
          return inner.prepare.signer;
        } else if constexpr (std::same_as<T, Sealed>) {
          return std::nullopt;
        } else {
          return inner.signer;
        }
      },
      message);
}

template <class List, class Value>
void keep(List& list, Value value) {
  list.push_front(std::move(value));
  if (list.size() > kept_max) list.pop_back();
}

template <class Queue>
auto take(Queue& queue, ReplicaWorld::Order order) {
  const bool oldest = order == ReplicaWorld::Order::oldest;
  auto value = std::move(oldest ? queue.front() : queue.back());
  oldest ? queue.pop_front() : queue.pop_back();
  return value;
}

}  // namespace

ReplicaWorld::ReplicaWorld(const WorldSettings& settings)
    : self_(ValidatorIndex(settings.self)), now_{monotonic_start, Timestamp(wall_start_ms)} {
  config_.scheme = four_departments();
  config_.scheme.config.parameters.window = Number<WindowTag>(settings.window);
  if (!settings.observer) config_.self = self_;
  config_.epoch_end = settings.epoch_end;
  tip_ = {Height(0), genesis_digest(config_.scheme.config.chain_id), {}, Timestamp(wall_start_ms)};
  config_.first_floor = {tip_.height, tip_.digest};
  start({tip_, std::nullopt, {}});
}

void ReplicaWorld::start(Remembered remembered) {
  finalized_ = remembered.tip.height;
  replica_ = std::make_unique<Replica>(config_, std::move(remembered), now_);
  replica_->check_invariants();
  carry_out(replica_->take_output());
}

void ReplicaWorld::restart() {
  own_votes_.clear();
  executions_.clear();
  fetches_.clear();
  want_batch_.reset();
  blocks_.clear();
  catch_up_.reset();
  executed_.clear();
  asked_.clear();
  held_ = 0;
  ++config_.session;
  Remembered remembered{tip_, tip_seal_, {}};
  for (const auto& [key, record] : records_) remembered.records.push_back(record);
  start(std::move(remembered));
}

// ---------------------------------------------------------------------------------------------------------------------
// The driver

void ReplicaWorld::step(Input input) {
  if (const auto* told = std::get_if<Executed>(&input)) executed_.insert(told->digest);
  replica_->step(now_, std::move(input));
  replica_->check_invariants();
  if (held_ > 0) {
    --held_;
    return;
  }
  carry_out(replica_->take_output());
}

void ReplicaWorld::pass(std::uint64_t ms) {
  now_.monotonic = now_.monotonic + ms * ns_per_ms;
  now_.wall = now_.wall + ms;
}

void ReplicaWorld::tick() { step(Tick{}); }

void ReplicaWorld::check_deadline() {
  for (int i = 0; i < 3 && replica_->deadline() <= now_.monotonic; ++i) tick();
  CHECK(replica_->deadline() > now_.monotonic);
}

void ReplicaWorld::carry_out(Output output) {
  for (const Execute& request : output.execute) {
    CHECK(request.proposal != nullptr && kanhe::digest_of(request.proposal->header) == request.digest);
    if (request.height <= tip_.height) continue;  // block sync was quicker
    CHECK(executed_.contains(request.parent) || request.parent == tip_.digest);
    executions_.push_back(request);
    asked_.insert(request.digest);
  }
  for (const Fetch& request : output.fetch) fetches_.push_back(request);
  if (output.want_batch) want_batch_ = output.want_batch;
  for (const Record& record : output.records) persist(record);
  for (const Vote& vote : output.votes) {
    Message message = vote.message;
    sign_message(scheme(), keys()[self_.value()], message);
    check_vote(message);
    persist_vote(vote, message);
    own_votes_.push_back(message);
    keep(own_, std::move(message));
  }
  for (const Send& sent : output.messages) check_sent(sent);
  check_finalize(output);
  blocks_.insert(blocks_.end(), output.finalize.begin(), output.finalize.end());
  if (output.catch_up) catch_up_ = output.catch_up->seal;
  for (const Alarm& alarm : output.alarms) CHECK(alarm.kind != AlarmKind::lost_votes);
}

void ReplicaWorld::persist(const Record& record) {
  CHECK(decode<Record>(encode(record)).value() == record);
  records_.insert_or_assign(record_key(record), record);
}

void ReplicaWorld::persist_vote(const Vote& vote, const Message& signed_message) {
  const Prepare* own = std::get_if<Prepare>(&signed_message);
  if (const auto* proposed = std::get_if<PrePrepare>(&signed_message)) own = &proposed->prepare;
  if (own != nullptr) {
    CHECK(vote.proposal && kanhe::digest_of(vote.proposal->header) == own->statement.digest);
    remember(vote.proposal);
    return persist(OwnPrepare{*own, *vote.proposal});
  }
  if (const auto* commit = std::get_if<Commit>(&signed_message)) return persist(*commit);
  if (const auto* change = std::get_if<ViewChange>(&signed_message)) return persist(*change);
  persist(std::get<NewView>(signed_message));
}

void ReplicaWorld::forget(Height height) {
  std::erase_if(records_, [height](const auto& entry) { return height_of(entry.second) <= height; });
}

bool ReplicaWorld::answer(Asked asked, Order order) {
  switch (asked) {
    case Asked::own_vote: {
      if (own_votes_.empty()) return false;
      auto read = decode<Message>(encode(take(own_votes_, order)));
      CHECK(read.has_value());
      auto verified = verify(scheme(), std::move(*read));
      CHECK(verified.has_value());
      step(Received{std::move(*verified)});
      return true;
    }
    case Asked::execution: {
      if (executions_.empty()) return false;
      const Execute request = take(executions_, order);
      const HeaderHash result = result_of(request.digest, 0);
      step(Executed{request.height, request.parent, request.digest, result, LogRoot(sha256(result))});
      return true;
    }
    case Asked::bodies: {
      if (fetches_.empty()) return false;
      const Fetch request = take(fetches_, order);
      const SharedProposal list = request.proposal ? request.proposal : proposal_of(request.digest);
      if (list) step(BodiesReady{request.digest, list, Freshness::acceptable});
      return true;
    }
    case Asked::batch: {
      if (!want_batch_) return false;
      const WantBatch wanted = *std::exchange(want_batch_, std::nullopt);
      Batch batch{wanted.view, wanted.height, wanted.parent, {}};
      batch.bodies.push_back(BodyHash(sha256(as_bytes("body " + std::to_string(++bodies_made_)))));
      step(batch);
      return true;
    }
    case Asked::block: {
      if (blocks_.empty()) return false;
      // Blocks are written in their order, whatever the program would like.
      write_block(take(blocks_, Order::oldest));
      return true;
    }
    case Asked::blocks: {
      if (!catch_up_) return false;
      offer_blocks(*std::exchange(catch_up_, std::nullopt));
      return true;
    }
  }
  CHECK(false);
}

void ReplicaWorld::write_block(const Finalize& block) {
  if (block.height > tip_.height) {
    CHECK(block.height == tip_.height + 1);
    const SharedProposal list = proposal_of(block.digest);
    tip_ = {block.height, block.digest, block.header_hash, list ? list->header.timestamp_ms : now_.wall};
    tip_seal_ = block.seal;
    forget(block.height);
  }
  step(Durable{block.height});
}

void ReplicaWorld::offer_blocks(const CommitSeal& seal) {
  const Checkpoint& top = seal.checkpoint;
  // Block sync has nothing to write below the tip, and writes only when no Output waits.
  held_ = 0;
  carry_out(replica_->take_output());
  if (top.height <= tip_.height || !blocks_.empty() ||
      !check_seal(scheme().signature, scheme().origin, scheme().config, seal)) {
    return;
  }
  const SharedProposal list = proposal_of(top.proposal_digest);
  tip_ = {top.height, top.proposal_digest, top.header_hash, list ? list->header.timestamp_ms : now_.wall};
  tip_seal_ = seal;
  finalized_ = std::max(finalized_, top.height);
  forget(top.height);
  step(CaughtUp{tip_.height, tip_.digest, tip_.header_hash, tip_.timestamp_ms, seal});
}

void ReplicaWorld::settle() {
  for (std::size_t steps = 0; steps < settle_steps_max; ++steps) {
    bool answered = false;
    for (const Asked asked :
         {Asked::own_vote, Asked::execution, Asked::bodies, Asked::batch, Asked::block, Asked::blocks}) {
      answered = answer(asked, Order::oldest) || answered;
    }
    if (!answered) return;
  }
  CHECK(false);  // a replica that asks without end
}

// ---------------------------------------------------------------------------------------------------------------------
// What is checked

void ReplicaWorld::check_vote(const Message& message) {
  const auto once = [this](std::string_view kind, View view, Height height, Bytes what) {
    if (sworn_) CHECK(view >= *sworn_);
    const auto [known, added] = signed_.try_emplace({std::string(kind), view, height}, what);
    CHECK(added || known->second == what);
  };
  std::visit(
      [&once, this]<class T>(const T& inner) {
        if constexpr (std::same_as<T, PrePrepare>) {
          const PrepareStatement& said = inner.prepare.statement;
          once("prepare", said.view, said.height, to_bytes(said.digest));
        } else if constexpr (std::same_as<T, Prepare>) {
          once("prepare", inner.statement.view, inner.statement.height, to_bytes(inner.statement.digest));
        } else if constexpr (std::same_as<T, Commit>) {
          once("commit", inner.checkpoint.view, inner.checkpoint.height, encode(inner.checkpoint));
        } else if constexpr (std::same_as<T, ViewChange>) {
          once("view change", inner.new_view, Height(0), encode(Message(inner)));
          sworn_ = inner.new_view;
        } else {
          once("new view", std::get<NewView>(Message(inner)).view, Height(0), encode(Message(inner)));
        }
      },
      message);
}

void ReplicaWorld::check_sent(const Send& sent) const {
  Message message = sent.message;
  if (sent.sign == Send::Sign::by_driver) sign_message(scheme(), keys()[self_.value()], message);
  auto read = decode<Message>(encode(message));
  CHECK(read.has_value());
  CHECK(verify(scheme(), std::move(*read)).has_value());
}

void ReplicaWorld::check_finalize(const Output& output) {
  for (const Finalize& block : output.finalize) {
    CHECK(block.height == finalized_ + 1);
    ++finalized_;
  }
  if (!output.finalize.empty()) CHECK(output.finalize.back().seal.has_value());
}

// ---------------------------------------------------------------------------------------------------------------------
// Peers

void ReplicaWorld::say(Message message) {
  const auto signer = signer_of(message);
  if (signer && (*signer == self_ || signer->value() >= validators)) return;
  if (signer) sign_message(scheme(), keys()[signer->value()], message);
  keep(said_, message);
  deliver(message);
}

void ReplicaWorld::deliver(const Message& message) {
  auto verified = verify(scheme(), message);
  if (!verified) return;
  if (const auto* proposed = std::get_if<PrePrepare>(&message)) {
    remember(std::make_shared<const Proposal>(proposed->proposal));
  }
  step(Received{std::move(*verified)});
}

Prepare ReplicaWorld::prepare(std::uint16_t signer, View view, const Proposal& proposal) const {
  const ProposalHeader& header = proposal.header;
  Message message = Prepare{
      {{}, header.chain_id, header.epoch, view, header.height, kanhe::digest_of(header)}, ValidatorIndex(signer), {}};
  sign_message(scheme(), keys()[signer], message);
  return std::get<Prepare>(message);
}

Commit ReplicaWorld::commit(std::uint16_t signer, View view, const Proposal& proposal, std::uint8_t result) const {
  const ProposalDigest digest = kanhe::digest_of(proposal.header);
  const HeaderHash hash = result_of(digest, result);
  const Checkpoint said{{}, proposal.header.epoch, view, proposal.header.height, digest, hash, LogRoot(sha256(hash))};
  Message message = Commit{said, ValidatorIndex(signer), {}};
  sign_message(scheme(), keys()[signer], message);
  return std::get<Commit>(message);
}

PreparedProof ReplicaWorld::proof(std::uint8_t mask, View view, const Proposal& proposal) const {
  PreparedProof made{proposal.header, view, {}};
  for (std::uint16_t i = 0; i < validators; ++i) {
    if (((mask >> i) & 1) == 0 || self_.value() == i) continue;
    made.prepares.push_back({ValidatorIndex(i), prepare(i, view, proposal).signature});
  }
  return made;
}

ViewChange ReplicaWorld::signed_view_change(ViewChange message) const {
  Message made = std::move(message);
  sign_message(scheme(), keys()[std::get<ViewChange>(made).signer.value()], made);
  return std::get<ViewChange>(made);
}

CommitSeal ReplicaWorld::seal(std::uint8_t mask, View view, const Proposal& proposal, std::uint8_t result) const {
  CommitSeal made;
  for (std::uint16_t i = 0; i < validators; ++i) {
    if (((mask >> i) & 1) == 0 || self_.value() == i) continue;
    const Commit vote = commit(i, view, proposal, result);
    made.checkpoint = vote.checkpoint;
    made.signatures.push_back({ValidatorIndex(i), vote.signature});
  }
  return made;
}

// ---------------------------------------------------------------------------------------------------------------------
// Proposals

SharedProposal ReplicaWorld::propose(Height height, const ProposalDigest& parent, Timestamp time, std::size_t bodies) {
  auto made = std::make_shared<Proposal>();
  for (std::size_t i = 0; i < bodies; ++i) {
    made->bodies.push_back(BodyHash(sha256(as_bytes("body " + std::to_string(++bodies_made_)))));
  }
  made->header = {{},
                  config_.scheme.config.chain_id,
                  config_.scheme.config.epoch,
                  height,
                  parent,
                  time,
                  body_root_of(made->bodies),
                  Count(static_cast<std::uint32_t>(bodies))};
  remember(made);
  return made;
}

void ReplicaWorld::remember(SharedProposal made) {
  const ProposalDigest digest = kanhe::digest_of(made->header);
  if (!proposal_of(digest)) keep(proposals_, std::pair(digest, std::move(made)));
}

SharedProposal ReplicaWorld::proposal(std::size_t age) const {
  return proposals_.empty() ? nullptr : proposals_[age % proposals_.size()].second;
}

SharedProposal ReplicaWorld::proposal_of(const ProposalDigest& digest) const {
  const auto found = std::ranges::find(proposals_, digest, &std::pair<ProposalDigest, SharedProposal>::first);
  return found == proposals_.end() ? nullptr : found->second;
}

HeaderHash ReplicaWorld::result_of(const ProposalDigest& digest, std::uint8_t result) {
  Bytes content = to_bytes(digest);
  content.push_back(result);
  return HeaderHash(sha256(content));
}

}  // namespace kanhe::fuzz
