#!/usr/bin/python3
"""Whole tasks in the real window, by mouse and keyboard; what comes of them is checked with the command line.

scenarios.py NAME       (tests/gui/window/on-screen -- scenarios.py NAME)
"""
import glob
import json
import os
import struct
import subprocess
import time
import zlib

from screen import Atspi, key, run, type_text, until, xdotool
from steps import (DISKTWIN, MIB, answer_dialog, choose_source, command_line, digest, is_usable, make_disk, poisoned,
                   run_scenario, tab_to, to_summary)


def clone_smaller(window, folder):
    """Onto a smaller file that is full of noise, started by typing its name."""
    source, target = make_disk(folder, 'source.img', 320), poisoned(folder, 'target.img', 220)
    before = digest(source)
    window.click('Clone a disk')
    choose_source(window, source)
    window.click('Next', 'push button')
    window.choose_file('A file', target)
    window.click('Next', 'push button')
    window.wait('How is it to be done')
    window.click('Next', 'push button')
    window.wait('How large on the target')
    wrong_sizes(window)
    window.fill(window.wait('Size of root afterwards', 'text'), '160 MiB')
    window.click('Next', 'push button')
    window.wait('Will be read')
    assert 'Will be LOST' in window.text(), window.text()
    assert not window.find('Start', 'push button') or not is_usable(window, 'Start'), 'starts without the name'
    window.click('Copy command line')
    name = window.wait('Name of the target', 'text')
    window.fill(name, '')
    key('ctrl+v')
    copied = Atspi.Text.get_text(name, 0, -1)
    assert copied.startswith(f'disktwin clone {source} {target} --fit 2={160 * MIB} '), copied
    assert ' --expect ' in copied, copied
    window.fill(name, 'target.img')
    window.click('Start', 'push button')
    window.wait('Done', patience=180)
    window.click('Compare with the source', 'push button')
    window.wait('Both hold the same', patience=60)
    run(DISKTWIN, 'compare', source, target)
    assert digest(source) == before, 'the source was written to'
    table = json.loads(run('sfdisk', '-J', target))['partitiontable']
    assert [part['size'] * table['sectorsize'] for part in table['partitions']] == [40 * MIB, 160 * MIB], table
    run('bash', '-c', f'dd if={target} of={folder}/p2 bs=1M skip=41 status=none; e2fsck -fn {folder}/p2')


def wrong_sizes(window):
    """What is no size holds up until it is one; another size than was typed is not gone on with unread."""
    field = window.wait('Size of root afterwards', 'text')
    window.fill(field, 'banana')
    key('alt+n')
    window.wait('This is not a size')
    until('nothing to go on with', lambda: not is_usable(window, 'Next'))
    window.fill(field, '160 MiB')
    window.wait_enabled('Next', 'push button')
    window.fill(field, '10 MiB')
    window.click('Next', 'push button')
    window.wait('It cannot be made smaller than')
    assert window.find('How large on the target'), 'went on'
    time.sleep(1)


