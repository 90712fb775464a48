#include "gui/widgets/clipboard.h"

#include <wx/clipbrd.h>

namespace disktwin::gui {

void copyText(const wxString& text) {
  wxClipboardLocker lock;
  if (!lock) return;
  wxTheClipboard->SetData(new wxTextDataObject(text));
  wxTheClipboard->Flush();
}

}  // namespace disktwin::gui
