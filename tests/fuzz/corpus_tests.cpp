// The fuzzer's promises, kept in every build: the whole corpus is replayed, and so are all short mutations of the
// seeds. A broken promise aborts, which fails the run.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "tests/fuzz/decoders.h"

namespace {

using namespace kanhe;
using namespace kanhe::fuzz;

const std::filesystem::path corpus = std::filesystem::path(KANHE_SOURCE_DIR) / "tests/fuzz/corpus";

Bytes read_file(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return to_bytes(as_bytes(text.str()));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(corpus_tests)

BOOST_AUTO_TEST_CASE(every_decoder_accepts_its_seeds) {
  std::set<std::string_view> names;
  for (const Decoder& decoder : decoders()) {
    BOOST_TEST(names.insert(decoder.name).second, decoder.name << " is there twice");
    const auto seeds = decoder.seeds();
    BOOST_TEST(!seeds.empty());
    for (const Bytes& seed : seeds) BOOST_TEST(decoder.accepts(seed), decoder.name << " refuses " << to_hex(seed));
  }
}

// The files were written by an earlier build: a format that changed unnoticed shows here.
BOOST_AUTO_TEST_CASE(the_seeds_are_the_files_of_the_corpus) {
  for (std::size_t index = 0; index < decoders().size(); ++index) {
    const Decoder& decoder = decoders()[index];
    std::size_t number = 0;
    for (const Bytes& seed : decoder.seeds()) {
      Bytes wanted{static_cast<Byte>(index)};
      append(wanted, seed);
      const auto path = corpus / (std::string(decoder.name) + "-" + std::to_string(number++));
      BOOST_TEST((read_file(path) == wanted), path << " differs; was the change of the format meant?");
    }
  }
}

BOOST_AUTO_TEST_CASE(the_whole_corpus_is_replayed) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    run_input(read_file(entry.path()));
    ++files;
  }
  BOOST_TEST(files >= decoders().size());
}

BOOST_AUTO_TEST_CASE(truncated_and_longer_seeds_keep_the_promises) {
  for (const Decoder& decoder : decoders()) {
    for (const Bytes& seed : decoder.seeds()) {
      for (std::size_t size = 0; size < seed.size(); ++size) decoder.accepts(ByteView(seed).first(size));
      Bytes longer = seed;
      longer.push_back(0);
      decoder.accepts(longer);
    }
  }
}

BOOST_AUTO_TEST_CASE(seeds_with_one_other_byte_keep_the_promises) {
  for (const Decoder& decoder : decoders()) {
    for (const Bytes& seed : decoder.seeds()) {
      for (std::size_t at = 0; at < std::min<std::size_t>(seed.size(), 512); ++at) {
        Bytes changed = seed;
        for (const Byte byte : {0x00, 0x01, 0x02, 0x7f, 0x80, 0xff}) {
          changed[at] = byte;
          decoder.accepts(changed);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(an_input_that_selects_nothing_is_ignored) {
  BOOST_TEST(!run_input({}));
  BOOST_TEST(!run_input(Bytes{0xff, 0x00}));
}

BOOST_AUTO_TEST_SUITE_END()
