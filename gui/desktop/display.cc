#include "gui/desktop/display.h"

#include <gtk/gtk.h>

namespace disktwin::gui {

bool haveDisplay() {
  return gtk_init_check(nullptr, nullptr) != FALSE;
}

}  // namespace disktwin::gui
