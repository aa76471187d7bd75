#include "cli/cert_content.h"

#include <filesystem>
#include <set>
#include <sstream>

#include "cli/local_file.h"
#include "cli/pepper.h"
#include "cli/values.h"
#include "ledger/json.h"
#include "ledger/toml_impl.h"

namespace kanhe::cli {
namespace {

using namespace certs;
namespace certificate = contracts::certificate;

class ContentReader {
 public:
  ContentReader(const toml::table& root, const std::string& path)
      : root_(root), path_(path), directory_(std::filesystem::path(path).parent_path()) {}

  Result<CertificateContent> read() {
    TRY(refuse_unknown(root_, "",
                       {"id", "type", "issuer", "serial", "edition", "valid_from", "valid_until", "supersedes",
                        "transferred_from", "application", "unit", "act", "holder", "fields", "files"}));
    content_.document.id = TRY(read_id());
    content_.document.valid_from_ms = TRY(read_moment("valid_from"));
    content_.document.valid_until_ms = TRY(read_moment("valid_until"));
    if (root_.contains("supersedes")) {
      const std::string text = TRY(text_of(root_, "supersedes"));
      content_.supersedes = TRY(CertificateId::from(text));
    }
    if (root_.contains("application")) {
      const std::string text = TRY(text_of(root_, "application"));
      const Bytes bytes = TRY(from_hex(text));
      content_.application = TRY(ApplicationId::from(bytes));
    }
    if (root_.contains("transferred_from")) TRY(read_origin());
    TRY(read_place());
    TRY(read_holder());
    const toml::table* const fields = root_["fields"].as_table();
    if (fields == nullptr) return wrong(root_.get("fields"), "fields", "must be a table");
    TRY(read_fields(*fields, ""));
    if (root_.contains("files")) TRY(read_files());
    return std::move(content_);
  }

 private:
  Result<void> read_origin() {
    const toml::table* const origin = root_["transferred_from"].as_table();
    if (origin == nullptr) {
      return wrong(root_.get("transferred_from"), "transferred_from", "must be a table with network, id and evidence");
    }
    TRY(refuse_unknown(*origin, "transferred_from.", {"network", "id", "evidence"}));
    const std::string network = TRY(text_of(*origin, "network"));
    const std::string id = TRY(text_of(*origin, "id"));
    const std::string digest = TRY(text_of(*origin, "evidence"));
    const Bytes evidence = TRY(from_hex(digest));
    content_.transferred_from = certificate::TransferOrigin{
        TRY(PlainText<96>::from(network)), TRY(CertificateId::from(id)), TRY(Hash256::from(evidence))};
    return {};
  }

  // Which of an application's certificates it is.
  Result<void> read_place() {
    if (root_.contains("unit")) {
      const std::string text = TRY(text_of(root_, "unit"));
      content_.unit = TRY(UnitNumber::from(text));
    }
    const toml::node* const act = root_.get("act");
    if (act == nullptr) return {};
    const auto number = act->value_exact<std::int64_t>();
    if (!number || *number < 1 || std::cmp_greater(*number, contracts::property::filing_acts_max)) {
      return wrong(act, "act", "must be a number from 1 to " + std::to_string(contracts::property::filing_acts_max));
    }
    content_.act = static_cast<std::uint8_t>(*number);
    return {};
  }

  Error wrong(const toml::node* at, const std::string& key, const std::string& what) const {
    return kanhe::fail(ErrorCode::malformed, path_, ":", at == nullptr ? 1 : at->source().begin.line, ": ", key, ": ",
                       what);
  }
  // The same error, with its place.
  Error placed(const toml::node* at, const std::string& key, const Error& error) const {
    return kanhe::fail(error.code, path_, ":", at == nullptr ? 1 : at->source().begin.line, ": ", key, ": ",
                       error.text);
  }

