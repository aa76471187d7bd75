// The bodies of ledger/codec.h, as cereal archives. Included only by the .cpp file of a record, which instantiates what
// it needs there: cereal is an expensive header.
//
// cereal gives the front end (archive(record)); the archives are our own, and no cereal/types/* header is used: the
// stock archives trust the sizes that they read, accept several encodings of one value and ignore trailing bytes.
//
// Thread: any.
#pragma once

#include <cereal/cereal.hpp>
#include <limits>
#include <type_traits>

#include "ledger/codec.h"
#include "ledger/schema.h"

namespace kanhe {

template <class T>
concept Canonical = NumberType<T> || PlainNumber<T> || std::same_as<T, bool> || VersionType<T> || BytesType<T> ||
                    TextType<T> || BlobType<T> || EnumType<T> || ListType<T> || OptionalType<T> || VariantType<T> ||
                    RecordType<T>;

// The least number of bytes that any value of T takes. Never 0, so a count is bounded by the bytes that follow it.
template <class T>
constexpr std::size_t min_encoded_size() {
  if constexpr (NumberType<T>) {
    return sizeof(typename T::Rep);
  } else if constexpr (PlainNumber<T> || EnumType<T> || std::same_as<T, bool>) {
    return sizeof(T);
  } else if constexpr (VersionType<T>) {
    return 2;
  } else if constexpr (BytesType<T>) {
    return T::size;
  } else if constexpr (OptionalType<T>) {
    return 1;
  } else if constexpr (TextType<T>) {
    return 4 + T::bytes_min;
  } else if constexpr (BlobType<T> || ListType<T>) {
    return 4;
  } else if constexpr (VariantType<T>) {
    std::size_t least = std::numeric_limits<std::size_t>::max();
    boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, T>>(
        [&]<class A>(boost::mp11::mp_identity<A>) { least = std::min(least, min_encoded_size<A>()); });
    return 1 + least;
  } else {
    std::size_t sum = 0;
    boost::mp11::mp_for_each<MembersOf<T>>([&](auto described) {
      sum += min_encoded_size<std::remove_cvref_t<decltype(std::declval<T&>().*decltype(described)::pointer)>>();
    });
    return sum;
  }
}

enum class ByteOrder : std::uint8_t { little, big };

// Appends canonical bytes to a target.
template <ByteOrder order>
class CanonicalOut : public cereal::OutputArchive<CanonicalOut<order>, cereal::AllowEmptyClassElision> {
 public:
  explicit CanonicalOut(Bytes& target)
      : cereal::OutputArchive<CanonicalOut<order>, cereal::AllowEmptyClassElision>(this), target_(target) {}

  template <Canonical T>
  void put(const T& value) {
    if constexpr (NumberType<T>) {
      CHECK(value.in_range());
      put_integer(value.value());
    } else if constexpr (PlainNumber<T>) {
      put_integer(value);
    } else if constexpr (std::same_as<T, bool>) {
      put_integer(std::uint8_t{value});
    } else if constexpr (VersionType<T>) {
      put_integer(T::value);
    } else if constexpr (BytesType<T>) {
      append(target_, value.view());
    } else if constexpr (TextType<T>) {
      CHECK(value.view().size() >= T::bytes_min);
      put_integer(static_cast<std::uint32_t>(value.view().size()));
      append(target_, as_bytes(value.view()));
    } else if constexpr (BlobType<T>) {
      put_integer(static_cast<std::uint32_t>(value.size()));
      append(target_, value.view());
    } else if constexpr (EnumType<T>) {
      put_integer(static_cast<std::make_unsigned_t<std::underlying_type_t<T>>>(value));
    } else if constexpr (ListType<T>) {
      put_list(value);
    } else if constexpr (OptionalType<T>) {
      put_integer(std::uint8_t{value.has_value()});
      if (value) put(*value);
    } else if constexpr (VariantType<T>) {
      std::visit([this]<class A>(const A& alternative) {
        put_integer(A::variant_tag.number);
        put(alternative);
      }, value);
    } else {
      boost::mp11::mp_for_each<MembersOf<T>>([&](auto described) { put(value.*described.pointer); });
    }
  }

