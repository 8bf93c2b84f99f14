// What the service's definitions share. A definition may change while it is in use: it has a key and numbered versions,
// each DRAFT, then APPROVED (and from then on never changed), then RETIRED; what began with a version keeps it.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"

namespace songsang::leads {

inline const Reason kDefinitionMustBeDraft{"DEFINITION_MUST_BE_DRAFT", Code::kFailedPrecondition,
                                           "Version {number} of {key} is not a draft; only a draft is approved.",
                                           "{key} {number}판은 초안이 아닙니다. 초안만 승인할 수 있습니다."};
inline const Reason kDefinitionMustNotBeRetired{"DEFINITION_MUST_NOT_BE_RETIRED", Code::kFailedPrecondition,
                                                "Version {number} of {key} is retired already.",
                                                "{key} {number}판은 이미 폐기되었습니다."};

// The key of what is shipped, and of what is meant where nobody names another.
inline constexpr char kStandard[] = "standard";
inline const std::string& KeyOr(const std::string& key) {
  static const auto* standard = new std::string(kStandard);
  return key.empty() ? *standard : key;
}

template <class Definition>
using Versions = std::vector<const Definition*>;

// The version that holds on the day: of those in force the one with the highest number whose first day has come. Null
// if there is none.
template <class Definition>
const Definition* InForce(const Versions<Definition>& versions, const std::string& key, const std::string& day) {
  const Definition* newest = nullptr;
  for (const Definition* version : versions) {
    const bool holds = version->status() != Definition::STATUS_DRAFT &&
                       version->status() != Definition::STATUS_RETIRED && version->valid_from_on() <= day;
    if (holds && version->key() == key && (newest == nullptr || version->number() > newest->number())) newest = version;
  }
  return newest;
}

// The same, else the version that is shipped.
template <class Definition>
const Definition* InForceOr(const Versions<Definition>& versions, const std::string& key, const std::string& day,
                            const Definition& shipped) {
  const Definition* newest = InForce(versions, key, day);
  return newest == nullptr && key == shipped.key() ? &shipped : newest;
}

// What a request defines, as the next version of its key. `shipped` is the number of the version that is shipped under
// this key, 0 for none.
template <class Definition, class Request>
Definition NextVersion(const Versions<Definition>& versions, int32_t shipped, const Request& request,
                       const Context& context) {
  Definition definition;
  definition.set_id(context.NewId());
  definition.set_key(KeyOr(request.key()));
  definition.set_number(shipped + 1);
  for (const Definition* version : versions)
    if (version->key() == definition.key()) definition.set_number(std::max(definition.number(), version->number() + 1));
  definition.set_status(request.as_draft() ? Definition::STATUS_DRAFT : Definition::STATUS_APPROVED);
  definition.set_valid_from_on(request.valid_from_on());
  return definition;
}

template <class Definition>
Result<Definition> Approved(Definition definition) {
  if (definition.status() != Definition::STATUS_DRAFT)
    return kDefinitionMustBeDraft.With("key", definition.key()).With("number", std::to_string(definition.number()));
  definition.set_status(Definition::STATUS_APPROVED);
  return definition;
}

template <class Definition>
Result<Definition> Retired(Definition definition) {
  if (definition.status() == Definition::STATUS_RETIRED)
    return kDefinitionMustNotBeRetired.With("key", definition.key())
        .With("number", std::to_string(definition.number()));
  definition.set_status(Definition::STATUS_RETIRED);
  return definition;
}

}  // namespace songsang::leads
