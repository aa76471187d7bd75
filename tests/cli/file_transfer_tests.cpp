// Files to a real endpoint and back: whole, broken off, wrong on the way, and by whom they are not for.
#include "cli/file_transfer.h"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/cli/routed_server.h"

namespace {

using namespace kanhe;
using namespace kanhe::cli;
using certs::file_part_bytes;
namespace certificate = contracts::certificate;

std::string text_of(std::size_t size) {
  std::string text(size, ' ');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 + i / 1'000);
  return text;
}

struct Fixture : RoutedServer {
  Fixture() {
    // As the sale names its contract.
    content = "sale-contract";
    node().vault = node::Vault::open({path("vault"), 0}, SealingKey()).value();
    node().start();
  }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  certificate::FileDigest file_of(const std::string& text) const {
    return {certificate::MediaType::from("application/pdf").value(), certificate::DigestAlgorithm::sha256,
            sha256(as_bytes(text))};
  }
  std::string matter() { return "application=" + node().counter.id.hex(); }

  std::string content;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(file_transfer_tests, Fixture)

BOOST_AUTO_TEST_CASE(a_file_goes_in_and_comes_out_as_it_was) {
  Client clara = client();
  const auto uploaded = upload_file(clara, write("contract.pdf", content));
  if (!uploaded) BOOST_FAIL(uploaded.error().text);
  BOOST_TEST((uploaded->digest == sha256(as_bytes(content)) && uploaded->bytes == content.size()));
  const auto back = download_file(clara, file_of(content), matter());
  if (!back) BOOST_FAIL(back.error().text);
  BOOST_TEST((as_text(*back) == content));
}

BOOST_AUTO_TEST_CASE(files_of_many_parts_and_of_none_go_in_and_a_second_time_nothing_is_sent) {
  Client clara = client();
  for (const std::size_t size : {std::size_t{0}, file_part_bytes, 3 * file_part_bytes + 1}) {
    const std::string path = write("file", text_of(size));
    BOOST_TEST(upload_file(clara, path).has_value());
    const std::size_t before = requests;
    BOOST_TEST(upload_file(clara, path).has_value());
    BOOST_TEST(requests == before + 1);
  }
}

BOOST_AUTO_TEST_CASE(a_run_that_was_broken_off_goes_on_where_it_was) {
  Client clara = client();
  const std::string text = text_of(4 * file_part_bytes + 9);
  const std::string path = write("file", text);
  // From the back: two parts are taken, then the node is away.
  instead = {node::error_response(Error{ErrorCode::unavailable, "away"}), std::nullopt, std::nullopt};
  BOOST_TEST((upload_file(clara, path).error().code == ErrorCode::unavailable));
  const std::size_t before = requests;
  BOOST_TEST(upload_file(clara, path).has_value());
  // Part 0 tells that the third is the next one; three are left.
  BOOST_TEST(requests == before + 4);
}

BOOST_AUTO_TEST_CASE(wrong_parts_of_somebody_else_are_thrown_away_and_the_file_goes_in) {
  Client clara = client();
  const std::string text = text_of(file_part_bytes + 9);
  const Bytes wrong(file_part_bytes, Byte{7});
  BOOST_REQUIRE(clara.put_file_part(sha256(as_bytes(text)), certs::FilePart(0), wrong).has_value());
  const auto uploaded = upload_file(clara, write("file", text));
  if (!uploaded) BOOST_FAIL(uploaded.error().text);
}

BOOST_AUTO_TEST_CASE(what_was_bent_on_the_way_is_not_shown) {
  Client clara = client();
  BOOST_REQUIRE(upload_file(clara, write("contract.pdf", content)).has_value());
  bend = [](std::string& body) { body[3] = static_cast<char>(body[3] ^ 1); };
  const auto back = download_file(clara, file_of(content), matter());
  BOOST_REQUIRE(!back.has_value());
  BOOST_TEST((back.error().code == ErrorCode::bad_proof));
  bend = [](std::string& body) { body.resize(file_part_bytes + 1); };
  BOOST_TEST((download_file(clara, file_of(content), matter()).error().code == ErrorCode::malformed));
}

BOOST_AUTO_TEST_CASE(who_may_not_read_hears_why) {
  Client clara = client();
  BOOST_REQUIRE(upload_file(clara, write("contract.pdf", content)).has_value());
  Client tess = client("tess");
  const auto back = download_file(tess, file_of(content), matter());
  BOOST_REQUIRE(!back.has_value());
  BOOST_TEST((back.error().code == ErrorCode::not_authorised));
  BOOST_TEST(back.error().text.find("it is closed") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_too_long_is_not_begun) {
  Client clara = client();
  const std::size_t before = requests;
  const auto uploaded = upload_file(clara, write("file", std::string(certs::file_bytes_max + 1, 'x')));
  BOOST_TEST((uploaded.error().code == ErrorCode::out_of_range));
  BOOST_TEST(requests == before);
}

BOOST_AUTO_TEST_CASE(a_name_ends_as_its_type_says) {
  const auto ending = [](std::string_view type) { return ending_of(certificate::MediaType::from(type).value()); };
  BOOST_TEST(ending("application/pdf") == ".pdf");
  BOOST_TEST(ending("image/jpeg") == ".jpg");
  BOOST_TEST(ending("application/x-unknown") == ".bin");
  BOOST_TEST(media_type_of("scans/Form.PDF").view() == "application/pdf");
  BOOST_TEST(media_type_of("photo.jpeg").view() == "image/jpeg");
  BOOST_TEST(media_type_of("pdf").view() == "application/octet-stream");
}

BOOST_AUTO_TEST_SUITE_END()
