// Files from the window to the reviewer of another department: two nodes, one with a vault, and every way in which a
// file does not come out: no signature, no matter, no right, not opened, damaged, another node's officer.
#include "node/file_routes.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "node/file_exchange.h"
#include "tests/node/routed_node.h"

namespace kanhe::node {
namespace {

using service::Counter;

// A node of a network in which a house is being sold.
struct OpenSaleNode : RoutedNode {
  explicit OpenSaleNode(std::string_view of) {
    department = ContractNetwork::department(of);
    Counter::Sale sale = Counter::sale();
    sale.materials[2].file.digest = sha256(contract);
    BOOST_REQUIRE(succeeded(counter.file(sale)));
    BOOST_REQUIRE(succeeded(counter.accept()));
  }
  void open() {
    ledger.replay(counter);
    wall = counter.now();
    start();
  }

  static std::string path(std::uint32_t part, const Hash256& digest = sha256(contract)) {
    return "/v1/files/" + digest.hex() + "/parts/" + std::to_string(part);
  }
  std::string of_application(std::uint32_t part, const Hash256& digest = sha256(contract)) const {
    return path(part, digest) + "?application=" + counter.id.hex();
  }
  HttpRequest put_request(std::uint32_t part, ByteView body, std::string_view officer) {
    HttpRequest made = request(path(part), HttpMethod::post);
    made.content_type = "application/octet-stream";
    made.body = to_bytes(body);
    QueryCredential credential;
    credential.purpose = PurposeCode::from("filing").value();
    credential.valid_until_ms = wall + Duration(30'000);
    credential.nonce.array()[0] = ++nonce;
    credential.nonce.array()[1] = 1;
    sign(made, credential, officer);
    return made;
  }
  ByteView part_of(std::uint32_t number) const {
    const std::size_t start = number * certs::file_part_bytes;
    return ByteView(contract).subspan(start, std::min(certs::file_part_bytes, contract.size() - start));
  }
  unsigned status(HttpRequest made) { return send(std::move(made))->response.status; }
  unsigned read(std::uint32_t part, std::string_view officer = "clara") {
    return status(signed_request(of_application(part), officer));
  }
  void upload() {
    BOOST_TEST(status(put_request(0, part_of(0), "clara")) == 200u);
    BOOST_TEST(status(put_request(1, part_of(1), "clara")) == 200u);
  }
  std::size_t noted_for(std::string_view name) {
    return reads->reads_of(ContractNetwork::person(name), 1, 100).value().size();
  }

  inline static const Bytes contract = [] {
    Bytes bytes(certs::file_part_bytes + 1'000);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<Byte>(i * i >> 3);
    return bytes;
  }();
  Counter counter;
};

struct RegistryNode : OpenSaleNode {
  RegistryNode() : OpenSaleNode("registry") {
    vault = Vault::open({vault_path(), 0}, SealingKey()).value();
    open();
  }
  std::string vault_path() const { return directory.path() + "/vault"; }
};

BOOST_AUTO_TEST_SUITE(file_routes_tests)

BOOST_FIXTURE_TEST_CASE(what_the_window_took_in_the_departments_of_the_flow_read, RegistryNode) {
  BOOST_TEST(read(0) == 404u);
  const auto first = send(put_request(0, part_of(0), "clara"))->read<certs::FileAnswer>();
  BOOST_TEST((first.parts == 1 && !first.whole));
  BOOST_TEST(read(0) == 404u);
  BOOST_TEST(send(put_request(1, part_of(1), "clara"))->read<certs::FileAnswer>().whole);
  const auto heard = send(signed_request(of_application(0), "rita"));
  BOOST_TEST(heard->response.content_type == "application/octet-stream");
  BOOST_TEST((as_bytes(heard->response.body).size() == certs::file_part_bytes));
  BOOST_TEST(equal(as_bytes(heard->response.body), part_of(0)));
  BOOST_TEST(equal(as_bytes(send(signed_request(of_application(1), "rita"))->response.body), part_of(1)));
  BOOST_TEST(read(2, "rita") == 400u);
  BOOST_TEST(read(0, "seller") == 200u);
  // A party's own readings stand among those about it.
  BOOST_TEST(noted_for("seller") == 2u);
  BOOST_TEST(read(0, "stranger") == 401u);
  BOOST_TEST(read(0, "theo") == 401u);
}

BOOST_FIXTURE_TEST_CASE(a_file_is_opened_by_its_first_part_and_each_opening_is_noted_for_the_parties, RegistryNode) {
  upload();
  BOOST_TEST(read(1, "rita") == 409u);
  BOOST_TEST(noted_for("seller") == 0u);
  BOOST_TEST(read(0, "rita") == 200u);
  BOOST_TEST(read(1, "rita") == 200u);
  BOOST_TEST(read(1, "carl") == 409u);
  BOOST_TEST(noted_for("seller") == 1u);
  BOOST_TEST(noted_for("buyer") == 1u);
  BOOST_TEST(noted_for("stranger") == 0u);
  pass(open_for.value() - 1);
  BOOST_TEST(read(1, "rita") == 200u);
  pass(1);
  BOOST_TEST(read(1, "rita") == 409u);
  // The department's own log has every part, and what was refused.
  BOOST_TEST(std::ranges::count_if(log, [](const std::string& line) {
               return line.find("file_part " + sha256(contract).hex()) != std::string::npos;
             }) >= 6);
}

BOOST_AUTO_TEST_CASE(files_are_signed_for_also_where_reads_are_open) {
  Genesis genesis = Counter::make_genesis();
  genesis.open_reads = true;
  RoutedNode open(genesis);
  open.ledger.add({}, open.wall);
  open.start();
  const std::string path = OpenSaleNode::path(0) + "?application=" + Hash256().hex();
  BOOST_TEST(open.get("/v1/state?key=0401")->response.status == 200u);
  BOOST_TEST(open.get(path)->response.status == 401u);
}

BOOST_FIXTURE_TEST_CASE(only_the_own_officers_put_files_in, RegistryNode) {
  BOOST_TEST(status(put_request(0, part_of(0), "tess")) == 401u);
  BOOST_TEST(status(put_request(0, part_of(0), "seller")) == 401u);
  HttpRequest unsigned_one = request(path(0), HttpMethod::post);
  unsigned_one.content_type = "application/octet-stream";
  BOOST_TEST(status(unsigned_one) == 401u);
  HttpRequest altered = put_request(0, part_of(0), "clara");
  altered.body[5] ^= 1;
  BOOST_TEST(status(altered) == 401u);
  HttpRequest json = put_request(0, part_of(0), "clara");
  json.content_type = "application/json";
  BOOST_TEST(status(json) == 400u);
  BOOST_TEST(status(put_request(1, part_of(1), "clara")) == 409u);
  BOOST_TEST(status(put_request(0, Bytes(certs::file_part_bytes + 1), "clara")) == 400u);
}

BOOST_FIXTURE_TEST_CASE(one_matter_is_named, RegistryNode) {
  upload();
  const std::string certificate = service::title_id("1").str();
  const auto wrong = [&](const std::string& query, std::string_view words) {
    const auto heard = send(signed_request(path(0) + query));
    BOOST_TEST(heard->response.status >= 400u);
    BOOST_TEST(heard->message().find(words) != std::string::npos, heard->message());
  };
  wrong("", "name one");
  wrong("?application=" + counter.id.hex() + "&certificate=" + certificate, "name one");
  wrong("?application=" + counter.id.hex() + "&consent=" + counter.id.hex(), "belongs to a certificate");
  wrong("?certificate=" + certificate, "there is no");
  wrong("?application=00", "application");
  BOOST_TEST(send(signed_request("/v1/files/00/parts/0?application=" + counter.id.hex()))->message().find("digest") !=
             std::string::npos);
  BOOST_TEST(send(signed_request(path(certs::file_parts_max) + "?application=" + counter.id.hex()))->message().find(
                 "must be between 0 and 128") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_damaged_file_is_told_to_the_node_and_not_read, RegistryNode) {
  upload();
  const std::string hex = sha256(contract).hex();
  std::filesystem::resize_file(vault_path() + "/" + hex.substr(0, 2) + "/" + hex, 100);
  BOOST_TEST(read(0) == 500u);
  BOOST_REQUIRE(damaged.size() == 1u);
  BOOST_TEST(damaged[0].find(hex) != std::string::npos);
  BOOST_TEST(noted_for("seller") == 0u);
}

// The tax office's node asks the registry's, which checks and logs by itself.
struct TwoNodes {
  TwoNodes() {
    const auto links = [this](RoutedNode& own, std::unique_ptr<FileExchange>& other, PeerId self) {
      FileExchangeLinks made;
      made.connected = [this](const DepartmentId& department) -> std::optional<PeerId> {
        if (department.str() != "registry" || cut) return std::nullopt;
        return PeerId(0);
      };
      made.department = [](PeerId id) {
        return ContractNetwork::department(id == PeerId(0) ? "registry" : "tax-office");
      };
      made.send = [&other, self](PeerId, FrameKind kind, Bytes payload) {
        other->on_frame(self, {kind, std::move(payload)});
      };
      made.handle = [&own](HttpRequest request, Respond respond) {
        own.routes->handle(std::move(request), std::move(respond));
      };
      made.clock = [&own] { return own.monotonic; };
      return made;
    };
    of_registry = std::make_unique<FileExchange>(links(registry, of_tax, PeerId(0)));
    of_tax = std::make_unique<FileExchange>(links(tax, of_registry, PeerId(1)));
    tax.pass_on = [this](std::vector<DepartmentId> departments, const HttpRequest& request, Respond respond) {
      of_tax->ask(std::move(departments), request, std::move(respond));
    };
    tax.open();
    registry.upload();
  }

  RegistryNode registry;
  OpenSaleNode tax{"tax-office"};
  bool cut = false;
  std::unique_ptr<FileExchange> of_registry;
  std::unique_ptr<FileExchange> of_tax;
};

BOOST_FIXTURE_TEST_CASE(a_reviewer_of_another_department_reads_through_its_own_node, TwoNodes) {
  const auto heard = tax.send(tax.signed_request(tax.of_application(0), "tess"));
  BOOST_TEST(heard->response.status == 200u);
  BOOST_TEST(equal(as_bytes(heard->response.body), tax.part_of(0)));
  const auto second = tax.send(tax.signed_request(tax.of_application(1), "tess"));
  BOOST_TEST(equal(as_bytes(second->response.body), tax.part_of(1)));
  // Both departments have it in their logs, and the parties learn of it at both nodes.
  for (RoutedNode* const node : std::initializer_list<RoutedNode*>{&registry, &tax}) {
    BOOST_TEST(std::ranges::count_if(node->log, [](const std::string& line) {
                 return line.find("\"tax-office\"") != std::string::npos;
               }) == 2);
  }
  BOOST_TEST((registry.noted_for("seller") == 1u && tax.noted_for("seller") == 1u));
  // The departments' nodes keep nothing on the way.
  BOOST_TEST(tax.vault == nullptr);
}

BOOST_FIXTURE_TEST_CASE(a_refusal_of_the_other_node_is_the_answer_and_one_that_is_away_is_named, TwoNodes) {
  BOOST_TEST(tax.read(0, "theo") == 401u);
  BOOST_TEST(tax.read(1, "tess") == 409u);
  const auto nowhere = tax.send(tax.signed_request(tax.of_application(0, service::digest("identity")), "tess"));
  BOOST_TEST(nowhere->response.status == 404u);
  BOOST_TEST(tax.noted_for("seller") == 0u);
  cut = true;
  const auto heard = tax.send(tax.signed_request(tax.of_application(0), "tess"));
  BOOST_TEST(heard->response.status == 503u);
  BOOST_TEST(heard->message().find("registry") != std::string::npos);
  BOOST_TEST(tax.status(tax.put_request(0, tax.part_of(0), "tess")) == 400u);
}

BOOST_FIXTURE_TEST_CASE(a_node_passes_on_its_own_officers_questions_for_files_and_nothing_else, TwoNodes) {
  const auto passed_on = [this](HttpRequest made) {
    made.passed_on_by = ContractNetwork::department("tax-office");
    return registry.status(std::move(made));
  };
  BOOST_TEST(passed_on(registry.signed_request(registry.of_application(0), "tess")) == 200u);
  BOOST_TEST(passed_on(registry.signed_request(registry.of_application(0), "hugo")) == 401u);
  BOOST_TEST(passed_on(registry.signed_request(registry.of_application(0), "seller")) == 200u);
  BOOST_TEST(passed_on(registry.signed_request("/v1/applications/" + registry.counter.id.hex(), "tess")) == 401u);
  BOOST_TEST(passed_on(RoutedNode::request("/v1/head")) == 401u);
  // The same question twice: what a node has heard, it cannot ask again.
  HttpRequest once = registry.signed_request(registry.of_application(0), "tess");
  BOOST_TEST(passed_on(once) == 200u);
  BOOST_TEST(passed_on(once) == 401u);
}

BOOST_AUTO_TEST_CASE(so_many_are_open_at_once_and_no_more) {
  OpenedFiles opened(2);
  const PublicKey key = ContractNetwork::key("tess");
  const auto file = [](std::string_view name) { return service::digest(name); };
  opened.add(key, file("a"), Instant(1));
  opened.add(key, file("b"), Instant(2));
  opened.add(key, file("a"), Instant(3));
  opened.add(key, file("c"), Instant(4));
  BOOST_TEST((opened.contain(key, file("a"), Instant(5)) && opened.contain(key, file("c"), Instant(5))));
  BOOST_TEST(!opened.contain(key, file("b"), Instant(5)));
  BOOST_TEST(!opened.contain(ContractNetwork::key("hugo"), file("a"), Instant(5)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::node
