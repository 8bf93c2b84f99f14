#include "engine/prepare.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>

#include "core/ids.h"
#include "engine/reasons.h"
#include "engine/zones.h"
#include "rows/validate.h"

namespace songsang::engine {
namespace {

// How far back anyone may date a fact; further back is an importer's.
constexpr int kDaysBack = 31;
constexpr int64_t kMicrosPerDay = 86'400'000'000;
// Clocks of callers may run ahead this much.
constexpr int64_t kMicrosAhead = 5 * 60 * 1'000'000LL;

std::string RoleNames(uint32_t roles) {
  std::vector<std::string> names;
  for (int role = 1; role < 32; ++role)
    if ((roles >> role & 1) && v1::Role_IsValid(role))
      names.push_back(v1::Role_Name(static_cast<v1::Role>(role)).substr(5));
  return fmt::format("{}", fmt::join(names, ", "));
}

// Map fields in key order, so that one request always has the same bytes.
std::string Canonical(const Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream output(&stream);
  output.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&output);
  output.Trim();
  return bytes;
}

}  // namespace

Status Admit(Call* call) {
  const auto& method = *static_cast<const BoundMethod*>(call->method);
  if ((method.roles & call->caller.roles) == 0)
    return kPermissionDenied.With("method", method.name).With("roles", RoleNames(method.roles));
  const auto* reflection = call->request->GetReflection();
  if (!call->house_id.empty()) reflection->SetString(call->request.get(), method.plan.request_id, "house");
  if (method.plan.request_id && !call->idempotency_key.empty()) {
    if (reflection->GetStringReference(*call->request, method.plan.request_id, nullptr).empty())
      reflection->SetString(call->request.get(), method.plan.request_id, call->idempotency_key);
  }
  auto violations = rows::Violations(*call->request);
  if (!violations.empty()) {
    Refusal refusal(kInvalidRequest);
    refusal.violations = std::move(violations);
    return refusal;
  }
  // A house id is not what a client may give: it stands in for one only after the checks.
  if (!call->house_id.empty()) reflection->SetString(call->request.get(), method.plan.request_id, call->house_id);
  ResolveReferences(call->caller.tenant, call->request.get());
  return Done{};
}

void Prepare(const Zones& zones, Instant now, Pending* pending) {
  const Call& call = *pending->call;
  const BoundMethod& method = *pending->method;
  const Caller& caller = call.caller;
  const Message& request = *call.request;
  const auto* reflection = request.GetReflection();
  pending->key = {caller.tenant, caller.client, reflection->GetString(request, method.plan.request_id)};
  const std::string body = Canonical(request);
  pending->bytes = body.size();
  pending->body_hash = Framed().Add(method.name).Add(caller.actor).Add(body).Hash();
  pending->seed = Framed().Add(caller.tenant).Add(caller.client).Add(method.name).Add(pending->key.request_id).Hash();
  for (const auto& reference : method.plan.references) {
    const std::string& id = reflection->GetStringReference(request, reference.field, nullptr);
    if (!id.empty()) pending->lookups.push_back(ById(rows::TableOf(reference.entity), caller.tenant, id));
  }
  for (const auto& reference : method.plan.mirrored) {
    const std::string& id = reflection->GetStringReference(request, reference.field, nullptr);
    if (!id.empty()) pending->lookups.push_back(ById(rows::MirrorOf(reference.entity), caller.tenant, id));
  }
  if (method.plan.external_ref && method.plan.resource && reflection->HasField(request, method.plan.external_ref)) {
    const auto& ref =
        static_cast<const common::v1::ExternalRef&>(reflection->GetMessage(request, method.plan.external_ref));
    pending->lookups.push_back(ById(rows::TableOf(method.plan.resource), caller.tenant,
                                    ReferenceId(caller.tenant, KindOf(method.plan.resource), ref)));
  }
  if (method.names) {
    Context context;
    context.caller = caller;
    context.seed = pending->seed;
    (void)SetTimes(method, request, now, zones, &context);  // refused, if it must be, by the lane
    for (const Named& named : method.names(request, context)) {
      if (std::any_of(named.values.begin(), named.values.end(), [](const auto& v) { return v.empty(); })) continue;
      Lookup lookup = ToLookup(named, caller.tenant, method.service_name);
      if (lookup.table) pending->lookups.push_back(std::move(lookup));
    }
  }
}

Status SetTimes(const BoundMethod& method, const Message& request, Instant now, const Zones& zones, Context* context) {
  context->now = now;
  context->when = now;
  const auto* field = method.plan.occurred_at;
  if (field && request.GetReflection()->HasField(request, field)) {
    context->when = FromTimestamp(
        static_cast<const google::protobuf::Timestamp&>(request.GetReflection()->GetMessage(request, field)));
    if (context->when.micros > now.micros + kMicrosAhead) return kFutureNotAllowed.At("occurred_at");
    if (context->when.micros < now.micros - kDaysBack * kMicrosPerDay && !context->caller.Has(v1::ROLE_IMPORTER))
      return kPastNotAllowed.With("days", std::to_string(kDaysBack)).At("occurred_at");
  }
  context->today = zones.DayOf(context->caller.tenant, context->when);
  return Done{};
}

}  // namespace songsang::engine
