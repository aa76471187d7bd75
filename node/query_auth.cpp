#include "node/query_auth.h"

#include "contracts/governance.h"

namespace kanhe::node {
namespace {

using contracts::Sender;
using contracts::SenderKind;

Result<void> check_time(const QueryCredential& credential, Timestamp now) {
  const Timestamp until = credential.valid_until_ms;
  if (until <= now) {
    return fail(ErrorCode::not_authorised, "Kanhe-Query: valid_until_ms ", until.value(), " is over, it is ",
                now.value());
  }
  if (until > now + query_validity_max) {
    return fail(ErrorCode::not_authorised, "Kanhe-Query: valid_until_ms ", until.value(), ", must be at most ",
                query_validity_max.value(), " ms ahead of ", now.value());
  }
  return {};
}

Result<Sender> find_asker(const PublicKey& key, const StateReader& state, Signer signer) {
  Sender sender = contracts::governance::resolve_sender(state, key);
  switch (sender.kind) {
    case SenderKind::officer:
    case SenderKind::machine: return sender;
    case SenderKind::dismissed:
      return fail(ErrorCode::not_authorised, "Kanhe-Query: the key was dismissed at ", sender.dismissed_ms.value());
    case SenderKind::party:
      if (signer == Signer::officer_or_party) return sender;
      return fail(ErrorCode::not_authorised, "Kanhe-Query: the key is a party's, not an officer's");
    case SenderKind::unknown:
    case SenderKind::node:
    case SenderKind::clock: break;
  }
  return fail(ErrorCode::not_authorised, "Kanhe-Query: the key ", key.hex(), " belongs to no officer");
}

}  // namespace

std::string_view method_name(HttpMethod method) {
  switch (method) {
    case HttpMethod::get: return "GET";
    case HttpMethod::head: return "HEAD";
    case HttpMethod::post: return "POST";
    case HttpMethod::other: break;
  }
  return {};
}

Result<QueryLine> QueryAuth::check(const HttpRequest& request, const StateReader& state, Timestamp now, Signer signer) {
  if (!request.kanhe_query) {
    return fail(ErrorCode::not_authorised,
                "this read is for officers: it needs the header Kanhe-Query, signed for this request");
  }
  const auto read = read_query(*request.kanhe_query);
  if (!read) return Error(read.error()).in("Kanhe-Query");
  const QueryCredential& credential = *read;
  TRY(check_time(credential, now));
  Sender sender = TRY(find_asker(credential.key, state, signer));
  const std::string_view method = method_name(request.method);
  const auto verified = verify_query(scheme_, credential, {chain_id_, method, request.target, request.body});
  if (!verified) return fail(ErrorCode::not_authorised, verified.error().text);
  QueryLine line;
  line.time_ms = now;
  line.department = std::move(sender.department);
  line.key = credential.key;
  line.person = sender.person;
  line.purpose = credential.purpose;
  line.method = TRY(PlainText<8>::from(method));
  line.target = TRY(QueryTarget::from(request.target));
  line.remote = TRY(PlainText<64>::from(request.remote));
  TRY(remember(credential, now));
  return line;
}

Result<void> QueryAuth::remember(const QueryCredential& credential, Timestamp now) {
  const std::lock_guard lock(mutex_);
  forget(now);
  const Answered entry{credential.key, credential.nonce};
  if (answered_.contains(entry)) {
    return fail(ErrorCode::not_authorised, "Kanhe-Query: nonce ", credential.nonce.hex(), " was answered before");
  }
  if (answered_.size() >= limits_.remembered_max) {
    return fail(ErrorCode::busy, answered_.size(), " queries were answered in the last minute; retry later");
  }
  std::size_t& count = per_key_[credential.key];
  if (count >= limits_.remembered_per_key_max) {
    return fail(ErrorCode::busy, "this key asked ", count, " queries in the last minute, at most ",
                limits_.remembered_per_key_max, "; retry later");
  }
  ++count;
  answered_.insert(entry);
  by_end_.emplace(credential.valid_until_ms, entry);
  return {};
}

// What is over would be refused by its time.
void QueryAuth::forget(Timestamp now) {
  const auto end = by_end_.upper_bound(now);
  for (auto old = by_end_.begin(); old != end; ++old) {
    answered_.erase(old->second);
    const auto count = per_key_.find(old->second.first);
    if (--count->second == 0) per_key_.erase(count);
  }
  by_end_.erase(by_end_.begin(), end);
}

std::size_t QueryAuth::remembered() const {
  const std::lock_guard lock(mutex_);
  return answered_.size();
}

}  // namespace kanhe::node
