#include "workforce/rules_sale.h"

#include <algorithm>
#include <tuple>

#include "core/dates.h"
#include "core/ids.h"

namespace songsang::workforce {
namespace {

// What becomes known now, and what it is called.
struct Document {
  SalesFact::Kind kind = SalesFact::KIND_UNSPECIFIED;
  std::string id, number, date;
};

// The facts of one sale, those there and those that are added.
class Book {
 public:
  Book(const SaleBefore& before, Sale* sale, const Context& context) : before_(before), sale_(sale), context_(context) {
    for (const SalesFact* fact : before.facts) facts_.push_back(*fact);
    there_ = facts_.size();
  }

  // Takes `amount` (over zero) of a person's sale, or of one of their collections, back.
  void TakeBack(const SalesFact& original, int64_t amount, const Document& document) {
    SalesFact fact = original;
    fact.set_original_id(original.id());
    fact.set_reversed_before_minor(ReversedOf(original.id()));
    Add(std::move(fact), -amount, document);
  }

  // Takes of everybody's sale back what came back of it.
  void TakeBack(const std::map<std::string, SalesShare>& shares, const Document& document) {
    for (size_t i = 0, count = facts_.size(); i < count; ++i) {
      const SalesFact sold = facts_[i];
      const auto share = shares.find(sold.person_id());
      if (sold.kind() == SalesFact::KIND_SALE && share != shares.end())
        TakeBack(sold, share->second.amount_minor(), document);
    }
  }

  // A fact of the person's like this one.
  void Add(SalesFact fact, int64_t amount, const Document& document) {
    fact.set_id(context_.NewId());
    fact.clear_version();
    fact.set_kind(document.kind);
    fact.set_sale_id(sale_->id());
    fact.set_document_id(document.id);
    fact.set_document_number(document.number);
    fact.set_date(document.date);
    const auto settled = before_.settled.find(fact.person_id());
    const std::string month = document.date.substr(0, 7);
    fact.set_month(settled == before_.settled.end() ? month : std::max(month, NextMonth(settled->second)));
    fact.mutable_amount()->set_minor(amount);
    facts_.push_back(std::move(fact));
  }

  // Everybody's collected part as it should be now, against what the facts say: the difference is recorded. What there
  // is too much of is taken back from the latest collections first.
  void Collect(const Document& document) {
    if (sale_->issued_on().empty()) return;
    const int64_t owed = std::max<int64_t>(0, sale_->total_minor() - sale_->returned_minor());
    const int64_t collected = std::clamp<int64_t>(sale_->collected_minor(), 0, owed);
    std::map<std::string, SalesFact> sold;
    std::map<std::string, int64_t> sold_minor, collected_minor;
    for (const SalesFact& fact : facts_) {
      const bool by_invoice = fact.basis() == CompensationPlan::BASIS_INVOICE;
      (by_invoice ? sold_minor : collected_minor)[fact.person_id()] += fact.amount().minor();
      if (by_invoice && fact.original_id().empty()) sold[fact.person_id()] = fact;
    }
    for (const auto& [person, of_sale] : sold) {
      const int64_t wanted = owed == 0 ? 0 : Proportion(sold_minor[person], collected, owed);
      const int64_t difference = wanted - collected_minor[person];
      SalesFact fact = of_sale;
      fact.set_basis(CompensationPlan::BASIS_RECEIPT);
      if (difference > 0) Add(std::move(fact), difference, document);
      if (difference < 0) TakeBackLatest(person, -difference, document);
    }
  }

  template <class Event>
  void Into(Event* event) {
    for (size_t i = there_; i < facts_.size(); ++i) *event->add_facts() = facts_[i];
  }

 private:
  int64_t ReversedOf(const std::string& original_id) const {
    int64_t reversed = 0;
    for (const SalesFact& fact : facts_)
      if (fact.original_id() == original_id) reversed -= fact.amount().minor();
    return reversed;
  }

  void TakeBackLatest(const std::string& person, int64_t amount, const Document& document) {
    std::vector<SalesFact> earned;
    for (const SalesFact& fact : facts_)
      if (fact.person_id() == person && fact.basis() == CompensationPlan::BASIS_RECEIPT && fact.original_id().empty())
        earned.push_back(fact);
    std::sort(earned.begin(), earned.end(), [](const SalesFact& a, const SalesFact& b) {
      return std::tie(b.date(), b.id()) < std::tie(a.date(), a.id());
    });
    for (const SalesFact& fact : earned) {
      const int64_t part = std::min(amount, fact.amount().minor() - ReversedOf(fact.id()));
      if (part > 0) TakeBack(fact, part, document);
      amount -= std::max<int64_t>(0, part);
    }
  }

