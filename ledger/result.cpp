#include "ledger/result.h"

namespace kanhe {

std::string_view error_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::malformed: return "malformed";
    case ErrorCode::out_of_range: return "out_of_range";
    case ErrorCode::not_canonical: return "not_canonical";
    case ErrorCode::duplicate: return "duplicate";
    case ErrorCode::unknown: return "unknown";
    case ErrorCode::unsupported: return "unsupported";
    case ErrorCode::bad_signature: return "bad_signature";
    case ErrorCode::bad_proof: return "bad_proof";
    case ErrorCode::conflict: return "conflict";
    case ErrorCode::not_authorised: return "not_authorised";
    case ErrorCode::refused: return "refused";
    case ErrorCode::busy: return "busy";
    case ErrorCode::unavailable: return "unavailable";
    case ErrorCode::io: return "io";
    case ErrorCode::corrupt: return "corrupt";
  }
  CHECK(false);
}

}  // namespace kanhe
