// Rules of sales processes: which stages there are, and which moves between them.
#pragma once

#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "leads/rules_definition.h"
#include "songsang/leads/v1/process.pb.h"

namespace songsang::leads {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kStagesMustDiffer{"STAGES_MUST_DIFFER", Code::kInvalidArgument,
                                      "The stage {stage} is listed twice.", "단계 {stage}이(가) 두 번 나옵니다."};
inline const Reason kNextStageMustBeKnown{"NEXT_STAGE_MUST_BE_KNOWN", Code::kInvalidArgument,
                                          "The stage {stage} leads to {next}, which is none of the stages.",
                                          "단계 {stage}에서 이동할 수 있다고 한 {next}은(는) 없는 단계입니다."};
inline const Reason kSalesProcessMustExist{"SALES_PROCESS_MUST_EXIST", Code::kNotFound,
                                           "There is no sales process {process}.",
                                           "영업 프로세스 {process}을(를) 찾을 수 없습니다."};

inline const Reason kProcessPersonaMustStay{
    "PROCESS_PERSONA_MUST_STAY", Code::kFailedPrecondition,
    "The sales process {process} is for {persona}; every version of it is.",
    "영업 프로세스 {process}의 구매자 유형은 {persona}입니다. 모든 판에서 같아야 합니다."};
inline const Reason kPersonaMustHaveOneProcess{
    "PERSONA_MUST_HAVE_ONE_PROCESS", Code::kFailedPrecondition,
    "The sales process {process} is for {persona} already; everybody sells to one kind of buyer by the same steps.",
    "구매자 유형 {persona}에는 이미 영업 프로세스 {process}이(가) 있습니다. 한 유형에는 같은 절차를 써야 합니다."};

// The process that is shipped: `standard`, version 1.
const SalesProcess& StandardProcess();

using Defined = Versions<SalesProcess>;
// The version of a process that holds on the day, the shipped one if no other does; null if there is none of this key.
const SalesProcess* ProcessInForce(const Defined& defined, const std::string& key, const std::string& day);
// The variant for a kind of buyer that holds on the day, of those that are defined for it; null if there is none.
const SalesProcess* VariantInForce(const Defined& of_persona, const std::string& day);
// Null if the process has no such stage.
const SalesProcess::Stage* StageOf(const SalesProcess& process, const std::string& key);

// `of_persona` are the processes for the kind of buyer that is asked for.
Result<SalesProcessDefined> DefineSalesProcess(const Defined& defined, const Defined& of_persona,
                                               const DefineSalesProcessRequest& request, const Context& context);
Result<SalesProcessApproved> ApproveSalesProcess(const SalesProcess& process, const ApproveSalesProcessRequest& request,
                                                 const Context& context);
Result<SalesProcessRetired> RetireSalesProcess(const SalesProcess& process, const RetireSalesProcessRequest& request,
                                               const Context& context);

}  // namespace songsang::leads
