// supervision: what applicants say of how their matter was handled, and what has to follow.
//
// A matter (an application that is closed, whatever its end) is rated once, one to five stars, by one of those who
// filed it, with their own key; once more when what was bad has been mended. Nobody else rates, and nobody changes or
// takes back a rating. One or two stars are a task for the department that owns the service: it calls back within
// call_days working days and mends within mend_days of the rating, by somebody who had no part in the case. What is
// late is noted once, and once more after as many days again. How often each star was given is counted for each
// department, so that anyone sees it proved.
//
// Tables: 0x0901 ratings, 0x0902 star_counts. Due handlers: 0x0901 task overdue.
// Thread: one. Errors: supervision::Code, below.
// Source: State Council office notice 51 of 2019 on the rating of government services (好差评). The days: as Zhejiang
// published them.
#pragma once

#include "contracts/service.h"

namespace kanhe::contracts::supervision {

enum class Code : std::uint16_t {
  unknown_application = 950,  // field
  matter_open = 951,          // value: its phase
  not_an_applicant = 952,     // only who filed rates
  rated_before = 953,         // subject: the party that rated
  unknown_rating = 954,       // field; the application has none
  no_task = 955,              // value: the stars; only bad ratings have a task
  called_before = 956,        // value: when
  not_called = 957,           // it is mended after the call
  mended_before = 958,        // value: when
  not_mended = 959,           // it is rated again when it was mended
  own_case = 960,             // the sender's person had a part in the application
  words_missing = 961,        // field
  evidence_missing = 962,     // field; all zero
};
BOOST_DESCRIBE_ENUM(Code, unknown_application, matter_open, not_an_applicant, rated_before, unknown_rating, no_task,
                    called_before, not_called, mended_before, not_mended, own_case, words_missing, evidence_missing)

struct StarsTag {
  using Rep = std::uint8_t;
  static constexpr Rep min = 1;
  static constexpr Rep max = 5;
  static constexpr Label label{"Stars", "满意度", "1 (非常不满意, very poor) to 5 (非常满意, very good)"};
};
using Stars = Number<StarsTag>;
inline constexpr Stars bad_stars_max{2};

inline constexpr std::uint16_t call_days = 1;
inline constexpr std::uint16_t mend_days = 15;

// What a department did about a bad rating.
struct Response {
  PartyId by;  // the person
  PlainText<256> words;
  Hash256 evidence;
  Timestamp at_ms;
};
BOOST_DESCRIBE_STRUCT(Response, (), (by, words, evidence, at_ms))

struct Opinion {
  PartyId party;
  Stars stars;
  PlainText<256> words;
  Timestamp at_ms;
};
BOOST_DESCRIBE_STRUCT(Opinion, (), (party, stars, words, at_ms))

struct Rating {
  FormatVersion<1> version;
  DepartmentId department;  // that owns the service
  Opinion first;
  std::optional<Response> call;
  std::optional<Response> mending;
  std::optional<Opinion> again;
  std::optional<DueKey> call_due;
  std::optional<DueKey> mend_due;
};
BOOST_DESCRIBE_STRUCT(Rating, (), (version, department, first, call, mending, again, call_due, mend_due))

// Of first ratings, and apart from them of those after the mending.
struct StarCounts {
  FormatVersion<1> version;
  List<Total, 5> first;  // always five: one star, two …
  List<Total, 5> again;
};
BOOST_DESCRIBE_STRUCT(StarCounts, (), (version, first, again))

inline constexpr Table<ApplicationId, Rating> ratings{0x0901, "ratings"};
inline constexpr Table<DepartmentId, StarCounts> star_counts{0x0902, "star_counts"};

// Five zeros each, where a department was never rated.
StarCounts star_counts_of(const StateReader& state, const DepartmentId& department);

struct RateArguments {
  ApplicationId application;
  Stars stars;
  PlainText<256> words;
};
BOOST_DESCRIBE_STRUCT(RateArguments, (), (application, stars, words))

// By a window clerk, reviewer or supervisor of the department that owns the service, who had no part in the case.
struct RespondArguments {
  ApplicationId application;
  PlainText<256> words;
  Hash256 evidence;
};
BOOST_DESCRIBE_STRUCT(RespondArguments, (), (application, words, evidence))

enum class Task : std::uint8_t { call = 1, mend = 2 };
BOOST_DESCRIBE_ENUM(Task, call, mend)

struct Rated {
  static constexpr std::string_view event_name = "supervision.rated";
  Stars stars;
  PlainText<256> words;
  bool again = false;
};
BOOST_DESCRIBE_STRUCT(Rated, (), (stars, words, again))

struct Responded {
  static constexpr std::string_view event_name = "supervision.responded";
  Task task = Task::call;
  PlainText<256> words;
  Hash256 evidence;
};
BOOST_DESCRIBE_STRUCT(Responded, (), (task, words, evidence))

struct TaskOverdue {
  static constexpr std::string_view event_name = "supervision.task_overdue";
  Task task = Task::call;
  std::uint8_t level = 1;  // 2: after as many days again
};
BOOST_DESCRIBE_STRUCT(TaskOverdue, (), (task, level))

const Module& module();

}  // namespace kanhe::contracts::supervision
