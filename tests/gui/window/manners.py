#!/usr/bin/python3
"""What a window does around its tasks: the list of images, open questions, what is offered afterwards and remembered.

manners.py NAME       (tests/gui/window/on-screen -- manners.py NAME)
"""
import json
import os
import subprocess
import time

from desktop import Services
from scenarios import with_engine, write
from screen import key, run, until, xdotool
from steps import (DISKTWIN, answer_dialog, cells_of, choose_source, finish_saving, make_disk, run_scenario, save_image,
                   to_summary)


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


if __name__ == '__main__':
    run_scenario(globals())
