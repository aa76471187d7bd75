// A note is read by taking it apart without much care, making the canonical text from the parts, and comparing: so the
// reader knows the form once, as note_text() writes it.
//
//   note           = text, empty line, signature line of each signer in the order of the validators
//   signature line = "— " key name " " base64(key id ‖ signature) "\n"
//   key name       = origin "/" department
//   key id         = first 4 bytes of SHA-256(key name ‖ 0x0A ‖ 0xff ‖ algorithm ‖ public key)
#include "ledger/checkpoint.h"

#include <charconv>

#include "ledger/codec_impl.h"

namespace kanhe {

template Bytes encode(const Checkpoint&);
template Result<Checkpoint> decode(ByteView);
template Bytes encode(const CommitSeal&);
template Result<CommitSeal> decode(ByteView);

namespace {

constexpr std::string_view signature_mark = "— ";
constexpr std::size_t key_id_bytes = 4;
constexpr Byte other_signature_type = 0xff;

using KeyId = std::array<Byte, key_id_bytes>;

std::string key_name_of(const Origin& origin, const Validator& validator) {
  return origin.str() + "/" + validator.department.str();
}

// What the note calls the algorithm, for example "kanhe/ecdsa-secp256k1/v1".
std::string algorithm_name(SignatureScheme scheme) {
  std::string name(enum_name(scheme));
  std::ranges::replace(name, '_', '-');
  return "kanhe/" + name + "/v1";
}

KeyId key_id_of(SignatureScheme scheme, std::string_view key_name, const PublicKey& key) {
  constexpr Byte separator[] = {'\n', other_signature_type};
  const Hash256 hash = Hasher()
                           .update(as_bytes(key_name))
                           .update(separator)
                           .update(as_bytes(algorithm_name(scheme)))
                           .update(key)
                           .finish();
  KeyId id;
  std::copy_n(hash.array().begin(), id.size(), id.begin());
  return id;
}

// Takes a line without its newline off the front of `rest`. Errors: malformed, where no newline is left.
Result<std::string_view> take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  if (end == std::string_view::npos) return fail(ErrorCode::malformed, "note: ends in the middle of a line");
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

// Takes "<name>=<value>" off the front of `rest`, up to the next space, and answers the value.
Result<std::string_view> take_value(std::string_view& rest, std::string_view name) {
  const std::string_view word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(std::min(rest.size(), word.size() + 1));
  if (!word.starts_with(name) || !word.substr(name.size()).starts_with('=')) {
    return fail(ErrorCode::malformed, "note: \"", name, "=\" is not where it must be");
  }
  return word.substr(name.size() + 1);
}

template <NumberType T>
Result<T> take_number(std::string_view& rest, std::string_view name) {
  const std::string_view text = TRY(take_value(rest, name));
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return fail(ErrorCode::malformed, "note: ", name, " is not a number");
  }
  return T::from(value);
}

template <BytesType T>
Result<T> take_hex(std::string_view& rest, std::string_view name) {
  const std::string_view text = TRY(take_value(rest, name));
  return T::from_hex(text);
}

// Reads the four lines of the text off the front of `rest`.
Result<Checkpoint> take_checkpoint(const Origin& origin, std::string_view& rest) {
  const std::string_view begin = rest;
  Checkpoint checkpoint;
  const std::string_view first_line = TRY(take_line(rest));
  if (first_line != origin.view()) return fail(ErrorCode::unknown, "note: is of another log");
  TRY(take_line(rest));  // The size is the height's successor; the comparison below sees to it.
  const std::string_view root_text = TRY(take_line(rest));
  const Bytes root = TRY(from_base64(root_text));
  checkpoint.log_root = TRY(LogRoot::from(root));
  std::string_view extension = TRY(take_line(rest));
  if (!extension.starts_with("kanhe/v1 ")) return fail(ErrorCode::malformed, "note: the line of kanhe/v1 is missing");
  extension.remove_prefix(extension.find(' ') + 1);
  checkpoint.epoch = TRY(take_number<Epoch>(extension, "epoch"));
  checkpoint.view = TRY(take_number<View>(extension, "view"));
  checkpoint.height = TRY(take_number<Height>(extension, "height"));
  checkpoint.proposal_digest = TRY(take_hex<ProposalDigest>(extension, "proposal"));
  checkpoint.header_hash = TRY(take_hex<HeaderHash>(extension, "header"));
  if (begin.substr(0, begin.size() - rest.size()) != note_text(origin, checkpoint)) {
    return fail(ErrorCode::not_canonical, "note: its text is not of the one form that is signed");
  }
  return checkpoint;
}

Result<SealSignature> read_signature_line(SignatureScheme scheme, const Origin& origin, const EpochConfig& config,
                                          std::string_view line) {
  const auto space = line.rfind(' ');
  if (!line.starts_with(signature_mark) || space < signature_mark.size()) {
    return fail(ErrorCode::malformed, "note: a line is no signature line");
  }
  const std::string_view key_name = line.substr(signature_mark.size(), space - signature_mark.size());
  const auto slash = key_name.rfind('/');
  if (slash == std::string_view::npos || key_name.substr(0, slash) != origin.view()) {
    return fail(ErrorCode::unknown, "note: a signature's key is not of this log");
  }
  const DepartmentId department = TRY(DepartmentId::from(key_name.substr(slash + 1)));
  const auto signer = config.index_of(department);
  if (!signer) return fail(ErrorCode::unknown, "note: ", department.str(), " is no validator of this epoch");
  const Bytes bytes = TRY(from_base64(line.substr(space + 1)));
  if (bytes.size() != key_id_bytes + Signature::size) {
    return fail(ErrorCode::malformed, "note: signature of ", department.str(), ": ", bytes.size(), " bytes, must be ",
                key_id_bytes + Signature::size);
  }
  const auto [id, signature] = std::pair(ByteView(bytes).first(key_id_bytes), ByteView(bytes).subspan(key_id_bytes));
  if (!equal(id, key_id_of(scheme, key_name, config.validators[signer->value()].consensus_key))) {
    return fail(ErrorCode::unknown, "note: ", department.str(), " signed with a key that is not of this epoch");
  }
  return SealSignature{*signer, TRY(Signature::from(signature))};
}

}  // namespace

