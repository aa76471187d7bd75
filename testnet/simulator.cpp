#include "testnet/simulator.h"

#include <csignal>
#include <cstdio>
#include <unistd.h>

#include "testnet/sim_node.h"
#include "testnet/sim_swarm.h"

namespace kanhe::testnet {
namespace {

constexpr std::uint64_t ms = ns_per_ms;
constexpr std::uint64_t liveness_ms_max = 120'000;
constexpr std::uint64_t retry_ms = 2'000;
constexpr std::uint64_t count_check_events = 1'000;
constexpr std::size_t rush_transactions = 120;
constexpr std::uint64_t restart_ms_max = 1'500;
constexpr std::size_t waiting_max = 300;  // in a pool, before no more are called forth
constexpr std::uint64_t done_check_events = 64;  // each asks for every transaction

// ---------------------------------------------------------------------------------------------------------------------

class Simulation {
 public:
  explicit Simulation(const SimulationSettings& settings)
      : settings_(settings),
        random_(settings.seed * 0x9e3779b97f4a7c15 + settings.validators),
        swarm_(draw_swarm(random_, settings)),
        genesis_(make_sim_genesis(swarm_.genesis)),
        members_(swarm_.genesis.validators + swarm_.genesis.observers + swarm_.genesis.candidates),
        ends_(members_ + (swarm_.liar == Liar::twins ? 1 : 0)),
        checkers_(genesis_, ends_),
        client_(genesis_, random_, checkers_),
        network_(schedule_, random_, ends_, swarm_.links,
                 [this](End from, End to, const auto& frame) { nodes_[to]->receive(from, identity_of(from), frame); }),
        world_{schedule_, random_, network_, checkers_, client_, genesis_, ends_, swarm_.commit_loss,
               swarm_.check_us_max,
               [this](End end) { return height_known_to(end); },
               [this](End from, Identity to) { return ends_of(from, to); },
               [this](End end) { on_down(end); }} {
    if (settings.span == Span::hour) client_.let_motions_lapse();
    if (swarm_.replaces_keys) client_.replace_keys();
    liar_ = random_.below(swarm_.genesis.validators);
    if (swarm_.liar != Liar::none) {
      std::set<End> ends{liar_};
      if (swarm_.liar == Liar::twins) ends.insert(members_);
      checkers_.expect_liar(identity_of(liar_), std::move(ends));
      if (swarm_.liar == Liar::old_disk) checkers_.expect_silence_once_votes_are_lost();
    }
    for (End end = 0; end < ends_; ++end) nodes_.push_back(std::make_unique<SimNode>(world_, settings_of(end)));
    shuffle_twins();
  }

  void run(SimulationReport& report) {
    report.faults = describe(swarm_) + nodes_[liar_]->habits();
    for (End end = 0; end < ends_; ++end) {
      nodes_[end]->set_skew(draw_skew());
      schedule_.after(random_.between(0, 50) * ms, [this, end] { start(end); });
    }
    schedule_.after(300 * ms, [this] { transact(); });
    schedule_.after(500 * ms, [this] { disturb(); });
    if (swarm_.motion_gap_ms > 0) schedule_.after(400 * ms, [this] { govern(); });
    const Instant safe_until = schedule_.now() + swarm_.safety_ms * ms;
    while (schedule_.run_next(safe_until)) {
      ++events_;
      if (swarm_.view_partition > 0 && std::exchange(seen_view_, checkers_.view_max()) != checkers_.view_max()) {
        if (fires("view_partition", swarm_.view_partition)) network_.partition();
      }
      if (seen_height_ < checkers_.height()) on_growth();
      if (swarm_.end_cut > 0) consider_end_cut();
      if (settings_.span == Span::counted && events_ % count_check_events == 0 && counts()) break;
    }
    const Instant healed = schedule_.now();
    heal();
    while (schedule_.now() < healed + liveness_ms_max * ms) {
      if (events_ % done_check_events == 0 && is_done()) break;
      if (schedule_.run_next(healed + liveness_ms_max * ms)) ++events_;
    }
    report.liveness_ms = (schedule_.now() - healed) / ms;
    if (!is_done()) throw Violation{Verdict::liveness, stuck()};
    client_.check();
    check_counters();
  }

