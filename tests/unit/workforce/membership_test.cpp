#include <gtest/gtest.h>

#include "support/context.h"
#include "support/proto.h"
#include "workforce/rules_membership.h"
#include "workforce/rules_person.h"

namespace songsang::workforce {
namespace {

struct JoinRow {
  const char* unit;
  const char* other;  // the person's other membership
  const char* request;
  const char* reason;
  const char* after;
};

TEST(JoinUnit, Table) {
  const char* const kRep = "id: 'M' unit_id: 'U' role: 'sales_rep' from_on: '2026-01-01' to_on: '2026-06-30'";
  const JoinRow rows[] = {
      {"id: 'U' opened_on: '2026-03-01'", kRep,
       "unit_id: 'U' role: 'sales_rep' from_on: '2026-02-01' to_on: '2026-01-31'", "MEMBERSHIP_MUST_END_AFTER_START",
       ""},
      {"id: 'U' opened_on: '2026-03-01'", kRep, "unit_id: 'U' role: 'sales_rep' from_on: '2026-02-01'",
       "UNIT_MUST_BE_OPEN", ""},
      {"id: 'U' closed_on: '2026-10-31'", kRep, "unit_id: 'U' role: 'sales_rep' from_on: '2026-02-01'",
       "UNIT_MUST_BE_OPEN", ""},
      {"id: 'U' closed_on: '2026-10-31'", kRep,
       "unit_id: 'U' role: 'sales_rep' from_on: '2026-02-01' to_on: '2026-11-01'", "UNIT_MUST_BE_OPEN", ""},
      {"id: 'U'", kRep, "unit_id: 'U' role: 'sales_rep' from_on: '2026-06-30'", "MEMBERSHIP_MUST_NOT_OVERLAP", ""},
      {"id: 'U'", kRep, "unit_id: 'U' role: 'sales_rep' from_on: '' to_on: '2026-01-01'", "MEMBERSHIP_MUST_NOT_OVERLAP",
       ""},
      {"id: 'U'", kRep, "unit_id: 'U' role: 'sales_rep' from_on: ''", "MEMBERSHIP_MUST_NOT_OVERLAP", ""},
      {"id: 'U'", kRep, "person_id: 'P' unit_id: 'U' role: 'sales_rep' from_on: '2026-07-01'", "",
       "person_id: 'P' unit_id: 'U' role: 'sales_rep' from_on: '2026-07-01'"},
      {"id: 'U' closed_on: '2026-10-31'", kRep,
       "unit_id: 'U' role: 'sales_rep' from_on: '2026-07-01' to_on: '2026-10-31'", "",
       "from_on: '2026-07-01' to_on: '2026-10-31'"},
      // The same unit in another role, the same role in another unit.
      {"id: 'U'", kRep, "unit_id: 'U' role: 'sdr' from_on: '2026-02-01'", "", "role: 'sdr'"},
      {"id: 'V'", kRep, "unit_id: 'V' role: 'sales_rep' from_on: '2026-02-01'", "", "unit_id: 'V'"},
      {"id: 'U'", kRep, "unit_id: 'U' role: 'sdr'", "", "from_on: '2026-11-22'"},
      {"id: 'U' opened_on: '2026-03-01'", kRep, "unit_id: 'U' role: 'sdr' from_on: ''", "", "role: 'sdr'"},
  };
  for (const JoinRow& row : rows) {
    SCOPED_TRACE(std::string(row.unit) + " / " + row.request);
    const Membership other = Proto(row.other);
    const auto event = JoinUnit(Proto("id: 'P'"), Proto(row.unit), {&other}, Proto(row.request), ContextOf());
    if (*row.reason != '\0') {
      EXPECT_THAT(event, RefusedWith(std::string(row.reason)));
    } else {
      EXPECT_THAT(event, Answers(ContainsProto(std::string("membership { ") + row.after + " }")));
    }
  }
}

TEST(JoinUnit, TheSameReferenceAgainDoesNotOverlapItself) {
  const auto first = JoinUnit(Proto(""), Proto("id: 'U'"), {},
                              Proto("unit_id: 'U' role: 'sdr' external_ref { key: 'k' }"), ContextOf());
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(JoinUnit(Proto(""), Proto("id: 'U'"), {&first->membership()},
                       Proto("unit_id: 'U' role: 'sdr' external_ref { key: 'k' }"), ContextOf()),
              IsOk());
}

TEST(LeaveUnit, Table) {
  EXPECT_THAT(LeaveUnit(Proto("to_on: '2026-11-22'"), Proto(""), ContextOf()), RefusedWith(kMembershipMustBeOpen));
  EXPECT_THAT(LeaveUnit(Proto("from_on: '2026-11-23'"), Proto(""), ContextOf()),
              RefusedWith(kMembershipMustEndAfterStart));
  EXPECT_THAT(LeaveUnit(Proto("id: 'M' from_on: '2026-11-22'"), Proto(""), ContextOf()),
              Answers(EqualsProto("membership { id: 'M' from_on: '2026-11-22' to_on: '2026-11-22' }")));
  // A planned end may be brought forward, and an end may be planned.
  EXPECT_THAT(LeaveUnit(Proto("id: 'M' to_on: '2026-12-31'"), Proto("to_on: '2026-11-30'"), ContextOf()),
              Answers(EqualsProto("membership { id: 'M' to_on: '2026-11-30' }")));
}

TEST(Persons, AreRegisteredAndUpdated) {
  EXPECT_THAT(RegisterPerson(Proto("name: '박지우' email: 'Park@A.kr' phone: '010-2' grade: '대리'"), ContextOf()),
              Answers(ContainsProto("person { name: '박지우' email: 'park@a.kr' phone: '0102' grade: '대리' }")));
  EXPECT_THAT(UpdatePerson(Proto("id: 'P' name: '박지우'"), Proto("name: ''"), ContextOf()),
              RefusedWith(kPersonMustBeNamed));
  EXPECT_THAT(UpdatePerson(Proto("id: 'P' name: '박지우' grade: '대리'"), Proto("grade: '과장'"), ContextOf()),
              Answers(EqualsProto("person { id: 'P' name: '박지우' grade: '과장' }")));
}

}  // namespace
}  // namespace songsang::workforce
