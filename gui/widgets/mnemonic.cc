#include "gui/widgets/mnemonic.h"

#include <gtk/gtk.h>
#include <wx/listbox.h>
#include <wx/stattext.h>

namespace disktwin::gui {

void leadTo(wxStaticText* label, wxListBox* list) {
  GtkWidget* rows = gtk_bin_get_child(GTK_BIN(list->GetHandle()));
  if (!rows) return;
  gtk_widget_set_can_focus(list->GetHandle(), FALSE);
  gtk_label_set_mnemonic_widget(GTK_LABEL(label->GetHandle()), rows);
}

}  // namespace disktwin::gui
