#include "node/wire.h"

#include <boost/test/unit_test.hpp>
#include <random>
#include <set>

#include "ledger/codec.h"

namespace kanhe::node {
namespace {

constexpr std::array all_kinds{FrameKind::consensus,     FrameKind::gossip,         FrameKind::forwarded,
                               FrameKind::fetch_proposal, FrameKind::proposal_answer, FrameKind::fetch_bodies,
                               FrameKind::bodies_answer, FrameKind::fetch_blocks,   FrameKind::blocks_answer,
                               FrameKind::fetch_file_part, FrameKind::file_part_answer};

Bytes header(std::uint32_t length, Byte kind) {
  Bytes bytes;
  for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<Byte>(length >> (8 * i)));
  bytes.push_back(kind);
  return bytes;
}

std::vector<Frame> all_of(FrameReader& reader) {
  std::vector<Frame> frames;
  while (auto frame = reader.next()) frames.push_back(std::move(*frame));
  return frames;
}

// Three frames of different kinds, one of them empty.
struct Sample {
  Bytes stream;
  std::vector<Frame> frames{{FrameKind::gossip, {1, 2, 3}}, {FrameKind::fetch_blocks, {}}, {FrameKind::consensus, {9}}};
  Sample() {
    for (const Frame& frame : frames) append(stream, encode_frame(frame.kind, frame.payload));
  }
  void check(const std::vector<Frame>& read) const {
    BOOST_REQUIRE_EQUAL(read.size(), frames.size());
    for (std::size_t i = 0; i < read.size(); ++i) {
      BOOST_TEST((read[i].kind == frames[i].kind));
      BOOST_TEST(read[i].payload == frames[i].payload);
    }
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(wire_tests)

BOOST_AUTO_TEST_CASE(frames_come_out_whole_whatever_the_pieces) {
  const Sample sample;
  const ByteView stream = sample.stream;
  for (std::size_t first = 0; first <= stream.size(); ++first) {
    for (std::size_t second = first; second <= stream.size(); ++second) {
      FrameReader reader;
      std::vector<Frame> read;
      for (const ByteView piece :
           {stream.first(first), stream.subspan(first, second - first), stream.subspan(second)}) {
        BOOST_REQUIRE(reader.feed(piece).has_value());
        for (Frame& frame : all_of(reader)) read.push_back(std::move(frame));
      }
      sample.check(read);
      BOOST_TEST(reader.buffered() == 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(frames_come_out_whole_byte_by_byte_without_being_taken_in_between) {
  const Sample sample;
  FrameReader reader;
  for (const Byte byte : sample.stream) BOOST_REQUIRE(reader.feed(ByteView(&byte, 1)).has_value());
  sample.check(all_of(reader));
}

BOOST_AUTO_TEST_CASE(a_payload_of_the_limit_passes_and_one_byte_more_is_refused) {
  for (const FrameKind kind : all_kinds) {
    const auto limit = static_cast<std::uint32_t>(frame_bytes_max(kind));
    FrameReader good;
    BOOST_TEST(good.feed(header(limit, static_cast<Byte>(kind))).has_value());
    FrameReader bad;
    const auto refused = bad.feed(header(limit + 1, static_cast<Byte>(kind)));
    BOOST_REQUIRE(!refused.has_value());
    BOOST_TEST((refused.error().code == ErrorCode::out_of_range));
    BOOST_TEST(!bad.next().has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_whole_frame_of_the_limit_is_read) {
  const Bytes payload(frame_bytes_max(FrameKind::fetch_bodies), Byte{5});
  FrameReader reader;
  BOOST_REQUIRE(reader.feed(encode_frame(FrameKind::fetch_bodies, payload)).has_value());
  const auto frame = reader.next();
  BOOST_REQUIRE(frame.has_value());
  BOOST_TEST((frame->payload == payload));
}

BOOST_AUTO_TEST_CASE(unknown_kinds_are_refused) {
  std::set<unsigned> known;
  for (const FrameKind kind : all_kinds) known.insert(static_cast<unsigned>(kind));
  for (unsigned kind = 0; kind < 256; ++kind) {
    FrameReader reader;
    const auto fed = reader.feed(header(0, static_cast<Byte>(kind)));
    BOOST_TEST(fed.has_value() == known.contains(kind));
    if (!fed) BOOST_TEST((fed.error().code == ErrorCode::unknown));
    BOOST_TEST(reader.next().has_value() == known.contains(kind));
  }
}

BOOST_AUTO_TEST_CASE(a_bad_header_behind_a_good_frame_ends_the_stream_there) {
  Bytes stream = encode_frame(FrameKind::gossip, Bytes{1});
  append(stream, header(0, 77));
  FrameReader reader;
  static_cast<void>(reader.feed(stream));
  BOOST_TEST(reader.next().has_value());
  BOOST_TEST(!reader.next().has_value());
  BOOST_TEST(!reader.feed({}).has_value());
}

BOOST_AUTO_TEST_CASE(a_claim_costs_no_memory_and_what_was_read_is_given_back) {
  FrameReader claimed;
  BOOST_REQUIRE(claimed.feed(header(40 << 20, static_cast<Byte>(FrameKind::consensus))).has_value());
  BOOST_TEST(claimed.buffered() == frame_header_bytes);
  FrameReader busy;
  const Bytes frame = encode_frame(FrameKind::gossip, Bytes(1'000));
  for (int i = 0; i < 10'000; ++i) {
    BOOST_REQUIRE(busy.feed(frame).has_value());
    BOOST_REQUIRE(busy.next().has_value());
    BOOST_REQUIRE(busy.buffered() == 0);
  }
}

BOOST_AUTO_TEST_CASE(random_streams_never_do_harm) {
  std::mt19937_64 random(7);
  for (int run = 0; run < 2'000; ++run) {
    FrameReader reader;
    for (int piece = 0; piece < 6; ++piece) {
      Bytes bytes(random() % 20);
      for (Byte& byte : bytes) byte = static_cast<Byte>(random() % 12);
      if (!reader.feed(bytes)) break;
      static_cast<void>(all_of(reader));
    }
  }
}

BOOST_AUTO_TEST_CASE(records_survive_the_way) {
  Gossip gossip;
  gossip.bodies.push_back(BodyBytes::from(Bytes{1, 2, 3}).value());
  BOOST_TEST((decode<Gossip>(encode(gossip)).value().bodies == gossip.bodies));
  const FetchBlocks request{Height(3), Height(9)};
  const auto read = decode<FetchBlocks>(encode(request));
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST((read->from == Height(3) && read->to == Height(9)));
  Bytes longer = encode(request);
  longer.push_back(0);
  BOOST_TEST(!decode<FetchBlocks>(longer).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::node
