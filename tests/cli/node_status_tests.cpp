// A node's status in words: every word that the daemon can say is known here, and neither a newer daemon's report nor
// hostile JSON breaks anything.
#include <boost/test/unit_test.hpp>

#include "cli/node_status.h"
#include "ledger/json.h"
#include "node/status.h"

namespace {

using namespace kanhe;
using namespace kanhe::cli;

node::NodeStatus a_status() {
  node::NodeStatus status;
  status.department = DepartmentId::from("registry").value();
  status.primary = DepartmentId::from("tax").value();
  status.network = NetworkName::from("test.example").value();
  status.time_ms = Timestamp(20'000);
  status.waiting_for = node::Waiting::commits;
  status.waiting_since_ms = Timestamp(8'000);
  status.height = Height(20);
  node::SlotStatus slot;
  slot.height = Height(21);
  slot.digest = ProposalDigest();
  slot.transactions = Count(3);
  slot.bodies_here = true;
  slot.commits = {DepartmentId::from("registry").value()};
  slot.commits_missing = {DepartmentId::from("housing").value()};
  status.slots.push_back(slot);
  node::PeerStatus peer;
  peer.department = DepartmentId::from("housing").value();
  peer.trouble = PlainText<256>::from("connection refused").value();
  status.peers.push_back(peer);
  return status;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(node_status_tests)

BOOST_AUTO_TEST_CASE(every_reason_to_wait_has_words) {
  for (const SchemaEnumerator& reason : schema_of<node::Waiting>().enumerators) {
    BOOST_TEST(!waiting_words(reason.name).empty(), reason.name);
  }
}

BOOST_AUTO_TEST_CASE(says_what_is_waited_for_since_when_and_for_whom) {
  Globals globals;
  globals.language = Language::en;
  const std::string text = status_text(globals, to_json(a_status())).value();
  for (const std::string part : {"registry", "height:                20,", "primary:               tax", "Commits",
                                 "since 12 s", "slot 21:     3 transactions", "missing: housing",
                                 "housing  not connected  connection refused"}) {
    BOOST_TEST(text.find(part) != std::string::npos, part << " is missing in:\n" << text);
  }
}

BOOST_AUTO_TEST_CASE(unknown_words_and_missing_fields_are_survived) {
  const auto newer = status_text(Globals{}, R"({"waiting_for":"godot","slots":[1,{}],"peers":"x","view":{"a":1}})");
  BOOST_REQUIRE(newer.has_value());
  BOOST_TEST(newer->find("godot") != std::string::npos);
  BOOST_TEST(status_text(Globals{}, "{}").has_value());
  for (const std::string text : {"", "[]", "1", "{", "null", "{\"a\":}"}) {
    BOOST_TEST(!status_text(Globals{}, text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(a_terminal_gets_no_control_characters) {
  const std::string hostile =
      R"({"department":"\u001b[2Jregistry","slots":[{"height":"\u001b","commits":["\u0007"]}]})";
  for (const auto& text : {status_text(Globals{}, hostile), clean_json(hostile)}) {
    BOOST_REQUIRE(text.has_value());
    BOOST_TEST(text->find('\x1b') == std::string::npos);
    BOOST_TEST(text->find('\a') == std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
