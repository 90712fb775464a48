"""The frames, tables and records of a Disktwin image: the reading half of read-image, from docs/image-format.md."""
import json
import os
import struct
from collections import namedtuple

import nacl.exceptions
import nacl.pwhash.argon2id
import xxhash
import zstandard
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as aead_open

MIB = 1 << 20
GIB = 1 << 30
ZSTD_MAGIC, OUR_MAGIC, TABLE_MAGIC, TABLE_END = 0xFD2FB528, 0x184D2A5D, 0x184D2A5E, 0x8F92EAB1
MAX_FRAME = 8 + 64 * MIB
RUN = 0xFFFFFFFF  # the zero mask of a run of zeroes
NOBODY = 0xFFFFFFFF  # the volume of a UMAP outside of all volumes

Frame = namedtuple('Frame', 'position size kind content')
Entry = namedtuple('Entry', 'position size kind low high hash')
Record = namedtuple('Record', 'offset position size length present zero hash chunks')


class Bad(Exception):
    """What is wrong with the image, in one line."""


def need(truth, text):
    if not truth:
        raise Bad(text)


def digest(data):
    return xxhash.xxh3_128(data).digest()


class Volumes:
    """The bytes of an image, whose volumes are put one after another."""

    def __init__(self, path):
        paths = [path]
        stem = path[:-4] if path.endswith('.001') else path
        if stem != path or not os.path.exists(path) and os.path.exists(path + '.001'):
            paths = [stem + '.001']
            while os.path.exists(f'{stem}.{len(paths) + 1:03}'):
                paths.append(f'{stem}.{len(paths) + 1:03}')
        self.path, self.parts, self.size = path, [], 0
        for name in paths:
            file = open(name, 'rb', buffering=0)
            length = os.fstat(file.fileno()).st_size
            self.parts.append((self.size, length, file))
            self.size += length

    def read(self, position, size):
        need(0 <= position and position + size <= self.size,
             f'{position}: frame beyond the end of the image')
        found = b''
        for start, length, file in self.parts:
            at = position + len(found) - start
            while 0 <= at < length and len(found) < size:
                piece = os.pread(file.fileno(), min(size - len(found), length - at), at)
                need(piece, f'{self.path}: ends too early')
                found += piece
                at += len(piece)
        return found

    def pieces(self, position, size):
        for at in range(position, position + size, MIB):
            yield self.read(at, min(MIB, position + size - at))

    def digest(self, position, size):
        state = xxhash.xxh3_128()
        for piece in self.pieces(position, size):
            state.update(piece)
        return state.digest()


def decompress(pieces, what):
    """The plain bytes of exactly one Zstandard frame. Fed little by little: 4 bytes may become 128 KiB."""
    state = zstandard.ZstdDecompressor(max_window_size=128 * MIB).decompressobj()
    try:
        for piece in pieces:
            for at in range(0, len(piece), 1024):
                need(not state.eof, f'{what}: bytes after the end of the Zstandard frame')
                yield state.decompress(piece[at:at + 1024])
                need(not state.unused_data, f'{what}: bytes after the end of the Zstandard frame')
    except zstandard.ZstdError as error:
        raise Bad(f'{what}: {error}') from None
    need(state.eof, f'{what}: the Zstandard frame is cut short')


def zstd_header(data, what):
    """The content size and the bytes of the header (RFC 8878, 3.1.1.1) of a frame as the document wants it."""
    need(len(data) >= 6 and struct.unpack_from('<I', data)[0] == ZSTD_MAGIC,
         f'{what}: not a Zstandard frame')
    single, width = data[4] >> 5 & 1, (0, 2, 4, 8)[data[4] >> 6]
    width = width or single
    need(width and data[4] & 4 and not data[4] & 3,
         f'{what}: no content size or no checksum, or a dictionary')
    start = 5 if single else 6
    need(len(data) >= start + width, f'{what}: the Zstandard frame is cut short')
    content = int.from_bytes(data[start:start + width], 'little') + (256 if width == 2 else 0)
    return content, start + width


