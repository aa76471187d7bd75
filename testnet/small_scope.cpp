#include "testnet/small_scope.h"

#include <algorithm>
#include <boost/json.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include "testnet/checkers.h"
#include "testnet/scope_liar.h"

namespace kanhe::testnet {
namespace {

using ReplicaState = std::uint32_t;  // the number of an interned ScopeReplica
using Event = std::uint32_t;         // the number of an interned Delivery, or one of these
constexpr Event patience_ends = 0, power_goes = 1, block_written = 2, first_delivery = 3;

constexpr unsigned state_bits = 21;
constexpr std::size_t replica_states_max = std::size_t{1} << state_bits;
constexpr std::size_t heal_rounds_max = 40;
constexpr std::uint64_t progress_every = 1 << 17;

// The honest replicas' states, packed.
using Key = std::uint64_t;

struct Step {  // how a state was first reached
  Key from = 0;
  Event event = 0;
  std::uint8_t who = 0;
};

class Exploration {
 public:
  Exploration(const ScopeSettings& settings, const std::function<void(const ScopeReport&)>& progress)
      : book_(settings), progress_(progress), honest_(book_.honest()) {
    report_.settings = settings;
    Key start = 0;
    for (std::size_t i = 0; i < honest_.size(); ++i) {
      start |= Key{intern(ScopeReplica(book_, honest_[i]))} << (i * state_bits);
    }
    seen_.emplace(start, Step{});
    frontier_.push_back(start);
  }

  ScopeReport run() {
    for (std::size_t depth = 0; depth < report_.settings.depth && !frontier_.empty(); ++depth) {
      next_.clear();
      for (const Key key : frontier_) {
        if (!expand(key)) return finish();
      }
      report_.depth = depth + 1;
      frontier_.swap(next_);
      if (progress_) progress_(finish());
    }
    report_.closed = frontier_.empty();
    return finish();
  }

 private:
  ReplicaState part(Key key, std::size_t i) const {
    return static_cast<ReplicaState>((key >> (i * state_bits)) & (replica_states_max - 1));
  }
  static Key with_part(Key key, std::size_t i, ReplicaState state) {
    const Key mask = Key{replica_states_max - 1} << (i * state_bits);
    return (key & ~mask) | (Key{state} << (i * state_bits));
  }

  ReplicaState intern(ScopeReplica replica) {
    const auto [known, is_new] =
        numbers_.try_emplace(replica.fingerprint(), static_cast<ReplicaState>(replicas_.size()));
    if (is_new) replicas_.push_back(std::make_unique<const ScopeReplica>(std::move(replica)));
    return known->second;
  }

  Event intern(const Delivery& delivery) {
    const auto [known, is_new] = events_.try_emplace(delivery, first_delivery + static_cast<Event>(deliveries_.size()));
    if (is_new) deliveries_.push_back(delivery);
    return known->second;
  }

  // All messages that the honest replicas of a state have sent decide what may arrive.
  const std::vector<Event>& menu(Key key) {
    std::vector<MessageNumber> sent;
    for (std::size_t i = 0; i < honest_.size(); ++i) {
      const auto& more = replicas_[part(key, i)]->sent();
      sent.insert(sent.end(), more.begin(), more.end());
    }
    std::ranges::sort(sent);
    const auto known = menus_.find(sent);
    if (known != menus_.end()) return known->second;
    std::vector<Event> events;
    for (const Delivery& delivery : deliveries(book_, sent)) events.push_back(intern(delivery));
    return menus_.emplace(std::move(sent), std::move(events)).first->second;
  }

  bool may_happen(const ScopeReplica& replica, Event event) const {
    if (event == patience_ends) return replica.replica().target() + 1 < View(report_.settings.views);
    if (event == power_goes) return replica.crashes() < report_.settings.crashes;
    if (event == block_written) return replica.has_unwritten_blocks();
    const auto& to = deliveries_[event - first_delivery].to;
    return !to || *to == replica.index();
  }

