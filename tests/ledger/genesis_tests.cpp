// The genesis: codes with check characters, the chain id, and what no network may start from.
#include "ledger/genesis.h"

#include <boost/test/unit_test.hpp>

#include "ledger/json.h"
#include "ledger/merkle.h"
#include "tests/support/builders.h"

namespace {

using namespace kanhe;
using namespace kanhe::support;

std::string error_of(const Genesis& genesis) {
  const auto checked = check_genesis(genesis);
  return checked ? std::string("accepted") : std::string(error_name(checked.error().code));
}

// The genesis as JSON with the fields of the outermost record from the last to the first.
std::string backwards(Genesis genesis) {
  std::string text;
  for (const SchemaField& field : schema_of<Genesis>().fields) {
    const std::string member =
        "\"" + std::string(field.name) + "\":" + to_json(*field.schema, field.member(&genesis), JsonLayout::indented);
    text = text.empty() ? member : member + ",\n" + text;
  }
  return "{" + text + "}";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(genesis_tests)

BOOST_AUTO_TEST_CASE(real_credit_codes_are_accepted) {
  for (const std::string_view code : {"11100000000013338W", "11430000006122244L", "11100000MB03271699"}) {
    BOOST_TEST(Uscc::from(code).has_value(), code);
  }
}

BOOST_AUTO_TEST_CASE(every_single_wrong_character_of_a_credit_code_is_found) {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  for (const std::string_view code : {"11100000000013338W", "11430000006122244L", "11100000MB03271699"}) {
    for (std::size_t i = 0; i < code.size(); ++i) {
      for (const char c : alphabet) {
        std::string altered(code);
        altered[i] = c;
        BOOST_TEST(Uscc::from(altered).has_value() == (c == code[i]), altered);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(letters_outside_the_alphabet_and_other_lengths_are_refused) {
  for (const std::string_view code : {"1110000000001333W", "11100000000013338WW", "I1100000000013338W",
                                      "O1100000000013338W", "11100000000013338w", "1110000000001333SW",
                                      "1110000000001333VW", "1110000000001333ZW", ""}) {
    BOOST_TEST(!Uscc::from(code), code);
  }
}

BOOST_AUTO_TEST_CASE(network_names_are_slugs_joined_by_dots) {
  for (const std::string_view name : {"a", "demo", "shenzhen.kanhe.example", "a-1.b"}) {
    BOOST_TEST(NetworkName::from(name).has_value(), name);
  }
  for (const std::string_view name :
       {"", ".", "a.", ".a", "a..b", "A", "a/b", "a b", "a+b", "-a", "a-", "a--b", "ä"}) {
    BOOST_TEST(!NetworkName::from(name), name);
  }
  BOOST_TEST(NetworkName::from(std::string(64, 'a')).has_value());
  BOOST_TEST(!NetworkName::from(std::string(65, 'a')));
}

BOOST_AUTO_TEST_CASE(the_longest_name_still_has_an_origin) {
  Genesis genesis = a_genesis();
  genesis.name = text<NetworkName>(std::string(64, 'a'));
  BOOST_TEST(origin_of(genesis).view().size() == Origin::bytes_max);
  genesis.name = text<NetworkName>("a");
  BOOST_TEST(origin_of(genesis).view().size() == Origin::bytes_min);
}

BOOST_AUTO_TEST_CASE(the_chain_id_does_not_depend_on_the_order_of_lines) {
  const Genesis genesis = a_genesis();
  const std::string forwards = to_json(genesis, JsonLayout::indented);
  BOOST_TEST(forwards != backwards(genesis));
  BOOST_TEST((chain_id_of(from_json<Genesis>(forwards).value()) == chain_id_of(genesis)));
  BOOST_TEST((chain_id_of(from_json<Genesis>(backwards(genesis)).value()) == chain_id_of(genesis)));
}

BOOST_AUTO_TEST_CASE(the_chain_id_depends_on_every_field) {
  Genesis genesis = a_genesis();
  const ChainId original = chain_id_of(genesis);
  genesis.open_reads = true;
  BOOST_TEST((chain_id_of(genesis) != original));
  genesis = a_genesis();
  ++genesis.created_ms;
  BOOST_TEST((chain_id_of(genesis) != original));
  genesis = a_genesis();
  genesis.departments[3].uscc.reset();
  BOOST_TEST((chain_id_of(genesis) != original));
  genesis = a_genesis();
  genesis.suite.signature = SignatureScheme::keyed_hash;
  BOOST_TEST((chain_id_of(genesis) != original));
}

BOOST_AUTO_TEST_CASE(a_good_genesis_is_accepted) { BOOST_TEST(error_of(a_genesis()) == "accepted"); }

BOOST_AUTO_TEST_CASE(a_consensus_key_under_two_departments_is_refused) {
  Genesis genesis = a_genesis();
  genesis.validators[1].consensus_key = genesis.validators[0].consensus_key;
  BOOST_TEST(error_of(genesis) == "duplicate");
}

BOOST_AUTO_TEST_CASE(an_administrator_of_two_departments_is_refused) {
  Genesis genesis = a_genesis();
  genesis.departments[1].administrator = genesis.departments[0].administrator;
  BOOST_TEST(error_of(genesis) == "duplicate");
}

BOOST_AUTO_TEST_CASE(two_departments_with_one_credit_code_are_refused) {
  Genesis genesis = a_genesis();
  genesis.departments[0].uscc = Uscc::from("11100000000013338W").value();
  genesis.departments[1].uscc = genesis.departments[0].uscc;
  BOOST_TEST(error_of(genesis) == "duplicate");
  genesis.departments[1].uscc.reset();
  genesis.departments[3].uscc.reset();
  BOOST_TEST(error_of(genesis) == "accepted");
}

BOOST_AUTO_TEST_CASE(an_administrator_needs_a_key_and_a_person) {
  Genesis genesis = a_genesis();
  genesis.departments[0].administrator = PublicKey{};
  BOOST_TEST(error_of(genesis) == "malformed");
  genesis = a_genesis();
  genesis.departments[0].administrator_person = PartyId{};
  BOOST_TEST(error_of(genesis) == "out_of_range");
}

BOOST_AUTO_TEST_CASE(a_node_of_an_unlisted_department_is_refused) {
  Genesis genesis = a_genesis();
  genesis.departments.erase(genesis.departments.begin());  // archive, a validator
  BOOST_TEST(error_of(genesis) == "unknown");
  genesis = a_genesis();
  genesis.departments.erase(genesis.departments.begin() + 1);  // audit, an observer
  BOOST_TEST(error_of(genesis) == "unknown");
  genesis = a_genesis();
  genesis.departments.erase(genesis.departments.begin() + 2);  // bank, without a node
  BOOST_TEST(error_of(genesis) == "accepted");
}

BOOST_AUTO_TEST_CASE(duplicate_departments_do_not_decode) {
  const Genesis genesis = a_genesis();
  std::string text = to_json(genesis);
  const std::string department = to_json(genesis.departments[0]);
  const std::size_t place = text.find(department);
  BOOST_REQUIRE(place != std::string::npos);
  text.insert(place, department + ",");
  const auto read = from_json<Genesis>(text);
  BOOST_REQUIRE(!read);
  BOOST_TEST(read.error().text.starts_with("departments: "), read.error().text);
}

BOOST_AUTO_TEST_CASE(height_0_follows_from_the_genesis_alone) {
  const Genesis genesis = a_genesis();
  const StateRoot state_root = counting_bytes<StateRoot>(1);
  const LogRoot receipt_root = counting_bytes<LogRoot>(2);
  const Header header = genesis_header(genesis, state_root, receipt_root);
  BOOST_TEST((header.height == Height(0)));
  BOOST_TEST((header.chain_id == chain_id_of(genesis)));
  BOOST_TEST((header.proposal_digest == genesis_digest(header.chain_id)));
  BOOST_TEST(header.parent.is_zero());
  BOOST_TEST((header.history_root == empty_log_root()));
  BOOST_TEST((header.transaction_root == empty_log_root()));
  BOOST_TEST((header.state_root == state_root));
  BOOST_TEST((header.receipt_root == receipt_root));
  BOOST_TEST((header.validators_hash == epoch_hash_of(first_epoch_of(genesis))));
  BOOST_TEST((header.next_validators_hash == header.validators_hash));
  BOOST_TEST((header.timestamp_ms == genesis.created_ms));
}

BOOST_AUTO_TEST_SUITE_END()
