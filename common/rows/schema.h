// What statements bring a store's schema to what the tables say. Pure: the adapters look, this decides, they run it.
// Additive only: nothing is dropped, and a column of another type is refused. A registry of (message, field number)
// tells a field that was renamed from one that is new.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "rows/table.h"

namespace songsang::rows {

enum class Dialect { kSqlite, kPostgres };

// Rows of a segment of a ranged table.
constexpr int64_t kSegmentRows = 10'000'000;
// How many segments beyond the one in use are kept ready.
constexpr int kSegmentsAhead = 2;
constexpr char kRegistry[] = "schema_registry";

// What a store holds already, in the database's own words.
struct Existing {
  struct Table {
    std::map<std::string, std::string> columns;  // name -> type
    std::set<std::string> indexes;
    std::set<std::string> invalid_indexes;  // left over by a CREATE INDEX CONCURRENTLY that failed
    std::set<std::string> constraints;
    std::set<std::string> segments;
    int64_t last = 0;  // greatest value of the ranging column
  };
  struct Field {
    std::string message, field, table, column, type;
  };
  std::map<std::string, Table> tables;
  std::vector<Field> registry;
};

struct SchemaPlan {
  struct Statement {
    std::string sql;
    bool alone = false;  // not to be run within a transaction
  };
  std::vector<Statement> statements;
  std::string refusal;  // why it cannot be done; then there are no statements
};

SchemaPlan PlanSchema(Dialect dialect, const std::string& schema, std::span<const Table* const> tables,
                      Existing existing, int segments_ahead = kSegmentsAhead);

// `"name"`
std::string Quoted(std::string_view name);
// `"schema"."name"`; on SQLite the name alone.
std::string Qualified(Dialect dialect, std::string_view schema, std::string_view name);
// The type of a column in the database's words.
std::string SqlType(Dialect dialect, const Column& column);
// The columns of an index in full: the tenant before them (but of a timer's, which is looked up over all); the key behind those of an index that is not unique, so
// that its rows come in the order of their ids.
std::vector<std::string> IndexColumns(const Table& table, const Index& index);
// What the program that these tables belong to writes: the greatest `(since)` of their fields, at least 1.
int32_t SchemaLevel(std::span<const Table* const> tables);

}  // namespace songsang::rows
