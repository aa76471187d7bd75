// Whole command lines, run in this process with their output caught: exit codes, what errors say, help that leads with
// examples, settings from the file, and transactions that are made, signed and looked at without any node.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "certs/answers.h"
#include "cli/app.h"
#include "cli/key_file.h"
#include "contracts/governance.h"
#include "contracts/host.h"
#include "ledger/json.h"
#include "tests/support/builders.h"
#include "tests/support/temporary_directory.h"

namespace {

using namespace kanhe;
using namespace kanhe::cli;

struct Ran {
  int code;
  std::string out;
  std::string err;
};

Ran kanhe_run(std::vector<std::string> words) {
  words.insert(words.begin(), "kanhe");
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());
  std::ostringstream out;
  std::ostringstream err;
  const int code = run(static_cast<int>(argv.size()), argv.data(), out, err);
  return {code, out.str(), err.str()};
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// All tests of the command line look for both languages, whatever is spoken here.
struct BothLanguages {
  BothLanguages() { ::setenv("LC_ALL", "C.UTF-8", 1); }
};
BOOST_TEST_GLOBAL_FIXTURE(BothLanguages);

struct Fixture {
  Fixture() {
    Genesis genesis = support::a_genesis();
    genesis.demo = true;
    write("genesis.json", to_json(genesis));
    genesis.name = NetworkName::from("other.example").value();
    write("other.json", to_json(genesis));
    write("plain.key", to_hex(support::secret_key(9).view()) + "\n", 0600);
    for (const char* name : {"KANHE_NODE", "KANHE_GENESIS", "KANHE_KEY", "KANHE_NODE_CA"}) ::unsetenv(name);
  }

  std::string path(const std::string& name) const { return directory.path() + "/" + name; }
  void write(const std::string& name, const std::string& text, mode_t mode = 0644) const {
    std::ofstream(path(name), std::ios::binary) << text;
    std::filesystem::permissions(path(name), std::filesystem::perms(mode));
  }
  std::string read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // A call that fits, offline.
  std::vector<std::string> accept(std::vector<std::string> more) const {
    std::vector<std::string> words{"application", "accept", std::string(64, 'a'), "--genesis", path("genesis.json")};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  TemporaryDirectory directory;
};

struct Wrong {
  std::string name;
  std::vector<std::string> words;
  int code;
  std::string says;
  friend std::ostream& operator<<(std::ostream& out, const Wrong& wrong) { return out << wrong.name; }
};
const std::string id(64, 'a');
const std::vector<Wrong> wrong_lines{
    {"no noun", {}, 2, "help: kanhe --help"},
    {"unknown noun", {"proprety", "show"}, 2, "did you mean \"property\"?"},
    {"unknown verb", {"officer", "enroll"}, 2, "did you mean \"enrol\"?"},
    {"unknown module", {"call", "propertie", "x"}, 2, "did you mean \"property\"?"},
    {"unknown option", {"network", "show", "--jsn"}, 2, "did you mean \"--json\"?"},
    {"unknown field", {"application", "accept", id, "--aplication", "x"}, 2, "did you mean \"application\"?"},
    {"a field without a value", {"application", "review", "--step"}, 2, "--step: a value is missing"},
    {"missing fields", {"application", "accept"}, 2, "missing: --application"},
    {"a wrong field", {"application", "accept", "xyz"}, 2, "64 hexadecimal digits"},
    {"a bare amount", {"bill", "pay", id, "--reference", "r1", "--amount", "1500"}, 2, "For yuan: 1500.00"},
    {"no genesis", {"application", "accept", id}, 2, "--genesis is missing"},
    {"no node", {"node", "status"}, 2, "--node is missing"},
    {"no address", {"node", "status", "--node", "ftp://x"}, 2, "https://host:port"},
    {"a wait beyond the limit", {"node", "status", "--wait", "3601"}, 2, "3600"},
    {"no genesis file", {"network", "show", "--genesis", "/nowhere", "--node", "h:1"}, 5, "/nowhere"},
    {"no key file", {"key", "show", "/nowhere.key"}, 5, "/nowhere.key"},
    {"nobody answers", {"node", "status", "--node", "https://127.0.0.1:1"}, 5, "127.0.0.1:1"},
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(app_tests, Fixture)

BOOST_DATA_TEST_CASE(wrong_lines_say_what_is_wrong_and_what_to_do, boost::unit_test::data::make(wrong_lines), wrong) {
  const Ran ran = kanhe_run(wrong.words);
  BOOST_TEST(ran.code == wrong.code);
  BOOST_TEST(holds(ran.err, wrong.says), ran.err);
  BOOST_TEST(ran.out == "");
}

BOOST_AUTO_TEST_CASE(with_json_an_error_is_one_record) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"--json", "officer", "enroll"}, {"node", "status", "--json"}}) {
    const Ran ran = kanhe_run(words);
    BOOST_TEST(ran.code == 2);
    const auto error = from_json<certs::ErrorAnswer>(ran.err);
    BOOST_REQUIRE_MESSAGE(error, ran.err);
    BOOST_TEST(error->code.str() == "usage");
  }
}