def check_tab_order(window):
    """Down the page, and along what stands side by side."""
    places = []
    for _ in range(40):
        key('Tab')
        x, y = window.middle(until('the focus', lambda: focused(window)))
        if (y // 12, x) in places:
            break
        places.append((y // 12, x))
    first = places.index(min(places))
    order = places[first:] + places[:first]
    assert len(order) >= 4 and order == sorted(order), order


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
        if page == 'How is it to be done':
            check_tab_order(window)
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
    window.wait('.* are free there. Up to .* are needed')
    window.click('Next', 'push button')
    window.click('Encrypt the image')
    window.fill(window.wait('Passphrase', 'password text'), 'correct horse')
    window.wait('weak: guessed within hours')
    window.wait('Whoever loses the passphrase has lost the image')
    window.wait('Type the passphrase a second time')
    window.fill(window.wait('The same once more', 'password text'), 'correct')
    window.wait('The two passphrases differ')
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


def png(path, width, height):
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    with open(path, 'wb') as file:
        file.write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 1, 0, 0, 0, 0)) +
                   chunk(b'IDAT', zlib.compress(bytes(1 + (width + 7) // 8) * height)) + chunk(b'IEND', b''))


def image_of_files(folder, **more):
    """An image of a disk with those files below letters/, besides hello.txt."""
    os.makedirs(folder + '/files/letters/deeper')
    for name, make in more.items():
        make(f'{folder}/files/letters/{name}')
    image = folder + '/saved.img.zst'
    run(DISKTWIN, 'capture', make_disk(folder, 'source.img', 160), image)
    return image


def look_into(window, image):
    window.click('Look into an image')
    choose_source(window, image)
    window.click('Next', 'push button')
    window.wait('letters')


def search(window, text):
    window.click('Search for a name')
    key('ctrl+a', 'BackSpace')
    type_text(text)
    key('Return')


def browse(window, folder):
    """Look into an image, search, preview texts and pictures, take a file out."""
    image = image_of_files(folder, picture=lambda path: png(path + '.png', 640, 480),
                           huge=lambda path: png(path + '.png', 19000, 19000),
                           odd=lambda path: write(path + '[1].txt', ''))
    look_into(window, image)
    search(window, 'HELLO')
    window.wait('letters/hello.txt')
    window.click('letters/hello.txt')
    until('the preview', lambda: 'this is the preview' in window.text())
    window.click('letters/hello.txt')  # no name is edited
    time.sleep(1)
    assert focused(window).get_role_name() == 'table cell', focused(window).get_role_name()
    os.mkdir(folder + '/out')
    window.choose_file('Extract to', folder + '/out')
    window.wait('1 file was taken out')
    assert read(folder + '/out/hello.txt') == 'Dear reader,\nthis is the preview.\n'
    words = command_line(window)
    assert words == f'disktwin extract {image}:2/letters/hello.txt -o {folder}/out', words

    window.choose_file('Extract to', folder + '/out')
    until('the refusal', lambda: 'is there already, and is not replaced' in window.text())

    search(window, '.png')
    window.click('letters/picture.png')
    window.wait('Picture, 640 x 480')
    window.click('letters/huge.png')
    until('the refusal', lambda: 'The picture, 19000 x 19000, is too large to be shown here.' in window.text())
    assert not window.find('Picture, ')
    search(window, '[1]')  # no pattern, but what is in the name
    window.wait('letters/odd.1..txt')
    window.wait('1 found')
    search(window, '')
    window.wait('data1 ')
    search(window, '[1]')
    window.wait('letters/odd.1..txt')

    # An image that was made elsewhere is known from now on.
    window.click('Home', 'push button')
    window.wait('saved.img.zst')
    window.wait('not verified yet')
    look_into(window, image)
    search(window, '[1]')
    window.wait('letters/odd.1..txt')

    # The same source once more: as it was left; another one is not taken for it.
    window.click('letters/odd.1..txt')
    window.click('Back', 'push button')
    window.wait_enabled('Next', 'push button')
    window.click('Next', 'push button')
    window.wait('letters/odd.1..txt')
    until('the preview', lambda: 'The file is empty' in window.text())
    window.click('Back', 'push button')
    choose_source(window, folder + '/source.img')
    window.click('Next', 'push button')
    window.wait('data1 ')
    assert not window.find('letters/odd')


def browse_by_keyboard(window, folder):
    """The files, without the mouse."""
    look_into(window, image_of_files(folder))
    key('alt+p', 'Tab')  # from the partitions to what comes behind them
    assert focused(window).get_name() == 'Search for a name', focused(window).get_name()
    key('Tab', 'Down', 'Home')
    for opens in ('Return', 'space'):
        key(opens)
        window.wait('deeper')
        key(opens)
        window.gone('deeper')
    key('Return')
    window.wait('deeper')
    key('Down', 'Down')
    until('the preview', lambda: 'this is the preview' in window.text())
    time.sleep(1)  # nothing else happens that would wake it
    window.process.terminate()
    until('the window to end', lambda: window.process.poll() is not None)


def large_folder(window, folder):
    """Ten thousand names are there before anybody goes away, and can be taken out."""
    def many(path):
        os.mkdir(path)
        for i in range(10000):
            write(f'{path}/name{i:05}', str(i))
    look_into(window, image_of_files(folder, many=many))
    window.click('letters')
    key('Return')
    window.wait('many')
    window.click('many')
    key('Return')
    window.wait('name00000')
    window.click('name00001')
    key('shift+Page_Down')
    os.mkdir(folder + '/taken')
    window.choose_file('Extract to', folder + '/taken')
    window.wait('[0-9]+ files were taken out')
    taken = os.listdir(folder + '/taken')
    assert len(taken) > 5 and all(read(f'{folder}/taken/{name}') == str(int(name[4:])) for name in taken), taken


def focused(window):
    """Nothing, for a moment, while it moves."""
    return ([node for node in window.nodes() if node.get_state_set().contains(Atspi.StateType.FOCUSED)] or [None])[-1]


def with_engine(window, folder, script):
    """Another window, whose engine first does what a shell script says; its words are "$*"."""
    os.makedirs(folder + '/tmp', exist_ok=True)
    with open(folder + '/engine', 'w', encoding='utf8') as file:
        file.write(f'#!/usr/bin/env bash\ncd {folder}\n{script}\nexec {DISKTWIN} "$@"\n')
    os.chmod(folder + '/engine', 0o755)
    window.kill()
    window.command[window.command.index('--program') + 1] = folder + '/engine'
    window.environment['TMPDIR'] = folder + '/tmp'
    window.start()


def previews(window, folder):
    """Only of what the choice rests on; a slow one of something else is never shown, and nothing is left of either."""
    image = image_of_files(folder, **{f'note{i}': lambda path: write(path, 'note') for i in range(10)},
                           slow=lambda path: write(path, 'too late'), **{'two\nlines': lambda path: write(path, 'odd name')})
    with_engine(window, folder, 'echo "$*" >>words\n[[ $* != *letters/slow* ]] || ! read -r -t 3 told || echo "$told" >told')
    look_into(window, image)
    search(window, 'note')
    window.click('letters/note0')
    until('the preview', lambda: 'note' in window.texts())
    before = previewed(folder)
    xdotool('key', '--delay', '20', *['Down'] * 9)
    until('the last one', lambda: previewed(folder)[len(before):] == ['/letters/note9'])
    until('only that', lambda: [os.path.basename(path) for path in scratch(folder)] == ['note9'])

    search(window, 'two')
    window.click('letters/two')
    until('the preview of a name that no line can hold', lambda: 'odd name' in window.texts())

    search(window, 'l')
    window.click('letters/slow')
    until('the slow one to begin', lambda: previewed(folder)[-1] == '/letters/slow')
    window.click('letters/hello.txt')
    until('the preview', lambda: 'this is the preview' in window.text())
    until('the slow one to be stopped', lambda: os.path.exists(folder + '/told'))
    assert 'cancel' in read(folder + '/told')
    time.sleep(4)
    assert 'this is the preview' in window.text(), window.text()
    assert [os.path.basename(path) for path in scratch(folder)] == ['hello.txt'], scratch(folder)
    window.click('Back', 'push button')
    window.wait_enabled('Next', 'push button')
    assert scratch(folder) == [], scratch(folder)
    window.click('Next', 'push button')
    window.click('letters/note0' if window.find('letters/note0') else 'letters/hello.txt')
    until('the preview again', lambda: scratch(folder))
    assert not glob.glob(window.home + '/state/disktwin/jobs/*.events')
    window.process.terminate()
    until('the window to close', lambda: window.process.poll() is not None)
    assert os.listdir(folder + '/tmp') == [], os.listdir(folder + '/tmp')


def read(path):
    with open(path, encoding='utf8') as file:
        return file.read()


def write(path, text):
    with open(path, 'w', encoding='utf8') as file:
        file.write(text)


def previewed(folder):
    """What was taken out, in that order."""
    return [line.split(' -o ')[0].split(':2')[1] for line in read(folder + '/words').splitlines() if line.startswith('extract')]


def scratch(folder):
    return [where + '/' + name for where, _, names in os.walk(folder + '/tmp') for name in names]


def extract_goes_on(window, folder):
    """Taking out many files: it can be stopped; when the window goes it does not."""
    image = image_of_files(folder)
    phase = json.dumps({'event': 'phase', 'phase': 'copy', 'bytes_total': 0})
    progress = json.dumps({'event': 'progress', 'phase': 'copy', 'bytes_done': 100000, 'bytes_total': 0, 'rate': 100000})
    go_on = folder + '/go-on'  # until it is there, it is at work
    # Not of previews, which are taken out to a folder of their own.
    with_engine(window, folder, f"""[[ $1 != extract || $* == *' -o {folder}/tmp/'* ]] || {{ echo '{phase}'; sleep 1; echo '{progress}'
      until [ -e go-on ]; do sleep 0.1; done; rm go-on; }}""")
    look_into(window, image)
    window.click('letters')
    key('ctrl+a')
    os.mkdir(folder + '/stopped')
    window.choose_file('Extract to', folder + '/stopped')
    window.wait('Taking them out: [0-9.]+ [kM]B so far')
    assert not is_usable(window, 'Extract to')
    window.click('Stop$', 'push button')
    write(go_on, '')
    window.wait('Stopped')
    assert len(os.listdir(folder + '/stopped')) < 62, 'it went on'
    window.click('data1 ')
    os.mkdir(folder + '/one')
    window.choose_file('Extract to', folder + '/one')
    window.wait('Taking them out: [0-9.]+ kB of 1 MB, [0-9]+ %')
    write(go_on, '')
    window.wait('1 file was taken out')
    window.click('letters')
    key('ctrl+a')
    os.mkdir(folder + '/whole')
    window.choose_file('Extract to', folder + '/whole')
    until('the progress', lambda: 'Taking them out' in window.text())
    key('alt+F4')
    window.click('Yes', 'push button')
    until('the window to close', lambda: window.process.poll() is not None)
    write(go_on, '')
    until('the files', lambda: len(os.listdir(folder + '/whole')) == 62)
    window.start()  # so that there is one to be closed


if __name__ == '__main__':
    run_scenario(globals())
