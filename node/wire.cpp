#include "node/wire.h"

#include "ledger/codec_impl.h"

namespace kanhe {

template Bytes encode(const node::Gossip&);
template Result<node::Gossip> decode(ByteView);
template Bytes encode(const node::Forwarded&);
template Result<node::Forwarded> decode(ByteView);
template Bytes encode(const node::FetchProposal&);
template Result<node::FetchProposal> decode(ByteView);
template Bytes encode(const node::ProposalAnswer&);
template Result<node::ProposalAnswer> decode(ByteView);
template Bytes encode(const node::FetchBodies&);
template Result<node::FetchBodies> decode(ByteView);
template Bytes encode(const node::BodiesAnswer&);
template Result<node::BodiesAnswer> decode(ByteView);
template Bytes encode(const node::FetchBlocks&);
template Result<node::FetchBlocks> decode(ByteView);
template Bytes encode(const node::BlocksAnswer&);
template Result<node::BlocksAnswer> decode(ByteView);
template Bytes encode(const node::FetchFilePart&);
template Result<node::FetchFilePart> decode(ByteView);
template Bytes encode(const node::FilePartAnswer&);
template Result<node::FilePartAnswer> decode(ByteView);

}  // namespace kanhe

namespace kanhe::node {
namespace {

constexpr std::size_t kibibyte = 1024;
constexpr std::size_t mebibyte = 1024 * kibibyte;

}  // namespace

std::size_t frame_bytes_max(FrameKind kind) {
  switch (kind) {
    // The largest is a NewView of 100 validators with W proofs each; a usual one has a few kilobytes.
    case FrameKind::consensus: return 48 * mebibyte;
    case FrameKind::gossip: return answer_bytes_target + 128 * kibibyte;
    case FrameKind::forwarded: return answer_bytes_target + 128 * kibibyte;
    case FrameKind::fetch_proposal: return kibibyte;
    case FrameKind::proposal_answer: return 512 * kibibyte;
    case FrameKind::fetch_bodies: return 64 * kibibyte;
    case FrameKind::bodies_answer: return answer_bytes_target + 128 * kibibyte;
    case FrameKind::fetch_blocks: return kibibyte;
    // One block more than the target: at most 16 MiB of bodies and half a mebibyte of hashes.
    case FrameKind::blocks_answer: return answer_bytes_target + 18 * mebibyte;
    case FrameKind::fetch_file_part: return 8 * kibibyte;
    case FrameKind::file_part_answer: return certs::file_part_bytes + kibibyte;
  }
  CHECK(false);
}

Bytes encode_frame(FrameKind kind, ByteView payload) {
  CHECK(payload.size() <= frame_bytes_max(kind));
  Bytes frame;
  frame.reserve(frame_header_bytes + payload.size());
  for (std::size_t i = 0; i < 4; ++i) frame.push_back(static_cast<Byte>(payload.size() >> (8 * i)));
  frame.push_back(static_cast<Byte>(kind));
  append(frame, payload);
  return frame;
}

Result<void> FrameReader::feed(ByteView bytes) {
  if (start_ > 0 && start_ * 2 >= buffer_.size()) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(start_));
    start_ = 0;
  }
  append(buffer_, bytes);
  return check_header();
}

std::optional<Frame> FrameReader::next() {
  if (buffered() < frame_header_bytes || !check_header()) return std::nullopt;
  const Byte* header = buffer_.data() + start_;
  std::size_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) length |= std::size_t{header[i]} << (8 * i);
  if (buffered() - frame_header_bytes < length) return std::nullopt;
  const ByteView payload = ByteView(buffer_).subspan(start_ + frame_header_bytes, length);
  Frame frame{static_cast<FrameKind>(header[4]), to_bytes(payload)};
  start_ += frame_header_bytes + length;
  return frame;
}

// Looks at the header of the first frame that was not taken, as soon as it is there.
Result<void> FrameReader::check_header() {
  if (buffered() < frame_header_bytes) return {};
  const Byte* header = buffer_.data() + start_;
  if (!is_enumerator<FrameKind>(header[4])) {
    return fail(ErrorCode::unknown, "frame kind ", static_cast<unsigned>(header[4]));
  }
  const auto kind = static_cast<FrameKind>(header[4]);
  std::size_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) length |= std::size_t{header[i]} << (8 * i);
  if (length > frame_bytes_max(kind)) {
    return fail(ErrorCode::out_of_range, "frame ", enum_name(kind), ": ", length, " bytes, must be at most ",
                frame_bytes_max(kind));
  }
  return {};
}

}  // namespace kanhe::node
