#include "rows/formats.h"

#include <algorithm>
#include <string>

#include "core/dates.h"
#include "core/ids.h"
#include "core/money.h"

namespace songsang::rows {
namespace {

// All two-letter codes that ISO 3166-1 assigns, in order.
constexpr std::string_view kCountries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW ";

constexpr size_t kMostKey = 200;  // characters of an external reference's key

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsBeyondAscii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

// One part of a domain name; other scripts than Latin are names too.
bool IsLabel(std::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(),
                     [](char c) { return IsLower(c) || IsUpper(c) || IsDigit(c) || c == '-' || IsBeyondAscii(c); });
}

}  // namespace

bool IsEmail(std::string_view text) {
  const size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at > 64 || text.size() > 254) return false;
  for (const char c : text.substr(0, at))
    if (c <= ' ' ? !IsBeyondAscii(c) : std::string_view("()<>[]:;,\\\"").find(c) != std::string_view::npos)
      return false;
  std::string_view domain = text.substr(at + 1);
  int labels = 0;
  while (true) {
    const size_t dot = domain.find('.');
    if (!IsLabel(domain.substr(0, dot))) return false;
    ++labels;
    if (dot == std::string_view::npos) return labels > 1;
    domain.remove_prefix(dot + 1);
  }
}

bool IsPhone(std::string_view text) {
  return text.size() >= 3 && text.size() <= 32 && std::any_of(text.begin(), text.end(), IsDigit) &&
         text.find_first_not_of("0123456789 +-().") == std::string_view::npos;
}

bool IsKey(std::string_view text) {
  if (text.empty() || text.size() > 63 || !IsLower(text.front())) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return IsLower(c) || IsDigit(c) || c == '_'; });
}

bool IsCountry(std::string_view text) {
  return text.size() == 2 && IsUpper(text[0]) && IsUpper(text[1]) &&
         kCountries.find(std::string(text) + ' ') != std::string_view::npos;
}

bool IsReference(std::string_view text) {
  if (IsUuid(text)) return true;
  if (text.substr(0, 4) != "ext:") return false;
  const size_t colon = text.find(':', 4);
  if (colon == std::string_view::npos || colon + 1 == text.size()) return false;
  const size_t characters =
      static_cast<size_t>(std::count_if(text.begin() + static_cast<std::ptrdiff_t>(colon) + 1, text.end(),
                                        [](char c) { return (static_cast<unsigned char>(c) >> 6) != 2; }));
  return IsKey(text.substr(4, colon - 4)) && characters <= kMostKey;
}

bool IsRequestId(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~' && c != '/'; });
}

bool HasFormat(v1::Check::Format format, std::string_view text) {
  switch (format) {
    case v1::Check::FORMAT_DATE:
      return Date::Parse(text).has_value();
    case v1::Check::FORMAT_CURRENCY:
      return CurrencyExponent(text).has_value();
    case v1::Check::FORMAT_EMAIL:
      return IsEmail(text);
    case v1::Check::FORMAT_PHONE:
      return IsPhone(text);
    case v1::Check::FORMAT_KEY:
      return IsKey(text);
    case v1::Check::FORMAT_COUNTRY:
      return IsCountry(text);
    default:
      return true;
  }
}

const char* FormatRule(v1::Check::Format format) {
  switch (format) {
    case v1::Check::FORMAT_DATE:
      return "must be a day written as 2026-12-31, between 1900 and 2199";
    case v1::Check::FORMAT_CURRENCY:
      return "must be the ISO 4217 code of a currency that the system knows, such as KRW";
    case v1::Check::FORMAT_EMAIL:
      return "must be an e-mail address";
    case v1::Check::FORMAT_PHONE:
      return "must be a phone number: 3 to 32 digits, spaces and + - ( ) .";
    case v1::Check::FORMAT_KEY:
      return "must be a lower-case word of letters, digits and _, beginning with a letter, at most 63 long";
    case v1::Check::FORMAT_COUNTRY:
      return "must be an ISO 3166-1 country code of two letters, such as KR";
    default:
      return "";
  }
}

}  // namespace songsang::rows
