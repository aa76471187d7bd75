#include "contracts/service_registration.h"

#include "contracts/method.h"
#include "contracts/service_checks.h"
#include "contracts/service_materials.h"
#include "ledger/codec_impl.h"

namespace kanhe {

using namespace contracts::service;

template Bytes encode(const RegisterArguments&);

}  // namespace kanhe

namespace kanhe::contracts::service {
namespace {

// The title certificate that a new one must supersede: the one in force, also when it is suspended (then it stands in
// the way) or lost (then it is replaced). Nothing when there is none, or when a decision has ended it.
std::optional<CertificateId> title_in_force(const StateReader& state, const UnitNumber& number) {
  const auto unit = property::find_unit(state, number);
  if (!unit || !unit->title) return std::nullopt;
  const CertificateId newest = certificate::newest_edition(state, *unit->title);
  const auto holding = certificate::find_holding(state, newest);
  if (!holding || holding->own.replaced_by) return std::nullopt;
  const certificate::Standing standing = holding->standing();
  if (is_terminal(standing) && standing != certificate::Standing::lost_declared_void) return std::nullopt;
  return newest;
}

constexpr std::uint16_t certificates_field = field_number<RegisterArguments>("certificates");

void check_superseded(Context& context, const Output& output) {
  if (!output.unit) return;  // where no register says which, the module certificate decides
  const auto title = output.act == 0 ? title_in_force(context.state(), *output.unit) : std::nullopt;
  if (title == output.supersedes) return;
  std::optional<Subject> subject;
  if (title) subject = CertificateSubject{*title};
  context.refuse(Code::title_not_superseded, {.field = certificates_field, .subject = subject});
}

void check_outputs(Context& context, const RegisterArguments& arguments, const Case& one) {
  const Definition& definition = one.service.definition;
  std::vector<ExpectedOutput> missing = expected_outputs(definition, one.application.acts);
  for (std::size_t i = 0; i < arguments.certificates.size(); ++i) {
    const Output& output = arguments.certificates[i];
    if (std::erase(missing, ExpectedOutput{output.unit, output.act}) == 0) {
      context.refuse(Code::certificate_not_expected, {.field = certificates_field, .value = i + 1});
      continue;
    }
    const auto key = certificate::certificate_key_of(output.id);
    const auto& type = output.act == 0 ? definition.certificate_type : *definition.proof_type;
    if (key && key->type != type) {
      context.refuse(Code::certificate_of_other_type, {.field = certificates_field, .value = i + 1});
    }
    check_superseded(context, output);
  }
  for (const ExpectedOutput& one_missing : missing) {
    std::optional<Subject> subject;
    if (one_missing.unit) subject = UnitSubject{*one_missing.unit};
    context.refuse(Code::certificate_missing,
                   {.field = certificates_field, .value = one_missing.act, .subject = subject});
  }
}

}  // namespace

std::vector<ExpectedOutput> expected_outputs(const Definition& definition, const property::Acts& acts) {
  if (acts.empty()) return {{}};
  std::vector<ExpectedOutput> expected;
  for (const UnitNumber& unit : property::titled_units_of(acts)) expected.push_back({unit, 0});
  for (std::size_t i = 0; definition.proof_type && i < acts.size(); ++i) {
    const auto* entry = std::get_if<property::EnterLimit>(&acts[i]);
    if (entry == nullptr || !property::has_proof(entry->burden)) continue;
    expected.push_back({entry->unit, static_cast<std::uint8_t>(i + 1)});
  }
  return expected;
}

// Everything that can be refused is looked at; where something is, nothing of it stays.
void register_application(Context& context, const RegisterArguments& arguments) {
  auto one = require_case(context, arguments.application, field_number<RegisterArguments>("application"));
  if (!one) return;
  context.require_role_in(one->service.owner, {Role::registrar});
  check_impartial(context, one->application);
  if (!require_phase(context, one->application, Phase::billed)) return;
  treasury::require_settled(context, one->id);
  require_materials(context, *one, field_number<RegisterArguments>("application"));
  require_shown(context, *one, field_number<RegisterArguments>("application"));
  check_outputs(context, arguments, *one);
  property::FilingBasis basis{one->id};
  List<CertificateId, outputs_max> issued;
  for (const Output& output : arguments.certificates) {
    // Whoever checks a certificate of an application asks for its unit's title (V12); what else is issued is none.
    const bool is_title = output.unit && output.act == 0;
    const auto of_application = is_title ? std::optional(one->id) : std::nullopt;
    certificate::issue_for(context, one->service.owner,
                           {output.id, output.holder, output.content_root, output.files, output.valid_from_ms,
                            output.valid_until_ms, output.supersedes, of_application, {}},
                           certificates_field);
    if (is_title) {
      basis.titles.emplace(*output.unit, output.id);
    } else if (output.unit) {
      basis.proofs.emplace(output.act - 1u, output.id);
    }
    issued.push_back(output.id);
  }
  if (!one->application.acts.empty()) {
    property::enter_acts(context, filing_of(one->application), one->service.owner, basis, {});
  }
  if (context.refused()) return;
  note_part(context, *one);
  close(context, *one, Phase::registered, issued);
}

}  // namespace kanhe::contracts::service
