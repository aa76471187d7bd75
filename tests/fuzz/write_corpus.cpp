// Writes the golden seeds as files: `write_corpus tests/fuzz/corpus`. Run it after a reader was added or a format
// changed. Files of other names stay: they are inputs that once broke something.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/fuzz/decoders.h"

int main(int count, char** arguments) {
  if (count != 2 || arguments[1][0] == '-') {
    std::cerr << "usage: write_corpus FOLDER\n";
    return 2;
  }
  const std::filesystem::path folder(arguments[1]);
  std::filesystem::create_directories(folder);
  const auto decoders = kanhe::fuzz::decoders();
  for (std::size_t index = 0; index < decoders.size(); ++index) {
    std::size_t number = 0;
    for (const kanhe::Bytes& seed : decoders[index].seeds()) {
      std::ofstream file(folder / (std::string(decoders[index].name) + "-" + std::to_string(number++)),
                         std::ios::binary);
      file << static_cast<char>(index) << kanhe::as_text(seed);
      if (!file.flush()) {
        std::cerr << "cannot write to " << folder << "\n";
        return 1;
      }
    }
  }
}