  Result<void> refuse_unknown(const toml::table& table, const std::string& prefix,
                              const std::set<std::string_view>& known) const {
    for (const auto& [key, node] : table) {
      if (!known.contains(key.str())) return wrong(&node, prefix + std::string(key.str()), "is not known here");
    }
    return {};
  }

  Result<std::string> text_of(const toml::table& table, const std::string& key) const {
    const toml::node* const node = table.get(key);
    const auto value = node == nullptr ? std::nullopt : node->value_exact<std::string>();
    if (!value) return wrong(node, key, "must be a text");
    return *value;
  }

  Result<CertificateId> read_id() const {
    if (root_.contains("id")) {
      const std::string text = TRY(text_of(root_, "id"));
      return CertificateId::from(text);
    }
    contracts::CertificateIdParts parts;
    parts.type = TRY(text_of(root_, "type"));
    parts.issuer = TRY(text_of(root_, "issuer"));
    parts.serial = TRY(text_of(root_, "serial"));
    const auto edition = root_["edition"].value_or(std::int64_t{1});
    if (edition < 1 || edition > contracts::edition_max) {
      return wrong(root_.get("edition"), "edition", "must be 1 to " + std::to_string(contracts::edition_max));
    }
    parts.edition = static_cast<std::uint16_t>(edition);
    // The check character is computed, so only what stands before it can break a rule.
    for (const std::string* part : {&parts.type, &parts.issuer, &parts.serial}) {
      if (!contracts::is_upper_alphanumeric(*part)) return wrong(&root_, "type, issuer, serial", "0-9 and A-Z only");
    }
    const CertificateId id = contracts::make_certificate_id(parts);
    if (contracts::read_certificate_id(id.view()).breaches.empty()) return id;
    return wrong(&root_, "type, issuer, serial",
                 "do not make a certificate identifier (21, 18 and 1 to 32 characters)");
  }

  Result<std::optional<Timestamp>> read_moment(const std::string& key) const {
    const toml::node* const node = root_.get(key);
    if (node == nullptr) return std::optional<Timestamp>();
    std::string text;
    if (const auto exact = node->value_exact<std::string>()) {
      text = *exact;
    } else if (const auto day = node->value_exact<toml::date>()) {
      text = day_text(*day);
    } else {
      return wrong(node, key, "must be a day or a text such as 2025-06-03T10:00:00+08:00");
    }
    const auto ms = read_time(text);
    if (!ms.has_value()) return placed(node, key, ms.error());
    const auto moment = Timestamp::from(*ms);
    if (!moment.has_value()) return placed(node, key, moment.error());
    return std::optional(*moment);
  }

  static std::string day_text(const toml::date& day) {
    std::ostringstream text;
    text << day;
    return text.str();
  }

  Result<void> read_holder() {
    const toml::table* const holder = root_["holder"].as_table();
    if (holder == nullptr) return wrong(root_.get("holder"), "holder", "must be a table with kind and number");
    TRY(refuse_unknown(*holder, "holder.", {"kind", "number"}));
    const std::string kind_name = TRY(text_of(*holder, "kind"));
    const std::string number = TRY(text_of(*holder, "number"));
    const auto kind = read_identity_kind(kind_name);
    if (!kind.has_value()) return placed(holder->get("kind"), "holder.kind", kind.error());
    auto identity = make_identity(*kind, number);
    if (!identity.has_value()) return placed(holder->get("number"), "holder.number", identity.error());
    content_.document.holder = std::move(identity).value();
    return {};
  }

  Result<void> read_fields(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const std::string name = prefix + std::string(key.str());
      const toml::table* const inner = node.as_table();
      if (inner != nullptr && !inner->contains("money") && !inner->contains("file")) {
        TRY(read_fields(*inner, name + "."));
        continue;
      }
      if (content_.document.fields.full())
        return wrong(&node, name, "more than " + std::to_string(fields_max) + " fields");
      auto field_path = FieldPath::from(name);
      if (!field_path.has_value()) return placed(&node, "fields." + name, field_path.error());
      auto value = read_value(node, name);
      if (!value.has_value()) return std::move(value).error();
      content_.document.fields.push_back({std::move(field_path).value(), std::move(value).value()});
    }
    return {};
  }

