#include <gtest/gtest.h>

#include "leads/rules_lead.h"
#include "leads/rules_qualification.h"
#include "leads/rules_response.h"
#include "support/context.h"
#include "support/proto.h"

namespace songsang::leads {
namespace {

const char* const kAll =
    "answers { criterion: 'need' verdict: VERDICT_MET } answers { criterion: 'authority' verdict: VERDICT_MET } "
    "answers { criterion: 'timing' verdict: VERDICT_MET }";

struct AnswerRow {
  const char* lead;
  const char* request;
  const char* reason;
};

TEST(AnswerQualification, RefusesInThisOrder) {
  const AnswerRow rows[] = {
      {"status: STATUS_DISQUALIFIED", "criteria_key: 'other'", "LEAD_MUST_BE_OPEN"},
      {"status: STATUS_HANDED_OFF", "", "LEAD_MUST_BE_OPEN"},
      {"status: STATUS_NEW", "criteria_key: 'other' answers { criterion: 'x' } answers { criterion: 'x' }",
       "CRITERIA_MUST_EXIST"},
      {"status: STATUS_NEW", "answers { criterion: 'need' } answers { criterion: 'need' }", "CRITERIA_MUST_DIFFER"},
      {"status: STATUS_NEW", "answers { criterion: 'colour' }", "CRITERION_MUST_BE_KNOWN"},
  };
  for (const AnswerRow& row : rows)
    EXPECT_THAT(AnswerQualification(Proto(row.lead), nullptr, {}, {}, Proto(row.request), ContextOf()),
                RefusedWith(std::string(row.reason)))
        << row.lead << " / " << row.request;
}

TEST(AnswerQualification, ReplacesWhatWasAnsweredBefore) {
  const QualificationAnswer before =
      Proto("id: 'N' version: 3 lead_id: 'L' criterion: 'need' verdict: VERDICT_NOT_MET answer: '없음'");
  const auto event =
      AnswerQualification(Proto("id: 'L' status: STATUS_WORKING"), nullptr, {}, {&before},
                          Proto("answers { criterion: 'need' verdict: VERDICT_MET answer: '다음 분기 도입' } "
                                "answers { criterion: 'budget' verdict: VERDICT_NOT_MET }"),
                          ContextOf());
  ASSERT_THAT(event, Answers(ContainsProto(R"(
      lead { id: 'L' status: STATUS_WORKING criteria_key: 'standard' criteria_number: 1 }
      answers { id: 'N' version: 3 criterion: 'need' verdict: VERDICT_MET answer: '다음 분기 도입' answered_on: '2026-11-22' }
      answers { lead_id: 'L' criterion: 'budget' verdict: VERDICT_NOT_MET })")));
  EXPECT_NE(event->answers(1).id(), "");
}

TEST(AnswerQualification, TheLeadKeepsTheVersionItBeganWith) {
  const QualificationCriteria second =
      Proto("id: 'C' key: 'standard' number: 2 status: STATUS_APPROVED criteria { key: 'fit' required: true }");
  const Proto fit("answers { criterion: 'fit' verdict: VERDICT_MET }");
  const auto fresh = AnswerQualification(Proto("status: STATUS_NEW"), nullptr, {&second}, {}, fit, ContextOf());
  ASSERT_THAT(fresh, Answers(ContainsProto("lead { criteria_number: 2 criteria_id: 'C' }")));
  // One that began with the shipped version goes on with it, also when it is not the one in force any more.
  const Lead begun = Proto("status: STATUS_NEW criteria_key: 'standard' criteria_number: 1");
  EXPECT_THAT(AnswerQualification(begun, nullptr, {&second}, {}, fit, ContextOf()), RefusedWith(kCriterionMustBeKnown));
  EXPECT_THAT(AnswerQualification(begun, nullptr, {&second}, {}, Proto("answers { criterion: 'need' }"), ContextOf()),
              Answers(ContainsProto("lead { criteria_number: 1 }")));
  QualificationCriteria retired = second;
  retired.set_status(QualificationCriteria::STATUS_RETIRED);
  EXPECT_THAT(AnswerQualification(fresh->lead(), &retired, {&retired}, {}, fit, ContextOf()), IsOk());
}

struct QualifyRow {
  std::vector<const char*> answers;
  const char* missing;
  const char* unmet;
};

TEST(QualifyLead, OnlyWithEveryRequiredCriterion) {
  const char* const kNeed = "criterion: 'need' verdict: VERDICT_MET";
  const char* const kAuthority = "criterion: 'authority' verdict: VERDICT_MET";
  const char* const kTiming = "criterion: 'timing' verdict: VERDICT_MET";
  const char* const kLater = "criterion: 'timing' verdict: VERDICT_NOT_MET";
  const char* const kBudget = "criterion: 'budget' verdict: VERDICT_NOT_MET";
  const QualifyRow rows[] = {
      {{}, "need, authority, timing", "-"},     {{kNeed, kBudget}, "authority, timing", "-"},
      {{kNeed, kLater}, "authority", "timing"}, {{kNeed, kAuthority, kLater}, "-", "timing"},
      {{kNeed, kAuthority, kTiming}, "", ""},   {{kBudget, kTiming, kAuthority, kNeed}, "", ""},
  };
  for (const QualifyRow& row : rows) {
    std::vector<QualificationAnswer> kept;
    for (const char* answer : row.answers) kept.push_back(Proto(answer));
    Answered answers;
    for (const auto& answer : kept) answers.push_back(&answer);
    const Lead lead = Proto("id: 'L' status: STATUS_WORKING criteria_key: 'standard' criteria_number: 1");
    const auto event = QualifyLead(lead, nullptr, {}, answers, Proto(""), ContextOf());
    if (*row.missing == '\0') {
      EXPECT_THAT(event, Answers(ContainsProto("lead { status: STATUS_QUALIFIED qualified_on: '2026-11-22' }")));
      continue;
    }
    ASSERT_THAT(event, RefusedWith(kLeadMustMeetCriteria));
    const std::vector<std::pair<std::string, std::string>> said = {{"missing", row.missing}, {"unmet", row.unmet}};
    EXPECT_EQ(event.refusal().variables, said);
  }
}

TEST(QualifyLead, OnceAndOnlyWhileItIsFree) {
  EXPECT_THAT(QualifyLead(Proto("id: 'L' status: STATUS_QUALIFIED qualified_on: '2026-01-02'"), nullptr, {}, {},
                          Proto(""), ContextOf()),
              Answers(EqualsProto("lead { id: 'L' status: STATUS_QUALIFIED qualified_on: '2026-01-02' }")));
  EXPECT_THAT(QualifyLead(Proto("status: STATUS_DISQUALIFIED"), nullptr, {}, {}, Proto(""), ContextOf()),
              RefusedWith(kLeadMustBeOpen));
  EXPECT_THAT(QualifyLead(Proto("status: STATUS_WORKING hand_off_id: 'H'"), nullptr, {}, {}, Proto(""), ContextOf()),
              RefusedWith(kLeadMustNotBeOnOffer));
  // Criteria that ask for nothing qualify anybody.
  const QualificationCriteria nothing =
      Proto("key: 'standard' number: 2 status: STATUS_APPROVED criteria { key: 'fit' }");
  EXPECT_THAT(QualifyLead(Proto("status: STATUS_NEW"), nullptr, {&nothing}, {}, Proto(""), ContextOf()), IsOk());
  EXPECT_THAT(QualifyLead(Proto("status: STATUS_NEW"), nullptr, {}, {}, Proto(""), ContextOf()),
              RefusedWith(kLeadMustMeetCriteria));
  EXPECT_THAT(AnswerQualification(Proto("status: STATUS_QUALIFIED"), nullptr, {}, {}, Proto(kAll), ContextOf()),
              IsOk());
}

TEST(DefineQualificationCriteria, Table) {
  EXPECT_THAT(DefineQualificationCriteria({}, Proto("criteria { key: 'a' } criteria { key: 'a' }"), ContextOf()),
              RefusedWith(kCriteriaMustDiffer));
  EXPECT_THAT(DefineQualificationCriteria({}, Proto("criteria { key: 'a' required: true } valid_from_on: '2027-01-01'"),
                                          ContextOf()),
              Answers(ContainsProto("criteria { key: 'standard' number: 2 status: STATUS_APPROVED "
                                    "valid_from_on: '2027-01-01' criteria { key: 'a' required: true } }")));
  EXPECT_THAT(
      DefineQualificationCriteria({}, Proto("key: 'partner' criteria { key: 'a' } as_draft: true"), ContextOf()),
      Answers(ContainsProto("criteria { key: 'partner' number: 1 status: STATUS_DRAFT }")));
}

TEST(DefineResponseStandard, Table) {
  EXPECT_THAT(
      DefineResponseStandard({}, Proto("hand_off_minutes: 60 opens_minute: 600 closes_minute: 600"), ContextOf()),
      RefusedWith(kOfficeMustCloseAfterOpening));
  EXPECT_THAT(
      DefineResponseStandard({}, Proto("hand_off_minutes: 60 opens_minute: 600 closes_minute: 1140"), ContextOf()),
      Answers(ContainsProto("response_standard { key: 'standard' number: 2 status: STATUS_APPROVED "
                            "hand_off_minutes: 60 opens_minute: 600 closes_minute: 1140 }")));
}

}  // namespace
}  // namespace songsang::leads