 private:
  template <std::unsigned_integral Integer>
  void put_integer(Integer value) {
    Byte bytes[sizeof(Integer)];
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
      const std::size_t position = order == ByteOrder::little ? i : sizeof(Integer) - 1 - i;
      bytes[position] = static_cast<Byte>(value >> (8 * i));
    }
    append(target_, bytes);
  }

  template <ListType T>
  void put_list(const T& list) {
    CHECK(list.size() <= T::count_max);
    if constexpr (SortedType<T>) CHECK(list.is_sorted());
    put_integer(static_cast<std::uint32_t>(list.size()));
    for (const auto& element : list) put(element);
  }

  Bytes& target_;
};

// Thrown inside this file only; decode() turns it into an Error.
struct DecodeFailure {
  ErrorCode code;
  std::string text;
};

// Reads canonical bytes inside a span and refuses everything else.
class CanonicalIn : public cereal::InputArchive<CanonicalIn, cereal::AllowEmptyClassElision> {
 public:
  explicit CanonicalIn(ByteView source)
      : cereal::InputArchive<CanonicalIn, cereal::AllowEmptyClassElision>(this), source_(source) {}

  std::size_t remaining() const { return source_.size() - position_; }

  template <Canonical T>
  void get(T& value) {
    if constexpr (NumberType<T>) {
      const auto number = get_integer<typename T::Rep>();
      if (number < T::min || number > T::max) refuse_number(number, T::min, T::max);
      value = T(number);
    } else if constexpr (PlainNumber<T>) {
      value = get_integer<T>();
    } else if constexpr (std::same_as<T, bool>) {
      value = get_flag();
    } else if constexpr (VersionType<T>) {
      const auto version = get_integer<std::uint16_t>();
      if (version != T::value) {
        refuse(ErrorCode::unsupported, "format version ", version, ", this program knows ", T::value);
      }
    } else if constexpr (BytesType<T>) {
      value = take(T::from(get_bytes(T::size)));
    } else if constexpr (TextType<T>) {
      value = take(T::from(as_text(get_bytes(get_count(T::bytes_max, 1)))));
    } else if constexpr (BlobType<T>) {
      value = take(T::from(to_bytes(get_bytes(get_count(T::bytes_max, 1)))));
    } else if constexpr (EnumType<T>) {
      const std::uint64_t number = get_integer<std::make_unsigned_t<std::underlying_type_t<T>>>();
      if (!is_enumerator<T>(number)) refuse(ErrorCode::unknown, number, " is not a value of ", type_name<T>());
      value = static_cast<T>(number);
    } else if constexpr (ListType<T>) {
      get_list(value);
    } else if constexpr (OptionalType<T>) {
      value.reset();
      if (get_flag()) get(value.emplace());
    } else if constexpr (VariantType<T>) {
      get_variant(value);
    } else {
      boost::mp11::mp_for_each<MembersOf<T>>([&](auto described) {
        field_ = described.name;
        get(value.*described.pointer);
      });
    }
  }

  // Requires: called once, after the record. Refuses what follows it.
  void finish() {
    if (remaining() != 0) refuse(ErrorCode::not_canonical, remaining(), " bytes follow the record");
  }

 private:
  template <class... Parts>
  [[noreturn]] void refuse(ErrorCode code, const Parts&... parts) const {
    Error error = fail(code, "field ", field_, ": ", parts...);
    throw DecodeFailure{error.code, std::move(error.text)};
  }
  [[noreturn]] void refuse_number(std::uint64_t value, std::uint64_t min, std::uint64_t max) const {
    refuse(ErrorCode::out_of_range, value, ", must be between ", min, " and ", max);
  }
  template <class T>
  T take(Result<T> result) const {
    if (!result) refuse(result.error().code, result.error().text);
    return std::move(result).value();
  }

