#include "songsang/report/question.h"

#include <fmt/format.h>

#include <map>

#include "core/dates.h"
#include "songsang/report/presets.h"

namespace songsang::report {
namespace {

using reporting::v1::GetFiguresRequest;
using reporting::v1::Period;

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find(separator, at), text.size());
    if (end > at) parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

// What was given on the command line, each perhaps a list itself (`won,lost`), else what the ready-made report says.
template <class Field>
void Fill(const std::vector<std::string>& given, const std::vector<const char*>& preset, Field* field) {
  for (const std::string& list : given)
    for (const std::string& word : Split(list, ',')) *field->Add() = word;
  if (field->empty())
    for (const char* word : preset) *field->Add() = word;
}

bool AddFilter(const std::string& text, GetFiguresRequest* request, std::string* wrong) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    *wrong = fmt::format("a filter is written DIMENSION=VALUE,VALUE, not \"{}\"", text);
    return false;
  }
  auto* filter = request->add_filters();
  filter->set_dimension(text.substr(0, equals));
  for (const std::string& value : Split(text.substr(equals + 1), ',')) filter->add_values(value);
  filter->set_unset(filter->values().empty());
  return true;
}

bool SetKnownOn(const std::string& text, GetFiguresRequest* request, std::string* wrong) {
  if (text.empty()) return true;
  const auto instant = ParseInstant(text);
  if (!instant) {
    *wrong = fmt::format("--known-on takes an instant such as 2026-01-31T09:00:00+09:00, not \"{}\"", text);
    return false;
  }
  *request->mutable_known_on() = ToTimestamp(*instant);
  return true;
}

std::string Names() {
  std::string names;
  for (const Preset& preset : Presets()) names += (names.empty() ? "" : ", ") + std::string(preset.name);
  return names;
}

}  // namespace

bool AskFor(const ReportOptions& options, GetFiguresRequest* request, std::string* wrong) {
  static const Preset kNothing{"", "", "", {}, {}, {}};
  const Preset* preset = options.name.empty() ? &kNothing : FindPreset(options.name);
  if (preset == nullptr) {
    *wrong = fmt::format("there is no report {}; there are: {}", options.name, Names());
    return false;
  }
  Fill(options.metrics, preset->metrics, request->mutable_metrics());
  // Another question than the ready-made one is not cut or ordered as that is.
  static const std::vector<const char*> kNone;
  const bool own = !options.metrics.empty();
  Fill(options.dimensions, own && options.name.empty() ? kNone : preset->dimensions, request->mutable_dimensions());
  const bool changed = own || !options.dimensions.empty();
  // Cut by period too, a ready-made report goes through the periods, each in its own order.
  if (!options.bucket.empty() && options.order_by.empty() && !changed && !preset->order_by.empty())
    request->add_order_by(options.bucket);
  for (const char* key : options.order_by.empty() && !changed ? preset->order_by : kNone) request->add_order_by(key);
  Fill(options.order_by, kNone, request->mutable_order_by());
  request->set_limit(options.limit > 0 ? options.limit : preset->limit);
  if (request->metrics().empty()) {
    *wrong =
        fmt::format("which report? One of {}; or --metrics KEYS, which `songsang report --list` tells of", Names());
    return false;
  }
  for (const std::string& filter : options.filters)
    if (!AddFilter(filter, request, wrong)) return false;
  static const std::map<std::string, Period::Bucket> kBuckets = {{"day", Period::BUCKET_DAY},
                                                                 {"week", Period::BUCKET_WEEK},
                                                                 {"month", Period::BUCKET_MONTH},
                                                                 {"quarter", Period::BUCKET_QUARTER},
                                                                 {"year", Period::BUCKET_YEAR}};
  if (!options.bucket.empty()) {
    const auto bucket = kBuckets.find(options.bucket);
    if (bucket == kBuckets.end()) {
      *wrong = fmt::format("--bucket takes day, week, month, quarter or year, not \"{}\"", options.bucket);
      return false;
    }
    request->mutable_period()->set_bucket(bucket->second);
  }
  if (!options.from_on.empty()) request->mutable_period()->set_from_on(options.from_on);
  if (!options.to_on.empty()) request->mutable_period()->set_to_on(options.to_on);
  request->set_as_of(options.as_of);
  return SetKnownOn(options.known_on, request, wrong);
}

std::string TitleOf(const ReportOptions& options) {
  const Preset* preset = FindPreset(options.name);
  if (preset == nullptr || !options.metrics.empty()) return "";
  return options.korean ? preset->korean : preset->english;
}

}  // namespace songsang::report
