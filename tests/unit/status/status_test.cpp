#include "engine/status.h"

#include <gmock/gmock.h>

#include "adapters/grpc_client/details.h"
#include "core/text.h"

namespace songsang::tests {
namespace {

using engine::Language;
using engine::LanguageOf;
using engine::ToStatus;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

inline const Reason kShelfMustHold{"SHELF_MUST_HOLD", Code::kFailedPrecondition, "The shelf {shelf} holds {held} only.",
                                   "선반 {shelf}의 수량이 {held}뿐입니다."};

// As a client reads it off the wire.
client::Answer Read(const v1::Status& status) {
  client::Answer answer;
  client::ReadDetails(status.SerializeAsString(), &answer);
  return answer;
}

TEST(ToStatus, TellsReasonSentenceAndVariables) {
  const auto status = ToStatus(kShelfMustHold.With("shelf", "A-1").With("held", "7"), "leads", Language::kKorean);
  EXPECT_EQ(status.code(), 9);
  EXPECT_EQ(status.message(), "The shelf A-1 holds 7 only.");
  const auto answer = Read(status);
  EXPECT_EQ(answer.reason, "SHELF_MUST_HOLD");
  EXPECT_EQ(answer.domain, "songsang.leads");
  EXPECT_EQ(answer.localized, "선반 A-1의 수량이 7뿐입니다.");
  EXPECT_THAT(answer.variables, UnorderedElementsAre(Pair("shelf", "A-1"), Pair("held", "7")));
  EXPECT_FALSE(answer.retry_after_ms.has_value());
  EXPECT_EQ(Read(ToStatus(kShelfMustHold, "", Language::kEnglish)).domain, "songsang");
}

TEST(ToStatus, TellsFieldsAndWhenToRetry) {
  Refusal refusal = kShelfMustHold;
  refusal.violations = {{"lines[1].name", "is required"}, {"note", "holds a NUL character"}};
  refusal.retry_after_ms = 2'250;
  const auto answer = Read(ToStatus(refusal, "leads", Language::kEnglish));
  ASSERT_THAT(answer.fields, SizeIs(2));
  EXPECT_EQ(answer.fields[0].field, "lines[1].name");
  EXPECT_EQ(answer.fields[1].description, "holds a NUL character");
  EXPECT_EQ(answer.retry_after_ms, 2'250);
}

TEST(ToStatus, HasTheTypeUrlsThatEveryClientKnows) {
  Refusal refusal = kShelfMustHold;
  refusal.violations = {{"note", "is required"}};
  refusal.retry_after_ms = 1;
  const auto status = ToStatus(refusal, "leads", Language::kEnglish);
  EXPECT_THAT(status.details(), ElementsAre(HasSubstr("type.googleapis.com/google.rpc.ErrorInfo"),
                                            HasSubstr("type.googleapis.com/google.rpc.LocalizedMessage"),
                                            HasSubstr("type.googleapis.com/google.rpc.BadRequest"),
                                            HasSubstr("type.googleapis.com/google.rpc.RetryInfo")));
}

TEST(ToStatus, StaysUnderFourKibibytes) {
  std::string korean;
  for (int i = 0; i < 3000; ++i) korean += "한";
  Refusal refusal = kShelfMustHold.With("shelf", korean).With("held", korean);
  for (int i = 0; i < 100; ++i) refusal.violations.push_back({"lines[" + std::to_string(i) + "].name", korean});
  const auto status = ToStatus(refusal, "leads", Language::kKorean);
  EXPECT_LE(status.SerializeAsString().size(), 4096);
  EXPECT_TRUE(IsUtf8(status.message()));
  const auto answer = Read(status);
  EXPECT_TRUE(IsUtf8(answer.localized));
  EXPECT_GE(answer.fields.size(), 1);
  EXPECT_EQ(answer.fields.size() + std::stoul(answer.variables.at("more_violations")), 100);
}

TEST(LanguageOf, IsTheBetterLiked) {
  EXPECT_EQ(LanguageOf(""), Language::kEnglish);
  EXPECT_EQ(LanguageOf("ko"), Language::kKorean);
  EXPECT_EQ(LanguageOf("ko-KR,ko;q=0.9,en-US;q=0.8"), Language::kKorean);
  EXPECT_EQ(LanguageOf("en-US,en;q=0.9,ko;q=0.8"), Language::kEnglish);
  EXPECT_EQ(LanguageOf("fr, ko;q=0.3"), Language::kKorean);
  EXPECT_EQ(LanguageOf("kok"), Language::kEnglish);
  EXPECT_EQ(LanguageOf(",,;q=,-"), Language::kEnglish);
  EXPECT_EQ(LanguageOf("ko;q=0"), Language::kEnglish);
}

}  // namespace
}  // namespace songsang::tests
