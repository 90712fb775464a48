#include "gui/window/main_window.h"

#include <wx/msgdlg.h>
#include <wx/settings.h>
#include <wx/sizer.h>

#include <algorithm>

#include "gui/pages/fit_page.h"
#include "gui/pages/image_page.h"
#include "gui/pages/options_page.h"
#include "gui/pages/summary_page.h"
#include "gui/run/job_list.h"
#include "gui/run/secret.h"
#include "gui/window/text.h"

namespace disktwin::gui {
namespace {

wxString taskName(Task task) {
  switch (task) {
    case Task::Clone:
      return _("Clone a disk");
    case Task::MoveSystem:
      return _("Move the system to another disk");
    case Task::Save:
      return _("Save to an image");
    case Task::Restore:
      return _("Restore an image");
    case Task::LookInto:
      break;
  }
  return _("Look into an image");
}

wxString stepName(Page page) {
  switch (page) {
    case Page::Source:
      return _("Source");
    case Page::Target:
      return _("Target");
    case Page::Image:
      return _("Image");
    case Page::Fit:
      return _("Sizes");
    case Page::Options:
      return _("Options");
    case Page::Summary:
      return _("Summary");
    case Page::Progress:
      return _("Progress");
    case Page::Browse:
      break;
  }
  return _("Files");
}

}  // namespace

MainWindow::MainWindow(const std::string& program, const std::string& state)
    : wxFrame(nullptr, wxID_ANY, "Disktwin"),
      context_(program, state),
      book_(new wxSimplebook(this)),
      home_(new HomePage(book_, context_)) {
  SetMinClientSize(FromDIP(wxSize(640, 440)));
  const wxSize remembered = context_.settings.windowSize();
  SetSize(remembered == wxDefaultSize ? FromDIP(wxSize(1024, 680)) : remembered);
  Maximize(context_.settings.isMaximized());
  book_->AddPage(home_, "");
  makeWizard();
  home_->onTask = [this](Task task) { begin(task); };
  home_->onLookInto = [this](const std::string& image) { openImage(Task::LookInto, image); };
  home_->onRestore = [this](const std::string& image) { openImage(Task::Restore, image); };
  home_->onUpdate = [this](const std::string& image) { update(image); };
  home_->onStart = [this](const std::vector<std::string>& words) {
    watch([&] { progress_->start(words, false); });
  };
  home_->onFollow = [this](const std::string& events, const std::string& control) {
    watch([&] { progress_->follow(events, control); });
  };
  Bind(wxEVT_CLOSE_WINDOW, [this](wxCloseEvent& event) { close(event); });
  goHome();
  CallAfter([this] { followRunning(); });
}

void MainWindow::makeWizard() {
  const int gap = FromDIP(12);
  wizard_ = new wxPanel(book_);
  steps_ = new FlowText(wizard_, "", FlowText::Style::Muted);
  title_ = new FlowText(wizard_, "", FlowText::Style::Big);
  pagesBook_ = new wxSimplebook(wizard_);
  why_ = new FlowText(wizard_, "", FlowText::Style::Muted);
  cancel_ = new wxButton(wizard_, wxID_ANY, _("&Home"));
  back_ = new wxButton(wizard_, wxID_ANY, _("&Back"));
  next_ = new wxButton(wizard_, wxID_ANY, _("&Next"));
  auto* buttons = new wxBoxSizer(wxHORIZONTAL);
  buttons->Add(cancel_, wxSizerFlags().CentreVertical());
  buttons->Add(why_, wxSizerFlags(1).CentreVertical().Border(wxLEFT | wxRIGHT, gap));
  buttons->Add(back_, wxSizerFlags().CentreVertical().Border(wxRIGHT, gap / 2));
  buttons->Add(next_, wxSizerFlags().CentreVertical());
  auto* column = new wxBoxSizer(wxVERTICAL);
  column->Add(steps_, wxSizerFlags().Expand().Border(wxLEFT | wxRIGHT | wxTOP, gap));
  column->Add(title_, wxSizerFlags().Expand().Border(wxLEFT | wxRIGHT | wxTOP, gap));
  column->Add(pagesBook_, wxSizerFlags(1).Expand().Border(wxALL, gap));
  column->Add(buttons, wxSizerFlags().Expand().Border(wxLEFT | wxRIGHT | wxBOTTOM, gap));
  wizard_->SetSizer(column);
  book_->AddPage(wizard_, "");
  addPage(source_ = new SourcePage(pagesBook_, context_));
  addPage(target_ = new TargetPage(pagesBook_, context_));
  addPage(new ImagePage(pagesBook_, context_));
  addPage(new FitPage(pagesBook_, context_));
  addPage(new OptionsPage(pagesBook_, context_));
  addPage(new SummaryPage(pagesBook_, context_));
  addPage(progress_ = new ProgressPage(pagesBook_, context_));
  addPage(new BrowsePage(pagesBook_, context_));
  cancel_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { goHome(); });
  back_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { back(); });
  next_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { next(); });
}

