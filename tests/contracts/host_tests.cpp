// The host: whatever a block holds, every node gets through it with the same result, and a refusal leaves no trace.
#include "contracts/host.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "contracts/certificate.h"
#include "contracts/sentences.h"
#include "contracts/trace.h"
#include "tests/support/argument_maker.h"
#include "tests/support/contract_network.h"

namespace kanhe::contracts {
namespace {

using governance::DismissOfficerArguments;
using governance::EnrolOfficerArguments;

const std::string registry_admin = ContractNetwork::administrator("registry");

EnrolOfficerArguments ann_as(Roles roles) {
  return {ContractNetwork::key("ann"), ContractNetwork::person("ann"), std::move(roles)};
}

// Signs a changed transaction again, so that only what was changed is wrong with it.
template <class Change>
TransactionBody changed(const TransactionBody& body, std::string_view sender, Change change) {
  Transaction transaction = body.transaction;
  change(transaction);
  sign_transaction(ContractNetwork::scheme, ContractNetwork::secret(sender), transaction);
  return make_body(std::move(transaction));
}

std::vector<StateEntry> all_traces(const Overlay& state) {
  std::vector<StateEntry> entries;
  const Bytes prefix = state_key(traces.id, {});
  Bytes from = prefix;
  while (auto entry = state.next(from, prefix)) {
    from = entry->key;
    from.push_back(0);
    entries.push_back(std::move(*entry));
  }
  return entries;
}

BOOST_AUTO_TEST_SUITE(host_tests)

BOOST_AUTO_TEST_CASE(a_genesis_founds_departments_and_their_administrators) {
  ContractNetwork network;
  const Receipt& receipt = network.receipts().at(0).at(0);
  BOOST_TEST(succeeded(receipt));
  BOOST_TEST(receipt.events.size() == 3u);
  BOOST_TEST(receipt.transaction_id.is_zero());
  const Sender sender = governance::resolve_sender(network.state(), ContractNetwork::key(registry_admin));
  BOOST_TEST((sender.kind == SenderKind::officer));
  BOOST_TEST(sender.roles.contains(Role::administrator));
  BOOST_TEST((check_genesis(network.genesis()).has_value()));
}

BOOST_AUTO_TEST_CASE(a_block_has_the_system_receipt_and_then_one_per_transaction) {
  ContractNetwork network;
  BOOST_TEST(network.execute({}).size() == 1u);
  const auto body = network.call(registry_admin, "governance", "enrol_officer", ann_as({Role::reviewer}));
  const auto receipts = network.execute({body});
  BOOST_REQUIRE(receipts.size() == 2u);
  BOOST_TEST(receipts[0].transaction_id.is_zero());
  BOOST_TEST((receipts[1].transaction_id == body.id));
  BOOST_TEST(succeeded(receipts[1]));
}

BOOST_AUTO_TEST_CASE(what_consensus_keeps_out_is_refused_with_a_code) {
  ContractNetwork network;
  const auto good = network.call(registry_admin, "governance", "enrol_officer", ann_as({Role::reviewer}));
  const Timestamp now = network.now();
  const auto other_chain = changed(good, registry_admin, [](Transaction& t) { t.chain_id.array()[0] ^= 1; });
  const auto expired = changed(good, registry_admin, [&](Transaction& t) { t.valid_until_ms = now; });
  const auto just_valid = changed(good, registry_admin, [&](Transaction& t) { t.valid_until_ms = now + 600'000; });
  const auto too_far = changed(good, registry_admin, [&](Transaction& t) { t.valid_until_ms = now + 600'001; });
  const auto receipts = network.execute({other_chain, expired, too_far, just_valid, just_valid});
  BOOST_TEST(refused_for(receipts[1], Code::wrong_chain));
  BOOST_TEST(refused_for(receipts[2], Code::expired));
  BOOST_TEST(refused_for(receipts[3], Code::valid_too_far));
  BOOST_TEST(succeeded(receipts[4]));
  BOOST_TEST(refused_for(receipts[5], Code::duplicate_id));
}

BOOST_AUTO_TEST_CASE(all_findings_are_listed_not_the_first) {
  ContractNetwork network;
  const auto body = network.raw_call("nobody", "governance", "enrol_officer", {1, 2, 3});
  const auto bad = changed(body, "nobody", [&](Transaction& t) {
    t.chain_id = ChainId();
    t.valid_until_ms = network.now();
  });
  const auto receipts = network.execute({bad, bad});
  BOOST_TEST(refused_for(receipts[1], Code::wrong_chain, Code::expired, Code::unknown_sender,
                         Code::malformed_arguments));
  BOOST_TEST(refused_for(receipts[2], Code::wrong_chain, Code::expired, Code::unknown_sender, Code::malformed_arguments,
                         Code::duplicate_id));
}

BOOST_AUTO_TEST_CASE(unknown_modules_and_methods_are_refused) {
  ContractNetwork network;
  BOOST_TEST(refused_for(network.execute({network.raw_call(registry_admin, "weather", "enrol_officer", {})})[1],
                         Code::unknown_module));
  BOOST_TEST(refused_for(network.execute({network.raw_call(registry_admin, "governance", "issue", {})})[1],
                         Code::unknown_method));
}

BOOST_AUTO_TEST_CASE(a_missing_role_is_named_with_what_is_held_and_reveals_nothing_else) {
  ContractNetwork network;
  BOOST_TEST(succeeded(network.enrol("ann", "registry", {Role::reviewer})));
  const Receipt receipt = network.run("ann", "governance", "dismiss_officer",
                                      DismissOfficerArguments{ContractNetwork::key("not enrolled")});
  BOOST_REQUIRE(refused_for(receipt, Code::role_needed));
  const Finding finding = findings_of(receipt)[0];
  BOOST_TEST(finding.limit == RoleSet{Role::administrator}.bits());
  BOOST_TEST(finding.value == RoleSet{Role::reviewer}.bits());
}

BOOST_AUTO_TEST_CASE(permission_is_decided_at_execution) {
  ContractNetwork network;
  network.enrol("ann", "registry", {Role::window_clerk});
  const governance::RegisterPartyKeyArguments arguments{ContractNetwork::key("buyer"),
                                                        ContractNetwork::person("buyer")};
  const auto call = network.call("ann", "governance", "register_party_key", arguments);
  const auto dismissal = network.call(registry_admin, "governance", "dismiss_officer",
                                      DismissOfficerArguments{ContractNetwork::key("ann")});
  const auto receipts = network.execute({dismissal, call});
  BOOST_TEST(succeeded(receipts[1]));
  BOOST_TEST(refused_for(receipts[2], Code::dismissed_sender));
}

BOOST_AUTO_TEST_CASE(malformed_arguments_name_the_field) {
  ContractNetwork network;
  const Bytes good = encode(ann_as({Role::reviewer}));
  const auto field_of = [&](Bytes arguments) {
    const auto body = network.raw_call(registry_admin, "governance", "enrol_officer", std::move(arguments));
    const Receipt receipt = network.execute({body})[1];
    BOOST_REQUIRE(refused_for(receipt, Code::malformed_arguments));
    return findings_of(receipt)[0].field;
  };
  BOOST_TEST(field_of({}) == 1u);
  BOOST_TEST(field_of(Bytes(good.begin(), good.begin() + 40)) == 2u);
  BOOST_TEST(field_of(Bytes(good.begin(), good.end() - 1)) == 3u);
  Bytes longer = good;
  longer.push_back(0);
  BOOST_TEST(field_of(longer) == 4u);
}

BOOST_AUTO_TEST_CASE(a_refused_transaction_changes_nothing_but_its_receipt) {
  ContractNetwork network;
  network.enrol("ann", "registry", {Role::reviewer});
  const auto before = network.state().changes();
  const Receipt receipt = network.enrol("ann", "registry", {Role::reviewer});
  BOOST_TEST(refused_for(receipt, governance::Code::key_in_use));
  BOOST_TEST(receipt.events.empty());
  BOOST_TEST(receipt.return_value.empty());
  BOOST_TEST((network.state().changes() == before));
}

// ---------------------------------------------------------------------------------------------------------------------
// What falls due. No handler has these numbers, so each entry leaves a note with its number, in the order of running.

std::vector<std::uint16_t> handlers_run(const Receipt& receipt) {
  std::vector<std::uint16_t> numbers;
  for (const Event& event : receipt.events) {
    BOOST_TEST(event.name.str() == DueDropped::event_name);
    const DueDropped note = decode<DueDropped>(event.data).value();
    BOOST_TEST(note.code == static_cast<std::uint16_t>(Code::unknown_due_handler));
    numbers.push_back(note.handler);
  }
  return numbers;
}

BOOST_AUTO_TEST_CASE(due_entries_run_before_the_transactions_in_their_order_and_no_more_than_the_parameter) {
  ContractNetwork network;
  const std::size_t most = network.genesis().parameters.due_entries_max.value();
  for (std::uint16_t i = 0; i < most + 50; ++i) {
    add_due(network.state(), network.now() + 1'000, static_cast<DueHandlerNumber>(0xff00 + i), {});
  }
  add_due(network.state(), network.now() + 999, 0xfeff, {});
  BOOST_TEST(handlers_run(network.execute({})[0]).empty());
  network.wait(999);
  BOOST_TEST(handlers_run(network.execute({})[0]).size() == 1u);
  network.wait(1);
  const auto first = handlers_run(network.execute({})[0]);
  BOOST_REQUIRE(first.size() == most);
  BOOST_TEST(first.front() == 0xff00);
  BOOST_TEST(std::ranges::is_sorted(first));
  const auto second = handlers_run(network.execute({})[0]);
  BOOST_REQUIRE(second.size() == 50u);
  BOOST_TEST(second.front() == first.back() + 1);
  BOOST_TEST(handlers_run(network.execute({})[0]).empty());
}

BOOST_AUTO_TEST_CASE(due_entries_wait_when_the_system_receipt_has_no_room_for_their_events) {
  Genesis genesis = ContractNetwork::make_genesis();
  genesis.parameters.due_entries_max = Number<DueCountTag>(10'000);
  ContractNetwork network(std::move(genesis));
  constexpr std::size_t count = 5'000;
  for (std::size_t i = 0; i < count; ++i) add_due(network.state(), network.now(), 0xff00, {});
  const Receipt first = network.execute({})[0];
  BOOST_TEST(first.events.size() > events_max - 2 * transaction_events_max);
  BOOST_TEST(first.events.size() <= events_max);
  BOOST_TEST(decode<Receipt>(encode(first)).has_value());
  BOOST_TEST(first.events.size() + network.execute({})[0].events.size() == count);
}

// ---------------------------------------------------------------------------------------------------------------------
// Determinism, totality, traces

// Arguments that mean something to the modules: identifiers that exist, and some that nearly do.
void teach(ArgumentMaker& maker) {
  // Not the keys of ann and eve: dismissed in the first blocks, they would leave nothing to test.
  for (const auto* name : {"bob", "dan", "buyer"}) {
    maker.know("PublicKey", ContractNetwork::key(name).view());
    maker.know("PartyId", ContractNetwork::person(name).view());
  }
  maker.know("PublicKey", ContractNetwork::key(registry_admin).view());
  maker.know("PartyId", ContractNetwork::person(registry_admin).view());
  for (const auto* id : {"registry", "tax-office", "archive", "nowhere"}) maker.know("DepartmentId", id);
  const std::string type = std::string(ContractNetwork::registry_code) + "022";
  maker.know("TypeCode", type);
  maker.know("TypeCode", std::string(ContractNetwork::tax_code) + "001");
  for (const auto code : {ContractNetwork::registry_code, ContractNetwork::tax_code}) maker.know("Uscc", code);
  for (const auto* serial : {"1", "2", "A1", "A12", "B", "3", "4", "5", "6"}) {
    for (const std::uint16_t edition : {1, 2}) {
      const CertificateIdParts parts{type, std::string(ContractNetwork::registry_code), serial, edition};
      maker.know("CertificateId", make_certificate_id(parts).view());
    }
    maker.know("SerialPrefix", serial);
  }
  maker.know("UnitNumber", "440304003008GB00012F00220045");
  maker.know("UnitNumber", "440304003008GB00012F00220046");
}

void enrol_everyone(ContractNetwork& network) {
  network.enrol("ann", "registry", {Role::issuer, Role::supervisor});
  network.enrol("bob", "registry", {Role::window_clerk, Role::reviewer, Role::registrar, Role::importer});
  network.enrol("eve", "tax-office", {Role::issuer, Role::tax_officer, Role::housing_officer, Role::treasury_officer});
  const auto type = certificate::TypeCode::from(std::string(ContractNetwork::registry_code) + "022").value();
  const auto name = PlainText<96>::from("title").value();
  network.run(registry_admin, "certificate", "define_type", certificate::DefineTypeArguments{type, name, name});
}

// Blocks of calls of every method by everyone, with arguments that mostly read.
std::vector<TransactionBody> random_block(ContractNetwork& network, ArgumentMaker& maker, std::size_t count) {
  static const std::string senders[] = {"ann", "bob", "eve", "buyer", "nobody", registry_admin,
                                        ContractNetwork::administrator("tax-office")};
  std::vector<TransactionBody> bodies;
  for (std::size_t i = 0; i < count; ++i) {
    const Module& module = *modules()[maker.below(modules().size())];
    const Method& method = module.methods[maker.below(module.methods.size())];
    Bytes arguments = maker.make(method.arguments());
    if (maker.below(8) == 0 && !arguments.empty()) arguments[maker.below(arguments.size())] ^= Byte{1};
    if (maker.below(16) == 0) arguments = maker.bytes(maker.below(300));
    bodies.push_back(network.raw_call(senders[maker.below(std::size(senders))], module.name, method.name, arguments));
  }
  return bodies;
}

BOOST_AUTO_TEST_CASE(every_method_gets_through_whatever_its_arguments_are) {
  std::set<std::string> events;
  std::size_t malformed = 0;
  std::size_t all = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    ContractNetwork network;
    ArgumentMaker maker(seed);
    teach(maker);
    enrol_everyone(network);
    for (int block = 0; block < 60; ++block) {
      network.wait(maker.below(100'000));
      for (const Receipt& receipt : network.execute(random_block(network, maker, 50))) {
        ++all;
        if (has_code(receipt, Code::malformed_arguments)) ++malformed;
        const auto copy = decode<Receipt>(encode(receipt));
        BOOST_REQUIRE(copy.has_value());
        for (const Finding& finding : findings_of(receipt)) BOOST_REQUIRE(find_sentence(finding.code) != nullptr);
        for (const Event& event : receipt.events) {
          BOOST_REQUIRE(find_event(event.name.view()) != nullptr);
          events.insert(event.name.str());
        }
      }
    }
  }
  // The fuzzer must reach both the methods and the reader.
  for (const auto* name : {"governance.officer_enrolled", "governance.roles_changed", "governance.officer_dismissed",
                           "certificate.issued", "certificate.batch_issued", "certificate.standing_changed"}) {
    BOOST_TEST(events.contains(name), name);
  }
  BOOST_TEST(malformed > all / 100);
}

BOOST_AUTO_TEST_CASE(random_bytes_as_arguments_of_every_method_are_malformed_or_refused) {
  ContractNetwork network;
  enrol_everyone(network);
  ArgumentMaker maker(7);
  for (const Module* module : modules()) {
    for (const Method& method : module->methods) {
      std::vector<TransactionBody> bodies;
      for (const auto& sender : {std::string("ann"), std::string("bob"), std::string("eve"), registry_admin}) {
        for (std::size_t size = 0; size < 60; ++size) {
          bodies.push_back(network.raw_call(sender, module->name, method.name, maker.bytes(size * 3)));
        }
      }
      for (std::size_t i = 0; const Receipt& receipt : network.execute(bodies)) {
        if (i++ > 0 && !method.roles.empty()) BOOST_TEST(!succeeded(receipt));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_same_block_twice_gives_the_same_changes_and_receipts) {
  ContractNetwork network;
  ArgumentMaker maker(11);
  teach(maker);
  enrol_everyone(network);
  for (int block = 0; block < 20; ++block) {
    const auto bodies = random_block(network, maker, 40);
    std::vector<const TransactionBody*> pointers;
    for (const auto& body : bodies) pointers.push_back(&body);
    Overlay once(network.state());
    Overlay again(network.state());
    const auto first = execute_block(once, network.block_of(pointers));
    const auto second = execute_block(again, network.block_of(pointers));
    BOOST_TEST((first.receipts == second.receipts));
    BOOST_TEST((once.changes() == again.changes()));
    BOOST_TEST(!first.next_epoch.has_value());
    network.execute(bodies);
  }
}

BOOST_AUTO_TEST_CASE(the_traces_in_state_are_exactly_those_of_the_receipts) {
  ContractNetwork network;
  ArgumentMaker maker(13);
  teach(maker);
  enrol_everyone(network);
  for (int block = 0; block < 160; ++block) network.execute(random_block(network, maker, 30));
  add_due(network.state(), network.now(), 0xff01, {});
  network.execute({});

  std::map<TraceKey, Trace> expected;
  for (std::uint64_t height = 0; height < network.receipts().size(); ++height) {
    const auto& receipts = network.receipts()[height];
    for (std::uint32_t index = 0; index < receipts.size(); ++index) {
      for (std::uint32_t position = 0; position < receipts[index].events.size(); ++position) {
        const Event& event = receipts[index].events[position];
        for (const Subject& subject : event.subjects) {
          Trace& trace = expected[trace_key_of(subject)];
          ++trace.event_count;
          trace.head = extend_trace(trace.head, {Height(height), index, position}, event);
        }
      }
    }
  }
  const auto entries = all_traces(network.state());
  BOOST_TEST(entries.size() == expected.size());
  BOOST_TEST(entries.size() > 10u);
  for (const auto& [key, trace] : expected) {
    BOOST_TEST((traces.get(network.state(), key) == trace));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts
