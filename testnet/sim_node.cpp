#include "testnet/sim_node.h"

#include "ledger/codec.h"
#include "node/verified_signatures.h"
#include "testnet/sim_liar.h"

namespace kanhe::testnet {
namespace {

// What the store's failure handler throws.
struct PowerLost {
  std::string what;
};

constexpr std::uint64_t us = 1'000;
constexpr std::uint64_t tick_ns_min = 100 * us;  // a timer's grain
constexpr std::uint64_t started_after_ms = 3'600'000;

StoreOptions store_options() {
  StoreOptions options;
  options.path = "store";
  options.segment_bytes = 80'000;
  options.write_buffer_bytes = 64 << 20;  // never full in one run: LevelDB's own thread stays idle
  options.cached_pages = 1'024;
  options.block_cache_bytes = 64 << 10;
  options.on_failure = [](std::string_view what) { throw PowerLost{std::string(what)}; };
  return options;
}

std::uint64_t short_hash(ByteView bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const Byte byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

constexpr std::uint64_t run_us_max = 400;  // until what was handed in is worked on

enum Kind : std::uint64_t { started = 1, framed, checked, ticked, submitted, crashed, ran };

}  // namespace

SimNode::SimNode(SimWorld& world, const Settings& settings)
    : world_(world), settings_(settings), disk_(std::make_unique<SimDisk>()) {
  disk_->ignore_background();
  if (settings.attacks) attacker_.emplace(world.random);
  if (attacker_ && settings.only_rubbish) attacker_->give_only_rubbish();
}
SimNode::~SimNode() = default;

Timestamp SimNode::wall() const {
  const std::uint64_t ms = sim_created().value() + started_after_ms + world_.schedule.now().value() / ns_per_ms;
  return Timestamp(ms + static_cast<std::uint64_t>(skew_ms_));
}

consensus::Now SimNode::now() const { return {world_.schedule.now() + monotonic_offset_, wall()}; }

// Hands something to the driver, which runs now or a little later, together with what comes until then.
template <class Use>
void SimNode::hand_in(std::uint64_t kind, Use use) {
  const bool is_slow = slow_until_ > world_.schedule.now();
  const bool runs_now = !is_slow && world_.random.chance(500);
  clock_told_ |= kind == Kind::ticked;
  enter(kind, [&] {
    use();
    if (runs_now) driver_->run(now());
  });
  if (runs_now) clock_told_ = false;
  if (runs_now || !is_up() || run_planned_) return;
  run_planned_ = true;
  plan(world_.schedule.now() + (is_slow ? slow_ns_ : world_.random.below(run_us_max) * us), [this] {
    run_planned_ = false;
    enter(Kind::ran, [this] { driver_->run(now()); });
    clock_told_ = false;
  });
}

// Every call of the driver goes through here: it may end with the power, and is followed by the checks.
template <class Use>
void SimNode::enter(std::uint64_t kind, Use use) {
  world_.trace(kind * 1'000 + settings_.end);
  world_.trace(world_.schedule.now().value());
  try {
    use();
  } catch (const PowerLost& lost) {
    if (!power_armed_) {
      throw Violation{Verdict::crash, "node " + std::to_string(settings_.end) + ": the store failed: " + lost.what};
    }
    crash();
    world_.on_power_lost(settings_.end);
    return;
  }
  driver_->replica().check_invariants();
  if (driver_->pool().count() > settings_.pool.count_max) {
    throw Violation{Verdict::correctness, "O12: the pool of node " + std::to_string(settings_.end) + " holds " +
                                              std::to_string(driver_->pool().count()) + " transactions"};
  }
  // What it did last before the power went is seen only now.
  world_.checkers.on_event(settings_.end, *driver_, clock_told_ || kind == Kind::started, world_.schedule.now());
  world_.trace(driver_->counters().messages_sent);
  plan_tick();
}

void SimNode::plan(Instant at, std::function<void()> action) {
  world_.schedule.at(at, [this, generation = generation_, action = std::move(action)] {
    if (generation != generation_) return;
    if (paused_until_ > world_.schedule.now()) return plan(paused_until_, action);
    action();
  });
}

void SimNode::plan_tick() {
  const std::uint64_t deadline = driver_->deadline().value();
  const Instant earliest = world_.schedule.now() + tick_ns_min;
  const Instant at =
      deadline <= monotonic_offset_ ? earliest : std::max(earliest, Instant(deadline - monotonic_offset_));
  if (tick_at_ && *tick_at_ <= at) return;
  tick_at_ = at;
  plan(at, [this, at] {
    if (tick_at_ != at) return;
    tick_at_.reset();
    ++ticks_;
    hand_in(Kind::ticked, [this] { driver_->tick(now()); });
  });
}

// ---------------------------------------------------------------------------------------------------------------------
// Up and down

node::DriverEvents SimNode::events() {
  node::DriverEvents events;
  events.on_alarm = [this](const consensus::Alarm& alarm) {
    world_.checkers.on_alarm(settings_.identity, driver_ ? driver_->scheme().config.epoch : Epoch(0), alarm);
  };
  events.on_block = [this](Height height) { world_.checkers.on_block(settings_.end, *store_, height); };
  events.on_expired = [this](const TransactionId& id) { world_.checkers.on_expired(settings_.end, id); };
  events.on_submitted = [this](std::uint64_t token, const TransactionId&, Result<void> answer) {
    world_.client.on_answer(token, answer);
  };
  events.on_signed = [this](const consensus::Message& message) {
    world_.checkers.on_signed(settings_.identity, message);
  };
  return events;
}

void SimNode::start() {
  CHECK(!is_up());
  auto opened = Store::open(*disk_, store_options(), chain_id_of(world_.genesis));
  if (!opened) {
    throw Violation{Verdict::correctness,
                    "O3: node " + std::to_string(settings_.end) + " does not open: " + opened.error().text};
  }
  store_ = std::move(opened).value();
  world_.checkers.on_restart(settings_.end, *store_);
  if (starts_++ == 0) trusted_ = world_.checkers.newest_epoch_end();
  monotonic_offset_ = world_.random.between(0, 1'000'000'000'000);
  node::DriverConfig config;
  config.genesis = world_.genesis;
  config.keys = sim_validator_keys(settings_.identity);
  config.session = world_.random.next() | 1;
  config.pool = settings_.pool;
  config.trusted = trusted_;
  config.is_good =
      node::check_with(std::make_shared<node::VerifiedSignatures>(), world_.genesis.suite.signature);
  directory_ =
      std::make_unique<node::PeerDirectory>(first_epoch_of(world_.genesis), sim_department(settings_.identity));
  directory_->expect(world_.checkers.newest_epoch());
  enter(Kind::started, [&] {
    driver_ = std::make_unique<node::Driver>(std::move(config), *directory_, *store_, *this, *this, events(), now());
  });
}

void SimNode::go_down() {
  ++generation_;
  tick_at_.reset();
  run_planned_ = false;
  clock_told_ = false;
  streams_.clear();
  checked_at_.clear();
  driver_.reset();
  directory_.reset();
  store_.reset();
}

void SimNode::crash() {
  world_.trace(Kind::crashed * 1'000 + settings_.end);
  disk_->power_off_at(1);
  go_down();
  disk_->crash(world_.random.next());
  power_armed_ = false;
  paused_until_ = Instant(0);
}

void SimNode::put_back() {
  CHECK(!is_up());
  world_.checkers.on_disk_put_back(settings_.end);
  trusted_ = world_.checkers.newest_epoch_end();
  disk_ = backup_ ? backup_->copy() : std::make_unique<SimDisk>();
  disk_->ignore_background();
}

void SimNode::lose_power_at(std::uint64_t k) {
  power_armed_ = true;
  disk_->power_off_at(k);
}

// ---------------------------------------------------------------------------------------------------------------------
// In

// Frames reach the reader in pieces of any size, and the rest of one together with the next.
void SimNode::receive(End from, Identity from_identity, const std::shared_ptr<const Bytes>& frame) {
  if (!is_up() || !directory_->find(sim_department(from_identity))) return;
  if (paused_until_ > world_.schedule.now()) {
    return plan(paused_until_, [this, from, from_identity, frame] { receive(from, from_identity, frame); });
  }
  Stream& stream = streams_[from];
  append(stream.waiting, *frame);
  const bool whole = !world_.random.chance(100);
  const std::size_t count = whole ? stream.waiting.size() : world_.random.below(stream.waiting.size());
  feed(from, from_identity, count);
  const auto again = streams_.find(from);
  if (again == streams_.end() || again->second.waiting.empty() || again->second.rest_planned) return;
  again->second.rest_planned = true;
  plan(world_.schedule.now() + world_.random.between(1, 2'000) * us, [this, from, from_identity] {
    streams_[from].rest_planned = false;
    feed(from, from_identity, streams_[from].waiting.size());
  });
}

void SimNode::feed(End from, Identity from_identity, std::size_t count) {
  Stream& stream = streams_[from];
  const ByteView bytes = ByteView(stream.waiting).first(count);
  const std::size_t cut = count == 0 ? 0 : world_.random.below(count);
  const auto first = stream.reader.feed(bytes.first(cut));
  const auto second = stream.reader.feed(bytes.subspan(cut));
  if (!first || !second) throw Violation{Verdict::correctness, "a frame reader refused what a frame writer wrote"};
  stream.waiting.erase(stream.waiting.begin(), stream.waiting.begin() + static_cast<std::ptrdiff_t>(count));
  const std::uint64_t generation = generation_;
  while (generation == generation_) {
    auto frame = streams_[from].reader.next();
    if (!frame) return;
    if (settings_.liar && is_own_vote(*frame)) continue;
    const auto from_id = directory_->find(sim_department(from_identity));
    if (!from_id) continue;
    world_.trace(short_hash(frame->payload));
    if (attacker_) attack(from, *frame);
    hand_in(Kind::framed, [&] { driver_->on_frame(*from_id, std::move(*frame), now()); });
  }
}

bool SimNode::is_own_vote(const node::Frame& frame) const {
  if (frame.kind != node::FrameKind::consensus) return false;
  const auto message = decode<consensus::Message>(frame.payload);
  if (!message) return false;
  const auto signer = signer_of(*message);
  return signer && signer == driver_->scheme().config.index_of(sim_department(settings_.identity));
}

void SimNode::submit(const Bytes& bytes, SimClient::Token token) {
  if (!is_up()) return;
  plan(world_.schedule.now(), [this, bytes, token] {
    hand_in(Kind::submitted, [&] { driver_->submit(bytes, token, now()); });
  });
}

// The answers for one peer come in the order of the questions.
void SimNode::submit(node::Job job) {
  const node::PeerId from = std::visit([](const auto& inner) { return inner.from; }, job);
  Instant& last = checked_at_[from];
  last = std::max(last, world_.schedule.now() + world_.random.between(10, world_.check_us_max) * us);
  plan(last, [this, job = std::make_shared<node::Job>(std::move(job))] {
    hand_in(Kind::checked, [&] { driver_->on_checked(node::check(driver_->scheme(), std::move(*job)), now()); });
  });
}

// A job is checked when its answer is due, under the driver's scheme of that moment.
void SimNode::enter(const consensus::Scheme&) {}

// ---------------------------------------------------------------------------------------------------------------------
// Out

void SimNode::note_sent(node::FrameKind kind, const Bytes& payload) {
  if (kind != node::FrameKind::consensus || settings_.liar) return;
  const auto message = decode<consensus::Message>(payload);
  CHECK(message.has_value());
  world_.checkers.on_sent(settings_.identity, *message);
}

void SimNode::send_to(node::PeerId to, node::FrameKind kind, const Bytes& payload) {
  if (!directory_->is_member(to)) return;
  // Commits alone are lost: so proofs are made that nobody finalizes.
  const bool is_commit = kind == node::FrameKind::consensus && !payload.empty() &&
                         payload.front() == static_cast<Byte>(consensus::Commit::variant_tag.number);
  if (is_commit && world_.random.chance(world_.commit_loss_permille)) return;
  // While the driver is being made there is nobody yet to lie.
  const bool may_lie = kind == node::FrameKind::consensus && driver_ != nullptr && settings_.liar;
  for (const End end : world_.ends_of(settings_.end, sim_identity(directory_->department(to)))) {
    const bool lies = may_lie && world_.random.chance(settings_.lie_permille);
    const auto key = may_lie && (lies || attacker_) ? voting_key() : std::nullopt;
    if (!key) {
      const bool spoils = attacker_ && kind == node::FrameKind::blocks_answer;
      if (!spoils) {
        send_bytes(end, kind, payload);
        continue;
      }
      const auto ended = world_.checkers.ended_epochs(world_.height_known_to(end));
      send_bytes(end, kind, attacker_->answer_with_blocks(driver_->scheme(), ended, settings_.identity, payload));
      continue;
    }
    const auto message = decode<consensus::Message>(payload);
    CHECK(message.has_value());
    if (lies) {
      send_bytes(end, kind, encode(lie(world_.random, driver_->scheme(), *key, *message)));
      continue;
    }
    const auto self = driver_->scheme().config.index_of(sim_department(settings_.identity));
    for (const auto& said : attacker_->say({driver_->scheme(), *key, *self}, end, *message)) {
      send_bytes(end, kind, encode(said));
    }
  }
}

void SimNode::send_bytes(End to, node::FrameKind kind, const Bytes& payload) {
  world_.network.send(settings_.end, to, std::make_shared<const Bytes>(node::encode_frame(kind, payload)));
}

// What the attacker has to say to what it heard.
void SimNode::attack(End from, const node::Frame& frame) {
  if (frame.kind != node::FrameKind::consensus) return;
  const auto message = decode<consensus::Message>(frame.payload);
  const auto key = voting_key();
  if (!message || !key) return;
  const auto self = driver_->scheme().config.index_of(sim_department(settings_.identity));
  for (const auto& said : attacker_->hear({driver_->scheme(), *key, *self}, *message)) {
    const bool to_all = world_.random.chance(200);
    for (End end = 0; to_all && end < world_.ends; ++end) {
      if (end != settings_.end && end != from) send_bytes(end, frame.kind, encode(said));
    }
    send_bytes(from, frame.kind, encode(said));
  }
}

// The one that the driver's epoch names; none where this node does not vote in it.
std::optional<SecretKey> SimNode::voting_key() const {
  const consensus::Scheme& scheme = driver_->scheme();
  const auto index = scheme.config.index_of(sim_department(settings_.identity));
  if (!index) return std::nullopt;
  for (SecretKey& key : sim_validator_keys(settings_.identity)) {
    if (public_key_of(scheme.signature, key) == scheme.config.validators[index->value()].consensus_key) {
      return std::move(key);
    }
  }
  return std::nullopt;
}

void SimNode::send(node::PeerId to, node::FrameKind kind, Bytes payload) {
  note_sent(kind, payload);
  send_to(to, kind, payload);
}

void SimNode::broadcast(node::FrameKind kind, Bytes payload) {
  note_sent(kind, payload);
  for (const node::PeerId peer : connected()) send_to(peer, kind, payload);
}

std::vector<node::PeerId> SimNode::connected() const {
  std::vector<node::PeerId> peers;
  for (std::uint16_t place = 0; place < directory_->size(); ++place) {
    const node::PeerId peer(place);
    if (peer != directory_->self() && directory_->is_member(peer)) peers.push_back(peer);
  }
  return peers;
}

}  // namespace kanhe::testnet
