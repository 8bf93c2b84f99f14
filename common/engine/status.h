// Refusals on the wire: google.rpc.Status with ErrorInfo, LocalizedMessage, BadRequest and RetryInfo (AIP-193).
// v1::Status has the field numbers of google.rpc.Status, so its bytes are what every client library expects in
// `grpc-status-details-bin`. (adapters/grpc_client reads them.)
#pragma once

#include <google/protobuf/descriptor.h>

#include <string_view>

#include "core/result.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::engine {

enum class Language { kEnglish, kKorean };
// The better liked of the two in an `accept-language` header (`ko-KR,ko;q=0.9,en;q=0.8`); English by default.
Language LanguageOf(std::string_view accept_language);

// `service` is `leads`, for the domain `songsang.leads`; empty for `songsang`. A status stays under 4 KiB, since
// trailers are bounded: violations that do not fit are counted in the variable `more_violations`.
v1::Status ToStatus(const Refusal& refusal, std::string_view service, Language language);

// Why bytes that did not parse as this message are refused: MALFORMED_REQUEST, or INVALID_UTF8 with the field's path.
Refusal NotParsed(const google::protobuf::Descriptor& type, std::string_view bytes);

}  // namespace songsang::engine
