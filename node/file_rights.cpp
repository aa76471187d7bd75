#include "node/file_rights.h"

#include <algorithm>

namespace kanhe::node {
namespace {

namespace certificate = contracts::certificate;
namespace property = contracts::property;
namespace service = contracts::service;
namespace sharing = contracts::sharing;

using Departments = std::vector<DepartmentId>;

void add(Departments& departments, const DepartmentId& department) {
  if (std::ranges::find(departments, department) == departments.end()) departments.push_back(department);
}

Error not_named(std::string_view what, const Hash256& digest) {
  return fail(ErrorCode::unknown, what, " names no file ", digest.hex());
}

bool has_step(const service::Service& defined, const DepartmentId& department) {
  return std::ranges::any_of(defined.definition.stages, [&](const service::Stage& stage) {
    return std::ranges::any_of(stage.steps, [&](const service::Step& step) { return step.department == department; });
  });
}

// Where a file of the application lies: what was filed, at the window that took it in, and the owner's; what a review
// rests on, at its department. Nowhere: the application does not name it.
Departments holders_of(const service::Application& application, const service::Service& defined,
                       const Hash256& digest) {
  const auto is_it = [&digest](const auto& one) { return one.evidence == digest; };
  Departments holders;
  if (std::ranges::any_of(application.materials,
                          [&digest](const service::Material& one) { return one.file.digest == digest; }) ||
      std::ranges::any_of(application.consents, is_it) || std::ranges::any_of(application.statements, is_it)) {
    holders = {application.filed_in};
    add(holders, defined.owner);
  }
  for (const service::Review& review : application.reviews) {
    const auto at = review.evidence == digest ? service::find_step(defined.definition, review.step) : std::nullopt;
    if (at) add(holders, defined.definition.stages[at->stage].steps[at->step].department);
  }
  return holders;
}

Result<Departments> of_application(const StateReader& state, const QueryLine& asker, const Hash256& digest,
                                   const ApplicationId& id) {
  const auto application = service::applications.get(state, id);
  if (!application) return fail(ErrorCode::unknown, "application: there is no ", id.hex());
  const auto defined = service::services.get(state, application->service);
  CHECK(defined.has_value());
  // Who has no right to it learns nothing of it either: this comes before what the application names.
  if (asker.department == DepartmentId()) {
    if (std::ranges::find(application->applicants, asker.person) == application->applicants.end()) {
      return fail(ErrorCode::not_authorised, "application: the key is of none of its applicants");
    }
  } else {
    const bool keeps = asker.department == application->filed_in || asker.department == defined->owner;
    const bool closed = service::is_closed(application->phase);
    const bool takes_part = has_step(*defined, asker.department);
    if (!keeps && (closed || !takes_part)) {
      return fail(ErrorCode::not_authorised, "application: ", asker.department.str(),
                  takes_part ? " has no more to do with it: it is closed" : " has no step in its service");
    }
  }
  Departments holders = holders_of(*application, *defined, digest);
  if (holders.empty()) return not_named("application: it", digest);
  return holders;
}

// Whether the party may say who uses the certificate.
bool is_holder(const StateReader& state, const certificate::Certificate& issued, const CertificateId& id,
               const PartyId& party) {
  const auto application = issued.application ? service::applications.get(state, *issued.application) : std::nullopt;
  if (!application) return false;
  for (const UnitNumber& number : property::titled_units_of(application->acts)) {
    const auto unit = property::units.get(state, number);
    if (unit && unit->title == id) return property::is_holder(unit->holders, party);
  }
  return std::ranges::find(application->applicants, party) != application->applicants.end();
}

Result<void> check_consent(const StateReader& state, const certificate::Certificate& issued, const QueryLine& asker,
                           const CertificateMatter& matter) {
  if (!matter.consent) {
    return fail(ErrorCode::not_authorised, "consent: is missing; ", asker.department.str(),
                " has not issued the certificate");
  }
  const auto consent = sharing::consents.get(state, *matter.consent);
  if (!consent) return fail(ErrorCode::unknown, "consent: there is no ", matter.consent->hex());
  const auto refuse = [](const auto&... words) { return fail(ErrorCode::not_authorised, "consent: ", words...); };
  if (consent->grantee != sharing::Grantee(sharing::GranteeDepartment{asker.department})) {
    return refuse("is not given to ", asker.department.str());
  }
  if (!is_holder(state, issued, matter.id, consent->party)) return refuse("is not its holder's, as far as is recorded");
  if (consent->usable != sharing::Usable(sharing::UseOfCertificate{matter.id})) {
    return refuse("is not for this certificate");
  }
  if (consent->purpose_code != asker.purpose) {
    return refuse("is for the purpose ", consent->purpose_code.view(), ", not for ", asker.purpose.view());
  }
  if (consent->state != sharing::ConsentState::given) return refuse("was withdrawn");
  if (asker.time_ms >= consent->until_ms) return refuse("held until ", consent->until_ms.value());
  if (consent->uses == 0) return refuse("no use of it is recorded; record one first");
  return {};
}

Result<Departments> of_certificate(const StateReader& state, const QueryLine& asker, const Hash256& digest,
                                   const CertificateMatter& matter) {
  const auto key = certificate::certificate_key_of(matter.id);
  if (!key) return fail(ErrorCode::unknown, "certificate: the id names no issuer of this network");
  const auto issued = certificate::certificates.get(state, *key);
  if (!issued) return fail(ErrorCode::unknown, "certificate: there is no ", matter.id.view(), ", or it is of a batch");
  if (asker.department == DepartmentId()) {
    return fail(ErrorCode::not_authorised, "certificate: its files are for departments");
  }
  if (asker.department != issued->department) TRY(check_consent(state, *issued, asker, matter));
  const bool named = std::ranges::any_of(
      issued->files, [&digest](const certificate::FileDigest& one) { return one.digest == digest; });
  if (!named) return not_named("certificate: it", digest);
  return Departments{issued->department};
}

}  // namespace

Result<std::vector<DepartmentId>> require_file_right(const StateReader& state, const QueryLine& asker,
                                                     const Hash256& digest, const FileMatter& matter) {
  if (const auto* const application = std::get_if<ApplicationId>(&matter)) {
    return of_application(state, asker, digest, *application);
  }
  return of_certificate(state, asker, digest, std::get<CertificateMatter>(matter));
}

}  // namespace kanhe::node
