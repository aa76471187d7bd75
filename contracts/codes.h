// Codes: why a transaction is refused, as numbers that stand in receipts.
//
// A code is part of consensus: its number is never used for another reason, and a reason that goes out of use leaves a
// gap. Every module has an enum of its own (governance::Code, certificate::Code, …) in its own range, because readers
// find the sentence by the number alone (contracts/sentences.h):
//
//     1–99 host   100–199 identifiers   200–299 governance   300–399 certificate   400–599 property
//     600–699 service  700–799 treasury  800–819 motion  820–899 membership  900–949 sharing  950–999 supervision
//
// Rule numbers (R01 to R40 of the register) are no codes: they stand in Finding::rule beside one.
//
// Thread: any; constants.
#pragma once

#include <cstdint>

#include "ledger/schema.h"

namespace kanhe::contracts {

// What the host itself finds. Where a number says more, `limit`, `value` and `field` of the Finding carry it.
enum class Code : std::uint16_t {
  wrong_chain = 1,          // signed for another network
  expired = 2,              // limit: valid_until_ms, value: block time
  valid_too_far = 3,        // limit: latest valid_until_ms allowed, value: the transaction's
  duplicate_id = 4,         // stands in the same block already
  unknown_module = 5,
  unknown_method = 6,
  malformed_arguments = 7,  // field: the first one that does not read; one above the last: bytes follow the record
  unknown_sender = 8,       // the key is registered for nobody
  dismissed_sender = 9,     // value: time of dismissal
  role_needed = 10,         // limit: bits of the roles of which one is needed, value: bits of the roles held
  wrong_department = 11,    // subject: the department whose officer may do this
  event_too_large = 12,     // limit, value: bytes
  too_many_events = 13,     // limit: events of one transaction
  too_many_subjects = 14,   // limit, value: subjects of one event
  return_too_large = 15,    // limit, value: bytes
  unknown_department = 16,  // field
  events_too_large = 17,    // limit, value: bytes of all events of one transaction
  unknown_due_handler = 18, // value: the number
};
BOOST_DESCRIBE_ENUM(Code, wrong_chain, expired, valid_too_far, duplicate_id, unknown_module, unknown_method,
                    malformed_arguments, unknown_sender, dismissed_sender, role_needed, wrong_department,
                    event_too_large, too_many_events, too_many_subjects, return_too_large, unknown_department,
                    events_too_large, unknown_due_handler)

// Which rule an identifier breaks (contracts/identifiers.h).
enum class IdentifierCode : std::uint16_t {
  certificate_id_form = 100,         // not root.type.issuer.serial.edition.check
  certificate_id_type = 101,         // type is not 21 characters 0-9A-Z
  certificate_id_type_owner = 102,   // the first 18 characters of the type are no unified social credit code
  certificate_id_issuer = 103,       // issuer is no unified social credit code
  certificate_id_serial = 104,       // serial is not 1 to 32 characters 0-9A-Z
  certificate_id_edition = 105,      // edition is not 001 to 999
  certificate_id_check = 106,        // check character (MOD 37,36); value: the right one, as ASCII
  resident_id_form = 110,            // not 17 digits and a digit or X
  resident_id_region = 111,          // the first two digits are no province
  resident_id_birth = 112,           // no such day
  resident_id_check = 113,           // check character (MOD 11-2); value: the right one, as ASCII
  unit_number_form = 120,            // not 28 characters
  unit_number_region = 121,          // the first two digits are no province, or the first six no digits
  unit_number_area = 122,            // cadastral area and sub-area are not six digits
  unit_number_parcel_kind = 123,     // the two letters of the parcel do not go together
  unit_number_parcel = 124,          // parcel number is not five digits
  unit_number_fixture_kind = 125,    // not F, L, Q or W
  unit_number_fixture = 126,         // fixture number is not eight digits
  unit_number_no_fixture = 127,      // W (no fixture) with a number that is not zero
  certificate_number_form = 130,     // not province(year)place 不动产权|不动产证明 第 seven digits 号
};
BOOST_DESCRIBE_ENUM(IdentifierCode, certificate_id_form, certificate_id_type, certificate_id_type_owner,
                    certificate_id_issuer, certificate_id_serial, certificate_id_edition, certificate_id_check,
                    resident_id_form, resident_id_region, resident_id_birth, resident_id_check, unit_number_form,
                    unit_number_region, unit_number_area, unit_number_parcel_kind, unit_number_parcel,
                    unit_number_fixture_kind, unit_number_fixture, unit_number_no_fixture, certificate_number_form)

// An enum of codes: described, so that names, catalogue and tests come from it.
template <class T>
concept CodeEnum = EnumType<T> && std::same_as<std::underlying_type_t<T>, std::uint16_t>;

// A code's name and its sentence for people. Each module has a table of them; tests hold that no code lacks one.
struct Sentence {
  std::uint16_t code;
  std::string_view name;  // the enumerator
  std::string_view zh;
  std::string_view en;
};

template <CodeEnum C>
Sentence sentence(C code, std::string_view zh, std::string_view en) {
  return {static_cast<std::uint16_t>(code), enum_name(code), zh, en};
}

}  // namespace kanhe::contracts
