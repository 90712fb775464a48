// Files and folders as a tree: what is in it and what is chosen. It asks nobody; who fills it does.
#pragma once

#include <wx/dataview.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gui/pages/file_model.h"
#include "gui/run/job_state.h"

namespace disktwin::gui {

class FileTree : public wxDataViewCtrl {
 public:
  explicit FileTree(wxWindow* parent);

  // Called when a folder is opened whose content is not known yet; `folder` is none for the root.
  std::function<void(wxDataViewItem folder, const std::string& path)> onWanted;

  // What `ls` has found, as the content of `folder`.
  void fill(wxDataViewItem folder, const JobState& state);
  // Its content cannot be had now; it is asked for anew when it is opened once more.
  void closeAgain(wxDataViewItem folder);
  // What `ls -R` has found, by whole paths, at most `most`. How many there are in all.
  std::size_t fillFound(const JobState& state, std::size_t most);
  void clear() { model_->clear(); }

  // The one that is chosen; nothing when there are several or none.
  std::optional<FileNode> chosenOne() const;
  std::vector<FileNode> chosen() const;

 private:
  void want(wxDataViewItem folder);

  wxObjectDataPtr<FileModel> model_;
};

// What they take together; nothing where that is not known.
std::optional<std::uint64_t> sizeOf(const std::vector<FileNode>& nodes);

}  // namespace disktwin::gui
