// What the benchmark of IssueInvoice sends: prepared through the API first, so that all it invoices is real.
#include <array>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "adapters/grpc_client/client.h"
#include "performance/load.h"
#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/credit.pb.h"
#include "songsang/billing/v1/delivery.pb.h"
#include "songsang/billing/v1/invoice.pb.h"
#include "songsang/billing/v1/order.pb.h"
#include "songsang/billing/v1/tax_service.pb.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::performance {
namespace {

constexpr int kClients = 100;
constexpr int kLines = 3;
// So many of each line are ordered that an order is never used up.
constexpr int64_t kOrdered = 100'000;
constexpr int kItems = 250;
constexpr char kUnit[] = "01935c00-0000-7000-8000-00000000aaaa";
constexpr char kOwner[] = "01935c00-0000-7000-8000-00000000bbbb";
constexpr char kOpenAccount[] = "songsang.accounts.v1.AccountService/RegisterAccount";
constexpr char kOpenLine[] = "songsang.billing.v1.CreditService/OpenCreditLine";
constexpr char kPlace[] = "songsang.billing.v1.OrderService/PlaceOrder";
constexpr char kDeliver[] = "songsang.billing.v1.DeliveryService/DeliverOrder";
constexpr char kSavePlace[] = "songsang.billing.v1.TaxService/SaveBusinessPlace";

// A business registration number with its check digit.
std::string Brn(int number) {
  std::string digits = std::to_string(100'000'000 + number);
  constexpr std::array<int, 9> kWeights = {1, 3, 7, 1, 3, 7, 1, 3, 5};
  int sum = (digits[8] - '0') * 5 / 10;
  for (size_t i = 0; i < kWeights.size(); ++i) sum += (digits[i] - '0') * kWeights[i];
  return digits + std::to_string((10 - sum % 10) % 10);
}

// Sends requests of one method in batches; what each recorded, in order.
template <class Event, class Request>
std::vector<Event> SendAll(client::Client& client, const std::string& method, const std::vector<Request>& requests) {
  std::vector<Event> events;
  for (size_t from = 0; from < requests.size(); from += kItems) {
    v1::ExecuteRequest execute;
    execute.set_request_id("prepare-" + method.substr(method.rfind('/') + 1) + "-" + std::to_string(from));
    for (size_t i = from; i < std::min(requests.size(), from + kItems); ++i) {
      auto* item = execute.add_items();
      item->set_method(method);
      item->set_request(requests[i].SerializeAsString());
    }
    client::Options options;
    options.timeout = std::chrono::seconds(60);
    const auto answer = client.Call("songsang.v1.BatchService/Execute", execute.SerializeAsString(), options);
    v1::ExecuteResponse response;
    if (!answer.ok() || !response.ParseFromString(answer.reply)) throw std::runtime_error(answer.Explain());
    for (const auto& result : response.results()) {
      if (result.has_error()) throw std::runtime_error(method + ": " + result.error().message());
      events.emplace_back().ParseFromString(result.event());
    }
  }
  return events;
}

std::vector<std::string> OpenClients(client::Client& client) {
  std::vector<accounts::v1::RegisterAccountRequest> accounts(kClients);
  for (int i = 0; i < kClients; ++i) {
    auto& account = accounts[static_cast<size_t>(i)];
    account.set_kind(accounts::v1::Account::KIND_BUSINESS);
    account.set_state(accounts::v1::Account::STATE_OPEN);
    account.set_name("거래처 " + std::to_string(i));
    account.set_brn(Brn(i));
  }
  std::vector<std::string> ids;
  for (const auto& event : SendAll<accounts::v1::AccountRegistered>(client, kOpenAccount, accounts))
    ids.push_back(event.account().id());
  return ids;
}

void OpenCredit(client::Client& client, const std::vector<std::string>& accounts) {
  std::vector<billing::v1::OpenCreditLineRequest> lines(accounts.size());
  for (size_t i = 0; i < accounts.size(); ++i) {
    lines[i].set_account_id(accounts[i]);
    lines[i].mutable_limit()->set_minor(1'000'000'000'000'000);
    lines[i].mutable_limit()->set_currency("KRW");
  }
  SendAll<billing::v1::CreditLineOpened>(client, kOpenLine, lines);
  billing::v1::SaveBusinessPlaceRequest place;
  place.set_brn(Brn(kClients));
  place.set_name("송상 본점");
  place.set_representative("홍길동");
  place.set_unit_id(kUnit);
  SendAll<billing::v1::BusinessPlaceSaved>(client, kSavePlace, std::vector{place});
}

}  // namespace

void PrepareOrders(const Options& options, int orders, const std::string& file) {
  client::Client client(options.address, TokenOf(options, options.tenant));
  const auto accounts = OpenClients(client);
  // Billing hears of them from the accounts service.
  std::this_thread::sleep_for(std::chrono::seconds(3));
  OpenCredit(client, accounts);
  std::vector<billing::v1::PlaceOrderRequest> requests(static_cast<size_t>(orders));
  for (size_t i = 0; i < requests.size(); ++i) {
    auto& request = requests[i];
    request.set_account_id(accounts[i % accounts.size()]);
    request.set_unit_id(kUnit);
    request.set_owner_id(kOwner);
    request.set_currency("KRW");
    for (int line = 1; line <= kLines; ++line) {
      auto* ordered = request.add_lines();
      ordered->set_description("상품 " + std::to_string(line));
      ordered->mutable_quantity()->set_units(kOrdered);
      ordered->mutable_unit_price()->set_units(1'000 * line);
    }
  }
  const auto placed = SendAll<billing::v1::OrderPlaced>(client, kPlace, requests);
  std::vector<billing::v1::DeliverOrderRequest> deliveries(placed.size());
  std::ofstream out(file);
  for (size_t i = 0; i < placed.size(); ++i) {
    deliveries[i].set_order_id(placed[i].order().id());
    out << placed[i].order().id();
    for (const auto& line : placed[i].lines()) out << ' ' << line.id();
    out << '\n';
  }
  SendAll<billing::v1::OrderDelivered>(client, kDeliver, deliveries);
}

std::function<std::string(const std::string&, uint64_t)> InvoicesOf(const std::string& file) {
  struct Order {
    std::string id;
    std::array<std::string, kLines> lines;
  };
  auto orders = std::make_shared<std::vector<Order>>();
  std::ifstream in(file);
  for (Order order; in >> order.id >> order.lines[0] >> order.lines[1] >> order.lines[2];) orders->push_back(order);
  if (orders->empty()) throw std::runtime_error("no orders in " + file);
  // One after another, whoever calls: a batch hardly ever holds an order twice.
  return [orders, next = size_t{0}](const std::string& request_id, uint64_t) mutable {
    const Order& order = (*orders)[next++ % orders->size()];
    billing::v1::IssueInvoiceRequest request;
    request.set_request_id(request_id);
    request.set_order_id(order.id);
    for (const std::string& id : order.lines) {
      auto* line = request.add_lines();
      line->set_order_line_id(id);
      line->mutable_quantity()->set_units(1);
    }
    return request.SerializeAsString();
  };
}

}  // namespace songsang::performance
