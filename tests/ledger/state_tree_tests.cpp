// The state tree against a naive recursion over all leaves, through random and hostile histories.
#include "ledger/state_tree.h"

#include <boost/test/unit_test.hpp>
#include <deque>

#include "tests/ledger/state_model.h"

namespace {

using namespace kanhe;
using namespace kanhe::state_model;

// Everything that a view says, against the model.
void require_whole(const TreeView& view, const Model& model) {
  const auto leaves = leaves_of(model);
  BOOST_REQUIRE(view.leaf_count() == model.size());
  BOOST_REQUIRE((view.root() == reference_root(model)));
  const std::uint64_t count = view.page_count();
  BOOST_REQUIRE(count >= 1);
  BOOST_REQUIRE(model.size() <= count * page_leaves_mean);
  BOOST_REQUIRE((count == 1 || model.size() > (count - 1) * page_leaves_mean));
  for (PageId id = 1; id < 2 * count; ++id) {
    const auto below = leaves_below(leaves, id);
    const std::size_t depth = static_cast<std::size_t>(std::bit_width(id)) - 1;
    BOOST_REQUIRE((view.subtree(id) == reference(below, depth)));
    if (id < count) continue;
    BOOST_REQUIRE((view.page(id).leaves() == below));
    for (const StateLeaf& leaf : below) BOOST_REQUIRE(view.page_of(leaf.position) == id);
  }
}

// What is stored is exactly the leaves, and the hashes of the pages that are not empty.
void require_stored(const Durable& durable) {
  const std::uint64_t count = durable.tree.page_count();
  BOOST_REQUIRE(durable.pages.leaves.size() == durable.tree.leaf_count());
  for (const auto& [id, hash] : durable.pages.stored) {
    BOOST_REQUIRE((id >= count && id < 2 * count));
    BOOST_REQUIRE((hash.kind != SubtreeHash::Kind::empty));
  }
  const StateTree reopened(durable.pages, durable.tree.leaf_count(), durable.pages.hashes());
  for (PageId id = 1; id < 2 * count; ++id) BOOST_REQUIRE((reopened.subtree(id) == durable.tree.subtree(id)));
}

// `inserted` new leaves, `other` updates, removals and changes of nothing; the model follows.
std::vector<StateChange> random_batch(Random& random, Model& model, std::size_t inserted, std::size_t removed) {
  std::map<StatePosition, std::optional<StateValueHash>> batch;
  for (std::size_t i = 0; i < removed && !model.empty(); ++i) batch[some_position(random, model)] = std::nullopt;
  for (std::size_t i = 0; i < removed / 4 && !model.empty(); ++i) {
    batch[some_position(random, model)] = random_value(random);
  }
  for (std::size_t i = 0; i < inserted; ++i) {
    const auto spread = random() % 8 == 0 ? Spread::deep : random() % 8 == 0 ? Spread::crowded : Spread::uniform;
    batch[random_position(random, spread)] = random_value(random);
  }
  batch.try_emplace(random_position(random, Spread::uniform), std::nullopt);
  std::vector<StateChange> changes;
  for (const auto& [position, value] : batch) {
    changes.push_back({position, value});
    if (value) model[position] = *value;
    if (!value) model.erase(position);
  }
  std::ranges::shuffle(changes, random);
  return changes;
}

BOOST_AUTO_TEST_SUITE(state_tree_tests)

BOOST_AUTO_TEST_CASE(a_tree_without_leaves_has_the_zero_root) {
  const Durable durable;
  BOOST_TEST(durable.tree.root().is_zero());
  BOOST_TEST(durable.tree.page_count() == 1);
  BOOST_TEST(!durable.tree.find(StatePosition{}).has_value());
  const StateProof proof = durable.tree.prove(StatePosition{});
  BOOST_TEST(check_state_proof(StatePosition{}, std::nullopt, proof, durable.tree.root()).has_value());
}

BOOST_AUTO_TEST_CASE(the_number_of_pages_follows_from_the_number_of_leaves) {
  BOOST_TEST(page_count_of(0) == 1);
  BOOST_TEST(page_count_of(page_leaves_mean) == 1);
  BOOST_TEST(page_count_of(page_leaves_mean + 1) == 2);
  BOOST_TEST(page_count_of(2 * page_leaves_mean) == 2);
  BOOST_TEST(page_count_of(2 * page_leaves_mean + 1) == 3);
}

BOOST_AUTO_TEST_CASE(sets_of_every_small_size_have_the_root_of_the_recursion) {
  Random random(1);
  for (const Spread spread : {Spread::uniform, Spread::crowded, Spread::deep}) {
    for (std::size_t size = 0; size < 130; ++size) {
      const Model model = random_model(random, size, spread);
      Durable durable;
      const TreeVersion version(durable.tree, insertions(model));
      require_whole(version, model);
      durable.commit(version);
      require_whole(durable.tree, model);
      require_stored(durable);
    }
  }
}

BOOST_AUTO_TEST_CASE(leaves_that_come_and_go_one_by_one_cross_every_split_and_merge) {
  Random random(2);
  for (const Spread spread : {Spread::uniform, Spread::deep}) {
    const Model all = random_model(random, 260, spread);
    Durable durable;
    Model model;
    for (const auto& [position, value] : all) {
      model[position] = value;
      durable.apply({{position, value}});
      BOOST_REQUIRE((durable.tree.root() == reference_root(model)));
      if (model.size() % page_leaves_mean < 2) require_whole(durable.tree, model);
    }
    require_stored(durable);
    while (!model.empty()) {
      const StatePosition gone = some_position(random, model);
      model.erase(gone);
      durable.apply({{gone, std::nullopt}});
      BOOST_REQUIRE((durable.tree.root() == reference_root(model)));
      if (model.size() % page_leaves_mean < 2) require_whole(durable.tree, model);
    }
    BOOST_TEST(durable.pages.stored.empty());
  }
}

BOOST_AUTO_TEST_CASE(random_batches_keep_the_tree_whole_while_it_grows_and_shrinks) {
  Random random(3);
  Durable durable;
  Model model;
  std::size_t size_max = 0;
  for (int round = 0; round < 90; ++round) {
    // Growth, then a plateau, then decline to nothing; batches from one change to hundreds.
    const std::size_t scale = round % 3 == 0 ? 3 : 300;
    const std::size_t inserted = round < 45 ? random() % scale : random() % (scale / 3 + 1);
    const std::size_t removed = round < 30 ? random() % (scale / 3 + 1) : random() % (2 * scale);
    durable.apply(random_batch(random, model, inserted, removed));
    BOOST_REQUIRE((durable.tree.root() == reference_root(model)));
    if (round % 10 == 0) require_whole(durable.tree, model);
    size_max = std::max(size_max, model.size());
  }
  require_stored(durable);
  BOOST_TEST(size_max > 2000);
  std::vector<StateChange> removals;
  for (const auto& [position, value] : model) removals.push_back({position, std::nullopt});
  durable.apply(removals);
  BOOST_TEST(durable.tree.root().is_zero());
  BOOST_TEST(durable.pages.stored.empty());
}

BOOST_AUTO_TEST_CASE(one_version_may_split_and_merge_many_pages) {
  Random random(4);
  const Model large = random_model(random, 4000, Spread::uniform);
  Model small;
  for (const auto& entry : large) {
    if (small.size() < 10) small.insert(entry);
  }
  Durable durable;
  durable.apply(insertions(small));
  durable.apply(insertions(large));
  BOOST_TEST(durable.tree.page_count() == 334);
  require_whole(durable.tree, large);
  require_stored(durable);
  std::vector<StateChange> removals;
  for (const auto& [position, value] : large) {
    if (!small.contains(position)) removals.push_back({position, std::nullopt});
  }
  durable.apply(removals);
  BOOST_TEST(durable.tree.page_count() == 1);
  require_whole(durable.tree, small);
  require_stored(durable);
}

BOOST_AUTO_TEST_CASE(the_root_does_not_depend_on_history) {
  Random random(5);
  for (int round = 0; round < 8; ++round) {
    const Model model = random_model(random, 700, round % 2 == 0 ? Spread::uniform : Spread::crowded);
    Durable at_once;
    at_once.apply(insertions(model));

    // The same leaves in batches of another order, with leaves between that go again and values that change.
    Durable in_pieces;
    auto rest = insertions(model);
    std::ranges::shuffle(rest, random);
    const Model passing = random_model(random, 500, Spread::uniform);
    in_pieces.apply(insertions(passing));
    while (!rest.empty()) {
      const std::size_t taken = std::min<std::size_t>(rest.size(), 1 + random() % 200);
      std::vector<StateChange> batch(rest.end() - static_cast<std::ptrdiff_t>(taken), rest.end());
      rest.resize(rest.size() - taken);
      auto wrong = batch;
      for (StateChange& change : wrong) change.value = random_value(random);
      in_pieces.apply(wrong);
      in_pieces.apply(batch);
    }
    std::vector<StateChange> removals;
    for (const auto& [position, value] : passing) removals.push_back({position, std::nullopt});
    in_pieces.apply(removals);

    BOOST_TEST((in_pieces.tree.root() == at_once.tree.root()));
    BOOST_TEST((in_pieces.pages.stored == at_once.pages.stored));
    BOOST_TEST((in_pieces.pages.leaves == at_once.pages.leaves));
  }
}

BOOST_AUTO_TEST_CASE(changes_of_nothing_leave_no_trace) {
  Random random(6);
  const Model model = random_model(random, 300, Spread::uniform);
  Durable durable;
  durable.apply(insertions(model));
  auto changes = insertions(model);
  for (int i = 0; i < 50; ++i) changes.push_back({random_position(random, Spread::uniform), std::nullopt});
  const TreeVersion version(durable.tree, changes);
  BOOST_TEST(version.changed_pages().empty());
  BOOST_TEST(version.changed_leaves().empty());
  BOOST_TEST(version.changed_subtrees().size() == 0);
  BOOST_TEST((version.root() == durable.tree.root()));
}

BOOST_AUTO_TEST_CASE(a_change_costs_one_page_and_one_path) {
  Random random(7);
  const Model model = random_model(random, 5000, Spread::uniform);
  Durable durable(0);
  durable.apply(insertions(model));
  for (int i = 0; i < 50; ++i) {
    const StatePosition position = some_position(random, model);
    durable.pages.reads = 0;
    const TreeVersion version(durable.tree, {{position, random_value(random)}});
    BOOST_TEST(durable.pages.reads == 1);
    BOOST_TEST(version.changed_pages().size() == 1);
    BOOST_TEST(version.changed_leaves().size() == 1);
    const PageId page = version.page_of(position);
    BOOST_TEST(version.changed_subtrees().size() == static_cast<std::size_t>(std::bit_width(page)));
    for (PageId id = page; id >= 1; id /= 2) BOOST_TEST(version.changed_subtrees().contains(id));
  }
}

BOOST_AUTO_TEST_CASE(versions_stand_on_versions_and_sink_into_the_tree) {
  Random random(12);
  Durable durable;
  Model model = random_model(random, 900, Spread::uniform);
  durable.apply(insertions(model));
  std::deque<TreeVersion> versions;
  std::deque<Model> models;
  for (int height = 0; height < 40; ++height) {
    // The tree shrinks for a while and grows for a while, so that versions merge what those below them split.
    const bool grows = height / 5 % 2 == 0;
    const TreeView& base = versions.empty() ? static_cast<const TreeView&>(durable.tree) : versions.back();
    versions.emplace_back(base, random_batch(random, model, grows ? 90 : 10, grows ? 10 : 90));
    models.push_back(model);
    BOOST_REQUIRE((versions.back().root() == reference_root(model)));
    if (height % 6 == 0) require_whole(versions.back(), model);
    if (versions.size() < 8) continue;

    durable.commit(versions.front());
    StateTree::rebase(versions[1], durable.tree);
    versions.pop_front();
    BOOST_REQUIRE((durable.tree.root() == reference_root(models.front())));
    if (height % 6 == 0) require_whole(durable.tree, models.front());
    models.pop_front();
    for (std::size_t i = 0; i < versions.size(); ++i) {
      BOOST_REQUIRE((versions[i].root() == reference_root(models[i])));
      for (int k = 0; k < 10; ++k) {
        const StatePosition present = some_position(random, models[i]);
        const StateProof proof = versions[i].prove(present);
        const StateValueHash& value = models[i].at(present);
        BOOST_REQUIRE(check_state_proof(present, value, proof, versions[i].root()).has_value());
      }
    }
  }
  require_whole(versions.back(), models.back());
  require_stored(durable);
}

// A snapshot together with a copy of the pages that it was taken with, and what it must go on to say.
struct Held {
  MemoryPages pages;
  StateTreeSnapshot snapshot;
  Model model;
};

BOOST_AUTO_TEST_CASE(a_snapshot_proves_the_same_whatever_the_tree_does_afterwards) {
  Random random(11);
  Durable durable;
  Model model;
  std::vector<Held> held;
  for (int round = 0; round < 60; ++round) {
    const std::size_t inserted = round < 30 ? random() % 400 : random() % 20;
    const std::size_t removed = round < 30 ? random() % 50 : random() % 600;
    durable.apply(random_batch(random, model, inserted, removed));
    if (round % 6 == 0) held.push_back({durable.pages, durable.tree.snapshot(), model});
  }
  for (const Held& one : held) {
    const StateRoot root = reference_root(one.model);
    BOOST_REQUIRE((one.snapshot.root() == root));
    std::size_t proved = 0;
    for (const auto& [position, value] : one.model) {
      if (++proved > 50) break;
      const StateProof proof = one.snapshot.prove(one.pages, position);
      BOOST_REQUIRE(check_state_proof(position, value, proof, root).has_value());
      const StatePosition absent = random_position(random, Spread::uniform);
      const StateProof absence = one.snapshot.prove(one.pages, absent);
      BOOST_REQUIRE(check_state_proof(absent, std::nullopt, absence, root).has_value());
    }
  }
  require_whole(durable.tree, model);
}

BOOST_AUTO_TEST_CASE(two_versions_on_one_base_do_not_see_each_other) {
  Random random(13);
  Model model = random_model(random, 200, Spread::uniform);
  Durable durable;
  durable.apply(insertions(model));
  Model left = model;
  Model right = model;
  const TreeVersion left_version(durable.tree, random_batch(random, left, 50, 5));
  const TreeVersion right_version(durable.tree, random_batch(random, right, 5, 50));
  require_whole(durable.tree, model);
  require_whole(left_version, left);
  require_whole(right_version, right);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
