// Level by level in place: neighbours are joined, and one that is left over goes up as it is. This makes the tree that
// splits at the largest power of two below n, without recursion or memory.
#include "certs/content_tree.h"

#include "ledger/check.h"

namespace kanhe::certs {

Hash256 content_tree_root(std::span<Hash256> commitments) {
  CHECK(!commitments.empty());
  for (Hash256& hash : commitments) hash = tagged_hash(Tag::document_leaf, hash);
  std::size_t count = commitments.size();
  while (count > 1) {
    for (std::size_t i = 0; i + 1 < count; i += 2) {
      commitments[i / 2] = tagged_hash(Tag::document_node, commitments[i], commitments[i + 1]);
    }
    if (count % 2 == 1) commitments[count / 2] = commitments[count - 1];
    count = count / 2 + count % 2;
  }
  return commitments.front();
}

}  // namespace kanhe::certs
