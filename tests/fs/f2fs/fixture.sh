# shellcheck shell=bash disable=SC2154
# F2FS volumes for clone-volume (whose head says what each function has to do). Needs f2fs-tools,
# python3 and zstd, no root: sload.f2fs fills them. What only a kernel makes of a volume lies in
# kernel-made/, whose README says how.
f2fs_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
walk() { python3 "$f2fs_folder/walk-volume" "$@"; }

variants() {
  printf '%s\n' plain fresh all-features compression casefold encrypt \
    read-only large-sections zones large-nat-bitmap sector-4096 many-files deep-file label \
    larger-partition odd-size damaged-superblock damaged-backup damaged-checkpoint loaded-twice \
    kernel-fragmented kernel-full kernel-mounted kernel-flushed
}

random() { head -c "$1" /dev/urandom; }

# What a real volume holds of each kind; runs in the folder that is to be loaded.
tree() {
  local i
  mkdir -p docs/deep/er many empty || return 1
  random 3000000 >docs/large.bin && random 300 >docs/inline.txt && : >docs/empty || return 1
  random 5000 >"docs/deep/er/Größe 漢字.bin" && ln -s ../large.bin docs/deep/link || return 1
  for ((i = 0; i < 150; i++)); do random $((i * 97)) >"many/file-$i" || return 1; done
  random 100000 >docs/text.txt && head -c 400000 /dev/zero >>docs/text.txt || return 1
  truncate -s 1000000 docs/sparse.bin && random 70000 >>docs/sparse.bin
}

more() { mkdir more && random 500000 >more/file && random 7000 >other; }

# A file whose nodes are indirect ones: more than 923 + 2 * 1018 blocks.
deep_file() { random 14000000 >deep.bin; }

many_files() {
  local i
  mkdir a b || return 1
  for ((i = 0; i < 1500; i++)); do printf '%s' "$i" >"a/a name of some length $i" || return 1; done
  for ((i = 0; i < 100; i++)); do random 5000 >"b/$i" || return 1; done
}

# load FILE COMMAND [OPTION...]: fills it with what COMMAND makes.
load() {
  local file=$1 command=$2 dir status=0
  shift 2
  dir=$(mktemp -d "${TMPDIR:-/tmp}/disktwin-f2fs.XXXXXX")
  ( cd "$dir" && "$command" ) && sload.f2fs "$@" -f "$dir" "$file" >/dev/null || status=1
  rm -rf "$dir"
  return $status
}

# new FILE SIZE [OPTION...]
new() {
  local file=$1 size=$2
  shift 2
  rm -f "$file"
  truncate -s "$size" "$file" && mkfs.f2fs -q "$@" "$file" >/dev/null
}

# damage FILE OFFSET: other bytes than there were.
damage() { printf 'damaged' | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }

make_volume() {
  local file=$2 features
  case $1 in
    plain) new "$file" 96M && load "$file" tree ;;
    fresh) new "$file" 96M ;;
    all-features)
      # The kernel-made ones have flexible_inline_xattr as well, with which sload.f2fs 1.15 fails.
      features=extra_attr,inode_checksum,inode_crtime,lost_found
      features+=,quota,project_quota,sb_checksum,verity
      new "$file" 96M -O $features && load "$file" tree ;;
    compression) new "$file" 96M -O extra_attr,compression && load "$file" tree -c -L 2 -a lz4 ;;
    casefold) new "$file" 96M -O casefold -C utf8 && load "$file" tree ;;
    encrypt) new "$file" 96M -O encrypt && load "$file" tree ;;
    read-only) new "$file" 96M -O extra_attr,compression,ro && load "$file" tree ;;
    large-sections) new "$file" 200M -s 4 && load "$file" tree ;;
    zones) new "$file" 160M -s 2 -z 2 && load "$file" tree ;;
    large-nat-bitmap) new "$file" 96M -i && load "$file" tree ;;
    sector-4096) new "$file" 96M -w 4096 && load "$file" tree ;;
    many-files) new "$file" 96M && load "$file" many_files ;;
    deep-file) new "$file" 96M && load "$file" deep_file ;;
    label) new "$file" 96M -l 'Größe 漢字' && load "$file" more ;;
    larger-partition) new "$file" 96M && load "$file" tree && truncate -s 101M "$file" ;;
    odd-size) new "$file" 99000K && load "$file" tree ;;
    damaged-superblock) new "$file" 96M && load "$file" more && damage "$file" 1100 ;;
    damaged-backup) new "$file" 96M && load "$file" more && damage "$file" 5140 ;;
    damaged-checkpoint) new "$file" 96M && load "$file" more && damage_older "$file" ;;
    loaded-twice) new "$file" 96M && load "$file" tree && load "$file" more ;;
    kernel-*) zstd -dqf --sparse "$f2fs_folder/kernel-made/${1#kernel-}.zst" -o "$file" ;;
    *) return 1 ;;
  esac
}

# damage_older FILE: in the checkpoint that does not count.
damage_older() { damage "$1" $(($(walk older "$1") * 4096 + 500)); }

expect_state() {
  case $1 in
    kernel-mounted | kernel-flushed) echo 'needs recovery' ;;
    damaged-checkpoint) echo dirty ;;
    *) echo clean ;;
  esac
}

expect_whole() {
  case $1 in
    damaged-* | kernel-mounted | kernel-flushed) return 0 ;;
    *) return 1 ;;
  esac
}

# fsck.f2fs looks at everything and ends with 0 whatever it finds: what it says counts. It mends
# superblocks before it looks, so it gets a copy.
check_volume() {
  local said status=0
  cp --sparse=always "$1" "$1.check"
  said=$(fsck.f2fs --dry-run -f "$1.check" 2>&1) || status=$?
  rm -f "$1.check"
  printf '%s\n' "$said"
  [ $status -eq 0 ] && grep -q 'other corrupted bugs *\[Ok' <<<"$said" && ! grep -qE '\[Fail\]|ASSERT' <<<"$said"
}

manifest() { walk manifest "$1"; }

# What dump.f2fs calls in use, and what files really refer to.
used_oracle() {
  local dir
  dir=$(mktemp -d "${TMPDIR:-/tmp}/disktwin-f2fs.XXXXXX")
  ( cd "$dir" && dump.f2fs -s 0~-1 "$1" >/dev/null && walk segments "$1" <dump_sit )
  rm -rf "$dir"
  walk blocks "$1"
}

# Gaps below 64 KiB may be filled; the six logs are extra.
most_used() {
  used_oracle "$2" | sort -n | awk '
    NR > 1 && $1 - end < 65536 && $1 > end {sum += $1 - end}
    $1 >= end {sum += $2; end = $1 + $2}
    END {printf "%.0f\n", sum + 6 * 2097152}'
}
