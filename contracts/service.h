// service: how an application goes from filing to the issued certificates, as data.
//
// A service is a definition: the acts that may be filed (property_acts.h), the materials that are asked for, of which
// some may come later or are on the ledger already (service_materials.h), checks that decide by themselves
// (service_checks.h), stages of review with their time limits (service_progress.h), fees, and the types of the
// certificates at the end. An application holds one act or several: a sale, a mortgage, a sale with the mortgage in
// place, an inheritance and the sale of what was inherited; or none, where a service enters nothing in a register and
// ends with a certificate alone: a place at a school, a licence. The steps of one stage run in parallel, in several
// departments; the next stage opens when all have approved, or as many as it needs; what can no longer come together
// is refused. A new service is a new definition, not new code. Several matters that are one for whoever files them are
// a package (service_package.h).
//
//     file → accept → review, stage by stage → (bill) → pay → register
//     file, where all checks hold            → (bill) → pay → register
//
// Whether the register lets the acts through is asked when they are filed, each on the outcome of those before, and
// again when they are registered: by then a seizure, an objection or a mortgage may have come between. What it asks for
// then can be supplemented; a seizure of a unit stops the application (R10).
//
// The last approval makes the bill (contracts/treasury.h records its payment). `register` enters the acts, closes the
// application and issues the certificates in one transaction, or does none of it: a title (权属证书) for each unit whose
// right or facts are others now, and where the service has a type for it, a proof (登记证明) for each limit. Until then
// the parties may withdraw.
//
// Nobody decides twice in one case, or in a case of their own: what counts is the *person*, whichever key or role. Who
// filed, accepted, supplemented or reviewed an application takes no other part in reviewing or registering it; a party
// takes none.
//
// A definition belongs to the department whose administrator made it (the owner): its window files and accepts, its
// registrars register, in the registers that it keeps. Windows of other departments that it names file for it too
// (one window for all). It never changes: another form gets another code.
//
// Tables: 0x0501 services, 0x0502 applications, 0x0503 packages, 0x0504 package cases, 0x0505 duties, 0x0506 duty
// counts. Due handlers: 0x0501 stage overdue, 0x0502 application stopped, 0x0503 deferral over, 0x0504 silent
// acceptance, 0x0505 clock stop over, 0x0506 supplement overdue, 0x0507 bill settled.
// Thread: one. Errors: service_codes.h; those of property, treasury and certificate where their rules say no.
#pragma once

#include "contracts/certificate.h"
#include "contracts/property.h"
#include "contracts/service_codes.h"
#include "contracts/sharing_mandates.h"
#include "contracts/treasury.h"

