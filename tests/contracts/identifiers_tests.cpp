// Identifiers: the vectors of the standards' public examples, every single breach, and that anything reads.
#include "contracts/identifiers.h"

#include <boost/test/unit_test.hpp>

namespace kanhe::contracts {
namespace {

const std::string root(certificate_root);

BOOST_AUTO_TEST_SUITE(identifiers_tests)

BOOST_AUTO_TEST_CASE(real_certificate_ids_break_no_rule) {
  for (const auto* id : {".11100000000013338W009.11330105002500287C.2025052201.002.0",
                         ".11100000000013338W011.11430000006122244L.20230000403.001.U",
                         ".11100000MB03271699022.340100.000000016.001.9",
                         ".11100000MB03271699022.11440300MB2D00001W.2025000000001.001.3"}) {
    const CertificateIdReading reading = read_certificate_id(root + id);
    BOOST_TEST_CONTEXT(id) {
      BOOST_REQUIRE(reading.parts.has_value());
      for (const Breach& breach : reading.breaches) {
        // The synthetic issuer of the last vector is no real code; its check character still fits.
        BOOST_TEST((breach.code == IdentifierCode::certificate_id_issuer));
      }
      BOOST_TEST(make_certificate_id(*reading.parts).str() == root + id);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_check_character_is_named_with_the_right_one) {
  const auto reading =
      read_certificate_id(root + ".11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.M");
  BOOST_TEST(std::ranges::count(reading.breaches, Breach{IdentifierCode::certificate_id_check, 'D'}) == 1);
}

BOOST_AUTO_TEST_CASE(every_typing_mistake_in_one_character_is_found) {
  const std::string id = make_certificate_id({"11100000000013338W009", "11430000006122244L", "20230000403", 1}).str();
  BOOST_REQUIRE(read_certificate_id(id).breaches.empty());
  for (std::size_t i = root.size() + 1; i < id.size(); ++i) {
    for (const char c : std::string_view("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
      if (id[i] == c || id[i] == '.') continue;
      std::string changed = id;
      changed[i] = c;
      BOOST_TEST(!read_certificate_id(changed).breaches.empty(), changed);
    }
  }
  // Neighbours that change places, the other common mistake.
  for (std::size_t i = root.size() + 1; i + 1 < id.size(); ++i) {
    std::string swapped = id;
    std::swap(swapped[i], swapped[i + 1]);
    if (swapped != id) BOOST_TEST(!read_certificate_id(swapped).breaches.empty(), swapped);
  }
}

struct Malformed {
  const char* id;
  IdentifierCode code;
};
const Malformed malformed[] = {
    {"", IdentifierCode::certificate_id_form},
    {"1.2.156.3005.2", IdentifierCode::certificate_id_form},
    {"1.2.156.3005.2.a.b.c.d", IdentifierCode::certificate_id_form},
    {"1.2.156.3005.2.a.b.c.d.e.f", IdentifierCode::certificate_id_form},
    {"1.2.156.3005.3.11100000000013338W009.11430000006122244L.1.001.0", IdentifierCode::certificate_id_form},
    {"1.2.156.3005.2.11100000000013338W009.11430000006122244L.1.001.00", IdentifierCode::certificate_id_form},
    {"1.2.156.3005.2.11100000000013338W009.11430000006122244L.1.001.", IdentifierCode::certificate_id_form},
    {"1.2.156.3005.2.11100000000013338W00.11430000006122244L.1.001.0", IdentifierCode::certificate_id_type},
    {"1.2.156.3005.2.11100000000013338w009.11430000006122244L.1.001.0", IdentifierCode::certificate_id_type},
    {"1.2.156.3005.2.11100000000013339W009.11430000006122244L.1.001.0", IdentifierCode::certificate_id_type_owner},
    {"1.2.156.3005.2.11100000000013338W009.11430000006122245L.1.001.0", IdentifierCode::certificate_id_issuer},
    {"1.2.156.3005.2.11100000000013338W009.990100.1.001.0", IdentifierCode::certificate_id_issuer},
    {"1.2.156.3005.2.11100000000013338W009.11430000006122244L..001.0", IdentifierCode::certificate_id_serial},
    {"1.2.156.3005.2.11100000000013338W009.11430000006122244L.a.001.0", IdentifierCode::certificate_id_serial},
    {"1.2.156.3005.2.11100000000013338W009.11430000006122244L.123456789012345678901234567890123.001.0",
     IdentifierCode::certificate_id_serial},
    {"1.2.156.3005.2.11100000000013338W009.11430000006122244L.1.000.0", IdentifierCode::certificate_id_edition},
    {"1.2.156.3005.2.11100000000013338W009.11430000006122244L.1.1.0", IdentifierCode::certificate_id_edition},
    {"1.2.156.3005.2.11100000000013338W009.11430000006122244L.1.A01.0", IdentifierCode::certificate_id_edition},
};

BOOST_AUTO_TEST_CASE(every_broken_rule_of_a_certificate_id_is_named) {
  for (const Malformed& sample : malformed) {
    const auto reading = read_certificate_id(sample.id);
    const auto is_the_one = [&](const Breach& breach) { return breach.code == sample.code; };
    BOOST_TEST(std::ranges::any_of(reading.breaches, is_the_one), sample.id);
    BOOST_TEST(reading.parts.has_value() == (sample.code != IdentifierCode::certificate_id_form), sample.id);
  }
}

BOOST_AUTO_TEST_CASE(all_breaches_are_listed_not_the_first) {
  const auto reading = read_certificate_id("1.2.156.3005.2.x.y.-.000.0");
  BOOST_TEST(reading.breaches.size() == 4u);
}

BOOST_AUTO_TEST_CASE(resident_ids_are_checked_by_form_region_birth_and_check_character) {
  BOOST_TEST(!check_resident_id("11010519491231002X").has_value());
  BOOST_TEST(!check_resident_id("440524188001010014").has_value());
  const auto code = [](std::string_view id) { return check_resident_id(id).value().code; };
  BOOST_TEST((code("11010519491231002") == IdentifierCode::resident_id_form));
  BOOST_TEST((code("11010519491231002x") == IdentifierCode::resident_id_form));
  BOOST_TEST((code("1101051949123100 2") == IdentifierCode::resident_id_form));
  BOOST_TEST((code("99010519491231002X") == IdentifierCode::resident_id_region));
  BOOST_TEST((code("11010519490229002X") == IdentifierCode::resident_id_birth));
  BOOST_TEST((code("11010519491331002X") == IdentifierCode::resident_id_birth));
  BOOST_TEST((check_resident_id("110105194912310021") == Breach{IdentifierCode::resident_id_check, 'X'}));
  BOOST_TEST((check_resident_id("44052418800101001X") == Breach{IdentifierCode::resident_id_check, '4'}));
}

BOOST_AUTO_TEST_CASE(leap_days_exist_in_leap_years_only) {
  const auto with_check = [](std::string digits) { return digits + check_character_11_2(digits); };
  BOOST_TEST(!check_resident_id(with_check("11010520000229002")).has_value());
  BOOST_TEST(check_resident_id(with_check("11010519000229002")).has_value());
  BOOST_TEST(check_resident_id(with_check("11010520010229002")).has_value());
}

BOOST_AUTO_TEST_CASE(unit_numbers_are_checked_part_by_part) {
  BOOST_TEST(!check_unit_number("340121261006GB00014F00220045").has_value());
  BOOST_TEST(!check_unit_number("440304003008GB00012F00220045").has_value());
  BOOST_TEST(!check_unit_number("440304003008JC00012W00000000").has_value());
  const auto code = [](std::string_view number) { return check_unit_number(number).value().code; };
  BOOST_TEST((code("440304003008GB00012F0022004") == IdentifierCode::unit_number_form));
  BOOST_TEST((code("440304003008GB00012F002200455") == IdentifierCode::unit_number_form));
  BOOST_TEST((code("990304003008GB00012F00220045") == IdentifierCode::unit_number_region));
  BOOST_TEST((code("4403x4003008GB00012F00220045") == IdentifierCode::unit_number_region));
  BOOST_TEST((code("44030400300xGB00012F00220045") == IdentifierCode::unit_number_area));
  BOOST_TEST((code("440304003008GA00012F00220045") == IdentifierCode::unit_number_parcel_kind));
  BOOST_TEST((code("440304003008JH00012F00220045") == IdentifierCode::unit_number_parcel_kind));
  BOOST_TEST((code("440304003008XB00012F00220045") == IdentifierCode::unit_number_parcel_kind));
  BOOST_TEST((code("440304003008GI00012F00220045") == IdentifierCode::unit_number_parcel_kind));
  BOOST_TEST((code("440304003008GB000x2F00220045") == IdentifierCode::unit_number_parcel));
  BOOST_TEST((code("440304003008GB00012A00220045") == IdentifierCode::unit_number_fixture_kind));
  BOOST_TEST((code("440304003008GB00012F0022004x") == IdentifierCode::unit_number_fixture));
  BOOST_TEST((code("440304003008GB00012W00220045") == IdentifierCode::unit_number_no_fixture));
  BOOST_TEST(parcel_of("440304003008GB00012F00220045") == "440304003008GB00012");
}

BOOST_AUTO_TEST_CASE(certificate_numbers_compare_equal_however_they_are_typed) {
  const auto number = normalise_certificate_number("粤（２０２５）深圳市不动产权第０００0123号");
  BOOST_REQUIRE(number.has_value());
  BOOST_TEST(number->text == "粤(2025)深圳市不动产权第0000123号");
  BOOST_TEST((number->kind == CertificateNumberKind::title));
  BOOST_TEST((normalise_certificate_number("粤 (2025) 深圳市不动产权第0000123号") == number));
  for (const auto* real : {"苏(2022)淮安市不动产权第0000001号", "皖(2019)长丰县不动产证明第0010484号",
                           "桂(2017)南宁市不动产证明第0208814号"}) {
    BOOST_TEST(normalise_certificate_number(real).value().text == real);
  }
  BOOST_TEST((normalise_certificate_number("皖(2019)长丰县不动产证明第0010484号")->kind == CertificateNumberKind::proof));
}

BOOST_AUTO_TEST_CASE(the_mark_of_cancellation_is_no_part_of_the_number) {
  const auto number = normalise_certificate_number("苏(2022)淮安市不动产权第0000001号（销）");
  BOOST_REQUIRE(number.has_value());
  BOOST_TEST(number->marked_cancelled);
  BOOST_TEST(number->text == "苏(2022)淮安市不动产权第0000001号");
}

BOOST_AUTO_TEST_CASE(what_is_no_certificate_number_is_refused) {
  for (const auto* text : {"", "粤", "粤(2025)", "粤(202)深圳市不动产权第0000123号", "粤(2025)不动产权第0000123号",
                           "粤(2025)深圳市不动产权第000123号", "粤(2025)深圳市不动产权第00001234号",
                           "粤(2025)深圳市不动产权第0000123", "粤(2025)深圳市房产证第0000123号", "a(2025)b不动产权第0000123号",
                           "\xff(2025)", "粤(2025)深圳市不动产权第0000123号x"}) {
    BOOST_TEST(!normalise_certificate_number(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts
