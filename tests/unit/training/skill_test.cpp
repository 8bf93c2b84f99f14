#include <gtest/gtest.h>

#include "support/context.h"
#include "support/proto.h"
#include "training/rules_compliance.h"
#include "training/rules_skill.h"

namespace songsang::training {
namespace {

TEST(AssessSkill, IsDatedAndByAnother) {
  const Skill skill = Proto("id: 'S'");
  EXPECT_THAT(AssessSkill(skill, Proto("person_id: 'K' skill_id: 'S' level: 3 assessor_id: 'T' evidence: '동행 3회'"),
                          ContextOf()),
              Answers(ContainsProto("assessment { person_id: 'K' skill_id: 'S' level: 3 assessor_id: 'T' "
                                    "assessed_on: '2026-11-22' evidence: '동행 3회' }")));
  EXPECT_THAT(AssessSkill(skill, Proto("person_id: 'K' assessor_id: 'K'"), ContextOf()),
              RefusedWith(kAssessorMustBeAnother));
  EXPECT_THAT(AssessSkill(skill, Proto("person_id: 'K' assessor_id: 'T' assessed_on: '2026-11-23'"), ContextOf()),
              RefusedWith(std::string("DAY_MUST_NOT_BE_IN_FUTURE")));
}

TEST(SetSkillRequirement, ChangesTheOneThereIs) {
  const Skill skill = Proto("id: 'S'");
  const auto first = SetSkillRequirement(skill, {}, Proto("role: 'sdr' level: 3"), ContextOf());
  ASSERT_THAT(first, Answers(ContainsProto("skill_requirement { role: 'sdr' skill_id: 'S' level: 3 }")));
  SkillRequirement stored = first->skill_requirement();
  stored.set_version(1);
  EXPECT_THAT(
      SetSkillRequirement(skill, {&stored}, Proto("role: 'sdr'"), ContextOf()),
      Answers(EqualsProto("skill_requirement { id: '" + stored.id() + "' version: 1 role: 'sdr' skill_id: 'S' }")));
}

TEST(SaveSkill, NeedsAName) {
  EXPECT_THAT(SaveSkill(nullptr, Proto("category: 'x'"), ContextOf()), RefusedWith(kSkillMustBeNamed));
  const Skill skill = Proto("id: 'S' name: '협상'");
  EXPECT_THAT(SaveSkill(&skill, Proto("category: 'x'"), ContextOf()),
              Answers(EqualsProto("skill { id: 'S' name: '협상' category: 'x' }")));
  EXPECT_THAT(SaveSkill(&skill, Proto("external_ref { system: 'hr' key: '1' }"), ContextOf()),
              RefusedWith(kSkillRefMustStay));
}

Required Need(const char* role, const char* skill, int required, int assessed) {
  return {role, Proto(std::string("skill_id: '") + skill + "' skill_name: '" + skill +
                      "' required: " + std::to_string(required) + " assessed: " + std::to_string(assessed))};
}

TEST(Gaps, WidestFirstThenByName) {
  const auto gaps = Gaps({Need("r", "c", 3, 5), Need("r", "b", 3, 2), Need("r", "a", 2, 1), Need("r", "d", 4, 0)});
  std::string shown;
  for (const auto& gap : gaps) shown += gap.skill_id() + std::to_string(gap.missing()) + " ";
  EXPECT_EQ(shown, "d4 a1 b1 c0 ");
}

TEST(SuggestRoles, BestFitFirstAndNothingBeyondARequirementCounts) {
  const auto suggested = SuggestRoles({Need("closer", "a", 4, 5), Need("closer", "b", 5, 1),  // 5 of 9
                                       Need("sdr", "a", 3, 5), Need("sdr", "c", 3, 3),        // all
                                       Need("trainer", "c", 3, 1)});                          // 1 of 3
  EXPECT_THAT(suggested,
              EqualsProto("roles { role: 'sdr' fit_bp: 10000 skills_required: 2 skills_met: 2 } "
                          "roles { role: 'closer' fit_bp: 5556 skills_required: 2 skills_met: 1 gaps { skill_id: 'b' "
                          "skill_name: 'b' required: 5 assessed: 1 missing: 4 } } "
                          "roles { role: 'trainer' fit_bp: 3333 skills_required: 1 gaps { skill_id: 'c' "
                          "skill_name: 'c' required: 3 assessed: 1 missing: 2 } }"));
}

TEST(Rate, HalfUpAndUnsetWhereNobodyMust) {
  const auto rated = [](int64_t audience, int64_t completed) {
    Compliance compliance;
    compliance.set_audience(audience);
    compliance.set_completed(completed);
    Rate(&compliance);
    return compliance;
  };
  EXPECT_THAT(rated(3, 2), EqualsProto("audience: 3 completed: 2 missed: 1 compliance_bp: 6667"));
  EXPECT_THAT(rated(20000, 1), EqualsProto("audience: 20000 completed: 1 missed: 19999 compliance_bp: 1"));
  EXPECT_THAT(rated(5, 0), EqualsProto("audience: 5 missed: 5 compliance_bp: 0"));
  EXPECT_THAT(rated(0, 0), EqualsProto(""));
}

TEST(Arrange, TellsTheTermAndPutsTheLongestOverdueFirst) {
  const auto arranged = Arrange({Proto("person_id: 'A' name: '가' since_on: '2026-11-20'"),
                                 Proto("person_id: 'B' name: '나' since_on: '2026-10-01'"),
                                 Proto("person_id: 'C' name: '다' since_on: '2026-10-01' due_on: '2026-11-21'"),
                                 Proto("person_id: 'D' name: '라'")},
                                14, *Date::Parse("2026-11-22"));
  EXPECT_THAT(arranged,
              EqualsProto("missed { person_id: 'B' name: '나' since_on: '2026-10-01' due_on: '2026-10-15' "
                          "days_overdue: 38 } missed { person_id: 'C' name: '다' since_on: '2026-10-01' "
                          "due_on: '2026-11-21' days_overdue: 1 } missed { person_id: 'A' name: '가' "
                          "since_on: '2026-11-20' due_on: '2026-12-04' } missed { person_id: 'D' name: '라' }"));
  EXPECT_THAT(Arrange({Proto("person_id: 'A' since_on: '2026-10-01'")}, 0, *Date::Parse("2026-11-22")),
              EqualsProto("missed { person_id: 'A' since_on: '2026-10-01' }"));
}

}  // namespace
}  // namespace songsang::training
