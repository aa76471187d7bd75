// Golden vectors: tests/vectors/ledger.json holds every record as JSON and as canonical bytes, with its hashes, and
// Merkle logs and state trees with proofs, for implementations in other languages and for builds to come.
//
// The file is made from the builders and compared byte for byte (tests/support/golden.h).
#include <boost/test/unit_test.hpp>

#include "ledger/checkpoint.h"
#include "ledger/codec.h"
#include "ledger/json.h"
#include "ledger/merkle.h"
#include "ledger/state.h"
#include "ledger/state_tree.h"
#include "tests/support/builders.h"
#include "tests/support/golden.h"

namespace {

using namespace kanhe;
using namespace kanhe::support;

const std::string vectors_path = std::string(KANHE_SOURCE_DIR) + "/tests/vectors/ledger.json";

template <class Digests>
std::string hex_list(const Digests& digests) {
  std::string text = "[";
  for (const auto& digest : digests) text += (text.size() > 1 ? ", " : "") + in_quotes(to_hex(digest));
  return text + "]";
}

// ---------------------------------------------------------------------------------------------------------------------
// What is derived from each kind of record. A record without hashes of its own falls through.

template <class T>
void add_derived(Entry&, const T&) {}

void add_derived(Entry& entry, const Genesis& genesis) {
  entry.add_bytes("chain_id", chain_id_of(genesis)).add_text("origin", origin_of(genesis).view());
}
void add_derived(Entry& entry, const EpochConfig& config) { entry.add_bytes("epoch_hash", epoch_hash_of(config)); }
void add_derived(Entry& entry, const Transaction& transaction) {
  entry.add_bytes("transaction_id", id_of(transaction)).add_bytes("body_hash", body_hash_of(transaction));
}
void add_derived(Entry& entry, const Event& event) { entry.add_bytes("event_hash", sha256(encode(event))); }
void add_derived(Entry& entry, const Receipt& receipt) {
  entry.add_bytes("log_leaf_hash", log_leaf_hash(encode(receipt)));
}
void add_derived(Entry& entry, const TraceLink& link) {
  entry.add_bytes("trace_head", extend_trace(link.previous, link.position, an_event()));
}
void add_derived(Entry& entry, const ProposalHeader& header) { entry.add_bytes("proposal_digest", digest_of(header)); }
void add_derived(Entry& entry, const Header& header) {
  entry.add_bytes("header_hash", hash_of(header)).add_bytes("log_leaf_hash", log_leaf_hash(hash_of(header)));
}
void add_derived(Entry& entry, const Checkpoint& checkpoint) {
  const Origin origin = origin_of(a_genesis());
  entry.add_text("note_text", note_text(origin, checkpoint));
  entry.add_bytes("signing_digest", signing_digest(origin, checkpoint));
}
void add_derived(Entry& entry, const CommitSeal& seal) {
  entry.add_text("signed_note", signed_note(builders_scheme, origin_of(a_genesis()), four_validators(), seal));
}
void add_derived(Entry& entry, const StateLeaf& leaf) { entry.add_bytes("state_leaf_hash", state_leaf_hash(leaf)); }

std::vector<std::string> record_entries() {
  std::vector<std::string> entries;
  for_each_record([&]<class T>(std::string_view name, const T& value) {
    Entry entry;
    // A variant's Schema does not know the name of its alias.
    entry.add_text("name", name).add_text("record", std::same_as<T, Subject> ? "Subject" : schema_of<T>().label.name);
    entry.add("value", to_json(value)).add_bytes("encoding", encode(value));
    add_derived(entry, value);
    entries.push_back(entry.take());
  });
  return entries;
}

// ---------------------------------------------------------------------------------------------------------------------
// Trees

constexpr std::uint64_t log_sizes[] = {0, 1, 2, 3, 4, 5, 7, 8, 11};

std::vector<Hash256> log_leaves(std::uint64_t size) {
  std::vector<Hash256> leaves;
  for (std::uint64_t i = 0; i < size; ++i) leaves.push_back(log_leaf_hash(as_bytes("leaf " + std::to_string(i))));
  return leaves;
}

std::vector<std::string> log_entries() {
  std::vector<std::string> entries;
  for (const std::uint64_t size : log_sizes) {
    const std::vector<Hash256> leaves = log_leaves(size);
    const LogNodeReader read = read_from(leaves);
    Entry entry;
    entry.add("size", std::to_string(size)).add_bytes("root", log_root(leaves));
    std::string inclusion = "[";
    for (std::uint64_t index = 0; index < size; ++index) {
      inclusion += (index > 0 ? ", " : "") + hex_list(log_inclusion_path(index, size, read).value());
    }
    std::string consistency = "[";
    for (std::uint64_t old_size = 0; old_size <= size; ++old_size) {
      consistency += (old_size > 0 ? ", " : "") + hex_list(log_consistency_path(old_size, size, read).value());
    }
    entry.add("inclusion_paths", inclusion + "]").add("consistency_paths_from_size", consistency + "]");
    entries.push_back(entry.take());
  }
  return entries;
}

class NoPages : public PageSource {
 public:
  HashedPage read_page(PageId, const SubtreeHash&) const override { return {}; }
};

constexpr std::uint64_t tree_sizes[] = {0, 1, 2, 3, 8};
constexpr TableId tree_table = 0x0301;

// The records "key 0", "key 1", … of one table.
Bytes tree_key(std::uint64_t number) { return state_key(tree_table, as_bytes("key " + std::to_string(number))); }
Bytes tree_value(std::uint64_t number) { return to_bytes(as_bytes("value " + std::to_string(number))); }

std::vector<std::string> tree_entries() {
  std::vector<std::string> entries;
  for (const std::uint64_t size : tree_sizes) {
    const NoPages source;
    const StateTree empty(source, 0, {});
    std::vector<StateChange> changes;
    for (std::uint64_t i = 0; i < size; ++i) {
      changes.push_back({state_position(tree_key(i)), state_value_hash(tree_value(i))});
    }
    const TreeVersion tree(empty, changes);
    Entry entry;
    entry.add("size", std::to_string(size)).add_bytes("root", tree.root());
    std::string proofs = "[";
    // One more than there are: the last proof is of absence.
    for (std::uint64_t i = 0; i <= size; ++i) {
      const StatePosition position = state_position(tree_key(i));
      const StateProof proof = tree.prove(position);
      const auto value = i < size ? std::optional(state_value_hash(tree_value(i))) : std::nullopt;
      BOOST_TEST(check_state_proof(position, value, proof, tree.root()).has_value());
      proofs += (i > 0 ? ",\n    " : "\n    ") + to_json(proof);
    }
    entry.add("proofs_of_keys", proofs + "]");
    entries.push_back(entry.take());
  }
  return entries;
}

std::vector<std::string> tree_leaf_entries() {
  std::vector<std::string> entries;
  for (std::uint64_t i = 0; i <= std::ranges::max(tree_sizes); ++i) {
    Entry entry;
    entry.add_bytes("state_key", tree_key(i)).add_bytes("value", tree_value(i));
    entry.add_bytes("position", state_position(tree_key(i))).add_bytes("value_hash", state_value_hash(tree_value(i)));
    entries.push_back(entry.take());
  }
  return entries;
}

std::vector<std::string> tag_entries() {
  std::vector<std::string> entries;
  for (std::size_t i = 0; i < tag_count; ++i) {
    const Tag tag = static_cast<Tag>(i);
    Entry entry;
    entries.push_back(
        entry.add_text("tag", tag_text(tag)).add_bytes("hash_of_abc", tagged_hash(tag, as_bytes("abc"))).take());
  }
  return entries;
}

std::string all_vectors() {
  return "{\n" + section("records", record_entries()) + ",\n" + section("tagged_hashes", tag_entries()) + ",\n" +
         section("merkle_logs", log_entries()) + ",\n" + section("state_records", tree_leaf_entries()) + ",\n" +
         section("state_trees", tree_entries()) + "\n}\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vectors_tests)

BOOST_AUTO_TEST_CASE(the_golden_vectors_are_what_this_program_makes) {
  const std::string difference = golden_difference(vectors_path, all_vectors());
  BOOST_CHECK_MESSAGE(difference.empty(), difference);
}

BOOST_AUTO_TEST_SUITE_END()
