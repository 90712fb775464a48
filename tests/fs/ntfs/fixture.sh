# shellcheck shell=bash disable=SC2016,SC2154
# NTFS volumes for clone-volume (whose head says what each function has to do). Needs ntfs-3g with
# its tools and python3. As root with /dev/fuse volumes are filled and read through a mount,
# otherwise with ntfscp and ntfscat, as far as those go.
ntfs_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
edit() { python3 "$ntfs_folder/edit_volume.py" "$@"; }

variants() {
  printf '%s\n' cluster-512 cluster-1k cluster-2k cluster-4k cluster-8k cluster-64k cluster-2m \
    sector-4k nearly-full fragmented dirty stale-bitmap dirty-stale-bitmap hibernated woken \
    log-closed log-open log-cached no-backup-boot larger-partition bitmap-resized \
    bitmap-list bitmap-list-outside mft-list mft-list-outside
}

can_mount() { [ "$(id -u)" = 0 ] && [ -c /dev/fuse ] && command -v ntfs-3g >/dev/null; }

# with_mount FILE OPTIONS COMMAND...: runs COMMAND in the root of the mounted volume. Ends when
# ntfs-3g has written everything, which is later than umount on a regular file.
with_mount() {
  local file=$1 options=$2 dir pid status=0 tries=0
  shift 2
  dir=$(mktemp -d "${TMPDIR:-/tmp}/disktwin-ntfs.XXXXXX")
  ntfs-3g -o "no_detach,$options" "$file" "$dir" >"$dir.log" 2>&1 &
  pid=$!
  until mountpoint -q "$dir"; do
    tries=$((tries + 1))
    if [ $tries -gt 200 ] || ! kill -0 $pid 2>/dev/null; then
      cat "$dir.log" >&2
      kill $pid 2>/dev/null
      rm -rf --one-file-system "$dir" "$dir.log"
      return 1
    fi
    sleep 0.05
  done
  ( cd "$dir" && "$@" ) || status=$?
  umount "$dir" && wait $pid || status=1
  rm -f "$dir.log"
  rmdir "$dir" || status=1
  return $status
}

random() { head -c "$1" /dev/urandom; }

# What a real volume holds of each kind; runs in the root of the volume.
tree() {
  local i
  mkdir -p docs/deep/er zip many || return 1
  random 3000000 >docs/large.bin && random 300 >docs/resident.txt && : >docs/empty || return 1
  random 5000 >"docs/deep/er/Größe 漢字.bin" && ln docs/large.bin docs/deep/link.bin || return 1
  for ((i = 0; i < 200; i++)); do random $((i * 37)) >"many/file-$i" || return 1; done
  for ((i = 0; i < 200; i += 3)); do rm "many/file-$i" || return 1; done
  truncate -s 5000000 docs/sparse.bin && random 70000 >>docs/sparse.bin || return 1
  python3 - <<'PYTHON'
import os
os.setxattr("docs/resident.txt", "user.stream", os.urandom(9000))
try:  # FILE_ATTRIBUTE_COMPRESSED: what is created inside gets it too
    os.setxattr("zip", "system.ntfs_attrib_be", (0x800).to_bytes(4, "big"))
except OSError:
    pass  # clusters above 4096 bytes
with open("zip/text", "wb") as out:
    out.write(b"".join(b"line %d of a file that compresses well\n" % i for i in range(20000)))
PYTHON
}

# So many names that the index of the root directory no longer fits into its record.
many_names() {
  local i
  tree || return 1
  for ((i = 0; i < 300; i++)); do : >"a long name of no consequence $i" || return 1; done
}

small_tree() {
  local i
  random 500000 >large.bin && random 100 >resident.txt || return 1
  for ((i = 0; i < 10; i++)); do random $((i * 997)) >"file-$i" || return 1; done
}

# Files of one and two clusters in turn; those of one make room again for a large one, and the names
# of more files for a table of many pieces.
fragments() {
  local i
  mkdir pieces && cd pieces || return 1
  for ((i = 0; i < 700; i++)); do
    random 4096 >"one-$i" && random 8000 >"two-$i" || return 1
  done
  rm one-* && random 4000000 >large.bin || return 1
  for ((i = 0; i < 700; i += 2)); do rm "two-$i" || return 1; done
  random 4000000 >another.bin
}

