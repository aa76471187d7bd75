// Proofs: every link between the genesis and a claim, first as it should be, then altered; seals that are too small, of
// mixed views, or of validators that have left; and histories with an event missing, doubled, swapped or altered.
#include "certs/proofs.h"

#include <boost/test/unit_test.hpp>
#include <random>

#include "contracts/governance.h"
#include "tests/support/certificate_chain.h"

namespace kanhe::certs {
namespace {

using support::CertificateChain;

struct Suspended : CertificateChain {
  Suspended() {
    const CertificateId certificate = id("2025000000001");
    issue(document(certificate));
    suspend(certificate);
    resume(certificate);
    suspend(certificate);
  }
};

const CertificateChain& chain() {
  static const Suspended made;
  return made;
}

Trust trust() { return Trust::from(chain().genesis()).value(); }

bool is_error(const Result<void>& result, ErrorCode code) { return !result && result.error().code == code; }

// Every single bit of every byte of a fixed byte string, one at a time, would take long: one bit of each byte.
template <class Fixed, class Check>
void each_byte_counts(Fixed& bytes, Check holds) {
  for (std::size_t i = 0; i < Fixed::size; ++i) {
    bytes.array()[i] ^= static_cast<Byte>(1u << (i % 8));
    BOOST_TEST(!holds(), Fixed::label.name << " byte " << i);
    bytes.array()[i] ^= static_cast<Byte>(1u << (i % 8));
  }
  BOOST_TEST(holds());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(proofs_tests)

BOOST_AUTO_TEST_CASE(a_header_is_proved_by_its_own_seal_and_by_any_later_one) {
  for (std::uint64_t height = 0; height <= chain().height().value(); ++height) {
    for (std::uint64_t seal = 1; seal <= chain().height().value(); ++seal) {
      if (seal < height) continue;
      const SealedHeader sealed = chain().sealed(Height(height), Height(seal));
      BOOST_TEST(check_sealed_header(trust(), sealed).has_value());
    }
  }
}

BOOST_AUTO_TEST_CASE(each_field_of_a_sealed_header_counts) {
  const Trust known = trust();
  for (const std::uint64_t seal : {7u, 9u}) {
    SealedHeader sealed = chain().sealed(Height(7), Height(seal));
    const auto holds = [&] { return check_sealed_header(known, sealed).has_value(); };
    each_byte_counts(sealed.header.parent, holds);
    each_byte_counts(sealed.header.chain_id, holds);
    each_byte_counts(sealed.header.proposal_digest, holds);
    each_byte_counts(sealed.header.history_root, holds);
    each_byte_counts(sealed.header.transaction_root, holds);
    each_byte_counts(sealed.header.receipt_root, holds);
    each_byte_counts(sealed.header.state_root, holds);
    each_byte_counts(sealed.header.validators_hash, holds);
    each_byte_counts(sealed.header.next_validators_hash, holds);
    each_byte_counts(sealed.seal.checkpoint.log_root, holds);
    each_byte_counts(sealed.seal.checkpoint.header_hash, holds);
    each_byte_counts(sealed.seal.checkpoint.proposal_digest, holds);
    for (SealSignature& entry : sealed.seal.signatures) each_byte_counts(entry.signature, holds);
    for (Hash256& hash : sealed.history) each_byte_counts(hash, holds);
    SealedHeader other = sealed;
    ++other.header.timestamp_ms;
    BOOST_TEST(!check_sealed_header(known, other).has_value());
    other = sealed;
    ++other.seal.checkpoint.view;
    BOOST_TEST(is_error(check_sealed_header(known, other), ErrorCode::bad_signature));
    other = sealed;
    ++other.header.height;
    BOOST_TEST(!check_sealed_header(known, other).has_value());
    other = sealed;
    ++other.seal.checkpoint.height;
    BOOST_TEST(!check_sealed_header(known, other).has_value());
    other = sealed;
    other.history.push_back({});
    BOOST_TEST(is_error(check_sealed_header(known, other), ErrorCode::bad_proof));
  }
}

BOOST_AUTO_TEST_CASE(a_header_of_another_network_is_a_conflict_and_an_unproved_epoch_unknown) {
  const CertificateChain demo(CertificateChain::Network::demo);
  BOOST_TEST(is_error(check_sealed_header(trust(), demo.sealed(Height(1), Height(1))), ErrorCode::conflict));
  SealedHeader sealed = chain().sealed(Height(1), Height(1));
  ++sealed.seal.checkpoint.epoch;
  BOOST_TEST(is_error(check_sealed_header(trust(), sealed), ErrorCode::unknown));
}

BOOST_AUTO_TEST_CASE(one_signature_less_than_a_quorum_proves_nothing) {
  SealedHeader sealed = chain().sealed(Height(3), Height(3));
  BOOST_TEST(sealed.seal.signatures.size() == 3u);
  sealed.seal.signatures.pop_back();
  BOOST_TEST(is_error(check_sealed_header(trust(), sealed), ErrorCode::bad_proof));
  // Neither does the third place filled by one of the two again.
  sealed.seal.signatures.push_back(sealed.seal.signatures.back());
  BOOST_TEST(is_error(check_sealed_header(trust(), sealed), ErrorCode::bad_proof));
}

BOOST_AUTO_TEST_CASE(signatures_of_two_views_do_not_add_up) {
  SealedHeader sealed = chain().sealed(Height(3), Height(3));
  sealed.seal = chain().seal(Height(3), View(4), {0, 1});
  sealed.seal.signatures.push_back(chain().signature(Height(3), View(5), 2));
  BOOST_TEST(is_error(check_sealed_header(trust(), sealed), ErrorCode::bad_signature));
  sealed.seal.signatures.back() = chain().signature(Height(3), View(4), 2);
  BOOST_TEST(check_sealed_header(trust(), sealed).has_value());
}

// ---------------------------------------------------------------------------------------------------------------------
// Epochs

BOOST_AUTO_TEST_CASE(epochs_are_proved_one_after_the_other) {
  CertificateChain network;
  network.end_epoch();
  network.empty_block();
  network.end_epoch();
  network.empty_block();
  const EpochChanges changes = network.epoch_changes();
  BOOST_REQUIRE(changes.size() == 2u);
  Trust known = Trust::from(network.genesis()).value();
  const SealedHeader newest = network.sealed(network.height(), network.height());
  BOOST_TEST(is_error(check_sealed_header(known, newest), ErrorCode::unknown));
  BOOST_TEST(is_error(known.add(changes[1]), ErrorCode::unknown));
  BOOST_TEST(known.add(changes).has_value());
  BOOST_TEST(known.add(changes).has_value());  // known already
  BOOST_TEST((known.newest_epoch() == Epoch(2)));
  BOOST_TEST(known.epoch(Epoch(2))->n() == 6u);
  BOOST_TEST((known.last_height(Epoch(0)) == changes[0].last.header.height));
  BOOST_TEST(!known.last_height(Epoch(2)).has_value());
  BOOST_TEST(known.epoch(Epoch(3)) == nullptr);
  BOOST_TEST(check_sealed_header(known, newest).has_value());
  for (std::uint64_t h = 0; h <= network.height().value(); ++h) {
    BOOST_TEST(check_sealed_header(known, network.sealed(Height(h), network.height())).has_value());
  }
}

BOOST_AUTO_TEST_CASE(an_epoch_is_not_handed_over_by_anything_else) {
  CertificateChain network;
  network.end_epoch();
  network.empty_block();
  const EpochChange good = network.epoch_changes().at(0);
  const auto refused = [&](const EpochChange& change) {
    return !Trust::from(network.genesis()).value().add(change).has_value();
  };
  EpochChange change = good;
  change.next.validators.pop_back();
  BOOST_TEST(refused(change));
  change = good;
  ++change.next.epoch;
  BOOST_TEST(refused(change));
  change = good;
  ++change.next.parameters.minimal_rate;
  BOOST_TEST(refused(change));
  // A block that ends no epoch, with the configuration it has.
  change.last = network.sealed(Height(3), Height(3));
  change.next = first_epoch_of(network.genesis());
  BOOST_TEST(refused(change));
  // The last block, but covered by the next epoch's seal only: whoever it names is not known yet.
  change = good;
  change.last = network.sealed(good.last.header.height, network.height());
  BOOST_TEST(refused(change));
  change = good;
  change.last.seal.signatures.pop_back();
  BOOST_TEST(refused(change));
  BOOST_TEST(!refused(good));
}

// Those who signed for an epoch keep their keys; what they sign above its end must not count.
BOOST_AUTO_TEST_CASE(validators_of_an_ended_epoch_seal_nothing_above_its_end) {
  CertificateChain real;
  CertificateChain fork;
  real.end_epoch();
  real.empty_block();
  fork.empty_block();
  fork.empty_block();
  const SealedHeader forged = fork.sealed(fork.height(), fork.height());
  Trust known = Trust::from(real.genesis()).value();
  BOOST_TEST(check_sealed_header(known, forged).has_value());  // before the end of the epoch is known
  BOOST_TEST(known.add(real.epoch_changes()).has_value());
  BOOST_TEST(is_error(check_sealed_header(known, forged), ErrorCode::bad_proof));
  BOOST_TEST(check_sealed_header(known, real.sealed(real.height() - 1, real.height() - 1)).has_value());
}

BOOST_AUTO_TEST_CASE(an_epoch_has_one_successor) {
  CertificateChain real;
  CertificateChain fork;
  real.end_epoch();
  fork.empty_block();
  fork.end_epoch();
  Trust known = Trust::from(real.genesis()).value();
  BOOST_TEST(known.add(real.epoch_changes()).has_value());
  BOOST_TEST(!known.add(fork.epoch_changes()).has_value());
}

BOOST_AUTO_TEST_CASE(a_genesis_that_no_network_can_start_from_is_not_trusted) {
  Genesis genesis = chain().genesis();
  genesis.validators.clear();
  BOOST_TEST(!Trust::from(genesis).has_value());
}

// ---------------------------------------------------------------------------------------------------------------------
// Blocks and transactions

BOOST_AUTO_TEST_CASE(a_block_is_its_proposal) {
  ProvenBlock block = chain().recorded(Height(5), 0).block;
  BOOST_TEST(check_block(trust(), block).has_value());
  for (const auto& alter : std::initializer_list<std::function<void(ProposalHeader&)>>{
           [](ProposalHeader& p) { ++p.count; }, [](ProposalHeader& p) { ++p.height; },
           [](ProposalHeader& p) { ++p.epoch; }, [](ProposalHeader& p) { ++p.timestamp_ms; },
           [](ProposalHeader& p) { p.body_root.array()[0] ^= 1; }, [](ProposalHeader& p) { p.parent.array()[9] ^= 1; },
           [](ProposalHeader& p) { p.chain_id.array()[3] ^= 1; }}) {
    ProvenBlock other = block;
    alter(other.proposal);
    BOOST_TEST(is_error(check_block(trust(), other), ErrorCode::bad_proof));
  }
  block.sealed = chain().sealed(Height(0), Height(5));
  BOOST_TEST(is_error(check_block(trust(), block), ErrorCode::bad_proof));
}

BOOST_AUTO_TEST_CASE(a_recorded_transaction_is_at_its_place_with_its_receipt) {
  const Trust known = trust();
  RecordedTransaction recorded = chain().recorded(Height(5), 0);
  const auto holds = [&] { return check_recorded(known, recorded).has_value(); };
  BOOST_TEST(holds());
  each_byte_counts(recorded.body_hash, holds);
  each_byte_counts(recorded.receipt.transaction_id, holds);
  for (Hash256& hash : recorded.receipt_path) each_byte_counts(hash, holds);
  RecordedTransaction other = recorded;
  other.index = 1;
  BOOST_TEST(!check_recorded(known, other).has_value());
  other.index = 0xffffffff;
  BOOST_TEST(!check_recorded(known, other).has_value());
  other = recorded;
  other.receipt.events.clear();
  BOOST_TEST(!check_recorded(known, other).has_value());
  other = recorded;
  other.receipt_path.clear();
  BOOST_TEST(!check_recorded(known, other).has_value());
  other = recorded;
  other.receipt = chain().recorded(Height(6), 0).receipt;
  BOOST_TEST(!check_recorded(known, other).has_value());
}

BOOST_AUTO_TEST_CASE(the_system_receipt_is_no_transaction) {
  RecordedTransaction recorded = chain().recorded(Height(5), 0);
  recorded.receipt.transaction_id = {};
  BOOST_TEST(is_error(check_recorded(trust(), recorded), ErrorCode::bad_proof));
}

// ---------------------------------------------------------------------------------------------------------------------
// State and traces

BOOST_AUTO_TEST_CASE(facts_prove_presence_and_absence) {
  const StateRoot& root = chain().newest().state_root;
  StateFact present = chain().fact(contracts::governance::departments.key_of(CertificateChain::department("registry")));
  StateFact absent = chain().fact(contracts::governance::departments.key_of(CertificateChain::department("nobody")));
  BOOST_TEST(present.value.has_value());
  BOOST_TEST(!absent.value.has_value());
  BOOST_TEST(check_fact(present, root).has_value());
  BOOST_TEST(check_fact(absent, root).has_value());
  std::swap(present.key, absent.key);
  BOOST_TEST(is_error(check_fact(present, root), ErrorCode::bad_proof));
  BOOST_TEST(is_error(check_fact(absent, root), ErrorCode::bad_proof));
  std::swap(present.key, absent.key);
  StateFact hidden = present;
  hidden.value.reset();
  BOOST_TEST(is_error(check_fact(hidden, root), ErrorCode::bad_proof));
  BOOST_TEST(is_error(check_fact(present, chain().header(Height(1)).state_root), ErrorCode::bad_proof));
  const StateFacts facts{present, absent};
  BOOST_TEST(find_fact(facts, absent.key) == &facts[1]);
  BOOST_TEST(find_fact(facts, Bytes{1}) == nullptr);
}

const Subject& subject() {
  static const Subject certificate = CertificateSubject{CertificateChain::id("2025000000001")};
  return certificate;
}
StateFact trace_fact(const Subject& about) {
  return chain().fact(contracts::traces.key_of(contracts::trace_key_of(about)));
}

BOOST_AUTO_TEST_CASE(the_whole_history_of_every_subject_leads_to_its_trace) {
  std::vector<Subject> subjects{subject()};
  for (const auto& department : chain().genesis().departments) subjects.push_back(DepartmentSubject{department.id});
  for (const Subject& about : subjects) {
    const auto events = chain().history(about);
    BOOST_TEST(!events.empty());
    BOOST_TEST(check_trace(about, events, trace_fact(about)).has_value());
  }
  const Subject stranger = PartySubject{CertificateChain::person("nobody")};
  BOOST_TEST(check_trace(stranger, {}, trace_fact(stranger)).has_value());
  BOOST_TEST(!check_trace(stranger, chain().history(subject()), trace_fact(stranger)).has_value());
  BOOST_TEST(!check_trace(stranger, {}, trace_fact(subject())).has_value());
}

BOOST_AUTO_TEST_CASE(a_history_with_an_event_left_out_doubled_or_swapped_is_refused) {
  const auto events = chain().history(subject());
  const StateFact fact = trace_fact(subject());
  BOOST_REQUIRE(events.size() == 4u);
  const auto refused = [&](const std::vector<TracedEvent>& list) {
    return is_error(check_trace(subject(), list, fact), ErrorCode::bad_proof);
  };
  for (std::size_t i = 0; i < events.size(); ++i) {
    auto fewer = events;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    BOOST_TEST(refused(fewer));
    for (std::size_t j = 0; j < events.size(); ++j) {
      auto doubled = events;
      doubled.insert(doubled.begin() + static_cast<std::ptrdiff_t>(j), events[i]);
      BOOST_TEST(refused(doubled));
      auto replaced = events;
      replaced[j] = events[i];
      if (i != j) BOOST_TEST(refused(replaced));
      auto swapped = events;
      std::swap(swapped[i], swapped[j]);
      if (i != j) BOOST_TEST(refused(swapped));
    }
    auto moved = events;
    ++moved[i].position.event;
    BOOST_TEST(refused(moved));
    auto altered = events;
    altered[i].event.data = {};
    BOOST_TEST(refused(altered));
    auto renamed = events;
    renamed[i].event.subjects.clear();
    BOOST_TEST(refused(renamed));
  }
  BOOST_TEST(refused({}));
}

// The time is not in the chain: the header of its block proves it.
BOOST_AUTO_TEST_CASE(the_time_of_an_event_is_not_the_traces_matter) {
  auto events = chain().history(subject());
  ++events[0].time_ms;
  BOOST_TEST(check_trace(subject(), events, trace_fact(subject())).has_value());
}

BOOST_AUTO_TEST_CASE(random_permutations_of_a_history_are_refused) {
  std::mt19937_64 random(7);
  const Subject registry = DepartmentSubject{CertificateChain::department("registry")};
  const auto events = chain().history(registry);
  const StateFact fact = trace_fact(registry);
  for (int round = 0; round < 200; ++round) {
    auto other = events;
    std::shuffle(other.begin(), other.end(), random);
    const bool same = std::ranges::equal(other, events, {}, &TracedEvent::position, &TracedEvent::position);
    BOOST_TEST(check_trace(registry, other, fact).has_value() == same);
  }
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace kanhe::certs
