#include "training/rules_programme.h"

#include "kit/copy.h"
#include "kit/days.h"

namespace songsang::training {

bool IsInAudience(const Programme& programme, const Learner& learner) {
  if (!programme.audience_role().empty() && programme.audience_role() != learner.role) return false;
  if (!programme.audience_grade().empty() && programme.audience_grade() != learner.grade) return false;
  // A path holds the ids of all units above, its own last, each with a slash behind it.
  return programme.audience_unit_id().empty() ||
         ("/" + learner.unit_path).find("/" + programme.audience_unit_id() + "/") != std::string::npos;
}

bool IsOffered(const Programme& programme, const std::string& day) {
  return kit::Holds(programme.offered_from_on(), programme.offered_to_on(), day);
}

Result<ProgrammeOpened> OpenProgramme(const OpenProgrammeRequest& request, const Context& context) {
  const std::string from = request.offered_from_on().empty() ? context.today.ToIso() : request.offered_from_on();
  if (!request.offered_to_on().empty() && request.offered_to_on() < from)
    return kOfferMustNotEndBeforeItBegins.With("from", from).With("to", request.offered_to_on()).At("offered_to_on");
  // From here on the opening must succeed.
  ProgrammeOpened event;
  Programme& programme = *event.mutable_programme();
  kit::CopyWhatIsSet(request, &programme);
  programme.set_id(context.NewId<Programme>(request));
  programme.set_offered_from_on(from);
  if (request.enrolling() == Programme::ENROLLING_UNSPECIFIED) programme.set_enrolling(Programme::ENROLLING_BY_HAND);
  return event;
}

Result<AudienceDefined> DefineAudience(const Programme& programme, const DefineAudienceRequest& request,
                                       const Context&) {
  AudienceDefined event;
  Programme& defined = *event.mutable_programme() = programme;
  kit::CopyWhatIsSet(request, &defined);
  return event;
}

}  // namespace songsang::training
