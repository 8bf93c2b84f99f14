#include "leads/rules_process.h"

#include <algorithm>
#include <set>

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
  process.set_key(kStandardProcess);
  process.set_number(1);
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

const SalesProcess* NewestOf(const Defined& defined, const std::string& key) {
  const SalesProcess* newest = key == kStandardProcess ? &StandardProcess() : nullptr;
  for (const SalesProcess* process : defined)
    if (process->key() == key && (newest == nullptr || process->number() > newest->number())) newest = process;
  return newest;
}

const SalesProcess::Stage* StageOf(const SalesProcess& process, const std::string& key) {
  for (const auto& stage : process.stages())
    if (stage.key() == key) return &stage;
  return nullptr;
}

Result<SalesProcessDefined> DefineSalesProcess(const Defined& defined, const DefineSalesProcessRequest& request,
                                               const Context& context) {
  std::set<std::string> keys;
  for (const auto& stage : request.stages())
    if (!keys.insert(stage.key()).second) return kStagesMustDiffer.With("stage", stage.key()).At("stages");
  for (const auto& stage : request.stages())
    for (const auto& next : stage.allowed_next())
      if (keys.count(next) == 0)
        return kNextStageMustBeKnown.With("stage", stage.key()).With("next", next).At("stages");
  // From here on the definition must succeed.
  const SalesProcess* newest = NewestOf(defined, request.key());
  SalesProcessDefined event;
  SalesProcess& process = *event.mutable_sales_process();
  process.set_id(context.NewId());
  process.set_key(request.key());
  process.set_number(newest == nullptr ? 1 : newest->number() + 1);
  *process.mutable_stages() = request.stages();
  return event;
}

}  // namespace songsang::leads
