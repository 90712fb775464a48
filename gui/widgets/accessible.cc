#include "gui/widgets/accessible.h"

#include <atk/atk.h>
#include <wx/weakref.h>
#include <wx/window.h>

#include <string>
#include <utility>

// Three functions of GTK: too little to ask everybody who builds this for all its headers.
extern "C" {
AtkObject* gtk_widget_get_accessible(GtkWidget* widget);
GType gtk_container_accessible_get_type();
void gtk_widget_class_set_accessible_type(struct _GtkWidgetClass* widgetClass, GType type);
}

namespace disktwin::gui {
namespace {

// What GTK does not know of a widget that it does not paint.
struct Facts {
  wxWeakRef<wxWindow> window;
  bool checkable = false;
  bool checked = false;
  bool enabled = true;
  std::string actionName;
  std::function<void()> action;
};

GQuark factsQuark() {
  return g_quark_from_static_string("disktwin-facts");
}

Facts* factsOf(gpointer accessible) {
  return static_cast<Facts*>(g_object_get_qdata(G_OBJECT(accessible), factsQuark()));
}

// A class of accessible objects that answers with the facts above, and otherwise as the one of
// GTK's containers does, which is what a wxWindow is to GTK.
gpointer parentClass = nullptr;

AtkStateSet* refStateSet(AtkObject* accessible) {
  AtkStateSet* states = ATK_OBJECT_CLASS(parentClass)->ref_state_set(accessible);
  const Facts* facts = factsOf(accessible);
  if (!facts) return states;
  // Also one that Tab does not lead to: arrow keys do.
  if (facts->action) atk_state_set_add_state(states, ATK_STATE_FOCUSABLE);
  if (facts->checkable) atk_state_set_add_state(states, ATK_STATE_CHECKABLE);
  if (facts->checked) atk_state_set_add_state(states, ATK_STATE_CHECKED);
  if (!facts->enabled) {
    atk_state_set_remove_state(states, ATK_STATE_ENABLED);
    atk_state_set_remove_state(states, ATK_STATE_SENSITIVE);
  }
  return states;
}

void initClass(gpointer itsClass, gpointer) {
  parentClass = g_type_class_peek_parent(itsClass);
  ATK_OBJECT_CLASS(itsClass)->ref_state_set = refStateSet;
}

gint countActions(AtkAction* accessible) {
  const Facts* facts = factsOf(accessible);
  return facts && facts->action ? 1 : 0;
}

gboolean doAction(AtkAction* accessible, gint which) {
  const Facts* facts = factsOf(accessible);
  if (which != 0 || !facts || !facts->action || !facts->window || !facts->enabled) return FALSE;
  // Not at once: whoever asked waits for the answer, and the action may open a dialog.
  facts->window->CallAfter(facts->action);
  return TRUE;
}

const gchar* actionName(AtkAction* accessible, gint which) {
  const Facts* facts = factsOf(accessible);
  return which == 0 && facts && facts->action ? facts->actionName.c_str() : nullptr;
}

void initAction(gpointer itsInterface, gpointer) {
  auto* action = static_cast<AtkActionIface*>(itsInterface);
  action->get_n_actions = countActions;
  action->do_action = doAction;
  action->get_name = actionName;
}

GType accessibleType() {
  static const GType type = [] {
    const GType parent = gtk_container_accessible_get_type();
    GTypeQuery sizes{};
    g_type_query(parent, &sizes);
    GTypeInfo info{};
    info.class_size = static_cast<guint16>(sizes.class_size);
    info.instance_size = static_cast<guint16>(sizes.instance_size);
    info.class_init = initClass;
    const GType out =
        g_type_register_static(parent, "DisktwinAccessible", &info, static_cast<GTypeFlags>(0));
    const GInterfaceInfo action{initAction, nullptr, nullptr};
    g_type_add_interface_static(out, ATK_TYPE_ACTION, &action);
    return out;
  }();
  return type;
}

// Of the widget that takes the focus.
AtkObject* accessibleOf(wxWindow* window) {
  if (!window->m_wxwindow) {
    return window->m_widget ? gtk_widget_get_accessible(window->m_widget) : nullptr;
  }
  // The type belongs to the class of all wxWindows, and counts for those whose accessible object
  // has not been made yet; those of no interest to us behave as before.
  static const bool isSet = [window] {
    auto* itsClass =
        reinterpret_cast<struct _GtkWidgetClass*>(G_OBJECT_GET_CLASS(window->m_wxwindow));
    gtk_widget_class_set_accessible_type(itsClass, accessibleType());
    return true;
  }();
  static_cast<void>(isSet);
  return gtk_widget_get_accessible(window->m_wxwindow);
}

// Made when there is none. It lives as long as the accessible object, which others may keep.
Facts* factsFor(wxWindow* window) {
  AtkObject* accessible = accessibleOf(window);
  if (!accessible || !G_TYPE_CHECK_INSTANCE_TYPE(accessible, accessibleType())) return nullptr;
  Facts* facts = factsOf(accessible);
  if (facts) return facts;
  facts = new Facts;
  facts->window = window;
  g_object_set_qdata_full(G_OBJECT(accessible), factsQuark(), facts,
                          [](gpointer it) { delete static_cast<Facts*>(it); });
  return facts;
}

AtkRole atkRole(Role role) {
  switch (role) {
    case Role::Button:
      return ATK_ROLE_PUSH_BUTTON;
    case Role::RadioButton:
      return ATK_ROLE_RADIO_BUTTON;
    case Role::List:
      return ATK_ROLE_GROUPING;
    case Role::Image:
      return ATK_ROLE_IMAGE;
    case Role::Border:
      return ATK_ROLE_SPLIT_PANE;
    case Role::Text:
      return ATK_ROLE_LABEL;
    case Role::Panel:
      return ATK_ROLE_PANEL;
  }
  return ATK_ROLE_PANEL;
}

}  // namespace

void setAccessible(wxWindow* window, const wxString& name, const wxString& description, Role role) {
  if (AtkObject* accessible = accessibleOf(window)) {
    atk_object_set_role(accessible, atkRole(role));
  }
  setAccessibleName(window, name, description);
  if (role != Role::RadioButton) return;
  if (Facts* facts = factsFor(window)) facts->checkable = true;
}

void setAccessibleName(wxWindow* window, const wxString& name, const wxString& description) {
  AtkObject* accessible = accessibleOf(window);
  if (!accessible) return;
  if (atk_object_get_role(accessible) == ATK_ROLE_SCROLL_PANE && !window->m_wxwindow) {
    // The focus goes to what is scrolled.
    if (AtkObject* inner = atk_object_ref_accessible_child(accessible, 0)) {
      atk_object_set_name(inner, name.utf8_str());
      g_object_unref(inner);
    }
  }
  // Each call is told to whoever listens, also when nothing is new.
  const auto differs = [](const char* now, const wxString& wanted) {
    return !now || wxString::FromUTF8(now) != wanted;
  };
  if (differs(atk_object_get_name(accessible), name)) {
    atk_object_set_name(accessible, name.utf8_str());
  }
  if (differs(atk_object_get_description(accessible), description)) {
    atk_object_set_description(accessible, description.utf8_str());
  }
}

void setAccessibleChecked(wxWindow* window, bool checked) {
  Facts* facts = factsFor(window);
  if (!facts || facts->checked == checked) return;
  facts->checked = checked;
  atk_object_notify_state_change(accessibleOf(window), ATK_STATE_CHECKED, checked);
}

void setAccessibleEnabled(wxWindow* window, bool enabled) {
  Facts* facts = factsFor(window);
  if (!facts || facts->enabled == enabled) return;
  facts->enabled = enabled;
  atk_object_notify_state_change(accessibleOf(window), ATK_STATE_ENABLED, enabled);
  atk_object_notify_state_change(accessibleOf(window), ATK_STATE_SENSITIVE, enabled);
}

void setAccessibleAction(wxWindow* window, const char* name, std::function<void()> action) {
  Facts* facts = factsFor(window);
  if (!facts) return;
  facts->actionName = name;
  facts->action = std::move(action);
}

void announce(wxWindow* window, const wxString& text) {
  AtkObject* accessible = accessibleOf(window);
  if (!accessible || g_signal_lookup("announcement", ATK_TYPE_OBJECT) == 0) return;
  g_signal_emit_by_name(accessible, "announcement", static_cast<const char*>(text.utf8_str()));
}

}  // namespace disktwin::gui
