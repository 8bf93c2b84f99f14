// What both questions share: the shipped dictionary, the instant that a report is of, and plain answers to bad ones.
#pragma once

#include "core/dates.h"
#include "core/result.h"
#include "engine/service.h"
#include "reporting/rules_compile.h"
#include "reporting/rules_dictionary.h"
#include "songsang/reporting/v1/report.pb.h"
#include "songsang/reporting/v1/snapshot.pb.h"

namespace songsang::reporting {

inline const Reason kReplicaNotReady(
    "REPLICA_NOT_READY", Code::kUnavailable,
    "Reports cannot be answered yet: the replica has not been told how far every journal has come.",
    "아직 보고서를 조회할 수 없습니다. 리플리카가 모든 저널의 진행 상황을 확인하는 중입니다.");
inline const Reason kBadPageToken("BAD_PAGE_TOKEN", Code::kInvalidArgument,
                                  "The page token belongs to another question, or is none.",
                                  "페이지 토큰이 이 질의의 것이 아닙니다.");

// Checked once, when it is first asked for; throws std::logic_error if a definition is wrong.
const Dictionary& ShippedDictionary();

// Makes the reader answer as known on the instant asked for, or on the latest that all journals can tell, whichever
// is earlier; and which that was.
Result<Instant> KnownOn(engine::Reader& reader, const google::protobuf::Message& request, bool asked, Instant instant);

// The last entry of the caller's tenant in each journal by the instant: a function of tenant and instant, so that the
// same question has the same answer.
Status AddPositions(engine::Reader& reader, const google::protobuf::Message& request, Instant instant,
                    google::protobuf::RepeatedPtrField<songsang::v1::Position>* positions);

Result<v1::ListMetricsResponse> ListMetrics(engine::Reader& reader, const v1::ListMetricsRequest& request);
Result<v1::Figures> GetFigures(engine::Reader& reader, const v1::GetFiguresRequest& request);
Result<v1::Lineage> GetLineage(engine::Reader& reader, const v1::GetLineageRequest& request);
Result<v1::Pipeline> GetPipeline(engine::Reader& reader, const v1::GetPipelineRequest& request);
Result<v1::ForecastAccuracy> GetForecastAccuracy(engine::Reader& reader, const v1::GetForecastAccuracyRequest& request);

// In queries_ageing.cpp: ageing of receivables, and days sales outstanding.
void AddAgeing(engine::Service* service);

}  // namespace songsang::reporting
