// Key files against who would read, exchange or damage them: every truncation, flipped bits everywhere, costs that
// would exhaust the machine, files and directories that others can reach. Whoever cannot open a key hears one constant
// text, and gets nothing of it.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "cli/key_file.h"
#include "ledger/json.h"
#include "tests/support/builders.h"
#include "tests/support/temporary_directory.h"

namespace {

using namespace kanhe;
using namespace kanhe::cli;

constexpr SignatureScheme scheme = SignatureScheme::ecdsa_secp256k1;
const ScryptCost cheap{Number<ScryptLog2NTag>(14), Number<ScryptRTag>(8), Number<ScryptPTag>(1)};

Passphrase passphrase(std::string text = "correct horse battery") { return Passphrase::from(std::move(text)).value(); }

struct Fixture {
  Fixture() : key(support::secret_key(7)), file(seal_key(scheme, key, passphrase(), cheap).value()) {}

  std::string path(const std::string& name) const { return directory.path() + "/" + name; }
  // A file with these contents and mode.
  std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    std::ofstream(path(name), std::ios::binary) << text;
    ::chmod(path(name).c_str(), mode);
    return path(name);
  }

  TemporaryDirectory directory;
  SecretKey key;
  KeyFile file;
};

std::string closed_text(const KeyFile& file, const Passphrase& given) {
  const auto opened = open_key(file, given);
  BOOST_REQUIRE(!opened);
  BOOST_TEST((opened.error().code == ErrorCode::not_authorised));
  return opened.error().text;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(key_file_tests, Fixture)

BOOST_AUTO_TEST_CASE(a_written_key_comes_back) {
  const std::string where = path("officer.key");
  BOOST_REQUIRE(write_key_file(where, file).has_value());
  struct stat status {};
  BOOST_REQUIRE(::stat(where.c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 07777) == 0600u);
  const auto read = read_key_file(where);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST((*read == file));
  const auto opened = open_key(*read, passphrase());
  BOOST_REQUIRE(opened.has_value());
  BOOST_TEST(equal(opened->view(), key.view()));
}

BOOST_AUTO_TEST_CASE(the_file_does_not_show_the_key) {
  const std::string text = to_json(file);
  BOOST_TEST(text.find(to_hex(key.view())) == std::string::npos);
  BOOST_TEST(text.find("horse") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(two_files_of_one_key_share_nothing_secret) {
  const KeyFile again = seal_key(scheme, key, passphrase(), cheap).value();
  BOOST_TEST((again.salt != file.salt));
  BOOST_TEST((again.nonce != file.nonce));
  BOOST_TEST((again.sealed != file.sealed));
  BOOST_TEST((again.public_key == file.public_key));
}

BOOST_AUTO_TEST_CASE(a_wrong_passphrase_and_every_flipped_bit_give_one_text) {
  const std::string constant = closed_text(file, passphrase("wrong horse battery"));
  const auto flip = [&](auto member) {
    auto& bytes = (file.*member).array();
    // Each byte once, another bit each time; a guess costs some 50 ms.
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
      KeyFile damaged = file;
      (damaged.*member).array()[i] ^= static_cast<Byte>(1u << (i % 8));
      BOOST_TEST(closed_text(damaged, passphrase()) == constant);
    }
  };
  flip(&KeyFile::sealed);
  flip(&KeyFile::nonce);
  flip(&KeyFile::salt);
  flip(&KeyFile::public_key);
  KeyFile cheaper = file;
  cheaper.cost.r = Number<ScryptRTag>(9);
  BOOST_TEST(closed_text(cheaper, passphrase()) == constant);
  KeyFile other_scheme = file;
  other_scheme.scheme = SignatureScheme::keyed_hash;
  BOOST_TEST(closed_text(other_scheme, passphrase()) == constant);
}

BOOST_AUTO_TEST_CASE(every_truncation_is_malformed) {
  const std::string text = to_json(file, JsonLayout::indented);
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto read = read_key_file(write("cut.key", text.substr(0, size)));
    BOOST_REQUIRE_MESSAGE(!read, size);
    BOOST_TEST((read.error().code == ErrorCode::malformed), read.error().text);
  }
}

BOOST_AUTO_TEST_CASE(no_flipped_bit_of_the_text_reads_as_the_same_file) {
  const std::string text = to_json(file);
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const int bit : {0, 1, 4, 6, 7}) {
      std::string damaged = text;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      const auto read = read_key_file(write("flipped.key", damaged));
      BOOST_REQUIRE_MESSAGE(!read || !(*read == file), "byte " << i << ", bit " << bit);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_cost_beyond_the_limits_is_refused_before_it_is_paid) {
  const std::string text = to_json(file);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    const std::size_t place = changed.find(from);
    BOOST_REQUIRE(place != std::string::npos);
    changed.replace(place, from.size(), to);
    return read_key_file(write("costly.key", changed));
  };
  for (const std::string cost : {"\"log2_n\":21", "\"log2_n\":63", "\"log2_n\":13"}) {
    const auto read = with("\"log2_n\":14", cost);
    BOOST_REQUIRE(!read);
    BOOST_TEST((read.error().code == ErrorCode::out_of_range));
    BOOST_TEST(read.error().text.find("log2_n") != std::string::npos, read.error().text);
  }
  BOOST_TEST(!with("\"r\":8", "\"r\":17").has_value());
  BOOST_TEST(!with("\"p\":1", "\"p\":5").has_value());
  BOOST_TEST(with("\"log2_n\":14", "\"log2_n\":20").has_value());  // at the limit it reads
}

