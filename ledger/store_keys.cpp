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

}  // namespace kanhe
