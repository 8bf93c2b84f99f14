#include <gtest/gtest.h>

#include <set>

#include "support/context.h"
#include "support/proto.h"
#include "training/policies.h"
#include "training/rules_enrolment.h"

namespace songsang::training {
namespace {

const Curriculum kOld = Proto("id: 'C1' number: 1 state: STATE_RETIRED items { key: 'a' } items { key: 'b' }");
const Curriculum kNew = Proto(
    "id: 'C2' number: 2 state: STATE_APPROVED items { key: 'a' } items { key: 'c' } "
    "items { key: 'e' elective: true } valid_months: 12");
const Curricula kBoth = {&kOld, &kNew};

TEST(IsInAudience, Table) {
  struct Row {
    const char* programme;
    Learner learner;
    bool in;
  };
  const Row rows[] = {
      {"", {"", "", ""}, true},
      {"audience_role: 'sales_rep'", {"sales_rep", "", ""}, true},
      {"audience_role: 'sales_rep'", {"sdr", "", ""}, false},
      {"audience_grade: '대리'", {"", "대리", ""}, true},
      {"audience_grade: '대리'", {"", "과장", ""}, false},
      {"audience_unit_id: 'U'", {"", "", "R/U/"}, true},
      {"audience_unit_id: 'U'", {"", "", "U/T/"}, true},
      {"audience_unit_id: 'U'", {"", "", "R/UU/"}, false},
      {"audience_unit_id: 'U'", {"", "", ""}, false},
      {"audience_role: 'sales_rep' audience_unit_id: 'U'", {"sdr", "", "U/"}, false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.programme) + " / " + row.learner.unit_path);
    EXPECT_EQ(IsInAudience(Proto(row.programme), row.learner), row.in);
  }
}

TEST(EnrolLearner, EnrolsForTheNextRoundOnly) {
  const Programme programme = Proto("id: 'P' offered_from_on: '2026-01-01' due_days: 30");
  const auto first = EnrolLearner(programme, {}, Proto("person_id: 'N' programme_id: 'P'"), ContextOf());
  ASSERT_THAT(first, Answers(ContainsProto("enrolment { person_id: 'N' programme_id: 'P' round: 1 "
                                           "state: STATE_ENROLLED source: SOURCE_HAND enrolled_on: '2026-11-22' "
                                           "due_on: '2026-12-22' }")));
  Enrolment taken = first->enrolment();
  EXPECT_THAT(EnrolLearner(programme, {&taken}, Proto("person_id: 'N'"), ContextOf()),
              RefusedWith(kLearnerMustNotBeEnrolled));
  for (const auto state : {Enrolment::STATE_PASSED, Enrolment::STATE_FAILED, Enrolment::STATE_WITHDRAWN}) {
    taken.set_state(state);
    const auto again = EnrolLearner(programme, {&taken}, Proto("person_id: 'N'"), ContextOf());
    ASSERT_THAT(again, Answers(ContainsProto("enrolment { round: 2 }")));
    EXPECT_NE(again->enrolment().id(), taken.id());
  }
}

TEST(EnrolLearner, Refuses) {
  const Programme over = Proto("id: 'P' offered_from_on: '2026-01-01' offered_to_on: '2026-11-21'");
  EXPECT_THAT(EnrolLearner(over, {}, Proto("person_id: 'N'"), ContextOf()), RefusedWith(kProgrammeMustBeOffered));
  EXPECT_THAT(EnrolLearner(over, {}, Proto("enrolled_on: '2026-11-21'"), ContextOf()), IsOk());
  EXPECT_THAT(EnrolLearner(over, {}, Proto("enrolled_on: '2026-11-23'"), ContextOf()),
              RefusedWith(std::string("DAY_MUST_NOT_BE_IN_FUTURE")));
}

constexpr char kHired[] =
    "person_id: 'N' employment_id: 'E' role: 'sales_rep' grade: '사원' source: SOURCE_HIRE arrived_on: '2026-12-01'";

TEST(EnrolNewcomer, EnrolsWhereTheAudienceHasThem) {
  const Programme everyone = Proto("id: 'P1' due_days: 14"), sdrs = Proto("id: 'P2' audience_role: 'sdr'");
  const Programme branch = Proto("id: 'P3' audience_unit_id: 'U'");
  const Programme later = Proto("id: 'P4' offered_from_on: '2026-12-02'");
  const workforce::v1::Unit unit = Proto("id: 'T' path: 'R/U/T/'");
  const auto enrolled = EnrolNewcomer(&unit, {&everyone, &sdrs, &branch, &later}, {}, Proto(kHired), ContextOf());
  ASSERT_THAT(enrolled, IsOk());
  ASSERT_EQ(enrolled->enrolments_size(), 2);
  EXPECT_THAT(enrolled->enrolments(0),
              ContainsProto("person_id: 'N' programme_id: 'P1' employment_id: 'E' round: 1 state: STATE_ENROLLED "
                            "source: SOURCE_HIRE enrolled_on: '2026-12-01' due_on: '2026-12-15'"));
  EXPECT_EQ(enrolled->enrolments(1).programme_id(), "P3");
  EXPECT_NE(enrolled->enrolments(0).id(), enrolled->enrolments(1).id());
  // Nobody knows the unit: no audience of a unit has them.
  EXPECT_THAT(EnrolNewcomer(nullptr, {&branch}, {}, Proto(kHired), ContextOf()),
              Answers(EqualsProto("person_id: 'N'")));
}

TEST(EnrolNewcomer, NeverTwice) {
  const Programme programme = Proto("id: 'P'");
  struct Row {
    const char* taken;
    const char* source;
    bool enrols;
  };
  const Row rows[] = {
      {"programme_id: 'P' employment_id: 'E' state: STATE_PASSED", "SOURCE_HIRE", false},
      {"programme_id: 'P' employment_id: 'E' state: STATE_WITHDRAWN", "SOURCE_HIRE", false},
      {"programme_id: 'P' employment_id: 'OLD' state: STATE_BEGUN", "SOURCE_HIRE", false},
      {"programme_id: 'P' employment_id: 'OLD' state: STATE_PASSED", "SOURCE_HIRE", true},
      {"programme_id: 'P' employment_id: 'OLD' state: STATE_PASSED", "SOURCE_MOVE", false},
      {"programme_id: 'P' employment_id: 'OLD' state: STATE_WITHDRAWN", "SOURCE_MOVE", true},
      {"programme_id: 'Q' employment_id: 'E' state: STATE_BEGUN", "SOURCE_HIRE", true},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.taken) + " / " + row.source);
    const Enrolment taken = Proto(row.taken);
    const auto enrolled = EnrolNewcomer(
        nullptr, {&programme}, {&taken},
        Proto(std::string("person_id: 'N' employment_id: 'E' arrived_on: '2026-12-01' source: ") + row.source),
        ContextOf());
    ASSERT_THAT(enrolled, IsOk());
    EXPECT_EQ(enrolled->enrolments_size(), row.enrols ? 1 : 0);
  }
  // Decided twice, it is the same enrolment.
  const auto once = EnrolNewcomer(nullptr, {&programme}, {}, Proto(kHired), ContextOf());
  const auto twice = EnrolNewcomer(nullptr, {&programme}, {}, Proto(kHired), ContextOf({}, 3));
  EXPECT_EQ(once->enrolments(0).id(), twice->enrolments(0).id());
}

