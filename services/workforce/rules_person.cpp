#include "workforce/rules_person.h"

#include "kit/copy.h"
#include "kit/reach.h"

namespace songsang::workforce {

Result<PersonRegistered> RegisterPerson(const RegisterPersonRequest& request, const Context& context) {
  PersonRegistered event;
  Person& person = *event.mutable_person();
  kit::CopyWhatIsSet(request, &person);
  kit::NormaliseReach(&person);
  person.set_id(context.NewId<Person>(request));
  return event;
}

Result<PersonUpdated> UpdatePerson(const Person& person, const UpdatePersonRequest& request, const Context&) {
  if (request.has_name() && request.name().empty()) return kPersonMustBeNamed.At("name");
  // From here on the update must succeed.
  PersonUpdated event;
  Person& updated = *event.mutable_person() = person;
  kit::CopyWhatIsSet(request, &updated);
  kit::NormaliseReach(&updated);
  return event;
}

}  // namespace songsang::workforce
