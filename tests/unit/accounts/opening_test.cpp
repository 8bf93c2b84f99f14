#include <gtest/gtest.h>

#include "accounts/policies.h"
#include "accounts/rules_opening.h"
#include "accounts/rules_work_hand_over.h"
#include "support/context.h"
#include "support/proto.h"

namespace songsang::accounts {
namespace {

using songsang::v1::ROLE_BRANCH_MANAGER;
using songsang::v1::ROLE_EXECUTIVE;

const Account kAccount = Proto("id: 'A' kind: KIND_BUSINESS state: STATE_PROSPECT founded_year: 2015");
constexpr char kAsked[] = "account_id: 'A' requested_limit { minor: 50000000 currency: 'KRW' } ";

TEST(SubmitOpening, NeedsWhatTheChecklistOfTheDaySays) {
  const OpeningChecklist later = Proto("account_kind: KIND_BUSINESS number: 3 valid_from_on: '2026-11-23'");
  const OpeningChecklist first = Proto(
      "account_kind: KIND_BUSINESS number: 2 valid_from_on: '2026-11-22' "
      "documents: KIND_SEAL_CERTIFICATE");
  EXPECT_THAT(SubmitOpening(kAccount, {}, {}, Proto(kAsked), ContextOf()),
              Answers(ContainsProto(std::string("opening { ") + kAsked +
                                    "state: STATE_SUBMITTED asked_by: 'kim' submitted_on: '2026-11-22' "
                                    "founded_year: 2015 required_documents: KIND_BUSINESS_REGISTRATION "
                                    "required_documents: KIND_BANKBOOK required_documents: KIND_TRADE_AGREEMENT }")));
  const auto defined = SubmitOpening(kAccount, {}, {&later, &first}, Proto(kAsked), ContextOf());
  ASSERT_THAT(defined, Answers(ContainsProto("opening { required_documents: KIND_SEAL_CERTIFICATE }")));
  EXPECT_EQ(defined->opening().required_documents_size(), 1);
  const auto person = SubmitOpening(Proto("kind: KIND_PERSON"), {}, {}, Proto(kAsked), ContextOf());
  EXPECT_EQ(person->opening().required_documents_size(), 1);
}

TEST(SubmitOpening, Refuses) {
  const AccountOpening waiting = Proto("id: 'O' state: STATE_ASSESSED"), refused = Proto("state: STATE_REFUSED");
  EXPECT_THAT(SubmitOpening(kAccount, {&refused, &waiting}, {}, Proto(kAsked), ContextOf()),
              RefusedWith(kOpeningMustBeOne));
  EXPECT_THAT(SubmitOpening(kAccount, {&refused}, {}, Proto(kAsked), ContextOf()), IsOk());
  EXPECT_THAT(SubmitOpening(kAccount, {}, {}, Proto("requested_limit { minor: -1 currency: 'KRW' }"), ContextOf()),
              RefusedWith(kRequestedLimitMustNotBeNegative));
}

TEST(AttachOpeningDocument, TheSameOnceMoreIsTheSame) {
  const AccountOpening opening = Proto("id: 'O' state: STATE_SUBMITTED");
  const Proto request("opening_id: 'O' kind: KIND_BANKBOOK sha256: 'ab' media_type: 'application/pdf' name: '통장'");
  const auto first = AttachOpeningDocument(opening, {}, request, ContextOf());
  ASSERT_THAT(first, Answers(ContainsProto("document { opening_id: 'O' kind: KIND_BANKBOOK sha256: 'ab' "
                                           "media_type: 'application/pdf' name: '통장' attached_on: '2026-11-22' }")));
  OpeningDocument stored = first->document();
  stored.set_version(1);
  EXPECT_THAT(AttachOpeningDocument(opening, {&stored}, request, ContextOf({}, 1)),
              Answers(EqualsProto(OpeningDocumentAttached(Proto("document { " + stored.DebugString() + " }")))));
  EXPECT_THAT(AttachOpeningDocument(Proto("state: STATE_OPENED"), {}, request, ContextOf()),
              RefusedWith(kOpeningMustBeUndecided));
}

constexpr char kAssessed[] =
    "id: 'O' account_id: 'A' state: STATE_ASSESSED asked_by: 'lee' required_documents: KIND_BANKBOOK "
    "requested_limit { minor: 50000000 currency: 'KRW' } proposed_limit { minor: 35000000 currency: 'KRW' } ";

struct OpenRow {
  const char* opening;
  const char* document;
  const char* request;
  songsang::v1::Role role;
  const char* reason;  // empty: opened
  int64_t limit;
};

TEST(OpenAccount, Table) {
  const OpenRow rows[] = {
      {kAssessed, "KIND_BANKBOOK", "", ROLE_BRANCH_MANAGER, "", 35000000},
      {kAssessed, "KIND_BANKBOOK", "limit { minor: 0 currency: 'KRW' }", ROLE_BRANCH_MANAGER, "", 0},
      {kAssessed, "KIND_BANKBOOK", "limit { minor: 35000001 currency: 'KRW' } reason: 'x'", ROLE_BRANCH_MANAGER,
       "LIMIT_MUST_NOT_EXCEED_PROPOSAL", 0},
      {kAssessed, "KIND_BANKBOOK", "limit { minor: 35000001 currency: 'KRW' }", ROLE_EXECUTIVE,
       "LIMIT_MUST_NOT_EXCEED_PROPOSAL", 0},
      {kAssessed, "KIND_BANKBOOK", "limit { minor: 35000001 currency: 'KRW' } reason: '본사 보증'", ROLE_EXECUTIVE, "",
       35000001},
      {kAssessed, "KIND_BANKBOOK", "limit { minor: 1 currency: 'USD' }", ROLE_EXECUTIVE, "LIMIT_MUST_BE_IN_CURRENCY",
       0},
      {kAssessed, "KIND_BANKBOOK", "limit { minor: -1 currency: 'KRW' }", ROLE_EXECUTIVE, "LIMIT_MUST_BE_IN_CURRENCY",
       0},
      {kAssessed, "KIND_OTHER", "", ROLE_BRANCH_MANAGER, "OPENING_DOCUMENTS_MUST_BE_COMPLETE", 0},
      {"asked_by: 'lee' state: STATE_SUBMITTED", "KIND_BANKBOOK", "", ROLE_BRANCH_MANAGER, "OPENING_MUST_BE_ASSESSED",
       0},
      {"asked_by: 'kim' state: STATE_SUBMITTED", "KIND_BANKBOOK", "", ROLE_EXECUTIVE, "APPROVER_MUST_BE_ANOTHER", 0},
      {"asked_by: 'kim' state: STATE_OPENED", "KIND_BANKBOOK", "", ROLE_EXECUTIVE, "OPENING_MUST_BE_UNDECIDED", 0},
      {"asked_by: 'lee' state: STATE_REFUSED", "KIND_BANKBOOK", "", ROLE_EXECUTIVE, "OPENING_MUST_BE_UNDECIDED", 0},
  };
  for (const OpenRow& row : rows) {
    SCOPED_TRACE(std::string(row.opening) + " / " + row.request);
    const OpeningDocument document = Proto(std::string("kind: ") + row.document);
    const auto opened =
        OpenAccount(Proto(row.opening), kAccount, {&document}, Proto(row.request), ContextOf({row.role}));
    if (*row.reason != '\0') {
      EXPECT_THAT(opened, RefusedWith(std::string(row.reason)));
    } else {
      ASSERT_THAT(opened, Answers(ContainsProto("account { id: 'A' state: STATE_OPEN } opening { state: STATE_OPENED "
                                                "decided_by: 'kim' decided_on: '2026-11-22' }")));
      EXPECT_EQ(opened->opening().limit().minor(), row.limit);
    }
  }
}

TEST(RefuseOpening, IsForAnotherToo) {
  EXPECT_THAT(RefuseOpening(Proto(kAssessed), Proto("reason: '연체 이력'"), ContextOf()),
              Answers(ContainsProto("opening { state: STATE_REFUSED reason: '연체 이력' decided_by: 'kim' }")));
  EXPECT_THAT(RefuseOpening(Proto("asked_by: 'kim' state: STATE_ASSESSED"), Proto(""), ContextOf()),
              RefusedWith(kApproverMustBeAnother));
}

TEST(NoteAssessment, LeavesWhatIsDecided) {
  const Proto note("assessment_id: 'C' score: 75 grade: 'B' proposed_limit { minor: 35000000 currency: 'KRW' }");
  EXPECT_THAT(NoteAssessment(Proto("id: 'O' state: STATE_SUBMITTED"), note, ContextOf()),
              Answers(EqualsProto("opening { id: 'O' state: STATE_ASSESSED assessment_id: 'C' score: 75 grade: 'B' "
                                  "proposed_limit { minor: 35000000 currency: 'KRW' } }")));
  EXPECT_THAT(NoteAssessment(Proto("id: 'O' state: STATE_REFUSED"), note, ContextOf()),
              Answers(EqualsProto("opening { id: 'O' state: STATE_REFUSED }")));
}

TEST(DefineOpeningChecklist, NumbersTheVersions) {
  const OpeningChecklist two = Proto("number: 2");
  EXPECT_THAT(DefineOpeningChecklist({&two}, Proto("account_kind: KIND_PERSON documents: KIND_OTHER"), ContextOf()),
              Answers(ContainsProto("checklist { account_kind: KIND_PERSON number: 3 valid_from_on: '2026-11-22' "
                                    "documents: KIND_OTHER }")));
  EXPECT_THAT(DefineOpeningChecklist({}, Proto("documents: KIND_OTHER documents: KIND_OTHER"), ContextOf()),
              RefusedWith(kChecklistDocumentsMustDiffer));
}

TEST(HandingOver, BeginsOnTheLastDayAndStepsUntilNothingIsLeft) {
  EXPECT_THAT(StartWorkHandOver(Proto("hand_over_id: 'H' from_person_id: 'K' to_person_id: 'L' last_on: '2026-11-30'"),
                                ContextOf()),
              Answers(ContainsProto("work_hand_over { hand_over_id: 'H' from_person_id: 'K' to_person_id: 'L' "
                                    "state: STATE_RUNNING step_at { seconds: 1795964400 } }")));  // 0:00 in Seoul
  const auto at_once = StartWorkHandOver(Proto("last_on: '2026-11-20'"), ContextOf());
  EXPECT_EQ(FromTimestamp(at_once->work_hand_over().step_at()), ContextOf().now);

  std::vector<Account> accounts(250, Account(Proto("owner_id: 'K'")));
  std::vector<const Account*> held;
  for (Account& account : accounts) held.push_back(&account);
  const WorkHandOver running = Proto("id: 'W' to_person_id: 'L' state: STATE_RUNNING step_at { seconds: 1 } moved: 7");
  const auto first = StepWorkHandOver(running, held, Proto(""), ContextOf());
  ASSERT_THAT(first, Answers(ContainsProto("work_hand_over { state: STATE_RUNNING moved: 207 }")));
  EXPECT_EQ(first->accounts_size(), 200);
  EXPECT_EQ(first->accounts(0).owner_id(), "L");
  EXPECT_EQ(FromTimestamp(first->work_hand_over().step_at()), ContextOf().now);
  held.resize(50);
  const auto last = StepWorkHandOver(first->work_hand_over(), held, Proto(""), ContextOf());
  ASSERT_THAT(last, Answers(ContainsProto("work_hand_over { state: STATE_DONE moved: 257 }")));
  EXPECT_FALSE(last->work_hand_over().has_step_at());
  // Done is done; and without a successor nothing moves.
  EXPECT_EQ(StepWorkHandOver(last->work_hand_over(), held, Proto(""), ContextOf())->accounts_size(), 0);
  EXPECT_THAT(StepWorkHandOver(Proto("state: STATE_RUNNING"), held, Proto(""), ContextOf()),
              Answers(ContainsProto("work_hand_over { state: STATE_DONE moved: 0 }")));
}

TEST(Policies, PassOnWhatTheyHear) {
  const auto note = NoteAssessmentOf(Proto("assessment { id: 'C' opening_id: 'O' score: 75 grade: 'B' "
                                           "proposed_limit { minor: 5 currency: 'KRW' } }"),
                                     Cause());
  ASSERT_EQ(note.size(), 1u);
  EXPECT_THAT(note[0],
              EqualsProto(NoteAssessmentRequest(Proto("opening_id: 'O' assessment_id: 'C' score: 75 grade: 'B' "
                                                      "proposed_limit { minor: 5 currency: 'KRW' }"))));
  EXPECT_TRUE(NoteAssessmentOf(Proto("assessment { id: 'C' }"), Cause()).empty());
  const auto start = HandOverWorkOf(
      Proto("hand_over { id: 'H' from_person_id: 'K' to_person_id: 'L' last_on: '2026-11-30' }"), Cause());
  ASSERT_EQ(start.size(), 1u);
  EXPECT_THAT(start[0], EqualsProto(StartWorkHandOverRequest(
                            Proto("hand_over_id: 'H' from_person_id: 'K' to_person_id: 'L' last_on: '2026-11-30'"))));
  EXPECT_EQ(StepWorkHandOverOf(Proto("id: 'W'")).work_hand_over_id(), "W");
}

}  // namespace
}  // namespace songsang::accounts
