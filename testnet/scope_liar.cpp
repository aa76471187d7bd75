#include "testnet/scope_liar.h"

#include <algorithm>
#include <set>

namespace kanhe::testnet {
namespace {

using namespace consensus;

constexpr std::size_t liars_variants = 2;  // at the lowest height; above it one on each parent

ValidatorIndex index_of(std::size_t index) { return ValidatorIndex(static_cast<std::uint16_t>(index)); }

using Place = std::tuple<View, Height, ProposalDigest>;

// Everything that exists at one moment, by what it says.
class Menu {
 public:
  Menu(ScopeBook& book, const std::vector<MessageNumber>& sent) : book_(book), scheme_(book.scheme()) {
    for (std::size_t i = 0; i < scope_validators; ++i) {
      if (book.is_liar(i)) liars_.push_back(index_of(i));
    }
    for (const MessageNumber number : sent) sort_in(book.message(number), number);
    make_proposals();
    vote_for_everything();
    make_view_changes();
  }

  std::vector<Delivery> take() {
    offer_proposals();
    offer_votes();
    offer_view_changes();
    for (const MessageNumber number : new_views_) add({number});
    return std::move(menu_);
  }

 private:
  void sort_in(const Message& message, MessageNumber number) {
    std::visit([this, number]<class T>(const T& inner) {
      if constexpr (std::same_as<T, PrePrepare>) {
        proposed_.push_back(number);
        note_proposal(inner.proposal.header);
        note(inner.prepare);
      } else if constexpr (std::same_as<T, Prepare>) {
        note(inner);
      } else if constexpr (std::same_as<T, Commit>) {
        note(inner);
      } else if constexpr (std::same_as<T, ViewChange>) {
        view_changes_[inner.new_view].push_back(inner);
      } else if constexpr (std::same_as<T, NewView>) {
        new_views_.push_back(number);
      }
    }, message);
  }

  void note(const Prepare& vote) {
    const PrepareStatement& said = vote.statement;
    prepares_[{said.view, said.height, said.digest}].insert_or_assign(vote.signer, vote);
  }
  void note(const Commit& vote) {
    const Checkpoint& said = vote.checkpoint;
    commits_[{said.view, said.height, said.proposal_digest}].insert_or_assign(vote.signer, vote);
  }
  void note_proposal(const ProposalHeader& header) { proposals_[header.height].insert(digest_of(header)); }

  bool leads(ValidatorIndex liar, View view) const { return scheme_.config.primary(view) == liar; }
  bool any_leads() const {
    for (View view; view < View(book_.settings().views); view = view + 1) {
      for (const ValidatorIndex liar : liars_) {
        if (leads(liar, view)) return true;
      }
    }
    return false;
  }

  void make_proposals() {
    if (!any_leads()) return;
    std::set<ProposalDigest> parents{book_.genesis().digest};
    for (Height height(1); height <= Height(book_.settings().slots); height = height + 1) {
      const std::size_t variants = height == Height(1) ? liars_variants : 1;
      for (const ProposalDigest& parent : parents) {
        for (std::size_t k = 0; k < variants; ++k) {
          note_proposal(book_.liars_proposal(height, parent, k)->header);
        }
      }
      parents = proposals_[height];
    }
  }

  // Liars vote for whatever an honest one votes for too; what only they vote for moves nobody.
  void vote_for_everything() {
    for (auto& [place, votes] : prepares_) {
      const auto& [view, height, digest] = place;
      const PrepareStatement said{{}, scheme_.config.chain_id, scheme_.config.epoch, view, height, digest};
      for (const ValidatorIndex liar : liars_) {
        votes.insert_or_assign(liar, std::get<Prepare>(book_.sign(liar, Prepare{said, liar, {}})));
      }
      if (votes.size() >= scheme_.config.q()) {
        PreparedProof proof{book_.proposal(digest)->header, view, {}};
        for (const auto& [signer, vote] : votes) proof.prepares.push_back({signer, vote.signature});
        proofs_[height].push_back(std::move(proof));
      }
    }
    for (auto& [place, votes] : commits_) {
      const auto& [view, height, digest] = place;
      const Checkpoint said = scope_checkpoint(scheme_.config.epoch, view, height, digest);
      for (const ValidatorIndex liar : liars_) {
        votes.insert_or_assign(liar, std::get<Commit>(book_.sign(liar, Commit{said, liar, {}})));
      }
      if (votes.size() >= scheme_.config.q()) {
        CommitSeal seal{{}, said, {}};
        for (const auto& [signer, vote] : votes) seal.signatures.push_back({signer, vote.signature});
        seals_.push_back(std::move(seal));
      }
    }
  }

