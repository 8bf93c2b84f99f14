#include "adapters/postgres_store/pipe.h"

#include <endian.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace songsang::postgres_store {
namespace {

// No flight of a lane takes longer: each of its statements is ended by the server after 5 s, waiting for locks after 2.
constexpr std::chrono::seconds kLongestFlight{15};
constexpr size_t kMostStatements = 256;

StoreError Away(std::string message) {
  while (!message.empty() && message.back() == '\n') message.pop_back();
  return {StoreError::Kind::kAway, "", std::move(message)};
}

struct CloseOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

}  // namespace

// A stalled client must not stop its partition: the server ends its transaction after 2 s. Lanes ask by key alone, so a
// plan that scans a table, made while it was young, is never wanted.
Purpose LanePurpose(const std::string& schema) {
  return {"songsang-lane",
          "-c idle_in_transaction_session_timeout=2000 -c statement_timeout=5000 -c lock_timeout=2000 -c jit=off "
          "-c enable_seqscan=off -c plan_cache_mode=force_generic_plan -c timezone=UTC -c search_path=" +
              schema};
}

// Reports are planned for the tables as they are now.
Purpose ReadPurpose(const std::string& schema) {
  return {"songsang-read",
          "-c default_transaction_read_only=on -c idle_in_transaction_session_timeout=2000 -c statement_timeout=60000 "
          "-c jit=off -c plan_cache_mode=force_custom_plan -c timezone=UTC -c search_path=" +
              schema};
}

// Hundreds of statements are sent at once, and a busy server may be slow to make so many tables.
Purpose MigratePurpose() { return {"songsang-migrate", "-c lock_timeout=2000 -c statement_timeout=0", "0"}; }

StoreError ErrorOf(const PGresult* result) {
  const auto field = [&](int code) {
    const char* text = PQresultErrorField(result, code);
    return std::string(text == nullptr ? "" : text);
  };
  const std::string state = field(PG_DIAG_SQLSTATE);
  StoreError error =
      Away(state.empty() ? PQresultErrorMessage(result)
                         : state + ": " + field(PG_DIAG_MESSAGE_PRIMARY) + " " + field(PG_DIAG_MESSAGE_DETAIL));
  const std::string kind = state.substr(0, 2);
  error.constraint = field(PG_DIAG_CONSTRAINT_NAME);
  if (state == "23514" && error.constraint.empty()) return error;  // no segment for this row: the store's fault
  // 42: the statement is wrong. 54: a value is too large, for an index say. 21: one id twice in a batch.
  for (const char* poison : {"21", "22", "23", "42", "54"}) {
    if (kind == poison) error.kind = StoreError::Kind::kPoison;
  }
  if (kind == "40") error.kind = StoreError::Kind::kAgain;
  return error;
}

int64_t Answer::Int(int row, int column) const {
  const char* value = PQgetvalue(result_.get(), row, column);
  switch (PQgetlength(result_.get(), row, column)) {
    case 1:
      return *value;
    case 2: {
      uint16_t bits;
      std::memcpy(&bits, value, sizeof bits);
      return static_cast<int16_t>(be16toh(bits));
    }
    case 4: {
      uint32_t bits;
      std::memcpy(&bits, value, sizeof bits);
      return static_cast<int32_t>(be32toh(bits));
    }
    case 8: {
      uint64_t bits;
      std::memcpy(&bits, value, sizeof bits);
      return static_cast<int64_t>(be64toh(bits));
    }
    default:
      return 0;
  }
}

std::string_view Answer::Bytes(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column), static_cast<size_t>(PQgetlength(result_.get(), row, column))};
}

StoreError Answer::Fetch(engine::Rows* rows) const {
  constexpr unsigned kName = 19, kUnknown = 705, kVarchar = 1043;
  *rows = {};
  for (int i = 0; i < columns(); ++i) {
    rows->columns.emplace_back(PQfname(result_.get(), i));
    switch (PQftype(result_.get(), i)) {
      case kBool:
      case kInt2:
      case kInt4:
      case kInt8:
      case kText:
      case kBytea:
      case kName:
      case kUnknown:
      case kVarchar:
        break;
      default:
        return {StoreError::Kind::kPoison, "",
                "column " + rows->columns.back() + " is no whole number, text or bytes; cast it: CAST(… AS BIGINT)"};
    }
  }
  rows->rows.resize(this->rows());
  for (int n = 0; n < this->rows(); ++n) {
    auto& row = rows->rows[n];
    row.resize(columns());
    for (int i = 0; i < columns(); ++i) {
      if (IsNull(n, i)) continue;
      const unsigned type = PQftype(result_.get(), i);
      if (type == kBool || type == kInt2 || type == kInt4 || type == kInt8) {
        row[i] = Int(n, i);
      } else {
        row[i] = std::string(Bytes(n, i));
      }
    }
  }
  return {};
}

