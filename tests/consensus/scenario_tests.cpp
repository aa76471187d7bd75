// Runs the scenario files of tests/consensus/scenarios: commands, a line `----`, and what came of them, recorded. They
// are the introduction to the protocol. KANHE_REWRITE=1 records anew; the difference is what has to be reviewed.
//
//   network <n> [<parameter> <value>]...      validators 0 to n-1, all in view 0; window, timeout, rate, heartbeat
//   submit <t> [to <nodes>]                   a transaction reaches the pools; t1 and t1' are two signatures of one id
//   settle                                    deliver everything, without moving the clock
//   wait <ms>                                 move the clock, delivering on the way
//   drop|hold <kind> <nodes> -> <nodes>       what is sent from now on, until `end-rules`
//   release                                   ends all rules and sends what was held
//   cut <nodes> | <nodes>                     no message passes, in both directions, until `heal`
//   crash <node> [at <point>]                 power cut, now or while carrying out its next output
//   restart <node>
//   lose-disk <node>                          power cut, and everything on disk is gone
//   slow-disk|fast-disk <node>                final blocks stay in memory
//   slow-execution|fast-execution <node>      execution does not come back
//   diverge <node>                            execution leads to something else here
//   expire <t>                                the transaction is not fresh any more
//   liar <node>                               speaks from now on only by `say`
//   propose <height> on <proposal> <t>...     make a proposal, to be spoken of by its name, such as 1:t1
//   say <node> -> <nodes> <message>           messages: pre-prepare|prepare|commit <p> in <view> [odd]
//                                             view-change <view> [final <p>@<view>] [prepared <p>@<view>]...
//                                             new-view <view> of <nodes>
//   ... but <change>                          lies, at the end of `propose` and `say` (tests/support/forgery.h)
//   end-epoch <height>                        the last height of the epoch; the block W below it decides so
//   status                                    where everyone stands
//   pools                                     which transactions wait
//   quietly <command>                         what comes of it is not recorded
//   must-have <t>...                          it is a fault, whatever the course was, if somebody honest has not got it
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "tests/support/forgery.h"
#include "tests/support/replicas.h"

using namespace kanhe;
using namespace kanhe::consensus;
using namespace kanhe::consensus::tests;

