#include "gui/widgets/native_style.h"

#include <gtk/gtk.h>

namespace disktwin::gui {
namespace {

// Themes give these in pixels, which large text leaves behind. Not of marks in lists: there, wx
// leaves them as many pixels as it has found in the theme.
constexpr const char* kStyle =
    "checkbutton check, radiobutton radio { min-width: 1em; min-height: 1em; }"
    "progressbar trough, progressbar progress { min-height: 0.75em; }";

// Bars that lie on top of what they scroll are hidden until the pointer moves: nobody would know
// that there is more.
void showScrollBars() {
  GtkSettings* settings = gtk_settings_get_default();
  constexpr const char* kOverlay = "gtk-overlay-scrolling";  // since GTK 3.24.9
  if (!settings || !g_object_class_find_property(G_OBJECT_GET_CLASS(settings), kOverlay)) return;
  g_object_set(settings, kOverlay, FALSE, nullptr);
}

void growWithText() {
  GdkScreen* screen = gdk_screen_get_default();
  if (!screen) return;
  GtkCssProvider* style = gtk_css_provider_new();
  gtk_css_provider_load_from_data(style, kStyle, -1, nullptr);
  gtk_style_context_add_provider_for_screen(screen, GTK_STYLE_PROVIDER(style),
                                            GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_object_unref(style);
}

}  // namespace

void styleNativeWidgets() {
  static const bool isStyled = [] {
    showScrollBars();
    growWithText();
    return true;
  }();
  static_cast<void>(isStyled);
}

}  // namespace disktwin::gui
