#include "core/ids.h"
#include "leads/leads.h"
#include "leads/rules_hand_off.h"
#include "leads/rules_lead.h"
#include "leads/rules_opportunity.h"
#include "leads/rules_process.h"

namespace songsang::leads {
namespace {

using engine::Named;

Named ProcessesOf(const std::string& key) {
  return {SalesProcess::descriptor(), {"key"}, {key.empty() ? kStandardProcess : key}};
}

template <class Request>
std::vector<Named> ReadProcesses(const Request& request, const Context&) {
  return {ProcessesOf(request.process_key())};
}

// The opportunity that bears the reference already, if one does, so that the engine sees it and refuses.
std::vector<Named> ReadForAcceptance(const AcceptHandOffRequest& request, const Context& context) {
  std::vector<Named> reads = {ProcessesOf(request.process_key())};
  const auto* opportunity = Opportunity::descriptor();
  if (request.has_opportunity_ref())
    reads.push_back(
        {opportunity, {"id"}, {ReferenceId(context.caller.tenant, KindOf(opportunity), request.opportunity_ref())}});
  return reads;
}

std::vector<Named> ReadVersions(const DefineSalesProcessRequest& request, const Context&) {
  return {ProcessesOf(request.key())};
}

}  // namespace

engine::Service Leads() {
  engine::Service service("leads");
  service.Command(CaptureLead);
  service.Command(UpdateLead);
  service.Command(AssignLead);
  service.Command(DisqualifyLead);
  service.Command(OfferHandOff);
  service.Command(AcceptHandOff);
  service.Reads<AcceptHandOffRequest>(ReadForAcceptance);
  service.Command(RefuseHandOff);
  service.Command(OpenOpportunity);
  service.Reads<OpenOpportunityRequest>(ReadProcesses<OpenOpportunityRequest>);
  service.Command(MoveStage);
  service.Command(CloseOpportunity);
  service.Command(ReopenOpportunity);
  service.Command(ReassignOpportunity);
  service.Command(UpdateOpportunity);
  service.Command(DefineSalesProcess);
  service.Reads<DefineSalesProcessRequest>(ReadVersions);
  AddProcessQueries(&service);
  return service;
}

}  // namespace songsang::leads