  const SaleBefore& before_;
  Sale* sale_;
  const Context& context_;
  std::vector<SalesFact> facts_;
  size_t there_ = 0;
};

// One share a person; without those of nothing.
template <class Request>
std::map<std::string, SalesShare> SharesOf(const Request& request) {
  std::map<std::string, SalesShare> shares;
  for (const SalesShare& share : request.shares()) {
    if (share.amount_minor() == 0) continue;
    const auto [place, fresh] = shares.try_emplace(share.person_id(), share);
    if (!fresh) place->second.set_amount_minor(place->second.amount_minor() + share.amount_minor());
  }
  return shares;
}

template <class Request, class Event>
Sale& Begin(const SaleBefore& before, const Request& request, const Context& context, Event* event) {
  Sale& sale = *event->mutable_sale();
  if (before.sale != nullptr) sale = *before.sale;
  sale.set_id(SaleId(request.invoice_id(), context.caller.tenant));
  sale.set_invoice_id(request.invoice_id());
  return sale;
}

bool IsCounted(const Sale& sale, const std::string& document_id) {
  return std::find(sale.document_ids().begin(), sale.document_ids().end(), document_id) != sale.document_ids().end();
}

}  // namespace

int64_t Proportion(int64_t a, int64_t b, int64_t c) {
  const __int128 product = static_cast<__int128>(a) * b;
  const __int128 half = c / 2;
  // An odd divisor has no half; then nothing lies exactly between.
  return static_cast<int64_t>((product < 0 ? product - half : product + half) / c);
}

std::string SaleId(const std::string& invoice_id, const std::string& tenant) {
  common::v1::ExternalRef ref;
  ref.set_system("sale");
  ref.set_key(invoice_id);
  return ReferenceId(tenant, KindOf(Sale::descriptor()), ref);
}

std::string NextMonth(const std::string& month) {
  return Date::Parse(month + "-28").value_or(Date()).PlusDays(4).ToIso().substr(0, 7);
}

Result<SaleRecorded> RecordSale(const SaleBefore& before, const RecordSaleRequest& request, const Context& context) {
  // From here on the recording must succeed.
  SaleRecorded event;
  Sale& sale = Begin(before, request, context, &event);
  if (!sale.issued_on().empty()) return event;
  sale.set_number(request.number());
  sale.set_account_id(request.account_id());
  sale.set_issued_on(request.issued_on());
  *sale.mutable_supply() = request.supply();
  sale.set_total_minor(request.total_minor());
  Book book(before, &sale, context);
  const Document document{SalesFact::KIND_SALE, request.invoice_id(), request.number(), request.issued_on()};
  for (const auto& [person, share] : SharesOf(request)) {
    SalesFact fact;
    fact.set_basis(CompensationPlan::BASIS_INVOICE);
    fact.set_person_id(person);
    fact.set_unit_id(share.unit_id());
    fact.set_sold_on(request.issued_on());
    fact.mutable_amount()->set_currency(request.supply().currency());
    book.Add(std::move(fact), share.amount_minor(), document);
  }
  for (const Sale::PendingReturn& pending : sale.pending())
    book.TakeBack(SharesOf(pending), {SalesFact::KIND_RETURN, pending.return_id(), pending.number(), pending.date()});
  sale.clear_pending();
  book.Collect({SalesFact::KIND_COLLECTION, request.invoice_id(), request.number(), request.issued_on()});
  book.Into(&event);
  return event;
}

Result<ReturnRecorded> RecordReturn(const SaleBefore& before, const RecordReturnRequest& request,
                                    const Context& context) {
  // From here on the recording must succeed.
  ReturnRecorded event;
  Sale& sale = Begin(before, request, context, &event);
  if (IsCounted(sale, request.return_id())) return event;
  sale.add_document_ids(request.return_id());
  sale.set_returned_minor(sale.returned_minor() + request.total_minor());
  Book book(before, &sale, context);
  const Document document{SalesFact::KIND_RETURN, request.return_id(), request.number(), request.returned_on()};
  if (sale.issued_on().empty()) {
    // Invoices and returns are heard each by themselves; the sale is on its way.
    Sale::PendingReturn& pending = *sale.add_pending();
    pending.set_return_id(request.return_id());
    pending.set_number(request.number());
    pending.set_date(request.returned_on());
    *pending.mutable_shares() = request.shares();
    return event;
  }
  book.TakeBack(SharesOf(request), document);
  book.Collect(document);
  book.Into(&event);
  return event;
}

Result<CollectionRecorded> RecordCollection(const SaleBefore& before, const RecordCollectionRequest& request,
                                            const Context& context) {
  // From here on the recording must succeed.
  CollectionRecorded event;
  Sale& sale = Begin(before, request, context, &event);
  if (IsCounted(sale, request.document_id())) return event;
  sale.add_document_ids(request.document_id());
  sale.set_collected_minor(sale.collected_minor() + request.amount_minor());
  Book book(before, &sale, context);
  book.Collect({SalesFact::KIND_COLLECTION, request.document_id(), request.number(), request.collected_on()});
  book.Into(&event);
  return event;
}

}  // namespace songsang::workforce