TEST(Policies, WhoIsHiredOrMovesIsEnrolled) {
  const auto hired = EnrolHired(Proto("person { id: 'N' grade: '사원' } employment { id: 'E' from_on: '2026-12-01' } "
                                      "membership { unit_id: 'U' role: 'sales_rep' from_on: '2026-12-01' }"),
                                Cause());
  ASSERT_EQ(hired.size(), 1u);
  EXPECT_THAT(hired[0], EqualsProto(EnrolNewcomerRequest(Proto(std::string(kHired) + "unit_id: 'U'"))));
  const auto moved =
      EnrolMoved(Proto("person { id: 'N' } membership { unit_id: 'U' role: 'sdr' from_on: '2026-12-05' }"), Cause());
  ASSERT_EQ(moved.size(), 1u);
  EXPECT_THAT(moved[0], EqualsProto(EnrolNewcomerRequest(Proto(
                            "person_id: 'N' unit_id: 'U' role: 'sdr' source: SOURCE_MOVE arrived_on: '2026-12-05'"))));
}

TEST(CompleteItem, TheFirstBeginsOnTheVersionApprovedThen) {
  const auto done = CompleteItem(Proto("id: 'E' person_id: 'N' programme_id: 'P' state: STATE_ENROLLED"),
                                 Proto("id: 'P'"), kBoth, {}, Proto("enrolment_id: 'E' item_key: 'c'"), ContextOf());
  ASSERT_THAT(done, Answers(ContainsProto("enrolment { state: STATE_BEGUN curriculum_id: 'C2' curriculum_number: 2 "
                                          "begun_on: '2026-11-22' items_done: 1 items_total: 2 } item_progress { "
                                          "enrolment_id: 'E' item_key: 'c' done_on: '2026-11-22' }")));
  EXPECT_FALSE(done->has_certification());
}

TEST(CompleteItem, WhoBeganOnAnOldVersionStaysOnIt) {
  const Enrolment begun =
      Proto("id: 'E' state: STATE_BEGUN curriculum_id: 'C1' curriculum_number: 1 items_done: 1 items_total: 2");
  EXPECT_THAT(CompleteItem(begun, Proto("id: 'P'"), kBoth, {}, Proto("item_key: 'c'"), ContextOf()),
              RefusedWith(kItemMustBeKnown));
  EXPECT_THAT(CompleteItem(begun, Proto("id: 'P'"), kBoth, {}, Proto("item_key: 'b'"), ContextOf()),
              Answers(ContainsProto("enrolment { curriculum_id: 'C1' curriculum_number: 1 items_done: 2 "
                                    "state: STATE_PASSED ended_on: '2026-11-22' }")));
}

