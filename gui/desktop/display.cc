#include "gui/desktop/display.h"

#include <gtk/gtk.h>

namespace disktwin::gui {

bool haveDisplay() {
  // Not by GTK's own initialisation, which is wx's to do.
  GdkDisplay* display = gdk_display_open(nullptr);
  if (display) gdk_display_close(display);
  return display != nullptr;
}

}  // namespace disktwin::gui
