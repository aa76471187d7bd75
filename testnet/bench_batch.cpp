// bench_batch: how many certificates a second one thread makes of rows, as `kanhe cert issue-batch --result` does: rows
// read, salted, committed to, the root of all, and the result file, durable. The transaction that anchors the root is
// not there.
//
// The rows have eight fields of some 200 bytes in all; each gets a fresh salt of 16 bytes, and so does the holder. They
// are made before the clock runs. Reading and salting are measured alone, the tree and the file where they happen;
// the last part is what remains. DIR needs some 700 bytes a certificate for a while.
//
//   bench_batch DIR [certificates] [rounds]
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "certs/batch_writer.h"
#include "contracts/identifiers.h"

namespace kanhe::testnet {
namespace {

using namespace certs;
namespace certificate = contracts::certificate;

constexpr std::string_view type_code = "11100000MB03271699022";
constexpr std::string_view issuer = "11100000MB03271699";
constexpr std::string_view prefix = "2025A";

struct Spent {
  double wall_s = 0;
  double processor_s = 0;
};

double seconds_of(clockid_t clock) {
  timespec time{};
  CHECK(clock_gettime(clock, &time) == 0);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

class Watch {
 public:
  Spent spent() const {
    return {seconds_of(CLOCK_MONOTONIC) - wall_, seconds_of(CLOCK_PROCESS_CPUTIME_ID) - processor_};
  }

 private:
  const double wall_ = seconds_of(CLOCK_MONOTONIC);
  const double processor_ = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
};

std::string row_of(std::size_t number) {
  std::string digits = std::to_string(number);
  digits.insert(0, 7 - std::min<std::size_t>(7, digits.size()), '0');
  const CertificateId id = contracts::make_certificate_id(
      {std::string(type_code), std::string(issuer), std::string(prefix) + digits, 1});
  const std::pair<std::string_view, std::string> fields[] = {
      {"certificate.name", "不动产权证书"},
      {"certificate.number", "粤(2025)深圳市不动产权第" + digits + "号"},
      {"holder.name", "持证人 " + digits},
      {"unit.area", "89.50"},
      {"unit.number", "440304003008GB" + digits.substr(digits.size() - 5) + "F00010001"},
      {"unit.place", "深圳市福田区第 " + std::to_string(number % 997) + " 号"},
      {"unit.right", "国有建设用地使用权/房屋所有权"},
      {"unit.usage", "住宅"}};
  std::string row = R"({"document": {"id": ")" + id.str() + R"(", "holder": {"kind": "network_number", "number": "N)" +
                    digits + R"("}, "fields": [)";
  std::string_view comma;
  for (const auto& [path, text] : fields) {
    row.append(comma).append(R"({"path": ")").append(path);
    row.append(R"(", "value": {"type": "text", "value": ")").append(text).append(R"("}})");
    comma = ", ";
  }
  return row + R"(], "files": []}})" + "\n";
}

std::string rows_of(std::size_t count) {
  std::string rows;
  for (std::size_t i = 0; i < count; ++i) rows += row_of(i);
  return rows;
}

// Calls with each line.
template <class Function>
void each_line(std::string_view rows, const Function& function) {
  while (!rows.empty()) {
    const std::size_t end = rows.find('\n');
    function(rows.substr(0, end));
    rows.remove_prefix(end + 1);
  }
}

// A document with the fields of the row, as the first one of a batch is added.
Document document_of(const BatchRow& row, SaltStock& salts) {
  DocumentContent content;
  content.id = CertificateId::from(row.id).value();
  content.holder = {row.kind, IdentityNumber::from(row.number).value()};
  for (const BatchRowField& field : row.fields) {
    content.fields.push_back({FieldPath::from(field.path).value(),
                              TextValue{PlainText<field_text_bytes_max>::from(field.text).value()}});
  }
  return make_document(content, [&](std::span<Byte> target) { salts.fill(target); }).value();
}

struct Made {
  Spent spent;
  Spent in_sink;
  Spent in_tree;
  std::size_t bytes = 0;
  LogRoot root;
};

