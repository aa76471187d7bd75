// A ledger on a simulated disk whose blocks a quorum has sealed, for the tests of what a node answers: what the
// contracts of a ContractNetwork did is executed again by the node's own executor, block by block.
//
// Some blocks have no seal of their own, as it happens in a network: a later one covers them.
#pragma once

#include "certs/proofs.h"
#include "node/executor.h"
#include "tests/node/one_node.h"
#include "tests/support/contract_network.h"

namespace kanhe::node {

enum class Sealing : std::uint8_t { own, none };

class SealedLedger {
 public:
  explicit SealedLedger(const Genesis& genesis)
      : genesis_(genesis), disk_(genesis), executor_(*disk_.store, genesis), trust_(must_trust(genesis)) {}

  // Every block of the network; the receipts must be the same again. Every third one has no seal, but the last has.
  void replay(const ContractNetwork& network) {
    const auto& blocks = network.blocks();
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      BodiesOfProposal bodies;
      for (const TransactionBody& body : blocks[i].bodies) {
        bodies.push_back(std::make_shared<const TransactionBody>(body));
      }
      add(bodies, blocks[i].time, i % 3 == 1 && i + 1 < blocks.size() ? Sealing::none : Sealing::own);
      BOOST_REQUIRE((store().receipts(Height(i + 1)) == network.receipts().at(i + 1)));
    }
  }

  // Makes a block durable. Without a seal, seal_tip() brings it later.
  void add(const BodiesOfProposal& bodies, Timestamp time, Sealing sealing = Sealing::own) {
    const auto proposal = a_proposal(genesis_, executor_.tip().height + 1, executor_.tip().digest, bodies, time);
    const ProposalDigest digest = digest_of(proposal->header);
    const consensus::Executed executed = executor_.execute(*proposal, digest, bodies);
    tip_seal_ = seal_of(executed);
    executor_.commit(digest, sealing == Sealing::own ? std::optional(tip_seal_) : std::nullopt, {}, {});
  }
  void seal_tip() { store().put_seal(tip_seal_); }

  Store& store() { return *disk_.store; }
  const Genesis& genesis() const { return genesis_; }
  certs::Trust& trust() { return trust_; }

 private:
  static certs::Trust must_trust(const Genesis& genesis) {
    auto trust = certs::Trust::from(genesis);
    if (!trust) BOOST_FAIL(trust.error().text);
    return std::move(trust).value();
  }

  // By every validator; ContractNetwork::make_genesis() has one.
  CommitSeal seal_of(const consensus::Executed& executed) const {
    const EpochConfig config = first_epoch_of(genesis_);
    CommitSeal seal;
    seal.checkpoint = {{},       Epoch(0), View(0), executed.height, executed.digest, executed.header_hash,
                       executed.log_root};
    const Hash256 digest = signing_digest(origin_of(genesis_), seal.checkpoint);
    for (std::uint16_t i = 0; i < config.n(); ++i) {
      const std::string name = "validator of " + config.validators[i].department.str();
      seal.signatures.push_back(
          {ValidatorIndex(i), sign(genesis_.suite.signature, ContractNetwork::secret(name), digest)});
    }
    return seal;
  }

  Genesis genesis_;
  TestStore disk_;
  Executor executor_;
  certs::Trust trust_;
  CommitSeal tip_seal_;
};

}  // namespace kanhe::node
