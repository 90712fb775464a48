#include "gui/desktop/desktop.h"

#include <gio/gio.h>
#include <glib-unix.h>

#include <csignal>
#include <utility>

namespace disktwin::gui {
namespace {

constexpr const char* kApplication = "application://disktwin.desktop";
// Any path will do; the signal's readers go by the application's name.
constexpr const char* kObject = "/com/canonical/unity/launcherentry/disktwin";

}  // namespace

struct Desktop::Bus {
  GDBusConnection* session = nullptr;
  double shown = -1;
};

Desktop::Desktop() : bus_(new Bus) {
  bus_->session = g_bus_get_sync(G_BUS_TYPE_SESSION, nullptr, nullptr);
  if (bus_->session) g_dbus_connection_set_exit_on_close(bus_->session, FALSE);
}

Desktop::~Desktop() {
  showProgress(-1);
  if (bus_->session) {
    g_dbus_connection_flush_sync(bus_->session, nullptr, nullptr);
    g_object_unref(bus_->session);
  }
  delete bus_;
}

void Desktop::notify(const std::string& title, const std::string& text, bool isUrgent) {
  if (!bus_->session) return;
  GVariantBuilder actions;
  GVariantBuilder hints;
  g_variant_builder_init(&actions, G_VARIANT_TYPE("as"));
  g_variant_builder_init(&hints, G_VARIANT_TYPE("a{sv}"));
  g_variant_builder_add(&hints, "{sv}", "urgency", g_variant_new_byte(isUrgent ? 2 : 1));
  g_variant_builder_add(&hints, "{sv}", "desktop-entry", g_variant_new_string("disktwin"));
  g_dbus_connection_call(bus_->session, "org.freedesktop.Notifications",
                         "/org/freedesktop/Notifications", "org.freedesktop.Notifications",
                         "Notify",
                         g_variant_new("(susssasa{sv}i)", "Disktwin", 0U, "drive-harddisk",
                                       title.c_str(), text.c_str(), &actions, &hints, -1),
                         nullptr, G_DBUS_CALL_FLAGS_NONE, 1000, nullptr, nullptr, nullptr);
}

void Desktop::showProgress(double fraction) {
  if (!bus_->session || (fraction < 0 && bus_->shown < 0)) return;
  bus_->shown = fraction;
  GVariantBuilder properties;
  g_variant_builder_init(&properties, G_VARIANT_TYPE("a{sv}"));
  g_variant_builder_add(&properties, "{sv}", "progress",
                        g_variant_new_double(fraction < 0 ? 0 : fraction));
  g_variant_builder_add(&properties, "{sv}", "progress-visible",
                        g_variant_new_boolean(fraction >= 0));
  g_dbus_connection_emit_signal(bus_->session, nullptr, kObject,
                                "com.canonical.Unity.LauncherEntry", "Update",
                                g_variant_new("(sa{sv})", kApplication, &properties), nullptr);
}

bool shutDown() {
  GDBusConnection* system = g_bus_get_sync(G_BUS_TYPE_SYSTEM, nullptr, nullptr);
  if (!system) return false;
  GVariant* answer = g_dbus_connection_call_sync(
      system, "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager",
      "PowerOff", g_variant_new("(b)", TRUE), nullptr, G_DBUS_CALL_FLAGS_NONE, 10'000, nullptr,
      nullptr);
  const bool isDone = answer != nullptr;
  if (answer) g_variant_unref(answer);
  g_object_unref(system);
  return isDone;
}

void whenAskedToEnd(std::function<void()> end) {
  static std::function<void()> what;
  what = std::move(end);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    g_unix_signal_add(
        signal,
        [](gpointer) -> gboolean {
          what();
          return G_SOURCE_CONTINUE;
        },
        nullptr);
  }
}

bool showInFileManager(const std::string& path) {
  GDBusConnection* session = g_bus_get_sync(G_BUS_TYPE_SESSION, nullptr, nullptr);
  char* uri = g_filename_to_uri(path.c_str(), nullptr, nullptr);
  GVariant* answer = nullptr;
  if (session && uri) {
    GVariantBuilder uris;
    g_variant_builder_init(&uris, G_VARIANT_TYPE("as"));
    g_variant_builder_add(&uris, "s", uri);
    answer = g_dbus_connection_call_sync(
        session, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1",
        "org.freedesktop.FileManager1", "ShowItems", g_variant_new("(ass)", &uris, ""), nullptr,
        G_DBUS_CALL_FLAGS_NONE, 5'000, nullptr, nullptr);
  }
  const bool isDone = answer != nullptr;
  if (answer) g_variant_unref(answer);
  if (session) g_object_unref(session);
  g_free(uri);
  return isDone;
}

}  // namespace disktwin::gui
