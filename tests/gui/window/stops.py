#!/usr/bin/python3
"""Jobs that are stopped, or whose window is gone: what is said before, what is left, and how it goes on.

stops.py NAME       (tests/gui/window/on-screen -- stops.py NAME)
"""
import os
import time

from screen import run, until
from steps import DISKTWIN, run_scenario, slow_clone


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


if __name__ == '__main__':
    run_scenario(globals())
