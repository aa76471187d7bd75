// kanhe party: what the ledger has of a person or body, and who read about it.
#include <CLI/CLI.hpp>
#include <set>

#include "cli/client.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/reading.h"
#include "cli/text_table.h"
#include "cli/words.h"
#include "contracts/sharing_mandates.h"
#include "contracts/trace.h"

namespace kanhe::cli {

namespace property = contracts::property;
namespace service = contracts::service;
namespace sharing = contracts::sharing;

inline constexpr std::size_t party_items_max = 100'000;

struct PartyUnit {
  UnitNumber number;
  bool holds = false;
  std::optional<property::Share> share;  // of co-owners by shares
  List<certs::UnitLimit, property::limits_max> limits;  // that are the party's
};
BOOST_DESCRIBE_STRUCT(PartyUnit, (), (number, holds, share, limits))

struct PartyApplication {
  ApplicationId id;
  service::ServiceCode service;
  service::Phase phase = service::Phase::filed;
};
BOOST_DESCRIBE_STRUCT(PartyApplication, (), (id, service, phase))

// What `party show --json` prints. Everything is proved, and nothing is missing: the party's history names all that
// ever concerned it.
struct PartyHoldings {
  PartyId party;
  Height as_of_height;
  std::uint64_t events = 0;
  List<PartyUnit, party_items_max> units;  // in which it has a right today
  List<UnitNumber, party_items_max> former_units;  // that once concerned it
  List<PartyApplication, party_items_max> applications;
  List<sharing::ConsentId, party_items_max> consents;  // its own, not taken back
  List<sharing::MandateId, party_items_max> mandates;  // the same
};
BOOST_DESCRIBE_STRUCT(PartyHoldings, (),
                      (party, as_of_height, events, units, former_units, applications, consents, mandates))

// What `party reads --json` prints.
struct PartyReads {
  PartyId party;
  List<certs::PartyRead, party_items_max> reads;
};
BOOST_DESCRIBE_STRUCT(PartyReads, (), (party, reads))

// What `party acts --json` prints.
struct PartyActs {
  PartyId person;
  List<certs::SignedAct, party_items_max> acts;
  Height complete_to;
};
BOOST_DESCRIBE_STRUCT(PartyActs, (), (person, acts, complete_to))

namespace {

// What the party's history names, each once, in the order of its first event.
struct Named {
  std::vector<UnitNumber> units;
  std::vector<ApplicationId> applications;
};

template <class T>
void add_once(std::vector<T>& list, const T& value) {
  if (std::ranges::find(list, value) == list.end()) list.push_back(value);
}

Named named_in(const certs::TracedEvents& events) {
  Named named;
  for (const certs::TracedEvent& event : events) {
    for (const Subject& subject : event.event.subjects) {
      if (const auto* const unit = std::get_if<UnitSubject>(&subject)) add_once(named.units, unit->id);
      if (const auto* const of = std::get_if<ApplicationSubject>(&subject)) add_once(named.applications, of->id);
    }
    // Where an event had no room for all whom it concerns, the others have one of their own.
    if (event.event.name.view() != property::PartyAffected::event_name) continue;
    add_once(named.units, or_fail(decode<property::PartyAffected>(event.event.data.view())).unit);
  }
  return named;
}

// The records under the ids that events of one kind name, as far as `is_own` says that they are the party's.
template <class Event, class Id, class Record, class IsOwn>
void collect(Client& client, const certs::TracedEvents& events, Id Event::*member, const Table<Id, Record>& table,
             IsOwn is_own, auto& list) {
  for (const certs::TracedEvent& event : events) {
    if (event.event.name.view() != Event::event_name) continue;
    const auto data = or_fail(decode<Event>(event.event.data.view()));
    const certs::FactsAnswer facts = or_fail(client.facts({table.key_of(data.*member)}));
    const auto record = record_of<Record>(facts.facts[0]);
    if (record && is_own(*record) && !list.full()) list.push_back(data.*member);
  }
}

bool is_of(const property::Burden& burden, const PartyId& party) {
  const auto* const guardianship = std::get_if<property::Guardianship>(&burden);
  return property::party_of(burden) == party || (guardianship != nullptr && guardianship->guardian == party);
}

void look_at_unit(Client& client, const UnitNumber& number, PartyHoldings& answer) {
  const certs::UnitAnswer found = or_fail(client.unit(number));
  PartyUnit unit;
  unit.number = number;
  if (found.unit) {
    for (const property::Holder& holder : found.unit->holders) {
      if (holder.party != answer.party) continue;
      unit.holds = true;
      unit.share = holder.share;
    }
  }
  for (const certs::UnitLimit& limit : found.limits) {
    if (is_of(limit.limit.burden, answer.party)) unit.limits.push_back(limit);
  }
  if (unit.holds || !unit.limits.empty()) {
    answer.units.push_back(std::move(unit));
  } else {
    answer.former_units.push_back(number);
  }
}

PartyHoldings look_once(Client& client, const PartyId& party) {
  PartyHoldings answer;
  answer.party = party;
  const certs::TraceAnswer trace = or_fail(client.whole_trace(PartySubject{party}));
  answer.as_of_height = trace.head.newest.header.height;
  answer.events = trace.events.size();
  const Named named = named_in(trace.events);
  for (const UnitNumber& number : named.units) look_at_unit(client, number, answer);
  for (const ApplicationId& id : named.applications) {
    const certs::ApplicationAnswer found = or_fail(client.application(id));
    if (found.application) answer.applications.push_back({id, found.application->service, found.application->phase});
  }
  collect(client, trace.events, &sharing::ConsentGiven::consent, sharing::consents,
          [&](const sharing::ConsentToUse& one) {
            return one.party == party && one.state == sharing::ConsentState::given;
          },
          answer.consents);
  collect(client, trace.events, &sharing::MandateGiven::mandate, sharing::mandates,
          [&](const sharing::Mandate& one) { return one.principal == party && !one.withdrawn_ms; }, answer.mandates);
  return answer;
}

// What is read after the history may be of later blocks: the history has not grown meanwhile, or it is read again.
PartyHoldings look(Client& client, const PartyId& party) {
  for (int attempt = 0; attempt < 5; ++attempt) {
    PartyHoldings answer = look_once(client, party);
    const Bytes key = contracts::traces.key_of(contracts::trace_key_of(PartySubject{party}));
    const certs::FactsAnswer facts = or_fail(client.facts({key}));
    const auto trace = record_of<contracts::Trace>(facts.facts[0]);
    if ((trace ? trace->event_count.value() : 0) == answer.events) return answer;
  }
  throw CommandError{ExitCode::could_not_check, "the party's history grows faster than it is read; ask again",
                     "读取期间该当事人的记录不断增加，请重试"};
}

// What it is in the unit: holder, with its share, and which limits are its own.
std::string standing_text(const Globals& globals, const PartyUnit& unit) {
  std::string text;
  if (unit.holds) {
    text = sentence(globals, "权利人", "holder");
    if (unit.share) text += " " + to_string(unit.share->numerator) + "/" + to_string(unit.share->denominator);
  }
  for (const certs::UnitLimit& limit : unit.limits) {
    const auto name = property::name_of(property::kind_of(limit.limit.burden));
    text += (text.empty() ? "" : "  ") + sentence(globals, name.zh, name.en) + " " + to_string(limit.number);
  }
  return text;
}

std::string text_of(const Globals& globals, const PartyHoldings& answer) {
  std::string text = sentence(globals, "当事人", "party") + " " + answer.party.hex() + "\n" +
                     sentence(globals, "不动产", "units") + ": " + std::to_string(answer.units.size()) + "\n";
  TextTable units({Align::left, Align::left});
  for (const PartyUnit& unit : answer.units) units.add({unit.number.str(), standing_text(globals, unit)});
  text += units.text();
  if (!answer.former_units.empty()) {
    text += sentence(globals, "曾经涉及", "formerly") + ":";
    for (const UnitNumber& number : answer.former_units) text += " " + number.str();
    text += "\n";
  }
  text += sentence(globals, "申请", "applications") + ": " + std::to_string(answer.applications.size()) + "\n";
  TextTable applications({Align::left, Align::left});
  for (const PartyApplication& one : answer.applications) {
    applications.add({one.service.str(), value_label(globals, one.phase)});
    applications.add_line("kanhe application show " + one.id.hex());
  }
  const std::string events = std::to_string(answer.events);
  const std::string height = to_string(answer.as_of_height);
  return text + applications.text() + sentence(globals, "授权", "consents") + ": " +
         std::to_string(answer.consents.size()) + ", " + sentence(globals, "委托", "mandates") + ": " +
         std::to_string(answer.mandates.size()) + "\n" +
         sentence(globals, "无遗漏（" + events + " 条记录），已核验，高度 " + height,
                  "nothing is missing (" + events + " events), proved, block " + height) +
         "\n";
}

void show(Globals& globals, const std::string& text) {
  Client client = departmental_client_of(globals);
  const PartyHoldings answer = look(client, read_word<PartyId>("PARTY", text));
  show_result(globals, answer, text_of(globals, answer));
}

// All that the node remembers, page by page; at most what was there when it was asked first.
void show_reads(Globals& globals, const std::string& text) {
  Client client = departmental_client_of(globals);
  PartyReads all;
  all.party = read_word<PartyId>("PARTY", text);
  TextTable table({Align::left, Align::left, Align::left, Align::left});
  for (std::uint64_t from = 1;;) {
    const certs::ReadsAnswer page = or_fail(client.reads(all.party, from));
    if (page.reads.empty() || all.reads.full()) break;
    for (const certs::PartyRead& read : page.reads) {
      table.add({time_text(read.time_ms),
                 read.department ? read.department->str() : sentence(globals, "本人", "the party itself"),
                 read.purpose.str(), read.what.str()});
      if (!all.reads.full()) all.reads.push_back(read);
    }
    from = page.reads.back().number + 1;
  }
  const std::string words = table.empty() ? "  " + sentence(globals, "没有记录", "nobody") + "\n" : table.text();
  show_result(globals, all,
              sentence(globals, "谁在此节点查询过", "who read about this party at this node") + " (" +
                  sentence(globals, "节点自述", "the node's word") + ")\n" + words);
}

// The node looks on with each question, so it is asked until it has looked at everything.
void show_acts(Globals& globals, const std::string& text) {
  Client client = departmental_client_of(globals);
  PartyActs all;
  all.person = read_word<PartyId>("PERSON", text);
  TextTable table({Align::left, Align::left, Align::left, Align::left});
  std::optional<Progress> progress;
  for (std::uint64_t from = 1;;) {
    const certs::ActsAnswer page = or_fail(client.acts(all.person, from));
    all.complete_to = page.complete_to;
    for (const certs::SignedAct& act : page.acts) {
      if (all.acts.full()) break;
      table.add({time_text(act.time_ms), act.succeeded ? "✓" : "✗", act.method.str(),
                 act.department ? act.department->str() : sentence(globals, "本人", "as a party")});
      table.add_line("kanhe transaction show " + act.transaction_id.hex());
      all.acts.push_back(act);
    }
    if (!page.acts.empty()) from = page.acts.back().number + 1;
    if (all.acts.full() || (page.acts.empty() && page.complete_to >= page.newest)) break;
    if (page.complete_to >= page.newest) continue;
    if (!progress) progress.emplace(globals, sentence(globals, "查找", "looking"), page.newest.value());
    progress->show(page.complete_to.value());
  }
  progress.reset();
  const std::string words = table.empty() ? "  " + sentence(globals, "没有记录", "nothing") + "\n" : table.text();
  show_result(globals, all,
              sentence(globals, "签署过的交易", "what this person signed") + ", " +
                  sentence(globals, "截至高度", "up to block") + " " + to_string(all.complete_to) + " (" +
                  sentence(globals, "节点自述，每项可单独核验", "the node's word; each proves itself") + ")\n" + words);
}

}  // namespace

void add_party_commands(CLI::App& app, Globals& globals) {
  CLI::App* const noun = app.add_subcommand("party", "当事人 · what the ledger has of a person or body");
  noun->require_subcommand(1);
  noun->footer("Examples:\n  kanhe party show PARTY --key officer.key\n");
  const auto party = std::make_shared<std::string>();
  CLI::App* const command =
      noun->add_subcommand("show", "查看当事人 · rights, applications, consents and mandates, proved complete");
  command->add_option("PARTY", *party, "the party's id, 64 hexadecimal digits")->required();
  command->footer("Example:\n  kanhe party show 5f0c…\n");
  command->callback([&globals, party] { show(globals, *party); });
  CLI::App* const reads =
      noun->add_subcommand("reads", "谁查询过我 · who read about a party at the node that is asked, and what for");
  reads->add_option("PARTY", *party, "the party's id; the key is its own, or a supervisor's")->required();
  reads->footer("Example:\n  kanhe party reads 5f0c… --key my.key --node https://registry.example:8443\n");
  reads->callback([&globals, party] { show_reads(globals, *party); });
  CLI::App* const acts =
      noun->add_subcommand("acts", "签署过什么 · what a person signed, as an officer or a party");
  acts->add_option("PERSON", *party, "the person's id; the key is one of theirs, or a supervisor's")->required();
  acts->footer("Example:\n  kanhe party acts 5f0c… --key supervisor.key --json\n");
  acts->callback([&globals, party] { show_acts(globals, *party); });
}

}  // namespace kanhe::cli
