// What a command under way in a lane reads. Only lane.cpp needs it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/lane_running.h"

namespace songsang::engine {

class Lane::LaneTx : public Tx {
 public:
  // With `lacking`, what is not known yet is named there and read as if there were none.
  LaneTx(Lane* lane, Running* run, const Pending& pending, Context context, std::vector<Lookup>* lacking = nullptr)
      : lane_(lane), run_(run), pending_(pending), context_(std::move(context)), lacking_(lacking) {}
  const Context& context() const override { return context_; }

  const Message* GetEntity(const google::protobuf::Descriptor* entity, const std::string& id) override {
    if (id.empty()) return nullptr;
    const rows::Table& table = rows::TableIn(lane_->service_, entity);
    const std::string& tenant = context_.caller.tenant;
    const Slot* slot = run_->overlay.At(table, tenant, id);
    if (slot == nullptr && Fetch(ById(table, tenant, id))) slot = run_->overlay.At(table, tenant, id);
    return slot == nullptr ? nullptr : slot->current;
  }
  std::vector<const Message*> ListEntities(const Named& named) override {
    for (const std::string& value : named.values)
      if (value.empty()) return {};
    const Lookup lookup = ToLookup(named, context_.caller.tenant, lane_->service_);
    if (lookup.table == nullptr) {
      wrong_ = "a list of " + named.entity->full_name() + " by columns without an index";
      return {};
    }
    if (!run_->overlay.Knows(lookup) && !Fetch(lookup)) return {};
    return run_->overlay.List(lookup);
  }
  std::vector<Named> Reads() override {
    return pending_.method->names ? pending_.method->names(*pending_.call->request, context_) : std::vector<Named>();
  }
  const Message& Gathered() override { return *pending_.call->gathered; }
  const std::string& wrong() const { return wrong_; }

 private:
  bool Fetch(const Lookup& lookup) {
    if (lacking_ != nullptr) {
      lacking_->push_back(lookup);
      return false;
    }
    if (!run_->error.ok()) return false;
    if (++reads_ > kMostReads) {
      wrong_ = "a command may read at most 1,000 entities";
      return false;
    }
    ++lane_->unnamed_reads_;
    std::vector<Bodies> bodies;
    run_->error = lane_->session_->Read(std::span(&lookup, 1), &bodies);
    if (!run_->error.ok()) return false;
    run_->overlay.Load(lookup, bodies.at(0));
    return true;
  }

  Lane* lane_;
  Running* run_;
  const Pending& pending_;
  Context context_;
  std::vector<Lookup>* lacking_;
  static constexpr size_t kMostReads = 1'000;
  size_t reads_ = 0;
  std::string wrong_;
};

}  // namespace songsang::engine
