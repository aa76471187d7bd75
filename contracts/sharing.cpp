#include "contracts/sharing.h"

#include "contracts/governance.h"
#include "contracts/method.h"
#include "contracts/sharing_mandates.h"
#include "ledger/codec_impl.h"
#include "ledger/hash.h"

namespace kanhe {

using namespace contracts::sharing;

template Bytes encode(const Item&);
template Result<Item> decode(ByteView);
template Bytes encode(const HeldItem&);
template Result<HeldItem> decode(ByteView);
template Bytes encode(const Predicate&);
template Result<Predicate> decode(ByteView);
template Bytes encode(const ConsentToUse&);
template Result<ConsentToUse> decode(ByteView);
template Bytes encode(const Question&);
template Result<Question> decode(ByteView);
template Bytes encode(const NewestAnswer&);
template Result<NewestAnswer> decode(ByteView);
template Bytes encode_key(const NewestAnswerKey&);
template Bytes encode_key(const ItemCode&);
template Bytes encode_key(const HeldItemKey&);
template Bytes encode_key(const PredicateCode&);
template Bytes encode_key(const ConsentId&);
template Bytes encode_key(const QuestionId&);

template Bytes encode(const DeclareItemArguments&);
template Bytes encode(const RecordItemArguments&);
template Bytes encode(const DefinePredicateArguments&);
template Bytes encode(const GiveConsentArguments&);
template Bytes encode(const WithdrawConsentArguments&);
template Bytes encode(const UseConsentArguments&);
template Bytes encode(const AskArguments&);
template Bytes encode(const AnswerArguments&);
template Result<ItemDeclared> decode(ByteView);
template Result<ItemRecorded> decode(ByteView);
template Result<PredicateDefined> decode(ByteView);
template Result<ConsentGiven> decode(ByteView);
template Result<ConsentWithdrawn> decode(ByteView);
template Result<ConsentUsed> decode(ByteView);
template Result<Asked> decode(ByteView);
template Result<Answered> decode(ByteView);
template Result<QuestionOverdue> decode(ByteView);

}  // namespace kanhe

