// Materials of an application: held by their source, promised for later, missing and said so once.
#include "contracts/service_materials.h"

#include <boost/test/unit_test.hpp>

#include "contracts/civil_days.h"
#include "tests/contracts/counter.h"

namespace kanhe::contracts::service {
namespace {

constexpr std::uint64_t day_ms = 24 * 3'600'000ull;

// A sale whose identity papers are a data item of the registry, and whose contract may come later.
struct Window : Counter {
  Window() {
    const auto name = text<PlainText<96>>("identity");
    BOOST_REQUIRE(succeeded(
        run(registry_admin, "sharing", "declare_item", sharing::DeclareItemArguments{identity, name, name})));
    DefineArguments arguments = sale_definition();
    arguments.code = text<ServiceCode>("easy-sale");
    for (MaterialRule& rule : arguments.definition.materials) {
      if (rule.code.view() == "identity") rule.item = identity;
      if (rule.code.view() == "sale-contract") rule.deferrable = true;
    }
    BOOST_REQUIRE(succeeded(define(arguments)));
  }
  // With these materials alone.
  FileArguments filing(std::initializer_list<std::string_view> codes) {
    Sale one = sale();
    one.service = text<ServiceCode>("easy-sale");
    one.materials = {};
    for (const std::string_view code : codes) one.materials.push_back(paper(code));
    return filing_of(one);
  }
  void hold(std::string_view name, std::optional<Timestamp> until = {}) {
    BOOST_REQUIRE(succeeded(run("rita", "sharing", "record_item",
                                sharing::RecordItemArguments{identity, party(name), digest(name), until})));
  }
  Deferral promise(std::uint32_t days) const { return {date_of(day_of(now()) + days), digest("promise")}; }
  FileArguments without_contract(std::uint32_t days = 3) {
    FileArguments arguments = filing({"application-form", "identity"});
    arguments.deferral = promise(days);
    return arguments;
  }
  Receipt bring(std::initializer_list<std::string_view> codes, const std::string& sender = "clara") {
    SupplementArguments more;
    more.application = id;
    for (const std::string_view code : codes) more.materials.push_back(paper(code));
    return run(sender, "service", "supplement", more);
  }
  Receipt notify(std::initializer_list<std::string_view> codes, const std::string& sender = "clara") {
    NotifyArguments arguments;
    arguments.application = id;
    for (const std::string_view code : codes) arguments.missing.push_back(text<MaterialCode>(code));
    arguments.words = text<PlainText<256>>("复印件不清晰");
    return run(sender, "service", "notify", arguments);
  }
  // What the next block after so long says by itself.
  std::vector<std::string> after(std::uint64_t ms) {
    wait(ms);
    return events_of(execute({})[0]);
  }
  std::uint64_t until_silence() {
    return end_of_working_days(state(), now(), acceptance_days).value() - now().value();
  }
  void carry_on_from_acceptance() {
    BOOST_REQUIRE(succeeded(housing()));
    BOOST_REQUIRE(succeeded(tax()));
    BOOST_REQUIRE(succeeded(registry()));
    BOOST_REQUIRE(succeeded(pay()));
  }

