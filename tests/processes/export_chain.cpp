// export_chain DIR OUT: writes the chain of a node that is not running as a chain file (ledger/chain_file.h), so that
// the independent verifier can check what real processes have made. DIR is the node's directory in a network of
// make_network: it holds data/, and genesis.json stands beside it.
#include <fstream>
#include <iostream>

#include "ledger/chain_file.h"
#include "ledger/files.h"
#include "ledger/json.h"
#include "node/private_file.h"

namespace kanhe {
namespace {

Result<void> export_chain(const std::string& directory, const std::string& path) {
  const std::string text = TRY(node::read_small_file(directory + "/../genesis.json", node::FileAccess::open));
  const auto genesis = TRY(from_json<Genesis>(text));
  StoreOptions options;
  options.path = directory + "/data/store";
  const auto store = TRY(Store::open(system_files(), options, chain_id_of(genesis)));
  std::ofstream out(path, std::ios::binary);
  TRY(write_chain(*store, out));
  out.close();
  if (!out) return fail(ErrorCode::io, path, ": cannot be written");
  return {};
}

}  // namespace
}  // namespace kanhe

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: export_chain DIR OUT\n";
    return 2;
  }
  const auto done = kanhe::export_chain(argv[1], argv[2]);
  if (done) return 0;
  std::cerr << "export_chain: " << done.error().text << "\n";
  return 1;
}
