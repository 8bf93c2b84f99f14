#include "songsang/report/print.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "core/dates.h"
#include "songsang/report/presets.h"
#include "songsang/report/table.h"

namespace songsang::report {
namespace {

using reporting::v1::DimensionValue;
using reporting::v1::FigureRow;
using reporting::v1::Figures;
using reporting::v1::FigureValue;
using reporting::v1::ListMetricsResponse;
using reporting::v1::MetricDefinition;
using reporting::v1::Wording;

const std::string& In(const Wording& wording, bool korean) {
  return korean && !wording.korean().empty() ? wording.korean() : wording.english();
}

std::string Shown(const DimensionValue& value, bool korean) {
  switch (value.state()) {
    case DimensionValue::STATE_UNSET:
      return korean ? "(비어 있음)" : "(blank)";
    case DimensionValue::STATE_UNKNOWN:
      return (korean ? "(알 수 없음) " : "(not known) ") + value.value();
    default:
      return value.label().empty() ? value.value() : value.label();
  }
}

// The one currency of a metric's figures, or nothing where they differ or there is none.
std::string CurrencyOf(const Figures& figures, int metric) {
  std::string currency;
  const auto add = [&](const FigureRow& row) {
    const std::string& code = row.values(metric).currency();
    if (code.empty() || currency == code) return true;
    if (!currency.empty()) return false;
    currency = code;
    return true;
  };
  for (const FigureRow& row : figures.rows())
    if (!add(row)) return "";
  return !figures.has_total() || add(figures.total()) ? currency : "";
}

std::string HeadOf(const Figures& figures, int metric, bool korean) {
  const auto& used = figures.metrics(metric);
  std::string head = In(used.name(), korean);
  const std::string currency = used.unit() == MetricDefinition::UNIT_MONEY ? CurrencyOf(figures, metric) : "";
  if (!currency.empty()) head += " (" + currency + ")";
  return head;
}

std::string Shown(const Figures& figures, const FigureValue& value, int metric) {
  if (value.value().empty()) return "-";
  const auto& used = figures.metrics(metric);
  std::string text = Grouped(value.value());
  if (used.unit() == MetricDefinition::UNIT_PERCENT) text += "%";
  if (used.unit() == MetricDefinition::UNIT_MONEY && CurrencyOf(figures, metric).empty() && !value.currency().empty())
    text += " " + value.currency();
  return text;
}

std::vector<std::string> Cells(const Figures& figures, const FigureRow& row, const std::string& total, bool korean) {
  std::vector<std::string> cells;
  for (int d = 0; d < figures.dimensions_size(); ++d) {
    const bool is_total = d >= row.dimensions_size();
    cells.push_back(!is_total ? Shown(row.dimensions(d), korean) : d == 0 ? total : "");
  }
  for (int m = 0; m < figures.metrics_size(); ++m) cells.push_back(Shown(figures, row.values(m), m));
  return cells;
}

std::string Footer(const Figures& figures, const ListMetricsResponse& definitions, bool korean) {
  std::string text = "\n";
  for (const auto& used : figures.metrics()) {
    for (const auto& metric : definitions.metrics()) {
      const MetricDefinition& definition = metric.definition();
      if (definition.key() != used.key() || definition.number() != used.number()) continue;
      text += fmt::format("{} = {}  [{}]\n", In(used.name(), korean), In(definition.meaning(), korean),
                          definition.formula());
    }
  }
  if (figures.omitted_rows() > 0)
    text += fmt::format(fmt::runtime(korean ? "{}행을 더 줄였습니다(--limit). 합계에는 들어 있습니다.\n"
                                            : "{} more rows are left out (--limit); the total holds them.\n"),
                        Grouped(std::to_string(figures.omitted_rows())));
  std::string positions;
  for (const auto& at : figures.positions())
    positions +=
        fmt::format("{}{}/{}/{}/{}", positions.empty() ? "" : ",", at.service(), at.partition(), at.epoch(), at.seq());
  if (!figures.as_of().empty())
    text += fmt::format(fmt::runtime(korean ? "기준일 {}. " : "As of {}. "), figures.as_of());
  text += fmt::format(fmt::runtime(korean ? "{} 현재 알려진 대로, 위치 {}\n" : "As known on {}, at {}\n"),
                      ToIso(FromTimestamp(figures.known_on())), positions);
  return text;
}

std::string Quoted(const std::string& value) {
  if (value.find_first_of(",\"\r\n") == std::string::npos) return value;
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

// An entity's column is its name, and its id in one of its own.
bool HasIds(const Figures& figures, int dimension) {
  return std::any_of(figures.rows().begin(), figures.rows().end(), [&](const FigureRow& row) {
    const DimensionValue& value = row.dimensions(dimension);
    return value.state() == DimensionValue::STATE_UNKNOWN || (!value.label().empty() && value.label() != value.value());
  });
}

bool HasMoney(const Figures& figures, int metric) {
  return figures.metrics(metric).unit() == MetricDefinition::UNIT_MONEY;
}

}  // namespace

std::string AsTable(const Figures& figures, const ListMetricsResponse& definitions, const std::string& title,
                    bool footer, bool korean) {
  Table table;
  for (const auto& dimension : figures.dimensions()) table.AddColumn(In(dimension.name(), korean), false);
  for (int m = 0; m < figures.metrics_size(); ++m) table.AddColumn(HeadOf(figures, m, korean), true);
  for (const FigureRow& row : figures.rows()) {
    // Without a dimension the one row is the total.
    if (figures.dimensions_size() > 0) table.AddRow(Cells(figures, row, "", korean));
  }
  if (figures.has_total()) table.SetTotal(Cells(figures, figures.total(), korean ? "합계" : "Total", korean));
  std::string text = title.empty() ? "" : title + "\n\n";
  text += table.Text();
  if (footer) text += Footer(figures, definitions, korean);
  return text;
}

std::string AsCsv(const Figures& figures) {
  std::string text = "\xEF\xBB\xBF";
  std::string head;
  for (int d = 0; d < figures.dimensions_size(); ++d) {
    head += (head.empty() ? "" : ",") + figures.dimensions(d).key();
    if (HasIds(figures, d)) head += "," + figures.dimensions(d).key() + "_id";
  }
  for (int m = 0; m < figures.metrics_size(); ++m) {
    head += (head.empty() ? "" : ",") + figures.metrics(m).key();
    if (HasMoney(figures, m)) head += "," + figures.metrics(m).key() + "_currency";
  }
  text += head + "\n";
  const auto add = [&](const FigureRow& row) {
    std::string line;
    for (int d = 0; d < figures.dimensions_size(); ++d) {
      const DimensionValue& value = row.dimensions(d);
      // A value that is not there is an empty cell, as the word for it might be a value.
      line += Quoted(value.label().empty() && value.state() == DimensionValue::STATE_KNOWN ? value.value()
                                                                                           : value.label()) +
              ",";
      if (HasIds(figures, d)) line += Quoted(value.value()) + ",";
    }
    for (int m = 0; m < figures.metrics_size(); ++m) {
      line += row.values(m).value() + ",";
      if (HasMoney(figures, m)) line += row.values(m).currency() + ",";
    }
    line.pop_back();
    text += line + "\n";
  };
  for (const FigureRow& row : figures.rows()) add(row);
  if (figures.dimensions_size() == 0 && figures.rows().empty() && figures.has_total()) add(figures.total());
  return text;
}

std::string AsJson(const Figures& figures) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string text;
  const auto written = google::protobuf::util::MessageToJsonString(figures, &text, options);
  return written.ok() ? text : "";
}

std::string Dictionary(const ListMetricsResponse& definitions, bool korean) {
  Table reports;
  reports.AddColumn(korean ? "보고서" : "Report", false);
  reports.AddColumn(korean ? "내용" : "What it shows", false);
  for (const Preset& preset : Presets()) reports.AddRow({preset.name, korean ? preset.korean : preset.english});
  std::string text = reports.Text() + (korean ? "\n지표 (--metrics)\n" : "\nFigures (--metrics)\n");
  for (const auto& metric : definitions.metrics()) {
    const MetricDefinition& definition = metric.definition();
    std::string by;
    for (const std::string& key : metric.dimensions()) by += " " + key;
    text += fmt::format("\n{}@{}  {}\n  {}\n  = {}\n  {}:{}\n", definition.key(), definition.number(),
                        In(definition.name(), korean), In(definition.meaning(), korean), definition.formula(),
                        korean ? "구분 기준" : "by", by);
  }
  Table dimensions;
  for (const char* head :
       {korean ? "구분 기준 (--by)" : "Dimension (--by)", korean ? "이름" : "Name", korean ? "뜻" : "Meaning"})
    dimensions.AddColumn(head, false);
  for (const auto& dimension : definitions.dimensions())
    dimensions.AddRow({dimension.key(), In(dimension.name(), korean), In(dimension.meaning(), korean)});
  return text + "\n" + dimensions.Text();
}

}  // namespace songsang::report
