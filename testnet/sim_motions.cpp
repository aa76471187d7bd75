// The motions of simulated administrators: members let in and sent away, keys replaced, parameters changed.
#include "contracts/governance.h"
#include "contracts/motion.h"
#include "ledger/codec.h"
#include "testnet/sim_client.h"

namespace kanhe::testnet {

namespace membership = contracts::membership;
namespace motion = contracts::motion;

namespace {

constexpr std::uint64_t open_for_ms_min = 90'000;  // clocks differ, and a put waits
constexpr std::uint64_t open_for_ms_max = 600'000;
constexpr std::uint64_t lifetime_ms = 60'000;
constexpr std::size_t voters_max = 16;
constexpr std::uint64_t replace_key = 6;

membership::ParameterChange parameter(std::string_view name, std::uint64_t value) {
  return {PlainText<40>::from(name).value(), value};
}

// Administrators of whom each casts a ballot on it now: those who have not.
std::vector<Identity> absent_voters(const EpochConfig& epoch, const motion::Motion& open) {
  std::vector<Identity> absent;
  for (const Validator& member : epoch.validators) {
    const auto cast = std::ranges::find(open.ballots, member.department, &motion::Ballot::department);
    if (cast == open.ballots.end()) absent.push_back(sim_identity(member.department));
  }
  return absent;
}

}  // namespace

Identity SimClient::draw_member(const EpochConfig& epoch, bool among_validators) {
  const auto& members = among_validators || epoch.observers.empty() ? epoch.validators : epoch.observers;
  return sim_identity(members[random_.below(members.size())].department);
}

membership::Action SimClient::draw_action(const StateReader& state) {
  const EpochConfig epoch = contracts::governance::epoch_config(state);
  const auto identities = static_cast<std::uint64_t>(genesis_.departments.size());
  const auto anyone = static_cast<Identity>(random_.below(identities));
  const DepartmentId validator = sim_department(draw_member(epoch, true));
  const DepartmentId observer = sim_department(draw_member(epoch, false));
  switch (replaces_keys_ && random_.chance(900) ? replace_key : random_.below(10)) {
    case 0:
    case 1:
      return membership::AddObserver{
          sim_department(anyone),
          public_key_of(genesis_.suite.signature, sim_validator_key(anyone, random_.below(sim_generations))),
          sim_transport_key(anyone)};
    case 2:
    case 3: return membership::AddValidator{observer};
    case 4: return membership::MakeObserver{validator};
    case 5: return membership::RemoveMember{random_.chance(500) ? validator : observer};
    case replace_key: {
      const Identity member = draw_member(epoch, random_.chance(700));
      return membership::ReplaceConsensusKey{
          sim_department(member),
          public_key_of(genesis_.suite.signature, sim_validator_key(member, random_.below(sim_generations)))};
    }
    case 7: return membership::ReadmitValidator{validator};
    case 8: return membership::ChangeParameters{{parameter("window", random_.between(1, 12))}};
    default:
      return membership::ChangeParameters{{parameter("block_transactions_max", random_.between(1, 50)),
                                           parameter("timeout_ms", random_.between(100, 900))}};
  }
}

std::vector<SimClient::Token> SimClient::make_motions(const StateReader& state, Timestamp now) {
  std::vector<Token> made;
  const EpochConfig epoch = contracts::governance::epoch_config(state);
  const auto counter = motion::motion_counter.get(state, contracts::Only{});
  const std::uint64_t last = counter ? counter->last.value() : 0;
  bool any_open = false;
  for (std::uint64_t number = last > 4 ? last - 4 : 1; number <= last; ++number) {
    const auto open = motion::motions.get(state, MotionNumber(number));
    if (!open || open->state != motion::State::open) continue;
    any_open = true;
    if (motions_lapse_ && number % 2 == 0) continue;
    for (const Identity voter : absent_voters(epoch, *open)) {
      if (made.size() >= voters_max) break;
      const auto choice = random_.chance(900) ? motion::Choice::in_favour : motion::Choice::against;
      made.push_back(add(call("motion", "cast", encode(motion::CastArguments{MotionNumber(number), choice})),
                         sim_administrator(voter), now + lifetime_ms));
    }
  }
  if (any_open && !random_.chance(motions_lapse_ ? 700 : 300)) return made;
  const motion::PutArguments arguments{draw_action(state), PlainText<256>::from("simulated").value(),
                                       now + random_.between(open_for_ms_min, open_for_ms_max)};
  made.push_back(add(call("motion", "put", encode(arguments)), sim_administrator(draw_member(epoch, true)),
                     now + lifetime_ms));
  return made;
}

}  // namespace kanhe::testnet
