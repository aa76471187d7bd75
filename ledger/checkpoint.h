// Checkpoint and CommitSeal: the result of a height, signed by a quorum.
//
// A validator's Commit signs the text of a C2SP tlog-checkpoint over the history tree that includes the header in
// question. A quorum of Commits over one identical text is a CommitSeal: PBFT's commit certificate, the proof that a
// light client checks, and a transparency-log checkpoint, all at once. The text is
//
//   <network name>/<chain id, 64 hex digits>      the origin
//   <height + 1>                                  size of the history tree
//   <base64 of its root>
//   kanhe/v1 epoch=<n> view=<n> height=<n> proposal=<64 hex> header=<64 hex>
//
// each line ended by a newline, and what is signed is its tagged hash (Tag::checkpoint). Votes of different views never
// mix: the view is part of the text.
//
// Sources: C2SP signed-note and tlog-checkpoint (signature type 0xff with an identifier of its own).
// Thread: any; plain values.
#pragma once

#include <functional>
#include <optional>

#include "ledger/block.h"
#include "ledger/genesis.h"

namespace kanhe {

// What one Commit says.
struct Checkpoint {
  FormatVersion<1> version;
  Epoch epoch;
  View view;
  Height height;
  ProposalDigest proposal_digest;
  HeaderHash header_hash;
  LogRoot log_root;  // of the hashes of the headers 0 to height

  friend auto operator<=>(const Checkpoint&, const Checkpoint&) = default;
};
BOOST_DESCRIBE_STRUCT(Checkpoint, (), (version, epoch, view, height, proposal_digest, header_hash, log_root))

// The text of the note, its final newline included.
std::string note_text(const Origin& origin, const Checkpoint& checkpoint);
// What a validator signs.
Hash256 signing_digest(const Origin& origin, const Checkpoint& checkpoint);

struct SealSignature {
  ValidatorIndex signer;
  Signature signature;

  friend bool operator<(const SealSignature& a, const SealSignature& b) { return a.signer < b.signer; }
  friend bool operator==(const SealSignature&, const SealSignature&) = default;
};
BOOST_DESCRIBE_STRUCT(SealSignature, (), (signer, signature))

struct CommitSeal {
  FormatVersion<1> version;
  Checkpoint checkpoint;
  SortedList<SealSignature, validators_max> signatures;  // by signer, each once

  friend bool operator==(const CommitSeal&, const CommitSeal&) = default;
};
BOOST_DESCRIBE_STRUCT(CommitSeal, (), (version, checkpoint, signatures))

// Whether the seal proves its checkpoint under this epoch's validators: at least q of them, every signature good.
// Cost: one signature check per signature. Errors: bad_proof (epoch, signer unknown, too few), bad_signature.
Result<void> check_seal(SignatureScheme scheme, const Origin& origin, const EpochConfig& config,
                        const CommitSeal& seal);
// The same with the caller's way to tell whether a signature is good, for those who remember what they verified.
using SignatureCheck = std::function<bool(const PublicKey& key, const Hash256& digest, const Signature& signature)>;
Result<void> check_seal(const SignatureCheck& is_good, const Origin& origin, const EpochConfig& config,
                        const CommitSeal& seal);

// The seal as a C2SP signed note: the text, an empty line, one line "— <origin>/<department> <base64>" per signature.
// Requires: every signer is an index of `config`.
std::string signed_note(SignatureScheme scheme, const Origin& origin, const EpochConfig& config,
                        const CommitSeal& seal);
// Reads such a note. Errors: malformed, not_canonical; unknown (a key name or key id that is not of this epoch);
// the signatures are not verified.
Result<CommitSeal> read_signed_note(SignatureScheme scheme, const Origin& origin, const EpochConfig& config,
                                    std::string_view note);

}  // namespace kanhe
