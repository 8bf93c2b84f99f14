// The definitions that come with the product: the files of figures/, compiled in.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace songsang::reporting {

// File name and text of each.
const std::vector<std::pair<std::string, std::string>>& ShippedFigures();

}  // namespace songsang::reporting
