#include "cli/trace_file.h"

#include <algorithm>

#include "cli/values.h"
#include "contracts/identifiers.h"

namespace kanhe::cli {
namespace {

Result<void> check_times(const TraceFile& file, const certs::Trust& trust) {
  for (std::size_t i = 1; i < file.blocks.size(); ++i) {
    if (file.blocks[i - 1].header.height < file.blocks[i].header.height) continue;
    return fail(ErrorCode::malformed, "blocks[", i, "]: heights must ascend");
  }
  for (const certs::SealedHeader& block : file.blocks) {
    auto sealed = check_sealed_header(trust, block);
    if (!sealed.has_value()) return std::move(sealed).error().in("block " + to_string(block.header.height));
  }
  for (std::size_t i = 0; i < file.events.size(); ++i) {
    const certs::TracedEvent& event = file.events[i];
    const auto block = std::ranges::lower_bound(file.blocks, event.position.height, {},
                                                [](const auto& sealed) { return sealed.header.height; });
    if (block == file.blocks.end() || block->header.height != event.position.height) {
      return fail(ErrorCode::bad_proof, "events[", i, "]: the header of block ", event.position.height.value(),
                  " is missing, so its time is not proved");
    }
    if (block->header.timestamp_ms != event.time_ms) {
      return fail(ErrorCode::bad_proof, "events[", i, "].time_ms: ", event.time_ms.value(), ", but block ",
                  event.position.height.value(), " is of ", block->header.timestamp_ms.value());
    }
  }
  return {};
}

template <class S>
Result<Subject> read_id(std::string_view id) {
  using Id = decltype(S::id);
  if constexpr (BytesType<Id>) {
    const Bytes bytes = TRY(from_hex(id));
    return Subject(S{TRY(Id::from(bytes))});
  } else if constexpr (std::same_as<S, MotionSubject>) {
    Id number;
    TRY(set_value(schema_of<Id>(), &number, std::string(id)));
    return Subject(S{number});
  } else {
    return Subject(S{TRY(Id::from(id))});
  }
}

}  // namespace

Result<TraceFile> read_trace_file(std::string_view json) { return from_json<TraceFile>(json); }

std::string write_trace_file(const TraceFile& file) { return to_json(file, JsonLayout::indented) + "\n"; }

Result<void> check_trace_file(const TraceFile& file, certs::Trust trust) {
  if (file.chain_id != trust.chain_id()) {
    return fail(ErrorCode::conflict, "chain_id: the file is of network ", file.chain_id.hex(), ", the genesis of ",
                trust.chain_id().hex());
  }
  TRY(trust.add(file.head.epochs));
  auto head = check_sealed_header(trust, file.head.newest);
  if (!head.has_value()) return std::move(head).error().in("the newest header");
  auto fact = check_fact(file.trace, file.head.newest.header.state_root);
  if (!fact.has_value()) return std::move(fact).error().in("the record of the trace");
  TRY(check_trace(file.subject, file.events, file.trace));
  return check_times(file, trust);
}

Result<Subject> read_subject(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view kind = text.substr(0, colon == std::string_view::npos ? 0 : colon);
  const std::string_view id = colon == std::string_view::npos ? text : text.substr(colon + 1);
  if (kind == UnitSubject::variant_tag.name) return read_id<UnitSubject>(id);
  if (kind == CertificateSubject::variant_tag.name) return read_id<CertificateSubject>(id);
  if (kind == ApplicationSubject::variant_tag.name) return read_id<ApplicationSubject>(id);
  if (kind == PartySubject::variant_tag.name) return read_id<PartySubject>(id);
  if (kind == DepartmentSubject::variant_tag.name) return read_id<DepartmentSubject>(id);
  if (kind == MotionSubject::variant_tag.name) return read_id<MotionSubject>(id);
  if (kind.empty() && !contracts::check_unit_number(id)) return read_id<UnitSubject>(id);
  if (kind.empty() && id.starts_with(contracts::certificate_root)) return read_id<CertificateSubject>(id);
  return fail(ErrorCode::malformed, "\"", text,
              "\": a subject is written KIND:ID, and KIND is unit, certificate, application, party, department or ",
              "motion");
}

std::string subject_text(const Subject& subject) {
  return std::visit(
      []<class S>(const S& alternative) {
        std::string id;
        if constexpr (BytesType<decltype(alternative.id)>) {
          id = alternative.id.hex();
        } else if constexpr (std::same_as<S, MotionSubject>) {
          id = to_string(alternative.id);
        } else {
          id = alternative.id.str();
        }
        return std::string(S::variant_tag.name) + ":" + id;
      },
      subject);
}

}  // namespace kanhe::cli
