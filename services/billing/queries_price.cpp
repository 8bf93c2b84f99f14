#include "billing/billing.h"
#include "billing/reading.h"
#include "billing/rules_price.h"
#include "billing/rules_tax.h"
#include "core/money.h"

namespace songsang::billing {
namespace {

constexpr size_t kMostQuotes = 5000;

constexpr char kQuotesSql[] = R"sql(
SELECT p.id, p.price_list_id, l.name, p.product_id, d.name, p.amount_minor, p.amount_currency, p.valid_from_on,
       p.valid_to_on
  FROM price p
  JOIN price_list l ON l.id = p.price_list_id
  JOIN product d ON d.id = p.product_id
  LEFT JOIN accounts_account a ON a.id = :account_id
 WHERE d.active = 1
   AND (:account_id = '' OR ((l.account_id IS NULL OR l.account_id = :account_id)
                             AND (l.tier IS NULL OR l.tier = a.tier)))
   AND (:price_list_id = '' OR p.price_list_id = :price_list_id)
   AND (:product_id = '' OR p.product_id = :product_id)
   AND (p.valid_from_on IS NULL OR p.valid_from_on <= :as_of) AND (p.valid_to_on IS NULL OR p.valid_to_on >= :as_of)
   AND (l.valid_from_on IS NULL OR l.valid_from_on <= :as_of) AND (l.valid_to_on IS NULL OR l.valid_to_on >= :as_of)
 ORDER BY d.name, d.id, l.name, l.id
 LIMIT 5001)sql";

// What may hold for a client on a day: its own lists, those of its tier, those for all.
constexpr char kCandidatesSql[] = R"sql(
SELECT p.id, d.name, l.id, l.name, l.valid_from_on, l.account_id, l.tier, p.valid_from_on, p.valid_to_on,
       p.amount_minor, p.amount_currency
  FROM price p
  JOIN price_list l ON l.id = p.price_list_id
  JOIN product d ON d.id = p.product_id
  LEFT JOIN accounts_account a ON a.id = :account_id
 WHERE d.active = 1 AND p.product_id = :asked_id
   AND (:price_list_id = '' OR p.price_list_id = :price_list_id)
   AND (l.account_id IS NULL OR l.account_id = :account_id) AND (l.tier IS NULL OR l.tier = a.tier)
   AND (p.valid_from_on IS NULL OR p.valid_from_on <= :as_of) AND (p.valid_to_on IS NULL OR p.valid_to_on >= :as_of)
   AND (l.valid_from_on IS NULL OR l.valid_from_on <= :as_of) AND (l.valid_to_on IS NULL OR l.valid_to_on >= :as_of)
 ORDER BY l.id, p.id)sql";
constexpr char kRatesSql[] = "SELECT r.body FROM tax_rates r WHERE r.country = 'KR'";

std::string Text(const engine::Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::string() : *text;
}

int64_t Number(const engine::Value& value) {
  const auto* number = std::get_if<int64_t>(&value);
  return number == nullptr ? 0 : *number;
}

void FillQuote(const std::vector<engine::Value>& row, PriceQuote* quote) {
  quote->set_price_id(Text(row[0]));
  quote->set_price_list_id(Text(row[1]));
  quote->set_price_list_name(Text(row[2]));
  quote->set_product_id(Text(row[3]));
  quote->set_product_name(Text(row[4]));
  *quote->mutable_amount() = MoneyOf(Number(row[5]), Text(row[6]));
  quote->set_valid_from_on(Text(row[7]));
  quote->set_valid_to_on(Text(row[8]));
}

Result<std::vector<PriceCandidate>> CandidatesOf(engine::Reader& reader, const QuotePricesRequest& request,
                                                 const std::string& product_id) {
  const auto rows = reader.Run(kCandidatesSql, request, {{"asked_id", product_id}});
  if (!rows.ok()) return rows.refusal();
  std::vector<PriceCandidate> candidates;
  for (const auto& row : rows->rows)
    candidates.push_back({Text(row[0]), Text(row[1]), Text(row[2]), Text(row[3]), Text(row[4]), Text(row[5]),
                          Text(row[6]), Text(row[7]), Text(row[8]), MoneyOf(Number(row[9]), Text(row[10]))});
  return candidates;
}

Result<QuotePricesResponse> PriceLines(engine::Reader& reader, const QuotePricesRequest& request) {
  std::vector<std::vector<PriceCandidate>> candidates;
  for (const AskedLine& line : request.lines()) {
    auto found = CandidatesOf(reader, request, line.product_id());
    if (!found.ok()) return found.refusal();
    candidates.push_back(std::move(*found));
  }
  const auto set = reader.Run(kRatesSql, request);
  if (!set.ok()) return set.refusal();
  const auto rates = EntitiesIn<TaxRates>(*set);
  const auto lines = QuoteLines({request.lines().begin(), request.lines().end()}, candidates,
                                TaxRatesOn(PointersTo(rates), request.as_of()));
  if (!lines.ok()) return lines.refusal();
  QuotePricesResponse response;
  for (const QuotedLine& line : *lines) *response.add_lines() = line;
  return response;
}

Result<QuotePricesResponse> QuotePrices(engine::Reader& reader, const QuotePricesRequest& asked) {
  QuotePricesRequest request = asked;
  if (request.as_of().empty()) request.set_as_of(reader.context().today.ToIso());
  if (!request.lines().empty()) return PriceLines(reader, request);
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
