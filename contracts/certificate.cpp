// An identifier is taken apart once and then is a key of fixed length: type, issuer, serial filled up with zeros,
// edition. All identifiers that begin with a serial prefix therefore lie side by side, and whether a prefix is free is
// one seek.
#include "contracts/certificate.h"

#include "contracts/certificate_expiry.h"
#include "contracts/certificate_schema.h"
#include "contracts/certificate_standing.h"
#include "contracts/governance.h"
#include "contracts/method.h"
#include "ledger/codec_impl.h"

namespace kanhe {

using namespace contracts::certificate;

template Bytes encode(const CertificateType&);
template Result<CertificateType> decode(ByteView);
template Bytes encode(const Grant&);
template Result<Grant> decode(ByteView);
template Bytes encode(const Certificate&);
template Result<Certificate> decode(ByteView);
template Bytes encode(const Batch&);
template Result<Batch> decode(ByteView);
template Bytes encode(const BatchPrefixes&);
template Result<BatchPrefixes> decode(ByteView);
template Bytes encode(const Member&);
template Result<Member> decode(ByteView);
template Bytes encode_key(const TypeCode&);
template Bytes encode_key(const GrantKey&);
template Bytes encode_key(const CertificateKey&);
template Bytes encode_key(const BatchKey&);
template Bytes encode_key(const IssuerOfType&);

template Bytes encode(const DefineTypeArguments&);
template Bytes encode(const GrantTypeArguments&);
template Bytes encode(const WithdrawGrantArguments&);
template Bytes encode(const IssueArguments&);
template Bytes encode(const IssueBatchArguments&);
template Bytes encode(const SuspendArguments&);
template Bytes encode(const ResumeArguments&);
template Bytes encode(const RevokeArguments&);
template Bytes encode(const TransferOutArguments&);
template Bytes encode(const CancelTransferArguments&);
template Bytes encode(const SuspendBatchArguments&);
template Bytes encode(const ResumeBatchArguments&);
template Bytes encode(const RevokeBatchArguments&);
template Result<Issued> decode(ByteView);
template Result<BatchIssued> decode(ByteView);
template Result<Replaced> decode(ByteView);
template Result<StandingChanged> decode(ByteView);

}  // namespace kanhe

