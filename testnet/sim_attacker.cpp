#include "testnet/sim_attacker.h"

#include "ledger/codec.h"
#include "node/wire.h"
#include "testnet/sim_liar.h"
#include "testnet/sim_signatures.h"

namespace kanhe::testnet {
namespace {

using namespace consensus;

constexpr std::size_t heights_max = 64;
constexpr std::size_t proofs_per_height_max = 8;
constexpr std::size_t views_max = 8;
constexpr std::size_t seals_max = 32;
constexpr std::size_t changes_max = 64;
constexpr std::size_t heard_max = 64;
constexpr std::uint64_t very_far = std::uint64_t{1} << 40;

std::uint64_t habit(Random& random) { return random.chance(500) ? random.between(100, 900) : 0; }

template <class Map>
void keep_newest(Map& map, std::size_t count) {
  while (map.size() > count) map.erase(map.begin());
}

template <class Queue, class T>
void keep(Queue& queue, std::size_t count, T value) {
  queue.push_back(std::move(value));
  if (queue.size() > count) queue.pop_front();
}

}  // namespace

SimAttacker::SimAttacker(Random& random) : random_(random) {
  for (std::uint64_t* each :
       {&habits_.hide_proofs, &habits_.hide_floor, &habits_.other_new_view, &habits_.equivocate,
        &habits_.vote_for_all, &habits_.far_targets, &habits_.replay, &habits_.mute, &habits_.other_names,
        &habits_.other_form, &habits_.false_seals, &habits_.other_epochs,
        &habits_.withhold, &habits_.bad_blocks, &habits_.old_keys}) {
    *each = habit(random);
  }
  // Whatever it does all the time hides what it does beside it.
  habits_.far_targets /= 4;
  habits_.replay /= 8;
  habits_.mute /= 2;
  habits_.other_names /= 4;
  // Who climbs does so whenever it can, and lets no view of its own begin.
  climbs_ = habits_.far_targets > 0 && random.chance(250);
  if (climbs_) habits_.far_targets = habits_.withhold = 1'000;
  // Some never do anything else: who relies on their doing it right once in a while would go on.
  for (std::uint64_t* each : {&habits_.withhold, &habits_.bad_blocks}) {
    if (*each > 0 && random.chance(400)) *each = 1'000;
  }
  if (habits_.bad_blocks == 1'000 && random.chance(500)) give_only_rubbish();
  habits_.other_epochs /= 4;
}

void SimAttacker::give_only_rubbish() {
  habits_.bad_blocks = 1'000;
  habits_.old_keys = 0;
  only_rubbish_ = true;
}

std::string SimAttacker::habits() const {
  std::string text;
  const auto add = [&text](std::string_view name, std::uint64_t value) {
    if (value != 0) text += " " + std::string(name) + "=" + std::to_string(value);
  };
  add("hide_proofs", habits_.hide_proofs);
  add("hide_floor", habits_.hide_floor);
  add("other_new_view", habits_.other_new_view);
  add("equivocate", habits_.equivocate);
  add("vote_for_all", habits_.vote_for_all);
  add("far_targets", habits_.far_targets);
  add("replay", habits_.replay);
  add("mute", habits_.mute);
  add("other_names", habits_.other_names);
  add("other_form", habits_.other_form);
  add("false_seals", habits_.false_seals);
  add("other_epochs", habits_.other_epochs);
  add("withhold", habits_.withhold);
  add("bad_blocks", habits_.bad_blocks);
  add("only_rubbish", only_rubbish_ ? 1 : 0);
  add("old_keys", habits_.old_keys);
  return text;
}

// ---------------------------------------------------------------------------------------------------------------------

void SimAttacker::remember(const PreparedProof& proof) {
  auto& known = proofs_[proof.header.height];
  if (std::ranges::find(known, proof) == known.end() && known.size() < proofs_per_height_max) known.push_back(proof);
  keep_newest(proofs_, heights_max);
}

void SimAttacker::remember(const Message& message) {
  std::visit([this]<class T>(const T& inner) {
    if constexpr (std::same_as<T, PrePrepare>) {
      proposals_[inner.proposal.header.height].emplace(digest_of(inner.proposal.header), inner.proposal);
      keep_newest(proposals_, heights_max);
    } else if constexpr (std::same_as<T, ViewChange>) {
      changes_[inner.new_view].insert_or_assign(inner.signer, inner);
      keep_newest(changes_, views_max);
      keep(any_changes_, changes_max, inner);
      for (const PreparedProof& proof : inner.proofs) remember(proof);
      if (inner.seal) keep(seals_, seals_max, *inner.seal);
      if (inner.new_view.value() < very_far) highest_ = std::max(highest_, inner.new_view);
    } else if constexpr (std::same_as<T, NewView>) {
      for (const ViewChange& change : inner.view_changes) changes_[change.new_view].emplace(change.signer, change);
    } else if constexpr (std::same_as<T, Status>) {
      if (inner.target.value() < very_far) highest_ = std::max(highest_, inner.target);
      if (inner.seal) keep(seals_, seals_max, *inner.seal);
    } else if constexpr (std::same_as<T, Sealed>) {
      keep(seals_, seals_max, inner.seal);
    }
  }, message);
  if (random_.chance(50)) keep(heard_, heard_max, message);
}

View SimAttacker::far_target() {
  if (climbs_) return climbed_ = std::max(highest_, climbed_) + 1;
  const std::uint64_t kind = random_.below(4);
  if (kind == 0) return View(very_far + random_.below(1'000));
  return highest_ + (kind == 1 ? random_.between(2, 100) : random_.between(1, 3));
}

ViewChange SimAttacker::lying(const Voice& voice, ViewChange message) {
  if (random_.chance(habits_.hide_floor)) {
    message.seal = seals_.empty() || random_.chance(300) ? std::nullopt
                                                         : std::optional(seals_[random_.below(seals_.size())]);
    if (message.seal && message.seal->checkpoint.epoch != voice.scheme.config.epoch) message.seal.reset();
  }
  if (random_.chance(habits_.hide_proofs)) {
    const Height floor = message.seal ? message.seal->checkpoint.height : Height(0);
    message.proofs.clear();
    const std::size_t most = voice.scheme.config.parameters.window.value();
    for (const auto& [height, known] : proofs_) {
      if (height <= floor || random_.chance(300) || message.proofs.size() >= most) continue;
      const PreparedProof& shown = known[random_.below(known.size())];
      if (shown.header.epoch == voice.scheme.config.epoch && shown.view < message.new_view) {
        message.proofs.push_back(shown);
      }
    }
  }
  return message;
}

NewView SimAttacker::lying(const Voice& voice, NewView message) {
  const auto known = changes_.find(message.view);
  if (known == changes_.end()) return message;
  std::vector<ViewChange> all;
  for (const auto& [signer, change] : known->second) {
    if (change.epoch != message.epoch) continue;
    all.push_back(change);
    if (signer != voice.self) continue;
    all.back() = lying(voice, change);
    Message own = all.back();
    sign_message(voice.scheme, voice.key, own);
    all.back() = std::get<ViewChange>(own);
  }
  while (all.size() > voice.scheme.config.q()) {
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(random_.below(all.size())));
  }
  if (all.size() == voice.scheme.config.q()) message.view_changes.assign(all.begin(), all.end());
  return message;
}

// Another proposal for the same place: one that was offered before, or this one a moment later.
std::optional<Message> SimAttacker::other_proposal(const Voice& voice, Height height, View view,
                                                   const ProposalDigest& than) {
  const auto known = proposals_.find(height);
  if (known == proposals_.end()) return std::nullopt;
  auto chosen = known->second.begin();
  std::advance(chosen, static_cast<std::ptrdiff_t>(random_.below(known->second.size())));
  PrePrepare offer;
  offer.proposal = chosen->second;
  ProposalHeader& header = offer.proposal.header;
  if (header.epoch != voice.scheme.config.epoch) return std::nullopt;
  if (chosen->first == than || random_.chance(300)) header.timestamp_ms = header.timestamp_ms + random_.between(0, 2);
  if (random_.chance(200) && !offer.proposal.bodies.empty()) {
    offer.proposal.bodies.pop_back();
    header.body_root = body_root_of(offer.proposal.bodies);
    header.count = Count(static_cast<std::uint32_t>(offer.proposal.bodies.size()));
  }
  offer.prepare = {{{}, header.chain_id, header.epoch, view, height, digest_of(header)}, voice.self, {}};
  Message message = std::move(offer);
  sign_message(voice.scheme, voice.key, message);
  remember(message);
  return message;
}

// ---------------------------------------------------------------------------------------------------------------------

std::vector<Message> SimAttacker::hear(const Voice& voice, const Message& message) {
  remember(message);
  std::vector<Message> answers;
  if (epoch_of(message) != voice.scheme.config.epoch || signer_of(message) == voice.self) return answers;
  const auto answer = [&](Message made) {
    sign_message(voice.scheme, voice.key, made);
    answers.push_back(std::move(made));
  };
  if (random_.chance(habits_.vote_for_all)) {
    if (const auto* offer = std::get_if<PrePrepare>(&message)) {
      answer(Prepare{offer->prepare.statement, voice.self, {}});
    }
    if (const auto* vote = std::get_if<Prepare>(&message)) answer(Prepare{vote->statement, voice.self, {}});
    if (const auto* vote = std::get_if<Commit>(&message)) answer(Commit{vote->checkpoint, voice.self, {}});
  }
  const bool is_vote = std::holds_alternative<Prepare>(message) || std::holds_alternative<PrePrepare>(message);
  if (is_vote && random_.chance(habits_.equivocate / 4)) {
    const PrepareStatement& said = std::holds_alternative<Prepare>(message)
                                       ? std::get<Prepare>(message).statement
                                       : std::get<PrePrepare>(message).prepare.statement;
    const bool leads = voice.scheme.config.primary(said.view) == voice.self;
    auto offer = leads ? other_proposal(voice, said.height, said.view, said.digest) : std::nullopt;
    if (offer) answers.push_back(std::move(*offer));
  }
  if (std::holds_alternative<Status>(message) && random_.chance(habits_.far_targets)) {
    ViewChange change;
    change.chain_id = voice.scheme.config.chain_id;
    change.epoch = voice.scheme.config.epoch;
    change.new_view = far_target();
    change.signer = voice.self;
    answer(change);
  }
  if (!any_changes_.empty() && random_.chance(habits_.other_epochs)) {
    ViewChange change = any_changes_[random_.below(any_changes_.size())];
    const bool is_old = change.epoch != voice.scheme.config.epoch && change.signer != voice.self;
    change.epoch = voice.scheme.config.epoch;
    if (is_old && change.signer.value() < voice.scheme.config.n()) answers.emplace_back(std::move(change));
  }
  if (random_.chance(habits_.replay) && !heard_.empty()) answers.push_back(heard_[random_.below(heard_.size())]);
  return answers;
}

std::vector<Message> SimAttacker::say(const Voice& voice, End to, const Message& message) {
  if (signer_of(message) != voice.self) return {message};
  remember(message);
  if ((to + highest_.value()) % 2 == 0 && random_.chance(habits_.mute)) return {};
  std::vector<Message> said = said_instead(voice, message);
  disguise(voice, said);
  return said;
}

// Each message is this liar's still, in another form or under another name.
void SimAttacker::disguise(const Voice& voice, std::vector<Message>& said) {
  std::vector<Message> more;
  for (Message& message : said) {
    std::visit([&]<class T>(T& inner) {
      if constexpr (std::same_as<T, Prepare> || std::same_as<T, Commit>) {
        if (inner.signer != voice.self) return;
        if (voice.scheme.signature == SignatureScheme::ecdsa_secp256k1 && random_.chance(habits_.other_form)) {
          inner.signature = other_form_of(inner.signature);
        }
        if (!random_.chance(habits_.other_names)) return;
        for (std::uint16_t name = 0; name < voice.scheme.config.n(); ++name) {
          T renamed = inner;
          renamed.signer = ValidatorIndex(name);
          if (renamed.signer != voice.self) more.push_back(std::move(renamed));
        }
      }
    }, message);
  }
  for (Message& message : more) said.push_back(std::move(message));
}

std::optional<CommitSeal> SimAttacker::seal_with_old_keys(const Scheme& scheme,
                                                          const std::map<Epoch, EpochConfig>& epochs, Identity self,
                                                          Checkpoint checkpoint) {
  const auto is_stolen = [&](const Validator& validator) {
    const auto& now = scheme.config.validators;
    return validator.department == sim_department(self) ||
           std::ranges::find(now, validator.consensus_key, &Validator::consensus_key) == now.end();
  };
  std::vector<Epoch> sealable;
  for (const auto& [number, epoch] : epochs) {
    if (number >= scheme.config.epoch) break;
    const auto stolen = std::ranges::count_if(epoch.validators, is_stolen);
    if (std::cmp_greater_equal(stolen, epoch.q())) sealable.push_back(number);
  }
  if (sealable.empty()) return std::nullopt;
  // What the one who asks might believe is a seal of the block's own epoch, or of the oldest.
  const bool of_its_own = std::ranges::count(sealable, checkpoint.epoch) > 0 && random_.chance(500);
  CommitSeal seal;
  seal.checkpoint = checkpoint;
  seal.checkpoint.epoch = of_its_own ? checkpoint.epoch : sealable.front();
  const EpochConfig& epoch = epochs.at(seal.checkpoint.epoch);
  const Hash256 digest = kanhe::signing_digest(scheme.origin, seal.checkpoint);
  for (std::uint16_t i = 0; i < epoch.n(); ++i) {
    const Validator& validator = epoch.validators[i];
    if (!is_stolen(validator)) continue;
    for (const SecretKey& key : sim_validator_keys(sim_identity(validator.department))) {
      if (public_key_of(scheme.signature, key) != validator.consensus_key) continue;
      seal.signatures.push_back({ValidatorIndex(i), sign(scheme.signature, key, digest)});
    }
  }
  return seal;
}

// The last block is another, under a seal of an ended epoch. Where there is a proof, the seal takes from it what it
// can, or the proof is changed to fit.
void SimAttacker::forge(node::BlocksAnswer& answer, const Scheme& scheme,
                        const std::map<Epoch, EpochConfig>& epochs, Identity self) {
  ProposalHeader last = answer.blocks.back().proposal.header;
  last.timestamp_ms = last.timestamp_ms + 1;
  Checkpoint checkpoint{{}, last.epoch, View(0), last.height, digest_of(last), {}, {}};
  auto proof = answer.proof;
  if (proof) {
    const bool fits = random_.chance(500);
    if (fits) proof->header.proposal_digest = checkpoint.proposal_digest;
    checkpoint.header_hash = hash_of(proof->header);
    checkpoint.log_root = answer.seal->checkpoint.log_root;
  }
  auto seal = seal_with_old_keys(scheme, epochs, self, checkpoint);
  if (!seal) return;
  answer.blocks.back().proposal.header = last;
  answer.above.clear();
  answer.seal = std::move(seal);
  answer.proof = std::move(proof);
}

Bytes SimAttacker::answer_with_blocks(const Scheme& scheme, const std::map<Epoch, EpochConfig>& epochs, Identity self,
                                      const Bytes& payload) {
  const bool with_old_keys = random_.chance(habits_.old_keys);
  if (!with_old_keys && !random_.chance(habits_.bad_blocks)) return payload;
  auto answer = decode<node::BlocksAnswer>(payload);
  CHECK(answer.has_value() && !answer->blocks.empty());
  if (with_old_keys) {
    forge(*answer, scheme, epochs, self);
    return encode(*answer);
  }
  const std::uint64_t kind = only_rubbish_ ? random_.pick(std::array{0, 1, 3}) : random_.below(5);
  if (kind == 0) answer->seal.reset();
  if (kind == 1) answer->blocks.erase(answer->blocks.begin());
  if (kind == 2 && !answer->blocks.back().bodies.empty()) answer->blocks.back().bodies.pop_back();
  if (kind == 3) answer->blocks.front().proposal.header.timestamp_ms = Timestamp(1);
  // No lie, only the least that counts as an answer.
  if (kind == 4 && answer->above.empty()) {
    while (answer->blocks.size() > 1 && answer->above.size() < window_max) {
      answer->above.insert(answer->above.begin(), answer->blocks.back().proposal.header);
      answer->blocks.pop_back();
    }
  }
  return encode(*answer);
}

std::vector<Message> SimAttacker::said_instead(const Voice& voice, const Message& message) {
  std::vector<Message> said;
  if (const auto* change = std::get_if<ViewChange>(&message)) {
    said.push_back(lying(voice, *change));
    sign_message(voice.scheme, voice.key, said.back());
    remember(said.back());
    return said;
  }
  if (std::holds_alternative<NewView>(message) && random_.chance(habits_.withhold)) return said;
  if (const auto* new_view = std::get_if<NewView>(&message); new_view && random_.chance(habits_.other_new_view)) {
    said.push_back(lying(voice, *new_view));
    sign_message(voice.scheme, voice.key, said.back());
    return said;
  }
  if (const auto* status = std::get_if<Status>(&message); status && random_.chance(habits_.false_seals)) {
    Status changed = *status;
    if (changed.seal) {
      Checkpoint& shown = changed.seal->checkpoint;
      shown.height = shown.height + random_.between(1, 1'000);
    }
    said.emplace_back(std::move(changed));
    sign_message(voice.scheme, voice.key, said.back());
    return said;
  }
  const auto* offer = std::get_if<PrePrepare>(&message);
  if (offer != nullptr && random_.chance(habits_.equivocate)) {
    const PrepareStatement& statement = offer->prepare.statement;
    if (auto other = other_proposal(voice, statement.height, statement.view, statement.digest)) {
      said.push_back(std::move(*other));
      if (random_.chance(800)) return said;
    }
  }
  // Below the top of what its NewView implies it only prepares; here it offers something else beside it.
  const auto* vote = std::get_if<Prepare>(&message);
  const bool leads = vote != nullptr && voice.scheme.config.primary(vote->statement.view) == voice.self;
  if (leads && random_.chance(habits_.equivocate)) {
    const PrepareStatement& statement = vote->statement;
    if (auto other = other_proposal(voice, statement.height, statement.view, statement.digest)) {
      said.push_back(std::move(*other));
    }
  }
  said.push_back(message);
  return said;
}

}  // namespace kanhe::testnet
