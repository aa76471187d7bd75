#include "node/block_sync.h"

#include <algorithm>

#include "ledger/codec.h"

namespace kanhe::node {

namespace {

constexpr std::uint32_t retries_per_timeout = 8;
constexpr std::size_t doublings_max = 5;  // to 4 T
constexpr std::size_t run_windows_max = 4;

}  // namespace

BlockSync::BlockSync(Parts parts) : parts_(std::move(parts)) {}

Duration BlockSync::retry_after(std::size_t tries) const {
  const std::size_t round = std::max<std::size_t>(parts_.transport.connected().size(), 1);
  const std::uint32_t first = parts_.scheme.config.parameters.timeout_ms.value() / retries_per_timeout;
  return Duration(first << std::min(tries / round, doublings_max));
}

std::vector<consensus::Input> BlockSync::take_inputs() { return std::exchange(inputs_, {}); }

// ---------------------------------------------------------------------------------------------------------------------
// Proposals in flight

void BlockSync::want(const consensus::Fetch& fetch, Instant now) {
  if (ready_.contains(fetch.digest)) {
    unjudged_.insert_or_assign(fetch.digest, fetch.implied);
    return judge_waiting();
  }
  auto proposal = fetch.proposal ? fetch.proposal : find_proposal(fetch.height, fetch.digest);
  wanted_.insert_or_assign(fetch.digest, Wanted{fetch.height, std::move(proposal), fetch.holders, fetch.implied, now});
  complete(fetch.digest, now);
}

void BlockSync::complete(const ProposalDigest& digest, Instant now) {
  const auto found = wanted_.find(digest);
  if (found == wanted_.end()) return;
  Wanted& wanted = found->second;
  if (wanted.proposal != nullptr) {
    const auto missing = missing_bodies(*wanted.proposal);
    wanted.missing = {missing.begin(), missing.end()};
  }
  if (wanted.proposal == nullptr || !wanted.missing.empty()) return request(digest, wanted, now);
  add_ready(digest, wanted.proposal);
  unjudged_.insert_or_assign(digest, wanted.implied);
  wanted_.erase(found);
  judge_waiting();
}

// Asks for the list, or for the bodies that are missing, one peer at a time.
void BlockSync::request(const ProposalDigest& digest, Wanted& wanted, Instant now) {
  if (now < wanted.next_try) return;
  wanted.next_try = now + retry_after(wanted.tries);
  const auto peer = pick_peer(wanted.tries++, wanted.holders);
  if (!peer) return;
  if (wanted.proposal == nullptr) {
    return parts_.transport.send(*peer, FrameKind::fetch_proposal, encode(FetchProposal{wanted.height, digest}));
  }
  FetchBodies bodies;
  for (const BodyHash& hash : missing_bodies(*wanted.proposal)) {
    if (!bodies.hashes.full()) bodies.hashes.push_back(hash);
  }
  parts_.transport.send(*peer, FrameKind::fetch_bodies, encode(bodies));
}

// Those who surely have it first, then anyone; another one each time.
std::optional<PeerId> BlockSync::pick_peer(std::size_t tries, const consensus::SignerSet& holders) const {
  std::vector<PeerId> connected = parts_.transport.connected();
  // Not the one of std::ranges, which clang 14 does not compile.
  std::stable_partition(connected.begin(), connected.end(), [&](PeerId peer) {
    const auto validator = parts_.directory.validator_of(peer);
    return validator && holders.contains(*validator);
  });
  if (connected.empty()) return std::nullopt;
  return connected[tries % connected.size()];
}

// What was prepared in a view that failed may have left the memory, but never the disk before its height is durable.
// Test: block_sync_tests/a_proposal_that_was_prepared_in_an_earlier_view_is_found_on_disk
std::shared_ptr<const Proposal> BlockSync::find_proposal(Height height, const ProposalDigest& digest) const {
  const auto ready = ready_.find(digest);
  if (ready != ready_.end()) return ready->second.proposal;
  for (const auto& [key, value] : parts_.store.votes(consensus::own_prepare_prefix(height))) {
    const auto record = decode<consensus::Record>(value);
    CHECK(record.has_value());
    const auto* own = std::get_if<consensus::OwnPrepare>(&*record);
    if (own == nullptr || own->prepare.statement.digest != digest) continue;
    return std::make_shared<const Proposal>(own->proposal);
  }
  return nullptr;
}

SharedBody BlockSync::find_body(const BodyHash& hash) const {
  if (SharedBody body = parts_.pool.find(hash)) return body;
  // What the store holds with a vote was verified before it was voted on.
  const auto bytes = parts_.store.body(hash);
  if (!bytes) return nullptr;
  auto body = read_body(*bytes);
  CHECK(body.has_value());
  return std::make_shared<const TransactionBody>(std::move(body).value());
}

std::vector<BodyHash> BlockSync::missing_bodies(const Proposal& proposal) const {
  std::vector<BodyHash> missing;
  for (const BodyHash& hash : proposal.bodies) {
    if (parts_.pool.find(hash) == nullptr && !parts_.store.holds_body(hash)) missing.push_back(hash);
  }
  return missing;
}

void BlockSync::add_ready(const ProposalDigest& digest, std::shared_ptr<const Proposal> proposal) {
  Ready ready{proposal, {}, {}};
  auto ids = std::make_shared<IdTable>();
  for (const BodyHash& hash : proposal->bodies) {
    SharedBody body = find_body(hash);
    CHECK(body != nullptr);
    parts_.pool.keep(proposal->header.height, body);
    ids->insert(body->id);
    ready.bodies.push_back(std::move(body));
  }
  ready.ids = std::move(ids);
  ready_.emplace(digest, std::move(ready));
}

const BodiesOfProposal& BlockSync::ready_bodies(const std::shared_ptr<const Proposal>& proposal) {
  const ProposalDigest digest = digest_of(proposal->header);
  if (!ready_.contains(digest)) add_ready(digest, proposal);
  return ready_.at(digest).bodies;
}

std::shared_ptr<const IdTable> BlockSync::ids_of(const ProposalDigest& digest) const {
  const auto found = ready_.find(digest);
  return found == ready_.end() ? nullptr : found->second.ids;
}

std::optional<IdTables> BlockSync::prefix_ids(const ProposalDigest& digest) const {
  IdTables ids;
  for (ProposalDigest at = digest; at != parts_.executor.tip().digest;) {
    const auto found = ready_.find(at);
    if (found == ready_.end()) return std::nullopt;
    ids.add(found->second.ids);
    at = found->second.proposal->header.parent;
  }
  return ids;
}

// Tells consensus of every ready proposal that can be judged now. One verdict may make the next possible only by being
// ready, not by being told, so a single pass is enough.
void BlockSync::judge_waiting() {
  for (auto entry = unjudged_.begin(); entry != unjudged_.end();) {
    const Ready& ready = ready_.at(entry->first);
    auto freshness = consensus::Freshness::acceptable;
    if (!entry->second) {
      const auto prefix = prefix_ids(ready.proposal->header.parent);
      if (!prefix) {
        ++entry;
        continue;
      }
      freshness = judge(ready, *prefix);
    }
    inputs_.push_back(consensus::BodiesReady{entry->first, ready.proposal, freshness});
    entry = unjudged_.erase(entry);
  }
}

consensus::Freshness BlockSync::judge(const Ready& ready, const IdTables& prefix) const {
  const Parameters& parameters = parts_.scheme.config.parameters;
  const Timestamp time = ready.proposal->header.timestamp_ms;
  const Timestamp latest = time + std::uint64_t{parameters.validity_window_ms.value()};
  if (ready.ids->size() != ready.bodies.size()) return consensus::Freshness::refused;  // an id twice
  std::size_t bytes = 0;
  for (const SharedBody& body : ready.bodies) {
    const Timestamp until = body->transaction.valid_until_ms;
    const bool in_time = time < until && until <= latest;
    const bool own_chain = body->transaction.chain_id == parts_.scheme.config.chain_id;
    bytes += body->bytes.size();
    if (!in_time || !own_chain || prefix.contains(body->id)) return consensus::Freshness::refused;
    if (parts_.executor.is_recorded(body->id)) return consensus::Freshness::refused;
  }
  return bytes <= parameters.block_bytes_max.value() ? consensus::Freshness::acceptable
                                                     : consensus::Freshness::refused;
}

void BlockSync::on_proposal(PeerId, ProposalAnswer answer, Instant now) {
  const ProposalDigest digest = digest_of(answer.proposal.header);
  const auto found = wanted_.find(digest);
  if (found == wanted_.end() || found->second.proposal != nullptr) return;
  if (!check_body_list(answer.proposal)) {
    ++bad_answers_;
    return;
  }
  found->second.proposal = std::make_shared<const Proposal>(std::move(answer.proposal));
  found->second.next_try = now;
  complete(digest, now);
}

void BlockSync::on_bodies_answer(const std::vector<SharedBody>& bodies, Instant now) {
  std::map<ProposalDigest, std::size_t> missed;
  for (const auto& [digest, wanted] : wanted_) missed.emplace(digest, wanted.missing.size());
  on_bodies(bodies);
  for (const auto& [digest, count] : missed) {
    const auto found = wanted_.find(digest);
    if (found == wanted_.end() || found->second.missing.size() == count || found->second.missing.empty()) continue;
    found->second.next_try = now;
    request(digest, found->second, now);
  }
}

void BlockSync::on_bodies(const std::vector<SharedBody>& bodies) {
  std::vector<ProposalDigest> touched;
  std::vector<ProposalDigest> too_large;
  for (auto& [digest, wanted] : wanted_) {
    if (wanted.missing.empty()) continue;
    for (const SharedBody& body : bodies) {
      if (!wanted.missing.contains(body->body_hash)) continue;
      wanted.bytes += body->bytes.size();
      if (!wanted.implied && wanted.bytes > parts_.scheme.config.parameters.block_bytes_max.value()) break;
      wanted.missing.erase(body->body_hash);
      parts_.pool.keep(wanted.height, body);
    }
    const bool over = !wanted.implied && wanted.bytes > parts_.scheme.config.parameters.block_bytes_max.value();
    if (over) too_large.push_back(digest);
    if (wanted.missing.empty()) touched.push_back(digest);
  }
  // Nobody honest prepares it, and so nobody needs it.
  for (const ProposalDigest& digest : too_large) wanted_.erase(digest);
  // complete() looks once more: what was here before may have left the pool.
  for (const ProposalDigest& digest : touched) {
    const auto found = wanted_.find(digest);
    if (found != wanted_.end()) complete(digest, found->second.next_try);
  }
}

void BlockSync::on_committed(Height height) {
  std::erase_if(wanted_, [height](const auto& entry) { return entry.second.height <= height; });
  std::erase_if(unjudged_, [this, height](const auto& entry) {
    return ready_.at(entry.first).proposal->header.height <= height;
  });
  std::erase_if(ready_, [height](const auto& entry) { return entry.second.proposal->header.height <= height; });
  std::erase_if(run_, [height](const RunBlock& block) { return block.height <= height; });
  if (run_.empty()) run_seal_.reset();
  if (target_ && target_->checkpoint.height <= height) target_.reset();
  judge_waiting();
}

// ---------------------------------------------------------------------------------------------------------------------
// Finalized blocks

void BlockSync::catch_up(const CommitSeal& seal, Instant now) {
  if (seal.checkpoint.height <= parts_.executor.tip().height || diverged_) return;
  if (target_ && target_->checkpoint.height >= seal.checkpoint.height) return;
  const bool running = target_.has_value();
  target_ = seal;
  if (running) return;
  blocks_next_try_ = now;
  blocks_unanswered_ = 0;
  request_blocks(now);
}

void BlockSync::ask_for_end_of_epoch(PeerId peer, Instant now) {
  // Where the way to a seal of this epoch is known, there is nothing to ask on somebody's word.
  if (diverged_ || target_) return;
  const auto [asked, first] = ahead_asked_at_.try_emplace(peer, now);
  if (!first && now < asked->second + retry_after(0)) return;
  asked->second = now;
  blocks_asked_.insert(peer);
  const Height from = run_top().height + 1;
  const FetchBlocks request{from, from + sync_blocks_max, parts_.trusted.proof_for(from)};
  parts_.transport.send(peer, FrameKind::fetch_blocks, encode(request));
}

// The last block of the run that is under way, or the tip.
BlockSync::RunBlock BlockSync::run_top() const {
  const consensus::Tip tip = parts_.executor.tip();
  return run_.empty() ? RunBlock{tip.height, tip.digest} : run_.back();
}

bool BlockSync::is_in_run(const ProposalDigest& digest) const {
  return std::ranges::find(run_, digest, &RunBlock::digest) != run_.end();
}

void BlockSync::request_blocks(Instant now) {
  if (!target_ || diverged_ || now < blocks_next_try_) return;
  blocks_next_try_ = now + retry_after(blocks_unanswered_++);
  consensus::SignerSet holders;
  for (const SealSignature& vote : target_->signatures) holders.insert(vote.signer);
  const auto peer = pick_peer(blocks_tries_++, holders);
  if (!peer) return;
  blocks_asked_.insert(*peer);
  const Height from = run_top().height + 1;
  const FetchBlocks request{from, target_->checkpoint.height, parts_.trusted.proof_for(from)};
  parts_.transport.send(*peer, FrameKind::fetch_blocks, encode(request));
}

// One answer a request: who sends more, or was not asked, is not listened to.
void BlockSync::on_blocks(PeerId from, BlocksAnswer answer, Instant now) {
  if (blocks_asked_.erase(from) == 0) return;
  // Somebody else was faster, or agreement was.
  const bool late = drop_known(answer);
  if (late && !blocks_asked_.empty()) return;
  blocks_next_try_ = now;
  if (late) return request_blocks(now);
  auto bodies = check_run(answer);
  if (!bodies) {
    ++bad_answers_;
    return request_blocks(now);
  }
  const ProposalHeader& first = answer.blocks.front().proposal.header;
  if (first.parent != run_top().digest) return diverge(first.height);
  blocks_unanswered_ = 0;
  if (target_ && is_large(answer)) --blocks_tries_;
  apply(answer, std::move(bodies).value());
  inputs_.push_back(consensus::BlocksArriving{});
  if (!target_) {
    if (ahead_asked_at_.erase(from) > 0) ask_for_end_of_epoch(from, now);
    return;
  }
  request_blocks(now);
}

// Takes off what is here already; answers whether nothing was left. What others were faster with does not make the rest
// worthless.
bool BlockSync::drop_known(BlocksAnswer& answer) const {
  if (answer.blocks.empty()) return false;
  const RunBlock top = run_top();
  const auto first_new = std::ranges::find_if(
      answer.blocks, [&top](const SyncBlock& block) { return block.proposal.header.height > top.height; });
  if (first_new == answer.blocks.end()) return true;
  answer.blocks.erase(answer.blocks.begin(), first_new);
  return false;
}

// As much as an honest peer gives who has more, or nearly.
bool BlockSync::is_large(const BlocksAnswer& answer) const {
  std::size_t bytes = 0;
  for (const SyncBlock& block : answer.blocks) {
    for (const BodyBytes& body : block.bodies) bytes += body.size();
  }
  return answer.blocks.size() >= sync_blocks_max / 2 || bytes >= answer_bytes_target / 2;
}

// A run must chain from what is here to what its seal names. One of the trusted history is right in any case.
Result<std::vector<BodiesOfProposal>> BlockSync::check_run(const BlocksAnswer& answer) const {
  if (!answer.seal) return fail(ErrorCode::bad_proof, "blocks: no seal");
  if (answer.blocks.empty()) return fail(ErrorCode::bad_proof, "blocks: none");
  const std::size_t run_max = run_windows_max * parts_.scheme.config.parameters.window.value();
  if (!answer.above.empty() && run_.size() + answer.blocks.size() + answer.above.size() > run_max) {
    return fail(ErrorCode::bad_proof, "blocks: the seal lies further than ", run_max, " above");
  }
  const Checkpoint& sealed = answer.seal->checkpoint;
  auto [height, parent] = run_top();
  const Height first = height + 1;
  if (parts_.trusted.covers(first)) parent = answer.blocks.front().proposal.header.parent;
  std::vector<BodiesOfProposal> bodies;
  for (const SyncBlock& block : answer.blocks) {
    const ProposalHeader& header = block.proposal.header;
    ++height;
    if (header.height != height || header.parent != parent) return fail(ErrorCode::bad_proof, "blocks: do not chain");
    TRY(check_body_list(block.proposal));
    if (block.bodies.size() != block.proposal.bodies.size())
      return fail(ErrorCode::bad_proof, "blocks: bodies missing");
    BodiesOfProposal& list = bodies.emplace_back();
    for (std::size_t i = 0; i < block.bodies.size(); ++i) {
      TransactionBody body = TRY(read_body(block.bodies[i]));
      if (body.body_hash != block.proposal.bodies[i])
        return fail(ErrorCode::bad_proof, "blocks: a body of another hash");
      list.push_back(std::make_shared<const TransactionBody>(std::move(body)));
    }
    parent = digest_of(header);
  }
  for (const ProposalHeader& header : answer.above) {
    ++height;
    if (header.height != height || header.parent != parent) return fail(ErrorCode::bad_proof, "blocks: do not chain");
    parent = digest_of(header);
  }
  if (sealed.height != height || sealed.proposal_digest != parent) {
    return fail(ErrorCode::bad_proof, "blocks: the seal names another block");
  }
  TRY(parts_.trusted.check(first, sealed, answer.proof));
  TRY(check_seal(parts_.scheme.signature, parts_.scheme.origin, parts_.scheme.config, *answer.seal));
  return bodies;
}

void BlockSync::apply(const BlocksAnswer& answer, std::vector<BodiesOfProposal> bodies) {
  // Not under ever higher ones: the run must not grow without end.
  const auto is_lower = [&](const CommitSeal& seal) {
    return run_.empty() || seal.checkpoint.height < run_seal_->checkpoint.height;
  };
  for (std::size_t i = 0; i < answer.blocks.size() && !diverged_; ++i) {
    const Proposal& proposal = answer.blocks[i].proposal;
    if (is_lower(*answer.seal)) run_seal_ = answer.seal;
    run_.push_back({proposal.header.height, digest_of(proposal.header)});
    const consensus::Executed done = parts_.executor.execute(proposal, run_.back().digest, std::move(bodies[i]));
    ++blocks_executed_;
    if (done.height == run_seal_->checkpoint.height) write_run(done, proposal.header.timestamp_ms, *run_seal_);
  }
}

// Nothing of a run is written whose end is not what its seal says.
void BlockSync::write_run(const consensus::Executed& last, Timestamp time, CommitSeal seal) {
  const std::vector<RunBlock> run = std::exchange(run_, {});
  run_seal_.reset();
  if (last.header_hash != seal.checkpoint.header_hash) {
    diverge(last.height);
    return parts_.executor.drop(run.front().digest);
  }
  if (run.size() > 1) parts_.keep_seal(seal);
  std::uint64_t transactions = 0;
  for (const RunBlock& block : run) {
    transactions += parts_.executor.pending_proposal(block.digest)->header.count.value();
    parts_.commit(block.digest, block.height == last.height ? std::optional(seal) : std::nullopt);
  }
  // Before what the commits made ready: consensus must not vote at a height whose bodies have left with its votes.
  // Test: block_sync_tests/consensus_hears_of_synced_blocks_before_anything_else
  inputs_.insert(inputs_.begin(), consensus::CaughtUp{last.height, last.digest, last.header_hash, time, seal,
                                                     parts_.executor.epoch_end(), transactions});
}

void BlockSync::diverge(Height height) {
  diverged_ = true;
  inputs_.push_back(consensus::Diverged{height});
}

void BlockSync::keep_only(const IsKnown& is_known) {
  std::erase_if(wanted_, [&](const auto& entry) { return !is_known(entry.second.height, entry.first); });
  std::erase_if(ready_, [&](const auto& entry) {
    return !is_known(entry.second.proposal->header.height, entry.first);
  });
  std::erase_if(unjudged_, [this](const auto& entry) { return !ready_.contains(entry.first); });
}

void BlockSync::enter_epoch() {
  wanted_.clear();
  ready_.clear();
  unjudged_.clear();
  target_.reset();
  run_.clear();
  run_seal_.reset();
  blocks_asked_.clear();
  ahead_asked_at_.clear();
  inputs_.clear();
}

// ---------------------------------------------------------------------------------------------------------------------

void BlockSync::tick(Instant now) {
  std::vector<ProposalDigest> due;
  for (const auto& [digest, wanted] : wanted_) {
    if (wanted.next_try <= now) due.push_back(digest);
  }
  for (const ProposalDigest& digest : due) complete(digest, now);
  request_blocks(now);
}

std::optional<Instant> BlockSync::deadline() const {
  std::optional<Instant> deadline;
  const auto take = [&deadline](Instant instant) {
    if (!deadline || instant < *deadline) deadline = instant;
  };
  for (const auto& [digest, wanted] : wanted_) take(wanted.next_try);
  if (target_ && !diverged_) take(blocks_next_try_);
  return deadline;
}

}  // namespace kanhe::node
