#include "tests/fuzz/http_requests.h"

#include <cstdlib>
#include <deque>
#include <filesystem>

#include "certs/answers.h"
#include "ledger/files.h"
#include "ledger/json.h"
#include "node/executor.h"
#include "node/pool.h"
#include "node/routes.h"
#include "tests/support/certificate_chain.h"

namespace kanhe::fuzz {

using namespace node;
using support::CertificateChain;

namespace {

class Directory {
 public:
  Directory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "kanhe-fuzz-XXXXXX").string();
    CHECK(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A node without driver and sockets: whoever submits is answered as the checks of a transaction by itself would.
class Answering {
 public:
  explicit Answering(CertificateChain::Network network) : chain_(network) {
    chain_.register_title(CertificateChain::house(), CertificateChain::document(CertificateChain::id("0000123")));
    chain_.empty_block();
    const Genesis& genesis = chain_.genesis();
    StoreOptions options;
    options.path = directory_.path() + "/store";
    auto opened = Store::open(system_files(), options, chain_id_of(genesis));
    CHECK(opened.has_value());
    store_ = std::move(opened).value();
    Executor executor(*store_, genesis);
    for (Height height(1); height <= chain_.height(); height = height + 1) {
      BodiesOfProposal bodies;
      for (const TransactionBody& body : chain_.transactions(height)) {
        bodies.push_back(std::make_shared<const TransactionBody>(body));
      }
      const Proposal proposal = chain_.proposal(height);
      const ProposalDigest digest = digest_of(proposal.header);
      CHECK(executor.execute(proposal, digest, bodies).header_hash == hash_of(chain_.header(height)));
      executor.commit(digest, chain_.seal(height, View(0), {0, 1, 2}), {}, {});
    }
    routes_ = std::make_unique<Routes>(sources());
  }

  HttpResponse answer(const HttpRequest& request) {
    std::optional<HttpResponse> heard;
    routes_->handle(request, [&heard](HttpResponse response) {
      CHECK(!heard);
      heard = std::move(response);
    });
    settle();
    monotonic_ = monotonic_ + Duration(60'000);
    CHECK(submissions_.end_waits(monotonic_) == 0);
    CHECK(block_waits_.end_waits(monotonic_) == 0);
    settle();
    CHECK(heard.has_value() && submissions_.submitted() == 0);
    return std::move(*heard);
  }

 private:
  RouteSources sources() {
    RouteSources made;
    made.genesis = chain_.genesis();
    made.submissions = &submissions_;
    made.block_waits = &block_waits_;
    made.newest = [this] { return store_->newest(); };
    made.run = [this](std::function<void()> work) { works_.push_back(std::move(work)); };
    made.status_json = [] { return std::string("{\"waiting\":\"nothing\"}\n"); };
    made.metrics_text = [] { return std::string("kanhe_height 1\n"); };
    made.health = [] { return Result<void>(); };
    made.wall_clock = [this] { return chain_.now(); };
    made.monotonic_clock = [this] { return monotonic_; };
    made.log_query = [](const QueryLine& line) { CHECK(line.status != 0); };
    made.reads_of = [](const PartyId&, std::uint64_t, std::size_t) { return std::vector<certs::PartyRead>(); };
    return made;
  }

  void settle() {
    while (!works_.empty() || !handed_over_.empty()) {
      for (auto& work : std::exchange(works_, {})) work();
      for (auto& [bytes, token] : std::exchange(handed_over_, {})) {
        auto body = read_body(bytes);
        if (!body) {
          submissions_.on_submitted(token, {}, std::move(body).error());
        } else if (!verify_signature(CertificateChain::scheme, *body)) {
          submissions_.on_submitted(token, {}, fail(ErrorCode::bad_signature, "signature: does not fit"));
        } else {
          submissions_.on_submitted(token, body->id, {});
        }
      }
    }
  }

  CertificateChain chain_;
  Directory directory_;
  std::unique_ptr<Store> store_;
  Instant monotonic_{1'000'000'000};
  std::deque<std::function<void()>> works_;
  std::deque<std::pair<Bytes, std::uint64_t>> handed_over_;
  BlockWaits block_waits_;
  Submissions submissions_{{}, [this](Bytes bytes, std::uint64_t token) {
                             handed_over_.emplace_back(std::move(bytes), token);
                           }};
  std::unique_ptr<Routes> routes_;
};

Answering& answering(bool open_reads) {
  static Answering demo(CertificateChain::Network::demo);
  static Answering real(CertificateChain::Network::real);
  return open_reads ? demo : real;
}

// What stands up to the next line break, which goes too.
std::string take_line(ByteView& rest) {
  const auto end = std::ranges::find(rest, Byte{'\n'});
  const auto size = static_cast<std::size_t>(end - rest.begin());
  std::string line(as_text(rest.first(size)));
  rest = rest.subspan(std::min(size + 1, rest.size()));
  return line;
}

bool is_one_line(const std::string& text) { return text.find_first_of("\r\n") == std::string::npos; }

void check_form(const HttpResponse& response) {
  CHECK(!status_words(response.status).empty());
  CHECK(response.status < 500 || response.status == 503);
  CHECK(is_one_line(response.content_type) && is_one_line(response.allow));
  if (response.status >= 400) CHECK(from_json<certs::ErrorAnswer>(response.body).has_value());
}

}  // namespace

bool accepts_request(ByteView input) {
  if (input.empty() || input.size() > request_body_bytes_max) return false;
  static constexpr HttpMethod methods[] = {HttpMethod::get, HttpMethod::head, HttpMethod::post, HttpMethod::other};
  HttpRequest request;
  request.method = methods[input[0] & 3];
  const bool open_reads = (input[0] & 4) != 0;
  ByteView rest = input.subspan(1);
  const std::string target = take_line(rest);
  request.content_type = media_type(take_line(rest));
  if (std::string header = take_line(rest); !header.empty()) request.kanhe_query = std::move(header);
  request.remote = "192.0.2.1";
  request.body = to_bytes(rest);
  if (target.size() > request_target_bytes_max) return false;
  // As the connection does.
  if (const Result<void> read = read_target(target, request); !read) {
    check_form(error_response(read.error()));
    return false;
  }
  Answering& node = answering(open_reads);
  const HttpResponse response = node.answer(request);
  check_form(response);
  if (request.method == HttpMethod::get || request.method == HttpMethod::head) {
    request.method = request.method == HttpMethod::get ? HttpMethod::head : HttpMethod::get;
    const HttpResponse again = node.answer(request);
    CHECK(again.status == response.status && again.body == response.body);
  }
  return response.status < 400;
}

std::vector<Bytes> http_requests() {
  const std::string certificate = CertificateChain::id("0000123").str();
  const std::string unit = CertificateChain::house().str();
  std::vector<Bytes> seeds;
  const auto add = [&seeds](Byte first, const std::string& target, const std::string& type = "",
                            const std::string& body = "") {
    Bytes seed{first};
    append(seed, as_bytes(target + "\n" + type + "\n\n" + body));
    seeds.push_back(std::move(seed));
  };
  for (const char* target : {"/", "/v1/health", "/v1/status", "/v1/metrics", "/openapi.json", "/v1/genesis", "/v1/head",
                             "/v1/checkpoint", "/v1/consistency?old=2&new=5", "/v1/headers?from=1&count=3",
                             "/v1/blocks/3"}) {
    add(0, target);
  }
  add(0, "/v1/certificates/" + certificate);
  add(4, "/v1/certificates/" + certificate);
  add(4, "/v1/units/" + unit);
  add(4, "/v1/traces/unit/" + unit + "?from=0&count=5");
  add(4, "/v1/events?cursor=0.0.0&count=3&wait_ms=1");
  add(1, "/v1/head?known_epoch=0");
  return seeds;
}

}  // namespace kanhe::fuzz
