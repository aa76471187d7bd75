#include "tests/fuzz/certs_decoders.h"

#include <algorithm>

#include "ledger/codec_impl.h"
#include "ledger/json.h"
#include "tests/certs/verified.h"
#include "tests/fuzz/samples.h"

namespace kanhe::fuzz {

using namespace certs;

namespace {

// One genesis, and two ledgers on it.
struct Known {
  const Single alone;
  const InBatch batch;
  const VerifyOptions options = [this] {
    VerifyOptions made = alone.options();
    made.age_max = std::nullopt;
    made.holder = CertificateChain::holder();
    made.files = {to_bytes(as_bytes("the printed certificate"))};
    return made;
  }();
  const std::vector<Bundle> unstamped{alone.now_bundle(), batch.now_bundle()};
  const std::vector<Bundle> stamped{alone.stamped(unstamped[0], "clara"), batch.stamped(unstamped[1], "ann")};

  bool holds(const Document& document) const {
    const auto is_same = [&document](const Document& known) {
      return known.id == document.id && content_root_of(known) == content_root_of(document);
    };
    return is_same(alone.made) || std::ranges::any_of(batch.documents, is_same);
  }
};

bool is_whole(const Report& report) {
  const CheckResult result = check_of(report, CheckName::stamp).result;
  return result == CheckResult::pass || result == CheckResult::warn;
}

const Known& known() {
  static const Known made;
  return made;
}

bool is_known(const Stamp& stamp) {
  return std::ranges::any_of(known().stamped, [&](const Bundle& one) { return *one.stamp == stamp; });
}

bool is_good(const Report& report) {
  return report.verdict == Verdict::VALID || report.verdict == Verdict::VALID_WITH_WARNINGS;
}

}  // namespace

bool accepts_bundle(ByteView json) {
  const Result<Bundle> bundle = read_bundle(as_text(json));
  if (!bundle) return false;
  const Bytes encoding = encode(*bundle);
  CHECK(decode<Bundle>(encoding).has_value());
  const Result<Bundle> again = read_bundle(write_bundle(*bundle));
  CHECK(again.has_value());
  CHECK(encode(*again) == encoding);
  const Report report = verify(*bundle, known().alone.genesis(), known().options);
  CHECK(!is_good(report) || known().holds(bundle->document));
  if (is_whole(report)) CHECK(is_known(*bundle->stamp));
  return true;
}

std::vector<Bytes> bundles() {
  std::vector<Bytes> seeds;
  const auto add = [&seeds](const Bundle& bundle) { seeds.push_back(to_bytes(as_bytes(to_json(bundle)))); };
  add(sample<Bundle>(Shape::least, 0));
  add(sample<Bundle>(Shape::full, 1));
  for (const auto& list : {known().unstamped, known().stamped}) {
    for (const Bundle& good : list) {
      CHECK(is_good(verify(good, known().alone.genesis(), known().options)));
      add(good);
    }
  }
  return seeds;
}

}  // namespace kanhe::fuzz
