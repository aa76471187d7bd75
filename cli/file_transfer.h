// File transfer: a file into the vault of the own department's node, and out of that of whichever department has it.
//
// A file travels in parts (certs/file_parts.h). One that was broken off goes on where the node has it; one that the
// node has already is not sent again. What comes out is compared with the digest before anybody sees it.
//
// Thread: one. Limits: certs::file_bytes_max. Errors: as Client; out_of_range (the file is too long), bad_proof (what
// came is not of the digest).
#pragma once

#include "cli/client.h"
#include "contracts/certificate.h"

namespace kanhe::cli {

struct UploadedFile {
  PlainText<4'096> path;
  Hash256 digest;  // SHA-256
  std::uint64_t bytes = 0;
};
BOOST_DESCRIBE_STRUCT(UploadedFile, (), (path, digest, bytes))

// Ends when the node has said that the file is whole, and so of its digest.
Result<UploadedFile> upload_file(Client& client, const std::string& path);

// `matter` as in Client::file_part().
Result<Bytes> download_file(Client& client, const contracts::certificate::FileDigest& file, const std::string& matter);

// What a file of the type is called at its end: ".pdf"; ".bin" for one that is not known.
std::string_view ending_of(const contracts::certificate::MediaType& type);
// The other way round, in either case of letters; application/octet-stream for an ending that is not known.
contracts::certificate::MediaType media_type_of(std::string_view path);

}  // namespace kanhe::cli
