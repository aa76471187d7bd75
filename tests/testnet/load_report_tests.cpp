// The figures of a load report: percentiles, what nodes used, and the readers of other programs' texts.
#include "testnet/load_report.h"

#include <boost/test/unit_test.hpp>

#include "ledger/json.h"

namespace kanhe::testnet {
namespace {

BOOST_AUTO_TEST_SUITE(load_report_tests)

BOOST_AUTO_TEST_CASE(percentiles_are_values_that_occurred) {
  std::vector<std::uint32_t> none;
  BOOST_TEST(latency_of(none).max_us == 0u);
  std::vector<std::uint32_t> one{7};
  BOOST_TEST(latency_of(one).p50_us == 7u);
  BOOST_TEST(latency_of(one).p99_us == 7u);
  std::vector<std::uint32_t> hundred;
  for (std::uint32_t i = 100; i > 0; --i) hundred.push_back(i);
  const LatencyReport latency = latency_of(hundred);
  BOOST_TEST(latency.p50_us == 50u);
  BOOST_TEST(latency.p90_us == 90u);
  BOOST_TEST(latency.p99_us == 99u);
  BOOST_TEST(latency.max_us == 100u);
}

BOOST_AUTO_TEST_CASE(metrics_are_read_without_comments_labels_and_damage) {
  const auto metrics = read_metrics(
      "# HELP kanhe_height Newest.\n# TYPE kanhe_height gauge\nkanhe_height 12\n"
      "kanhe_peer_connected{peer=\"tax\"} 1\nnothing\nkanhe_odd 1x\nkanhe_last 3");
  BOOST_TEST(metrics.at("kanhe_height") == 12u);
  BOOST_TEST(metrics.at("kanhe_last") == 3u);
  BOOST_TEST(!metrics.contains("kanhe_odd"));
  BOOST_TEST(!metrics.contains("nothing"));
}

BOOST_AUTO_TEST_CASE(cpu_time_is_found_behind_any_process_name) {
  const auto used = cpu_ms_of("12 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20", 100);
  BOOST_REQUIRE(used.has_value());
  BOOST_TEST(*used == 3'000u);
  BOOST_TEST(!cpu_ms_of("12 kanhed S 1", 100).has_value());
  BOOST_TEST(!cpu_ms_of("12 (kanhed) S 1 2", 100).has_value());
}

BOOST_AUTO_TEST_CASE(what_a_node_used_is_given_per_transaction) {
  const NodeUse before{1'000,
                       {{"kanhe_transactions_final_total", 10},
                        {"kanhe_store_batches_total", 5},
                        {"kanhe_store_segment_syncs_total", 5},
                        {"kanhe_store_batch_bytes_total", 0},
                        {"kanhe_store_body_bytes_total", 0},
                        {"kanhe_frames_sent_bytes_total", 0}}};
  const NodeUse after{3'500,
                      {{"kanhe_transactions_final_total", 110},
                       {"kanhe_store_batches_total", 15},
                       {"kanhe_store_segment_syncs_total", 25},
                       {"kanhe_store_batch_bytes_total", 200'000},
                       {"kanhe_store_body_bytes_total", 50'000},
                       {"kanhe_frames_sent_bytes_total", 100'000}}};
  const NodeReport report = node_report("tax", before, after);
  BOOST_TEST(report.cpu_ms.value() == 2'500u);
  BOOST_TEST(report.transactions_final.value() == 100u);
  BOOST_TEST(report.syncs_per_thousand_transactions.value() == 300u);
  BOOST_TEST(report.disk_bytes_per_transaction.value() == 2'500u);
  BOOST_TEST(report.network_bytes_per_transaction.value() == 1'000u);
}

BOOST_AUTO_TEST_CASE(a_node_that_began_to_count_anew_has_no_figures) {
  const NodeUse before{5'000, {{"kanhe_transactions_final_total", 10}}};
  const NodeUse after{100, {{"kanhe_transactions_final_total", 3}}};
  const NodeReport report = node_report("tax", before, after);
  BOOST_TEST(!report.cpu_ms.has_value());
  BOOST_TEST(!report.transactions_final.has_value());
  BOOST_TEST(!report.disk_bytes_per_transaction.has_value());
  BOOST_TEST(!node_report("tax", before, {}).transactions_final.has_value());
}

BOOST_AUTO_TEST_CASE(a_report_is_a_record_and_a_text) {
  LoadReport report;
  report.command = PlainText<4096>::from("load build/testnet").value();
  report.finalized = 100;
  report.finalized_per_second = 50;
  report.kinds.push_back({PlainText<32>::from("sale").value(), 1, 8, {1'000, 2'000, 3'000, 4'000}});
  report.nodes.push_back(node_report("tax", {}, {}));
  const auto read = from_json<LoadReport>(to_json(report));
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->kinds[0].latency.max_us == 4'000u);
  const std::string text = report_text(report);
  for (const auto* part : {"load build/testnet", "50 transactions a second", "sale", "tax", "4.0 ms"}) {
    BOOST_TEST(text.find(part) != std::string::npos, part);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::testnet
