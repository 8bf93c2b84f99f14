#include "reporting/queries.h"
#include "reporting/replica.h"
#include "reporting/reporting.h"

namespace songsang::reporting {

engine::Service Reporting() {
  // A definition that is wrong stops the program here, not a report in a year.
  ShippedDictionary();
  engine::Service service("reporting");
  for (const auto* table : Schema::Current().tables()) service.Keeps(*table);
  service.Query<v1::ListMetricsRequest>(ListMetrics);
  service.Query<v1::GetFiguresRequest>(GetFigures);
  service.Query<v1::GetLineageRequest>(GetLineage);
  AddAgeing(&service);
  return service;
}

}  // namespace songsang::reporting
