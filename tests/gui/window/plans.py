#!/usr/bin/python3
"""What is shown before it starts is what is done, word for word; what cannot be done, or not any more, is refused.

plans.py NAME       (tests/gui/window/on-screen -- plans.py NAME)
"""
import json
import os
import re
import subprocess
import time

from screen import clipboard, key, name_of, run, until, xdotool
from steps import (DISKTWIN, MIB, cells_of, choose_in_list, choose_source, command_line, digest, is_usable,
                   limit_and_shut_down, make_disk, poisoned, run_scenario, stays_on, to_summary)

FIXTURES = os.path.dirname(os.path.abspath(__file__)) + '/../../fixtures'


def all_of_it_told(window, target):
    """Each section of the summary of a clone that overwrites a disk, and makes a filesystem larger."""
    texts = [text for text in window.texts() if text]

    def below(heading):
        return texts[texts.index(heading) + 1].splitlines()

    lost, root = below('Will be LOST'), 'partition 2 (ext4 "root")'
    assert lost[0].startswith(f'Everything on {target}, '), lost
    assert lost[1:] == ['\u2022 partition 1 (vfat "ESP"), 40 MiB', f'\u2022 {root}, 178 MiB'], lost
    assert below('How long') == ['less than a minute'], texts
    starts = below('Would the copy start?')
    assert starts[0] == 'No: there is nothing on it that a machine would start from.', starts
    assert starts[1].startswith('UEFI: finds nothing to start ('), starts
    assert below('Worth knowing') == [f'\u2022 {root}: is brought from 118 MiB to 178 MiB in the copy.'], texts


def changed_since(window, folder):
    """Between the plan and the start somebody partitions the target: what is lost is not what was shown."""
    source, target = make_disk(folder, 'source.img', 160), make_disk(folder, 'target.img', 220)
    window.click('Clone a disk')
    choose_source(window, source)
    window.click('Next', 'push button')
    window.choose_file('A file', target)
    window.wait_enabled('Next', 'push button')
    to_summary(window)
    all_of_it_told(window, target)
    subprocess.run(['sfdisk', '-q', target], check=True, text=True,
                   input='label: gpt\nsize=100MiB, type=linux, name=precious\n')
    before = digest(target)
    window.hold('Hold to start')
    window.wait('It did not work')
    assert re.search('the plan is now [0-9a-f]{16}, expected [0-9a-f]{16}', window.text()), window.text()
    assert 'a disk has changed since' in window.text(), window.text()
    assert digest(target) == before, 'the target was written to'


def move_system(window, folder):
    """One of two systems, without the other one and without the data."""
    source, target = folder + '/two.img', poisoned(folder, 'target.img', 200)
    run(FIXTURES + '/make-system', 'two-linux', source)
    before = digest(source)
    window.click('Move the system')
    window.choose_file('A file', source)
    window.wait('Which system', 'combo box')
    assert not is_usable(window, 'Next'), 'a system was guessed'
    choose_in_list(window, 'Which system', 'Fedora Linux 40')
    window.click('Next', 'push button')
    window.choose_file('A file', target)
    window.wait_enabled('Next', 'push button')
    to_summary(window)
    shown = window.text()
    assert re.search('Fedora.* is copied, and what it needs; left behind: .*"debian".*"home"', shown), shown
    line = command_line(window)
    assert line.startswith(f'disktwin clone {source} {target} --system --os 2 '), line
    window.hold('Hold to start')
    window.wait('Done', patience=120)
    run(DISKTWIN, 'compare', '--system', '--os', '2', source, target)
    table = json.loads(run('sfdisk', '-J', target))['partitiontable']
    assert [part['name'] for part in table['partitions']] == ['esp', 'fedora', 'swap'], table
    assert digest(source) == before, 'the source was written to'


def check_row(window, text):
    """By its box, which stands in a cell of its own before the text."""
    row = window.wait(text, 'table cell')
    window.point(row)
    boxes = (node for node in window.nodes() if node.get_role_name() == 'table cell' and not name_of(node))
    box = next(box for box in boxes if window.middle(box)[1] == window.middle(row)[1])
    xdotool('mousemove', *map(str, window.middle(box)), 'click', '1')
    time.sleep(0.2)


