#include "reporting/rules_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "core/dates.h"
#include "core/money.h"
#include "reporting/rules_measures.h"

namespace songsang::reporting {
namespace {

using v1::DimensionDefinition;
using v1::DimensionValue;
using v1::FigureRow;
using v1::FigureValue;
using v1::MetricDefinition;

constexpr int kUsualLimit = 1000;

using Key = std::vector<std::optional<std::string>>;

// One row on its way: a tally a part, then a figure a metric.
struct Cell {
  std::vector<DimensionValue> dimensions;
  std::vector<Tally> tallies;
  std::vector<Exact> figures;
};

DimensionValue ValueOf(const DimensionDefinition& dimension, const std::optional<std::string>& value,
                       const std::optional<std::string>& label) {
  DimensionValue result;
  if (!value) {
    result.set_state(DimensionValue::STATE_UNSET);
    return result;
  }
  const bool known = !value->empty() && (dimension.label_table().empty() || label);
  result.set_state(known ? DimensionValue::STATE_KNOWN : DimensionValue::STATE_UNKNOWN);
  result.set_value(*value);
  if (known) result.set_label(label.value_or(*value));
  return result;
}

// Known values first, by what people read; then unknown, then unset ones.
int Compare(const DimensionValue& a, const DimensionValue& b) {
  const auto rank = [](const DimensionValue& v) {
    return v.state() == DimensionValue::STATE_KNOWN ? 0 : v.state() == DimensionValue::STATE_UNKNOWN ? 1 : 2;
  };
  if (rank(a) != rank(b)) return rank(a) < rank(b) ? -1 : 1;
  if (const int by_label = a.label().compare(b.label())) return by_label < 0 ? -1 : 1;
  const int by_value = a.value().compare(b.value());
  return by_value < 0 ? -1 : by_value > 0 ? 1 : 0;
}

int Compare(const Exact& a, const Exact& b) {
  const __int128 left = static_cast<__int128>(a.numerator) * b.denominator;
  const __int128 right = static_cast<__int128>(b.numerator) * a.denominator;
  return left < right ? -1 : left > right ? 1 : 0;
}

class Maker {
 public:
  Maker(const Plan& plan, const v1::GetFiguresRequest& request) : plan_(plan), request_(request) {}

  Result<v1::Figures> Run(const std::vector<Line>& lines) {
    total_.tallies.resize(plan_.parts.size());
    for (const Line& line : lines)
      if (!Add(line)) return kFigureTooLarge.With("metric", plan_.parts[line.part].fact());
    FillGaps();
    if (auto refusal = Evaluate()) return *refusal;
    Sort();
    return Write();
  }

 private:
  bool Add(const Line& line) {
    const v1::Measure& measure = plan_.parts[line.part];
    if (line.n == 0) return true;
    if (!total_.tallies[line.part].Add(measure, line.currency, line.a, line.b, line.n)) return false;
    if (measure.whole() || plan_.dimensions.empty()) return true;
    return CellAt(line.values, line.labels).tallies[line.part].Add(measure, line.currency, line.a, line.b, line.n);
  }

  Cell& CellAt(const Key& key, const std::vector<std::optional<std::string>>& labels) {
    const auto [place, fresh] = cells_.try_emplace(key);
    Cell& cell = place->second;
    if (fresh) {
      cell.tallies.resize(plan_.parts.size());
      for (size_t i = 0; i < plan_.dimensions.size(); ++i)
        cell.dimensions.push_back(ValueOf(*plan_.dimensions[i], key[i], labels[i]));
    }
    return cell;
  }

  // Buckets of the period in which nothing happened.
  void FillGaps() {
    const auto from = Date::Parse(request_.period().from_on());
    const auto to = Date::Parse(request_.period().to_on());
    if (plan_.dimensions.size() != 1 || request_.period().bucket() == v1::Period::BUCKET_UNSPECIFIED || !from || !to)
      return;
    static const std::map<DimensionDefinition::Calendar, Bucket> buckets = {
        {DimensionDefinition::CALENDAR_DAY, Bucket::kDay},
        {DimensionDefinition::CALENDAR_WEEK, Bucket::kWeek},
        {DimensionDefinition::CALENDAR_MONTH, Bucket::kMonth},
        {DimensionDefinition::CALENDAR_QUARTER, Bucket::kQuarter},
        {DimensionDefinition::CALENDAR_YEAR, Bucket::kYear},
    };
    const Bucket bucket = buckets.at(plan_.dimensions[0]->calendar());
    for (Date date = *from; date <= *to; date = date.PlusDays(1)) CellAt({BucketOf(date, bucket)}, {std::nullopt});
  }

  std::optional<Refusal> Evaluate() {
    for (size_t m = 0; m < plan_.metrics.size(); ++m) {
      const MetricDefinition& metric = *plan_.metrics[m];
      const bool by_currency = std::any_of(plan_.dimensions.begin(), plan_.dimensions.end(),
                                           [](const auto* dimension) { return dimension->key() == "currency"; });
      const auto mixed = Mixed(m, total_);
      if (!mixed.empty() && !by_currency)
        return kCurrenciesMixed.With("metric", metric.key())
            .With("currencies", fmt::format("{}", fmt::join(mixed, ", ")));
      for (auto& [key, cell] : cells_) {
        const auto mixed_here = Mixed(m, cell);
        if (!mixed_here.empty())
          return kCurrenciesMixed.With("metric", metric.key())
              .With("currencies", fmt::format("{}", fmt::join(mixed_here, ", ")));
        cell.figures.push_back(FigureOf(m, cell));
      }
      total_.figures.push_back(mixed.empty() ? FigureOf(m, total_) : Exact{});
    }
    return std::nullopt;
  }

