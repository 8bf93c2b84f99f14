// Rules of sales processes: which stages there are, and which moves between them.
#pragma once

#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
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

// The process that is shipped: `standard`, version 1.
const SalesProcess& StandardProcess();
// What an opportunity follows if nobody says otherwise.
inline constexpr char kStandardProcess[] = "standard";

// Every version that there is of a process: those that were defined, and the shipped one.
using Defined = std::vector<const SalesProcess*>;
// The newest version; null if there is none of this key.
const SalesProcess* NewestOf(const Defined& defined, const std::string& key);
// Null if the process has no such stage.
const SalesProcess::Stage* StageOf(const SalesProcess& process, const std::string& key);

Result<SalesProcessDefined> DefineSalesProcess(const Defined& defined, const DefineSalesProcessRequest& request,
                                               const Context& context);

}  // namespace songsang::leads
