#include "contracts/service_checks.h"

#include "contracts/governance.h"
#include "ledger/codec_impl.h"

namespace kanhe {

template Result<contracts::service::ApprovedInstantly> decode(ByteView);

}  // namespace kanhe

namespace kanhe::contracts::service {
namespace {

constexpr std::uint64_t ms_a_day = 86'400'000;

std::optional<certificate::TypeCode> type_of(const CertificateId& id) {
  const auto key = certificate::certificate_key_of(id);
  if (!key) return std::nullopt;
  return key->type;
}

bool holds_today(const Context& context, const CertificateId& id) {
  const auto key = certificate::certificate_key_of(id);
  const auto found = key ? certificate::certificates.get(context.state(), *key) : std::nullopt;
  if (!found || found->standing.standing != certificate::Standing::issued) return false;
  if (governance::is_compromised(context.state(), found->issued_by, found->issued_ms)) return false;
  if (found->valid_from_ms && context.now() < *found->valid_from_ms) return false;
  return !found->valid_until_ms || context.now() < *found->valid_until_ms;
}

// Whether a question is what the check asks, about one of them.
bool is_asked_by(const AnswerCheck& check, const Service& service, const property::Applicants& applicants,
                 const sharing::Question& question) {
  return question.predicate == check.predicate && question.asked_by == service.owner &&
         question.purpose_code == check.purpose_code &&
         (check.argument.empty() || question.argument == check.argument) &&
         std::ranges::find(applicants, question.party) != applicants.end();
}

// The newest answer counts, as long as the party stands by its consent; and nobody's own word.
bool is_yes(const Context& context, const Case& one, const AnswerCheck& check, const sharing::QuestionId& id,
            const sharing::Question& question) {
  if (!question.answer || !question.answer->holds || !sharing::is_newest_answer(context.state(), id, question)) {
    return false;
  }
  if (question.consent) {
    const auto consent = sharing::consents.get(context.state(), *question.consent);
    if (!consent || consent->state != sharing::ConsentState::given) return false;
  }
  const PartyId& source = question.answer->answered_by;
  const auto& applicants = one.application.applicants;
  const bool has_part = source == context.sender().person || source == one.application.agent ||
                        std::ranges::find(applicants, source) != applicants.end();
  if (has_part) return false;
  return check.days == 0 || context.now() <= question.answer->answered_ms + check.days * ms_a_day;
}

// Finds the inputs of one check; each function answers whether it holds.
class Decision {
 public:
  Decision(const Context& context, const Case& one, const Answers& answers)
      : context_(context), one_(one), answers_(answers) {}

  bool operator()(const ItemCheck& check) {
    return holds_of(check.of, [&](const PartyId& party) -> std::optional<CheckInput> {
      const auto held = sharing::held_items.get(context_.state(), {check.item, party});
      if (!held || (held->valid_until_ms && *held->valid_until_ms <= context_.now())) return std::nullopt;
      return ItemInput{party, held->digest, held->edition};
    });
  }
  bool operator()(const AnswerCheck& check) {
    return holds_of(check.of, [&](const PartyId& party) -> std::optional<CheckInput> {
      for (const sharing::QuestionId& id : answers_) {
        const auto question = sharing::questions.get(context_.state(), id);
        const bool is_asked = question && question->party == party &&
                              is_asked_by(check, one_.service, one_.application.applicants, *question);
        if (!is_asked) continue;
        if (is_yes(context_, one_, check, id, *question)) return AnswerInput{id};
      }
      return std::nullopt;
    });
  }
  bool operator()(const CertificateCheck& check) {
    for (const CertificateId& id : one_.application.shown) {
      if (type_of(id) == check.certificate_type && holds_today(context_, id)) return note(CertificateInput{id});
    }
    return false;
  }

  const CheckInputs& inputs() const { return inputs_; }

