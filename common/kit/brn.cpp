#include "kit/brn.h"

namespace songsang::kit {
namespace {

// The digits of a number; empty if it holds anything but digits, hyphens and spaces.
std::string Digits(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (c != '-' && c != ' ') {
      return {};
    }
  }
  return digits;
}

bool BrnCheckDigitHolds(std::string_view digits) {
  constexpr int kWeights[] = {1, 3, 7, 1, 3, 7, 1, 3, 5};
  int sum = 0;
  for (size_t i = 0; i < 9; ++i) sum += (digits[i] - '0') * kWeights[i];
  sum += (digits[8] - '0') * 5 / 10;
  return (10 - sum % 10) % 10 == digits[9] - '0';
}

}  // namespace

Result<std::string> NormalBrn(std::string_view text, const char* field) {
  if (text.empty()) return std::string();
  std::string digits = Digits(text);
  // All zeros passes the check digit, and is what people type to get past a form.
  if (digits.size() != 10 || digits == "0000000000" || !BrnCheckDigitHolds(digits)) return kBrnMustBeValid.At(field);
  return digits;
}

Result<std::string> NormalCorporateNo(std::string_view text, const char* field) {
  if (text.empty()) return std::string();
  std::string digits = Digits(text);
  if (digits.size() != 13) return kCorporateNoMustHaveThirteenDigits.At(field);
  return digits;
}

bool CorporateNoCheckDigitHolds(std::string_view digits) {
  int sum = 0;
  for (size_t i = 0; i < 12; ++i) sum += (digits[i] - '0') * (i % 2 == 0 ? 1 : 2);
  return (10 - sum % 10) % 10 == digits[12] - '0';
}

}  // namespace songsang::kit
