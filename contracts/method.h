// method<&f>(): makes a Method from a function. Included only by the .cpp of a module, together with
// ledger/codec_impl.h.
//
//   void issue(Context&, const IssueArguments&);
//   constexpr Method methods[] = {method<&issue>("issue", "签发电子证照", "issue a certificate", {Role::issuer})};
//
// Records that a module puts into state or events are instantiated in its .cpp, inside namespace kanhe
// (ledger/codec.h):
//   namespace kanhe { template Bytes encode(const contracts::certificate::Issued&); }
//
// Thread: any.
#pragma once

#include "contracts/module.h"

namespace kanhe {

// Of ledger/codec_impl.h, which the module's .cpp includes: the templates below use them only where they are made.
class CanonicalIn;
struct DecodeFailure;

}  // namespace kanhe

namespace kanhe::contracts {

// Reads an argument record and counts: position 0 if all is well, else the field that does not read, from 1; one above
// the last when bytes follow the record.
template <RecordType Arguments, class Archive = CanonicalIn, class Failure = DecodeFailure>
std::uint16_t read_arguments(ByteView bytes, Arguments& arguments) {
  std::uint16_t position = 0;
  try {
    Archive archive(bytes);
    boost::mp11::mp_for_each<MembersOf<Arguments>>([&](auto described) {
      ++position;
      archive.get(arguments.*described.pointer);
    });
    ++position;
    archive.finish();
  } catch (const Failure&) {
    return position;
  }
  return 0;
}

template <class Function>
struct MethodTraits;
template <class R, class A>
struct MethodTraits<R (*)(Context&, const A&)> {
  using Result = R;
  using Arguments = A;
};

template <auto function>
constexpr Method method(std::string_view name, std::string_view zh, std::string_view en, RoleSet roles) {
  using Arguments = typename MethodTraits<decltype(function)>::Arguments;
  using Returned = typename MethodTraits<decltype(function)>::Result;
  return Method{
      .name = name,
      .zh = zh,
      .en = en,
      .roles = roles,
      .arguments = &schema_of<Arguments>,
      .result = []() -> const Schema* {
        if constexpr (std::is_void_v<Returned>) {
          return nullptr;
        } else {
          return &schema_of<Returned>();
        }
      },
      .check = [](ByteView bytes) {
        Arguments arguments;
        return read_arguments(bytes, arguments);
      },
      .call = [](Context& context, ByteView bytes) {
        Arguments arguments;
        if (const std::uint16_t field = read_arguments(bytes, arguments); field != 0) {
          context.refuse(Code::malformed_arguments, {.field = field});
        } else if constexpr (std::is_void_v<Returned>) {
          function(context, arguments);
        } else {
          const Returned returned = function(context, arguments);
          if (!context.refused()) context.set_return_value(encode(returned));
        }
      },
      .argument_record = record_kind<Arguments>(),
      .result_record = []() -> std::optional<RecordKind> {
        if constexpr (std::is_void_v<Returned>) {
          return std::nullopt;
        } else {
          return record_kind<Returned>();
        }
      }(),
  };
}

// Makes a DueHandler from a function over its data record. Data that does not read is damage in our own state (CHECK).
template <class Function>
struct DueTraits;
template <class D>
struct DueTraits<void (*)(Context&, const D&)> {
  using Data = D;
};
template <auto function>
constexpr DueHandler due_handler(DueHandlerNumber number, std::string_view name) {
  using Data = typename DueTraits<decltype(function)>::Data;
  return {number, name, [](Context& context, ByteView bytes) {
            auto data = decode<Data>(bytes);
            CHECK(data.has_value());
            function(context, *data);
          }};
}

}  // namespace kanhe::contracts
