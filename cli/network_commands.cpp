// kanhe network: what the network is, and the newest block, each proved before it is shown.
#include <CLI/CLI.hpp>

#include "cli/client.h"
#include "cli/local_file.h"
#include "cli/output.h"
#include "cli/text_table.h"

namespace kanhe::cli {
namespace {

// "registry, tax, housing (3 of 4, 3 needed)".
std::string signers_text(const Globals& globals, const EpochConfig& config, const CommitSeal& seal) {
  std::string text;
  for (const SealSignature& signature : seal.signatures) {
    text += (text.empty() ? "" : ", ") + config.validators[signature.signer.value()].department.str();
  }
  const std::string count = std::to_string(seal.signatures.size());
  const std::string all = std::to_string(config.n());
  const std::string needed = std::to_string(config.q());
  return text + " (" + sentence(globals, all + " 个部门中 " + count + " 个，至少 " + needed + " 个",
                                count + " of " + all + ", " + needed + " needed") + ")";
}

std::string head_text(const Globals& globals, const Client& client, const certs::HeadAnswer& head) {
  const Header& header = head.newest.header;
  const CommitSeal& seal = head.newest.seal;
  const EpochConfig* const config = client.trust().epoch(seal.checkpoint.epoch);
  CHECK(config != nullptr);  // the seal was checked with it
  NamedValues values;
  values.add(sentence(globals, "高度", "height"), to_string(header.height));
  values.add(sentence(globals, "时间", "time"), time_text(header.timestamp_ms));
  values.add(sentence(globals, "区块头", "header"), hash_of(header).hex());
  values.add(sentence(globals, "状态根", "state root"), header.state_root.hex());
  values.add(sentence(globals, "纪元", "epoch"), to_string(header.epoch));
  values.add(sentence(globals, "签名部门", "signed by"), signers_text(globals, *config, seal));
  return sentence(globals, "最新区块，已核验", "newest block, proved") + "\n" + values.text();
}

std::string genesis_text(const Globals& globals, const Genesis& genesis) {
  NamedValues values;
  values.add(sentence(globals, "链标识", "chain id"), chain_id_of(genesis).hex());
  values.add(sentence(globals, "创立", "founded"), time_text(genesis.created_ms));
  std::string text = sentence(globals, "网络", "network") + " " + genesis.name.str() + "\n" + values.text();
  if (genesis.demo) {
    text += "  ! " + sentence(globals, "演示网络：证照无效", "for practice: its certificates are not real") + "\n";
  }
  TextTable departments({Align::left, Align::left, Align::left});
  for (const GenesisDepartment& department : genesis.departments) {
    const bool votes = std::ranges::any_of(
        genesis.validators, [&](const Validator& validator) { return validator.department == department.id; });
    departments.add({department.id.str(), sentence(globals, department.name_zh.view(), department.name_en.view()),
                     votes ? "(" + sentence(globals, "共识节点", "validator") + ")" : ""});
  }
  return text + sentence(globals, "创始部门", "departments at the founding") + "\n" + departments.text();
}

void show_head(Globals& globals) {
  Client client = client_of(globals);
  const certs::HeadAnswer head = or_fail(client.head());
  show_result(globals, head, head_text(globals, client, head));
  warn_if_old(globals, client.genesis(), head.newest.header);
}

void show_network(Globals& globals) {
  Client client = client_of(globals);
  const certs::HeadAnswer head = or_fail(client.head());
  show_result(globals, head, genesis_text(globals, client.genesis()) + head_text(globals, client, head));
  warn_if_old(globals, client.genesis(), head.newest.header);
}

// Every change of members and parameters since the genesis, each proved by the seal of its epoch's last block.
void save_epochs(Globals& globals, const std::string& path) {
  Client client = client_of(globals);
  const certs::HeadAnswer head = or_fail(client.head());
  const std::string text = to_json(head.epochs, JsonLayout::indented) + "\n";
  if (path == "-") {
    *globals.out << text << std::flush;
  } else {
    or_fail(replace_local_file(path, text, FileMode::shared));
  }
  const EpochConfig& newest = *client.trust().epoch(client.trust().newest_epoch());
  say(globals, sentence(globals, "已核验的最新纪元", "newest epoch, proved") + ": " + to_string(newest.epoch) + ", " +
                   sentence(globals, std::to_string(newest.n()) + " 个共识节点",
                            std::to_string(newest.n()) + " validators"));
  if (head.epochs.empty()) return;
  const Header& last = head.epochs.back().last.header;
  say(globals, sentence(globals, "起于区块", "it began after height") + " " + to_string(last.height) + ", " +
                   sentence(globals, "区块头", "header") + " " + hash_of(last).hex());
  say(globals, sentence(globals, "新节点将据此信任；请与其他部门的结果核对区块头",
                        "a new node will trust this: compare the header with what another department's node says"));
}

// The note as it is, for tools that speak C2SP; it is no JSON.
void show_checkpoint(Globals& globals) {
  Client client = client_of(globals);
  const std::string note = or_fail(client.checkpoint_text());
  *globals.out << note << std::flush;
  say(globals, sentence(globals, "签名已核验", "the signatures are a quorum's"));
}

}  // namespace

void add_network_commands(CLI::App& app, Globals& globals) {
  CLI::App* const noun = app.add_subcommand("network", "网络 · the network and its newest block");
  noun->require_subcommand(1);
  noun->footer(
      "Examples:\n  kanhe network show --node https://127.0.0.1:8001 --genesis genesis.json\n"
      "  kanhe network head --json\n");
  CLI::App* const show = noun->add_subcommand("show", "网络概况 · who takes part, and the newest block, proved");
  show->callback([&globals] { show_network(globals); });
  CLI::App* const head = noun->add_subcommand("head", "最新区块 · the newest block, proved");
  head->callback([&globals] { show_head(globals); });
  const auto output = std::make_shared<std::string>("-");
  CLI::App* const epochs = noun->add_subcommand(
      "epochs", "纪元变更链 · all changes of members and parameters since the genesis, proved: for a node that joins");
  epochs->add_option("-o,--output", *output, "file to write; - is stdout")->capture_default_str();
  epochs->footer("Example:\n  kanhe network epochs -o epochs.json\n");
  epochs->callback([&globals, output] { save_epochs(globals, *output); });
  CLI::App* const checkpoint = noun->add_subcommand(
      "checkpoint", "检查点 · the newest checkpoint as a C2SP signed note, its signatures checked");
  checkpoint->callback([&globals] { show_checkpoint(globals); });
}

}  // namespace kanhe::cli