namespace kanhe::contracts::certificate {

// ---------------------------------------------------------------------------------------------------------------------
// Keys

PaddedSerial padded(std::string_view serial) {
  CHECK(serial.size() <= PaddedSerial::size);
  PaddedSerial result;
  std::ranges::copy(as_bytes(serial), result.array().begin());
  return result;
}

std::optional<CertificateKey> certificate_key_of(const CertificateId& id) {
  const CertificateIdReading reading = read_certificate_id(id.view());
  if (!reading.breaches.empty()) return std::nullopt;
  auto issuer = Uscc::from(reading.parts->issuer);
  if (!issuer) return std::nullopt;
  return CertificateKey{TypeCode::from(reading.parts->type).value(), std::move(issuer).value(),
                        padded(reading.parts->serial), reading.parts->edition};
}

namespace {

// The characters of a serial or prefix, without the zeros behind them.
std::string_view text_of(const PaddedSerial& serial) {
  const std::string_view all = as_text(serial.view());
  return all.substr(0, all.find('\0'));
}

CertificateId id_of(const CertificateKey& key) {
  return make_certificate_id({key.type.str(), key.issuer.str(), std::string(text_of(key.serial)), key.edition});
}

// What all state keys of a table begin with whose serial begins with the prefix. Certificates and batches begin alike.
Bytes serial_range(TableId table, const TypeCode& type, const Uscc& issuer, std::string_view prefix) {
  Bytes key = encode_key(IssuerOfType{type, issuer});
  append(key, as_bytes(prefix));
  return state_key(table, key);
}

// The key that a state key of certificates or batches begins with: the last `tail` bytes hold serial and what follows.
template <class Key>
Bytes serial_bytes(const Bytes& key) {
  constexpr std::size_t edition_bytes = std::is_same_v<Key, CertificateKey> ? 2 : 0;
  CHECK(key.size() >= PaddedSerial::size + edition_bytes);
  const auto end = key.end() - static_cast<std::ptrdiff_t>(edition_bytes);
  return Bytes(end - static_cast<std::ptrdiff_t>(PaddedSerial::size), end);
}

}  // namespace

CertificateSubject batch_subject(const BatchKey& key) {
  const std::string text = std::string(certificate_root) + "." + key.type.str() + "." + key.issuer.str() + "." +
                           std::string(text_of(key.prefix)) + "*";
  return {CertificateId::from(text).value()};
}

std::optional<BatchKey> batch_of(const StateReader& state, const CertificateKey& key) {
  const auto prefixes = batch_prefixes.get(state, {key.type, key.issuer});
  if (!prefixes) return std::nullopt;
  const std::string_view serial = text_of(key.serial);
  for (std::size_t length = 1; length <= std::min(serial.size(), SerialPrefix::bytes_max); ++length) {
    if ((prefixes->lengths >> length & 1) == 0) continue;
    const BatchKey batch{key.type, key.issuer, padded(serial.substr(0, length))};
    if (batches.contains(state, batch)) return batch;
  }
  return std::nullopt;
}

std::optional<Holding> find_holding(const StateReader& state, const CertificateId& id) {
  const auto key = certificate_key_of(id);
  if (!key) return std::nullopt;
  if (const auto certificate = certificates.get(state, *key)) {
    return Holding{HoldingKind::single, *key, certificate->department, certificate->standing, {}};
  }
  if (key->edition != 1) return std::nullopt;
  const auto batch_key = batch_of(state, *key);
  if (!batch_key) return std::nullopt;
  const auto batch = batches.get(state, *batch_key);
  CHECK(batch.has_value());
  const Member member = members.get(state, *key).value_or(Member{});
  return Holding{HoldingKind::member, *key, batch->department, member.standing, batch->standing};
}

// ---------------------------------------------------------------------------------------------------------------------
// Types

bool is_granted_at(const Grant& grant, Timestamp time) {
  return std::ranges::any_of(grant.periods, [&](const GrantPeriod& period) {
    return period.since_ms <= time && (!period.until_ms || time < *period.until_ms);
  });
}

namespace {

void check_type_code(Context& context, const TypeCode& type, std::uint16_t field) {
  if (!is_upper_alphanumeric(type.view())) {
    return context.refuse(IdentifierCode::certificate_id_type, {.field = field});
  }
  const auto definer = Uscc::from(type.view().substr(0, 18));
  if (!definer) return context.refuse(IdentifierCode::certificate_id_type_owner, {.field = field});
  const auto owner = governance::department_of(context.state(), *definer);
  if (owner && *owner != context.sender().department) {
    context.refuse(Code::type_of_other_department, {.field = field, .subject = DepartmentSubject{*owner}});
  }
}

void define_type(Context& context, const DefineTypeArguments& arguments) {
  using A = DefineTypeArguments;
  check_type_code(context, arguments.type, field_number<A>("type"));
  if (arguments.name_zh.empty()) context.refuse(Code::name_missing, {.field = field_number<A>("name_zh")});
  if (arguments.name_en.empty()) context.refuse(Code::name_missing, {.field = field_number<A>("name_en")});
  if (const auto known = types.get(context.state(), arguments.type)) {
    context.refuse(Code::type_exists,
                   {.field = field_number<A>("type"), .subject = DepartmentSubject{known->defined_by}});
  }
  if (context.refused()) return;

  const DepartmentId& department = context.sender().department;
  types.put(context.state(), arguments.type,
            {{}, arguments.name_zh, arguments.name_en, department, context.now(), 0});
  grants.put(context.state(), {arguments.type, department}, {{}, {GrantPeriod{context.now(), {}}}});
  context.emit(TypeDefined{arguments.type}, {DepartmentSubject{department}});
}

// Whether the sender's department defined the type; if not, adds findings.
bool require_own_type(Context& context, const TypeCode& type, std::uint16_t field) {
  const auto known = types.get(context.state(), type);
  if (!known) {
    context.refuse(Code::unknown_type, {.field = field});
    return false;
  }
  if (known->defined_by == context.sender().department) return true;
  context.refuse(contracts::Code::wrong_department,
                 {.field = field, .subject = DepartmentSubject{known->defined_by}});
  return false;
}

bool is_open(const Grant& grant) { return !grant.periods.empty() && !grant.periods.back().until_ms; }

void grant_type(Context& context, const GrantTypeArguments& arguments) {
  using A = GrantTypeArguments;
  governance::require_department(context, arguments.department, field_number<A>("department"));
  require_own_type(context, arguments.type, field_number<A>("type"));
  const GrantKey key{arguments.type, arguments.department};
  Grant grant = grants.get(context.state(), key).value_or(Grant{});
  if (is_open(grant)) {
    context.refuse(Code::grant_exists, {.field = field_number<A>("department"),
                                        .subject = DepartmentSubject{arguments.department}});
  } else if (grant.periods.full()) {
    context.refuse(Code::grant_periods_full, {.limit = grant_periods_max});
  }
  if (context.refused()) return;

  grant.periods.push_back({context.now(), {}});
  grants.put(context.state(), key, grant);
  context.emit(TypeGranted{arguments.type},
               {DepartmentSubject{arguments.department}, DepartmentSubject{context.sender().department}});
}

void withdraw_grant(Context& context, const WithdrawGrantArguments& arguments) {
  using A = WithdrawGrantArguments;
  require_own_type(context, arguments.type, field_number<A>("type"));
  const GrantKey key{arguments.type, arguments.department};
  auto grant = grants.get(context.state(), key);
  if (!grant || !is_open(*grant)) {
    context.refuse(Code::unknown_grant, {.field = field_number<A>("department"),
                                         .subject = DepartmentSubject{arguments.department}});
  }
  if (context.refused()) return;

  grant->periods.back().until_ms = context.now();
  grants.put(context.state(), key, *grant);
  context.emit(GrantWithdrawn{arguments.type},
               {DepartmentSubject{arguments.department}, DepartmentSubject{context.sender().department}});
}

// ---------------------------------------------------------------------------------------------------------------------
// Issuing

void check_authority(Context& context, const TypeCode& type, const DepartmentId& department, std::uint16_t field) {
  const auto known = types.get(context.state(), type);
  if (!known) return context.refuse(Code::unknown_type, {.field = field});
  const auto grant = grants.get(context.state(), {type, department});
  if (grant && is_open(*grant)) return;
  context.refuse(Code::not_granted, {.field = field, .subject = DepartmentSubject{known->defined_by}});
}

// The department's credit code, which its identifiers name as issuer; adds the finding when it has none.
std::optional<Uscc> require_credit_code(Context& context, const DepartmentId& department) {
  const auto record = governance::find_department(context.state(), department);
  CHECK(record.has_value());
  if (!record->uscc) context.refuse(Code::department_without_code, {.subject = DepartmentSubject{department}});
  return record->uscc;
}

// The key of an identifier that the department may use for a new certificate; adds findings.
std::optional<CertificateKey> require_new_id(Context& context, const CertificateId& id, const DepartmentId& department,
                                             std::uint16_t field) {
  const CertificateIdReading reading = read_certificate_id(id.view());
  for (const Breach& breach : reading.breaches) {
    context.refuse(breach.code, {.field = field, .value = static_cast<std::uint64_t>(breach.right)});
  }
  const auto code = require_credit_code(context, department);
  const auto key = certificate_key_of(id);
  if (!key) {
    // Without a breach this is an identifier whose issuer is a region: good elsewhere, but not ours.
    if (reading.breaches.empty()) context.refuse(Code::issuer_not_own, {.field = field});
    return std::nullopt;
  }
  if (code && *code != key->issuer) context.refuse(Code::issuer_not_own, {.field = field});
  check_authority(context, key->type, department, field);
  if (certificates.contains(context.state(), *key)) {
    context.refuse(Code::id_used, {.field = field, .subject = CertificateSubject{id}});
  }
  // Later editions continue the serial of a member, so only the first one can be in a batch's way.
  if (key->edition == 1) {
    if (const auto batch = batch_of(context.state(), *key)) {
      context.refuse(Code::prefix_taken, {.field = field, .subject = batch_subject(*batch)});
    }
  }
  return key;
}

// Where the findings about a certificate that is issued point to: its own fields, or all to what holds it.
struct IssueFields {
  std::uint16_t whole = 0;
  std::uint16_t operator()(std::uint16_t own) const { return whole == 0 ? own : whole; }
};

void check_content(Context& context, const IssueArguments& arguments, const IssueFields& fields) {
  using A = IssueArguments;
  const auto refuse = [&](Code code, std::uint16_t field, Details details = {}) {
    details.field = fields(field);
    context.refuse(code, details);
  };
  if (arguments.holder.is_zero()) refuse(Code::commitment_missing, field_number<A>("holder"));
  if (arguments.content_root.is_zero()) refuse(Code::commitment_missing, field_number<A>("content_root"));
  for (std::size_t i = 1; i < arguments.files.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (arguments.files[i].digest != arguments.files[j].digest) continue;
      refuse(Code::file_repeated, field_number<A>("files"), {.value = i + 1});
    }
  }
  const auto& from = arguments.valid_from_ms;
  const auto& until = arguments.valid_until_ms;
  const auto& origin = arguments.transferred_from;
  if (origin && (origin->network.empty() || origin->evidence.is_zero())) {
    refuse(Code::origin_missing, field_number<A>("transferred_from"));
  }
  if (from && until && *from >= *until) {
    refuse(Code::dates_reversed, field_number<A>("valid_until_ms"), {.limit = from->value(), .value = until->value()});
  }
}

void check_edition(Context& context, const CertificateKey& old_key, const CertificateKey& key, std::uint16_t field) {
  const bool same_serial = old_key.issuer == key.issuer && old_key.serial == key.serial;
  const std::uint64_t next = same_serial ? old_key.edition + 1u : 1u;
  if (key.edition == next) return;
  context.refuse(Code::edition_not_next, {.field = field, .limit = next, .value = key.edition});
}

// The certificate that the new one takes the place of; adds findings.
std::optional<Holding> require_predecessor(Context& context, const CertificateId& id, const DepartmentId& department,
                                           const CertificateKey& key, const IssueFields& fields) {
  using A = IssueArguments;
  const std::uint16_t field = fields(field_number<A>("supersedes"));
  const auto old = find_holding(context.state(), id);
  if (!old) {
    context.refuse(Code::unknown_certificate, {.field = field});
    return std::nullopt;
  }
  if (old->department != department) {
    context.refuse(contracts::Code::wrong_department,
                   {.field = field, .subject = DepartmentSubject{old->department}});
  }
  if (old->key.type != key.type) {
    context.refuse(Code::supersedes_other_type, {.field = field, .subject = CertificateSubject{id}});
  }
  check_edition(context, old->key, key, fields(field_number<A>("id")));
  const Standing standing = old->standing();
  if (old->own.replaced_by) {
    context.refuse(Code::already_replaced, {.field = field, .subject = CertificateSubject{*old->own.replaced_by}});
  } else if (standing != Standing::lost_declared_void && !is_transition_allowed(standing, Standing::superseded)) {
    context.refuse(Code::transition_not_allowed, {.field = field,
                                                  .limit = static_cast<std::uint64_t>(standing),
                                                  .value = static_cast<std::uint64_t>(Standing::superseded),
                                                  .subject = CertificateSubject{id}});
  }
  return old;
}

void replace(Context& context, const CertificateId& old_id, const Holding& old, const CertificateId& id) {
  StandingRecord record = old.own;
  if (old.standing() == Standing::issued) record.standing = Standing::superseded;
  record.replaced_by = id;
  store_standing(context.state(), old, record);
  context.emit(Replaced{id, record.standing}, {CertificateSubject{old_id}});
}

void issue(Context& context, const IssueArguments& arguments) {
  issue_for(context, context.sender().department, arguments);
}

// Whether no other certificate and no other batch uses the prefix; if not, adds findings.
void check_prefix(Context& context, const BatchKey& key, std::uint16_t field) {
  const std::string_view prefix = text_of(key.prefix);
  const Overlay& state = context.state();
  if (const auto above = batch_of(state, {key.type, key.issuer, key.prefix, 1})) {
    return context.refuse(Code::prefix_taken, {.field = field, .subject = batch_subject(*above)});
  }
  const Bytes batch_range = serial_range(batches.id, key.type, key.issuer, prefix);
  if (const auto below = state.next(batch_range, batch_range)) {
    const auto serial = PaddedSerial::from(serial_bytes<BatchKey>(below->key)).value();
    context.refuse(Code::prefix_taken,
                   {.field = field, .subject = batch_subject({key.type, key.issuer, serial})});
  }
  const Bytes range = serial_range(certificates.id, key.type, key.issuer, prefix);
  if (const auto taken = state.next(range, range)) {
    const auto serial = PaddedSerial::from(serial_bytes<CertificateKey>(taken->key)).value();
    context.refuse(Code::prefix_taken,
                   {.field = field, .subject = CertificateSubject{id_of({key.type, key.issuer, serial, 1})}});
  }
}

void issue_batch(Context& context, const IssueBatchArguments& arguments) {
  using A = IssueBatchArguments;
  const DepartmentId& department = context.sender().department;
  const auto code = require_credit_code(context, department);
  check_authority(context, arguments.type, department, field_number<A>("type"));
  if (arguments.count.value() == 0) context.refuse(Code::batch_empty, {.field = field_number<A>("count")});
  if (arguments.root.is_zero()) context.refuse(Code::commitment_missing, {.field = field_number<A>("root")});
  const bool prefix_good = is_upper_alphanumeric(arguments.prefix.view());
  if (!prefix_good) context.refuse(Code::prefix_malformed, {.field = field_number<A>("prefix")});
  if (!code || !prefix_good) return;
  const BatchKey key{arguments.type, *code, padded(arguments.prefix.view())};
  check_prefix(context, key, field_number<A>("prefix"));
  if (context.refused()) return;

  Overlay& state = context.state();
  const IssuerOfType owner{key.type, key.issuer};
  BatchPrefixes prefixes = batch_prefixes.get(state, owner).value_or(BatchPrefixes{});
  prefixes.lengths |= std::uint64_t{1} << arguments.prefix.view().size();
  batch_prefixes.put(state, owner, prefixes);
  batches.put(state, key,
              {{}, department, arguments.root, arguments.count, context.now(), {}, context.sender().key,
               schema_edition_of(state, key.type)});
  context.emit(BatchIssued{department, arguments.root, arguments.count},
               {batch_subject(key), DepartmentSubject{department}});
}

}  // namespace

