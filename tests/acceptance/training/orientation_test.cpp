// T4 and T13: who is hired is trained, once; and who of all that must be was not.
#include "acceptance/training/school.h"
#include "songsang/training/v1/compliance.pb.h"
#include "songsang/workforce/v1/employment.pb.h"
#include "songsang/workforce/v1/unit.pb.h"

namespace songsang {
namespace {

using namespace training::v1;  // NOLINT: the service under test

class Company : public School {
 public:
  std::string Unit(const std::string& name, const std::string& parent_id = "") const {
    const auto opened = manager.Call<workforce::v1::UnitOpened>(
        "OpenUnit",
        Proto("name: '" + name + "' kind: KIND_BRANCH opened_on: '2020-01-01' parent_id: '" + parent_id + "'"));
    EXPECT_THAT(opened, IsOk());
    return opened->unit().id();
  }
  std::string HireRequest(const std::string& name, const std::string& unit_id, const std::string& role,
                          const std::string& from_on) const {
    return "name: '" + name + "' unit_id: '" + unit_id + "' role: '" + role + "' from_on: '" + from_on + "'";
  }
  workforce::v1::PersonHired Hire(const std::string& name, const std::string& unit_id, const std::string& role,
                                  const std::string& from_on) const {
    const auto hired =
        manager.Call<workforce::v1::PersonHired>("HirePerson", Proto(HireRequest(name, unit_id, role, from_on)));
    EXPECT_THAT(hired, IsOk());
    return *hired;
  }
  // What a person takes, by programme name.
  std::vector<Enrolment> Taken(const std::string& person_id) const {
    const auto listed = trainer.Call<ListEnrolmentsResponse>("ListEnrolments", Proto("person_id: '" + person_id + "'"));
    EXPECT_THAT(listed, IsOk());
    return {listed->enrolments().begin(), listed->enrolments().end()};
  }
  std::string Orientation(const std::string& audience = "") const {
    return Programme("kind: KIND_ORIENTATION mandatory: true due_days: 14 enrolling: ENROLLING_AUTOMATIC " + audience);
  }
  // `enrolled 2/3` of the one programme.
  std::string Rate(const std::string& programme, const std::string& on, const std::string& more = "") const {
    const auto compliance = trainer.Call<GetComplianceResponse>(
        "GetCompliance", Proto("programme_id: '" + programme + "' as_of: '" + on + "' " + more));
    if (!compliance.ok()) return compliance.answer().Explain();
    if (compliance->programmes_size() != 1) return std::to_string(compliance->programmes_size()) + " programmes";
    const auto& one = compliance->programmes(0);
    EXPECT_EQ(one.missed(), one.audience() - one.completed());
    return std::to_string(one.completed()) + "/" + std::to_string(one.audience()) + " " +
           (one.has_compliance_bp() ? std::to_string(one.compliance_bp()) : "-");
  }
  Called<ListMissedResponse> Missed(const std::string& programme, const std::string& on) const {
    return trainer.Call<ListMissedResponse>("ListMissed",
                                            Proto("programme_id: '" + programme + "' as_of: '" + on + "'"));
  }
};

TEST(T4_Orientation, AHireIsEnrolledOnce) {
  const Company company;
  const std::string orientation = company.Orientation();
  const std::string seoul = company.Unit("강남지점");
  const auto hired = company.Hire("김하늘", seoul, "sales_rep", "2026-11-02");
  auto taken = company.Taken(hired.person().id());
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_THAT(taken[0], ContainsProto("programme_id: '" + orientation + "' employment_id: '" + hired.employment().id() +
                                      "' state: STATE_ENROLLED source: SOURCE_HIRE round: 1 "
                                      "enrolled_on: '2026-11-02' due_on: '2026-11-16'"));
  // Nor does a move, or the trainer's own hand, enrol a second time.
  const std::string busan = company.Unit("부산지점");
  ASSERT_THAT(company.manager.Call<workforce::v1::PersonMoved>(
                  "TransferPerson", Proto("person_id: '" + hired.person().id() + "' unit_id: '" + busan +
                                          "' role: 'sales_rep' from_on: '2026-11-10'")),
              IsOk());
  EXPECT_EQ(company.Taken(hired.person().id()).size(), 1u);
  EXPECT_THAT(company.trainer.Call<LearnerEnrolled>("EnrolLearner", Proto("person_id: '" + hired.person().id() +
                                                                          "' programme_id: '" + orientation + "'")),
              RefusedWith(std::string("LEARNER_MUST_NOT_BE_ENROLLED")));
}

TEST(T4_Orientation, TheSameHireRequestTwiceEnrolsOnce) {
  const Company company;
  company.Orientation();
  const std::string seoul = company.Unit("강남지점");
  const Proto request("request_id: 'hire-1' " + company.HireRequest("김하늘", seoul, "sales_rep", "2026-11-02"));
  const auto first = company.manager.Call<workforce::v1::PersonHired>("HirePerson", request);
  const auto second = company.manager.Call<workforce::v1::PersonHired>("HirePerson", request);
  ASSERT_THAT(second, Answers(EqualsProto(*first)));
  EXPECT_EQ(company.Taken(first->person().id()).size(), 1u);
  // Nobody but the system itself may say that somebody came.
  EXPECT_THAT(company.trainer.Call<NewcomerEnrolled>(
                  "EnrolNewcomer",
                  Proto("person_id: '" + first->person().id() + "' source: SOURCE_HIRE arrived_on: '2026-11-02'")),
              RefusedWith(std::string("PERMISSION_DENIED")));
}

TEST(T4_Orientation, OnlyTheAudienceAndWhoMovesIntoIt) {
  const Company company;
  const std::string head = company.Unit("본사"), seoul = company.Unit("강남지점", head),
                    busan = company.Unit("부산지점");
  const std::string reps = company.Orientation("audience_role: 'sales_rep'");
  const std::string under_head = company.Orientation("audience_unit_id: '" + head + "'");
  const auto sdr = company.Hire("이서준", busan, "sdr", "2026-11-02");
  EXPECT_EQ(company.Taken(sdr.person().id()).size(), 0u);
  const auto rep = company.Hire("박도윤", busan, "sales_rep", "2026-11-02");
  ASSERT_EQ(company.Taken(rep.person().id()).size(), 1u);
  EXPECT_EQ(company.Taken(rep.person().id())[0].programme_id(), reps);
  // A team below the unit is of its audience.
  ASSERT_THAT(company.manager.Call<workforce::v1::PersonMoved>(
                  "TransferPerson", Proto("person_id: '" + sdr.person().id() + "' unit_id: '" + seoul +
                                          "' role: 'sdr' from_on: '2026-11-16'")),
              IsOk());
  const auto moved = company.Taken(sdr.person().id());
  ASSERT_EQ(moved.size(), 1u);
  EXPECT_THAT(moved[0], ContainsProto("programme_id: '" + under_head +
                                      "' source: SOURCE_MOVE "
                                      "enrolled_on: '2026-11-16'"));
}

TEST(T9_Evaluation, TheLearnerSaysWhatTheyThinkOfIt) {
  const Company company;
  const std::string programme = company.Programme();
  company.Approved(programme, "items { key: 'closing' name: '클로징' }");
  const std::string kim = company.Person("김하늘", "kim");
  const Enrolment enrolment = company.Enrol(kim, programme);
  const Client as_kim = company.Caller("kim", v1::ROLE_SALES_REP), as_lee = company.Caller("lee", v1::ROLE_SALES_REP);
  const Proto says("enrolment_id: '" + enrolment.id() + "' rating: 4 feedback: '실습이 더 필요합니다'");
  EXPECT_THAT(as_kim.Call<FeedbackGiven>("GiveFeedback", says), RefusedWith(std::string("TRAINING_MUST_BE_OVER")));
  ASSERT_THAT(company.Complete(enrolment.id(), "closing"), IsOk());
  EXPECT_THAT(as_lee.Call<FeedbackGiven>("GiveFeedback", says), RefusedWith(std::string("FEEDBACK_MUST_BE_OWN")));
  ASSERT_THAT(as_kim.Call<FeedbackGiven>("GiveFeedback", says), IsOk());
  EXPECT_THAT(company.trainer.Call<Improvement>("GetImprovement", Proto("programme_id: '" + programme + "'")),
              Answers(ContainsProto("ratings: 1 mean_rating_hundredths: 400")));
}

TEST(T13_SameTraining, TheRateAndWhoFellThroughTheCracks) {
  const Company company;
  const std::string head = company.Unit("본사"), seoul = company.Unit("강남지점", head),
                    busan = company.Unit("부산지점");
  // Lee was there before anybody thought of an orientation.
  const auto lee = company.Hire("이서준", seoul, "sales_rep", "2026-10-01");
  const std::string orientation = company.Orientation();
  company.Approved(orientation, "items { key: 'system' name: '시스템 사용' }");
  const auto kim = company.Hire("김하늘", seoul, "sales_rep", "2026-11-02");
  const auto park = company.Hire("박도윤", busan, "sales_rep", "2026-11-02");
  const auto future = company.Hire("최지우", busan, "sales_rep", "2026-12-07");
  ASSERT_THAT(company.Complete(company.Taken(kim.person().id())[0].id(), "system"), IsOk());

  const std::string today = company.Taken(kim.person().id())[0].ended_on();
  EXPECT_EQ(company.Rate(orientation, today), "1/3 3333");
  EXPECT_EQ(company.Rate(orientation, today, "unit_id: '" + head + "'"), "1/2 5000");
  EXPECT_EQ(company.Rate(orientation, today, "unit_id: '" + busan + "'"), "0/1 0");
  // As it stood on another day.
  EXPECT_EQ(company.Rate(orientation, "2026-11-01"), "0/1 0");
  EXPECT_EQ(company.Rate(orientation, "2026-12-07"), "1/4 2500");
  EXPECT_EQ(company.Rate(orientation, "2026-09-30"), "0/0 -");

  const auto missed = company.Missed(orientation, today);
  ASSERT_THAT(missed, IsOk());
  ASSERT_EQ(missed->missed_size(), 2);
  // Never enrolled, and since longer; the term counts from the day they came.
  EXPECT_THAT(missed->missed(0), ContainsProto("person_id: '" + lee.person().id() +
                                               "' name: '이서준' unit_name: '강남지점' since_on: "
                                               "'2026-10-01' due_on: '2026-10-15'"));
  EXPECT_EQ(missed->missed(0).enrolment_id(), "");
  EXPECT_GT(missed->missed(0).days_overdue(), missed->missed(1).days_overdue());
  EXPECT_THAT(missed->missed(1), ContainsProto("name: '박도윤' state: STATE_ENROLLED due_on: '2026-11-16'"));
  // Whoever leaves is missed no more.
  ASSERT_THAT(company.manager.Call<workforce::v1::PersonResigned>(
                  "ResignPerson", Proto("person_id: '" + lee.person().id() + "' successor_id: '" + kim.person().id() +
                                        "' last_on: '2026-11-20'")),
              IsOk());
  EXPECT_EQ(company.Rate(orientation, today), "1/2 5000");
  // Nobody is missed by what nobody must do.
  EXPECT_THAT(company.Missed(company.Programme(), today), RefusedWith(std::string("PROGRAMME_MUST_BE_MANDATORY")));
}

TEST(T13_SameTraining, APassThatHasExpiredCountsNoMore) {
  const Company company;
  const std::string programme = company.Programme("kind: KIND_REGULAR mandatory: true");
  company.Approved(programme, "items { key: 'law' name: '개인정보 보호' } valid_months: 12");
  const auto kim = company.Hire("김하늘", company.Unit("강남지점"), "sales_rep", "2026-10-01");
  const Enrolment enrolment = company.Enrol(kim.person().id(), programme);
  ASSERT_THAT(company.Complete(enrolment.id(), "law"), IsOk());
  const Enrolment passed = company.Get(enrolment.id());
  EXPECT_EQ(company.Rate(programme, passed.ended_on()), "1/1 10000");
  EXPECT_EQ(company.Rate(programme, passed.valid_to_on()), "1/1 10000");
  const std::string day_after = Date::Parse(passed.valid_to_on())->PlusDays(1).ToIso();
  EXPECT_EQ(company.Rate(programme, day_after), "0/1 0");
  EXPECT_THAT(company.Missed(programme, day_after),
              Answers(ContainsProto("missed { person_id: '" + kim.person().id() + "' state: STATE_PASSED }")));
}

}  // namespace
}  // namespace songsang
