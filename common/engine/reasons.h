// What the engine itself refuses, whatever the service.
#pragma once

#include "core/result.h"

namespace songsang::engine {

inline const Reason kInvalidRequest{"INVALID_REQUEST", Code::kInvalidArgument,
                                    "The request has invalid fields; each is listed.",
                                    "요청에 잘못된 항목이 있습니다. 항목별 사유를 확인하세요."};
inline const Reason kMalformedRequest{"MALFORMED_REQUEST", Code::kInvalidArgument,
                                      "The request is not a message of the type that this method takes.",
                                      "요청을 이 메서드의 메시지로 해석할 수 없습니다."};
inline const Reason kInvalidUtf8{"INVALID_UTF8", Code::kInvalidArgument, "A text in the request is not valid UTF-8.",
                                 "요청의 문자열이 올바른 UTF-8이 아닙니다."};
inline const Reason kMethodUnknown{"METHOD_UNKNOWN", Code::kUnimplemented, "There is no method {method} here.",
                                   "여기에는 {method} 메서드가 없습니다."};
inline const Reason kMethodMustBeCommand{"METHOD_MUST_BE_COMMAND", Code::kInvalidArgument,
                                         "A batch holds commands only; {method} is not one.",
                                         "일괄 호출에는 명령만 담을 수 있습니다. {method}은(는) 명령이 아닙니다."};
inline const Reason kUnauthenticated{"UNAUTHENTICATED", Code::kUnauthenticated,
                                     "A valid bearer token is required: {detail}.",
                                     "유효한 토큰(Bearer)이 필요합니다: {detail}."};
inline const Reason kPermissionDenied{"PERMISSION_DENIED", Code::kPermissionDenied,
                                      "None of the caller's roles may call {method}; it is for {roles}.",
                                      "호출자의 역할로는 {method}을(를) 호출할 수 없습니다. 허용 역할: {roles}."};
inline const Reason kRequestIdReused{"REQUEST_ID_REUSED", Code::kAlreadyExists,
                                     "The request id {request_id} was used before for a different request.",
                                     "요청 ID {request_id}은(는) 이미 다른 내용의 요청에 쓰였습니다."};
inline const Reason kStaleVersion{
    "STALE_VERSION", Code::kAborted, "{kind} {id} is at version {version}, not {expected}: read it again.",
    "{kind} {id}의 현재 버전은 {version}이며 {expected}이(가) 아닙니다. 다시 조회하세요."};
inline const Reason kExternalRefTaken{"EXTERNAL_REF_TAKEN", Code::kAlreadyExists,
                                      "A {kind} with this external reference exists already: {id}.",
                                      "이 외부 참조를 가진 {kind}이(가) 이미 있습니다: {id}."};
inline const Reason kNotFound{"NOT_FOUND", Code::kNotFound, "There is no {kind} {id}.",
                              "{kind} {id}을(를) 찾을 수 없습니다."};
inline const Reason kReferenceRequired{"REFERENCE_REQUIRED", Code::kInvalidArgument, "The request must name a {kind}.",
                                       "요청에 {kind}을(를) 지정해야 합니다."};
inline const Reason kPastNotAllowed{"PAST_NOT_ALLOWED", Code::kPermissionDenied,
                                    "Only an importer may date facts more than {days} days back.",
                                    "{days}일보다 이전 시점의 기록은 IMPORTER 역할만 할 수 있습니다."};
inline const Reason kFutureNotAllowed{"FUTURE_NOT_ALLOWED", Code::kInvalidArgument, "occurred_at lies in the future.",
                                      "발생 시각(occurred_at)이 미래입니다."};
inline const Reason kNotYetVisible{"NOT_YET_VISIBLE", Code::kUnavailable,
                                   "The position waited for was not reached before the deadline.",
                                   "기다리던 위치에 기한 안에 도달하지 못했습니다."};
inline const Reason kOverloaded{"OVERLOADED", Code::kResourceExhausted,
                                "Too many commands are waiting; try again a little later.",
                                "처리 대기 중인 명령이 너무 많습니다. 잠시 후 다시 시도하세요."};
inline const Reason kRateLimited{
    "RATE_LIMITED", Code::kResourceExhausted,
    "The client {client} may send {limit} commands a second on the average; try again a little later.",
    "클라이언트 {client}은(는) 평균 초당 {limit}건까지만 명령을 보낼 수 있습니다. 잠시 후 다시 시도하세요."};
inline const Reason kUnavailable{
    "UNAVAILABLE", Code::kUnavailable, "The store did not answer; the outcome is unknown. The same request id tells.",
    "저장소가 응답하지 않아 결과를 알 수 없습니다. 같은 요청 ID로 다시 호출하면 알 수 있습니다."};
inline const Reason kStopping{"STOPPING", Code::kUnavailable, "The server is shutting down.", "서버가 종료 중입니다."};
inline const Reason kDeadlineExceeded{"DEADLINE_EXCEEDED", Code::kDeadlineExceeded,
                                      "The deadline passed before the command was decided; nothing was recorded.",
                                      "명령을 판단하기 전에 기한이 지났습니다. 기록된 것은 없습니다."};
inline const Reason kCancelled{"CANCELLED", Code::kCancelled, "The caller cancelled; nothing was recorded.",
                               "호출자가 취소했습니다. 기록된 것은 없습니다."};
inline const Reason kEventTooLarge{
    "EVENT_TOO_LARGE", Code::kInvalidArgument,
    "The event would hold {size} bytes and {entities} entities; 262144 and 500 are the most.",
    "이벤트가 너무 큽니다: {size}바이트, {entities}개. 최대 262144바이트, 500개입니다."};
inline const Reason kDuplicateValue{"DUPLICATE_VALUE", Code::kAlreadyExists,
                                    "Another entity holds the same unique value ({constraint}).",
                                    "같은 고유 값을 가진 다른 항목이 있습니다({constraint})."};
inline const Reason kPageTokenInvalid{"PAGE_TOKEN_INVALID", Code::kInvalidArgument,
                                      "The page token does not belong to this list and these filters.",
                                      "이 목록과 조건에 맞지 않는 페이지 토큰입니다."};
inline const Reason kOrderUnknown{"ORDER_UNKNOWN", Code::kInvalidArgument, "order_by must be one of: {allowed}.",
                                  "order_by는 다음 중 하나여야 합니다: {allowed}."};
inline const Reason kServiceUnknown{"SERVICE_UNKNOWN", Code::kInvalidArgument, "There is no service {service} here.",
                                    "여기에는 {service} 서비스가 없습니다."};
inline const Reason kJournalForked{"JOURNAL_FORKED", Code::kFailedPrecondition,
                                   "The journal of {service}/{partition} differs at {seq} from the one read before.",
                                   "{service}/{partition} 저널이 이전에 읽은 것과 {seq}에서 다릅니다."};
inline const Reason kTooManyHops{"TOO_MANY_HOPS", Code::kInternal,
                                 "Policies have answered one another more than {hops} times.",
                                 "정책이 서로를 {hops}번 넘게 연쇄 호출했습니다."};
inline const Reason kPortMissing{"PORT_MISSING", Code::kFailedPrecondition,
                                 "No address is configured for the port {port}; what is due waits.",
                                 "포트 {port}의 주소가 설정되지 않아 대기 중인 건이 처리되지 않습니다."};
inline const Reason kInternal{"INTERNAL", Code::kInternal, "An internal error; nothing was recorded: {detail}.",
                              "내부 오류입니다. 기록된 것은 없습니다: {detail}."};

}  // namespace songsang::engine