TEST(CompleteItem, TheLastRequiredOneCertifiesForTheProduct) {
  const Enrolment begun =
      Proto("id: 'E' person_id: 'N' state: STATE_BEGUN curriculum_id: 'C2' items_done: 1 items_total: 2");
  const Programme about = Proto("id: 'P' product_id: 'X'");
  // An elective counts for nothing.
  EXPECT_THAT(CompleteItem(begun, about, kBoth, {}, Proto("item_key: 'e'"), ContextOf()),
              Answers(ContainsProto("enrolment { state: STATE_BEGUN items_done: 1 }")));
  EXPECT_THAT(CompleteItem(begun, about, kBoth, {}, Proto("item_key: 'a'"), ContextOf()),
              Answers(ContainsProto("enrolment { state: STATE_PASSED valid_to_on: '2027-11-21' } certification { "
                                    "person_id: 'N' product_id: 'X' programme_id: 'P' enrolment_id: 'E' "
                                    "valid_from: '2026-11-22' valid_to: '2027-11-21' }")));
  // Where there is an examination, doing the items is not enough.
  Curriculum examined = kNew;
  examined.set_pass_score(70);
  const auto done = CompleteItem(begun, about, {&examined}, {}, Proto("item_key: 'a'"), ContextOf());
  ASSERT_THAT(done, Answers(ContainsProto("enrolment { state: STATE_BEGUN items_done: 2 }")));
  EXPECT_FALSE(done->has_certification());
}

TEST(CompleteItem, RefusesInThisOrder) {
  const Programme programme = Proto("id: 'P'");
  const ItemProgress did = Proto("item_key: 'a' done_on: '2026-11-01'");
  EXPECT_THAT(CompleteItem(Proto("state: STATE_PASSED"), programme, {}, {}, Proto(""), ContextOf()),
              RefusedWith(kEnrolmentMustBeOpen));
  const Enrolment enrolled = Proto("id: 'E' state: STATE_ENROLLED");
  EXPECT_THAT(CompleteItem(enrolled, programme, {&kOld}, {}, Proto(""), ContextOf()),
              RefusedWith(kCurriculumMustBeApproved));
  EXPECT_THAT(CompleteItem(enrolled, programme, kBoth, {&did}, Proto("item_key: 'b'"), ContextOf()),
              RefusedWith(kItemMustBeKnown));
  EXPECT_THAT(
      CompleteItem(enrolled, programme, kBoth, {&did}, Proto("item_key: 'a' done_on: '2027-01-01'"), ContextOf()),
      RefusedWith(kItemMustBeOpen));
  EXPECT_THAT(CompleteItem(enrolled, programme, kBoth, {}, Proto("item_key: 'a' done_on: '2027-01-01'"), ContextOf()),
              RefusedWith(std::string("DAY_MUST_NOT_BE_IN_FUTURE")));
}

TEST(WithdrawLearner, WhileOpen) {
  EXPECT_THAT(WithdrawLearner(Proto("id: 'E' state: STATE_BEGUN"), Proto("reason: '휴직'"), ContextOf()),
              Answers(EqualsProto("enrolment { id: 'E' state: STATE_WITHDRAWN ended_on: '2026-11-22' "
                                  "withdrawn_reason: '휴직' }")));
  EXPECT_THAT(WithdrawLearner(Proto("state: STATE_FAILED"), Proto("reason: '휴직'"), ContextOf()),
              RefusedWith(kEnrolmentMustBeOpen));
}

TEST(EnrolmentFault, NamesWhatMustNeverBe) {
  const Enrolment begun = Proto("id: 'E' curriculum_id: 'C1' state: STATE_BEGUN items_done: 1 items_total: 2");
  const Enrolment enrolled = Proto("id: 'E' state: STATE_ENROLLED");
  Enrolment after = begun;
  EXPECT_EQ(EnrolmentFault(nullptr, after), "");
  EXPECT_EQ(EnrolmentFault(&enrolled, after), "");
  EXPECT_EQ(EnrolmentFault(&begun, after), "");
  after.set_state(Enrolment::STATE_PASSED);
  EXPECT_EQ(EnrolmentFault(&begun, after), "enrolment E is passed with 1 of 2 items done");
  after.set_items_done(2);
  EXPECT_EQ(EnrolmentFault(&begun, after), "");
  after.set_curriculum_id("C2");
  EXPECT_EQ(EnrolmentFault(&begun, after), "enrolment E left the version of the curriculum that it began on");
}

TEST(LastDayOf, FollowsTheCivilAct) {
  EXPECT_EQ(LastDayOf("2026-11-22", 12), "2027-11-21");
  EXPECT_EQ(LastDayOf("2026-01-01", 1), "2026-01-31");
  EXPECT_EQ(LastDayOf("2026-01-31", 1), "2026-02-28");
  EXPECT_EQ(LastDayOf("2028-01-31", 1), "2028-02-29");
  EXPECT_EQ(LastDayOf("2028-02-29", 12), "2029-02-28");
  EXPECT_EQ(LastDayOf("2026-12-15", 24), "2028-12-14");
}

}  // namespace
}  // namespace songsang::training
