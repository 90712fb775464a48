#include "gui/window/app.h"

#include <wx/app.h>
#include <wx/config.h>
#include <wx/dialog.h>
#include <wx/filename.h>
#include <wx/intl.h>
#include <wx/stdpaths.h>

#include "gui/desktop/desktop.h"
#include "gui/protocol/translate.h"
#include "gui/run/library.h"
#include "gui/widgets/native_question.h"
#include "gui/widgets/size_text.h"
#include "gui/window/engine.h"
#include "gui/window/main_window.h"
#include "gui/window/text.h"

namespace disktwin::gui {
namespace {

std::string& chosenProgram() {
  static std::string program;
  return program;
}

std::string translated(const char* text) {
  return utf8(wxGetTranslation(wxString::FromUTF8(text)));
}

class App : public wxApp {
 public:
  bool OnInit() override {
    SetAppName("disktwin");
    SetAppDisplayName("Disktwin");
    // The command line has been read before.
    chooseLanguage();
    std::string program = chosenProgram();
    if (program.empty()) program = findProgram();
    auto* window = new MainWindow(program, stateFolder());
    window->Show();
    // A job goes on, and nothing that was looked at stays behind.
    whenAskedToEnd([window] { end(window); });
    return true;
  }

 private:
  // A question that is open belongs to who waits for its answer, and has to be gone before its
  // window is.
  static void end(MainWindow* window) {
    if (cancelQuestion() || cancelNativeQuestion()) {
      window->CallAfter([window] { end(window); });
      return;
    }
    window->Close(true);
    // It goes when nothing else is to be done, and that is looked at after events only.
    wxWakeUpIdle();
  }

  static bool cancelQuestion() {
    for (wxWindow* top : wxTopLevelWindows) {
      auto* question = dynamic_cast<wxDialog*>(top);
      if (!question || !question->IsModal()) continue;
      question->EndModal(wxID_CANCEL);
      return true;
    }
    return false;
  }

  void chooseLanguage() {
    locale_.Init(wxLANGUAGE_DEFAULT, wxLOCALE_DONT_LOAD_DEFAULT);
    wxTranslations::Set(new wxTranslations);
    // Beside the program where it was built, and where it is installed.
    const wxString here = wxFileName(wxStandardPaths::Get().GetExecutablePath()).GetPath();
    wxFileTranslationsLoader::AddCatalogLookupPathPrefix(here + "/locale");
    wxFileTranslationsLoader::AddCatalogLookupPathPrefix(here + "/../share/locale");
    wxTranslations::Get()->AddStdCatalog();
    wxTranslations::Get()->AddCatalog("disktwin");
    setTranslator(translated);
    const wxString sign = wxLocale::GetInfo(wxLOCALE_DECIMAL_POINT, wxLOCALE_CAT_NUMBER);
    if (sign == ",") setDecimalSign(',');
  }

  wxLocale locale_;
};

}  // namespace

int runApp(int argc, char** argv, const std::string& program) {
  chosenProgram() = program;
  wxApp::SetInstance(new App);
  int words = 1;  // ours are not wx's
  static_cast<void>(argc);
  char* only[] = {argv[0], nullptr};
  return wxEntry(words, only);
}

}  // namespace disktwin::gui
