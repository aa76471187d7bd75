// Counter: a network of four departments in which houses are sold, for the tests of property, service and treasury.
//
// Registry: clara and carl at the window, rita reviews, reg registers, ida imports. Housing: hugo. Tax office: tess.
// Treasury: theo. Parties: "seller" and "buyer" with keys of their own. The house stands in the register, imported.
#pragma once

#include <boost/test/unit_test.hpp>

#include "contracts/motion.h"
#include "contracts/sentences.h"
#include "contracts/service_shipped.h"
#include "tests/support/contract_network.h"

namespace kanhe::contracts::service {

using HostCode = contracts::Code;
using PropertyCode = property::Code;
using TreasuryCode = treasury::Code;

inline const std::string registry_admin = ContractNetwork::administrator("registry");
inline const std::string title_type = std::string(ContractNetwork::registry_code) + "022";

template <class T>
T text(std::string_view value) {
  return T::from(value).value();
}
inline PartyId party(std::string_view name) { return ContractNetwork::person(name); }
inline Hash256 digest(std::string_view content) { return sha256(as_bytes(content)); }

inline const UnitNumber house = text<UnitNumber>("440304003008GB00012F00220045");
inline const UnitNumber other_house = text<UnitNumber>("440304003008GB00012F00220046");

inline CertificateId title_id(const std::string& serial, const std::string& type = title_type) {
  return make_certificate_id({type, std::string(ContractNetwork::registry_code), serial, 1});
}

inline property::Share share(std::uint32_t numerator, std::uint32_t denominator) {
  return {property::ShareTerm(numerator), property::ShareTerm(denominator)};
}

struct Counter : ContractNetwork {
  Counter() : ContractNetwork(make_genesis()) {
    enrol("clara", "registry", {Role::window_clerk});
    enrol("carl", "registry", {Role::window_clerk});
    enrol("rita", "registry", {Role::reviewer});
    enrol("reg", "registry", {Role::registrar});
    enrol("ida", "registry", {Role::importer});
    enrol("hugo", "housing", {Role::housing_officer});
    enrol("tess", "tax-office", {Role::tax_officer});
    enrol("theo", "treasury", {Role::treasury_officer});
    for (const auto* name : {"seller", "buyer", "stranger"}) {
      BOOST_REQUIRE(succeeded(run("clara", "governance", "register_party_key",
                                  governance::RegisterPartyKeyArguments{key(name), party(name)})));
    }
    const auto name = text<PlainText<96>>("title");
    BOOST_REQUIRE(
        succeeded(run(registry_admin, "certificate", "define_type",
                      certificate::DefineTypeArguments{text<certificate::TypeCode>(title_type), name, name})));
    BOOST_REQUIRE(succeeded(found("440304")));
    const std::string owners[] = {registry_admin, administrator("tax-office")};
    for (std::size_t i = 0; i < 2; ++i) {
      BOOST_REQUIRE(succeeded(run(owners[i], "treasury", "set_tariff", treasury::shipped_tariffs().at(i))));
    }
    BOOST_REQUIRE(succeeded(define(sale_definition())));
    BOOST_REQUIRE(succeeded(import("row 1", house, {{party("seller"), {}}})));
    BOOST_REQUIRE(succeeded(import("row 2", other_house, {{party("seller"), {}}})));
  }

  static Genesis make_genesis() {
    Genesis genesis = ContractNetwork::make_genesis();
    genesis.import_open = true;
    for (const auto* id : {"housing", "treasury"}) {
      GenesisDepartment entry;
      entry.id = department(id);
      entry.name_zh = entry.name_en = text<PlainText<96>>(id);
      entry.administrator = key(administrator(id));
      entry.administrator_person = person(administrator(id));
      genesis.departments.push_back(entry);
    }
    std::ranges::sort(genesis.departments, {}, &GenesisDepartment::id);
    return genesis;
  }

