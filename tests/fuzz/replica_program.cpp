// An instruction is a byte, modulo their number, then its parameters, a byte each; what lies behind the end reads as
// zero. Instructions that make no sense where they stand do nothing, so that every change of a program is a program.
#include "tests/fuzz/replica_program.h"

#include "ledger/codec.h"
#include "tests/fuzz/replica_world.h"

namespace kanhe::fuzz {

using namespace consensus;

namespace {

// Appended to, never reordered: the corpus holds programs.
enum class Instruction : std::uint8_t {
  settle,         // everything that the replica asked for is answered
  answer,         // kind and order: one thing is answered
  hold,           // how many inputs share the next Output
  tick,           // at the deadline
  pass,           // time, then a tick
  pool,           // how many wait, since when
  executed,       // an answer again, or contradicting: which proposal, which result
  durable,        // a height again
  bodies,         // not asked for, or refused as not fresh: which proposal, how
  batch,          // stale tags
  caught_up,      // a seal over a proposal
  propose,        // by a view's primary: parent, view, bodies, time
  prepare,        // by some peers: proposal, view
  commit,         // by some peers: proposal, view, result
  view_change,    // by some peers: view, seal, proofs
  new_view,       // by a view's primary: view, seal, proofs
  sealed,         // proposal, view, signers
  status,         // of a peer: view, target, what it holds
  vote_report,    // of a peer: what it holds of the replica
  repeat,         // what a peer or the replica said before, again
  alter,          // the same with one byte changed, signed again by its signer
  raw,            // a message from the program's bytes, signed
  restart,        // the power goes and comes back
  reports,        // honest reports of all peers, as a restart needs
  round,          // a whole honest round
  change,         // a whole honest change of the view
  blocks_arrive,  // block sync hears of missing blocks
};
constexpr std::size_t instruction_count = 27;

std::uint16_t peer_of(Byte byte) { return byte & 3; }

class Program {
 public:
  explicit Program(ByteView bytes) : bytes_(bytes), world_(read_settings(take())) {}

  ProgramEnd run() {
    ProgramEnd end;
    while (end.instructions < instructions_max && !bytes_.empty()) {
      run(static_cast<Instruction>(take() % instruction_count));
      ++end.instructions;
    }
    end.durable = replica().durable_tip().height;
    end.view = replica().view();
    end.votes = world_.own().size();
    return end;
  }

 private:
  static WorldSettings read_settings(Byte byte) {
    WorldSettings settings;
    settings.self = byte & 3;
    settings.window = static_cast<std::uint16_t>(1 << ((byte >> 2) & 3));
    settings.observer = (byte & 0x30) == 0x30;
    if ((byte & 0xc0) == 0xc0) settings.epoch_end = Height(5);
    return settings;
  }

  Byte take() {
    if (bytes_.empty()) return 0;
    const Byte byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return byte;
  }
  ByteView take(std::size_t count) {
    const ByteView taken = bytes_.first(std::min(count, bytes_.size()));
    bytes_ = bytes_.subspan(taken.size());
    return taken;
  }

  const Replica& replica() const { return world_.replica(); }
  const EpochConfig& config() const { return world_.scheme().config; }
  std::uint16_t primary(View view) const { return config().primary(view).value(); }

  // Near views mostly, and the ends of the range.
  View take_view() { return std::min(near_view(take()), View(View::max)); }
  View near_view(Byte byte) const {
    const View view = replica().view();
    switch (byte & 7) {
      case 0:
      case 1:
        return view;
      case 2:
        return view + 1;
      case 3:
        return replica().target();
      case 4:
        return replica().target() + 1;
      case 5:
        return view.value() > 0 ? view - 1 : view;
      case 6:
        return view + (byte >> 3);
      default:
        return byte == 0xff ? View(View::max) : View(byte >> 3);
    }
  }
  SharedProposal take_proposal() { return world_.proposal(take()); }

  void run(Instruction instruction) {
    switch (instruction) {
      case Instruction::settle:
        return world_.settle();
      case Instruction::answer:
        return answer();
      case Instruction::hold:
        return world_.hold_output(take() & 7);
      case Instruction::tick:
        return tick();
      case Instruction::pass:
        return pass();
      case Instruction::pool:
        return pool();
      case Instruction::executed:
        return executed();
      case Instruction::durable:
        return world_.step(Durable{near_height(take())});
      case Instruction::bodies:
        return bodies();
      case Instruction::batch:
        return batch();
      case Instruction::caught_up:
        return caught_up();
      case Instruction::propose:
        return propose();
      case Instruction::prepare:
        return prepare();
      case Instruction::commit:
        return commit();
      case Instruction::view_change:
        return view_change();
      case Instruction::new_view:
        return new_view();
      case Instruction::sealed:
        return sealed();
      case Instruction::status:
        return status();
      case Instruction::vote_report:
        return vote_report();
      case Instruction::repeat:
        return repeat();
      case Instruction::alter:
        return alter();
      case Instruction::raw:
        return raw();
      case Instruction::restart:
        return world_.restart();
      case Instruction::reports:
        return reports();
      case Instruction::round:
        return round();
      case Instruction::change:
        return change();
      case Instruction::blocks_arrive:
        return world_.step(BlocksArriving{});
    }
  }

