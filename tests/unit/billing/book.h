// A book kept in memory: what a store holds for rules of billing. Events are applied to it as the engine records them,
// versions counted and invariants held.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "billing/rules_receipt.h"
#include "billing/rules_return.h"
#include "support/context.h"
#include "support/proto.h"

namespace songsang::billing {

class Book {
 public:
  // A context of its own for every command, as the engine gives it: new ids differ.
  Context Next(std::initializer_list<songsang::v1::Role> roles = {songsang::v1::ROLE_RECEIVABLES_CLERK},
               int days_ago = 0);

  // Records the event; what is wrong with it, or nothing. Nothing is recorded where something is.
  std::string Record(google::protobuf::Message* event);
  // Records the event of a result that is not refused, and fails the test where an invariant breaks.
  template <class Event>
  Result<Event> Keep(Result<Event> result) {
    if (result.ok()) {
      const std::string wrong = Record(&*result);
      EXPECT_EQ(wrong, "") << result->ShortDebugString();
    }
    return result;
  }

  template <class Entity>
  const Entity* Get(const std::string& id) const {
    const auto found = entities_.find(id);
    return found == entities_.end() ? nullptr : dynamic_cast<const Entity*>(found->second.get());
  }
  // Those that were created with this value in a field that names something.
  template <class Entity>
  std::vector<const Entity*> Named(const std::string& field, const std::string& value) const {
    std::vector<const Entity*> list;
    const auto ids = index_.find(Entity::descriptor()->name() + "." + field + "=" + value);
    if (ids == index_.end()) return list;
    // By id, as a store answers: in no order that means anything.
    for (const std::string& id : ids->second) list.push_back(Get<Entity>(id));
    return list;
  }
  template <class Entity>
  std::vector<const Entity*> All() const {
    return Named<Entity>("", "");
  }

  // A client that may buy, with a credit line of this limit.
  void Open(const std::string& account, int64_t limit, const std::string& currency = "KRW");

  // Commands with what they read, as service.cpp reads it.
  Result<OrderPlaced> Place(const PlaceOrderRequest& request, const Context& context);
  Result<OrderDelivered> Deliver(const DeliverOrderRequest& request, const Context& context);
  Result<OrderCancelled> Cancel(const CancelOrderRequest& request, const Context& context);
  Result<InvoiceIssued> Issue(const IssueInvoiceRequest& request, const Context& context);
  Result<ReturnAccepted> Return(const AcceptReturnRequest& request, const Context& context);
  Result<ReceiptRecorded> Receive(const RecordReceiptRequest& request, const Context& context);
  Result<ReceiptAllocated> Apply(const CommitAllocationRequest& request, const Context& context);
  Result<AllocationUndone> Undo(const UndoAllocationRequest& request, const Context& context);

  Buyer BuyerOf(const std::string& account) const;
  Lines LinesOf(const std::string& order) const;

  BusinessPlace place;

 private:
  const Sequence* SeriesNamed(const std::string& series) const;

  std::map<std::string, std::unique_ptr<google::protobuf::Message>> entities_;
  std::map<std::string, std::set<std::string>> index_;
  std::map<std::string, accounts::v1::Account> accounts_;
  int commands_ = 0;
};

}  // namespace songsang::billing
