#include "songsang/training/v1/programme.pb.h"
#include "training/training.h"

namespace songsang::training {
namespace {

constexpr char kOfferedSql[] = R"sql(
SELECT id AS programme_id, name, kind, method, offered_to_on
  FROM programme
 WHERE offered_from_on <= :as_of AND (offered_to_on IS NULL OR offered_to_on >= :as_of)
   AND (:product_id = '' OR product_id = :product_id)
 ORDER BY name, id
 LIMIT 1000)sql";

}  // namespace

void AddProgrammeQueries(engine::Service* service) {
  service->Query<v1::ListOfferedProgrammesRequest, v1::ListOfferedProgrammesResponse>(kOfferedSql);
}

}  // namespace songsang::training