Made make(std::string_view rows, const std::string& path) {
  Made made;
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  CHECK(file >= 0);
  const Watch watch;
  const auto add_to = [](Spent& sum, const Spent& more) {
    sum.wall_s += more.wall_s;
    sum.processor_s += more.processor_s;
  };
  BatchWriter writer(ChainId(), certificate::TypeCode::from(type_code).value(),
                     certificate::SerialPrefix::from(prefix).value(), [&](ByteView piece) {
                       const Watch writing;
                       CHECK(::write(file, piece.data(), piece.size()) == static_cast<ssize_t>(piece.size()));
                       made.bytes += piece.size();
                       add_to(made.in_sink, writing.spent());
                     });
  BatchRow row;
  std::size_t number = 0;
  std::string source;
  each_line(rows, [&](std::string_view line) {
    source.assign("rows.jsonl:").append(std::to_string(++number));
    CHECK(read_batch_row(line, row));
    if (!writer.add_row(source, row).value()) CHECK(writer.add(source, document_of(row, writer.salts())).has_value());
  });
  const Spent before_sink = made.in_sink;
  const Watch finishing;
  made.root = writer.finish().value().root();
  made.in_tree = finishing.spent();
  made.in_tree.processor_s -= made.in_sink.processor_s - before_sink.processor_s;
  made.in_tree.wall_s -= made.in_sink.wall_s - before_sink.wall_s;
  const Watch syncing;
  CHECK(::fsync(file) == 0);
  add_to(made.in_sink, syncing.spent());
  made.spent = watch.spent();
  CHECK(::close(file) == 0);
  return made;
}

Spent read_only(std::string_view rows) {
  const Watch watch;
  BatchRow row;
  std::size_t fields = 0;
  each_line(rows, [&](std::string_view line) {
    CHECK(read_batch_row(line, row));
    fields += row.fields.size();
  });
  CHECK(fields > 0);
  return watch.spent();
}

Spent salts_only(std::size_t salts) {
  const Watch watch;
  SaltStock stock(fill_from_system);
  FieldSalt salt;
  for (std::size_t i = 0; i < salts; ++i) stock.fill(salt.array());
  return watch.spent();
}

void print_part(const char* name, double part, double whole, std::size_t count) {
  std::printf("  %-34s %6.0f ns each  %5.1f %%\n", name, part * 1e9 / static_cast<double>(count), part * 100 / whole);
}

void run(const std::string& path, std::size_t count, std::size_t rounds) {
  const std::string rows = rows_of(count);
  std::printf("%zu rows, %.1f MB of JSON lines\n", count, static_cast<double>(rows.size()) / 1e6);
  for (std::size_t round = 0; round < rounds; ++round) {
    const Made made = make(rows, path);
    const double whole = made.spent.processor_s;
    const double number = static_cast<double>(count);
    std::printf("%.0f certificates/s of processor time, %.0f/s of wall time; file %.1f MB, root %s\n", number / whole,
                number / made.spent.wall_s, static_cast<double>(made.bytes) / 1e6, made.root.hex().c_str());
    const double reading = read_only(rows).processor_s;
    const double salting = salts_only(9 * count).processor_s;
    print_part("rows read", reading, whole, count);
    print_part("salts", salting, whole, count);
    print_part("tree, tables", made.in_tree.processor_s, whole, count);
    print_part("file written, synced", made.in_sink.processor_s, whole, count);
    print_part("commitments, entries, index",
               whole - reading - salting - made.in_tree.processor_s - made.in_sink.processor_s, whole, count);
  }
  CHECK(::unlink(path.c_str()) == 0);
}

}  // namespace
}  // namespace kanhe::testnet

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: bench_batch DIR [certificates] [rounds]\n");
    return 2;
  }
  const std::size_t count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
  const std::size_t rounds = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 3;
  if (count == 0 || count > kanhe::certs::batch_count_max) {
    std::fprintf(stderr, "bench_batch: 1 to %zu certificates\n", kanhe::certs::batch_count_max);
    return 2;
  }
  kanhe::testnet::run(std::string(argv[1]) + "/bench_batch.file", count, rounds);
  return 0;
}
