// Rules of the people we know at an account.
#pragma once

#include "core/context.h"
#include "core/result.h"
#include "songsang/accounts/v1/account.pb.h"

namespace songsang::accounts {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kContactMustBeNamed{"CONTACT_MUST_BE_NAMED", Code::kInvalidArgument, "A contact needs a name.",
                                        "담당자에는 이름이 필요합니다."};

Result<ContactAdded> AddContact(const Account& account, const AddContactRequest& request, const Context& context);
Result<ContactUpdated> UpdateContact(const Contact& contact, const UpdateContactRequest& request,
                                     const Context& context);

}  // namespace songsang::accounts
