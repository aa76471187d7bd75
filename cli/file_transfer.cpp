#include "cli/file_transfer.h"

#include <openssl/evp.h>

#include "cli/local_file.h"

namespace kanhe::cli {
namespace {

namespace certificate = contracts::certificate;
using certs::file_part_bytes;
using certs::FilePart;

Hash256 digest_by(certificate::DigestAlgorithm algorithm, ByteView bytes) {
  if (algorithm == certificate::DigestAlgorithm::sha256) return sha256(bytes);
  Hash256 digest;
  CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.array().data(), nullptr, EVP_sm3(), nullptr) == 1);
  return digest;
}

ByteView part_of(ByteView content, std::uint32_t number) {
  const std::size_t start = std::min(content.size(), std::size_t{number} * file_part_bytes);
  return content.subspan(start, std::min(file_part_bytes, content.size() - start));
}

// Each part that the node lacks.
Result<void> send_parts(Client& client, const Hash256& digest, ByteView content) {
  for (std::uint32_t number = 0;;) {
    const certs::FileAnswer held = TRY(client.put_file_part(digest, FilePart(number), part_of(content, number)));
    const bool is_last = part_of(content, number).size() < file_part_bytes;
    if (held.whole) return {};
    // What the node has of it is less than it said, or as much as before: it would go on for ever.
    if (held.parts <= number || is_last) {
      return fail(ErrorCode::unavailable, "the node does not keep part ", number);
    }
    number = held.parts;
  }
}

}  // namespace

Result<UploadedFile> upload_file(Client& client, const std::string& path) {
  const std::string text = TRY(read_local_file(path, certs::file_bytes_max));
  const ByteView content = as_bytes(text);
  UploadedFile uploaded;
  uploaded.path = TRY(PlainText<4'096>::from(path));
  uploaded.digest = sha256(content);
  uploaded.bytes = content.size();
  auto sent = send_parts(client, uploaded.digest, content);
  // Another run's wrong parts may have been there: all were thrown away, so it is sent once more from the beginning.
  if (!sent && sent.error().code == ErrorCode::malformed) sent = send_parts(client, uploaded.digest, content);
  if (!sent) return std::move(sent).error().in(path);
  return uploaded;
}

Result<Bytes> download_file(Client& client, const certificate::FileDigest& file, const std::string& matter) {
  Bytes content;
  for (std::uint32_t number = 0; number < certs::file_parts_max; ++number) {
    const Bytes part = TRY(client.file_part(file.digest, FilePart(number), matter));
    append(content, part);
    if (part.size() < file_part_bytes) break;
  }
  if (digest_by(file.algorithm, content) != file.digest) {
    return fail(ErrorCode::bad_proof, "what came for ", file.digest.hex(), " is not of this digest");
  }
  return content;
}

namespace {

// Of several endings of a type the first is what it is written with.
constexpr std::pair<std::string_view, std::string_view> endings[] = {
    {"application/pdf", ".pdf"}, {"application/ofd", ".ofd"},   {"image/jpeg", ".jpg"},
    {"image/jpeg", ".jpeg"},     {"image/png", ".png"},         {"image/tiff", ".tif"},
    {"image/tiff", ".tiff"},     {"text/plain", ".txt"},        {"application/json", ".json"},
    {"text/xml", ".xml"}};

}  // namespace

std::string_view ending_of(const certificate::MediaType& type) {
  for (const auto& [name, ending] : endings) {
    if (type.view() == name) return ending;
  }
  return ".bin";
}

certificate::MediaType media_type_of(std::string_view path) {
  std::string lower(path);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  std::string_view type = "application/octet-stream";
  for (const auto& [name, ending] : endings) {
    if (lower.ends_with(ending)) type = name;
  }
  auto result = certificate::MediaType::from(type);
  CHECK(result.has_value());
  return std::move(result).value();
}

}  // namespace kanhe::cli
