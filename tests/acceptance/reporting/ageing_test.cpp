// Ageing and days sales outstanding through the door, at instants of the past.
#include <gtest/gtest.h>

#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/credit.pb.h"
#include "songsang/billing/v1/delivery.pb.h"
#include "songsang/billing/v1/invoice.pb.h"
#include "songsang/billing/v1/order.pb.h"
#include "songsang/billing/v1/receipt.pb.h"
#include "songsang/reporting/v1/receivables.pb.h"
#include "support/system.h"

namespace songsang {
namespace {

using namespace billing::v1;  // NOLINT: what happens
using reporting::v1::Ageing;
using reporting::v1::AgeingRow;
using reporting::v1::Dso;

class Owing {
 public:
  Owing() {
    for (const std::string key : {"hanbit", "daehan"}) {
      EXPECT_THAT(clerk.Call<accounts::v1::AccountRegistered>(
                      "RegisterAccount", Proto("kind: KIND_BUSINESS country: 'US' state: STATE_OPEN name: '" + key +
                                               "' external_ref { system: 'test' key: '" + key + "' }")),
                  IsOk());
      EXPECT_THAT(clerk.Call<CreditLineOpened>("OpenCreditLine", Proto("account_id: 'ext:test:" + key +
                                                                       "' limit { minor: 100000000 currency: 'KRW' }")),
                  IsOk());
    }
  }
  // Supplied on one day, due on another; with 10 % tax.
  Receivable Sold(const std::string& client, int64_t won, const std::string& day, const std::string& due) const {
    const auto placed = clerk.Call<OrderPlaced>(
        "PlaceOrder", Proto("account_id: 'ext:test:" + client + "' currency: 'KRW' ordered_on: '" + day +
                            "' lines { description: '인삼' quantity { units: 1 } unit_price { units: " +
                            std::to_string(won) + " } }"));
    EXPECT_THAT(placed, IsOk());
    const std::string order = "order_id: '" + placed->order().id() + "' ";
    EXPECT_THAT(clerk.Call<OrderDelivered>("DeliverOrder", Proto(order)), IsOk());
    const auto issued =
        clerk.Call<InvoiceIssued>("IssueInvoice", Proto(order + "issued_on: '" + day + "' due_on: '" + due + "'"));
    EXPECT_THAT(issued, IsOk());
    return issued->receivable();
  }
  void Paid(const std::string& client, int64_t won) const {
    const auto recorded = clerk.Call<ReceiptRecorded>(
        "RecordReceipt", Proto("account_id: 'ext:test:" + client +
                               "' means: MEANS_CASH amount { minor: " + std::to_string(won) + " currency: 'KRW' }"));
    ASSERT_THAT(recorded, IsOk());
    ASSERT_THAT(
        clerk.Call<ReceiptAllocated>("CommitAllocation", Proto("receipt_id: '" + recorded->receipt().id() + "'")),
        IsOk());
  }
  Ageing Ask(const std::string& request) const {
    const auto ageing = clerk.Call<Ageing>("GetAgeing", Proto(request));
    EXPECT_THAT(ageing, IsOk());
    return *ageing;
  }
  // `hanbit 0/110/0/0/0/0/0`, …
  static std::string Told(const Ageing& ageing) {
    std::string text;
    for (const auto& row : ageing.rows()) text += row.account_name() + " " + Buckets(row) + ", ";
    for (const auto& row : ageing.totals()) text += row.currency() + " " + Buckets(row);
    return text;
  }
  static std::string KnownOn(const Ageing& ageing) {
    return " known_on { " + ageing.known_on().ShortDebugString() + " }";
  }

  Client clerk = System::Shared().As({v1::ROLE_RECEIVABLES_CLERK, v1::ROLE_IMPORTER, v1::ROLE_SALES_REP});

