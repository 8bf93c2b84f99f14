// The question that the options of `songsang report` ask.
#pragma once

#include <string>

#include "songsang/report/report.h"
#include "songsang/reporting/v1/report.pb.h"

namespace songsang::report {

// False, and what is wrong in words, if the options make no question.
bool AskFor(const ReportOptions& options, reporting::v1::GetFiguresRequest* request, std::string* wrong);
// The report's title; empty for one made of metrics.
std::string TitleOf(const ReportOptions& options);

}  // namespace songsang::report
