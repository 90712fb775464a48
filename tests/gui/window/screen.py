"""Drives the real window as a person would: finds things by what a screen reader would say, points and types with the
X server's own mouse and keyboard. Needs Xvfb, a window manager, D-Bus, AT-SPI, xdotool."""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import gi
gi.require_version('Atspi', '2.0')
from gi.repository import Atspi  # noqa: E402  (needs the version first)

PATIENCE = float(os.environ.get('PATIENCE', '60'))
LOWEST = 680  # where something can be pressed, on screens of 700 lines
SHOWN = (Atspi.StateType.SHOWING, Atspi.StateType.VISIBLE)


class NotThere(Exception):
    pass


def until(what, test, patience=PATIENCE):
    """What test() returns once it is true."""
    end = time.monotonic() + patience
    while True:
        try:
            found = test()
        except gi.repository.GLib.Error:  # it went while it was looked at
            found = None
        if found:
            return found
        if time.monotonic() > end:
            raise NotThere(what)
        time.sleep(0.1)


def walk(node, depth=0):
    if node is None or depth > 40:
        return
    yield node
    for i in range(min(node.get_child_count(), 400)):
        try:
            yield from walk(node.get_child_at_index(i), depth + 1)
        except gi.repository.GLib.Error:
            continue


def is_shown(node):
    states = node.get_state_set()
    return all(states.contains(state) for state in SHOWN)


def name_of(node):
    # Of a cell of a list the name is kept by this side of the bus, and nobody is told when it changes.
    if node.get_role_name() == 'table cell' and 'Text' in node.get_interfaces():
        return Atspi.Text.get_text(node, 0, -1) or node.get_name() or ''
    return node.get_name() or ''


def is_enabled(node):
    return node.get_state_set().contains(Atspi.StateType.SENSITIVE)


BUTTONS = ('push button', 'toggle button', 'check box', 'radio button', 'combo box')
NAMED = BUTTONS + ('text', 'password text', 'table', 'tree table', 'slider', 'progress bar', 'list box')
LINE = 16 * float(os.environ.get('GDK_DPI_SCALE', '1'))


