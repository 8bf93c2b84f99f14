#include "engine/status.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "core/text.h"
#include "engine/reasons.h"
#include "rows/validate.h"

namespace songsang::engine {
namespace {

// Trailers hold 8 KiB, and texts grow by a third on their way through base64.
constexpr size_t kMostDetails = 4096;
constexpr size_t kMostText = 512;      // of a sentence or a violation
constexpr size_t kMostVariable = 256;  // of a variable's value
constexpr size_t kMostVariables = 16;

// At most so many bytes, cut between characters.
std::string Cut(std::string text, size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) >> 6) == 2) --most;
  text.resize(most);
  return text + "…";
}

void PutVarint(uint64_t value, std::string* out) {
  for (; value >= 0x80; value >>= 7) *out += static_cast<char>(value | 0x80);
  *out += static_cast<char>(value);
}

// A text or message field.
void Put(int number, const std::string& bytes, std::string* out) {
  PutVarint(static_cast<uint64_t>(number) << 3 | 2, out);
  PutVarint(bytes.size(), out);
  *out += bytes;
}

void PutInt(int number, uint64_t value, std::string* out) {
  if (value == 0) return;
  PutVarint(static_cast<uint64_t>(number) << 3, out);
  PutVarint(value, out);
}

// google.protobuf.Any {type_url = 1, value = 2}
std::string Any(const char* type, const std::string& message) {
  std::string any;
  Put(1, std::string("type.googleapis.com/google.rpc.") + type, &any);
  Put(2, message, &any);
  return any;
}

// ErrorInfo {reason = 1, domain = 2, map<string, string> metadata = 3}
std::string ErrorInfo(const Refusal& refusal, std::string_view service, size_t more_violations) {
  std::string info;
  Put(1, refusal.reason->name, &info);
  Put(2, service.empty() ? "songsang" : "songsang." + std::string(service), &info);
  const auto put = [&info](const std::string& key, const std::string& value) {
    std::string entry;
    Put(1, key, &entry);
    Put(2, Cut(value, kMostVariable), &entry);
    Put(3, entry, &info);
  };
  for (size_t i = 0; i < std::min(refusal.variables.size(), kMostVariables); ++i)
    put(refusal.variables[i].first, refusal.variables[i].second);
  if (more_violations > 0) put("more_violations", std::to_string(more_violations));
  return Any("ErrorInfo", info);
}

// LocalizedMessage {locale = 1, message = 2}
std::string LocalizedMessage(const Refusal& refusal, Language language) {
  std::string message;
  Put(1, language == Language::kKorean ? "ko" : "en", &message);
  Put(2, Cut(refusal.Sentence(language == Language::kKorean), kMostText), &message);
  return Any("LocalizedMessage", message);
}

// RetryInfo {Duration retry_delay = 1 {seconds = 1, nanos = 2}}
std::string RetryInfo(int millis) {
  std::string delay, info;
  PutInt(1, static_cast<uint64_t>(millis / 1000), &delay);
  PutInt(2, static_cast<uint64_t>(millis % 1000) * 1'000'000, &delay);
  Put(1, delay, &info);
  return Any("RetryInfo", info);
}

// BadRequest {repeated FieldViolation field_violations = 1 {field = 1, description = 2}}, as many as `room` holds.
std::string BadRequest(const std::vector<FieldViolation>& violations, size_t room, size_t* told) {
  std::string request;
  for (*told = 0; *told < violations.size(); ++*told) {
    std::string violation;
    Put(1, Cut(violations[*told].field, kMostVariable), &violation);
    Put(2, Cut(violations[*told].description, kMostText), &violation);
    if (request.size() + violation.size() + 64 > room) break;
    Put(1, violation, &request);
  }
  return Any("BadRequest", request);
}

}  // namespace

Language LanguageOf(std::string_view accept_language) {
  double english = 0, korean = 0;
  while (!accept_language.empty()) {
    std::string_view range = accept_language.substr(0, accept_language.find(','));
    accept_language.remove_prefix(std::min(accept_language.size(), range.size() + 1));
    while (!range.empty() && range.front() == ' ') range.remove_prefix(1);
    double liking = 1;
    if (const size_t q = range.find(";q="); q != std::string_view::npos)
      liking = std::strtod(std::string(range.substr(q + 3, 5)).c_str(), nullptr);
    // The language is what stands before a region or a weight: `ko-KR`, `ko;q=0.9`.
    const std::string language = Lower(range.substr(0, range.find_first_of("-; ")));
    if (language == "ko") korean = std::max(korean, liking);
    if (language == "en") english = std::max(english, liking);
  }
  return korean > english ? Language::kKorean : Language::kEnglish;
}

v1::Status ToStatus(const Refusal& refusal, std::string_view service, Language language) {
  v1::Status status;
  status.set_code(static_cast<int>(refusal.reason->code));
  status.set_message(Cut(refusal.Sentence(false), kMostText));
  const std::string localized = LocalizedMessage(refusal, language);
  const std::string retry = refusal.retry_after_ms ? RetryInfo(*refusal.retry_after_ms) : "";
  size_t told = 0;
  std::string bad_request;
  if (!refusal.violations.empty()) {
    const size_t taken =
        status.message().size() + localized.size() + retry.size() + ErrorInfo(refusal, service, 1).size() + 128;
    bad_request = BadRequest(refusal.violations, kMostDetails - std::min(kMostDetails, taken), &told);
  }
  status.add_details(ErrorInfo(refusal, service, refusal.violations.size() - told));
  status.add_details(localized);
  if (told > 0) status.add_details(bad_request);
  if (!retry.empty()) status.add_details(retry);
  return status;
}

Refusal NotParsed(const google::protobuf::Descriptor& type, std::string_view bytes) {
  const std::string field = rows::FindInvalidText(type, bytes);
  return field.empty() ? Refusal(kMalformedRequest) : kInvalidUtf8.At(field);
}

}  // namespace songsang::engine
