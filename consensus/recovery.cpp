// Recovery: loss, restart, lost votes, and the complaint that starts a view change.
//
// Loss. Every replica says in a periodic Status where it stands and which votes it holds; peers resend what is missing,
// others' signed messages too, at most once a period per peer. So whatever one honest replica has reaches all.
//
// Restart. Everything that was signed is in the Records. A starting replica signs nothing until q − 1 others have
// reported the highest votes they hold of it: an own valid signature above the finalized height that it does not
// remember means that the disk is older than the votes, and then no wait by height or view would be safe. It only
// follows, until a later epoch.
//
// Complaint [4.4, 4.5.2]. A valid transaction waits longer than an honest primary of the least allowed rate would need,
// or a heartbeat is overdue. Not while only the own execution is missing, nor while missing blocks are arriving.
//
// Forwarding. T / 2 before the patience with the oldest that waits ends, it goes to all once more, and then again each
// T: nobody must complain alone of what the others have not got. Who has no vote or no view sends it too: what it alone
// took in would stay with it for ever.
#include <algorithm>

#include "consensus/replica.h"

namespace kanhe::consensus {
namespace {

constexpr std::uint32_t status_periods_per_timeout = 4;

}  // namespace

Duration Replica::status_period() const {
  return Duration(epoch().parameters.timeout_ms.value() / status_periods_per_timeout);
}

// ---------------------------------------------------------------------------------------------------------------------
// Status

void Replica::send_status() {
  status_at_ = now_.monotonic + status_period();
  if (!config_.self) return;
  Status status;
  status.chain_id = epoch().chain_id;
  status.epoch = epoch().epoch;
  status.view = view();
  status.target = target();
  status.seal = seal_;
  status.session = starting_ ? config_.session : 0;
  status.signer = *config_.self;
  for (const auto& [height, slot] : slots_) {
    if (height <= finalized_.height || height > window_end()) continue;
    const bool has_proposal = slot.candidate && slot.candidate->proposal != nullptr;
    status.slots.push_back({height, has_proposal, slot.prepare_signers(view()), slot.commit_signers(view())});
  }
  send_signed(std::nullopt, std::move(status));
  if (synchroniser_.changing_view() && own_view_change_ && own_view_change_->new_view == target() && !silence_) {
    send(std::nullopt, *own_view_change_);
  }
}

void Replica::on(const Status& message) {
  if (message.signer == config_.self) return count(Ignored::repeated);
  if (message.seal) learn(*message.seal);
  if (message.session != 0 && answer_due(message.signer, Answer::vote_report)) report_votes(message);
  if (!answer_due(message.signer, Answer::missing_votes)) return count(Ignored::not_now);
  answer_status(message);
}

bool Replica::answer_due(ValidatorIndex peer, Answer kind) {
  const auto known = answered_at_.find({peer, kind});
  if (known != answered_at_.end() && now_.monotonic < known->second + status_period() - ns_per_ms) return false;
  answered_at_.insert_or_assign(std::pair(peer, kind), now_.monotonic);
  return true;
}

void Replica::answer_status(const Status& status) {
  const Height peer_height = status.seal ? status.seal->checkpoint.height : config_.first_floor.height;
  if (seal_ && peer_height < seal_->checkpoint.height) send(status.signer, Sealed{*seal_});
  if (status.view < view()) {
    if (new_view_) send(status.signer, *new_view_);
    return;
  }
  if (synchroniser_.changing_view() && status.target < target() && own_view_change_ && !silence_) {
    send(status.signer, *own_view_change_);
  }
  if (status.view != view()) return;
  const Height peer_end = peer_height + epoch().parameters.window.value();
  for (const auto& [height, slot] : slots_) {
    if (height > peer_height && height <= peer_end) resend_votes(status, slot);
  }
}

// What the peer lacks of this height in the common view.
void Replica::resend_votes(const Status& status, const Slot& slot) {
  const auto known = std::ranges::find(status.slots, slot.height(), &SlotStatus::height);
  const SlotStatus held = known == status.slots.end() ? SlotStatus{slot.height(), false, {}, {}} : *known;
  const auto prepares = slot.prepares().find(view());
  if (prepares != slot.prepares().end()) {
    for (const auto& [signer, vote] : prepares->second) {
      const auto proposal = slot.find(vote.statement.digest);
      const bool proposes = signer == primary() && slot.height() > implied_top() && !held.has_proposal && proposal;
      if (proposes) {
        send(status.signer, PrePrepare{vote, *proposal});
      } else if (!held.prepares.contains(signer)) {
        send(status.signer, vote);
      }
    }
  }
  const auto commits = slot.commits().find(view());
  if (commits == slot.commits().end()) return;
  for (const auto& [signer, vote] : commits->second) {
    if (!held.commits.contains(signer)) send(status.signer, vote);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Lost votes

void Replica::report_votes(const Status& status) {
  if (!config_.self) return;
  VoteReport report;
  report.chain_id = epoch().chain_id;
  report.epoch = epoch().epoch;
  report.view = view();
  report.about = status.signer;
  report.session = status.session;
  report.seal = seal_;
  report.signer = *config_.self;
  const auto newest = [&status](const auto& votes_by_view, auto& list) {
    for (auto votes = votes_by_view.rbegin(); votes != votes_by_view.rend(); ++votes) {
      const auto vote = votes->second.find(status.signer);
      if (vote == votes->second.end()) continue;
      list.push_back(vote->second);
      return;
    }
  };
  for (const auto& [height, slot] : slots_) {
    const std::size_t before = report.prepares.size();
    newest(slot.prepares(), report.prepares);
    newest(slot.commits(), report.commits);
    if (report.prepares.size() == before) report_from_proof(slot, report);
  }
  const auto view_change = view_changes_.find(status.signer);
  if (view_change != view_changes_.end()) {
    report.view_change = view_change->second;
  } else if (new_view_) {
    const auto bundled = std::ranges::find(new_view_->view_changes, status.signer, &ViewChange::signer);
    if (bundled != new_view_->view_changes.end()) report.view_change = *bundled;
  }
  send_signed(status.signer, std::move(report));
}

// Votes of passed views live on in PreparedProofs.
void Replica::report_from_proof(const Slot& slot, VoteReport& report) const {
  if (!slot.proof) return;
  const auto vote = std::ranges::find(slot.proof->prepares, report.about, &SealSignature::signer);
  if (vote == slot.proof->prepares.end()) return;
  report.prepares.push_back(Prepare{statement_of(epoch().chain_id, *slot.proof), report.about, vote->signature});
}

void Replica::on(const VoteReport& message) {
  if (!starting_ || message.about != config_.self || message.session != config_.session) return count(Ignored::stale);
  if (message.signer == config_.self) return count(Ignored::stale);
  for (const Prepare& vote : message.prepares) {
    if (vote.statement.height > finalized_.height && !remembers(vote)) {
      return silence(Silence::lost_votes, vote.statement.height);
    }
  }
  for (const Commit& vote : message.commits) {
    if (vote.checkpoint.height > finalized_.height && !remembers(vote)) {
      return silence(Silence::lost_votes, vote.checkpoint.height);
    }
  }
  if (message.view_change && (!view_change_made_ || *view_change_made_ < message.view_change->new_view)) {
    return silence(Silence::lost_votes, finalized_.height);
  }
  answers_.insert(message.signer);
  if (message.seal) {
    starting_until_ = std::max(starting_until_, message.seal->checkpoint.height);
    learn(*message.seal);
  }
  finish_starting();
}

// Enough have answered, and what they answered for is reached: nobody reports the votes at heights that are final
// there.
void Replica::finish_starting() {
  if (!starting_ || answers_awaited() > 0 || finalized_.height < starting_until_) return;
  starting_ = false;
  entered_at_ = progress_at_ = now_.monotonic;
}

std::size_t Replica::answers_awaited() const {
  if (!starting_) return 0;
  const std::size_t needed = epoch().q() - 1;
  return needed > answers_.size() ? needed - answers_.size() : 0;
}

// Remembered is bounded by overwriting: the newest view of each height stands for the older ones.
bool Replica::remembers(const Prepare& vote) const {
  const auto own = own_prepares_.find(vote.statement.height);
  return own != own_prepares_.end() && (own->second.view > vote.statement.view || own->second == vote.statement);
}

bool Replica::remembers(const Commit& vote) const {
  const auto own = own_commits_.find(vote.checkpoint.height);
  return own != own_commits_.end() && (own->second.view > vote.checkpoint.view || own->second == vote.checkpoint);
}

// Two passes: the view first, because it decides what an own vote means.
void Replica::restore(const std::vector<Record>& records) {
  for (const Record& record : records) {
    if (const auto* entered = std::get_if<EnteredView>(&record)) entered_ = *entered;
    if (const auto* silenced = std::get_if<Silenced>(&record)) silence_ = silenced->reason;
    if (const auto* message = std::get_if<NewView>(&record)) new_view_ = *message;
    if (const auto* message = std::get_if<ViewChange>(&record)) {
      own_view_change_ = *message;
      view_change_made_ = message->new_view;
    }
  }
  const View aimed = own_view_change_ ? own_view_change_->new_view : View(0);
  synchroniser_ = Synchroniser(epoch(), config_.self, entered_.view, aimed);
  if (own_view_change_ && own_view_change_->new_view > entered_.view) {
    view_changes_.insert_or_assign(*config_.self, *own_view_change_);
  }
  for (const Record& record : records) {
    restore_vote(record);
    if (const auto* sealed = std::get_if<Sealed>(&record)) learn(sealed->seal);
  }
  if (!new_view_) return;
  if (new_view_->signer == config_.self) new_view_made_ = new_view_->view;
  if (new_view_->view <= entered_.view) return;
  // The NewView was written, the view not yet entered.
  const NewView pending = *new_view_;
  auto verified = verify(config_.scheme, pending);
  CHECK(verified.has_value());
  on(*verified, pending);
}

void Replica::restore_vote(const Record& record) {
  const auto slot_at = [this](Height height) -> Slot* {
    if (height <= durable_.height || height > window_end()) return nullptr;
    return &slots_.try_emplace(height, height).first->second;
  };
  if (const auto* own = std::get_if<OwnPrepare>(&record)) {
    const PrepareStatement& statement = own->prepare.statement;
    Slot* slot = slot_at(statement.height);
    if (slot == nullptr) return;
    // Of the same height, those of earlier views too; their lists are fetched from the store when they are wanted.
    const auto [newest, first] = own_prepares_.try_emplace(statement.height, statement);
    if (!first && newest->second.view > statement.view) return;
    newest->second = statement;
    slot->remember(std::make_shared<const Proposal>(own->proposal));
    slot->add(own->prepare);
    if (statement.view == entered_.view) slot->own_prepare = statement.digest;
  }
  if (const auto* commit = std::get_if<Commit>(&record)) {
    Slot* slot = slot_at(commit->checkpoint.height);
    if (slot == nullptr) return;
    own_commits_.insert_or_assign(commit->checkpoint.height, commit->checkpoint);
    slot->add(*commit);
    if (commit->checkpoint.view == entered_.view) slot->own_commit = commit->checkpoint;
  }
  if (const auto* proof = std::get_if<PreparedProof>(&record)) {
    Slot* slot = slot_at(proof->header.height);
    if (slot == nullptr) return;
    slot->proof = *proof;
    slot->proof_persisted = true;
    for (const SealSignature& vote : proof->prepares) {
      if (vote.signer == config_.self) continue;
      slot->add(Prepare{statement_of(epoch().chain_id, *proof), vote.signer, vote.signature});
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Time

void Replica::tick() {
  synchroniser_.tick(now_.monotonic);
  consider_complaint();
  if (now_.monotonic < status_at_) return;
  send_status();
  const bool waited = seal_ahead_ && now_.monotonic >= seal_ahead_at_ + status_period();
  if (waited) ask_for_blocks();
  // Who is behind cannot tell how fast the others are.
  if (waited) pace_.begin_period(now_.monotonic);
}

// That with the oldest transaction that waits. Requires: there is one.
Instant Replica::patience_ends() const {
  const std::uint64_t rate = epoch().parameters.minimal_rate.value();
  const std::uint64_t ahead_ns = pool_.oldest->ahead * (1000 * ns_per_ms / rate);
  return std::max(pool_.oldest->arrival, entered_at_) + synchroniser_.timeout() + ahead_ns;
}

Instant Replica::forward_due() const {
  return std::max(patience_ends() - synchroniser_.timeout().value() * ns_per_ms / 2, forward_again_at_);
}

void Replica::consider_forwarding() {
  if (!pool_.oldest || now_.monotonic < forward_due()) return;
  forward_again_at_ = now_.monotonic + synchroniser_.timeout();
  output_.forward_waiting = true;
}

std::optional<Instant> Replica::complaint_due() const {
  if (!may_vote()) return std::nullopt;
  const Duration patience = synchroniser_.timeout();
  const Duration heartbeat(epoch().parameters.heartbeat_ms.value());
  if (config_.epoch_end && finalized_.height >= *config_.epoch_end) return std::nullopt;
  Instant due = std::max(progress_at_, entered_at_) + patience;
  if (!config_.epoch_end) due = due + heartbeat;
  if (pool_.oldest) due = std::min(due, patience_ends());
  return std::max(due, complaint_held_until_);
}

void Replica::consider_complaint() {
  consider_forwarding();
  const bool too_slow = pace_.judge(now_.monotonic);
  const auto due = complaint_due();
  if (!due) return;
  if (!too_slow && now_.monotonic < *due) return;
  const bool arriving = seal_ahead_ && arriving_at_ && now_.monotonic < *arriving_at_ + synchroniser_.timeout();
  if (arriving || is_stuck_on_own_work()) {
    complaint_held_until_ = now_.monotonic + status_period();
    return;
  }
  synchroniser_.complain(now_.monotonic);
  if (!synchroniser_.changing_view()) complaint_held_until_ = now_.monotonic + status_period();
}

// Agreement is there, only the own execution is missing: no other primary would help.
bool Replica::is_stuck_on_own_work() const {
  return std::ranges::any_of(slots_, [this](const auto& entry) {
    const Slot& slot = entry.second;
    if (!slot.candidate || !slot.candidate->execute_sent || executions_.contains(slot.candidate->digest)) return false;
    return slot.candidate->sealed || (slot.proof && slot.proof->view == view());
  });
}

}  // namespace kanhe::consensus
