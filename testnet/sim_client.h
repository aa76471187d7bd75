// SimClient: the people around a simulated network. It signs real transactions (officers enrolled, types of
// certificates defined, certificates issued, motions put and ballots cast; good ones, ones that a contract refuses, and
// ones that no node may let in), and remembers what became of each.
//
// What it promises of each transaction, and checks:
// With real signatures, part of them are signed twice: two bodies of one id, of which one at most is recorded.
//
//   good, refused   may be recorded, once; refused ones with a failing receipt (the receipts are the contracts' tests)
//   inadmissible    (bad signature, another chain, expired, too far ahead) is answered with an error and never recorded
//
// Owner: the simulator. Thread: one.
#pragma once

#include "contracts/membership.h"
#include "testnet/checkers.h"
#include "testnet/sim_genesis.h"

namespace kanhe::testnet {

class SimClient {
 public:
  SimClient(const Genesis& genesis, Random& random, Checkers& checkers)
      : genesis_(genesis), chain_id_(chain_id_of(genesis)), random_(random), checkers_(checkers) {}

  struct Sent {
    TransactionBody body;
    bool admissible = true;
    std::string sender = {};  // the name of its key
  };
  using Token = std::uint64_t;

  // A new transaction of some kind, made at this time, or one that was made, signed again.
  Token make(Timestamp now);
  // A motion about members or parameters, or ballots on the open ones, as a node's state shows them: mostly good.
  std::vector<Token> make_motions(const StateReader& state, Timestamp now);
  // From now on nobody votes on every second motion: it lapses, where its end is seen.
  void let_motions_lapse() { motions_lapse_ = true; }
  // From now on most motions replace keys.
  void replace_keys() { replaces_keys_ = true; }
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
  contracts::membership::Action draw_action(const StateReader& state);
  Identity draw_member(const EpochConfig& epoch, bool among_validators);
  Transaction call(std::string_view module, std::string_view method, Bytes arguments) const;
  // One that was made, under another good signature.
  Token sign_again(Token token);
  Token add(Transaction transaction, std::string_view sender, Timestamp valid_until);

  const Genesis& genesis_;
  ChainId chain_id_;
  Random& random_;
  Checkers& checkers_;
  std::vector<Sent> sent_;
  std::uint64_t serial_ = 0;
  bool motions_lapse_ = false;
  bool replaces_keys_ = false;
};

}  // namespace kanhe::testnet
