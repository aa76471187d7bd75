// motion: what the departments decide together, by ballots of those that run a validator.
//
// The administrator of such a department puts a motion, and each of them casts one ballot, which may be changed while
// the motion is open. It is carried as soon as more than two thirds of the validators' departments are in favour, and
// rejected as soon as that cannot happen any more; what is neither by its time lapses. Ballots count by the departments
// that run a validator at that moment: who left the network has no voice in it.
//
// A motion that changes the EpochConfig ends the epoch: carried in block h, its change waits for those before it; the
// end of the epoch is then E = h' + W, h' being the block at whose end its turn comes. Its effect is judged once more
// then, because others may have come first. One change an epoch, and so one new validator at a time.
//
// A validator is added only after it showed, as an observer, that it is up to date: its node confirms the motion, which
// it can read only in blocks that it has executed, with the consensus key that it will vote with. When that key is
// replaced or the node leaves, its confirmation is void: an open motion waits for another, a carried one fails.
//
// Tables: 0x0701 motions, 0x0702 counter, 0x0703 admissions, 0x0704 waiting, 0x0705 epoch_end.
// Source: docs/consensus.md, "The end of an epoch". Thread: one. Errors: motion::Code and membership::Code.
#pragma once

#include "contracts/membership.h"

namespace kanhe::contracts::motion {

enum class Code : std::uint16_t {
  unknown_motion = 800,     // field
  motion_closed = 801,      // field; value: its state
  not_a_member = 802,       // subject: the sender's department, which runs no validator
  ballot_repeated = 803,    // field; the department has cast this ballot
  closing_time = 804,       // field; limit: the latest (or earliest) allowed, value
  not_proposer = 805,       // field; subject: the department that may withdraw it
  confirmation_unwanted = 806,  // field; the motion admits no node, or it is confirmed
  not_own_motion = 807,     // field; the motion admits another department's node
  height_too_low = 808,     // field; limit: the block of the motion, value
  admission_open = 809,     // field; value: the number of the open motion about the same observer
  confirmation_void = 810,  // the node's key was replaced, or it left, after it had confirmed
};
BOOST_DESCRIBE_ENUM(Code, unknown_motion, motion_closed, not_a_member, ballot_repeated, closing_time, not_proposer,
                    confirmation_unwanted, not_own_motion, height_too_low, admission_open, confirmation_void)

inline constexpr std::uint64_t open_min_ms = 60'000;
inline constexpr std::uint64_t open_max_ms = 90ull * 24 * 3'600'000;
// Changes that fail at the end of one block; the next ones have their turn in the next.
inline constexpr std::size_t failures_per_block_max = 8;
// Events that the end of an epoch adds to a system receipt, at most.
inline constexpr std::size_t block_end_events_max = failures_per_block_max + 2;

// ---------------------------------------------------------------------------------------------------------------------
// Records

enum class State : std::uint8_t {
  open = 1,
  waiting = 2,    // carried; takes effect at the end of an epoch
  done = 3,       // carried, and in effect
  rejected = 4,
  lapsed = 5,
  withdrawn = 6,
  failed = 7,     // carried, but when its turn came something stood against it
};
BOOST_DESCRIBE_ENUM(State, open, waiting, done, rejected, lapsed, withdrawn, failed)

enum class Choice : std::uint8_t { in_favour = 1, against = 2 };
BOOST_DESCRIBE_ENUM(Choice, in_favour, against)

struct Ballot {
  DepartmentId department;
  Choice choice = Choice::in_favour;
  Timestamp cast_ms;
  friend bool operator<(const Ballot& a, const Ballot& b) { return a.department < b.department; }
  friend bool operator==(const Ballot&, const Ballot&) = default;
};
BOOST_DESCRIBE_STRUCT(Ballot, (), (department, choice, cast_ms))

inline constexpr std::size_t ballots_max = 1'000;

struct Motion {
  FormatVersion<1> version;
  membership::Action action;
  PlainText<256> reason;
  DepartmentId put_by;
  Height put_at;
  Timestamp put_ms;
  Timestamp closes_ms;
  DueKey lapse;
  State state = State::open;
  std::optional<Height> confirmed_at;  // by the node that it admits: the newest block that it had executed
  SortedList<Ballot, ballots_max> ballots;
  std::uint16_t failed_for = 0;        // the first code that stood against it
  std::optional<Timestamp> decided_ms;
};
BOOST_DESCRIBE_STRUCT(Motion, (),
                      (version, action, reason, put_by, put_at, put_ms, closes_ms, lapse, state, confirmed_at, ballots,
                       failed_for, decided_ms))

struct MotionCounter {
  FormatVersion<1> version;
  MotionNumber last;  // 0: none yet
};
BOOST_DESCRIBE_STRUCT(MotionCounter, (), (version, last))

// The open motion that makes an observer a validator.
struct Admission {
  FormatVersion<1> version;
  MotionNumber motion;
};
BOOST_DESCRIBE_STRUCT(Admission, (), (version, motion))

// A carried motion in line: by the block in which it was carried.
struct WaitingKey {
  Height carried_at;
  MotionNumber motion;
};
BOOST_DESCRIBE_STRUCT(WaitingKey, (), (carried_at, motion))

struct Waiting {
  FormatVersion<1> version;
};
BOOST_DESCRIBE_STRUCT(Waiting, (), (version))

// How the present epoch ends, once that is decided.
struct EpochEnd {
  FormatVersion<1> version;
  MotionNumber motion;
  Height last_height;
  EpochConfig next;
};
BOOST_DESCRIBE_STRUCT(EpochEnd, (), (version, motion, last_height, next))

inline constexpr Table<MotionNumber, Motion> motions{0x0701, "motions"};
inline constexpr Table<Only, MotionCounter> motion_counter{0x0702, "motion_counter"};
inline constexpr Table<DepartmentId, Admission> admissions{0x0703, "admissions"};
inline constexpr Table<WaitingKey, Waiting> waiting_motions{0x0704, "waiting_motions"};
inline constexpr Table<Only, EpochEnd> epoch_end_table{0x0705, "epoch_end"};

// ---------------------------------------------------------------------------------------------------------------------
// For the host and the node

// The last height of the present epoch, where that is decided.
std::optional<Height> epoch_end(const StateReader& state);

// After a block's transactions: ends the epoch at its last height, and gives the next waiting motion its turn. Adds its
// events to the Context. Returns the next epoch's configuration at the last block of one.
std::optional<EpochConfig> end_block(Context& context);

// ---------------------------------------------------------------------------------------------------------------------
// Methods and events

struct PutArguments {
  membership::Action action;
  PlainText<256> reason;
  Timestamp closes_ms;
};
BOOST_DESCRIBE_STRUCT(PutArguments, (), (action, reason, closes_ms))

struct PutResult {
  MotionNumber motion;
};
BOOST_DESCRIBE_STRUCT(PutResult, (), (motion))

struct CastArguments {
  MotionNumber motion;
  Choice choice = Choice::in_favour;
};
BOOST_DESCRIBE_STRUCT(CastArguments, (), (motion, choice))

struct WithdrawArguments {
  MotionNumber motion;
};
BOOST_DESCRIBE_STRUCT(WithdrawArguments, (), (motion))

// By the node that the motion admits.
struct ConfirmArguments {
  MotionNumber motion;
  Height height;  // the newest block that it has executed
};
BOOST_DESCRIBE_STRUCT(ConfirmArguments, (), (motion, height))

struct Put {
  static constexpr std::string_view event_name = "motion.put";
  MotionNumber motion;
  membership::Action action;
  Timestamp closes_ms;
};
BOOST_DESCRIBE_STRUCT(Put, (), (motion, action, closes_ms))

struct BallotCast {
  static constexpr std::string_view event_name = "motion.ballot_cast";
  MotionNumber motion;
  DepartmentId department;
  Choice choice = Choice::in_favour;
};
BOOST_DESCRIBE_STRUCT(BallotCast, (), (motion, department, choice))

struct Confirmed {
  static constexpr std::string_view event_name = "motion.confirmed";
  MotionNumber motion;
  Height height;
};
BOOST_DESCRIBE_STRUCT(Confirmed, (), (motion, height))

// The motion is open no more, or what was carried took effect.
struct StateChanged {
  static constexpr std::string_view event_name = "motion.state_changed";
  MotionNumber motion;
  State state = State::open;
  std::uint16_t failed_for = 0;
};
BOOST_DESCRIBE_STRUCT(StateChanged, (), (motion, state, failed_for))

// It is decided how the epoch ends.
struct EpochEnding {
  static constexpr std::string_view event_name = "motion.epoch_ending";
  MotionNumber motion;
  Epoch epoch;
  Height last_height;
};
BOOST_DESCRIBE_STRUCT(EpochEnding, (), (motion, epoch, last_height))

// In the last block of an epoch.
struct EpochEnded {
  static constexpr std::string_view event_name = "motion.epoch_ended";
  MotionNumber motion;
  Epoch next;
};
BOOST_DESCRIBE_STRUCT(EpochEnded, (), (motion, next))

const Module& module();

}  // namespace kanhe::contracts::motion
