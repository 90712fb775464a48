"""Volumes as people have them: filled to a quarter, nearly full, or with their free space in many pieces."""
import errno
import os
import random
import shutil
import subprocess

from measure import out

MAKERS = {
    'ext4': ['mkfs.ext4', '-q', '-F'],
    'ntfs': ['mkntfs', '-q', '-F', '-Q'],
    'xfs': ['mkfs.xfs', '-q', '-f'],
    'btrfs': ['mkfs.btrfs', '-q', '-f'],
}
CHECKERS = {
    'ext4': ['e2fsck', '-fn'],
    # It reads all metadata. Not ntfsfix: partclone leaves out the copy of the boot sector behind the last cluster.
    'ntfs': ['ntfsresize', '--info', '--force', '--no-progress-bar'],
    'xfs': ['xfs_repair', '-n'],
    'btrfs': ['btrfs', 'check', '--readonly'],
}
FILLS = ('quarter', 'full', 'pieces')


def make(place, filesystem, fill, device):
    out(*MAKERS[filesystem], device, stderr=subprocess.DEVNULL)
    options = ('-t', 'ntfs-3g', '-o', 'big_writes') if filesystem == 'ntfs' else ()
    with place.mounted(device, options) as folder:
        if fill == 'pieces':
            in_pieces(folder)
        else:
            system_files(folder, 0.25 if fill == 'quarter' else 0.9)


def checker(filesystem, device):
    def check():
        done = subprocess.run(CHECKERS[filesystem] + [device], check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            raise SystemExit(f'{device} does not check clean: {done.stdout[-500:]}')
    return check


def system_files(folder, part):
    """Files of this system, again and again, until that part of the volume is used."""
    usage = shutil.disk_usage(folder)
    left = int(usage.total * part) - usage.used
    for turn in range(1000):
        for base, _, names in os.walk('/usr'):
            for name in sorted(names):
                path = os.path.join(base, name)
                if os.path.islink(path) or not os.path.isfile(path):
                    continue
                size = os.path.getsize(path)
                if size > left:
                    continue
                copy = f'{folder}/{turn}{path}'
                try:
                    os.makedirs(os.path.dirname(copy), exist_ok=True)
                    shutil.copyfile(path, copy)
                except OSError as error:
                    if error.errno == errno.ENOSPC:  # Btrfs has no room for metadata long before
                        return
                    raise
                left -= size + 512  # and what names it
                if left < 1 << 20:
                    return


def in_pieces(folder):
    """Small files until it is nearly full, of which every other one goes, and half of the gaps are filled again."""
    noise = random.Random(1)
    block = noise.randbytes(1 << 20)

    def write(number, size):
        with open(f'{folder}/{number % 64}/{number}', 'wb') as file:
            file.write(block[number % 4096:number % 4096 + size])

    for number in range(64):
        os.mkdir(f'{folder}/{number}')
    room = int(shutil.disk_usage(folder).free * 0.85)
    count = room // (26 << 10)
    for number in range(count):
        write(number, noise.randrange(4 << 10, 48 << 10))
    os.sync()
    for number in range(0, count, 2):
        os.unlink(f'{folder}/{number % 64}/{number}')
    os.sync()
    for number in range(count, count + count // 4):
        write(number, noise.randrange(2 << 10, 12 << 10))
