#!/usr/bin/python3
"""What a window does around its tasks: the list of images, the desktop, what is remembered, a window without rights.

manners.py NAME       (tests/gui/window/on-screen -- manners.py NAME)
"""
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time

from scenarios import image_of_files, look_into, read, scratch, search, with_engine, write
from screen import clipboard, is_enabled, key, run, until, xdotool
from steps import (DISKTWIN, answer_dialog, cells_of, choose_source, is_usable, limit_to, make_disk, run_scenario,
                   slow_clone, to_summary)


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


def save_image(window, source, image, parent=None, options=None):
    window.click('Save to an image')
    choose_source(window, source)
    finish_saving(window, image, parent, options)


def finish_saving(window, image, parent=None, options=None):
    window.click('Next', 'push button')
    window.fill(window.wait('Image$', 'text'), image)
    window.click('Next', 'push button')
    window.wait('How is it to be done')
    if options:
        options()
    window.click('Next', 'push button')
    window.wait('Will be saved in')
    assert parent is None or parent in window.text(), window.text()
    window.hold('Hold to start')
    window.wait('Done', patience=120)


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


def at_row(window, row):
    """Selects a row of the list by the mouse."""
    before = None
    while True:
        node = window.wait('Images and jobs', 'table')
        cells = (node.get_child_at_index(i) for i in range(node.get_child_count()))
        places = {}
        for cell in cells:
            if cell is not None and cell.get_role_name() == 'table cell':
                x, y = window.middle(cell)
                places.setdefault(y, x)  # of its columns the first: others may be out of sight
        if places == before and len(places) > row:
            break
        before = places
        time.sleep(0.4)
    y = sorted(places)[row]
    xdotool('mousemove', str(places[y]), str(y), 'click', '1')
    time.sleep(0.4)


def choose_in_menu(window, row, item, by_mouse=False):
    at_row(window, row)
    if by_mouse:
        xdotool('click', '3')
    else:
        key('Menu')
    window.click(item, 'menu item')


def ends_asking(window, folder):
    """When it is told to end while a question is open, the question goes first."""
    image = folder + '/saved.img.zst'
    write(folder + '/secret', 'correct horse')
    run(DISKTWIN, 'capture', '--encrypt', '--passphrase-file', folder + '/secret', make_disk(folder, 'source.img', 160), image)
    window.click('Restore an image')
    window.choose_file('A file', image)
    window.wait('Passphrase of')
    window.process.terminate()
    assert until('the window to end', lambda: window.process.poll() is not None) and window.process.returncode == 0, \
        window.process.returncode
    window.start()
    window.click('Restore an image')
    window.click('A file', 'push button')
    until('the file dialog', window.file_dialog)
    window.process.terminate()
    assert until('the window to end', lambda: window.process.poll() is not None) and window.process.returncode == 0, \
        window.process.returncode
    window.start()  # so that there is one to be closed


def home_list(window, folder):
    """Verify, update, what depends on it, the log, the folder, removing: by the menu key, or a right click."""
    source, image, child = make_disk(folder, 'source.img', 160), folder + '/saved.img.zst', folder + '/child.img.zst'
    began = time.strftime('%Y-%m-%d')
    with Services(folder) as services:
        save_image(window, source, image, options=lambda: window.click('Verify: read'))
        window.click('Home', 'push button')
        window.wait('not verified yet')
        _, _, source_name, date, size = cells_of(window, 'saved.img.zst')
        said = f'{os.path.getsize(image) / 1e6:.1f}'.removesuffix('.0') + ' MB'
        assert (source_name, size) == ('source.img', said), (source_name, size, said)
        assert date in (began, time.strftime('%Y-%m-%d')), date

        choose_in_menu(window, 0, 'Verify')
        window.wait('Done', patience=60)
        window.click('Home', 'push button')
        window.wait('verified on')

        choose_in_menu(window, 0, 'Restore')
        window.wait('Which image')
        window.wait_enabled('Next', 'push button')
        window.click('Home', 'push button')
        choose_in_menu(window, 0, 'Look into')
        window.wait('Which image')
        window.wait_enabled('Next', 'push button')
        window.click('Home', 'push button')

        choose_in_menu(window, 0, 'Show log', by_mouse=True)
        window.wait('Log$')
        assert 'saved.img.zst' in window.text()
        key('Escape')
        window.gone('Log$')

        choose_in_menu(window, 0, 'Show in folder')
        assert until('the folder', lambda: services.asked('ShowItems'))[0][0] == ['file://' + image]

        choose_in_menu(window, 0, 'Update')
        choose_source(window, source)
        finish_saving(window, child, parent=image)
        run(DISKTWIN, 'verify', child)
        assert json.loads(run(DISKTWIN, 'show', child, '--json').splitlines()[-1])
        window.click('Home', 'push button')
        window.wait('child.img.zst')

        choose_in_menu(window, 0, 'Combine')
        answer_dialog(window, folder + '/whole.img.zst')
        window.wait('Done', patience=60)
        window.click('Home', 'push button')
        window.wait('whole.img.zst')
        run(DISKTWIN, 'compare', source, folder + '/whole.img.zst')
        choose_in_menu(window, 0, 'Remove')
        window.click('Remove$', 'push button')
        window.gone('whole.img.zst')

        choose_in_menu(window, 1, 'Remove')
        window.wait('Remove the image')
        assert 'build on it' in window.text() and child in window.text(), window.text()
        key('Return')  # what is quick keeps it
        window.gone('Remove the image')
        assert os.path.exists(image)

        choose_in_menu(window, 0, 'Remove')
        window.wait('Remove the image')
        assert 'build on it' not in window.text()
        window.click('Remove$', 'push button')
        until('the image to go', lambda: not os.path.exists(child))
        window.gone('child.img.zst')

        os.unlink(image)
        window.wait('file is missing')


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


