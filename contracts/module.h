// Module: a set of typed tables and methods; and Context, all that a method sees of the world.
//
// A method is one described argument record and one function
//     void issue(Context&, const IssueArguments&);      or      Receipted issue(Context&, const IssueArguments&);
// A returned record becomes the receipt's return value. How to add a module: describe arguments and events, write the
// functions, list them in a Module with method<&f>() (contracts/method.h), and name the Module in
// contracts/modules.cpp.
//
// Rules for everything that runs here:
// - Deterministic and total. No clock, randomness, floating point, I/O, unordered container; every loop is bounded by a
//   limit with a name. What a transaction can reach never meets a CHECK: every node would stop at the same block.
// - A method reports *every* finding that applies with refuse(), then returns before it changes anything if refused().
//   A refused transaction's changes and events are dropped by the host, so a late finding is safe too.
// - The host checks Method::roles first. Who holds none of them learns nothing else about the state.
// - The limits of lists and numbers are CHECKed when a record is encoded: ask full() before adding to a List, and keep
//   sums below the type's max (Context::at() clamps for itself).
// - Argument and event records carry no version: the method's or event's name stands for their form, and a changed form
//   gets a new name. Records in state begin with FormatVersion<1>.
//
// Table numbers: 0x01.. host, 0x02.. governance, 0x03.. certificate, 0x04.. property, 0x05.. service, 0x06.. treasury,
// 0x07.. motion, 0x08.. sharing, 0x09.. supervision.
// Due handlers: the same first byte. Both are never used for another thing.
//
// Thread: one; a Context lives for one transaction or one due entry.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "contracts/codes.h"
#include "contracts/due.h"
#include "contracts/sender.h"
#include "ledger/receipt.h"
#include "ledger/state.h"

namespace kanhe::contracts {

// Of one transaction or due entry. A block's system receipt stays below events_max because due entries stop in time.
inline constexpr std::size_t transaction_events_max = 64;
inline constexpr std::size_t transaction_event_bytes_max = 65'536;

// Version of the rules that are in force; raised by a motion, so that old blocks replay under their own rules.
struct RulesVersionTag : CounterTag<std::uint32_t> {
  static constexpr Label label{"RulesVersion", "规则版本", "version of the rules in force"};
};
using RulesVersion = Number<RulesVersionTag>;

// What is the same for the whole block.
struct BlockFacts {
  ChainId chain_id;
  Suite suite;
  Height height;
  Timestamp now;
  RulesVersion rules_version;
};

// The numbers of a Finding; zero means "does not apply".
struct Details {
  std::uint16_t rule = 0;
  std::uint16_t field = 0;  // field_number<Arguments>("name")
  std::uint64_t limit = 0;
  std::uint64_t value = 0;
  std::optional<Subject> subject{};
};

// Position of a field in a described record, from 1. A name that is none of its fields does not compile.
template <RecordType Record>
consteval std::uint16_t field_number(std::string_view name) {
  std::uint16_t position = 0;
  std::uint16_t found = 0;
  boost::mp11::mp_for_each<MembersOf<Record>>([&](auto described) {
    ++position;
    if (name == described.name) found = position;
  });
  if (found == 0) throw "the record has no field of this name";
  return found;
}

class Context {
 public:
  // Lifetime: `state` and `facts` outlive the Context.
  Context(Overlay& state, const BlockFacts& facts, const TransactionId& transaction_id, Sender sender)
      : state_(state), facts_(facts), transaction_id_(transaction_id), sender_(std::move(sender)) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  Overlay& state() { return state_; }
  const Overlay& state() const { return state_; }
  const Suite& suite() const { return facts_.suite; }
  Height height() const { return facts_.height; }
  // The block's time: the only time there is.
  Timestamp now() const { return facts_.now; }
  RulesVersion rules_version() const { return facts_.rules_version; }
  // All zero while a due entry runs.
  const TransactionId& transaction_id() const { return transaction_id_; }
  const Sender& sender() const { return sender_; }

  // Adds a finding. The same one is not added twice. There is room for findings_max: beyond that a rule or code that
  // has none yet takes the place of the last of those that have several, so that whatever was broken is named.
  template <CodeEnum C>
  void refuse(C code, const Details& details = {}) {
    add(Finding{static_cast<std::uint16_t>(code), details.rule, details.field, details.limit, details.value,
                details.subject});
  }
  bool refused() const { return !findings_.empty(); }
  // How often refuse() was called: it grows also where the finding is known, or there is no room for it.
  std::size_t refusals() const { return refusals_; }
  const List<Finding, findings_max>& findings() const { return findings_; }

