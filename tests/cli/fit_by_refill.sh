#!/usr/bin/env bash
# XFS to smaller sizes: it is made anew in the copy and filled with its files. All that belongs to them is there, the
# filesystem has the same identity and features, and nothing of what was on the target shows.
# shellcheck source=tests/cli/fit_lib.sh
. "$(dirname "$0")/fit_lib.sh"
need_kernel xfs

fill() {
  local i
  for i in 1 2 3 4; do noise 20M "file$i"; done
  rm file1 file2                                # what lies behind them has to come forward
  for ((i = 0; i < ${dense:-0}; i++)); do noise 40M "dense$i"; done
  mkdir -p folder/deep/deeper; noise 30M folder/deep/deeper/far
  for i in $(seq 1 700); do echo "$i" >"folder/small$i"; done
  touch "folder/$(printf 'odd\nname \\ %s' "$(printf %200s "" | tr ' ' x)")" -- "-q" "ü"
  ln file3 folder/hard; ln -s "../file3 that is gone" folder/link; ln folder/link folder/second-link
  mknod folder/null c 1 3; mknod folder/block b 7 9; mkfifo folder/fifo
  python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("folder/socket")'
  xfs_io -f -c "pwrite -q 0 64k" -c "pwrite -q 10m 64k" -c "truncate 20m" sparse
  xfs_io -f -c "falloc 0 4m" -c "pwrite -q 1m 64k" reserved
  truncate -s 200M huge
  setfattr -n user.note -v "kept" file3; setfattr -n user.note -v "of a folder" folder
  setfattr -n user.long -v "$(printf %4000s "" | tr ' ' y)" file4; setfattr -n trusted.note -v "root's" file4
  setfattr -h -n trusted.note -v "of a link" folder/link
  setcap cap_net_raw+ep file4 2>/dev/null || setfattr -n security.capability -v 0x0100000200200000000000000000000000000000 file4
  setfacl -m u:1234:rwx,g:5678:r-- file3; setfacl -d -m u:1234:rx folder
  chown 123:456 file3 folder; chown -h 7:8 folder/link; chmod 4755 file4; chmod 1777 folder/deep; chmod 2750 folder
  chown 4294967290:4294967290 folder/small1
  [ -n "${version4:-}" ] || cp --reflink=always file4 shared
  xfs_io -c "chproj 42" file3; mkdir project; xfs_io -c "chproj 43" -c "chattr +P" project; : >project/member
  xfs_io -f -c "extsize 1m" -c "pwrite -q 0 8k" extsized; xfs_io -c "chattr +i" folder/small2
  : >both; ln both folder/both-too; xfs_io -c "chattr +a" both; xfs_io -c "chattr +d" sparse
  touch -d '1969-07-20 20:17:40.123456789' folder/small3; touch -d '2031-01-02 03:04:05.987654321' folder/deep
  touch -h -d '2001-02-03 04:05:06.700000007' folder/link
  [ -z "${dirty:-}" ] || { sync -f .; echo "after the log was written" >late; xfs_io -x -c 'shutdown -f' .; }
}
more_of() {  # more_of VOLUME: what the manifest does not have: holes, flags, project ids, access times
  mount -o loop,noatime,nouuid "$1" "$T/look"; undo+=("umount $T/look")
  (cd "$T/look"
    stat -c '%n %X' file3 folder/small3 folder
    for file in sparse huge reserved; do xfs_io -r -c "seek -a -r 0" $file; stat -c '%n %b' $file; done
    # Of folders as well as files; what is reserved beyond the end of a file is nobody's.
    find . \( -type f -o -type d \) -print0 | sort -z | xargs -0 lsattr -d -p 2>/dev/null
    for file in extsized project file3; do xfs_io -r -c "extsize" -c "lsproj" -c "lsattr" $file | tr -d X; done)
  umount "$T/look"
}
features_of() { xfs_db -f -r -c 'sb 0' -c 'p versionnum features2 features_compat features_ro_compat features_incompat blocksize sectsize inodesize dirblklog imax_pct unit width' "$1"; }
# made OPTIONS...: a source with such an XFS
made() {
  chattr -i "$T/volume" 2>/dev/null || true
  rm -f "$T/volume"
  truncate -s 900M "$T/volume"
  mkfs.xfs -q -m uuid=$uuid -L "-twin" "$@" "$T/volume" 2>"$T/log"
  changed fill
  blkid -p -o export "$T/volume" | grep -E '^(UUID|LABEL|TYPE)=' >"$T/identity"
  make_gpt "$T/source" 970M 900
  put_in "$T/volume" "$T/source"
  before=$(hash_of "$T/source")
  manifest_of "$T/volume" noatime,nouuid >"$T/before.files"
  more_of "$T/volume" >"$T/before.more"
  features_of "$T/volume" >"$T/before.features"
}
refilled() {
  same_source
  check "$T/target" noatime,nouuid
  more_of "$T/b" >"$T/after.more"
  diff "$T/before.more" "$T/after.more" >&2 || fail "holes, flags or projects differ"
  features_of "$T/b" >"$T/after.features"
  diff "$T/before.features" "$T/after.features" >&2 || fail "other features"
}

