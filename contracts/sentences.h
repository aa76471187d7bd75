// Sentences for people, made from the codes of a receipt. Never part of consensus: a better wording changes nothing.
//
// Thread: any; tables are constants.
#pragma once

#include <string>

#include "contracts/codes.h"
#include "ledger/receipt.h"

namespace kanhe::contracts {

struct Explanation {
  std::string name;  // of the code, for programs: "role_needed"; "code_417" when this program does not know it
  std::string zh;
  std::string en;
  // Where the broken rule of registration stands, and what helps (contracts/rules.h); empty where there is none.
  std::string law_zh;
  std::string law_en;
  std::string help_zh;
  std::string help_en;
};

// Says what was found, with rule, subject, limit and value where they apply; for roles: which is needed, which are
// held, and who can grant it.
Explanation explain(const Finding& finding);

// The sentence of a code, or null.
const Sentence* find_sentence(std::uint16_t code);
// What the subject is, for example "unit 340121261006GB00014F00220045".
std::string describe(const Subject& subject);

}  // namespace kanhe::contracts
