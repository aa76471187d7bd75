// Load session: carries a LoadRun out against a network: sends what it wants to send, follows what becomes recorded,
// tells it the time, and looks at what the nodes use at the beginning and the end of the counted time.
//
// Either it follows the events of one node, for all transactions at once, or it has each submission wait for its own
// receipt, as somebody at a counter does; that costs the nodes a proof for each. The node that is followed changes when
// it does not answer, or has nothing new while transactions are under way.
//
// Owner: the load program. Thread: one.
#pragma once

#include <fstream>

#include "testnet/load_follow.h"
#include "testnet/load_http.h"
#include "testnet/load_report.h"

namespace kanhe::testnet {

// A node of the network, as far as this machine knows it.
struct LoadNode {
  std::string name;
  node::Address endpoint;
  std::optional<int> pid;  // absent: not on this machine, or not running
};
// From DIR/*/config.toml and DIR/*/kanhed.pid, sorted by name. Errors: unknown (no network, a node without endpoint).
Result<std::vector<LoadNode>> read_load_nodes(const std::string& directory);

// How a client learns that something is recorded.
enum class Learning : std::uint8_t { from_events, from_receipts };

class LoadSession {
 public:
  // `ids_path` gets a line "id height" for each acknowledged transaction as it is learnt; empty: no file.
  // Errors: io.
  static Result<std::unique_ptr<LoadSession>> open(std::vector<LoadNode> nodes, std::size_t connections_each,
                                                   Learning learning, const std::string& ids_path);

  // Runs it to its end; SIGINT and SIGTERM bring the end earlier.
  void carry_out(LoadRun& run);
  // What the nodes used in the counted time of the run carried out last.
  std::vector<NodeReport> node_reports() const;
  // The first answer of each kind that was not a success, in words.
  const std::map<unsigned, std::string>& troubles() const { return troubles_; }

 private:
  LoadSession(std::vector<LoadNode> nodes, std::size_t connections_each, Learning learning);
  void tick();
  void pump();
  void on_submitted(const Attempt& attempt, const LoadAnswer& answer);
  void on_receipt(const LoadAnswer& answer);
  void follow();
  void on_followed(const LoadAnswer& answer);
  void look(std::vector<NodeUse>& uses);
  void note(const LoadAnswer& answer);
  // The same action, but nothing once another run is carried out: answers may come late.
  template <class Action>
  auto in_this_round(Action action) {
    return [this, round = round_, action = std::move(action)](const auto&... answer) {
      if (round == round_ && run_ != nullptr) action(answer...);
    };
  }

  enum class Looking : std::uint8_t { not_yet, counting, done, ending };

  const std::vector<LoadNode> nodes_;
  const Learning learning_;
  LoadHttp http_;
  LoadFollower follower_;
  std::size_t followed_ = 0;
  LoadRun* run_ = nullptr;  // while it is carried out
  std::uint64_t round_ = 0;
  std::ofstream ids_;
  Looking looking_ = Looking::not_yet;
  std::vector<NodeUse> before_;
  std::vector<NodeUse> after_;
  std::map<unsigned, std::string> troubles_;
};

}  // namespace kanhe::testnet
