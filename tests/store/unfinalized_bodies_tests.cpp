// Unfinalized bodies beside a plain model: groups come, bodies go in any order, and what is written at each step is
// enough to load the same again.
#include "ledger/unfinalized_bodies.h"

#include <boost/test/unit_test.hpp>
#include <random>

#include "ledger/hash.h"

using namespace kanhe;

namespace {

BodyRecord record_of(std::uint32_t number) {
  const Byte bytes[] = {static_cast<Byte>(number >> 8), static_cast<Byte>(number & 0xff)};
  return {BodyHash(sha256(bytes)), {1, number, 7}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(unfinalized_bodies_tests)

BOOST_AUTO_TEST_CASE(what_is_written_at_each_step_loads_as_what_is_held) {
  std::mt19937_64 random(1);
  UnfinalizedBodies held;
  std::map<BodyGroup, std::vector<BodyRecord>> written;  // what would stand on disk
  std::vector<BodyRecord> model;
  for (std::uint32_t number = 0; number < 3'000;) {
    std::vector<BodyRecord> added;
    for (std::size_t count = 1 + random() % 8; count > 0; --count) added.push_back(record_of(number++));
    const BodyGroup group = held.add(added);
    BOOST_REQUIRE(!written.contains(group));
    written[group] = held.group(group);
    BOOST_REQUIRE(written[group].size() == added.size());
    model.insert(model.end(), added.begin(), added.end());

    std::ranges::shuffle(model, random);
    std::vector<BodyHash> gone{record_of(number + 1).hash};  // unknown: ignored
    while (!model.empty() && random() % 8 != 0) {
      gone.push_back(model.back().hash);
      model.pop_back();
    }
    for (const BodyGroup touched : held.remove(gone)) {
      written[touched] = held.group(touched);
      if (written[touched].empty()) written.erase(touched);
    }

    UnfinalizedBodies loaded;
    for (const auto& [loaded_group, bodies] : written) loaded.load(loaded_group, bodies);
    BOOST_REQUIRE((loaded.hashes() == held.hashes()));
    BOOST_REQUIRE(held.hashes().size() == model.size());
    for (const BodyRecord& body : model) {
      BOOST_REQUIRE((*held.find(body.hash) == body.location));
      BOOST_REQUIRE((*loaded.find(body.hash) == body.location));
    }
    for (const BodyHash& hash : gone) BOOST_REQUIRE(held.find(hash) == nullptr);
  }
}

BOOST_AUTO_TEST_SUITE_END()
