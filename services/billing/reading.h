// How queries read the cells of their rows.
#pragma once

#include <string>
#include <vector>

#include "engine/service.h"

namespace songsang::billing {

inline std::string TextIn(const engine::Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::string() : *text;
}
inline int64_t NumberIn(const engine::Value& value) {
  const auto* number = std::get_if<int64_t>(&value);
  return number == nullptr ? 0 : *number;
}

// The entities of rows whose first column is a body.
template <class Entity>
std::vector<Entity> EntitiesIn(const engine::Rows& rows) {
  std::vector<Entity> entities(rows.rows.size());
  for (size_t i = 0; i < entities.size(); ++i) entities[i].ParseFromString(TextIn(rows.rows[i][0]));
  return entities;
}
template <class Entity>
std::vector<const Entity*> PointersTo(const std::vector<Entity>& entities) {
  std::vector<const Entity*> pointers;
  for (const Entity& entity : entities) pointers.push_back(&entity);
  return pointers;
}

}  // namespace songsang::billing
