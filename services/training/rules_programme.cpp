#include "training/rules_programme.h"

#include "kit/copy.h"

namespace songsang::training {

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
  return event;
}

}  // namespace songsang::training