  ByteView get_bytes(std::size_t count) {
    if (count > remaining()) {
      refuse(ErrorCode::malformed, count, " bytes wanted, ", remaining(), " left");
    }
    const ByteView bytes = source_.subspan(position_, count);
    position_ += count;
    return bytes;
  }

  template <std::unsigned_integral Integer>
  Integer get_integer() {
    const ByteView bytes = get_bytes(sizeof(Integer));
    Integer value = 0;
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
      value = static_cast<Integer>(value | static_cast<Integer>(bytes[i]) << (8 * i));
    }
    return value;
  }

  bool get_flag() {
    const auto flag = get_integer<std::uint8_t>();
    if (flag > 1) refuse(ErrorCode::not_canonical, "flag ", flag, ", must be 0 or 1");
    return flag == 1;
  }

  std::size_t get_count(std::size_t count_max, std::size_t element_size_min) {
    const std::size_t count = get_integer<std::uint32_t>();
    if (count > count_max) refuse(ErrorCode::out_of_range, "count ", count, ", must be at most ", count_max);
    if (count > remaining() / element_size_min) {
      refuse(ErrorCode::malformed, "count ", count, ", but only ", remaining(), " bytes follow");
    }
    return count;
  }

  template <ListType T>
  void get_list(T& list) {
    using Element = typename T::value_type;
    static_assert(min_encoded_size<Element>() >= 1);
    const std::size_t count = get_count(T::count_max, min_encoded_size<Element>());
    const std::string_view name = field_;
    list.clear();
    list.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      get(list.emplace_back());
      field_ = name;
      if constexpr (SortedType<T>) {
        if (i > 0 && !(list[i - 1] < list[i])) {
          refuse(ErrorCode::not_canonical, "element ", i, " is not above the one before it");
        }
      }
    }
  }

  template <VariantType T>
  void get_variant(T& value) {
    const auto number = get_integer<std::uint8_t>();
    bool found = false;
    boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, T>>(
        [&]<class A>(boost::mp11::mp_identity<A>) {
          if (found || A::variant_tag.number != number) return;
          found = true;
          get(value.template emplace<A>());
        });
    if (!found) refuse(ErrorCode::unknown, "variant number ", number);
  }

  ByteView source_;
  std::size_t position_ = 0;
  std::string_view field_ = "version";
};

}  // namespace kanhe

namespace cereal {

template <kanhe::ByteOrder order, kanhe::Canonical T>
void CEREAL_SAVE_FUNCTION_NAME(kanhe::CanonicalOut<order>& archive, const T& value) {
  archive.put(value);
}
template <kanhe::Canonical T>
void CEREAL_LOAD_FUNCTION_NAME(kanhe::CanonicalIn& archive, T& value) {
  archive.get(value);
}

}  // namespace cereal

namespace kanhe {

template <class T>
void encode_to(Bytes& target, const T& value) {
  CanonicalOut<ByteOrder::little> archive(target);
  archive(value);
}

template <class T>
Bytes encode(const T& value) {
  Bytes bytes;
  bytes.reserve(std::max<std::size_t>(64, 2 * min_encoded_size<T>()));  // enough for most
  encode_to(bytes, value);
  return bytes;
}

template <class T>
Result<T> decode(ByteView bytes) {
  T value;
  try {
    CanonicalIn archive(bytes);
    archive(value);
    archive.finish();
  } catch (const DecodeFailure& failure) {
    return fail(failure.code, type_name<T>(), ": ", failure.text);
  }
  return value;
}

template <class T>
Bytes encode_key(const T& key) {
  Bytes bytes;
  CanonicalOut<ByteOrder::big> archive(bytes);
  archive(key);
  return bytes;
}

}  // namespace kanhe