BOOST_AUTO_TEST_CASE(errors_are_in_the_language_of_the_command) {
  struct Said {
    std::vector<std::string> words;
    std::string zh;
    std::string en;
  };
  const std::vector<Said> all{
      {{"proprety"}, "“proprety” 不是 kanhe 的命令；是否为 “property”？", "\"proprety\" is no command of kanhe"},
      {{"network", "show", "--jsn"}, "--jsn 不是 kanhe network show 的选项；是否为 “--json”？", "--jsn is no option"},
      {{"application", "review", "--step"}, "--step：缺少值", "--step: a value is missing"},
      {{"application", "accept"}, "缺少：申请编号 (--application)", "missing: --application"},
      {{"application", "accept", "xyz"}, "申请编号 (--application)：“xyz” 不符合要求，应为 64 位小写十六进制数字",
       "--application: \"xyz\" must be 64 hexadecimal digits"},
      {{"property", "mortgage", "4403"}, "担保债权数额 (--amount)", "--amount"},
      {{"bill", "pay", id, "--amount", "1500"}, "金额 (--amount)：“1500” 不符合要求，应为 金额：元，两位小数", "For yuan: 1500.00"},
      {{"node", "status"}, "缺少 --node：部门节点的地址", "--node is missing"},
      // What has no words of its own in Chinese has those of its kind.
      {{"node", "status", "--wait", "3601"}, "命令有误：", "3601"},
  };
  for (const Said& one : all) {
    std::vector<std::string> words = one.words;
    words.insert(words.begin(), {"--lang", "zh"});
    const Ran in_chinese = kanhe_run(words);
    BOOST_TEST(holds(in_chinese.err, one.zh), in_chinese.err);
    words[1] = "en";
    const Ran in_english = kanhe_run(words);
    BOOST_TEST((holds(in_english.err, one.en) && !holds(in_english.err, one.zh)), in_english.err);
    words[1] = "both";
    const Ran in_both = kanhe_run(words);
    BOOST_TEST((holds(in_both.err, one.zh) && holds(in_both.err, one.en)), in_both.err);
  }
}

BOOST_AUTO_TEST_CASE(short_names_stand_in_errors_as_they_are_written) {
  const Ran ran = kanhe_run({"property", "mortgage", "440304003008GB00012F00220045", "--lang", "en"});
  BOOST_TEST(holds(ran.err, "--mortgagee"), ran.err);
  BOOST_TEST(!holds(ran.err, "acts.1"), ran.err);
}

BOOST_AUTO_TEST_CASE(help_is_in_the_language_of_the_command) {
  const Ran in_chinese = kanhe_run({"application", "accept", "--help", "--lang", "zh"});
  BOOST_TEST(holds(in_chinese.out, "谁可以办理: 窗口受理"), in_chinese.out);
  BOOST_TEST(holds(in_chinese.out, "(必填)"), in_chinese.out);
  BOOST_TEST(!holds(in_chinese.out, "Who may"), in_chinese.out);
  const Ran in_english = kanhe_run({"application", "accept", "--help", "--lang", "en"});
  BOOST_TEST(holds(in_english.out, "Who may: window clerk"), in_english.out);
  BOOST_TEST(holds(kanhe_run({"--help", "--lang", "zh"}).out, "退出码：0 正常"));
  BOOST_TEST(holds(kanhe_run({"--help", "--lang", "en"}).out, "Exit codes: 0 good"));
}

