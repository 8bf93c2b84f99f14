// Rules of what is sold, as commission sees it: facts a person, by the invoice and by what of it is collected.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "songsang/workforce/v1/sale.pb.h"

namespace songsang::workforce {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

// a × b / c, rounded half away from zero; c is over zero.
int64_t Proportion(int64_t a, int64_t b, int64_t c);

// That of `ext:sale:<invoice id>`.
std::string SaleId(const std::string& invoice_id, const std::string& tenant);
std::string NextMonth(const std::string& month);

// What there is of a sale before something more becomes known.
struct SaleBefore {
  const Sale* sale = nullptr;                  // null where nothing of it is known
  std::vector<const SalesFact*> facts;         // of all persons
  std::map<std::string, std::string> settled;  // by person: the last month that is settled, where one is
};

Result<SaleRecorded> RecordSale(const SaleBefore& before, const RecordSaleRequest& request, const Context& context);
Result<ReturnRecorded> RecordReturn(const SaleBefore& before, const RecordReturnRequest& request,
                                    const Context& context);
Result<CollectionRecorded> RecordCollection(const SaleBefore& before, const RecordCollectionRequest& request,
                                            const Context& context);

}  // namespace songsang::workforce
