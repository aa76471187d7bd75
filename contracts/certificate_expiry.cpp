#include "contracts/certificate_expiry.h"

#include "ledger/codec_impl.h"
#include "ledger/hash.h"

namespace kanhe {

template Result<contracts::certificate::Expiring> decode(ByteView);
template Result<contracts::certificate::Expired> decode(ByteView);

}  // namespace kanhe

namespace kanhe::contracts::certificate {

namespace {

constexpr std::uint64_t notice_ms = std::uint64_t{expiry_notice_days} * 86'400'000;
constexpr std::uint64_t hour_ms = 3'600'000;

}  // namespace

std::uint64_t expiry_delay_ms(const CertificateId& id) {
  const Hash256 hash = sha256(as_bytes(id.view()));
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | hash.array()[i];
  return hour_ms + number % (4 * hour_ms);
}

void watch_expiry(Context& context, const CertificateId& id, Timestamp valid_until) {
  if (valid_until <= context.now()) return;
  const bool is_soon = valid_until.value() - context.now().value() <= notice_ms;
  const Timestamp next = is_soon ? valid_until : Timestamp(valid_until.value() - notice_ms);
  context.at(next + expiry_delay_ms(id), expiry_number, ExpiryWatch{id, is_soon});
}

void note_expiry(Context& context, const ExpiryWatch& watch) {
  const auto key = certificate_key_of(watch.id);
  const auto found = key ? certificates.get(context.state(), *key) : std::nullopt;
  if (!found || !found->valid_until_ms || found->standing.replaced_by || is_terminal(found->standing.standing)) return;
  const std::vector<Subject> subjects{CertificateSubject{watch.id}, DepartmentSubject{found->department}};
  if (watch.over) return context.emit(Expired{*found->valid_until_ms}, subjects);
  context.emit(Expiring{*found->valid_until_ms}, subjects);
  context.at(*found->valid_until_ms + expiry_delay_ms(watch.id), expiry_number, ExpiryWatch{watch.id, true});
}

}  // namespace kanhe::contracts::certificate
