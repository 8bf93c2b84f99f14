// Refusals on the wire: google.rpc.Status with ErrorInfo, LocalizedMessage, BadRequest and RetryInfo (AIP-193), both
// ways. v1::Status has the field numbers of google.rpc.Status, so its bytes are what every client library expects.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::engine {

enum class Language { kEnglish, kKorean };
// The better liked of the two in an `accept-language` header (`ko-KR,ko;q=0.9,en;q=0.8`); English by default.
Language LanguageOf(std::string_view accept_language);

// `service` is `leads`, for the domain `songsang.leads`; empty for `songsang`. A status stays under 4 KiB, since
// trailers are bounded: violations that do not fit are counted in the variable `more_violations`.
v1::Status ToStatus(const Refusal& refusal, std::string_view service, Language language);

// A status as a client reads it.
struct Failure {
  Code code = Code::kInternal;
  std::string message;   // English, or what a proxy or the library said
  std::string reason;    // `LEAD_MUST_BE_QUALIFIED`; empty where nobody of Songsang answered
  std::string domain;    // `songsang.leads`
  std::string sentence;  // in the caller's language; the message where there is none
  std::map<std::string, std::string> variables;
  std::vector<FieldViolation> violations;
  std::optional<int> retry_after_ms;

  // `LEAD_MUST_BE_QUALIFIED: The lead …`, with one line a violation.
  std::string ToString() const;
};
Failure ReadStatus(const v1::Status& status);
// From what gRPC hands over: the code and message, and the bytes of `grpc-status-details-bin`, which may be empty.
Failure ReadStatus(int code, std::string_view message, std::string_view details);

// `INVALID_ARGUMENT`
const char* CodeName(Code code);

}  // namespace songsang::engine
