#include "gui/widgets/keep_chosen.h"

#include <gtk/gtk.h>
#include <wx/dataview.h>

namespace disktwin::gui {
namespace {

// Where one of several chosen rows was pressed.
struct Press {
  GtkTreePath* row = nullptr;
  double x = 0, y = 0;

  ~Press() { forget(); }
  void forget() {
    if (row) gtk_tree_path_free(row);
    row = nullptr;
  }
};

gboolean changesNothing(GtkTreeSelection*, GtkTreeModel*, GtkTreePath*, gboolean, gpointer) {
  return FALSE;
}

gboolean changeAgain(gpointer selection) {
  gtk_tree_selection_set_select_function(GTK_TREE_SELECTION(selection), nullptr, nullptr, nullptr);
  return G_SOURCE_REMOVE;
}

bool isPlain(const GdkEventButton* event) {
  return event->button == GDK_BUTTON_PRIMARY &&
         (event->state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK)) == 0;
}

gboolean pressed(GtkWidget* widget, GdkEventButton* event, gpointer data) {
  auto* press = static_cast<Press*>(data);
  GtkTreeView* view = GTK_TREE_VIEW(widget);
  GtkTreeSelection* selection = gtk_tree_view_get_selection(view);
  press->forget();
  if (event->type != GDK_BUTTON_PRESS || !isPlain(event) ||
      event->window != gtk_tree_view_get_bin_window(view) ||
      gtk_tree_selection_count_selected_rows(selection) < 2) {
    return FALSE;
  }
  GtkTreePath* row = nullptr;
  if (!gtk_tree_view_get_path_at_pos(view, static_cast<int>(event->x), static_cast<int>(event->y),
                                     &row, nullptr, nullptr, nullptr)) {
    return FALSE;
  }
  if (!gtk_tree_selection_path_is_selected(selection, row)) {
    gtk_tree_path_free(row);
    return FALSE;
  }
  press->row = row;
  press->x = event->x;
  press->y = event->y;
  // Until GTK has seen this event: it knows no other way to be kept from choosing.
  gtk_tree_selection_set_select_function(selection, changesNothing, nullptr, nullptr);
  g_idle_add_full(G_PRIORITY_HIGH_IDLE, changeAgain, g_object_ref(selection), g_object_unref);
  return FALSE;
}

gboolean released(GtkWidget* widget, GdkEventButton* event, gpointer data) {
  auto* press = static_cast<Press*>(data);
  if (press->row && isPlain(event) &&
      !gtk_drag_check_threshold(widget, static_cast<int>(press->x), static_cast<int>(press->y),
                                static_cast<int>(event->x), static_cast<int>(event->y))) {
    GtkTreeView* view = GTK_TREE_VIEW(widget);
    changeAgain(gtk_tree_view_get_selection(view));  // a click may come before the idle time
    gtk_tree_view_set_cursor(view, press->row, nullptr, FALSE);
  }
  press->forget();
  return FALSE;
}

}  // namespace

void keepChosenForDrags(wxDataViewCtrl* list) {
  GtkWidget* view = list->GtkGetTreeView();
  auto* press = new Press;
  g_signal_connect(view, "button-press-event", G_CALLBACK(pressed), press);
  g_signal_connect_data(
      view, "button-release-event", G_CALLBACK(released), press,
      [](gpointer it, GClosure*) { delete static_cast<Press*>(it); },
      static_cast<GConnectFlags>(0));
}

}  // namespace disktwin::gui
