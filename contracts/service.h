// service: how an application goes from filing to the issued certificates, as data.
//
// A service is a definition: the acts that may be filed (property_acts.h), the materials that are asked for, of which
// some may come later or are on the ledger already (service_materials.h), stages of review with their time limits
// (service_progress.h), fees, and the types of the certificates at the end. An application holds one act or several: a
// sale, a mortgage, a sale with the mortgage in place, an inheritance and the sale of what was inherited. The steps of
// one stage run in parallel, in several departments; the next stage opens when all have approved, or as many as it
// needs; what can no longer come together is refused. A new service is a new definition, not new code.
//
//     file → accept → review, stage by stage → (bill) → pay → register
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
// registrars register, in the registers that it keeps. It never changes: another form gets another code.
//
// Tables: 0x0501 services, 0x0502 applications. Due handlers: 0x0501 stage overdue, 0x0502 application stopped, 0x0503
// deferral over, 0x0504 silent acceptance, 0x0505 clock stop over, 0x0506 supplement overdue.
// Thread: one. Errors: service::Code and CaseCode, below; those of property, treasury and certificate where their rules
// say no.
#pragma once

#include "contracts/certificate.h"
#include "contracts/property.h"
#include "contracts/sharing.h"
#include "contracts/treasury.h"

namespace kanhe::contracts::service {

enum class Code : std::uint16_t {
  unknown_service = 600,        // field
  service_exists = 601,         // field; subject: the department that owns it
  name_missing = 602,           // field
  stages_missing = 603,         // field
  steps_missing = 604,          // field; value: the stage, from 1
  step_repeated = 605,          // field; value: the stage, from 1
  step_role_not_allowed = 606,  // field; limit: bits of the roles that may review, value: the role
  assessment_missing = 607,     // R27, field; a transfer needs a step that assesses the deed tax
  material_repeated = 608,      // field; value: position in the list, from 1
  material_missing = 609,       // field; value: position in the service's list, from 1
  material_unknown = 610,       // field; value: position in the list given, from 1
  price_missing = 611,          // field; what is sold or exchanged has a price
  application_exists = 612,     // the transaction has been recorded before
  unknown_application = 613,    // field
  wrong_phase = 614,            // limit: the phase needed, value: the phase that the application is in
  unknown_step = 615,           // field
  step_not_open = 616,          // field; limit: the stage that is open, value: the step's stage, from 1
  step_done = 617,              // field
  own_case = 618,               // the sender's person is a party of the application
  acted_before = 619,           // the sender's person has acted on it: value 1 filed, 2 accepted, 3 reviewed, 4 else
  reason_missing = 620,         // field; a refusal gives a reason
  evidence_missing = 621,       // field; all zero
  assessment_needed = 622,      // field; value: the transfer that was not assessed, from 1
  assessment_not_asked = 623,   // field; value: the act, from 1: no transfer, assessed before, or not by this step
  not_a_party = 624,            // only a party of the application or a clerk withdraws it
  certificate_of_other_type = 625,  // field; the service issues another type
  title_not_superseded = 626,   // field; subject: the certificate in force, which the new one must supersede
  supplements_full = 627,       // field; limit: consents or statements of one application
  time_limit_too_long = 628,    // field; limit: working days, value: the stage, from 1
  act_not_offered = 629,        // field; the service takes no such act; value: the act, from 1
  cause_not_offered = 630,      // field; the service takes no such cause, or limit; value: the act, from 1
  acts_repeated = 631,          // field; value: the number of the kind of act
  units_too_many = 632,         // field; limit: units of one application, value
  certificate_missing = 633,    // field; subject: the unit, value: the act whose limit has none, 0: the title
  certificate_not_expected = 634,  // field; value: the certificate, from 1
  assessment_without_transfer = 635,  // field; deed tax is of transfers
  material_forbidden = 636,     // R38, field; value: position in the list, from 1
  unknown_rule = 637,           // field; value: the rule
  rules_not_asked = 638,        // field; an approval finds no rule broken
  sold_twice = 639,             // field; subject: the unit; its right passes by the holders' will once
  certificates_too_many = 640,  // field; limit: of one application, value
  assessor_not_tax = 641,       // field; value: the stage, from 1
  assessment_repeated = 642,    // field; value: the stage, from 1; one step assesses
};
BOOST_DESCRIBE_ENUM(Code, unknown_service, service_exists, name_missing, stages_missing, steps_missing, step_repeated,
                    step_role_not_allowed, assessment_missing, material_repeated, material_missing, material_unknown,
                    price_missing, application_exists, unknown_application, wrong_phase, unknown_step, step_not_open,
                    step_done, own_case, acted_before, reason_missing, evidence_missing, assessment_needed,
                    assessment_not_asked, not_a_party, certificate_of_other_type, title_not_superseded,
                    supplements_full, time_limit_too_long, act_not_offered, cause_not_offered, acts_repeated,
                    units_too_many, certificate_missing, certificate_not_expected, assessment_without_transfer,
                    material_forbidden, unknown_rule, rules_not_asked, sold_twice, certificates_too_many,
                    assessor_not_tax, assessment_repeated)

// Of materials and time limits.
enum class CaseCode : std::uint16_t {
  material_outstanding = 643,   // value: position in the service's list, from 1
  deferral_missing = 644,       // field; what is left out is promised for a day
  deferral_not_needed = 645,    // field; nothing is left out that may be
  deferral_day = 646,           // field; limit: the last day that may be promised, value: the day; days since 1970
  material_not_asked = 647,     // field; value: position in the list given, from 1
  noticed_before = 648,         // value: when; what is missing is said once
  nothing_missing = 649,        // field
  clock_stopped = 650,          // value: since when
  clock_runs = 651,             // it has not been stopped
  no_time_limit = 652,          // the open stage has none, or it is over
  needed_too_many = 653,        // field; limit: steps of the stage, value: needed
  assessment_optional = 654,    // field; value: the stage, from 1; deed tax is always assessed
  item_source_unknown = 655,    // field; value: position in the list, from 1
  material_not_missing = 656,   // field; value: position in the list, from 1; it is held, or promised for later
  clock_day = 657,              // field; limit: the last day to which it may stand still, value; days since 1970
  clock_stops_full = 658,       // limit: stops of one stage
  others_full = 659,            // limit: people who dealt with one application
};
BOOST_DESCRIBE_ENUM(CaseCode, material_outstanding, deferral_missing, deferral_not_needed, deferral_day,
                    material_not_asked, noticed_before, nothing_missing, clock_stopped, clock_runs, no_time_limit,
                    needed_too_many, assessment_optional, item_source_unknown, material_not_missing, clock_day,
                    clock_stops_full, others_full)

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
  bool deferrable = false;                // may come later, against a promise
  std::optional<sharing::ItemCode> item;  // not asked for where its source holds it of all who file
};
BOOST_DESCRIBE_STRUCT(MaterialRule, (), (code, deferrable, item))

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
  List<ActKind, act_kinds_max> acts;
  List<property::Cause, causes_max> causes;          // of transfers; empty: any
  List<property::LimitKind, limit_kinds_max> limits;  // that are entered or ended; empty: any
  certificate::TypeCode certificate_type;            // of titles
  std::optional<certificate::TypeCode> proof_type;   // of the proofs of limits; absent: none are issued
  DepartmentId treasury;              // records the payment
  std::optional<treasury::TariffCode> fee_tariff;  // of the fee for each unit; absent: it is free
  FeeShare fee_share = FeeShare::whole;
  std::optional<treasury::TariffCode> deed_tax_tariff;  // by which transfers are assessed; absent: there are none
  List<MaterialRule, materials_max> materials;
  List<Stage, stages_max> stages;
};
BOOST_DESCRIBE_STRUCT(Definition, (),
                      (name_zh, name_en, acts, causes, limits, certificate_type, proof_type, treasury, fee_tariff,
                       fee_share, deed_tax_tariff, materials, stages))

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
};
BOOST_DESCRIBE_STRUCT(Application, (),
                      (version, service, applicants, acts, price, materials, phase, stage, filed_by, filed_ms,
                       accepted_by, accepted_ms, reviews, due, closed_ms, consents, statements, satisfied, deferred,
                       deferral, notice, clock, overdue, clock_stops, others, stoppers))

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

// By a window clerk of the owner, who has seen those who file.
struct FileArguments {
  ServiceCode service;
  property::Applicants applicants;  // both sides; of co-owners by shares two thirds may file for all
  property::Acts acts;
  Fen price;                        // 0 where nothing is sold
  Materials materials;              // each that the service asks for, once
  property::Consents consents;      // of mortgagees, co-owners, holders of advance notices
  property::Statements statements;  // "I know and bear it", where a rule asks for that
  std::optional<Deferral> deferral;  // of materials that are left out
};
BOOST_DESCRIBE_STRUCT(FileArguments, (), (service, applicants, acts, price, materials, consents, statements, deferral))

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
// since something was entered on its unit: by a window clerk of the owner.
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

// By a party with its own key, or for the parties by a window clerk of the owner.
struct WithdrawArguments {
  ApplicationId application;
};
BOOST_DESCRIBE_STRUCT(WithdrawArguments, (), (application))

// A certificate that is issued with the entry. `supersedes` names the unit's title while one is in force.
struct Output {
  UnitNumber unit;
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
};
BOOST_DESCRIBE_STRUCT(Filed, (), (service, price, materials, satisfied, deferred))

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