  template <class Value>
  Result<FieldValue> text_value(const toml::node& node, const std::string& name, std::string_view text) const {
    auto made = decltype(Value::value)::from(text);
    if (!made.has_value()) return placed(&node, "fields." + name, made.error());
    return FieldValue(Value{std::move(made).value()});
  }

  Result<FieldValue> read_value(const toml::node& node, const std::string& name) const {
    if (const toml::table* const inner = node.as_table()) return read_table_value(*inner, name);
    if (const auto text = node.value_exact<std::string>()) return text_value<TextValue>(node, name, *text);
    if (const auto number = node.value_exact<std::int64_t>()) {
      return text_value<IntegerValue>(node, name, std::to_string(*number));
    }
    if (const auto day = node.value_exact<toml::date>()) return text_value<DateValue>(node, name, day_text(*day));
    if (const auto flag = node.value_exact<bool>()) return FieldValue(BooleanValue{*flag});
    return wrong(&node, "fields." + name,
                 "must be a text, an integer, a day, true or false, { money = … } or { file = … }");
  }

  Result<FieldValue> read_table_value(const toml::table& table, const std::string& name) const {
    if (table.contains("money")) {
      TRY(refuse_unknown(table, "fields." + name + ".", {"money"}));
      const std::string text = TRY(text_of(table, "money"));
      const auto fen = read_money(text);
      if (!fen.has_value()) return placed(&table, "fields." + name, fen.error());
      const auto amount = Fen::from(*fen);
      if (!amount.has_value()) return placed(&table, "fields." + name, amount.error());
      return FieldValue(MoneyValue{*amount});
    }
    TRY(refuse_unknown(table, "fields." + name + ".", {"file", "media_type"}));
    return FieldValue(DigestValue{TRY(digest_of(table, "file"))});
  }

  Result<void> read_files() {
    const toml::array* const files = root_["files"].as_array();
    if (files == nullptr) return wrong(root_.get("files"), "files", "must be tables [[files]]");
    for (const toml::node& node : *files) {
      const toml::table* const file = node.as_table();
      if (file == nullptr) return wrong(&node, "files", "must be tables [[files]]");
      TRY(refuse_unknown(*file, "files.", {"path", "media_type"}));
      if (content_.document.files.full()) {
        return wrong(file, "files", "more than " + std::to_string(certificate::files_max) + " files");
      }
      content_.document.files.push_back(TRY(digest_of(*file, "path")));
    }
    return {};
  }

  Result<certificate::FileDigest> digest_of(const toml::table& table, const std::string& key) const {
    const std::string name = TRY(text_of(table, key));
    const std::string media = TRY(text_of(table, "media_type"));
    const auto media_type = certificate::MediaType::from(media);
    if (!media_type.has_value()) return placed(&table, "media_type", media_type.error());
    const std::string bytes = TRY(read_local_file((directory_ / name).string(), attached_file_bytes_max));
    return digest_of_file(*media_type, as_bytes(bytes));
  }

  const toml::table& root_;
  const std::string path_;
  const std::filesystem::path directory_;
  CertificateContent content_;
};

}  // namespace

Result<CertificateContent> read_certificate_content(std::string_view text, const std::string& path) {
  if (text.size() > certificate_content_bytes_max) {
    return fail(ErrorCode::out_of_range, path, ": ", text.size(), " bytes, must be at most ",
                certificate_content_bytes_max);
  }
  if (!path.ends_with(".toml")) {
    auto content = from_json<CertificateContent>(text);
    if (!content.has_value() && !path.empty()) return std::move(content).error().in(path);
    return content;
  }
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return fail(ErrorCode::malformed, path, ":", error.source().begin.line, ": ", error.description());
  }
  return ContentReader(parsed.table(), path).read();
}

}  // namespace kanhe::cli
