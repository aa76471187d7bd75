#include "ledger/chain_file.h"

#include <istream>
#include <ostream>

#include "ledger/codec_impl.h"

namespace kanhe {

template Bytes encode(const ChainBlock&);
template Result<ChainBlock> decode(ByteView);

namespace {

constexpr std::size_t length_bytes = 4;
// A block is read in pieces of this size, so that a false length costs no memory.
constexpr std::size_t piece_bytes = 1 << 20;

// The configuration that the block brings with it.
std::optional<EpochConfig> next_epoch_of(const StoreReader& store, const Header& header) {
  if (header.height == Height(0)) return store.epoch_config(header.epoch);
  if (header.next_validators_hash == header.validators_hash) return std::nullopt;
  return store.epoch_config(header.epoch + 1);
}

// Requires: a height up to the tip, so that the store has all of it or has stopped the process.
ChainBlock block_at(const StoreReader& store, Height height) {
  ChainBlock block;
  block.header = store.header(height).value();
  block.proposal = store.proposal(height);
  while (auto body = store.body(height, static_cast<std::uint32_t>(block.bodies.size()))) {
    auto blob = Blob<transaction_bytes_max>::from(*std::move(body));
    CHECK(blob.has_value());
    block.bodies.push_back(std::move(blob).value());
  }
  for (Receipt& receipt : store.receipts(height)) block.receipts.push_back(std::move(receipt));
  block.seal = store.seal(height);
  block.next_epoch = next_epoch_of(store, block.header);
  return block;
}

void write(std::ostream& out, ByteView bytes) {
  const std::string_view text = as_text(bytes);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
}

}  // namespace

Result<void> write_chain(const StoreReader& store, std::ostream& out) {
  write(out, as_bytes(chain_file_magic));
  const auto tip = store.tip();
  for (Height height; tip && height <= tip->height; ++height) {
    const Bytes bytes = encode(block_at(store, height));
    CHECK(bytes.size() <= std::numeric_limits<std::uint32_t>::max());
    write(out, encode(static_cast<std::uint32_t>(bytes.size())));
    write(out, bytes);
    if (!out) return fail(ErrorCode::io, "chain file: block ", height.value(), " cannot be written");
  }
  out.flush();
  if (!out) return fail(ErrorCode::io, "chain file: cannot be written");
  return {};
}

Result<std::optional<ChainBlock>> ChainReader::next() {
  if (!has_begun_) {
    if (as_text(TRY(read_bytes(chain_file_magic.size()))) != chain_file_magic) {
      return fail(ErrorCode::malformed, "chain file: does not begin with ", chain_file_magic);
    }
    has_begun_ = true;
  }
  if (in_.peek() == std::istream::traits_type::eof()) {
    if (in_.bad()) return fail(ErrorCode::io, "chain file: cannot be read");
    return std::optional<ChainBlock>{};
  }
  std::size_t length = 0;
  const Bytes length_field = TRY(read_bytes(length_bytes));
  for (std::size_t i = 0; i < length_bytes; ++i) length |= std::size_t{length_field[i]} << (8 * i);
  const Bytes bytes = TRY(read_bytes(length));
  return std::optional<ChainBlock>(TRY(decode<ChainBlock>(bytes)));
}

Result<Bytes> ChainReader::read_bytes(std::size_t count) {
  Bytes bytes;
  while (bytes.size() < count) {
    const std::size_t begin = bytes.size();
    bytes.resize(std::min(count, begin + piece_bytes));
    in_.read(reinterpret_cast<char*>(bytes.data() + begin), static_cast<std::streamsize>(bytes.size() - begin));
    if (in_.bad()) return fail(ErrorCode::io, "chain file: cannot be read");
    if (!in_) return fail(ErrorCode::malformed, "chain file: ends within a block or before the first");
  }
  return bytes;
}

}  // namespace kanhe