  // -- The driver

  void answer() {
    const Byte byte = take();
    const auto order = (byte & 0x80) != 0 ? ReplicaWorld::Order::newest : ReplicaWorld::Order::oldest;
    world_.answer(static_cast<ReplicaWorld::Asked>((byte & 0x7f) % 6), order);
  }
  void tick() {
    const Instant now = world_.monotonic();
    if (replica().deadline() > now) world_.pass((replica().deadline() - now) / ns_per_ms + 1);
    world_.tick();
    world_.check_deadline();
  }
  void pass() {
    world_.pass(std::uint64_t{take()} * 50);
    world_.tick();
  }
  void pool() {
    PoolChanged pool;
    const Byte byte = take();
    pool.count = byte & 15;
    if ((byte & 0x10) != 0) pool.oldest = PoolChanged::Waiting{world_.monotonic(), std::uint64_t{byte} >> 5};
    world_.step(pool);
  }
  Height near_height(Byte byte) const { return replica().durable_tip().height + (byte & 15); }

  void executed() {
    const SharedProposal proposal = take_proposal();
    const Byte result = take() & 1;
    if (!proposal) return;
    const ProposalHeader& header = proposal->header;
    const ProposalDigest digest = kanhe::digest_of(header);
    if (!world_.was_asked_to_execute(digest)) return;
    const HeaderHash hash = ReplicaWorld::result_of(digest, result);
    world_.step(Executed{header.height, header.parent, digest, hash, LogRoot(sha256(hash))});
  }
  void bodies() {
    const SharedProposal proposal = take_proposal();
    const auto freshness = (take() & 1) != 0 ? Freshness::refused : Freshness::acceptable;
    if (proposal) world_.step(BodiesReady{kanhe::digest_of(proposal->header), proposal, freshness});
  }
  void batch() {
    Batch batch;
    batch.view = take_view();
    batch.height = near_height(take());
    batch.parent = replica().durable_tip().digest;
    if (const SharedProposal proposal = take_proposal()) batch.bodies = proposal->bodies;
    world_.step(batch);
  }
  // Block sync may bring more than was asked for, and only what its executor can stand on.
  void caught_up() {
    const SharedProposal proposal = take_proposal();
    if (proposal) world_.offer_blocks(world_.seal(0x0f, take_view(), *proposal, 0));
  }

  // -- Peers

  void propose() {
    const SharedProposal below = take_proposal();
    const Byte choice = take();
    const View view = take_view();
    const Tip& tip = replica().durable_tip();
    Height height = tip.height + 1;
    ProposalDigest parent = tip.digest;
    if (below && (choice & 1) != 0) {
      height = below->header.height + 1;
      parent = kanhe::digest_of(below->header);
    }
    const std::uint64_t late_ms = (choice & 0x0e) == 0x0e ? 20'000 : 0;
    const std::uint64_t early_ms = (choice & 0x0e) == 0x0c ? 700 : 0;
    const SharedProposal made = world_.propose(height, parent, world_.wall() + early_ms - late_ms, (choice >> 4) & 3);
    world_.say(PrePrepare{world_.prepare(primary(view), view, *made), *made});
  }
  void prepare() {
    const Byte peers = take();
    const SharedProposal proposal = take_proposal();
    const View view = take_view();
    for (std::uint16_t i = 0; proposal && i < 4; ++i) {
      if (((peers >> i) & 1) != 0) world_.say(world_.prepare(i, view, *proposal));
    }
  }
  void commit() {
    const Byte peers = take();
    const SharedProposal proposal = take_proposal();
    const View view = take_view();
    for (std::uint16_t i = 0; proposal && i < 4; ++i) {
      if (((peers >> i) & 1) != 0) world_.say(world_.commit(i, view, *proposal, peers >> 7));
    }
  }

