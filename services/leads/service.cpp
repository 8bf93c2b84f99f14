#include "leads/leads.h"
#include "leads/rules_hand_off.h"
#include "leads/rules_lead.h"
#include "leads/rules_opportunity.h"
#include "leads/rules_process.h"

namespace songsang::leads {
namespace {

using engine::Find;
using engine::Named;
using engine::Tx;

Named ProcessesOf(const std::string& key) {
  return {SalesProcess::descriptor(), {"key"}, {key.empty() ? kStandardProcess : key}};
}
Defined ListProcesses(Tx& tx, const std::string& key) {
  return tx.List<SalesProcess>({"key"}, {key.empty() ? kStandardProcess : key});
}

Result<OpportunityOpened> Open(Tx& tx, const OpenOpportunityRequest& request, const Context& context) {
  const Lead* lead = nullptr;
  if (!request.lead_id().empty()) {
    const auto found = Find<Lead>(tx, "lead_id", request.lead_id());
    if (!found.ok()) return found.refusal();
    lead = *found;
  }
  return OpenOpportunity(lead, ListProcesses(tx, request.process_key()), request, context);
}

Result<StageMoved> Move(Tx& tx, const MoveStageRequest& request, const Context& context) {
  const auto opportunity = Find<Opportunity>(tx, "opportunity_id", request.opportunity_id());
  if (!opportunity.ok()) return opportunity.refusal();
  return MoveStage(**opportunity, ListProcesses(tx, (*opportunity)->process_key()), request, context);
}

Result<HandOffAccepted> Accept(Tx& tx, const AcceptHandOffRequest& request, const Context& context) {
  const auto hand_off = Find<HandOff>(tx, "hand_off_id", request.hand_off_id());
  if (!hand_off.ok()) return hand_off.refusal();
  const auto lead = Find<Lead>(tx, "hand_off_id", (*hand_off)->lead_id());
  if (!lead.ok()) return lead.refusal();
  // Loaded so that the engine sees an opportunity that bears the reference already, and refuses.
  if (request.has_opportunity_ref())
    tx.Get<Opportunity>(
        ReferenceId(context.caller.tenant, KindOf(Opportunity::descriptor()), request.opportunity_ref()));
  return AcceptHandOff(**hand_off, **lead, ListProcesses(tx, request.process_key()), request, context);
}

Result<HandOffRefused> Refuse(Tx& tx, const RefuseHandOffRequest& request, const Context& context) {
  const auto hand_off = Find<HandOff>(tx, "hand_off_id", request.hand_off_id());
  if (!hand_off.ok()) return hand_off.refusal();
  const auto lead = Find<Lead>(tx, "hand_off_id", (*hand_off)->lead_id());
  if (!lead.ok()) return lead.refusal();
  return RefuseHandOff(**hand_off, **lead, request, context);
}

Result<SalesProcessDefined> Define(Tx& tx, const DefineSalesProcessRequest& request, const Context& context) {
  return DefineSalesProcess(ListProcesses(tx, request.key()), request, context);
}

}  // namespace

engine::Service Leads() {
  engine::Service service("leads");
  service.Command(CaptureLead);
  service.Command(UpdateLead);
  service.Command(AssignLead);
  service.Command(DisqualifyLead);
  service.Command(OfferHandOff);
  service.Command<AcceptHandOffRequest>(Accept);
  service.Command<RefuseHandOffRequest>(Refuse);
  service.Command<OpenOpportunityRequest>(Open);
  service.Command<MoveStageRequest>(Move);
  service.Command(CloseOpportunity);
  service.Command(ReopenOpportunity);
  service.Command(ReassignOpportunity);
  service.Command(UpdateOpportunity);
  service.Command<DefineSalesProcessRequest>(Define);
  service.Reads<OpenOpportunityRequest>([](const OpenOpportunityRequest& request, const Context&) {
    return std::vector<Named>{ProcessesOf(request.process_key())};
  });
  // Most opportunities follow the standard process.
  service.Reads<MoveStageRequest>(
      [](const MoveStageRequest&, const Context&) { return std::vector<Named>{ProcessesOf(kStandardProcess)}; });
  service.Reads<AcceptHandOffRequest>([](const AcceptHandOffRequest& request, const Context& context) {
    std::vector<Named> reads = {ProcessesOf(request.process_key())};
    if (request.has_opportunity_ref())
      reads.push_back(
          {Opportunity::descriptor(),
           {"id"},
           {ReferenceId(context.caller.tenant, KindOf(Opportunity::descriptor()), request.opportunity_ref())}});
    return reads;
  });
  service.Reads<DefineSalesProcessRequest>([](const DefineSalesProcessRequest& request, const Context&) {
    return std::vector<Named>{ProcessesOf(request.key())};
  });
  return service;
}

}  // namespace songsang::leads
