#include "training/policies.h"

#include "songsang/training/v1/enrolment.pb.h"

namespace songsang::training {
namespace {

template <class Event>
Commands Enrol(const Event& event, v1::Enrolment::Source source) {
  v1::EnrolNewcomerRequest enrol;
  enrol.set_person_id(event.person().id());
  enrol.set_employment_id(event.employment().id());
  enrol.set_unit_id(event.membership().unit_id());
  enrol.set_role(event.membership().role());
  enrol.set_grade(event.person().grade());
  enrol.set_source(source);
  enrol.set_arrived_on(event.membership().from_on());
  return Commands().Add(enrol);
}

}  // namespace

Commands EnrolHired(const workforce::v1::PersonHired& event, const Cause&) {
  return Enrol(event, v1::Enrolment::SOURCE_HIRE);
}

Commands EnrolMoved(const workforce::v1::PersonMoved& event, const Cause&) {
  return Enrol(event, v1::Enrolment::SOURCE_MOVE);
}

}  // namespace songsang::training