  // Every seal that exists, or none; above it at each height any proof that exists, or none.
  void make_view_changes() {
    for (View view(1); view < View(book_.settings().views); view = view + 1) {
      std::vector<std::optional<CommitSeal>> seals{std::nullopt};
      for (const CommitSeal& seal : seals_) {
        if (seal.checkpoint.view < view) seals.push_back(seal);
      }
      for (const auto& seal : seals) {
        std::vector<std::vector<PreparedProof>> choices{{}};
        const Height floor = seal ? seal->checkpoint.height : Height(0);
        for (const auto& [height, proofs] : proofs_) {
          if (height > floor) extend(choices, proofs, view);
        }
        for (const auto& choice : choices) make_view_change(view, seal, choice);
      }
    }
  }

  static void extend(std::vector<std::vector<PreparedProof>>& choices, const std::vector<PreparedProof>& proofs,
                     View view) {
    const std::size_t before = choices.size();
    for (std::size_t i = 0; i < before; ++i) {
      for (const PreparedProof& proof : proofs) {
        if (proof.view >= view) continue;
        choices.push_back(choices[i]);
        choices.back().push_back(proof);
      }
    }
  }

  void make_view_change(View view, const std::optional<CommitSeal>& seal, const std::vector<PreparedProof>& proofs) {
    ViewChange message;
    message.chain_id = scheme_.config.chain_id;
    message.epoch = scheme_.config.epoch;
    message.new_view = view;
    message.seal = seal;
    message.proofs.assign(proofs.begin(), proofs.end());
    for (const ValidatorIndex liar : liars_) {
      message.signer = liar;
      view_changes_[view].push_back(std::get<ViewChange>(book_.sign(liar, message)));
    }
  }

  // -------------------------------------------------------------------------------------------------------------------

  void add(std::vector<MessageNumber> messages, std::optional<std::size_t> to = std::nullopt) {
    menu_.push_back({std::move(messages), to});
  }

  void offer_proposals() {
    for (const MessageNumber number : proposed_) add({number});
    for (View view; view < View(book_.settings().views); view = view + 1) {
      for (const ValidatorIndex liar : liars_) {
        if (!leads(liar, view)) continue;
        for (const auto& [height, digests] : proposals_) {
          for (const ProposalDigest& digest : digests) add({liars_pre_prepare(liar, view, height, digest)});
        }
      }
    }
  }

  MessageNumber liars_pre_prepare(ValidatorIndex liar, View view, Height height, const ProposalDigest& digest) {
    const PrepareStatement said{{}, scheme_.config.chain_id, scheme_.config.epoch, view, height, digest};
    const Prepare prepare = std::get<Prepare>(book_.sign(liar, Prepare{said, liar, {}}));
    return book_.number_of(PrePrepare{prepare, *book_.proposal(digest)});
  }

  template <class Vote>
  void offer(const std::map<Place, std::map<ValidatorIndex, Vote>>& votes_by_place) {
    std::map<std::pair<Height, ProposalDigest>, std::vector<MessageNumber>> in_any_view;
    std::map<std::pair<Height, ProposalDigest>, std::set<ValidatorIndex>> signers;
    for (const auto& [place, votes] : votes_by_place) {
      std::vector<MessageNumber> together;
      for (const auto& [signer, vote] : votes) {
        together.push_back(book_.number_of(vote));
        auto& all = in_any_view[{std::get<1>(place), std::get<2>(place)}];
        all.push_back(together.back());
        signers[{std::get<1>(place), std::get<2>(place)}].insert(signer);
        if (book_.settings().single_votes) add({together.back()});
      }
      if (!book_.settings().single_votes && votes.size() >= scheme_.config.q()) add(std::move(together));
    }
    if (book_.settings().single_votes || !std::same_as<Vote, Commit>) return;
    // Those of several views make no quorum; whoever counts them together errs.
    for (const auto& [what, all] : in_any_view) {
      if (signers[what].size() >= scheme_.config.q() && all.size() > signers[what].size()) add(all);
    }
  }

  void offer_votes() {
    offer(prepares_);
    offer(commits_);
  }

  void offer_view_changes() {
    for (const auto& [view, all] : view_changes_) {
      const ValidatorIndex primary = scheme_.config.primary(view);
      if (view >= View(book_.settings().views)) continue;
      std::vector<const ViewChange*> chosen;
      if (book_.is_liar(primary.value())) {
        choose(all, 0, scheme_.config.q(), std::nullopt, chosen);
      } else if (!book_.settings().single_votes) {
        choose(all, 0, scheme_.config.q() - 1, primary, chosen);
      } else {
        for (const ViewChange& one : all) add({book_.number_of(one)});
      }
    }
  }