  void fill(SimulationReport& report) const {
    report.event_hash = world_.event_hash;
    report.events = events_;
    report.height = checkers_.height();
    report.view_max = checkers_.view_max();
    report.epoch = checkers_.newest_epoch().epoch;
    report.crashes = crashes_;
    report.transactions = client_.count();
    report.recorded = client_.final_count();
    report.seals_checked = checkers_.seals_checked();
    report.virtual_ms = schedule_.now().value() / ms;
    report.messages = network_.sent();
    report.blocks_with_three = checkers_.blocks_with(3);
    report.fired = fired_;
    if (network_.lost() > 0) report.fired["loss"] = network_.lost();
    if (network_.repeated() > 0) report.fired["repeat"] = network_.repeated();
    if (swarm_.liar != Liar::none) report.fired["liar"] = 1;
    if (report.epoch > Epoch(0)) report.fired["epoch"] = report.epoch.value();
  }

 private:
  // The last end, where there are twins, is the liar's second body.
  bool is_second(End end) const { return end >= members_; }
  bool is_liar(End end) const { return swarm_.liar != Liar::none && (end == liar_ || is_second(end)); }
  Identity identity_of(End end) const { return static_cast<Identity>(is_second(end) ? liar_ : end); }
  SimNode::Settings settings_of(End end) const {
    return {end, identity_of(end), is_liar(end), is_liar(end) ? swarm_.lie_permille : 0,
            is_liar(end) && swarm_.liar == Liar::attacker, swarm_.only_rubbish, swarm_.pool};
  }

  // Each peer knows the first body of the liar, the second, or both.
  void shuffle_twins() {
    twin_of_.assign(ends_, 0);
    for (End end = 0; end < ends_; ++end) twin_of_[end] = random_.below(7) < 1 ? 2 : random_.below(2);
  }
  std::vector<End> ends_of(End from, Identity to) const {
    const End first = to;
    if (identity_of(from) == to) return {};
    if (swarm_.liar != Liar::twins) return {first};
    if (is_liar(from)) {
      const std::size_t body = is_second(from) ? 1 : 0;
      return twin_of_[first] == 2 || twin_of_[first] == body ? std::vector{first} : std::vector<End>{};
    }
    if (first != liar_) return {first};
    if (twin_of_[from] == 2) return {liar_, members_};
    return {twin_of_[from] == 0 ? liar_ : members_};
  }

  std::int64_t draw_skew() {
    const std::int64_t width = swarm_.skew_ms_max;
    return static_cast<std::int64_t>(random_.between(0, static_cast<std::uint64_t>(2 * width))) - width;
  }

  // A department that joins starts its node when the network expects it.
  void start(End end) {
    SimNode& node = *nodes_[end];
    if (node.is_up()) return;
    if (node.starts() > 0 || is_in_newest_epoch(end)) return node.start();
    schedule_.after(random_.between(50, 500) * ms, [this, end] { start(end); });
  }
  Height height_known_to(End end) const {
    const auto& trusted = nodes_[end]->trusted();
    return trusted ? std::max(trusted->height, checkers_.height_of(end)) : checkers_.height_of(end);
  }
  // After a crash; a liar's bodies are never restarted in the safety phase's sense: they never crash.
  void on_down(End end) {
    ++crashes_;
    const std::uint64_t pause = healed_ ? 10 : random_.between(5, restart_ms_max);
    schedule_.after(pause * ms, [this, end] {
      if (!left_down_.contains(end)) start(end);
    });
  }
  void crash(End end) {
    if (!may_crash(end)) return;
    nodes_[end]->crash();
    on_down(end);
  }
  bool may_crash(End end) const {
    return !is_liar(end) && nodes_[end]->is_up() && nodes_[end]->starts() <= swarm_.restarts_max;
  }

  // The one whose disk may be older than its votes goes down; then its disk is kept for later, or what was kept is put
  // back, or an empty one.
  void change_disk() {
    SimNode& node = *nodes_[liar_];
    if (!node.is_up()) return;
    node.crash();
    if (random_.chance(400)) {
      node.back_up();
    } else {
      node.put_back();
    }
    on_down(liar_);
  }

  // A department that only observes sets its node up anew, on an empty disk. It has never voted in an epoch that goes
  // on, or no votes of its own could be forgotten.
  void renew_disk() {
    const auto& observers = checkers_.newest_epoch().observers;
    if (observers.empty()) return;
    const End end = sim_identity(random_.pick(observers).department);
    if (!may_crash(end)) return;
    nodes_[end]->crash();
    nodes_[end]->put_back();
    on_down(end);
  }