def starts(window, folder):
    """Whether the copy would come up is asked from the page that says that it is done, and said in so many words."""
    source = make_disk(folder, 'source.img', 160)
    with_engine(window, folder, """if [ "$1" = boot ]; then echo "$*" >booted
      echo '{"event":"start","verb":"boot"}'; echo '{"event":"watch","seconds":65}'; sleep 3
      echo '{"event":"verdict","verdict":"came-up","because":"it asks for a login"}'
      echo '{"event":"done","exit_code":0}'; exit; fi""")
    window.click('Clone a disk')
    choose_source(window, source)
    window.click('Next', 'push button')
    window.choose_file('A file', folder + '/copy.img')
    to_summary(window)
    window.hold('Hold to start')
    window.click('See whether it starts', 'push button')
    window.wait('The machine is running')
    window.wait('1:05')
    window.wait('It came up: it asks for a login')
    with open(folder + '/booted', encoding='utf8') as file:
        assert file.read() == f'boot {folder}/copy.img --json\n'


def compares(window, folder):
    """A copy that has changed since is told from its source, on the page that says that it is done."""
    source, copy = make_disk(folder, 'source.img', 160), folder + '/copy.img'
    window.click('Clone a disk')
    choose_source(window, source)
    window.click('Next', 'push button')
    window.choose_file('A file', copy)
    to_summary(window)
    window.hold('Hold to start')
    window.wait('Compare with the source', 'push button')
    with open(copy, 'r+b') as file:
        file.seek((1 << 20) + 100)
        file.write(b'not what it was')
    window.click('Compare with the source', 'push button')
    window.wait('They differ')
    assert 'differ' in window.text(), window.text()
    assert not window.find('Compare with the source', 'push button'), 'what differs is no copy'


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


def remembers(window, folder):
    """The size of the window and the last folder."""
    source = make_disk(folder, 'source.img', 160)
    window.click('Clone a disk')
    choose_source(window, source)
    ours = subprocess.run(['xdotool', 'search', '--name', ' Disktwin$'], check=True, stdout=subprocess.PIPE, text=True)
    xdotool('windowsize', '--sync', ours.stdout.split()[0], '910', '650')
    time.sleep(0.5)
    before = window.size()
    key('alt+F4')
    until('the window to close', lambda: window.process.poll() is not None)
    # As it is installed: the command-line program is found, and does what the other one does.
    del window.command[1:3]
    window.environment['PATH'] = os.path.dirname(DISKTWIN) + ':' + window.environment['PATH']
    window.start()
    until('the size', lambda: window.size() == before)
    window.click('Clone a disk')
    window.click('A file', 'push button')
    until('the file dialog', window.file_dialog)
    window.wait('source.img')
    key('Escape')
    window.gone('source.img')
    choose_source(window, source)


def plugged_in(window):
    """A disk that comes and goes while nothing is mounted; the script that runs this is told when."""
    signals, card = os.environ['SIGNALS'], re.escape(os.environ['PLUGGED']) + ','
    window.wait(re.escape(os.environ['SOURCE_FILE']) + ',')
    assert not window.find(card), 'it is there already'
    mounts = read('/proc/self/mounts')
    write(signals + '/plug', '')
    window.wait(card)
    write(signals + '/unplug', '')
    window.gone(card)
    assert read('/proc/self/mounts') == mounts, 'a mount would have told of it too'


