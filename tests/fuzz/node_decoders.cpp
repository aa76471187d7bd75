#include "tests/fuzz/node_decoders.h"

#include <sstream>

#include "ledger/chain_file.h"
#include "ledger/codec_impl.h"
#include "node/config.h"
#include "node/hello.h"
#include "node/wire.h"
#include "tests/fuzz/samples.h"

namespace kanhe::fuzz {

using namespace node;

namespace {

// What a stream of bytes came to.
struct StreamEnd {
  std::vector<std::pair<FrameKind, Bytes>> frames;
  std::optional<ErrorCode> error;
  std::size_t waiting = 0;
  friend bool operator==(const StreamEnd&, const StreamEnd&) = default;
};

enum class Taking : std::uint8_t { after_each_piece, at_the_end };

void take_frames(FrameReader& reader, StreamEnd& end) {
  while (auto frame = reader.next()) end.frames.emplace_back(frame->kind, std::move(frame->payload));
}

// Where frames are taken at once, what stays is the beginning of one frame.
void check_waiting(const FrameReader& reader, ByteView stream, std::size_t fed) {
  const std::size_t waiting = reader.buffered();
  CHECK(waiting <= fed);
  if (waiting < frame_header_bytes) return;
  const Byte kind = stream[fed - waiting + 4];
  CHECK(is_enumerator<FrameKind>(kind));
  CHECK(waiting < frame_header_bytes + frame_bytes_max(static_cast<FrameKind>(kind)));
}

StreamEnd read_stream(ByteView stream, const std::vector<std::size_t>& pieces, Taking taking) {
  FrameReader reader;
  StreamEnd end;
  std::size_t fed = 0;
  for (std::size_t i = 0; fed < stream.size(); ++i) {
    const std::size_t size = std::min(pieces[i % pieces.size()], stream.size() - fed);
    Result<void> read = reader.feed(stream.subspan(fed, size));
    fed += size;
    if (taking == Taking::after_each_piece) {
      take_frames(reader, end);
      if (read) read = reader.feed({});
      if (read) check_waiting(reader, stream, fed);
    }
    if (!read) break;
  }
  take_frames(reader, end);
  // What stands at the front now was maybe behind a good frame when it came.
  if (const Result<void> front = reader.feed({}); !front) end.error = front.error().code;
  CHECK(!reader.next());
  if (!end.error) end.waiting = reader.buffered();
  return end;
}

template <class T>
void read_payload(ByteView payload) {
  if (const Result<T> record = decode<T>(payload)) CHECK(equal(encode(*record), payload));
}

void read_payload(FrameKind kind, ByteView payload) {
  switch (kind) {
    case FrameKind::consensus:
      return read_payload<consensus::Message>(payload);
    case FrameKind::gossip:
      return read_payload<Gossip>(payload);
    case FrameKind::forwarded:
      return read_payload<Forwarded>(payload);
    case FrameKind::fetch_proposal:
      return read_payload<FetchProposal>(payload);
    case FrameKind::proposal_answer:
      return read_payload<ProposalAnswer>(payload);
    case FrameKind::fetch_bodies:
      return read_payload<FetchBodies>(payload);
    case FrameKind::bodies_answer:
      return read_payload<BodiesAnswer>(payload);
    case FrameKind::fetch_blocks:
      return read_payload<FetchBlocks>(payload);
    case FrameKind::blocks_answer:
      return read_payload<BlocksAnswer>(payload);
    case FrameKind::fetch_file_part:
      return read_payload<FetchFilePart>(payload);
    case FrameKind::file_part_answer:
      return read_payload<FilePartAnswer>(payload);
  }
  CHECK(false);
}

template <class T>
Bytes frame_of(FrameKind kind) {
  return encode_frame(kind, encode(sample<T>(Shape::full, 1)));
}

}  // namespace

bool accepts_frames(ByteView input) {
  if (input.empty()) return false;
  const ByteView stream = input.subspan(1);
  const std::vector<std::size_t> pieces{std::size_t{1} + (input[0] & 7), std::size_t{1} + (input[0] >> 3),
                                        std::size_t{1} + input[0]};
  const StreamEnd whole = read_stream(stream, {stream.size()}, Taking::after_each_piece);
  CHECK(read_stream(stream, pieces, Taking::after_each_piece) == whole);
  CHECK(read_stream(stream, {1}, Taking::after_each_piece) == whole);
  CHECK(read_stream(stream, {stream.size()}, Taking::at_the_end) == whole);
  Bytes again;
  for (const auto& [kind, payload] : whole.frames) {
    append(again, encode_frame(kind, payload));
    read_payload(kind, payload);
  }
  CHECK(equal(again, stream.first(again.size())));
  return !whole.frames.empty() && !whole.error;
}

std::vector<Bytes> frame_streams() {
  const std::vector<Bytes> frames{
      frame_of<consensus::Message>(FrameKind::consensus),
      frame_of<Gossip>(FrameKind::gossip),
      frame_of<Forwarded>(FrameKind::forwarded),
      frame_of<FetchProposal>(FrameKind::fetch_proposal),
      frame_of<ProposalAnswer>(FrameKind::proposal_answer),
      frame_of<FetchBodies>(FrameKind::fetch_bodies),
      frame_of<BodiesAnswer>(FrameKind::bodies_answer),
      frame_of<FetchBlocks>(FrameKind::fetch_blocks),
      frame_of<BlocksAnswer>(FrameKind::blocks_answer),
      frame_of<FetchFilePart>(FrameKind::fetch_file_part),
      frame_of<FilePartAnswer>(FrameKind::file_part_answer),
  };
  Bytes all{0x35};
  for (const Bytes& frame : frames) append(all, frame);
  std::vector<Bytes> streams{all};
  for (std::size_t i = 0; i < frames.size(); ++i) {
    Bytes stream{static_cast<Byte>(i * 29)};
    append(stream, frames[i]);
    streams.push_back(std::move(stream));
  }
  // Two frames, and the beginning of a third.
  Bytes broken{0x01};
  append(broken, frames[3]);
  append(broken, frames[7]);
  append(broken, ByteView(frames[5]).first(7));
  streams.push_back(std::move(broken));
  return streams;
}

bool accepts_hello(ByteView stream) {
  if (stream.size() < frame_header_bytes) return false;
  const Result<std::size_t> length = read_hello_header(stream.first(frame_header_bytes));
  if (!length) return false;
  CHECK(*length <= hello_bytes_max);
  const ByteView payload = stream.subspan(frame_header_bytes);
  if (payload.size() != *length) return false;
  const Result<Hello> hello = read_hello(payload);
  if (!hello) return false;
  CHECK(equal(encode_hello(*hello), stream));
  return true;
}

std::vector<Bytes> hellos() {
  std::vector<Bytes> seeds;
  for (const Shape shape : {Shape::least, Shape::full}) seeds.push_back(encode_hello(sample<Hello>(shape, 1)));
  return seeds;
}

// What is accepted can be written again.
bool accepts_config(ByteView text) {
  const Result<NodeConfig> config = parse_config(as_text(text), "node.toml");
  if (!config) {
    CHECK(!config.error().text.empty());
    return false;
  }
  CHECK(read_address(to_string(config->listen)).value() == config->listen);
  for (const auto& [department, address] : config->peers) {
    CHECK(read_address(to_string(address)).value() == address);
    CHECK(department != config->department);
  }
  return true;
}

std::vector<Bytes> configs() {
  const std::string least =
      "department = \"registry\"\ndata_dir = \"data\"\ngenesis = \"../genesis.json\"\n"
      "consensus_key = \"consensus.key\"\ntransport_key = \"transport.key\"\n"
      "transport_certificate = \"transport.crt\"\n"
      "[network]\nlisten = \"0.0.0.0:7001\"\n[peers]\ntax = \"10.0.3.7:7001\"\n";
  const std::string more =
      least +
      "justice = \"[::1]:7002\"\n[endpoint]\nlisten = \"127.0.0.1:8001\"\n[limits]\nchecker_threads = 4\n"
      "send_queue_bytes = 1_048_576\npool_transactions = 0x10\n[log]\nlevel = \"debug\"\nfiles = 1\n";
  return {to_bytes(as_bytes(least)), to_bytes(as_bytes(more))};
}

// Memory in proportion to the file is watched by the fuzzer's own limit.
bool accepts_chain(ByteView file) {
  std::istringstream stream{std::string(as_text(file))};
  ChainReader reader(stream);
  Bytes again = to_bytes(as_bytes(chain_file_magic));
  while (true) {
    const Result<std::optional<ChainBlock>> block = reader.next();
    if (!block) return false;
    if (!*block) break;
    const Bytes encoding = encode(**block);
    for (std::size_t i = 0; i < 4; ++i) again.push_back(static_cast<Byte>(encoding.size() >> (8 * i)));
    append(again, encoding);
  }
  CHECK(equal(again, file));
  return true;
}

std::vector<Bytes> chains() {
  std::vector<Bytes> seeds;
  for (std::size_t blocks = 0; blocks < 3; ++blocks) {
    Bytes file = to_bytes(as_bytes(chain_file_magic));
    for (std::size_t i = 0; i < blocks; ++i) {
      const Bytes encoding = encode(sample<ChainBlock>(i == 0 ? Shape::least : Shape::full, i));
      for (std::size_t byte = 0; byte < 4; ++byte) file.push_back(static_cast<Byte>(encoding.size() >> (8 * byte)));
      append(file, encoding);
    }
    seeds.push_back(std::move(file));
  }
  return seeds;
}

}  // namespace kanhe::fuzz