  // What becomes of one replica; the same state where nothing changes.
  ReplicaState after(ReplicaState state, Event event) {
    const auto [known, is_new] = after_.try_emplace((std::uint64_t{state} << 32) | event, state);
    if (!is_new) return known->second;
    ScopeReplica replica = *replicas_[state];
    if (event == patience_ends) {
      replica.lose_patience();
    } else if (event == power_goes) {
      replica.crash();
    } else if (event == block_written) {
      replica.write_block();
    } else {
      for (const MessageNumber message : deliveries_[event - first_delivery].messages) replica.receive(message);
    }
    const ReplicaState next = intern(std::move(replica));
    after_[(std::uint64_t{state} << 32) | event] = next;
    return next;
  }

  // False when the search has to end.
  bool expand(Key key) {
    const std::vector<Event>& arriving = menu(key);
    for (std::size_t i = 0; i < honest_.size(); ++i) {
      const ReplicaState state = part(key, i);
      for (Event event = 0; event < first_delivery; ++event) {
        if (may_happen(*replicas_[state], event) && !reach(key, i, event)) return false;
      }
      for (const Event event : arriving) {
        if (may_happen(*replicas_[state], event) && !reach(key, i, event)) return false;
      }
    }
    return true;
  }

  bool reach(Key from, std::size_t i, Event event) {
    const auto step = Step{from, event, static_cast<std::uint8_t>(i)};
    try {
      const ReplicaState state = after(part(from, i), event);
      if (state == part(from, i)) return true;
      ++report_.transitions;
      const Key key = with_part(from, i, state);
      if (!seen_.try_emplace(key, step).second) return true;
      check(key, i);
      next_.push_back(key);
      if (report_.settings.heal_every != 0 && seen_.size() % report_.settings.heal_every == 0) heal(key);
    } catch (const Violation& violation) {
      report_.violation = violation.text;
      note_course(step);
      return false;
    }
    if (progress_ && seen_.size() % progress_every == 0) progress_(finish());
    return seen_.size() < report_.settings.states_max && replicas_.size() < replica_states_max;
  }

  // O1 between replicas; the one that has just changed may differ from the others.
  void check(Key key, std::size_t changed) {
    const ScopeReplica& own = *replicas_[part(key, changed)];
    if (!own.final_blocks().empty()) ++report_.final_in[own.replica().view()];
    for (std::size_t i = 0; i < honest_.size(); ++i) {
      const ScopeReplica& other = *replicas_[part(key, i)];
      for (const auto& [height, digest] : other.final_blocks()) {
        const auto mine = own.final_blocks().find(height);
        if (mine == own.final_blocks().end() || mine->second == digest) continue;
        throw Violation{Verdict::correctness, "a fork at height " + to_string(height) + " between " +
                                                  std::to_string(own.index()) + " and " +
                                                  std::to_string(other.index())};
      }
    }
  }

  // From here on the liars say nothing, and all that the honest have sent and will send arrives.
  void heal(Key key) {
    std::vector<ScopeReplica> replicas;
    for (std::size_t i = 0; i < honest_.size(); ++i) replicas.push_back(*replicas_[part(key, i)]);
    const auto is_done = [this](const ScopeReplica& replica) {
      return replica.replica().durable_tip().height >= Height(report_.settings.slots);
    };
    for (std::size_t round = 0; round < heal_rounds_max; ++round) {
      while (deliver_all(replicas)) {}
      if (std::ranges::all_of(replicas, is_done)) return void(++report_.healed);
      for (ScopeReplica& replica : replicas) replica.lose_patience();
    }
    throw Violation{Verdict::liveness, "the honest replicas alone never finish"};
  }

