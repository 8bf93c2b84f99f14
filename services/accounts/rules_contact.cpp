#include "accounts/rules_contact.h"

#include "kit/copy.h"
#include "kit/reach.h"

namespace songsang::accounts {

Result<ContactAdded> AddContact(const Account&, const AddContactRequest& request, const Context& context) {
  ContactAdded event;
  Contact& contact = *event.mutable_contact();
  kit::CopyWhatIsSet(request, &contact);
  kit::NormaliseReach(&contact);
  contact.set_id(context.NewId<Contact>(request));
  return event;
}

Result<ContactUpdated> UpdateContact(const Contact& contact, const UpdateContactRequest& request, const Context&) {
  if (request.has_name() && request.name().empty()) return kContactMustBeNamed.At("name");
  // From here on the update must succeed.
  ContactUpdated event;
  Contact& updated = *event.mutable_contact() = contact;
  kit::CopyWhatIsSet(request, &updated);
  kit::NormaliseReach(&updated);
  return event;
}

}  // namespace songsang::accounts
