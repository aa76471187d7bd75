#include "contracts/service_filing.h"

#include "contracts/method.h"
#include "contracts/service_checks.h"
#include "contracts/service_materials.h"
#include "contracts/service_progress.h"
#include "ledger/codec_impl.h"

namespace kanhe {

using namespace contracts::service;

template Bytes encode(const FileArguments&);
template Result<Filed> decode(ByteView);

}  // namespace kanhe

namespace kanhe::contracts::service {
namespace {

// Whether an act is about no limit, or about one of a kind that the service takes, as it stands now.
bool offers_limit(const StateReader& state, const Definition& definition, const property::Act& act) {
  std::optional<property::LimitKind> kind;
  if (const auto* entry = std::get_if<property::EnterLimit>(&act)) kind = property::kind_of(entry->burden);
  if (const auto* end = std::get_if<property::EndLimit>(&act)) {
    const auto limit = property::limits.get(state, {end->unit, end->number});
    if (limit) kind = property::kind_of(limit->burden);
  }
  const bool is_of_limit = std::holds_alternative<property::EnterLimit>(act) ||
                           std::holds_alternative<property::EndLimit>(act);
  const auto& offered = definition.limits;
  if (!is_of_limit || offered.empty()) return true;
  return kind && std::ranges::find(offered, *kind) != offered.end();
}

// What the service takes.
void check_acts(Context& context, const Definition& definition, const FileArguments& arguments,
                const FiledFields& fields) {
  const std::uint16_t field = fields.acts;
  if (arguments.acts.empty() && !definition.acts.empty()) {
    context.refuse(property::FilingCode::acts_missing, {.field = field});
  }
  bool is_sold = false;
  std::vector<UnitNumber> passed;  // by the holders' will
  for (std::size_t i = 0; i < arguments.acts.size(); ++i) {
    const property::Act& act = arguments.acts[i];
    if (std::ranges::find(definition.acts, kind_of(act)) == definition.acts.end()) {
      context.refuse(Code::act_not_offered, {.field = field, .value = i + 1});
    }
    if (!offers_limit(context.state(), definition, act)) {
      context.refuse(Code::cause_not_offered, {.field = field, .value = i + 1});
    }
    if (property::is_decided_elsewhere(act)) {
      context.refuse(Code::act_not_offered, {.field = field, .value = i + 1});
    }
    const auto* transfer = std::get_if<property::TransferRight>(&act);
    if (transfer == nullptr) continue;
    if (property::is_voluntary(transfer->cause)) {
      if (std::ranges::find(passed, transfer->unit) != passed.end()) {
        context.refuse(Code::sold_twice, {.field = field, .subject = UnitSubject{transfer->unit}});
      }
      passed.push_back(transfer->unit);
    }
    is_sold |= transfer->cause == property::Cause::sale || transfer->cause == property::Cause::exchange;
    const auto& causes = definition.causes;
    if (causes.empty() || std::ranges::find(causes, transfer->cause) != causes.end()) continue;
    context.refuse(Code::cause_not_offered, {.field = field, .value = i + 1});
  }
  const std::size_t units = property::units_of(arguments.acts).size();
  if (units > application_units_max) {
    context.refuse(Code::units_too_many, {.field = field, .limit = application_units_max, .value = units});
  }
  const std::size_t outputs = expected_outputs(definition, arguments.acts).size();
  if (outputs > outputs_max) {
    context.refuse(Code::certificates_too_many, {.field = field, .limit = outputs_max, .value = outputs});
  }
  if (is_sold && arguments.price == Fen(0)) {
    context.refuse(Code::price_missing, {.field = fields.price});
  }
}

// Whether the register would take the acts now, one after the other.
void try_acts(Context& context, const Case& one, const property::FilingFields& fields) {
  const property::Filing filing = filing_of(one.application);
  context.try_out([&](Context& inner) {
    property::check_filing_form(inner, filing, fields);
    property::enter_acts(inner, filing, one.service.owner, {one.id}, fields);
    // To these the registration adds the certificates, what they replace, and the end of the application.
    const std::size_t certificates = expected_outputs(one.service.definition, filing.acts).size();
    const std::size_t events = inner.events().size() + 2 * certificates + 1;
    if (events > transaction_events_max) {
      inner.refuse(contracts::Code::too_many_events, {.field = fields.act, .limit = transaction_events_max});
    }
  });
}

// R39: whatever the act is, it waits for the application before.
void check_not_held(Context& context, const UnitNumber& unit, std::uint16_t field) {
  const auto hold = property::holds.get(context.state(), unit);
  if (!hold) return;
  context.refuse(property::Code::unit_held,
                 {.rule = 39, .field = field, .subject = ApplicationSubject{hold->application}});
}

// A suspended title cannot be superseded at the end.
void check_title(Context& context, const UnitNumber& number, std::uint16_t field) {
  const auto unit = property::find_unit(context.state(), number);
  if (!unit || !property::is_title_suspended(context.state(), *unit)) return;
  context.refuse(property::UnitCode::title_suspended, {.field = field, .subject = CertificateSubject{*unit->title}});
}

// A mandate names services by their codes.
sharing::MandateScope mandate_scope(const ServiceCode& code) {
  auto scope = sharing::MandateScope::from(code.view());
  CHECK(scope.has_value());  // both are slugs
  return std::move(scope).value();
}

// Who files what enters nothing in a register: the register's rules look at nobody then.
void check_applicants(Context& context, const property::Applicants& applicants, std::uint16_t field) {
  if (applicants.empty()) context.refuse(CaseCode::applicants_missing, {.field = field});
  if (applicants.size() > applicants_without_acts_max) {
    context.refuse(CaseCode::applicants_too_many,
                   {.field = field, .limit = applicants_without_acts_max, .value = applicants.size()});
  }
  for (std::size_t i = 0; i < applicants.size(); ++i) {
    if (applicants[i].is_zero()) {
      context.refuse(property::FilingCode::party_missing, {.field = field, .value = i + 1});
    }
    const auto here = applicants.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(applicants.begin(), here, applicants[i]) == here) continue;
    context.refuse(property::FilingCode::applicant_repeated, {.field = field, .value = i + 1});
  }
}

// What the register says to the acts.
void check_register(Context& context, const Case& one, const FiledFields& fields) {
  const property::Acts& acts = one.application.acts;
  for (const UnitNumber& unit : property::held_units_of(acts)) check_not_held(context, unit, fields.acts);
  for (const UnitNumber& unit : property::titled_units_of(acts)) check_title(context, unit, fields.acts);
  try_acts(context, one,
           {.applicants = fields.applicants,
            .unit = fields.acts,
            .from = fields.acts,
            .holders = fields.acts,
            .act = fields.acts,
            .consents = fields.consents,
            .statements = fields.statements});
  // What had ended before the application does not come to life by it.
  for (const UnitNumber& unit : property::held_units_of(acts)) property::settle(context, unit);
}

}  // namespace

