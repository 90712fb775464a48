#include "gui/widgets/native_question.h"

#include <gtk/gtk.h>

namespace disktwin::gui {

bool cancelNativeQuestion() {
  GList* all = gtk_window_list_toplevels();
  GtkDialog* waits = nullptr;
  for (GList* at = all; at && !waits; at = at->next) {
    auto* window = static_cast<GtkWidget*>(at->data);
    const bool isOpen = GTK_IS_DIALOG(window) && gtk_widget_get_visible(window);
    if (isOpen && gtk_window_get_modal(GTK_WINDOW(window))) waits = GTK_DIALOG(window);
  }
  g_list_free(all);
  if (waits) gtk_dialog_response(waits, GTK_RESPONSE_CANCEL);
  return waits != nullptr;
}

}  // namespace disktwin::gui