  // A ViewChange, with or without a seal, and up to three proofs; some are not what they should be.
  ViewChange make_view_change(View view, std::uint16_t signer) {
    ViewChange message;
    message.chain_id = config().chain_id;
    message.epoch = config().epoch;
    message.new_view = view;
    message.signer = ValidatorIndex(signer);
    const Byte content = take();
    if ((content & 1) != 0) {
      if (const SharedProposal proposal = take_proposal()) {
        message.seal = world_.seal(0x0f, replica().view(), *proposal, 0);
      }
    }
    for (int i = 0; i < ((content >> 1) & 3); ++i) {
      const View seen = view.value() > 0 ? view - 1 : view;
      const SharedProposal proposal = take_proposal();
      if (proposal) message.proofs.push_back(world_.proof((content & 0x80) != 0 ? 0x03 : 0x0f, seen, *proposal));
    }
    return message;
  }
  void view_change() {
    const Byte peers = take();
    const View view = take_view();
    for (std::uint16_t i = 0; i < 4; ++i) {
      if (((peers >> i) & 1) != 0) world_.say(make_view_change(view, i));
    }
  }
  // The ViewChanges of the peers that said one for this view; else new ones.
  void new_view() {
    const View view = take_view();
    const Byte fresh = take();
    NewView message;
    message.chain_id = config().chain_id;
    message.epoch = config().epoch;
    message.view = view;
    message.signer = config().primary(view);
    for (std::uint16_t i = 0; i < 4 && message.view_changes.size() < config().q(); ++i) {
      const auto known = (fresh & 1) == 0 ? said_view_change(view, i) : std::nullopt;
      if (known) {
        message.view_changes.push_back(*known);
      } else if (world_.self().value() != i) {
        message.view_changes.push_back(world_.signed_view_change(make_view_change(view, i)));
      }
    }
    world_.say(message);
  }
  std::optional<ViewChange> said_view_change(View view, std::uint16_t signer) const {
    const auto find = [view, signer](const std::deque<Message>& list) -> std::optional<ViewChange> {
      for (const Message& message : list) {
        const auto* change = std::get_if<ViewChange>(&message);
        if (change != nullptr && change->new_view == view && change->signer.value() == signer) return *change;
      }
      return std::nullopt;
    };
    return world_.self().value() == signer ? find(world_.own()) : find(world_.said());
  }

  void sealed() {
    const SharedProposal proposal = take_proposal();
    const View view = take_view();
    const Byte choice = take();
    if (proposal) world_.say(Sealed{world_.seal(choice == 0 ? 0x0f : choice & 0x0f, view, *proposal, choice >> 7)});
  }
  void status() {
    Status message;
    message.chain_id = config().chain_id;
    message.epoch = config().epoch;
    message.signer = ValidatorIndex(peer_of(take()));
    message.view = take_view();
    message.target = std::max(message.view, take_view());
    const Byte content = take();
    if ((content & 1) != 0) message.session = 7;
    if ((content & 2) != 0) {
      if (const SharedProposal proposal = take_proposal()) message.seal = world_.seal(0x0f, View(0), *proposal, 0);
    }
    for (Byte i = 0; i < (content >> 4); ++i) {
      const std::uint64_t holds = take();
      message.slots.push_back({near_height(i), (holds & 0x80) != 0, {holds & 15, 0}, {(holds >> 3) & 15, 0}});
    }
    world_.say(message);
  }

  // Everything of the replica's that still counts, or a part of it.
  VoteReport make_report(std::uint16_t signer, Byte choice) const {
    VoteReport report;
    report.chain_id = config().chain_id;
    report.epoch = config().epoch;
    report.view = replica().view();
    report.about = world_.self();
    report.session = world_.session();
    report.signer = ValidatorIndex(signer);
    std::size_t skipped = choice & 7;
    for (const Message& vote : world_.own()) {
      if (skipped > 0) {
        --skipped;
        continue;
      }
      if (const auto* own = std::get_if<Prepare>(&vote)) report.prepares.push_back(*own);
      if (const auto* own = std::get_if<PrePrepare>(&vote)) report.prepares.push_back(own->prepare);
      if (const auto* own = std::get_if<Commit>(&vote)) report.commits.push_back(*own);
      const auto* change = std::get_if<ViewChange>(&vote);
      if (change != nullptr && !report.view_change) report.view_change = *change;
    }
    return report;
  }
  void vote_report() {
    const std::uint16_t signer = peer_of(take());
    const Byte choice = take();
    VoteReport report = make_report(signer, choice);
    if ((choice & 8) != 0) ++report.session;
    if ((choice & 16) != 0) report.about = ValidatorIndex(signer);
    if ((choice & 32) != 0) {
      if (const SharedProposal proposal = take_proposal()) report.seal = world_.seal(0x0f, View(0), *proposal, 0);
    }
    world_.say(report);
  }
  void reports() {
    for (std::uint16_t i = 0; i < 4; ++i) world_.say(make_report(i, 0));
  }

