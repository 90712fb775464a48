#!/usr/bin/python3
"""Goes through every page of the window and takes a picture of each.

pages.py FOLDER SUFFIX    (tests/gui/window/on-screen -- pages.py docs/screenshots light)

The disks in the pictures are made up: this file is also the command-line program that lists them, and hands everything
else on to the real one.
"""
import os
import shutil
import sys
import tempfile
import time

if len(sys.argv) > 1 and sys.argv[1] == 'list':
    DISKS = os.path.dirname(os.path.realpath(__file__)) + '/disks.json'
    print('{"event":"start","protocol":1,"verb":"list","version":"0"}')
    with open(DISKS, encoding='utf8') as listed:
        print('{"event":"disks","disks":' + ' '.join(listed.read().split('\n')) + '}')
    print('{"event":"done","exit_code":0}')
    sys.exit(0)
if len(sys.argv) > 1 and sys.argv[1] in ('clone', 'capture', 'restore', 'show', 'ls', 'extract', 'verify'):
    real = os.environ.get('DISKTWIN', os.environ['BUILD'] + '/cli/disktwin')
    os.execv(real, [real] + sys.argv[1:])

from steps import DISKTWIN, PROGRAM, choose_source, make_disk  # noqa: E402
from screen import Window, key, run, type_text, until  # noqa: E402


def main():
    shots, suffix = sys.argv[1], sys.argv[2]
    folder = tempfile.mkdtemp(prefix='disktwin-pages.')
    source = make_disk(folder, 'laptop.img', 420)
    image = folder + '/laptop.img.zst'
    run(DISKTWIN, 'capture', source, image)
    window = Window(PROGRAM, os.path.realpath(__file__))

    def shot(name):
        window.shot(f'{shots}/{name}-{suffix}.png')

    try:
        window.wait('Clone a disk')
        shot('home-empty')
        window.press('Clone a disk')
        window.wait('.*Samsung')
        shot('source')
        choose_source(window, source)
        window.click('Next', 'push button')
        window.wait('.*Samsung')
        shot('target')
        window.choose_file('A file', folder + '/spare.img')
        window.fill(window.wait('Size of the new file', 'text'), '700 MiB')
        window.click('Next', 'push button')
        window.wait_enabled('Next', 'push button')
        shot('sizes')
        window.click('Next', 'push button')
        window.wait('How is it to be done')
        shot('options-clone')
        window.click('More')
        window.fill(window.wait('At most, a second', 'text'), '8M')
        shot('options-more')
        window.click('Next', 'push button')
        window.wait('Will be read')
        shot('summary')
        window.hold('Hold to start')
        window.wait('Copying')
        window.wait('.*left')
        shot('progress')
        window.wait('Done', patience=300)
        shot('done')
        window.click('Home', 'push button')
        window.press('Save to an image')
        choose_source(window, source)
        window.click('Next', 'push button')
        window.fill(window.wait('Image', 'text'), folder + '/laptop-2.img.zst')
        shot('image')
        window.click('Next', 'push button')
        window.click('Encrypt the image')
        window.fill(window.wait('Passphrase', 'password text'), 'correct horse')
        shot('options-save')
        window.fill(window.wait('The same once more', 'password text'), 'correct horse')
        window.click('Next', 'push button')
        window.wait('Will be saved in')
        window.hold('Hold to start')
        window.wait('Done', patience=300)
        window.click('Home', 'push button')
        window.wait('Images and jobs')
        time.sleep(3)  # GTK does not name the first row of a list
        shot('home')
        window.press('Look into an image')
        choose_source(window, image)
        window.click('Next', 'push button')
        window.wait('letters')
        window.click('Search for a name')
        type_text('hello')
        key('Return')
        window.wait('letters/hello.txt')
        window.click('letters/hello.txt')
        until('the preview', lambda: 'this is the preview' in window.text())
        shot('files')
    except BaseException:
        shot('failed')
        print(window.text(), file=sys.stderr)
        raise
    finally:
        window.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == '__main__':
    main()
