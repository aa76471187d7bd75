// sharing: data between departments: who is the source of what, what a holder allows, and questions answered yes or no.
//
// A *data item* has one source, the department that declared it; what is held of a party (a digest, never the data) is
// recorded by the source alone (一数一源), so that any other department sees that it is there, from whom and since when,
// and does not ask for it again.
//
// A *consent* is a party's: one grantee may use one certificate, item or predicate, for one purpose, so many times,
// until a day; the party takes it back when it likes. Each use is counted, and stands in the party's trace.
//
// A *predicate* is a question that is answered yes or no by the item's source, with the digest of what the answer rests
// on: the asking department learns the answer and nothing else. Who asks has the party's consent, which is used by it,
// or names the law that needs none; what has been asked is answered, also when the consent is withdrawn meanwhile. What
// is not answered in question_days working days is noted once, and once more after as many days again.
//
// Who acts for whom is a mandate (sharing_mandates.h).
//
// Tables: 0x0801 items, 0x0802 held_items, 0x0803 predicates, 0x0804 consents, 0x0805 questions, 0x0806 mandates,
// 0x0807 newest_answers.
// Due handlers: 0x0801 question overdue.
// Thread: one. Errors: sharing::Code, below.
// Source: Personal Information Protection Law 13, 14, 15; Data Security Law 38.
#pragma once

#include "contracts/calendar.h"
#include "contracts/certificate.h"
#include "contracts/identifiers.h"
#include "ledger/query.h"