  // Every choice of so many ViewChanges of different signers: as a NewView of the liar that leads, or handed to the
  // honest primary, who adds its own.
  void choose(const std::vector<ViewChange>& all, std::size_t from, std::size_t count,
              std::optional<ValidatorIndex> primary, std::vector<const ViewChange*>& chosen) {
    if (chosen.size() == count) return primary ? hand_over(*primary, chosen) : make_new_view(chosen);
    for (std::size_t i = from; i < all.size(); ++i) {
      if (all[i].signer == primary) continue;
      const auto by_same = [&](const ViewChange* other) { return other->signer == all[i].signer; };
      if (std::ranges::any_of(chosen, by_same)) continue;
      chosen.push_back(&all[i]);
      choose(all, i + 1, count, primary, chosen);
      chosen.pop_back();
    }
  }

  void hand_over(ValidatorIndex primary, const std::vector<const ViewChange*>& chosen) {
    std::vector<MessageNumber> messages;
    for (const ViewChange* one : chosen) messages.push_back(book_.number_of(*one));
    add(std::move(messages), primary.value());
  }

  void make_new_view(const std::vector<const ViewChange*>& chosen) {
    NewView message;
    message.chain_id = scheme_.config.chain_id;
    message.epoch = scheme_.config.epoch;
    message.view = chosen.front()->new_view;
    message.signer = scheme_.config.primary(message.view);
    std::vector<ViewChange> in_order;
    for (const ViewChange* one : chosen) in_order.push_back(*one);
    std::ranges::sort(in_order, {}, &ViewChange::signer);
    message.view_changes.assign(in_order.begin(), in_order.end());
    add({book_.number_of(book_.sign(message.signer, message))});
  }

  ScopeBook& book_;
  const Scheme& scheme_;
  std::vector<ValidatorIndex> liars_;
  std::map<Height, std::set<ProposalDigest>> proposals_;
  std::vector<MessageNumber> proposed_;  // PrePrepares of honest primaries
  std::map<Place, std::map<ValidatorIndex, Prepare>> prepares_;
  std::map<Place, std::map<ValidatorIndex, Commit>> commits_;
  std::map<Height, std::vector<PreparedProof>> proofs_;
  std::vector<CommitSeal> seals_;
  std::map<View, std::vector<ViewChange>> view_changes_;
  std::vector<MessageNumber> new_views_;
  std::vector<Delivery> menu_;
};

}  // namespace

std::vector<Delivery> deliveries(ScopeBook& book, const std::vector<MessageNumber>& sent) {
  return Menu(book, sent).take();
}

std::string describe(const ScopeBook& book, MessageNumber number) {
  const auto of = [](const ProposalDigest& digest) { return digest.hex().substr(0, 6); };
  return std::visit([&of]<class T>(const T& inner) -> std::string {
    if constexpr (std::same_as<T, PrePrepare> || std::same_as<T, Prepare>) {
      const Prepare* vote = nullptr;
      if constexpr (std::same_as<T, PrePrepare>) vote = &inner.prepare;
      if constexpr (std::same_as<T, Prepare>) vote = &inner;
      const PrepareStatement& said = vote->statement;
      return std::string(T::variant_tag.name) + " " + of(said.digest) + " at height " + to_string(said.height) +
             " in view " + to_string(said.view) + " by " + to_string(vote->signer);
    } else if constexpr (std::same_as<T, Commit>) {
      return "commit " + of(inner.checkpoint.proposal_digest) + " at height " + to_string(inner.checkpoint.height) +
             " in view " + to_string(inner.checkpoint.view) + " by " + to_string(inner.signer);
    } else if constexpr (std::same_as<T, ViewChange>) {
      std::string text = "view_change to " + to_string(inner.new_view) + " by " + to_string(inner.signer);
      if (inner.seal) text += ", seal of height " + to_string(inner.seal->checkpoint.height);
      for (const PreparedProof& proof : inner.proofs) {
        text += ", proof of " + of(digest_of(proof)) + " in view " + to_string(proof.view);
      }
      return text;
    } else if constexpr (std::same_as<T, NewView>) {
      std::string text = "new_view " + to_string(inner.view) + " of";
      for (const ViewChange& change : inner.view_changes) text += " " + to_string(change.signer);
      return text;
    } else {
      return std::string(T::variant_tag.name);
    }
  }, book.message(number));
}

}  // namespace kanhe::testnet
