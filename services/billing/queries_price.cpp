#include "billing/billing.h"
#include "billing/reading.h"
#include "billing/rules_order.h"
#include "billing/rules_price.h"
#include "billing/rules_tax.h"
#include "core/money.h"

namespace songsang::billing {
namespace {

constexpr size_t kMostQuotes = 5000;

constexpr char kRatesSql[] = "SELECT r.body FROM tax_rates r WHERE r.country = 'KR'";

constexpr char kQuotesSql[] = R"sql(
SELECT p.id, p.price_list_id, l.name, p.product_id, d.name, p.amount_minor, p.amount_currency, p.valid_from_on,
       p.valid_to_on, l.account_id, l.tier
  FROM price p
  JOIN price_list l ON l.id = p.price_list_id
  JOIN product d ON d.id = p.product_id
  LEFT JOIN accounts_account a ON a.id = :account_id
 WHERE d.active = 1
   AND (:price_list_id = '' OR p.price_list_id = :price_list_id)
   AND (:product_id = '' OR p.product_id = :product_id)
   AND (l.account_id IS NULL OR l.account_id = :account_id OR :price_list_id <> '')
   AND (l.tier IS NULL OR l.tier = a.tier OR :price_list_id <> '')
   AND (p.valid_from_on IS NULL OR p.valid_from_on <= :as_of) AND (p.valid_to_on IS NULL OR p.valid_to_on >= :as_of)
   AND (l.valid_from_on IS NULL OR l.valid_from_on <= :as_of) AND (l.valid_to_on IS NULL OR l.valid_to_on >= :as_of)
 ORDER BY d.name, d.id, l.name, l.id
 LIMIT 5001)sql";

void FillQuote(const std::vector<engine::Value>& row, PriceQuote* quote) {
  quote->set_price_id(TextIn(row[0]));
  quote->set_price_list_id(TextIn(row[1]));
  quote->set_price_list_name(TextIn(row[2]));
  quote->set_product_id(TextIn(row[3]));
  quote->set_product_name(TextIn(row[4]));
  *quote->mutable_amount() = MoneyOf(NumberIn(row[5]), TextIn(row[6]));
  quote->set_valid_from_on(TextIn(row[7]));
  quote->set_valid_to_on(TextIn(row[8]));
  quote->set_account_id(TextIn(row[9]));
  quote->set_tier(TextIn(row[10]));
}

// The lines that are asked for, at the prices that hold.
Result<QuotePricesResponse> QuoteLines(engine::Reader& reader, QuotePricesRequest request) {
  const auto set = reader.Run(kRatesSql, request);
  if (!set.ok()) return set.refusal();
  QuotePricesResponse response;
  for (const AskedLine& line : request.lines()) {
    request.set_product_id(line.product_id());
    const auto rows = reader.Run(kQuotesSql, request);
    if (!rows.ok()) return rows.refusal();
    std::vector<PriceQuote> holding(rows->rows.size());
    for (size_t i = 0; i < holding.size(); ++i) FillQuote(rows->rows[i], &holding[i]);
    auto quoted = QuoteLine(line, holding);
    if (!quoted.ok()) return quoted.refusal();
    *response.add_lines() = std::move(*quoted);
  }
  // The tax of a document may be shared out over its lines, so it is told when all of them are priced.
  const auto rates = EntitiesIn<TaxRates>(*set);
  SetTaxes(TaxRatesOn(PointersTo(rates), request.as_of()), response.mutable_lines());
  return response;
}

Result<QuotePricesResponse> QuotePrices(engine::Reader& reader, const QuotePricesRequest& asked) {
  QuotePricesRequest request = asked;
  if (request.as_of().empty()) request.set_as_of(reader.context().today.ToIso());
  if (request.lines_size() > 0) return QuoteLines(reader, std::move(request));
  const auto rows = reader.Run(kQuotesSql, request);
  if (!rows.ok()) return rows.refusal();
  if (rows->rows.size() > kMostQuotes) return kQuoteMustBeNarrowed.With("most", std::to_string(kMostQuotes));
  QuotePricesResponse response;
  for (const auto& row : rows->rows) FillQuote(row, response.add_quotes());
  return response;
}

}  // namespace

void AddPriceQueries(engine::Service* service) { service->Query<QuotePricesRequest>(QuotePrices); }

}  // namespace songsang::billing
