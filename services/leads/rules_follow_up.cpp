#include "leads/rules_follow_up.h"

#include <string>

#include "core/text.h"
#include "kit/copy.h"
#include "leads/rules_lead.h"
#include "leads/rules_opportunity.h"

namespace songsang::leads {
namespace {

Status MustBePlanned(const FollowUp& follow_up) {
  if (follow_up.state() == FollowUp::STATE_PLANNED) return Done{};
  const std::string name = FollowUp::State_Name(follow_up.state());
  return kFollowUpMustBePlanned.With("state", Lower(name.substr(sizeof("STATE_") - 1)));
}

void End(FollowUp::State state, Instant at, FollowUp* follow_up) {
  follow_up->set_state(state);
  *follow_up->mutable_ended_at() = ToTimestamp(at);
  follow_up->clear_remind_at();
}

// The subject has no follow-up any more, unless another was planned since.
template <class Subject>
void Release(const FollowUp& follow_up, Subject* subject) {
  if (subject->follow_up_id() == follow_up.id()) subject->clear_follow_up_id();
}

// Puts what the follow-up is for beside it, without it.
template <class Event>
void ReleaseSubject(const Lead* lead, const Opportunity* opportunity, Event* event) {
  if (lead != nullptr) {
    *event->mutable_lead() = *lead;
    Release(event->follow_up(), event->mutable_lead());
  }
  if (opportunity != nullptr) {
    *event->mutable_opportunity() = *opportunity;
    Release(event->follow_up(), event->mutable_opportunity());
  }
}

}  // namespace

Result<FollowUpPlanned> PlanFollowUp(const Lead* lead, const Opportunity* opportunity, const FollowUp* planned,
                                     const PlanFollowUpRequest& request, const Context& context) {
  if ((lead == nullptr) == (opportunity == nullptr)) return kFollowUpMustHaveOneSubject;
  if (const auto open = lead != nullptr ? MustBeOpen(*lead) : MustBeOpen(*opportunity); !open.ok())
    return open.refusal();
  const std::string& owner = lead != nullptr ? lead->owner_id() : opportunity->owner_id();
  if (request.owner_id().empty() && owner.empty()) return kFollowUpMustHaveOwner.At("owner_id");
  const Instant due = FromTimestamp(request.due_at());
  if (due <= context.when) return kFollowUpMustLieAhead.At("due_at");
  // From here on the planning must succeed.
  FollowUpPlanned event;
  FollowUp& follow_up = *event.mutable_follow_up();
  kit::CopyWhatIsSet(request, &follow_up);
  follow_up.set_id(context.NewId<FollowUp>(request));
  if (follow_up.owner_id().empty()) follow_up.set_owner_id(owner);
  follow_up.set_state(FollowUp::STATE_PLANNED);
  // What an importer brings from the past is overdue, but nobody is to be reminded of all of it at once.
  if (due > context.now) *follow_up.mutable_remind_at() = request.due_at();
  if (planned != nullptr) {
    *event.mutable_replaced() = *planned;
    End(FollowUp::STATE_REPLACED, context.when, event.mutable_replaced());
  }
  if (lead != nullptr) {
    *event.mutable_lead() = *lead;
    event.mutable_lead()->set_follow_up_id(follow_up.id());
  } else {
    *event.mutable_opportunity() = *opportunity;
    event.mutable_opportunity()->set_follow_up_id(follow_up.id());
  }
  return event;
}

Result<FollowUpCompleted> CompleteFollowUp(const FollowUp& follow_up, const Lead* lead, const Opportunity* opportunity,
                                           const CompleteFollowUpRequest& request, const Context& context) {
  if (const auto planned = MustBePlanned(follow_up); !planned.ok()) return planned.refusal();
  // From here on the completion must succeed.
  FollowUpCompleted event;
  FollowUp& done = *event.mutable_follow_up() = follow_up;
  done.set_outcome(request.outcome());
  End(FollowUp::STATE_DONE, context.when, &done);
  ReleaseSubject(lead, opportunity, &event);
  return event;
}

Result<FollowUpCancelled> CancelFollowUp(const FollowUp& follow_up, const Lead* lead, const Opportunity* opportunity,
                                         const CancelFollowUpRequest& request, const Context& context) {
  if (const auto planned = MustBePlanned(follow_up); !planned.ok()) return planned.refusal();
  // From here on the cancellation must succeed.
  FollowUpCancelled event;
  FollowUp& cancelled = *event.mutable_follow_up() = follow_up;
  cancelled.set_outcome(request.reason());
  End(FollowUp::STATE_CANCELLED, context.when, &cancelled);
  ReleaseSubject(lead, opportunity, &event);
  return event;
}

Result<FollowUpReminded> RemindFollowUp(const FollowUp& follow_up, const Lead* lead, const Opportunity* opportunity,
                                        const RemindFollowUpRequest&, const Context& context) {
  FollowUpReminded event;
  FollowUp& reminded = *event.mutable_follow_up() = follow_up;
  if (follow_up.state() != FollowUp::STATE_PLANNED || follow_up.has_reminded_at()) {
    reminded.clear_remind_at();
    return event;
  }
  if (context.now < FromTimestamp(follow_up.due_at())) {
    *reminded.mutable_remind_at() = follow_up.due_at();
    return event;
  }
  const bool goes_on = (lead != nullptr && IsOpen(*lead)) ||
                       (opportunity != nullptr && opportunity->status() == Opportunity::STATUS_OPEN);
  if (goes_on) {
    *reminded.mutable_reminded_at() = ToTimestamp(context.now);
    reminded.clear_remind_at();
    return event;
  }
  End(FollowUp::STATE_CANCELLED, context.now, &reminded);
  ReleaseSubject(lead, opportunity, &event);
  return event;
}

}  // namespace songsang::leads
