// Figures as people and programs read them.
#pragma once

#include <string>

#include "songsang/reporting/v1/report.pb.h"

namespace songsang::report {

// `definitions` may be empty; then the footer tells no meanings.
std::string AsTable(const reporting::v1::Figures& figures, const reporting::v1::ListMetricsResponse& definitions,
                    const std::string& title, bool footer, bool korean);
// Headed by keys, which never change; begins with a byte order mark, by which spreadsheets know UTF-8.
std::string AsCsv(const reporting::v1::Figures& figures);
// The reply as the API gives it.
std::string AsJson(const reporting::v1::Figures& figures);

// The ready-made reports, and the dictionary: every figure with its meaning, formula and dimensions.
std::string Dictionary(const reporting::v1::ListMetricsResponse& definitions, bool korean);

}  // namespace songsang::report
