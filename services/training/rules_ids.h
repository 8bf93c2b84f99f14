// Ids that follow from what an entity is about, so that it can exist only once.
#pragma once

#include <initializer_list>
#include <string>

#include "core/context.h"

namespace songsang::training {

// Differs in every part: the same parts always give the same id.
template <class Entity>
std::string IdOf(const Context& context, std::initializer_list<std::string> parts) {
  Framed key;
  for (const std::string& part : parts) key.Add(part);
  common::v1::ExternalRef ref;
  ref.set_system("songsang");
  ref.set_key(ToHex(AsBytes(key.Hash())));
  return ReferenceId(context.caller.tenant, KindOf(Entity::descriptor()), ref);
}

}  // namespace songsang::training