namespace {

using Words = std::vector<std::string>;

// A file whose commands do not fit what happened. Not a Fault: that is a broken promise of the protocol.
struct BadCommand : std::runtime_error {
  using std::runtime_error::runtime_error;
};

Words words_of(const std::string& line) {
  std::istringstream stream(line);
  Words words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::string kind_of(const Message& message) {
  static constexpr std::string_view kinds[] = {"pre-prepare", "prepare", "commit", "view-change",
                                               "new-view",    "sealed",  "status", "vote-report"};
  return std::string(kinds[message.index()]);
}

class Scenario {
 public:
  // What came of a command, a line each. Errors: Fault; BadCommand and others for one that cannot be carried out.
  std::string run(const std::string& line) {
    words_ = words_of(line);
    at_ = 0;
    std::string command = next();
    if (command == "network") return network();
    if (!network_) throw BadCommand("the first command must be network");
    text_.clear();
    const bool quietly = command == "quietly";
    if (quietly) command = next();
    perform(command);
    if (quietly) {
      network_->take_log();
      return "";
    }
    for (const std::string& entry : network_->take_log()) text_ += entry + "\n";
    return text_;
  }

 private:
  struct Rule {
    std::string kind;
    std::vector<std::size_t> from;
    std::vector<std::size_t> to;
    bool holds = false;
  };

  std::string next() {
    if (at_ >= words_.size()) throw BadCommand("a word is missing");
    return words_[at_++];
  }
  bool more() const { return at_ < words_.size(); }
  std::uint64_t number() { return std::stoull(next()); }
  View view() { return View(number()); }

  std::vector<std::size_t> nodes() {
    const std::string list = next();
    std::vector<std::size_t> result;
    if (list == "*") {
      for (std::size_t i = 0; i < network_->n(); ++i) result.push_back(i);
      return result;
    }
    std::istringstream stream(list);
    for (std::string part; std::getline(stream, part, ',');) result.push_back(std::stoul(part));
    return result;
  }

  void expect(const std::string& word) {
    if (const std::string found = next(); found != word) throw BadCommand("expected " + word + ", found " + found);
  }

  std::string network() {
    const std::uint64_t n = number();
    Parameters parameters;
    while (more()) {
      const std::string name = next();
      const auto value = static_cast<std::uint32_t>(number());
      if (name == "window") parameters.window = Number<WindowTag>(static_cast<std::uint16_t>(value));
      if (name == "timeout") parameters.timeout_ms = Number<TimeoutTag>(value);
      if (name == "rate") parameters.minimal_rate = Number<MinimalRateTag>(value);
      if (name == "heartbeat") parameters.heartbeat_ms = Number<HeartbeatTag>(value);
    }
    network_ = std::make_unique<Replicas>(n, parameters);
    network_->post = [this](std::size_t from, std::size_t to, const Message& message) {
      std::vector<std::pair<std::optional<std::uint64_t>, Message>> copies;
      for (const Rule& rule : rules_) {
        const bool fits = (rule.kind == "*" || rule.kind == kind_of(message)) &&
                          std::ranges::count(rule.from, from) > 0 && std::ranges::count(rule.to, to) > 0;
        if (!fits) continue;
        if (rule.holds) copies.emplace_back(std::nullopt, message);
        return copies;
      }
      copies.emplace_back(0, message);
      return copies;
    };
    const EpochConfig& epoch = network_->scheme().config;
    return std::to_string(epoch.n()) + " validators, f = " + std::to_string(epoch.f()) +
           ", q = " + std::to_string(epoch.q()) + "\n";
  }

  void perform(const std::string& command) {
    if (command == "submit") return submit();
    if (command == "settle") return network_->settle();
    if (command == "wait") return network_->run_for(number());
    if (command == "drop" || command == "hold") return add_rule(command == "hold");
    if (command == "release") {
      rules_.clear();
      network_->release_mail();
      return;
    }
    if (command == "end-rules") return rules_.clear();
    if (command == "cut") return cut();
    if (command == "heal") return network_->heal();
    if (command == "expire") {
      network_->expired.insert(next());
      return;
    }
    if (command == "end-epoch") {
      network_->epoch_end = Height(number());
      return;
    }
    if (command == "propose") return propose();
    if (command == "say") return say();
    if (command == "status") return status();
    if (command == "must-have") return must_have();
    if (command == "pools") return pools();
    perform_on_node(command, number());
  }

  // Whatever the course was: of all who are up and honest. Errors: Fault.
  void must_have() {
    while (more()) {
      const std::string transaction = next();
      for (std::size_t i = 0; i < network_->n(); ++i) {
        const Node& node = network_->node(i);
        if (!node.up || !node.honest || network_->has(i, transaction)) continue;
        throw Fault("replica " + std::to_string(i) + " never gets " + transaction);
      }
    }
  }

  void perform_on_node(const std::string& command, std::size_t index) {
    Node& node = network_->node(index);
    if (command == "restart") return network_->restart(index);
    if (command == "lose-disk") return network_->lose_disk(index);
    if (command == "liar") return network_->make_liar(index);
    if (command == "fast-disk") return network_->release_blocks(index);
    if (command == "fast-execution") return network_->release_execution(index);
    if (command == "slow-disk") {
      node.hold_blocks = true;
    } else if (command == "slow-execution") {
      node.hold_execution = true;
    } else if (command == "diverge") {
      node.diverges = true;
    } else if (command == "crash" && !more()) {
      network_->crash(index);
    } else if (command == "crash") {
      static const Words points = {"before-sync", "before-send", "before-own-votes", "before-blocks", "between-blocks"};
      expect("at");
      const auto point = std::ranges::find(points, next());
      if (point == points.end()) throw BadCommand("no such point");
      node.crash_at = static_cast<CrashPoint>(point - points.begin());
    } else {
      throw BadCommand("no such command: " + command);
    }
  }

  void submit() {
    const std::string transaction = next();
    if (more()) {
      expect("to");
      return network_->submit(transaction, nodes());
    }
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < network_->n(); ++i) all.push_back(i);
    network_->submit(transaction, all);
  }

  void add_rule(bool holds) {
    Rule rule{next(), nodes(), {}, holds};
    expect("->");
    rule.to = nodes();
    rules_.push_back(rule);
  }

  void cut() {
    const auto here = nodes();
    expect("|");
    for (const std::size_t there : nodes()) {
      for (const std::size_t index : here) {
        network_->cut(index, there);
        network_->cut(there, index);
      }
    }
  }

  std::shared_ptr<const Proposal> proposal(const std::string& name) {
    const auto found = network_->find(name);
    if (!found) throw BadCommand("no proposal " + name);
    return found;
  }

  void propose() {
    const Height height(number());
    expect("on");
    const std::string parent = next();
    const bool on_genesis = parent == "genesis";
    const ProposalDigest digest =
        on_genesis ? network_->config().first_floor.digest : digest_of(proposal(parent)->header);
    Words transactions;
    while (more() && words_[at_] != "but") transactions.push_back(next());
    const auto made = network_->propose(height, digest, transactions, network_->wall(network_->node(0)),
                                        [this](ProposalHeader& header) {
                                          while (more()) {
                                            expect("but");
                                            forge(header, [this] { return next(); });
                                          }
                                        });
    text_ += "made " + network_->name(digest_of(made->header)) + "\n";
  }

  // "1:t1@0": a proposal and a view.
  std::pair<ProposalDigest, View> place(const std::string& text) {
    const std::size_t mark = text.rfind('@');
    return {digest_of(proposal(text.substr(0, mark))->header), View(std::stoull(text.substr(mark + 1)))};
  }

  void say() {
    const std::size_t from = number();
    expect("->");
    const auto to = nodes();
    Message message = read_message(from);
    while (more()) {
      expect("but");
      forge(*network_, from, message, [this] { return next(); });
    }
    network_->say(from, to, message);
  }

  bool lies_follow() const { return !more() || words_[at_] == "but"; }

  Message read_message(std::size_t from) {
    const std::string kind = next();
    if (kind == "view-change") return view_change(from);
    if (kind == "new-view") return new_view(from);
    const auto about = proposal(next());
    expect("in");
    const View in = view();
    if (kind == "pre-prepare") return network_->pre_prepare(from, in, *about);
    if (kind == "prepare") return network_->prepare(from, in, *about);
    if (kind != "commit") throw BadCommand("no such message: " + kind);
    return network_->commit(from, in, *about, lies_follow() ? "" : next());
  }

  Message view_change(std::size_t from) {
    const View to = view();
    std::optional<CommitSeal> seal;
    std::vector<PreparedProof> proofs;
    while (!lies_follow()) {
      const std::string what = next();
      const auto [digest, in] = place(next());
      if (what == "final") {
        seal = network_->collected_seal(digest, in);
        if (!seal) throw BadCommand("nobody has such a seal");
      } else {
        const auto proof = network_->collected_proof(digest, in);
        if (!proof) throw BadCommand("nobody has such a proof");
        proofs.push_back(*proof);
      }
    }
    return network_->view_change(from, to, seal, proofs);
  }

  Message new_view(std::size_t from) {
    const View to = view();
    expect("of");
    std::vector<ViewChange> changes;
    for (const std::size_t index : nodes()) {
      const auto change = network_->collected_view_change(index, to);
      if (!change) throw BadCommand("no view-change of " + std::to_string(index));
      changes.push_back(*change);
    }
    return network_->new_view(from, to, changes);
  }

  void status() {
    for (std::size_t i = 0; i < network_->n(); ++i) {
      const Node& node = network_->node(i);
      text_ += std::to_string(i) + ": ";
      if (!node.up) {
        text_ += node.honest ? "down\n" : "liar\n";
        continue;
      }
      const Replica& replica = *node.replica;
      text_ += "view " + to_string(replica.view());
      if (replica.target() > replica.view()) text_ += ", wants view " + to_string(replica.target());
      text_ += ", on disk " + network_->name(replica.durable_tip().digest);
      if (replica.finalized() > replica.durable_tip().height)
        text_ += ", final up to " + to_string(replica.finalized());
      if (replica.starting()) text_ += ", starting";
      if (replica.silence())
        text_ += *replica.silence() == Silence::diverged ? ", silent: diverged" : ", silent: lost votes";
      text_ += "\n";
    }
  }

  void pools() {
    for (std::size_t i = 0; i < network_->n(); ++i) {
      text_ += std::to_string(i) + ": " + std::to_string(network_->node(i).pool.size()) + " waiting\n";
    }
  }

  std::unique_ptr<Replicas> network_;
  std::vector<Rule> rules_;
  Words words_;
  std::size_t at_ = 0;
  std::string text_;
};

struct Files {
  std::string recorded;
  std::string replayed;
};

// Replays a file; what it says and what came of it now.
Files replay(const std::filesystem::path& path) {
  std::ifstream file(path);
  Files files;
  Scenario scenario;
  Words commands;
  for (std::string line; std::getline(file, line);) {
    files.recorded += line + "\n";
    files.replayed += line + "\n";
    if (line.empty() || line[0] == '#') continue;
    if (line != "----") {
      commands.push_back(line);
      continue;
    }
    std::string outcome;
    for (const std::string& command : commands) {
      try {
        outcome += scenario.run(command);
      } catch (const Fault& fault) {
        throw Fault("\"" + command + "\": " + fault.what());
      } catch (const std::exception& error) {
        throw BadCommand("\"" + command + "\": " + error.what());
      }
    }
    commands.clear();
    files.replayed += outcome.empty() ? "nothing\n" : outcome;
    while (std::getline(file, line) && !line.empty()) files.recorded += line + "\n";
    files.recorded += "\n";
    files.replayed += "\n";
  }
  return files;
}

// The text of a file, or nothing.
std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::filesystem::path source_dir(KANHE_SOURCE_DIR);

// What docs/consensus.md says its rules are shown by: the last cell of each row of its tables.
std::vector<std::string> last_cells() {
  std::istringstream page(text_of(source_dir / "docs/consensus.md"));
  std::vector<std::string> cells;
  for (std::string line; std::getline(page, line);) {
    if (!line.ends_with(" |")) continue;
    line.resize(line.size() - 2);
    cells.push_back(line.substr(line.rfind('|') + 1));
  }
  return cells;
}

bool is_case(const std::string& suite, const std::string& name) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source_dir / "tests")) {
    if (entry.path().filename() != suite + ".cpp") continue;
    const std::string text = text_of(entry.path());
    const auto has = [&](const char* end) { return text.find("_CASE(" + name + end) != std::string::npos; };
    return name.empty() || has(")") || has(",");
  }
  return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scenario_tests)

