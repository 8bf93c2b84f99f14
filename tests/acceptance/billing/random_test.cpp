// B9: hundreds of random operations through the door, and the books they leave against a second set of books.
#include "acceptance/billing/trade.h"
#include "songsang/billing/v1/receipt.pb.h"
#include "support/random_year.h"

namespace songsang {
namespace {

using namespace billing::v1;  // NOLINT: the service under test

constexpr int kOperations = 500;

// A running system.
class DoorBooks {
 public:
  void Open(const std::string& client, int64_t limit) {
    clients_.push_back(client);
    trade_.Open(client, limit);
  }
  static std::string Account(const std::string& client) { return Trade::Id(client); }
  static std::string Person(int64_t n) { return "01935c00-0000-7000-8000-00000000000" + std::to_string(n); }
  auto Place(const Proto& request) { return trade_.rep.Call<OrderPlaced>("PlaceOrder", request); }
  auto Deliver(const Proto& request) { return trade_.clerk.Call<OrderDelivered>("DeliverOrder", request); }
  auto Cancel(const Proto& request) { return trade_.rep.Call<OrderCancelled>("CancelOrder", request); }
  auto Issue(const Proto& request) { return trade_.clerk.Call<InvoiceIssued>("IssueInvoice", request); }
  auto Return(const Proto& request) { return trade_.clerk.Call<ReturnAccepted>("AcceptReturn", request); }
  auto Receive(const Proto& request) { return trade_.clerk.Call<ReceiptRecorded>("RecordReceipt", request); }
  auto Apply(const Proto& request) { return trade_.clerk.Call<ReceiptAllocated>("CommitAllocation", request); }
  auto Undo(const Proto& request) { return trade_.clerk.Call<AllocationUndone>("UndoAllocation", request); }

  billing::Standing Stand() const {
    billing::Standing standing;
    const auto balances = trade_.clerk.Call<GetLedgerBalanceResponse>("GetLedgerBalance", Proto(""));
    EXPECT_THAT(balances, IsOk());
    for (const auto& balance : balances->balances())
      standing.ledger[LedgerAccount::Purpose_Name(balance.purpose()).substr(sizeof("PURPOSE_") - 1)] +=
          balance.balance().minor();
    std::map<std::string, std::string> client_of;
    int64_t control = 0;
    for (const std::string& client : clients_) {
      const auto exposure = trade_.Exposure(client);
      standing.exposures[client] = exposure.exposure().minor();
      const auto line =
          trade_.clerk.Call<CreditLine>("GetCreditLine", Proto("id: '" + exposure.credit_line_id() + "'"));
      EXPECT_THAT(line, IsOk());
      client_of[line->account_id()] = client;
    }
    for (const auto& receivable :
         All<ListReceivablesResponse>("ListReceivables", &ListReceivablesResponse::receivables)) {
      standing.receivables[client_of[receivable.account_id()]] += receivable.open().minor();
      control += receivable.open().minor();
      if (receivable.kind() == Receivable::KIND_INVOICE) standing.open[receivable.id()] = receivable.open().minor();
    }
    trade_.ExpectControl(control);
    for (const auto& credit :
         All<ListSalesCreditsResponse>("ListSalesCredits", &ListSalesCreditsResponse::sales_credits))
      standing.bases[credit.person_id()] += credit.basis().minor();
    for (const auto& invoice : All<ListInvoicesResponse>("ListInvoices", &ListInvoicesResponse::invoices))
      standing.invoice_numbers.insert(invoice.number());
    return standing;
  }

 private:
  // Every page of a list.
  template <class Response, class Entity>
  std::vector<Entity> All(const std::string& method,
                          const google::protobuf::RepeatedPtrField<Entity>& (Response::*items)() const) const {
    std::vector<Entity> all;
    std::string token;
    do {
      const auto page = trade_.clerk.Call<Response>(method, Proto("page_size: 1000 page_token: '" + token + "'"));
      EXPECT_THAT(page, IsOk());
      for (const Entity& item : ((*page).*items)()) all.push_back(item);
      token = page->next_page_token();
    } while (!token.empty());
    return all;
  }

  const Trade trade_;
  std::vector<std::string> clients_;
};

TEST(B9_Receivables, RandomOperationsLeaveTheBooksASecondComputationLeaves) {
  DoorBooks books;
  billing::RandomYear year(&books, 20261125u);
  for (int i = 0; i < kOperations && !testing::Test::HasFailure(); ++i) {
    year.Step();
    if (i % 100 == 99) year.ExpectSame();
  }
  EXPECT_GT(year.done, kOperations / 3);
  EXPECT_GT(year.second.sales.size(), 30u);
}

}  // namespace
}  // namespace songsang
