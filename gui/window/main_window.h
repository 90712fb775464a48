// The window: the home page, or the pages of a task with the buttons that lead through them.
#pragma once

#include <wx/button.h>
#include <wx/frame.h>
#include <wx/panel.h>
#include <wx/simplebook.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "gui/pages/browse_page.h"
#include "gui/pages/home_page.h"
#include "gui/pages/page.h"
#include "gui/pages/progress_page.h"
#include "gui/pages/source_page.h"
#include "gui/pages/target_page.h"

namespace disktwin::gui {

class MainWindow : public wxFrame {
 public:
  MainWindow(const std::string& program, const std::string& state);

 private:
  void makeWizard();
  void addPage(PageView* page);
  void reset(Task task);
  void begin(Task task);
  void leavePage();
  void enterPage();
  void watch(const std::function<void()>& start);
  void openImage(Task task, const std::string& image);
  void update(const std::string& image);
  void goHome();
  void show(Page page);
  void next();
  void back();
  void showButtons();
  void showSteps();
  void followRunning();
  bool mayLeave();
  void close(wxCloseEvent& event);
  PageView& current() const { return *pages_.at(page_); }

  Context context_;
  wxSimplebook* book_;
  HomePage* home_;
  wxPanel* wizard_ = nullptr;
  wxSimplebook* pagesBook_ = nullptr;
  FlowText* steps_ = nullptr;
  FlowText* title_ = nullptr;
  FlowText* why_ = nullptr;
  wxButton* cancel_ = nullptr;
  wxButton* back_ = nullptr;
  wxButton* next_ = nullptr;
  std::map<Page, PageView*> pages_;
  SourcePage* source_ = nullptr;
  TargetPage* target_ = nullptr;
  ProgressPage* progress_ = nullptr;
  Page page_ = Page::Source;
  bool isHome_ = true;
};

}  // namespace disktwin::gui
