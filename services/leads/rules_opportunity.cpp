#include "leads/rules_opportunity.h"

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "kit/copy.h"
#include "kit/days.h"

namespace songsang::leads {
namespace {

template <class Keys>
std::string Joined(const Keys& keys) {
  std::string joined;
  for (const auto& key : keys) joined += (joined.empty() ? "" : ", ") + key;
  return joined.empty() ? "-" : joined;
}

std::string StagesOf(const SalesProcess& process) {
  std::vector<std::string> keys;
  for (const auto& stage : process.stages()) keys.push_back(stage.key());
  return Joined(keys);
}

StageMove MoveOf(const Opportunity& opportunity, std::string from, std::string on, const Context& context) {
  StageMove move;
  move.set_id(context.NewId());
  move.set_opportunity_id(opportunity.id());
  move.set_cycle(opportunity.cycle());
  move.set_from_stage(std::move(from));
  move.set_to_stage(opportunity.stage());
  move.set_moved_on(std::move(on));
  return move;
}

bool IsKnown(const Opportunity& opportunity, SalesProcess::Fact fact) {
  switch (fact) {
    case SalesProcess::FACT_ACCOUNT:
      return !opportunity.account_id().empty();
    case SalesProcess::FACT_PRODUCT:
      return !opportunity.product_id().empty();
    case SalesProcess::FACT_VALUE:
      return opportunity.has_value();
    case SalesProcess::FACT_EXPECTED_ON:
      return !opportunity.expected_on().empty();
    case SalesProcess::FACT_OWNER:
      return !opportunity.owner_id().empty();
    default:
      return true;
  }
}

Status MustBeReadyFor(const Opportunity& opportunity, const SalesProcess::Stage& stage) {
  std::vector<std::string> missing;
  for (const int fact : stage.required())
    if (!IsKnown(opportunity, static_cast<SalesProcess::Fact>(fact)))
      missing.push_back(
          Lower(SalesProcess::Fact_Name(static_cast<SalesProcess::Fact>(fact)).substr(sizeof("FACT_") - 1)));
  if (missing.empty()) return Done{};
  return kStageFactsMustBeKnown.With("stage", stage.key()).With("missing", Joined(missing));
}

}  // namespace

Status MustBeOpen(const Opportunity& opportunity) {
  if (opportunity.status() == Opportunity::STATUS_OPEN) return Done{};
  const std::string name = Opportunity::Status_Name(opportunity.status());
  return kOpportunityMustBeOpen.With("status", Lower(name.substr(sizeof("STATUS_") - 1)));
}

Status MustFit(const common::v1::Money& value, const Opportunity& opportunity) {
  if (value.minor() < 0) return kValueMustNotBeNegative.At("value");
  if (opportunity.has_value() && opportunity.value().currency() != value.currency())
    return kOpportunityCurrencyMustStay.With("currency", opportunity.value().currency())
        .With("given", value.currency())
        .At("value");
  return Done{};
}

Result<Beginning> Begin(const Defined& defined, const Defined& of_persona, Opportunity opportunity,
                        const std::string* opened_on, const Context& context) {
  if (opportunity.has_value() && opportunity.value().minor() < 0) return kValueMustNotBeNegative.At("value");
  const bool unknown = opened_on != nullptr && opened_on->empty();
  const auto day = kit::RecentDay(opened_on == nullptr ? "" : *opened_on, "opened_on", context);
  if (!day.ok()) return day.refusal();
  const std::string today = context.today.ToIso();
  const SalesProcess* process = opportunity.process_key().empty() ? VariantInForce(of_persona, today) : nullptr;
  const std::string key = process != nullptr ? process->key() : KeyOr(opportunity.process_key());
  if (process == nullptr) process = ProcessInForce(defined, key, today);
  if (process == nullptr) return kSalesProcessMustExist.With("process", key).At("process_key");
  const std::string stage = opportunity.stage().empty() ? process->stages(0).key() : opportunity.stage();
  if (StageOf(*process, stage) == nullptr)
    return kStageMustBeKnown.With("process", key).With("stage", stage).With("stages", StagesOf(*process)).At("stage");
  // From here on the opening must succeed.
  opportunity.set_process_key(key);
  opportunity.set_process_number(process->number());
  opportunity.set_process_id(process->id());
  opportunity.set_stage(stage);
  opportunity.set_status(Opportunity::STATUS_OPEN);
  opportunity.set_cycle(1);
  opportunity.set_opened_on(unknown ? "" : *day);
  opportunity.set_cycle_opened_on(opportunity.opened_on());
  StageMove move = MoveOf(opportunity, "", opportunity.opened_on(), context);
  return Beginning{std::move(opportunity), std::move(move)};
}

Result<OpportunityOpened> OpenOpportunity(const Lead* lead, const Defined& defined, const Defined& of_persona,
                                          const OpenOpportunityRequest& request, const Context& context) {
  if (request.name().empty() && lead == nullptr && !request.has_external_ref()) return kOpportunityMustBeNamed;
  if (lead != nullptr && lead->status() == Lead::STATUS_DISQUALIFIED) return kLeadMustNotBeDisqualified;
  Opportunity opportunity;
  kit::CopyWhatIsSet(request, &opportunity);
  opportunity.set_id(context.NewId<Opportunity>(request));
  if (lead != nullptr && opportunity.name().empty())
    opportunity.set_name(lead->company().empty() ? lead->name() : lead->company());
  auto beginning = Begin(defined, of_persona, std::move(opportunity),
                         request.has_opened_on() ? &request.opened_on() : nullptr, context);
  if (!beginning.ok()) return beginning.refusal();
  // From here on the opening must succeed.
  OpportunityOpened event;
  *event.mutable_opportunity() = std::move(beginning->opportunity);
  *event.mutable_stage_move() = std::move(beginning->stage_move);
  return event;
}

Result<StageMoved> MoveStage(const Opportunity& opportunity, const SalesProcess* defined,
                             const MoveStageRequest& request, const Context& context) {
  if (const auto open = MustBeOpen(opportunity); !open.ok()) return open.refusal();
  const auto moved_on = kit::RecentDay(request.moved_on(), "moved_on", context);
  if (!moved_on.ok()) return moved_on.refusal();
  const SalesProcess& process = defined == nullptr ? StandardProcess() : *defined;
  if (StageOf(process, request.to_stage()) == nullptr)
    return kStageMustBeKnown.With("process", process.key())
        .With("stage", request.to_stage())
        .With("stages", StagesOf(process))
        .At("to_stage");
  const auto& next = StageOf(process, opportunity.stage())->allowed_next();
  if (std::find(next.begin(), next.end(), request.to_stage()) == next.end())
    return kStageMoveMustBeAllowed.With("from", opportunity.stage())
        .With("to", request.to_stage())
        .With("allowed", Joined(next));
  if (const auto ready = MustBeReadyFor(opportunity, *StageOf(process, request.to_stage())); !ready.ok())
    return ready.refusal();
  // From here on the move must succeed.
  StageMoved event;
  Opportunity& moved = *event.mutable_opportunity() = opportunity;
  moved.set_stage(request.to_stage());
  *event.mutable_stage_move() = MoveOf(moved, opportunity.stage(), *moved_on, context);
  return event;
}

Result<OpportunityClosed> CloseOpportunity(const Opportunity& opportunity, const CloseOpportunityRequest& request,
                                           const Context& context) {
  if (const auto open = MustBeOpen(opportunity); !open.ok()) return open.refusal();
  if (request.has_value())
    if (const auto fits = MustFit(request.value(), opportunity); !fits.ok()) return fits.refusal();
  const auto closed_on = kit::RecentDay(request.closed_on(), "closed_on", context);
  if (!closed_on.ok()) return closed_on.refusal();
  // Real books hold deals that were won before the first contact was noted; an importer brings them as they are.
  if (*closed_on < opportunity.cycle_opened_on() && !context.caller.Has(songsang::v1::ROLE_IMPORTER))
    return kCloseMustFollowOpening.With("opened_on", opportunity.cycle_opened_on()).At("closed_on");
  // From here on the close must succeed.
  OpportunityClosed event;
  Opportunity& closed = *event.mutable_opportunity() = opportunity;
  kit::CopyWhatIsSet(request, &closed);
  closed.set_status(request.outcome() == OpportunityCycle::OUTCOME_WON ? Opportunity::STATUS_WON
                                                                       : Opportunity::STATUS_LOST);
  closed.set_close_reason(request.reason());
  closed.set_closed_on(*closed_on);
  // Reports that measure hours, not days, need the time of day where it is known.
  if (request.has_occurred_at() && *closed_on == context.today.ToIso())
    *closed.mutable_closed_at() = request.occurred_at();
  return event;
}

Result<OpportunityReopened> ReopenOpportunity(const Opportunity& opportunity, const ReopenOpportunityRequest& request,
                                              const Context& context) {
  if (opportunity.status() == Opportunity::STATUS_OPEN) return kOpportunityMustBeClosed;
  const auto reopened_on = kit::RecentDay(request.reopened_on(), "reopened_on", context);
  if (!reopened_on.ok()) return reopened_on.refusal();
  if (*reopened_on < opportunity.closed_on())
    return kReopeningMustFollowClose.With("closed_on", opportunity.closed_on()).At("reopened_on");
  // From here on the reopening must succeed.
  OpportunityReopened event;
  OpportunityCycle& cycle = *event.mutable_closed_cycle();
  cycle.set_id(context.NewId());
  cycle.set_opportunity_id(opportunity.id());
  cycle.set_cycle(opportunity.cycle());
  cycle.set_opened_on(opportunity.cycle_opened_on());
  cycle.set_closed_on(opportunity.closed_on());
  cycle.set_outcome(opportunity.status() == Opportunity::STATUS_WON ? OpportunityCycle::OUTCOME_WON
                                                                    : OpportunityCycle::OUTCOME_LOST);
  cycle.set_close_reason(opportunity.close_reason());
  if (opportunity.has_value()) *cycle.mutable_value() = opportunity.value();
  cycle.set_proposal_id(opportunity.proposal_id());
  cycle.set_order_id(opportunity.order_id());
  Opportunity& reopened = *event.mutable_opportunity() = opportunity;
  reopened.set_status(Opportunity::STATUS_OPEN);
  reopened.set_cycle(opportunity.cycle() + 1);
  reopened.set_cycle_opened_on(*reopened_on);
  reopened.clear_closed_on();
  reopened.clear_closed_at();
  reopened.clear_close_reason();
  reopened.clear_proposal_id();
  reopened.clear_order_id();
  event.set_reason(request.reason());
  return event;
}

Result<OpportunityReassigned> ReassignOpportunity(const Opportunity& opportunity,
                                                  const ReassignOpportunityRequest& request, const Context&) {
  if (const auto open = MustBeOpen(opportunity); !open.ok()) return open.refusal();
  // From here on the reassignment must succeed.
  OpportunityReassigned event;
  Opportunity& reassigned = *event.mutable_opportunity() = opportunity;
  kit::CopyWhatIsSet(request, &reassigned);
  return event;
}

Result<OpportunityUpdated> UpdateOpportunity(const Opportunity& opportunity, const Lead* lead,
                                             const UpdateOpportunityRequest& request, const Context&) {
  if (const auto open = MustBeOpen(opportunity); !open.ok()) return open.refusal();
  if (lead != nullptr && lead->status() == Lead::STATUS_DISQUALIFIED) return kLeadMustNotBeDisqualified;
  if (request.has_value())
    if (const auto fits = MustFit(request.value(), opportunity); !fits.ok()) return fits.refusal();
  OpportunityUpdated event;
  Opportunity& updated = *event.mutable_opportunity() = opportunity;
  kit::CopyWhatIsSet(request, &updated);
  if (updated.name().empty() && updated.lead_id().empty() && !updated.has_external_ref())
    return kOpportunityMustBeNamed;
  return event;
}

}  // namespace songsang::leads
