// The course of an application as a table: in every state, every step that anybody could take, allowed or refused. What
// is refused changes nothing.
#include <boost/test/unit_test.hpp>
#include <functional>

#include "tests/contracts/services.h"

namespace kanhe::contracts::service {
namespace {

struct Desk : Services {
  Desk() {
    BOOST_REQUIRE(succeeded(enrol("nora", "registry", {Role::window_clerk})));
    BOOST_REQUIRE(succeeded(enrol("rosa", "registry", {Role::registrar})));
  }
  void notify() { must(run("nora", "service", "notify", NotifyArguments{id, {text<MaterialCode>("identity")}, {}})); }
  void stop_clock() {
    must(run("hugo", "service", "stop_clock",
             StopClockArguments{id, ClockReason::field_check, today(), digest("visit")}));
  }
  void until_billed() {
    must(housing());
    must(tax());
    must(registry());
  }
  void lapse() {
    must(file(Counter::sale()));
    notify();
    wait(90 * 86'400'000ull);
    execute({});
  }
  void seize() {
    const property::EnterLimit act = entry(seizure());
    property::Filing filing;
    filing.acts.push_back(act);
    filing.evidence = digest("notice");
    must(run("rosa", "property", "enter", filing));
    execute({});
  }
};

struct State {
  std::string_view name;
  std::function<void(Desk&)> bring;
};

const State states[] = {
    {"filed", [](Desk& desk) { Desk::must(desk.file(Counter::sale())); }},
    {"told what is missing",
     [](Desk& desk) {
       Desk::must(desk.file(Counter::sale()));
       desk.notify();
     }},
    {"in review",
     [](Desk& desk) {
       Desk::must(desk.file(Counter::sale()));
       Desk::must(desk.accept());
     }},
    {"in review, the clock stopped",
     [](Desk& desk) {
       Desk::must(desk.file(Counter::sale()));
       Desk::must(desk.accept());
       desk.stop_clock();
     }},
    {"billed", [](Desk& desk) { desk.sell_until_billed(); }},
    {"paid",
     [](Desk& desk) {
       desk.sell_until_billed();
       Desk::must(desk.pay());
     }},
    {"registered",
     [](Desk& desk) {
       desk.sell_until_billed();
       Desk::must(desk.pay());
       Desk::must(desk.register_title());
     }},
    {"refused",
     [](Desk& desk) {
       Desk::must(desk.file(Counter::sale()));
       Desk::must(desk.accept());
       Desk::must(desk.review("hugo", desk.refusal("housing")));
     }},
    {"withdrawn",
     [](Desk& desk) {
       desk.sell_until_billed();
       Desk::must(desk.pay());
       Desk::must(desk.withdraw());
     }},
    {"stopped",
     [](Desk& desk) {
       Desk::must(desk.file(Counter::sale()));
       Desk::must(desk.accept());
       desk.seize();
     }},
    {"lapsed", [](Desk& desk) { desk.lapse(); }},
};

struct Action {
  std::string_view name;
  std::function<Receipt(Desk&)> take;
};

const Action actions[] = {
    {"accept", [](Desk& desk) { return desk.accept(); }},
    {"notify",
     [](Desk& desk) {
       return desk.run("nora", "service", "notify", NotifyArguments{desk.id, {text<MaterialCode>("identity")}, {}});
     }},
    {"supplement",
     [](Desk& desk) {
       SupplementArguments more;
       more.application = desk.id;
       more.statements.push_back({17, party("buyer"), digest("statement")});
       return desk.run("nora", "service", "supplement", more);
     }},
    {"stop the clock",
     [](Desk& desk) {
       return desk.run("tess", "service", "stop_clock",
                       StopClockArguments{desk.id, ClockReason::inquiry, desk.today(), digest("letter")});
     }},
    {"let it run",
      [](Desk& desk) { return desk.run("tess", "service", "resume_clock", ResumeClockArguments{desk.id}); }},
    {"approve", [](Desk& desk) { return desk.tax(); }},
    {"refuse", [](Desk& desk) { return desk.review("tess", desk.refusal("tax")); }},
    {"pay", [](Desk& desk) { return desk.pay("P-9", 5'000'000); }},
    {"refund", [](Desk& desk) { return desk.refund(); }},
    {"relieve",
     [](Desk& desk) {
       treasury::RelieveArguments arguments{desk.id, 2, treasury::Charge(100), {}, {}, digest("decision")};
       arguments.ground = text<decltype(arguments.ground)>("small-enterprise");
       arguments.document = text<decltype(arguments.document)>("(2025)7");
       return desk.run("tess", "treasury", "relieve", arguments);
     }},
    {"withdraw", [](Desk& desk) { return desk.withdraw(); }},
    {"register", [](Desk& desk) { return desk.register_title(); }},
};

// Rows: states; columns: actions, in their order.
constexpr std::string_view table[] = {
    "xxx.......x.",  // filed
    "x.x.......x.",  // told what is missing
    "..xx.xx...x.",  // in review
    "..x.xxx...x.",  // in review, the clock stopped
    "..x....x..x.",  // billed
    "..x....x..xx",  // paid
    ".......x....",  // registered: what comes in is recorded, and due back
    "............",  // refused
    ".......xx...",  // withdrawn after it was paid
    "............",  // stopped, before there was a bill
    "............",  // lapsed
};

BOOST_AUTO_TEST_SUITE(service_edges_tests)

BOOST_AUTO_TEST_CASE(every_step_in_every_state_is_allowed_or_refused_as_the_table_says) {
  static_assert(std::size(table) == std::size(states));
  for (std::size_t i = 0; i < std::size(states); ++i) {
    BOOST_REQUIRE_EQUAL(table[i].size(), std::size(actions));
    for (std::size_t j = 0; j < std::size(actions); ++j) {
      BOOST_TEST_CONTEXT(states[i].name << ": " << actions[j].name) {
        Desk desk;
        states[i].bring(desk);
        desk.execute({});  // where the service hears that a bill is settled
        const Bytes before = encode(desk.application());
        const Receipt receipt = actions[j].take(desk);
        BOOST_TEST(succeeded(receipt) == (table[i][j] == 'x'), codes_of(receipt));
        if (!succeeded(receipt)) BOOST_TEST((encode(desk.application()) == before));
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::service
