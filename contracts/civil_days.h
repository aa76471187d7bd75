// Civil days: periods that a law counts in days, as they are counted at the registry's counter.
//
// A period of n days from a moment does not count the day of that moment and ends at midnight (24:00) of the n-th day
// after it, in the civil time of China (UTC+8, without summer time). That the end moves on when the last day is a day
// off needs a calendar of working days and is not done here.
//
// Source: Civil Code, arts. 201 to 203. Thread: any; pure functions. Units: ms since 1970-01-01 UTC.
#pragma once

#include "ledger/types.h"

namespace kanhe::contracts {

// The moment at which a period of so many days from `from` is over: the first that is not in it. Beyond the range of
// Timestamp its end.
Timestamp end_of_days(Timestamp from, std::uint32_t days);

}  // namespace kanhe::contracts
