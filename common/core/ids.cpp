#include "core/ids.h"

namespace songsang {
namespace {

// Writes 16 bytes as a UUID with the given version; the variant is RFC 9562's.
std::string Uuid(unsigned char bytes[16], int version) {
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | version << 4);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
  static const char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

}  // namespace

std::string TimeId(Instant now, const Digest& seed, int ordinal) {
  const Digest digest = Framed().Add(AsBytes(seed)).Add(int64_t{ordinal}).Hash();
  unsigned char bytes[16];
  const int64_t millis = now.micros / 1000;
  for (int i = 0; i < 6; ++i) bytes[i] = static_cast<unsigned char>(millis >> (40 - 8 * i));
  for (int i = 6; i < 16; ++i) bytes[i] = digest[static_cast<size_t>(i)];
  return Uuid(bytes, 7);
}

std::string ReferenceId(std::string_view tenant, std::string_view kind, const common::v1::ExternalRef& ref) {
  Digest digest = Framed().Add(tenant).Add(kind).Add(ref.system()).Add(ref.key()).Hash();
  return Uuid(digest.data(), 8);
}

std::string KindOf(const google::protobuf::Descriptor* entity) {
  // songsang.leads.v1.Lead: the second label is the service.
  const std::string& package = entity->file()->package();
  const size_t first = package.find('.') + 1;
  return package.substr(first, package.find('.', first) - first) + "." + entity->name();
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < 36; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (dash ? text[i] != '-' : !hex) return false;
  }
  return true;
}

bool ParseExternal(std::string_view text, common::v1::ExternalRef* ref) {
  if (text.substr(0, 4) != "ext:") return false;
  const size_t colon = text.find(':', 4);
  if (colon == std::string_view::npos || colon == 4 || colon + 1 == text.size()) return false;
  ref->set_system(std::string(text.substr(4, colon - 4)));
  ref->set_key(std::string(text.substr(colon + 1)));
  return true;
}

}  // namespace songsang
