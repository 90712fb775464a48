#!/usr/bin/python3
"""What a desktop offers to its programs over D-Bus, and a window to drop files on. Each thing asked of it becomes a line of
JSON in a file:

desktop_services.py FILE       {"call": "Notify", "arguments": [...]}

Notifications, the file manager and the power-off are methods; the launcher's progress is a signal; dropped files are
{"call": "drop", "arguments": [URI...]}.
"""
import json
import sys

import gi
gi.require_version('Gdk', '3.0')
gi.require_version('Gtk', '3.0')
from gi.repository import Gdk, Gio, Gtk  # noqa: E402  (needs the version first)

SERVICES = {
    'org.freedesktop.Notifications': ('/org/freedesktop/Notifications', '''
      <method name="Notify">
        <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
        <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
        <arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/>
      </method>''', '(u)', (1,)),
    'org.freedesktop.FileManager1': ('/org/freedesktop/FileManager1', '''
      <method name="ShowItems"><arg type="as" direction="in"/><arg type="s" direction="in"/></method>''', None, None),
    'org.freedesktop.login1': ('/org/freedesktop/login1', '''
      <method name="PowerOff"><arg type="b" direction="in"/></method>''', None, None),
}


def main():
    with open(sys.argv[1], 'a', encoding='utf8') as file:
        serve(file)


def serve(file):
    def note(call, arguments):
        file.write(json.dumps({'call': call, 'arguments': arguments}) + '\n')
        file.flush()

    bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
    for name, (path, methods, signature, answer) in SERVICES.items():
        interface = 'org.freedesktop.login1.Manager' if name.endswith('login1') else name
        node = Gio.DBusNodeInfo.new_for_xml(f'<node><interface name="{interface}">{methods}</interface></node>')

        def called(_bus, _from, _path, _interface, method, arguments, invocation, signature=signature, answer=answer):
            note(method, arguments.unpack())
            invocation.return_value(gi.repository.GLib.Variant(signature, answer) if signature else None)

        bus.register_object(path, node.interfaces[0], called, None, None)
        Gio.bus_own_name_on_connection(bus, name, Gio.BusNameOwnerFlags.NONE, None, None)
    bus.signal_subscribe(None, 'com.canonical.Unity.LauncherEntry', 'Update', None, None, Gio.DBusSignalFlags.NONE,
                         lambda *signal: note('Update', signal[5].unpack()))
    window = drop_window(note)
    note('ready', [])
    del window
    Gtk.main()


def drop_window(note):
    """At the right edge of the screen."""
    window = Gtk.Window(title='Drop here', default_width=160, default_height=160)
    window.drag_dest_set(Gtk.DestDefaults.ALL, [], Gdk.DragAction.COPY)
    window.drag_dest_add_uri_targets()
    window.connect('drag-data-received', lambda *all: note('drop', list(all[4].get_uris())))
    window.set_accept_focus(False)
    window.set_keep_above(True)
    window.show_all()
    area = Gdk.Display.get_default().get_monitor(0).get_geometry()
    window.move(area.width - 170, 60)
    return window


if __name__ == '__main__':
    main()