namespace kanhe::contracts::sharing {
namespace {

constexpr RoleSet office_roles{Role::window_clerk, Role::reviewer,        Role::registrar,        Role::issuer,
                               Role::tax_officer,  Role::housing_officer, Role::treasury_officer, Role::machine};
constexpr DueHandlerNumber question_overdue_number = 0x0801;

// The data of a question's due entry.
struct QuestionLimit {
  QuestionId question;
  std::uint8_t level = 1;
};
BOOST_DESCRIBE_STRUCT(QuestionLimit, (), (question, level))

void require_names(Context& context, const PlainText<96>& zh, const PlainText<96>& en, std::uint16_t field) {
  if (zh.empty() || en.empty()) context.refuse(Code::name_missing, {.field = field});
}

std::optional<Item> require_item(Context& context, const ItemCode& code, std::uint16_t field) {
  auto item = items.get(context.state(), code);
  if (!item) context.refuse(Code::unknown_item, {.field = field});
  return item;
}

// One item, one source (一数一源).
void require_source(Context& context, const Item& item, std::uint16_t field) {
  if (context.sender().department == item.source) return;
  context.refuse(Code::not_the_source, {.field = field, .subject = DepartmentSubject{item.source}});
}

// ---------------------------------------------------------------------------------------------------------------------
// Items and predicates

void declare_item(Context& context, const DeclareItemArguments& arguments) {
  using A = DeclareItemArguments;
  if (const auto known = items.get(context.state(), arguments.item)) {
    context.refuse(Code::item_taken, {.field = field_number<A>("item"), .subject = DepartmentSubject{known->source}});
  }
  require_names(context, arguments.name_zh, arguments.name_en, field_number<A>("name_zh"));
  if (context.refused()) return;

  const DepartmentId& source = context.sender().department;
  items.put(context.state(), arguments.item, {{}, source, arguments.name_zh, arguments.name_en, context.now()});
  context.emit(ItemDeclared{arguments.item}, {DepartmentSubject{source}});
}

void record_item(Context& context, const RecordItemArguments& arguments) {
  using A = RecordItemArguments;
  const auto item = require_item(context, arguments.item, field_number<A>("item"));
  if (item) require_source(context, *item, field_number<A>("item"));
  if (arguments.party.is_zero()) context.refuse(Code::party_missing, {.field = field_number<A>("party")});
  if (arguments.party == context.sender().person) {
    context.refuse(Code::own_case, {.field = field_number<A>("party")});
  }
  if (arguments.digest.is_zero()) context.refuse(Code::digest_missing, {.field = field_number<A>("digest")});
  if (arguments.valid_until_ms && *arguments.valid_until_ms <= context.now()) {
    context.refuse(Code::until_too_early, {.field = field_number<A>("valid_until_ms"),
                                           .limit = context.now().value(),
                                           .value = arguments.valid_until_ms->value()});
  }
  if (context.refused()) return;

  const HeldItemKey key{arguments.item, arguments.party};
  const auto before = held_items.get(context.state(), key);
  const Total edition = before ? before->edition + 1 : Total(1);
  held_items.put(context.state(), key, {{}, arguments.digest, context.now(), arguments.valid_until_ms, edition});
  context.emit(ItemRecorded{arguments.item, arguments.digest, edition},
               {PartySubject{arguments.party}, DepartmentSubject{item->source}});
}

void define_predicate(Context& context, const DefinePredicateArguments& arguments) {
  using A = DefinePredicateArguments;
  const auto item = require_item(context, arguments.item, field_number<A>("item"));
  if (item) require_source(context, *item, field_number<A>("item"));
  if (const auto known = predicates.get(context.state(), arguments.predicate)) {
    const auto of = items.get(context.state(), known->item);
    std::optional<Subject> subject;
    if (of) subject = DepartmentSubject{of->source};
    context.refuse(Code::predicate_taken, {.field = field_number<A>("predicate"), .subject = subject});
  }
  require_names(context, arguments.name_zh, arguments.name_en, field_number<A>("name_zh"));
  if (context.refused()) return;

  predicates.put(context.state(), arguments.predicate, {{}, arguments.item, arguments.name_zh, arguments.name_en});
  context.emit(PredicateDefined{arguments.predicate, arguments.item}, {DepartmentSubject{item->source}});
}

// ---------------------------------------------------------------------------------------------------------------------
// Consents

std::vector<Subject> subjects_of(const ConsentToUse& consent) {
  std::vector<Subject> subjects{PartySubject{consent.party}};
  if (const auto* const department = std::get_if<GranteeDepartment>(&consent.grantee)) {
    subjects.push_back(DepartmentSubject{department->id});
  } else {
    subjects.push_back(PartySubject{std::get<GranteeParty>(consent.grantee).id});
  }
  if (const auto* const used = std::get_if<UseOfCertificate>(&consent.usable)) {
    subjects.push_back(CertificateSubject{used->id});
  }
  return subjects;
}

void check_grantee(Context& context, const Grantee& grantee, std::uint16_t field) {
  if (const auto* const department = std::get_if<GranteeDepartment>(&grantee)) {
    governance::require_department(context, department->id, field);
  } else if (std::get<GranteeParty>(grantee).id.is_zero()) {
    context.refuse(Code::party_missing, {.field = field});
  }
}

void check_usable(Context& context, const Usable& usable, std::uint16_t field) {
  if (const auto* const one = std::get_if<UseOfCertificate>(&usable)) {
    if (!certificate::find_holding(context.state(), one->id)) {
      context.refuse(Code::unknown_certificate, {.field = field});
    }
  } else if (const auto* const item = std::get_if<UseOfItem>(&usable)) {
    require_item(context, item->item, field);
  } else if (!predicates.contains(context.state(), std::get<UseOfPredicate>(usable).predicate)) {
    context.refuse(Code::unknown_predicate, {.field = field});
  }
}

}  // namespace

void check_will(Context& context, const PartyId& party, const std::optional<Hash256>& evidence,
                std::uint16_t party_field, std::uint16_t evidence_field) {
  const bool signs_itself = context.sender().kind == SenderKind::party;
  if (signs_itself != (context.sender().person == party)) {
    context.refuse(Code::consent_of_other, {.field = party_field});
  }
  if (!signs_itself && (!evidence || evidence->is_zero())) {
    context.refuse(Code::evidence_missing, {.field = evidence_field});
  }
}

namespace {

void give_consent(Context& context, const GiveConsentArguments& arguments) {
  using A = GiveConsentArguments;
  check_will(context, arguments.party, arguments.evidence, field_number<A>("party"), field_number<A>("evidence"));
  if (arguments.party.is_zero()) context.refuse(Code::party_missing, {.field = field_number<A>("party")});
  check_grantee(context, arguments.grantee, field_number<A>("grantee"));
  const auto* const grantee = std::get_if<GranteeParty>(&arguments.grantee);
  if (grantee != nullptr && context.sender().kind != SenderKind::party && grantee->id == context.sender().person) {
    context.refuse(Code::own_consent, {.field = field_number<A>("grantee")});
  }
  check_usable(context, arguments.usable, field_number<A>("usable"));
  if (arguments.until_ms <= context.now()) {
    context.refuse(Code::until_too_early, {.field = field_number<A>("until_ms"),
                                           .limit = context.now().value(),
                                           .value = arguments.until_ms.value()});
  }
  if (context.refused()) return;

  ConsentToUse consent;
  consent.party = arguments.party;
  consent.grantee = arguments.grantee;
  consent.usable = arguments.usable;
  consent.purpose_code = arguments.purpose_code;
  consent.until_ms = arguments.until_ms;
  consent.uses_max = arguments.uses_max;
  consent.given_ms = context.now();
  if (context.sender().kind != SenderKind::party) consent.seen_by = context.sender().person;
  const ConsentId id = consent_of(context.transaction_id());
  consents.put(context.state(), id, consent);
  context.emit(ConsentGiven{id, consent.grantee, consent.usable, consent.purpose_code, consent.until_ms,
                            consent.uses_max},
               subjects_of(consent));
}

void withdraw_consent(Context& context, const WithdrawConsentArguments& arguments) {
  using A = WithdrawConsentArguments;
  const std::uint16_t field = field_number<A>("consent");
  auto consent = consents.get(context.state(), arguments.consent);
  if (!consent) return context.refuse(Code::unknown_consent, {.field = field});
  check_will(context, consent->party, arguments.evidence, field, field_number<A>("evidence"));
  if (consent->state != ConsentState::given) {
    context.refuse(Code::consent_ended, {.field = field,
                                         .limit = static_cast<std::uint64_t>(ConsentState::given),
                                         .value = static_cast<std::uint64_t>(consent->state)});
  }
  if (context.refused()) return;

  consent->state = ConsentState::withdrawn;
  consent->withdrawn_ms = context.now();
  consents.put(context.state(), arguments.consent, *consent);
  context.emit(ConsentWithdrawn{arguments.consent}, subjects_of(*consent));
}

bool is_grantee(const Context& context, const Grantee& grantee) {
  const Sender& sender = context.sender();
  if (const auto* const department = std::get_if<GranteeDepartment>(&grantee)) {
    return sender.kind != SenderKind::party && sender.department == department->id;
  }
  return sender.kind == SenderKind::party && sender.person == std::get<GranteeParty>(grantee).id;
}

// The consent, if the sender may use it now for this; adds findings.
std::optional<ConsentToUse> require_usable_consent(Context& context, const ConsentId& id, const Usable& usable,
                                              const PurposeCode& purpose_code, std::uint16_t field) {
  const auto consent = consents.get(context.state(), id);
  if (!consent) {
    context.refuse(Code::unknown_consent, {.field = field});
    return std::nullopt;
  }
  if (!is_grantee(context, consent->grantee)) context.refuse(Code::consent_for_other, {.field = field});
  if (consent->seen_by == context.sender().person) context.refuse(Code::own_consent, {.field = field});
  if (consent->usable != usable) context.refuse(Code::subject_differs, {.field = field});
  if (consent->purpose_code != purpose_code) context.refuse(Code::purpose_differs, {.field = field});
  if (consent->state != ConsentState::given) {
    context.refuse(Code::consent_ended, {.field = field,
                                         .limit = static_cast<std::uint64_t>(ConsentState::given),
                                         .value = static_cast<std::uint64_t>(consent->state)});
  }
  if (consent->until_ms <= context.now()) {
    context.refuse(Code::consent_expired,
                   {.field = field, .limit = consent->until_ms.value(), .value = context.now().value()});
  }
  if (consent->uses >= consent->uses_max.value()) {
    context.refuse(Code::consent_used_up, {.field = field, .limit = consent->uses_max.value()});
  }
  return consent;
}

void count_use(Context& context, const ConsentId& id, ConsentToUse& consent) {
  ++consent.uses;
  consents.put(context.state(), id, consent);
  context.emit(ConsentUsed{id, consent.purpose_code, consent.uses}, subjects_of(consent));
}

void use_consent(Context& context, const UseConsentArguments& arguments) {
  using A = UseConsentArguments;
  auto consent = require_usable_consent(context, arguments.consent, arguments.usable, arguments.purpose_code,
                                        field_number<A>("consent"));
  // A predicate's consent is used by the question itself.
  if (std::holds_alternative<UseOfPredicate>(arguments.usable)) {
    context.refuse(Code::subject_differs, {.field = field_number<A>("usable")});
  }
  if (!consent || context.refused()) return;
  count_use(context, arguments.consent, *consent);
}

// ---------------------------------------------------------------------------------------------------------------------
// Questions

DueKey wait_for_answer(Context& context, const QuestionId& id, std::uint8_t level) {
  const Timestamp end = end_of_working_days(context.state(), context.now(), question_days);
  return context.at(end, question_overdue_number, QuestionLimit{id, level});
}

// Who asks has a consent, or names the law that needs none.
std::optional<ConsentToUse> check_basis(Context& context, const AskArguments& arguments) {
  using A = AskArguments;
  if (!arguments.consent) {
    if (arguments.basis.empty()) context.refuse(Code::basis_missing, {.field = field_number<A>("basis")});
    return std::nullopt;
  }
  if (!arguments.basis.empty()) context.refuse(Code::basis_not_needed, {.field = field_number<A>("basis")});
  const std::uint16_t field = field_number<A>("consent");
  auto consent = require_usable_consent(context, *arguments.consent, UseOfPredicate{arguments.predicate},
                                        arguments.purpose_code, field);
  if (consent && consent->party != arguments.party) context.refuse(Code::subject_differs, {.field = field});
  return consent;
}

void ask(Context& context, const AskArguments& arguments) {
  using A = AskArguments;
  const auto predicate = predicates.get(context.state(), arguments.predicate);
  if (!predicate) context.refuse(Code::unknown_predicate, {.field = field_number<A>("predicate")});
  if (arguments.party.is_zero()) context.refuse(Code::party_missing, {.field = field_number<A>("party")});
  auto consent = check_basis(context, arguments);
  if (context.refused()) return;

  if (consent) count_use(context, *arguments.consent, *consent);
  const QuestionId id = question_of(context.transaction_id());
  Question question;
  question.asked_by = context.sender().department;
  question.asked_by_person = context.sender().person;
  question.predicate = arguments.predicate;
  question.party = arguments.party;
  question.argument = arguments.argument;
  question.purpose_code = arguments.purpose_code;
  question.consent = arguments.consent;
  question.basis = arguments.basis;
  question.asked_ms = context.now();
  question.due = wait_for_answer(context, id, 1);
  questions.put(context.state(), id, question);
  const auto item = items.get(context.state(), predicate->item);
  CHECK(item.has_value());  // items never go
  context.emit(Asked{id, arguments.predicate, arguments.purpose_code, arguments.basis},
               {PartySubject{arguments.party}, DepartmentSubject{question.asked_by}, DepartmentSubject{item->source}});
}

Item source_of(const StateReader& state, const Question& question) {
  const auto predicate = predicates.get(state, question.predicate);
  CHECK(predicate.has_value());  // predicates never go
  auto item = items.get(state, predicate->item);
  CHECK(item.has_value());
  return std::move(*item);
}

NewestAnswerKey newest_answer_key(const Question& question) {
  return {question.asked_by, question.predicate, question.party, sha256(as_bytes(question.argument.view()))};
}

void answer(Context& context, const AnswerArguments& arguments) {
  using A = AnswerArguments;
  const std::uint16_t field = field_number<A>("question");
  auto question = questions.get(context.state(), arguments.question);
  if (!question) return context.refuse(Code::unknown_question, {.field = field});
  const Item item = source_of(context.state(), *question);
  require_source(context, item, field);
  const PartyId& person = context.sender().person;
  if (person == question->asked_by_person || person == question->party) {
    context.refuse(Code::own_case, {.field = field});
  }
  if (question->answer) {
    context.refuse(Code::question_answered, {.field = field, .value = question->answer->answered_ms.value()});
  }
  if (arguments.evidence.is_zero()) context.refuse(Code::evidence_missing, {.field = field_number<A>("evidence")});
  if (context.refused()) return;

  if (question->due) context.cancel(*question->due);
  question->due.reset();
  question->answer = Answer{arguments.holds, arguments.evidence, person, context.now()};
  questions.put(context.state(), arguments.question, *question);
  newest_answers.put(context.state(), newest_answer_key(*question), {{}, arguments.question});
  context.emit(Answered{arguments.question, arguments.holds, arguments.evidence},
               {PartySubject{question->party}, DepartmentSubject{question->asked_by}, DepartmentSubject{item.source}});
}

void note_overdue(Context& context, const QuestionLimit& limit) {
  auto question = questions.get(context.state(), limit.question);
  if (!question || question->answer) return;
  question->due.reset();
  if (limit.level == 1) question->due = wait_for_answer(context, limit.question, 2);
  questions.put(context.state(), limit.question, *question);
  context.emit(QuestionOverdue{limit.question, limit.level},
               {DepartmentSubject{question->asked_by},
                DepartmentSubject{source_of(context.state(), *question).source}});
}

}  // namespace

bool is_newest_answer(const StateReader& state, const QuestionId& id, const Question& question) {
  const auto newest = newest_answers.get(state, newest_answer_key(question));
  return newest && newest->question == id;
}

namespace {

std::vector<Sentence> make_sentences() {
  return {
      sentence(Code::unknown_item, "没有这个数据项", "there is no such data item"),
      sentence(Code::item_taken, "该数据项已有权威来源", "the data item has a source already"),
      sentence(Code::not_the_source, "本部门不是该数据项的权威来源", "another department is the source of this item"),
      sentence(Code::party_missing, "没有填写当事人", "the party is missing"),
      sentence(Code::digest_missing, "没有填写数据摘要", "the digest of the data is missing"),
      sentence(Code::predicate_taken, "该核验事项编码已使用", "this code of a predicate is in use"),
      sentence(Code::unknown_predicate, "没有这个核验事项", "there is no such predicate"),
      sentence(Code::unknown_certificate, "没有这份电子证照", "there is no such certificate"),
      sentence(Code::until_too_early, "有效期应当晚于现在", "it must hold beyond now"),
      sentence(Code::unknown_consent, "没有这项授权", "there is no such consent"),
      sentence(Code::consent_of_other, "只有本人可以授权或撤回授权", "a consent is given and withdrawn by the party alone"),
      sentence(Code::consent_ended, "授权已撤回", "the consent has been withdrawn"),
      sentence(Code::consent_expired, "授权已过期", "the consent has expired"),
      sentence(Code::consent_used_up, "授权的使用次数已用完", "the consent has been used as often as it may be"),
      sentence(Code::consent_for_other, "被授权方不是本部门或本人", "the consent was given to another"),
      sentence(Code::purpose_differs, "用途与授权不符", "the consent is for another purpose"),
      sentence(Code::subject_differs, "授权的对象与此不符", "the consent is about something or someone else"),
      sentence(Code::basis_missing, "核验应当有授权或法律依据", "a question needs a consent, or the law that needs none"),
      sentence(Code::basis_not_needed, "已有授权，不另填法律依据", "with a consent no law is named"),
      sentence(Code::unknown_question, "没有这个核验请求", "there is no such question"),
      sentence(Code::question_answered, "该核验请求已答复", "the question has been answered"),
      sentence(Code::evidence_missing, "没有填写依据材料的摘要", "the digest of the evidence is missing"),
      sentence(Code::name_missing, "没有填写名称", "the name is missing"),
      sentence(Code::own_case, "涉及经办人本人，应当回避", "the officer asked it, or it is about them"),
      sentence(Code::own_consent, "窗口人员不得使用经本人见证的授权或委托",
               "a clerk uses no consent or mandate that they saw given, and none for themselves"),
      sentence(Code::unknown_mandate, "没有这项委托", "there is no such mandate"),
      sentence(Code::mandate_withdrawn, "委托已撤回", "the mandate has been withdrawn"),
      sentence(Code::mandate_over, "委托已到期", "the mandate is over"),
      sentence(Code::mandate_of_other, "委托人不是申请人", "who gave the mandate does not file"),
      sentence(Code::mandate_not_for, "委托不包括这个事项", "the mandate is not for this service"),
      sentence(Code::agents_differ, "一件申请只能由一名代理人代办", "one agent files an application"),
      sentence(Code::mandate_repeated, "同一委托填写了两次", "a mandate is given twice"),
      sentence(Code::agent_is_principal, "不能委托本人", "nobody acts for themselves by a mandate"),
  };
}

}  // namespace

const Module& module() {
  static constexpr Method methods[] = {
      method<&declare_item>("declare_item", "声明数据项来源", "declare a data item; the department becomes its source",
                            {Role::administrator}),
      method<&record_item>("record_item", "登记数据项", "record what the source holds of a party", office_roles),
      method<&define_predicate>("define_predicate", "定义核验事项", "define a question that is answered yes or no",
                                {Role::administrator}),
      method<&give_consent>("give_consent", "授权使用", "give a consent", {Role::applicant, Role::window_clerk}),
      method<&withdraw_consent>("withdraw_consent", "撤回授权", "withdraw a consent",
                                {Role::applicant, Role::window_clerk}),
      method<&use_consent>("use_consent", "依授权使用", "use a consent once",
                           RoleSet(office_roles.bits() | RoleSet{Role::applicant}.bits())),
      method<&give_mandate>("give_mandate", "委托代办", "let an agent file for a party",
                            {Role::applicant, Role::window_clerk}),
      method<&withdraw_mandate>("withdraw_mandate", "撤回委托", "withdraw a mandate",
                                {Role::applicant, Role::window_clerk}),
      method<&ask>("ask", "发起核验", "ask a question of a department", office_roles),
      method<&answer>("answer", "答复核验", "answer a question, yes or no", office_roles),
  };
  static constexpr EventKind events[] = {
      event_kind<ItemDeclared>(), event_kind<ItemRecorded>(),     event_kind<PredicateDefined>(),
      event_kind<ConsentGiven>(), event_kind<ConsentWithdrawn>(), event_kind<ConsentUsed>(),
      event_kind<MandateGiven>(), event_kind<MandateUsed>(),      event_kind<MandateWithdrawn>(),
      event_kind<Asked>(),        event_kind<Answered>(),         event_kind<QuestionOverdue>(),
  };
  static constexpr DueHandler due_handlers[] = {
      due_handler<&note_overdue>(question_overdue_number, "question_overdue"),
  };
  static const std::vector<Sentence> sentences = make_sentences();
  static const Module module{.name = "sharing",
                             .zh = "数据共享、授权与核验",
                             .en = "data items, consents, and questions answered yes or no",
                             .methods = methods,
                             .events = events,
                             .due_handlers = due_handlers,
                             .sentences = sentences};
  return module;
}

}  // namespace kanhe::contracts::sharing
