# shellcheck shell=bash disable=SC2154
# Btrfs for clone-volume (whose head says what each function has to do). Needs btrfs-progs, root and a
# kernel that knows Btrfs. A filesystem on several devices has its other members beside FILE, in
# FILE.2, FILE.3 and so on; those of the clone are clones, too.
btrfs=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/fs/btrfs/fixture/devices.sh
. "$btrfs/fixture/devices.sh"
# shellcheck source=tests/fs/btrfs/fixture/contents.sh
. "$btrfs/fixture/contents.sh"

# A name, the size in MiB, what mount has to know, and how to make it.
plain_variants() {
  cat <<'END'
default         192  noatime
single          160  noatime  -m single -d single
dup             320  noatime  -m dup -d dup
mixed           128  noatime  -M
mixed-dup       192  noatime  -M -m dup -d dup
node-4k         192  noatime  -n 4096
node-8k         192  noatime  -n 8192
node-32k        192  noatime  -n 32768
node-64k        224  noatime  -n 65536
xxhash          192  noatime  --csum xxhash
sha256          192  noatime  --csum sha256
blake2          192  noatime  --csum blake2
block-groups    192  noatime  -O block-group-tree
space-cache-v1  192  noatime,space_cache=v1  -R ^free-space-tree
old-format      192  noatime,space_cache=v1  -R ^free-space-tree -O ^skinny-metadata,^no-holes,^extref
quota           192  noatime  -R quota
zstd            192  noatime,compress-force=zstd
lzo             192  noatime,compress-force=lzo
zlib            192  noatime,compress-force=zlib
no-cow          192  noatime,nodatacow
fragments       192  noatime,autodefrag  -n 4096
END
}

# A name, how many devices, which of them is FILE, and how to make them, 128 MiB each.
member_variants() {
  cat <<'END'
two-single-1     2 1  -m single -d single
two-single-2     2 2  -m single -d single
raid0-1          2 1  -m raid0 -d raid0
raid0-2          2 2  -m raid0 -d raid0
raid1-1          2 1  -m raid1 -d raid1
raid1-2          2 2  -m raid1 -d raid1
raid1-raid0-1    3 1  -m raid1c3 -d raid0
raid1-raid0-3    3 3  -m raid1c3 -d raid0
raid1c4-4        4 4  -m raid1c4 -d raid1c3
raid10-1         4 1  -m raid10 -d raid10
raid10-4         4 4  -m raid10 -d raid10
raid1-raid10-2   4 2  -m raid1c4 -d raid10
raid1-raid5-1    3 1  -m raid1c3 -d raid5
raid1-raid5-3    3 3  -m raid1c3 -d raid5
raid1-raid6-4    4 4  -m raid1c4 -d raid6
raid5-2          3 2  -m raid5 -d raid5
raid6-1          3 1  -m raid6 -d raid6
mixed-raid1-2    2 2  -M -m raid1 -d raid1
END
}

variants() {
  plain_variants | awk '{print $1}'
  member_variants | awk '{print $1}'
  printf '%s\n' empty full fragmented snapshots dropping converted grown shrunk balanced balance-paused \
    profile-changed metadata-uuid new-uuid simple-quota seed sprout larger-partition device-removed \
    log log-many live frozen
}

# new FILE MIB MKFS-ARGUMENT...
new() {
  rm -f "$1" "$1".[2-9]
  truncate -s "$2M" "$1"
  mkfs.btrfs -q -L 'Größe 漢字' "${@:3}" "$1" >/dev/null 2>&1 || return 77
}

make_members() {
  local file=$1 count=$2 chosen=$3 i
  shift 3
  rm -f "$file" "$file".[2-9]
  truncate -s 128M "$file"
  for i in $(seq 2 "$count"); do truncate -s 128M "$file.$i"; done
  attached rw "$file" mkfs.btrfs -q "$@" >/dev/null 2>&1 || return 77
  mounted "$file" noatime fill || return
  [ "$chosen" = 1 ] || { mv "$file" "$file.x" && mv "$file.$chosen" "$file" && mv "$file.x" "$file.$chosen"; }
}

