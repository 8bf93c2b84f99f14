// Tells the story, chapter by chapter: people, sales, money, training.
#pragma once

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "songsang/accounts/v1/account.pb.h"
#include "songsang/demo/chance.h"
#include "songsang/demo/story.h"
#include "songsang/demo/words.h"
#include "songsang/workforce/v1/unit.pb.h"

namespace songsang::demo {

inline std::string Ext(const std::string& key) { return "ext:demo:" + key; }

struct Person {
  std::string key, name, grade;
  size_t branch = 0;
  Date from;
  std::string unit;  // key
  int skill = 0;     // of a thousand, on top of the chance to win
  // The unit changed to, and when; empty if none.
  std::string later_unit;
  size_t later_branch = 0;
  Date later;
  // Their last day, and who takes over; no successor: they stay.
  Date until;
  std::string successor;

  bool StaysOn(Date day) const { return successor.empty() || day <= until; }
  const std::string& UnitOn(Date day) const { return later_unit.empty() || day < later ? unit : later_unit; }
  size_t BranchOn(Date day) const { return later_unit.empty() || day < later ? branch : later_branch; }
};

struct Client {
  std::string key, name;
  size_t branch = 0;
  bool is_business = true;
  int days_late = 0;  // how long after the due day it pays, about; 1,000: it does not
};

// A deal on its way.
struct Deal {
  std::string key;
  std::string client;  // key; empty: no account yet
  const ProductWords* product = nullptr;
  const Person* rep = nullptr;
  int64_t value = 0;
  Date won;
};

class Teller {
 public:
  explicit Teller(const StorySettings& settings);

  // The chapters. Each is told once, after those before it.
  void Found(const Learnt&);   // catalogue, units, programme, plan: what everything else names
  void Employ(const Learnt&);  // people, their goals and pay
  void RegisterClients(const Learnt&);
  void Sell(const Learnt&);     // leads, hand-offs, opportunities
  void Approve(const Learnt&);  // the clients who asked for credit
  void Trade(const Learnt&);    // orders, invoices, returns, receipts
  void Train(const Learnt&);
  void Resign(const Learnt&);
  void CloseMonths(const Learnt&);
  void RecordClosings(const Learnt&);
  void CloseHard(const Learnt&);
  void Settle(const Learnt&);

  std::vector<v1::BatchItem> Take() { return std::exchange(items_, {}); }
  Cast CastOf() const;

 private:
  // What happens on a day, to be given in the order of days.
  struct Happening {
    Date day;
    v1::BatchItem item;
  };

  // Books of a branch that are closed; the id names the commands about them.
  struct ClosedPeriod {
    std::string id, unit, month;
    bool sales = false;
  };

  template <class Request>
  v1::BatchItem ItemOf(const std::string& method, Request request, const std::string& id) const {
    request.set_request_id(fmt::format("demo-{}-{}", settings_.seed, id));
    v1::BatchItem item;
    item.set_method(method);
    request.SerializeToString(item.mutable_request());
    return item;
  }
  template <class Request>
  void Give(const std::string& method, const Request& request, const std::string& id) {
    items_.push_back(ItemOf(method, request, id));
  }
  template <class Request>
  static void Name(Request* request, const std::string& key) {
    request->mutable_external_ref()->set_system("demo");
    request->mutable_external_ref()->set_key(key);
  }
  static void Amount(int64_t won, common::v1::Money* money) {
    money->set_minor(won);
    money->set_currency("KRW");
  }
  // In the morning of that day.
  template <class Request>
  static void On(Date day, Request* request) {
    request->mutable_occurred_at()->set_seconds(int64_t{86'400} * day.days_since_epoch());
  }

  // Most work is done on working days.
  Date Workday(Date day);
  Date SomeDay();
  // Somebody who was a representative of the branch on that day.
  const Person& RepOf(size_t branch, Date day);
  size_t SomeBranch();
  size_t SomeProduct();
  int64_t SomeValue(const ProductWords& product);
  // What the list says on a day.
  int64_t ListPrice(const ProductWords& product, Date day) const;

  void OpenCatalogue();
  void SetPrice(const ProductWords& product, int64_t price, Date from);
  void OpenUnits();
  void OpenUnit(const std::string& key, const std::string& name, workforce::v1::Unit::Kind kind,
                const std::string& region, const std::string& parent);
  void OpenProgramme();
  void ApproveCurriculum(const std::string& id);
  void DefinePlan();
  Person Hire(const std::string& unit, const std::string& role, const std::string& grade, Date from);
  void HireBranch(size_t branch);
  void MoveSome();
  void ChooseLeavers();
  void SetGoals();
  void SetGoal(const std::string& person, const std::string& unit, const std::string& period, Date first,
               int64_t amount);
  void AssignPlans(const std::string& plan);
  std::vector<std::string> Months() const;

  void RegisterClient(int number);
  // Empty where the one that comes up would not buy such a thing.
  std::string SomeClient(size_t branch, const ProductWords& product);
  void AskForCredit(int number);
  void TellLead(int number);
  void TellRepeat(int number);
  bool HandOver(int number, Date day, const Deal& deal);
  void Work(Deal deal, Date opened, int chance_to_win);

  void TradeDeal(const Deal& deal);
  void Order(const Deal& deal, Date ordered, bool training);
  void Invoice(const Deal& deal, Date day);
  bool Return(const Deal& deal, Date invoiced, int64_t supply);
  void Pay(const Deal& deal, Date due, int64_t total);
  void Receive(const Deal& deal, const std::string& id, Date day, int64_t amount);
  void OpenCreditLines();
  void Happen(Date day, v1::BatchItem item) { happenings_.push_back({day, std::move(item)}); }
  void EachPeriod(const std::function<void(const ClosedPeriod&)>& each) const;

  void TrainOne(const training::v1::Enrolment& enrolment);

  const StorySettings settings_;
  Chance chance_;
  const Date end_;
  std::vector<v1::BatchItem> items_;
  std::map<size_t, std::vector<Person>> reps_;  // by branch
  std::vector<Person> sdrs_;
  std::string trainer_;                                 // key
  std::map<size_t, std::vector<std::string>> clients_;  // keys of accounts, by branch
  std::map<std::string, Client> client_;                // by key
  std::vector<Deal> won_;
  std::vector<Happening> happenings_;
  std::map<std::string, std::vector<std::pair<Date, int64_t>>> exposures_;  // by client: what moves it, and when
  std::map<std::string, std::map<std::string, int64_t>> sold_;              // by representative and month
  int people_ = 0;
};

}  // namespace songsang::demo
