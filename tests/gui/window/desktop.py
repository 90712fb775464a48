#!/usr/bin/python3
"""What a window asks of the desktop around it, and what is dragged onto it.

desktop.py NAME       (tests/gui/window/on-screen -- desktop.py NAME)
"""
import json
import os
import subprocess
import sys
import time

from scenarios import image_of_files, look_into, scratch, search, with_engine, write
from screen import key, until, xdotool
from steps import limit_to, make_disk, run_scenario, save_image, slow_clone


class Services:
    """The desktop's services, and what was asked of them."""

    def __init__(self, folder):
        self.file = folder + '/asked'
        self.process = subprocess.Popen([sys.executable, os.path.dirname(os.path.abspath(__file__)) + '/desktop_services.py',
                                         self.file])
        until('the desktop', lambda: self.asked('ready'))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def asked(self, call):
        if not os.path.exists(self.file):
            return []
        with open(self.file, encoding='utf8') as file:
            lines = [json.loads(line) for line in file if line.endswith('\n')]
        return [line['arguments'] for line in lines if line['call'] == call]


def desktop_told(window, folder):
    """A notification, progress on the taskbar, and at the end the power goes off, if it is to and nobody objects."""
    source = make_disk(folder, 'source.img', 160)
    with Services(folder) as services:
        def shut_down_then():
            window.click('More')
            window.press('Shut down when done')
        save_image(window, source, folder + '/saved.img.zst', options=shut_down_then)
        told = until('a notification', lambda: services.asked('Notify'))
        assert told[0][0] == 'Disktwin' and told[0][3] == 'Save to an image: Done', told
        updates = services.asked('Update')
        assert all(update[0] == 'application://disktwin.desktop' for update in updates), updates
        assert any(update[1]['progress-visible'] and 0 <= update[1]['progress'] <= 1 for update in updates), updates
        assert not updates[-1][1]['progress-visible'], updates
        window.wait('The machine shuts down')
        assert not services.asked('PowerOff'), 'without waiting'
        window.click('Do not shut down', 'push button')
        window.gone('The machine shuts down')

        window.click('Home', 'push button')
        save_image(window, source, folder + '/again.img.zst', options=shut_down_then)
        window.wait('The machine shuts down')
        assert not services.asked('PowerOff'), 'all the same, or without waiting'
        until('the power-off', lambda: services.asked('PowerOff'), patience=90)
        time.sleep(1)
        assert len(services.asked('PowerOff')) == 1, services.asked('PowerOff')


def two_jobs(window, folder):
    """Of one that was left for another, the end is told all the same, and nothing of it shows on the other's page."""
    other = make_disk(folder, 'other.img', 160)
    with Services(folder) as services:
        slow_clone(window, folder, options=lambda _: limit_to(window, '1M'))
        window.click('Home', 'push button')
        window.click('Yes', 'push button')
        window.wait('Images and jobs')
        save_image(window, other, folder + '/saved.img.zst')
        ended = until('both ends', lambda: [told[3] for told in services.asked('Notify')][1:] and services.asked('Notify'),
                      patience=180)
        assert [told[3] for told in ended] == ['Save to an image: Done', 'Clone: Done'], ended
        assert 'were saved in an image' in window.text() and 'were copied' not in window.text(), window.text()


def drag_to_window(window, name):
    """By the mouse, onto the window of another program."""
    x, y = window.middle(window.wait(name))
    xdotool('mousemove', str(x), str(y), 'mousedown', '1')
    for step in range(1, 11):
        xdotool('mousemove', str(x + step * 4), str(y + step))
        time.sleep(0.1)
    time.sleep(1)
    over = subprocess.run(['xdotool', 'search', '--name', '^Drop here$'], check=True, stdout=subprocess.PIPE, text=True)
    for place in ('60', '70'):
        xdotool('mousemove', '--window', over.stdout.split()[-1], place, place)
        time.sleep(0.5)
    xdotool('mouseup', '1')


def dropped(services, count):
    """The files of the last of so many drops, by their names."""
    drops = until('the drop', lambda: services.asked('drop') if len(services.asked('drop')) >= count else None)
    assert len(drops) == count, drops
    return {os.path.basename(uri): uri.removeprefix('file://') for uri in drops[-1]}


def drag_out(window, folder):
    """Files and folders out of an image, dropped on another program; only when all of it is there."""
    image = image_of_files(folder)
    with_engine(window, folder, 'if [ "$1" = extract ]; then [ ! -e slow ] || sleep $(cat slow); [ ! -e bad ] || exit 1; fi')
    with Services(folder) as services:
        look_into(window, image)
        search(window, 'hello')
        drag_to_window(window, 'letters/hello.txt')
        files = dropped(services, 1)
        assert list(files) == ['hello.txt'], files
        with open(files['hello.txt'], encoding='utf8') as file:
            assert file.read() == 'Dear reader,\nthis is the preview.\n'

        search(window, '')
        window.click('letters')
        key('shift+Down', 'shift+Down', 'shift+Down')
        drag_to_window(window, 'data0')
        files = dropped(services, 2)
        assert sorted(files) == ['data0', 'data1', 'letters', 'lost+found'], files
        assert os.listdir(files['letters']) and os.path.getsize(files['data0']) == 1 << 20, files

        # What takes long can be stopped; once it is there, it is dragged by a second try.
        write(folder + '/slow', '25')
        drag_to_window(window, 'data10')
        window.click('Cancel', 'push button')
        window.gone('Taking files out')
        assert not [path for path in scratch(folder) if path.endswith('data10')]
        write(folder + '/slow', '4')
        drag_to_window(window, 'data10')
        window.wait('The files are ready')
        os.unlink(folder + '/slow')
        drag_to_window(window, 'data10')
        assert list(dropped(services, 3)) == ['data10']

        write(folder + '/bad', '')
        drag_to_window(window, 'data11')
        until('why not', lambda: 'ended without saying how' in window.text())
        assert len(services.asked('drop')) == 3, services.asked('drop')


if __name__ == '__main__':
    run_scenario(globals())