def set_all_options(window):
    window.wait('Right for most people')
    choose_in_list(window, 'Compression', 'Small')
    window.wait('Takes several times as long')
    window.click('Encrypt the image')
    window.fill(window.wait('Passphrase', 'password text'), 'correct horse')
    window.fill(window.wait('The same once more', 'password text'), 'correct horse')
    window.click('More')
    for box in ('Copy unused space too', 'Leave out page files', 'Let other programs go first', 'Shut down when done'):
        window.press(box)
    for field, value in (('Speed limit, per second', '50 MiB'), ('In files of at most', '64M'),
                         ('Comment', "the cat's laptop")):
        window.fill(window.wait(field, 'text'), value)
    check_row(window, '1  ESP')
    key('alt+c', 'alt+r', 'End', 'space')  # by the letter of its label, from elsewhere
    window.wait('Choose at least one partition')
    assert not is_usable(window, 'Next'), 'goes on without any'
    check_row(window, '2  root')
    window.wait_enabled('Next', 'push button')


def unset_options(window, image):
    """All but the comment, and only what has changed since that image."""
    choose_in_list(window, 'Compression', 'Fast')
    window.wait('For fast disks')
    for box in ('Verify', 'Encrypt', 'Copy unused space too', 'Leave out page files', 'Let other programs go first',
                'Shut down when done'):
        window.press(box)
    for field in ('Speed limit, per second', 'In files of at most'):
        window.fill(window.wait(field, 'text'), '')
        key('BackSpace')
    check_row(window, '1  ESP')
    window.fill(window.wait('Only what has changed since this image', 'text'), image)
    key('Tab')


def all_options(window, folder):
    """Every one of them is a word of the command line, and none that was taken back."""
    source, image, parent = make_disk(folder, 'source.img', 160), folder + '/saved.img.zst', folder + '/earlier.img.zst'
    run(DISKTWIN, 'capture', source, parent)
    window.click('Save to an image')
    choose_source(window, source)
    window.click('Next', 'push button')
    window.fill(window.wait('Image$', 'text'), image)
    window.click('Next', 'push button')
    window.wait('How is it to be done')
    set_all_options(window)

    def line_is(options):
        window.click('Next', 'push button')
        window.wait('Will be saved in')
        line = re.sub('[0-9a-f]{16}$', 'ID', command_line(window))
        assert line == f'disktwin capture {source} {image} {options} --expect ID', line

    line_is("--partitions 2 --level 9 --encrypt --split 64M --exclude-page-files --comment 'the cat'\\''s laptop'"
            f' --all-sectors --verify --limit {50 * MIB} --nice')
    window.click('Back', 'push button')
    window.wait('How is it to be done')
    unset_options(window, parent)
    line_is(f"--level 1 --parent {parent} --comment 'the cat'\\''s laptop'")
    assert not os.path.exists(image + '.partial'), 'started by itself'


def too_small(window, folder):
    """Refused before anything is written: less room than is in use, and less than the filesystems can be shrunk to."""
    source, target = make_disk(folder, 'source.img', 320), poisoned(folder, 'target.img', 60)
    tight = poisoned(folder, 'tight.img', 120)
    before = [digest(target), digest(tight)]
    window.click('Clone a disk')
    choose_source(window, source)
    window.click('Next', 'push button')
    window.choose_file('A file', target)
    until('the reason', lambda: 'too small, at least' in window.text())
    until('nothing to go on with', lambda: not is_usable(window, 'Next'))
    window.choose_file('A file', tight)
    window.wait_enabled('Next', 'push button')
    window.click('Next', 'push button')
    window.wait('How is it to be done')
    window.click('Next', 'push button')
    window.wait('It cannot be done like this')
    said = f'{tight}: has room for 119 MiB .*, needed are .* at least .*, partition 2 .*"root"\\) at least '
    until('the words of the command line', lambda: re.search(said, window.text()))
    assert 'choose a larger target' in window.text(), window.text()
    time.sleep(1)
    assert not is_usable(window, 'Next'), 'goes on all the same'
    assert before == [digest(target), digest(tight)], 'a target was written to'


def image_gone(window, folder):
    """An image that is removed between the plan and the start."""
    source, image, target = make_disk(folder, 'source.img', 160), folder + '/saved.img.zst', folder + '/back.img'
    run(DISKTWIN, 'capture', source, image)
    window.click('Restore an image')
    choose_source(window, image)
    window.click('Next', 'push button')
    window.choose_file('A file', target)
    to_summary(window, options=lambda: limit_and_shut_down(window))
    os.unlink(image)
    window.hold('Hold to start')
    window.wait('It did not work')
    assert 'saved.img.zst' in window.text()
    window.click('Copy details')
    assert image in clipboard(), clipboard()
    assert not os.path.exists(target)
    stays_on(window)
    window.click('Home', 'push button')
    until('the job to have failed', lambda: cells_of(window, 'Restore an image: back.img')[1:3] == ['failed', 'saved.img.zst'])


if __name__ == '__main__':
    run_scenario(globals())