BOOST_AUTO_TEST_CASE(the_language_is_the_locales_unless_it_is_named) {
  const auto spoken_by = [](const char* all, const char* messages, const char* lang) {
    const std::pair<const char*, const char*> settings[] = {{"LC_ALL", all}, {"LC_MESSAGES", messages}, {"LANG", lang}};
    for (const auto& [name, value] : settings) ::setenv(name, value, 1);
    return language_of_locale();
  };
  BOOST_TEST((spoken_by("", "", "zh_CN.UTF-8") == Language::zh));
  BOOST_TEST((spoken_by("", "en_US.UTF-8", "zh_CN.UTF-8") == Language::en));
  BOOST_TEST((spoken_by("C.UTF-8", "en_US.UTF-8", "zh_CN.UTF-8") == Language::both));
  BOOST_TEST((spoken_by("", "", "") == Language::both));
  ::setenv("LANG", "zh_CN.UTF-8", 1);
  const std::vector<std::string> writing{"tariff", "write", "-o", path("tariffs")};
  const Ran in_chinese = kanhe_run(writing);
  BOOST_TEST(in_chinese.code == 0, in_chinese.err);
  BOOST_TEST((holds(in_chinese.err, "下一步") && !holds(in_chinese.err, "next")), in_chinese.err);
  const Ran in_english = kanhe_run({"tariff", "write", "-o", path("others"), "--lang", "en"});
  BOOST_TEST((!holds(in_english.err, "下一步") && holds(in_english.err, "next")), in_english.err);
  BOOST_TEST(kanhe_run({"node", "status", "--lang", "fr"}).code == 2);
  spoken_by("C.UTF-8", "", "");
}

BOOST_AUTO_TEST_CASE(help_leads_with_examples) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"--help"}, {"officer", "--help"}, {"officer", "enrol", "--help"}, {"key", "new", "--help"}}) {
    const Ran ran = kanhe_run(words);
    BOOST_TEST(ran.code == 0);
    const std::size_t example = ran.out.find("Example");
    BOOST_REQUIRE_MESSAGE(example != std::string::npos, ran.out);
    BOOST_TEST(example < ran.out.find("Usage"));
  }
}

BOOST_AUTO_TEST_CASE(help_of_a_method_lists_each_field_with_its_label_and_limits) {
  const Ran ran = kanhe_run({"call", "property", "import_entry", "--help"});
  for (const std::string part : {"--unit", "不动产单元号", "property unit number", "1 to 28 bytes", "--holders.N.",
                                 "importer", "64 hexadecimal digits"}) {
    BOOST_TEST(holds(ran.out, part), part << " is missing in:\n" << ran.out);
  }
}

