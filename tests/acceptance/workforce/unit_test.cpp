// W3: the tree of branches by region, and members with days.
#include <gtest/gtest.h>

#include "songsang/workforce/v1/people.pb.h"
#include "songsang/workforce/v1/unit.pb.h"
#include "support/system.h"

namespace songsang {
namespace {

using namespace workforce::v1;  // NOLINT: the service under test

// A headquarters since 2020 with two branches, whose people and moves the tests make.
class Company {
 public:
  Company() {
    Open("hq", "본사", "KIND_HEADQUARTERS", "", "");
    Open("seoul", "서울 지점", "KIND_BRANCH", "수도권", "hq");
    Open("busan", "부산 지점", "KIND_BRANCH", "영남", "hq");
    Open("team", "1팀", "KIND_TEAM", "수도권", "seoul");
    for (const char* person : {"kim", "lee"})
      EXPECT_THAT(
          manager.Call<PersonRegistered>("RegisterPerson", Proto(std::string("name: '") + person + "' " + Ref(person))),
          IsOk());
  }
  static std::string Ref(const std::string& key) { return "external_ref { system: 'hr' key: '" + key + "' }"; }
  static std::string Id(const std::string& field, const std::string& key) {
    return key.empty() ? "" : field + ": 'ext:hr:" + key + "' ";
  }
  void Open(const std::string& key, const std::string& name, const std::string& kind, const std::string& region,
            const std::string& parent) {
    EXPECT_THAT(
        manager.Call<UnitOpened>("OpenUnit", Proto("opened_on: '2020-01-01' name: '" + name + "' kind: " + kind +
                                                   " region: '" + region + "' " + Id("parent_id", parent) + Ref(key))),
        IsOk());
  }
  Called<UnitJoined> Join(const std::string& person, const std::string& unit, const std::string& rest) {
    return manager.Call<UnitJoined>("JoinUnit", Proto(Id("person_id", person) + Id("unit_id", unit) + rest));
  }
  Called<UnitMoved> Move(const std::string& unit, const std::string& parent, const std::string& from_on) {
    return manager.Call<UnitMoved>("MoveUnit",
                                   Proto(Id("unit_id", unit) + Id("parent_id", parent) + "from_on: '" + from_on + "'"));
  }
  // `본사 >서울 지점[kim:sales_rep]`: depth, name, members.
  std::string Tree(const std::string& request) {
    const auto organisation = manager.Call<Organisation>("GetOrganisation", Proto(request));
    EXPECT_THAT(organisation, IsOk());
    std::string tree;
    for (const auto& unit : organisation->units()) {
      tree += (tree.empty() ? "" : " | ") + std::string(static_cast<size_t>(unit.depth()), '>') + unit.name();
      for (const auto& member : unit.members()) tree += " " + member.name() + ":" + member.role();
    }
    return tree;
  }

