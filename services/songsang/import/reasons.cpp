#include "songsang/import/reasons.h"

namespace songsang::importer {

const Reason kFileMustBeReadable("IMPORT_FILE_MUST_BE_READABLE", Code::kNotFound, "{file} cannot be read: {why}.",
                                 "{file} 파일을 읽을 수 없습니다: {why}.");
const Reason kFileMustHaveHeader("IMPORT_FILE_MUST_HAVE_HEADER", Code::kInvalidArgument,
                                 "{file} has no header line that names its columns.",
                                 "{file} 파일에 열 이름을 적은 첫 줄이 없습니다.");
const Reason kFileMustBeWhole("IMPORT_FILE_MUST_BE_WHOLE", Code::kInvalidArgument,
                              "{file} breaks off after line {line}: {why}. What came before has been read.",
                              "{file} 파일이 {line}번째 줄 다음에서 끊겼습니다: {why}. 그 앞까지는 읽었습니다.");
const Reason kEncodingMustBeKnown("IMPORT_ENCODING_MUST_BE_KNOWN", Code::kInvalidArgument,
                                  "{file} cannot be read as {encoding}: {why}.",
                                  "{file} 파일을 {encoding} 인코딩으로 읽을 수 없습니다: {why}.");

const Reason kErrorFileMustBeFree(
    "IMPORT_ERROR_FILE_MUST_BE_FREE", Code::kInvalidArgument,
    "Refused rows would go to {file}, but that is the file itself or one that no import wrote. Name another one.",
    "거절된 행을 {file}에 써야 하지만, 가져올 파일 자체이거나 가져오기가 만든 파일이 아닙니다. 다른 이름을 "
    "지정하세요.");
const Reason kErrorFileMustBeWritten("IMPORT_ERROR_FILE_MUST_BE_WRITTEN", Code::kUnavailable,
                                     "Not all refused rows could be written to {file}.",
                                     "거절된 행을 {file}에 모두 쓰지 못했습니다.");
const Reason kRowMustHaveEveryColumn("ROW_MUST_HAVE_EVERY_COLUMN", Code::kInvalidArgument,
                                     "The row has {count} values, but the header names {expected} columns.",
                                     "이 행에는 값이 {count}개 있지만 머리글에는 열이 {expected}개입니다.");
const Reason kRowMustFit("ROW_MUST_FIT", Code::kInvalidArgument, "The row is larger than {limit} bytes.",
                         "이 행은 {limit}바이트보다 큽니다.");
const Reason kQuoteMustBeClosed("QUOTE_MUST_BE_CLOSED", Code::kInvalidArgument,
                                "A quoted value is not closed, or text follows its closing quote.",
                                "따옴표로 시작한 값이 닫히지 않았거나, 닫는 따옴표 뒤에 글자가 있습니다.");
const Reason kTextMustBeReadable("TEXT_MUST_BE_READABLE", Code::kInvalidArgument,
                                 "The value of column {column} is not valid {encoding} text.",
                                 "{column} 열의 값이 올바른 {encoding} 텍스트가 아닙니다.");

const Reason kValueMustBeListed("VALUE_MUST_BE_LISTED", Code::kInvalidArgument,
                                "\"{value}\" is not in the mapping's value table {table}.",
                                "\"{value}\" 값이 매핑의 값 표 {table}에 없습니다.");
const Reason kValueMustBeGiven("VALUE_MUST_BE_GIVEN", Code::kInvalidArgument,
                               "The mapping requires a value, but {source} is empty.",
                               "매핑에서 필수로 정한 값인데 {source} 값이 비어 있습니다.");
const Reason kDateMustMatch("DATE_MUST_MATCH", Code::kInvalidArgument,
                            "\"{value}\" is not a date of the format {format}.",
                            "\"{value}\" 값이 {format} 형식의 날짜가 아닙니다.");
const Reason kAmountMustBeExact("AMOUNT_MUST_BE_EXACT", Code::kInvalidArgument,
                                "\"{value}\" is not an amount of {currency}, exact to its smallest unit.",
                                "\"{value}\" 값이 {currency}의 최소 단위까지 정확한 금액이 아닙니다.");
const Reason kNumberMustBeWhole("NUMBER_MUST_BE_WHOLE", Code::kInvalidArgument,
                                "\"{value}\" is not a whole number in range.",
                                "\"{value}\" 값이 허용 범위의 정수가 아닙니다.");
const Reason kChoiceMustBeKnown("CHOICE_MUST_BE_KNOWN", Code::kInvalidArgument, "\"{value}\" is none of: {choices}.",
                                "\"{value}\" 값이 다음 중 하나가 아닙니다: {choices}.");

const Reason kMappingMustBeRight("MAPPING_MUST_BE_RIGHT", Code::kInvalidArgument, "{file}:{line}: {why}",
                                 "{file}:{line}: 매핑이 잘못되었습니다: {why}");
const Reason kMappingMustExist("MAPPING_MUST_EXIST", Code::kNotFound,
                               "There is no mapping {name}: neither a file nor one of the shipped ones ({shipped}).",
                               "{name} 매핑이 없습니다. 파일도 아니고 기본 제공 매핑({shipped})도 아닙니다.");

}  // namespace songsang::importer