  static DefineArguments sale_definition() {
    return house_sale({department("registry"), department("housing"), department("tax-office"), department("treasury")},
                      text<certificate::TypeCode>(title_type));
  }
  Receipt define(const DefineArguments& arguments) { return run(registry_admin, "service", "define", arguments); }
  Receipt found(std::string_view region, const std::string& sender = registry_admin) {
    return run(sender, "property", "found_register",
               property::FoundRegisterArguments{text<property::Region>(region)});
  }

  // The registry is the only validator, so that its ballot carries a motion.
  void carry(const membership::Action& action) {
    const motion::PutArguments arguments{action, text<PlainText<256>>("examined"), now() + motion::open_min_ms};
    const Receipt put = run(registry_admin, "motion", "put", arguments);
    BOOST_REQUIRE(succeeded(put));
    const MotionNumber number = decode<motion::PutResult>(put.return_value).value().motion;
    BOOST_REQUIRE(succeeded(run(registry_admin, "motion", "cast",
                                motion::CastArguments{number, motion::Choice::in_favour})));
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Property

  static property::ImportEntryArguments row(std::string_view key, const UnitNumber& unit, property::Holders holders,
                                            std::uint64_t effective = 1'000) {
    property::ImportEntryArguments arguments;
    arguments.row = text<property::RowKey>(key);
    arguments.unit = unit;
    arguments.holders = std::move(holders);
    arguments.effective_ms = Timestamp(effective);
    return arguments;
  }
  Receipt import(const property::ImportEntryArguments& arguments, const std::string& sender = "ida") {
    return run(sender, "property", "import_entry", arguments);
  }
  Receipt import(std::string_view key, const UnitNumber& unit, property::Holders holders,
                 std::uint64_t effective = 1'000) {
    return import(row(key, unit, std::move(holders), effective));
  }
  static property::RegisterUnit first(const UnitNumber& unit, property::Holders holders) {
    property::RegisterUnit act;
    act.unit = unit;
    act.holders = std::move(holders);
    act.effective_ms = Timestamp(2'000);
    return act;
  }
  Receipt register_first(const property::RegisterUnit& act, const std::string& sender = "reg") {
    property::Filing filing;
    filing.acts.push_back(act);
    if (!act.holders.empty()) filing.applicants.push_back(act.holders[0].party);
    filing.evidence = digest("completion record");
    return run(sender, "property", "enter", filing);
  }
  property::Unit unit(const UnitNumber& number = house) { return property::find_unit(state(), number).value(); }

  // -------------------------------------------------------------------------------------------------------------------
  // Applications

  // A sale as people speak of it.
  struct Sale {
    ServiceCode service;
    UnitNumber unit;
    property::Parties sellers;
    property::Holders buyers;
    Fen price;
    Materials materials;
    property::Consents consents;
    property::Statements statements;
  };
  static Material paper(std::string_view code) {
    return {text<MaterialCode>(code),
            {text<certificate::MediaType>("application/pdf"), certificate::DigestAlgorithm::sha256, digest(code)}};
  }
  static Sale sale(const UnitNumber& unit = house) {
    Sale one;
    one.service = text<ServiceCode>("house-sale");
    one.unit = unit;
    one.sellers = {party("seller")};
    one.buyers = {{party("buyer"), {}}};
    one.price = Fen(300'000'000);
    for (const auto* code : {"application-form", "identity", "sale-contract"}) one.materials.push_back(paper(code));
    return one;
  }
  // Sellers file together with those who gain by it; where two thirds sell for all, the right passes from all.
  FileArguments filing_of(const Sale& one) {
    FileArguments arguments;
    arguments.service = one.service;
    arguments.price = one.price;
    arguments.materials = one.materials;
    arguments.consents = one.consents;
    arguments.statements = one.statements;
    property::TransferRight transfer;
    transfer.unit = one.unit;
    transfer.from = one.sellers;
    transfer.holders = one.buyers;
    const auto record = property::find_unit(state(), one.unit);
    const property::Holders before = record ? record->holders : property::Holders{};
    for (const property::Holder& holder : before) {
      const bool takes_part =
          property::contains(one.sellers, holder.party) || property::is_holder(one.buyers, holder.party);
      if (!takes_part && !transfer.from.full()) transfer.from.push_back(holder.party);
    }
    for (const PartyId& seller : one.sellers) arguments.applicants.push_back(seller);
    for (const property::Holder& buyer : one.buyers) {
      if (property::contains(one.sellers, buyer.party)) continue;
      if (property::gains(before, buyer)) arguments.applicants.push_back(buyer.party);
    }
    arguments.acts.push_back(std::move(transfer));
    return arguments;
  }
  Receipt file(const FileArguments& arguments, const std::string& sender = "clara") {
    const Receipt receipt = run(sender, "service", "file", arguments);
    if (succeeded(receipt)) id = application_of(receipt.transaction_id);
    return receipt;
  }
  Receipt file(const Sale& one, const std::string& sender = "clara") { return file(filing_of(one), sender); }
  Receipt accept(const std::string& sender = "carl") {
    return run(sender, "service", "accept", AcceptArguments{id});
  }
  CivilDate today() const { return date_of(day_of(now())); }
  // An assessment that comes to so much, by the shipped tariff; exempt for nothing.
  treasury::Assessment assessment(treasury::Charge amount, std::uint8_t act = 1) const {
    treasury::Assessment one;
    one.act = act;
    one.tariff = treasury::TariffVersion(2);
    one.contract_day = today();
    one.base = treasury::TaxBase(amount.value() * 100);
    one.home = treasury::Home::only;
    one.area = treasury::Area(8'900);
    one.amount = amount;
    if (amount == treasury::Charge(0)) {
      one.exemption = text<treasury::ExemptionCode>("between-spouses");
    } else {
      one.rate = treasury::TaxRate(100);
    }
    return one;
  }
  // Each transfer of the application; before it is filed its first act is taken for the only one.
  service::Assessments assessments(treasury::Charge amount) {
    service::Assessments all;
    const auto one = applications.get(state(), id);
    for (std::size_t i = 0; one && i < one->acts.size(); ++i) {
      if (kind_of(one->acts[i]) != ActKind::transfer) continue;
      all.push_back(assessment(amount, static_cast<std::uint8_t>(i + 1)));
    }
    if (!one) all.push_back(assessment(amount));
    return all;
  }
  ReviewArguments verdict(std::string_view step, std::optional<treasury::Charge> assessed = {}) {
    ReviewArguments arguments;
    arguments.application = id;
    arguments.step = text<StepCode>(step);
    arguments.evidence = digest(step);
    if (assessed) arguments.assessments = assessments(*assessed);
    return arguments;
  }
  ReviewArguments refusal(std::string_view step) {
    ReviewArguments arguments = verdict(step);
    arguments.verdict = Verdict::refuse;
    arguments.reason = certificate::ReasonCode(7);
    return arguments;
  }
  Receipt review(const std::string& sender, const ReviewArguments& arguments) {
    return run(sender, "service", "review", arguments);
  }
  Receipt housing(const std::string& sender = "hugo") { return review(sender, verdict("housing")); }
  Receipt tax(const std::string& sender = "tess", std::uint64_t fen = 3'000'000) {
    return review(sender, verdict("tax", treasury::Charge(fen)));
  }
  Receipt registry(const std::string& sender = "rita") { return review(sender, verdict("registry")); }
  // By the first party of the bill, today.
  treasury::PayArguments payment(std::string_view reference = "P-1", std::uint64_t amount = 3'008'000) {
    const auto one = treasury::bills.get(state(), id);
    const PartyId payer = one && !one->parties.empty() ? one->parties[0] : party("seller");
    return {id, text<treasury::PaymentReference>(reference), payer, treasury::Charge(amount), today()};
  }
  Receipt pay(std::string_view reference = "P-1", std::uint64_t amount = 3'008'000,
              const std::string& sender = "theo") {
    return run(sender, "treasury", "pay", payment(reference, amount));
  }
  // Of the newest payment, all that is due back.
  treasury::RefundArguments repayment(std::string_view reference = "R-1") {
    const auto one = treasury::bills.get(state(), id);
    const bool paid = one && !one->payments.empty();
    const Fen due = one ? treasury::due_back_of(*one) : Fen(0);
    return {id, text<treasury::PaymentReference>(reference),
            paid ? one->payments[one->payments.size() - 1].reference : text<treasury::PaymentReference>("P-1"),
            treasury::Charge(std::max<std::uint64_t>(due.value(), 1))};
  }
  Receipt refund(std::string_view reference = "R-1", const std::string& sender = "theo") {
    return run(sender, "treasury", "refund", repayment(reference));
  }
  Receipt withdraw(const std::string& sender = "clara") {
    return run(sender, "service", "withdraw", WithdrawArguments{id});
  }
  static Output title(const std::string& serial = "1", std::optional<CertificateId> supersedes = {},
                      const UnitNumber& unit = house) {
    Output output;
    output.unit = unit;
    output.id = title_id(serial);
    output.holder = certificate::HolderCommitment(digest("holder"));
    output.content_root = certificate::ContentRoot(digest("content"));
    output.supersedes = std::move(supersedes);
    return output;
  }
  RegisterArguments registration(const std::string& serial = "1", std::optional<CertificateId> supersedes = {}) {
    const auto one = applications.get(state(), id);
    return {id, {title(serial, std::move(supersedes), one ? property::unit_of(one->acts[0]) : house)}};
  }
  Receipt register_title(const RegisterArguments& arguments, const std::string& sender = "reg") {
    return run(sender, "service", "register", arguments);
  }
  Receipt register_title() { return register_title(registration()); }

  Application application() { return applications.get(state(), id).value(); }
  treasury::Bill bill() { return treasury::bills.get(state(), id).value(); }
  bool is_held(const UnitNumber& number = house) { return property::holds.contains(state(), number); }

  // Files and carries an application on until it is billed.
  void sell_until_billed(const Sale& one = sale()) {
    BOOST_REQUIRE(succeeded(file(one)));
    BOOST_REQUIRE(succeeded(accept()));
    BOOST_REQUIRE(succeeded(housing()));
    BOOST_REQUIRE(succeeded(tax()));
    BOOST_REQUIRE(succeeded(registry()));
  }

  // The application that the calls above are about: the one filed last.
  ApplicationId id;
};

// Names of a receipt's events, in order.
inline std::vector<std::string> events_of(const Receipt& receipt) {
  std::vector<std::string> names;
  for (const Event& event : receipt.events) names.push_back(event.name.str());
  return names;
}

inline bool has_subject(const Event& event, const Subject& subject) {
  return std::ranges::find(event.subjects, subject) != event.subjects.end();
}

// The finding with a code. Requires: there is one.
template <CodeEnum C>
Finding finding_of(const Receipt& receipt, C code) {
  for (const Finding& finding : findings_of(receipt)) {
    if (finding.code == static_cast<std::uint16_t>(code)) return finding;
  }
  BOOST_FAIL("no finding " << enum_name(code));
  return {};
}

// Names of the codes of a receipt, sorted: for messages and tables.
inline std::string codes_of(const Receipt& receipt) {
  if (succeeded(receipt)) return "ok";
  std::vector<std::string> names;
  for (const Finding& finding : findings_of(receipt)) names.push_back(explain(finding).name);
  std::ranges::sort(names);
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : " ") + name;
  return all;
}

}  // namespace kanhe::contracts::service
