// The checks run in the order of what they rest on (document, seals, proofs, then what the proved records say), each
// into its own place of the report; the verdict is made at the end from the results alone (certs/verdict.cpp).
#include "certs/verifier.h"

#include "certs/check_texts.h"
#include "certs/ledger_view.h"
#include "certs/stamp_check.h"
#include "certs/verdict.h"
#include "contracts/sentences.h"

namespace kanhe::certs {

using contracts::certificate::Standing;
using contracts::certificate::StandingRecord;

namespace {

// How far a verifier's clock may be behind a block before that is said.
constexpr Duration clock_tolerance{5 * 60'000};  // ms

std::string check_id(CheckName name) {
  const auto number = static_cast<unsigned>(name);
  return (number < 10 ? "V0" : "V") + std::to_string(number);
}

// "Could not be checked" and "does not hold" are different answers.
bool is_ignorance(const Error& error) {
  return error.code == ErrorCode::unknown || error.code == ErrorCode::unsupported || error.code == ErrorCode::conflict;
}

template <std::size_t max>
PlainText<max> name_text(std::string_view text) {
  return PlainText<max>::from(text).value();
}

Report empty_report() {
  Report report;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<CheckName>>([&](auto described) {
    const CheckName name = described.value;
    const Explained text = explain(Reason::basis_missing);
    report.checks.push_back({name_text<4>(check_id(name)), name, name_text<64>(name_of(name).zh),
                             name_text<64>(name_of(name).en), CheckResult::not_checked, true, text.zh, text.en});
  });
  return report;
}

class Verification {
 public:
  Verification(const Bundle& bundle, const Genesis& genesis, const VerifyOptions& options)
      : bundle_(bundle), document_(bundle.document), options_(options), genesis_(genesis), report_(empty_report()) {}

  Report run() {
    describe_document();
    check_format();
    check_identifier();
    check_fields();
    if (check_basis()) {
      check_checkpoint();
      check_inclusion();
    }
    check_batch();
    check_content();
    check_schema();
    check_issuer();
    check_standing();
    check_dates();
    check_holder_identity();
    check_register();
    check_freshness();
    check_stamp();
    return std::move(report_);
  }

 private:
  Check& at(CheckName name) { return report_.checks[static_cast<std::size_t>(name) - 1]; }
  CheckResult result(CheckName name) { return at(name).result; }
  bool holds(CheckName name) { return result(name) == CheckResult::pass || result(name) == CheckResult::warn; }

  void set(CheckName name, CheckResult result, Reason reason, std::initializer_list<Value> values = {}) {
    const Explained text = explain(reason, values);
    Check& check = at(name);
    check.result = result;
    check.zh = text.zh;
    check.en = text.en;
  }
  void set_not_needed(CheckName name, Reason reason) {
    set(name, CheckResult::not_checked, reason);
    at(name).needed = false;
  }
  // Whether what the ledger says of the certificate is proved and there is something.
  bool has_record() { return holds(CheckName::checkpoint) && holds(CheckName::inclusion) && view_.holds(); }
  std::span<const StateFact> facts() const { return bundle_.evidence->facts; }
  const Header& newest() const { return bundle_.evidence->head.newest.header; }

  void describe_document();
  void check_format();
  void check_identifier();
  void check_fields();
  bool check_basis();
  void check_checkpoint();
  void describe_seal();
  void check_inclusion();
  void check_absence();
  void check_issue_transaction();
  void check_batch();
  void check_content();
  std::string content_difference() const;
  void check_given_files();
  void check_schema();
  void check_issuer();
  void check_standing();
  void check_dates();
  void check_holder_identity();
  void check_register();
  void check_freshness();
  void check_stamp();
  std::vector<PartyId> holders();
  bool is_of_this_network() const;
  bool is_readable_form() const { return !document_.fields.empty(); }
  NamedDepartment named(const DepartmentId& id) const;
  Value label(const DepartmentId& id) const;

  const Bundle& bundle_;
  const Document& document_;
  const VerifyOptions& options_;
  const Genesis& genesis_;
  std::optional<Trust> trust_;
  LedgerView view_;
  std::optional<contracts::property::Unit> unit_;  // whose title it is, where V12 holds
  bool absent_ = false;  // the facts say that the ledger has neither certificate nor batch
  Report report_;
};

// ---------------------------------------------------------------------------------------------------------------------
// V01, V02, V04: the document alone

void Verification::describe_document() {
  report_.id = document_.id;
  report_.network = name_text<64>(genesis_.name.view());
  report_.demo = genesis_.demo;
  report_.shown_fields = static_cast<std::uint32_t>(shown_count(document_));
  report_.hidden_fields = static_cast<std::uint32_t>(hidden_count(document_));
}

void Verification::check_format() {
  const auto form = check_document_form(document_);
  if (!form) return set(CheckName::format, CheckResult::fail, Reason::format_broken, {form.error().text});
  set(CheckName::format, CheckResult::pass, Reason::format_good,
      {std::uint64_t{document_.fields.size()}, std::uint64_t{document_.files.size()}});
}

// Whether the issuer in the identifier is, by the genesis or by a fact, a department of this network.
bool Verification::is_of_this_network() const {
  const auto reading = contracts::read_certificate_id(document_.id.view());
  if (!reading.parts) return true;
  if (view_.owner) return true;
  return std::ranges::any_of(genesis_.departments, [&](const GenesisDepartment& department) {
    return department.uscc && department.uscc->view() == reading.parts->issuer;
  });
}

void Verification::check_identifier() {
  const auto reading = contracts::read_certificate_id(document_.id.view());
  if (reading.breaches.empty()) {
    return set(CheckName::identifier, CheckResult::pass, Reason::identifier_good,
               {document_.id.str().substr(document_.id.str().size() - 1), std::uint64_t{reading.parts->edition}});
  }
  Value sentences("", "");
  for (const contracts::Breach& breach : reading.breaches) {
    const auto* const known = contracts::find_sentence(static_cast<std::uint16_t>(breach.code));
    CHECK(known != nullptr);
    sentences.zh += (sentences.zh.empty() ? "" : "；") + std::string(known->zh);
    sentences.en += (sentences.en.empty() ? "" : "; ") + std::string(known->en);
  }
  // Others are known to issue identifiers with a wrong check character; nobody here can.
  const bool only_check = reading.parts && std::ranges::all_of(reading.breaches, [](const contracts::Breach& breach) {
    return breach.code == contracts::IdentifierCode::certificate_id_check;
  });
  if (only_check && !is_of_this_network()) {
    return set(CheckName::identifier, CheckResult::warn, Reason::identifier_foreign, {sentences});
  }
  set(CheckName::identifier, CheckResult::fail, Reason::identifier_broken, {sentences});
}

void Verification::check_fields() {
  const auto openings = check_openings(document_);
  if (!openings) return set(CheckName::fields, CheckResult::fail, Reason::fields_bad, {openings.error().text});
  set(CheckName::fields, CheckResult::pass, Reason::fields_good,
      {std::uint64_t{report_.shown_fields}, std::uint64_t{report_.hidden_fields}});
}

// ---------------------------------------------------------------------------------------------------------------------
// V06, V07: seals and proofs

// Whether there is anything to start from; else says why in V06 and V07.
bool Verification::check_basis() {
  const auto cannot = [this](Reason reason, std::initializer_list<Value> values) {
    set(CheckName::checkpoint, CheckResult::not_checked, reason, values);
    set(CheckName::inclusion, CheckResult::not_checked, reason, values);
    return false;
  };
  auto trust = Trust::from(genesis_);
  if (!trust) return cannot(Reason::bad_genesis, {trust.error().text});
  trust_ = std::move(trust).value();
  if (bundle_.chain_id != trust_->chain_id()) return cannot(Reason::other_network, {bundle_.chain_id.hex()});
  if (!bundle_.evidence) return cannot(Reason::no_evidence, {});
  return true;
}

void Verification::check_checkpoint() {
  if (trust_->scheme() == SignatureScheme::keyed_hash) {
    return set(CheckName::checkpoint, CheckResult::not_checked, Reason::checkpoint_simulated);
  }
  const HeadAnswer& head = bundle_.evidence->head;
  auto checked = trust_->add(head.epochs);
  if (checked) checked = check_sealed_header(*trust_, head.newest);
  if (checked) return describe_seal();
  if (is_ignorance(checked.error())) {
    return set(CheckName::checkpoint, CheckResult::not_checked, Reason::checkpoint_unknown, {checked.error().text});
  }
  set(CheckName::checkpoint, CheckResult::fail, Reason::checkpoint_bad, {checked.error().text});
}

void Verification::describe_seal() {
  const CommitSeal& seal = bundle_.evidence->head.newest.seal;
  const EpochConfig& config = *trust_->epoch(seal.checkpoint.epoch);
  Value names("", "");
  for (const SealSignature& entry : seal.signatures) {
    const DepartmentId& id = config.validators[entry.signer.value()].department;
    report_.signers.push_back(named(id));
    const Value one = label(id);
    names.zh += (names.zh.empty() ? "" : "、") + one.zh;
    names.en += (names.en.empty() ? "" : ", ") + one.en;
  }
  report_.as_of = AsOf{newest().height, newest().timestamp_ms};
  set(CheckName::checkpoint, genesis_.demo ? CheckResult::warn : CheckResult::pass,
      genesis_.demo ? Reason::checkpoint_demo : Reason::checkpoint_good,
      {std::uint64_t{seal.signatures.size()}, std::uint64_t{config.n()}, std::uint64_t{config.q()}, names});
}

void Verification::check_inclusion() {
  const auto checked = check_facts(facts(), newest().state_root);
  if (!checked) return set(CheckName::inclusion, CheckResult::fail, Reason::inclusion_bad, {checked.error().text});
  auto view = read_ledger_view(facts(), document_.id, bundle_.batch);
  if (!view && view.error().code == ErrorCode::unknown) {
    return set(CheckName::inclusion, CheckResult::not_checked, Reason::inclusion_incomplete, {view.error().text});
  }
  if (!view) {
    return set(CheckName::inclusion, CheckResult::not_checked, Reason::inclusion_unsupported, {view.error().text});
  }
  view_ = std::move(view).value();
  if (!view_.holds()) return check_absence();
  check_issue_transaction();
}

// The state holds neither the certificate nor the batch that the bundle names.
void Verification::check_absence() {
  const bool foreign = !is_of_this_network();
  if (!contracts::certificate::certificate_key_of(document_.id)) {
    return set(CheckName::inclusion, CheckResult::not_checked,
               foreign ? Reason::inclusion_foreign : Reason::inclusion_no_key);
  }
  if (foreign) return set(CheckName::inclusion, CheckResult::not_checked, Reason::inclusion_foreign);
  if (view_.lies_in_batch && !bundle_.batch) {
    return set(CheckName::inclusion, CheckResult::not_checked, Reason::batch_place_missing);
  }
  absent_ = true;
  set(CheckName::inclusion, CheckResult::fail, Reason::inclusion_absent, {to_string(newest().height)});
}

void Verification::check_issue_transaction() {
  const auto& issued = bundle_.evidence->issued;
  if (!issued) {
    return set(CheckName::inclusion, CheckResult::warn, Reason::inclusion_without_issue,
               {to_string(newest().height)});
  }
  // The epochs may be too few for it; that is V07's matter, and not known is not false.
  const auto recorded = check_recorded(*trust_, *issued);
  if (!recorded && is_ignorance(recorded.error())) {
    return set(CheckName::inclusion, CheckResult::not_checked, Reason::checkpoint_unknown, {recorded.error().text});
  }
  if (!recorded) return set(CheckName::inclusion, CheckResult::fail, Reason::inclusion_bad, {recorded.error().text});
  const auto same = check_issue(view_, document_.id, *issued);
  if (!same) return set(CheckName::inclusion, CheckResult::fail, Reason::issue_differs, {same.error().text});
  set(CheckName::inclusion, CheckResult::pass, Reason::inclusion_good,
      {to_string(newest().height), to_string(issued->block.sealed.header.height),
       issued->receipt.transaction_id.hex()});
}

// ---------------------------------------------------------------------------------------------------------------------
// V05, V03: the document and its record

void Verification::check_batch() {
  if (!bundle_.batch) return set_not_needed(CheckName::batch, Reason::batch_none);
  if (view_.certificate && has_record()) return set(CheckName::batch, CheckResult::fail, Reason::batch_not_needed);
  if (absent_ && holds(CheckName::checkpoint)) {
    return set(CheckName::batch, CheckResult::fail, Reason::batch_unknown, {bundle_.batch->prefix.view()});
  }
  if (!has_record() || !is_readable_form()) return;
  const BatchPlace& place = *bundle_.batch;
  const auto member = check_member(*view_.batch_key, document_.id);
  if (!member) return set(CheckName::batch, CheckResult::fail, Reason::batch_bad, {member.error().text});
  if (place.count != view_.batch->count) {
    return set(CheckName::batch, CheckResult::fail, Reason::batch_bad, {"count " + to_string(place.count)});
  }
  const auto checked = check_place(document_, place, view_.batch->root);
  if (!checked) return set(CheckName::batch, CheckResult::fail, Reason::batch_bad, {checked.error().text});
  set(CheckName::batch, CheckResult::pass, Reason::batch_good,
      {std::uint64_t{place.index} + 1, to_string(place.count), place.prefix.view()});
}

// The first thing in which the document and its own record differ; empty when they agree.
std::string Verification::content_difference() const {
  const auto& record = *view_.certificate;
  if (content_root_of(document_) != record.content_root) return "content_root";
  if (document_.holder != record.holder) return "holder";
  if (document_.files != record.files) return "files";
  if (document_.valid_from_ms != record.valid_from_ms) return "valid_from_ms";
  if (document_.valid_until_ms != record.valid_until_ms) return "valid_until_ms";
  return {};
}

void Verification::check_content() {
  if (!has_record() || !is_readable_form()) return;
  if (view_.batch) {
    if (!holds(CheckName::batch)) {
      return set(CheckName::content, CheckResult::not_checked, Reason::content_after_batch);
    }
    set(CheckName::content, CheckResult::pass, Reason::content_by_batch);
  } else {
    const std::string difference = content_difference();
    if (!difference.empty()) {
      return set(CheckName::content, CheckResult::fail, Reason::content_differs, {difference});
    }
    set(CheckName::content, CheckResult::pass, Reason::content_good, {content_root_of(document_).hex()});
  }
  check_given_files();
}

void Verification::check_given_files() {
  for (std::size_t i = 0; i < options_.files.size(); ++i) {
    const auto checked = check_file(document_, options_.files[i]);
    if (checked) continue;
    if (checked.error().code == ErrorCode::unsupported) {
      set(CheckName::content, CheckResult::not_checked, Reason::content_file_unread);
      continue;
    }
    return set(CheckName::content, CheckResult::fail, Reason::content_file_other, {std::uint64_t{i + 1}});
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// V08 to V13: what the proved record means

NamedDepartment Verification::named(const DepartmentId& id) const {
  return named_department(genesis_, bundle_.evidence ? facts() : std::span<const StateFact>(), id);
}

Value Verification::label(const DepartmentId& id) const {
  const NamedDepartment department = named(id);
  return {department.name_zh.empty() ? id.str() : department.name_zh.str(),
          department.name_en.empty() ? id.str() : department.name_en.str()};
}

// V04 once more: the document as its type asked for it when it was issued.
void Verification::check_schema() {
  if (!has_record() || !view_.schema || !holds(CheckName::fields)) return;
  const auto differences = differences_from(document_, *view_.schema);
  if (differences.empty()) return;
  Value paths("", "");
  for (const SchemaDifference& one : differences) {
    paths.zh += (paths.zh.empty() ? "" : "、") + one.path.str() + (one.missing ? "（缺）" : "");
    paths.en += (paths.en.empty() ? "" : ", ") + one.path.str() + (one.missing ? " (missing)" : "");
  }
  set(CheckName::fields, CheckResult::warn, Reason::fields_other_schema,
      {std::uint64_t{view_.schema_edition()}, paths});
}

void Verification::check_issuer() {
  if (!has_record()) return;
  const Value issuer = label(view_.issuer());
  const std::string time = time_text(view_.issued_ms());
  const auto fail = [&](Reason reason, std::initializer_list<Value> values) {
    set(CheckName::issuer, CheckResult::fail, reason, values);
  };
  report_.issuer = named(view_.issuer());
  report_.issued_ms = view_.issued_ms();
  if (view_.certificate) report_.transferred_from = view_.certificate->transferred_from;
  if (!view_.department) return fail(Reason::issuer_unknown, {issuer});
  const auto key = contracts::certificate::certificate_key_of(document_.id);
  if (view_.department->uscc != key->issuer) return fail(Reason::issuer_other_code, {issuer});
  if (!view_.type) return fail(Reason::issuer_type_unknown, {});
  report_.type_zh = view_.type->name_zh;
  report_.type_en = view_.type->name_en;
  // As of the time of recording: what was withdrawn later was held then.
  if (!view_.grant || !is_granted_at(*view_.grant, view_.issued_ms())) {
    return fail(Reason::issuer_not_granted, {issuer, time});
  }
  if (const auto& since = view_.compromised_ms; since && view_.issued_ms() >= *since) {
    return fail(Reason::issuer_key_compromised, {issuer, time_text(*since), time});
  }
  set(CheckName::issuer, CheckResult::pass, Reason::issuer_good,
      {issuer, Value(view_.type->name_zh.str(), view_.type->name_en.str()), time});
}

void Verification::check_standing() {
  if (!has_record()) return;
  const Standing standing = view_.standing();
  const StandingRecord record = view_.standing_record();
  StandingReport report{standing, record.change, {}, {}, record.replaced_by, record.transferred_to};
  if (view_.member && view_.member->standing.replaced_by) report.replaced_by = view_.member->standing.replaced_by;
  Value details("", "");
  if (record.change) {
    const auto& decision = record.change->decision;
    report.decided_by = named(decision.decided_by);
    report.recorded_by = named(record.change->recorded_by);
    const Value body = label(decision.decided_by);
    const std::string rest = "，" + decision.document_number.str() + "，" + decision.legal_basis.str();
    details.zh = "决定机关 " + body.zh + rest + "，原因代码 " + to_string(decision.reason) + "，自 " +
                 time_text(decision.effective_ms) + " 起";
    details.en = "Decided by " + body.en + ", document " + decision.document_number.str() + ", under " +
                 decision.legal_basis.str() + ", reason " + to_string(decision.reason) + ", from " +
                 time_text(decision.effective_ms);
  }
  if (report.replaced_by) {
    details.zh += (details.zh.empty() ? "替换为 " : "；替换为 ") + report.replaced_by->str();
    details.en += (details.en.empty() ? "Replaced by " : "; replaced by ") + report.replaced_by->str();
  }
  if (report.transferred_to) {
    details.zh += (details.zh.empty() ? "转往 " : "；转往 ") + report.transferred_to->str();
    details.en += (details.en.empty() ? "Transferred to " : "; transferred to ") + report.transferred_to->str();
  }
  report_.standing = report;
  if (standing != Standing::issued) {
    const Value name{std::string(name_of(standing).zh), std::string(name_of(standing).en)};
    return set(CheckName::standing, CheckResult::fail, Reason::standing_other, {name, details});
  }
  if (!record.change) return set(CheckName::standing, CheckResult::pass, Reason::standing_issued);
  set(CheckName::standing, CheckResult::pass, Reason::standing_resumed,
      {record.change->decision.document_number.view(), time_text(record.change->decision.effective_ms)});
}

void Verification::check_dates() {
  if (!has_record()) return;
  // A member's dates stand in its leaf, so they are proved where its place is.
  if (view_.batch && !holds(CheckName::batch)) return;
  const auto from = view_.certificate ? view_.certificate->valid_from_ms : document_.valid_from_ms;
  const auto until = view_.certificate ? view_.certificate->valid_until_ms : document_.valid_until_ms;
  report_.valid_from_ms = from;
  report_.valid_until_ms = until;
  const Timestamp time = std::max(options_.now, newest().timestamp_ms);
  if (from && time < *from) {
    return set(CheckName::dates, CheckResult::fail, Reason::dates_early, {time_text(*from)});
  }
  if (until && time >= *until) {
    return set(CheckName::dates, CheckResult::fail, Reason::dates_over, {time_text(*until)});
  }
  const std::string begin = time_text(from ? *from : view_.issued_ms());
  set(CheckName::dates, CheckResult::pass, Reason::dates_good,
      {begin, until ? Value(time_text(*until)) : Value("长期", "without end")});
}

void Verification::check_holder_identity() {
  if (!options_.holder) return set_not_needed(CheckName::holder, Reason::holder_not_asked);
  // The commitment is the ledger's only where the content is.
  if (!holds(CheckName::content)) return;
  const auto checked = check_holder(document_, *options_.holder);
  if (checked) return set(CheckName::holder, CheckResult::pass, Reason::holder_good);
  if (checked.error().code == ErrorCode::unknown) {
    return set(CheckName::holder, CheckResult::not_checked, Reason::holder_closed);
  }
  set(CheckName::holder, CheckResult::fail, Reason::holder_other);
}

// "在办申请、抵押 2、查封 1": an application, then the limits by kind.
Value limits_text(const TitleView& view) {
  Value text(view.held ? "在办申请" : "", view.held ? "an open application" : "");
  for (const auto& [kind, count] : view.limits) {
    const auto name = contracts::property::name_of(kind);
    text.zh += (text.zh.empty() ? "" : "、") + std::string(name.zh) + " " + std::to_string(count);
    text.en += (text.en.empty() ? "" : ", ") + std::string(name.en) + " " + std::to_string(count);
  }
  return text;
}

// A title certificate comes from an application, or is what a unit names as its title. That a document shows a unit
// number makes it none: a tax paper does so too.
void Verification::check_register() {
  if (!has_record()) return;
  const bool expected = view_.certificate && view_.certificate->application;
  const auto view = read_title_view(facts(), document_.id, expected ? text_of(document_, unit_number_path) : "");
  if (!view || (!view->unit && expected)) {
    return set(CheckName::land_register, CheckResult::not_checked, Reason::register_missing);
  }
  if (!view->unit) return set_not_needed(CheckName::land_register, Reason::register_none);
  const std::string& unit = view->unit->str();
  report_.unit = view->unit;
  const auto fail = [&](Reason reason, std::initializer_list<Value> values) {
    set(CheckName::land_register, CheckResult::fail, reason, values);
  };
  if (!view->record) return fail(Reason::register_absent, {unit});
  if (!view->record->title) return fail(Reason::register_no_title, {unit});
  if (*view->record->title != document_.id) {
    return fail(Reason::register_other_title, {unit, view->record->title->str()});
  }
  unit_ = view->record;
  if (!view->limits.empty()) {
    return set(CheckName::land_register, CheckResult::warn, Reason::register_limited, {unit, limits_text(*view)});
  }
  set(CheckName::land_register, view->held ? CheckResult::warn : CheckResult::pass,
      view->held ? Reason::register_held : Reason::register_current, {unit});
}

void Verification::check_freshness() {
  if (!holds(CheckName::checkpoint)) return;
  const Timestamp time = newest().timestamp_ms;
  if (time > options_.now + clock_tolerance) {
    return set(CheckName::freshness, CheckResult::warn, Reason::clock_behind, {time_text(time)});
  }
  const std::uint64_t age = options_.now > time ? options_.now - time : 0;
  const bool old = options_.age_max && age > options_.age_max->value();
  set(CheckName::freshness, old ? CheckResult::not_checked : CheckResult::pass, old ? Reason::stale : Reason::fresh,
      {time_text(time), to_string(newest().height)});
}

// ---------------------------------------------------------------------------------------------------------------------
// V14, V15: a stamped copy

// All holders, as far as they are known: those of the unit, or whom V11 found to be the one.
std::vector<PartyId> Verification::holders() {
  std::vector<PartyId> parties;
  if (unit_) {
    for (const auto& one : unit_->holders) parties.push_back(one.party);
  }
  if (options_.holder_party && result(CheckName::holder) == CheckResult::pass) {
    parties.push_back(*options_.holder_party);
  }
  return parties;
}

void Verification::check_stamp() {
  StampBasis basis{.genesis = genesis_, .time = options_.now};
  const bool is_checkable = trust_ && bundle_.chain_id == trust_->chain_id() &&
                            trust_->scheme() != SignatureScheme::keyed_hash;
  if (is_checkable) basis.scheme = trust_->scheme();
  basis.is_proved = holds(CheckName::checkpoint) && holds(CheckName::inclusion);
  if (has_record()) basis.issuer = view_.issuer();
  basis.holders = holders();
  if (holds(CheckName::checkpoint)) basis.time = std::max(options_.now, newest().timestamp_ms);
  StampJudgement judgement = judge_stamp(bundle_, basis, options_);
  const auto take = [this](CheckName name, const Judgement& judged) {
    Check& check = at(name);
    check.result = judged.result;
    check.needed = judged.needed;
    check.zh = judged.text.zh;
    check.en = judged.text.en;
  };
  take(CheckName::stamp, judgement.stamp);
  take(CheckName::use, judgement.use);
  report_.stamp = std::move(judgement.report);
}

}  // namespace

Report verify(const Bundle& bundle, const Genesis& genesis, const VerifyOptions& options) {
  Report report = Verification(bundle, genesis, options).run();
  conclude(report, verdict_of(report));
  return report;
}

Report verify(std::string_view bundle_json, const Genesis& genesis, const VerifyOptions& options) {
  const auto bundle = read_bundle(bundle_json);
  if (bundle) return verify(*bundle, genesis, options);
  Report report = empty_report();
  Check& format = report.checks.front();
  const Explained text = explain(Reason::unreadable, {bundle.error().text});
  format.result = CheckResult::fail;
  format.zh = text.zh;
  format.en = text.en;
  report.network = name_text<64>(genesis.name.view());
  report.demo = genesis.demo;
  conclude(report, Verdict::CANNOT_CHECK);
  return report;
}

const Check& check_of(const Report& report, CheckName name) {
  const auto found = std::ranges::find(report.checks, name, &Check::name);
  CHECK(found != report.checks.end());
  return *found;
}

}  // namespace kanhe::certs
