// Chapters about money: orders, deliveries, invoices, returns, receipts, and months that are closed.
#include <algorithm>
#include <array>

#include "songsang/billing/v1/credit.pb.h"
#include "songsang/billing/v1/delivery.pb.h"
#include "songsang/billing/v1/invoice.pb.h"
#include "songsang/billing/v1/order.pb.h"
#include "songsang/billing/v1/period.pb.h"
#include "songsang/billing/v1/receipt.pb.h"
#include "songsang/demo/teller.h"

namespace songsang::demo {
namespace {

constexpr const char* kCredit = "songsang.billing.v1.CreditService/";
constexpr const char* kInvoices = "songsang.billing.v1.InvoiceService/";
constexpr const char* kReceipts = "songsang.billing.v1.ReceiptService/";
constexpr const char* kPeriods = "songsang.billing.v1.PeriodService/";

constexpr int kPaymentDays = 30;
constexpr int64_t kNever = 1'000;
// Limits are round sums.
constexpr int64_t kLimitStep = 10'000'000;
constexpr int64_t kLeastLimit = 30'000'000;
// Books are closed from so many months before the story on; the last two months are open still.
constexpr int kMonthsBefore = 3;
constexpr int kMonthsClosed = 10;

const ProductWords& TrainingPackage() { return Products().back(); }

// With value added tax of 10 %; values are round enough to need no rounding.
int64_t WithTax(int64_t supply) { return supply / 10 * 11; }

void AddLine(const ProductWords& product, int64_t price, int64_t discount, billing::v1::PlaceOrderRequest* request) {
  auto& line = *request->add_lines();
  line.set_product_id(Ext(product.key));
  line.set_description(product.name);
  line.mutable_quantity()->set_units(1);
  line.mutable_unit_price()->set_units(price);
  line.set_discount_minor(discount);
}

}  // namespace

void Teller::Trade(const Learnt&) {
  for (const Deal& deal : won_) TradeDeal(deal);
  OpenCreditLines();
  std::stable_sort(happenings_.begin(), happenings_.end(),
                   [](const Happening& a, const Happening& b) { return a.day < b.day; });
  for (Happening& happening : happenings_) items_.push_back(std::move(happening.item));
  happenings_.clear();
}

// What a client once had open, with some room above it.
void Teller::OpenCreditLines() {
  for (const auto& [key, client] : client_) {
    auto& moves = exposures_[key];
    // Of one day, what raises it first.
    std::sort(moves.begin(), moves.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first < b.first : b.second < a.second;
    });
    int64_t exposure = 0, peak = 0;
    for (const auto& [day, amount] : moves) peak = std::max(peak, exposure += amount);
    billing::v1::OpenCreditLineRequest request;
    On(settings_.from.PlusDays(-kListBegins), &request);
    request.set_account_id(Ext(key));
    Amount(std::max(kLeastLimit, (peak * 5 / 4 / kLimitStep + 1) * kLimitStep), request.mutable_limit());
    Give(std::string(kCredit) + "OpenCreditLine", request, "credit-" + key);
  }
}

void Teller::TradeDeal(const Deal& deal) {
  const Date ordered = Workday(deal.won.PlusDays(chance_.Between(0, 3)));
  if (!(ordered < end_)) return;
  const bool training = deal.product != &TrainingPackage() && chance_.In1000(180);
  Order(deal, ordered, training);
  const int64_t supply = deal.value + (training ? TrainingPackage().price : 0);
  exposures_[deal.client].emplace_back(ordered, WithTax(supply));
  const Date invoiced = Workday(ordered.PlusDays(chance_.Between(3, 14)));
  if (!(invoiced < end_)) return;
  Invoice(deal, invoiced);
  sold_[deal.rep->key][invoiced.ToIso().substr(0, 7)] += supply;
  if (Return(deal, invoiced, supply)) return;
  Pay(deal, invoiced.PlusDays(kPaymentDays), WithTax(supply));
}

void Teller::Order(const Deal& deal, Date ordered, bool training) {
  billing::v1::PlaceOrderRequest request;
  Name(&request, deal.key);
  request.set_account_id(Ext(deal.client));
  request.set_opportunity_id(Ext(deal.key));
  // The client's branch sells and is paid, so that its books stay its own when a representative moves.
  request.set_unit_id(Ext(Branches()[client_[deal.client].branch].key));
  request.set_owner_id(Ext(deal.rep->key));
  request.set_channel(deal.key.front() == 'o' ? "repeat" : "lead");
  request.set_ordered_on(ordered.ToIso());
  request.set_payment_days(kPaymentDays);
  request.set_currency("KRW");
  const int64_t price = ListPrice(*deal.product, ordered);
  AddLine(*deal.product, price, price - deal.value, &request);
  if (training) AddLine(TrainingPackage(), TrainingPackage().price, 0, &request);
  Happen(ordered, ItemOf("songsang.billing.v1.OrderService/PlaceOrder", request, "order-" + deal.key));
}

