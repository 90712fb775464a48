#!/usr/bin/python3
"""Goes through every page of the window and takes a picture of each.

pages.py FOLDER SUFFIX [LANGUAGE]    (tests/gui/window/on-screen -- pages.py docs/screenshots light)
pages.py - SUFFIX [LANGUAGE]         goes through them only: each can be reached, and nothing on it is cut off

The disks in the pictures are made up: this file is also the command-line program that lists them, and hands everything
else on to the real one.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

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
from screen import Window, key, run, type_text, until, xdotool  # noqa: E402


def translator(language):
    """From English to what the window says, as far as names are asked for: from their beginnings."""
    texts = {}
    if language != 'en':
        po = os.path.dirname(os.path.realpath(__file__)) + f'/../../../gui/translations/{language}.po'
        plain = subprocess.run(['msgcat', '--no-wrap', po], check=True, stdout=subprocess.PIPE, text=True).stdout
        texts = dict(re.findall(r'^msgid "(.*)"\nmsgstr "(.*)"$', plain.replace('&', ''), re.M))

    def translated(text):
        for known in sorted(texts, key=len):
            if known.startswith(text):
                return re.escape(texts[known].rstrip(':.'))
        return text
    return translated


def damage(image):
    with open(image, 'r+b') as file:
        file.seek(os.path.getsize(image) // 2)
        file.write(bytes(64))


def main():
    shots, suffix = sys.argv[1], sys.argv[2]
    language = sys.argv[3] if len(sys.argv) > 3 else 'en'
    t = translator(language)
    folder = tempfile.mkdtemp(prefix='disktwin-pages.')
    source = make_disk(folder, 'laptop.img', 420)
    image = folder + '/laptop.img.zst'
    run(DISKTWIN, 'capture', source, image)
    window = Window(PROGRAM, os.path.realpath(__file__), {'LC_ALL': 'C.UTF-8', 'LANGUAGE': language})
    window.bottom = tuple(t(name) for name in window.bottom)

    def shot(name):
        until(f'room for {name}: {window.cut_off()}', lambda: not window.cut_off(), patience=5)
        assert not window.nameless(), f'{name}: without a name: {window.nameless()}'
        assert not window.squeezed(), f'{name}: squeezed: {window.squeezed()}'
        if shots != '-':
            xdotool('mousemove', '0', '0')  # nothing is pointed at
            window.shot(f'{shots}/{name}-{suffix}.png')

    try:
        window.wait(t('Clone a disk'))
        shot('home-empty')
        window.press(t('Clone a disk'))
        window.wait('.*Samsung')
        shot('source')
        choose_source(window, source, t)
        window.click(t('Next'), 'push button')
        window.wait('.*Samsung')
        shot('target')
        window.choose_file(t('A file'), folder + '/spare.img')
        window.fill(window.wait(t('Size of the new file'), 'text'), '700 MiB')
        window.click(t('Next'), 'push button')
        window.wait(t('How is it to be done'))
        shot('options-clone')
        window.click(t('More'))
        window.fill(window.wait(t('Speed limit, per second'), 'text'), '8M' if shots != '-' else '40M')
        shot('options-more')
        window.click(t('Next'), 'push button')
        window.wait_enabled(t('Next'), 'push button')
        shot('sizes')
        window.click(t('Next'), 'push button')
        window.wait(t('Will be read'))
        shot('summary')
        window.hold(t('Hold to start'))
        window.wait(t('Copying'))
        window.wait('.*/s')
        shot('progress')
        window.wait(t('Done'), patience=300)
        shot('done')
        window.click(t('Home'), 'push button')
        window.press(t('Clone a disk'))
        choose_source(window, source, t)
        window.click(t('Next'), 'push button')
        window.choose_file(t('A file'), folder + '/spare.img')
        for _ in range(3):
            window.wait_enabled(t('Next'), 'push button')
            window.click(t('Next'), 'push button')
        window.wait(t('Will be LOST'))
        shot('summary-lost')
        window.click(t('Home'), 'push button')
        window.press(t('Move the system'))
        window.click('.*Samsung')
        window.wait(t('Which system'), 'combo box')
        shot('source-system')
        window.click(t('Home'), 'push button')
        window.press(t('Save to an image'))
        choose_source(window, source, t)
        window.click(t('Next'), 'push button')
        window.fill(window.wait(t('Image'), 'text'), folder + '/laptop-2.img.zst')
        shot('image')
        window.click(t('Next'), 'push button')
        window.click(t('Encrypt the image'))
        window.fill(window.wait(t('Passphrase'), 'password text'), 'correct horse')
        shot('options-save')
        window.fill(window.wait(t('The same once more'), 'password text'), 'correct horse')
        window.click(t('Next'), 'push button')
        window.wait(t('Will be saved in'))
        window.hold(t('Hold to start'))
        window.wait(t('Done'), patience=300)
        window.click(t('Home'), 'push button')
        window.wait(t('Images and jobs'))
        window.wait(t('verified on').split('%')[0].rstrip('\\ '))
        shot('home')
        window.press(t('Look into an image'))
        choose_source(window, image, t)
        window.click(t('Next'), 'push button')
        window.wait('letters')
        window.click(t('Search for a name'))
        type_text('hello')
        key('Return')
        window.wait('letters/hello.txt')
        window.click('letters/hello.txt')
        until('the preview', lambda: 'this is the preview' in window.text())
        shot('files')
        window.click(t('Home'), 'push button')
        window.press(t('Restore an image'))
        window.choose_file(t('A file'), folder + '/laptop-2.img.zst')
        window.wait(t('Passphrase of').split('%')[0].rstrip('\\ '))
        shot('passphrase')
        type_text('correct horse')
        key('Return')
        window.wait_enabled(t('Next'), 'push button')
        window.click(t('Home'), 'push button')
        damage(folder + '/laptop-2.img.zst')
        window.click('laptop-2.img.zst')
        key('Menu')
        window.click(t('Verify'), 'menu item')
        window.wait(t('It did not work'))
        shot('failed')
    except BaseException:
        failed = f'{os.environ.get("SHOTS", tempfile.gettempdir())}/disktwin-window-pages-{suffix}.png'
        window.shot(failed)
        print(f'the screen is in {failed}', file=sys.stderr)
        print(window.text(), file=sys.stderr)
        raise
    finally:
        window.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == '__main__':
    main()
