#include <gtest/gtest.h>

#include <deque>

#include "leads/rules_assignment.h"
#include "leads/rules_lead.h"
#include "support/context.h"
#include "support/proto.h"

namespace songsang::leads {
namespace {

const char* const kRule = R"(id: 'A' key: 'standard' number: 1 status: STATUS_APPROVED
  lines { regions: '서울' product_ids: 'P' person_ids: 'kim' person_ids: 'lee' unit_id: 'U' most_open: 10 }
  lines { regions: '서울' regions: '경기' channels: CHANNEL_WEB person_ids: 'park' }
  lines { person_ids: 'choi' person_ids: 'jung' }
  certified_product_ids: 'P')";

struct LineRow {
  const char* lead;
  int line;
};

TEST(LineFor, TheFirstThatMatchesDecides) {
  const AssignmentRule rule = Proto(kRule);
  const LineRow rows[] = {
      {"region: '서울' product_id: 'P'", 1},
      {"region: '서울' product_id: 'Q' channel: CHANNEL_WEB", 2},
      {"region: '경기' product_id: 'P' channel: CHANNEL_WEB", 2},
      {"region: '서울' product_id: 'Q' channel: CHANNEL_PHONE", 3},
      {"", 3},
  };
  for (const LineRow& row : rows) EXPECT_EQ(LineFor(rule, Proto(row.lead)), row.line) << row.lead;
  AssignmentRule strict = rule;
  strict.mutable_lines()->RemoveLast();
  EXPECT_EQ(LineFor(strict, Proto("region: '부산'")), 0);
}

// Persons and their open leads; those in capitals hold the certification for P.
std::vector<Candidate> Candidates(std::initializer_list<std::pair<const char*, int>> loads) {
  static std::deque<training::v1::Certification> kept;
  std::vector<Candidate> candidates;
  for (const auto& [person, open] : loads) {
    Candidate candidate{person, open, {}};
    const std::string name = person;
    if (name.back() == '+') {
      candidate.person_id.pop_back();
      auto& held = kept.emplace_back();
      held.set_person_id(candidate.person_id);
      held.set_product_id("P");
      held.set_valid_from("2026-11-22");
      candidate.held = {&held};
    }
    candidates.push_back(candidate);
  }
  return candidates;
}

struct RouteRow {
  const char* lead;
  std::vector<Candidate> candidates;
  const char* reason;
  const char* event;
};

TEST(RouteLead, Table) {
  const AssignmentRule rule = Proto(kRule);
  const RouteRow rows[] = {
      {"status: STATUS_DISQUALIFIED", {}, "LEAD_MUST_BE_OPEN", ""},
      {"status: STATUS_NEW hand_off_id: 'H'", {}, "LEAD_MUST_NOT_BE_ON_OFFER", ""},
      // Fewest open leads.
      {"status: STATUS_NEW", Candidates({{"choi", 4}, {"jung", 3}}), "",
       "lead { status: STATUS_WORKING owner_id: 'jung' assignment_rule_id: 'A' assignment_line: 3 } open_leads: 3"},
      // As few: the earlier in the line.
      {"status: STATUS_NEW", Candidates({{"choi", 3}, {"jung", 3}}), "", "lead { owner_id: 'choi' }"},
      {"status: STATUS_QUALIFIED", Candidates({{"choi", 0}}), "", "lead { status: STATUS_QUALIFIED owner_id: 'choi' }"},
      // Only who is certified, however few the others have; and the line's unit.
      {"status: STATUS_NEW region: '서울' product_id: 'P' unit_id: 'X'", Candidates({{"kim", 0}, {"lee+", 9}}), "",
       "lead { owner_id: 'lee' unit_id: 'U' }"},
      {"status: STATUS_NEW region: '서울' product_id: 'P'", Candidates({{"kim", 0}, {"lee+", 10}}),
       "SOMEBODY_MUST_BE_FREE", ""},
      // What has an owner stays, whoever that is.
      {"status: STATUS_WORKING owner_id: 'else'", Candidates({{"choi", 0}}), "",
       "lead { status: STATUS_WORKING owner_id: 'else' }"},
      {"status: STATUS_HANDED_OFF owner_id: 'else'", {}, "", "lead { owner_id: 'else' }"},
  };
  for (const RouteRow& row : rows) {
    SCOPED_TRACE(row.lead);
    const auto event = RouteLead(Proto(row.lead), {&rule}, {&rule}, row.candidates, Proto(""), ContextOf());
    if (*row.reason != '\0')
      EXPECT_THAT(event, RefusedWith(std::string(row.reason)));
    else
      EXPECT_THAT(event, Answers(ContainsProto(row.event)));
  }
  const auto none = RouteLead(Proto("status: STATUS_NEW region: '서울' product_id: 'P'"), {&rule}, {&rule},
                              Candidates({{"kim", 0}, {"lee+", 10}}), Proto(""), ContextOf());
  const std::vector<std::pair<std::string, std::string>> said = {
      {"line", "1"}, {"uncertified", "kim"}, {"full", "lee"}};
  EXPECT_EQ(none.refusal().variables, said);
}

TEST(RouteLead, NeedsARuleInForceAndALine) {
  AssignmentRule rule = Proto(kRule);
  const Lead lead = Proto("status: STATUS_NEW region: '부산'");
  EXPECT_THAT(RouteLead(lead, {}, {}, {}, Proto(""), ContextOf()), RefusedWith(kAssignmentRuleMustExist));
  rule.set_valid_from_on("2026-11-23");
  EXPECT_THAT(RouteLead(lead, {&rule}, {}, {}, Proto(""), ContextOf()), RefusedWith(kAssignmentRuleMustExist));
  rule.set_valid_from_on("2026-11-22");
  rule.mutable_lines()->RemoveLast();
  EXPECT_THAT(RouteLead(lead, {&rule}, {}, {}, Proto(""), ContextOf()), RefusedWith(kLeadMustMatchALine));
}

struct CertifiedRow {
  const char* held;
  const char* product;
  bool may;
};

TEST(MustBeCertified, OnTheDayForTheProduct) {
  const AssignmentRule rule = Proto(kRule);
  const CertifiedRow rows[] = {
      {"person_id: 'kim' product_id: 'P' valid_from: '2026-11-22'", "P", true},
      {"person_id: 'kim' product_id: 'P' valid_from: '2025-01-01' valid_to: '2026-11-22'", "P", true},
      {"person_id: 'kim' product_id: 'P' valid_from: '2026-11-23'", "P", false},
      {"person_id: 'kim' product_id: 'P' valid_from: '2025-01-01' valid_to: '2026-11-21'", "P", false},
      {"person_id: 'lee' product_id: 'P' valid_from: '2026-01-01'", "P", false},
      {"person_id: 'kim' product_id: 'Q' valid_from: '2026-01-01'", "P", false},
      // Nobody asks for a certification of Q, or of no product.
      {"", "Q", true},
      {"", "", true},
  };
  for (const CertifiedRow& row : rows) {
    const training::v1::Certification held = Proto(row.held);
    EXPECT_EQ(MustBeCertified({&rule}, {&held}, row.product, "kim", ContextOf()).ok(), row.may) << row.held;
  }
  EXPECT_TRUE(MustBeCertified({}, {}, "P", "kim", ContextOf()).ok()) << "no rule asks for anything";
  const Lead lead = Proto("status: STATUS_NEW product_id: 'P'");
  EXPECT_THAT(AssignLead(lead, {&rule}, {}, Proto("owner_id: 'kim'"), ContextOf()),
              RefusedWith(kPersonMustBeCertified));
  EXPECT_THAT(AssignLead(lead, {&rule}, {}, Proto("owner_id: 'kim'"), ContextOf({songsang::v1::ROLE_IMPORTER})),
              IsOk());
}

struct InForceRow {
  const char* second;  // a version above one that is approved and always holds
  const char* day;
  int number;
};

TEST(InForce, TheNewestApprovedWhoseDayHasCome) {
  const AssignmentRule first = Proto("key: 'k' number: 1 status: STATUS_APPROVED");
  const InForceRow rows[] = {
      {"key: 'k' number: 2 status: STATUS_APPROVED", "2026-11-22", 2},
      {"key: 'k' number: 2 status: STATUS_DRAFT", "2026-11-22", 1},
      {"key: 'k' number: 2 status: STATUS_RETIRED", "2026-11-22", 1},
      {"key: 'k' number: 2 status: STATUS_APPROVED valid_from_on: '2026-12-01'", "2026-11-30", 1},
      {"key: 'k' number: 2 status: STATUS_APPROVED valid_from_on: '2026-12-01'", "2026-12-01", 2},
      {"key: 'other' number: 2 status: STATUS_APPROVED", "2026-11-22", 1},
  };
  for (const InForceRow& row : rows) {
    const AssignmentRule second = Proto(row.second);
    const AssignmentRule* holds = InForce<AssignmentRule>({&first, &second}, "k", row.day);
    ASSERT_NE(holds, nullptr) << row.second;
    EXPECT_EQ(holds->number(), row.number) << row.second << " on " << row.day;
  }
  EXPECT_EQ(InForce<AssignmentRule>({&first}, "other", "2026-11-22"), nullptr);
}

TEST(Definitions, AreApprovedOnceAndRetiredOnce) {
  const auto drafted =
      DefineAssignmentRule({}, Proto("key: 'k' lines { person_ids: 'kim' } as_draft: true"), ContextOf());
  ASSERT_THAT(drafted, Answers(ContainsProto("assignment_rule { key: 'k' number: 1 status: STATUS_DRAFT }")));
  const auto approved = ApproveAssignmentRule(drafted->assignment_rule(), Proto(""), ContextOf());
  ASSERT_THAT(approved,
              Answers(ContainsProto("assignment_rule { status: STATUS_APPROVED lines { person_ids: 'kim' } }")));
  EXPECT_THAT(ApproveAssignmentRule(approved->assignment_rule(), Proto(""), ContextOf()),
              RefusedWith(kDefinitionMustBeDraft));
  const auto retired = RetireAssignmentRule(approved->assignment_rule(), Proto(""), ContextOf());
  ASSERT_THAT(retired, Answers(ContainsProto("assignment_rule { status: STATUS_RETIRED }")));
  EXPECT_THAT(RetireAssignmentRule(retired->assignment_rule(), Proto(""), ContextOf()),
              RefusedWith(kDefinitionMustNotBeRetired));
  EXPECT_THAT(ApproveAssignmentRule(retired->assignment_rule(), Proto(""), ContextOf()),
              RefusedWith(kDefinitionMustBeDraft));
  // A number is never given twice.
  const AssignmentRule third = Proto("key: 'k' number: 3 status: STATUS_RETIRED");
  EXPECT_THAT(DefineAssignmentRule({&third}, Proto("key: 'k' lines { person_ids: 'kim' }"), ContextOf()),
              Answers(ContainsProto("assignment_rule { number: 4 status: STATUS_APPROVED }")));
}

}  // namespace
}  // namespace songsang::leads
