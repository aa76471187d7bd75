// A node behind its routes, without sockets, threads or clocks of its own: requests go in as a client would write them,
// work runs when the test says so, blocks are made of what waits in a real pool.
#pragma once

#include <deque>

#include "ledger/json.h"
#include "ledger/query.h"
#include "node/act_index.h"
#include "node/read_register.h"
#include "node/routes.h"
#include "node/vault.h"
#include "tests/contracts/counter.h"
#include "tests/node/sealed_ledger.h"
#include "tests/support/temporary_directory.h"

namespace kanhe::node {

namespace service = contracts::service;

// What a client hears.
struct Heard {
  HttpResponse response{.status = 0, .content_type = {}, .body = {}, .retry_after_s = {}, .allow = {}};
  int times = 0;

  template <class T>
  T read() const {
    BOOST_REQUIRE(times == 1);
    auto record = from_json<T>(response.body);
    if (!record) BOOST_FAIL(record.error().text + " in " + response.body.substr(0, 400));
    return std::move(record).value();
  }
  std::string message() const { return read<certs::ErrorAnswer>().message.str(); }
  std::string code() const { return read<certs::ErrorAnswer>().code.str(); }
};

class RoutedNode {
 public:
  // The house of Counter is sold and its title issued, unless the test stops before.
  explicit RoutedNode(Genesis genesis = service::Counter::make_genesis())
      : ledger(genesis),
        pool(
            chain_id_of(genesis), genesis.parameters, {},
            [this](const TransactionId& id) { return ledger.store().find_transaction(id).has_value(); },
            [](const PublicKey&) { return true; }) {}

  void start() {
    RouteSources sources;
    sources.genesis = ledger.genesis();
    sources.submissions = &submissions;
    sources.block_waits = &block_waits;
    sources.newest = [this] { return ledger.store().newest(); };
    sources.run = [this](std::function<void()> work) { works.push_back(std::move(work)); };
    sources.status_json = [] { return std::string("{\"waiting\":\"nothing\"}\n"); };
    sources.metrics_text = [] { return std::string("kanhe_height 1\n"); };
    sources.health = [this] { return health; };
    sources.wall_clock = [this] { return wall; };
    sources.monotonic_clock = [this] { return monotonic; };
    sources.log_query = [this](const QueryLine& line) {
      log.push_back(to_json(line));
      reads->append(line).value();
    };
    sources.reads_of = [this](const PartyId& party, std::uint64_t from, std::size_t count) {
      return reads->reads_of(party, from, count);
    };
    sources.acts_of = [this](const StoreReader& held, const PartyId& person, std::uint64_t from, std::size_t count) {
      return acts->acts_of(held, person, from, count);
    };
    sources.department = department;
    sources.vault = vault.get();
    sources.pass_on = pass_on;
    sources.on_damaged_file = [this](const std::string& reason) { damaged.push_back(reason); };
    routes = std::make_unique<Routes>(std::move(sources));
  }

  // Runs all work that waits, and hands what clients sent to the "driver".
  void settle() {
    while (!works.empty() || !handed_over.empty()) {
      for (auto& work : std::exchange(works, {})) work();
      take_in();
    }
  }
  void take_in() {
    for (auto& [bytes, token] : std::exchange(handed_over, {})) admit(bytes, token);
  }

  std::shared_ptr<Heard> send(HttpRequest request) {
    auto heard = begin(std::move(request));
    settle();
    return heard;
  }
  // Without running what it leads to.
  std::shared_ptr<Heard> begin(HttpRequest request) {
    auto heard = std::make_shared<Heard>();
    routes->handle(std::move(request), [heard](HttpResponse response) {
      heard->response = std::move(response);
      ++heard->times;
    });
    return heard;
  }
  static HttpRequest request(std::string_view target, HttpMethod method = HttpMethod::get) {
    HttpRequest made;
    made.method = method;
    made.remote = "192.0.2.1";
    const auto read = read_target(target, made);
    if (!read) BOOST_FAIL(read.error().text);
    return made;
  }
  std::shared_ptr<Heard> get(std::string_view target) { return send(request(target)); }
  template <class Answer>
  Answer ask(std::string_view target) {
    const auto heard = get(target);
    BOOST_TEST(heard->response.status == 200u, target << ": " << heard->response.body.substr(0, 300));
    return heard->read<Answer>();
  }
  std::shared_ptr<Heard> post(Bytes body, std::string_view target = "/v1/transactions",
                              std::string content_type = "application/octet-stream") {
    HttpRequest made = request(target, HttpMethod::post);
    made.content_type = std::move(content_type);
    made.body = std::move(body);
    return send(std::move(made));
  }

