#include "ledger/receipt.h"

#include "ledger/codec_impl.h"

namespace kanhe {

template Bytes encode(const Receipt&);
template Result<Receipt> decode(ByteView);
template Bytes encode(const Event&);
template Result<Event> decode(ByteView);
template Bytes encode(const Subject&);
template Result<Subject> decode(ByteView);
template Bytes encode(const TraceLink&);
template Result<TraceLink> decode(ByteView);

Result<void> check_event_name(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return fail(ErrorCode::malformed, "\"", text, "\" is not a module, a dot, a name");
  TRY(ModuleName::from(text.substr(0, dot)));
  TRY(MethodName::from(text.substr(dot + 1)));
  return {};
}

TraceHead head_after(const TraceLink& link) { return TraceHead(tagged_hash(Tag::trace, encode(link))); }

TraceHead extend_trace(const TraceHead& head, const EventPosition& position, const Event& event) {
  return head_after({{}, head, position, sha256(encode(event))});
}

}  // namespace kanhe
