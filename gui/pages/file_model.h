// The files and folders that a FileTree shows. Of wx's own model each new row costs a look at all.
#pragma once

#include <wx/dataview.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gui/run/job_state.h"

namespace disktwin::gui {

struct FileNode {
  std::string path;   // its bytes, below the partition's root, without a '/' at its ends
  std::string label;  // the same, to be shown
  std::uint64_t size = 0;
  bool isFile = false;  // a regular one: its size is what it takes
  bool isFolder = false;
  bool isListed = false;
};

// Rows of one column. An item stays what it is until clear() or setContent() of what it is in.
class FileModel : public wxDataViewModel {
 public:
  FileModel();

  // Null for the root, and for the row that stands for what is not known yet.
  FileNode* nodeOf(const wxDataViewItem& item) const;

  void clear();
  // What `ls` has found, as the content of `folder` (none: of the root), which then has to be
  // closed and opened: folders first, each by name.
  void setContent(const wxDataViewItem& folder, const JobState& state);
  // What `ls -R` has found, by whole paths, at most `most`. How many there are in all.
  std::size_t setFound(const JobState& state, std::size_t most);

  void GetValue(wxVariant& value, const wxDataViewItem& item, unsigned column) const override;
  bool SetValue(const wxVariant&, const wxDataViewItem&, unsigned) override { return false; }
  wxDataViewItem GetParent(const wxDataViewItem& item) const override;
  bool IsContainer(const wxDataViewItem& item) const override;
  unsigned GetChildren(const wxDataViewItem& folder, wxDataViewItemArray& out) const override;

 protected:
  ~FileModel() override;  // by who counts references

 private:
  struct Row;
  using Rows = std::vector<std::unique_ptr<Row>>;

  static std::unique_ptr<Row> makeRow(FileNode node, const wxString& text, Row* above);
  static Row* rowOf(const wxDataViewItem& item) { return static_cast<Row*>(item.GetID()); }
  void put(const wxDataViewItem& folder, Rows rows);

  Rows top_;
};

}  // namespace disktwin::gui
