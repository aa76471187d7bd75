// Certificate expiry: whoever follows a certificate hears of its end before it comes. A part of the module certificate.
//
// Thirty days before valid_until_ms and when it comes the certificate's history says so, unless it has been replaced or
// has ended otherwise by then. It changes nothing else: that a certificate is over, everybody sees by its dates.
// Members of batches have their dates in their documents alone, so nobody is told of theirs.
//
// The hours after midnight are for the deadlines of applications, which many certificates must not hold up: each is
// told of some hours after the moment, as its identifier has it.
//
// Due handlers: 0x0301 expiry.
// Thread: one. Errors: none.
#pragma once

#include "contracts/certificate.h"

namespace kanhe::contracts::certificate {

inline constexpr std::uint32_t expiry_notice_days = 30;

inline constexpr DueHandlerNumber expiry_number = 0x0301;
// The data of its due entries.
struct ExpiryWatch {
  CertificateId id;
  bool over = false;  // false: the notice before
};
BOOST_DESCRIBE_STRUCT(ExpiryWatch, (), (id, over))

struct Expiring {
  static constexpr std::string_view event_name = "certificate.expiring";
  Timestamp valid_until_ms;
};
BOOST_DESCRIBE_STRUCT(Expiring, (), (valid_until_ms))

struct Expired {
  static constexpr std::string_view event_name = "certificate.expired";
  Timestamp valid_until_ms;
};
BOOST_DESCRIBE_STRUCT(Expired, (), (valid_until_ms))

// One to five hours, in ms.
std::uint64_t expiry_delay_ms(const CertificateId& id);
// From now on; nothing, where it is over already.
void watch_expiry(Context& context, const CertificateId& id, Timestamp valid_until);
void note_expiry(Context& context, const ExpiryWatch& watch);

}  // namespace kanhe::contracts::certificate
