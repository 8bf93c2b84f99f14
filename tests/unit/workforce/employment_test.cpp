#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "support/context.h"
#include "support/proto.h"
#include "workforce/rules_calendar.h"
#include "workforce/rules_employment.h"
#include "workforce/rules_membership.h"
#include "workforce/rules_person.h"
#include "workforce/rules_unit.h"

namespace songsang::workforce {
namespace {

// Messages of text, for as long as the test runs.
template <class T>
class Kept {
 public:
  Kept(std::initializer_list<const char*> texts) {
    for (const char* text : texts) list_.push_back(&kept_.emplace_back(Proto(text)));
  }
  operator const std::vector<const T*>&() const { return list_; }  // NOLINT: passes as what a rule takes

 private:
  std::deque<T> kept_;
  std::vector<const T*> list_;
};

const char* const kPast =
    "id: 'E1' version: 1 person_id: 'P' grade: '사원' base_pay { minor: 3000000 currency: 'KRW' } "
    "hired_on: '2024-03-01' from_on: '2024-03-01' to_on: '2025-12-31'";
const char* const kNow =
    "id: 'E2' version: 1 person_id: 'P' grade: '대리' base_pay { minor: 3500000 currency: 'KRW' } "
    "hired_on: '2024-03-01' from_on: '2026-01-01'";

TEST(HirePerson, Table) {
  const struct {
    const char *person, *unit, *employment, *request, *reason, *after;
  } rows[] = {
      {"", "id: 'U'", "", "role: 'sales_rep'", "PERSON_MUST_BE_NAMED", ""},
      {"", "id: 'U'", "", "name: '김하늘' role: 'sales_rep' base_pay { minor: -1 currency: 'KRW' }",
       "PAY_MUST_NOT_BE_NEGATIVE", ""},
      {"id: 'P'", "id: 'U'", kNow, "person_id: 'P' role: 'sales_rep'", "EMPLOYMENT_MUST_NOT_OVERLAP", ""},
      // Also if that begins only later.
      {"id: 'P'", "id: 'U'", kNow, "person_id: 'P' role: 'sales_rep' from_on: '2025-12-31'",
       "EMPLOYMENT_MUST_NOT_OVERLAP", ""},
      {"", "id: 'U' closed_on: '2026-10-31'", "", "name: '김하늘' role: 'sales_rep'", "UNIT_MUST_BE_OPEN", ""},
      {"", "id: 'U'", "",
       "name: '김하늘' email: 'Kim@A.kr' role: 'sales_rep' grade: '사원' base_pay { minor: 3000000 currency: 'KRW' }",
       "",
       "person { name: '김하늘' email: 'kim@a.kr' grade: '사원' } "
       "employment { grade: '사원' base_pay { minor: 3000000 currency: 'KRW' } hired_on: '2026-11-22' from_on: "
       "'2026-11-22' } membership { unit_id: 'U' role: 'sales_rep' from_on: '2026-11-22' }"},
      // Who left may come back.
      {"id: 'P' version: 3 name: '김하늘' grade: '사원'", "id: 'U'", kPast,
       "person_id: 'P' role: 'sales_rep' grade: '과장'", "",
       "person { id: 'P' version: 3 name: '김하늘' grade: '과장' } employment { person_id: 'P' hired_on: '2026-11-22' "
       "}"},
      // The grade of somebody who comes later is not theirs yet.
      {"id: 'P' grade: '인턴'", "id: 'U'", "", "person_id: 'P' role: 'sdr' grade: '사원' from_on: '2026-12-01'", "",
       "person { id: 'P' grade: '인턴' } employment { grade: '사원' from_on: '2026-12-01' }"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.request);
    const Person person = Proto(row.person);
    const Employment employment = Proto(row.employment);
    Employments employments;
    if (*row.employment != '\0') employments.push_back(&employment);
    const auto event = HirePerson(*row.person != '\0' ? &person : nullptr, Proto(row.unit), employments, {},
                                  Proto(row.request), ContextOf());
    if (*row.reason != '\0')
      EXPECT_THAT(event, RefusedWith(std::string(row.reason)));
    else
      EXPECT_THAT(event, Answers(ContainsProto(row.after)));
  }
}

TEST(PromotePerson, Table) {
  const struct {
    const char *request, *reason, *after;
  } rows[] = {
      {"grade: '과장' from_on: '2024-02-29'", "PERSON_MUST_BE_EMPLOYED", ""},
      {"grade: '과장' base_pay { minor: -1 }", "PAY_MUST_NOT_BE_NEGATIVE", ""},
      // Today: the person bears the new grade, the pay stays, the old period ends yesterday.
      {"grade: '과장'", "",
       "person { id: 'P' version: 1 grade: '과장' } employment { person_id: 'P' grade: '과장' base_pay { minor: "
       "3500000 "
       "currency: 'KRW' } hired_on: '2024-03-01' from_on: '2026-11-22' } changed { id: 'E2' version: 1 grade: '대리' "
       "to_on: '2026-11-21' }"},
      // From a day to come: today's grade stays.
      {"grade: '과장' base_pay { minor: 4000000 currency: 'KRW' } from_on: '2027-01-01'", "",
       "person { grade: '대리' } employment { grade: '과장' base_pay { minor: 4000000 } from_on: '2027-01-01' } "
       "changed { id: 'E2' to_on: '2026-12-31' }"},
      // In the past it counts until the next change.
      {"grade: '주임' from_on: '2025-06-01'", "",
       "person { grade: '대리' } employment { grade: '주임' base_pay { minor: 3000000 } from_on: '2025-06-01' to_on: "
       "'2025-12-31' } changed { id: 'E1' to_on: '2025-05-31' }"},
      // On the first day of a period it replaces.
      {"grade: '과장' from_on: '2026-01-01'", "",
       "person { grade: '과장' } employment { id: 'E2' version: 1 grade: '과장' from_on: '2026-01-01' }"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.request);
    const auto event = PromotePerson(Proto("id: 'P' version: 1 grade: '대리'"), Kept<Employment>{kPast, kNow},
                                     Proto(row.request), ContextOf());
    if (*row.reason != '\0')
      EXPECT_THAT(event, RefusedWith(std::string(row.reason)));
    else
      EXPECT_THAT(event, Answers(ContainsProto(row.after)));
  }
}

TEST(ChangePay, Table) {
  const Kept<Employment> employments{kPast, kNow};
  const Person person = Proto("id: 'P' grade: '대리'");
  EXPECT_THAT(ChangePay(person, employments, Proto("base_pay { minor: -1 }"), ContextOf()),
              RefusedWith(kPayMustNotBeNegative));
  EXPECT_THAT(ChangePay(person, employments, Proto("base_pay { minor: 1 } from_on: '2024-02-29'"), ContextOf()),
              RefusedWith(kPersonMustBeEmployed));
  EXPECT_THAT(ChangePay(person, employments, Proto("base_pay { minor: 3800000 currency: 'KRW' } from_on: '2026-12-01'"),
                        ContextOf()),
              Answers(ContainsProto("employment { grade: '대리' base_pay { minor: 3800000 } from_on: '2026-12-01' } "
                                    "changed { id: 'E2' base_pay { minor: 3500000 } to_on: '2026-11-30' }")));
}

TEST(TransferPerson, Table) {
  const char* const kSeoul =
      "id: 'M' version: 1 external_ref { system: 'hr' key: 'm' } person_id: 'P' unit_id: 'seoul' "
      "role: 'sales_rep' from_on: '2024-03-01'";
  const char* const kManager = "id: 'N' version: 1 unit_id: 'busan' role: 'sales_manager' from_on: '2026-06-01'";
  const struct {
    const char *unit, *request, *reason, *after;
  } rows[] = {
      {"id: 'busan'", "role: 'sales_rep' from_on: '2024-02-29'", "PERSON_MUST_BE_EMPLOYED", ""},
      {"id: 'busan'", "role: 'sdr'", "PERSON_MUST_HOLD_ROLE", ""},
      {"id: 'busan' closed_on: '2026-11-30'", "role: 'sales_rep'", "UNIT_MUST_BE_OPEN", ""},
      {"id: 'busan'", "role: 'sales_rep' from_on: '2026-11-10' to_on: '2026-11-09'", "MEMBERSHIP_MUST_END_AFTER_START",
       ""},
      {"id: 'busan'", "role: 'sales_manager' from_role: 'sales_rep'", "MEMBERSHIP_MUST_NOT_OVERLAP", ""},
      {"id: 'busan'", "role: 'sales_rep' from_on: '2026-11-10'", "",
       "person { id: 'P' } employment { id: 'E2' } membership { person_id: 'P' unit_id: 'busan' role: 'sales_rep' "
       "from_on: '2026-11-10' } changed { id: 'M' unit_id: 'seoul' to_on: '2026-11-09' }"},
      // For a while: what was left resumes, and is not what another system calls the old one.
      {"id: 'busan'", "role: 'sales_rep' from_on: '2026-11-10' to_on: '2026-12-31'", "",
       "membership { unit_id: 'busan' from_on: '2026-11-10' to_on: '2026-12-31' } "
       "changed { unit_id: 'seoul' from_on: '2027-01-01' } changed { id: 'M' to_on: '2026-11-09' }"},
      // A promotion to another role in the same unit.
      {"id: 'seoul'", "role: 'sales_manager' from_role: 'sales_rep' from_on: '2026-12-01'", "",
       "membership { unit_id: 'seoul' role: 'sales_manager' from_on: '2026-12-01' } changed { id: 'M' to_on: "
       "'2026-11-30' }"},
      // On the first day it replaces, under the same reference.
      {"id: 'busan'", "role: 'sales_rep' from_on: '2024-03-01'", "",
       "membership { id: 'M' version: 1 external_ref { system: 'hr' key: 'm' } unit_id: 'busan' from_on: '2024-03-01' "
       "}"},
      // Where they are already, nothing changes.
      {"id: 'seoul'", "role: 'sales_rep'", "", "membership { id: 'M' version: 1 from_on: '2024-03-01' }"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.request);
    const auto event = TransferPerson(Proto("id: 'P'"), Proto(row.unit), Kept<Employment>{kPast, kNow},
                                      Kept<Membership>{kSeoul, kManager}, Proto(row.request), ContextOf());
    if (*row.reason != '\0') {
      EXPECT_THAT(event, RefusedWith(std::string(row.reason)));
      continue;
    }
    EXPECT_THAT(event, Answers(ContainsProto(row.after)));
    for (const auto& changed : event->changed()) EXPECT_EQ(changed.has_external_ref(), changed.id() == "M");
  }
  // Of people whose employment is not kept here, the memberships tell.
  EXPECT_THAT(TransferPerson(Proto("id: 'P'"), Proto("id: 'busan'"), {}, Kept<Membership>{kSeoul},
                             Proto("role: 'sales_rep'"), ContextOf()),
              IsOk());
}

TEST(ResignPerson, Table) {
  const Kept<Employment> mine{kPast, kNow};
  const Kept<Employment> stays{"from_on: '2020-01-01'"}, leaves{"from_on: '2020-01-01' to_on: '2026-11-30'"};
  const Kept<HandOver> resigned{"id: 'H' last_on: '2026-10-31'"}, once{"id: 'H' last_on: '2023-10-31'"};
  const struct {
    const Kept<HandOver>* before;
    const Kept<Employment>* successor;
    const char *request, *reason;
  } rows[] = {
      {&once, &stays, "successor_id: 'P'", "SUCCESSOR_MUST_DIFFER"},
      {&once, &stays, "successor_id: 'Q' last_on: '2024-02-29'", "PERSON_MUST_BE_EMPLOYED"},
      {&resigned, &stays, "successor_id: 'Q' last_on: '2026-11-30'", "RESIGNATION_MUST_BE_NEW"},
      {&once, &leaves, "successor_id: 'Q' last_on: '2026-11-30'", "SUCCESSOR_MUST_STAY"},
      {&once, &leaves, "successor_id: 'Q' last_on: '2026-11-29'", ""},
      {&once, &stays, "successor_id: 'Q' last_on: '2026-11-30'", ""},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.request);
    const Leaving leaving{mine, {}, *row.before, *row.successor};
    const auto event = ResignPerson(Proto("id: 'P'"), leaving, Proto(row.request), ContextOf());
    if (*row.reason != '\0')
      EXPECT_THAT(event, RefusedWith(std::string(row.reason)));
    else
      EXPECT_THAT(event, IsOk());
  }
}

TEST(ResignPerson, EndsEverythingAndBeginsTheHandOver) {
  const Kept<Employment> employments{
      kPast, "id: 'E2' version: 1 hired_on: '2024-03-01' from_on: '2026-01-01' to_on: '2026-12-31'",
      "id: 'E3' version: 1 hired_on: '2024-03-01' from_on: '2027-01-01'"};
  const Kept<Membership> memberships{
      "id: 'M1' version: 1 to_on: '2025-12-31'", "id: 'M2' version: 1 from_on: '2026-01-01'",
      "id: 'M3' version: 1 from_on: '2026-12-01'", "id: 'M4' version: 1 from_on: '2026-03-01' to_on: '2026-02-28'"};
  const Leaving leaving{employments, memberships, {}, {}};
  const auto event =
      ResignPerson(Proto("id: 'P'"), leaving, Proto("successor_id: 'Q' last_on: '2026-11-30'"), ContextOf());
  ASSERT_THAT(
      event,
      Answers(ContainsProto(
          "person { id: 'P' } employment { id: 'E2' to_on: '2026-11-30' } hand_over { from_person_id: 'P' "
          "to_person_id: 'Q' last_on: '2026-11-30' state: STATE_OPEN open_parts: 2 } "
          "parts { service: 'accounts' state: STATE_OPEN } parts { service: 'leads' state: STATE_OPEN } "
          "cancelled { id: 'E3' from_on: '2027-01-01' to_on: '2026-12-31' } "
          "ended { id: 'M2' to_on: '2026-11-30' } ended { id: 'M3' from_on: '2026-12-01' to_on: '2026-11-30' }")));
  EXPECT_EQ(event->ended_size(), 2);
  EXPECT_EQ(event->parts(1).hand_over_id(), event->hand_over().id());
}

TEST(NoteHandedOver, IsDoneWhenEveryServiceIs) {
  const HandOver open = Proto("id: 'H' version: 1 state: STATE_OPEN open_parts: 2");
  const char* const kAccounts = "id: 'A' version: 1 hand_over_id: 'H' service: 'accounts' state: STATE_OPEN";
  const char* const kLeads = "id: 'L' version: 1 hand_over_id: 'H' service: 'leads' state: STATE_OPEN";
  const char* const kLeadsDone = "id: 'L' version: 2 hand_over_id: 'H' service: 'leads' state: STATE_DONE moved: 7";
  EXPECT_THAT(
      NoteHandedOver(open, Kept<HandOverPart>{kAccounts, kLeads}, Proto("service: 'leads' moved: 7"), ContextOf()),
      Answers(ContainsProto("hand_over { state: STATE_OPEN open_parts: 1 } part { id: 'L' state: STATE_DONE moved: "
                            "7 done_at { seconds: 1795316400 } }")));
  EXPECT_THAT(
      NoteHandedOver(open, Kept<HandOverPart>{kAccounts, kLeadsDone}, Proto("service: 'accounts' moved: 2"),
                     ContextOf()),
      Answers(ContainsProto("hand_over { state: STATE_DONE open_parts: 0 done_at { seconds: 1795316400 } } part { id: "
                            "'A' state: STATE_DONE moved: 2 }")));
  // Said again, nothing changes.
  EXPECT_THAT(
      NoteHandedOver(open, Kept<HandOverPart>{kAccounts, kLeadsDone}, Proto("service: 'leads' moved: 9"), ContextOf()),
      Answers(EqualsProto(std::string("hand_over { id: 'H' version: 1 state: STATE_OPEN open_parts: 2 } part { ") +
                          kLeadsDone + " }")));
  // Who was not expected is seen, and nobody waits less for the others.
  EXPECT_THAT(NoteHandedOver(open, Kept<HandOverPart>{kAccounts, kLeads}, Proto("service: 'billing'"), ContextOf()),
              Answers(ContainsProto("hand_over { state: STATE_OPEN open_parts: 2 } part { hand_over_id: 'H' service: "
                                    "'billing' state: STATE_DONE }")));
}

TEST(BeginEmployment, TheGradeIsThatOfTheDay) {
  const Person person = Proto("id: 'P' grade: '대리'");
  EXPECT_THAT(BeginEmployment(Proto("grade: '과장' from_on: '2026-11-22'"), person, {}, ContextOf()),
              Answers(ContainsProto("person { grade: '과장' }")));
  // Cancelled in the meantime.
  EXPECT_THAT(
      BeginEmployment(Proto("grade: '과장' from_on: '2026-11-22' to_on: '2026-11-21'"), person, {}, ContextOf()),
      Answers(ContainsProto("person { grade: '대리' }")));
}

TEST(SetCalendarDay, IsKeptOnceADay) {
  const auto said =
      SetCalendarDay(nullptr, Proto("date: '2026-12-24' kind: KIND_HOLIDAY name: '창립기념일'"), ContextOf());
  ASSERT_THAT(said, Answers(ContainsProto("calendar_day { year: '2026' date: '2026-12-24' kind: KIND_HOLIDAY name: "
                                          "'창립기념일' }")));
  CalendarDay before = said->calendar_day();
  before.set_version(1);
  const auto again = SetCalendarDay(&before, Proto("date: '2026-12-24' kind: KIND_WORKING_DAY"), ContextOf());
  ASSERT_THAT(again, Answers(ContainsProto("calendar_day { version: 1 kind: KIND_WORKING_DAY name: '' }")));
  EXPECT_EQ(again->calendar_day().id(), before.id());
  EXPECT_EQ(before.id(), CalendarDayId("2026-12-24", ContextOf()));
}

}  // namespace
}  // namespace songsang::workforce