Case prepare_filing(Context& context, const ApplicationId& id, const Service& service, const FileArguments& arguments,
                    const FiledFields& fields) {
  if (applications.contains(context.state(), id)) context.refuse(Code::application_exists);
  check_acts(context, service.definition, arguments, fields);
  Case one{id, {}, service};
  Application& application = one.application;
  application.service = arguments.service;
  application.applicants = arguments.applicants;
  application.acts = arguments.acts;
  application.price = arguments.price;
  application.consents = arguments.consents;
  application.statements = arguments.statements;
  application.shown = arguments.shown;
  application.filed_by = context.sender().person;
  application.filed_ms = context.now();
  application.filed_in = context.sender().department;
  application.agent = sharing::agent_by(context, arguments.mandates, arguments.applicants,
                                        mandate_scope(arguments.service), fields.mandates);
  check_shown(context, one, fields.shown);
  check_answers(context, one, arguments.answers, fields.answers);
  take_materials(context, one, arguments, fields);
  if (property::units_of(arguments.acts).size() > application_units_max) return one;
  check_not_party(context, application);
  if (arguments.acts.empty()) {
    check_applicants(context, arguments.applicants, fields.applicants);
  } else {
    check_register(context, one, fields);
  }
  application.instant = decide_instantly(context, one, arguments.answers);
  return one;
}

void enter_filing(Context& context, Case& one, const Mandates& mandates) {
  const Application& application = one.application;
  if (!application.instant) begin_times(context, one);
  store(context, one);
  for (const UnitNumber& unit : property::held_units_of(application.acts)) property::hold_unit(context, unit, one.id);

  std::vector<Subject> subjects = all_subjects_of(one);
  if (application.agent) subjects.push_back(PartySubject{*application.agent});
  const std::vector<PartyId> left = property::add_parties(subjects, parties_of(application));
  context.emit(Filed{application.service, application.price, application.materials, application.satisfied,
                     application.deferred, application.shown},
               std::move(subjects));
  if (!application.acts.empty()) {
    property::emit_affected(context, property::unit_of(application.acts[0]), left);
  }
  sharing::use_mandates(context, mandates, mandate_scope(application.service));
  if (application.instant) approve_instantly(context, one);
}

void file(Context& context, const FileArguments& arguments) {
  using A = FileArguments;
  const auto service = services.get(context.state(), arguments.service);
  if (!service) return context.refuse(Code::unknown_service, {.field = field_number<A>("service")});
  require_window(context, *service);
  constexpr FiledFields fields{.applicants = field_number<A>("applicants"),
                               .acts = field_number<A>("acts"),
                               .price = field_number<A>("price"),
                               .materials = field_number<A>("materials"),
                               .consents = field_number<A>("consents"),
                               .statements = field_number<A>("statements"),
                               .deferral = field_number<A>("deferral"),
                               .shown = field_number<A>("shown"),
                               .answers = field_number<A>("answers"),
                               .mandates = field_number<A>("mandates")};
  Case one = prepare_filing(context, application_of(context.transaction_id()), *service, arguments, fields);
  if (!context.refused()) enter_filing(context, one, arguments.mandates);
}

}  // namespace kanhe::contracts::service