uuid=6e1c1f44-5d3a-4c7a-9d0e-6ab6f9a1b003
for dirty in "" yes; do
  made
  poison 620M "$T/target"
  expect 0 "$disktwin" clone --yes --verify "$T/source" "$T/target"
  says 'xfs "-twin".* is brought from 900 MiB'
  says 'it is made anew and its files are copied'
  [ -z "$dirty" ] || says 'its log is replayed in the copy'
  refilled
done
dirty=
dense=9
made
to_the_least 303 noatime,nouuid
dense=0
# Other features, and from an image.
made -b size=2048 -i size=1024,sparse=0 -m rmapbt=1,bigtime=0,inobtcount=0 -n size=16k -d su=64k,sw=2
expect 0 "$disktwin" capture -q "$T/source" "$T/image.img.zst"
poison 700M "$T/target"
expect 0 "$disktwin" restore --yes --verify "$T/image.img.zst" "$T/target"
refilled
rm "$T/image.img.zst"
# Version 4, which not every kernel mounts any more.
if truncate -s 400M "$T/four" && mkfs.xfs -q -m crc=0 "$T/four" 2>"$T/log" && mkdir "$T/4" && mount -o loop "$T/four" "$T/4" 2>"$T/log"; then
  umount "$T/4"
  version4=yes
  made -m crc=0
  poison 620M "$T/target"
  expect 0 "$disktwin" clone --yes --verify "$T/source" "$T/target"
  refilled
  version4=
else
  make_gpt "$T/source" 470M 400
  put_in "$T/four" "$T/source"
  poison 420M "$T/target"
  expect 3 "$disktwin" clone --yes "$T/source" "$T/target"
  says 'partition 2 \(xfs\) at least 400 MiB \(the kernel cannot read it'
  poison 700M "$T/target"
  expect 0 "$disktwin" clone --yes --verify "$T/source" "$T/target"
  [ "$(part "$T/target" 2)" = 419430400 ] || fail "one that cannot be mounted was resized"
  nothing_left
fi

# Refused, with the target as it was: too small, and larger once shared extents are no longer shared.
made
poison 300M "$T/target"
was=$(hash_of "$T/target")
expect 3 "$disktwin" clone --yes "$T/source" "$T/target"
says 'has room for 299.* needed are .* are missing'
changed_again() { for i in 1 2 3 4 5 6 7 8 9 10; do cp --reflink=always folder/deep/deeper/far "again$i"; done; }
changed changed_again
put_in "$T/volume" "$T/source"
before=$(hash_of "$T/source")
poison 480M "$T/target"
was=$(hash_of "$T/target")
expect 3 "$disktwin" clone --yes "$T/source" "$T/target"
says 'partition 2 \(xfs "-twin"\) at least'
chmod 755 "$T"; chmod 666 "$T/source" "$T/target"
expect 3 setpriv --reuid=65534 --regid=65534 --clear-groups "$disktwin" clone --yes "$T/source" "$T/target"
says 'only root can have the kernel mount a copy of its xfs'
xfs_db -x -c 'sb 0' -c 'write -d qflags 1' "$T/volume" >/dev/null
put_in "$T/volume" "$T/source"
before=$(hash_of "$T/source")
expect 3 "$disktwin" clone --yes "$T/source" "$T/target"
says 'it has quotas, whose limits would be lost'
[ "$(hash_of "$T/target")" = "$was" ] || fail "a refused target was written to"
same_source

# Stopped in the middle, politely and not.
made
are_mounted() { [ "$(losetup -n -O BACK-FILE | grep -c "$T/tmp")" -ge 2 ]; }
interrupted INT 620M are_mounted
interrupted KILL 620M are_mounted
