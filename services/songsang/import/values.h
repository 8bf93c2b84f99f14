// Text from a file as a field's value.
#pragma once

#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "songsang/import/mapping.h"

namespace songsang::importer {

// Sets the setter's field of `message` (or appends, where repeated) to what `text` says. `currency` is of kMoney.
Status SetValue(const Setter& setter, const std::string& text, const std::string& currency,
                google::protobuf::Message* message);

// `1,054.50` counted in `multiply` units, in minor units of the currency; nothing unless exact.
std::optional<int64_t> ExactMinor(std::string_view text, std::string_view currency, int64_t multiply);
// A whole number: `1,054`, `-3`, `2822.0`.
std::optional<int64_t> WholeNumber(std::string_view text);
// `STATUS_NEW`, `new` or `New` of enum Status.
const google::protobuf::EnumValueDescriptor* FindChoice(const google::protobuf::EnumDescriptor* choices,
                                                        std::string_view text);
std::string Choices(const google::protobuf::EnumDescriptor* choices);

}  // namespace songsang::importer