  void submit(End end, SimClient::Token token) {
    nodes_[end]->submit(client_.sent(token).body.bytes, token);
  }
  void transact() {
    if (healed_) return;
    make_transaction();
    schedule_.after(random_.between(0, 2 * swarm_.transaction_gap_ms) * ms, [this] { transact(); });
  }
  void make_transaction() {
    const SimClient::Token token = client_.make(nodes_[0]->wall());
    const std::size_t copies = random_.chance(700) ? 1 : random_.between(2, 4);
    for (std::size_t i = 0; i < copies; ++i) submit(random_.below(ends_), token);
    if (random_.chance(100)) submit(random_.below(ends_), random_.below(client_.count()));
  }
  // Motions may make blocks smaller than what each calls forth; the time that is left to finalize all is bounded.
  bool is_crowded() const {
    return std::ranges::any_of(nodes_, [](const auto& node) {
      return node->is_up() && node->driver().pool().count() >= waiting_max;
    });
  }
  // There is a block that no node had before.
  void on_growth() {
    for (; seen_height_ < checkers_.height(); ++seen_height_) {
      for (std::uint64_t i = 0; i < swarm_.transactions_a_block && !is_crowded(); ++i) make_transaction();
    }
    if (swarm_.primary_pause_at == 0 || seen_height_ < Height(swarm_.primary_pause_at)) return;
    swarm_.primary_pause_at = 0;
    if (fires("primary_pause", 1'000)) pause_primary();
  }
  // At the moment at which a quorum that can be trusted has the newest block, and nobody a newer one: then nothing but
  // its disk tells whoever comes back that the end of the epoch is decided, as its next block would. Once at each
  // height, the likelier the nearer the end is: more proposals will be under way than fit below it.
  void consider_end_cut() {
    if (considered_end_cut_ == checkers_.height()) return;
    const auto left = blocks_left_in_epoch();
    if (!left) return;
    considered_end_cut_ = checkers_.height();
    if (fires("end_cut", swarm_.end_cut / *left)) cut_before_end();
  }
  // Where its end is decided, and such a quorum is level.
  std::optional<std::uint64_t> blocks_left_in_epoch() const {
    const EpochConfig& epoch = checkers_.newest_epoch();
    std::size_t level = 0;
    std::optional<std::uint64_t> left;
    for (End end = 0; end < members_; ++end) {
      if (!may_crash(end) || !epoch.index_of(sim_department(identity_of(end)))) continue;
      const node::Executor& executor = nodes_[end]->driver().executor();
      const Height tip = executor.tip().height;
      if (tip != checkers_.height() || !executor.epoch_end() || tip >= *executor.epoch_end()) continue;
      left = *executor.epoch_end() - tip;
      ++level;
    }
    return level >= quorum(epoch.n()) ? left : std::nullopt;
  }
  void cut_before_end() {
    for (End each = 0; each < ends_; ++each) crash(each);
    for (std::size_t i = 0; i < rush_transactions; ++i) {
      schedule_.after(random_.between(0, restart_ms_max) * ms, [this] {
        if (!healed_) make_transaction();
      });
    }
  }
  // Longer than the others wait for it.
  void pause_primary() {
    const EpochConfig& epoch = checkers_.newest_epoch();
    const DepartmentId primary = epoch.validators[epoch.primary(checkers_.view_max()).value()].department;
    for (End end = 0; end < members_; ++end) {
      if (sim_department(identity_of(end)) != primary) continue;
      nodes_[end]->pause_until(schedule_.now() + 3 * epoch.parameters.timeout_ms.value() * ms);
    }
  }

  // Administrators see the ledger as some node shows it.
  void govern() {
    if (healed_) return;
    const End end = random_.below(ends_);
    if (nodes_[end]->is_up()) {
      for (const auto token : client_.make_motions(nodes_[end]->store(), nodes_[0]->wall())) {
        submit(random_.below(ends_), token);
      }
    }
    schedule_.after(random_.between(1, 2 * swarm_.motion_gap_ms) * ms, [this] { govern(); });
  }

  // Whether it happens now; counted by its name.
  bool fires(std::string_view name, std::uint64_t permille) {
    if (!random_.chance(permille)) return false;
    const std::uint32_t number = ++faults_drawn_;
    if (settings_.course.faults && !settings_.course.faults->contains(number)) return false;
    ++fired_[std::string(name)];
    return true;
  }
  bool counts() const {
    return checkers_.blocks_with(3) >= counted_blocks_min && checkers_.view_max() > View(0) &&
           fired_.size() >= counted_kinds_min;
  }

  void disturb() {
    if (healed_) return;
    const End end = random_.below(ends_);
    if (fires("crash", swarm_.crash)) crash(end);
    if (fires("torn_write", swarm_.torn_write) && may_crash(end)) nodes_[end]->lose_power_at(random_.between(1, 30));
    if (fires("power_cut", swarm_.power_cut)) {
      for (End each = 0; each < ends_; ++each) crash(each);
    }
    if (fires("partition", swarm_.partition)) network_.partition();
    if (random_.chance(swarm_.partition + 100)) network_.heal_all();
    if (fires("clog", swarm_.clog)) {
      network_.clog(random_.below(ends_), end, schedule_.now() + random_.between(100, 3'000) * ms);
    }
    if (fires("pause", swarm_.pause)) nodes_[end]->pause_until(schedule_.now() + random_.between(50, 3'000) * ms);
    if (fires("clock_step", swarm_.clock_step)) nodes_[end]->set_skew(draw_skew());
    if (fires("slow_disk", swarm_.slow_disk)) {
      nodes_[end]->slow_disk_until(schedule_.now() + random_.between(100, 4'000) * ms, random_.between(1, 300) * ms);
    }
    if (fires("old_disk", swarm_.old_disk)) change_disk();
    if (fires("new_disk", swarm_.new_disk)) renew_disk();
    if (random_.chance(50)) shuffle_twins();
    schedule_.after(random_.between(1, 2 * swarm_.fault_gap_ms) * ms, [this] { disturb(); });
  }

  void choose_core();
  void heal();
  void resubmit();
  bool is_in_newest_epoch(End end) const;
  bool is_done() const;
  std::string stuck() const;
  void check_counters() const;

  SimulationSettings settings_;
  Random random_;
  Swarm swarm_;
  Genesis genesis_;
  std::size_t members_;
  std::size_t ends_;
  Schedule schedule_;
  Checkers checkers_;
  SimClient client_;
  SimNetwork network_;
  SimWorld world_;
  std::vector<std::unique_ptr<SimNode>> nodes_;
  End liar_ = 0;
  std::vector<std::size_t> twin_of_;
  bool healed_ = false;
  std::set<End> core_;
  std::set<End> left_down_;
  std::vector<SimClient::Token> wanted_;
  std::uint64_t events_ = 0;
  std::uint64_t crashes_ = 0;
  std::uint32_t faults_drawn_ = 0;  // happened or not
  std::map<std::string, std::uint64_t> fired_;
  View seen_view_;
  Height seen_height_;
  Height considered_end_cut_;
};

// A quorum of honest validators; where motions may still change who votes, all who are honest.
void Simulation::choose_core() {
  std::vector<End> honest;
  for (End end = 0; end < members_; ++end) {
    const bool votes = checkers_.newest_epoch().index_of(sim_department(identity_of(end))).has_value();
    if (!is_liar(end) && (votes || swarm_.motion_gap_ms > 0)) honest.push_back(end);
  }
  for (std::size_t i = honest.size(); i > 1; --i) std::swap(honest[i - 1], honest[random_.below(i)]);
  if (swarm_.motion_gap_ms == 0) honest.resize(quorum(swarm_.genesis.validators));
  core_.insert(honest.begin(), honest.end());
}

// A quorum of honest validators is made whole. What happens to the others stays as it is, or gets worse, for ever.
void Simulation::heal() {
  healed_ = true;
  world_.commit_loss_permille = 0;
  choose_core();
  network_.heal_all();
  network_.keep_whole(core_);
  for (End end = 0; end < ends_; ++end) {
    SimNode& node = *nodes_[end];
    if (core_.contains(end)) {
      node.pause_until(Instant(0));
      node.set_skew(draw_skew() / 10);
      schedule_.after(random_.between(0, 100) * ms, [this, end] { start(end); });
      continue;
    }
    const std::uint64_t fate = random_.below(4);
    if (fate == 0 && !is_liar(end)) {
      left_down_.insert(end);
      if (node.is_up()) node.crash();
    }
    for (const End other : core_) {
      if (fate == 1 || (fate == 2 && random_.chance(500))) network_.cut(end, other);
      if (fate == 1 || (fate == 2 && random_.chance(500))) network_.cut(other, end);
    }
  }
  const Timestamp until = nodes_[0]->wall() + (liveness_ms_max + 20'000);
  wanted_ = client_.pending(until);
  wanted_.push_back(client_.make_good(nodes_[0]->wall()));
  schedule_.after(200 * ms, [this] { resubmit(); });
}

// A client that has no receipt asks again, another node each time.
void Simulation::resubmit() {
  const std::vector<End> core(core_.begin(), core_.end());
  for (const SimClient::Token token : wanted_) {
    if (!client_.is_final(token)) submit(random_.pick(core), token);
  }
  schedule_.after(retry_ms * ms, [this] { resubmit(); });
}

// Who is no member of the newest epoch need not hear of it.
bool Simulation::is_in_newest_epoch(End end) const {
  const EpochConfig& epoch = checkers_.newest_epoch();
  const DepartmentId department = sim_department(identity_of(end));
  const auto is_of = [&](const Validator& member) { return member.department == department; };
  return std::ranges::any_of(epoch.validators, is_of) || std::ranges::any_of(epoch.observers, is_of);
}

bool Simulation::is_done() const {
  for (const SimClient::Token token : wanted_) {
    const auto position = checkers_.position(client_.sent(token).body.id);
    if (!position) return false;
    for (const End end : core_) {
      if (is_in_newest_epoch(end) && checkers_.height_of(end) < position->height) return false;
    }
  }
  return true;
}

std::string Simulation::stuck() const {
  std::size_t missing = 0;
  for (const SimClient::Token token : wanted_) missing += client_.is_final(token) ? 0 : 1;
  std::string text = "O5: " + std::to_string(missing) + " of " + std::to_string(wanted_.size()) +
                     " transactions are not final after " + std::to_string(liveness_ms_max) + " ms;";
  for (End end = 0; end < ends_; ++end) {
    text += " node " + std::to_string(end) + (core_.contains(end) ? "" : is_liar(end) ? " (liar)" : " (broken)");
    if (!nodes_[end]->is_up()) {
      text += ": down;";
      continue;
    }
    const node::Driver& driver = nodes_[end]->driver();
    const consensus::Replica& replica = driver.replica();
    text += ": epoch " + to_string(driver.scheme().config.epoch) + (driver.is_validator() ? "" : " votes not") +
            " height " + to_string(replica.durable_tip().height) + " final " + to_string(replica.finalized()) +
            " view " + to_string(replica.view()) + " target " + to_string(replica.target()) + " pool " +
            std::to_string(driver.pool().count()) + (replica.starting() ? " starting" : "") +
            (replica.silence() ? " silent" : "") + (driver.sync().catching_up() ? " catching up" : "") + ";";
  }
  return text;
}

// O9, and that honest nodes understand each other.
void Simulation::check_counters() const {
  for (const End end : core_) {
    if (!nodes_[end]->is_up()) continue;
    const node::DriverCounters& counters = nodes_[end]->driver().counters();
    const bool lies = swarm_.lie_permille != 0 || swarm_.liar == Liar::attacker;
    if (counters.frames_bad > 0 || (!lies && counters.messages_refused > 0)) {
      throw Violation{Verdict::correctness, "O10: an honest node did not understand an honest one"};
    }
    if (nodes_[end]->driver().sync().diverged()) throw Violation{Verdict::correctness, "O10: block sync diverged"};
  }
}

// ---------------------------------------------------------------------------------------------------------------------

// What a signal handler may read.
volatile std::sig_atomic_t reporting = 0;
char running_line[256];

void on_abort(int) {
  if (reporting != 0) {
    const auto written = write(STDERR_FILENO, running_line, std::char_traits<char>::length(running_line));
    static_cast<void>(written);
  }
  _exit(static_cast<int>(Verdict::crash));
}

}  // namespace

void report_crashes() {
  reporting = 1;
  std::signal(SIGABRT, on_abort);
}

SimulationReport simulate(const SimulationSettings& settings) {
  const std::string line = "crash: repeat with " + repeat_line(settings) + "\n";
  line.copy(running_line, sizeof running_line - 1);
  running_line[std::min(line.size(), sizeof running_line - 1)] = '\0';
  SimulationReport report;
  report.settings = settings;
  const auto simulation = std::make_unique<Simulation>(settings);
  try {
    simulation->run(report);
  } catch (const Violation& violation) {
    report.verdict = violation.verdict;
    report.text = violation.text;
  } catch (const std::exception& thrown) {
    report.verdict = Verdict::crash;
    report.text = thrown.what();
  }
  simulation->fill(report);
  return report;
}

}  // namespace kanhe::testnet
