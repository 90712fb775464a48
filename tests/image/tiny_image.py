"""Tiny images, written as docs/image-format.md says, on which read-image is tested: see self_test() at the end."""
import contextlib
import io
import json
import os
import random
import re
import struct
import subprocess
import tempfile

import nacl.pwhash.argon2id
import xxhash
import zstandard
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt as seal

MIB = 1 << 20
CELL = 2 * MIB
PASSPHRASE = b'correct horse'
RUN = 0xFFFFFFFF


def digest(data):
    return xxhash.xxh3_128(data).digest()


def compress(data):
    return zstandard.ZstdCompressor(level=3, write_checksum=True).compress(data)


def leb128(number):
    out = b''
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


class Writer:
    """Writes one image. A lie is a function that is given (kind, body) of each frame and returns what to write."""

    def __init__(self, disk, old=None, parent=None, encrypted=False, split=False, lie=None):
        self.disk, self.old, self.parent = disk, old, parent
        self.split = split
        self.lie = lie or (lambda kind, body: body)
        self.id = os.urandom(16)
        self.key = os.urandom(32) if encrypted else None
        self.plain = not encrypted and old is None
        self.out, self.sizes, self.entries, self.starts = b'', [], [], [0]
        self.present = 0
        self.write()

    def frame(self, kind, body, low=0, high=0):
        body = self.lie(kind, body)
        sealed = self.key is not None and kind not in ('HEAD', 'VOLM')
        follow = 56 + len(body) + (40 if sealed else 0)
        start = struct.pack('<II8s4sI16sQ', 0x184D2A5D, follow, b'Disktwin', kind.encode(), sealed,
                            self.id, len(self.out))
        start = self.lie('start of ' + kind, start)
        if sealed:
            nonce = os.urandom(24)
            body = nonce + seal(body, start, nonce, self.key)
        raw = start + body
        raw += digest(raw)
        if kind not in ('CHNK', 'FOOT'):
            self.entries.append(struct.pack('<QI4sQQ16s', len(self.out), len(raw), kind.encode(), low, high, digest(raw)))
        return self.raw(raw, 0)

    def raw(self, raw, content):
        where = struct.pack('<QI', len(self.out), len(raw)), digest(raw)
        self.out += raw
        self.sizes.append((len(raw), content))
        return where

    def head(self):
        parent = self.parent.id + self.parent.foot_hash if self.parent else bytes(32)
        body = struct.pack('<IIIIQ', 1, bool(self.parent) + 2 * bool(self.key), CELL, MIB,
                           0 if self.key else len(self.disk))
        if not self.key:
            return body + parent + bytes(104)
        salt, nonce = os.urandom(16), os.urandom(24)
        derived = nacl.pwhash.argon2id.kdf(32, PASSPHRASE, salt, opslimit=1, memlimit=8192)
        return body + parent + struct.pack('<IIQ', 1, 1, 8192) + salt + nonce + seal(self.key,
                                           self.id, nonce, derived)

    def info(self):
        info = {'program': 'tiny', 'created': '2026-01-02T03:04:05Z', 'comment': '', 'level': 1,
                'disk': {'size': len(self.disk), 'sector_size': 512}, 'source': {}, 'request': {}, 'table': 'mbr',
                'captured_bytes': 512, 'volumes': [{'partition': 1, 'offset': MIB, 'length': MIB}]}
        if self.parent:
            info['parent'] = {'id': self.parent.id.hex(), 'name': 'p', 'path': '/p'}
        return json.dumps(info).encode()

    def record(self, offset, length, present, zero, where, hashes):
        framed, found = where
        return struct.pack('<Q', offset) + framed + struct.pack('<III', length, present,
                           zero) + found + b''.join(hashes)

    def records(self, low, high):
        """The records of a part of the disk, the frames of which are written as they come."""
        offset = low
        while offset < high:
            end = offset
            while end < high and self.gone(end):
                end = min(high, end + CELL)
            record = self.run(offset, end - offset) if end > offset else self.cell(offset)
            offset = end if end > offset else offset + CELL
            if record:
                yield record

    def gone(self, offset):
        """Is the whole cell zero, and was it not in the parent?"""
        chunks = range(offset, min(offset + CELL, len(self.disk)), MIB)
        return not self.disk[offset:offset + CELL].strip(b'\0') and (
            self.old is None or all(self.old[at:at + MIB].strip(b'\0') for at in chunks))

    def run(self, offset, length):
        if self.plain:
            return self.record(offset, length, 0, RUN, self.raw(compress(bytes(length)), length),
                               [])
        return None if self.old is None else self.zeroes(offset, length, RUN)

    def zeroes(self, offset, length, mask):
        """What has become zeroes since the parent."""
        body = struct.pack('<QIIII', offset, length, 0, mask, 0)
        return self.record(offset, length, 0, mask, self.frame('CHNK', body), [])

    def cell(self, offset):
        """The record of a cell whose frame has been written; None when there is nothing to say of it."""
        data = self.disk[offset:offset + CELL]
        present = zero = 0
        packed = []
        for i in range(-(-len(data) // MIB)):
            chunk = data[i * MIB:(i + 1) * MIB]
            if self.old is not None and chunk == self.old[offset + i * MIB:offset + (i + 1) * MIB]:
                continue
            if chunk.strip(b'\0'):
                present |= 1 << i
                packed.append(chunk)
            else:
                zero |= 1 << i
        if not present:
            return self.zeroes(offset, len(data), zero) if zero else None
        if self.plain:
            where = self.raw(compress(data), len(data))
        else:
            body = struct.pack('<QIIII', offset, len(data), present, zero,
                               0) + compress(b''.join(packed))
            where = self.frame('CHNK', body)
        self.present += sum(map(len, packed))
        return self.record(offset, len(data), present, zero, where, map(digest, packed))

    def write(self):
        head = self.head()
        self.frame('HEAD', head)
        self.frame('INFO', self.info())
        self.frame('TABL', struct.pack('<QI', 0, 64) + self.disk[:64])
        self.frame('UMAP', struct.pack('<III', 0, 0, 2) + leb128(MIB) + leb128(512) + leb128(300) + leb128(4096))
        self.frame('UMAP', struct.pack('<III', 0xFFFFFFFF, 0, 1) + leb128(0) + leb128(512))
        half = len(self.disk) // 2 // CELL * CELL
        for low, high in (0, half), (half, len(self.disk)):
            if low and self.split:
                self.starts.append(len(self.out))
                self.frame('VOLM', struct.pack('<II', 2, 0))
            records = list(self.records(low, high))
            self.frame('INDX', struct.pack('<QQII', low, high, len(records), 0) + b''.join(records),
                       low, high)
        self.frame('HEAD', head)
        foot = struct.pack('<QQII', len(self.disk), self.present, len(self.starts),
                           len(self.entries))
        self.frame('FOOT', foot + b''.join(self.entries))
        self.foot_hash = self.out[-16:]
        table = b''.join(struct.pack('<II', *pair) for pair in self.sizes)
        table += struct.pack('<IBI', len(self.sizes), 0, 0x8F92EAB1)
        self.out += self.lie('seek', struct.pack('<II', 0x184D2A5E, len(table)) + table)

    def save(self, path):
        ends = self.starts[1:] + [len(self.out)]
        for number, (start, end) in enumerate(zip(self.starts, ends), 1):
            with open(f'{path}.{number:03}' if self.split else path, 'wb') as file:
                file.write(self.out[start:end])


def make_disk(seed, cells, nonzero):
    """A disk of some cells and a short one; only the named chunks hold anything."""
    size = cells * CELL + MIB + 512
    disk = bytearray(size)
    for chunk in nonzero:
        noise = random.Random(seed + chunk).randbytes(100)
        disk[chunk * MIB:chunk * MIB + 100] = noise
        disk[min(size, (chunk + 1) * MIB) - 9:min(size, (chunk + 1) * MIB)] = b'endofpart'
    return bytes(disk)


def patched(wanted, at, new, nth=1):
    """A lie: in the nth frame of a kind, other bytes at an offset (all hashes are made after it)."""
    seen = []

    def lie(kind, body):
        if kind != wanted:
            return body
        seen.append(kind)
        at_byte = at % len(body)
        return body if len(seen) != nth else body[:at_byte] + new + body[at_byte + len(new):]
    return lie


def joined(path):
    parts = [path] if os.path.exists(path) else [path + '.001', path + '.002']
    return b''.join(open(part, 'rb').read() for part in parts)


LIES = {
    'another image id': patched('start of UMAP', 24, b'\0\0\0'),
    'position': patched('start of UMAP', 47, b'\1'),
    'flags': patched('start of UMAP', 20, b'\1'),
    'HEAD: version': patched('HEAD', 0, b'\2'),
    'second HEAD differs': patched('HEAD', 56, b'\1', 2),
    'HEAD: key without encryption': patched('HEAD', 100, b'\1'),
    'INFO: not JSON': patched('INFO', 0, b'['),
    'INFO: table none': lambda kind, body: body.replace(b'"mbr"',
                                                        b'"none"') if kind == 'INFO' else body,
    'TABL: not of the disk': patched('TABL', 20, b'\0\0\0\0'),
    'TABL: length': patched('TABL', 8, b'\x41'),
    'UMAP: volume': patched('UMAP', 0, b'\1'),
    'UMAP: kind': patched('UMAP', 4, b'\4'),
    'UMAP: count': patched('UMAP', 8, b'\1'),
    'UMAP: number cut short': patched('UMAP', -1, b'\xff'),
    'UMAP: not in order': patched('UMAP', 0, bytes(8), 2),
    'INDX: from': patched('INDX', 0, b'\1', 2),
    'INDX: to': patched('INDX', 8, b'\1', 2),
    'INDX: reserved': patched('INDX', 20, b'\1'),
    'INDX: record offset': patched('INDX', 26, b'\1'),
    'INDX: record position': patched('INDX', 32, b'\xff'),
    'INDX: record size': patched('INDX', 40, b'\xff'),
    'INDX: record length': patched('INDX', 44, b'\1'),
    'INDX: present': patched('INDX', 48, b'\3'),
    'INDX: zero': patched('INDX', 52, b'\0'),
    'INDX: hash of the frame': patched('INDX', 56, b'\0\0\0'),
    'INDX: hash of a chunk': patched('INDX', 72, b'\0\0\0'),
    'FOOT: size': patched('FOOT', 0, b'\1'),
    'FOOT: present': patched('FOOT', 8, b'\1'),
    'FOOT: volumes': patched('FOOT', 16, b'\2'),
    'FOOT: lacks an entry': lambda kind, body: (
        body[:20] + struct.pack('<I',
                                len(body) // 48 - 1) + body[24:-48] if kind == 'FOOT' else body),
    'FOOT: position': patched('FOOT', 24 + 48, b'\1'),
    'FOOT: hash': patched('FOOT', -1, b'\0'),
    'seek table: decompressed': patched('seek', -13, b'\1'),
    'seek table: compressed': patched('seek', 8, b'\1'),
    'seek table: descriptor': patched('seek', -5, b'\4'),
    'seek table: more': lambda kind, body: body + b'\0' if kind == 'seek' else body,
}


# Of a child, where cells lie in CHNK frames.
CHILD_LIES = {
    'CHNK: offset': patched('CHNK', 2, b'\1'),
    'CHNK: present': patched('CHNK', 12, b'\1'),
    'CHNK: reserved': patched('CHNK', 20, b'\1'),
    'CHNK: not Zstandard': patched('CHNK', 24, b'\0'),
    'CHNK: content checksum': patched('CHNK', -1, b'\0'),
    'CHNK: cut short': lambda kind, body: body[:-1] if kind == 'CHNK' else body,
    'CHNK: more': lambda kind, body: body + b'\0' if kind == 'CHNK' else body,
    'HEAD: incremental and no parent': patched('HEAD', 24, bytes(16)),
    'INFO: parent': lambda kind, body: body.replace(b'"id"', b'"ix"') if kind == 'INFO' else body,
    'INDX: from': patched('INDX', 0, b'\1'),
}


def self_test(reader):
    """Writes images, reads them back, and proves that no flipped bit and no lie is missed."""
    folder = tempfile.TemporaryDirectory(prefix='read-image-')
    name = lambda leaf: os.path.join(folder.name, leaf)
    with open(name('pass'), 'wb') as file:
        file.write(PASSPHRASE + b'\n')
    # Against old, new has chunks that came, went, changed and stayed; a cell that went, and a run of two.
    old, new = make_disk(1, 6, [0, 6, 8, 9, 10, 11, 12, 13]), bytearray(make_disk(1, 6, [0, 1, 2, 8, 9, 13]))
    new[9 * MIB + 5] ^= 1
    new[13 * MIB + 5] ^= 1
    new = bytes(new)
    small = make_disk(2, 1, [0, 3])

    def run(*words):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            arguments = reader.parse(list(words))
            arguments.function(arguments)
        return out.getvalue()

    def refused(what, *words):
        try:
            run(*words)
        except reader.Bad as error:
            return str(error)
        raise SystemExit(f'self-test: not refused: {what}')

    def same(disk, *words):
        run('disk', words[0], name('out'), *words[1:])
        with open(name('out'), 'rb') as file:
            assert file.read() == disk, words

    key = ['--passphrase-file', name('pass')]
    images = {}
    for sealed, options in (False, []), (True, key):
        full = Writer(old, encrypted=sealed)
        child = Writer(new, old=old, parent=full, encrypted=sealed)
        grandchild = Writer(old, old=new, parent=child, encrypted=sealed, split=True)
        paths = [name(f'{leaf}{sealed:d}') for leaf in ('full', 'child', 'grandchild')]
        for image, path in zip((full, child, grandchild), paths):
            image.save(path)
        parents = ['--parent', paths[1], '--parent', paths[0]]
        same(old, paths[0], *options)
        same(new, paths[1], '--parent', paths[0], *options)
        same(old, paths[2], *parents, *options)
        same(old, paths[2] + '.001', *parents, *options)
        for path in paths:
            run('check', path, *options)
            run('seek-table', path)
            plain = b'' if sealed or path != paths[0] else old
            assert subprocess.run(['zstd', '-dcq'], input=joined(path), stdout=subprocess.PIPE,
                                  check=True).stdout == plain
            assert '"program": "tiny"' in run('info', path, *options)
            assert run('maps', path, *options).splitlines() == [
                f'0 0 {MIB} 512', f'0 0 {MIB + 812} 4096', '- 0 0 512']
        run('check', paths[2], *parents, *options)
        refused('no parent', 'disk', paths[1], name('out'), *options)
        refused('wrong parent', 'disk', paths[2], name('out'), '--parent', paths[0], *options)
        os.rename(paths[2] + '.002', paths[2] + '.bak')
        refused('a volume is missing', 'check', paths[2], *options)
        tiny = Writer(small, encrypted=sealed)
        tiny.save(name(f'tiny{sealed:d}'))
        images[name(f'tiny{sealed:d}')] = tiny.out, options
    Writer(new, old=old, parent=full).save(name('open'))
    refused('an encrypted parent of a plain child', 'check', name('open'), '--parent', paths[0],
            *options)
    with open(name('wrong'), 'wb') as file:
        file.write(b'wrong')
    refused('wrong passphrase', 'check', paths[0], '--passphrase-file', name('wrong'))
    refused('no passphrase', 'check', paths[0])

    for what, lie in LIES.items():
        Writer(old, lie=lie).save(name('lie'))
        print(f'lie {what}:', refused(what, 'check', name('lie')))
    for what, lie in CHILD_LIES.items():
        Writer(new, old=old, parent=Writer(old), lie=lie).save(name('lie'))
        print(f'lie of a child {what}:', refused(what, 'check', name('lie')))

    for path, (raw, options) in images.items():
        errors = {}
        with open(path, 'r+b', buffering=0) as file:
            for at, byte in enumerate(raw):
                os.pwrite(file.fileno(), bytes([byte ^ 1 << at % 8]), at)
                error = refused(f'flip of byte {at}', 'check', path, *options)
                errors[re.sub(r'\d+', 'N', error)] = at
                os.pwrite(file.fileno(), bytes([byte]), at)
            file.truncate(len(raw) - 1)
            refused('one byte less', 'check', path, *options)
        print(f'{len(raw)} flips found, by {len(errors)} checks')
        for error, at in sorted(errors.items()):
            print(f'    {error} (for instance byte {at})')
    print('self-test: all is well')