BOOST_AUTO_TEST_CASE(every_scenario_goes_as_recorded) {
  const bool rewrite = std::getenv("KANHE_REWRITE") != nullptr;
  // Other courses than the recorded ones are no failure, only broken promises are: for a replica that is not this one.
  const bool only_promises = std::getenv("KANHE_ONLY_PROMISES") != nullptr;
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(KANHE_SOURCE_DIR "/tests/consensus/scenarios")) {
    if (entry.path().extension() != ".txt") continue;
    ++count;
    BOOST_TEST_CONTEXT(entry.path().filename().string()) {
      try {
        const Files files = replay(entry.path());
        if (rewrite) {
          std::ofstream(entry.path()) << files.replayed;
        } else if (!only_promises) {
          BOOST_TEST(files.replayed == files.recorded);
        }
      } catch (const Fault& fault) {
        BOOST_ERROR(fault.what());
      } catch (const BadCommand& error) {
        if (!only_promises) BOOST_ERROR(error.what());
      }
    }
  }
  BOOST_TEST(count >= 52u);
}

// "03" is a scenario, "recovery_tests/nothing_pending_no_complaint" a test case, "recovery_tests" a file of them.
BOOST_AUTO_TEST_CASE(the_page_on_consensus_leads_to_every_scenario_and_nowhere_else) {
  std::set<std::string> scenarios;
  for (const auto& entry : std::filesystem::directory_iterator(source_dir / "tests/consensus/scenarios")) {
    scenarios.insert(entry.path().filename().string().substr(0, 2));
  }
  std::set<std::string> named;
  std::size_t cases = 0;
  static const std::regex reference(R"((\w+_tests)(/(\w+))?|\b(\d\d)\b)");
  for (const std::string& cell : last_cells()) {
    for (auto found = std::sregex_iterator(cell.begin(), cell.end(), reference); found != std::sregex_iterator();
         ++found) {
      const std::smatch& match = *found;
      if (match[4].matched) {
        named.insert(match[4].str());
        continue;
      }
      ++cases;
      BOOST_TEST(is_case(match[1].str(), match[3].str()), "no test " + match.str());
    }
  }
  BOOST_TEST(cases > 30u);
  BOOST_TEST(named == scenarios, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
