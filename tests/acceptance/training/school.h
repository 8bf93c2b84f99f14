// A company that trains: a trainer, a manager, a rep, all of one tenant nobody else has.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "core/dates.h"
#include "songsang/training/v1/certification.pb.h"
#include "songsang/training/v1/curriculum.pb.h"
#include "songsang/training/v1/enrolment.pb.h"
#include "songsang/training/v1/evaluation.pb.h"
#include "songsang/training/v1/programme.pb.h"
#include "songsang/training/v1/session.pb.h"
#include "songsang/training/v1/skill.pb.h"
#include "songsang/workforce/v1/people.pb.h"
#include "support/system.h"

namespace songsang {

class School {
 public:
  // The id of a new person, who calls with this subject.
  std::string Person(const std::string& name, const std::string& subject = "") const {
    const auto registered = manager.Call<workforce::v1::PersonRegistered>(
        "RegisterPerson", Proto("name: '" + name + "' login_subject: '" + subject + "'"));
    EXPECT_THAT(registered, IsOk());
    return registered->person().id();
  }
  std::string Programme(const std::string& more = "kind: KIND_REGULAR") const {
    const auto opened = trainer.Call<training::v1::ProgrammeOpened>(
        "OpenProgramme", Proto("name: '영업 기본' method: METHOD_CLASS offered_from_on: '2020-01-01' " + more));
    EXPECT_THAT(opened, IsOk());
    return opened->programme().id();
  }
  // An approved version with these items; what was approved before is retired.
  training::v1::Curriculum Approved(const std::string& programme_id, const std::string& says) const {
    const auto drafted = trainer.Call<training::v1::CurriculumDrafted>(
        "DraftCurriculum", Proto("programme_id: '" + programme_id + "' " + says));
    EXPECT_THAT(drafted, IsOk());
    const auto approved = manager.Call<training::v1::CurriculumApproved>(
        "ApproveCurriculum", Proto("curriculum_id: '" + drafted->curriculum().id() + "'"));
    EXPECT_THAT(approved, IsOk());
    return approved->curriculum();
  }
  training::v1::Enrolment Enrol(const std::string& person_id, const std::string& programme_id) const {
    const auto enrolled = trainer.Call<training::v1::LearnerEnrolled>(
        "EnrolLearner", Proto("person_id: '" + person_id + "' programme_id: '" + programme_id + "'"));
    EXPECT_THAT(enrolled, IsOk());
    return enrolled->enrolment();
  }
  Called<training::v1::ItemCompleted> Complete(const std::string& enrolment_id, const std::string& item) const {
    return trainer.Call<training::v1::ItemCompleted>(
        "CompleteItem", Proto("enrolment_id: '" + enrolment_id + "' item_key: '" + item + "'"));
  }
  Called<training::v1::EvaluationRecorded> Evaluate(const std::string& enrolment_id, const std::string& says) const {
    return trainer.Call<training::v1::EvaluationRecorded>("RecordEvaluation",
                                                          Proto("enrolment_id: '" + enrolment_id + "' " + says));
  }
  training::v1::Enrolment Get(const std::string& enrolment_id) const {
    const auto enrolment = trainer.Call<training::v1::Enrolment>("GetEnrolment", Proto("id: '" + enrolment_id + "'"));
    EXPECT_THAT(enrolment, IsOk());
    return *enrolment;
  }
  // One of the same tenant, who calls under this subject.
  Client Caller(const std::string& subject, v1::Role role) const {
    token::Claims claims;
    claims.subject = subject;
    claims.client = "crm";
    claims.tenant = trainer.tenant();
    claims.roles = 1u << role;
    return System::Shared().As(claims);
  }

  Client trainer = System::Shared().As({v1::ROLE_TRAINER});
  Client manager = System::Shared().As({v1::ROLE_BRANCH_MANAGER}, trainer.tenant());
};

}  // namespace songsang
