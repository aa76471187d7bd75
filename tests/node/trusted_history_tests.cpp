// Trusted history: a seal and its proof hold for every block of the history that the trusted header closes, and for
// nothing else.
#include "node/trusted_history.h"

#include "tests/node/one_node.h"

namespace kanhe::node {
namespace {

constexpr std::uint64_t blocks = 21;

// A chain of empty blocks, every one with a seal; another `shift_ms` makes another history.
struct Chain {
  explicit Chain(std::uint64_t shift_ms = 0)
      : genesis(test_genesis()), on_disk(genesis), executor(*on_disk.store, genesis) {
    for (std::uint64_t i = 1; i <= blocks; ++i) {
      const Timestamp time = test_time() + (i * 1'000 + shift_ms);
      const auto proposal = a_proposal(genesis, executor.tip().height + 1, executor.tip().digest, {}, time);
      const ProposalDigest digest = digest_of(proposal->header);
      const auto done = executor.execute(*proposal, digest, {});
      executor.commit(digest, a_seal(genesis, done), {}, {});
    }
  }
  const Store& store() const { return *on_disk.store; }
  TrustedHistory trust(std::uint64_t height) const { return TrustedHistory(store().header(Height(height)).value()); }
  Checkpoint sealed(std::uint64_t height) const { return store().seal(Height(height)).value().checkpoint; }
  HistoryProof proof(std::uint64_t height, std::uint64_t under) const {
    return prove_history(store(), Height(height), Height(under)).value();
  }
  Genesis genesis;
  TestStore on_disk;
  Executor executor;
};

void flip(LogPath& path, std::size_t at) { path[at].array()[0] ^= Byte{1}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(trusted_history_tests)

BOOST_AUTO_TEST_CASE(every_block_up_to_the_trusted_one_can_be_proved) {
  const Chain chain;
  for (std::uint64_t under = 1; under <= blocks; ++under) {
    const TrustedHistory trusted = chain.trust(under);
    for (std::uint64_t height = 1; height <= under; ++height) {
      BOOST_TEST(trusted.covers(Height(height)));
      BOOST_TEST((trusted.proof_for(Height(height)) == Height(under)));
      const auto checked = trusted.check(Height(1), chain.sealed(height), chain.proof(height, under));
      BOOST_TEST(checked.has_value(), height << " under " << under);
    }
    BOOST_TEST(!trusted.covers(Height(under + 1)));
    BOOST_TEST(!trusted.proof_for(Height(under + 1)).has_value());
    BOOST_TEST(trusted.check(Height(under + 1), chain.sealed(std::min(under + 1, blocks)), {}).has_value());
  }
}

BOOST_AUTO_TEST_CASE(nothing_else_is_of_the_history) {
  const Chain chain;
  const Chain other(1);
  for (const std::uint64_t under : {2, 8, 15, 16, 21}) {
    const TrustedHistory trusted = chain.trust(under);
    for (std::uint64_t height = 1; height <= under; ++height) {
      const Checkpoint good = chain.sealed(height);
      const HistoryProof proof = chain.proof(height, under);
      const auto refused = [&](const Checkpoint& sealed, const std::optional<HistoryProof>& with, const char* what) {
        const auto checked = trusted.check(Height(1), sealed, with);
        BOOST_TEST(!checked.has_value(), what << ", " << height << " under " << under);
        if (!checked) BOOST_TEST((checked.error().code == ErrorCode::bad_proof));
      };
      refused(good, {}, "no proof");
      // All of another history whose keys are as good.
      refused(other.sealed(height), other.proof(height, under), "another history");
      refused(other.sealed(height), proof, "the proof of the right one");
      const auto with_proof = [&](auto&& change, const char* what) {
        HistoryProof changed = proof;
        change(changed);
        Checkpoint sealed = good;
        refused(sealed, changed, what);
        sealed.header_hash = hash_of(changed.header);
        refused(sealed, changed, what);
      };
      with_proof([](HistoryProof& p) { p.header.proposal_digest = ProposalDigest{}; }, "another proposal");
      with_proof([](HistoryProof& p) { p.header.state_root = StateRoot{}; }, "another state");
      for (std::size_t i = 0; i < proof.inclusion.size(); ++i) {
        with_proof([i](HistoryProof& p) { flip(p.inclusion, i); }, "inclusion");
      }
      for (std::size_t i = 0; i < proof.consistency.size(); ++i) {
        with_proof([i](HistoryProof& p) { flip(p.consistency, i); }, "consistency");
      }
      // What old keys can sign over the header that is right.
      Checkpoint sealed = good;
      sealed.proposal_digest = ProposalDigest{};
      refused(sealed, proof, "another proposal in the seal");
      sealed = good;
      sealed.log_root = other.sealed(height).log_root;
      refused(sealed, proof, "another log in the seal");
      sealed = good;
      sealed.height = good.height + 1;
      refused(sealed, proof, "another height");
      sealed = good;
      sealed.epoch = Epoch(1);
      refused(sealed, proof, "another epoch");
    }
  }
}

// Where an epoch ends another begins, so that no honest run goes on beyond.
BOOST_AUTO_TEST_CASE(a_run_does_not_lead_out_of_it) {
  const Chain chain;
  const TrustedHistory trusted = chain.trust(10);
  const auto checked = trusted.check(Height(10), chain.sealed(11), chain.proof(11, 21));
  BOOST_REQUIRE(!checked.has_value());
  BOOST_TEST(checked.error().text == "blocks: one run from 10 beyond the epoch's end at 10");
}

BOOST_AUTO_TEST_CASE(what_is_not_here_cannot_be_proved) {
  const Chain chain;
  BOOST_TEST((prove_history(chain.store(), Height(6), Height(5)).error().code == ErrorCode::out_of_range));
  BOOST_TEST((prove_history(chain.store(), Height(6), Height(22)).error().code == ErrorCode::unknown));
  BOOST_TEST((prove_history(chain.store(), Height(Height::max), Height(Height::max)).error().code ==
              ErrorCode::unknown));
}

BOOST_AUTO_TEST_CASE(data_of_another_history_are_found_out) {
  const Chain chain;
  const Chain other(1);
  BOOST_TEST(TrustedHistory().check_store(other.store()).has_value());
  for (const std::uint64_t height : {1, 8, 21}) {
    const TrustedHistory trusted = chain.trust(height);
    BOOST_TEST(trusted.check_store(chain.store()).has_value());
    const auto checked = trusted.check_store(other.store());
    BOOST_REQUIRE(!checked.has_value());
    BOOST_TEST((checked.error().code == ErrorCode::conflict));
    BOOST_TEST(checked.error().text.find("height " + std::to_string(height)) != std::string::npos);
  }
  // What is not there yet is not wrong.
  TestStore empty(chain.genesis);
  BOOST_TEST(chain.trust(21).check_store(*empty.store).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::node