void MainWindow::addPage(PageView* page) {
  pages_[page->page()] = page;
  pagesBook_->AddPage(page, "");
  page->onChanged = [this, page] {
    if (!isHome_ && page->page() == page_) showButtons();
  };
  page->onNext = [this] { next(); };
}

// What was asked for the page that is left belongs to it, and to the task that it was of.
void MainWindow::leavePage() {
  context_.disks.stop();
  if (!isHome_) current().leave();
}

// Nothing of the last task is left.
void MainWindow::reset(Task task) {
  leavePage();
  wipe(context_.wizard.choices().passphrase);
  context_.wizard = Wizard(task);
  for (const auto& [_, page] : pages_) page->begin();
  book_->SetSelection(1);
}

void MainWindow::begin(Task task) {
  reset(task);
  show(Page::Source);
  enterPage();
}

void MainWindow::enterPage() {
  current().enter();
  showButtons();
  current().SetFocus();
}

// A job that is not one of the wizard's, or runs already.
void MainWindow::watch(const std::function<void()>& start) {
  reset(Task::LookInto);
  show(Page::Progress);
  start();
  showButtons();
}

void MainWindow::openImage(Task task, const std::string& image) {
  begin(task);
  source_->choose(image);
}

// The next of a chain: the same disk, what differs from this image.
void MainWindow::update(const std::string& image) {
  reset(Task::Save);
  context_.wizard.choices().parent = image;
  show(Page::Source);
  enterPage();
}

void MainWindow::goHome() {
  if (!isHome_ && !mayLeave()) return;
  leavePage();
  isHome_ = true;
  home_->enter();
  book_->SetSelection(0);
  SetTitle("Disktwin");
}

void MainWindow::show(Page page) {
  leavePage();
  home_->leave();
  isHome_ = false;
  page_ = page;
  const auto index = pagesBook_->FindPage(pages_.at(page));
  pagesBook_->SetSelection(static_cast<std::size_t>(index));
  showSteps();
  showButtons();
}

void MainWindow::next() {
  if (!current().whyNotOn().empty()) return;
  if (!current().store()) {
    showButtons();
    return;
  }
  const std::optional<Page> after = context_.wizard.after(page_);
  if (!after) return;
  show(*after);
  enterPage();
}

void MainWindow::back() {
  const std::optional<Page> before = context_.wizard.before(page_);
  if (!before || !mayLeave()) return;
  current().store();
  show(*before);
  enterPage();
}

void MainWindow::showButtons() {
  const wxString label = current().onLabel();
  const wxString why = current().whyNotOn();
  const bool isProgress = page_ == Page::Progress;
  const wxString running = isProgress ? progress_->task() : wxString();
  const std::vector<Page> pages = context_.wizard.pages();
  const bool isOfTask = std::ranges::find(pages, page_) != pages.end();
  const wxString what = !running.empty() ? running
                        : isOfTask       ? taskName(context_.wizard.task())
                                         : wxString();
  SetTitle(what.empty() ? wxString("Disktwin") : what + " - Disktwin");
  title_->setText(current().title());
  next_->Show(!label.empty() && context_.wizard.after(page_).has_value());
  next_->SetLabel(label.empty() ? _("&Next") : label);
  next_->Enable(why.empty());
  why_->setText(next_->IsShown() ? why : wxString());
  back_->Show((!isProgress || progress_->hasFailed()) && context_.wizard.before(page_).has_value());
  wizard_->Layout();
}

void MainWindow::showSteps() {
  wxString text;
  const std::vector<Page> pages = context_.wizard.pages();
  if (std::ranges::find(pages, page_) == pages.end()) return steps_->setText("");
  for (const Page page : pages) {
    if (!text.empty()) text += wxString::FromUTF8("  \u203a  ");
    text += page == page_ ? "[" + stepName(page) + "]" : stepName(page);
  }
  steps_->setText(text);
}

// A window that was closed while a job ran finds it again.
void MainWindow::followRunning() {
  JobList jobs(jobFolders());
  for (const JobEntry& job : jobs.look()) {
    if (!job.isAlive) continue;
    home_->onFollow(job.events, job.control);
    return;
  }
}

bool MainWindow::mayLeave() {
  if (page_ != Page::Progress || !current().holds()) return true;
  return wxMessageBox(_("The job goes on; you find it again on the home page. Leave this page?"),
                      "Disktwin", wxYES_NO | wxICON_QUESTION, this) == wxYES;
}

void MainWindow::close(wxCloseEvent& event) {
  const bool runs = !isHome_ && current().holds();
  const bool waits = context_.shutDown.isWaiting();
  if ((runs || waits) && event.CanVeto()) {
    wxString text = _("The job goes on without this window, and is shown again when you open it.");
    if (waits) text += " " + _("The machine will then not be shut down when it is done.");
    const int answer =
        wxMessageBox(text + " " + _("Close it?"), "Disktwin", wxYES_NO | wxICON_QUESTION, this);
    if (answer != wxYES) {
      event.Veto();
      return;
    }
  }
  context_.settings.setMaximized(IsMaximized());
  if (!IsMaximized()) context_.settings.setWindowSize(GetSize());
  context_.disks.stop();
  Destroy();
}

}  // namespace disktwin::gui