namespace kanhe::contracts::sharing {

enum class Code : std::uint16_t {
  unknown_item = 900,           // field
  item_taken = 901,             // field; subject: the department that is its source
  not_the_source = 902,         // field; subject: the department that is
  party_missing = 903,          // field; all zero
  digest_missing = 904,         // field; all zero
  predicate_taken = 905,        // field; subject: the source of the predicate that has the code
  unknown_predicate = 906,      // field
  unknown_certificate = 907,    // field
  until_too_early = 908,        // field; limit: the block's time, value
  unknown_consent = 909,        // field
  consent_of_other = 910,       // the sender is neither the party nor a window clerk who saw it
  consent_ended = 911,          // field; limit: the state needed, value: the state
  consent_expired = 912,        // field; limit: its end, value: the block's time
  consent_used_up = 913,        // field; limit: uses
  consent_for_other = 914,      // field; the grantee is another
  purpose_differs = 915,        // field; the consent is for another purpose
  subject_differs = 916,        // field; the consent is about something or someone else
  basis_missing = 917,          // field; a question has a consent or names the law that needs none
  basis_not_needed = 918,       // field; it has both
  unknown_question = 919,       // field
  question_answered = 920,      // value: when
  evidence_missing = 921,       // field; all zero
  name_missing = 922,           // field
  own_case = 923,               // field; the sender's person asked it, or it is about them
  own_consent = 924,            // field; a clerk gives no consent to themselves, and uses none that they saw given
  unknown_mandate = 925,        // field; value: position in the list, from 1
  mandate_withdrawn = 926,      // field; value: when, or the position
  mandate_over = 927,           // field; limit: its end, value: the block's time
  mandate_of_other = 928,       // field; its principal does not file; value: position
  mandate_not_for = 929,        // field; it is for other services; value: position
  agents_differ = 930,          // field; one agent files; value: position
  agent_is_principal = 931,     // field
  mandate_repeated = 932,       // field; value: position in the list, from 1
};
BOOST_DESCRIBE_ENUM(Code, unknown_item, item_taken, not_the_source, party_missing, digest_missing, predicate_taken,
                    unknown_predicate, unknown_certificate, until_too_early, unknown_consent, consent_of_other,
                    consent_ended, consent_expired, consent_used_up, consent_for_other, purpose_differs,
                    subject_differs, basis_missing, basis_not_needed, unknown_question, question_answered,
                    evidence_missing, name_missing, own_case, own_consent, unknown_mandate, mandate_withdrawn,
                    mandate_over, mandate_of_other, mandate_not_for, agents_differ, agent_is_principal,
                    mandate_repeated)

// ---------------------------------------------------------------------------------------------------------------------
// Items and predicates

struct ItemCodeKind {
  static constexpr Label label{"ItemCode", "数据项编码", "code of a data item, for example household-register"};
};
using ItemCode = Text<SlugTag<ItemCodeKind>>;
struct PredicateCodeKind {
  static constexpr Label label{"PredicateCode", "核验事项编码", "code of a predicate, for example resides-in-district"};
};
using PredicateCode = Text<SlugTag<PredicateCodeKind>>;

struct Item {
  FormatVersion<1> version;
  DepartmentId source;
  PlainText<96> name_zh;
  PlainText<96> name_en;
  Timestamp declared_ms;
};
BOOST_DESCRIBE_STRUCT(Item, (), (version, source, name_zh, name_en, declared_ms))

struct HeldItemKey {
  ItemCode item;
  PartyId party;
};
BOOST_DESCRIBE_STRUCT(HeldItemKey, (), (item, party))

// What the source holds of a party: the newest.
struct HeldItem {
  FormatVersion<1> version;
  Hash256 digest;
  Timestamp recorded_ms;
  std::optional<Timestamp> valid_until_ms;
  Total edition;  // how often it was recorded
};
BOOST_DESCRIBE_STRUCT(HeldItem, (), (version, digest, recorded_ms, valid_until_ms, edition))

struct Predicate {
  FormatVersion<1> version;
  ItemCode item;  // whose source answers
  PlainText<96> name_zh;
  PlainText<96> name_en;
};
BOOST_DESCRIBE_STRUCT(Predicate, (), (version, item, name_zh, name_en))

// ---------------------------------------------------------------------------------------------------------------------
// Consents

struct ConsentIdKind {
  static constexpr Label label{"ConsentId", "授权标识", "consent id: id of the transaction that gave it"};
};
using ConsentId = FixedBytes<DigestTag<ConsentIdKind>>;

struct GranteeDepartment {
  static constexpr VariantTag variant_tag{1, "department"};
  DepartmentId id;
  friend bool operator==(const GranteeDepartment&, const GranteeDepartment&) = default;
};
BOOST_DESCRIBE_STRUCT(GranteeDepartment, (), (id))
struct GranteeParty {
  static constexpr VariantTag variant_tag{2, "party"};
  PartyId id;
  friend bool operator==(const GranteeParty&, const GranteeParty&) = default;
};
BOOST_DESCRIBE_STRUCT(GranteeParty, (), (id))
using Grantee = std::variant<GranteeDepartment, GranteeParty>;

struct UseOfCertificate {
  static constexpr VariantTag variant_tag{1, "certificate"};
  CertificateId id;
  friend bool operator==(const UseOfCertificate&, const UseOfCertificate&) = default;
};
BOOST_DESCRIBE_STRUCT(UseOfCertificate, (), (id))
struct UseOfItem {
  static constexpr VariantTag variant_tag{2, "item"};
  ItemCode item;
  friend bool operator==(const UseOfItem&, const UseOfItem&) = default;
};
BOOST_DESCRIBE_STRUCT(UseOfItem, (), (item))
struct UseOfPredicate {
  static constexpr VariantTag variant_tag{3, "predicate"};
  PredicateCode predicate;
  friend bool operator==(const UseOfPredicate&, const UseOfPredicate&) = default;
};
BOOST_DESCRIBE_STRUCT(UseOfPredicate, (), (predicate))
using Usable = std::variant<UseOfCertificate, UseOfItem, UseOfPredicate>;

struct UsesTag {
  using Rep = std::uint16_t;
  static constexpr Rep min = 1;
  static constexpr Rep max = 10'000;
  static constexpr Label label{"Uses", "使用次数上限", "how often a consent may be used"};
};
using Uses = Number<UsesTag>;

enum class ConsentState : std::uint8_t {
  given = 1,
  withdrawn = 2,
};
BOOST_DESCRIBE_ENUM(ConsentState, given, withdrawn)

struct ConsentToUse {
  FormatVersion<1> version;
  PartyId party;
  Grantee grantee;
  Usable usable;
  PurposeCode purpose_code;
  Timestamp until_ms;  // the first moment at which it no longer holds
  Uses uses_max;
  std::uint16_t uses = 0;
  ConsentState state = ConsentState::given;
  Timestamp given_ms;
  std::optional<Timestamp> withdrawn_ms;
  std::optional<PartyId> seen_by;  // the window clerk before whom it was given
};
BOOST_DESCRIBE_STRUCT(ConsentToUse, (),
                      (version, party, grantee, usable, purpose_code, until_ms, uses_max, uses, state, given_ms,
                       withdrawn_ms, seen_by))

// ---------------------------------------------------------------------------------------------------------------------
// Questions

inline constexpr std::uint16_t question_days = 2;  // working days in which the source answers

struct QuestionIdKind {
  static constexpr Label label{"QuestionId", "核验请求标识", "question id: id of the transaction that asked it"};
};
using QuestionId = FixedBytes<DigestTag<QuestionIdKind>>;

struct Answer {
  bool holds = false;
  Hash256 evidence;
  PartyId answered_by;  // the person
  Timestamp answered_ms;
};
BOOST_DESCRIBE_STRUCT(Answer, (), (holds, evidence, answered_by, answered_ms))

struct Question {
  FormatVersion<1> version;
  DepartmentId asked_by;
  PartyId asked_by_person;
  PredicateCode predicate;
  PartyId party;
  PlainText<96> argument;  // what the predicate needs beside the party, for example "440304 2024-09-01"
  PurposeCode purpose_code;
  std::optional<ConsentId> consent;
  PlainText<96> basis;     // the law that needs none; empty with a consent
  Timestamp asked_ms;
  std::optional<DueKey> due;
  std::optional<Answer> answer;
};
BOOST_DESCRIBE_STRUCT(Question, (),
                      (version, asked_by, asked_by_person, predicate, party, argument, purpose_code, consent, basis,
                       asked_ms, due, answer))

inline constexpr Table<ItemCode, Item> items{0x0801, "items"};
inline constexpr Table<HeldItemKey, HeldItem> held_items{0x0802, "held_items"};
inline constexpr Table<PredicateCode, Predicate> predicates{0x0803, "predicates"};
inline constexpr Table<ConsentId, ConsentToUse> consents{0x0804, "consents"};
inline constexpr Table<QuestionId, Question> questions{0x0805, "questions"};

// Of the same question, asked again by the same department, the newest answer is the one that counts.
struct NewestAnswerKey {
  DepartmentId asked_by;
  PredicateCode predicate;
  PartyId party;
  Hash256 argument;  // SHA-256 of its text
};
BOOST_DESCRIBE_STRUCT(NewestAnswerKey, (), (asked_by, predicate, party, argument))
struct NewestAnswer {
  FormatVersion<1> version;
  QuestionId question;
};
BOOST_DESCRIBE_STRUCT(NewestAnswer, (), (version, question))
inline constexpr Table<NewestAnswerKey, NewestAnswer> newest_answers{0x0807, "newest_answers"};
// Whether the question is the one of its kind that was answered last.
bool is_newest_answer(const StateReader& state, const QuestionId& id, const Question& question);

inline ConsentId consent_of(const TransactionId& id) { return ConsentId(id); }
inline QuestionId question_of(const TransactionId& id) { return QuestionId(id); }

// ---------------------------------------------------------------------------------------------------------------------
// Methods

// By an administrator, whose department becomes the source.
struct DeclareItemArguments {
  ItemCode item;
  PlainText<96> name_zh;
  PlainText<96> name_en;
};
BOOST_DESCRIBE_STRUCT(DeclareItemArguments, (), (item, name_zh, name_en))

// By an officer or machine of the source.
struct RecordItemArguments {
  ItemCode item;
  PartyId party;
  Hash256 digest;
  std::optional<Timestamp> valid_until_ms;
};
BOOST_DESCRIBE_STRUCT(RecordItemArguments, (), (item, party, digest, valid_until_ms))

// By an administrator of the item's source.
struct DefinePredicateArguments {
  PredicateCode predicate;
  ItemCode item;
  PlainText<96> name_zh;
  PlainText<96> name_en;
};
BOOST_DESCRIBE_STRUCT(DefinePredicateArguments, (), (predicate, item, name_zh, name_en))

// By the party with its own key, or by a window clerk before whom it was given.
struct GiveConsentArguments {
  PartyId party;
  Grantee grantee;
  Usable usable;
  PurposeCode purpose_code;
  Timestamp until_ms;
  Uses uses_max;
  std::optional<Hash256> evidence;  // of a clerk: what the party signed
};
BOOST_DESCRIBE_STRUCT(GiveConsentArguments, (), (party, grantee, usable, purpose_code, until_ms, uses_max, evidence))

struct WithdrawConsentArguments {
  ConsentId consent;
  std::optional<Hash256> evidence;  // of a clerk, as above
};
BOOST_DESCRIBE_STRUCT(WithdrawConsentArguments, (), (consent, evidence))

// By the grantee: an officer or machine of the department, or the party. A predicate's is used by asking.
struct UseConsentArguments {
  ConsentId consent;
  PurposeCode purpose_code;
  Usable usable;
};
BOOST_DESCRIBE_STRUCT(UseConsentArguments, (), (consent, purpose_code, usable))

// By an officer or machine of any department.
struct AskArguments {
  PredicateCode predicate;
  PartyId party;
  PlainText<96> argument;
  PurposeCode purpose_code;
  std::optional<ConsentId> consent;
  PlainText<96> basis;
};
BOOST_DESCRIBE_STRUCT(AskArguments, (), (predicate, party, argument, purpose_code, consent, basis))

// By an officer or machine of the item's source.
struct AnswerArguments {
  QuestionId question;
  bool holds = false;
  Hash256 evidence;
};
BOOST_DESCRIBE_STRUCT(AnswerArguments, (), (question, holds, evidence))

// ---------------------------------------------------------------------------------------------------------------------
// Events

struct ItemDeclared {
  static constexpr std::string_view event_name = "sharing.item_declared";
  ItemCode item;
};
BOOST_DESCRIBE_STRUCT(ItemDeclared, (), (item))

struct ItemRecorded {
  static constexpr std::string_view event_name = "sharing.item_recorded";
  ItemCode item;
  Hash256 digest;
  Total edition;
};
BOOST_DESCRIBE_STRUCT(ItemRecorded, (), (item, digest, edition))

struct PredicateDefined {
  static constexpr std::string_view event_name = "sharing.predicate_defined";
  PredicateCode predicate;
  ItemCode item;
};
BOOST_DESCRIBE_STRUCT(PredicateDefined, (), (predicate, item))

struct ConsentGiven {
  static constexpr std::string_view event_name = "sharing.consent_given";
  ConsentId consent;
  Grantee grantee;
  Usable usable;
  PurposeCode purpose_code;
  Timestamp until_ms;
  Uses uses_max;
};
BOOST_DESCRIBE_STRUCT(ConsentGiven, (), (consent, grantee, usable, purpose_code, until_ms, uses_max))

struct ConsentWithdrawn {
  static constexpr std::string_view event_name = "sharing.consent_withdrawn";
  ConsentId consent;
};
BOOST_DESCRIBE_STRUCT(ConsentWithdrawn, (), (consent))

struct ConsentUsed {
  static constexpr std::string_view event_name = "sharing.consent_used";
  ConsentId consent;
  PurposeCode purpose_code;
  std::uint16_t use = 0;  // from 1
};
BOOST_DESCRIBE_STRUCT(ConsentUsed, (), (consent, purpose_code, use))

struct Asked {
  static constexpr std::string_view event_name = "sharing.asked";
  QuestionId question;
  PredicateCode predicate;
  PurposeCode purpose_code;
  PlainText<96> basis;
};
BOOST_DESCRIBE_STRUCT(Asked, (), (question, predicate, purpose_code, basis))

struct Answered {
  static constexpr std::string_view event_name = "sharing.answered";
  QuestionId question;
  bool holds = false;
  Hash256 evidence;
};
BOOST_DESCRIBE_STRUCT(Answered, (), (question, holds, evidence))

// The subjects name the department that is waited for.
struct QuestionOverdue {
  static constexpr std::string_view event_name = "sharing.question_overdue";
  QuestionId question;
  std::uint8_t level = 1;  // 2: after as many days again
};
BOOST_DESCRIBE_STRUCT(QuestionOverdue, (), (question, level))

// For the files of the module: whether it is the party's will, signed with its own key, or before a clerk, who keeps
// what it signed and sees to nothing of their own; adds findings.
void check_will(Context& context, const PartyId& party, const std::optional<Hash256>& evidence,
                std::uint16_t party_field, std::uint16_t evidence_field);

const Module& module();

}  // namespace kanhe::contracts::sharing
