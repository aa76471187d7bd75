// The vault against who gives it wrong bytes, and against what happens to its files: every file that can be read is of
// its digest; what lies on the disk shows nothing; what was altered, moved or cut says so; what was broken off goes on.
#include "node/vault.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "tests/support/temporary_directory.h"

namespace kanhe::node {
namespace {

using certs::file_part_bytes;
using certs::file_parts_max;
using certs::FileAnswer;
using certs::FilePart;

SealingKey key_of(Byte first) {
  SealingKey key;
  key.bytes()[0] = first;
  return key;
}

Bytes content_of(std::size_t size, Byte seed = 1) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<Byte>(seed + i / 251 + i);
  return bytes;
}
ByteView part_of(const Bytes& content, std::size_t number) {
  const std::size_t start = std::min(content.size(), number * file_part_bytes);
  return ByteView(content).subspan(start, std::min(file_part_bytes, content.size() - start));
}

struct VaultFixture {
  std::unique_ptr<Vault> open(Byte key = 1) const { return Vault::open({path(), 0}, key_of(key)).value(); }
  std::string path() const { return directory.path() + "/vault"; }
  std::string file_of(const Hash256& digest) const {
    return path() + "/" + digest.hex().substr(0, 2) + "/" + digest.hex();
  }
  std::string incoming_of(const Hash256& digest) const { return path() + "/incoming/" + digest.hex(); }

  static FileAnswer put_all(Vault& vault, const Hash256& digest, const Bytes& content, std::size_t from = 0) {
    for (std::size_t i = from;; ++i) {
      const auto held = vault.put(digest, FilePart(static_cast<std::uint32_t>(i)), part_of(content, i));
      if (!held) BOOST_FAIL(held.error().text);
      if (part_of(content, i).size() < file_part_bytes) return *held;
    }
  }
  static Bytes get_all(const Vault& vault, const Hash256& digest) {
    Bytes content;
    for (std::uint32_t i = 0;; ++i) {
      const Bytes part = vault.get(digest, FilePart(i)).value();
      append(content, part);
      if (part.size() < file_part_bytes) return content;
    }
  }
  static ErrorCode error_of(const Result<FileAnswer>& result) {
    BOOST_REQUIRE(!result.has_value());
    return result.error().code;
  }
  static ErrorCode error_of(const Result<Bytes>& result) {
    BOOST_REQUIRE(!result.has_value());
    return result.error().code;
  }

  TemporaryDirectory directory;
};

void flip(const std::string& path, std::size_t at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  const char byte = static_cast<char>(file.get() ^ 1);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(byte);
}

std::string bytes_in(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

BOOST_FIXTURE_TEST_SUITE(vault_tests, VaultFixture)

BOOST_AUTO_TEST_CASE(a_file_of_every_kind_of_length_comes_back_also_after_a_restart) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, file_part_bytes - 1, file_part_bytes,
                                 file_part_bytes + 1, 3 * file_part_bytes}) {
    const Bytes content = content_of(size);
    const Hash256 digest = sha256(content);
    const FileAnswer held = put_all(*open(), digest, content);
    BOOST_TEST((held.whole && held.digest == digest && held.parts == size / file_part_bytes + 1));
    const auto vault = open();
    BOOST_TEST((get_all(*vault, digest) == content));
    const std::uint32_t beyond = held.parts;
    BOOST_TEST((error_of(vault->get(digest, FilePart(beyond))) == ErrorCode::out_of_range));
    BOOST_TEST(!std::filesystem::exists(incoming_of(digest)));
  }
}

BOOST_AUTO_TEST_CASE(the_longest_file_is_taken_and_a_byte_more_is_not) {
  const auto vault = open();
  const Bytes content = content_of(certs::file_bytes_max);
  BOOST_TEST(put_all(*vault, sha256(content), content).parts == file_parts_max);
  BOOST_TEST((get_all(*vault, sha256(content)) == content));
  const Bytes longer = content_of(certs::file_bytes_max + 1);
  const Hash256 digest = sha256(longer);
  for (std::uint32_t i = 0; i + 1 < file_parts_max; ++i) {
    BOOST_REQUIRE(vault->put(digest, FilePart(i), part_of(longer, i)).has_value());
  }
  const auto last = vault->put(digest, FilePart(file_parts_max - 1), part_of(longer, file_parts_max - 1));
  BOOST_TEST((error_of(last) == ErrorCode::out_of_range));
  BOOST_TEST((error_of(vault->put(digest, FilePart(0), content_of(file_part_bytes + 1))) == ErrorCode::out_of_range));
}