void issue_for(Context& context, const DepartmentId& department, const IssueArguments& arguments,
               std::uint16_t field) {
  using A = IssueArguments;
  const IssueFields fields{field};
  check_content(context, arguments, fields);
  const auto key = require_new_id(context, arguments.id, department, fields(field_number<A>("id")));
  std::optional<Holding> old;
  if (key && arguments.supersedes) {
    old = require_predecessor(context, *arguments.supersedes, department, *key, fields);
  } else if (key && key->edition != 1) {
    context.refuse(Code::edition_without_predecessor,
                   {.field = fields(field_number<A>("id")), .value = key->edition});
  }
  if (context.refused()) return;

  if (old) replace(context, *arguments.supersedes, *old, arguments.id);
  certificates.put(context.state(), *key,
                   {{}, department, arguments.holder, arguments.content_root, arguments.files, context.now(),
                    arguments.valid_from_ms, arguments.valid_until_ms, arguments.supersedes, arguments.application,
                    {}, context.sender().key, schema_edition_of(context.state(), key->type),
                    arguments.transferred_from});
  if (arguments.valid_until_ms) watch_expiry(context, arguments.id, *arguments.valid_until_ms);
  std::vector<Subject> subjects{CertificateSubject{arguments.id}};
  if (arguments.application) subjects.push_back(ApplicationSubject{*arguments.application});
  context.emit(Issued{department}, std::move(subjects));
}

