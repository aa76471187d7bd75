#include "cli/issue_checks.h"

#include "certs/bundle.h"
#include "cli/cert_content.h"
#include "cli/progress.h"
#include "cli/reading.h"

namespace kanhe::cli {

using namespace certs;
namespace certificate = contracts::certificate;

namespace {

// A record, or that there is none, as the node proves it. A node that leaves it out is not believed to have none.
template <class Key, class Record>
std::optional<Record> shown_record(const StateFacts& facts, const Table<Key, Record>& table, const Key& key) {
  const StateFact* const fact = find_fact(facts, table.key_of(key));
  if (fact == nullptr) fail(kanhe::fail(ErrorCode::bad_proof, "the node left out a record that is needed"));
  return record_of<Record>(*fact);
}

}  // namespace

std::optional<certificate::TypeSchema> newest_schema(Client& client, const CertificateId& id) {
  const auto key = certificate::certificate_key_of(id);
  if (!key) return std::nullopt;
  const CertificateAnswer answer = or_fail(client.certificate(id));
  const auto type = shown_record(answer.facts, certificate::types, key->type);
  if (!type || type->schema == 0) return std::nullopt;
  auto schema = shown_record(answer.facts, certificate::schemas, certificate::SchemaKey{key->type, type->schema});
  if (!schema) fail(kanhe::fail(ErrorCode::bad_proof, "the node shows no schema of the type, but that there is one"));
  return schema;
}

Result<void> check_schema(const Document& document, const certificate::TypeSchema& schema) {
  std::string text;
  for (const SchemaDifference& one : differences_from(document, schema)) {
    text += (text.empty() ? "" : ", ") + one.path.str() +
            (one.missing ? " is missing" : " is not in the type's schema, or of another kind");
  }
  if (text.empty()) return {};
  return kanhe::fail(ErrorCode::malformed, "fields: ", text);
}

Result<DocumentContent> read_member_content(std::string_view text, const std::string& path) {
  CertificateContent content = TRY(read_certificate_content(text, path));
  if (content.supersedes || content.application || content.transferred_from) {
    return kanhe::fail(ErrorCode::unsupported,
                       "a member of a batch supersedes nothing, rests on no application and was not transferred in");
  }
  return std::move(content.document);
}

void demand_good(const std::string& contents, std::size_t good, std::size_t faulty) {
  if (good == 0)
    throw CommandError{ExitCode::malformed_input, contents + ": no document is good",
                       contents + "：没有一份内容是正确的"};
  if (faulty == 0) return;
  throw CommandError{
      ExitCode::malformed_input,
      grouped(faulty) + " of " + grouped(faulty + good) +
          " documents have faults; a batch cannot be added to later. Correct them, or leave them out with "
          "--skip-faulty",
      grouped(faulty + good) + " 份中有 " + grouped(faulty) +
          " 份有误；批次签发后不能再增加。请改正，或用 --skip-faulty 略去"};
}

bool is_batch_recorded(Client& client, const CertificateId& member,
                       const certificate::IssueBatchArguments& arguments) {
  const auto key = certificate::certificate_key_of(member);
  if (!key) throw CommandError{ExitCode::malformed_input, "id: " + member.str() + ": breaks a rule"};
  const CertificateAnswer answer = or_fail(client.certificate(member));
  const auto prefixes =
      shown_record(answer.facts, certificate::batch_prefixes, certificate::IssuerOfType{key->type, key->issuer});
  const std::string prefix = arguments.prefix.str();
  // A batch is shown where there is a prefix of its length.
  if (!prefixes || (prefixes->lengths >> prefix.size() & 1) == 0) return false;
  const auto batch = shown_record(answer.facts, certificate::batches,
                                  certificate::BatchKey{key->type, key->issuer, certificate::padded(prefix)});
  if (!batch) return false;
  if (batch->root == arguments.root && batch->count == arguments.count) return true;
  throw CommandError{ExitCode::refused,
                     "the ledger has another batch with the prefix " + arguments.prefix.str() +
                         "; this one needs a prefix of its own",
                     "账本上已有前缀为 " + arguments.prefix.str() + " 的另一批次，请换用别的前缀"};
}

}  // namespace kanhe::cli
