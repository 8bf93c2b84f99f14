#include "core/ids.h"
#include "leads/leads.h"
#include "leads/policies.h"
#include "leads/rules_assignment.h"
#include "leads/rules_follow_up.h"
#include "leads/rules_hand_off.h"
#include "leads/rules_lead.h"
#include "leads/rules_opportunity.h"
#include "leads/rules_process.h"
#include "leads/rules_proposal.h"
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

std::vector<Named> ReadLines(const AcceptProposalRequest& request, const Context&) {
  return {{ProposalLine::descriptor(), {"proposal_id"}, {request.proposal_id()}}};
}

// The prices that hold for the client today.
template <class Request>
billing::v1::QuotePricesRequest PricesFor(const Request& request, const Context& context) {
  billing::v1::QuotePricesRequest ask;
  ask.set_as_of(context.today.ToIso());
  ask.set_account_id(request.account_id());
  for (const auto& line : request.lines()) {
    auto* asked = ask.add_lines();
    asked->set_product_id(line.product_id());
    *asked->mutable_quantity() = line.quantity();
  }
  return ask;
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

void AddProposals(engine::Service* service) {
  service->Command(DraftProposal);
  service->Gather<DraftProposalRequest>(PricesFor<DraftProposalRequest>);
  service->Command(ReviseProposal);
  service->Gather<ReviseProposalRequest>(PricesFor<ReviseProposalRequest>);
  service->Command(SendProposal);
  service->Command(NoteProposalViewed);
  service->Command(AcceptProposal);
  service->Reads<AcceptProposalRequest>(ReadLines);
  service->Command(DeclineProposal);
  service->Command(ExpireProposal);
  service->Command(NoteOrder);
}

// What the service does by itself.
void AddPolicies(engine::Service* service) {
  service->Timer("due_at", ExpireHandOffOf);
  service->Timer("remind_at", RemindFollowUpOf);
  service->Timer("expires_at", ExpireProposalOf);
  service->Timer("step_at", StepWorkHandOverOf);
  service->Policy("note_order", NoteOrderOf);
  service->Policy("hand_over_work", StartWorkHandOverOf);
}

}  // namespace

engine::Service Leads() {
  engine::Service service("leads");
  service.Command(CaptureLead);
  service.Command(UpdateLead);
  service.Command(DisqualifyLead);
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
  AddProposals(&service);
  AddDefinitions(&service);
  AddPolicies(&service);
  AddProcessQueries(&service);
  AddFollowUpQueries(&service);
  return service;
}

}  // namespace songsang::leads
