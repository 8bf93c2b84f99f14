#include <gtest/gtest.h>

#include "support/context.h"
#include "support/proto.h"
#include "training/rules_programme.h"

namespace songsang::training {
namespace {

TEST(OpenProgramme, IsOfferedFromTheDayGivenElseFromToday) {
  EXPECT_THAT(
      OpenProgramme(Proto("name: '신입 교육' kind: KIND_ORIENTATION offered_from_on: '2026-01-02'"), ContextOf()),
      Answers(ContainsProto("programme { name: '신입 교육' offered_from_on: '2026-01-02' }")));
  const auto opened = OpenProgramme(Proto("name: '신입 교육'"), ContextOf());
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->programme().offered_from_on(), ContextOf().today.ToIso());
}

TEST(OpenProgramme, Refuses) {
  EXPECT_THAT(OpenProgramme(Proto("offered_from_on: '2026-01-02' offered_to_on: '2026-01-01'"), ContextOf()),
              RefusedWith(kOfferMustNotEndBeforeItBegins));
  EXPECT_THAT(OpenProgramme(Proto("offered_from_on: '2026-01-02' offered_to_on: '2026-01-02'"), ContextOf()), IsOk());
}

}  // namespace
}  // namespace songsang::training
