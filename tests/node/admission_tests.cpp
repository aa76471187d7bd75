// Admission: an observer's node confirms the motion about itself, once a minute, with the key that it would vote with.
#include "node/admission.h"

#include <boost/test/unit_test.hpp>

#include "ledger/codec.h"
#include "tests/contracts/assembly.h"

namespace kanhe::node {
namespace {

using contracts::motion::Assembly;
namespace motion = contracts::motion;

// "e" observes, and a motion would make it a validator.
struct Candidate : Assembly {
  Candidate() {
    let_e_observe();
    number = put_good(contracts::membership::AddValidator{department("e")});
  }
  std::optional<TransactionBody> confirmation(std::string_view who, std::string_view key_name,
                                              std::uint64_t age_ms = 0) {
    std::vector<SecretKey> keys;
    keys.push_back(secret(key_name));
    const consensus::Tip tip{height(), {}, {}, now()};
    return admission.confirmation(state(), epoch(), department(who), scheme, keys, tip, now() + age_ms);
  }
  MotionNumber number;
  Admission admission;
};

BOOST_AUTO_TEST_SUITE(admission_tests)

BOOST_AUTO_TEST_CASE(what_it_confirms_is_taken) {
  Candidate candidate;
  const auto body = candidate.confirmation("e", "node of e");
  BOOST_REQUIRE(body.has_value());
  BOOST_TEST(verify_signature(Assembly::scheme, *body));
  const auto arguments = decode<motion::ConfirmArguments>(body->transaction.arguments).value();
  BOOST_TEST((arguments.motion == candidate.number));
  BOOST_TEST((arguments.height == candidate.height()));
  BOOST_TEST(succeeded(candidate.execute({*body}).at(1)));
  BOOST_TEST(candidate.motion(candidate.number).confirmed_at.has_value());
  candidate.wait(60'000);
  BOOST_TEST(!candidate.confirmation("e", "node of e"));
}

BOOST_AUTO_TEST_CASE(it_tries_once_a_minute) {
  Candidate candidate;
  BOOST_TEST(candidate.confirmation("e", "node of e").has_value());
  BOOST_TEST(!candidate.confirmation("e", "node of e", 59'999));
  BOOST_TEST(candidate.confirmation("e", "node of e", 60'000).has_value());
}

BOOST_AUTO_TEST_CASE(nothing_is_confirmed_for_others_without_the_key_or_from_an_old_state) {
  Candidate candidate;
  BOOST_TEST(!candidate.confirmation("a", "a"));
  BOOST_TEST(!candidate.confirmation("e", "another key"));
  const std::uint64_t window = candidate.epoch().parameters.validity_window_ms.value();
  BOOST_TEST(!candidate.confirmation("e", "node of e", window + 1));
  BOOST_REQUIRE(succeeded(candidate.withdraw("a", candidate.number)));
  BOOST_TEST(!candidate.confirmation("e", "node of e"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::node
