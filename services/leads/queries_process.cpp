#include <deque>

#include "leads/leads.h"
#include "leads/rules_process.h"

namespace songsang::leads {
namespace {

constexpr char kVersionsSql[] = R"sql(
SELECT body FROM sales_process WHERE key = :key ORDER BY number, id)sql";

const SalesProcess* VersionOf(const Defined& defined, const FindSalesProcessRequest& request) {
  const SalesProcess& shipped = StandardProcess();
  for (const SalesProcess* process : defined)
    if (process->number() == request.number()) return process;
  return request.key() == shipped.key() && request.number() == shipped.number() ? &shipped : nullptr;
}

Result<FindSalesProcessResponse> FindSalesProcess(engine::Reader& reader, const FindSalesProcessRequest& asked) {
  FindSalesProcessRequest request = asked;
  request.set_key(KeyOr(request.key()));
  const auto rows = reader.Run(kVersionsSql, request);
  if (!rows.ok()) return rows.refusal();
  std::deque<SalesProcess> kept;
  Defined defined;
  for (const auto& row : rows->rows) {
    SalesProcess& process = kept.emplace_back();
    if (const auto* body = std::get_if<std::string>(&row[0])) process.ParseFromString(*body);
    defined.push_back(&process);
  }
  // A version that is named is found whatever became of it: what began with it is read by it.
  const SalesProcess* process = request.number() == 0
                                    ? ProcessInForce(defined, request.key(), reader.context().today.ToIso())
                                    : VersionOf(defined, request);
  if (process == nullptr) return kSalesProcessMustExist.With("process", request.key()).At("key");
  FindSalesProcessResponse response;
  *response.mutable_sales_process() = *process;
  return response;
}

}  // namespace

void AddProcessQueries(engine::Service* service) { service->Query<FindSalesProcessRequest>(FindSalesProcess); }

}  // namespace songsang::leads
