// Columns for a terminal.
#pragma once

#include <string>
#include <vector>

namespace disktwin::cli {

// Rows of cells, each column as wide as its widest cell (by characters, not bytes), two blanks
// apart. Columns that are empty in every row but the heading are left out.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> heading);
  // Columns whose numbers line up at the right.
  void alignRight(std::size_t column);
  void add(std::vector<std::string> row);
  // One line a row, each indented by `indent` blanks.
  std::string toString(std::size_t indent = 2) const;

 private:
  std::vector<std::vector<std::string>> rows_;
  std::vector<bool> right_;
};

}  // namespace disktwin::cli