// Delivered, and invoiced on the same day.
void Teller::Invoice(const Deal& deal, Date day) {
  billing::v1::DeliverOrderRequest deliver;
  deliver.set_order_id(Ext(deal.key));
  deliver.set_delivered_on(day.ToIso());
  Happen(day, ItemOf("songsang.billing.v1.DeliveryService/DeliverOrder", deliver, "deliver-" + deal.key));
  billing::v1::IssueInvoiceRequest issue;
  Name(&issue, deal.key);
  issue.set_order_id(Ext(deal.key));
  issue.set_issued_on(day.ToIso());
  issue.set_business_place_id(Ext("headquarters"));
  Happen(day, ItemOf(std::string(kInvoices) + "IssueInvoice", issue, "invoice-" + deal.key));
}

// A few send everything back before it is due. True if this one does.
bool Teller::Return(const Deal& deal, Date invoiced, int64_t supply) {
  if (!chance_.In1000(60)) return false;
  const Date day = Workday(invoiced.PlusDays(chance_.Between(5, 20)));
  if (!(day < end_)) return false;
  static const std::vector<const char*> kWhy = {"초기 불량", "사양 불일치", "고객 변심", "설치 환경 부적합"};
  billing::v1::AcceptReturnRequest request;
  Name(&request, deal.key);
  request.set_invoice_id(Ext(deal.key));
  request.set_returned_on(day.ToIso());
  request.set_posted_on(day.ToIso());
  request.set_reason(chance_.Pick(kWhy));
  Happen(day, ItemOf(std::string(kInvoices) + "AcceptReturn", request, "return-" + deal.key));
  exposures_[deal.client].emplace_back(day, -WithTax(supply));
  sold_[deal.rep->key][day.ToIso().substr(0, 7)] -= supply;
  return true;
}

// As the client pays, some in two parts.
void Teller::Pay(const Deal& deal, Date due, int64_t total) {
  const int late = client_[deal.client].days_late;
  if (late >= kNever && chance_.In1000(700)) return;
  Date day = Workday(due.PlusDays(late >= kNever ? chance_.Between(60, 120) : late + chance_.Between(-2, 4)));
  const bool parts = chance_.In1000(120);
  const int64_t first = parts ? total / 2 / 10'000 * 10'000 : total;
  if (!(day < end_)) return;
  Receive(deal, deal.key, day, first);
  day = Workday(day.PlusDays(chance_.Between(14, 40)));
  if (parts && day < end_) Receive(deal, deal.key + ".2", day, total - first);
}

// It pays what has been owed longest.
void Teller::Receive(const Deal& deal, const std::string& id, Date day, int64_t amount) {
  const Client& client = client_[deal.client];
  billing::v1::RecordReceiptRequest receipt;
  Name(&receipt, id);
  receipt.set_account_id(Ext(client.key));
  receipt.set_unit_id(Ext(Branches()[client.branch].key));
  receipt.set_means(chance_.In1000(900) ? billing::v1::Receipt::MEANS_BANK_TRANSFER : billing::v1::Receipt::MEANS_CARD);
  receipt.set_received_on(day.ToIso());
  receipt.set_payer(client.name);
  Amount(amount, receipt.mutable_amount());
  Happen(day, ItemOf(std::string(kReceipts) + "RecordReceipt", receipt, "receipt-" + id));
  billing::v1::CommitAllocationRequest commit;
  commit.set_receipt_id(Ext(id));
  commit.set_allocated_on(day.ToIso());
  Happen(day, ItemOf(std::string(kReceipts) + "CommitAllocation", commit, "allocate-" + id));
  exposures_[deal.client].emplace_back(day, -amount);
}

void Teller::EachPeriod(const std::function<void(const ClosedPeriod&)>& each) const {
  for (int i = -kMonthsBefore; i < kMonthsClosed; ++i) {
    const int place = settings_.from.year() * 12 + settings_.from.month() - 1 + i;
    ClosedPeriod period;
    period.month = fmt::format("{}-{:02}", place / 12, place % 12 + 1);
    for (const BranchWords& branch : Branches())
      for (const bool sales : {true, false}) {
        period.unit = branch.key;
        period.sales = sales;
        period.id = fmt::format("{}-{}-{}", branch.key, period.month, sales ? "sales" : "collections");
        each(period);
      }
  }
}

void Teller::CloseMonths(const Learnt&) {
  EachPeriod([&](const ClosedPeriod& period) {
    billing::v1::SoftCloseRequest request;
    request.set_unit_id(Ext(period.unit));
    request.set_month(period.month);
    request.set_ledger(period.sales ? billing::v1::Period::LEDGER_SALES : billing::v1::Period::LEDGER_COLLECTIONS);
    Give(std::string(kPeriods) + "SoftClose", request, "close-" + period.id);
  });
}

void Teller::RecordClosings(const Learnt& learnt) {
  EachPeriod([&](const ClosedPeriod& period) {
    billing::v1::RecordClosingRequest request;
    request.set_period_id(learnt.IdOf("close-" + period.id));
    Give(std::string(kPeriods) + "RecordClosing", request, "result-" + period.id);
  });
}

void Teller::CloseHard(const Learnt& learnt) {
  EachPeriod([&](const ClosedPeriod& period) {
    billing::v1::HardCloseRequest request;
    request.set_period_id(learnt.IdOf("close-" + period.id));
    Give(std::string(kPeriods) + "HardClose", request, "hard-" + period.id);
  });
}

}  // namespace songsang::demo
