// kanhe key: the keys that officers and parties sign with, and party ids.
#include <openssl/crypto.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/key_file.h"
#include "cli/output.h"
#include "cli/pepper.h"

namespace kanhe::cli {

// What `key show` and its likes answer.
struct KeyAnswer {
  PlainText<4096> path;
  SignatureScheme scheme = SignatureScheme::ecdsa_secp256k1;
  PublicKey public_key;
};
BOOST_DESCRIBE_STRUCT(KeyAnswer, (), (path, scheme, public_key))

struct PartyAnswer {
  PartyId party;
};
BOOST_DESCRIBE_STRUCT(PartyAnswer, (), (party))

namespace {

constexpr SignatureScheme scheme_default = SignatureScheme::ecdsa_secp256k1;

struct KeyOptions {
  std::string path;
  std::string output;
  std::string pepper;
  std::uint16_t pepper_version = 1;
  std::string kind;
  std::string new_passphrase_file;
};

PassphraseSource source_of(const Globals& globals) { return {globals.passphrase_file, globals.passphrase_fd}; }

void show_key(const Globals& globals, const std::string& path, const KeyFile& file) {
  KeyAnswer answer{{}, file.scheme, file.public_key};
  if (auto text = decltype(answer.path)::from(path)) answer.path = *text;
  show_result(globals, answer,
              sentence(globals, "公钥", "public key") + ": " + file.public_key.hex() + "\n" +
                  sentence(globals, "签名算法", "scheme") + ": " + std::string(enum_name(file.scheme)));
}

void save(const Globals& globals, const std::string& path, const SecretKey& key) {
  const Passphrase passphrase = or_fail(read_passphrase(
      source_of(globals), sentence(globals, "新口令", "New passphrase of") + " " + path, Confirmation::twice));
  const KeyFile file = or_fail(seal_key(scheme_default, key, passphrase, ScryptCost{}));
  or_fail(write_key_file(path, file));
  say(globals, sentence(globals, "已写入", "written") + ": " + path + " (" +
                   sentence(globals, "已加密，权限 0600", "encrypted, mode 0600") + ")");
  show_key(globals, path, file);
  say(globals, sentence(globals, "下一步：请管理员登记该公钥", "next: have the administrator register it") +
                   ": kanhe officer enrol " + file.public_key.hex() + " --person PARTY --roles ROLE");
}

void change_passphrase(const Globals& globals, const KeyOptions& options) {
  const KeyFile file = or_fail(read_key_file(options.path));
  const Passphrase before = or_fail(read_passphrase(
      source_of(globals), sentence(globals, "口令", "Passphrase of") + " " + options.path, Confirmation::once));
  const SecretKey key = or_fail(open_key(file, before));
  const PassphraseSource fresh{options.new_passphrase_file, globals.passphrase_fd};
  const Passphrase after =
      or_fail(read_passphrase(fresh, sentence(globals, "新口令", "New passphrase"), Confirmation::twice));
  or_fail(replace_key_file(options.path, or_fail(seal_key(file.scheme, key, after, ScryptCost{}))));
  say(globals, sentence(globals, "口令已更换。旧文件的副本仍可用旧口令打开，请销毁",
                        "changed. Copies of the old file still open with the old passphrase: destroy them"));
  show_key(globals, options.path, file);
}

// The identity number comes from stdin: on the command line others could read it, and the shell would remember it.
void show_party(const Globals& globals, const KeyOptions& options) {
  const certs::Pepper pepper = or_fail(read_pepper(options.pepper, options.pepper_version));
  const certs::IdentityKind kind = or_fail(read_identity_kind(options.kind));
  say(globals, sentence(globals, "请输入证件号码", "identity number (from stdin)") + ":");
  std::string number;
  std::getline(std::cin, number);
  const certs::Identity identity = or_fail(certs::make_identity(kind, number));
  const PartyAnswer answer{certs::party_id_of(pepper, identity)};
  OPENSSL_cleanse(number.data(), number.size());
  show_result(globals, answer, answer.party.hex());
}

}  // namespace

void add_key_commands(CLI::App& app, Globals& globals) {
  CLI::App* const noun = app.add_subcommand("key", "密钥 · keys to sign with, and party ids");
  noun->require_subcommand(1);
  noun->footer(
      "Examples:\n  kanhe key new officer.key\n  kanhe key show officer.key\n"
      "  kanhe key import officers/registry-administrator.key -o administrator.key\n");
  const auto options = std::make_shared<KeyOptions>();

  CLI::App* const fresh = noun->add_subcommand("new", "生成密钥 · make a new key, encrypted with a passphrase");
  fresh->add_option("FILE", options->path, "file to write; it must not exist")->required();
  fresh->footer("Example:\n  kanhe key new officer.key\n");
  fresh->callback([&globals, options] { save(globals, options->path, or_fail(SecretKey::generate())); });

  CLI::App* const show = noun->add_subcommand("show", "查看公钥 · the public key of a key file; asks no passphrase");
  show->add_option("FILE", options->path, "key file")->required();
  show->footer("Example:\n  kanhe key show officer.key\n");
  show->callback([&globals, options] { show_key(globals, options->path, or_fail(read_key_file(options->path))); });

  CLI::App* const import = noun->add_subcommand("import", "加密明文密钥 · encrypt a key that stands in the clear");
  import->add_option("PLAIN", options->path, "file with one line of 64 hexadecimal digits")->required();
  import->add_option("-o,--output", options->output, "key file to write; it must not exist")->required();
  import->footer("Example:\n  kanhe key import officers/registry-administrator.key -o administrator.key\n");
  import->callback([&globals, options] {
    save(globals, options->output, or_fail(read_plain_key(options->path)));
  warn(globals, options->path + ": " +
                    sentence(globals, "其中的私钥仍是明文，请销毁", "still holds the key in the clear: destroy it"));
});

CLI::App* const change = noun->add_subcommand("change-passphrase", "更换口令 · encrypt the same key anew");
change->add_option("FILE", options->path, "key file")->required();
change->add_option("--new-passphrase-file", options->new_passphrase_file, "file with the new one, mode 0600");
change->footer("Example:\n  kanhe key change-passphrase officer.key\n");
change->callback([&globals, options] { change_passphrase(globals, *options); });

CLI::App* const party = noun->add_subcommand("party", "当事人标识 · the party id of an identity number (from stdin)");
party->add_option("--pepper", options->pepper, "file with the departments' pepper in hexadecimal, mode 0600")
    ->required();
party->add_option("--pepper-version", options->pepper_version, "which pepper it is")->capture_default_str();
party->add_option("--kind", options->kind, "resident_id | social_credit_code | passport | network_number | other")
    ->required();
party->footer("Example:\n  kanhe key party --pepper pepper.key --kind resident_id < number.txt\n");
party->callback([&globals, options] { show_party(globals, *options); });
}  // namespace kanhe::cli

}  // namespace kanhe::cli