  // Whether anything changed.
  static bool deliver_all(std::vector<ScopeReplica>& replicas) {
    std::vector<MessageNumber> sent;
    for (const ScopeReplica& replica : replicas) sent.insert(sent.end(), replica.sent().begin(), replica.sent().end());
    bool changed = false;
    for (ScopeReplica& replica : replicas) {
      const Hash256 before = replica.fingerprint();
      while (replica.has_unwritten_blocks()) replica.write_block();
      for (const MessageNumber message : sent) replica.receive(message);
      changed = changed || replica.fingerprint() != before;
    }
    return changed;
  }

  // The start is the only state that nothing led to.
  void note_course(Step step) {
    while (step.from != 0) {
      report_.course.insert(report_.course.begin(), text_of(step));
      step = seen_.at(step.from);
    }
  }

  std::string text_of(const Step& step) const {
    const std::string who = std::to_string(honest_[step.who]);
    if (step.event == patience_ends) return who + " loses patience";
    if (step.event == power_goes) return who + " loses power and starts again";
    if (step.event == block_written) return who + " writes a block";
    std::string text = who + " receives";
    for (const MessageNumber message : deliveries_[step.event - first_delivery].messages) {
      text += (text.back() == 's' ? " " : "; ") + describe(book_, message);
    }
    return text;
  }

  const ScopeReport& finish() {
    report_.states = seen_.size();
    report_.replica_states = replicas_.size();
    report_.messages = book_.messages();
    return report_;
  }

  ScopeBook book_;
  const std::function<void(const ScopeReport&)>& progress_;
  std::vector<std::size_t> honest_;
  ScopeReport report_;
  std::vector<std::unique_ptr<const ScopeReplica>> replicas_;
  std::map<Hash256, ReplicaState> numbers_;
  std::map<Delivery, Event> events_;
  std::vector<Delivery> deliveries_;
  std::map<std::vector<MessageNumber>, std::vector<Event>> menus_;
  boost::unordered_flat_map<std::uint64_t, ReplicaState> after_;
  boost::unordered_flat_map<Key, Step> seen_;
  std::vector<Key> frontier_, next_;
};

}  // namespace

ScopeReport explore(const ScopeSettings& settings, const std::function<void(const ScopeReport&)>& progress) {
  return Exploration(settings, progress).run();
}

std::string text_of(const ScopeReport& report) {
  const ScopeSettings& settings = report.settings;
  std::string text = std::to_string(settings.liars) + " liar(s) from validator " + std::to_string(settings.liar) +
                     ", " + std::to_string(settings.views) + " views, " + std::to_string(settings.slots) +
                     " height(s), " + std::to_string(settings.crashes) + " crash(es) each: depth " +
                     std::to_string(report.depth) + (report.closed ? " (nothing beyond)" : "") + ", " +
                     std::to_string(report.states) + " states, " + std::to_string(report.transitions) + " events, " +
                     std::to_string(report.replica_states) + " replica states, " + std::to_string(report.messages) +
                     " messages; healed from " + std::to_string(report.healed) + "; final blocks";
  for (const auto& [view, count] : report.final_in) {
    text += " in view " + to_string(view) + ": " + std::to_string(count);
  }
  if (report.violation.empty()) return text;
  text += "\nVIOLATION: " + report.violation;
  for (const std::string& event : report.course) text += "\n  " + event;
  return text;
}

std::string json_of(const ScopeReport& report) {
  boost::json::object json{{"liars", report.settings.liars},
                           {"liar", report.settings.liar},
                           {"views", report.settings.views},
                           {"slots", report.settings.slots},
                           {"crashes", report.settings.crashes},
                           {"slow_disk", report.settings.slow_disk},
                           {"single_votes", report.settings.single_votes},
                           {"depth", report.depth},
                           {"closed", report.closed},
                           {"states", report.states},
                           {"events", report.transitions},
                           {"replica_states", report.replica_states},
                           {"messages", report.messages},
                           {"healed", report.healed},
                           {"violation", report.violation}};
  json["course"] = boost::json::value_from(report.course);
  return boost::json::serialize(json);
}

}  // namespace kanhe::testnet
