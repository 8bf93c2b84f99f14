// The public holidays that a tenant declared, which move its deadlines of law.
#pragma once

#include <string>
#include <vector>

#include "engine/service.h"
#include "kit/calendar_kr.h"

namespace songsang::billing {

// Those of the years of these days and of the years after them.
std::vector<engine::Named> HolidaysNamed(const std::vector<std::string>& days);
kit::DeclaredDays HolidaysFrom(engine::Tx& tx, const std::vector<std::string>& days);

// All of them.
Result<kit::DeclaredDays> HolidaysOf(engine::Reader& reader, const google::protobuf::Message& request);

}  // namespace songsang::billing
