// Rules of assignment: which person a lead goes to, and which products only certified persons are given.
#pragma once

#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "leads/rules_definition.h"
#include "songsang/leads/v1/assignment.pb.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/training/v1/certification.pb.h"

namespace songsang::leads {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kAssignmentRuleMustExist{"ASSIGNMENT_RULE_MUST_EXIST", Code::kNotFound,
                                             "There is no assignment rule {rule} in force.",
                                             "시행 중인 배정 규칙 {rule}이(가) 없습니다."};
inline const Reason kLeadMustMatchALine{
    "LEAD_MUST_MATCH_A_LINE", Code::kFailedPrecondition,
    "No line of the assignment rule {rule} is for region {region}, product {product}.",
    "배정 규칙 {rule}에 지역 {region}, 상품 {product}에 해당하는 항목이 없습니다."};
inline const Reason kSomebodyMustBeFree{
    "SOMEBODY_MUST_BE_FREE", Code::kFailedPrecondition,
    "Nobody in line {line} of the assignment rule can take the lead: not certified {uncertified}, with enough leads "
    "{full}.",
    "배정 규칙 {line}번 항목에 리드를 맡을 사람이 없습니다. 자격 미보유: {uncertified}, 보유 리드 초과: {full}."};
inline const Reason kPersonMustBeCertified{
    "PERSON_MUST_BE_CERTIFIED", Code::kFailedPrecondition,
    "Leads of the product {product} go to certified persons only; {person} holds no certification that is valid on "
    "{day}.",
    "상품 {product}의 리드는 판매 자격이 있는 사람만 맡을 수 있습니다. {person}에게는 {day}에 유효한 자격이 없습니다."};

using Rules = Versions<AssignmentRule>;
using Certifications = std::vector<const training::v1::Certification*>;

// Whether the person may be given leads of the product: by the standard rule in force, `rules`, and the certifications
// that they hold.
Status MustBeCertified(const Rules& rules, const Certifications& held, const std::string& product_id,
                       const std::string& person_id, const Context& context);

// The first line that the lead matches, from 1; 0 if none.
int LineFor(const AssignmentRule& rule, const Lead& lead);

// A person of the line, and what decides about them.
struct Candidate {
  std::string person_id;
  int open_leads = 0;
  Certifications held;
};

// `standard` are the versions of the rule that says which products need certified persons, `candidates` the persons of
// the line that matches, in its order.
Result<LeadRouted> RouteLead(const Lead& lead, const Rules& rules, const Rules& standard,
                             const std::vector<Candidate>& candidates, const RouteLeadRequest& request,
                             const Context& context);

Result<AssignmentRuleDefined> DefineAssignmentRule(const Rules& defined, const DefineAssignmentRuleRequest& request,
                                                   const Context& context);
Result<AssignmentRuleApproved> ApproveAssignmentRule(const AssignmentRule& rule,
                                                     const ApproveAssignmentRuleRequest& request,
                                                     const Context& context);
Result<AssignmentRuleRetired> RetireAssignmentRule(const AssignmentRule& rule,
                                                   const RetireAssignmentRuleRequest& request, const Context& context);

}  // namespace songsang::leads
