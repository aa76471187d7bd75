// The canonical codec, on every record of ledger/, against what a liar may send. A second encoder (encoding_layout.h)
// says where to lie.
#include "ledger/codec.h"

#include <malloc.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <new>
#include <random>

#include "tests/ledger/encoding_layout.h"
#include "tests/support/builders.h"

namespace {

// Bytes of this thread's live allocations, and the most there were since the last reset.
thread_local std::size_t live_bytes = 0;
thread_local std::size_t peak_bytes = 0;

void* counted_allocation(std::size_t size) {
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  live_bytes += malloc_usable_size(memory);
  peak_bytes = std::max(peak_bytes, live_bytes);
  return memory;
}

void counted_release(void* memory) {
  const std::size_t size = memory == nullptr ? 0 : malloc_usable_size(memory);
  live_bytes -= std::min(live_bytes, size);
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) { return counted_allocation(size); }
void* operator new[](std::size_t size) { return counted_allocation(size); }
void operator delete(void* memory) noexcept { counted_release(memory); }
void operator delete[](void* memory) noexcept { counted_release(memory); }
void operator delete(void* memory, std::size_t) noexcept { counted_release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { counted_release(memory); }

namespace {

using namespace kanhe;
using namespace kanhe::support;

// Calls check(layout, refused) for every record; refused(bytes) says whether the record's decoder refuses them.
template <class Check>
void for_each_layout(Check check) {
  for_each_record([&]<class T>(std::string_view name, const T& value) {
    BOOST_TEST_CONTEXT(name) {
      check(EncodingLayout(value), [](ByteView bytes) { return !decode<T>(bytes).has_value(); });
    }
  });
}

Bytes with_integer(Bytes bytes, const Mark& mark, std::uint64_t value) {
  for (std::size_t i = 0; i < mark.width; ++i) bytes[mark.begin + i] = static_cast<Byte>(value >> (8 * i));
  return bytes;
}

// Calls check(mark, altered(value)) for the marks of one kind.
template <class Check>
std::size_t for_each_mark(const EncodingLayout& layout, Mark::What what, Check check) {
  std::size_t count = 0;
  for (const Mark& mark : layout.marks()) {
    if (mark.what != what) continue;
    ++count;
    BOOST_TEST_CONTEXT("byte " << mark.begin) {
      check(mark, [&](std::uint64_t value) { return with_integer(layout.bytes(), mark, value); });
    }
  }
  return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(codec_tests)

BOOST_AUTO_TEST_CASE(an_independent_encoder_agrees) {
  for_each_record([](std::string_view name, const auto& value) {
    BOOST_TEST(to_hex(encode(value)) == to_hex(EncodingLayout(value).bytes()), name);
  });
}

BOOST_AUTO_TEST_CASE(what_is_decoded_encodes_to_the_same_bytes) {
  for_each_record([]<class T>(std::string_view name, const T& value) {
    const Bytes bytes = encode(value);
    const Result<T> decoded = decode<T>(bytes);
    BOOST_REQUIRE_MESSAGE(decoded.has_value(), name);
    BOOST_TEST(encode(*decoded) == bytes, name);
  });
}

BOOST_AUTO_TEST_CASE(truncation_at_every_byte_is_refused) {
  for_each_layout([](const EncodingLayout& layout, auto refused) {
    for (std::size_t size = 0; size < layout.bytes().size(); ++size) {
      BOOST_TEST(refused(ByteView(layout.bytes()).first(size)), "at byte " << size);
    }
  });
}

BOOST_AUTO_TEST_CASE(trailing_bytes_are_refused) {
  for_each_layout([](const EncodingLayout& layout, auto refused) {
    for (std::size_t count : {1, 2, 4, 64}) {
      for (const Byte filler : {0x00, 0x01, 0xff}) {
        Bytes bytes = layout.bytes();
        bytes.resize(bytes.size() + count, filler);
        BOOST_TEST(refused(bytes), count << " bytes of " << int{filler});
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(counts_beyond_the_limit_or_the_rest_are_refused) {
  std::size_t counts = 0;
  for_each_layout([&](const EncodingLayout& layout, auto refused) {
    counts += for_each_mark(layout, Mark::What::count, [&](const Mark& mark, auto altered) {
      const std::size_t remaining = layout.bytes().size() - mark.begin - mark.width;
      for (const std::uint64_t count :
           {std::uint64_t{remaining} + 1, mark.max + 1, std::uint64_t{0x7fffffff}, std::uint64_t{0xffffffff}}) {
        BOOST_TEST(refused(altered(count)), "count " << count);
      }
      Bytes roomy = altered(mark.max + 1);
      roomy.resize(roomy.size() + 200'000);
      BOOST_TEST(refused(roomy), "one more than the limit, with room");
    });
  });
  BOOST_TEST(counts > 50u);
}

BOOST_AUTO_TEST_CASE(numbers_outside_their_limits_are_refused) {
  for_each_layout([](const EncodingLayout& layout, auto refused) {
    for_each_mark(layout, Mark::What::number, [&](const Mark& mark, auto altered) {
      if (mark.min > 0) BOOST_TEST(refused(altered(mark.min - 1)));
      const std::uint64_t most = ~std::uint64_t{0} >> (64 - 8 * mark.width);
      if (mark.max == most) return;
      BOOST_TEST(refused(altered(mark.max + 1)));
      BOOST_TEST(refused(altered(most)));
    });
  });
}

BOOST_AUTO_TEST_CASE(flags_other_than_0_and_1_are_refused) {
  for_each_layout([](const EncodingLayout& layout, auto refused) {
    for_each_mark(layout, Mark::What::flag, [&](const Mark&, auto altered) {
      for (std::uint64_t flag = 2; flag < 256; ++flag) BOOST_TEST(refused(altered(flag)), "flag " << flag);
    });
  });
}

BOOST_AUTO_TEST_CASE(unknown_enumerators_and_variants_are_refused) {
  for (const Mark::What what : {Mark::What::enumeration, Mark::What::variant}) {
    std::size_t seen = 0;
    for_each_layout([&](const EncodingLayout& layout, auto refused) {
      seen += for_each_mark(layout, what, [&](const Mark& mark, auto altered) {
        for (std::uint64_t value = 0; value < 256; ++value) {
          if (std::ranges::find(mark.known, value) != mark.known.end()) continue;
          BOOST_TEST(refused(altered(value)), "value " << value);
        }
      });
    });
    BOOST_TEST(seen > 0u);
  }
}

BOOST_AUTO_TEST_CASE(another_format_version_is_unsupported) {
  for_each_record([]<class T>(std::string_view name, const T& value) {
    const EncodingLayout layout(value);
    for_each_mark(layout, Mark::What::version, [&](const Mark&, auto altered) {
      for (const std::uint64_t version : {0, 2, 256, 65535}) {
        const Result<T> decoded = decode<T>(altered(version));
        BOOST_REQUIRE_MESSAGE(!decoded, name << ", version " << version);
        BOOST_TEST(error_name(decoded.error().code) == "unsupported", name);
      }
    });
  });
}

BOOST_AUTO_TEST_CASE(control_characters_and_broken_utf8_in_texts_are_refused) {
  for_each_layout([](const EncodingLayout& layout, auto refused) {
    for_each_mark(layout, Mark::What::text_byte, [&](const Mark&, auto altered) {
      for (const std::uint64_t byte : {0x00, 0x0a, 0x1f, 0x7f, 0x80, 0xc0, 0xff}) {
        BOOST_TEST(refused(altered(byte)), "byte " << byte);
      }
    });
  });
}

BOOST_AUTO_TEST_CASE(sorted_lists_out_of_order_or_with_duplicates_are_refused) {
  std::size_t pairs = 0;
  for_each_layout([&](const EncodingLayout& layout, auto refused) {
    const ByteView bytes = layout.bytes();
    for (const SortedBounds& bounds : layout.sorted_lists()) {
      for (std::size_t i = 0; i + 2 < bounds.size(); ++i) {
        const ByteView first = bytes.subspan(bounds[i], bounds[i + 1] - bounds[i]);
        const ByteView second = bytes.subspan(bounds[i + 1], bounds[i + 2] - bounds[i + 1]);
        for (const auto& [a, b] : {std::pair(second, first), std::pair(first, first), std::pair(second, second)}) {
          Bytes altered = to_bytes(bytes.first(bounds[i]));
          append(altered, a);
          append(altered, b);
          append(altered, bytes.subspan(bounds[i + 2]));
          BOOST_TEST(refused(altered), "elements " << i << " and " << i + 1);
        }
        ++pairs;
      }
    }
  });
  BOOST_TEST(pairs > 10u);
}

BOOST_AUTO_TEST_CASE(mutations_are_refused_or_are_another_value) {
  constexpr int mutations_per_record = 3'000;
  std::mt19937 random(20);
  for_each_record([&]<class T>(std::string_view name, const T& value) {
    const Bytes original = encode(value);
    std::size_t accepted = 0;
    for (int round = 0; round < mutations_per_record; ++round) {
      Bytes bytes = original;
      for (auto changes = 1 + random() % 3; changes > 0; --changes) {
        const std::size_t place = random() % bytes.size();
        switch (random() % 4) {
          case 0: bytes[place] = static_cast<Byte>(random()); break;
          case 1: bytes[place] ^= static_cast<Byte>(1u << random() % 8); break;
          case 2: bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(place)); break;
          default: bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(place), static_cast<Byte>(random() % 3));
        }
        if (bytes.empty()) bytes.push_back(0);
      }
      const Result<T> decoded = decode<T>(bytes);
      if (!decoded) continue;
      ++accepted;
      BOOST_REQUIRE_MESSAGE(encode(*decoded) == bytes, name << ": " << to_hex(bytes));
    }
    // A record with bytes that may be anything must have let some mutations through, or nothing was tested.
    if (std::string_view(name) == "header") BOOST_TEST(accepted > 0u);
  });
}

BOOST_AUTO_TEST_CASE(a_hostile_count_costs_memory_in_proportion_to_the_input) {
  constexpr std::size_t factor_max = 16;
  constexpr std::size_t overhead_max = 4'096;
  for (const std::size_t room : {0u, 1'000u, 100'000u}) {
    for_each_layout([&](const EncodingLayout& layout, auto refused) {
      for_each_mark(layout, Mark::What::count, [&](const Mark& mark, auto altered) {
        for (std::uint64_t count : {mark.max, room / 8, room, std::uint64_t{0xffffffff}}) {
          Bytes bytes = altered(count);
          bytes.resize(bytes.size() + room);
          peak_bytes = live_bytes;
          const std::size_t before = live_bytes;
          refused(bytes);
          BOOST_TEST(peak_bytes - before <= factor_max * bytes.size() + overhead_max,
                     "count " << count << " of " << bytes.size() << " bytes: " << peak_bytes - before);
        }
      });
    });
  }
}

BOOST_AUTO_TEST_SUITE_END()
