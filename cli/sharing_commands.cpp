// kanhe item, predicate, consent: who is the source of what, what is asked of it, and what a holder allows.
#include <CLI/CLI.hpp>

#include "cli/call.h"
#include "cli/output.h"
#include "cli/reading.h"
#include "cli/text_table.h"
#include "cli/values.h"
#include "cli/words.h"
#include "contracts/sharing_mandates.h"

namespace kanhe::cli {

namespace sharing = contracts::sharing;

// What `item show` answers: the item, and what its source holds of the party that was named.
struct ItemAnswer {
  sharing::ItemCode item;
  std::optional<sharing::Item> declared;
  std::optional<PartyId> party;
  std::optional<sharing::HeldItem> held;
};
BOOST_DESCRIBE_STRUCT(ItemAnswer, (), (item, declared, party, held))

// What `consent list` answers.
struct ListedConsent {
  sharing::ConsentId id;
  sharing::ConsentToUse consent;
};
BOOST_DESCRIBE_STRUCT(ListedConsent, (), (id, consent))
struct ConsentsAnswer {
  PartyId party;
  List<ListedConsent, 100'000> consents;
};
BOOST_DESCRIBE_STRUCT(ConsentsAnswer, (), (party, consents))

namespace {

const MethodCommand item_commands[] = {
    {.name = "declare", .module = "sharing", .method = "declare_item", .positionals = {"item"}},
    {.name = "record", .module = "sharing", .method = "record_item", .positionals = {"item", "party"}},
};
const MethodCommand predicate_commands[] = {
    {.name = "define", .module = "sharing", .method = "define_predicate", .positionals = {"predicate"}},
    {.name = "ask", .module = "sharing", .method = "ask", .positionals = {"predicate", "party"},
     .presets = {{"basis", ""}}},
    {.name = "answer", .module = "sharing", .method = "answer", .positionals = {"question", "holds"}},
};
const MethodCommand consent_commands[] = {
    {.name = "give", .module = "sharing", .method = "give_consent", .positionals = {"party"}},
    {.name = "withdraw", .module = "sharing", .method = "withdraw_consent", .positionals = {"consent"}},
    {.name = "use", .module = "sharing", .method = "use_consent", .positionals = {"consent"}},
};

const MethodCommand mandate_commands[] = {
    {.name = "give", .module = "sharing", .method = "give_mandate", .positionals = {"principal", "agent"}},
    {.name = "withdraw", .module = "sharing", .method = "withdraw_mandate", .positionals = {"mandate"}},
};

std::string proved_line(const Globals& globals, const certs::FactsAnswer& facts) {
  return proved_text(globals, facts.head.newest.header.height) + "\n";
}

void show_item(Globals& globals, const std::string& code, const std::string& party) {
  ItemAnswer answer;
  answer.item = read_word<sharing::ItemCode>("ITEM", code);
  std::vector<Bytes> keys{sharing::items.key_of(answer.item)};
  if (!party.empty()) {
    answer.party = read_word<PartyId>("--party", party);
    keys.push_back(sharing::held_items.key_of({answer.item, *answer.party}));
  }
  Client client = departmental_client_of(globals);
  const certs::FactsAnswer facts = or_fail(client.facts(keys));
  answer.declared = record_of<sharing::Item>(facts.facts[0]);
  if (!answer.declared) {
    throw CommandError{ExitCode::could_not_check, "there is no data item " + code, "没有数据项 " + code};
  }
  std::string text = sentence(globals, answer.declared->name_zh.view(), answer.declared->name_en.view()) + "\n  " +
                     sentence(globals, "权威来源", "authoritative source") + ": " + answer.declared->source.str() + "\n";
  if (answer.party) {
    answer.held = record_of<sharing::HeldItem>(facts.facts[1]);
    text += answer.held ? "  " + sentence(globals, "已登记，不必再次收取", "held: it need not be asked for again") + "\n" +
                              record_text(globals, *answer.held, 2)
                        : "  " + sentence(globals, "该当事人没有登记", "nothing is held of this party") + "\n";
  }
  show_result(globals, answer, text + proved_line(globals, facts));
}

// One record, under its id.
template <class Id, class Record>
void show_one(Globals& globals, const std::string& text, const Table<Id, Record>& table,
              const Words& what) {
  const Id id = read_word<Id>("ID", text);
  Client client = departmental_client_of(globals);
  const certs::FactsAnswer facts = or_fail(client.facts({table.key_of(id)}));
  const auto record = record_of<Record>(facts.facts[0]);
  if (!record) {
    throw CommandError{ExitCode::could_not_check, "there is no " + what.en + " " + text, "没有" + what.zh + " " + text};
  }
  show_result(globals, *record, record_text(globals, *record) + proved_line(globals, facts));
}

std::string usable_text(const Globals& globals, const sharing::Usable& usable) {
  if (const auto* const one = std::get_if<sharing::UseOfCertificate>(&usable)) {
    return sentence(globals, "证照", "certificate") + " " + one->id.str();
  }
  if (const auto* const item = std::get_if<sharing::UseOfItem>(&usable)) {
    return sentence(globals, "数据项", "item") + " " + item->item.str();
  }
  return sentence(globals, "核验事项", "predicate") + " " +
         std::get<sharing::UseOfPredicate>(usable).predicate.str();
}

std::string grantee_text(const sharing::Grantee& grantee) {
  if (const auto* const department = std::get_if<sharing::GranteeDepartment>(&grantee)) return department->id.str();
  return short_hex(std::get<sharing::GranteeParty>(grantee).id.view()) + "…";
}

std::string state_text(const Globals& globals, const sharing::ConsentToUse& consent) {
  if (consent.state == sharing::ConsentState::withdrawn) return sentence(globals, "已撤回", "withdrawn");
  if (consent.until_ms <= wall_now()) return sentence(globals, "已过期", "over");
  if (consent.uses >= consent.uses_max.value()) return sentence(globals, "已用完", "used up");
  return sentence(globals, "有效", "holds");
}

void add_consent(const Globals& globals, const ListedConsent& one, TextTable& table) {
  const sharing::ConsentToUse& consent = one.consent;
  table.add({state_text(globals, consent), grantee_text(consent.grantee), usable_text(globals, consent.usable),
             consent.purpose_code.str(), std::to_string(consent.uses) + "/" + to_string(consent.uses_max),
             sentence(globals, "至", "until") + " " + time_text(consent.until_ms)});
  table.add_line(one.id.hex());
}

// All that a party ever gave, from its history, which is proved complete.
void list_consents(Globals& globals, const std::string& text) {
  constexpr std::size_t facts_at_once = 16;
  ConsentsAnswer answer;
  answer.party = read_word<PartyId>("PARTY", text);
  Client client = departmental_client_of(globals);
  const certs::TraceAnswer trace = or_fail(client.whole_trace(PartySubject{answer.party}));
  std::vector<sharing::ConsentId> ids;
  for (const certs::TracedEvent& event : trace.events) {
    if (event.event.name.view() != sharing::ConsentGiven::event_name) continue;
    ids.push_back(or_fail(decode<sharing::ConsentGiven>(event.event.data.view())).consent);
  }
  TextTable table({Align::left, Align::left, Align::left, Align::left, Align::right, Align::left});
  for (std::size_t first = 0; first < ids.size(); first += facts_at_once) {
    std::vector<Bytes> keys;
    for (std::size_t i = first; i < std::min(first + facts_at_once, ids.size()); ++i) {
      keys.push_back(sharing::consents.key_of(ids[i]));
    }
    const certs::FactsAnswer facts = or_fail(client.facts(keys));
    for (std::size_t i = 0; i < keys.size(); ++i) {
      auto consent = record_of<sharing::ConsentToUse>(facts.facts[i]);
      if (!consent || consent->party != answer.party) continue;  // of others, to this party
      answer.consents.push_back({ids[first + i], std::move(*consent)});
      add_consent(globals, answer.consents[answer.consents.size() - 1], table);
    }
  }
  const std::string count = std::to_string(answer.consents.size());
  show_result(globals, answer,
              sentence(globals, "授权 " + count + " 项", count + " consents, proved complete") + "\n" +
                  table.text());
}

CLI::App* add_noun(CLI::App& app, std::string name, std::string words, std::string examples) {
  CLI::App* const noun = app.add_subcommand(std::move(name), std::move(words));
  noun->require_subcommand(1);
  noun->footer(std::move(examples));
  return noun;
}

void add_mandates(CLI::App& app, Globals& globals) {
  CLI::App* const mandate = add_noun(
      app, "mandate", "委托 · who acts for whom: for which services, until when",
      "Examples:\n  kanhe mandate give PARTY AGENT --services house-sale --until_ms 2027-09-01\n"
      "  kanhe mandate withdraw MANDATE\n");
  for (const MethodCommand& command : mandate_commands) add_method_command(*mandate, globals, command);
  const auto id = std::make_shared<std::string>();
  CLI::App* const show = mandate->add_subcommand("show", "查看委托 · a mandate, proved");
  show->add_option("MANDATE", *id, "the mandate's id")->required();
  show->footer("Example:\n  kanhe mandate show 5f0c…\n");
  show->callback([&globals, id] { show_one(globals, *id, sharing::mandates, {"委托", "mandate"}); });
}

}  // namespace

void add_sharing_commands(CLI::App& app, Globals& globals) {
  CLI::App* const item = add_noun(
      app, "item", "数据项 · data items, each with one authoritative source",
      "Examples:\n  kanhe item declare household-register --name_zh 户籍 --name_en 'household register'\n"
      "  kanhe item show household-register --party PARTY\n");
  for (const MethodCommand& command : item_commands) add_method_command(*item, globals, command);
  const auto code = std::make_shared<std::string>();
  const auto party = std::make_shared<std::string>();
  CLI::App* const show =
      item->add_subcommand("show", "查看数据项 · whose an item is, and what is held of a party, proved");
  show->add_option("ITEM", *code, "the item's code")->required();
  show->add_option("--party", *party, "a party: what is held of it");
  show->footer("Example:\n  kanhe item show household-register --party 5f0c…\n");
  show->callback([&globals, code, party] { show_item(globals, *code, *party); });

  CLI::App* const predicate = add_noun(
      app, "predicate", "核验 · questions that a department answers yes or no",
      "Examples:\n  kanhe predicate ask resides-in-district PARTY --argument '440304 2024-09-01' \\\n"
      "      --purpose_code school-enrolment --consent CONSENT\n"
      "  kanhe predicate answer QUESTION true --evidence sha256:extract.pdf\n");
  for (const MethodCommand& command : predicate_commands) add_method_command(*predicate, globals, command);
  const auto question = std::make_shared<std::string>();
  CLI::App* const asked = predicate->add_subcommand("show", "查看核验请求 · a question and its answer, proved");
  asked->add_option("QUESTION", *question, "the question's id")->required();
  asked->footer("Example:\n  kanhe predicate show 5f0c…\n");
  asked->callback([&globals, question] { show_one(globals, *question, sharing::questions, {"核验请求", "question"}); });

  CLI::App* const consent = add_noun(
      app, "consent", "授权 · what a holder allows: to whom, for what, until when, how often",
      "Examples:\n  kanhe consent give PARTY --grantee.type department --grantee.id school --usable.type predicate \\\n"
      "      --usable.predicate resides-in-district --purpose_code school-enrolment \\\n"
      "      --until_ms 2027-09-01 --uses_max 1\n"
      "  kanhe consent list PARTY\n  kanhe consent withdraw CONSENT\n");
  for (const MethodCommand& command : consent_commands) add_method_command(*consent, globals, command);
  const auto id = std::make_shared<std::string>();
  CLI::App* const one = consent->add_subcommand("show", "查看授权 · a consent, proved");
  one->add_option("CONSENT", *id, "the consent's id")->required();
  one->footer("Example:\n  kanhe consent show 5f0c…\n");
  one->callback([&globals, id] { show_one(globals, *id, sharing::consents, {"授权", "consent"}); });
  const auto giver = std::make_shared<std::string>();
  CLI::App* const list = consent->add_subcommand("list", "列出授权 · all that a party gave, proved complete");
  list->add_option("PARTY", *giver, "the party's id")->required();
  list->footer("Example:\n  kanhe consent list 5f0c…\n");
  list->callback([&globals, giver] { list_consents(globals, *giver); });
  add_mandates(app, globals);
}

}  // namespace kanhe::cli
