// Content tree: from the commitments of a document's fields to its content root.
//
// A tree of the shape of RFC 6962 (split at the largest power of two below n) with hashes of its own tags: leaf =
// tagged(document_leaf, commitment), node = tagged(document_node, left ‖ right). The shape follows from the number of
// fields alone, and a leaf never passes for a node, so the root binds the number and the order of all fields.
//
// Thread: any. Units: commitments, of 32 bytes each. Errors: none. Format: docs/formats.md section 18.
#pragma once

#include <span>

#include "ledger/hash.h"

namespace kanhe::certs {

// The root over the commitments, which are used up: hashes of the tree stand in their place afterwards.
// Requires: at least one.
Hash256 content_tree_root(std::span<Hash256> commitments);

}  // namespace kanhe::certs