BOOST_AUTO_TEST_CASE(a_file_that_others_reach_is_refused) {
  const std::string text = to_json(file);
  for (const mode_t mode : {0640, 0604, 0660, 0644, 0666, 0610, 0601}) {
    const auto read = read_key_file(write("open.key", text, mode));
    BOOST_REQUIRE_MESSAGE(!read, mode);
    BOOST_TEST((read.error().code == ErrorCode::not_authorised));
  }
  BOOST_TEST(read_key_file(write("open.key", text, 0400)).has_value());
}

BOOST_AUTO_TEST_CASE(links_pipes_and_directories_are_refused) {
  const std::string real = write("real.key", to_json(file));
  std::filesystem::create_symlink(real, path("link.key"));
  BOOST_TEST((read_key_file(path("link.key")).error().code == ErrorCode::not_authorised));
  BOOST_REQUIRE(::mkfifo(path("pipe.key").c_str(), 0600) == 0);
  BOOST_TEST((read_key_file(path("pipe.key")).error().code == ErrorCode::not_authorised));
  std::filesystem::create_directory(path("directory.key"));
  BOOST_TEST((read_key_file(path("directory.key")).error().code == ErrorCode::not_authorised));
  BOOST_TEST((read_key_file(path("nothing.key")).error().code == ErrorCode::unknown));
}

BOOST_AUTO_TEST_CASE(a_directory_that_everyone_writes_to_is_refused) {
  const std::string shared = path("shared");
  std::filesystem::create_directory(shared);
  ::chmod(shared.c_str(), 0777);
  BOOST_TEST((write_key_file(shared + "/a.key", file).error().code == ErrorCode::not_authorised));
  write("shared/b.key", to_json(file));
  BOOST_TEST((read_key_file(shared + "/b.key").error().code == ErrorCode::not_authorised));
  // As /tmp is: nobody but the owner can take a file away.
  ::chmod(shared.c_str(), 01777);
  BOOST_TEST(read_key_file(shared + "/b.key").has_value());
}

BOOST_AUTO_TEST_CASE(nothing_is_overwritten_but_by_replacing) {
  const std::string where = path("officer.key");
  BOOST_REQUIRE(write_key_file(where, file).has_value());
  const KeyFile other = seal_key(scheme, key, passphrase("another passphrase"), cheap).value();
  BOOST_TEST((write_key_file(where, other).error().code == ErrorCode::duplicate));
  BOOST_TEST((read_key_file(where).value() == file));
  BOOST_REQUIRE(replace_key_file(where, other).has_value());
  BOOST_TEST((read_key_file(where).value() == other));
  BOOST_TEST(!std::filesystem::exists(where + ".new"));
}

BOOST_AUTO_TEST_CASE(a_plain_key_is_read_only_as_one) {
  const std::string hex = to_hex(key.view());
  const auto read = read_plain_key(write("plain.key", hex + "\n"));
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(equal(read->view(), key.view()));
  const auto as_file = read_key_file(path("plain.key"));
  BOOST_REQUIRE(!as_file);
  BOOST_TEST(as_file.error().text.find(hex.substr(0, 8)) == std::string::npos, "the key leaked into the text");
  BOOST_TEST(as_file.error().text.find("key import") != std::string::npos);
  for (const std::string& text : {hex.substr(1), hex + "00", std::string(64, '0'), std::string(64, 'f'), hex + "\n\n",
                                  std::string(63, 'a') + "x", std::string(key_file_bytes_max + 1, 'a')}) {
    const auto wrong = read_plain_key(write("wrong.key", text));
    BOOST_REQUIRE(!wrong);
    BOOST_TEST(wrong.error().text.find(text.substr(0, 16)) == std::string::npos);
  }
  BOOST_TEST(!read_plain_key(write("readable.key", hex, 0644)).has_value());
}

BOOST_AUTO_TEST_CASE(a_passphrase_has_limits) {
  BOOST_TEST(!Passphrase::from(std::string(passphrase_bytes_min - 1, 'x')).has_value());
  BOOST_TEST(Passphrase::from(std::string(passphrase_bytes_min, 'x')).has_value());
  BOOST_TEST(Passphrase::from(std::string(passphrase_bytes_max, 'x')).has_value());
  BOOST_TEST(!Passphrase::from(std::string(passphrase_bytes_max + 1, 'x')).has_value());
  BOOST_TEST(!Passphrase::from(std::string("zero\0inside", 11)).has_value());
}

BOOST_AUTO_TEST_CASE(passphrases_come_from_files_and_descriptors_line_by_line) {
  const std::string where = write("passphrase", "correct horse battery\nand more\n");
  const auto from_file = read_passphrase({where, std::nullopt}, "", Confirmation::once);
  BOOST_REQUIRE(from_file.has_value());
  BOOST_TEST((*from_file == passphrase()));
  ::chmod(where.c_str(), 0644);
  BOOST_TEST(
      (read_passphrase({where, std::nullopt}, "", Confirmation::once).error().code == ErrorCode::not_authorised));
  int pipe[2];
  BOOST_REQUIRE(::pipe(pipe) == 0);
  const std::string lines = "first passphrase\nsecond passphrase\n";
  BOOST_REQUIRE(::write(pipe[1], lines.data(), lines.size()) == static_cast<ssize_t>(lines.size()));
  ::close(pipe[1]);
  BOOST_TEST((read_passphrase({"", pipe[0]}, "", Confirmation::once).value() == passphrase("first passphrase")));
  BOOST_TEST((read_passphrase({"", pipe[0]}, "", Confirmation::twice).value() == passphrase("second passphrase")));
  BOOST_TEST(!read_passphrase({"", pipe[0]}, "", Confirmation::once).has_value());
  ::close(pipe[0]);
}

BOOST_AUTO_TEST_SUITE_END()