  // Whether the sender holds one of the roles; if not, adds the finding.
  bool require_role(RoleSet roles);
  // Whether the sender is an officer or machine of this department and holds one of the roles; if not, adds findings.
  bool require_role_in(const DepartmentId& department, RoleSet roles);

  // Adds an event about the subjects (any order; repeated ones count once). `E::event_name` is its name. Beyond the
  // limits of one transaction the event is left out and a finding added.
  template <class E>
  void emit(const E& event, std::vector<Subject> subjects) {
    add(E::event_name, encode(event), std::move(subjects));
  }
  const List<Event, events_max>& events() const { return events_; }

  // Has the handler run with this data in the first block whose time is not below `due` and that has room. A time
  // beyond the type's range counts as its end. Entries of one time run in the order in which they were added.
  template <class Data>
  DueKey at(Timestamp due, DueHandlerNumber handler, const Data& data) {
    return add_due(state_, due, handler, encode(data));
  }
  // Removes an entry that has not run; nothing happens when it is gone.
  void cancel(const DueKey& key) { remove_due(state_, key); }

  // What would be found if the state went on like that: runs `use` with a context and a state of its own, of which
  // nothing stays but the findings.
  template <class Use>
  void try_out(Use use) {
    Overlay changes(state_);
    Context inner(changes, facts_, transaction_id_, sender_);
    use(inner);
    for (const Finding& finding : inner.findings_) add(finding);
  }

  void set_return_value(Bytes value);
  const Blob<return_bytes_max>& return_value() const { return return_value_; }

 private:
  void add(Finding finding);
  bool make_room_for(const Finding& finding);
  void add(std::string_view name, Bytes data, std::vector<Subject> subjects);

  Overlay& state_;
  const BlockFacts& facts_;
  TransactionId transaction_id_;
  Sender sender_;
  List<Finding, findings_max> findings_;
  std::size_t refusals_ = 0;
  List<Event, events_max> events_;
  std::size_t event_bytes_ = 0;
  Blob<return_bytes_max> return_value_;
};

// A described record whose type is known at run time only: for programs that make or show any of them (command line,
// readers of events). Each function pointer's `record` points to a value of that type.
struct RecordKind {
  const Schema& (*schema)();
  std::shared_ptr<void> (*make)();                            // a default one
  Bytes (*encode)(const void* record);                        // Requires: within its limits, as encode()
  Result<std::shared_ptr<void>> (*decode)(ByteView bytes);    // Errors: as decode()
};

// Used where the codec of T is at hand: ledger/codec_impl.h, or instantiated.
template <class T>
constexpr RecordKind record_kind() {
  return {.schema = &schema_of<T>,
          .make = []() -> std::shared_ptr<void> { return std::make_shared<T>(); },
          .encode = [](const void* record) { return kanhe::encode(object_as<T>(record)); },
          .decode = [](ByteView bytes) -> Result<std::shared_ptr<void>> {
            return std::shared_ptr<void>(std::make_shared<T>(TRY(kanhe::decode<T>(bytes))));
          }};
}

// One method in a module's table. `call` reads the arguments, adds malformed_arguments if they do not read, and runs
// the function otherwise.
struct Method {
  std::string_view name;
  std::string_view zh;         // one line for people
  std::string_view en;
  RoleSet roles;               // one of them is needed; empty: whoever has a key
  const Schema& (*arguments)();
  const Schema* (*result)();   // of the return value; null: none
  // Reads the arguments only: 0, or the position of the field that does not read. For refusing before anything runs.
  std::uint16_t (*check)(ByteView arguments);
  void (*call)(Context&, ByteView arguments);
  RecordKind argument_record;
  std::optional<RecordKind> result_record;  // absent: nothing is returned
};

// One kind of event in a module's table, so that readers can show its data.
struct EventKind {
  std::string_view name;       // "certificate.issued"
  const Schema& (*data)();
  RecordKind record;
};

template <class E>
constexpr EventKind event_kind() {
  return {E::event_name, &schema_of<E>, record_kind<E>()};
}

// What runs when an entry is due. A handler has nobody to refuse to: it leaves things as they are when its reason is
// gone. If it adds findings all the same, its changes are dropped and the system receipt says so (host.due_dropped).
struct DueHandler {
  DueHandlerNumber number;
  std::string_view name;
  void (*run)(Context&, ByteView data);
};

struct Module {
  std::string_view name;
  std::string_view zh;
  std::string_view en;
  std::span<const Method> methods;
  std::span<const EventKind> events;
  std::span<const DueHandler> due_handlers;
  std::span<const Sentence> sentences;
};

}  // namespace kanhe::contracts
