#include <deque>

#include "leads/leads.h"
#include "leads/rules_process.h"

namespace songsang::leads {
namespace {

constexpr char kVersionsSql[] = R"sql(
SELECT body FROM sales_process WHERE key = :key ORDER BY number, id)sql";

Result<FindSalesProcessResponse> FindSalesProcess(engine::Reader& reader, const FindSalesProcessRequest& asked) {
  FindSalesProcessRequest request = asked;
  if (request.key().empty()) request.set_key(kStandardProcess);
  const auto rows = reader.Run(kVersionsSql, request);
  if (!rows.ok()) return rows.refusal();
  std::deque<SalesProcess> kept;
  Defined defined;
  for (const auto& row : rows->rows) {
    SalesProcess& process = kept.emplace_back();
    if (const auto* body = std::get_if<std::string>(&row[0])) process.ParseFromString(*body);
    if (request.number() == 0 || process.number() == request.number()) defined.push_back(&process);
  }
  const SalesProcess* process = NewestOf(defined, request.key());
  if (process == nullptr || (request.number() != 0 && process->number() != request.number()))
    return kSalesProcessMustExist.With("process", request.key()).At("key");
  FindSalesProcessResponse response;
  *response.mutable_sales_process() = *process;
  return response;
}

}  // namespace

void AddProcessQueries(engine::Service* service) { service->Query<FindSalesProcessRequest>(FindSalesProcess); }

}  // namespace songsang::leads
