#include "testnet/scope_replica.h"

#include <algorithm>

#include "ledger/codec.h"
#include "ledger/genesis.h"
#include "testnet/checkers.h"

namespace kanhe::testnet {
namespace {

using namespace consensus;

constexpr Timestamp wall(1'700'000'000'000);
// Longer than any patience, heartbeat included.
constexpr std::uint64_t patience_ns = std::uint64_t{600'000} * ns_per_ms;

ValidatorIndex index_of(std::size_t index) { return ValidatorIndex(static_cast<std::uint16_t>(index)); }

SecretKey key_of(std::size_t index) {
  std::array<Byte, 32> bytes{};
  bytes[31] = static_cast<Byte>(index + 1);
  return std::move(SecretKey::from(bytes)).value();
}

HeaderHash result_of(const ProposalDigest& digest) { return HeaderHash(sha256(as_bytes("executed " + digest.hex()))); }

Height height_of(const Record& record) {
  if (const auto* own = std::get_if<OwnPrepare>(&record)) return own->prepare.statement.height;
  if (const auto* commit = std::get_if<Commit>(&record)) return commit->checkpoint.height;
  if (const auto* proof = std::get_if<PreparedProof>(&record)) return proof->header.height;
  if (const auto* sealed = std::get_if<Sealed>(&record)) return sealed->seal.checkpoint.height;
  return Height(Height::max);
}

}  // namespace

Checkpoint scope_checkpoint(Epoch epoch, View view, Height height, const ProposalDigest& digest) {
  const HeaderHash result = result_of(digest);
  return {{}, epoch, view, height, digest, result, LogRoot(sha256(result))};
}

// ---------------------------------------------------------------------------------------------------------------------
// ScopeBook

ScopeBook::ScopeBook(const ScopeSettings& settings) : settings_(settings) {
  Scheme& scheme = config_.scheme;
  scheme.signature = SignatureScheme::keyed_hash;
  scheme.config.chain_id = ChainId(sha256(as_bytes("a small scope")));
  scheme.origin = Origin::from("scope/" + scheme.config.chain_id.hex()).value();
  scheme.config.parameters.window = Number<WindowTag>(static_cast<std::uint16_t>(settings.slots));
  for (std::size_t i = 0; i < scope_validators; ++i) {
    keys_.push_back(key_of(i));
    Validator validator;
    validator.department = DepartmentId::from("d" + std::to_string(i)).value();
    validator.consensus_key = public_key_of(scheme.signature, keys_.back());
    validator.transport_key = TransportKey(sha256(validator.consensus_key));
    scheme.config.validators.push_back(validator);
  }
  genesis_ = {Height(0), genesis_digest(scheme.config.chain_id), {}, wall};
  config_.first_floor = {genesis_.height, genesis_.digest};
}

bool ScopeBook::is_liar(std::size_t index) const {
  return (index + scope_validators - settings_.liar) % scope_validators < settings_.liars;
}

std::vector<std::size_t> ScopeBook::honest() const {
  std::vector<std::size_t> honest;
  for (std::size_t i = 0; i < scope_validators; ++i) {
    if (!is_liar(i)) honest.push_back(i);
  }
  return honest;
}

Message ScopeBook::sign(ValidatorIndex signer, Message message) const {
  sign_message(scheme(), keys_.at(signer.value()), message);
  return message;
}

MessageNumber ScopeBook::number_of(const Message& message) {
  const auto [known, is_new] =
      numbers_.try_emplace(sha256(encode(message)), static_cast<MessageNumber>(verified_.size()));
  if (is_new) {
    if (const auto* proposed = std::get_if<PrePrepare>(&message)) learn(proposed->proposal);
    verified_.push_back(verify(scheme(), message).value());
  }
  return known->second;
}

std::shared_ptr<const Proposal> ScopeBook::liars_proposal(Height height, const ProposalDigest& parent, std::size_t k) {
  Proposal made;
  made.bodies.push_back(body_of(View(View::max), height, k));
  made.header = {{},     scheme().config.chain_id, scheme().config.epoch, height, parent,
                 wall, body_root_of(made.bodies), Count(1)};
  learn(made);
  return proposal(digest_of(made.header));
}

void ScopeBook::learn(const Proposal& proposal) {
  const ProposalDigest digest = digest_of(proposal.header);
  if (!proposals_.contains(digest)) proposals_.emplace(digest, std::make_shared<const Proposal>(proposal));
}

std::shared_ptr<const Proposal> ScopeBook::proposal(const ProposalDigest& digest) const {
  return proposals_.at(digest);
}

BodyHash ScopeBook::body_of(View view, Height height, std::size_t variant) {
  const std::string name = to_string(view) + " " + to_string(height) + " " + std::to_string(variant);
  return BodyHash(sha256(as_bytes("body " + name)));
}

// ---------------------------------------------------------------------------------------------------------------------
// ScopeReplica

ScopeReplica::ScopeReplica(ScopeBook& book, std::size_t index)
    : book_(&book), index_(index), now_(1'000'000'000), tip_(book.genesis()), replica_(started()) {
  tell_pool();
}

Now ScopeReplica::now() const { return {now_, wall}; }

// Nothing can have been forgotten on this disk: so no reports are waited for.
Replica ScopeReplica::started() const {
  Config config = book_->config();
  config.self = index_of(index_);
  Remembered remembered{tip_, tip_seal_, {}};
  for (const auto& [key, bytes] : records_) remembered.records.push_back(decode<Record>(bytes).value());
  return Replica(config, std::move(remembered), now());
}

void ScopeReplica::receive(MessageNumber number) {
  if (const auto* change = std::get_if<ViewChange>(&book_->message(number))) {
    const auto known = view_changes_.find(change->signer);
    const bool higher = known == view_changes_.end() ||
                        std::get<ViewChange>(book_->message(known->second)).new_view < change->new_view;
    if (change->new_view > replica_.view() && higher) view_changes_.insert_or_assign(change->signer, number);
  }
  step(Received{book_->verified(number)});
  tell_pool();
}

void ScopeReplica::lose_patience() {
  now_ = now_ + patience_ns;
  step(Tick{});
  tell_pool();
}

void ScopeReplica::crash() {
  ++crashes_;
  unwritten_.clear();
  std::erase_if(final_, [this](const auto& entry) { return entry.first > tip_.height; });
  view_changes_.clear();
  replica_ = started();
  carry_out(replica_.take_output());
  tell_pool();
}

void ScopeReplica::write_block() {
  const Finalize block = unwritten_.front();
  unwritten_.erase(unwritten_.begin());
  write(block);
  tell_pool();
}

void ScopeReplica::step(Input input) {
  replica_.step(now(), std::move(input));
  replica_.check_invariants();
  carry_out(replica_.take_output());
}

// A transaction waits until all heights have one.
void ScopeReplica::tell_pool() {
  PoolChanged pool;
  pool.count = replica_.finalized() < Height(book_->settings().slots) ? 1 : 0;
  step(pool);
}

void ScopeReplica::carry_out(Output output) {
  std::vector<Message> votes;
  for (const Vote& vote : output.votes) {
    votes.push_back(book_->sign(index_of(index_), vote.message));
    check_vote(votes.back());
    persist_vote(vote, votes.back());
  }
  for (const Record& record : output.records) persist(record);
  for (const Message& vote : votes) {
    const MessageNumber number = book_->number_of(vote);
    const auto place = std::ranges::lower_bound(sent_, number);
    if (place == sent_.end() || *place != number) sent_.insert(place, number);
  }
  for (const Fetch& fetch : output.fetch) {
    step(BodiesReady{fetch.digest, fetch.proposal ? fetch.proposal : book_->proposal(fetch.digest)});
  }
  for (const Execute& request : output.execute) {
    const HeaderHash result = result_of(request.digest);
    step(Executed{request.height, request.parent, request.digest, result, LogRoot(sha256(result))});
  }
  for (const Message& vote : votes) receive(book_->number_of(vote));
  for (const Finalize& block : output.finalize) finalize(block);
  if (output.catch_up) catch_up(output.catch_up->seal);
  if (output.want_batch) {
    const WantBatch& wanted = *output.want_batch;
    Batch batch{wanted.view, wanted.height, wanted.parent, {}};
    if (wanted.height <= Height(book_->settings().slots)) {
      batch.bodies.push_back(ScopeBook::body_of(wanted.view, wanted.height, 0));
    }
    step(std::move(batch));
  }
}

void ScopeReplica::persist(const Record& record) { records_[record_key(record)] = encode(record); }

void ScopeReplica::persist_vote(const Vote& vote, const Message& message) {
  if (const auto* own = std::get_if<PrePrepare>(&message)) {
    persist(OwnPrepare{own->prepare, *vote.proposal});
  } else if (const auto* own_prepare = std::get_if<Prepare>(&message)) {
    persist(OwnPrepare{*own_prepare, *vote.proposal});
  } else if (const auto* own_commit = std::get_if<Commit>(&message)) {
    persist(*own_commit);
  } else if (const auto* change = std::get_if<ViewChange>(&message)) {
    persist(*change);
  } else {
    persist(std::get<NewView>(message));
  }
}

// O6: one vote of each kind in a view at a height, and none below the own ViewChange.
void ScopeReplica::check_vote(const Message& message) {
  const auto once = [this](bool commits, View view, Height height, const ProposalDigest& digest) {
    const auto [known, is_new] = signed_.try_emplace({commits, view, height}, digest);
    const std::string place = to_string(index_of(index_)) + (commits ? " commits" : " prepares") + " at height " +
                              to_string(height) + " in view " + to_string(view);
    if (!is_new && known->second != digest) throw Violation{Verdict::correctness, place + " twice"};
    if (sworn_ && view < *sworn_) throw Violation{Verdict::correctness, place + " below its own ViewChange"};
  };
  const auto prepares = [&once](const PrepareStatement& statement) {
    once(false, statement.view, statement.height, statement.digest);
  };
  if (const auto* own = std::get_if<PrePrepare>(&message)) prepares(own->prepare.statement);
  if (const auto* own = std::get_if<Prepare>(&message)) prepares(own->statement);
  if (const auto* own = std::get_if<Commit>(&message)) {
    once(true, own->checkpoint.view, own->checkpoint.height, own->checkpoint.proposal_digest);
  }
  if (const auto* own = std::get_if<ViewChange>(&message)) sworn_ = std::max(sworn_.value_or(View(0)), own->new_view);
}

void ScopeReplica::finalize(const Finalize& block) {
  decide(block.height, block.digest);
  unwritten_.push_back(block);
  if (!book_->settings().slow_disk) write_block();
}

void ScopeReplica::write(const Finalize& block) {
  tip_ = {block.height, block.digest, block.header_hash, book_->proposal(block.digest)->header.timestamp_ms};
  tip_seal_ = block.seal;
  std::erase_if(records_, [&block](const auto& entry) {
    return height_of(decode<Record>(entry.second).value()) <= block.height;
  });
  step(Durable{block.height});
}

// O1 within one replica: what was final stays so, through its restarts too.
void ScopeReplica::decide(Height height, const ProposalDigest& digest) {
  const auto [known, is_new] = final_.try_emplace(height, digest);
  if (!is_new && known->second != digest) {
    throw Violation{Verdict::correctness, "two final blocks of one replica at height " + to_string(height)};
  }
}

void ScopeReplica::catch_up(const CommitSeal& seal) {
  const Checkpoint& top = seal.checkpoint;
  ProposalDigest digest = top.proposal_digest;
  for (Height height = top.height; height > tip_.height; height = height - 1) {
    decide(height, digest);
    digest = book_->proposal(digest)->header.parent;
  }
  unwritten_.clear();
  tip_ = {top.height, top.proposal_digest, top.header_hash, wall};
  tip_seal_ = seal;
  std::erase_if(records_, [&top](const auto& entry) {
    return height_of(decode<Record>(entry.second).value()) <= top.height;
  });
  step(CaughtUp{top.height, top.proposal_digest, top.header_hash, tip_.timestamp_ms, seal});
}

// ---------------------------------------------------------------------------------------------------------------------

Hash256 ScopeReplica::fingerprint() const {
  Bytes bytes;
  const auto add = [&bytes](const auto& value) {
    const Bytes encoded = encode(value);
    bytes.insert(bytes.end(), encoded.begin(), encoded.end());
  };
  const auto add_digest = [&bytes](const ProposalDigest& digest) {
    const Bytes plain = to_bytes(digest);
    bytes.insert(bytes.end(), plain.begin(), plain.end());
  };
  const auto add_number = [&bytes](std::uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<Byte>(number >> shift));
  };
  add_number(index_), add_number(crashes_);
  for (const auto& [key, record] : records_) {
    // What a NewView leads to is in the EnteredView beside it; the bytes can reach anyone anyway.
    if (std::holds_alternative<NewView>(decode<Record>(record).value())) continue;
    bytes.insert(bytes.end(), record.begin(), record.end());
  }
  add_number(sent_.size());
  for (const MessageNumber number : sent_) add_number(number);
  for (const auto& [height, digest] : final_) add_number(height.value()), add_digest(digest);
  for (const Finalize& block : unwritten_) add_number(block.height.value()), add_number(block.seal.has_value());
  add_digest(tip_.digest), add_number(tip_seal_.has_value());
  if (tip_seal_) add(*tip_seal_);
  for (const auto& [signer, number] : view_changes_) add_number(signer.value()), add_number(number);
  add_number(replica_.view().value());
  add_number(replica_.target().value());
  add_number(replica_.finalized().value());
  add_number(replica_.silence() ? static_cast<std::uint64_t>(*replica_.silence()) : 0);
  for (const auto& [height, slot] : replica_.slots()) {
    add_number(height.value());
    add_number(slot.candidate ? 1 + slot.candidate->implied + 2 * slot.candidate->sealed : 0);
    if (slot.candidate) add_digest(slot.candidate->digest), add_number(slot.candidate->bodies.has_value());
    add_number(slot.own_prepare.has_value() + 2 * slot.own_commit.has_value() + 4 * slot.proof_persisted);
    if (slot.own_prepare) add_digest(*slot.own_prepare);
    if (slot.proof) add(Record(*slot.proof));
    for (const auto& [view, votes] : slot.prepares()) {
      for (const auto& [signer, vote] : votes) {
        add(Message(vote));
        const bool known = slot.find(vote.statement.digest) != nullptr;
        add_number(known + 2 * replica_.is_executed(vote.statement.digest));
      }
    }
    for (const auto& [view, votes] : slot.commits()) {
      for (const auto& [signer, vote] : votes) add(Message(vote));
    }
  }
  return sha256(bytes);
}

}  // namespace kanhe::testnet
