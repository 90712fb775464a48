#!/usr/bin/python3
"""Jobs that are stopped, or whose window is gone: what is said before, what is left, and how it goes on.

stops.py NAME       (tests/gui/window/on-screen -- stops.py NAME)
"""
import os
import re
import time

from manners import at_row
from screen import PATIENCE, Atspi, clipboard, key, run, until
from steps import (DISKTWIN, MIB, cells_of, choose_source, command_line, is_usable, limit_and_shut_down, limit_to,
                   make_disk, poisoned, run_scenario, slow_clone, stays_on)


def stop(window, sentence):
    """Once it is asked, with these words."""
    window.click('Stop', 'push button')
    until(repr(sentence), lambda: sentence in window.texts())
    window.click('Stop$', 'push button')
    window.wait('Stopped')


def how_far(window):
    """Of the whole, of which partitions, and for how long still."""
    numbers = r'[0-9.]+ MB .* of [0-9.]+ MB .*, \d+ %, .*/s, (less than|about) .* left'
    until('the time left', lambda: re.search(numbers, window.text()))
    gauge = window.wait('Progress$', 'progress bar')
    until('the gauge to move', lambda: 0 < Atspi.Value.get_current_value(gauge) < 1)
    for row in ('partition 1 (vfat "ESP")', 'partition 2 (ext4 "root")'):
        window.wait(re.escape(row), 'table cell')


def cancel(window, folder):
    """In the middle of a new file: nothing is left of it, and the machine is not shut down."""
    _, target = slow_clone(window, folder, options=limit_and_shut_down)
    how_far(window)
    window.click('Pause', 'push button')
    window.wait('Paused')
    window.click('Go on', 'push button')
    window.wait('Copying')
    stop(window, 'Stop now? The new file is not finished, and is removed.')
    until('the unfinished file to go', lambda: not os.path.exists(target))
    stays_on(window)


def cancel_existing(window, folder):
    """In the middle of what was there before: it is said what is left of it, and no table is."""
    target = poisoned(folder, 'copy.img', 220)
    slow_clone(window, folder)
    stop(window, 'Stop now? The target is then incomplete: its old content is gone, and the copy is not finished. '
         'It must not be used before another clone has finished on it.')
    assert os.path.getsize(target) == 220 * MIB
    run('sfdisk', '-d', target, status=1)  # what looked like a disk would be used as one


def resume(window, folder):
    """An image that was stopped in the middle is gone on with, and becomes what it was to be."""
    source, image = make_disk(folder, 'source.img', 160), folder + '/saved.img.zst'

    def name_image():
        window.click('Save to an image$')  # not the window, which may still be called so
        choose_source(window, source)
        window.click('Next', 'push button')
        window.fill(window.wait('Image$', 'text'), image)

    def to_start(options=None):
        window.click('Next', 'push button')
        window.wait('How is it to be done')
        if options:
            options()
        window.click('Next', 'push button')
        window.wait('Will be saved in')

    name_image()
    assert not window.find('Go on with it'), 'nothing is there to go on with'
    to_start(lambda: limit_to(window, '4M'))
    window.hold('Hold to start')
    window.wait('Copying', patience=60)
    until('some of it', lambda: os.path.getsize(image + '.partial') > 16 * MIB)
    stop(window, 'Stop now? What was written so far is kept as an unfinished image. To go on with it, save the same '
         'disk under the same name.')
    assert os.path.exists(image + '.partial') and not os.path.exists(image), os.listdir(folder)

    window.click('Home', 'push button')
    name_image()
    until('a word about it', lambda: 'An unfinished image of that name is there' in window.text())
    until('nothing to go on with', lambda: not is_usable(window, 'Next'))
    window.click('Go on with it')
    window.wait_enabled('Next', 'push button')
    to_start()
    assert ' --resume ' in command_line(window), clipboard()
    window.hold('Hold to start')
    window.wait('Done', patience=120)
    assert not os.path.exists(image + '.partial'), os.listdir(folder)
    run(DISKTWIN, 'verify', image)
    run(DISKTWIN, 'compare', source, image)


def in_the_list(window):
    """A job that is paused, opened from there, runs, and is done."""
    def row_says(status, patience=PATIENCE):
        until(status, lambda: re.fullmatch(status, cells_of(window, 'Clone: copy.img')[1]), patience)

    def go_home():
        window.click('Home', 'push button')
        window.click('Yes', 'push button')  # it goes on without the page

    window.click('Pause', 'push button')
    window.wait('Paused')
    go_home()
    row_says('paused, [1-9][0-9]? %')
    at_row(window, 0)
    key('Return')
    window.wait('Paused')
    window.click('Go on', 'push button')
    window.wait('Copying')
    go_home()
    row_says('running, [1-9][0-9]? %')
    row_says('done', patience=180)


def window_dies(window, folder):
    """The job goes on, and the next window finds it, and lists it."""
    source, target = slow_clone(window, folder)
    window.kill()
    time.sleep(1)
    assert os.path.exists(target)
    window.start()
    window.wait('Copying')
    in_the_list(window)
    run(DISKTWIN, 'compare', source, target)


if __name__ == '__main__':
    run_scenario(globals())
