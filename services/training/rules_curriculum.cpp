#include "training/rules_curriculum.h"

#include <algorithm>
#include <set>

#include "core/text.h"

namespace songsang::training {
namespace {

Status MustBeDraft(const Curriculum& curriculum) {
  if (curriculum.state() == Curriculum::STATE_DRAFT) return Done{};
  return kCurriculumMustBeDraft.With("state",
                                     Lower(Curriculum::State_Name(curriculum.state()).substr(sizeof("STATE_") - 1)));
}

template <class Items>
Status MustBeSound(const Items& items) {
  std::set<std::string> keys;
  for (const auto& item : items)
    if (!keys.insert(item.key()).second) return kItemsMustDiffer.With("item", item.key()).At("items");
  if (std::all_of(items.begin(), items.end(), [](const auto& item) { return item.elective(); }))
    return kItemsMustBeRequired.At("items");
  return Done{};
}

// Both requests say the whole of what a draft says.
template <class Request>
void Write(const Request& request, Curriculum* curriculum) {
  *curriculum->mutable_items() = request.items();
  curriculum->set_pass_score(request.pass_score());
  curriculum->set_valid_months(request.valid_months());
  curriculum->set_changes(request.changes());
}

void Retire(const Context& context, Curriculum* curriculum) {
  curriculum->set_state(Curriculum::STATE_RETIRED);
  curriculum->set_retired_on(context.today.ToIso());
}

}  // namespace

const Curriculum* ApprovedOf(const Curricula& curricula) {
  for (const Curriculum* curriculum : curricula)
    if (curriculum->state() == Curriculum::STATE_APPROVED) return curriculum;
  return nullptr;
}

Result<const Curriculum::Item*> ItemOf(const Curriculum& curriculum, const std::string& key) {
  std::string items;
  for (const auto& item : curriculum.items()) {
    if (item.key() == key) return &item;
    items += (items.empty() ? "" : ", ") + item.key();
  }
  return kItemMustBeKnown.With("number", std::to_string(curriculum.number()))
      .With("item", key)
      .With("items", items)
      .At("item_key");
}

int RequiredItems(const Curriculum& curriculum) {
  return static_cast<int>(std::count_if(curriculum.items().begin(), curriculum.items().end(),
                                        [](const auto& item) { return !item.elective(); }));
}

Result<CurriculumDrafted> DraftCurriculum(const Programme& programme, const Curricula& curricula,
                                          const DraftCurriculumRequest& request, const Context& context) {
  int number = 0;
  for (const Curriculum* curriculum : curricula) {
    if (curriculum->state() == Curriculum::STATE_DRAFT)
      return kCurriculumDraftMustBeOne.With("number", std::to_string(curriculum->number()));
    number = std::max(number, curriculum->number());
  }
  if (const auto sound = MustBeSound(request.items()); !sound.ok()) return sound.refusal();
  // From here on the draft must succeed.
  CurriculumDrafted event;
  Curriculum& curriculum = *event.mutable_curriculum();
  curriculum.set_id(context.NewId());
  curriculum.set_programme_id(programme.id());
  curriculum.set_number(number + 1);
  curriculum.set_state(Curriculum::STATE_DRAFT);
  Write(request, &curriculum);
  return event;
}

Result<CurriculumRevised> ReviseCurriculum(const Curriculum& curriculum, const ReviseCurriculumRequest& request,
                                           const Context&) {
  if (const auto draft = MustBeDraft(curriculum); !draft.ok()) return draft.refusal();
  if (const auto sound = MustBeSound(request.items()); !sound.ok()) return sound.refusal();
  // From here on the revision must succeed.
  CurriculumRevised event;
  Curriculum& revised = *event.mutable_curriculum() = curriculum;
  Write(request, &revised);
  return event;
}

Result<CurriculumApproved> ApproveCurriculum(const Curriculum& curriculum, const Curricula& curricula,
                                             const ApproveCurriculumRequest&, const Context& context) {
  if (const auto draft = MustBeDraft(curriculum); !draft.ok()) return draft.refusal();
  // From here on the approval must succeed.
  CurriculumApproved event;
  Curriculum& approved = *event.mutable_curriculum() = curriculum;
  approved.set_state(Curriculum::STATE_APPROVED);
  approved.set_approved_by(context.caller.actor);
  approved.set_approved_on(context.today.ToIso());
  if (const Curriculum* before = ApprovedOf(curricula); before != nullptr) {
    *event.mutable_retired() = *before;
    Retire(context, event.mutable_retired());
  }
  return event;
}

Result<CurriculumRetired> RetireCurriculum(const Curriculum& curriculum, const RetireCurriculumRequest&,
                                           const Context& context) {
  if (curriculum.state() == Curriculum::STATE_RETIRED)
    return kCurriculumMustNotBeRetired.With("retired_on", curriculum.retired_on());
  // From here on the retirement must succeed.
  CurriculumRetired event;
  *event.mutable_curriculum() = curriculum;
  Retire(context, event.mutable_curriculum());
  return event;
}

}  // namespace songsang::training