class Image:
    """An image opened as for random access: from the end by the seek table and FOOT."""

    def __init__(self, path, passphrase=None):
        self.bytes = Volumes(path)
        self.id = self.key = None
        self.sealed = False
        self.head = self.body(0, 'HEAD')
        self.parse_head(passphrase)
        self.table_position, self.sizes = self.seek_table()
        need(self.sizes, 'seek table: names no frames')
        self.foot_position = self.table_position - self.sizes[-1][0]
        self.parse_foot(self.body(self.foot_position, 'FOOT'))
        self.parse_info()
        self.plain = not (self.sealed or self.incremental)  # full and not encrypted: data lie in Zstandard frames

    def header(self, position):
        """The size, kind and flags of the frame of ours at a position."""
        magic, follow, name, kind, flags, owner, at = struct.unpack('<II8s4sI16sQ',
            self.bytes.read(position, 48))
        need(magic == OUR_MAGIC and name == b'Disktwin', f'{position}: not a Disktwin frame')
        need(56 <= follow <= 64 * MIB, f'{position}: frame of {follow} bytes')
        self.id = self.id or owner
        need(owner == self.id, f'{position}: frame of another image')
        need(at == position, f'{position}: frame says that it is at {at}')
        return 8 + follow, kind.decode('ascii', 'replace'), flags

    def body(self, position, kind):
        size, found, flags = self.header(position)
        need(found == kind, f'{position}: frame is {found!r}, expected {kind}')
        raw = self.bytes.read(position, size)
        need(digest(raw[:-16]) == raw[-16:], f'{position}: {kind} has a wrong hash')
        sealed = self.sealed and kind not in ('HEAD', 'VOLM')
        need(flags == int(sealed), f'{position}: {kind} has flags {flags}')
        if not sealed:
            return raw[48:-16]
        need(size >= 48 + 24 + 16 + 16, f'{position}: {kind} is too short to be sealed')
        return self.open_seal(raw[72:-16], raw[:48], raw[48:72], self.key,
                              f'{position}: {kind} cannot be opened')

    @staticmethod
    def open_seal(data, additional, nonce, key, what):
        try:
            return aead_open(data, additional, nonce, key)
        except nacl.exceptions.CryptoError:
            raise Bad(what) from None

    def parse_head(self, passphrase):
        need(len(self.head) == 160, f'HEAD: {len(self.head)} bytes')
        (version, flags, self.cell, chunk, self.head_size, self.parent_id, self.parent_hash, method, passes, memory, salt,
         nonce, key) = struct.unpack('<IIIIQ16s16sIIQ16s24s48s', self.head)
        need(version == 1, f'HEAD: version {version}')
        need(flags < 4, f'HEAD: flags {flags}')
        need(self.cell in (MIB, 2 * MIB, 4 * MIB, 8 * MIB, 16 * MIB) and chunk == MIB,
             'HEAD: frame or chunk bytes')
        self.incremental = bool(flags & 1)
        need(self.incremental == any(self.parent_id),
             'HEAD: parent, and not incremental, or the other way round')
        need(self.incremental or not any(self.parent_hash),
             'HEAD: hash of a parent, and not incremental')
        if not flags & 2:
            need(not any(self.head[56:]), 'HEAD: key, and not encrypted')
            return
        need(method == 1 and 1 <= passes <= 16 and 8192 <= memory <= GIB, 'HEAD: key derivation')
        need(self.head_size == 0, 'HEAD: size of the disk, and encrypted')
        need(passphrase is not None, 'encrypted: needs --passphrase-file')
        derived = nacl.pwhash.argon2id.kdf(32, passphrase, salt, opslimit=passes, memlimit=memory)
        self.key = self.open_seal(key, self.id, nonce, derived,
                                  'HEAD: wrong passphrase, or the key is damaged')
        self.sealed = True

    def seek_table(self):
        """The position of the seek table, and (compressed, decompressed) of each frame before it."""
        position, sizes = read_seek_table(self.bytes)
        need(not self.bytes.read(self.bytes.size - 5, 1)[0], 'seek table: descriptor')
        need(sum(size for size, _ in sizes) == position,
             'seek table: the frames are not what lies before it')
        return position, sizes

    def parse_foot(self, body):
        need(len(body) >= 24, 'FOOT: too short')
        self.size, self.present, self.volumes, count = struct.unpack_from('<QQII', body)
        need(len(body) == 24 + 48 * count, 'FOOT: count of entries')
        need(self.sealed or self.head_size == self.size,
             'FOOT: size of the disk is not that of HEAD')
        self.foot_hash = self.bytes.read(self.table_position - 16, 16)
        self.entries = []
        for at in range(24, len(body), 48):
            position, size, kind, low, high, found = struct.unpack_from('<QI4sQQ16s', body, at)
            self.entries.append(Entry(position, size, kind.decode('ascii', 'replace'), low, high, found))

    def bodies(self, kind):
        for entry in self.entries:
            if entry.kind == kind:
                yield entry, self.body(entry.position, kind)

    def parse_info(self):
        bodies = [body for _, body in self.bodies('INFO')]
        need(len(bodies) == 1 and len(bodies[0]) <= 16 * MIB, 'INFO: not one, or too long')
        try:
            self.info = json.loads(bodies[0].decode('utf-8'))
        except (ValueError, RecursionError) as error:
            raise Bad(f'INFO: {error}') from None
        need(isinstance(self.info, dict), 'INFO: not a JSON object')

    def records(self, entry, body):
        """The records of an INDX, all fields of which are checked."""
        what = f'{entry.position}: INDX'
        need(len(body) >= 24, f'{what}: too short')
        low, high, count, reserved = struct.unpack_from('<QQII', body)
        need((low, high, reserved) == (entry.low, entry.high, 0) and low <= high <= self.size,
             f'{what}: range')
        need(count <= 4096, f'{what}: {count} records')
        records, at, end = [], 24, low
        for _ in range(count):
            need(at + 48 <= len(body), f'{what}: records are cut short')
            fields = struct.unpack_from('<QQIIII16s', body, at)
            hashes = body[at + 48:at + 48 + 16 * bin(fields[4]).count('1')]
            record = Record(*fields, [hashes[i:i + 16] for i in range(0, len(hashes), 16)])
            at += 48 + 16 * bin(record.present).count('1')
            need(record.offset >= end and record.offset + record.length <= high,
                 f'{what}: offsets of records')
            need(not self.plain or record.offset == end, f'{what}: gap before {record.offset}')
            end = record.offset + record.length
            self.check_record(record, f'{what}: record of {record.offset}')
            records.append(record)
        need(at == len(body), f'{what}: length')
        need(not self.plain or end == high, f'{what}: gap before {high}')
        return records

    def check_record(self, record, what):
        need(record.offset % self.cell == 0, f'{what}: not the start of a cell')
        if record.zero == RUN:
            end = record.offset + record.length
            need(record.present == 0 and 0 < record.length <= GIB, f'{what}: run of zeroes')
            need(end % self.cell == 0 or end == self.size, f'{what}: end of a run of zeroes')
            need(self.plain or self.incremental,
                 f'{what}: run of zeroes in an encrypted full image')
        else:
            need(record.length == min(self.cell, self.size - record.offset), f'{what}: length')
            every = (1 << -(-record.length // MIB)) - 1
            both = record.present | record.zero
            need(both and not record.present & record.zero and not both & ~every, f'{what}: masks')
            need(self.incremental or record.present and both == every, f'{what}: masks')
        need(record.position and 0 < record.size <= MAX_FRAME, f'{what}: its frame')

    def chunks(self, record):
        """(offset, bytes) of the present chunks. All that the record says of its frame and chunks is checked."""
        what = f'{record.position}: frame of {record.offset}'
        need(self.bytes.digest(record.position, record.size) == record.hash, f'{what}: wrong hash')
        spans = [(i * MIB, min(MIB, record.length - i * MIB)) for i in range(32) if record.present >> i & 1]
        expected = record.length if self.plain else sum(length for _, length in spans)
        pieces = self.bytes.pieces(record.position, record.size)
        start = self.bytes.read(record.position, min(18, record.size))
        if not self.plain:
            need(self.header(record.position)[0] == record.size, f'{what}: size')
            body = self.body(record.position, 'CHNK')
            need(len(body) >= 24 and struct.unpack_from('<QIIII', body) == (
                record.offset, record.length, record.present, record.zero, 0), f'{what}: not what the record says')
            if not record.present:
                need(len(body) == 24, f'{what}: zeroes, and more')
                return
            start, pieces = body[24:42], [body[24:]]
        need(zstd_header(start, what)[0] == expected, f'{what}: content size')
        if record.zero == RUN:
            total = 0
            for piece in decompress(pieces, what):
                need(not piece.strip(b'\0'), f'{what}: a run of zeroes has other bytes')
                total += len(piece)
            need(total == expected, f'{what}: content size')
            return
        data = b''.join(decompress(pieces, what))
        need(len(data) == expected, f'{what}: content size')
        packed = 0
        for (inside, length), expected_hash in zip(spans, record.chunks):
            at = inside if self.plain else packed
            packed += length
            need(digest(data[at:at + length]) == expected_hash,
                 f'{what}: chunk at {inside} has a wrong hash')
            yield record.offset + inside, data[at:at + length]
        for i in range(32 if self.plain else 0):
            chunk = data[i * MIB:(i + 1) * MIB]
            need(not record.zero >> i & 1 or not chunk.strip(b'\0'),
                 f'{what}: chunk {i} is not zero')

    def extents(self):
        """(volume, what, offset, length) of all UMAPs."""
        ends = {}
        for entry, body in self.bodies('UMAP'):
            what = f'{entry.position}: UMAP'
            need(len(body) >= 12, f'{what}: too short')
            volume, kind, count = struct.unpack_from('<III', body)
            need(kind <= 3, f'{what}: of kind {kind}')
            need(volume == NOBODY or volume < len(self.info.get('volumes', [])),
                 f'{what}: of volume {volume}')
            at = end = 0
            numbers = []
            for at, number in leb128(body, 12, what):
                numbers.append(number)
            need(len(numbers) == 2 * count, f'{what}: count of extents')
            for gap, length in zip(numbers[::2], numbers[1::2]):
                start = end + gap
                end = start + length
                need(length and end <= self.size, f'{what}: extent at {start}')
                need(start >= ends.get((volume, kind), 0),
                     f'{what}: extent at {start} is not in order')
                ends[volume, kind] = end
                yield volume, kind, start, length


def leb128(body, at, what):
    """(end, number) of the numbers that lie in a body from an offset to its end."""
    number = width = 0
    for at in range(at, len(body)):
        number |= (body[at] & 0x7F) << width
        width += 7
        if not body[at] & 0x80:
            need(number < 1 << 64 and width <= 70, f'{what}: number too long')
            yield at + 1, number
            number = width = 0
    need(width == 0, f'{what}: number cut short')


def walk(image):
    """All frames from the front, found without the help of any table."""
    volumes, position = image.bytes, 0
    while True:
        magic = struct.unpack('<I', volumes.read(position, 4))[0]
        if magic == TABLE_MAGIC:
            size = 8 + struct.unpack('<I', volumes.read(position + 4, 4))[0]
            need(position + size == volumes.size, f'{position}: seek table does not end the image')
            need(position == image.table_position,
                 f'{position}: seek table is not where its frames end')
            return
        if magic == ZSTD_MAGIC:
            content, at = zstd_header(volumes.read(position, min(18, volumes.size - position)),
                                      position)
            last = False
            while not last:  # RFC 8878, 3.1.1.2
                block = int.from_bytes(volumes.read(position + at, 3), 'little')
                last, kind = block & 1, block >> 1 & 3
                need(kind != 3, f'{position}: reserved kind of block')
                at += 3 + (1 if kind == 1 else block >> 3)
            frame = Frame(position, at + 4, 'data', content)
        else:
            size, kind, _ = image.header(position)
            frame = Frame(position, size, kind, 0)
        position += frame.size
        need(position <= volumes.size, f'{frame.position}: frame beyond the end of the image')
        yield frame


def read_seek_table(file):
    """The position of the table and the sizes of the frames, as contrib/seekable_format specifies it."""
    need(file.size >= 17, 'seek table: the file is too short for one')
    count, descriptor, magic = struct.unpack('<IBI', file.read(file.size - 9, 9))
    need(magic == TABLE_END and not descriptor & 0x7F, 'seek table: none at the end of the file')
    width = 12 if descriptor & 0x80 else 8
    need(17 + width * count <= file.size, f'seek table: {count} frames do not fit')
    position = file.size - 17 - width * count
    raw = file.read(position, 8 + width * count)
    need(struct.unpack_from('<II', raw) == (TABLE_MAGIC, 9 + width * count), 'seek table: header')
    return position, [struct.unpack_from('<II', raw, at) for at in range(8, len(raw), width)]
