// Forgery: what a liar changes in messages and headers before, or after, it signs them. Of scenario files.
//
//   of a message      as <n>         it names validator n as its signer; the key is the speaker's
//                     chain          of another chain
//                     epoch          of the next epoch
//                     view <v>       of another view than when it was signed
//   of a pre-prepare  list <t>       another list under the same header
//   of a view-change  proof <what>, of its first proof:  short (a signature less), stranger (one is by nobody of this
//                     epoch), view <v>, for <proposal>, chain, epoch
//                     seal <what>    short, stranger, view <v>, height <h>, epoch
//   of a header       chain, epoch, count <n>, root, time <ms> (from now; may be negative)
//
// Thread: any. Errors: std::invalid_argument, for a word that is none of these, or fits no such message.
#pragma once

#include <functional>
#include <stdexcept>

#include "tests/support/replicas.h"

namespace kanhe::consensus::tests {

using NextWord = std::function<std::string()>;

// Reads one change by its words, and does it; signs anew with the speaker's key, where that makes the lie better.
void forge(const Replicas& network, std::size_t speaker, Message& message, const NextWord& next);
void forge(ProposalHeader& header, const NextWord& next);

}  // namespace kanhe::consensus::tests