fill_up() {
  small_tree || return 1
  local i
  for ((i = 0; i < 40; i++)); do random 1000000 >"more-$i" 2>/dev/null || break; done
  [ $i -lt 40 ] && rm "more-$((i / 2))"
}

# fill FILE [COMMAND]: the tree or what COMMAND makes, or without a mount some files in the root.
fill() {
  if can_mount; then
    with_mount "$1" compression,streams_interface=xattr "${2:-tree}"
    return
  fi
  local dir status=0 file
  dir=$(mktemp -d "${TMPDIR:-/tmp}/disktwin-ntfs.XXXXXX")
  ( cd "$dir" && small_tree ) || status=1
  for file in "$dir"/*; do ntfscp -q -f "$1" "$file" "${file##*/}" || status=1; done
  rm -rf "$dir"
  return $status
}

# new FILE SIZE CLUSTER [SECTOR]
new() {
  rm -f "$1"
  truncate -s "$2" "$1" &&
    mkntfs -q -F -Q -c "$3" -s "${4:-512}" -L 'Größe 漢字' "$1" 2>/dev/null
}

# hiberfile FILE HEADER
hiberfile() {
  local status=0
  { printf %s "$2"; head -c 60000 /dev/zero; } >"$1.hiber"
  ntfscp -q -f "$1" "$1.hiber" hiberfil.sys || status=1
  rm -f "$1.hiber"
  return $status
}

# forget FILE: takes the clusters of a file out of $Bitmap, as a crash may leave it.
forget() {
  local record
  record=$(ntfsls -f -i "$1" | awk '$2 == "forgotten.bin" {print $1}')
  [ -n "$record" ] && edit hide "$1" "$record"
}

forgotten_file() {
  random 2000000 >"$1.forgotten" && ntfscp -q -f "$1" "$1.forgotten" forgotten.bin || return 1
  rm "$1.forgotten"
}

# A larger volume needs a longer $Bitmap, which ntfsresize moves to where it fits; and it orders a
# check.
resized() {
  new "$1" 16M 512 && fill "$1" && truncate -s 64M "$1" &&
    ntfsresize --force --force --no-progress-bar "$1" >/dev/null 2>&1 </dev/null
}

make_volume() {
  local file=$2
  case $1 in
    cluster-512) new "$file" 32M 512 && fill "$file" ;;
    cluster-1k) new "$file" 32M 1024 && fill "$file" ;;
    cluster-2k) new "$file" 32M 2048 && fill "$file" ;;
    cluster-4k) new "$file" 32M 4096 && fill "$file" ;;
    cluster-8k) new "$file" 32M 8192 && fill "$file" ;;
    cluster-64k) new "$file" 64M 65536 && fill "$file" ;;
    cluster-2m)
      # Even a tiny non-resident file takes 2 MiB of it.
      can_mount || return 77
      new "$file" 128M 2097152 && with_mount "$file" compression small_tree ;;
    sector-4k) new "$file" 32M 4096 4096 && fill "$file" ;;
    nearly-full)
      can_mount || return 77
      new "$file" 24M 4096 && with_mount "$file" compression fill_up ;;
    fragmented)
      can_mount || return 77
      new "$file" 32M 2048 && with_mount "$file" compression fragments ;;
    dirty) new "$file" 32M 4096 && fill "$file" && edit flags "$file" 0x0001 ;;
    stale-bitmap)
      new "$file" 32M 4096 && fill "$file" && forgotten_file "$file" && forget "$file" ;;
    dirty-stale-bitmap)
      new "$file" 32M 4096 && fill "$file" && forgotten_file "$file" && forget "$file" &&
        edit log "$file" closed && edit flags "$file" 0x4001 ;;
    hibernated) new "$file" 16M 4096 && fill "$file" many_names && hiberfile "$file" hibr ;;
    woken) new "$file" 16M 4096 && fill "$file" many_names && hiberfile "$file" wake ;;
    log-closed | log-open | log-cached)
      new "$file" 16M 4096 && fill "$file" && edit log "$file" "${1#log-}" ;;
    no-backup-boot)
      new "$file" 16M 4096 && fill "$file" &&
        dd if=/dev/zero of="$file" bs=512 seek=32767 count=1 conv=notrunc status=none ;;
    larger-partition) new "$file" 16M 4096 && fill "$file" && truncate -s 20M "$file" ;;
    bitmap-resized) resized "$file" ;;
    bitmap-list) new "$file" 32M 512 && fill "$file" && edit scatter "$file" 6 4 resident ;;
    bitmap-list-outside) new "$file" 32M 512 && fill "$file" && edit scatter "$file" 6 7 outside ;;
    mft-list) new "$file" 32M 512 && fill "$file" && edit scatter "$file" 0 3 resident ;;
    mft-list-outside) new "$file" 32M 512 && fill "$file" && edit scatter "$file" 0 9 outside ;;
    *) return 1 ;;
  esac
}