class Window:
    """The program, started, until it is closed."""

    def __init__(self, program, disktwin, environment=(), arguments=()):
        self.home = tempfile.mkdtemp(prefix='disktwin-gui-home.')
        self.user = int(os.environ.get('GUI_UID', os.getuid()))
        os.chown(self.home, self.user, self.user)
        self.environment = dict(os.environ, HOME=self.home, XDG_CONFIG_HOME=self.home + '/config',
                                XDG_STATE_HOME=self.home + '/state', XDG_CACHE_HOME=self.home + '/cache',
                                **dict(environment))
        self.command = [program, '--program', disktwin, *arguments]
        self.bottom = ('Home', 'Back', 'Next')  # the buttons that are always in sight, as the window calls them
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, env=self.environment, stdin=subprocess.DEVNULL)
        self.app = until('the window', self.find_app)

    def find_app(self):
        if self.process.poll() is not None:
            raise SystemExit(f'the window has ended with {self.process.returncode}')
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            app = desktop.get_child_at_index(i)
            if app is not None and app.get_process_id() == self.process.pid and app.get_child_count() > 0:
                return app
        return None

    def nodes(self):
        self.app.clear_cache()
        return (node for node in walk(self.app) if is_shown(node))

    def find(self, name, role=None):
        """Shown, with a name that matches from its beginning."""
        pattern = re.compile(name)
        for node in self.nodes():
            if pattern.match(name_of(node)) and (role is None or node.get_role_name() == role):
                return node
        return None

    def wait(self, name, role=None, patience=PATIENCE):
        return until(f'{role or "something"} called {name!r}', lambda: self.find(name, role), patience)

    def wait_enabled(self, name, role=None, patience=PATIENCE):
        def usable():
            node = self.find(name, role)
            return node if node and is_enabled(node) else None
        return until(f'{name!r} that can be used', usable, patience)

    def gone(self, name):
        until(f'{name!r} to go', lambda: not self.find(name))

    def texts(self):
        out = []
        for node in self.nodes():
            out.append(name_of(node))
            if node.get_role_name() == 'text' or (not out[-1] and node.get_role_name() == 'label'):
                out.append(Atspi.Text.get_text(node, 0, -1))
        return out

    def text(self):
        return '\n'.join(self.texts())

    def cut_off(self):
        """What is written in a place that it does not fit into."""
        out = []
        for node in self.nodes():
            if node.get_role_name() != 'label' or (length := Atspi.Text.get_character_count(node)) == 0:
                continue
            place = node.get_component_iface().get_extents(Atspi.CoordType.SCREEN)
            last = Atspi.Text.get_character_extents(node, length - 1, Atspi.CoordType.SCREEN)
            if last.y + last.height > place.y + place.height + 1 or last.x + last.width > place.x + place.width + 1:
                out.append(Atspi.Text.get_text(node, 0, -1))
        return out

    def nameless(self):
        """What can have the focus, and nobody who does not see it can tell what it is."""
        return [node.get_role_name() for node in self.nodes()
                if node.get_role_name() in NAMED and not name_of(node)
                and (node.get_role_name() == 'progress bar' or node.get_state_set().contains(Atspi.StateType.FOCUSABLE))]

    def squeezed(self):
        """Buttons and boxes that are lower than a line of text is."""
        return [name_of(node) for node in self.nodes() if node.get_role_name() in BUTTONS
                and node.get_component_iface().get_extents(Atspi.CoordType.SCREEN).height < LINE]

    def middle(self, node):
        box = node.get_component_iface().get_extents(Atspi.CoordType.SCREEN)
        return box.x + box.width // 2, box.y + box.height // 2

    def point(self, node):
        """Once it stays where it is: pages are laid out when their parts come."""
        before = None
        # What is not on the screen yet, or no more, has no place.
        end = time.monotonic() + PATIENCE
        while (now := self.middle(node)) != before or min(now) < 0:
            if time.monotonic() > end:
                raise NotThere(f'a place for {node.get_name()!r}')
            before = now
            time.sleep(0.2)
        now = self.scrolled_to(node)
        xdotool('mousemove', str(now[0]), str(now[1]))
        time.sleep(0.15)

    def scrolled_to(self, node):
        """Where it is once it is above the buttons at the bottom of the window, or above its end where there are none."""
        for _ in range(40):
            home = self.find(self.bottom[0] + '$', 'push button')
            end = self.middle(home)[1] - 40 if home else LOWEST
            if self.middle(node)[1] < end or node.get_name() in self.bottom:
                break
            xdotool('mousemove', '500', '165', 'click', '5')
            time.sleep(0.1)
        return self.middle(node)

    def click(self, name, role=None):
        self.point(self.wait_enabled(name, role))
        xdotool('click', '1')
        time.sleep(0.2)

    def press(self, name):
        """As an assistive program does, wherever it has been scrolled to."""
        Atspi.Action.do_action(self.wait_enabled(name), 0)
        time.sleep(0.3)

    def hold(self, name, seconds=2.2):
        self.point(self.wait_enabled(name))
        xdotool('mousedown', '1')
        time.sleep(seconds)
        xdotool('mouseup', '1')
        time.sleep(0.2)

    def fill(self, node, text):
        self.point(node)
        xdotool('click', '--repeat', '3', '1')
        key('ctrl+a')
        type_text(text)

    def choose_file(self, button, path):
        """Through the desktop's own dialog."""
        self.click(button, 'push button')
        dialog = until('the file dialog', self.file_dialog)
        del dialog
        time.sleep(0.5)
        key('ctrl+a')
        type_text(path)
        time.sleep(0.3)
        key('Return')
        until('the file dialog to close', lambda: not self.file_dialog())

    def file_dialog(self):
        for i in range(self.app.get_child_count()):
            child = self.app.get_child_at_index(i)
            if child is not None and child.get_role_name() in ('file chooser', 'dialog') and is_shown(child):
                return child
        return None

    def size(self):
        box = self.app.get_child_at_index(0).get_component_iface().get_extents(Atspi.CoordType.SCREEN)
        return box.width, box.height

    def shot(self, path):
        time.sleep(0.4)
        subprocess.run(['import', '-window', 'root', path], check=True)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self.home, ignore_errors=True)


def xdotool(*words):
    subprocess.run(['xdotool', *words], check=True, stdout=subprocess.DEVNULL)


def key(*names):
    xdotool('key', '--clearmodifiers', '--delay', '40', *names)
    time.sleep(0.1)


def type_text(text):
    xdotool('type', '--clearmodifiers', '--delay', '15', text)
    time.sleep(0.2)


def clipboard():
    gi.require_version('Gdk', '3.0')
    gi.require_version('Gtk', '3.0')
    from gi.repository import Gdk, Gtk  # only here: the other scenarios need no toolkit
    return Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD).wait_for_text() or ''


def run(*words, status=0):
    done = subprocess.run(words, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != status:
        sys.exit(f'{" ".join(words)}: ended with {done.returncode}, expected {status}\n{done.stdout}')
    return done.stdout
