// Rules of opening clients: papers, an assessment, and somebody else's approval before the first sale on credit.
#pragma once

#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "songsang/accounts/v1/opening.pb.h"

namespace songsang::accounts {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kOpeningMustBeOne{"OPENING_MUST_BE_ONE", Code::kFailedPrecondition,
                                      "The opening {opening_id} of this account waits for its decision.",
                                      "이 거래처의 개설 신청({opening_id})이 아직 결정되지 않았습니다."};
inline const Reason kOpeningMustBeUndecided{"OPENING_MUST_BE_UNDECIDED", Code::kFailedPrecondition,
                                            "The opening was {state} on {decided_on}.",
                                            "이미 {decided_on}에 결정({state})된 개설 신청입니다."};
inline const Reason kOpeningMustBeAssessed{"OPENING_MUST_BE_ASSESSED", Code::kFailedPrecondition,
                                           "The client's credit is not assessed yet.",
                                           "거래처의 신용 평가가 아직 끝나지 않았습니다."};
inline const Reason kOpeningDocumentsMustBeComplete{"OPENING_DOCUMENTS_MUST_BE_COMPLETE", Code::kFailedPrecondition,
                                                    "These documents are missing: {missing}.",
                                                    "다음 서류가 없습니다: {missing}."};
inline const Reason kApproverMustBeAnother{"APPROVER_MUST_BE_ANOTHER", Code::kPermissionDenied,
                                           "Whoever submitted the opening cannot decide it.",
                                           "개설을 신청한 사람은 그 신청을 결재할 수 없습니다."};
inline const Reason kLimitMustNotExceedProposal{
    "LIMIT_MUST_NOT_EXCEED_PROPOSAL", Code::kPermissionDenied,
    "The assessment proposes {proposed}; more is granted by an executive, and for a reason.",
    "신용 평가가 제안한 한도는 {proposed}입니다. 그보다 큰 한도는 임원이 사유를 적어 승인해야 합니다."};
inline const Reason kLimitMustBeInCurrency{"LIMIT_MUST_BE_IN_CURRENCY", Code::kInvalidArgument,
                                           "The limit must be in {currency}, and not negative.",
                                           "한도는 {currency} 통화의 0 이상 금액이어야 합니다."};
inline const Reason kRequestedLimitMustNotBeNegative{"REQUESTED_LIMIT_MUST_NOT_BE_NEGATIVE", Code::kInvalidArgument,
                                                     "The limit asked for must not be negative.",
                                                     "신청 한도는 음수일 수 없습니다."};
inline const Reason kChecklistDocumentsMustDiffer{"CHECKLIST_DOCUMENTS_MUST_DIFFER", Code::kInvalidArgument,
                                                  "The document {document} is listed twice.",
                                                  "서류 {document}이(가) 두 번 나옵니다."};

using Checklists = std::vector<const OpeningChecklist*>;
using Documents = std::vector<const OpeningDocument*>;

// The checklist that is shipped for a kind of account, and the one that counts on a day.
OpeningChecklist ShippedChecklist(Account::Kind kind);
OpeningChecklist ChecklistOn(const Checklists& defined, Account::Kind kind, const std::string& day);

// `openings` are those of the account.
Result<OpeningSubmitted> SubmitOpening(const Account& account, const std::vector<const AccountOpening*>& openings,
                                       const Checklists& defined, const SubmitOpeningRequest& request,
                                       const Context& context);
// `documents` are those of the opening.
Result<OpeningDocumentAttached> AttachOpeningDocument(const AccountOpening& opening, const Documents& documents,
                                                      const AttachOpeningDocumentRequest& request,
                                                      const Context& context);
Result<OpeningAssessed> NoteAssessment(const AccountOpening& opening, const NoteAssessmentRequest& request,
                                       const Context& context);
Result<AccountOpened> OpenAccount(const AccountOpening& opening, const Account& account, const Documents& documents,
                                  const OpenAccountRequest& request, const Context& context);
Result<OpeningRefused> RefuseOpening(const AccountOpening& opening, const RefuseOpeningRequest& request,
                                     const Context& context);
Result<OpeningChecklistDefined> DefineOpeningChecklist(const Checklists& defined,
                                                       const DefineOpeningChecklistRequest& request,
                                                       const Context& context);

}  // namespace songsang::accounts
