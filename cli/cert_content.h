// CertificateContent: what an issuer fills in before a certificate is issued, from a TOML or a JSON file.
//
//     id = "1.2.156.3005.2.11100000MB03271699022.11440300MB2D00001W.2025000000001.001.3"
//     # or its parts, and the check character is computed:
//     # type = "11100000MB03271699022", issuer = "11440300MB2D00001W", serial = "2025000000001", edition = 1
//     valid_from = 2025-06-03               # optional; Beijing time
//     valid_until = "2035-06-03T00:00:00+08:00"   # optional: the first moment at which it no longer holds
//     supersedes = "1.2.156…"               # optional: the edition before, or one that was declared lost
//     transferred_from = { network = "广州", id = "1.2.156…", evidence = "9a…" }   # optional: whose place it takes
//     application = "5f…"                   # of what is registered: the application …
//     unit = "440304003008GB00012F00220045" # … the unit, where the field unit.number does not say it …
//     act = 1                               # … and the act whose limit it proves, from 1; not of a title
//
//     [holder]
//     kind = "resident_id"                  # certs/party.h
//     number = "11010519491231002X"
//
//     [fields]                              # names joined by dots are a field's path
//     certificate.name = "不动产权证书"
//     holder.name = "张三"
//     area.rooms = 3                        # an integer
//     sold.on = 2025-05-01                  # a day
//     sold.furnished = true
//     sold.price = { money = "1500000.00" } # yuan
//     holder.photo = { file = "photo.jpg", media_type = "image/jpeg" }   # its digest
//
//     [[files]]                             # files that belong to the certificate
//     path = "title.pdf"
//     media_type = "application/pdf"
//
// Paths of files are taken from the directory of the file. "money" and "file" alone in a table are a value, so no path
// ends in them. A number with a fraction is refused: it is either money or a text. A JSON file is the described record.
//
// Thread: one. Limits: certificate_content_bytes_max. Errors: malformed, unknown, out_of_range, those of local files;
// the text names file, line and key.
#pragma once

#include <optional>

#include "certs/document.h"
#include "contracts/property_acts.h"

namespace kanhe::cli {

inline constexpr std::size_t certificate_content_bytes_max = 1'024 * 1'024;
inline constexpr std::size_t attached_file_bytes_max = 256 * 1'024 * 1'024;

struct CertificateContent {
  certs::DocumentContent document;
  std::optional<CertificateId> supersedes;
  std::optional<ApplicationId> application;
  std::optional<UnitNumber> unit;
  std::optional<std::uint8_t> act;
  std::optional<contracts::certificate::TransferOrigin> transferred_from;
};
BOOST_DESCRIBE_STRUCT(CertificateContent, (), (document, supersedes, application, unit, act, transferred_from))

// By the ending of the path: .toml, else JSON.
Result<CertificateContent> read_certificate_content(std::string_view text, const std::string& path);

}  // namespace kanhe::cli
