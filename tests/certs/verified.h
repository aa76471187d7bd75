// Networks and bundles that the tests of the verifier share, and short ways to speak of a report.
//
// Thread: one. Lifetime: single() and good() live as long as the program.
#pragma once

#include "certs/verifier.h"
#include "tests/support/certificate_chain.h"

namespace kanhe::certs {

using contracts::certificate::SerialPrefix;
using support::CertificateChain;

inline constexpr std::uint64_t day_ms = 86'400'000;

// The names of the checks with this result, for example "V03 V05".
inline std::string checks_with(const Report& report, CheckResult result) {
  std::string names;
  for (const Check& check : report.checks) {
    if (check.result != result) continue;
    names += (names.empty() ? "" : " ") + check.id.str();
  }
  return names;
}
inline std::string failed(const Report& report) { return checks_with(report, CheckResult::fail); }
inline std::string_view verdict(const Report& report) { return enum_name(report.verdict); }

// Of a check: its Chinese and English sentence, for looking for words in.
inline std::string said(const Report& report, CheckName name) {
  const Check& check = check_of(report, name);
  return check.zh.str() + "\n" + check.en.str();
}
inline bool says(const Report& report, CheckName name, std::string_view words) {
  return said(report, name).find(words) != std::string::npos;
}

// A network in which one certificate was issued, alone.
struct Single : CertificateChain {
  explicit Single(Network network = Network::real) : CertificateChain(network) { issue(made); }
  Bundle now_bundle() const { return bundle(made); }
  const CertificateId certificate = id("2025000000001");
  const Document made = document(certificate);
};

inline const Single& single() {
  static const Single network;
  return network;
}
inline const Bundle& good() {
  static const Bundle bundle = single().now_bundle();
  return bundle;
}
inline Report verify_altered(const std::function<void(Bundle&)>& alter) {
  Bundle bundle = good();
  alter(bundle);
  return single().verify(bundle);
}

// Three documents in a batch; "2025A2" is the one that is looked at.
struct InBatch : CertificateChain {
  InBatch() {
    std::vector<Hash256> leaves;
    for (int i = 1; i <= 3; ++i) {
      documents.push_back(document(id("2025A" + std::to_string(i))));
      leaves.push_back(batch_leaf_hash(batch_leaf_of(documents.back())));
    }
    const BatchTree tree = BatchTree::from(leaves).value();
    must("ann", "certificate", "issue_batch", issue_batch_arguments_of(title(), prefix, tree));
    for (std::uint32_t i = 0; i < 3; ++i) places.push_back({prefix, i, tree.count(), tree.path(i)});
  }
  Bundle now_bundle(std::size_t i = 1) const { return bundle(documents[i], places[i]); }

  const SerialPrefix prefix = SerialPrefix::from("2025A").value();
  std::vector<Document> documents;
  std::vector<BatchPlace> places;
};

}  // namespace kanhe::certs
