#include "leads/rules_process.h"

#include <algorithm>
#include <set>
#include <utility>

namespace songsang::leads {
namespace {

SalesProcess MakeStandardProcess() {
  struct Named {
    const char* key;
    const char* ko;
    const char* en;
  };
  static constexpr Named kStages[] = {{"prospecting", "발굴", "Prospecting"},
                                      {"engaging", "상담", "Engaging"},
                                      {"proposing", "제안", "Proposing"},
                                      {"negotiating", "협상", "Negotiating"}};
  constexpr int kCount = std::size(kStages);
  SalesProcess process;
  process.set_key(kStandard);
  process.set_number(1);
  process.set_status(SalesProcess::STATUS_APPROVED);
  for (int i = 0; i < kCount; ++i) {
    auto* stage = process.add_stages();
    stage->set_key(kStages[i].key);
    stage->set_name_ko(kStages[i].ko);
    stage->set_name_en(kStages[i].en);
    // One step back, and every step forward.
    for (int next = std::max(0, i - 1); next < kCount; ++next)
      if (next != i) stage->add_allowed_next(kStages[next].key);
  }
  return process;
}

}  // namespace

const SalesProcess& StandardProcess() {
  static const auto* process = new SalesProcess(MakeStandardProcess());
  return *process;
}

const SalesProcess* ProcessInForce(const Defined& defined, const std::string& key, const std::string& day) {
  return InForceOr(defined, key, day, StandardProcess());
}

const SalesProcess* VariantInForce(const Defined& of_persona, const std::string& day) {
  for (const SalesProcess* process : of_persona)
    if (const SalesProcess* holds = InForce(of_persona, process->key(), day)) return holds;
  return nullptr;
}

const SalesProcess::Stage* StageOf(const SalesProcess& process, const std::string& key) {
  for (const auto& stage : process.stages())
    if (stage.key() == key) return &stage;
  return nullptr;
}

Result<SalesProcessDefined> DefineSalesProcess(const Defined& defined, const Defined& of_persona,
                                               const DefineSalesProcessRequest& request, const Context& context) {
  std::set<std::string> keys;
  for (const auto& stage : request.stages())
    if (!keys.insert(stage.key()).second) return kStagesMustDiffer.With("stage", stage.key()).At("stages");
  for (const auto& stage : request.stages())
    for (const auto& next : stage.allowed_next())
      if (keys.count(next) == 0)
        return kNextStageMustBeKnown.With("stage", stage.key()).With("next", next).At("stages");
  const bool first = defined.empty() && KeyOr(request.key()) != kStandard;
  const std::string persona = first ? request.persona() : defined.empty() ? "" : defined.front()->persona();
  if (!request.persona().empty() && request.persona() != persona)
    return kProcessPersonaMustStay.With("process", request.key())
        .With("persona", persona.empty() ? "-" : persona)
        .At("persona");
  for (const SalesProcess* other : of_persona)
    if (other->key() != KeyOr(request.key()) && other->status() != SalesProcess::STATUS_RETIRED)
      return kPersonaMustHaveOneProcess.With("process", other->key()).With("persona", persona).At("persona");
  // From here on the definition must succeed.
  SalesProcessDefined event;
  const int32_t shipped = KeyOr(request.key()) == kStandard ? StandardProcess().number() : 0;
  SalesProcess& process = *event.mutable_sales_process() = NextVersion(defined, shipped, request, context);
  *process.mutable_stages() = request.stages();
  process.set_persona(persona);
  return event;
}

Result<SalesProcessApproved> ApproveSalesProcess(const SalesProcess& process, const ApproveSalesProcessRequest&,
                                                 const Context&) {
  auto approved = Approved(process);
  if (!approved.ok()) return approved.refusal();
  SalesProcessApproved event;
  *event.mutable_sales_process() = std::move(*approved);
  return event;
}

Result<SalesProcessRetired> RetireSalesProcess(const SalesProcess& process, const RetireSalesProcessRequest&,
                                               const Context&) {
  auto retired = Retired(process);
  if (!retired.ok()) return retired.refusal();
  SalesProcessRetired event;
  *event.mutable_sales_process() = std::move(*retired);
  return event;
}

}  // namespace songsang::leads
