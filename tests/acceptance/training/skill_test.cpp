// T11: skills assessed with date, assessor and evidence, and where somebody fits.
#include "acceptance/training/school.h"

namespace songsang {
namespace {

using namespace training::v1;  // NOLINT: the service under test

TEST(T11_SkillAssessment, GapsAgainstARoleAndTheRoleThatFits) {
  const School school;
  const auto skill = [&](const char* name) {
    const auto saved = school.trainer.Call<SkillSaved>("SaveSkill", Proto(std::string("name: '") + name + "'"));
    EXPECT_THAT(saved, IsOk());
    return saved->skill().id();
  };
  const std::string listening = skill("경청"), closing = skill("클로징"), product = skill("상품 지식");
  const auto require = [&](const char* role, const std::string& of, int level) {
    EXPECT_THAT(school.trainer.Call<SkillRequirementSet>(
                    "SetSkillRequirement",
                    Proto(std::string("role: '") + role + "' skill_id: '" + of + "' level: " + std::to_string(level))),
                IsOk());
  };
  require("sdr", listening, 4);
  require("sdr", product, 2);
  require("closer", closing, 5);
  require("closer", listening, 3);
  require("closer", product, 3);
  const std::string kim = school.Person("김하늘"), park = school.Person("박도윤");
  const auto assess = [&](const std::string& of, int level, const char* on, const std::string& by) {
    return school.trainer.Call<SkillAssessed>(
        "AssessSkill", Proto("person_id: '" + kim + "' skill_id: '" + of + "' level: " + std::to_string(level) +
                             " assessed_on: '" + on + "' assessor_id: '" + by + "' evidence: '상담 3건 동석'"));
  };
  EXPECT_THAT(assess(listening, 5, "2026-11-20", kim), RefusedWith(std::string("ASSESSOR_MUST_BE_ANOTHER")));
  ASSERT_THAT(assess(listening, 3, "2026-11-02", park),
              Answers(ContainsProto("assessment { evidence: '상담 3건 동석' }")));
  ASSERT_THAT(assess(listening, 4, "2026-11-10", park), IsOk());
  ASSERT_THAT(assess(closing, 1, "2026-11-10", park), IsOk());

  const auto gaps = [&](const std::string& role, const std::string& on) {
    const auto listed = school.trainer.Call<ListSkillGapsResponse>(
        "ListSkillGaps", Proto("person_id: '" + kim + "' role: '" + role + "' as_of: '" + on + "'"));
    std::string shown;
    for (const auto& gap : listed->gaps())
      shown += gap.skill_name() + " " + std::to_string(gap.assessed()) + "/" + std::to_string(gap.required()) +
               (gap.assessed_on().empty() ? "?" : "") + " ";
    return listed.ok() ? shown : listed.answer().reason;
  };
  EXPECT_EQ(gaps("closer", "2026-11-30"), "클로징 1/5 상품 지식 0/3? 경청 4/3 ");
  // As it stood on a day before.
  EXPECT_EQ(gaps("sdr", "2026-11-05"), "상품 지식 0/2? 경청 3/4 ");
  EXPECT_EQ(gaps("astronaut", "2026-11-30"), "ROLE_MUST_HAVE_REQUIREMENTS");

  const auto suggested =
      school.trainer.Call<SuggestRolesResponse>("SuggestRoles", Proto("person_id: '" + kim + "' as_of: '2026-11-30'"));
  ASSERT_THAT(suggested, IsOk());
  ASSERT_EQ(suggested->roles_size(), 2);
  EXPECT_THAT(suggested->roles(0), ContainsProto("role: 'sdr' fit_bp: 6667 skills_required: 2 skills_met: 1"));
  EXPECT_THAT(suggested->roles(1), ContainsProto("role: 'closer' fit_bp: 3636 skills_required: 3 skills_met: 1"));
  // Nothing is required of a closer any more but listening.
  require("closer", closing, 0);
  require("closer", product, 0);
  const auto after =
      school.trainer.Call<SuggestRolesResponse>("SuggestRoles", Proto("person_id: '" + kim + "' as_of: '2026-11-30'"));
  ASSERT_THAT(after, IsOk());
  EXPECT_THAT(after->roles(0), ContainsProto("role: 'closer' fit_bp: 10000 skills_met: 1"));
}

}  // namespace
}  // namespace songsang