namespace kanhe::contracts::service {

// ---------------------------------------------------------------------------------------------------------------------
// Definitions

struct ServiceCodeKind {
  static constexpr Label label{"ServiceCode", "事项编码", "code of a service, for example house-sale"};
};
struct StepCodeKind {
  static constexpr Label label{"StepCode", "审核环节", "code of a review step, for example tax"};
};
struct MaterialCodeKind {
  static constexpr Label label{"MaterialCode", "材料编码", "code of a material, for example sale-contract"};
};
using ServiceCode = Text<SlugTag<ServiceCodeKind>>;
using StepCode = Text<SlugTag<StepCodeKind>>;
using MaterialCode = Text<SlugTag<MaterialCodeKind>>;

enum class StepKind : std::uint8_t {
  opinion = 1,     // approves or refuses
  assessment = 2,  // approves with an assessment of each transfer (contracts/tariff.h)
};
BOOST_DESCRIBE_ENUM(StepKind, opinion, assessment)

struct Step {
  StepCode code;
  PlainText<96> name_zh;
  PlainText<96> name_en;
  DepartmentId department;
  Role role = Role::reviewer;
  StepKind kind = StepKind::opinion;
};
BOOST_DESCRIBE_STRUCT(Step, (), (code, name_zh, name_en, department, role, kind))

inline constexpr std::size_t stage_steps_max = 6;
inline constexpr std::size_t stages_max = 8;
inline constexpr std::size_t materials_max = 16;
inline constexpr std::size_t reviews_max = stages_max * stage_steps_max;

struct Stage {
  List<Step, stage_steps_max> steps;
  std::uint16_t time_limit_days = 0;  // working days (contracts/calendar.h); 0: none
  std::uint8_t needed = 0;            // how many of its steps have to approve; 0: all
};
BOOST_DESCRIBE_STRUCT(Stage, (), (steps, time_limit_days, needed))

struct MaterialRule {
  MaterialCode code;
  PlainText<96> name_zh;  // as a counter asks for it
  PlainText<96> name_en;
  bool deferrable = false;                // may come later, against a promise
  std::optional<sharing::ItemCode> item;  // not asked for where its source holds it of all who file
  std::optional<certificate::TypeCode> certificate;  // nor where one of the type is shown that holds
};
BOOST_DESCRIBE_STRUCT(MaterialRule, (), (code, name_zh, name_en, deferrable, item, certificate))

// Of whom something has to hold.
enum class Scope : std::uint8_t { everyone = 1, anyone = 2 };  // of those who file
BOOST_DESCRIBE_ENUM(Scope, everyone, anyone)

// What decides by itself: a question that the ledger can answer.
struct ItemCheck {
  static constexpr VariantTag variant_tag{1, "item"};
  sharing::ItemCode item;  // that its source holds
  Scope of = Scope::everyone;
};
BOOST_DESCRIBE_STRUCT(ItemCheck, (), (item, of))
struct AnswerCheck {
  static constexpr VariantTag variant_tag{2, "answer"};
  sharing::PredicateCode predicate;  // to which its source said yes, asked by the owner
  Scope of = Scope::everyone;
  PlainText<96> argument;    // as it was asked; empty: any
  PurposeCode purpose_code;  // for which it was asked
  std::uint16_t days = 0;    // how old the answer may be; 0: any age
};
BOOST_DESCRIBE_STRUCT(AnswerCheck, (), (predicate, of, argument, purpose_code, days))
struct CertificateCheck {
  static constexpr VariantTag variant_tag{3, "certificate"};
  certificate::TypeCode certificate_type;  // of which one is shown that holds
};
BOOST_DESCRIBE_STRUCT(CertificateCheck, (), (certificate_type))
using PreCheck = std::variant<ItemCheck, AnswerCheck, CertificateCheck>;
inline constexpr std::size_t checks_max = 8;
inline constexpr std::size_t windows_max = 8;

// What may be filed: the numbers of property::Act's alternatives.
enum class ActKind : std::uint8_t {
  transfer = 1,
  enter_limit = 2,
  end_limit = 3,
  renew_seizure = 4,
  show_lawsuit = 5,
  notice_possible = 6,
  swap_ranks = 7,
  register_unit = 8,
  change_unit = 9,
  correct_unit = 10,
  cancel_unit = 11,
  split_unit = 12,
  merge_units = 13,
};
BOOST_DESCRIBE_ENUM(ActKind, transfer, enter_limit, end_limit, renew_seizure, show_lawsuit, notice_possible, swap_ranks,
                    register_unit, change_unit, correct_unit, cancel_unit, split_unit, merge_units)
ActKind kind_of(const property::Act& act);

inline constexpr std::size_t act_kinds_max = 13;
inline constexpr std::size_t causes_max = 6;
inline constexpr std::size_t limit_kinds_max = 8;

// Of the tariff's fee: registrations that a notice favours are half of it.
enum class FeeShare : std::uint8_t { whole = 1, half = 2 };
BOOST_DESCRIBE_ENUM(FeeShare, whole, half)

struct Definition {
  PlainText<96> name_zh;
  PlainText<96> name_en;
  List<ActKind, act_kinds_max> acts;                 // empty: nothing is entered, only a certificate issued
  List<property::Cause, causes_max> causes;          // of transfers; empty: any
  List<property::LimitKind, limit_kinds_max> limits;  // that are entered or ended; empty: any
  certificate::TypeCode certificate_type;            // of titles; without acts, of what is issued
  std::optional<certificate::TypeCode> proof_type;   // of the proofs of limits; absent: none are issued
  DepartmentId treasury;              // records the payment
  std::optional<treasury::TariffCode> fee_tariff;  // of the fee for each unit; absent: it is free
  FeeShare fee_share = FeeShare::whole;
  std::optional<treasury::TariffCode> deed_tax_tariff;  // by which transfers are assessed; absent: there are none
  List<MaterialRule, materials_max> materials;
  List<PreCheck, checks_max> checks;  // where all hold, nobody reviews; empty: somebody always does
  List<Stage, stages_max> stages;
  List<DepartmentId, windows_max> windows;  // that file beside the owner's own
};
BOOST_DESCRIBE_STRUCT(Definition, (),
                      (name_zh, name_en, acts, causes, limits, certificate_type, proof_type, treasury, fee_tariff,
                       fee_share, deed_tax_tariff, materials, checks, stages, windows))

struct Service {
  FormatVersion<1> version;
  DepartmentId owner;
  Timestamp defined_ms;
  Definition definition;
};
BOOST_DESCRIBE_STRUCT(Service, (), (version, owner, defined_ms, definition))

// The roles that may be asked for a review.
inline constexpr RoleSet step_roles{Role::reviewer, Role::tax_officer, Role::housing_officer};

// Where a step stands in a definition.
struct StepPosition {
  std::size_t stage = 0;
  std::size_t step = 0;
};
std::optional<StepPosition> find_step(const Definition& definition, const StepCode& code);

// ---------------------------------------------------------------------------------------------------------------------
// Applications

struct Material {
  MaterialCode code;
  certificate::FileDigest file;
};
BOOST_DESCRIBE_STRUCT(Material, (), (code, file))
using Materials = List<Material, materials_max>;
using MaterialCodes = List<MaterialCode, materials_max>;

enum class Phase : std::uint8_t {
  filed = 1,
  in_review = 2,   // accepted
  billed = 3,      // whether it is paid, the bill says
  registered = 4,
  refused = 5,
  withdrawn = 6,
  stopped = 7,     // by an authority's notice that came in between
  lapsed = 8,      // a material that was promised did not come
};
BOOST_DESCRIBE_ENUM(Phase, filed, in_review, billed, registered, refused, withdrawn, stopped, lapsed)
constexpr bool is_closed(Phase phase) { return phase >= Phase::registered; }

// One for each transfer of the application.
using Assessments = List<treasury::Assessment, property::filing_acts_max>;

enum class Verdict : std::uint8_t { approve = 1, refuse = 2 };
BOOST_DESCRIBE_ENUM(Verdict, approve, refuse)

struct Review {
  StepCode step;
  PartyId reviewer;  // the person
  Verdict verdict = Verdict::approve;
  certificate::ReasonCode reason;
  property::ToldRules rules;  // that the reviewer finds broken, of those that no program can decide too (R31)
  Hash256 evidence;
  Assessments assessments;
  Timestamp reviewed_ms;
};
BOOST_DESCRIBE_STRUCT(Review, (), (step, reviewer, verdict, reason, rules, evidence, assessments, reviewed_ms))

// What is missing, said once.
struct Notice {
  PartyId by;  // the person
  Timestamp at_ms;
  MaterialCodes missing;
  PlainText<256> words;
  MaterialCodes come;                        // of these
  std::optional<Timestamp> supplemented_ms;  // when all of them had
};
BOOST_DESCRIBE_STRUCT(Notice, (), (by, at_ms, missing, words, come, supplemented_ms))

enum class ClockReason : std::uint8_t {
  public_notice = 1,  // 公告
  field_check = 2,    // 实地查看
  inquiry = 3,        // of another body, which the law lets it wait for
};
BOOST_DESCRIBE_ENUM(ClockReason, public_notice, field_check, inquiry)

struct StoppedClock {
  ClockReason reason = ClockReason::public_notice;
  DepartmentId by;
  Timestamp since_ms;
  std::uint16_t days_left = 0;  // working days
  DueKey over;                  // when it runs again by itself
};
BOOST_DESCRIBE_STRUCT(StoppedClock, (), (reason, by, since_ms, days_left, over))

// What a check looked at, so that whoever has the definition can decide again.
struct ItemInput {
  static constexpr VariantTag variant_tag{1, "item"};
  PartyId party;
  Hash256 digest;
  Total edition;
};
BOOST_DESCRIBE_STRUCT(ItemInput, (), (party, digest, edition))
struct AnswerInput {
  static constexpr VariantTag variant_tag{2, "answer"};
  sharing::QuestionId question;
};
BOOST_DESCRIBE_STRUCT(AnswerInput, (), (question))
struct CertificateInput {
  static constexpr VariantTag variant_tag{3, "certificate"};
  CertificateId id;
};
BOOST_DESCRIBE_STRUCT(CertificateInput, (), (id))
using CheckInput = std::variant<ItemInput, AnswerInput, CertificateInput>;
inline constexpr std::size_t check_inputs_max = 64;  // where there are more, a person decides
using CheckInputs = List<CheckInput, check_inputs_max>;

struct InstantApproval {
  RulesVersion rules_version;
  Timestamp approved_ms;
  CheckInputs inputs;  // in the order of the checks
};
BOOST_DESCRIBE_STRUCT(InstantApproval, (), (rules_version, approved_ms, inputs))

inline constexpr std::size_t shown_max = 8;  // certificates shown with one application
using ShownCertificates = List<CertificateId, shown_max>;

// An application without acts has room for all who file in one event.
inline constexpr std::size_t applicants_without_acts_max = 6;

inline constexpr std::size_t others_max = 128;
inline constexpr std::size_t clock_stops_max = 3;  // of one stage
inline constexpr std::size_t stoppers_max = 2 * clock_stops_max * stages_max;

// An event has room for so many units beside the application and three others.
inline constexpr std::size_t application_units_max = 4;

struct Application {
  FormatVersion<1> version;
  ServiceCode service;
  property::Applicants applicants;
  property::Acts acts;
  Fen price;          // 0 where nothing is sold
  Materials materials;
  Phase phase = Phase::filed;
  std::uint8_t stage = 0;  // while in review: the one that is open, from 0
  PartyId filed_by;        // the person
  Timestamp filed_ms;
  std::optional<PartyId> accepted_by;
  std::optional<Timestamp> accepted_ms;
  List<Review, reviews_max> reviews;
  std::optional<DueKey> due;  // the time in which it is accepted, then the time limit of the open stage
  std::optional<Timestamp> closed_ms;
  property::Consents consents;
  property::Statements statements;
  MaterialCodes satisfied;  // held by their sources, and not asked for
  MaterialCodes deferred;   // still to come
  std::optional<DueKey> deferral;
  std::optional<Notice> notice;
  std::optional<StoppedClock> clock;
  std::uint8_t overdue = 0;      // how often the open stage was noted as overdue
  std::uint8_t clock_stops = 0;  // of the open stage
  List<PartyId, others_max> others;      // who else dealt with it: notified, supplemented, withdrew, registered
  List<PartyId, stoppers_max> stoppers;  // who stopped its clock or let it run
  ShownCertificates shown;
  std::optional<InstantApproval> instant;
  std::optional<ApplicationId> package;  // that it is part of
  std::optional<PartyId> agent;          // who filed for some of them
  DepartmentId filed_in;                 // at whose window
  List<DepartmentId, stage_steps_max> waits_for;  // who has a duty of it (service_duties.h), in their order
};
BOOST_DESCRIBE_STRUCT(Application, (),
                      (version, service, applicants, acts, price, materials, phase, stage, filed_by, filed_ms,
                       accepted_by, accepted_ms, reviews, due, closed_ms, consents, statements, satisfied, deferred,
                       deferral, notice, clock, overdue, clock_stops, others, stoppers, shown, instant, package,
                       agent, filed_in, waits_for))

inline constexpr Table<ServiceCode, Service> services{0x0501, "services"};
inline constexpr Table<ApplicationId, Application> applications{0x0502, "applications"};

property::Filing filing_of(const Application& application);

// The id of the application that a transaction files.
inline ApplicationId application_of(const TransactionId& id) { return ApplicationId(id); }

// ---------------------------------------------------------------------------------------------------------------------
// Methods

struct DefineArguments {
  ServiceCode code;
  Definition definition;
};
BOOST_DESCRIBE_STRUCT(DefineArguments, (), (code, definition))

// A promise that what is left out comes until the end of a day.
struct Deferral {
  CivilDate until;  // within the time limits of the service
  Hash256 evidence;  // what was signed
};
BOOST_DESCRIBE_STRUCT(Deferral, (), (until, evidence))

inline constexpr std::size_t answers_max = 16;
using Answers = List<sharing::QuestionId, answers_max>;
inline constexpr std::size_t mandates_max = 8;
using Mandates = List<sharing::MandateId, mandates_max>;

// By a window clerk of the owner, or of another window that the service names, who has seen those who file.
struct FileArguments {
  ServiceCode service;
  property::Applicants applicants;  // both sides; of co-owners by shares two thirds may file for all
  property::Acts acts;
  Fen price;                        // 0 where nothing is sold
  Materials materials;              // each that the service asks for, once
  property::Consents consents;      // of mortgagees, co-owners, holders of advance notices
  property::Statements statements;  // "I know and bear it", where a rule asks for that
  std::optional<Deferral> deferral;  // of materials that are left out
  ShownCertificates shown;           // in place of materials, or for a check
  Answers answers;                   // for checks
  Mandates mandates;                 // of those for whom an agent files
};
BOOST_DESCRIBE_STRUCT(FileArguments, (),
                      (service, applicants, acts, price, materials, consents, statements, deferral, shown, answers,
                       mandates))

struct AcceptArguments {
  ApplicationId application;
};
BOOST_DESCRIBE_STRUCT(AcceptArguments, (), (application))

// What is missing, said once and for all of it: by a window clerk of the owner, before the application is accepted.
struct NotifyArguments {
  ApplicationId application;
  MaterialCodes missing;  // or not good enough
  PlainText<256> words;
};
BOOST_DESCRIBE_STRUCT(NotifyArguments, (), (application, missing, words))

// Materials that were deferred or that the notice asks for, and consents and statements that an open application needs
// since something was entered on its unit: by a window clerk of the owner, or of where it was filed.
struct SupplementArguments {
  ApplicationId application;
  property::Consents consents;
  property::Statements statements;
  Materials materials;
};
BOOST_DESCRIBE_STRUCT(SupplementArguments, (), (application, consents, statements, materials))

struct StopClockArguments {
  ApplicationId application;
  ClockReason reason = ClockReason::public_notice;
  CivilDate until;  // the last day on which it stands still
  Hash256 evidence;
};
BOOST_DESCRIBE_STRUCT(StopClockArguments, (), (application, reason, until, evidence))

struct ResumeClockArguments {
  ApplicationId application;
};
BOOST_DESCRIBE_STRUCT(ResumeClockArguments, (), (application))

struct ReviewArguments {
  ApplicationId application;
  StepCode step;
  Verdict verdict = Verdict::approve;
  certificate::ReasonCode reason;            // of a refusal, by the department's own list; 0: none
  property::ToldRules rules;                 // of a refusal: R01–R40 that are broken; a refusal has a reason or a rule
  Hash256 evidence;                          // digest of what the verdict rests on
  Assessments assessments;                   // approving an assessment: of the deed tax
};
BOOST_DESCRIBE_STRUCT(ReviewArguments, (), (application, step, verdict, reason, rules, evidence, assessments))

// By a party with its own key, or for the parties by a window clerk of the owner, or of where it was filed.
struct WithdrawArguments {
  ApplicationId application;
};
BOOST_DESCRIBE_STRUCT(WithdrawArguments, (), (application))

// A certificate that is issued with the entry. `supersedes` names the unit's title while one is in force.
struct Output {
  std::optional<UnitNumber> unit;  // absent where the service has no acts
  std::uint8_t act = 0;  // whose limit it proves, from 1; 0: it is the unit's title
  CertificateId id;
  certificate::HolderCommitment holder;
  certificate::ContentRoot content_root;
  List<certificate::FileDigest, certificate::files_max> files;
  std::optional<Timestamp> valid_from_ms;
  std::optional<Timestamp> valid_until_ms;
  std::optional<CertificateId> supersedes;
};
BOOST_DESCRIBE_STRUCT(Output, (),
                      (unit, act, id, holder, content_root, files, valid_from_ms, valid_until_ms, supersedes))
inline constexpr std::size_t outputs_max = property::filing_acts_max;

struct RegisterArguments {
  ApplicationId application;
  List<Output, outputs_max> certificates;
};
BOOST_DESCRIBE_STRUCT(RegisterArguments, (), (application, certificates))

// ---------------------------------------------------------------------------------------------------------------------
// Events

struct ServiceDefined {
  static constexpr std::string_view event_name = "service.defined";
  ServiceCode code;
};
BOOST_DESCRIBE_STRUCT(ServiceDefined, (), (code))

struct Filed {
  static constexpr std::string_view event_name = "service.filed";
  ServiceCode service;
  Fen price;
  Materials materials;
  MaterialCodes satisfied;
  MaterialCodes deferred;
  ShownCertificates shown;
};
BOOST_DESCRIBE_STRUCT(Filed, (), (service, price, materials, satisfied, deferred, shown))

// All checks held: nobody reviews it.
struct ApprovedInstantly {
  static constexpr std::string_view event_name = "service.approved_instantly";
  RulesVersion rules_version;
  CheckInputs inputs;
};
BOOST_DESCRIBE_STRUCT(ApprovedInstantly, (), (rules_version, inputs))

struct Notified {
  static constexpr std::string_view event_name = "service.notified";
  MaterialCodes missing;
  PlainText<256> words;
};
BOOST_DESCRIBE_STRUCT(Notified, (), (missing, words))

struct Accepted {
  static constexpr std::string_view event_name = "service.accepted";
  DepartmentId department;
  bool by_silence = false;
};
BOOST_DESCRIBE_STRUCT(Accepted, (), (department, by_silence))

struct Supplemented {
  static constexpr std::string_view event_name = "service.supplemented";
  property::Consents consents;
  property::Statements statements;
  Materials materials;
};
BOOST_DESCRIBE_STRUCT(Supplemented, (), (consents, statements, materials))

struct ClockStopped {
  static constexpr std::string_view event_name = "service.clock_stopped";
  ClockReason reason = ClockReason::public_notice;
  CivilDate until;
  std::uint16_t days_left = 0;
  Hash256 evidence;
};
BOOST_DESCRIBE_STRUCT(ClockStopped, (), (reason, until, days_left, evidence))

struct ClockResumed {
  static constexpr std::string_view event_name = "service.clock_resumed";
  std::uint16_t days_left = 0;
};
BOOST_DESCRIBE_STRUCT(ClockResumed, (), (days_left))

struct Reviewed {
  static constexpr std::string_view event_name = "service.reviewed";
  StepCode step;
  Verdict verdict = Verdict::approve;
  certificate::ReasonCode reason;
  property::ToldRules rules;
  Hash256 evidence;
  Assessments assessments;
};
BOOST_DESCRIBE_STRUCT(Reviewed, (), (step, verdict, reason, rules, evidence, assessments))

struct StageOverdue {
  static constexpr std::string_view event_name = "service.stage_overdue";
  std::uint8_t stage = 0;              // from 1
  List<StepCode, stage_steps_max> steps;  // that are waited for; the subjects name their departments
  std::uint8_t level = 1;              // 2: after as many days again; then the owner is named too, and no unit
};
BOOST_DESCRIBE_STRUCT(StageOverdue, (), (stage, steps, level))

// The application came to its end, with its certificates if it was registered.
struct Closed {
  static constexpr std::string_view event_name = "service.closed";
  Phase phase = Phase::registered;
  List<CertificateId, outputs_max> certificates;
};
BOOST_DESCRIBE_STRUCT(Closed, (), (phase, certificates))

const Module& module();

}  // namespace kanhe::contracts::service
