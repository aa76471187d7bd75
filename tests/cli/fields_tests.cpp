// Arguments from options. The property: for every method of the catalogue, a random argument record written as options
// reads as the same record. Then what people get wrong: names, numbers of elements, values given twice or not at all.
#include <boost/test/unit_test.hpp>
#include <set>

#include "cli/fields.h"
#include "cli/values.h"
#include "contracts/governance.h"
#include "contracts/host.h"
#include "contracts/service.h"
#include "ledger/json.h"
#include "tests/support/argument_maker.h"

namespace {

using namespace kanhe;
using namespace kanhe::cli;
using Options = std::vector<FieldOption>;

// Why a result is none, for messages that are made whether or not it is needed.
template <class T>
std::string why(const Result<T>& result) {
  return result ? "" : result.error().text;
}

// Texts of a checked form are taught by their examples, or hardly any random record would be one.
void teach(ArgumentMaker& maker, const Schema& schema) {
  if (schema.kind == Kind::text) maker.know(schema.label.name, example_text(schema));
  if (schema.element != nullptr) teach(maker, *schema.element);
  for (const SchemaField& field : schema.fields) teach(maker, *field.schema);
}

std::string error_of(const Schema& schema, void* record, const Options& options) {
  const auto set = set_fields(schema, record, options);
  BOOST_REQUIRE(!set);
  return set.error().text;
}

template <class Record>
std::string error_of(const Options& options) {
  Record record;
  return error_of(schema_of<Record>(), &record, options);
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Every shape that a record can have, beyond what the catalogue has today.
struct Inner {
  Fen amount;
  std::optional<Timestamp> until_ms;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (amount, until_ms))
struct Empty {
  std::optional<Count> count;
};
BOOST_DESCRIBE_STRUCT(Empty, (), (count))
struct Everything {
  bool flag = false;
  Subject subject;
  List<Subject, 4> subjects;
  SortedList<contracts::Role, 4> roles;
  SortedList<Subject, 4> sorted;
  List<PlainText<16>, 3> names;
  Inner inner;
  List<Inner, 3> inners;
  std::optional<Inner> maybe;
  std::optional<Empty> empty;
  List<Empty, 3> empties;
  Blob<8> blob;
  Duration time_limit_ms;
};
BOOST_DESCRIBE_STRUCT(Everything, (),
                      (flag, subject, subjects, roles, sorted, names, inner, inners, maybe, empty, empties, blob,
                       time_limit_ms))

}  // namespace

BOOST_AUTO_TEST_SUITE(fields_tests)

BOOST_AUTO_TEST_CASE(every_record_of_every_method_survives_as_options) {
  for (const contracts::Module* module : contracts::modules()) {
    for (const contracts::Method& method : module->methods) {
      ArgumentMaker maker(7);
      teach(maker, method.arguments());
      int tried = 0;
      for (int i = 0; i < 400; ++i) {
        const Bytes bytes = maker.make(method.arguments());
        const auto record = method.argument_record.decode(bytes);
        if (!record) continue;
        ++tried;
        const Options options = options_of(method.arguments(), record->get());
        const auto again = method.argument_record.make();
        const auto set = set_fields(method.arguments(), again.get(), options);
        BOOST_REQUIRE_MESSAGE(set, module->name << " " << method.name << ": " << why(set));
        BOOST_REQUIRE(method.argument_record.encode(again.get()) == bytes);
      }
      BOOST_TEST(tried >= 20, module->name << " " << method.name << ": only " << tried << " records");
    }
  }
}

BOOST_AUTO_TEST_CASE(every_shape_survives_as_options) {
  ArgumentMaker maker(3);
  const Schema& schema = schema_of<Everything>();
  for (const auto& field : schema_of<Subject>().fields) teach(maker, *field.schema);
  // By way of JSON, since these records have no codec.
  for (int i = 0; i < 300; ++i) {
    Everything record;
    record.flag = maker.below(2) == 1;
    record.subject = UnitSubject{UnitNumber::from("u1").value()};
    for (std::uint64_t k = maker.below(4); k > 0; --k) {
      record.subjects.push_back(PartySubject{PartyId::from(maker.bytes(32)).value()});
      record.inners.push_back({Fen(maker.below(1'000)), std::nullopt});
      record.empties.push_back({maker.below(2) == 1 ? std::optional(Count(3)) : std::nullopt});
      record.names.push_back(PlainText<16>::from(maker.below(2) == 1 ? "[a" : "--b c").value());
    }
    if (maker.below(2) == 1) record.roles = {contracts::Role::reviewer, contracts::Role::registrar};
    if (maker.below(2) == 1)
      record.sorted = {UnitSubject{UnitNumber::from("u1").value()}, UnitSubject{UnitNumber::from("u2").value()}};
    if (maker.below(2) == 1) record.maybe = Inner{Fen(5), Timestamp(1'000)};
    if (maker.below(2) == 1) record.empty = Empty{};
    record.blob = Blob<8>::from(maker.bytes(maker.below(9))).value();
    Everything again;
    const auto set = set_fields(schema, &again, options_of(schema, &record));
    BOOST_REQUIRE_MESSAGE(set, why(set));
    BOOST_REQUIRE(to_json(again) == to_json(record));
  }
}

BOOST_AUTO_TEST_CASE(the_examples_of_help_are_accepted) {
  for (const contracts::Module* module : contracts::modules()) {
    for (const contracts::Method& method : module->methods) {
      Options options;
      std::set<std::string> chosen{""};
      for (const FieldHelp& help : field_help(method.arguments())) {
        if (!std::ranges::all_of(help.of, [&](const auto& of) { return chosen.contains(of); })) continue;
        if (help.path.ends_with("type")) chosen.insert(help.example);
        std::string path = help.path;
        for (std::size_t place; (place = path.find(".N")) != std::string::npos;) path.replace(place, 2, ".1");
        options.push_back({path, help.example});
      }
      const auto record = method.argument_record.make();
      const auto set = set_fields(method.arguments(), record.get(), options);
      BOOST_TEST(set.has_value(), module->name << " " << method.name << ": " << why(set));
    }
  }
}

BOOST_AUTO_TEST_CASE(all_that_is_missing_is_named_at_once) {
  const std::string text = error_of<contracts::service::ReviewArguments>({{"step", "tax"}});
  for (const std::string name : {"--application", "--verdict", "--reason", "--evidence"}) {
    BOOST_TEST(holds(text, name), text);
  }
  BOOST_TEST(!holds(text, "--assessed"), text);
  BOOST_TEST(!holds(text, "--step"), text);
}

BOOST_AUTO_TEST_CASE(a_wrong_name_is_answered_with_the_right_one) {
  using contracts::service::FileArguments;
  BOOST_TEST(holds(error_of<FileArguments>({{"servise", "x"}}), "did you mean \"service\""));
  BOOST_TEST(holds(error_of<FileArguments>({{"materials.1.cote", "x"}}), "--materials.1.cote"));
  BOOST_TEST(holds(error_of<FileArguments>({{"price.number", "x"}}), "no fields"));
  BOOST_TEST(holds(error_of<FileArguments>({{"price..x", "x"}}), "empty name"));
  BOOST_TEST(holds(error_of<FileArguments>({{"", "x"}}), "empty name"));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named_in_chinese_too) {
  using contracts::service::FileArguments;
  const auto complaint = [](const Options& options) {
    return complaint_zh(schema_of<FileArguments>(), [] { return std::make_shared<FileArguments>(); }, options);
  };
  const Options good{{"service", "house-sale"}, {"acts.1.type", "transfer"}};
  Options wrong = good;
  wrong.push_back({"acts.1.cause", "theft"});
  wrong.push_back({"price", "7"});  // what comes after the first is not looked at
  const std::string text = complaint(wrong);
  BOOST_TEST(text.starts_with("转移原因 (--acts.1.cause)：“theft” 不符合要求，应为 sale（买卖） | gift（赠与）"), text);
  BOOST_TEST(complaint(good) == "缺少：不动产单元 (--acts.1.unit)、转移原因 (--acts.1.cause)、价款 (--price)");
  Options absent = good;
  absent.push_back({"materials.1.file.digest", "sha256:/nonexistent/a.pdf"});
  BOOST_TEST(complaint(absent) == "摘要 (--materials.1.file.digest)：无法读取文件 sha256:/nonexistent/a.pdf");
  Options unknown = good;
  unknown.push_back({"acts.1.nonsense", "x"});
  BOOST_TEST(complaint(unknown) == "");
}

BOOST_AUTO_TEST_CASE(elements_are_numbered_without_a_gap) {
  using contracts::service::FileArguments;
  for (const std::string number : {"0", "2", "01", "x", "-1", "18446744073709551617"}) {
    BOOST_TEST(holds(error_of<FileArguments>({{"materials." + number + ".code", "x"}}), "numbered from 1"), number);
  }
}

BOOST_AUTO_TEST_CASE(nothing_is_given_twice) {
  using contracts::service::AcceptArguments;
  const std::string id(64, 'a');
  BOOST_TEST(holds(error_of<AcceptArguments>({{"application", id}, {"application", id}}), "2 times"));
  BOOST_TEST(holds(error_of<AcceptArguments>({{"application", id}, {"arguments.application", id}}), "2 times"));
  BOOST_TEST(holds(error_of<Everything>({{"inner", "{}"}, {"inner.amount", "1.00"}}), "as a whole"));
}

BOOST_AUTO_TEST_CASE(a_list_beyond_its_limit_is_refused_before_it_is_built) {
  Options options;
  for (int i = 0; i < 5; ++i) options.push_back({"names", "n"});
  const std::string text = error_of<Everything>(options);
  BOOST_TEST(holds(text, "--names: 5 elements, must be at most 3"), text);
}

BOOST_AUTO_TEST_CASE(single_values_of_a_sorted_list_are_put_in_order_but_not_doubled) {
  using contracts::governance::ChangeRolesArguments;
  ChangeRolesArguments arguments;
  const Options key{{"key", std::string(66, '0')}};
  Options options = key;
  options.push_back({"roles", "registrar"});
  options.push_back({"roles", "reviewer"});
  BOOST_REQUIRE(set_fields(schema_of<ChangeRolesArguments>(), &arguments, options).has_value());
  BOOST_TEST((arguments.roles == contracts::Roles{contracts::Role::reviewer, contracts::Role::registrar}));
  options.push_back({"roles", "reviewer"});
  BOOST_TEST(holds(error_of<ChangeRolesArguments>(options), "ascending"));
}

BOOST_AUTO_TEST_CASE(a_variant_needs_its_name_and_says_which_there_are_near) {
  BOOST_TEST(holds(error_of<Everything>({{"subject.id", "x"}}), "--subject.type"));
  BOOST_TEST(holds(error_of<Everything>({{"subject.type", "unti"}}), "did you mean \"unit\""));
  BOOST_TEST(holds(error_of<Everything>({{"subject.type", "unit"}, {"subject.idd", "x"}}), "--subject.idd"));
}

BOOST_AUTO_TEST_SUITE_END()
