// Verifier: is this certificate genuine, and is it good today? Offline, from a bundle and a genesis.
//
// Fifteen checks, V01 to V15, always all of them and in one order; one that fails does not hide another. Each has one
// of four results:
//   pass         it holds
//   fail         it does not hold
//   warn         it holds, and there is something to know
//   not_checked  it could not be checked, or does not apply; `needed` says whether the verdict waits for it
// What a check reads from the ledger it reads only where V06 and V07 hold; a check whose basis is missing is
// not_checked, never fail. "Could not check" is never "forged" and never "valid":
//
//   NOT_AUTHENTIC    one of V01–V08 or V14 fails: not what the ledger knows, or not what was stamped
//   NOT_VALID        authentic, but one of V09–V12 or V15 fails: not good now, not this person's, not for this use
//   CANNOT_CHECK     a needed check could not be made; also when the file does not read as a bundle (V01 fails alone)
//   VALID_WITH_WARNINGS  a check warns, or the land register's records (V12) are not in the evidence of a title
//   VALID
//
// The first that applies. V12 is not like the others, as nodes give the register's records to officers only: that a
// title is the current one follows from its standing already; what is not known without them is who else has a claim.
// The certificates of a demo network carry a warning at best: they never verify as real ones.
//
// V14 and V15 speak of a stamped copy (certs/stamp.h): whether the stamp is whole and whose it is; and whether the copy
// may be used now, by the recipient and for the purpose that the verifier names. Who names none is warned that there is
// one. A copy without a stamp fails V15 only where a recipient or a purpose is named; else both do not apply.
//
// Rights are judged at the time of recording: a grant withdrawn since, an officer dismissed since, or a validator's key
// replaced since, voids nothing; a key that was in other hands by then voids what it issued. Shown fields are compared
// with the type's schema of that time; where they differ, V04 warns. Dates are judged at the later of `now` and the
// proven block time, because block time has surely passed.
//
// Thread: any; a pure function. Cost: one signature check per signature of two seals and of each epoch change; some ten
// milliseconds. Errors: none; everything is in the report. Texts: certs/check_texts.h.
#pragma once

#include "certs/ledger_view.h"

