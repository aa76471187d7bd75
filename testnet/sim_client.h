// SimClient: the people around a simulated network. It makes the genesis, signs real transactions (officers enrolled,
// types of certificates defined, certificates issued; good ones, ones that a contract refuses, and ones that no node
// may let in), and remembers what became of each.
//
// What it promises of each transaction, and checks:
//   good, refused   may be recorded, once; refused ones with a failing receipt (the receipts are the contracts' tests)
//   inadmissible    (bad signature, another chain, expired, too far ahead) is answered with an error and never recorded
//
// Owner: the simulator. Thread: one.
#pragma once

#include "testnet/checkers.h"

namespace kanhe::testnet {

struct GenesisOptions {
  std::size_t validators = 4;
  std::size_t observers = 0;
  SignatureScheme scheme = SignatureScheme::keyed_hash;
  Parameters parameters;
};

Timestamp sim_created();
Genesis make_sim_genesis(const GenesisOptions& options);
// The consensus key of a validator of such a genesis.
SecretKey sim_validator_key(std::size_t index);

class SimClient {
 public:
  SimClient(const Genesis& genesis, Random& random, Checkers& checkers)
      : genesis_(genesis), chain_id_(chain_id_of(genesis)), random_(random), checkers_(checkers) {}

  struct Sent {
    TransactionBody body;
    bool admissible = true;
  };
  using Token = std::uint64_t;

  // A new transaction of some kind, made at this time.
  Token make(Timestamp now);
  // One that is good and lives as long as the rules allow.
  Token make_good(Timestamp now);
  const Sent& sent(Token token) const { return sent_.at(token); }
  std::size_t count() const { return sent_.size(); }

  void on_answer(Token token, const Result<void>& answer);
  // What is admissible, lives beyond `until` and is not recorded anywhere.
  std::vector<Token> pending(Timestamp until) const;
  bool is_final(Token token) const { return checkers_.position(sent_.at(token).body.id).has_value(); }
  // Nothing inadmissible was recorded.
  void check() const;
  std::size_t final_count() const;

 private:
  Transaction enrol();
  Transaction define_type();
  Transaction issue();
  Transaction unknown_method();
  Transaction call(std::string_view module, std::string_view method, Bytes arguments) const;
  Token add(Transaction transaction, std::string_view sender, Timestamp valid_until);

  const Genesis& genesis_;
  ChainId chain_id_;
  Random& random_;
  Checkers& checkers_;
  std::vector<Sent> sent_;
  std::uint64_t serial_ = 0;
};

}  // namespace kanhe::testnet
