#include "node/driver.h"

#include <algorithm>

#include "ledger/codec.h"

namespace kanhe::node {
namespace {

constexpr std::size_t forwarded_count = 100;
// Of what peers brought, so many go to the primary from here in T / 8: enough to see whether it keeps up.
constexpr std::size_t pass_on_count = 256;
// For how long a batch may wait for company, at most.
constexpr Duration batch_patience{10};
// Submissions of one job of the checker: enough to share its costs, few enough for several threads to share the work.
constexpr std::size_t submissions_per_job = 8;
// Bodies of one job of a peer: no more than one worker does in the time that another peer may have to wait.
constexpr std::size_t bodies_per_job = 64;

// The height at which a record ends, if it does.
std::optional<Height> height_of(const consensus::Record& record) {
  if (const auto* own = std::get_if<consensus::OwnPrepare>(&record)) return own->prepare.statement.height;
  if (const auto* commit = std::get_if<consensus::Commit>(&record)) return commit->checkpoint.height;
  if (const auto* proof = std::get_if<consensus::PreparedProof>(&record)) return proof->header.height;
  return std::nullopt;
}

bool is_vote_report(ByteView message) {
  return !message.empty() && message.front() == static_cast<Byte>(consensus::VoteReport::variant_tag.number);
}

BodyBytes blob_of(const SharedBody& body) { return std::move(BodyBytes::from(body->bytes)).value(); }

}  // namespace

Driver::Driver(DriverConfig config, PeerDirectory& directory, Store& store, Transport& transport, Checker& checker,
               DriverEvents events, consensus::Now now)
    : genesis_(std::move(config.genesis)),
      trusted_(std::move(config.trusted)),
      directory_(directory),
      keys_(std::move(config.keys)),
      session_(config.session),
      store_(store),
      transport_(transport),
      checker_(checker),
      events_(std::move(events)),
      now_(now),
      executor_(store, genesis_),
      pool_(chain_id_of(genesis_), executor_.epoch().parameters, config.pool,
            [this](const TransactionId& id) { return executor_.is_recorded(id); },
            [this](const PublicKey& key) { return executor_.is_known(key); }),
      sync_({scheme_, directory, store, executor_, pool_, transport,
             [this](const ProposalDigest& digest, std::optional<CommitSeal> seal) { commit(digest, std::move(seal)); },
             [this](const CommitSeal& seal) { keep_seal(seal); }, trusted_}),
      server_({store, pool_, transport, [this](Height height, const ProposalDigest& digest) {
                 return sync_.find_proposal(height, digest);
               }}) {
  CHECK(session_ != 0);
  scheme_.signature = genesis_.suite.signature;
  scheme_.origin = origin_of(genesis_);
  scheme_.is_good = std::move(config.is_good);
  submissions_ = {directory.self(), BodyPurpose::client, {}, {}};
  begin_epoch();
  run(now);
}

Driver::~Driver() = default;

consensus::Remembered Driver::remembered() {
  consensus::Remembered remembered;
  remembered.tip = executor_.tip();
  if (remembered.tip.height > executor_.first_floor().height) remembered.seal = store_.seal(remembered.tip.height);
  for (const auto& [key, value] : store_.votes()) {
    auto record = decode<consensus::Record>(value);
    CHECK(record.has_value());
    if (const auto height = height_of(*record)) vote_keys_.emplace(key, *height);
    if (const auto* own = std::get_if<consensus::OwnPrepare>(&*record)) {
      const auto& bodies = own->proposal.bodies;
      vote_bodies_[own->prepare.statement.height].insert(bodies.begin(), bodies.end());
    }
    remembered.records.push_back(std::move(*record));
  }
  // Bodies whose record was overwritten go with the next block.
  // Test: hostile_peers_tests/bodies_whose_vote_was_overwritten_go_with_the_next_block_after_a_restart
  auto& orphans = vote_bodies_[remembered.tip.height];
  for (const BodyHash& hash : store_.unfinalized_bodies()) {
    const auto holds = [&hash](const auto& entry) { return entry.second.contains(hash); };
    if (std::ranges::none_of(vote_bodies_, holds)) orphans.insert(hash);
  }
  return remembered;
}

// ---------------------------------------------------------------------------------------------------------------------
// Epochs

// As the trusted header says, beyond whose height agreement goes on.
bool Driver::epoch_has_ended() const { return trusted_.covers(executor_.tip().height + 1); }

// Under whichever of its keys the epoch names this node's department as a validator.
void Driver::choose_key() {
  key_ = nullptr;
  lacks_key_ = false;
  const auto index = directory_.validator_of(directory_.self());
  if (!index || epoch_has_ended()) return;
  const PublicKey& wanted = scheme_.config.validators[index->value()].consensus_key;
  for (const SecretKey& key : keys_) {
    if (public_key_of(scheme_.signature, key) == wanted) key_ = &key;
  }
  lacks_key_ = key_ == nullptr;
}

// At the start, and when the last block of an epoch is durable. Every epoch asks anew what others hold of this node's
// votes: it may have voted in it before, from a disk that is gone.
// Test: epoch_tests/a_node_with_a_new_disk_and_old_keys_asks_before_it_signs_in_each_epoch
void Driver::begin_epoch() {
  scheme_.config = executor_.epoch();
  directory_.enter(scheme_.config);
  checker_.enter(scheme_);
  pool_.enter(scheme_.config.parameters);
  sync_.enter_epoch();
  choose_key();
  inputs_.clear();
  wanted_batch_.reset();
  told_under_way_.clear();
  swept_view_ = View(0);
  consensus::Config config;
  config.scheme = scheme_;
  if (key_ != nullptr) config.self = directory_.validator_of(directory_.self());
  config.first_floor = executor_.first_floor();
  config.epoch_end = executor_.epoch_end();
  config.session = session_;
  replica_ = std::make_unique<consensus::Replica>(config, remembered(), now_);
  pool_.enter_view();
  pool_changed_ = true;
}

// As an observer that would become a validator.
void Driver::confirm_admission() {
  if (key_ != nullptr || sync_.catching_up() || epoch_has_ended()) return;
  auto body = admission_.confirmation(store_, scheme_.config, directory_.department(directory_.self()),
                                      scheme_.signature, keys_, executor_.tip(), now_.wall);
  if (!body) return;
  // Where the pool is full, the next try comes.
  static_cast<void>(admit(std::make_shared<const TransactionBody>(std::move(*body)), BodyPurpose::client,
                          directory_.self()));
}

// Whether a message speaks of the moment in which it was sent, so that somebody else must not bring it later.
bool Driver::is_hearsay(PeerId from, const consensus::Message& message) const {
  const auto is_other = [&](ValidatorIndex signer) { return directory_.validator_of(from) != signer; };
  if (const auto* status = std::get_if<consensus::Status>(&message)) return is_other(status->signer);
  if (const auto* report = std::get_if<consensus::VoteReport>(&message)) return is_other(report->signer);
  return false;
}

// ---------------------------------------------------------------------------------------------------------------------
// In

void Driver::step(consensus::Input input) { inputs_.push_back(std::move(input)); }

void Driver::tick(consensus::Now now) {
  now_ = now;
  sync_.tick(now.monotonic);
  if (pool_.lapse(now.wall) > 0) pool_changed_ = true;
  pass_on();
  step(consensus::Tick{});
}

Instant Driver::deadline() const {
  const Instant consensus_deadline = replica_->deadline();
  Instant deadline = consensus_deadline;
  if (const auto sync_deadline = sync_.deadline()) deadline = std::min(deadline, *sync_deadline);
  if (const auto server_deadline = server_.deadline()) deadline = std::min(deadline, *server_deadline);
  if (wanted_batch_) deadline = std::min(deadline, batch_due_);
  if (pool_.has_to_pass_on()) deadline = std::min(deadline, pass_on_at_);
  return deadline;
}

void Driver::submit(ByteView bytes, std::uint64_t token, consensus::Now now) {
  now_ = now;
  auto body = read_body(bytes);
  if (!body) return answer(token, TransactionId{}, std::move(body).error());
  submissions_.tokens.push_back(token);
  submissions_.bodies.push_back(std::move(body).value());
  if (submissions_.bodies.size() >= submissions_per_job) flush_submissions();
}

void Driver::flush_submissions() {
  if (submissions_.bodies.empty()) return;
  checker_.submit(std::exchange(submissions_, BodiesJob{directory_.self(), BodyPurpose::client, {}, {}}));
}

void Driver::answer(std::uint64_t token, const TransactionId& id, Result<void> answer) const {
  if (events_.on_submitted) events_.on_submitted(token, id, std::move(answer));
}

void Driver::on_frame(PeerId from, Frame frame, consensus::Now now) {
  now_ = now;
  on_payload(from, std::move(frame));
}

void Driver::on_payload(PeerId from, Frame frame) {
  const auto with = [&]<class Record>(auto&& use) {
    auto record = decode<Record>(frame.payload);
    if (!record) {
      ++counters_.frames_bad;
      return;
    }
    use(std::move(*record));
  };
  const auto bodies = [&](auto record, BodyPurpose purpose) {
    std::vector<TransactionBody> read;
    for (const BodyBytes& bytes : record.bodies) {
      auto body = read_body(bytes);
      if (body) {
        read.push_back(std::move(*body));
      } else {
        ++counters_.bodies_refused;
      }
    }
    on_gossip(from, purpose, std::move(read));
  };
  switch (frame.kind) {
    case FrameKind::consensus:
      // Dozens of signatures that nobody waits for.
      if (is_vote_report(frame.payload) && !replica_->starting()) return;
      return checker_.submit(MessageJob{from, std::move(frame.payload)});
    case FrameKind::gossip:
      return with.operator()<Gossip>([&](Gossip record) { bodies(std::move(record), BodyPurpose::gossip); });
    case FrameKind::forwarded:
      return with.operator()<Forwarded>([&](Forwarded record) { bodies(std::move(record), BodyPurpose::forwarded); });
    case FrameKind::bodies_answer:
      return with.operator()<BodiesAnswer>(
          [&](BodiesAnswer record) { bodies(std::move(record), BodyPurpose::fetched); });
    case FrameKind::fetch_proposal:
      return with.operator()<FetchProposal>([&](const FetchProposal& record) { server_.ask(from, record); });
    case FrameKind::fetch_bodies:
      return with.operator()<FetchBodies>([&](FetchBodies record) { server_.ask(from, std::move(record)); });
    case FrameKind::fetch_blocks:
      return with.operator()<FetchBlocks>([&](const FetchBlocks& record) { server_.ask(from, record); });
    case FrameKind::proposal_answer:
      return with.operator()<ProposalAnswer>(
          [&](ProposalAnswer record) { sync_.on_proposal(from, std::move(record), now_.monotonic); });
    case FrameKind::blocks_answer:
      return with.operator()<BlocksAnswer>(
          [&](BlocksAnswer record) { sync_.on_blocks(from, std::move(record), now_.monotonic); });
    case FrameKind::fetch_file_part:
    case FrameKind::file_part_answer: ++counters_.frames_bad;  // the node hands them to its desk
  }
}

// What is here already is not checked again: a signature costs more than everything else about a transaction.
void Driver::on_gossip(PeerId from, BodyPurpose purpose, std::vector<TransactionBody> bodies) {
  BodiesJob job{from, purpose, {}, {}};
  for (TransactionBody& body : bodies) {
    const SharedBody known = pool_.find(body.body_hash);
    if (known == nullptr) {
      job.bodies.push_back(std::move(body));
      if (job.bodies.size() == bodies_per_job) {
        checker_.submit(std::exchange(job, BodiesJob{from, purpose, {}, {}}));
      }
    } else if (purpose == BodyPurpose::forwarded) {
      // A duplicate, which admit() moves into the reserved share.
      static_cast<void>(pool_.admit(known, Source::forwarded, from, now_));
    }
  }
  if (!job.bodies.empty()) checker_.submit(std::move(job));
}

void Driver::on_checked(Checked checked, consensus::Now now) {
  now_ = now;
  std::visit([this](auto&& inner) { on_checked(std::move(inner)); }, std::move(checked));
}

void Driver::on_checked(CheckedMessage checked) {
  if (checked.epoch && *checked.epoch != scheme_.config.epoch) {
    ++counters_.messages_of_other_epochs;
    // Of a later one it can be checked only when this node has got there.
    if (*checked.epoch > scheme_.config.epoch) sync_.ask_for_end_of_epoch(checked.from, now_.monotonic);
    return;
  }
  if (epoch_has_ended()) {
    ++counters_.messages_of_other_epochs;
    return;
  }
  if (!checked.message || is_hearsay(checked.from, checked.message->message())) {
    ++counters_.messages_refused;
    return;
  }
  step(consensus::Received{std::move(checked.message).value()});
}

void Driver::on_checked(CheckedBodies checked) {
  counters_.bodies_refused += checked.bad;
  for (const std::uint64_t token : checked.bad_tokens) {
    answer(token, TransactionId{},
           fail(ErrorCode::bad_signature, "signature: does not fit the sender and the transaction"));
  }
  for (std::size_t i = 0; i < checked.good.size() && checked.purpose != BodyPurpose::fetched; ++i) {
    const SharedBody& body = checked.good[i];
    Result<void> admitted = admit(body, checked.purpose, checked.from);
    if (i < checked.tokens.size()) answer(checked.tokens[i], body->id, std::move(admitted));
  }
  if (checked.purpose == BodyPurpose::fetched) {
    sync_.on_bodies_answer(checked.good, now_.monotonic);
  } else {
    sync_.on_bodies(checked.good);
  }
}

Result<void> Driver::admit(const SharedBody& body, BodyPurpose purpose, PeerId from) {
  const Source source = purpose == BodyPurpose::client      ? Source::client
                        : purpose == BodyPurpose::forwarded ? Source::forwarded
                                                            : Source::gossip;
  TRY(pool_.admit(body, source, from, now_));
  pool_changed_ = true;
  if (source == Source::client) gossip_.push_back(body);
  return {};
}

// ---------------------------------------------------------------------------------------------------------------------
// Out

// Steps everything that waits, then carries out what came of it, until nothing is left: many inputs, one output, one
// sync.
void Driver::run(consensus::Now now) {
  now_ = now;
  flush_submissions();
  flush_gossip();
  for (;;) {
    if (executor_.epoch().epoch != scheme_.config.epoch) {
      begin_epoch();
      if (events_.on_epoch) events_.on_epoch(scheme_.config);
    }
    for (consensus::Input& input : sync_.take_inputs()) replica_->step(now_, std::move(input));
    if (pool_changed_) tell_pool();
    consider_batch();
    for (consensus::Input& input : std::exchange(inputs_, {})) replica_->step(now_, std::move(input));
    // What is missed may have come with a proposal.
    // Test: driver_tests/what_a_proposal_brings_is_missed_no_longer
    if (misses_some_ && candidates() != told_under_way_) pool_changed_ = true;
    consensus::Output output = replica_->take_output();
    if (output.empty() && inputs_.empty() && !pool_changed_) break;
    carry_out(std::move(output));
  }
  forget_strays();
  server_.serve(now_.monotonic);
}

// What was executed and fetched for views that failed, once the next has begun: many of them cost no memory.
void Driver::forget_strays() {
  if (std::exchange(swept_view_, replica_->view()) == replica_->view()) return;
  pool_.enter_view();
  executor_.keep_only([this](const ProposalDigest& digest) {
    return replica_->is_executed(digest) || sync_.is_in_run(digest);
  });
  sync_.keep_only([this](Height height, const ProposalDigest& digest) {
    const auto slot = replica_->slots().find(height);
    if (slot == replica_->slots().end()) return false;
    const auto& candidate = slot->second.candidate;
    return (candidate && candidate->digest == digest) || slot->second.find(digest) != nullptr;
  });
}

void Driver::carry_out(consensus::Output output) {
  ++counters_.outputs;
  for (const consensus::Alarm& alarm : output.alarms) {
    if (events_.on_alarm) events_.on_alarm(alarm);
  }
  start_work(output);
  persist(output);
  send(output);
  count_own_votes(output);
  for (const consensus::Finalize& block : output.finalize) finalize(block);
  if (executor_.epoch().epoch != scheme_.config.epoch) return;
  if (output.catch_up) sync_.catch_up(output.catch_up->seal, now_.monotonic);
  if (output.forward_waiting) forward_waiting();
}

void Driver::start_work(consensus::Output& output) {
  for (const consensus::Execute& work : output.execute) {
    // A predecessor that lost, or that block sync replaced: consensus will not ask for the answer.
    if (!executor_.knows(work.parent)) continue;
    step(executor_.execute(*work.proposal, work.digest, sync_.ready_bodies(work.proposal)));
  }
  for (const consensus::Fetch& fetch : output.fetch) sync_.want(fetch, now_.monotonic);
  if (!output.want_batch) return;
  wanted_batch_ = output.want_batch;
  batch_due_ = now_.monotonic + batch_patience;
}

// A block costs the same votes and syncs whatever it holds. So while others are under way, one that would hold little
// waits a moment for company; while none is, nobody would gain by waiting.
void Driver::consider_batch() {
  if (!wanted_batch_) return;
  if (wanted_batch_->parent != executor_.tip().digest && now_.monotonic < batch_due_) {
    tell_under_way();
    if (!is_worth_a_block()) return;
  }
  answer_batch(*std::exchange(wanted_batch_, std::nullopt));
}

// A window full of such blocks is a whole block.
bool Driver::is_worth_a_block() const {
  const Parameters& parameters = scheme_.config.parameters;
  return pool_.proposable() * parameters.window.value() >= parameters.block_transactions_max.value();
}

void Driver::answer_batch(const consensus::WantBatch& wanted) {
  consensus::Batch batch{wanted.view, wanted.height, wanted.parent, {}};
  if (const auto below = sync_.prefix_ids(wanted.parent)) {
    for (const SharedBody& body : pool_.batch(*below, now_.wall)) batch.bodies.push_back(body->body_hash);
  }
  step(std::move(batch));
}

void Driver::keep_seal(const CommitSeal& seal) {
  VoteBatch batch;
  add_record(batch, consensus::Sealed{seal});
  store_.persist_votes(batch);
}

// One synced batch: votes with their signatures, records, and the bodies of own Prepares.
void Driver::persist(consensus::Output& output) {
  if (output.votes.empty() && output.records.empty()) return;
  VoteBatch batch;
  for (const consensus::Record& record : output.records) add_record(batch, record);
  for (consensus::Vote& vote : output.votes) add_vote(batch, vote);
  store_.persist_votes(batch);
}

void Driver::add_record(VoteBatch& batch, const consensus::Record& record) {
  const Bytes key = consensus::record_key(record);
  if (const auto height = height_of(record)) vote_keys_.insert_or_assign(key, *height);
  batch.votes.insert_or_assign(key, encode(record));
}

void Driver::add_vote(VoteBatch& batch, consensus::Vote& vote) {
  CHECK(key_ != nullptr);
  consensus::sign_message(scheme_, *key_, vote.message);
  if (events_.on_signed) events_.on_signed(vote.message);
  if (vote.proposal) {
    const Height height = vote.proposal->header.height;
    for (const SharedBody& body : sync_.ready_bodies(vote.proposal)) {
      vote_bodies_[height].insert(body->body_hash);
      batch.bodies.push_back({body->body_hash, body->bytes});
    }
  }
  std::visit([&]<class T>(const T& message) {
    if constexpr (std::same_as<T, consensus::PrePrepare>) {
      add_record(batch, consensus::OwnPrepare{message.prepare, message.proposal});
    } else if constexpr (std::same_as<T, consensus::Prepare>) {
      add_record(batch, consensus::OwnPrepare{message, *vote.proposal});
    } else if constexpr (std::is_constructible_v<consensus::Record, T>) {
      add_record(batch, message);
    }
  }, vote.message);
}

void Driver::send(consensus::Output& output) {
  for (const consensus::Vote& vote : output.votes) send(std::nullopt, vote.message);
  for (consensus::Send& message : output.messages) {
    if (message.sign == consensus::Send::Sign::by_driver) {
      CHECK(key_ != nullptr);
      consensus::sign_message(scheme_, *key_, message.message);
    }
    send(message.to, message.message);
  }
}

void Driver::send(std::optional<ValidatorIndex> to, const consensus::Message& message) {
  ++counters_.messages_sent;
  Bytes payload = encode(message);
  if (!to) return transport_.broadcast(FrameKind::consensus, std::move(payload));
  transport_.send(directory_.peer_of(*to), FrameKind::consensus, std::move(payload));
}

// A replica counts its own vote like anyone's: after it is durable, and through the same door.
void Driver::count_own_votes(consensus::Output& output) {
  for (consensus::Vote& vote : output.votes) {
    auto verified = consensus::verify(scheme_, std::move(vote.message));
    CHECK(verified.has_value());
    step(consensus::Received{std::move(verified).value()});
  }
}

void Driver::finalize(const consensus::Finalize& block) {
  commit(block.digest, block.seal);
  step(consensus::Durable{block.height, executor_.epoch_end()});
}

// The batch of the block deletes the votes at or below it, and the bodies of proposals that lost.
void Driver::commit(const ProposalDigest& digest, std::optional<CommitSeal> seal) {
  const Proposal* proposal = executor_.pending_proposal(digest);
  CHECK(proposal != nullptr);
  const Height height = proposal->header.height;
  VoteChanges votes;
  for (const auto& [key, ends] : vote_keys_) {
    if (ends <= height) votes.emplace(key, std::nullopt);
  }
  std::set<BodyHash> dropped;
  for (const auto& [at, bodies] : vote_bodies_) {
    if (at <= height) dropped.insert(bodies.begin(), bodies.end());
  }
  for (const auto& [at, bodies] : vote_bodies_) {
    if (at > height) std::erase_if(dropped, [&held = bodies](const BodyHash& hash) { return held.contains(hash); });
  }
  // Votes of an epoch that ends are of no use in the next, also those without a height.
  if (executor_.ends_epoch(digest)) {
    for (const auto& [key, value] : store_.votes()) votes.emplace(key, std::nullopt);
  }
  for (const BodyHash& hash : proposal->bodies) dropped.erase(hash);
  const auto ids = executor_.commit(digest, std::move(seal), std::move(votes), {dropped.begin(), dropped.end()});
  std::erase_if(vote_keys_, [height](const auto& entry) { return entry.second <= height; });
  vote_bodies_.erase(vote_bodies_.begin(), vote_bodies_.upper_bound(height));
  counters_.transactions_final += ids.size();
  pool_.on_recorded(height, ids);
  pool_changed_ = true;
  sync_.on_committed(height);
  if (events_.on_block) events_.on_block(height);
  if (events_.on_recorded) events_.on_recorded(height, ids);
  for (const TransactionId& id : pool_.expire(executor_.tip().timestamp_ms)) {
    if (events_.on_expired) events_.on_expired(id);
  }
  confirm_admission();
}

void Driver::forward_waiting() {
  Forwarded forwarded;
  std::size_t bytes = 0;
  for (const SharedBody& body : pool_.oldest(forwarded_count)) {
    forwarded.bodies.push_back(blob_of(body));
    bytes += body->bytes.size();
    // Test: driver_tests/large_transactions_that_wait_are_forwarded_within_the_limit_of_a_frame
    if (bytes >= answer_bytes_target) break;
  }
  if (!forwarded.bodies.empty()) transport_.broadcast(FrameKind::forwarded, encode(forwarded));
}

Duration Driver::pass_on_after() const { return Duration(scheme_.config.parameters.timeout_ms.value() / 8); }

// What peers brought and nobody proposes goes to the primary from here too: only then its absence says something.
void Driver::pass_on() {
  if (now_.monotonic < pass_on_at_ || !pool_.has_to_pass_on()) return;
  pass_on_at_ = now_.monotonic + pass_on_after();
  const PeerId primary = directory_.peer_of(replica_->primary());
  if (primary == directory_.self() || std::ranges::count(transport_.connected(), primary) == 0) return;
  Gossip gossip;
  for (const SharedBody& body : pool_.pass_on(now_.monotonic, pass_on_after(), pass_on_count, answer_bytes_target)) {
    gossip.bodies.push_back(blob_of(body));
  }
  if (gossip.bodies.empty()) return;
  transport_.send(primary, FrameKind::gossip, encode(gossip));
  pool_changed_ = true;
}

void Driver::flush_gossip() {
  Gossip gossip;
  std::size_t bytes = 0;
  const auto flush = [&] {
    if (!gossip.bodies.empty()) transport_.broadcast(FrameKind::gossip, encode(gossip));
    gossip.bodies.clear();
    bytes = 0;
  };
  for (const SharedBody& body : std::exchange(gossip_, {})) {
    gossip.bodies.push_back(blob_of(body));
    bytes += body->bytes.size();
    if (gossip.bodies.full() || bytes >= answer_bytes_target) flush();
  }
  flush();
}

// The pool counts what could be proposed above everything that is under way; it is told of that only when it changed.
void Driver::tell_pool() {
  pool_changed_ = false;
  tell_under_way();
  consensus::PoolChanged changed = pool_.waiting(now_.wall);
  misses_some_ = changed.unproposed.has_value();
  step(std::move(changed));
}

// The proposals of the window whose lists and bodies are here.
std::vector<ProposalDigest> Driver::candidates() const {
  std::vector<ProposalDigest> digests;
  for (const auto& [height, slot] : replica_->slots()) {
    if (slot.candidate && sync_.ids_of(slot.candidate->digest) != nullptr) digests.push_back(slot.candidate->digest);
  }
  return digests;
}

void Driver::tell_under_way() {
  std::vector<ProposalDigest> digests = candidates();
  if (digests == told_under_way_) return;
  IdTables under_way;
  for (const ProposalDigest& digest : digests) under_way.add(sync_.ids_of(digest));
  pool_.set_under_way(std::move(under_way));
  told_under_way_ = std::move(digests);
}

}  // namespace kanhe::node
