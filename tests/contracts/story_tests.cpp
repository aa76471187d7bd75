// The story: a house is sold by four departments, from filing to the certificate; and every step that goes wrong on the
// way is refused with the code that says why.
#include <boost/test/unit_test.hpp>

#include "contracts/trace.h"
#include "tests/contracts/counter.h"

namespace kanhe::contracts::service {
namespace {

// Names of the events that name a subject, from the receipts, in order.
std::vector<std::string> history_of(const Counter& counter, const Subject& subject) {
  std::vector<std::string> names;
  for (const auto& block : counter.receipts()) {
    for (const Receipt& receipt : block) {
      for (const Event& event : receipt.events) {
        if (has_subject(event, subject)) names.push_back(event.name.str());
      }
    }
  }
  return names;
}

// The trace that a reader computes from the receipts.
Trace trace_from_receipts(const Counter& counter, const Subject& subject) {
  Trace trace;
  for (std::uint64_t height = 0; height < counter.receipts().size(); ++height) {
    const auto& block = counter.receipts()[height];
    for (std::uint32_t index = 0; index < block.size(); ++index) {
      for (std::uint32_t position = 0; position < block[index].events.size(); ++position) {
        const Event& event = block[index].events[position];
        if (!has_subject(event, subject)) continue;
        ++trace.event_count;
        trace.head = extend_trace(trace.head, {Height(height), index, position}, event);
      }
    }
  }
  return trace;
}

// Sales of the house one after the other: from whom to whom, and which certificate replaces which.
struct Chapter {
  std::string seller;
  std::string buyer;
  std::string serial;
  std::optional<CertificateId> supersedes;
};

void sell(Counter& counter, const Chapter& chapter) {
  Counter::Sale sale = Counter::sale();
  sale.sellers = {party(chapter.seller)};
  sale.buyers = {{party(chapter.buyer), {}}};
  counter.sell_until_billed(sale);
  BOOST_REQUIRE(succeeded(counter.pay("P-" + chapter.serial)));
  BOOST_REQUIRE(succeeded(counter.register_title(counter.registration(chapter.serial, chapter.supersedes))));
}

// Gives a person, who may be an officer elsewhere, another key with another role.
void enrol_second_key(Counter& counter, std::string_view person, std::string_view department, Role role) {
  BOOST_REQUIRE(succeeded(counter.run(ContractNetwork::administrator(department), "governance", "enrol_officer",
                                      governance::EnrolOfficerArguments{ContractNetwork::key("second key"),
                                                                        party(person), {role}})));
}

// What goes wrong, where it happens, and how the refusal reads: its code, and its rule if it has one.
struct Mistake {
  std::string_view name;
  Receipt (*make)(Counter&);
  std::uint16_t code;
  std::uint16_t rule;
};

template <CodeEnum C>
constexpr std::uint16_t number(C code) {
  return static_cast<std::uint16_t>(code);
}

const Mistake mistakes[] = {
    {"wrong role: a reviewer files",
     [](Counter& c) { return c.file(Counter::sale(), "rita"); }, number(HostCode::role_needed), 0},
    {"wrong role: the tax office answers for housing",
     [](Counter& c) { c.file(Counter::sale()), c.accept(); return c.housing("tess"); },
     number(HostCode::role_needed), 0},
    {"wrong order: reviewed before it is accepted",
     [](Counter& c) { c.file(Counter::sale()); return c.tax(); }, number(Code::wrong_phase), 0},
    {"wrong order: the registry reviews before the tax office",
     [](Counter& c) { c.file(Counter::sale()), c.accept(), c.housing(); return c.registry(); },
     number(Code::step_not_open), 0},
    {"wrong order: registered before it is reviewed",
     [](Counter& c) { c.file(Counter::sale()), c.accept(); return c.register_title(); }, number(Code::wrong_phase), 0},
    {"self-review under another key: the housing officer assesses the tax too",
     [](Counter& c) {
       enrol_second_key(c, "hugo", "tax-office", Role::tax_officer);
       c.file(Counter::sale()), c.accept(), c.housing();
       return c.tax("second key");
     },
     number(Code::acted_before), 0},
    {"self-review in another role: the clerk who filed registers",
     [](Counter& c) {
       enrol_second_key(c, "clara", "registry", Role::registrar);
       c.sell_until_billed(), c.pay();
       return c.register_title(c.registration(), "second key");
     },
     number(Code::acted_before), 0},
    {"own case: the buyer is the reviewer",
     [](Counter& c) {
       enrol_second_key(c, "buyer", "registry", Role::reviewer);
       c.file(Counter::sale()), c.accept(), c.housing(), c.tax();
       return c.registry("second key");
     },
     number(Code::own_case), 0},
    {"unpaid",
     [](Counter& c) { c.sell_until_billed(); return c.register_title(); }, number(TreasuryCode::unpaid), 29},
    {"a payment used twice",
     [](Counter& c) {
       c.sell_until_billed(), c.pay("P-1");
       c.sell_until_billed(Counter::sale(other_house));
       return c.pay("P-1");
     },
     number(TreasuryCode::reference_used), 0},
    {"the unit is under another live application",
     [](Counter& c) { c.file(Counter::sale()); return c.file(Counter::sale()); }, number(PropertyCode::unit_held), 39},
    {"the seller is not the holder",
     [](Counter& c) {
       Counter::Sale sale = Counter::sale();
       sale.sellers = {party("stranger"), party("seller")};
       return c.file(sale);
     },
     number(PropertyCode::seller_not_holder), 2},
    {"a malformed unit number",
     [](Counter& c) { return c.file(Counter::sale(text<UnitNumber>("440304003008GB00012X00220045"))); },
     number(IdentifierCode::unit_number_fixture_kind), 1},
    {"an expired transaction",
     [](Counter& c) {
       const auto body = c.call("clara", "service", "file", c.filing_of(Counter::sale()));
       c.wait(60'000);
       return c.execute({body})[1];
     },
     number(HostCode::expired), 0},
    {"a replayed transaction",
     [](Counter& c) {
       const auto body = c.call("clara", "service", "file", c.filing_of(Counter::sale()));
       return c.execute({body, body})[2];
     },
     number(HostCode::duplicate_id), 0},
};

BOOST_AUTO_TEST_SUITE(story_tests)

BOOST_AUTO_TEST_CASE(a_sale_goes_from_filing_to_the_certificate) {
  Counter counter;
  sell(counter, {"seller", "buyer", "1", {}});
  const std::vector<std::string> timeline{
      "service.filed",    "service.accepted", "service.reviewed",   "service.reviewed",     "service.reviewed",
      "treasury.billed",  "treasury.paid",    "certificate.issued", "property.transferred", "service.closed"};
  BOOST_TEST((history_of(counter, ApplicationSubject{counter.id}) == timeline));
  BOOST_TEST((counter.unit().holders == property::Holders{{party("buyer"), {}}}));
  BOOST_TEST((certificate::find_holding(counter.state(), title_id("1"))->standing() ==
              certificate::Standing::issued));
}

BOOST_AUTO_TEST_CASE(the_history_of_a_house_is_complete_over_its_sales) {
  Counter counter;
  sell(counter, {"seller", "buyer", "1", {}});
  sell(counter, {"buyer", "stranger", "2", title_id("1")});
  sell(counter, {"stranger", "seller", "3", title_id("2")});
  const auto history = history_of(counter, UnitSubject{house});
  BOOST_TEST(history.front() == "property.imported");
  BOOST_TEST(std::ranges::count(history, "property.transferred") == 3);
  for (const Subject& subject : {Subject(UnitSubject{house}), Subject(ApplicationSubject{counter.id}),
                                 Subject(PartySubject{party("buyer")}), Subject(CertificateSubject{title_id("2")}),
                                 Subject(DepartmentSubject{ContractNetwork::department("tax-office")})}) {
    BOOST_TEST((trace_of(counter.state(), subject) == trace_from_receipts(counter, subject)), describe(subject));
    BOOST_TEST(trace_of(counter.state(), subject).event_count.value() > 0u);
  }
}

BOOST_AUTO_TEST_CASE(every_mistake_is_refused_with_its_code_and_rule_and_makes_no_event) {
  for (const Mistake& mistake : mistakes) {
    Counter counter;
    const Receipt receipt = mistake.make(counter);
    BOOST_TEST_CONTEXT(mistake.name << ": " << codes_of(receipt)) {
      BOOST_REQUIRE(!succeeded(receipt));
      const auto findings = findings_of(receipt);
      const auto found = std::ranges::find(findings, mistake.code, &Finding::code);
      BOOST_REQUIRE(found != findings.end());
      BOOST_TEST(found->rule == mistake.rule);
      BOOST_TEST(receipt.events.empty());
      const Explanation text = explain(*found);
      BOOST_TEST((!text.zh.empty() && !text.en.empty()));
    }
  }
}

BOOST_AUTO_TEST_CASE(after_each_mistake_the_sale_can_still_be_made) {
  Counter counter;
  const auto wrong = [&](const Receipt& receipt) { BOOST_TEST(!succeeded(receipt), codes_of(receipt)); };
  wrong(counter.file(Counter::sale(), "rita"));
  BOOST_TEST(succeeded(counter.file(Counter::sale())));
  wrong(counter.housing());
  BOOST_TEST(succeeded(counter.accept()));
  wrong(counter.registry());
  BOOST_TEST(succeeded(counter.tax()));
  wrong(counter.tax());
  BOOST_TEST(succeeded(counter.housing()));
  wrong(counter.pay());
  BOOST_TEST(succeeded(counter.registry()));
  wrong(counter.register_title());
  wrong(counter.pay("P-1", 0));
  BOOST_TEST(succeeded(counter.pay()));
  wrong(counter.pay("P-1"));
  wrong(counter.register_title(counter.registration(), "rita"));
  BOOST_TEST(succeeded(counter.register_title()));
  wrong(counter.register_title(counter.registration("2", title_id("1"))));
  wrong(counter.withdraw());
}

BOOST_AUTO_TEST_CASE(the_whole_sale_fits_into_one_block) {
  // Applicants do not wait for a block at each step: a block executes in order.
  Counter counter;
  const auto filing = counter.call("clara", "service", "file", counter.filing_of(Counter::sale()));
  counter.id = application_of(filing.id);
  const auto review = [&](std::string_view officer, const ReviewArguments& arguments) {
    return counter.call(officer, "service", "review", arguments);
  };
  const auto receipts = counter.execute(
      {filing, counter.call("carl", "service", "accept", AcceptArguments{counter.id}),
       review("hugo", counter.verdict("housing")), review("tess", counter.verdict("tax", treasury::Charge(3'000'000))),
       review("rita", counter.verdict("registry")),
       counter.call("theo", "treasury", "pay",
                    treasury::PayArguments{counter.id, text<treasury::PaymentReference>("P-1"), party("buyer"),
                                           treasury::Charge(3'008'000), counter.today()}),
       counter.call("reg", "service", "register", counter.registration())});
  for (std::size_t i = 1; i < receipts.size(); ++i) BOOST_TEST(succeeded(receipts[i]), codes_of(receipts[i]));
  BOOST_TEST((counter.unit().holders == property::Holders{{party("buyer"), {}}}));
}

BOOST_AUTO_TEST_CASE(of_two_registrations_of_one_application_in_a_block_one_succeeds) {
  Counter counter;
  counter.enrol("ron", "registry", {Role::registrar});
  counter.sell_until_billed();
  counter.pay();
  const auto receipts = counter.execute({counter.call("reg", "service", "register", counter.registration("1")),
                                         counter.call("ron", "service", "register", counter.registration("2"))});
  BOOST_TEST(succeeded(receipts[1]));
  BOOST_TEST(refused_for(receipts[2], Code::wrong_phase));
  BOOST_TEST(!certificate::find_holding(counter.state(), title_id("2")).has_value());
}

BOOST_AUTO_TEST_CASE(withdrawing_and_registering_in_one_block_never_both_happen) {
  for (const bool swapped : {false, true}) {
    Counter counter;
    counter.sell_until_billed();
    counter.pay();
    auto first = counter.call("buyer", "service", "withdraw", WithdrawArguments{counter.id});
    auto second = counter.call("reg", "service", "register", counter.registration());
    if (swapped) std::swap(first, second);
    const auto receipts = counter.execute({first, second});
    BOOST_TEST(succeeded(receipts[1]));
    BOOST_TEST(refused_for(receipts[2], Code::wrong_phase));
    const PartyId holder = counter.unit().holders.at(0).party;
    BOOST_TEST((holder == party(swapped ? "buyer" : "seller")));
    BOOST_TEST((counter.bill().state == (swapped ? treasury::BillState::settled : treasury::BillState::refund_due)));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::service
