#include "contracts/service_filing.h"

#include "contracts/method.h"
#include "contracts/service_case.h"
#include "contracts/service_materials.h"
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
void check_acts(Context& context, const Definition& definition, const FileArguments& arguments) {
  const std::uint16_t field = field_number<FileArguments>("acts");
  if (arguments.acts.empty()) context.refuse(property::FilingCode::acts_missing, {.field = field});
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
    context.refuse(Code::price_missing, {.field = field_number<FileArguments>("price")});
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

}  // namespace

void file(Context& context, const FileArguments& arguments) {
  using A = FileArguments;
  const auto service = services.get(context.state(), arguments.service);
  if (!service) return context.refuse(Code::unknown_service, {.field = field_number<A>("service")});
  const ApplicationId id = application_of(context.transaction_id());
  if (applications.contains(context.state(), id)) context.refuse(Code::application_exists);
  context.require_role_in(service->owner, {Role::window_clerk});
  check_acts(context, service->definition, arguments);
  Case one{id, {}, *service};
  one.application.service = arguments.service;
  one.application.applicants = arguments.applicants;
  one.application.acts = arguments.acts;
  one.application.price = arguments.price;
  one.application.consents = arguments.consents;
  one.application.statements = arguments.statements;
  take_materials(context, one, arguments);
  const std::uint16_t acts = field_number<A>("acts");
  if (property::units_of(arguments.acts).size() > application_units_max) return;
  check_not_party(context, one.application);
  const std::vector<UnitNumber> held = property::held_units_of(arguments.acts);
  for (const UnitNumber& unit : held) check_not_held(context, unit, acts);
  for (const UnitNumber& unit : property::titled_units_of(arguments.acts)) check_title(context, unit, acts);
  try_acts(context, one,
           {.applicants = field_number<A>("applicants"),
            .unit = acts,
            .from = acts,
            .holders = acts,
            .act = acts,
            .consents = field_number<A>("consents"),
            .statements = field_number<A>("statements")});
  // What had ended before the application does not come to life by it.
  for (const UnitNumber& unit : held) property::settle(context, unit);
  if (context.refused()) return;

  one.application.filed_by = context.sender().person;
  one.application.filed_ms = context.now();
  begin_times(context, one);
  store(context, one);
  for (const UnitNumber& unit : held) property::hold_unit(context, unit, id);

  std::vector<Subject> subjects = all_subjects_of(one);
  const std::vector<PartyId> left = property::add_parties(subjects, parties_of(one.application));
  context.emit(Filed{arguments.service, arguments.price, arguments.materials, one.application.satisfied,
                     one.application.deferred},
               std::move(subjects));
  property::emit_affected(context, property::unit_of(arguments.acts[0]), left);
}

}  // namespace kanhe::contracts::service
