#include "gui/widgets/field.h"

#include <wx/control.h>

#include "gui/widgets/accessible.h"
#include "gui/widgets/theme.h"

namespace disktwin::gui {

wxTextCtrl* newField(wxWindow* parent, const wxString& name, long style) {
  auto* field = new wxTextCtrl(parent, wxID_ANY, "", wxDefaultPosition, wxDefaultSize, style);
  field->SetMinSize(wxSize(-1, fieldHeight(field)));
  wxString spoken = wxControl::RemoveMnemonics(name);
  if (spoken.EndsWith(":")) spoken.RemoveLast();
  setAccessibleName(field, spoken);
  return field;
}

}  // namespace disktwin::gui
