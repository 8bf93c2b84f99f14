// What a batch reads: fetched for all of it at once, and answered from what stands in the store and what the batch has
// recorded since.
#include <map>
#include <random>
#include <set>

#include "engine/overlay.h"
#include "songsang/billing/v1/order.pb.h"
#include "songsang/leads/v1/lead.pb.h"
#include "unit/engine/house.h"

namespace songsang::engine {
namespace {

using billing::v1::OrderReleased;
using billing::v1::ProposalOrdered;
using leads::v1::Lead;

class Reading : public ::testing::Test {
 protected:
  void SetUp() override { NEEDS_ITS_STORE(); }
};

// An order on hold, as its client has no credit: releasing it reads the order, then its client and its client's credit.
std::string HeldOrder(House* house, int number) {
  const std::string n = std::to_string(100 + number), id = "01935c00-0000-7000-8000-000000000" + n;
  const std::string money = "{ minor: 1000 currency: 'KRW' }", none = "{ minor: 0 currency: 'KRW' }";
  const auto ordered = house->Call<ProposalOrdered>(
      "billing.v1.OrderService/PlaceOrderFromProposal",
      Proto("request_id: 'held" + n + "' proposal_id: '" + id + "' account_id: '" + id +
            "' lines { description: '상품' quantity { units: 1 } unit_price { units: 1000 } discount " + none +
            " supply " + money + " tax " + none + " total " + money + " } supply " + money + " tax " + none +
            " total " + money));
  EXPECT_THAT(ordered, IsOk());
  return ordered->order().id();
}

TEST_F(Reading, WhatOneReadLeadsToIsFetchedForTheWholeBatchAtOnce) {
  House house;
  constexpr int kOrders = 20;
  std::vector<std::string> orders;
  for (int i = 0; i < kOrders; ++i) orders.push_back(HeldOrder(&house, i));
  const int before = house.gate("billing").counts.reads;
  std::vector<std::future<Outcome>> sent;
  house.InOneBatch("billing", [&] {
    for (int i = 0; i < kOrders; ++i)
      sent.push_back(house.Send(
          "billing.v1.OrderService/ReleaseOrder",
          Proto("request_id: 'r" + std::to_string(i) + "' order_id: '" + orders[static_cast<size_t>(i)] + "'")));
  });
  for (auto& each : sent) EXPECT_FALSE(Answered<OrderReleased>(each.get()).ok());
  EXPECT_EQ(house.gate("billing").counts.reads - before, 1) << "one more flight, for client and credit of all of them";
}

// The look-ups of an overlay against the plainest way to say them: go through all there is.
class Plain {
 public:
  void Put(const std::string& id, const std::string& owner) {
    steps_.emplace_back(id, owners_.count(id) ? owners_[id] : "");
    owners_[id] = owner;
  }
  size_t Mark() const { return steps_.size(); }
  void RevertTo(size_t mark) {
    for (; steps_.size() > mark; steps_.pop_back()) owners_[steps_.back().first] = steps_.back().second;
  }
  std::vector<std::string> OwnedBy(const std::string& owner) const {
    std::vector<std::string> ids;
    for (const auto& [id, whose] : owners_)
      if (whose == owner) ids.push_back(id);
    return ids;
  }

 private:
  std::map<std::string, std::string> owners_;
  std::vector<std::pair<std::string, std::string>> steps_;
};

TEST(Overlaid, AListIsWhatGoingThroughAllOfItWouldFind) {
  const rows::Table& table = rows::TableOf(Lead::descriptor());
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&](int of) { return std::to_string(random() % static_cast<unsigned>(of)); };
    Overlay overlay;
    Plain plain;
    std::set<std::string> loaded;
    std::vector<size_t> marks = {0};
    const auto stored = [&](const std::string& owner) {  // a store in which lead n is owned by n % 4
      Bodies bodies;
      for (int id = std::stoi(owner); id < 6; id += 4) {
        Lead lead;
        lead.set_id(std::to_string(id));
        lead.set_owner_id(owner);
        bodies.push_back(lead.SerializeAsString());
      }
      return bodies;
    };
    for (int id = 0; id < 6; ++id) plain.Put(std::to_string(id), std::to_string(id % 4));
    const size_t begun = plain.Mark();
    for (int step = 0; step < 60; ++step) {
      if (const unsigned what = random() % 8; what < 4) {
        auto lead = std::make_shared<Lead>();
        lead->set_id(pick(10));
        lead->set_owner_id(pick(4));
        // Nothing is put that was not read.
        const Lookup by_id = ById(table, "acme", lead->id());
        const int id = std::stoi(lead->id());
        Bodies body;
        if (id < 6)
          for (const std::string& each : stored(std::to_string(id % 4)))
            if (Lead one; one.ParseFromString(each) && one.id() == lead->id()) body.push_back(each);
        if (!overlay.Knows(by_id)) overlay.Load(by_id, body);
        plain.Put(lead->id(), lead->owner_id());
        overlay.Put(table, "acme", *lead, lead, lead->SerializeAsString());
      } else if (what == 4) {
        marks.push_back(overlay.Mark());
      } else if (what == 5) {
        while (marks.size() > 1 && marks.back() > overlay.Mark()) marks.pop_back();
        overlay.RevertTo(marks.back());
        plain.RevertTo(begun + marks.back());
      } else {
        const std::string owner = pick(4);
        const Lookup owned{&table, "acme", {table.Find("owner_id")}, {owner}};
        if (!overlay.Knows(owned)) overlay.Load(owned, stored(owner));
        std::vector<std::string> ids;
        for (const Message* each : overlay.List(owned)) ids.push_back(static_cast<const Lead*>(each)->id());
        ASSERT_EQ(ids, plain.OwnedBy(owner)) << "seed " << seed << ", step " << step;
      }
    }
  }
}

}  // namespace
}  // namespace songsang::engine