def as_root(window, _):
    """From device to device: pkexec is asked, the window dies meanwhile, and the next one follows and steers."""
    source, target = os.environ['SOURCE'], os.environ['TARGET']
    window.click('Move the system')
    card = '.*as-root.*/source,'
    assert is_enabled(window.wait(card)), 'nobody has looked yet'
    window.click('Look inside the disks', 'push button')
    until('what is known then', lambda: not is_enabled(window.wait(card)))
    description = window.wait(card).get_description()
    assert 'Cannot be chosen: no operating system was found on it' in description, description
    window.click('Home', 'push button')
    window.click('Clone a disk')
    plugged_in(window)
    choose_source(window, source)
    window.click('Next', 'push button')
    window.choose_file('A file', target)
    window.wait_enabled('Next', 'push button')
    to_summary(window, options=lambda: limit_to(window, '4M'))
    window.fill(window.wait('Name of the target', 'text'), target)
    window.click('Start', 'push button')
    window.wait('Copying', patience=60)
    records = os.listdir('/run/disktwin/jobs')
    assert records and all(os.stat('/run/disktwin/jobs/' + name).st_uid == os.getuid() for name in records), records
    window.kill()
    time.sleep(1)
    window.start()
    window.wait('Copying')
    window.click('Pause', 'push button')
    window.wait('Paused')
    window.click('Go on', 'push button')
    window.wait('Done', patience=120)
    assert 'What to do next' in window.text() and 'the same identifiers' in window.text(), window.text()


@contextlib.contextmanager
def mounted(folder):
    """A mount that nobody serves: it stands in the list of mounts, and that is all."""
    where = folder + '/mnt'
    os.makedirs(where, exist_ok=True)
    ours, theirs = socket.socketpair()
    subprocess.run(['fusermount3', '-o', 'fsname=stick', '--', where], check=True, pass_fds=[theirs.fileno()],
                   env=dict(os.environ, _FUSE_COMMFD=str(theirs.fileno())))
    descriptor = socket.recv_fds(ours, 1, 1)[1][0]
    try:
        yield
    finally:
        subprocess.run(['fusermount3', '-u', '-z', where], check=True)
        os.close(descriptor)


def new_disk(window, folder):
    """One that is plugged in while somebody looks appears; one that is pulled out cannot be chosen any more."""
    with open(os.path.dirname(os.path.abspath(__file__)) + '/disks.json', encoding='utf8') as file:
        disks = json.load(file)
    stick = next(disk for disk in disks if disk['model'].startswith('SanDisk'))

    def listed(all_disks):
        write(folder + '/listed', json.dumps({'event': 'disks', 'disks': all_disks}))

    listed([disk for disk in disks if disk is not stick])
    with_engine(window, folder, """if [ "$1" = list ]; then
      echo '{"event":"start","verb":"list"}'; cat listed; echo; echo '{"event":"done","exit_code":0}'; exit; fi""")
    window.click('Clone a disk')
    window.wait('CT2000')
    assert not window.find('SanDisk')
    listed(disks)
    with mounted(folder):  # the kernel tells of disks and of mounts; the latter anybody can make
        window.click('SanDisk')
        window.wait_enabled('Next', 'push button')
        stick['partitions'][0]['uses'] = [{'how': 'mounted at /media/photos', 'mount_point': '/media/photos'}]
        listed(disks)
    window.wait('Read it although it is in use')  # as soon as the desktop has mounted it
    assert not is_usable(window, 'Next'), 'reads what is written to without being told to'
    listed([disk for disk in disks if disk is not stick])
    with mounted(folder):
        window.gone('SanDisk')
        until('nothing to be chosen', lambda: not is_usable(window, 'Next'))
    listed(disks)
    no_targets(window)


def no_targets(window):
    """Of the disks that must not be overwritten each says why."""
    window.click('CT2000')
    window.click('Next', 'push button')
    window.wait('Which disk is overwritten')
    for card, why in (('Samsung', 'it holds the system you are running'),
                      ('SanDisk', 'in use: mounted at /media/photos'),
                      ('CT2000', 'it is what will be read'), ('Generic', 'it is empty: no medium is in it')):
        until(f'{card}: {why}', lambda: window.wait(card).get_description().startswith(f'Cannot be chosen: {why}. '))
        assert not is_enabled(window.wait(card)), card
    assert not is_usable(window, 'Next'), 'goes on without a target'


def list_fails(window, folder):
    """What keeps the disks from being listed is said in full, on the page of the target too, and goes when it is over."""
    with_engine(window, folder, """if [ "$1" = list ] && [ -e broken ]; then
      echo '{"event":"start","verb":"list"}'
      echo '{"event":"failed","exit_code":1,"kind":"failed","subject":"/sys","what":"is not there","hint":"mount it"}'; exit 1; fi""")
    write(folder + '/broken', '')
    window.click('Clone a disk')
    choose_source(window, make_disk(folder, 'source.img', 160))
    window.wait('/sys: is not there')
    window.wait('mount it')
    window.click('Copy details', 'push button')
    copied = until('the copied text', clipboard)
    assert '/sys: is not there' in copied and 'mount it' in copied, copied
    window.click('Next', 'push button')
    window.wait('Which disk is overwritten')
    window.wait('/sys: is not there')
    os.unlink(folder + '/broken')
    window.click('Back', 'push button')
    window.gone('/sys: is not there')


if __name__ == '__main__':
    run_scenario(globals())
