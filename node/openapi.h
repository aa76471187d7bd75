// OpenAPI: the description of the endpoint for programs, made from the route table and from the descriptions of the
// records; nothing is listed a second time.
//
// Records are components by their names; texts for people are the labels of the strong types, Chinese and English. The
// arguments of contract methods and the data of events are components too ("method.certificate.issue",
// "event.certificate.issued"): canonical bytes of them stand in transactions and events.
//
// Thread: any. Cost: some milliseconds; made once.
#pragma once

#include <string>

#include "ledger/genesis.h"

namespace kanhe::node {

// OpenAPI 3.1, as JSON.
std::string openapi_json(const Genesis& genesis);

}  // namespace kanhe::node
