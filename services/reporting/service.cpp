#include "reporting/queries.h"
#include "reporting/replica.h"
#include "reporting/reporting.h"
#include "reporting/rules_forecast.h"

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
  service.Command(TakeSnapshot);
  service.Gather<v1::TakeSnapshotRequest>([](const v1::TakeSnapshotRequest& request, const Context&) {
    v1::GetPipelineRequest ask;
    ask.set_currency(request.currency());
    return ask;
  });
  service.Query<v1::GetPipelineRequest>(GetPipeline);
  service.Query<v1::GetForecastAccuracyRequest>(GetForecastAccuracy);
  return service;
}

}  // namespace songsang::reporting
