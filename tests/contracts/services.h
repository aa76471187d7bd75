// Services: the registrar of registrar.h with all services that ship, and applications that are carried on by whoever
// is asked.
#pragma once

#include "contracts/service_shipped.h"
#include "tests/contracts/registrar.h"

namespace kanhe::contracts::service {

inline const std::string proof_type = std::string(ContractNetwork::registry_code) + "023";
inline const UnitNumber new_house = text<UnitNumber>("440304003008GB00012F00230001");

struct Services : property::Registrar {
  Services() {
    const auto name = text<PlainText<96>>("proof");
    must(run(registry_admin, "certificate", "define_type",
             certificate::DefineTypeArguments{text<certificate::TypeCode>(proof_type), name, name}));
    for (const DefineArguments& one : shipped()) {
      if (one.code.view() != "house-sale") must(define(one));
    }
  }
  static std::vector<DefineArguments> shipped() {
    return shipped_services(
        {department("registry"), department("housing"), department("tax-office"), department("treasury")},
        {text<certificate::TypeCode>(title_type), text<certificate::TypeCode>(proof_type)});
  }
  static void must(const Receipt& receipt) { BOOST_REQUIRE_MESSAGE(succeeded(receipt), codes_of(receipt)); }

  FileArguments filing(std::string_view code, std::vector<property::Act> acts, std::vector<std::string> applicants,
                       std::uint64_t price = 0) const {
    FileArguments arguments;
    arguments.service = text<ServiceCode>(code);
    for (const std::string& one : applicants) arguments.applicants.push_back(party(one));
    for (property::Act& act : acts) arguments.acts.push_back(std::move(act));
    arguments.price = Fen(price);
    for (const DefineArguments& one : shipped()) {
      if (one.code.view() != code) continue;
      for (const MaterialRule& rule : one.definition.materials) arguments.materials.push_back(paper(rule.code.view()));
    }
    return arguments;
  }
  property::EnterLimit mortgage_of(std::string_view bank, const UnitNumber& unit = house) const {
    return entry(mortgage(bank), unit);
  }
  property::RegisterUnit building() const {
    property::RegisterUnit act;
    act.unit = new_house;
    act.holders = alone("developer");
    return act;
  }
  // From filing to the settled bill, by whoever is asked.
  void carry_on(const FileArguments& arguments, std::uint64_t tax = 0) {
    must(file(arguments));
    must(accept());
    const Definition definition = services.get(state(), arguments.service).value().definition;
    for (const Stage& stage : definition.stages) {
      for (const Step& step : stage.steps) {
        const bool assesses = step.kind == StepKind::assessment;
        const std::string officer = step.role == Role::tax_officer       ? "tess"
                                    : step.role == Role::housing_officer ? "hugo"
                                                                         : "rita";
        const auto assessed = assesses ? std::optional(treasury::Charge(tax)) : std::nullopt;
        must(review(officer, verdict(step.code.view(), assessed)));
      }
    }
    if (bill().state == treasury::BillState::open) {
      must(pay("P-" + std::to_string(++paid), bill().total.value()));
    }
  }
  static Output proof(std::uint8_t act, const std::string& serial, const UnitNumber& unit = house) {
    Output output = title(serial, {}, unit);
    output.act = act;
    output.id = title_id(serial, proof_type);
    return output;
  }
  certificate::Standing standing(const CertificateId& one) {
    return certificate::find_holding(state(), one).value().standing();
  }
  Receipt finish(List<Output, outputs_max> certificates) {
    return run("reg", "service", "register", RegisterArguments{id, std::move(certificates)});
  }

  int paid = 0;
};

}  // namespace kanhe::contracts::service
