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

  bool holds(const Document& document) const {
    const auto is_same = [&document](const Document& known) {
      return known.id == document.id && content_root_of(known) == content_root_of(document);
    };
    return is_same(alone.made) || std::ranges::any_of(batch.documents, is_same);
  }
};

const Known& known() {
  static const Known made;
  return made;
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
  return true;
}

std::vector<Bytes> bundles() {
  std::vector<Bytes> seeds;
  const auto add = [&seeds](const Bundle& bundle) { seeds.push_back(to_bytes(as_bytes(to_json(bundle)))); };
  add(sample<Bundle>(Shape::least, 0));
  add(sample<Bundle>(Shape::full, 1));
  for (const Bundle& good : {known().alone.now_bundle(), known().batch.now_bundle()}) {
    CHECK(is_good(verify(good, known().alone.genesis(), known().options)));
    add(good);
  }
  return seeds;
}

}  // namespace kanhe::fuzz
