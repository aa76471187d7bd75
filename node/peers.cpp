#include "node/peers.h"

#include "ledger/codec.h"

namespace kanhe::node {
namespace {

Checked run(const consensus::Scheme& scheme, MessageJob job) {
  auto message = decode<consensus::Message>(job.payload);
  if (!message) return CheckedMessage{job.from, std::nullopt, std::move(message).error()};
  const Epoch epoch = consensus::epoch_of(*message);
  return CheckedMessage{job.from, epoch, consensus::verify(scheme, std::move(message).value())};
}

Checked run(const consensus::Scheme& scheme, BodiesJob job) {
  CheckedBodies checked{job.from, job.purpose, {}, {}, {}, 0};
  CHECK(job.tokens.empty() || job.tokens.size() == job.bodies.size());
  for (std::size_t i = 0; i < job.bodies.size(); ++i) {
    TransactionBody& body = job.bodies[i];
    const bool good = verify_signature(scheme.signature, body);
    if (!job.tokens.empty()) (good ? checked.tokens : checked.bad_tokens).push_back(job.tokens[i]);
    if (good) {
      checked.good.push_back(std::make_shared<const TransactionBody>(std::move(body)));
    } else {
      ++checked.bad;
    }
  }
  return checked;
}

}  // namespace

Checked check(const consensus::Scheme& scheme, Job job) {
  return std::visit([&scheme](auto&& inner) { return run(scheme, std::move(inner)); }, std::move(job));
}

}  // namespace kanhe::node
