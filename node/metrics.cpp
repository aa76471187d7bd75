#include "node/metrics.h"

namespace kanhe::node {
namespace {

class Writer {
 public:
  void counter(std::string_view name, std::string_view help, std::uint64_t value) {
    head(name, help, "counter");
    sample(name, "", value);
  }
  void gauge(std::string_view name, std::string_view help, std::uint64_t value) {
    head(name, help, "gauge");
    sample(name, "", value);
  }
  void head(std::string_view name, std::string_view help, std::string_view type) {
    text_ += "# HELP kanhe_" + std::string(name) + " " + std::string(help) + "\n";
    text_ += "# TYPE kanhe_" + std::string(name) + " " + std::string(type) + "\n";
  }
  // `labels` with its braces, or empty.
  void sample(std::string_view name, const std::string& labels, std::uint64_t value) {
    text_ += "kanhe_" + std::string(name) + labels + " " + std::to_string(value) + "\n";
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void write_consensus(const MetricsInput& input, Writer& out) {
  const NodeStatus& status = input.status;
  out.gauge("height", "Newest durable block.", status.height.value());
  out.gauge("view", "Present view.", status.view.value());
  out.gauge("view_target", "View that this node aims for.", status.target.value());
  out.gauge("epoch", "Present epoch.", status.epoch.value());
  out.gauge("block_timestamp_ms", "Time of the newest durable block, ms since 1970.", status.block_time_ms.value());
  out.gauge("slots", "Heights under way.", status.slots.size());
  out.gauge("silenced", "1 when this node votes no more in this epoch.", status.silence ? 1 : 0);
  out.gauge("pool_transactions", "Transactions that wait.", status.pool_transactions.value());
  out.gauge("pool_bytes", "Their size.", status.pool_bytes.value());
  out.counter("transactions_final_total", "Transactions in blocks that became durable.",
              input.driver.transactions_final);
  out.counter("messages_sent_total", "Consensus messages sent.", input.driver.messages_sent);
  out.counter("messages_refused_total", "Consensus messages that did not verify.", input.driver.messages_refused);
  out.counter("messages_of_other_epochs_total", "Consensus messages of an earlier or later epoch.",
              input.driver.messages_of_other_epochs);
  out.counter("bodies_refused_total", "Transactions with a bad signature or form.", input.driver.bodies_refused);
  out.counter("frames_bad_total", "Frames that did not decode.", input.driver.frames_bad);
  out.counter("outputs_total", "Outputs of consensus that were carried out.", input.driver.outputs);
  out.counter("sync_bad_answers_total", "Wrong answers of peers to block sync.", input.bad_answers);
  out.counter("served_total", "Answers to peers that lacked proposals, bodies or blocks.", input.served);
  out.counter("served_dropped_total", "Requests of a peer that asked again before its turn, or for too much.",
              input.requests_dropped);
  out.head("messages_ignored_total", "Consensus messages that were not used, by reason.", "counter");
  static constexpr std::string_view reasons[] = {"other_view", "outside_window", "repeated",
                                                 "conflicting", "stale",         "not_now"};
  static_assert(std::size(reasons) == consensus::ignored_count);
  for (std::size_t i = 0; i < consensus::ignored_count; ++i) {
    out.sample("messages_ignored_total", "{reason=\"" + std::string(reasons[i]) + "\"}", input.ignored[i]);
  }
}

void write_store(const MetricsInput& input, Writer& out) {
  out.counter("store_batches_total", "Synced database batches.", input.store.batches);
  out.counter("store_batch_bytes_total", "Bytes of these batches.", input.store.batch_bytes);
  out.counter("store_segment_syncs_total", "Syncs of segment files.", input.store.segment_syncs);
  out.counter("store_body_bytes_total", "Bytes of transactions written to segments.", input.store.body_bytes);
  out.counter("checker_jobs_total", "Signature jobs done.", input.checker.done);
  out.counter("checker_jobs_dropped_total", "Signature jobs of peers beyond their limit.", input.checker.dropped);
  out.counter("checker_signatures_known_total", "Signatures of validators verified before.", input.signatures_known);
  out.gauge("checker_jobs_waiting", "Signature jobs that wait.", input.checker.waiting);
}

void write_network(const MetricsInput& input, Writer& out) {
  const NetworkCounters& network = input.network;
  out.counter("connections_accepted_total", "Connections that came in.", network.accepted);
  out.counter("connections_dialed_total", "Connections that were tried.", network.dialed);
  out.counter("connections_evicted_total", "Unauthenticated ones closed to make room.", network.evicted);
  out.counter("connections_refused_total", "Closed before they were authenticated.", network.refused);
  out.counter("connections_authenticated_total", "Connections to members.", network.authenticated);
  out.counter("connections_replaced_total", "Replaced by a newer one of the same member.", network.replaced);
  out.counter("connections_lost_total", "Connections to members that ended.", network.disconnected);
  out.counter("frames_received_total", "Frames of members.", network.frames_received);
  out.counter("frames_received_bytes_total", "Their payload.", network.bytes_received);
  out.counter("frames_sent_total", "Frames queued for members.", network.frames_sent);
  out.counter("frames_sent_bytes_total", "Their size.", network.bytes_sent);
  out.counter("frames_dropped_total", "Frames lost to full queues and missing connections.", network.frames_dropped);
  out.head("peer_connected", "1 while the member is connected.", "gauge");
  for (const PeerStatus& peer : input.status.peers) {
    out.sample("peer_connected", "{peer=\"" + peer.department.str() + "\"}", peer.connected ? 1 : 0);
  }
}

void write_endpoint(const EndpointCounters& endpoint, Writer& out) {
  out.gauge("endpoint_connections", "Connections of clients.", endpoint.open);
  out.counter("endpoint_connections_accepted_total", "Connections that came in.", endpoint.accepted);
  out.counter("endpoint_connections_refused_total", "Closed for the limits.", endpoint.refused);
  out.counter("endpoint_connections_evicted_total", "Idle ones closed to make room.", endpoint.evicted);
  out.counter("endpoint_handshakes_failed_total", "TLS handshakes that failed.", endpoint.handshakes_failed);
  out.counter("endpoint_timed_out_total", "Connections that were too slow.", endpoint.timed_out);
  out.counter("endpoint_clients_left_total", "Clients that left before their answer.", endpoint.clients_left);
  out.counter("endpoint_requests_total", "Requests handed to the routes.", endpoint.requests);
  out.counter("endpoint_requests_bad_total", "Requests of a wrong form or size.", endpoint.requests_bad);
  out.counter("endpoint_requests_limited_total", "Requests beyond an address's rate.", endpoint.requests_limited);
  out.head("endpoint_answers_total", "Answers by class of status.", "counter");
  out.sample("endpoint_answers_total", "{class=\"2xx\"}", endpoint.answers_well);
  out.sample("endpoint_answers_total", "{class=\"4xx\"}", endpoint.answers_4xx);
  out.sample("endpoint_answers_total", "{class=\"5xx\"}", endpoint.answers_5xx);
}

}  // namespace

std::string metrics_text(const MetricsInput& input) {
  Writer out;
  write_consensus(input, out);
  write_store(input, out);
  write_network(input, out);
  if (input.endpoint) write_endpoint(*input.endpoint, out);
  return out.take();
}

}  // namespace kanhe::node
