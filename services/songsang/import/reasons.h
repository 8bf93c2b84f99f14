// Why a row, a file or a mapping is refused before anything is sent.
#pragma once

#include "core/result.h"

namespace songsang::importer {

// A file as a whole.
extern const Reason kFileMustBeReadable;
extern const Reason kFileMustHaveHeader;
extern const Reason kFileMustBeWhole;
extern const Reason kEncodingMustBeKnown;
extern const Reason kErrorFileMustBeFree;
extern const Reason kErrorFileMustBeWritten;
// A row as text.
extern const Reason kRowMustHaveEveryColumn;
extern const Reason kRowMustFit;
extern const Reason kQuoteMustBeClosed;
extern const Reason kTextMustBeReadable;
// A value as the mapping asks for it.
extern const Reason kValueMustBeListed;
extern const Reason kValueMustBeGiven;
extern const Reason kDateMustMatch;
extern const Reason kAmountMustBeExact;
extern const Reason kNumberMustBeWhole;
extern const Reason kChoiceMustBeKnown;
// A mapping.
extern const Reason kMappingMustBeRight;
extern const Reason kMappingMustExist;

}  // namespace songsang::importer
