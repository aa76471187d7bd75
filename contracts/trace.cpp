#include "contracts/trace.h"

#include "ledger/codec_impl.h"

namespace kanhe {

template Bytes encode(const contracts::Trace&);
template Result<contracts::Trace> decode(ByteView);
template Bytes encode_key(const contracts::TraceKey&);

}  // namespace kanhe

namespace kanhe::contracts {

TraceKey trace_key_of(const Subject& subject) { return TraceKey(sha256(encode(subject))); }

Trace trace_of(const StateReader& state, const Subject& subject) {
  return traces.get(state, trace_key_of(subject)).value_or(Trace{});
}

std::vector<std::uint64_t> extend_traces(Overlay& state, Height height, std::uint32_t index, const Receipt& receipt) {
  std::vector<std::uint64_t> numbers;
  TraceLink link;
  link.position = {height, index, 0};
  for (const Event& event : receipt.events) {
    link.event_hash = sha256(encode(event));
    for (const Subject& subject : event.subjects) {
      const TraceKey key = trace_key_of(subject);
      Trace trace = traces.get(state, key).value_or(Trace{});
      numbers.push_back(trace.event_count.value());
      ++trace.event_count;
      link.previous = trace.head;
      trace.head = head_after(link);
      traces.put(state, key, trace);
    }
    ++link.position.event;
  }
  return numbers;
}

}  // namespace kanhe::contracts