std::unique_ptr<Pipe> Pipe::Connect(const std::string& url, const Purpose& purpose, std::string* error) {
  char* wrong = nullptr;
  const std::unique_ptr<PQconninfoOption, CloseOptions> options(PQconninfoParse(url.c_str(), &wrong));
  if (options == nullptr) {
    *error = wrong == nullptr ? "out of memory" : wrong;
    PQfreemem(wrong);
    return nullptr;
  }
  std::vector<const char*> keywords, values;
  std::string settings = purpose.settings;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    if (std::strcmp(option->keyword, "options") == 0) {
      settings = std::string(option->val) + " " + settings;
      continue;
    }
    keywords.push_back(option->keyword);
    values.push_back(option->val);
  }
  // What is named twice counts as named last. A peer that is gone is noticed within 10 s, sending or waiting.
  const std::pair<const char*, const char*> own[] = {{"options", settings.c_str()},
                                                     {"application_name", purpose.application_name.c_str()},
                                                     {"client_encoding", "UTF8"},
                                                     {"connect_timeout", "5"},
                                                     {"keepalives", "1"},
                                                     {"keepalives_idle", "5"},
                                                     {"keepalives_interval", "2"},
                                                     {"keepalives_count", "2"},
                                                     {"tcp_user_timeout", purpose.user_timeout.c_str()}};
  for (const auto& [keyword, value] : own) {
    keywords.push_back(keyword);
    values.push_back(value);
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  PGconn* connection = PQconnectdbParams(keywords.data(), values.data(), 0);
  if (PQstatus(connection) != CONNECTION_OK || PQenterPipelineMode(connection) != 1) {
    *error = Away(PQerrorMessage(connection)).message;
    PQfinish(connection);
    return nullptr;
  }
  // Notices would go to stderr, past the log.
  PQsetNoticeProcessor(
      connection, [](void*, const char*) {}, nullptr);
  return std::unique_ptr<Pipe>(new Pipe(connection));
}

Pipe::~Pipe() { PQfinish(connection_); }

void Pipe::Queue(const std::string& sql, Parameters& parameters, bool typed) {
  if (broken_) return;
  const Parameters::Arrays& arrays = parameters.arrays();
  std::string key = sql;
  if (typed) {
    for (unsigned type : arrays.types) key += "\n" + std::to_string(type);
  }
  auto found = prepared_.find(key);
  if (found == prepared_.end()) {
    if (prepared_.size() >= kMostStatements) {
      for (const auto& [text, name] : prepared_) {
        broken_ |= PQsendQueryParams(connection_, ("DEALLOCATE " + name).c_str(), 0, nullptr, nullptr, nullptr, nullptr,
                                     1) != 1;
        expected_.push_back({"*"});
      }
      prepared_.clear();
    }
    found = prepared_.emplace(key, "s" + std::to_string(++names_)).first;
    broken_ |= PQsendPrepare(connection_, found->second.c_str(), sql.c_str(), typed ? parameters.size() : 0,
                             typed ? arrays.types.data() : nullptr) != 1;
    expected_.push_back({key});
  }
  broken_ |= PQsendQueryPrepared(connection_, found->second.c_str(), parameters.size(), arrays.values.data(),
                                 arrays.lengths.data(), arrays.formats.data(), 1) != 1;
  expected_.push_back({});
}

size_t Pipe::statements() const {
  return std::count_if(expected_.begin(), expected_.end(), [](const Expected& e) { return e.prepares.empty(); });
}

StoreError Pipe::Fly(std::vector<Answer>* answers) { return Fly(answers, steady_clock::now() + kLongestFlight); }

void Pipe::Cancel() {
  char error[256];
  PGcancel* cancel = PQgetCancel(connection_);
  if (cancel != nullptr) PQcancel(cancel, error, sizeof error);
  PQfreeCancel(cancel);
}

StoreError Pipe::Fly(std::vector<Answer>* answers, steady_clock::time_point deadline) {
  flown_ = true;
  answers->clear();
  StoreError error;
  if (broken_ || PQpipelineSync(connection_) != 1) {
    broken_ = true;
    error = Away(PQerrorMessage(connection_));
  }
  for (const Expected& expected : expected_) {
    PGresult* result = broken_ ? nullptr : Take(deadline, &error);
    if (result == nullptr) {
      // A text whose preparation failed or was skipped is prepared anew next time.
      if (!expected.prepares.empty()) prepared_.erase(expected.prepares);
    } else if (expected.prepares.empty()) {
      answers->emplace_back(result);
    } else {
      PQclear(result);
    }
  }
  expected_.clear();
  if (broken_) return error;
  PGresult* sync = nullptr;
  StoreError lost;
  if (!Next(deadline, &sync, &lost) || PQresultStatus(sync) != PGRES_PIPELINE_SYNC) {
    broken_ = true;
    if (error.ok()) error = lost.ok() ? Away("the connection lost step") : lost;
  }
  PQclear(sync);
  return error;
}

PGresult* Pipe::Take(steady_clock::time_point deadline, StoreError* error) {
  PGresult* taken = nullptr;
  for (;;) {
    PGresult* result = nullptr;
    StoreError lost;
    if (!Next(deadline, &result, &lost)) {
      broken_ = true;
      if (error->ok()) *error = lost;
      PQclear(taken);
      return nullptr;
    }
    if (result == nullptr) return taken;
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
      PQclear(taken);
      taken = result;
      continue;
    }
    if (status == PGRES_FATAL_ERROR && error->ok()) *error = ErrorOf(result);
    if (status != PGRES_FATAL_ERROR && status != PGRES_PIPELINE_ABORTED && error->ok())
      *error = Away(std::string("unexpected answer ") + PQresStatus(status));
    PQclear(result);
    if (PQstatus(connection_) == CONNECTION_BAD) {
      broken_ = true;
      return nullptr;
    }
  }
}

bool Pipe::Next(steady_clock::time_point deadline, PGresult** result, StoreError* error) {
  while (PQisBusy(connection_) != 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
    pollfd socket{PQsocket(connection_), POLLIN, 0};
    const int ready = left <= 0 ? 0 : poll(&socket, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) {
      *error = Away("the server has not answered within the deadline");
      return false;
    }
    if (PQconsumeInput(connection_) != 1) {
      *error = Away(PQerrorMessage(connection_));
      return false;
    }
  }
  *result = PQgetResult(connection_);
  return true;
}

}  // namespace songsang::postgres_store
