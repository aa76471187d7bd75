#include "node/read_register.h"

#include "ledger/json.h"

namespace kanhe::node {

namespace {

Hash256 key_of(const PartyId& party) { return Hash256::from(party.view()).value(); }

}  // namespace

Result<std::unique_ptr<ReadRegister>> ReadRegister::open(const std::string& path) {
  auto log = TRY(KeyedLog::open(path));
  return std::unique_ptr<ReadRegister>(new ReadRegister(std::move(log)));
}

Result<void> ReadRegister::append(const QueryLine& line) {
  certs::PartyRead entry;
  entry.time_ms = line.time_ms;
  if (!line.department.empty()) entry.department = line.department;
  entry.purpose = line.purpose;
  entry.what = line.what;
  std::vector<Hash256> keys;
  for (const PartyId& party : line.concerned) keys.push_back(key_of(party));
  return log_->append(keys, to_json(entry));
}

Result<std::vector<certs::PartyRead>> ReadRegister::reads_of(const PartyId& party, std::uint64_t from,
                                                             std::size_t count) const {
  std::vector<certs::PartyRead> reads;
  const std::vector<KeyedEntry> entries = TRY(log_->entries(key_of(party), from, count));
  for (const KeyedEntry& one : entries) {
    auto entry = from_json<certs::PartyRead>(one.text);
    if (!entry) return fail(ErrorCode::io, "entry ", one.number, " of the read register is damaged");
    entry->number = one.number;
    reads.push_back(std::move(entry).value());
  }
  return reads;
}

}  // namespace kanhe::node
