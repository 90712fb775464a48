#!/usr/bin/python3
"""Whole tasks in the real window, by mouse and keyboard; what comes of them is checked with the command line.

scenarios.py NAME       (tests/gui/window/on-screen -- scenarios.py NAME)
"""
import os
import subprocess
import time

from screen import key, run, type_text, until
from steps import (DISKTWIN, answer_dialog, choose_source, digest, is_usable, make_disk, poisoned, run_scenario, slow_clone,
                   tab_to, to_summary)


def clone_smaller(window, folder):
    """Onto a smaller file that is full of noise, started by typing its name."""
    source, target = make_disk(folder, 'source.img', 320), poisoned(folder, 'target.img', 220)
    before = digest(source)
    window.click('Clone a disk')
    choose_source(window, source)
    window.click('Next', 'push button')
    window.choose_file('A file', target)
    to_summary(window)
    assert 'Will be LOST' in window.text(), window.text()
    assert not window.find('Start', 'push button') or not is_usable(window, 'Start'), 'starts without the name'
    window.fill(window.wait('Name of the target', 'text'), 'target.img')
    window.click('Start', 'push button')
    window.wait('Done', patience=180)
    run(DISKTWIN, 'compare', source, target)
    assert digest(source) == before, 'the source was written to'
    run('bash', '-c', f'dd if={target} of={folder}/p2 bs=1M skip=41 status=none; e2fsck -fn {folder}/p2')


def clone_by_keyboard(window, folder):
    """Never touches the mouse."""
    source, target = make_disk(folder, 'source.img', 160), folder + '/copy.img'
    window.wait('Clone a disk')
    time.sleep(0.5)
    tab_to(window, 'Clone a disk')
    key('space')
    window.wait('Which disk is read')
    key('alt+f')
    answer_dialog(window, source)
    window.wait_enabled('Next', 'push button')
    key('alt+n')
    window.wait('Which disk is overwritten')
    key('alt+f')
    answer_dialog(window, target)
    for page in ('How is it to be done', 'How large on the target', 'Will be read'):
        window.wait_enabled('Next', 'push button')
        key('alt+n')
        window.wait(page)
    key('Return')  # never starts anything by itself
    time.sleep(0.5)
    assert not os.path.exists(target), 'Enter has started it'
    tab_to(window, 'Name of the target', 'text')
    type_text('copy.img')
    window.wait_enabled('Start', 'push button')
    key('alt+s')
    window.wait('Done', patience=120)
    run(DISKTWIN, 'compare', source, target)


def capture_encrypted(window, folder):
    """Capture with a passphrase, a wrong one at the restore, then the right one."""
    source, image, target = make_disk(folder, 'source.img', 160), folder + '/saved.img.zst', folder + '/back.img'
    window.click('Save to an image')
    choose_source(window, source)
    window.click('Next', 'push button')
    window.fill(window.wait('Image', 'text'), image)
    window.click('Next', 'push button')
    window.click('Encrypt the image')
    window.fill(window.wait('Passphrase', 'password text'), 'correct horse')
    window.fill(window.wait('The same once more', 'password text'), 'correct horse')
    window.click('Next', 'push button')
    window.wait('Will be saved in')
    assert 'correct horse' not in window.text()
    window.hold('Hold to start')
    window.wait('Done', patience=120)
    with open(folder + '/secret', 'w', encoding='ascii') as file:
        file.write('correct horse\n')
    run(DISKTWIN, 'verify', image, '--passphrase-file', folder + '/secret')
    records = subprocess.run(['grep', '-rl', 'correct horse', window.home], check=False, stdout=subprocess.PIPE, text=True)
    assert not records.stdout, 'the passphrase is kept in ' + records.stdout

    window.click('Home', 'push button')
    window.click('Restore an image')
    window.choose_file('A file', image)
    window.wait('Passphrase of')
    type_text('wrong')
    key('Return')
    time.sleep(0.5)
    until('a word about the wrong passphrase', lambda: window.find('That was not it') or window.find('.*passphrase.*(wrong|does not)'))
    type_text('correct horse')
    key('Return')
    window.wait_enabled('Next', 'push button')
    window.click('Next', 'push button')
    window.choose_file('A file', target)
    to_summary(window)
    window.hold('Hold to start')
    window.wait('Done', patience=120)
    run(DISKTWIN, 'compare', source, target)


def browse(window, folder):
    """Look into an image, search, preview, take a file out."""
    source, image = make_disk(folder, 'source.img', 160), folder + '/saved.img.zst'
    run(DISKTWIN, 'capture', source, image)
    window.click('Look into an image')
    choose_source(window, image)
    window.click('Next', 'push button')
    window.wait('letters')
    window.point(window.wait('Search for a name'))
    window.click('Search for a name')
    type_text('hello')
    key('Return')
    window.wait('letters/hello.txt')
    window.click('letters/hello.txt')
    until('the preview', lambda: 'this is the preview' in window.text())
    os.mkdir(folder + '/out')
    window.choose_file('Extract to', folder + '/out')
    until('the file', lambda: os.path.exists(folder + '/out/hello.txt'))
    with open(folder + '/out/hello.txt', encoding='utf8') as file:
        assert file.read() == 'Dear reader,\nthis is the preview.\n'


def cancel(window, folder):
    """In the middle: what it leaves is said, and nothing is left."""
    _, target = slow_clone(window, folder)
    window.click('Pause', 'push button')
    window.wait('Paused')
    window.click('Go on', 'push button')
    window.wait('Copying')
    window.click('Stop', 'push button')
    window.wait('Stop now')
    window.click('Stop$', 'push button')
    window.wait('Stopped')
    until('the unfinished file to go', lambda: not os.path.exists(target))


def window_dies(window, folder):
    """The job goes on, and the next window finds it."""
    source, target = slow_clone(window, folder)
    window.kill()
    time.sleep(1)
    assert os.path.exists(target)
    window.start()
    window.wait('Copying')
    window.wait('Done', patience=180)
    run(DISKTWIN, 'compare', source, target)


def too_small(window, folder):
    """Refused before anything is written, in the words of the command line."""
    source, target = make_disk(folder, 'source.img', 320), poisoned(folder, 'target.img', 60)
    before = digest(target)
    window.click('Clone a disk')
    choose_source(window, source)
    window.click('Next', 'push button')
    window.choose_file('A file', target)
    until('the reason', lambda: 'too small' in window.text() or is_usable(window, 'Next'))
    if is_usable(window, 'Next'):
        window.click('Next', 'push button')
        window.wait('How is it to be done')
        window.click('Next', 'push button')
        window.wait('It cannot be done like this')
        assert not is_usable(window, 'Next'), 'goes on all the same'
    assert digest(target) == before


def image_gone(window, folder):
    """An image that is removed between the plan and the start."""
    source, image, target = make_disk(folder, 'source.img', 160), folder + '/saved.img.zst', folder + '/back.img'
    run(DISKTWIN, 'capture', source, image)
    window.click('Restore an image')
    choose_source(window, image)
    window.click('Next', 'push button')
    window.choose_file('A file', target)
    to_summary(window)
    os.unlink(image)
    window.hold('Hold to start')
    window.wait('It did not work')
    assert 'saved.img.zst' in window.text()
    assert not os.path.exists(target)


if __name__ == '__main__':
    run_scenario(globals())
