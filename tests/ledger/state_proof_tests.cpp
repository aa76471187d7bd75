// Proofs of presence and absence in the state tree against everything that a liar may change in them.
#include <boost/test/unit_test.hpp>

#include "ledger/codec.h"
#include "ledger/state_tree.h"
#include "tests/ledger/state_model.h"

namespace {

using namespace kanhe;
using namespace kanhe::state_model;

std::optional<StateValueHash> value_in(const Model& model, const StatePosition& position) {
  const auto found = model.find(position);
  if (found == model.end()) return std::nullopt;
  return found->second;
}

std::vector<StateProof> altered(const StateProof& proof) {
  std::vector<StateProof> proofs;
  const auto alter = [&](auto change) {
    proofs.push_back(proof);
    change(proofs.back());
  };
  for (std::size_t i = 0; i < proof.siblings.size(); ++i) {
    const auto place = static_cast<std::ptrdiff_t>(i);
    alter([&](StateProof& p) { p.siblings[i].array()[i % 32] ^= 1; });
    alter([&](StateProof& p) { p.siblings.erase(p.siblings.begin() + place); });
    alter([&](StateProof& p) { p.siblings.insert(p.siblings.begin() + place, Hash256{}); });
    alter([&](StateProof& p) { p.siblings.insert(p.siblings.begin() + place, p.siblings[i]); });
  }
  alter([](StateProof& p) { p.siblings.push_back(Hash256{}); });
  alter([](StateProof& p) { p.siblings.resize(257); });
  if (!proof.siblings.empty()) alter([](StateProof& p) { p.siblings.clear(); });
  if (proof.other) {
    alter([](StateProof& p) { p.other.reset(); });
    alter([](StateProof& p) { p.other->value.array()[0] ^= 0x80; });
    for (const std::size_t depth : {0u, 100u, 255u}) {
      alter([&](StateProof& p) { p.other->position = with_flipped_bit(p.other->position, depth); });
    }
  } else {
    alter([](StateProof& p) { p.other.emplace(); });
  }
  return proofs;
}

bool accepts(const StatePosition& position, const std::optional<StateValueHash>& value, const StateProof& proof,
             const StateRoot& root) {
  return check_state_proof(position, value, proof, root).has_value();
}

// The proof is right, and no other proof or statement passes for this position.
void require_proof(const TreeView& view, const Model& model, const StatePosition& position) {
  const StateRoot root = view.root();
  const auto value = value_in(model, position);
  BOOST_REQUIRE((view.find(position) == value));
  const StateProof proof = view.prove(position);
  BOOST_REQUIRE(accepts(position, value, proof, root));
  for (const StateProof& other : altered(proof)) BOOST_REQUIRE(!accepts(position, value, other, root));

  StateValueHash lie = value.value_or(StateValueHash{});
  lie.array()[9] ^= 4;
  BOOST_REQUIRE(!accepts(position, lie, proof, root));
  if (value) BOOST_REQUIRE(!accepts(position, std::nullopt, proof, root));
  StateRoot other_root = root;
  other_root.array()[31] ^= 1;
  BOOST_REQUIRE(!accepts(position, value, proof, other_root));

  // For another position the proof may hold only where it says the truth: two absent ones can share one empty place.
  for (std::size_t depth = 0; depth < 256; depth += 5) {
    const StatePosition near = with_flipped_bit(position, depth);
    if (accepts(near, value, proof, root)) {
      BOOST_REQUIRE((value_in(model, near) == value));
      BOOST_REQUIRE((view.prove(near) == proof));
    }
  }
}

BOOST_AUTO_TEST_SUITE(state_proof_tests)

BOOST_AUTO_TEST_CASE(presence_and_absence_are_proved_and_nothing_else) {
  Random random(8);
  for (const Spread spread : {Spread::uniform, Spread::crowded, Spread::deep}) {
    // The cost of altering a proof in every place grows with the square of its length.
    const int rounds = spread == Spread::deep ? 3 : 12;
    for (const std::size_t size : {0u, 1u, 2u, 3u, 24u, 25u, 60u, 400u}) {
      const Model model = random_model(random, size, spread);
      Durable durable;
      durable.apply(insertions(model));
      for (int i = 0; i < rounds; ++i) {
        require_proof(durable.tree, model, random_position(random, spread));
        require_proof(durable.tree, model, random_position(random, Spread::uniform));
        if (model.empty()) continue;
        const StatePosition present = some_position(random, model);
        require_proof(durable.tree, model, present);
        require_proof(durable.tree, model, with_flipped_bit(present, random() % 256));
        require_proof(durable.tree, model, with_flipped_bit(present, 255));
      }
    }
  }
}

// A single leaf in one half of the tree, all others in the other half.
BOOST_AUTO_TEST_CASE(a_lone_leaf_above_the_pages_is_proved_at_its_height) {
  Random random(9);
  Model model;
  while (model.size() < 300) {
    StatePosition position = random_position(random, Spread::uniform);
    position.array()[0] |= 0x80;
    model.emplace(position, random_value(random));
  }
  StatePosition lone = random_position(random, Spread::uniform);
  lone.array()[0] &= 0x7f;
  Durable durable;
  durable.apply(insertions(model));
  require_proof(durable.tree, model, lone);
  BOOST_TEST(durable.tree.prove(lone).siblings.size() == 1);
  BOOST_TEST(!durable.tree.prove(lone).other.has_value());

  model.emplace(lone, random_value(random));
  durable.apply({{lone, model.at(lone)}});
  BOOST_REQUIRE((durable.tree.root() == reference_root(model)));
  BOOST_TEST(durable.tree.prove(lone).siblings.size() == 1);
  for (const std::size_t depth : {1u, 2u, 3u, 100u, 255u}) {
    const StatePosition absent = with_flipped_bit(lone, depth);
    require_proof(durable.tree, model, absent);
    BOOST_TEST((durable.tree.prove(absent).other == StateLeaf{lone, model.at(lone)}));
  }
}

BOOST_AUTO_TEST_CASE(two_leaves_that_differ_in_the_last_bit_need_the_longest_proof) {
  Random random(10);
  Model model;
  const StatePosition position = random_position(random, Spread::uniform);
  model[position] = random_value(random);
  model[with_flipped_bit(position, 255)] = random_value(random);
  Durable durable;
  durable.apply(insertions(model));
  BOOST_TEST(durable.tree.prove(position).siblings.size() == 256);
  for (const auto& [present, value] : model) require_proof(durable.tree, model, present);
  for (std::size_t depth = 0; depth < 255; depth += 17) {
    require_proof(durable.tree, model, with_flipped_bit(position, depth));
  }
}

// Roots that a liar may choose freely: the form is refused although the hashes lead to the root.
BOOST_AUTO_TEST_CASE(a_proof_of_another_form_is_refused_whatever_its_root) {
  Random random(11);
  const StateLeaf leaf{random_position(random, Spread::uniform), random_value(random)};
  const StateRoot root{state_leaf_hash(leaf)};
  BOOST_TEST(accepts(leaf.position, leaf.value, StateProof{}, root));

  const StateProof with_other{{}, {}, leaf};
  BOOST_TEST(accepts(with_flipped_bit(leaf.position, 3), std::nullopt, with_other, root));
  BOOST_TEST(!accepts(leaf.position, std::nullopt, with_other, root));
  BOOST_TEST(!accepts(leaf.position, leaf.value, with_other, root));

  const auto root_over = [](const StatePosition& position, const Hash256& sibling, const Hash256& own) {
    return StateRoot(bit_at(position, 0) ? tagged_hash(Tag::state_node, sibling, own)
                                         : tagged_hash(Tag::state_node, own, sibling));
  };
  const Hash256 sibling{random_value(random)};
  const StatePosition across = with_flipped_bit(leaf.position, 0);
  const StateProof one_level{{}, {sibling}, leaf};
  const StatePosition near = with_flipped_bit(leaf.position, 1);
  BOOST_TEST(accepts(near, std::nullopt, one_level, root_over(near, sibling, state_leaf_hash(leaf))));
  BOOST_TEST(!accepts(across, std::nullopt, one_level, root_over(across, sibling, state_leaf_hash(leaf))));

  StateProof too_long;
  too_long.siblings.resize(257, sibling);
  const auto refusal = check_state_proof(leaf.position, leaf.value, too_long, root).error();
  BOOST_TEST((refusal.code == ErrorCode::bad_proof));
  BOOST_TEST(refusal.text.find("at most 256") != std::string::npos);

  const StateProof empty_sibling{{}, {Hash256{}}, std::nullopt};
  BOOST_TEST(!accepts(near, leaf.value, empty_sibling,
                      root_over(near, Hash256{}, state_leaf_hash({near, leaf.value}))));
}

BOOST_AUTO_TEST_CASE(a_proof_survives_its_encoding) {
  Random random(15);
  const Model model = random_model(random, 100, Spread::uniform);
  Durable durable;
  durable.apply(insertions(model));
  for (int i = 0; i < 100; ++i) {
    const StateProof proof = durable.tree.prove(random_position(random, Spread::uniform));
    BOOST_TEST((decode<StateProof>(encode(proof)).value() == proof));
  }
  StateProof longest;
  longest.siblings.resize(256);
  BOOST_TEST((decode<StateProof>(encode(longest)).value() == longest));
  Bytes too_long = encode(longest);
  too_long[2] = 1;  // 257 as the little-endian count that follows the version
  too_long.insert(too_long.end(), 32, Byte{0});
  BOOST_TEST((decode<StateProof>(too_long).error().code == ErrorCode::out_of_range));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
