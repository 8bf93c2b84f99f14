#include "adapters/postgres_store/parameters.h"

#include <endian.h>

#include <cstring>

namespace songsang::postgres_store {
namespace {

// Values of one parameter are small on average; a batch of 64 fits without growing.
constexpr size_t kUsualElement = 24;

void Append32(std::string* text, uint32_t number) {
  number = htobe32(number);
  text->append(reinterpret_cast<const char*>(&number), sizeof number);
}

void Append64(std::string* text, int64_t number) {
  const uint64_t bits = htobe64(static_cast<uint64_t>(number));
  text->append(reinterpret_cast<const char*>(&bits), sizeof bits);
}

unsigned TypeOf(const rows::Cell& cell) {
  switch (cell.kind) {
    case rows::Cell::Kind::kInt:
      return kInt8;
    case rows::Cell::Kind::kText:
      return kText;
    case rows::Cell::Kind::kBytes:
      return kBytea;
    case rows::Cell::Kind::kNull:
      break;
  }
  return 0;  // the server finds out
}

unsigned TypeOf(rows::Type type) {
  return type == rows::Type::kInt ? kInt8 : type == rows::Type::kText ? kText : kBytea;
}

}  // namespace

Parameters& Parameters::Add(const rows::Cell& cell) {
  Parameter& parameter = texts_.emplace_back(Parameter{TypeOf(cell), cell.kind == rows::Cell::Kind::kNull, {}});
  if (cell.kind == rows::Cell::Kind::kInt) {
    Append64(&parameter.text, cell.number);
  } else {
    parameter.text = cell.bytes;
  }
  return *this;
}

// The form: dimensions, whether there are nulls, element type, length, lower bound; then each element behind its
// length. (A claim of nulls where there are none does no harm.)
Parameters& Parameters::BeginArray(rows::Type type, size_t count) {
  // The types of arrays stand in the statement: `$1::text[]`.
  std::string& text = texts_.emplace_back(Parameter{0, false, {}}).text;
  text.reserve(20 + count * (type == rows::Type::kInt ? 12 : kUsualElement));
  Append32(&text, count == 0 ? 0 : 1);
  Append32(&text, 1);
  Append32(&text, TypeOf(type));
  if (count == 0) return *this;
  Append32(&text, static_cast<uint32_t>(count));
  Append32(&text, 1);
  return *this;
}

void Parameters::Element(const rows::Cell& cell) {
  std::string& text = texts_.back().text;
  switch (cell.kind) {
    case rows::Cell::Kind::kNull:
      Append32(&text, UINT32_MAX);
      break;
    case rows::Cell::Kind::kInt:
      Append32(&text, sizeof cell.number);
      Append64(&text, cell.number);
      break;
    default:
      Append32(&text, static_cast<uint32_t>(cell.bytes.size()));
      text.append(cell.bytes);
  }
}

const Parameters::Arrays& Parameters::arrays() {
  arrays_ = {};
  for (const Parameter& parameter : texts_) {
    arrays_.types.push_back(parameter.type);
    arrays_.values.push_back(parameter.null ? nullptr : parameter.text.data());
    arrays_.lengths.push_back(static_cast<int>(parameter.text.size()));
    arrays_.formats.push_back(1);
  }
  return arrays_;
}

}  // namespace songsang::postgres_store
