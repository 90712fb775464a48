#include "gui/window/settings.h"

#include <wx/config.h>
#include <wx/filename.h>

namespace disktwin::gui {

wxSize Settings::windowSize() const {
  wxConfigBase& config = *wxConfigBase::Get();
  wxSize size;
  config.Read("window/width", &size.x, 0);
  config.Read("window/height", &size.y, 0);
  return size.x >= 400 && size.y >= 300 ? size : wxDefaultSize;
}

void Settings::setWindowSize(const wxSize& size) {
  wxConfigBase::Get()->Write("window/width", size.x);
  wxConfigBase::Get()->Write("window/height", size.y);
}

bool Settings::isMaximized() const {
  return wxConfigBase::Get()->ReadBool("window/maximized", false);
}

void Settings::setMaximized(bool maximized) {
  wxConfigBase::Get()->Write("window/maximized", maximized);
}

wxString Settings::folder() const {
  const wxString folder = wxConfigBase::Get()->Read("folder", wxString());
  return wxFileName::DirExists(folder) ? folder : wxFileName::GetHomeDir();
}

void Settings::setFolder(const wxString& folder) {
  wxConfigBase::Get()->Write("folder", folder);
}

}  // namespace disktwin::gui
