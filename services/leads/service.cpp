#include "core/ids.h"
#include "leads/leads.h"
#include "leads/rules_assignment.h"
#include "leads/rules_follow_up.h"
#include "leads/rules_hand_off.h"
#include "leads/rules_lead.h"
#include "leads/rules_opportunity.h"
#include "leads/rules_process.h"
#include "leads/rules_qualification.h"
#include "leads/rules_response.h"

namespace songsang::leads {
namespace {

using engine::Named;

Named ByKey(const google::protobuf::Descriptor* definition, const std::string& key) {
  return {definition, {"key"}, {KeyOr(key)}};
}

Named ProcessesFor(const std::string& persona) { return {SalesProcess::descriptor(), {"persona"}, {persona}}; }

template <class Request>
std::vector<Named> ReadProcesses(const Request& request, const Context&) {
  return {ByKey(SalesProcess::descriptor(), request.process_key()), ProcessesFor(request.persona())};
}

template <class Definition, class Request>
std::vector<Named> ReadVersions(const Request& request, const Context&) {
  return {ByKey(Definition::descriptor(), request.key())};
}

// The opportunity that bears the reference already, if one does, so that the engine sees it and refuses.
std::vector<Named> ReadForAcceptance(const AcceptHandOffRequest& request, const Context& context) {
  std::vector<Named> reads = ReadProcesses(request, context);
  const auto* opportunity = Opportunity::descriptor();
  if (request.has_opportunity_ref())
    reads.push_back(
        {opportunity, {"id"}, {ReferenceId(context.caller.tenant, KindOf(opportunity), request.opportunity_ref())}});
  return reads;
}

std::vector<Named> ReadForDefinition(const DefineSalesProcessRequest& request, const Context&) {
  return {ByKey(SalesProcess::descriptor(), request.key()), ProcessesFor(request.persona())};
}

template <class Request>
Named AnswersOf(const Request& request) {
  return {QualificationAnswer::descriptor(), {"lead_id"}, {request.lead_id()}};
}

std::vector<Named> ReadForAnswers(const AnswerQualificationRequest& request, const Context&) {
  return {ByKey(QualificationCriteria::descriptor(), request.criteria_key()), AnswersOf(request)};
}

std::vector<Named> ReadForQualification(const QualifyLeadRequest& request, const Context&) {
  return {ByKey(QualificationCriteria::descriptor(), ""), AnswersOf(request)};
}

void AddQualification(engine::Service* service) {
  service->Command(AnswerQualification);
  service->Reads<AnswerQualificationRequest>(ReadForAnswers);
  service->Command(QualifyLead);
  service->Reads<QualifyLeadRequest>(ReadForQualification);
}

void AddDefinitions(engine::Service* service) {
  service->Command(DefineSalesProcess);
  service->Reads<DefineSalesProcessRequest>(ReadForDefinition);
  service->Command(ApproveSalesProcess);
  service->Command(RetireSalesProcess);
  service->Command(DefineQualificationCriteria);
  service->Reads<DefineQualificationCriteriaRequest>(
      ReadVersions<QualificationCriteria, DefineQualificationCriteriaRequest>);
  service->Command(ApproveQualificationCriteria);
  service->Command(RetireQualificationCriteria);
  service->Command(DefineAssignmentRule);
  service->Reads<DefineAssignmentRuleRequest>(ReadVersions<AssignmentRule, DefineAssignmentRuleRequest>);
  service->Command(ApproveAssignmentRule);
  service->Command(RetireAssignmentRule);
  service->Command(DefineResponseStandard);
  service->Reads<DefineResponseStandardRequest>(ReadVersions<ResponseStandard, DefineResponseStandardRequest>);
  service->Command(ApproveResponseStandard);
  service->Command(RetireResponseStandard);
}

void AddFollowUps(engine::Service* service) {
  service->Command(PlanFollowUp);
  service->Command(CompleteFollowUp);
  service->Command(CancelFollowUp);
  service->Command(RemindFollowUp);
}

}  // namespace

engine::Service Leads() {
  engine::Service service("leads");
  service.Command(CaptureLead);
  service.Command(UpdateLead);
  service.Command(DisqualifyLead);
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
  AddAssignments(&service);
  AddQualification(&service);
  AddHandOffs(&service);
  AddFollowUps(&service);
  AddWorkHandOvers(&service);
  AddDefinitions(&service);
  AddProcessQueries(&service);
  AddFollowUpQueries(&service);
  return service;
}

}  // namespace songsang::leads
