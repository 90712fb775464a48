// Five tasks, and what there is of images and jobs.
#pragma once

#include <wx/dataview.h>
#include <wx/scrolwin.h>
#include <wx/sizer.h>
#include <wx/stattext.h>
#include <wx/timer.h>

#include <functional>
#include <string>
#include <vector>

#include "gui/run/job_list.h"
#include "gui/window/context.h"
#include "gui/wizard/home_rows.h"

namespace disktwin::gui {

class FlowText;

class HomePage : public wxScrolledWindow {
 public:
  HomePage(wxWindow* parent, Context& context);

  void enter();  // it comes into sight
  void leave();

  std::function<void(Task)> onTask;
  std::function<void(const std::string& image)> onLookInto;
  std::function<void(const std::string& image)> onRestore;
  std::function<void(const std::string& image)> onUpdate;
  // A job of its own that is not the wizard's.
  std::function<void(const std::vector<std::string>& words)> onStart;
  std::function<void(const std::string& events, const std::string& control)> onFollow;

 protected:
  void DoSetSize(int x, int y, int width, int height, int flags) override;

 private:
  wxSizer* makeTasks();
  wxSizer* makeList();
  void arrange();
  void arrangeColumns();
  void refresh();
  void fillList();
  const HomeRow* selected() const;
  void open(const HomeRow& row);
  void showMenu(const wxPoint& where);
  void remove(const HomeRow& row);
  void removeJob(const HomeRow& row);
  void removeImage(const HomeRow& row);
  void showLog(const HomeRow& row);
  void showInFolder(const HomeRow& row);
  void merge(const HomeRow& row);

  Context& context_;
  wxBoxSizer* halves_ = nullptr;
  wxSizer* images_ = nullptr;
  wxSizer* tasks_ = nullptr;
  wxStaticText* heading_ = nullptr;
  wxWindow* firstTask_ = nullptr;
  wxWindow* lastTask_ = nullptr;
  wxDataViewListCtrl* list_ = nullptr;
  std::vector<int> columnWidths_;
  FlowText* empty_ = nullptr;
  JobList jobs_;
  std::vector<HomeRow> rows_;
  wxTimer timer_;
};

}  // namespace disktwin::gui
