#include "testnet/sim_swarm.h"

namespace kanhe::testnet {
namespace {

// Zero in a third of the seeds: what never happens also hides nothing.
std::uint64_t sometimes(Random& random, std::uint64_t most) {
  return random.chance(333) ? 0 : random.between(1, most);
}

Parameters draw_parameters(Random& random) {
  Parameters parameters;
  parameters.window = Number<WindowTag>(static_cast<std::uint16_t>(random.pick(std::array{1, 2, 4, 8})));
  // In part of the seeds so short that views fail one after the other although nobody is at fault.
  const std::uint64_t timeout_ms = random.chance(400) ? random.between(50, 150) : random.between(300, 1'000);
  parameters.timeout_ms = Number<TimeoutTag>(static_cast<std::uint32_t>(timeout_ms));
  parameters.timeout_max_ms = Number<TimeoutTag>(4'000);
  parameters.heartbeat_ms = Number<HeartbeatTag>(random.chance(500) ? 1'000 : 60'000);
  parameters.block_transactions_max =
      Number<BlockCountTag>(static_cast<std::uint32_t>(random.pick(std::array{1, 3, 20, 1'000})));
  return parameters;
}

// Enough to count: blocks of several transactions, faults of several kinds, none so often that nothing goes on.
void make_counted(Random& random, Swarm& swarm) {
  swarm.commit_loss = swarm.view_partition = 0;
  swarm.safety_ms = 120'000;
  swarm.transaction_gap_ms = 500;
  swarm.transactions_a_block = random.between(4, 7);
  swarm.primary_pause_at = random.between(20, 150);
  swarm.restarts_max = 40;
  swarm.pool.count_max = 20'000;
  swarm.fault_gap_ms = random.between(200, 1'200);
  auto& most = swarm.genesis.parameters.block_transactions_max;
  most = std::max(most, Number<BlockCountTag>(20));
  for (std::uint64_t* each : {&swarm.crash, &swarm.partition, &swarm.pause}) *each = std::max<std::uint64_t>(*each, 40);
  if (swarm.motion_gap_ms > 0) swarm.motion_gap_ms = random.between(500, 2'000);
}

// Keys are replaced one after the other, the old ones are stolen, and again and again somebody begins from nothing.
void make_theft(Random& random, Swarm& swarm) {
  swarm.genesis.observers = 1;
  swarm.motion_gap_ms = random.between(200, 800);
  swarm.replaces_keys = true;
  swarm.new_disk = random.between(100, 300);
}

// Whoever was down asks for blocks, over links that lose nothing: who asks the liar has an answer at once, each time.
void make_rubbish(Random& random, Swarm& swarm) {
  swarm.only_rubbish = true;
  swarm.links.loss_permille = swarm.links.slow_permille = 0;
  swarm.links.delay_min_us = random.between(50, 500);
  swarm.links.delay_spread_us = random.between(100, 3'000);
  auto& timeout = swarm.genesis.parameters.timeout_ms;
  timeout = std::max(timeout, Number<TimeoutTag>(500));
  swarm.crash = std::max<std::uint64_t>(swarm.crash, 150);
}

// As a registry would set it up.
void make_hour(Random& random, Swarm& swarm) {
  auto& timeout = swarm.genesis.parameters.timeout_ms;
  timeout = std::max(timeout, Number<TimeoutTag>(500));
  swarm.commit_loss = swarm.view_partition = 0;
  swarm.safety_ms = 3'600'000;
  swarm.transaction_gap_ms = 1'000;
  swarm.restarts_max = 1'000;
  swarm.fault_gap_ms = random.between(5'000, 15'000);
  if (swarm.motion_gap_ms > 0) swarm.motion_gap_ms = random.between(20'000, 60'000);
}

void take_away(const Course& course, Swarm& swarm) {
  if (course.without.contains("loss")) swarm.links.loss_permille = 0;
  if (course.without.contains("repeat")) swarm.links.repeat_permille = 0;
  if (course.without.contains("slow_links")) swarm.links.slow_permille = 0;
  if (course.without.contains("commit_loss")) swarm.commit_loss = 0;
  if (course.without.contains("motions")) swarm.motion_gap_ms = 0;
  if (course.without.contains("clock_skew")) swarm.skew_ms_max = 0;
  if (course.without.contains("liar")) swarm.liar = Liar::none;
  if (course.safety_ms) swarm.safety_ms = *course.safety_ms;
}

}  // namespace

Swarm draw_swarm(Random& random, const SimulationSettings& settings) {
  Swarm swarm;
  swarm.genesis.validators = settings.validators;
  swarm.genesis.observers = random.chance(250) ? 1 : 0;
  const bool real_signatures = settings.real_signatures || settings.seed % 100 == 99;
  swarm.genesis.scheme = real_signatures ? SignatureScheme::ecdsa_secp256k1 : SignatureScheme::keyed_hash;
  swarm.genesis.parameters = draw_parameters(random);
  swarm.links.delay_min_us = random.between(50, 3'000);
  swarm.links.delay_spread_us = random.between(100, 30'000);
  swarm.links.slow_permille = sometimes(random, 100);
  swarm.links.loss_permille = sometimes(random, 300);
  swarm.links.repeat_permille = sometimes(random, 300);
  const std::uint64_t liar = random.below(10);
  swarm.liar = liar < 5 || faulty_max(settings.validators) == 0 ? Liar::none
               : liar < 6                                       ? Liar::twins
               : liar < 7                                       ? Liar::small_lies
               : liar < 8                                       ? Liar::old_disk
                                                                : Liar::attacker;
  if (swarm.liar == Liar::small_lies) swarm.lie_permille = random.between(20, 300);
  if (swarm.liar == Liar::old_disk) swarm.old_disk = random.between(30, 300);
  swarm.safety_ms = random.between(3'000, 8'000);
  swarm.fault_gap_ms = random.between(50, 600);
  swarm.transaction_gap_ms = random.between(20, 250);
  if (random.chance(300)) {
    swarm.motion_gap_ms = random.between(100, 800);
    swarm.genesis.candidates = random.between(0, 2);
    swarm.replaces_keys = random.chance(250);
    swarm.end_cut = sometimes(random, 1'000);
  }
  swarm.check_us_max = random.between(20, 5'000);
  if (random.chance(250)) {
    swarm.commit_loss = random.between(100, 900);
    swarm.view_partition = random.between(300, 1'000);
  }
  swarm.crash = sometimes(random, 150);
  swarm.torn_write = sometimes(random, 200);
  swarm.power_cut = sometimes(random, 60);
  swarm.partition = sometimes(random, 250);
  swarm.clog = sometimes(random, 200);
  swarm.pause = sometimes(random, 200);
  swarm.clock_step = sometimes(random, 100);
  swarm.slow_disk = sometimes(random, 150);
  swarm.skew_ms_max = static_cast<std::int64_t>(sometimes(random, 2'000));
  if (random.chance(200)) swarm.pool.count_max = 30;
  if (settings.span == Span::counted) make_counted(random, swarm);
  if (settings.span == Span::hour) make_hour(random, swarm);
  if (settings.span == Span::counted && swarm.liar == Liar::attacker && random.chance(300)) make_theft(random, swarm);
  if (settings.span == Span::usual && swarm.liar == Liar::attacker && random.chance(150)) make_rubbish(random, swarm);
  take_away(settings.course, swarm);
  return swarm;
}

std::string describe(const Swarm& swarm) {
  std::string text;
  const auto add = [&text](std::string_view name, std::uint64_t value) {
    if (value != 0) text += (text.empty() ? "" : " ") + std::string(name) + "=" + std::to_string(value);
  };
  const Parameters& parameters = swarm.genesis.parameters;
  add("window", parameters.window.value());
  add("timeout_ms", parameters.timeout_ms.value());
  add("heartbeat_ms", parameters.heartbeat_ms.value());
  add("block_transactions_max", parameters.block_transactions_max.value());
  add("observers", swarm.genesis.observers);
  add("safety_ms", swarm.safety_ms);
  add("delay_us", swarm.links.delay_min_us + swarm.links.delay_spread_us);
  add("slow", swarm.links.slow_permille);
  add("loss", swarm.links.loss_permille);
  add("repeat", swarm.links.repeat_permille);
  add("fault_gap_ms", swarm.fault_gap_ms);
  add("transaction_gap_ms", swarm.transaction_gap_ms);
  add("transactions_a_block", swarm.transactions_a_block);
  add("primary_pause_at", swarm.primary_pause_at);
  add("motion_gap_ms", swarm.motion_gap_ms);
  add("replaces_keys", swarm.replaces_keys ? 1 : 0);
  add("candidates", swarm.genesis.candidates);
  add("end_cut", swarm.end_cut);
  add("commit_loss", swarm.commit_loss);
  add("view_partition", swarm.view_partition);
  add("crash", swarm.crash);
  add("torn_write", swarm.torn_write);
  add("power_cut", swarm.power_cut);
  add("partition", swarm.partition);
  add("clog", swarm.clog);
  add("pause", swarm.pause);
  add("clock_step", swarm.clock_step);
  add("slow_disk", swarm.slow_disk);
  add("old_disk", swarm.old_disk);
  add("new_disk", swarm.new_disk);
  add("skew_ms", static_cast<std::uint64_t>(swarm.skew_ms_max));
  add("pool", swarm.pool.count_max == 30 ? 30 : 0);
  add("twins", swarm.liar == Liar::twins ? 1 : 0);
  add("lies", swarm.lie_permille);
  add("only_rubbish", swarm.only_rubbish ? 1 : 0);
  return text;
}

}  // namespace kanhe::testnet
