// Questions about materials: by name, from the definition; what is held is not asked for, what may wait is promised,
// a certificate stands in; of a package each once; a supplement and a notice about what is open.
#include "cli/material_questions.h"

#include <boost/test/unit_test.hpp>
#include <deque>
#include <fstream>

#include "cli/fields.h"
#include "contracts/host.h"
#include "contracts/service_shipped.h"
#include "ledger/hash.h"
#include "tests/support/temporary_directory.h"

namespace {

using namespace kanhe;
using namespace kanhe::cli;
namespace service = contracts::service;
namespace certificate = contracts::certificate;
namespace sharing = contracts::sharing;
using Options = std::vector<FieldOption>;

const std::string type = "11440300MB2D00001W022";
const std::string somebody(64, '5');

template <class T>
T text(std::string_view value) {
  return T::from(value).value();
}

bool holds(const std::string& whole, const std::string& part) { return whole.find(part) != std::string::npos; }

class Script : public Dialogue {
 public:
  explicit Script(std::deque<std::string> answers) : answers_(std::move(answers)) {}
  std::optional<std::string> ask(std::string_view prompt) override {
    said += std::string(prompt) + "\n";
    if (answers_.empty()) return std::nullopt;
    std::string answer = answers_.front();
    answers_.pop_front();
    return answer;
  }
  void say(std::string_view line) override { said += std::string(line) + "\n"; }
  std::size_t left() const { return answers_.size(); }

  std::string said;

 private:
  std::deque<std::string> answers_;
};

// A ledger that the test writes.
struct Ledger : ServiceReader {
  Result<std::optional<service::Service>> service(const service::ServiceCode& code) override {
    if (is_gone) return fail(ErrorCode::unavailable, "no answer");
    const auto found = services.find(code.str());
    return found == services.end() ? std::optional<service::Service>() : found->second;
  }
  Result<std::optional<service::Package>> package(const service::PackageCode& code) override {
    return code.view() == "opening" ? std::optional(whole) : std::nullopt;
  }
  Result<std::optional<ServedApplication>> application(const ApplicationId& id) override {
    return id == ApplicationId() ? std::optional<ServedApplication>() : served;
  }
  Result<bool> is_held(const sharing::ItemCode& item, std::span<const PartyId> parties) override {
    asked_of = parties.size();
    return item.view() == "identity" && !parties.empty();
  }

  std::map<std::string, service::Service> services;
  service::Package whole;
  ServedApplication served;
  bool is_gone = false;
  std::size_t asked_of = 0;
};

struct Desk : Ledger {
  Desk() {
    const service::ServiceDepartments departments{text<DepartmentId>("registry"), text<DepartmentId>("housing"),
                                                  text<DepartmentId>("tax"), text<DepartmentId>("treasury")};
    services["house-sale"].definition = service::house_sale(departments, text<certificate::TypeCode>(type)).definition;
    for (const std::string name : {"form.pdf", "identity.JPG", "contract.pdf", "promise.pdf"}) {
      std::ofstream(path(name)) << name;
    }
  }
  std::string path(const std::string& name) const { return directory.path() + "/" + name; }
  service::MaterialRule& rule(std::size_t place) { return services["house-sale"].definition.materials[place]; }

  // All fields but those of these questions are given.
  Options ask(std::string_view method, std::deque<std::string> answers, Options given,
              Language language = Language::en) {
    Globals globals;
    globals.language = language;
    const contracts::Method& of = *contracts::find_method("service", method);
    Script script(std::move(answers));
    questions.emplace(globals, *this);
    const OwnQuestions own = [&](Interview& interview, std::string_view field) {
      return questions->ask(interview, field);
    };
    const PromptedRecord about{of.arguments(), of.argument_record.make, {}, own};
    Options options = ask_own_questions(globals, script, about, std::move(given));
    said = script.said;
    left = script.left();
    const auto record = of.argument_record.make();
    BOOST_REQUIRE(missing_fields(of.arguments(), record.get(), options).has_value());
    return options;
  }
  Options file(std::deque<std::string> answers, Options more = {}) {
    more.push_back({"service", "house-sale"});
    more.push_back({"applicants", somebody});
    return ask("file", std::move(answers), std::move(more));
  }

