#include <map>

#include "billing/billing.h"
#include "billing/reading.h"
#include "billing/rules_order.h"
#include "core/decimal.h"
#include "songsang/billing/v1/take_over.pb.h"

namespace songsang::billing {
namespace {

// Products of units are whole numbers at the sum of both scales: SQL adds them up, scale by scale, and loses nothing.
constexpr char kSalesSql[] = R"sql(
SELECT i.issued_on, i.total_currency, l.quantity_scale + l.unit_price_scale,
       CAST(SUM(l.quantity_units * l.unit_price_units) AS BIGINT), COUNT(*)
  FROM invoice_line l
  JOIN invoice i ON i.id = l.invoice_id
 WHERE (:from_on = '' OR i.issued_on >= :from_on) AND (:to_on = '' OR i.issued_on <= :to_on)
 GROUP BY i.issued_on, i.total_currency, l.quantity_scale + l.unit_price_scale)sql";

constexpr char kReturnsSql[] = R"sql(
SELECT r.returned_on, r.total_currency, l.quantity_scale + l.unit_price_scale,
       CAST(SUM(l.quantity_units * l.unit_price_units) AS BIGINT), COUNT(*)
  FROM sales_return_line l
  JOIN sales_return r ON r.id = l.return_id
 WHERE (:from_on = '' OR r.returned_on >= :from_on) AND (:to_on = '' OR r.returned_on <= :to_on)
 GROUP BY r.returned_on, r.total_currency, l.quantity_scale + l.unit_price_scale)sql";

struct Side {
  common::v1::Decimal value;
  int64_t lines = 0;
};
struct Month {
  Side sales, returns;
};
using Months = std::map<std::pair<std::string, std::string>, Month>;

Status AddUp(engine::Reader& reader, const GetSalesValueRequest& request, const char* sql, Side Month::*side,
             Months* months) {
  const auto rows = reader.Run(sql, request);
  if (!rows.ok()) return rows.refusal();
  for (const auto& row : rows->rows) {
    Side& sum = (*months)[{TextIn(row[0]).substr(0, 7), TextIn(row[1])}].*side;
    const auto added = Add(sum.value, DecimalOf(NumberIn(row[3]), static_cast<int32_t>(NumberIn(row[2]))));
    if (!added) return kAmountTooLarge;
    sum.value = *added;
    sum.lines += NumberIn(row[4]);
  }
  return Done{};
}

Result<GetSalesValueResponse> GetSalesValue(engine::Reader& reader, const GetSalesValueRequest& request) {
  Months months;
  if (const auto sold = AddUp(reader, request, kSalesSql, &Month::sales, &months); !sold.ok()) return sold.refusal();
  if (const auto back = AddUp(reader, request, kReturnsSql, &Month::returns, &months); !back.ok())
    return back.refusal();
  GetSalesValueResponse response;
  for (const auto& [key, month] : months) {
    SalesValue& value = *response.add_months();
    value.set_month(key.first);
    value.set_currency(key.second);
    *value.mutable_sales() = month.sales.value;
    *value.mutable_returns() = month.returns.value;
    const auto net = Subtract(month.sales.value, month.returns.value);
    if (!net) return kAmountTooLarge;
    *value.mutable_net() = *net;
    value.set_sale_lines(month.sales.lines);
    value.set_return_lines(month.returns.lines);
  }
  return response;
}

}  // namespace

void AddSalesQueries(engine::Service* service) { service->Query<GetSalesValueRequest>(GetSalesValue); }

}  // namespace songsang::billing
