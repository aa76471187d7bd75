// StampCheck: the checks V14 and V15 of a bundle: whether its stamp is whole and whose it is, and whether the copy may
// be used now, by the recipient and for the purpose that were asked about.
//
// V14, the stamp. Without the ledger: terms of the right form, the signature, the document. With it, whose key it is:
//   an officer's or machine's, in service       pass; warn where it is neither at a window (window_clerk, machine) nor
//                                               of the issuing department
//   the holder's, not released                  pass
//   a party's that is known not to be a holder  fail
//   a party's, and the holders are not known    warn
//   in other hands at any time, or nobody's     fail
//   dismissed or released                       not_checked: it may have signed before, or after
// V15, the use, where V14 passes or warns: the dates, then recipient and purpose. A stamp by a party who is not known
// to be the holder says nothing to who asks for whom the copy is (not_checked): anyone could have put it there.
//
// Thread: any; a pure function. Errors: none.
#pragma once

#include "certs/check_texts.h"

namespace kanhe::certs {

// What the other checks found out. Lifetime: the call's.
struct StampBasis {
  const Genesis& genesis;
  std::optional<SignatureScheme> scheme = {};  // absent: signatures cannot be checked (another network)
  bool is_proved = false;                      // the facts hold: V06 and V07
  std::optional<DepartmentId> issuer = {};     // the issuing department
  std::vector<PartyId> holders = {};           // all of the certificate's holders; empty: not known
  Timestamp time = {};                         // at which dates are judged
};

struct Judgement {
  CheckResult result = CheckResult::not_checked;
  Explained text;
  bool needed = true;
};

struct StampJudgement {
  Judgement stamp;                    // V14
  Judgement use;                      // V15
  std::optional<StampReport> report;  // where V14 passes or warns
};

StampJudgement judge_stamp(const Bundle& bundle, const StampBasis& basis, const VerifyOptions& options);

}  // namespace kanhe::certs