convert_from_ext4() {
  local tree; tree=$(mktemp -d)
  mkdir "$tree/d"
  data small 2097152 | split -b 4999 -a 3 - "$tree/d/small-"
  data big 9000001 >"$tree/big"
  rm -f "$1"
  truncate -s 256M "$1"
  mke2fs -q -F -t ext4 -b 4096 -d "$tree" "$1"
  rm -rf "$tree"
  btrfs-convert "$1" >/dev/null 2>&1 || return 77
}

# A read-only seed, and a second device that the changes go to.
sprout() {
  local added=$1 point=$3
  btrfs -q device add -f "$added" "$point" >/dev/null 2>&1 || return 77
  mount -o remount,rw "$point"
  data new 3000000 >"$point/new"
}
make_sprout() {
  local file=$1 status=0 added
  make_volume seed "$file.2" || return
  rm -f "$file"
  truncate -s 192M "$file"
  added=$(losetup --find --show "$file")
  attached ro "$file.2" at_mount noatime sprout "$added" again -- || status=$?
  btrfs device scan --forget "$added" >/dev/null 2>&1 || true
  losetup -d "$added"
  return $status
}

remove_device() {
  fill "$2"
  btrfs -q device remove "$1" "$2" >/dev/null 2>&1
}
drop_first() { at_mount noatime remove_device "$1" -- "$@"; }

make_volume() {
  local file=$2 line status
  [ "$(id -u)" = 0 ] || return 77
  line=$(plain_variants | grep "^$1 ") || line=
  if [ -n "$line" ]; then
    # shellcheck disable=SC2086
    set -- $line
    new "$file" "$2" "${@:4}" && mounted "$file" "$3" fill
    return
  fi
  line=$(member_variants | grep "^$1 ") || line=
  if [ -n "$line" ]; then
    # shellcheck disable=SC2086
    set -- $line
    make_members "$file" "${@:2}"
    return
  fi
  case $1 in
    empty)
      # One file has to be there; nothing else was ever written.
      new "$file" 128 && mounted "$file" noatime sh -c 'echo only >"$0/only"' ;;
    full) new "$file" 128 -m single && mounted "$file" noatime fill_up ;;
    fragmented) new "$file" 256 -n 4096 && mounted "$file" noatime fragment ;;
    snapshots) new "$file" 256 && mounted "$file" noatime snapshots ;;
    dropping) new "$file" 256 -n 4096 && crashed "$file" drop "$file" ;;
    converted) convert_from_ext4 "$file" ;;
    grown)
      new "$file" 128 || return
      truncate -s 300M "$file"
      mounted "$file" noatime grow ;;
    shrunk) new "$file" 400 -m single && mounted "$file" noatime shrink ;;
    balanced) new "$file" 256 && mounted "$file" noatime balance ;;
    balance-paused)
      new "$file" 384 || return
      mounted "$file" noatime pause_balance || return
      btrfs inspect-internal dump-tree -t root "$file" | grep -q 'BALANCE TEMPORARY_ITEM' || return 77 ;;
    profile-changed) new "$file" 384 && mounted "$file" noatime change_profile ;;
    metadata-uuid)
      new "$file" 192 && mounted "$file" noatime fill && btrfstune -f -m "$file" >/dev/null ;;
    new-uuid) new "$file" 192 && mounted "$file" noatime fill && btrfstune -f -u "$file" >/dev/null ;;
    simple-quota)
      new "$file" 192 && mounted "$file" noatime simple_quota || return
      # Older tools do not know of it, and cannot be asked.
      btrfs inspect-internal dump-tree -t chunk "$file" 2>/dev/null | grep -q CHUNK_ITEM || return 77 ;;
    seed) new "$file" 192 && mounted "$file" noatime fill && btrfstune -S 1 "$file" >/dev/null ;;
    sprout) make_sprout "$file" ;;
    larger-partition)
      new "$file" 192 && mounted "$file" noatime fill && truncate -s 210M "$file" ;;
    device-removed)
      rm -f "$file" "$file".[2-9]
      truncate -s 192M "$file" "$file.2"
      attached rw "$file" mkfs.btrfs -q -m raid0 -d raid0 >/dev/null 2>&1 || return 77
      # What is left has an id other than 1.
      attached rw "$file" drop_first && mv "$file.2" "$file" ;;
    log) new "$file" 192 && crashed "$file" crash_with_log "$file" 3 ;;
    log-many) new "$file" 256 -n 4096 && crashed "$file" crash_with_log "$file" 150 ;;
    live) new "$file" 192 && crashed "$file" stay_live "$file" ;;
    frozen) new "$file" 192 && crashed "$file" freeze "$file" ;;
  esac
}

