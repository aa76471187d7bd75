// The list of modules. Its order is the order of the catalogue, nothing else.
#include "contracts/certificate.h"
#include "contracts/governance.h"
#include "contracts/host.h"
#include "contracts/motion.h"
#include "contracts/property.h"
#include "contracts/service.h"
#include "contracts/sharing.h"
#include "contracts/supervision.h"
#include "contracts/treasury.h"

namespace kanhe::contracts {

std::span<const Module* const> modules() {
  static const Module* const all[] = {&governance::module(), &certificate::module(), &property::module(),
                                     &service::module(),    &treasury::module(),    &motion::module(),
                                     &sharing::module(),    &supervision::module()};
  return all;
}

const Module* find_module(std::string_view module) {
  for (const Module* candidate : modules()) {
    if (candidate->name == module) return candidate;
  }
  return nullptr;
}

const Method* find_method(std::string_view module, std::string_view method) {
  const Module* const owner = find_module(module);
  if (owner == nullptr) return nullptr;
  for (const Method& candidate : owner->methods) {
    if (candidate.name == method) return &candidate;
  }
  return nullptr;
}

const EventKind* find_event(std::string_view event_name) {
  static constexpr EventKind of_host = event_kind<DueDropped>();
  if (of_host.name == event_name) return &of_host;
  for (const Module* module : modules()) {
    for (const EventKind& candidate : module->events) {
      if (candidate.name == event_name) return &candidate;
    }
  }
  return nullptr;
}

const DueHandler* find_due_handler(DueHandlerNumber number) {
  for (const Module* module : modules()) {
    for (const DueHandler& candidate : module->due_handlers) {
      if (candidate.number == number) return &candidate;
    }
  }
  return nullptr;
}

}  // namespace kanhe::contracts