BOOST_AUTO_TEST_CASE(a_file_is_known_by_its_sm3_too) {
  const auto vault = open();
  const Bytes content = to_bytes(as_bytes("abc"));
  // GB/T 32905-2016, appendix A.
  const Hash256 digest =
      Hash256::from(from_hex("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0").value()).value();
  BOOST_TEST(put_all(*vault, digest, content).whole);
  BOOST_TEST((get_all(*vault, digest) == content));
}

BOOST_AUTO_TEST_CASE(what_is_not_of_its_digest_is_thrown_away_and_may_come_again) {
  const auto vault = open();
  const Bytes content = content_of(file_part_bytes + 10);
  const Hash256 digest = sha256(content);
  const Bytes wrong = content_of(file_part_bytes + 10, 2);
  BOOST_REQUIRE(vault->put(digest, FilePart(0), part_of(wrong, 0)).has_value());
  BOOST_TEST((error_of(vault->put(digest, FilePart(1), part_of(content, 1))) == ErrorCode::malformed));
  BOOST_TEST(!std::filesystem::exists(incoming_of(digest)));
  BOOST_TEST((error_of(vault->get(digest, FilePart(0))) == ErrorCode::unknown));
  BOOST_TEST(put_all(*vault, digest, content).whole);
  // A whole file is not written again, whatever comes for it.
  BOOST_TEST(vault->put(digest, FilePart(0), part_of(wrong, 0)).value().whole);
  BOOST_TEST((get_all(*vault, digest) == content));
}

BOOST_AUTO_TEST_CASE(parts_come_in_their_order_and_a_run_that_was_broken_off_goes_on) {
  const Bytes content = content_of(3 * file_part_bytes + 5);
  const Hash256 digest = sha256(content);
  BOOST_TEST((error_of(open()->put(digest, FilePart(1), part_of(content, 1))) == ErrorCode::conflict));
  BOOST_TEST(open()->put(digest, FilePart(0), part_of(content, 0)).value().parts == 1u);
  BOOST_TEST(open()->put(digest, FilePart(1), part_of(content, 1)).value().parts == 2u);
  BOOST_TEST((error_of(open()->put(digest, FilePart(3), part_of(content, 3))) == ErrorCode::conflict));
  BOOST_TEST((error_of(open()->get(digest, FilePart(0))) == ErrorCode::unknown));
  // Half a part, as a crash leaves it.
  std::ofstream(incoming_of(digest), std::ios::binary | std::ios::app) << std::string(1'000, 'x');
  const auto held = open()->put(digest, FilePart(0), part_of(content, 0));
  BOOST_TEST((held->parts == 2u && !held->whole));
  const auto vault = open();
  BOOST_TEST(put_all(*vault, digest, content, 2).whole);
  BOOST_TEST((get_all(*vault, digest) == content));
}

// Its length was written, its bytes were not.
BOOST_AUTO_TEST_CASE(parts_that_a_power_cut_took_begin_again) {
  const Bytes content = content_of(2 * file_part_bytes + 5);
  const Hash256 digest = sha256(content);
  BOOST_REQUIRE(open()->put(digest, FilePart(0), part_of(content, 0)).has_value());
  const auto length = std::filesystem::file_size(incoming_of(digest));
  std::ofstream(incoming_of(digest), std::ios::binary | std::ios::app) << std::string(length, '\0');
  const auto vault = open();
  BOOST_TEST(vault->put(digest, FilePart(1), part_of(content, 1)).value().parts == 2u);
  BOOST_TEST((error_of(vault->put(digest, FilePart(2), part_of(content, 2))) == ErrorCode::corrupt));
  BOOST_TEST(put_all(*vault, digest, content).whole);
}

BOOST_AUTO_TEST_CASE(nothing_on_the_disk_shows_what_is_in_a_file) {
  const std::string text = "the seller and the buyer agree on three million";
  const Bytes content = to_bytes(as_bytes(text));
  put_all(*open(), sha256(content), content);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path())) {
    if (!entry.is_regular_file()) continue;
    ++files;
    const std::string bytes = bytes_in(entry.path());
    BOOST_TEST(bytes.find(text.substr(0, 8)) == std::string::npos);
    using std::filesystem::perms;
    BOOST_TEST(((entry.status().permissions() & perms::mask) == (perms::owner_read | perms::owner_write)));
  }
  BOOST_TEST(files == 2u);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_altered_cut_or_put_in_anothers_place_is_named_and_never_read) {
  const auto vault = open();
  const Bytes one = content_of(file_part_bytes + 7);
  const Bytes other = content_of(file_part_bytes + 7, 9);
  put_all(*vault, sha256(one), one);
  put_all(*vault, sha256(other), other);
  const auto whole = std::filesystem::file_size(file_of(sha256(one)));
  for (const std::size_t at : {std::size_t{0}, std::size_t{20}, file_part_bytes, static_cast<std::size_t>(whole) - 1}) {
    flip(file_of(sha256(one)), at);
    const bool first = at < file_part_bytes + seal_nonce_bytes + seal_tag_bytes;
    const auto got = vault->get(sha256(one), FilePart(first ? 0 : 1));
    BOOST_REQUIRE(!got.has_value());
    BOOST_TEST((got.error().code == ErrorCode::corrupt));
    BOOST_TEST(got.error().text.find(sha256(one).hex()) != std::string::npos);
    flip(file_of(sha256(one)), at);
  }
  BOOST_TEST((get_all(*vault, sha256(one)) == one));
  // Another's bytes under this name; a part in the other's place; a cut end.
  std::filesystem::copy_file(file_of(sha256(other)), file_of(sha256(one)),
                             std::filesystem::copy_options::overwrite_existing);
  BOOST_TEST((error_of(vault->get(sha256(one), FilePart(0))) == ErrorCode::corrupt));
  std::filesystem::resize_file(file_of(sha256(other)), file_part_bytes + seal_nonce_bytes + seal_tag_bytes);
  BOOST_TEST((error_of(vault->get(sha256(other), FilePart(1))) == ErrorCode::corrupt));
}

