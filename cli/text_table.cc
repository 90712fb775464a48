#include "cli/text_table.h"

#include <algorithm>
#include <utility>

namespace disktwin::cli {
namespace {

// Characters of UTF-8 text; wide East Asian ones count as one, which is good enough for a list.
std::size_t widthOf(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace

TextTable::TextTable(std::vector<std::string> heading) : right_(heading.size()) {
  rows_.push_back(std::move(heading));
}

void TextTable::alignRight(std::size_t column) {
  right_.at(column) = true;
}

void TextTable::add(std::vector<std::string> row) {
  row.resize(rows_.front().size());
  rows_.push_back(std::move(row));
}

std::string TextTable::toString(std::size_t indent) const {
  std::vector<std::size_t> widths(right_.size());
  for (std::size_t column = 0; column < widths.size(); ++column) {
    bool used = rows_.size() == 1;
    for (std::size_t row = 1; row < rows_.size(); ++row) used |= !rows_[row][column].empty();
    if (!used) continue;
    for (const auto& row : rows_) widths[column] = std::max(widths[column], widthOf(row[column]));
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line(indent, ' ');
    for (std::size_t column = 0; column < widths.size(); ++column) {
      if (widths[column] == 0) continue;
      const std::string pad(widths[column] - std::min(widths[column], widthOf(row[column])), ' ');
      line += right_[column] ? pad + row[column] : row[column] + pad;
      line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += (out.empty() ? "" : "\n") + line;
  }
  return out;
}

}  // namespace disktwin::cli