BOOST_AUTO_TEST_CASE(every_method_has_a_command_with_help) {
  for (const contracts::Module* module : contracts::modules()) {
    for (const contracts::Method& method : module->methods) {
      const Ran ran = kanhe_run({"call", std::string(module->name), std::string(method.name), "--help"});
      BOOST_TEST(ran.code == 0);
      BOOST_TEST(holds(ran.out, std::string(method.zh)), ran.out);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_field_with_the_name_of_a_global_option_is_written_in_full) {
  const Ran help = kanhe_run({"officer", "enrol", "--help"});
  BOOST_TEST(holds(help.out, "--arguments.key"), help.out);
  const std::string key = "02" + std::string(64, '5');
  const std::vector<std::string> common{"call",      "governance", "dismiss_officer",
                                        "--dry-run", "--genesis",  path("genesis.json")};
  std::vector<std::string> words = common;
  words.insert(words.end(), {"--arguments.key", key});
  BOOST_TEST(kanhe_run(words).code == 0);
  words = common;
  words.insert(words.end(), {"--key", key});  // a key file
  BOOST_TEST(holds(kanhe_run(words).err, "missing: --arguments.key"));
}

BOOST_AUTO_TEST_CASE(a_dry_run_needs_no_key_and_shows_what_would_be_signed) {
  const Ran ran = kanhe_run(accept({"--dry-run"}));
  BOOST_TEST(ran.code == 0);
  BOOST_TEST(holds(ran.out, "service accept"), ran.out);
  BOOST_TEST(holds(ran.out, id));
  BOOST_TEST(holds(ran.out, "尚未签名 · nobody yet"));
  const auto transaction = from_json<Transaction>(kanhe_run(accept({"--dry-run", "--json"})).out);
  BOOST_REQUIRE(transaction.has_value());
  BOOST_TEST(transaction->method.str() == "accept");
}

BOOST_AUTO_TEST_CASE(the_digest_of_a_call_is_of_its_arguments_alone) {
  const Ran ran = kanhe_run(accept({"--call-digest"}));
  BOOST_TEST(ran.code == 0);
  BOOST_TEST(kanhe_run(accept({"--call-digest"})).out == ran.out);  // whoever computes it, and whenever
  const auto transaction = from_json<Transaction>(kanhe_run(accept({"--dry-run", "--json"})).out);
  const Hash256 digest = contracts::governance::call_digest("service", "accept", transaction->arguments.view());
  BOOST_TEST(ran.out == digest.hex() + "\n");
  BOOST_TEST(holds(kanhe_run(accept({"--call-digest", "--json"})).out, digest.hex()));
}

BOOST_AUTO_TEST_CASE(what_is_signed_offline_is_good_and_shows_itself) {
  const Ran signing = kanhe_run(
      accept({"--plain-key", path("plain.key"), "--sign-only", "-o", path("signed.json"), "--valid-for", "10m"}));
  BOOST_REQUIRE_MESSAGE(signing.code == 0, signing.err);
  const auto transaction = from_json<Transaction>(read("signed.json"));
  BOOST_REQUIRE(transaction.has_value());
  BOOST_TEST(verify_signature(SignatureScheme::ecdsa_secp256k1, make_body(*transaction)));
  const Ran shown = kanhe_run({"transaction", "show", path("signed.json"), "--genesis", path("genesis.json")});
  BOOST_TEST(shown.code == 0);
  BOOST_TEST(holds(shown.out, "签名 · signature: 有效 · good"), shown.out);
  const Ran other = kanhe_run({"transaction", "show", path("signed.json"), "--genesis", path("other.json")});
  BOOST_TEST(other.code == 3);
  BOOST_TEST(holds(other.err, "another network"));
}

BOOST_AUTO_TEST_CASE(a_changed_transaction_file_is_not_authentic) {
  BOOST_REQUIRE(kanhe_run(accept({"--plain-key", path("plain.key"), "--sign-only", "-o", path("s.json")})).code == 0);
  std::string text = read("s.json");
  const std::size_t place = text.find("aaaaaaaa");
  BOOST_REQUIRE(place != std::string::npos);
  text[place] = 'b';
  write("s.json", text);
  const Ran ran = kanhe_run({"transaction", "show", path("s.json"), "--genesis", path("genesis.json")});
  BOOST_TEST(ran.code == 3);
  BOOST_TEST(holds(ran.err, "not the sender's"), ran.err);
}

BOOST_AUTO_TEST_CASE(who_has_no_key_prepares_and_who_has_one_signs) {
  BOOST_REQUIRE(kanhe_run(accept({"--unsigned", "-o", path("call.json")})).code == 0);
  const Ran early = kanhe_run(
      {"transaction", "submit", path("call.json"), "--genesis", path("genesis.json"), "--node", "https://127.0.0.1:1"});
  BOOST_TEST(early.code == 6);
  BOOST_TEST(holds(early.err, "transaction sign"), early.err);
  const std::vector<std::string> sign{"transaction",       "sign",      path("call.json"),    "-o",
                                      path("signed.json"), "--genesis", path("genesis.json"), "--plain-key",
                                      path("plain.key")};
  const Ran signing = kanhe_run(sign);
  BOOST_REQUIRE_MESSAGE(signing.code == 0, signing.err);
  BOOST_TEST(holds(signing.err, "service accept"), "who signs sees what: " << signing.err);
  const Transaction before = from_json<Transaction>(read("call.json")).value();
  Transaction after = from_json<Transaction>(read("signed.json")).value();
  BOOST_TEST(verify_signature(SignatureScheme::ecdsa_secp256k1, make_body(after)));
  after.sender = before.sender;
  after.signature = before.signature;
  BOOST_TEST((after == before));
}

BOOST_AUTO_TEST_CASE(arguments_as_json_are_the_same_call) {
  write("arguments.json", "{\"application\":\"" + id + "\"}");
  const Ran ran = kanhe_run({"application", "accept", "--arguments", path("arguments.json"), "--dry-run", "--json",
                             "--genesis", path("genesis.json")});
  BOOST_REQUIRE_MESSAGE(ran.code == 0, ran.err);
  const Transaction from_options = from_json<Transaction>(kanhe_run(accept({"--dry-run", "--json"})).out).value();
  BOOST_TEST((from_json<Transaction>(ran.out).value().arguments == from_options.arguments));
  write("arguments.json", "{\"application\":\"" + id + "\",\"x\":1}");
  const Ran wrong = kanhe_run(
      {"application", "accept", "--arguments", path("arguments.json"), "--dry-run", "--genesis", path("genesis.json")});
  BOOST_TEST(wrong.code == 6);
  BOOST_TEST(holds(wrong.err, "x"), wrong.err);
}

BOOST_AUTO_TEST_CASE(a_validity_beyond_the_window_is_refused_with_the_limit) {
  const Ran ran = kanhe_run(accept({"--dry-run", "--valid-for", "2d"}));
  BOOST_TEST(ran.code == 6);
  BOOST_TEST(holds(ran.err, "--valid-for: 2d, must be between 1ms and"), ran.err);
}

BOOST_AUTO_TEST_CASE(a_plain_key_is_for_practice_only) {
  Genesis genesis = support::a_genesis();
  genesis.demo = false;
  write("real.json", to_json(genesis));
  const Ran ran = kanhe_run({"application", "accept", id, "--genesis", path("real.json"), "--plain-key",
                             path("plain.key"), "--sign-only", "-o", path("s.json")});
  BOOST_TEST(ran.code == 4);
  BOOST_TEST(holds(ran.err, "key import"), ran.err);
  BOOST_TEST(!std::filesystem::exists(path("s.json")));
}

BOOST_AUTO_TEST_CASE(keys_are_made_imported_shown_and_changed) {
  write("pass", "correct horse battery\n", 0600);
  write("pass2", "another passphrase\n", 0600);
  const Ran import =
      kanhe_run({"key", "import", path("plain.key"), "-o", path("e.key"), "--passphrase-file", path("pass")});
  BOOST_REQUIRE_MESSAGE(import.code == 0, import.err);
  const std::string key = support::public_key(9).hex();
  BOOST_TEST(holds(import.out, key));
  BOOST_TEST(holds(import.err, "destroy"));
  BOOST_TEST(holds(kanhe_run({"key", "show", path("e.key"), "--json"}).out, "\"public_key\": \"" + key));
  const auto sign = [&](const std::string& pass) {
    return kanhe_run(
        accept({"--key", path("e.key"), "--passphrase-file", path(pass), "--sign-only", "-o", path("t.json")}));
  };
  BOOST_TEST(sign("pass").code == 0);
  const Ran change = kanhe_run({"key", "change-passphrase", path("e.key"), "--passphrase-file", path("pass"),
                                "--new-passphrase-file", path("pass2")});
  BOOST_REQUIRE_MESSAGE(change.code == 0, change.err);
  const Ran refused = sign("pass");
  BOOST_TEST(refused.code == 4);
  BOOST_TEST(holds(refused.err, "does not open"), refused.err);
  BOOST_TEST(sign("pass2").code == 0);
  const Ran again =
      kanhe_run({"key", "import", path("plain.key"), "-o", path("e.key"), "--passphrase-file", path("pass")});
  BOOST_TEST(again.code == 6);
}

BOOST_AUTO_TEST_CASE(settings_come_from_flag_then_environment_then_file) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(directory.path());
  write("kanhe.toml", "genesis = \"other.json\"\nnode = \"https://from-file:1\"\n");
  const auto chain = [&](std::vector<std::string> more) {
    std::vector<std::string> words{"application", "accept", id, "--dry-run", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    const Ran ran = kanhe_run(words);
    const auto transaction = from_json<Transaction>(ran.out);
    BOOST_REQUIRE_MESSAGE(transaction, ran.err);
    return transaction->chain_id;
  };
  const ChainId genesis = chain_id_of(from_json<Genesis>(read("genesis.json")).value());
  const ChainId other = chain_id_of(from_json<Genesis>(read("other.json")).value());
  BOOST_TEST((chain({}) == other));
  ::setenv("KANHE_GENESIS", path("genesis.json").c_str(), 1);
  BOOST_TEST((chain({}) == genesis));
  BOOST_TEST((chain({"--genesis", path("other.json")}) == other));
  ::unsetenv("KANHE_GENESIS");
  write("kanhe.toml", "passphrase = \"secret\"\n");
  const Ran secret = kanhe_run({"node", "status"});
  BOOST_TEST(secret.code == 2);
  BOOST_TEST(holds(secret.err, "no setting"), secret.err);
  write("kanhe.toml", "genesys = \"x\"\n");
  BOOST_TEST(holds(kanhe_run({"node", "status"}).err, "did you mean \"genesis\"?"));
  std::filesystem::current_path(before);
}

BOOST_AUTO_TEST_CASE(every_error_code_has_its_exit_code) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::corrupt); ++code) {
    BOOST_TEST(static_cast<int>(exit_code_of(static_cast<ErrorCode>(code))) != 0);
  }
  BOOST_TEST((exit_code_of(ErrorCode::bad_proof) == ExitCode::not_authentic));
  BOOST_TEST((exit_code_of(ErrorCode::unavailable) == ExitCode::could_not_check));
}

BOOST_AUTO_TEST_SUITE_END()