// ---------------------------------------------------------------------------------------------------------------------
// The module

namespace {

std::vector<Sentence> make_sentences() {
  return {
      sentence(Code::unknown_type, "没有定义这种证照", "there is no such type of certificate"),
      sentence(Code::type_exists, "这种证照已经定义", "this type of certificate is defined already"),
      sentence(Code::type_of_other_department, "证照类型代码属于另一部门", "the type code belongs to another department"),
      sentence(Code::department_without_code, "本部门没有统一社会信用代码，不能签发证照",
               "the department has no unified social credit code, so it cannot issue certificates"),
      sentence(Code::name_missing, "没有填写名称", "the name is missing"),
      sentence(Code::grant_exists, "该部门已获授权", "the department may issue this type already"),
      sentence(Code::unknown_grant, "该部门没有这项授权", "the department may not issue this type anyway"),
      sentence(Code::not_granted, "本部门未获授权签发这种证照，可由定义该类型的部门授权",
               "the department may not issue this type; the department that defined it can grant that"),
      sentence(Code::grant_periods_full, "这项授权收回和重新授予的次数已达上限",
               "this grant has been withdrawn and given again too often"),
      sentence(Code::id_used, "该电子证照标识已使用", "this certificate id is in use"),
      sentence(Code::prefix_taken, "该流水号段已被占用", "the serial prefix is in use"),
      sentence(Code::issuer_not_own, "电子证照标识中的颁发机构不是本部门", "the certificate id names another issuer"),
      sentence(Code::edition_without_predecessor, "版本号大于 001 时应注明被替换的证照",
               "an edition above 001 names the certificate that it supersedes"),
      sentence(Code::edition_not_next, "版本号不是下一个版本", "this is not the next edition"),
      sentence(Code::dates_reversed, "有效期截止不晚于起始", "the validity ends before it begins"),
      sentence(Code::commitment_missing, "没有填写承诺值或根哈希", "a commitment or root is missing"),
      sentence(Code::batch_empty, "批次为空", "the batch is empty"),
      sentence(Code::prefix_malformed, "流水号前缀只能含数字和大写字母", "a serial prefix holds digits and capital letters only"),
      sentence(Code::file_repeated, "同一文件摘要重复", "a file's digest is given twice"),
      sentence(Code::unknown_certificate, "没有这份证照", "there is no such certificate"),
      sentence(Code::transition_not_allowed, "证照的当前状态不允许这样变更",
               "the certificate's standing does not allow this change"),
      sentence(Code::supersedes_other_type, "被替换的证照属于另一类型", "the superseded certificate is of another type"),
      sentence(Code::already_replaced, "该证照已被替换", "the certificate has been replaced already"),
      sentence(Code::effective_in_future, "生效时间晚于记录时间", "the decision takes effect only in the future"),
      sentence(Code::suspended_by_other, "由作出暂扣的部门恢复", "only the department that suspended it can lift that"),
      sentence(Code::legal_basis_missing, "没有填写法律依据", "the legal basis is missing"),
      sentence(Code::document_number_missing, "没有填写文书号", "the document number is missing"),
      sentence(Code::unknown_batch, "没有这个批次", "there is no such batch"),
      sentence(Code::destination_missing, "没有填写转往何处", "the destination is missing"),
      sentence(Code::origin_missing, "转入的证照应注明来源和依据",
               "what is transferred in says from where, and on what that rests"),
      sentence(Code::schema_path_repeated, "字段路径重复", "a field's path is given twice"),
      sentence(Code::schema_empty, "没有定义字段", "the schema has no field"),
      sentence(Code::schema_editions_full, "该类型的字段定义版本已达上限",
               "the type has as many editions of its schema as it can have"),
  };
}

constexpr RoleSet suspending_roles{Role::issuer, Role::supervisor};
constexpr RoleSet issuing_roles{Role::issuer};

}  // namespace