# crashed FILE COMMAND...: FILE is then what the command has copied while it was mounted.
crashed() { mounted "$1" noatime,commit=300 "${@:2}" && mv "$1.copy" "$1"; }

expect_state() {
  case $1 in
    log*) echo "needs recovery" ;;
    *) echo clean ;;
  esac
}

# Single metadata is on one device alone, and striped or with parity in parts: where not even the
# root of the chunk tree is on this device, nothing can be known. With parity it is not looked for.
expect_whole() {
  case $1 in
    raid5-* | raid6-*) return 0 ;;
    two-single-* | raid0-* | raid10-*)
      ! attached ro "$scratch/source" ask_chunk_root "$scratch/source" ;;
    *) return 1 ;;
  esac
}
ask_chunk_root() { "$btrfs/used-extents" --chunk-root-is-here "$1" "$2"; }

# The clone's other members are clones, too.
clone_members() {
  local file
  [ "$1" = "$scratch/target" ] || return 0
  for file in "$scratch"/source.[2-9]; do
    [ -e "$file" ] && [ ! -e "$1.${file##*.}" ] || continue
    poisoned other | head -c "$(stat -c %s "$file")" >"$1.${file##*.}" || true
    "$BUILD/tests/volume_tool" copy "$file" "$1.${file##*.}" 2>/dev/null || [ $? -eq 3 ] || return 1
  done
}

check_volume() {
  clone_members "$1" || return 1
  attached ro "$1" check_first
}
# Parity is not checked: the kernel now and then leaves some that does not fit, in the source.
check_first() {
  local how=(--check-data-csum)
  case $variant in *raid5* | *raid6*) how=() ;; esac
  btrfs check --readonly "${how[@]}" "$1"
}

# The log is replayed on a copy, where that is due: what it holds counts.
manifest() {
  local status=0 file
  clone_members "$1" || return 1
  if [ "$(expect_state "$variant")" = clean ]; then
    attached ro "$1" at_mount ro,subvolid=5 list_files --
    return
  fi
  cp --sparse=always "$1" "$1.replayed"
  attached rw "$1.replayed" at_mount subvolid=5 list_files -- || status=$?
  btrfs check --readonly --check-data-csum "$1.replayed" >/dev/null 2>&1 || status=1
  rm -f "$1.replayed"
  return $status
}
list_files() {
  (cd "$1" && find . -type f -print0 | sort -z | xargs -0 openssl dgst -r -sha256
    find . -printf '%y %m %l %p\n' | sort
    getfattr -R -d -m user . 2>/dev/null
    btrfs subvolume list . | wc -l)
}

used_oracle() { attached ro "$1" ask_used "$1"; }
ask_used() { "$btrfs/used-extents" "${@:1:2}"; }

# Gaps below 64 KiB are filled in, and the first MiB is always there. With a log, or where a tree
# cannot be read whole on this device, it is all that is allocated.
most_used() {
  local what=(--gap 65536)
  case $1 in
    log* | two-single-* | raid0-* | raid10-* | sprout) what=(--allocated) ;;
  esac
  attached ro "$2" ask_most "$2" "${what[@]}" | awk '{s += $2} END {printf "%d", s + 1310720}'
}
ask_most() {
  local file=$1 device=${*: -1}
  local what=("${@:2}")
  # Of the devices at the end only the first is asked.
  while [[ ${what[-1]} == /dev/* ]]; do device=${what[-1]}; unset 'what[-1]'; done
  "$btrfs/used-extents" "${what[@]}" "$file" "$device"
}