  const sharing::ItemCode identity = text<sharing::ItemCode>("identity");
};

BOOST_AUTO_TEST_SUITE(service_materials_tests)

BOOST_AUTO_TEST_CASE(what_its_source_holds_of_all_who_file_is_not_asked_for) {
  Window window;
  const FileArguments arguments = window.filing({"application-form", "sale-contract"});
  BOOST_TEST(refused_for(window.file(arguments), Code::material_missing));
  window.hold("seller");
  BOOST_TEST(refused_for(window.file(arguments), Code::material_missing));
  window.hold("buyer", window.now() + day_ms);
  const Receipt filed = window.file(arguments);
  BOOST_REQUIRE(succeeded(filed));
  const Filed event = decode<Filed>(filed.events.at(0).data).value();
  BOOST_TEST((event.satisfied == MaterialCodes{text<MaterialCode>("identity")}));
  BOOST_TEST((window.application().satisfied == event.satisfied));
  BOOST_TEST(window.application().deferred.empty());
  BOOST_REQUIRE(succeeded(window.accept()));
  window.carry_on_from_acceptance();
  BOOST_TEST(succeeded(window.register_title()));
}

BOOST_AUTO_TEST_CASE(what_is_held_no_longer_is_asked_for) {
  Window window;
  window.hold("seller");
  window.hold("buyer", window.now() + day_ms);
  window.wait(day_ms);
  BOOST_TEST(refused_for(window.file(window.filing({"application-form", "sale-contract"})), Code::material_missing));
}

BOOST_AUTO_TEST_CASE(what_may_come_later_is_promised_for_a_day_within_the_time_limits) {
  Window window;
  FileArguments arguments = window.without_contract();
  arguments.deferral.reset();
  BOOST_TEST(refused_for(window.file(arguments), CaseCode::deferral_missing));
  // The stages take 3 and 2 working days.
  const std::uint32_t last =
      day_of(Timestamp(end_of_working_days(window.state(), window.now(), 5).value() - 1)) - day_of(window.now());
  arguments.deferral = window.promise(last + 1);
  const Receipt late = window.file(arguments);
  BOOST_REQUIRE(refused_for(late, CaseCode::deferral_day));
  BOOST_TEST(findings_of(late)[0].limit == day_of(window.now()) + last);
  arguments.deferral = Deferral{date_of(day_of(window.now()) - 1), Hash256()};
  BOOST_TEST(refused_for(window.file(arguments), CaseCode::deferral_day, Code::evidence_missing));
  arguments = window.filing({"application-form", "identity", "sale-contract"});
  arguments.deferral = window.promise(1);
  BOOST_TEST(refused_for(window.file(arguments), CaseCode::deferral_not_needed));
  arguments = window.filing({"identity"});
  arguments.deferral = window.promise(1);
  BOOST_TEST(refused_for(window.file(arguments), Code::material_missing));
  arguments = window.without_contract(last);
  BOOST_TEST(succeeded(window.file(arguments)));
  BOOST_TEST((window.application().deferred == MaterialCodes{text<MaterialCode>("sale-contract")}));
}

BOOST_AUTO_TEST_CASE(nothing_is_registered_before_what_was_promised_has_come) {
  Window window;
  BOOST_REQUIRE(succeeded(window.file(window.without_contract())));
  BOOST_REQUIRE(succeeded(window.accept()));
  window.carry_on_from_acceptance();
  const Receipt early = window.register_title();
  BOOST_REQUIRE(refused_for(early, CaseCode::material_outstanding));
  BOOST_TEST(findings_of(early)[0].value == 3u);
  BOOST_TEST(refused_for(window.bring({"identity"}), CaseCode::material_not_asked));
  BOOST_REQUIRE(succeeded(window.bring({"sale-contract"})));
  BOOST_TEST(window.application().materials.size() == 3u);
  BOOST_TEST(!window.application().deferral.has_value());
  BOOST_TEST(refused_for(window.bring({"sale-contract"}), CaseCode::material_not_asked));
  BOOST_TEST(succeeded(window.register_title()));
  BOOST_TEST(window.after(30 * day_ms).empty());
}

BOOST_AUTO_TEST_CASE(what_does_not_come_ends_the_application_and_its_money_is_due_back) {
  Window window;
  BOOST_REQUIRE(succeeded(window.file(window.without_contract(1))));
  const Timestamp end = end_of_days(window.now(), 1);
  BOOST_REQUIRE(succeeded(window.accept()));
  window.carry_on_from_acceptance();
  BOOST_TEST(window.after(end - window.now() - 1).empty());
  BOOST_TEST((window.after(1) == std::vector<std::string>{"treasury.bill_dropped", "service.closed"}));
  BOOST_TEST((window.application().phase == Phase::lapsed));
  BOOST_TEST(!window.is_held());
  BOOST_TEST((window.bill().state == treasury::BillState::refund_due));
  BOOST_TEST(has_code(window.bring({"sale-contract"}), Code::wrong_phase));
  BOOST_TEST(succeeded(window.file(window.without_contract(1))));
}

BOOST_AUTO_TEST_CASE(silence_accepts_after_five_working_days) {
  Window window;
  BOOST_REQUIRE(succeeded(window.file(Counter::sale())));
  BOOST_TEST(window.after(window.until_silence() - 1).empty());
  // As of the day of filing: the three working days of the first stage are over by now.
  BOOST_TEST((window.after(1) == std::vector<std::string>{"service.accepted", "service.stage_overdue"}));
  BOOST_TEST((window.application().phase == Phase::in_review));
  BOOST_TEST(!window.application().accepted_by.has_value());
  BOOST_TEST((window.application().accepted_ms == window.application().filed_ms));
  BOOST_TEST(refused_for(window.accept(), Code::wrong_phase));
  window.carry_on_from_acceptance();
  BOOST_TEST(succeeded(window.register_title()));
}

BOOST_AUTO_TEST_CASE(what_is_accepted_refused_or_withdrawn_in_time_is_not_accepted_by_silence) {
  Window window;
  BOOST_REQUIRE(succeeded(window.file(Counter::sale())));
  BOOST_REQUIRE(succeeded(window.withdraw()));
  BOOST_TEST(window.after(30 * day_ms).empty());
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_said_once_and_ends_the_time_until_it_has_come) {
  Window window;
  BOOST_REQUIRE(succeeded(window.file(Counter::sale())));
  BOOST_TEST(refused_for(window.notify({}), CaseCode::nothing_missing));
  BOOST_TEST(refused_for(window.notify({"birth-certificate"}), Code::material_unknown));
  BOOST_TEST(refused_for(window.notify({"identity"}, "tess"), HostCode::role_needed));
  const Receipt told = window.notify({"identity", "sale-contract"});
  BOOST_REQUIRE(succeeded(told));
  BOOST_TEST(decode<Notified>(told.events.at(0).data).value().missing.size() == 2u);
  BOOST_TEST(refused_for(window.notify({"application-form"}), CaseCode::noticed_before));
  BOOST_TEST(window.after(20 * day_ms).empty());
  BOOST_TEST((window.application().phase == Phase::filed));

  BOOST_TEST(refused_for(window.bring({"application-form"}), CaseCode::material_not_asked));
  BOOST_REQUIRE(succeeded(window.bring({"identity"})));
  BOOST_TEST(window.after(10 * day_ms).empty());
  BOOST_TEST(refused_for(window.bring({"identity"}), CaseCode::material_not_asked));
  BOOST_REQUIRE(succeeded(window.bring({"sale-contract"})));
  BOOST_TEST((window.application().notice->supplemented_ms == window.now()));
  BOOST_TEST(window.application().materials.size() == 3u);
  BOOST_TEST(refused_for(window.notify({"identity"}), CaseCode::noticed_before));
  const Timestamp supplemented = window.now();
  const std::vector<std::string> silence = window.after(window.until_silence());
  BOOST_TEST((silence == std::vector<std::string>{"service.accepted", "service.stage_overdue"}));
  BOOST_TEST((window.application().accepted_ms == supplemented));
}

BOOST_AUTO_TEST_CASE(what_is_not_brought_in_time_ends_the_application) {
  Window window;
  BOOST_REQUIRE(succeeded(window.file(Counter::sale())));
  BOOST_REQUIRE(succeeded(window.notify({"identity"})));
  const std::uint64_t end = end_of_working_days(window.state(), window.now(), supplement_days) - window.now();
  BOOST_TEST(window.after(end - 1).empty());
  BOOST_TEST((window.after(1) == std::vector<std::string>{"service.closed"}));
  BOOST_TEST((window.application().phase == Phase::lapsed));
}

BOOST_AUTO_TEST_CASE(a_notice_asks_for_nothing_that_is_held_or_promised_and_names_each_once) {
  Window window;
  window.hold("seller");
  window.hold("buyer");
  FileArguments arguments = window.filing({"application-form"});
  arguments.deferral = window.promise(3);
  BOOST_REQUIRE(succeeded(window.file(arguments)));
  for (const auto* code : {"identity", "sale-contract"}) {
    BOOST_TEST(refused_for(window.notify({"application-form", code}), CaseCode::material_not_missing), code);
  }
  BOOST_TEST(refused_for(window.notify({"application-form", "application-form"}), Code::material_repeated));
  BOOST_TEST(succeeded(window.notify({"application-form"})));
}

BOOST_AUTO_TEST_CASE(who_said_what_is_missing_takes_no_other_part) {
  Window window;
  window.run(registry_admin, "governance", "enrol_officer",
             governance::EnrolOfficerArguments{ContractNetwork::key("second key"), party("clara"), {Role::reviewer}});
  BOOST_REQUIRE(succeeded(window.file(Counter::sale(), "carl")));
  BOOST_REQUIRE(succeeded(window.notify({"identity"})));
  BOOST_REQUIRE(succeeded(window.accept()));
  BOOST_REQUIRE(succeeded(window.housing()));
  BOOST_REQUIRE(succeeded(window.tax()));
  BOOST_TEST(refused_for(window.registry("second key"), Code::acted_before));
  BOOST_TEST(succeeded(window.registry()));
}

BOOST_AUTO_TEST_CASE(a_clerk_may_accept_although_something_was_missing) {
  Window window;
  BOOST_REQUIRE(succeeded(window.file(Counter::sale())));
  BOOST_REQUIRE(succeeded(window.notify({"identity"})));
  BOOST_REQUIRE(succeeded(window.accept()));
  BOOST_TEST(refused_for(window.notify({"identity"}), Code::wrong_phase, CaseCode::noticed_before));
  BOOST_REQUIRE(succeeded(window.bring({"identity"})));
  BOOST_TEST((window.application().phase == Phase::in_review));
}

BOOST_AUTO_TEST_CASE(a_definition_names_items_that_there_are) {
  Window window;
  DefineArguments arguments = Counter::sale_definition();
  arguments.code = text<ServiceCode>("wrong-sale");
  arguments.definition.materials[1].item = text<sharing::ItemCode>("unheard-of");
  const Receipt receipt = window.define(arguments);
  BOOST_REQUIRE(refused_for(receipt, CaseCode::item_source_unknown));
  BOOST_TEST(findings_of(receipt)[0].value == 2u);
}

BOOST_AUTO_TEST_CASE(a_material_has_a_name_in_both_languages) {
  Window window;
  DefineArguments arguments = Counter::sale_definition();
  arguments.code = text<ServiceCode>("nameless-sale");
  arguments.definition.materials[0].name_en = {};
  arguments.definition.materials[2].name_zh = {};
  const Receipt receipt = window.define(arguments);
  BOOST_REQUIRE(refused_for(receipt, Code::name_missing, Code::name_missing));
  BOOST_TEST(findings_of(receipt)[0].value == 1u);
  BOOST_TEST(findings_of(receipt)[1].value == 3u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::service
