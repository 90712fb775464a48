"""Steps that scenarios in the real window share, and how one of them is run."""
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

from screen import Atspi, Window, clipboard, is_enabled, key, name_of, type_text, until

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


def choose_source(window, path, t=str):
    """`t`: says in the language of the window what is called so in English."""
    window.choose_file(t('A file'), path)
    window.wait_enabled(t('Next'), 'push button')


def to_summary(window, options=None):
    """From the page of the target, by the defaults, and what options() does on their page."""
    window.click('Next', 'push button')
    window.wait('How is it to be done')
    if options:
        options()
    window.click('Next', 'push button')
    window.wait('How large on the target')
    window.click('Next', 'push button')
    window.wait('Will be read')


def command_line(window):
    """As the summary gives it to whoever asks for it."""
    window.click('Copy command line')
    return clipboard()


def choose_in_list(window, name, item):
    """Of a list that opens when it is pressed."""
    window.click(name, 'combo box')
    window.click(item, 'menu item')


def is_usable(window, name):
    node = window.find(name, 'push button')
    return bool(node) and is_enabled(node)


def tab_to(window, name, role=None):
    for _ in range(30):
        node = window.find(name, role)
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


def limit_to(window, rate):
    window.click('More')
    window.fill(window.wait('Speed limit, per second', 'text'), rate)


def limit_and_shut_down(window):
    limit_to(window, '4M')
    window.press('Shut down when done')


def stays_on(window):
    """What did not go well does not end in the machine being shut down; that is looked after once a second."""
    time.sleep(3)
    assert not window.find('The machine shuts down'), 'shuts down'


def slow_clone(window, folder, options=lambda window: limit_to(window, '4M')):
    source, target = make_disk(folder, 'source.img', 220), folder + '/copy.img'
    window.click('Clone a disk')
    choose_source(window, source)
    window.click('Next', 'push button')
    window.choose_file('A file', target)
    to_summary(window, options=lambda: options(window))
    window.hold('Hold to start')
    window.wait('Copying', patience=60)
    return source, target


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


def cells_of(window, name):
    """What the list of images and jobs says of one, from its name on; all empty while it is not there."""
    cells = [name_of(node) for node in window.nodes() if node.get_role_name() == 'table cell']
    return ((cells[cells.index(name):] if name in cells else []) + [''] * 5)[:5]


def run_scenario(scenarios):
    """The one of these functions that the command line names, in a new window and a new folder."""
    name = sys.argv[1]
    scenario = scenarios[name]
    folder = tempfile.mkdtemp(prefix='disktwin-window.')
    more = {'LC_ALL': 'C.UTF-8', 'LANGUAGE': 'en'}
    if not os.environ.get('WITH_POLKIT'):
        # Who asks the system asks what this scenario has put there, if anything.
        more['DBUS_SYSTEM_BUS_ADDRESS'] = os.environ['DBUS_SESSION_BUS_ADDRESS']
    window = Window(PROGRAM, DISKTWIN, more)
    try:
        scenario(window, folder)
    except BaseException:
        # Why comes first: what is shown may be long, and be cut off by who reads this.
        traceback.print_exc()
        shot = os.environ.get('SHOTS', tempfile.gettempdir()) + f'/disktwin-window-{name}.png'
        window.shot(shot)
        texts = [text for text in window.texts() if text.strip()]
        print(f'{name}: the screen is in {shot}', *texts[-40:], sep='\n', file=sys.stderr)
        sys.exit(1)
    finally:
        window.close()
        shutil.rmtree(folder, ignore_errors=True)