namespace kanhe::certs {

enum class CheckName : std::uint8_t {
  format = 1,       // V01
  identifier = 2,   // V02
  content = 3,      // V03
  fields = 4,       // V04
  batch = 5,        // V05
  inclusion = 6,    // V06
  checkpoint = 7,   // V07
  issuer = 8,       // V08
  standing = 9,     // V09
  dates = 10,       // V10
  holder = 11,      // V11
  land_register = 12,  // V12
  freshness = 13,   // V13
  stamp = 14,       // V14
  use = 15,         // V15
};
BOOST_DESCRIBE_ENUM(CheckName, format, identifier, content, fields, batch, inclusion, checkpoint, issuer, standing,
                    dates, holder, land_register, freshness, stamp, use)
inline constexpr std::size_t check_count = 15;

enum class CheckResult : std::uint8_t { pass = 1, fail = 2, warn = 3, not_checked = 4 };
BOOST_DESCRIBE_ENUM(CheckResult, pass, fail, warn, not_checked)

// By the names that users and programs know.
enum class Verdict : std::uint8_t {
  VALID = 1,
  VALID_WITH_WARNINGS = 2,
  NOT_VALID = 3,
  NOT_AUTHENTIC = 4,
  CANNOT_CHECK = 5,
};
BOOST_DESCRIBE_ENUM(Verdict, VALID, VALID_WITH_WARNINGS, NOT_VALID, NOT_AUTHENTIC, CANNOT_CHECK)

inline constexpr std::size_t check_text_bytes_max = 2'048;
using CheckText = PlainText<check_text_bytes_max>;

struct Check {
  PlainText<4> id;  // "V01"
  CheckName name = CheckName::format;
  PlainText<64> name_zh;
  PlainText<64> name_en;
  CheckResult result = CheckResult::not_checked;
  bool needed = true;  // whether a verdict of VALID waits for it
  CheckText zh;
  CheckText en;
};
BOOST_DESCRIBE_STRUCT(Check, (), (id, name, name_zh, name_en, result, needed, zh, en))

// What stands behind a standing other than issued.
struct StandingReport {
  contracts::certificate::Standing standing = contracts::certificate::Standing::issued;
  std::optional<contracts::certificate::StandingChange> change;
  std::optional<NamedDepartment> decided_by;
  std::optional<NamedDepartment> recorded_by;
  std::optional<CertificateId> replaced_by;
  std::optional<PlainText<96>> transferred_to;
};
BOOST_DESCRIBE_STRUCT(StandingReport, (),
                      (standing, change, decided_by, recorded_by, replaced_by, transferred_to))

// `holder`: a party that was shown to be the holder; `party`: one that was not.
enum class StampSigner : std::uint8_t { officer = 1, holder = 2, party = 3 };
BOOST_DESCRIBE_ENUM(StampSigner, officer, holder, party)

// A stamp that holds (V14).
struct StampReport {
  StampTerms terms;
  PublicKey key;
  StampSigner signer = StampSigner::officer;
  NamedDepartment department;  // the officer's; or that which registered the party's key
};
BOOST_DESCRIBE_STRUCT(StampReport, (), (terms, key, signer, department))

// The block that the answers are as of.
struct AsOf {
  Height height;
  Timestamp time_ms;
};
BOOST_DESCRIBE_STRUCT(AsOf, (), (height, time_ms))

// Everything below is filled as far as it was proved (V06, V07), or is the document's own word where it says so.
struct Report {
  FormatVersion<1> version;
  Verdict verdict = Verdict::CANNOT_CHECK;
  CheckText zh;  // the verdict in a sentence
  CheckText en;
  List<Check, check_count> checks;
  std::optional<CertificateId> id;                  // the document's
  PlainText<64> network;
  bool demo = false;
  std::optional<AsOf> as_of;
  List<NamedDepartment, validators_max> signers;    // of the newest seal
  std::optional<NamedDepartment> issuer;
  PlainText<96> type_zh;
  PlainText<96> type_en;
  std::optional<Timestamp> issued_ms;
  std::optional<Timestamp> valid_from_ms;
  std::optional<Timestamp> valid_until_ms;
  std::optional<StandingReport> standing;
  std::optional<UnitNumber> unit;                   // title certificates
  std::uint32_t shown_fields = 0;                   // the document's
  std::uint32_t hidden_fields = 0;
  std::optional<contracts::certificate::TransferOrigin> transferred_from;
  std::optional<StampReport> stamp;                 // a stamped copy
};
BOOST_DESCRIBE_STRUCT(Report, (),
                      (version, verdict, zh, en, checks, id, network, demo, as_of, signers, issuer, type_zh, type_en,
                       issued_ms, valid_from_ms, valid_until_ms, standing, unit, shown_fields, hidden_fields,
                       transferred_from, stamp))

inline constexpr Duration freshness_default{24 * 3'600'000};  // ms

struct VerifyOptions {
  Timestamp now;                                           // the verifier's clock
  std::optional<Duration> age_max = freshness_default;     // of the newest block; absent: any age will do
  std::optional<Identity> holder = {};                     // V11: whether it is this one's
  std::vector<Bytes> files = {};                           // V03: files that should be the document's
  std::optional<StampRecipient> recipient = {};            // V15: whether the copy was stamped for it
  std::optional<StampPurpose> purpose = {};                // V15: whether the copy was stamped for this
  std::optional<PartyId> holder_party = {};                // V14: the party of `holder`, where the pepper is known
};

// The checks of one bundle under one genesis.
Report verify(const Bundle& bundle, const Genesis& genesis, const VerifyOptions& options);
// The same from the file's text: what does not read fails V01, and nothing else could be checked.
Report verify(std::string_view bundle_json, const Genesis& genesis, const VerifyOptions& options);

// The check in a report. Requires: a report of verify().
const Check& check_of(const Report& report, CheckName name);

}  // namespace kanhe::certs
