// W2: hired, promoted, paid, moved and gone, each from a day on; the report as of a day shows the organisation of it.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <thread>

#include "core/dates.h"
#include "songsang/workforce/v1/employment.pb.h"
#include "songsang/workforce/v1/people.pb.h"
#include "songsang/workforce/v1/unit.pb.h"
#include "support/system.h"

namespace songsang {
namespace {

using namespace workforce::v1;  // NOLINT: the service under test

// Seoul and Busan, with 김하늘 hired in Seoul in 2024 and 이도윤 in Busan.
class Company {
 public:
  Company() {
    for (const char* unit : {"seoul", "busan"})
      EXPECT_THAT(manager.Call<UnitOpened>("OpenUnit", Proto(std::string("opened_on: '2020-01-01' kind: KIND_BRANCH ") +
                                                             "name: '" + unit + "' " + Ref(unit))),
                  IsOk());
    kim = Hire("김하늘", "seoul", "grade: '사원' base_pay { minor: 3000000 currency: 'KRW' } from_on: '2024-03-01'");
    lee = Hire("이도윤", "busan", "grade: '대리' from_on: '2023-01-01'");
  }
  static std::string Ref(const std::string& key) { return "external_ref { system: 'hr' key: '" + key + "' }"; }
  std::string Hire(const std::string& name, const std::string& unit, const std::string& rest) {
    const auto hired = manager.Call<PersonHired>(
        "HirePerson", Proto("name: '" + name + "' unit_id: 'ext:hr:" + unit + "' role: 'sales_rep' " + rest));
    EXPECT_THAT(hired, IsOk());
    return hired->person().id();
  }
  // Who is where on a day: `busan:이도윤 seoul:김하늘`.
  std::string Where(const std::string& day) {
    const auto organisation = manager.Call<Organisation>("GetOrganisation", Proto("as_of: '" + day + "'"));
    EXPECT_THAT(organisation, IsOk());
    std::string text;
    for (const auto& unit : organisation->units())
      for (const auto& member : unit.members()) text += (text.empty() ? "" : " ") + unit.name() + ":" + member.name();
    return text;
  }
  // A person's employments that hold days: `사원 3000000 2024-03-01..2025-12-31 | …`.
  std::string Employments(const std::string& person) {
    const auto list = manager.Call<ListEmploymentsResponse>("ListEmployments", Proto("person_id: '" + person + "'"));
    EXPECT_THAT(list, IsOk());
    std::map<std::string, std::string> by_day;
    for (const auto& employment : list->employments())
      if (employment.to_on().empty() || employment.to_on() >= employment.from_on())
        by_day[employment.from_on()] = employment.grade() + " " + std::to_string(employment.base_pay().minor()) + " " +
                                       employment.from_on() + ".." + employment.to_on();
    std::string text;
    for (const auto& [day, employment] : by_day) text += (text.empty() ? "" : " | ") + employment;
    return text;
  }
  std::string Grade(const std::string& person) {
    const auto answer = manager.Call<Person>("GetPerson", Proto("id: '" + person + "'"));
    EXPECT_THAT(answer, IsOk());
    return answer->grade();
  }

