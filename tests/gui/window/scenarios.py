#!/usr/bin/python3
"""Whole tasks in the real window, by mouse and keyboard; what comes of them is checked with the command line.

scenarios.py NAME       (tests/gui/window/on-screen -- scenarios.py NAME)
"""
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time

from screen import Window, key, run, type_text, until

BUILD = os.environ['BUILD']
DISKTWIN = os.environ.get('DISKTWIN', BUILD + '/cli/disktwin')
PROGRAM = BUILD + '/gui/disktwin-gui'
MIB = 1 << 20


def out_of(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)


def make_disk(folder, name, mib):
    """A disk with an EFI system partition and an ext4 with files, made without root."""
    path = f'{folder}/{name}'
    files = f'{folder}/files'
    os.makedirs(files + '/letters', exist_ok=True)
    with open(files + '/letters/hello.txt', 'w', encoding='utf8') as file:
        file.write('Dear reader,\nthis is the preview.\n')
    for i in range(60):
        with open(f'{files}/data{i}', 'wb') as file:
            file.write(os.urandom(MIB))
    out_of('truncate', '-s', f'{mib}M', path)
    subprocess.run(['sfdisk', '-q', path], check=True, text=True,
                   input=f'label: gpt\nstart=1MiB, size=40MiB, type=uefi\nstart=41MiB, size={mib - 42}MiB, type=linux\n')
    for start, size, make in ((1, 40, ['mkfs.vfat', '-n', 'ESP']),
                              (41, mib - 42, ['mkfs.ext4', '-q', '-L', 'root', '-d', files])):
        part = f'{folder}/part'
        out_of('truncate', '-s', f'{size}M', part)
        out_of(*make, part)
        out_of('dd', f'if={part}', f'of={path}', 'bs=1M', f'seek={start}', 'conv=notrunc,sparse')
        os.unlink(part)
    return path


def poisoned(folder, name, mib):
    path = f'{folder}/{name}'
    with open(path, 'wb') as file:
        for _ in range(mib):
            file.write(os.urandom(MIB))
    return path


def digest(path):
    with open(path, 'rb') as file:
        return hashlib.file_digest(file, 'sha256').hexdigest() if hasattr(hashlib, 'file_digest') \
            else hashlib.sha256(file.read()).hexdigest()


def choose_source(window, path):
    window.choose_file('A file', path)
    window.wait_enabled('Next', 'push button')


def to_summary(window):
    """From the page of the target, by the defaults."""
    window.click('Next', 'push button')
    window.wait('How large on the target')
    window.click('Next', 'push button')
    window.wait('How is it to be done')
    window.click('Next', 'push button')
    window.wait('Will be read')


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
    window.fill(window.wait('Name of what is overwritten', 'text'), target)
    window.click('Start', 'push button')
    window.wait('Done', patience=180)
    run(DISKTWIN, 'compare', source, target)
    assert digest(source) == before, 'the source was written to'
    run('bash', '-c', f'dd if={target} of={folder}/p2 bs=1M skip=41 status=none; e2fsck -fn {folder}/p2')


def is_usable(window, name):
    from screen import is_enabled
    node = window.find(name, 'push button')
    return bool(node) and is_enabled(node)


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
    for page in ('How large on the target', 'How is it to be done', 'Will be read'):
        window.wait_enabled('Next', 'push button')
        key('alt+n')
        window.wait(page)
    key('Return')  # never starts anything by itself
    time.sleep(0.5)
    assert not os.path.exists(target), 'Enter has started it'
    window.wait_enabled('Start', 'push button')
    key('alt+s')
    window.wait('Done', patience=120)
    run(DISKTWIN, 'compare', source, target)


def tab_to(window, name):
    from screen import Atspi
    for _ in range(30):
        node = window.find(name)
        if node and node.get_state_set().contains(Atspi.StateType.FOCUSED):
            return
        key('Tab')
    raise AssertionError(f'{name} cannot be reached by Tab')


def answer_dialog(window, path):
    until('the file dialog', window.file_dialog)
    time.sleep(0.5)
    key('ctrl+a')
    type_text(path)
    time.sleep(0.3)
    key('Return')
    until('the file dialog to close', lambda: not window.file_dialog())


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


def slow_clone(window, folder):
    source, target = make_disk(folder, 'source.img', 220), folder + '/copy.img'
    window.click('Clone a disk')
    choose_source(window, source)
    window.click('Next', 'push button')
    window.choose_file('A file', target)
    window.click('Next', 'push button')
    window.wait('How large on the target')
    window.click('Next', 'push button')
    window.wait('How is it to be done')
    window.click('More')
    window.fill(window.wait('At most, a second', 'text'), '4M')
    window.click('Next', 'push button')
    window.wait('Will be read')
    window.hold('Hold to start')
    window.wait('Copying', patience=60)
    return source, target


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


def main():
    name = sys.argv[1]
    scenario = globals()[name]
    folder = tempfile.mkdtemp(prefix='disktwin-window.')
    window = Window(PROGRAM, DISKTWIN, {'LC_ALL': 'C.UTF-8', 'LANGUAGE': 'en'})
    try:
        scenario(window, folder)
    except BaseException:
        shot = os.environ.get('SHOTS', tempfile.gettempdir()) + f'/disktwin-window-{name}.png'
        window.shot(shot)
        print(f'{name}: the screen is in {shot}\n{window.text()}', file=sys.stderr)
        raise
    finally:
        window.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == '__main__':
    main()
