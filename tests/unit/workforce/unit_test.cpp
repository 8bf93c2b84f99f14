#include <gtest/gtest.h>

#include <optional>

#include "support/context.h"
#include "support/proto.h"
#include "workforce/rules_organisation.h"
#include "workforce/rules_unit.h"

namespace songsang::workforce {
namespace {

struct OpenRow {
  const char* parent;  // null: at the root
  const char* request;
  const char* reason;
  const char* event;
};

TEST(OpenUnit, Table) {
  const OpenRow rows[] = {
      {"closed_on: '2026-01-01'", "opened_on: '2026-11-23'", "DAY_MUST_NOT_BE_IN_FUTURE", ""},
      {"closed_on: '2026-01-01'", "opened_on: '2025-01-01'", "PARENT_MUST_BE_OPEN", ""},
      {"opened_on: '2026-01-02'", "opened_on: '2026-01-01'", "PARENT_MUST_BE_OPEN", ""},
      {"opened_on: '2026-01-02'", "opened_on: ''", "PARENT_MUST_BE_OPEN", ""},
      {nullptr, "name: '본사' kind: KIND_HEADQUARTERS", "",
       "unit { name: '본사' kind: KIND_HEADQUARTERS opened_on: '2026-11-22' } placement { from_on: '2026-11-22' }"},
      {"id: 'P' path: 'P/'", "name: '강남' kind: KIND_BRANCH region: '서울' parent_id: 'P' opened_on: '2020-01-01'", "",
       "unit { name: '강남' region: '서울' parent_id: 'P' opened_on: '2020-01-01' } "
       "placement { parent_id: 'P' from_on: '2020-01-01' }"},
      {"id: 'P' path: 'P/'", "name: '강남' opened_on: '' parent_id: 'P'", "", "placement { parent_id: 'P' }"},
  };
  for (const OpenRow& row : rows) {
    SCOPED_TRACE(row.request);
    const std::optional<Unit> parent = row.parent ? std::optional<Unit>(Proto(row.parent)) : std::nullopt;
    const auto event = OpenUnit(parent ? &*parent : nullptr, Proto(row.request), ContextOf());
    if (*row.reason != '\0') {
      EXPECT_THAT(event, RefusedWith(std::string(row.reason)));
      continue;
    }
    ASSERT_THAT(event, Answers(ContainsProto(row.event)));
    EXPECT_EQ(event->unit().path(), (parent ? "P/" : "") + event->unit().id() + "/");
    EXPECT_EQ(event->placement().unit_id(), event->unit().id());
    EXPECT_EQ(event->placement().from_on(), event->unit().opened_on());
  }
}

TEST(MoveUnit, RefusesInThisOrder) {
  const UnitPlacement own = Proto("id: 'p' unit_id: 'U' from_on: '2026-03-01'");
  const UnitPlacement above = Proto("id: 'q' unit_id: 'P' from_on: '2026-06-01'");
  Unit unit = Proto("id: 'U' path: 'U/' closed_on: '2026-11-01'");
  Unit parent = Proto("id: 'P' path: 'U/P/' closed_on: '2026-11-01'");
  Surroundings surroundings{{&own}, {&above}, {}};
  const Proto future("unit_id: 'U' parent_id: 'P' from_on: '2026-11-23'");
  EXPECT_THAT(MoveUnit(unit, &parent, surroundings, future, ContextOf()), RefusedWith(kUnitMustBeOpen));
  unit.clear_closed_on();
  EXPECT_THAT(MoveUnit(unit, &parent, surroundings, future, ContextOf()), RefusedWith(kParentMustBeOpen));
  parent.clear_closed_on();
  EXPECT_THAT(MoveUnit(unit, &parent, surroundings, future, ContextOf()), RefusedWith(kParentMustBeOutside));
  EXPECT_THAT(MoveUnit(unit, &unit, surroundings, future, ContextOf()), RefusedWith(kParentMustBeOutside));
  parent.set_path("P/");
  EXPECT_THAT(MoveUnit(unit, &parent, surroundings, future, ContextOf()),
              RefusedWith(std::string("DAY_MUST_NOT_BE_IN_FUTURE")));
  EXPECT_THAT(MoveUnit(unit, &parent, surroundings, Proto("parent_id: 'P' from_on: '2026-02-28'"), ContextOf()),
              RefusedWith(kDayMustFollowPlacement));
  // The parent itself has been where it is only since June: before, it may have been below the unit.
  EXPECT_THAT(MoveUnit(unit, &parent, surroundings, Proto("parent_id: 'P' from_on: '2026-05-31'"), ContextOf()),
              RefusedWith(kDayMustFollowPlacement));
  EXPECT_THAT(MoveUnit(unit, &parent, surroundings, Proto("parent_id: 'P' from_on: '2026-06-01'"), ContextOf()),
              IsOk());
}

TEST(MoveUnit, CarriesWhatIsBelowAndEndsTheOldPlacement) {
  const UnitPlacement past = Proto("id: 'o' unit_id: 'U' parent_id: 'X' to_on: '2026-02-28'");
  const UnitPlacement own = Proto("id: 'p' version: 1 unit_id: 'U' parent_id: 'A' from_on: '2026-03-01'");
  const Unit unit = Proto("id: 'U' version: 2 parent_id: 'A' path: 'A/U/'");
  const Unit parent = Proto("id: 'B' path: 'R/B/'");
  const Unit team = Proto("id: 'T' version: 1 parent_id: 'U' path: 'A/U/T/'");
  const auto event = MoveUnit(unit, &parent, {{&past, &own}, {}, {&team}},
                              Proto("unit_id: 'U' parent_id: 'B' from_on: '2026-11-01'"), ContextOf());
  ASSERT_THAT(event, Answers(ContainsProto(R"(
    unit { id: 'U' version: 2 parent_id: 'B' path: 'R/B/U/' }
    placement { unit_id: 'U' parent_id: 'B' from_on: '2026-11-01' }
    ended { id: 'p' version: 1 parent_id: 'A' from_on: '2026-03-01' to_on: '2026-10-31' }
    below { id: 'T' version: 1 parent_id: 'U' path: 'R/B/U/T/' })")));
  EXPECT_NE(event->placement().id(), "p");
  EXPECT_EQ(event->placement().version(), 0);
}

TEST(MoveUnit, OnTheDayItWasPlacedCorrectsThePlacement) {
  const UnitPlacement own = Proto("id: 'p' version: 1 unit_id: 'U' parent_id: 'A' from_on: '2026-11-22'");
  EXPECT_THAT(MoveUnit(Proto("id: 'U' version: 1 parent_id: 'A' path: 'A/U/'"), nullptr, {{&own}, {}, {}}, Proto(""),
                       ContextOf()),
              Answers(EqualsProto("unit { id: 'U' version: 1 path: 'U/' } "
                                  "placement { id: 'p' version: 1 unit_id: 'U' from_on: '2026-11-22' }")));
}

TEST(MoveUnit, ToWhereItIsChangesNothing) {
  const UnitPlacement own = Proto("id: 'p' version: 1 unit_id: 'U' parent_id: 'A' from_on: '2026-01-01'");
  const Unit parent = Proto("id: 'A' path: 'A/'");
  EXPECT_THAT(MoveUnit(Proto("id: 'U' version: 1 parent_id: 'A' path: 'A/U/'"), &parent, {{&own}, {}, {}},
                       Proto("parent_id: 'A'"), ContextOf()),
              Answers(EqualsProto("unit { id: 'U' version: 1 parent_id: 'A' path: 'A/U/' } placement { id: 'p' "
                                  "version: 1 unit_id: 'U' parent_id: 'A' from_on: '2026-01-01' }")));
}

TEST(RenameUnit, NeverToNothing) {
  const Unit unit = Proto("id: 'U' name: '강남' region: '서울'");
  EXPECT_THAT(RenameUnit(unit, Proto("name: ''"), ContextOf()), RefusedWith(kUnitMustBeNamed));
  EXPECT_THAT(RenameUnit(unit, Proto("name: '서초'"), ContextOf()),
              Answers(EqualsProto("unit { id: 'U' name: '서초' region: '서울' }")));
  EXPECT_THAT(RenameUnit(unit, Proto("region: ''"), ContextOf()),
              Answers(EqualsProto("unit { id: 'U' name: '강남' }")));
}

TEST(CloseUnit, RefusesInThisOrder) {
  const UnitPlacement own = Proto("id: 'p' unit_id: 'U' from_on: '2026-03-01'");
  const Unit child = Proto("id: 'C' closed_on: '2026-11-22'");
  const Membership member = Proto("to_on: '2026-11-22'");
  const Proto past("closed_on: '2026-02-01'");
  EXPECT_THAT(CloseUnit(Proto("closed_on: '2026-04-01'"), {&own}, {&child}, {&member}, Proto("closed_on: '2027-01-01'"),
                        ContextOf()),
              RefusedWith(kUnitMustBeOpen));
  EXPECT_THAT(CloseUnit(Proto("id: 'U'"), {&own}, {&child}, {&member}, Proto("closed_on: '2027-01-01'"), ContextOf()),
              RefusedWith(std::string("DAY_MUST_NOT_BE_IN_FUTURE")));
  EXPECT_THAT(CloseUnit(Proto("id: 'U'"), {&own}, {&child}, {&member}, past, ContextOf()),
              RefusedWith(kDayMustFollowPlacement));
  const Proto before("closed_on: '2026-11-21'");
  EXPECT_THAT(CloseUnit(Proto("id: 'U'"), {&own}, {&child}, {&member}, before, ContextOf()),
              RefusedWith(kUnitMustHaveNoChildren));
  EXPECT_THAT(CloseUnit(Proto("id: 'U'"), {&own}, {}, {&member}, before, ContextOf()),
              RefusedWith(kUnitMustHaveNoMembers));
  EXPECT_THAT(CloseUnit(Proto("id: 'U'"), {&own}, {&child}, {&member}, Proto(""), ContextOf()),
              Answers(EqualsProto("unit { id: 'U' closed_on: '2026-11-22' } placement { id: 'p' unit_id: 'U' "
                                  "from_on: '2026-03-01' to_on: '2026-11-22' }")));
}

TEST(Organisation, IsATreeInOrder) {
  const std::vector<Organisation::Node> units = {Proto("unit_id: 'b' name: '강남' region: '서울' parent_id: 'h'"),
                                                 Proto("unit_id: 'h' name: '본사'"),
                                                 Proto("unit_id: 's' name: '부산' region: '영남' parent_id: 'h'"),
                                                 Proto("unit_id: 't' name: '1팀' region: '서울' parent_id: 'b'"),
                                                 Proto("unit_id: 'o' name: '외톨이' parent_id: 'gone'")};
  const MembersByUnit members = {{"t", {Proto("person_id: 'p'")}}};
  const auto names = [&](const char* request) {
    std::string names;
    const Organisation organisation = ArrangeOrganisation(units, members, Proto(request));
    for (const auto& unit : organisation.units())
      names += std::string(static_cast<size_t>(unit.depth()), '>') + unit.unit_id() + "(" +
               std::to_string(unit.members_size()) + ") ";
    return names;
  };
  EXPECT_EQ(names(""), "h(0) >b(0) >>t(1) >s(0) o(0) ");
  EXPECT_EQ(names("region: '서울'"), "h(0) >b(0) >>t(1) ");
  EXPECT_EQ(names("unit_id: 'b'"), "b(0) >t(1) ");
  EXPECT_EQ(names("unit_id: 'nobody'"), "");
}

}  // namespace
}  // namespace songsang::workforce
