// kanhe trace, offline: a file is the complete history or it is refused, whichever event is left out, doubled, swapped,
// altered or moved in time; subjects are read as they are written.
#include <boost/test/unit_test.hpp>

#include "cli/trace_file.h"
#include "tests/cli/command_line.h"
#include "tests/support/certificate_chain.h"

namespace kanhe::cli {
namespace {

using namespace certs;
using support::CertificateChain;

TraceFile trace_of_chain(const CertificateChain& chain, const Subject& subject) {
  TraceFile file;
  file.chain_id = chain_id_of(chain.genesis());
  file.subject = subject;
  file.head = chain.head();
  file.trace = chain.fact(contracts::traces.key_of(contracts::trace_key_of(subject)));
  for (const TracedEvent& event : chain.history(subject)) {
    file.events.push_back(event);
    const Height height = event.position.height;
    if (!file.blocks.empty() && file.blocks.back().header.height == height) continue;
    file.blocks.push_back(chain.sealed(height, chain.height()));
  }
  return file;
}

// A certificate that is issued, suspended, resumed and suspended again.
struct Desk : CertificateChain, Files {
  Desk() {
    const Document made = document(id("2025000000001"));
    issue(made);
    suspend(made.id);
    resume(made.id);
    suspend(made.id);
    subject = CertificateSubject{made.id};
    write("genesis.json", to_json(genesis()));
  }
  Ran verify(const TraceFile& file) const {
    write("trace.json", write_trace_file(file));
    return run_words({"trace", "verify", path("trace.json"), "--genesis", path("genesis.json")});
  }
  Subject subject;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(trace_commands_tests)

BOOST_AUTO_TEST_CASE(a_complete_history_is_said_to_be_complete) {
  const Desk desk;
  const TraceFile file = trace_of_chain(desk, desk.subject);
  BOOST_TEST(file.events.size() == 4u);
  const Ran ran = desk.verify(file);
  BOOST_TEST(ran.code == 0, ran.out);
  BOOST_TEST(holds(ran.out, "完整"));
  BOOST_TEST(holds(ran.out, "4 events"));
}

BOOST_AUTO_TEST_CASE(any_one_event_left_out_doubled_swapped_or_altered_is_found) {
  const Desk desk;
  const TraceFile good = trace_of_chain(desk, desk.subject);
  for (std::size_t i = 0; i < good.events.size(); ++i) {
    TraceFile changed = good;
    changed.events.erase(changed.events.begin() + static_cast<std::ptrdiff_t>(i));
    BOOST_TEST(desk.verify(changed).code == 3);
    changed = good;
    changed.events.insert(changed.events.begin() + static_cast<std::ptrdiff_t>(i), changed.events[i]);
    BOOST_TEST(desk.verify(changed).code == 3);
    for (std::size_t j = 0; j < i; ++j) {
      changed = good;
      std::swap(changed.events[i], changed.events[j]);
      BOOST_TEST(desk.verify(changed).code == 3);
      std::swap(changed.events[i].position, changed.events[j].position);
      std::swap(changed.events[i].time_ms, changed.events[j].time_ms);
      // Suspending twice are two events of one content, at two places.
      if (!(good.events[i].event == good.events[j].event)) BOOST_TEST(desk.verify(changed).code == 3);
    }
    changed = good;
    Bytes data = changed.events[i].event.data.bytes();
    data.back() ^= 1;
    changed.events[i].event.data = Blob<event_bytes_max>::from(data).value();
    BOOST_TEST(desk.verify(changed).code == 3);
    changed = good;
    ++changed.events[i].position.event;
    BOOST_TEST(desk.verify(changed).code == 3);
  }
}

BOOST_AUTO_TEST_CASE(the_time_of_every_event_is_proved_by_its_header) {
  const Desk desk;
  const TraceFile good = trace_of_chain(desk, desk.subject);
  for (std::size_t i = 0; i < good.events.size(); ++i) {
    TraceFile changed = good;
    ++changed.events[i].time_ms;
    BOOST_TEST(desk.verify(changed).code == 3);
    changed = good;
    changed.blocks.erase(changed.blocks.begin() + static_cast<std::ptrdiff_t>(i));
    BOOST_TEST(desk.verify(changed).code == 3);
    changed = good;
    ++changed.events[i].time_ms;
    ++changed.blocks[i].header.timestamp_ms;
    BOOST_TEST(desk.verify(changed).code == 3);
  }
}

BOOST_AUTO_TEST_CASE(an_older_state_proves_an_older_history_and_no_newer_one) {
  Desk desk;
  const TraceFile before = trace_of_chain(desk, desk.subject);
  desk.resume(std::get<CertificateSubject>(desk.subject).id);
  const TraceFile after = trace_of_chain(desk, desk.subject);
  BOOST_TEST(desk.verify(before).code == 0);
  BOOST_TEST(desk.verify(after).code == 0);
  TraceFile mixed = after;
  mixed.head = before.head;
  mixed.trace = before.trace;
  BOOST_TEST(desk.verify(mixed).code == 3);
  mixed = before;
  mixed.head = after.head;
  mixed.trace = after.trace;
  BOOST_TEST(desk.verify(mixed).code == 3);
}

BOOST_AUTO_TEST_CASE(another_subject_or_network_is_refused) {
  const Desk desk;
  const TraceFile good = trace_of_chain(desk, desk.subject);
  TraceFile changed = good;
  changed.subject = CertificateSubject{CertificateChain::id("2025000000002")};
  BOOST_TEST(desk.verify(changed).code == 3);
  changed = good;
  changed.chain_id = ChainId(sha256({}));
  BOOST_TEST(desk.verify(changed).code == 3);
  const auto unused = UnitNumber::from("440304003008GB00012F00229999").value();
  const TraceFile nothing = trace_of_chain(desk, UnitSubject{unused});
  BOOST_TEST(nothing.events.empty());
  BOOST_TEST(desk.verify(nothing).code == 0);
}

BOOST_AUTO_TEST_CASE(a_directory_is_verified_file_by_file) {
  const Desk desk;
  std::filesystem::create_directory(desk.path("all"));
  const TraceFile good = trace_of_chain(desk, desk.subject);
  desk.write("all/a.json", write_trace_file(good));
  desk.write("all/b.json", write_trace_file(good));
  const std::vector<std::string> words{"trace", "verify", desk.path("all"), "--genesis", desk.path("genesis.json")};
  const Ran both = run_words(words);
  BOOST_TEST(both.code == 0);
  BOOST_TEST(holds(both.out, "2 "));
  desk.write("all/c.json", "{}");
  const Ran broken = run_words(words);
  BOOST_TEST(broken.code == 3);
  BOOST_TEST(holds(broken.out, "c.json"));
}

BOOST_AUTO_TEST_CASE(showing_a_file_is_a_timeline_and_verifies_nothing) {
  const Desk desk;
  desk.write("trace.json", write_trace_file(trace_of_chain(desk, desk.subject)));
  const Ran ran = run_words({"trace", "show", desk.path("trace.json")});
  BOOST_TEST(ran.code == 0, ran.err);
  BOOST_TEST(holds(ran.out, "certificate.issued"));
  BOOST_TEST(holds(ran.out, "certificate.standing_changed"));
  BOOST_TEST(holds(ran.err, "未经核验"));
}

BOOST_AUTO_TEST_CASE(subjects_read_back_as_they_are_written) {
  const Subject subjects[] = {CertificateSubject{CertificateChain::id("1")}, UnitSubject{CertificateChain::house()},
                              ApplicationSubject{ApplicationId(sha256(as_bytes("a")))},
                              PartySubject{PartyId(sha256(as_bytes("p")))},
                              DepartmentSubject{CertificateChain::department("tax-office")}};
  for (const Subject& subject : subjects) {
    const auto read = read_subject(subject_text(subject));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((*read == subject));
  }
  BOOST_TEST((read_subject(CertificateChain::house().view()).value() == subjects[1]));
  BOOST_TEST((read_subject(CertificateChain::id("1").view()).value() == subjects[0]));
  for (const auto* text : {"", "unit", "house:1", "party:zz", "application:00", "registry", "unit:"}) {
    BOOST_TEST(!read_subject(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::cli
