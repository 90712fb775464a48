#!/usr/bin/env python3
"""Puts an NTFS volume made by mkntfs into conditions that no Linux tool produces.

  edit_volume.py flags FILE VALUE        the flags of $VOLUME_INFORMATION
  edit_volume.py log FILE KIND           restart pages into $LogFile: closed, open or cached
  edit_volume.py hide FILE RECORD        clears the bits of that file's clusters in $Bitmap
  edit_volume.py scatter FILE RECORD PARTS LIST
      moves all but the first part of the file's data to clusters far from each other, and
      describes each part in an extension record by way of an $ATTRIBUTE_LIST, which is LIST:
      resident or outside. Record 0 ($MFT) keeps its first part where it is.
  edit_volume.py bits CLUSTER_SIZE       $Bitmap on stdin: "offset length" of what is in use

Structures: Linux-NTFS documentation. Only what mkntfs and ntfs-3g write has to be understood.
"""
import struct
import sys

STRIDE = 512
DATA, LIST, BITMAP, END = 0x80, 0x20, 0xB0, 0xFFFFFFFF


def u16(data, at):
    return struct.unpack_from("<H", data, at)[0]


def u32(data, at):
    return struct.unpack_from("<I", data, at)[0]


def u64(data, at):
    return struct.unpack_from("<Q", data, at)[0]


def decode_runs(pairs):
    runs, at, lcn = [], 0, 0
    while pairs[at]:
        size, distance = pairs[at] & 15, pairs[at] >> 4
        length = int.from_bytes(pairs[at + 1:at + 1 + size], "little", signed=True)
        lcn += int.from_bytes(pairs[at + 1 + size:at + 1 + size + distance], "little", signed=True)
        runs.append((lcn if distance else None, length))
        at += 1 + size + distance
    return runs


def encode_runs(runs):
    joined = []
    for lcn, length in runs:
        if joined and sum(joined[-1]) == lcn:
            joined[-1] = (joined[-1][0], joined[-1][1] + length)
        else:
            joined.append((lcn, length))

    def number(value):
        return value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)

    out, before = b"", 0
    for lcn, length in joined:
        size, distance = number(length), number(lcn - before)
        out += bytes([len(size) | len(distance) << 4]) + size + distance
        before = lcn
    return out + b"\0"


def padded(data):
    return data + b"\0" * (-len(data) % 8)