  Client manager = System::Shared().As({v1::ROLE_BRANCH_MANAGER});
};

TEST(W3_Centres, AreATreeByRegion) {
  Company company;
  EXPECT_EQ(company.Tree(""), "본사 | >부산 지점 | >서울 지점 | >>1팀");
  EXPECT_EQ(company.Tree("region: '영남'"), "본사 | >부산 지점");
  EXPECT_EQ(company.Tree("unit_id: 'ext:hr:seoul'"), "서울 지점 | >1팀");
  EXPECT_EQ(company.Tree("as_of: '2019-12-31'"), "");
  const auto branches =
      company.manager.Call<ListUnitsResponse>("ListUnits", Proto("kind: KIND_BRANCH region: '수도권'"));
  ASSERT_THAT(branches, IsOk());
  ASSERT_EQ(branches->units_size(), 1);
  EXPECT_EQ(branches->units(0).name(), "서울 지점");
}

TEST(W3_Centres, MembersCountFromTheirFirstToTheirLastDay) {
  Company company;
  ASSERT_THAT(company.Join("kim", "seoul", "role: 'sales_rep' from_on: '2025-03-01' to_on: '2025-12-31'"), IsOk());
  ASSERT_THAT(company.Join("kim", "busan", "role: 'sales_rep' from_on: '2026-01-01'"), IsOk());
  ASSERT_THAT(company.Join("lee", "seoul", "role: 'sales_manager' from_on: ''"), IsOk());
  EXPECT_EQ(company.Tree("as_of: '2025-02-28'"), "본사 | >부산 지점 | >서울 지점 lee:sales_manager | >>1팀");
  EXPECT_EQ(company.Tree("as_of: '2025-03-01'"),
            "본사 | >부산 지점 | >서울 지점 kim:sales_rep lee:sales_manager | >>1팀");
  EXPECT_EQ(company.Tree("as_of: '2025-12-31'"),
            "본사 | >부산 지점 | >서울 지점 kim:sales_rep lee:sales_manager | >>1팀");
  EXPECT_EQ(company.Tree("as_of: '2026-01-01'"),
            "본사 | >부산 지점 kim:sales_rep | >서울 지점 lee:sales_manager | >>1팀");
}

TEST(W3_Centres, APersonIsOnceInAUnitInARole) {
  Company company;
  const auto joined = company.Join("kim", "seoul", "role: 'sdr' from_on: '2026-01-01'");
  ASSERT_THAT(joined, IsOk());
  const auto overlap = company.Join("kim", "seoul", "role: 'sdr' from_on: '2026-05-01'");
  ASSERT_THAT(overlap, RefusedWith(std::string("MEMBERSHIP_MUST_NOT_OVERLAP")));
  EXPECT_EQ(overlap.answer().variables.at("membership_id"), joined->membership().id());
  // In another role, or elsewhere, they are.
  EXPECT_THAT(company.Join("kim", "seoul", "role: 'sales_rep' from_on: '2026-01-01'"), IsOk());
  EXPECT_THAT(company.Join("kim", "busan", "role: 'sdr' from_on: '2026-01-01'"), IsOk());
  const Proto leave("to_on: '2026-04-30' membership_id: '" + joined->membership().id() + "'");
  EXPECT_THAT(company.manager.Call<UnitLeft>("LeaveUnit", leave), IsOk());
  EXPECT_THAT(company.manager.Call<UnitLeft>("LeaveUnit", leave), RefusedWith(std::string("MEMBERSHIP_MUST_BE_OPEN")));
  EXPECT_THAT(company.Join("kim", "seoul", "role: 'sdr' from_on: '2026-05-01'"), IsOk());
}

TEST(W3_Centres, AMoveKeepsThePast) {
  Company company;
  ASSERT_THAT(company.Join("kim", "team", "role: 'sales_rep' from_on: '2021-01-01'"), IsOk());
  const auto moved = company.Move("team", "busan", "2026-03-01");
  ASSERT_THAT(moved, Answers(ContainsProto("ended { to_on: '2026-02-28' } placement { from_on: '2026-03-01' }")));
  EXPECT_EQ(company.Tree("as_of: '2026-02-28'"), "본사 | >부산 지점 | >서울 지점 | >>1팀 kim:sales_rep");
  EXPECT_EQ(company.Tree("as_of: '2026-03-01'"), "본사 | >부산 지점 | >>1팀 kim:sales_rep | >서울 지점");
  const auto placements =
      company.manager.Call<ListUnitPlacementsResponse>("ListUnitPlacements", Proto("unit_id: 'ext:hr:team'"));
  ASSERT_THAT(placements, IsOk());
  EXPECT_EQ(placements->unit_placements_size(), 2);
}

TEST(W3_Centres, WhatIsBelowMovesWithIt) {
  Company company;
  const auto moved = company.Move("seoul", "busan", "2026-03-01");
  ASSERT_THAT(moved, IsOk());
  ASSERT_EQ(moved->below_size(), 1);
  const auto team = company.manager.Call<Unit>("GetUnit", Proto("id: 'ext:hr:team'"));
  ASSERT_THAT(team, IsOk());
  EXPECT_EQ(team->path(), moved->unit().path() + team->id() + "/");
  EXPECT_EQ(company.Tree(""), "본사 | >부산 지점 | >>서울 지점 | >>>1팀");
}

TEST(W3_Centres, TheTreeHasNoCycleOnAnyDay) {
  Company company;
  EXPECT_THAT(company.Move("seoul", "seoul", "2026-03-01"), RefusedWith(std::string("PARENT_MUST_BE_OUTSIDE")));
  EXPECT_THAT(company.Move("seoul", "team", "2026-03-01"), RefusedWith(std::string("PARENT_MUST_BE_OUTSIDE")));
  // The team leaves the branch in March; the branch comes under the team, but not for the time it was above it.
  ASSERT_THAT(company.Move("team", "hq", "2026-03-01"), IsOk());
  EXPECT_THAT(company.Move("seoul", "team", "2026-02-01"), RefusedWith(std::string("DAY_MUST_FOLLOW_PLACEMENT")));
  EXPECT_THAT(company.Move("seoul", "team", "2026-03-01"), IsOk());
  EXPECT_EQ(company.Tree("as_of: '2026-02-28'"), "본사 | >부산 지점 | >서울 지점 | >>1팀");
  EXPECT_EQ(company.Tree("as_of: '2026-03-01'"), "본사 | >1팀 | >>서울 지점 | >부산 지점");
}

TEST(W3_Centres, AUnitClosesWhenNobodyIsLeft) {
  Company company;
  const auto close = [&](const std::string& unit, const std::string& on) {
    return company.manager.Call<UnitClosed>("CloseUnit",
                                            Proto(Company::Id("unit_id", unit) + "closed_on: '" + on + "'"));
  };
  const auto joined = company.Join("kim", "team", "role: 'sales_rep' from_on: '2021-01-01'");
  ASSERT_THAT(joined, IsOk());
  EXPECT_THAT(close("seoul", "2026-06-30"), RefusedWith(std::string("UNIT_MUST_HAVE_NO_CHILDREN")));
  EXPECT_THAT(close("team", "2026-06-30"), RefusedWith(std::string("UNIT_MUST_HAVE_NO_MEMBERS")));
  ASSERT_THAT(company.manager.Call<UnitLeft>(
                  "LeaveUnit", Proto("to_on: '2026-06-30' membership_id: '" + joined->membership().id() + "'")),
              IsOk());
  EXPECT_THAT(close("team", "2026-06-30"), IsOk());
  EXPECT_EQ(company.Tree("as_of: '2026-06-30'"), "본사 | >부산 지점 | >서울 지점 | >>1팀 kim:sales_rep");
  EXPECT_EQ(company.Tree("as_of: '2026-07-01'"), "본사 | >부산 지점 | >서울 지점");
  EXPECT_THAT(company.Join("lee", "team", "role: 'sales_rep'"), RefusedWith(std::string("UNIT_MUST_BE_OPEN")));
  EXPECT_THAT(close("team", "2026-07-31"), RefusedWith(std::string("UNIT_MUST_BE_OPEN")));
}

TEST(W3_Centres, ALoginIsOnePersons) {
  const Client manager = System::Shared().As({v1::ROLE_BRANCH_MANAGER});
  ASSERT_THAT(manager.Call<PersonRegistered>("RegisterPerson", Proto("name: '김하늘' login_subject: 'kim'")), IsOk());
  const auto second = manager.Call<PersonRegistered>("RegisterPerson", Proto("name: '이서준' login_subject: 'kim'"));
  ASSERT_THAT(second, RefusedWith(std::string("PERSON_LOGIN_TAKEN")));
  EXPECT_EQ(second.answer().code, Code::kAlreadyExists);
  // Nobody is kept from having none.
  EXPECT_THAT(manager.Call<PersonRegistered>("RegisterPerson", Proto("name: '박지우'")), IsOk());
  EXPECT_THAT(manager.Call<PersonRegistered>("RegisterPerson", Proto("name: '최유진'")), IsOk());
}

}  // namespace
}  // namespace songsang