const Module& module() {
  static constexpr Method methods[] = {
      method<&define_type>("define_type", "定义证照类型", "define a type of certificate", {Role::administrator}),
      method<&grant_type>("grant_type", "授权部门签发", "let a department issue a type", {Role::administrator}),
      method<&withdraw_grant>("withdraw_grant", "收回签发授权", "withdraw a grant", {Role::administrator}),
      method<&issue>("issue", "签发电子证照", "issue a certificate", issuing_roles),
      method<&issue_batch>("issue_batch", "批量签发", "issue a batch of certificates under one root", issuing_roles),
      method<&suspend>("suspend", "暂扣", "suspend a certificate", suspending_roles),
      method<&resume>("resume", "恢复", "lift a suspension", suspending_roles),
      method<&revoke>("revoke", "撤销、撤回、吊销、注销、作废", "end a certificate by a decision", issuing_roles),
      method<&transfer_out>("transfer_out", "办理转出", "transfer a certificate to another network", issuing_roles),
      method<&cancel_transfer>("cancel_transfer", "取消转出", "cancel a transfer", issuing_roles),
      method<&set_schema>("set_schema", "定义证照字段", "set which fields the documents of a type have",
                          {Role::administrator}),
      method<&suspend_batch>("suspend_batch", "暂扣整批", "suspend a batch", suspending_roles),
      method<&resume_batch>("resume_batch", "恢复整批", "lift a batch's suspension", suspending_roles),
      method<&revoke_batch>("revoke_batch", "终止整批", "end a batch by a decision", issuing_roles),
  };
  static constexpr EventKind events[] = {
      event_kind<TypeDefined>(), event_kind<TypeGranted>(), event_kind<GrantWithdrawn>(), event_kind<Issued>(),
      event_kind<BatchIssued>(), event_kind<Replaced>(),    event_kind<StandingChanged>(), event_kind<SchemaSet>(),
      event_kind<Expiring>(),    event_kind<Expired>(),
  };
  static constexpr DueHandler due_handlers[] = {due_handler<&note_expiry>(expiry_number, "expiry")};
  static const std::vector<Sentence> sentences = make_sentences();
  static const Module module{.name = "certificate",
                             .zh = "电子证照",
                             .en = "certificates and their standing",
                             .methods = methods,
                             .events = events,
                             .due_handlers = due_handlers,
                             .sentences = sentences};
  return module;
}

}  // namespace kanhe::contracts::certificate