  TemporaryDirectory directory;
  std::optional<MaterialQuestions> questions;
  std::string said;
  std::size_t left = 0;
};

std::string value_of(const Options& options, std::string_view path) {
  const auto found = std::ranges::find(options, path, &FieldOption::path);
  return found == options.end() ? "none" : found->value;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(material_questions_tests, Desk)

BOOST_AUTO_TEST_CASE(each_material_is_asked_for_by_its_name_and_answered_by_a_file) {
  const Options options = file({path("form.pdf"), "'" + path("identity.JPG") + "'", "sha256:" + path("contract.pdf")});
  for (const std::string part : {"materials (sale of a house):", "1/3  application form  (application-form)",
                                 "2/3  proof of identity  (identity)", "3/3  contract of sale  (sale-contract)"}) {
    BOOST_TEST(holds(said, part), part << " is missing in:\n" << said);
  }
  BOOST_TEST(value_of(options, "materials.1.code") == "application-form");
  BOOST_TEST(value_of(options, "materials.1.file.media_type") == "application/pdf");
  BOOST_TEST(value_of(options, "materials.1.file.algorithm") == "sha256");
  BOOST_TEST(value_of(options, "materials.1.file.digest") == sha256(as_bytes("form.pdf")).hex());
  BOOST_TEST(value_of(options, "materials.2.file.media_type") == "image/jpeg");
  BOOST_TEST(value_of(options, "materials.3.code") == "sale-contract");
  BOOST_TEST(value_of(options, "deferral.until") == "none");
  BOOST_TEST(left == 0u);
  BOOST_TEST((questions->files() ==
              std::vector<std::string>{path("form.pdf"), path("identity.JPG"), path("contract.pdf")}));
}

BOOST_AUTO_TEST_CASE(what_is_needed_is_asked_for_until_there_is_a_file) {
  const Options options = file({"", path("none.pdf"), path("form.pdf"), std::string(64, 'a'), path("contract.pdf")});
  BOOST_TEST(holds(said, "this is needed"), said);
  BOOST_TEST(holds(said, "none.pdf: cannot be read"), said);
  BOOST_TEST(value_of(options, "materials.2.file.digest") == std::string(64, 'a'));
  BOOST_TEST(questions->files().size() == 2u);
  BOOST_CHECK_THROW(file({path("form.pdf")}), CommandError);
}

BOOST_AUTO_TEST_CASE(what_its_source_holds_is_said_and_not_asked_for) {
  rule(1).item = text<sharing::ItemCode>("identity");
  const Options options = file({path("form.pdf"), path("contract.pdf")});
  BOOST_TEST(holds(said, "✓ proof of identity: held by its source, not asked for"), said);
  BOOST_TEST(holds(said, "2/2  contract of sale"), said);
  BOOST_TEST(value_of(options, "materials.2.code") == "sale-contract");
  BOOST_TEST(asked_of == 1u);
  rule(1).item = text<sharing::ItemCode>("land");
  (void)file({path("form.pdf"), path("identity.JPG"), path("contract.pdf")});
  BOOST_TEST(left == 0u);
}

BOOST_AUTO_TEST_CASE(what_may_come_later_is_left_out_against_a_promise) {
  rule(2).deferrable = true;
  const Options options = file({path("form.pdf"), path("identity.JPG"), "", "tomorrow", "2030-01-02", path("none.pdf"),
                                path("promise.pdf")});
  BOOST_TEST(holds(said, "Enter: it is promised for later"), said);
  BOOST_TEST(holds(said, "(--deferral.until)"), said);
  BOOST_TEST(value_of(options, "materials.3.code") == "none");
  BOOST_TEST(value_of(options, "deferral.until") == "2030-01-02");
  BOOST_TEST(value_of(options, "deferral.evidence") == "sha256:" + path("promise.pdf"));
  BOOST_TEST(left == 0u);
}

BOOST_AUTO_TEST_CASE(a_certificate_of_the_type_stands_in_for_a_paper) {
  rule(1).certificate = text<certificate::TypeCode>(type);
  const std::string other = "1.2.156.3005.2.11440300MB2D00001W023.11440300MB2D00001W.2025000000001.001.0";
  const std::string id = "1.2.156.3005.2.11440300MB2D00001W022.11440300MB2D00001W.2025000000001.001.0";
  const Options options = file({path("form.pdf"), other, id, path("contract.pdf")});
  BOOST_TEST(holds(said, "identifier of a certificate that is shown (type " + type + ")"), said);
  BOOST_TEST(holds(said, "✗ the certificate is not of the type"), said);
  BOOST_TEST(value_of(options, "shown") == id);
  BOOST_TEST(value_of(options, "materials.2.code") == "sale-contract");
  BOOST_TEST(left == 0u);
}

BOOST_AUTO_TEST_CASE(what_a_check_looks_at_is_asked_for_and_nothing_else_is) {
  services["house-sale"].definition.checks = {
      service::CertificateCheck{text<certificate::TypeCode>(type)},
      service::AnswerCheck{text<sharing::PredicateCode>("resides"), service::Scope::anyone, {}, {}, 0}};
  const Options options =
      file({path("form.pdf"), path("identity.JPG"), path("contract.pdf"), "", "nothing", std::string(64, 'b')});
  BOOST_TEST(value_of(options, "shown") == "none");
  BOOST_TEST(value_of(options, "answers") == std::string(64, 'b'));
  BOOST_TEST(holds(said, "the question about resides"), said);
  BOOST_TEST(left == 0u);
}

BOOST_AUTO_TEST_CASE(of_a_package_each_material_is_asked_for_once) {
  service::Service licence;
  licence.definition.name_en = text<PlainText<96>>("licence");
  service::MaterialRule form = rule(0);
  service::MaterialRule list = rule(2);
  list.deferrable = true;
  licence.definition.materials = {form, list};
  services["licence"] = licence;
  services["staff"] = licence;
  list.deferrable = false;
  services["staff"].definition.materials = {form, rule(1)};
  whole.name_zh = whole.name_en = text<PlainText<96>>("opening");
  whole.services = {text<service::ServiceCode>("licence"), text<service::ServiceCode>("staff")};
  const Options options = ask("file_package", {path("form.pdf"), "", path("identity.JPG"), "2030-01-02",
                                               path("promise.pdf")},
                              {{"package", "opening"}, {"applicants", somebody}});
  BOOST_TEST(holds(said, "materials (opening):"), said);
  BOOST_TEST(holds(said, "3/3  proof of identity"), said);
  BOOST_TEST(value_of(options, "materials.2.code") == "identity");
  BOOST_TEST(left == 0u);
}

BOOST_AUTO_TEST_CASE(a_supplement_brings_what_was_promised_or_asked_for) {
  served.service = services["house-sale"];
  served.application.deferred = {rule(2).code};
  served.application.notice.emplace();
  served.application.notice->missing = {rule(0).code, rule(1).code};
  served.application.notice->come = {rule(1).code};
  const Options options = ask("supplement", {"", path("contract.pdf")}, {{"application", somebody}});
  BOOST_TEST(holds(said, "1/2  application form"), said);
  BOOST_TEST(holds(said, "2/2  contract of sale"), said);
  BOOST_TEST(!holds(said, "identity"), said);
  BOOST_TEST(value_of(options, "materials.1.code") == "sale-contract");
  BOOST_TEST(left == 0u);
}

BOOST_AUTO_TEST_CASE(a_notice_names_by_numbers_what_may_be_missing) {
  served.service = services["house-sale"];
  served.application.deferred = {rule(2).code};
  const Options options =
      ask("notify", {"", "3", "one", "2 1"}, {{"application", somebody}, {"words", "x"}});
  BOOST_TEST(!holds(said, "sale-contract"), said);
  BOOST_TEST(holds(said, "numbers with spaces between"), said);
  BOOST_TEST(std::ranges::count(options, "missing", &FieldOption::path) == 2);
  BOOST_TEST(value_of(options, "missing") == "identity");
  BOOST_TEST(left == 0u);
}

BOOST_AUTO_TEST_CASE(without_the_ledger_the_form_asks) {
  is_gone = true;
  const Options options = file({});
  BOOST_TEST(holds(said, "cannot be read, so each field is asked for: no answer"), said);
  BOOST_TEST(options.size() == 2u);
  is_gone = false;
  services.clear();
  BOOST_TEST(file({}).size() == 2u);
  BOOST_TEST(ask("supplement", {}, {{"application", std::string(64, '0')}}).size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_options_began_is_theirs) {
  const Options given{{"materials.1.code", "identity"}};
  BOOST_TEST(file({}, given).size() == 3u);
  BOOST_TEST(!lacks_materials(given));
  BOOST_TEST(!lacks_materials({{"missing", "identity"}}));
  BOOST_TEST(lacks_materials({{"applicants", somebody}}));
  const std::vector<std::pair<std::string, std::string>> names{{"unit", "acts.1.unit"}, {"heirs", "acts.1.holders"}};
  BOOST_TEST(!has_named_fields({{"acts.1.unit", "x"}}, names));
  BOOST_TEST(has_named_fields({{"acts.1.unit", "x"}, {"acts.1.holders.1.party", somebody}}, names));
}

BOOST_AUTO_TEST_CASE(in_chinese_the_names_are_chinese) {
  (void)ask("file", {path("form.pdf"), path("identity.JPG"), path("contract.pdf")},
            {{"service", "house-sale"}, {"applicants", somebody}}, Language::zh);
  BOOST_TEST(holds(said, "申请材料（存量房买卖转移登记）："), said);
  BOOST_TEST(holds(said, "1/3  申请书  (application-form)"), said);
  BOOST_TEST(!holds(said, "file"), said);
}

BOOST_AUTO_TEST_CASE(only_methods_that_take_materials_have_such_questions) {
  for (const std::string_view method : {"file", "file_package", "notify", "supplement"}) {
    BOOST_TEST(has_material_questions("service", method));
    BOOST_TEST((contracts::find_method("service", method) != nullptr));
  }
  BOOST_TEST(!has_material_questions("service", "accept"));
  BOOST_TEST(!has_material_questions("property", "file"));
}

BOOST_AUTO_TEST_SUITE_END()
