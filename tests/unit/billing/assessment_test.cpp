#include <gtest/gtest.h>

#include "billing/policies.h"
#include "billing/rules_assessment.h"
#include "songsang/billing/v1/credit.pb.h"
#include "support/context.h"
#include "support/proto.h"

namespace songsang::billing {
namespace {

struct AssessRow {
  const char* request;
  const char* history;
  int score;
  const char* grade;
  int64_t limit;
};

TEST(AssessCredit, ByTheShippedCriteria) {
  const AssessRow rows[] = {
      // 10 years 30, capital 1,000 million 30, no history 20.
      {"founded_year: 2016 capital { minor: 1000000000 currency: 'KRW' } "
       "requested_limit { minor: 50000000 currency: 'KRW' }",
       "", 80, "A", 50000000},
      // Capped by what the grade may have.
      {"founded_year: 2000 capital { minor: 1000000000 currency: 'KRW' } "
       "requested_limit { minor: 900000000 currency: 'KRW' }",
       "receivables: 12", 100, "A", 300000000},
      // 9 years 22, 300 million less one 15, paid on time 40: 70 % of what is asked, rounded down.
      {"founded_year: 2017 capital { minor: 299999999 currency: 'KRW' } "
       "requested_limit { minor: 10000001 currency: 'KRW' }",
       "receivables: 1", 77, "B", 7000000},
      // Nothing known earns no points but for the missing history.
      {"requested_limit { minor: 10000000 currency: 'KRW' }", "", 20, "D", 0},
      {"founded_year: 2027 requested_limit { minor: 10000000 currency: 'KRW' }", "receivables: 1", 40, "C", 4000000},
      // Overdue by 29, by 30 and by 90 days; the last is the lowest grade whatever the rest is worth.
      {"founded_year: 2000 capital { minor: 1000000000 currency: 'KRW' } "
       "requested_limit { minor: 10000000 currency: 'KRW' }",
       "receivables: 9 overdue: 1 oldest_overdue_days: 29", 80, "A", 10000000},
      {"founded_year: 2000 capital { minor: 1000000000 currency: 'KRW' } "
       "requested_limit { minor: 10000000 currency: 'KRW' }",
       "receivables: 9 overdue: 2 oldest_overdue_days: 30", 65, "B", 7000000},
      {"founded_year: 2000 capital { minor: 1000000000 currency: 'KRW' } "
       "requested_limit { minor: 10000000 currency: 'KRW' }",
       "receivables: 9 overdue: 2 oldest_overdue_days: 90", 60, "D", 0},
      // In another currency nothing is proposed until criteria are defined for it.
      {"founded_year: 2000 capital { minor: 1000000000 currency: 'KRW' } "
       "requested_limit { minor: 10000000 currency: 'USD' }",
       "receivables: 9", 70, "B", 0},
      {"requested_limit { minor: -5 currency: 'KRW' }", "receivables: 9", 40, "C", 0},
  };
  for (const AssessRow& row : rows) {
    SCOPED_TRACE(std::string(row.request) + " / " + row.history);
    const auto assessed = AssessCredit({}, Proto(row.history), Proto(row.request), ContextOf());
    ASSERT_THAT(assessed, IsOk());
    const auto& assessment = assessed->assessment();
    EXPECT_EQ(assessment.score(), row.score);
    EXPECT_EQ(assessment.grade(), row.grade);
    EXPECT_EQ(assessment.proposed_limit().minor(), row.limit);
    int sum = 0;
    for (const auto& line : assessment.lines()) sum += line.points();
    EXPECT_EQ(sum, row.score);
  }
}

TEST(AssessCredit, ExplainsEveryLine) {
  const auto assessed = AssessCredit(
      {}, Proto("receivables: 12 overdue: 2 oldest_overdue_days: 45"),
      Proto("account_id: 'A' opening_id: 'O' founded_year: 2019 capital { minor: 300000000 currency: 'KRW' } "
            "requested_limit { minor: 50000000 currency: 'KRW' }"),
      ContextOf());
  ASSERT_THAT(assessed, Answers(ContainsProto("assessment { account_id: 'A' opening_id: 'O' "
                                              "assessed_on: '2026-11-22' criteria_number: 1 score: 49 }")));
  const auto& lines = assessed->assessment().lines();
  ASSERT_EQ(lines.size(), 4);
  EXPECT_THAT(lines[0], EqualsProto("criterion: CRITERION_YEARS fact: 7 points: 22 most: 30 "
                                    "explanation_ko: '업력 7년: 30점 만점에 22점' "
                                    "explanation_en: '7 years in business: 22 of 30 points'"));
  EXPECT_EQ(lines[1].explanation_ko(), "자본금 300,000,000원: 30점 만점에 22점");
  EXPECT_EQ(lines[2].explanation_ko(), "채권 12건 중 2건 연체(최장 45일): 40점 만점에 5점");
  EXPECT_EQ(lines[3].explanation_ko(), "C등급(49점): 신청 한도의 40%, 최대 30,000,000원 → 제안 한도 20,000,000원");
}

TEST(AssessCredit, ByTheCriteriaOfTheDay) {
  CreditCriteria tomorrow = ShippedCriteria("KRW"), today = ShippedCriteria("KRW"), euro = ShippedCriteria("EUR");
  tomorrow.set_valid_from_on("2026-11-23");
  tomorrow.set_number(3);
  today.set_valid_from_on("2026-11-22");
  today.set_number(2);
  today.set_points_without_history(0);
  euro.set_valid_from_on("2026-11-22");
  euro.set_number(9);
  const Proto request("founded_year: 2000 requested_limit { minor: 1000 currency: 'KRW' }");
  EXPECT_THAT(AssessCredit({&tomorrow, &today, &euro}, Proto(""), request, ContextOf()),
              Answers(ContainsProto("assessment { criteria_number: 2 score: 30 }")));
  EXPECT_THAT(AssessCredit({&tomorrow, &today, &euro}, Proto(""), request, ContextOf({}, 1)),
              Answers(ContainsProto("assessment { criteria_number: 1 score: 50 }")));
}

constexpr char kDefinition[] =
    "currency: 'USD' years { at_least: 1 points: 30 } capital { at_least: 100 points: 30 } "
    "overdue_days { points: 40 } overdue_days { at_least: 1 } points_without_history: 20 refuse_from_overdue_days: 60 "
    "grades { grade: 'D' } grades { grade: 'A' min_score: 50 share_bp: 10000 most: 5000 }";

TEST(DefineCreditCriteria, NumbersTheVersions) {
  const CreditCriteria before = Proto("number: 4");
  EXPECT_THAT(
      DefineCreditCriteria({&before}, Proto(kDefinition), ContextOf()),
      Answers(ContainsProto(std::string("criteria { number: 5 valid_from_on: '2026-11-22' ") + kDefinition + " }")));
}

TEST(DefineCreditCriteria, Refuses) {
  const auto refused = [](const char* more) {
    return DefineCreditCriteria({}, Proto(std::string(kDefinition) + more), ContextOf());
  };
  EXPECT_THAT(refused("years { at_least: 1 points: 1 }"), RefusedWith(kCriteriaBandsMustRise));
  EXPECT_THAT(refused("overdue_days { at_least: 1 points: 1 }"), RefusedWith(kCriteriaBandsMustRise));
  EXPECT_THAT(refused("grades { grade: 'B' min_score: 50 }"), RefusedWith(kCriteriaGradesMustBeginAtZero));
  EXPECT_THAT(refused("years { at_least: 2 points: 31 }"), RefusedWith(kCriteriaPointsMustFit));
}

TEST(AssessOpening, PassesOnWhatTheClientSaysOfItself) {
  const auto commands =
      AssessOpening(Proto("opening { id: 'O' account_id: 'A' founded_year: 2015 capital { minor: 7 currency: 'KRW' } "
                          "requested_limit { minor: 9 currency: 'KRW' } }"),
                    Cause());
  ASSERT_EQ(commands.size(), 1u);
  EXPECT_THAT(commands[0], EqualsProto(AssessCreditRequest(Proto(
                               "account_id: 'A' opening_id: 'O' founded_year: 2015 "
                               "capital { minor: 7 currency: 'KRW' } requested_limit { minor: 9 currency: 'KRW' }"))));
}

TEST(OpenLineOfAccount, OpensTheLineOfTheGroupsHead) {
  const auto line = [](const char* account) {
    const auto commands = OpenLineOfAccount(
        Proto(std::string("account { id: 'A' ") + account + " } opening { limit { minor: 9 currency: 'KRW' } }"),
        Cause());
    EXPECT_EQ(commands.size(), 1u);
    return static_cast<const OpenCreditLineRequest&>(commands[0]);
  };
  EXPECT_THAT(line(""), EqualsProto("account_id: 'A' limit { minor: 9 currency: 'KRW' }"));
  EXPECT_THAT(line("group_id: 'H'"), EqualsProto("account_id: 'H' limit { minor: 9 currency: 'KRW' }"));
}

}  // namespace
}  // namespace songsang::billing
