#include "ledger/store_keys.h"

#include "ledger/codec_impl.h"
#include "ledger/store.h"

namespace kanhe {

template Bytes encode(const StoreIdentity&);
template Result<StoreIdentity> decode(ByteView);
template Bytes encode(const TipRecord&);
template Result<TipRecord> decode(ByteView);
template Bytes encode(const BodyRecord&);
template Result<BodyRecord> decode(ByteView);
template Bytes encode(const BodyLocation&);
template Result<BodyLocation> decode(ByteView);
template Bytes encode(const SegmentEnd&);
template Result<SegmentEnd> decode(ByteView);
template Bytes encode(const TransactionPosition&);
template Result<TransactionPosition> decode(ByteView);
template Bytes encode(const EventPosition&);
template Result<EventPosition> decode(ByteView);
template Bytes encode(const std::uint32_t&);
template Bytes encode(const std::uint64_t&);
template Result<std::uint64_t> decode(ByteView);

Bytes encode_bodies(const std::vector<BodyRecord>& bodies) {
  Bytes bytes;
  bytes.reserve(bodies.size() * body_record_bytes);
  for (const BodyRecord& body : bodies) append(bytes, encode(body));
  return bytes;
}

Result<std::vector<BodyRecord>> decode_bodies(ByteView bytes) {
  if (bytes.size() % body_record_bytes != 0) {
    return fail(ErrorCode::malformed, bytes.size(), " bytes, must be a multiple of ", body_record_bytes);
  }
  std::vector<BodyRecord> bodies;
  bodies.reserve(bytes.size() / body_record_bytes);
  for (; !bytes.empty(); bytes = bytes.subspan(body_record_bytes)) {
    bodies.push_back(TRY(decode<BodyRecord>(bytes.first(body_record_bytes))));
  }
  return bodies;
}

}  // namespace kanhe