  // The currencies that a metric would add in a cell, if they are more than one.
  std::set<std::string> Mixed(size_t metric, const Cell& cell) const {
    std::set<std::string> currencies;
    for (const size_t part : plan_.parts_of[metric])
      for (const auto& [currency, amount] : cell.tallies[part].sums)
        if (!currency.empty()) currencies.insert(currency);
    if (currencies.size() < 2) currencies.clear();
    return currencies;
  }

  Exact FigureOf(size_t m, const Cell& cell) const {
    const auto& parts = plan_.parts_of[m];
    const size_t last = parts.back();
    // What is taken over the whole, and what is shared out, is the total's.
    const bool of_total = plan_.metrics[m]->has_share() || plan_.metrics[m]->has_above();
    return Figure(*plan_.metrics[m], cell.tallies[parts.front()], (of_total ? total_ : cell).tallies[last]);
  }

  void Sort() {
    for (auto& [key, cell] : cells_) sorted_.push_back(&cell);
    std::vector<std::pair<int, bool>> order;  // a metric from 0, a dimension from -1 downwards; and whether reversed
    for (const auto& text : request_.order_by()) {
      const bool reversed = text.starts_with('-');
      const std::string key = text.substr(reversed ? 1 : 0);
      for (size_t i = 0; i < plan_.metrics.size(); ++i)
        if (plan_.metrics[i]->key() == key) order.emplace_back(static_cast<int>(i), reversed);
      for (size_t i = 0; i < plan_.dimensions.size(); ++i)
        if (plan_.dimensions[i]->key() == key) order.emplace_back(-1 - static_cast<int>(i), reversed);
    }
    for (size_t i = 0; i < plan_.dimensions.size(); ++i) order.emplace_back(-1 - static_cast<int>(i), false);
    std::stable_sort(sorted_.begin(), sorted_.end(), [&](const Cell* a, const Cell* b) {
      for (const auto& [place, reversed] : order)
        if (const int sign = CompareAt(*a, *b, place, reversed)) return sign < 0;
      return false;
    });
  }

  // Negative where `a` comes first. What has nothing to tell comes last either way.
  static int CompareAt(const Cell& a, const Cell& b, int place, bool reversed) {
    if (place < 0) {
      const auto& x = a.dimensions[static_cast<size_t>(-1 - place)];
      const auto& y = b.dimensions[static_cast<size_t>(-1 - place)];
      const bool both_known = x.state() == DimensionValue::STATE_KNOWN && y.state() == DimensionValue::STATE_KNOWN;
      return reversed && both_known ? -Compare(x, y) : Compare(x, y);
    }
    const Exact& x = a.figures[static_cast<size_t>(place)];
    const Exact& y = b.figures[static_cast<size_t>(place)];
    if (x.defined() != y.defined()) return x.defined() ? -1 : 1;
    if (!x.defined()) return 0;
    return reversed ? -Compare(x, y) : Compare(x, y);
  }

  v1::Figures Write() const {
    v1::Figures figures;
    for (const auto* metric : plan_.metrics) {
      auto& used = *figures.add_metrics();
      used.set_key(metric->key());
      used.set_number(metric->number());
      *used.mutable_name() = metric->name();
      used.set_unit(metric->unit());
      used.set_decimals(metric->decimals());
    }
    for (const auto* dimension : plan_.dimensions) {
      auto& used = *figures.add_dimensions();
      used.set_key(dimension->key());
      *used.mutable_name() = dimension->name();
    }
    const size_t limit = static_cast<size_t>(request_.limit() > 0 ? request_.limit() : kUsualLimit);
    for (size_t i = 0; i < std::min(limit, sorted_.size()); ++i) WriteRow(*sorted_[i], figures.add_rows());
    figures.set_omitted_rows(static_cast<int64_t>(sorted_.size() - std::min(limit, sorted_.size())));
    WriteRow(total_, figures.mutable_total());
    return figures;
  }

  void WriteRow(const Cell& cell, FigureRow* row) const {
    for (const auto& dimension : cell.dimensions) *row->add_dimensions() = dimension;
    for (size_t m = 0; m < plan_.metrics.size(); ++m) {
      FigureValue& value = *row->add_values();
      const Exact& exact = cell.figures[m];
      value.set_left_out(exact.left_out);
      if (!exact.defined()) continue;
      value.set_value(Shown(*plan_.metrics[m], exact));
      value.set_numerator(exact.numerator);
      value.set_denominator(exact.denominator);
      value.set_currency(exact.currency);
    }
  }

  const Plan& plan_;
  const v1::GetFiguresRequest& request_;
  std::map<Key, Cell> cells_;
  Cell total_;
  std::vector<const Cell*> sorted_;
};

}  // namespace

Result<v1::Figures> MakeFigures(const Plan& plan, const std::vector<Line>& lines,
                                const v1::GetFiguresRequest& request) {
  return Maker(plan, request).Run(lines);
}

}  // namespace songsang::reporting