  std::optional<Message> take_said() {
    const Byte byte = take();
    const auto& list = (byte & 0x80) != 0 ? world_.own() : world_.said();
    if (list.empty()) return std::nullopt;
    return list[(byte & 0x7f) % list.size()];
  }
  void repeat() {
    if (const auto message = take_said()) world_.deliver(*message);
  }
  void alter() {
    const auto message = take_said();
    const std::size_t at = take() | std::size_t{take()} << 8;
    const Byte byte = take();
    if (!message) return;
    Bytes bytes = encode(*message);
    bytes[at % bytes.size()] ^= byte;
    if (auto altered = decode<Message>(bytes)) world_.say(std::move(*altered));
  }
  void raw() {
    const std::size_t count = take() | std::size_t{take()} << 8;
    if (auto message = decode<Message>(take(count))) world_.say(std::move(*message));
  }

  // -- What an honest network does

  void round() {
    world_.settle();
    const View view = replica().view();
    if (replica().target() != view) return;
    SharedProposal made;
    if (primary(view) == world_.self().value()) {
      world_.step(PoolChanged{1, std::nullopt});
      world_.settle();
      made = world_.proposal(0);
    } else {
      const Tip tip = replica().durable_tip();
      made = world_.propose(tip.height + 1, tip.digest, std::max(tip.timestamp_ms, world_.wall()), 1);
      world_.say(PrePrepare{world_.prepare(primary(view), view, *made), *made});
    }
    if (!made) return;
    world_.settle();
    for (std::uint16_t i = 0; i < 4; ++i) world_.say(world_.prepare(i, view, *made));
    world_.settle();
    for (std::uint16_t i = 0; i < 4; ++i) world_.say(world_.commit(i, view, *made, 0));
    world_.settle();
  }
  void change() {
    world_.settle();
    const View view = std::max(replica().target(), replica().view() + 1);
    if (view > View(1'000)) return;
    for (std::uint16_t i = 0; i < 4; ++i) {
      ViewChange message;
      message.chain_id = config().chain_id;
      message.epoch = config().epoch;
      message.new_view = view;
      message.signer = ValidatorIndex(i);
      world_.say(message);
      world_.settle();
    }
    NewView message;
    message.chain_id = config().chain_id;
    message.epoch = config().epoch;
    message.view = view;
    message.signer = config().primary(view);
    for (std::uint16_t i = 0; i < 4 && message.view_changes.size() < config().q(); ++i) {
      if (const auto known = said_view_change(view, i)) message.view_changes.push_back(*known);
    }
    world_.say(message);
    world_.settle();
  }

  ByteView bytes_;
  ReplicaWorld world_;
};

// Settings of a backup (validator 1) with a window of 8, and others.
constexpr Byte backup = 0x0d;
constexpr Byte first_primary = 0x0c;
constexpr Byte straggler = 0x0e;
constexpr Byte narrow = 0x02;
constexpr Byte observer = 0x3f;
constexpr Byte last_of_epoch = 0xc5;

Bytes program(Byte settings, std::initializer_list<Instruction> instructions) {
  Bytes bytes{settings};
  for (const Instruction instruction : instructions) bytes.push_back(static_cast<Byte>(instruction));
  return bytes;
}

}  // namespace

ProgramEnd run_replica_program(ByteView bytes) { return Program(bytes).run(); }

std::vector<Bytes> replica_programs() {
  using enum Instruction;
  const auto raw_byte = [](Byte byte) { return static_cast<Instruction>(byte); };
  return {
      program(backup, {round, round, round}),
      program(first_primary, {round, round, change, round, round}),
      program(narrow, {round, change, round, restart, reports, round, change, change, round}),
      program(observer, {round, round, change, round}),
      program(last_of_epoch, {round, round, round, round, round, round, tick}),
      // A proposal is prepared, the view changes with its proof, and the replica restarts in between.
      program(straggler, {propose,        raw_byte(0), raw_byte(0x10), raw_byte(0), settle,      prepare,
                          raw_byte(0x0f), raw_byte(0), raw_byte(0),    settle,      view_change, raw_byte(0x0f),
                          raw_byte(2),    raw_byte(2), raw_byte(0),    raw_byte(2), raw_byte(0), raw_byte(2),
                          raw_byte(0),    raw_byte(2), raw_byte(0),    restart,     reports,     settle,
                          new_view,       raw_byte(3), raw_byte(0),    settle,      tick,        round}),
      // Two blocks under one seal, the second first.
      program(backup, {propose, raw_byte(0), raw_byte(0x10), raw_byte(0), propose, raw_byte(0), raw_byte(0x11),
                       raw_byte(0), sealed, raw_byte(0), raw_byte(0), raw_byte(0), settle, tick, round}),
  };
}

}  // namespace kanhe::fuzz
