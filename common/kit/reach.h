// How somebody is reached, in one form, so that the same number is found again however it was written.
#pragma once

#include <string>
#include <string_view>

namespace songsang::kit {

// Digits only, after the leading `+` where there is one: `+82 10-1234-5678` -> `+821012345678`.
std::string NormalPhone(std::string_view text);
// Lower case, without surrounding spaces.
std::string NormalEmail(std::string_view text);

// Brings the `phone` and `email` of an entity into that form.
template <class Entity>
void NormaliseReach(Entity* entity) {
  if (!entity->phone().empty()) entity->set_phone(NormalPhone(entity->phone()));
  if (!entity->email().empty()) entity->set_email(NormalEmail(entity->email()));
}

}  // namespace songsang::kit