 private:
  template <class Find>
  bool holds_of(Scope scope, Find find) {
    bool any = false;
    for (const PartyId& party : one_.application.applicants) {
      const std::optional<CheckInput> input = find(party);
      if (!input && scope == Scope::everyone) return false;
      if (input && !note(*input)) return false;
      any |= input.has_value();
      if (any && scope == Scope::anyone) return true;
    }
    return any;
  }
  bool note(const CheckInput& input) {
    if (inputs_.full()) return false;
    inputs_.push_back(input);
    return true;
  }

  const Context& context_;
  const Case& one_;
  const Answers& answers_;
  CheckInputs inputs_;
};

}  // namespace

bool asks_for(const Definition& definition, const MaterialCode& code) {
  return std::ranges::find(definition.materials, code, &MaterialRule::code) != definition.materials.end();
}

bool asks_for(const Definition& definition, const CertificateId& certificate) {
  const auto type = type_of(certificate);
  const auto asks = [&](const PreCheck& check) {
    const auto* const wanted = std::get_if<CertificateCheck>(&check);
    return wanted != nullptr && wanted->certificate_type == *type;
  };
  const auto& materials = definition.materials;
  return type && (std::ranges::find(materials, type, &MaterialRule::certificate) != materials.end() ||
                  std::ranges::any_of(definition.checks, asks));
}

bool asks_for(const StateReader& state, const Service& service, const property::Applicants& applicants,
              const sharing::QuestionId& answer) {
  const auto question = sharing::questions.get(state, answer);
  return question && std::ranges::any_of(service.definition.checks, [&](const PreCheck& check) {
    const auto* const wanted = std::get_if<AnswerCheck>(&check);
    return wanted != nullptr && is_asked_by(*wanted, service, applicants, *question);
  });
}

void require_shown(Context& context, const Case& one, std::uint16_t field) {
  for (const CertificateId& id : one.application.shown) {
    const CertificateId newest = certificate::newest_edition(context.state(), id);
    if (holds_today(context, newest)) continue;
    context.refuse(CaseCode::certificate_not_good, {.field = field, .subject = CertificateSubject{newest}});
  }
}

std::vector<PartyId> deciders_of(const StateReader& state, const InstantApproval& approval) {
  std::vector<PartyId> persons;
  for (const CheckInput& input : approval.inputs) {
    const auto* const answer = std::get_if<AnswerInput>(&input);
    const auto question = answer != nullptr ? sharing::questions.get(state, answer->question) : std::nullopt;
    if (question && question->answer) persons.push_back(question->answer->answered_by);
  }
  return persons;
}

void check_shown(Context& context, const Case& one, std::uint16_t field) {
  const ShownCertificates& shown = one.application.shown;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto here = shown.begin() + static_cast<std::ptrdiff_t>(i);
    const bool repeated = std::find(shown.begin(), here, shown[i]) != here;
    if (repeated || !asks_for(one.service.definition, shown[i])) {
      context.refuse(CaseCode::certificate_not_asked, {.field = field, .value = i + 1});
    } else if (!holds_today(context, shown[i])) {
      context.refuse(CaseCode::certificate_not_good, {.field = field, .subject = CertificateSubject{shown[i]}});
    }
  }
}

void check_answers(Context& context, const Case& one, const Answers& answers, std::uint16_t field) {
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (asks_for(context.state(), one.service, one.application.applicants, answers[i])) continue;
    context.refuse(CaseCode::answer_not_asked, {.field = field, .value = i + 1});
  }
}

bool is_shown(const Context& context, const Application& application, const certificate::TypeCode& type) {
  return std::ranges::any_of(application.shown, [&](const CertificateId& id) {
    return type_of(id) == type && holds_today(context, id);
  });
}

std::optional<InstantApproval> decide_instantly(const Context& context, const Case& one, const Answers& answers) {
  const auto& checks = one.service.definition.checks;
  if (checks.empty() || !one.application.deferred.empty()) return std::nullopt;
  Decision decision(context, one, answers);
  for (const PreCheck& check : checks) {
    if (!std::visit(decision, check)) return std::nullopt;
  }
  return InstantApproval{context.rules_version(), context.now(), decision.inputs()};
}

}  // namespace kanhe::contracts::service