BOOST_AUTO_TEST_CASE(another_key_is_refused_at_the_start) {
  put_all(*open(1), sha256(content_of(5)), content_of(5));
  const auto opened = Vault::open({path(), 0}, key_of(2));
  BOOST_REQUIRE(!opened.has_value());
  BOOST_TEST((opened.error().code == ErrorCode::conflict));
  BOOST_TEST(opened.error().text.find(path()) != std::string::npos);
  BOOST_TEST((get_all(*open(1), sha256(content_of(5))) == content_of(5)));
}

BOOST_AUTO_TEST_CASE(a_disk_that_is_near_full_takes_nothing_and_still_reads) {
  put_all(*open(), sha256(content_of(5)), content_of(5));
  const auto vault = Vault::open({path(), std::uint64_t{1} << 60}, key_of(1)).value();
  BOOST_TEST((error_of(vault->put(sha256(content_of(6)), FilePart(0), content_of(6))) == ErrorCode::busy));
  BOOST_TEST((get_all(*vault, sha256(content_of(5))) == content_of(5)));
}

BOOST_AUTO_TEST_CASE(a_key_file_is_private_and_says_nothing_of_what_is_in_it) {
  const std::string file = directory.path() + "/vault.key";
  BOOST_REQUIRE(write_vault_key(file).has_value());
  BOOST_TEST((write_vault_key(file).error().code == ErrorCode::duplicate));
  BOOST_TEST(read_vault_key(file).has_value());
  std::filesystem::permissions(file, std::filesystem::perms::group_read, std::filesystem::perm_options::add);
  BOOST_TEST((read_vault_key(file).error().code == ErrorCode::not_authorised));
  std::filesystem::remove(file);
  std::ofstream(file) << "secret";
  std::filesystem::permissions(file, std::filesystem::perms::owner_read);
  const auto read = read_vault_key(file);
  BOOST_REQUIRE(!read.has_value());
  BOOST_TEST((read.error().code == ErrorCode::malformed));
  BOOST_TEST(read.error().text.find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::node