  Client manager = System::Shared().As({v1::ROLE_BRANCH_MANAGER});
  std::string kim, lee;
};

// The day so many days from now, in Seoul, by the system's clock.
std::string InDays(int days) {
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
  return Date(static_cast<int32_t>((now.count() + 9 * 3600) / 86'400) + days).ToIso();
}

TEST(W2_People, ArePromotedAndPaidFromADayOn) {
  Company company;
  const std::string person = "person_id: '" + company.kim + "' ";
  ASSERT_THAT(company.manager.Call<PersonPromoted>(
                  "PromotePerson", Proto(person + "grade: '대리' base_pay { minor: 3500000 currency: 'KRW' } from_on: "
                                                  "'2026-01-01'")),
              IsOk());
  EXPECT_EQ(company.Grade(company.kim), "대리");
  // A raise in the past counts until what was changed after it.
  ASSERT_THAT(company.manager.Call<PayChanged>(
                  "ChangePay", Proto(person + "base_pay { minor: 3200000 currency: 'KRW' } from_on: '2025-07-01'")),
              IsOk());
  EXPECT_EQ(company.Employments(company.kim),
            "사원 3000000 2024-03-01..2025-06-30 | 사원 3200000 2025-07-01..2025-12-31 | 대리 3500000 2026-01-01..");
  EXPECT_THAT(company.manager.Call<PayChanged>(
                  "ChangePay", Proto(person + "base_pay { minor: 1 currency: 'KRW' } from_on: '2024-02-29'")),
              RefusedWith(std::string("PERSON_MUST_BE_EMPLOYED")));
}

TEST(W2_People, AGradeToComeIsTheirsWhenItsDayComes) {
  Company company;
  const auto promoted = company.manager.Call<PersonPromoted>(
      "PromotePerson", Proto("person_id: '" + company.kim + "' grade: '과장' from_on: '" + InDays(2) + "'"));
  ASSERT_THAT(promoted, IsOk());
  ASSERT_TRUE(promoted->employment().has_begins_at());
  EXPECT_EQ(company.Grade(company.kim), "사원");
  System::Ahead(std::chrono::hours(48));
  for (int i = 0; i < 100 && company.Grade(company.kim) != "과장"; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(company.Grade(company.kim), "과장");
}

TEST(W2_People, MoveAndTheOldOrganisationStays) {
  Company company;
  const std::string move = "person_id: '" + company.kim + "' role: 'sales_rep' unit_id: 'ext:hr:busan' ";
  ASSERT_THAT(company.manager.Call<PersonMoved>("TransferPerson", Proto(move + "from_on: '2026-03-11'")),
              Answers(ContainsProto("membership { from_on: '2026-03-11' } changed { to_on: '2026-03-10' }")));
  EXPECT_EQ(company.Where("2026-03-10"), "busan:이도윤 seoul:김하늘");
  EXPECT_EQ(company.Where("2026-03-11"), "busan:김하늘 busan:이도윤");
  // For a while, and back by itself.
  ASSERT_THAT(company.manager.Call<PersonMoved>("TransferPerson", Proto("person_id: '" + company.lee +
                                                                        "' role: 'sales_rep' unit_id: 'ext:hr:seoul' "
                                                                        "from_on: '2026-05-01' to_on: '2026-05-31'")),
              IsOk());
  EXPECT_EQ(company.Where("2026-05-15"), "busan:김하늘 seoul:이도윤");
  EXPECT_EQ(company.Where("2026-06-01"), "busan:김하늘 busan:이도윤");
  EXPECT_EQ(company.Where("2026-03-10"), "busan:이도윤 seoul:김하늘");
}

TEST(W2_People, ResignAndHandOver) {
  Company company;
  const std::string resign = "person_id: '" + company.kim + "' last_on: '2026-06-30' ";
  EXPECT_THAT(
      company.manager.Call<PersonResigned>("ResignPerson", Proto(resign + "successor_id: '" + company.kim + "'")),
      RefusedWith(std::string("SUCCESSOR_MUST_DIFFER")));
  const auto resigned =
      company.manager.Call<PersonResigned>("ResignPerson", Proto(resign + "successor_id: '" + company.lee + "'"));
  ASSERT_THAT(resigned, IsOk());
  EXPECT_EQ(company.Where("2026-06-30"), "busan:이도윤 seoul:김하늘");
  EXPECT_EQ(company.Where("2026-07-01"), "busan:이도윤");
  EXPECT_EQ(company.Employments(company.kim), "사원 3000000 2024-03-01..2026-06-30");
  EXPECT_THAT(
      company.manager.Call<PersonResigned>("ResignPerson", Proto(resign + "successor_id: '" + company.lee + "'")),
      RefusedWith(std::string("RESIGNATION_MUST_BE_NEW")));

  // Each service says by itself when it is done; nobody else may.
  const std::string hand_over = "hand_over_id: '" + resigned->hand_over().id() + "' ";
  EXPECT_TRUE(Eventually([&] {
    const auto got = company.manager.Call<HandOver>("GetHandOver", Proto("id: '" + resigned->hand_over().id() + "'"));
    return got.ok() && got->state() == HandOver::STATE_DONE && got->open_parts() == 0;
  }));
  const auto parts =
      company.manager.Call<ListHandOverPartsResponse>("ListHandOverParts", Proto(hand_over + "state: STATE_DONE"));
  ASSERT_THAT(parts, IsOk());
  EXPECT_EQ(parts->hand_over_parts_size(), 2);
  EXPECT_THAT(company.manager.Call<HandedOver>("NoteHandedOver", Proto(hand_over + "service: 'leads'")),
              RefusedWith(std::string("PERMISSION_DENIED")));
}

TEST(W2_People, WhoLeftMayComeBack) {
  Company company;
  ASSERT_THAT(company.manager.Call<PersonResigned>(
                  "ResignPerson",
                  Proto("person_id: '" + company.kim + "' last_on: '2026-03-31' successor_id: '" + company.lee + "'")),
              IsOk());
  const std::string again = "person_id: '" + company.kim + "' unit_id: 'ext:hr:busan' role: 'sales_rep' grade: '대리' ";
  EXPECT_THAT(company.manager.Call<PersonHired>("HirePerson", Proto(again + "from_on: '2026-03-31'")),
              RefusedWith(std::string("EMPLOYMENT_MUST_NOT_OVERLAP")));
  ASSERT_THAT(company.manager.Call<PersonHired>("HirePerson", Proto(again + "from_on: '2026-09-01'")),
              Answers(ContainsProto("person { id: '" + company.kim +
                                    "' name: '김하늘' } employment { hired_on: "
                                    "'2026-09-01' }")));
  EXPECT_EQ(company.Where("2026-08-31"), "busan:이도윤");
  EXPECT_EQ(company.Where("2026-09-01"), "busan:김하늘 busan:이도윤");
}

}  // namespace
}  // namespace songsang
