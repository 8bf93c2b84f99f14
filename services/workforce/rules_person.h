// Rules of people.
#pragma once

#include "core/context.h"
#include "core/result.h"
#include "songsang/workforce/v1/people.pb.h"

namespace songsang::workforce {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kPersonMustBeNamed{"PERSON_MUST_BE_NAMED", Code::kInvalidArgument, "A person needs a name.",
                                       "사람에는 이름이 필요합니다."};
// Kept by the unique index on Person.login_subject.
inline const Reason kPersonLoginTaken{"PERSON_LOGIN_TAKEN", Code::kAlreadyExists, "Another person has this login.",
                                      "같은 로그인을 쓰는 사람이 이미 있습니다."};

Result<PersonRegistered> RegisterPerson(const RegisterPersonRequest& request, const Context& context);
Result<PersonUpdated> UpdatePerson(const Person& person, const UpdatePersonRequest& request, const Context& context);

}  // namespace songsang::workforce
