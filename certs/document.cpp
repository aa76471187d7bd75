#include "certs/document.h"

#include <openssl/rand.h>

#include <set>

#include "certs/content_tree.h"
#include "ledger/codec_impl.h"

namespace kanhe {

template Bytes encode(const certs::FieldOpening&);
template Result<certs::FieldOpening> decode(ByteView);
template Bytes encode(const certs::Document&);
template Result<certs::Document> decode(ByteView);

}  // namespace kanhe

namespace kanhe::certs {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::uint64_t number_of(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  return value;
}

std::uint64_t days_of_month(std::uint64_t year, std::uint64_t month) {
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (month == 2) return leap ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

}  // namespace

Result<void> check_integer(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  const bool plain = !digits.empty() && std::ranges::all_of(digits, is_digit) &&
                     (digits.front() != '0' || text == "0");
  if (!plain) return fail(ErrorCode::malformed, "integer \"", text, "\": not in its one decimal form");
  return {};
}

Result<void> check_date(std::string_view text) {
  const auto malformed = [&] { return fail(ErrorCode::malformed, "date \"", text, "\": no day as YYYY-MM-DD"); };
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return malformed();
  for (const auto part : {text.substr(0, 4), text.substr(5, 2), text.substr(8, 2)}) {
    if (!std::ranges::all_of(part, is_digit)) return malformed();
  }
  const std::uint64_t year = number_of(text.substr(0, 4));
  const std::uint64_t month = number_of(text.substr(5, 2));
  const std::uint64_t day = number_of(text.substr(8, 2));
  if (year == 0 || month == 0 || month > 12 || day == 0 || day > days_of_month(year, month)) return malformed();
  return {};
}

std::string display_text(const FieldValue& value) {
  return std::visit([]<class V>(const V& alternative) -> std::string {
    if constexpr (std::is_same_v<V, MoneyValue>) {
      const std::uint64_t fen = alternative.value.value();
      const std::string cents = std::to_string(fen % 100);
      return std::to_string(fen / 100) + (cents.size() < 2 ? ".0" : ".") + cents;
    } else if constexpr (std::is_same_v<V, BooleanValue>) {
      return alternative.value ? "true" : "false";
    } else if constexpr (std::is_same_v<V, DigestValue>) {
      return alternative.value.digest.hex();
    } else {
      return alternative.value.str();
    }
  }, value);
}

// ---------------------------------------------------------------------------------------------------------------------
// Commitments and the root

FieldCommitment commitment_of(const FieldOpening& opening) {
  return FieldCommitment(tagged_hash(Tag::field, encode(opening)));
}

// The holder is committed to as a text field with the path "holder" would be: kind and number stand in one text, joined
// by a space, which neither of them holds.
contracts::certificate::HolderCommitment holder_commitment_of(const FieldSalt& salt, const Identity& holder) {
  const std::string text = std::string(enum_name(holder.kind)) + " " + holder.number.str();
  const FieldOpening opening{FieldPath::from("holder").value(), salt,
                             TextValue{PlainText<field_text_bytes_max>::from(text).value()}};
  return contracts::certificate::HolderCommitment(commitment_of(opening));
}

contracts::certificate::ContentRoot content_root_of(const Document& document) {
  CHECK(!document.fields.empty());
  std::vector<Hash256> commitments;
  commitments.reserve(document.fields.size());
  for (const DocumentField& field : document.fields) commitments.emplace_back(field.commitment);
  return contracts::certificate::ContentRoot(content_tree_root(commitments));
}

const FieldOpening* find_field(const Document& document, std::string_view path) {
  for (const DocumentField& field : document.fields) {
    if (field.opening && field.opening->path.view() == path) return &*field.opening;
  }
  return nullptr;
}

std::string_view text_of(const Document& document, std::string_view path) {
  const FieldOpening* const opening = find_field(document, path);
  if (opening == nullptr) return {};
  const auto* const text = std::get_if<TextValue>(&opening->value);
  return text == nullptr ? std::string_view{} : text->value.view();
}

std::size_t shown_count(const Document& document) {
  return static_cast<std::size_t>(
      std::ranges::count_if(document.fields, [](const DocumentField& field) { return field.opening.has_value(); }));
}

std::size_t hidden_count(const Document& document) { return document.fields.size() - shown_count(document); }

// ---------------------------------------------------------------------------------------------------------------------
// Checks

namespace {

Result<void> check_paths(const Document& document) {
  const FieldPath* before = nullptr;
  for (const DocumentField& field : document.fields) {
    if (!field.opening) continue;
    if (before != nullptr && !(*before < field.opening->path)) {
      return fail(ErrorCode::not_canonical, "document: field ", field.opening->path.str(),
                  " does not stand above the one before it");
    }
    before = &field.opening->path;
  }
  return {};
}

}  // namespace

Result<void> check_document_form(const Document& document) {
  if (document.fields.empty()) return fail(ErrorCode::out_of_range, "document: has no field");
  TRY(check_paths(document));
  std::set<Hash256> digests;
  for (const auto& file : document.files) {
    if (!digests.insert(file.digest).second) {
      return fail(ErrorCode::duplicate, "document: the file digest ", file.digest.hex(), " stands twice");
    }
  }
  const auto& from = document.valid_from_ms;
  const auto& until = document.valid_until_ms;
  if (from && until && *from >= *until) {
    return fail(ErrorCode::out_of_range, "document: valid_until_ms ", to_string(*until), ", must be above ",
                to_string(*from));
  }
  return {};
}

Result<void> check_openings(const Document& document) {
  for (const DocumentField& field : document.fields) {
    if (!field.opening || commitment_of(*field.opening) == field.commitment) continue;
    return fail(ErrorCode::bad_proof, "field ", field.opening->path.str(), ": does not open its commitment");
  }
  return {};
}

std::vector<SchemaDifference> differences_from(const Document& document,
                                               const contracts::certificate::TypeSchema& schema) {
  std::vector<SchemaDifference> differences;
  for (const DocumentField& field : document.fields) {
    if (!field.opening) continue;
    const auto rule = std::ranges::find(schema.fields, field.opening->path, &contracts::certificate::FieldRule::path);
    const auto kind = std::visit([]<class T>(const T&) { return T::variant_tag.number; }, field.opening->value);
    if (rule == schema.fields.end() || static_cast<std::uint64_t>(rule->kind) != kind) {
      differences.push_back({field.opening->path, false});
    }
  }
  if (hidden_count(document) > 0) return differences;
  for (const contracts::certificate::FieldRule& rule : schema.fields) {
    if (rule.required && find_field(document, rule.path.view()) == nullptr) differences.push_back({rule.path, true});
  }
  return differences;
}

Result<void> check_holder(const Document& document, const Identity& identity) {
  if (!document.holder_opening) {
    return fail(ErrorCode::unknown, "document: this copy does not let anyone check the holder");
  }
  const HolderOpening& opening = *document.holder_opening;
  if (identity.kind == opening.kind && holder_commitment_of(opening.salt, identity) == document.holder) return {};
  return fail(ErrorCode::bad_proof, "document: the holder is another");
}

// ---------------------------------------------------------------------------------------------------------------------
// Making and disclosing

void fill_from_system(std::span<Byte> target) {
  CHECK(RAND_bytes(target.data(), static_cast<int>(target.size())) == 1);
}

Result<Document> make_document(const DocumentContent& content, const RandomBytes& random) {
  const auto new_salt = [&] {
    FieldSalt salt;
    random(salt.array());
    return salt;
  };
  std::vector<NewField> sorted(content.fields.begin(), content.fields.end());
  std::ranges::sort(sorted, {}, &NewField::path);
  Document document;
  document.id = content.id;
  document.files = content.files;
  document.valid_from_ms = content.valid_from_ms;
  document.valid_until_ms = content.valid_until_ms;
  for (const NewField& field : sorted) {
    if (find_field(document, field.path.view()) != nullptr) {
      return fail(ErrorCode::duplicate, "document: field ", field.path.str(), " is given twice");
    }
    const FieldOpening opening{field.path, new_salt(), field.value};
    document.fields.push_back({commitment_of(opening), opening});
  }
  document.holder_opening = HolderOpening{content.holder.kind, new_salt()};
  document.holder = holder_commitment_of(document.holder_opening->salt, content.holder);
  TRY(check_document_form(document));
  return document;
}

Result<Document> disclose(const Document& document, std::span<const FieldPath> paths, HolderDisclosure holder) {
  for (const FieldPath& path : paths) {
    if (find_field(document, path.view()) == nullptr) {
      return fail(ErrorCode::unknown, "document: no field ", path.str(), " is shown in it");
    }
  }
  Document copy = document;
  if (holder == HolderDisclosure::drop) copy.holder_opening.reset();
  for (DocumentField& field : copy.fields) {
    if (field.opening && std::ranges::find(paths, field.opening->path) == paths.end()) field.opening.reset();
  }
  return copy;
}

contracts::certificate::IssueArguments issue_arguments_of(const Document& document) {
  contracts::certificate::IssueArguments arguments;
  arguments.id = document.id;
  arguments.holder = document.holder;
  arguments.content_root = content_root_of(document);
  arguments.files = document.files;
  arguments.valid_from_ms = document.valid_from_ms;
  arguments.valid_until_ms = document.valid_until_ms;
  return arguments;
}

contracts::certificate::FileDigest digest_of_file(const contracts::certificate::MediaType& media_type,
                                                  ByteView file) {
  return {media_type, contracts::certificate::DigestAlgorithm::sha256, sha256(file)};
}

Result<contracts::certificate::FileDigest> check_file(const Document& document, ByteView file) {
  const Hash256 digest = sha256(file);
  bool others = false;
  for (const auto& candidate : document.files) {
    if (candidate.algorithm != contracts::certificate::DigestAlgorithm::sha256) {
      others = true;
    } else if (candidate.digest == digest) {
      return candidate;
    }
  }
  if (others) return fail(ErrorCode::unsupported, "file: this program cannot compute all of the document's digests");
  return fail(ErrorCode::bad_proof, "file: is none of the document's");
}

}  // namespace kanhe::certs
