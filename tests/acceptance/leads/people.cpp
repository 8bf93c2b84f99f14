#include "acceptance/leads/people.h"

namespace songsang {

Instant SystemNow(const Company& company) {
  const auto captured = company.rep.Call<leads::v1::LeadCaptured>(
      "CaptureLead", Proto("name: '시계' channel: CHANNEL_WEB"), With{.validate_only = true});
  EXPECT_THAT(captured, IsOk());
  return FromTimestamp(captured->lead().captured_at());
}

std::string InText(Instant instant) {
  return "{ seconds: " + std::to_string(instant.micros / 1'000'000) +
         " nanos: " + std::to_string(instant.micros % 1'000'000 * 1'000) + " }";
}

void MoveTo(const Company& company, Instant instant) {
  const int64_t minutes = (instant.micros - SystemNow(company).micros) / 60'000'000 + 1;
  if (minutes > 0) System::Ahead(std::chrono::minutes(minutes));
}

}  // namespace songsang
