// Checkpoints, seals and signed notes: what a seal proves, what it does not, and that a note has one form.
#include "ledger/checkpoint.h"

#include <boost/test/unit_test.hpp>

#include "ledger/codec.h"
#include "tests/support/builders.h"

namespace {

using namespace kanhe;
using namespace kanhe::support;

const Origin& origin() {
  static const Origin value = origin_of(a_genesis());
  return value;
}

std::string error_of(const Result<void>& checked) {
  return checked ? std::string("accepted") : std::string(error_name(checked.error().code));
}
std::string error_of(const CommitSeal& seal) {
  return error_of(check_seal(builders_scheme, origin(), four_validators(), seal));
}

std::string a_note() { return signed_note(builders_scheme, origin(), four_validators(), a_seal()); }
Result<CommitSeal> read(std::string_view note) {
  return read_signed_note(builders_scheme, origin(), four_validators(), note);
}

std::string replaced(std::string text, std::string_view part, std::string_view by) {
  const std::size_t place = text.find(part);
  BOOST_REQUIRE_MESSAGE(place != std::string::npos, part);
  return text.replace(place, part.size(), by);
}

// The lines of a text, each with its newline.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin) + 1;
    lines.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

struct NoteCase {
  std::string_view what;
  std::string note;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(checkpoint_tests)

BOOST_AUTO_TEST_CASE(the_text_is_as_documented) {
  const Checkpoint checkpoint = a_checkpoint();
  BOOST_TEST(note_text(origin(), checkpoint) ==
             "demo.kanhe.example/" + chain_id_of(a_genesis()).hex() + "\n2\n" + to_base64(checkpoint.log_root) +
                 "\nkanhe/v1 epoch=0 view=2 height=1 proposal=" + checkpoint.proposal_digest.hex() +
                 " header=" + checkpoint.header_hash.hex() + "\n");
}

BOOST_AUTO_TEST_CASE(a_seal_of_a_quorum_is_accepted) {
  BOOST_TEST(error_of(a_seal()) == "accepted");
  BOOST_TEST(error_of(sealed_by(a_checkpoint(), {0, 1, 2, 3})) == "accepted");
  BOOST_TEST(error_of(sealed_by(a_checkpoint(), {1, 2, 3})) == "accepted");
}

BOOST_AUTO_TEST_CASE(one_signature_less_than_a_quorum_is_refused) {
  BOOST_TEST(error_of(sealed_by(a_checkpoint(), {0, 1})) == "bad_proof");
  BOOST_TEST(error_of(sealed_by(a_checkpoint(), {})) == "bad_proof");
}

BOOST_AUTO_TEST_CASE(a_signer_counts_once_and_in_order) {
  BOOST_TEST(error_of(sealed_by(a_checkpoint(), {0, 1, 1})) == "bad_proof");
  BOOST_TEST(error_of(sealed_by(a_checkpoint(), {0, 0, 1, 2})) == "bad_proof");
  BOOST_TEST(error_of(sealed_by(a_checkpoint(), {2, 1, 0})) == "bad_proof");
}

BOOST_AUTO_TEST_CASE(a_signer_outside_the_epoch_is_refused) {
  // The observer's key has the seed of index 4, so its signature is a good one.
  BOOST_TEST(error_of(sealed_by(a_checkpoint(), {0, 1, 4})) == "bad_proof");
  BOOST_TEST(error_of(sealed_by(a_checkpoint(), {0, 1, 2, 99})) == "bad_proof");
}

BOOST_AUTO_TEST_CASE(a_seal_of_another_epoch_is_refused) {
  Checkpoint other = a_checkpoint();
  ++other.epoch;
  BOOST_TEST(error_of(sealed_by(other, {0, 1, 3})) == "bad_proof");
}

BOOST_AUTO_TEST_CASE(signatures_of_another_chain_are_refused) {
  Genesis other = a_genesis();
  ++other.created_ms;
  BOOST_TEST(error_of(check_seal(builders_scheme, origin_of(other), first_epoch_of(other), a_seal())) ==
             "bad_signature");
}

BOOST_AUTO_TEST_CASE(signatures_over_another_checkpoint_are_refused) {
  const auto changed = [](auto change) {
    CommitSeal seal = a_seal();
    change(seal.checkpoint);
    return error_of(seal);
  };
  BOOST_TEST(changed([](Checkpoint& c) { ++c.view; }) == "bad_signature");
  BOOST_TEST(changed([](Checkpoint& c) { ++c.height; }) == "bad_signature");
  BOOST_TEST(changed([](Checkpoint& c) { c.proposal_digest.array()[31] ^= 1; }) == "bad_signature");
  BOOST_TEST(changed([](Checkpoint& c) { c.header_hash.array()[31] ^= 1; }) == "bad_signature");
  BOOST_TEST(changed([](Checkpoint& c) { c.log_root.array()[31] ^= 1; }) == "bad_signature");
}

BOOST_AUTO_TEST_CASE(commits_of_two_views_make_no_seal) {
  Checkpoint later = a_checkpoint();
  ++later.view;
  CommitSeal mixed = sealed_by(a_checkpoint(), {0, 1, 3});
  mixed.signatures[2] = sealed_by(later, {3}).signatures[0];
  BOOST_TEST(error_of(mixed) == "bad_signature");
}

BOOST_AUTO_TEST_CASE(every_signature_must_be_good_even_beyond_the_quorum) {
  for (std::size_t i = 0; i < 4; ++i) {
    CommitSeal seal = sealed_by(a_checkpoint(), {0, 1, 2, 3});
    seal.signatures[i].signature.array()[40] ^= 1;
    BOOST_TEST(error_of(seal) == "bad_signature", "signature " << i);
  }
  CommitSeal swapped = a_seal();
  std::swap(swapped.signatures[0].signature, swapped.signatures[1].signature);
  BOOST_TEST(error_of(swapped) == "bad_signature");
}

BOOST_AUTO_TEST_CASE(a_single_validator_seals_alone) {
  EpochConfig config = four_validators();
  config.validators.resize(1);
  BOOST_TEST(error_of(check_seal(builders_scheme, origin(), config, sealed_by(a_checkpoint(), {0}))) == "accepted");
  BOOST_TEST(error_of(check_seal(builders_scheme, origin(), config, sealed_by(a_checkpoint(), {}))) == "bad_proof");
  config.validators.clear();
  BOOST_TEST(error_of(check_seal(builders_scheme, origin(), config, sealed_by(a_checkpoint(), {0}))) == "bad_proof");
}

BOOST_AUTO_TEST_CASE(a_note_is_read_back_as_the_same_seal) {
  for (const CommitSeal& seal : {a_seal(), sealed_by(a_checkpoint(), {2}), sealed_by(a_checkpoint(), {0, 1, 2, 3})}) {
    const std::string note = signed_note(builders_scheme, origin(), four_validators(), seal);
    const auto again = read(note);
    BOOST_REQUIRE_MESSAGE(again.has_value(), note);
    BOOST_TEST((*again == seal));
  }
}

BOOST_AUTO_TEST_CASE(a_note_s_key_ids_are_as_documented) {
  const std::string name = origin().str() + "/archive";
  const Bytes hashed = [&] {
    Bytes bytes = to_bytes(as_bytes(name));
    append(bytes, Bytes{0x0a, 0xff});
    append(bytes, as_bytes("kanhe/ecdsa-secp256k1/v1"));
    append(bytes, public_key(1));
    return bytes;
  }();
  Bytes expected = to_bytes(sha256(hashed).view().first(4));
  append(expected, a_seal().signatures[0].signature);
  BOOST_TEST(lines_of(a_note())[5] == "— " + name + " " + to_base64(expected) + "\n");
}

BOOST_AUTO_TEST_CASE(a_note_cut_anywhere_but_behind_a_signature_is_refused) {
  const std::string note = a_note();
  const auto lines = lines_of(note);
  const std::size_t one_signature = note.size() - lines[6].size() - lines[7].size();
  const std::size_t two_signatures = note.size() - lines[7].size();
  for (std::size_t size = 0; size < note.size(); ++size) {
    const bool whole = size == one_signature || size == two_signatures;
    BOOST_TEST(read(std::string_view(note).substr(0, size)).has_value() == whole, "at byte " << size);
  }
}

BOOST_AUTO_TEST_CASE(every_changed_byte_of_a_note_is_refused_or_is_another_seal) {
  const std::string note = a_note();
  for (std::size_t i = 0; i < note.size(); ++i) {
    for (const int change : {1, 0x20, 0x80}) {
      std::string altered = note;
      altered[i] = static_cast<char>(altered[i] ^ change);
      const auto seal = read(altered);
      if (!seal) continue;
      BOOST_TEST(error_of(*seal) != "accepted", "byte " << i);
      BOOST_TEST(signed_note(builders_scheme, origin(), four_validators(), *seal) == altered, "byte " << i);
    }
  }
}

BOOST_AUTO_TEST_CASE(malformed_notes_are_refused) {
  const std::string note = a_note();
  const auto lines = lines_of(note);
  const auto with = [&](std::size_t line, const std::string& text) {
    auto changed = lines;
    changed[line] = text;
    return joined(changed);
  };
  const auto in_order = [&](std::initializer_list<std::size_t> order) {
    std::string text;
    for (const std::size_t line : order) text += lines[line];
    return text;
  };
  const std::string observer = signed_note(
      builders_scheme, origin(), [] { auto c = four_validators(); c.validators[0] = c.observers[0]; return c; }(),
      sealed_by(a_checkpoint(), {0}));
  const NoteCase cases[] = {
      {"nothing", ""},
      {"another origin", replaced(note, "demo.kanhe", "real.kanhe")},
      {"a size that is not the height's successor", with(1, "3\n")},
      {"a size with a zero in front", with(1, "02\n")},
      {"a size with a sign", with(1, "+2\n")},
      {"a root without its padding", with(2, lines[2].substr(0, 43) + "\n")},
      {"a root of 31 bytes", with(2, to_base64(Bytes(31)) + "\n")},
      {"a number with a zero in front", replaced(note, "epoch=0 ", "epoch=00 ")},
      {"a negative number", replaced(note, "view=2", "view=-2")},
      {"a number beyond its range", replaced(note, "view=2", "view=281474976710656")},
      {"a number beyond 64 bits", replaced(note, "view=2", "view=18446744073709551618")},
      {"an empty number", replaced(note, "view=2", "view=")},
      {"a word missing", replaced(note, " view=2", "")},
      {"words in another order", replaced(note, "epoch=0 view=2", "view=2 epoch=0")},
      {"two spaces", replaced(note, "epoch=0 view", "epoch=0  view")},
      {"a space at the end of the text", with(3, lines[3].substr(0, lines[3].size() - 1) + " \n")},
      {"upper-case digits", replaced(note, a_checkpoint().header_hash.hex(), std::string(64, 'A'))},
      {"another version", replaced(note, "kanhe/v1", "kanhe/v2")},
      {"a second extension line", in_order({0, 1, 2, 3, 3, 4, 5, 6, 7})},
      {"no empty line", in_order({0, 1, 2, 3, 5, 6, 7})},
      {"two empty lines", in_order({0, 1, 2, 3, 4, 4, 5, 6, 7})},
      {"no signature", in_order({0, 1, 2, 3, 4})},
      {"a signature twice", in_order({0, 1, 2, 3, 4, 5, 5, 6, 7})},
      {"signatures in another order", in_order({0, 1, 2, 3, 4, 6, 5, 7})},
      {"text behind the signatures", note + "x\n"},
      {"an empty line behind the signatures", note + "\n"},
      {"carriage returns", replaced(note, "\n2\n", "\r\n2\r\n")},
      {"a hyphen for the dash", replaced(note, "— ", "- ")},
      {"no department", replaced(note, "/archive ", " ")},
      {"an unknown department", replaced(note, "/archive ", "/harbour ")},
      {"an observer's signature", observer},
      {"another department's key id", replaced(note, "/archive ", "/housing ")},
      {"a signature of 63 bytes", with(5, lines[5].substr(0, lines[5].rfind(' ') + 1) + to_base64(Bytes(67)) + "\n")},
      {"a signature of 65 bytes", with(5, lines[5].substr(0, lines[5].rfind(' ') + 1) + to_base64(Bytes(69)) + "\n")},
      {"a signature that is not base64", with(5, lines[5].substr(0, lines[5].rfind(' ') + 1) + "****\n")},
      {"no signature behind the name", with(5, lines[5].substr(0, lines[5].rfind(' ')) + "\n")},
      {"a dash alone", with(5, "— \n")},
  };
  for (const NoteCase& refused : cases) BOOST_TEST(!read(refused.note), refused.what);
}

BOOST_AUTO_TEST_CASE(a_note_of_another_epoch_s_keys_is_unknown) {
  EpochConfig config = four_validators();
  config.validators[0].consensus_key = public_key(9);
  const auto seal = read_signed_note(builders_scheme, origin(), config, a_note());
  BOOST_REQUIRE(!seal);
  BOOST_TEST(error_name(seal.error().code) == "unknown");
}

BOOST_AUTO_TEST_SUITE_END()
