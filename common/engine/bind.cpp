// Get, List and History of every entity, bound from descriptors.
#include <fmt/format.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "core/hash.h"
#include "core/ids.h"
#include "engine/catalogue.h"
#include "engine/journal.h"
#include "engine/reasons.h"
#include "engine/record.h"

namespace songsang::engine {
namespace pb = google::protobuf;
namespace {

constexpr int kPageDefault = 50;
constexpr int kPageMost = 1'000;
constexpr size_t kPageBytes = 3 * 1024 * 1024;

std::unique_ptr<Message> New(const pb::Descriptor* type) {
  return std::unique_ptr<Message>(pb::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

std::string TextField(const Message& message, const char* name) {
  const auto* field = message.GetDescriptor()->FindFieldByName(name);
  return field ? message.GetReflection()->GetString(message, field) : std::string();
}

int PageSize(const Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("page_size");
  const int asked = field ? request.GetReflection()->GetInt32(request, field) : 0;
  return asked <= 0 ? kPageDefault : std::min(asked, kPageMost);
}

void SetText(Message* message, const char* name, const std::string& value) {
  const auto* field = message->GetDescriptor()->FindFieldByName(name);
  if (field) message->GetReflection()->SetString(message, field, value);
}

std::optional<int64_t> ToNumber(const std::string& text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

const pb::FieldDescriptor* RepeatedOf(const pb::Descriptor* type, bool entity) {
  for (int i = 0; i < type->field_count(); ++i) {
    const auto* field = type->field(i);
    if (!field->is_repeated() || !field->message_type()) continue;
    if (entity ? rows::IsEntity(field->message_type()) : field->message_type() == v1::Revision::descriptor())
      return field;
  }
  return nullptr;
}

Refusal Missing(const pb::Descriptor* entity, const std::string& id) {
  return kNotFound.With("kind", KindOf(entity)).With("id", id);
}

Reply Get(const pb::Descriptor* entity, Reader& reader, const Message& request) {
  auto rows = reader.Run("SELECT body FROM " + rows::TableOf(entity).name + " WHERE id = :id", request);
  if (!rows.ok()) return rows.refusal();
  if (rows->rows.empty()) return Missing(entity, TextField(request, "id"));
  auto reply = New(entity);
  reply->ParseFromString(std::get<std::string>(rows->rows[0][0]));
  return reply;
}

// ---- List

// What a page token holds: whose list it is, and the last row given.
struct Page {
  std::string list;  // digest of method, tenant, filters and order
  std::string value;
  std::string id;
};

std::string ToToken(const Page& page) { return ToHex(page.list + page.value + '\0' + page.id); }

std::optional<Page> FromToken(const std::string& token, const std::string& list) {
  const std::string bytes = FromHex(token);
  const size_t nul = bytes.rfind('\0');
  if (bytes.size() < list.size() || bytes.compare(0, list.size(), list) != 0 || nul == std::string::npos ||
      nul < list.size())
    return std::nullopt;
  return Page{list, bytes.substr(list.size(), nul - list.size()), bytes.substr(nul + 1)};
}

struct Order {
  std::string column = "id";
  bool descending = false;
  bool number = false;
};

// `name` or `name desc`, of the columns that are declared in an index.
Result<Order> OrderOf(const rows::Table& table, const std::string& asked) {
  Order order;
  if (asked.empty() || asked == "id") return order;
  order.descending = asked.size() > 5 && asked.substr(asked.size() - 5) == " desc";
  order.column = order.descending ? asked.substr(0, asked.size() - 5) : asked;
  std::string allowed = "id";
  bool known = order.column == "id";
  for (const auto& index : table.indexes) {
    if (index.columns.empty()) continue;
    allowed += ", " + index.columns[0];
    known = known || index.columns[0] == order.column;
  }
  if (!known) return kOrderUnknown.With("allowed", allowed).At("order_by");
  order.number = table.columns[static_cast<size_t>(table.Find(order.column))].type == rows::Type::kInt;
  return order;
}

bool IsFilter(const pb::FieldDescriptor* field, const rows::Table& table, const Message& request) {
  if (field->is_repeated() || table.Find(field->name()) < 0) return false;
  for (const char* reserved : {"page_size", "page_token", "order_by", "changed_after"})
    if (field->name() == reserved) return false;
  return request.GetReflection()->HasField(request, field);
}

std::string ListSql(const rows::Table& table, const Message& request, const Order& order, bool after, int limit) {
  const std::string key = fmt::format("COALESCE({}, {})", order.column,
                                      order.number ? std::to_string(std::numeric_limits<int64_t>::min() + 1) : "''");
  std::string where = "1 = 1";
  for (int i = 0; i < request.GetDescriptor()->field_count(); ++i) {
    const auto* field = request.GetDescriptor()->field(i);
    if (IsFilter(field, table, request)) where += fmt::format(" AND {} = :{}", field->name(), field->name());
  }
  const auto* changed = request.GetDescriptor()->FindFieldByName("changed_after");
  if (changed && request.GetReflection()->HasField(request, changed))
    where += fmt::format(" AND id IN (SELECT entity_id FROM touch WHERE type = '{}' AND recorded_at > :changed_after)",
                         KindOf(table.entity));
  const char* beyond = order.descending ? "<" : ">";
  if (after) where += fmt::format(" AND ({0} {1} :@value OR ({0} = :@value AND id > :@id))", key, beyond);
  std::string sql = fmt::format("SELECT body, id, {} AS sorted FROM {} WHERE {} ORDER BY {} {}, id LIMIT {}", key,
                                table.name, where, key, order.descending ? "DESC" : "ASC", limit);
  // Parameters that are not the request's bear names no field can have.
  for (size_t at = sql.find(":@"); at != std::string::npos; at = sql.find(":@")) sql.replace(at, 2, ":page_after_");
  return sql;
}

Reply List(const pb::Descriptor* entity, const std::string& method, const pb::Descriptor* response, Reader& reader,
           const Message& request) {
  const rows::Table& table = rows::TableOf(entity);
  const auto order = OrderOf(table, TextField(request, "order_by"));
  if (!order.ok()) return order.refusal();
  auto filters = New(request.GetDescriptor());
  filters->CopyFrom(request);
  SetText(filters.get(), "page_token", "");
  if (const auto* size = request.GetDescriptor()->FindFieldByName("page_size"))
    filters->GetReflection()->ClearField(filters.get(), size);
  const Caller& caller = reader.context().caller;
  const Digest digest =
      Framed().Add(method).Add(caller.tenant).Add(caller.client).Add(filters->SerializeAsString()).Hash();
  const std::string list(AsBytes(digest).substr(0, 8));
  std::map<std::string, Value> more;
  const std::string token = TextField(request, "page_token");
  if (!token.empty()) {
    const auto page = FromToken(token, list);
    if (!page) return kPageTokenInvalid.At("page_token");
    more["page_after_id"] = page->id;
    const auto number = ToNumber(page->value);
    if (order->number && !number) return kPageTokenInvalid.At("page_token");
    more["page_after_value"] = order->number ? Value(*number) : Value(page->value);
  }
  const int size = PageSize(request);
  auto rows = reader.Run(ListSql(table, request, *order, !token.empty(), size + 1), request, more);
  if (!rows.ok()) return rows.refusal();
  auto reply = New(response);
  const auto* field = RepeatedOf(response, true);
  size_t bytes = 0;
  for (size_t i = 0; i < rows->rows.size(); ++i) {
    const auto& row = rows->rows[i];
    const auto& body = std::get<std::string>(row[0]);
    bytes += body.size();
    if (static_cast<int>(i) == size || (i > 0 && bytes > kPageBytes)) {
      const auto& last = rows->rows[i - 1];
      const auto* number = std::get_if<int64_t>(&last[2]);
      const auto* text = std::get_if<std::string>(&last[2]);
      SetText(reply.get(), "next_page_token",
              ToToken({list,
                       number ? std::to_string(*number)
                       : text ? *text
                              : "",
                       std::get<std::string>(last[1])}));
      break;
    }
    reply->GetReflection()->AddMessage(reply.get(), field)->ParseFromString(body);
  }
  return reply;
}

// ---- History

std::string Json(const pb::Value& value) {
  if (value.kind_case() == pb::Value::kNullValue || value.kind_case() == pb::Value::KIND_NOT_SET) return {};
  std::string text;
  (void)pb::util::MessageToJsonString(value, &text);
  return text;
}

// {"field":[old,new],…}
void AddChanges(const pb::Struct& fields, v1::Revision* revision) {
  std::map<std::string, const pb::Value*> ordered;
  for (const auto& [field, pair] : fields.fields()) ordered[field] = &pair;
  for (const auto& [field, pair] : ordered) {
    auto* change = revision->add_changes();
    change->set_field(field);
    if (pair->list_value().values_size() == 2) {
      change->set_old_value(Json(pair->list_value().values(0)));
      change->set_new_value(Json(pair->list_value().values(1)));
    }
  }
}

// What an entity was created with, from the event that created it.
void AddCreation(const std::string& type, const std::string& payload, const std::string& id, v1::Revision* revision) {
  const auto* event_type = pb::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  if (event_type == nullptr) return;
  auto event = New(event_type);
  if (!event->ParseFromString(payload)) return;
  for (const Message* entity : EntitiesIn(*event)) {
    if (TextField(*entity, "id") != id) continue;
    pb::Struct fields;
    if (pb::util::JsonStringToMessage(rows::ChangedJson(nullptr, *entity), &fields).ok()) AddChanges(fields, revision);
  }
}

constexpr char kHistorySql[] =
    "SELECT t.version, j.event_id, j.type, j.actor, j.client, j.recorded_at, j.changed, j.payload FROM touch t "
    "JOIN journal j ON j.partition = t.partition AND j.seq = t.seq "
    "WHERE t.type = :touch_type AND t.entity_id = :id AND t.version < :before_version ORDER BY t.version DESC LIMIT ";

Reply History(const pb::Descriptor* entity, const pb::Descriptor* response, Reader& reader, const Message& request) {
  const std::string id = TextField(request, "id");
  const std::string token = TextField(request, "page_token");
  const auto last = token.empty() ? std::optional(std::numeric_limits<int64_t>::max()) : ToNumber(token);
  if (!last) return kPageTokenInvalid.At("page_token");
  const int size = PageSize(request);
  auto rows = reader.Run(kHistorySql + std::to_string(size + 1), request,
                         {{"touch_type", KindOf(entity)}, {"before_version", *last}});
  if (!rows.ok()) return rows.refusal();
  if (rows->rows.empty() && token.empty()) return Missing(entity, id);
  auto reply = New(response);
  const auto* field = RepeatedOf(response, false);
  for (size_t i = 0; i < rows->rows.size(); ++i) {
    const auto& row = rows->rows[i];
    if (static_cast<int>(i) == size) {
      SetText(reply.get(), "next_page_token", std::to_string(std::get<int64_t>(rows->rows[i - 1][0])));
      break;
    }
    auto* revision = static_cast<v1::Revision*>(reply->GetReflection()->AddMessage(reply.get(), field));
    const auto text = [&](size_t c) {
      return std::holds_alternative<std::string>(row[c]) ? std::get<std::string>(row[c]) : std::string();
    };
    revision->set_version(std::get<int64_t>(row[0]));
    revision->set_event_id(text(1));
    revision->set_event_type(text(2));
    revision->set_actor(text(3));
    revision->set_client(text(4));
    *revision->mutable_recorded_at() = ToTimestamp(Instant{std::get<int64_t>(row[5])});
    pb::Struct changed;
    if (revision->version() == 1)
      AddCreation(text(2), text(7), id, revision);
    else if (pb::util::JsonStringToMessage(text(6), &changed).ok() && changed.fields().count(id))
      AddChanges(changed.fields().at(id).struct_value(), revision);
  }
  return reply;
}

}  // namespace

std::optional<Respond> BindByName(const pb::MethodDescriptor* method) {
  const std::string& name = method->name();
  const auto* response = method->output_type();
  const auto starts = [&](const char* prefix) { return name.rfind(prefix, 0) == 0; };
  if (starts("Get") && RepeatedOf(response, false) && name.size() > 10) {
    const auto* entity = pb::DescriptorPool::generated_pool()->FindMessageTypeByName(method->file()->package() + "." +
                                                                                     name.substr(3, name.size() - 10));
    if (entity == nullptr || !rows::IsEntity(entity)) return std::nullopt;
    return [entity, response](Reader& reader, const Message& request) {
      return History(entity, response, reader, request);
    };
  }
  if (starts("Get") && rows::IsEntity(response) && method->input_type()->FindFieldByName("id"))
    return [response](Reader& reader, const Message& request) { return Get(response, reader, request); };
  if (const auto* field = RepeatedOf(response, true); starts("List") && field) {
    const auto* entity = field->message_type();
    return [entity, name, response](Reader& reader, const Message& request) {
      return List(entity, name, response, reader, request);
    };
  }
  return std::nullopt;
}

}  // namespace songsang::engine