std::string note_text(const Origin& origin, const Checkpoint& checkpoint) {
  return origin.str() + "\n" + std::to_string(checkpoint.height.value() + 1) + "\n" + to_base64(checkpoint.log_root) +
         "\nkanhe/v1 epoch=" + to_string(checkpoint.epoch) + " view=" + to_string(checkpoint.view) +
         " height=" + to_string(checkpoint.height) + " proposal=" + checkpoint.proposal_digest.hex() +
         " header=" + checkpoint.header_hash.hex() + "\n";
}

Hash256 signing_digest(const Origin& origin, const Checkpoint& checkpoint) {
  return tagged_hash(Tag::checkpoint, as_bytes(note_text(origin, checkpoint)));
}

Result<void> check_seal(SignatureScheme scheme, const Origin& origin, const EpochConfig& config,
                        const CommitSeal& seal) {
  const auto is_good = [scheme](const PublicKey& key, const Hash256& digest, const Signature& signature) {
    return verify(scheme, key, digest, signature);
  };
  return check_seal(is_good, origin, config, seal);
}

Result<void> check_seal(const SignatureCheck& is_good, const Origin& origin, const EpochConfig& config,
                        const CommitSeal& seal) {
  if (seal.checkpoint.epoch != config.epoch) {
    return fail(ErrorCode::bad_proof, "seal: is of epoch ", to_string(seal.checkpoint.epoch), ", must be of epoch ",
                to_string(config.epoch));
  }
  // A seal that was not decoded may be in any order; a signer who stands there twice would count twice.
  if (!seal.signatures.is_sorted()) return fail(ErrorCode::bad_proof, "seal: signers are not in ascending order");
  if (seal.signatures.size() < config.q()) {
    return fail(ErrorCode::bad_proof, "seal: ", seal.signatures.size(), " signatures, must be at least ", config.q());
  }
  if (seal.signatures.back().signer.value() >= config.n()) {
    return fail(ErrorCode::bad_proof, "seal: signer ", seal.signatures.back().signer.value(), ", but the epoch has ",
                config.n(), " validators");
  }
  const Hash256 digest = signing_digest(origin, seal.checkpoint);
  for (const SealSignature& entry : seal.signatures) {
    const Validator& validator = config.validators[entry.signer.value()];
    if (!is_good(validator.consensus_key, digest, entry.signature)) {
      return fail(ErrorCode::bad_signature, "seal: the signature of ", validator.department.str(), " does not fit");
    }
  }
  return {};
}

std::string signed_note(SignatureScheme scheme, const Origin& origin, const EpochConfig& config,
                        const CommitSeal& seal) {
  std::string note = note_text(origin, seal.checkpoint) + "\n";
  for (const SealSignature& entry : seal.signatures) {
    CHECK(entry.signer.value() < config.n());
    const Validator& validator = config.validators[entry.signer.value()];
    const std::string key_name = key_name_of(origin, validator);
    Bytes bytes = to_bytes(key_id_of(scheme, key_name, validator.consensus_key));
    append(bytes, entry.signature);
    note += std::string(signature_mark) + key_name + " " + to_base64(bytes) + "\n";
  }
  return note;
}

Result<CommitSeal> read_signed_note(SignatureScheme scheme, const Origin& origin, const EpochConfig& config,
                                    std::string_view note) {
  CommitSeal seal;
  seal.checkpoint = TRY(take_checkpoint(origin, note));
  const std::string_view separator = TRY(take_line(note));
  if (!separator.empty()) return fail(ErrorCode::malformed, "note: no empty line follows the text");
  if (note.empty()) return fail(ErrorCode::malformed, "note: without signatures");
  while (!note.empty()) {
    const std::string_view line = TRY(take_line(note));
    const SealSignature entry = TRY(read_signature_line(scheme, origin, config, line));
    if (!seal.signatures.empty() && !(seal.signatures.back() < entry)) {
      return fail(ErrorCode::not_canonical, "note: signatures are not in the order of the validators, each once");
    }
    seal.signatures.push_back(entry);
  }
  return seal;
}

}  // namespace kanhe