  // Signed by a key with a name.
  HttpRequest signed_request(std::string_view target, std::string_view officer = "clara",
                             std::string_view purpose = "test") {
    HttpRequest made = request(target);
    QueryCredential credential;
    credential.purpose = PurposeCode::from(purpose).value();
    credential.valid_until_ms = wall + Duration(30'000);
    credential.nonce.array()[0] = ++nonce;
    sign(made, credential, officer);
    return made;
  }
  void sign(HttpRequest& made, const QueryCredential& credential, std::string_view officer) {
    const ChainId chain = chain_id_of(ledger.genesis());
    made.kanhe_query = sign_query(ContractNetwork::scheme, ContractNetwork::secret(officer),
                                  {chain, made.method == HttpMethod::post ? "POST" : "GET", made.target, made.body},
                                  credential)
                           .value();
  }

  // A block of what waits, told to everyone as the node tells it.
  void make_block(Sealing sealing = Sealing::own) {
    const BodiesOfProposal bodies = pool.oldest(1'000);
    ledger.add(bodies, wall, sealing);
    const Height height = ledger.store().tip()->height;
    std::vector<TransactionId> ids;
    for (const SharedBody& body : bodies) ids.push_back(body->id);
    pool.on_recorded(height, ids);
    submissions.on_recorded(ids);
    block_waits.on_block(height);
    settle();
  }
  void pass(std::uint64_t ms) {
    wall = wall + ms;
    monotonic = monotonic + ms * ns_per_ms;
    for (const TransactionId& id : pool.expire(wall)) submissions.on_expired(id);
    submissions.end_waits(monotonic);
    block_waits.end_waits(monotonic);
    settle();
  }

  SealedLedger ledger;
  Timestamp wall{1'750'000'000'000};
  Instant monotonic{1'000'000'000};
  Result<void> health;
  std::vector<std::string> log;
  TemporaryDirectory directory;
  std::unique_ptr<ReadRegister> reads = ReadRegister::open(directory.path() + "/reads").value();
  std::unique_ptr<ActIndex> acts = ActIndex::open(directory.path() + "/acts").value();
  DepartmentId department = ContractNetwork::department("registry");
  std::unique_ptr<Vault> vault;  // before start()
  decltype(RouteSources::pass_on) pass_on;
  std::vector<std::string> damaged;
  Byte nonce = 0;
  bool overloaded = false;  // the driver answers busy
  std::deque<std::function<void()>> works;
  std::deque<std::pair<Bytes, std::uint64_t>> handed_over;
  Pool pool;
  BlockWaits block_waits;
  Submissions submissions{{}, [this](Bytes bytes, std::uint64_t token) {
                            handed_over.emplace_back(std::move(bytes), token);
                          }};
  std::unique_ptr<Routes> routes;

 private:
  // As Driver::submit, then the checker, then Pool::admit.
  void admit(const Bytes& bytes, std::uint64_t token) {
    auto body = read_body(bytes);
    if (!body) return submissions.on_submitted(token, {}, std::move(body).error());
    if (!verify_signature(ContractNetwork::scheme, *body)) {
      return submissions.on_submitted(token, {}, fail(ErrorCode::bad_signature, "signature: does not fit"));
    }
    if (overloaded) return submissions.on_submitted(token, {}, fail(ErrorCode::busy, "the pool is full"));
    const auto shared = std::make_shared<const TransactionBody>(std::move(body).value());
    submissions.on_submitted(token, shared->id, pool.admit(shared, Source::client, PeerId(0), {monotonic, wall}));
  }
};

// The story of queries_tests behind routes: a sold house.
struct SoldHouseNode : RoutedNode {
  explicit SoldHouseNode(Genesis genesis = service::Counter::make_genesis()) : RoutedNode(std::move(genesis)) {
    counter.sell_until_billed();
    counter.pay();
    BOOST_REQUIRE(succeeded(counter.register_title()));
    ledger.replay(counter);
    wall = counter.now();
    start();
  }
  // A good transaction: an officer is enrolled.
  TransactionBody enrolment(const std::string& name) {
    return counter.call(ContractNetwork::administrator("registry"), "governance", "enrol_officer",
                        contracts::governance::EnrolOfficerArguments{ContractNetwork::key(name),
                                                                     ContractNetwork::person(name),
                                                                     {contracts::Role::window_clerk}});
  }
  service::Counter counter;
};

}  // namespace kanhe::node
