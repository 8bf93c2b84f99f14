#include "engine/kept.h"

#include "core/hash.h"

namespace songsang::engine {
namespace {

// How long an answer may lie unused before the room is worth more.
constexpr std::chrono::minutes kLife{10};

Framed Identity(const std::string& release, const std::string& tenant, const std::string& question) {
  Framed identity;
  identity.Add(release).Add(tenant).Add(question);
  return identity;
}

}  // namespace

std::optional<std::string> Kept::Get(const std::string& tenant, const std::string& question) {
  if (cache_ == nullptr) return std::nullopt;
  const auto value = cache_->Get("kept:" + ToHex(AsBytes(Identity(release_, tenant, question).Hash())));
  constexpr size_t kSeal = sizeof(Digest);
  if (value && value->size() >= kSeal) {
    const std::string answer = value->substr(kSeal);
    if (AsBytes(Identity(release_, tenant, question).Add(answer).Hash()) == std::string_view(*value).substr(0, kSeal)) {
      ++hits_;
      return answer;
    }
  }
  if (value) ++spoiled_;
  ++misses_;
  return std::nullopt;
}

void Kept::Put(const std::string& tenant, const std::string& question, const std::string& answer) {
  if (cache_ == nullptr) return;
  const Digest seal = Identity(release_, tenant, question).Add(answer).Hash();
  cache_->Set("kept:" + ToHex(AsBytes(Identity(release_, tenant, question).Hash())),
              std::string(AsBytes(seal)) + answer, kLife);
}

}  // namespace songsang::engine