 private:
  static std::string Buckets(const AgeingRow& row) {
    std::string text;
    for (const int64_t bucket : {row.current(), row.days_1_30(), row.days_31_60(), row.days_61_90(), row.days_91_180(),
                                 row.days_181_365(), row.over_365()})
      text += (text.empty() ? "" : "/") + std::to_string(bucket);
    return text;
  }
};

TEST(B9_Ageing, IsToldAtAnyInstantOfThePastAndCountedToAnyDay) {
  const Owing owing;
  owing.Sold("hanbit", 100, "2026-01-10", "2026-01-31");
  owing.Sold("hanbit", 1000, "2026-02-10", "2026-03-31");
  owing.Sold("daehan", 10'000, "2026-03-01", "2026-03-31");
  const Ageing before = owing.Ask("as_of: '2026-04-01'");
  EXPECT_EQ(Owing::Told(before), "daehan 0/11000/0/0/0/0/0, hanbit 0/1100/110/0/0/0/0, KRW 0/12100/110/0/0/0/0");
  EXPECT_EQ(Owing::Told(owing.Ask("as_of: '2026-03-31'")),
            "daehan 11000/0/0/0/0/0/0, hanbit 1100/0/110/0/0/0/0, KRW 12100/0/110/0/0/0/0");
  owing.Paid("hanbit", 500);
  owing.Sold("daehan", 5, "2026-03-02", "2026-03-02");
  EXPECT_EQ(Owing::Told(owing.Ask("as_of: '2026-04-01'")),
            "daehan 0/11005/0/0/0/0/0, hanbit 0/710/0/0/0/0/0, KRW 0/11715/0/0/0/0/0");
  // As it was known then, to the last byte.
  EXPECT_EQ(owing.Ask("as_of: '2026-04-01'" + Owing::KnownOn(before)).SerializeAsString(), before.SerializeAsString());
  EXPECT_EQ(Owing::Told(owing.Ask("as_of: '2027-06-01' account_id: 'ext:test:hanbit'")),
            "hanbit 0/0/0/0/0/0/710, KRW 0/0/0/0/0/0/710");
  const Ageing first = owing.Ask("as_of: '2026-04-01' limit: 1");
  EXPECT_EQ(first.rows_size(), 1);
  EXPECT_EQ(first.clients(), 2);
  EXPECT_EQ(first.totals(0).total(), 11'715);
}

// Midnight in Seoul is at three in the afternoon, UTC.
TEST(B9_Ageing, IsOfTheTenantsDayAtTheInstantItIsKnownOn) {
  const Owing owing;
  const auto day = [&](const std::string& instant) {
    const std::string known = " known_on { " + ToTimestamp(*ParseInstant(instant)).ShortDebugString() + " }";
    const auto dso = owing.clerk.Call<Dso>("GetDso", Proto(known));
    EXPECT_THAT(dso, IsOk());
    EXPECT_EQ(dso->as_of(), owing.Ask(known).as_of());
    return dso->as_of();
  };
  EXPECT_EQ(day("2026-03-01T14:59:59.999999Z"), "2026-03-01");
  EXPECT_EQ(day("2026-03-01T15:00:00Z"), "2026-03-02");
  EXPECT_EQ(day("2026-03-01T23:59:59Z"), "2026-03-02");
  EXPECT_EQ(day("2026-03-02T00:00:00Z"), "2026-03-02");
}

TEST(B9_Ageing, DaysSalesOutstandingAreWhatIsOpenOverTheSalesOfTheDays) {
  const Owing owing;
  owing.Sold("hanbit", 1000, "2026-01-10", "2026-01-31");
  owing.Sold("hanbit", 3000, "2026-03-10", "2026-03-31");
  owing.Paid("hanbit", 1'100);
  const auto dso = owing.clerk.Call<Dso>("GetDso", Proto("as_of: '2026-03-31' days: 90"));
  ASSERT_THAT(dso, IsOk());
  // 1 January is the first of the 90 days: 3,300 / 4,400 × 90.
  EXPECT_THAT(dso->rows(0), EqualsProto("currency: 'KRW' open: 3300 sales: 4400 dso: '67.5'"));
  EXPECT_THAT(owing.clerk.Call<Dso>("GetDso", Proto("as_of: '2026-03-31' days: 30"))->rows(0),
              EqualsProto("currency: 'KRW' open: 3300 sales: 3300 dso: '30.0'"));
  EXPECT_THAT(owing.clerk.Call<Dso>("GetDso", Proto("as_of: '2020-01-01' days: 30"))->rows(0),
              EqualsProto("currency: 'KRW' open: 3300"));
}

}  // namespace
}  // namespace songsang
