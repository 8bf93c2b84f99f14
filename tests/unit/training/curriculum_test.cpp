#include <gtest/gtest.h>

#include "support/context.h"
#include "support/proto.h"
#include "training/rules_curriculum.h"

namespace songsang::training {
namespace {

const Programme kProgramme = Proto("id: 'P'");
constexpr char kItems[] = "items { key: 'greeting' } items { key: 'closing' elective: true }";

TEST(DraftCurriculum, NumbersTheVersions) {
  EXPECT_THAT(DraftCurriculum(kProgramme, {}, Proto(std::string(kItems) + "pass_score: 70"), ContextOf()),
              Answers(ContainsProto("curriculum { programme_id: 'P' number: 1 state: STATE_DRAFT pass_score: 70 }")));
  const Curriculum first = Proto("id: 'A' number: 1 state: STATE_RETIRED");
  const Curriculum second = Proto("id: 'B' number: 2 state: STATE_APPROVED");
  EXPECT_THAT(DraftCurriculum(kProgramme, {&second, &first}, Proto(kItems), ContextOf()),
              Answers(ContainsProto("curriculum { number: 3 }")));
}

TEST(DraftCurriculum, Refuses) {
  const Curriculum draft = Proto("id: 'A' number: 1 state: STATE_DRAFT");
  EXPECT_THAT(DraftCurriculum(kProgramme, {&draft}, Proto(kItems), ContextOf()),
              RefusedWith(kCurriculumDraftMustBeOne));
  EXPECT_THAT(DraftCurriculum(kProgramme, {}, Proto("items { key: 'a' } items { key: 'a' }"), ContextOf()),
              RefusedWith(kItemsMustDiffer));
  EXPECT_THAT(DraftCurriculum(kProgramme, {}, Proto("items { key: 'a' elective: true }"), ContextOf()),
              RefusedWith(kItemsMustBeRequired));
}

TEST(ReviseCurriculum, SaysTheWholeOfADraftAndOfNothingElse) {
  const Curriculum draft = Proto("id: 'A' state: STATE_DRAFT items { key: 'x' } pass_score: 70 changes: 'old'");
  EXPECT_THAT(ReviseCurriculum(draft, Proto("items { key: 'y' } valid_months: 12"), ContextOf()),
              Answers(EqualsProto("curriculum { id: 'A' state: STATE_DRAFT items { key: 'y' } valid_months: 12 }")));
  for (const char* state : {"STATE_APPROVED", "STATE_RETIRED"})
    EXPECT_THAT(ReviseCurriculum(Proto(std::string("state: ") + state), Proto(kItems), ContextOf()),
                RefusedWith(kCurriculumMustBeDraft));
  EXPECT_THAT(ReviseCurriculum(draft, Proto("items { key: 'a' } items { key: 'a' }"), ContextOf()),
              RefusedWith(kItemsMustDiffer));
}

TEST(ApproveCurriculum, RetiresTheVersionBefore) {
  const Curriculum before = Proto("id: 'A' version: 3 number: 1 state: STATE_APPROVED approved_on: '2026-01-02'");
  const Curriculum draft = Proto("id: 'B' number: 2 state: STATE_DRAFT");
  EXPECT_THAT(ApproveCurriculum(draft, {&before, &draft}, Proto(""), ContextOf()),
              Answers(EqualsProto("curriculum { id: 'B' number: 2 state: STATE_APPROVED approved_by: 'kim' "
                                  "approved_on: '2026-11-22' } retired { id: 'A' version: 3 number: 1 "
                                  "state: STATE_RETIRED approved_on: '2026-01-02' retired_on: '2026-11-22' }")));
  const auto first = ApproveCurriculum(draft, {&draft}, Proto(""), ContextOf());
  ASSERT_TRUE(first.ok());
  EXPECT_FALSE(first->has_retired());
  EXPECT_THAT(ApproveCurriculum(before, {&before}, Proto(""), ContextOf()), RefusedWith(kCurriculumMustBeDraft));
}

TEST(RetireCurriculum, EndsDraftsAndApprovedOnesOnce) {
  EXPECT_THAT(RetireCurriculum(Proto("id: 'A' state: STATE_DRAFT"), Proto(""), ContextOf()),
              Answers(ContainsProto("curriculum { state: STATE_RETIRED retired_on: '2026-11-22' }")));
  EXPECT_THAT(RetireCurriculum(Proto("id: 'A' state: STATE_RETIRED retired_on: '2026-01-02'"), Proto(""), ContextOf()),
              RefusedWith(kCurriculumMustNotBeRetired));
}

TEST(ItemOf, SaysWhichItemsThereAre) {
  const Curriculum curriculum = Proto(std::string("number: 2 ") + kItems);
  ASSERT_TRUE(ItemOf(curriculum, "closing").ok());
  const auto refused = ItemOf(curriculum, "golf");
  ASSERT_THAT(refused, RefusedWith(kItemMustBeKnown));
  EXPECT_EQ(refused.refusal().Sentence(false),
            "Version 2 of the curriculum has no item golf; it has greeting, closing.");
  EXPECT_EQ(RequiredItems(curriculum), 1);
}

}  // namespace
}  // namespace songsang::training
