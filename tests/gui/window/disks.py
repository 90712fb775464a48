#!/usr/bin/python3
"""Disks that come and go, cannot be listed, or may not be overwritten; and a clone from device to device.

disks.py NAME       (tests/gui/window/on-screen -- disks.py NAME)
"""
import contextlib
import json
import os
import re
import socket
import subprocess
import time

from scenarios import read, with_engine, write
from screen import clipboard, is_enabled, until
from steps import choose_source, is_usable, limit_to, make_disk, run_scenario, to_summary


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
