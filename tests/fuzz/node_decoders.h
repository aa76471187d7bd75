// What a node reads besides canonical records: the stream of frames of a peer with the records in them, the Hello, the
// configuration file, the chain file.
//
// The promises are those of decoders.h, and of the frame reader two more: the same bytes in other pieces are the same
// frames and the same end, and what waits in it is never more than the frame whose header it let pass.
//
// Thread: one. Errors: a broken promise is a CHECK.
#pragma once

#include <vector>

#include "ledger/bytes.h"

namespace kanhe::fuzz {

// The first byte chooses the pieces.
bool accepts_frames(ByteView input);
std::vector<Bytes> frame_streams();

bool accepts_hello(ByteView stream);
std::vector<Bytes> hellos();

bool accepts_config(ByteView text);
std::vector<Bytes> configs();

bool accepts_chain(ByteView file);
std::vector<Bytes> chains();

}  // namespace kanhe::fuzz
