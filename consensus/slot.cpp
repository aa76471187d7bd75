#include "consensus/slot.h"

#include <algorithm>

namespace kanhe::consensus {
namespace {

constexpr std::size_t proposals_max = 8;

template <class Votes>
SignerSet signers_of(const Votes& votes, View view) {
  SignerSet signers;
  const auto found = votes.find(view);
  if (found == votes.end()) return signers;
  for (const auto& [signer, vote] : found->second) signers.insert(signer);
  return signers;
}

template <class Votes>
void keep_views(Votes& votes, View view, View target) {
  std::erase_if(votes, [=](const auto& entry) { return entry.first > view + 1 && entry.first != target; });
}

}  // namespace

Candidate& Slot::adopt(const ProposalDigest& digest, const SignerSet& holders) {
  if (!candidate || candidate->digest != digest) {
    candidate = Candidate{};
    candidate->digest = digest;
    candidate->proposal = find(digest);
    if (candidate->proposal) candidate->header = candidate->proposal->header;
  }
  const SignerSet known = candidate->holders;
  candidate->holders.low |= holders.low;
  candidate->holders.high |= holders.high;
  if (candidate->holders != known) candidate->fetch_sent = false;
  return *candidate;
}

Counted Slot::add(const Prepare& prepare) {
  CHECK(prepare.statement.height == height_);
  const auto [place, added] = prepares_[prepare.statement.view].try_emplace(prepare.signer, prepare);
  if (added) return Counted::added;
  return place->second.statement == prepare.statement ? Counted::repeated : Counted::conflicting;
}

Counted Slot::add(const Commit& commit) {
  CHECK(commit.checkpoint.height == height_);
  const auto [place, added] = commits_[commit.checkpoint.view].try_emplace(commit.signer, commit);
  if (added) return Counted::added;
  return place->second.checkpoint == commit.checkpoint ? Counted::repeated : Counted::conflicting;
}

std::optional<ProposalDigest> Slot::prepared(View view, std::size_t q) const {
  const auto found = prepares_.find(view);
  if (found == prepares_.end()) return std::nullopt;
  std::map<ProposalDigest, std::size_t> counts;
  for (const auto& [signer, prepare] : found->second) {
    if (++counts[prepare.statement.digest] >= q) return prepare.statement.digest;
  }
  return std::nullopt;
}

SortedList<SealSignature, validators_max> Slot::prepares(View view, const ProposalDigest& digest) const {
  SortedList<SealSignature, validators_max> signatures;
  const auto found = prepares_.find(view);
  if (found == prepares_.end()) return signatures;
  for (const auto& [signer, prepare] : found->second) {
    if (prepare.statement.digest == digest) signatures.push_back({signer, prepare.signature});
  }
  return signatures;
}

std::optional<CommitSeal> Slot::seal(std::size_t q) const {
  for (const auto& [view, votes] : commits_) {
    if (votes.size() < q) continue;
    std::map<Checkpoint, CommitSeal> seals;
    for (const auto& [signer, commit] : votes) {
      CommitSeal& seal = seals[commit.checkpoint];
      seal.checkpoint = commit.checkpoint;
      seal.signatures.push_back({signer, commit.signature});
      if (seal.signatures.size() >= q) return seal;
    }
  }
  return std::nullopt;
}

std::vector<ValidatorIndex> Slot::odd_results(View view, const Checkpoint& own, ValidatorIndex self) const {
  std::vector<ValidatorIndex> signers;
  const auto found = commits_.find(view);
  if (found == commits_.end()) return signers;
  for (const auto& [signer, commit] : found->second) {
    const Checkpoint& other = commit.checkpoint;
    if (signer == self || other.proposal_digest != own.proposal_digest || other == own) continue;
    signers.push_back(signer);
  }
  return signers;
}

std::vector<ValidatorIndex> Slot::dissent(View view, const Checkpoint& own, ValidatorIndex self) const {
  std::map<Checkpoint, std::vector<ValidatorIndex>> groups;
  std::vector<ValidatorIndex> largest;
  for (const ValidatorIndex signer : odd_results(view, own, self)) {
    auto& group = groups[commits_.at(view).at(signer).checkpoint];
    group.push_back(signer);
    if (group.size() > largest.size()) largest = group;
  }
  return largest;
}

std::optional<ProposalDigest> Slot::prepared_by(ValidatorIndex signer, View view) const {
  const auto votes = prepares_.find(view);
  if (votes == prepares_.end()) return std::nullopt;
  const auto vote = votes->second.find(signer);
  if (vote == votes->second.end()) return std::nullopt;
  return vote->second.statement.digest;
}

SignerSet Slot::prepare_signers(View view) const { return signers_of(prepares_, view); }
SignerSet Slot::prepare_signers(View view, const ProposalDigest& digest) const {
  SignerSet signers;
  for (const SealSignature& vote : prepares(view, digest)) signers.insert(vote.signer);
  return signers;
}
SignerSet Slot::commit_signers(View view) const { return signers_of(commits_, view); }

void Slot::enter_view(View view) {
  candidate.reset();
  own_prepare.reset();
  own_commit.reset();
  const View oldest_commits = view.value() == 0 ? view : view - 1;
  prepares_.erase(prepares_.begin(), prepares_.lower_bound(view));
  commits_.erase(commits_.begin(), commits_.lower_bound(oldest_commits));
}

void Slot::keep_near(View view, View target) {
  keep_views(prepares_, view, target);
  keep_views(commits_, view, target);
}

void Slot::remember(std::shared_ptr<const Proposal> proposal) {
  const ProposalDigest digest = kanhe::digest_of(proposal->header);
  if (find(digest) != nullptr) return;
  if (proposals_.size() == proposals_max) proposals_.erase(spare_proposal());
  proposals_.emplace_back(digest, std::move(proposal));
}

// The oldest that nothing rests on; failing that, the oldest that only votes name.
// Test: slot_tests/a_liar_of_the_next_view_does_not_displace_what_the_present_primary_proposed
Slot::Proposals::iterator Slot::spare_proposal() {
  const auto rests_on = [this](const ProposalDigest& digest) {
    return (candidate && candidate->digest == digest) || (proof && digest_of(*proof) == digest) ||
           own_prepare == digest;
  };
  const auto is_named = [this](const ProposalDigest& digest) {
    return std::ranges::any_of(prepares_, [&digest](const auto& votes) {
      return std::ranges::any_of(votes.second, [&digest](const auto& vote) {
        return vote.second.statement.digest == digest;
      });
    });
  };
  const auto spare = std::ranges::find_if(proposals_, [&](const auto& entry) {
    return !rests_on(entry.first) && !is_named(entry.first);
  });
  if (spare != proposals_.end()) return spare;
  return std::ranges::find_if(proposals_, [&](const auto& entry) { return !rests_on(entry.first); });
}

std::shared_ptr<const Proposal> Slot::find(const ProposalDigest& digest) const {
  const auto found =
      std::ranges::find(proposals_, digest, &std::pair<ProposalDigest, std::shared_ptr<const Proposal>>::first);
  return found == proposals_.end() ? nullptr : found->second;
}

}  // namespace kanhe::consensus