expect_state() {
  case $1 in
    dirty | dirty-stale-bitmap | bitmap-resized) echo dirty ;;
    hibernated) echo hibernated ;;
    log-open | log-cached) echo 'needs recovery' ;;
    *) echo clean ;;
  esac
}

expect_whole() {
  case $1 in
    hibernated | log-open | log-cached) return 0 ;;
    *) return 1 ;;
  esac
}

# ntfsfix -n compares the MFT with its mirror and the boot sector with its copy. ntfsresize --info
# reads every record and accounts for every cluster; it can do so only where $Bitmap is right, and
# gives up, after all checks, on a $Bitmap in extension records.
check_volume() {
  local status=0 said
  said=$(ntfsfix -n "$1" 2>&1) || status=$?
  printf '%s\n' "$said"
  case $variant in
    no-backup-boot | larger-partition) # nothing else may be wrong than what was made so
      grep -q '$MFT and $MFTMirr completed successfully' <<<"$said" &&
        grep -q 'alternate boot sector... BAD' <<<"$said" || return 1 ;;
    *) [ $status -eq 0 ] || return 1 ;;
  esac
  status=0
  said=$(ntfsresize --info --force --no-progress-bar "$1" 2>&1) || status=$?
  printf '%s\n' "$said"
  case $variant in
    *stale-bitmap) [ $status -ne 0 ] && grep -q 'Cluster accounting failed' <<<"$said" ;;
    bitmap-list*) grep -q "Highly fragmented \$Bitmap isn't supported" <<<"$said" ;;
    *) return $status ;;
  esac
}

mounted_manifest() {
  find . -path './$Extend' -prune -o -type f -print0 | sort -z | xargs -0 openssl dgst -r -sha256 || return 1
  find . -type d | sort && python3 - <<'PYTHON'
import hashlib, os
for folder, folders, files in sorted(os.walk(".")):
    for name in sorted(files):
        path = os.path.join(folder, name)
        for key in os.listxattr(path):
            if key.startswith("user."):
                print(hashlib.sha256(os.getxattr(path, key)).hexdigest(), path, key)
PYTHON
}

# The system files are hashed as well: $Boot, $LogFile, $Secure and all.
manifest() {
  if can_mount; then
    with_mount "$1" ro,show_sys_files,streams_interface=xattr mounted_manifest
    return
  fi
  local name
  ntfsls -f "$1" | grep -v '^\.' | sort | while read -r name; do
    printf '%s  %s\n' "$(ntfscat -f "$1" "$name" | openssl dgst -r -sha256 | cut -d' ' -f1)" "$name"
  done
}

# The backup boot sector is in no cluster. A file that $Bitmap has forgotten is proven by its hash.
used_oracle() {
  local cluster
  cluster=$(ntfsinfo -f -m "$1" 2>/dev/null | awk '/Cluster Size:/ {print $3}')
  ntfscat -f -i 6 "$1" 2>/dev/null | edit bits "$cluster" | awk -v end="$(stat -c %s "$1")" '
    $1 < end {print $1, ($1 + $2 > end ? end - $1 : $2)} END {print end - 512, 512}'
}

# Gaps below 64 KiB may be filled; the boot area and what is behind the last cluster are extra, and
# so is the file that $Bitmap has forgotten.
most_used() {
  local extra=200000
  case $1 in
    *stale-bitmap) extra=$((extra + 2100000)) ;;
    cluster-2m) extra=$((extra + 2097152)) ;;
  esac
  used_oracle "$2" | awk -v extra="$extra" '
    NR > 1 && $1 - end < 65536 {sum += $1 - end} {sum += $2; end = $1 + $2}
    END {printf "%.0f\n", sum + extra}'
}
