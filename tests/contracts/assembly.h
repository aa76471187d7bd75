// Assembly: a network of departments with a validator each, for the tests of motions: five in all, of which four run
// validators ("a" to "d"), and "e" has no node.
#pragma once

#include <boost/test/unit_test.hpp>

#include "contracts/motion.h"
#include "tests/support/contract_network.h"

namespace kanhe::contracts::motion {

using HostCode = contracts::Code;
using membership::Action;
using MemberCode = membership::Code;

inline constexpr std::uint16_t window = 3;

struct Assembly : ContractNetwork {
  Assembly() : ContractNetwork(founding()) {}

  static Genesis founding() {
    static constexpr std::string_view names[] = {"a", "b", "c", "d", "e"};
    Genesis genesis = genesis_of(names);
    genesis.validators.pop_back();
    genesis.parameters.window = Number<WindowTag>(window);
    return genesis;
  }

  PutArguments motion_of(Action action) const {
    return {std::move(action), PlainText<256>::from("because").value(), now() + Duration(600'000)};
  }
  Receipt put(std::string_view department, const Action& action) {
    return run(administrator(department), "motion", "put", motion_of(action));
  }
  // Puts a motion that has nothing against it, and answers its number.
  MotionNumber put_good(const Action& action, std::string_view department = "a") {
    const Receipt receipt = put(department, action);
    BOOST_REQUIRE(succeeded(receipt));
    return decode<PutResult>(receipt.return_value).value().motion;
  }
  Receipt cast(std::string_view department, MotionNumber number, Choice choice = Choice::in_favour) {
    return run(administrator(department), "motion", "cast", CastArguments{number, choice});
  }
  Receipt confirm(std::string_view key_name, MotionNumber number, Height at) {
    return run(key_name, "motion", "confirm", ConfirmArguments{number, at});
  }
  Receipt withdraw(std::string_view department, MotionNumber number) {
    return run(administrator(department), "motion", "withdraw", WithdrawArguments{number});
  }
  // Three of four are in favour.
  MotionNumber carry(const Action& action) {
    const MotionNumber number = put_good(action);
    for (const std::string_view department : {"a", "b", "c"}) BOOST_REQUIRE(succeeded(cast(department, number)));
    return number;
  }
  // An empty block; answers what it ends with.
  BlockOutput beat() {
    BlockOutput output = execute_block(state(), block_of({}));
    execute({});
    return output;
  }
  void pass(std::size_t blocks) {
    for (std::size_t i = 0; i < blocks; ++i) execute({});
  }
  // Lets every change that waits have its turn.
  void settle() { pass(20 * window); }

  Motion motion(MotionNumber number) { return motions.get(state(), number).value(); }
  State state_of(MotionNumber number) { return motion(number).state; }
  EpochConfig epoch() { return governance::epoch_config(state()); }
  bool is_validator(std::string_view name) { return epoch().index_of(department(name)).has_value(); }
  bool is_observer(std::string_view name) {
    const EpochConfig now = epoch();
    return std::ranges::find(now.observers, department(name), &Validator::department) != now.observers.end();
  }

  static Action observe(std::string_view name, std::string_view key_name) {
    return membership::AddObserver{department(name), key(key_name), TransportKey(sha256(as_bytes(key_name)))};
  }
  // "e" follows as an observer.
  void let_e_observe() {
    carry(observe("e", "node of e"));
    settle();
    BOOST_REQUIRE(is_observer("e"));
  }
};

}  // namespace kanhe::contracts::motion
