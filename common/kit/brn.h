// Korean registration numbers: of businesses (사업자등록번호) and of corporations (법인등록번호).
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace songsang::kit {

inline const Reason kBrnMustBeValid{"BRN_MUST_BE_VALID", Code::kInvalidArgument,
                                    "The business registration number must have ten digits whose check digit holds.",
                                    "사업자등록번호는 검증 번호가 맞는 10자리 숫자여야 합니다."};
inline const Reason kCorporateNoMustHaveThirteenDigits{"CORPORATE_NO_MUST_HAVE_THIRTEEN_DIGITS", Code::kInvalidArgument,
                                                       "The corporate registration number must have thirteen digits.",
                                                       "법인등록번호는 13자리 숫자여야 합니다."};

// The ten digits of a number written with or without hyphens and spaces; refused, at `field`, unless its check digit
// holds. 000-00-00000 is refused although its check digit does. Empty stays empty.
Result<std::string> NormalBrn(std::string_view text, const char* field);

// The thirteen digits; refused, at `field`, only if there are not thirteen: numbers issued lately may do without the
// check digit.
Result<std::string> NormalCorporateNo(std::string_view text, const char* field);
bool CorporateNoCheckDigitHolds(std::string_view thirteen_digits);

}  // namespace songsang::kit