class Volume:
    def __init__(self, path):
        self.file = open(path, "r+b", buffering=0)
        boot = self.read(0, 512)
        per_cluster = boot[13] if boot[13] <= 0x80 else 1 << (256 - boot[13])
        self.cluster = u16(boot, 11) * per_cluster
        self.record_size = (boot[64] * self.cluster if boot[64] < 0x80 else 1 << (256 - boot[64]))
        self.clusters = u64(boot, 40) // per_cluster
        self.mirror = u64(boot, 56)
        self.mft_runs = [(u64(boot, 48), 1 << 20)]
        self.mft_runs = decode_runs(self.pairs_of(self.attribute(0, DATA)))

    def read(self, offset, length):
        self.file.seek(offset)
        return bytearray(self.file.read(length))

    def write(self, offset, data):
        self.file.seek(offset)
        self.file.write(data)

    def place(self, runs, offset):
        """Where on the volume a byte of a stream lies."""
        vcn = offset // self.cluster
        for lcn, length in runs:
            if vcn < length:
                return (lcn + vcn) * self.cluster + offset % self.cluster
            vcn -= length
        raise IndexError(offset)

    def read_stream(self, runs, offset, length):
        step = min(self.cluster, 512)
        return b"".join(self.read(self.place(runs, at), step)
                        for at in range(offset, offset + length, step))

    def write_stream(self, runs, offset, data):
        step = min(self.cluster, 512)
        for at in range(0, len(data), step):
            self.write(self.place(runs, offset + at), data[at:at + step])

    def record(self, number):
        size = self.record_size
        raw = bytearray(self.read_stream(self.mft_runs, number * size, size))
        assert raw[:4] == b"FILE", number
        at = u16(raw, 4)
        for i in range(1, u16(raw, 6)):
            raw[i * STRIDE - 2:i * STRIDE] = raw[at + 2 * i:at + 2 * i + 2]
        return raw

    def put_record(self, number, raw):
        raw = protect(bytearray(raw))
        self.write_stream(self.mft_runs, number * self.record_size, raw)
        if number < max(4, self.cluster // self.record_size):
            self.write(self.mirror * self.cluster + number * self.record_size, raw)

    def attributes(self, raw):
        out, at = [], u16(raw, 20)
        while u32(raw, at) != END:
            out.append(bytes(raw[at:at + u32(raw, at + 4)]))
            at += u32(raw, at + 4)
        return out

    def attribute(self, number, kind):
        return next(a for a in self.attributes(self.record(number))
                    if u32(a, 0) == kind and not a[9])

    @staticmethod
    def pairs_of(attribute):
        return attribute[u16(attribute, 32):]

    def rebuild(self, raw, attributes):
        """The record with these attributes, sorted by type as NTFS wants it."""
        out = bytearray(raw[:u16(raw, 20)])
        for attribute in sorted(attributes, key=lambda a: u32(a, 0)):
            out += attribute
        out += struct.pack("<II", END, 0)
        assert len(out) <= self.record_size, "does not fit"
        struct.pack_into("<I", out, 24, len(out))
        struct.pack_into("<H", out, 40, 1 + max(u16(a, 14) for a in attributes))
        return out + b"\0" * (self.record_size - len(out))

    # Bits of a bitmap stream
    def runs(self, number, kind=DATA):
        return decode_runs(self.pairs_of(self.attribute(number, kind)))

    def mark(self, runs, bit, value):
        at = self.place(runs, bit // 8)
        byte = self.read(at, 1)[0]
        mask = 1 << bit % 8
        self.write(at, bytes([byte | mask if value else byte & ~mask]))

    def is_marked(self, runs, bit):
        return self.read(self.place(runs, bit // 8), 1)[0] >> bit % 8 & 1

    def free_cluster(self, start):
        bits = self.runs(6)
        while self.is_marked(bits, start):
            start = (start + 1) % self.clusters
        self.mark(bits, start, 1)
        return start

    def free_record(self):
        bits = self.runs(0, BITMAP)
        number = 24
        while self.is_marked(bits, number) or u16(self.record(number), 22) & 1:
            number += 1
        self.mark(bits, number, 1)
        return number


def protect(raw):
    """The update sequence: each stride's last word is swapped for the sequence number."""
    at = u16(raw, 4)
    usn = u16(raw, at) % 0xFFFE + 1
    struct.pack_into("<H", raw, at, usn)
    for i in range(1, u16(raw, 6)):
        raw[at + 2 * i:at + 2 * i + 2] = raw[i * STRIDE - 2:i * STRIDE]
        struct.pack_into("<H", raw, i * STRIDE - 2, usn)
    return raw


def set_flags(volume, value):
    raw = volume.record(3)
    attributes = [bytearray(a) for a in volume.attributes(raw)]
    for a in attributes:
        if u32(a, 0) == 0x70:
            struct.pack_into("<H", a, u16(a, 20) + 10, value)
    volume.put_record(3, volume.rebuild(raw, attributes))


def set_log(volume, kind):
    runs = volume.runs(2)
    for page in range(2):
        raw = bytearray(4096)
        major, minor = (2, 0) if kind == "cached" else (1, 1)
        struct.pack_into("<4sHHQIIHHH", raw, 0, b"RSTR", 30, 9, 0, 4096, 4096, 48, minor, major)
        client, flags = (0xFFFF, 2) if kind == "closed" else (0, 0)
        struct.pack_into("<QHHHHIHHQIHHII", raw, 48, 4711 + page, 1, 0xFFFF, client, flags, 45, 224,
                         64, volume.record_size * 4096, 0, 48, 64, 0, 0)
        name = "NTFS".encode("utf-16-le")
        struct.pack_into("<QQHHHxxxxxxI8s", raw, 112, 4000, 4600, 0xFFFF, 0xFFFF, 0, len(name),
                         name)
        volume.write_stream(runs, page * 4096, protect(raw))


def hide(volume, number):
    bits = volume.runs(6)
    for lcn, length in volume.runs(number):
        for cluster in range(lcn, lcn + length):
            volume.mark(bits, cluster, 0)


def extent_attribute(first, vcn, runs, instance):
    """A further extent of the non-resident attribute `first` (which gives the sizes at VCN 0)."""
    pairs = encode_runs(runs)
    out = bytearray(padded(first[:64] + pairs))
    struct.pack_into("<I", out, 4, len(out))
    struct.pack_into("<H", out, 14, instance)
    struct.pack_into("<QQHB", out, 16, vcn, vcn + sum(n for _, n in runs) - 1, 64, 0)
    if vcn:
        struct.pack_into("<QQQ", out, 40, 0, 0, 0)
    return bytes(out)


def relocated(volume, old, number, parts):
    """Cuts the stream into even parts and gives each cluster behind the first a new place."""
    flat = [lcn + i for lcn, length in old for i in range(length)]
    size = -(-len(flat) // parts)
    new = list(flat)
    for i in range(size if number == 0 else 0, len(flat)):
        new[i] = volume.free_cluster((i * 7919 + 1000) % volume.clusters)
        volume.write(new[i] * volume.cluster, volume.read(flat[i] * volume.cluster, volume.cluster))
    return flat, new, size


def scatter(volume, number, parts, where):
    raw = volume.record(number)
    attributes = volume.attributes(raw)
    data = next(a for a in attributes if u32(a, 0) == DATA and not a[9])
    assert data[8] == 1, "the data must be non-resident"
    # Found before the table and the bitmap move, because their old places are what is known here.
    records = [number] if number == 0 else [volume.free_record()]
    while len(records) < parts:
        records.append(volume.free_record())
    list_cluster = volume.free_cluster(volume.clusters // 3)
    old, new, size = relocated(volume, decode_runs(volume.pairs_of(data)), number, parts)
    bits = volume.runs(6)
    if number == 6:  # the bits of the new clusters were set while the old place was in force
        for i, lcn in enumerate(new):
            volume.write(lcn * volume.cluster, volume.read(old[i] * volume.cluster, volume.cluster))
        bits = [(lcn, 1) for lcn in new]
    for before, after in zip(old, new):
        if before != after:
            volume.mark(bits, before, 0)
    if number == 0:
        volume.mft_runs = [(lcn, 1) for lcn in new]

    base = [a for a in attributes if a is not data]
    entries = [(u32(a, 0), a[9], a[u16(a, 10):u16(a, 10) + 2 * a[9]], 0, number, u16(a, 14))
               for a in base]
    for part, record in enumerate(records):
        vcn = part * size
        runs = [(lcn, 1) for lcn in new[vcn:vcn + size]]
        if not runs:
            continue
        instance = u16(data, 14) if record == number else 0
        attribute = extent_attribute(data, vcn, runs, instance)
        entries.append((DATA, 0, b"", vcn, record, instance))
        if record == number:
            base.append(attribute)
            continue
        extension = volume.record(record)
        extension[16:18] = struct.pack("<H", max(1, u16(extension, 16)))
        extension[18:20] = b"\0\0"
        struct.pack_into("<H", extension, 22, 1)
        struct.pack_into("<Q", extension, 32, number | u16(raw, 16) << 48)
        volume.put_record(record, volume.rebuild(extension, [attribute]))

    text = b""
    entries.sort(key=lambda e: (e[0], e[2], e[3]))
    for kind, units, name, vcn, record, instance in entries:
        reference = record | u16(volume.record(record) if record != number else raw, 16) << 48
        entry = struct.pack("<IHBBQQH", kind, 0, units, 26, vcn, reference, instance) + name
        entry = bytearray(padded(entry))
        struct.pack_into("<H", entry, 4, len(entry))
        text += entry
    instance = 1 + max(u16(a, 14) for a in attributes)
    if where == "resident":
        head = struct.pack("<IIBBHHHIHBB", LIST, 24 + len(text), 0, 0, 24, 0, instance,
                           len(text), 24, 0, 0)
        listing = padded(head + text)
        volume.mark(bits, list_cluster, 0)
    else:
        pairs = padded(encode_runs([(list_cluster, 1)]))
        listing = struct.pack("<IIBBHHHQQHB5xQQQ", LIST, 64 + len(pairs), 1, 0, 64, 0, instance,
                              0, 0, 64, 0, volume.cluster, len(text), len(text)) + pairs
        volume.write(list_cluster * volume.cluster, text + b"\0" * (volume.cluster - len(text)))
    volume.put_record(number, volume.rebuild(raw, base + [listing]))


def print_bits(cluster):
    data, start, bit = sys.stdin.buffer.read(), None, 0
    for byte in data + b"\0":
        if byte in (0, 255) and (start is None) == (byte == 0):
            bit += 8
            continue
        for i in range(8):
            if byte >> i & 1 and start is None:
                start = bit + i
            elif not byte >> i & 1 and start is not None:
                print(start * cluster, (bit + i - start) * cluster)
                start = None
        bit += 8


def main():
    verb, *rest = sys.argv[1:]
    if verb == "bits":
        print_bits(int(rest[0]))
        return
    volume = Volume(rest[0])
    if verb == "flags":
        set_flags(volume, int(rest[1], 0))
    elif verb == "log":
        set_log(volume, rest[1])
    elif verb == "hide":
        hide(volume, int(rest[1]))
    elif verb == "scatter":
        scatter(volume, int(rest[1]), int(rest[2]), rest[3])
    else:
        sys.exit(__doc__)


main()
