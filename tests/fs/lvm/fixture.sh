# shellcheck shell=bash disable=SC2154
# Physical volumes of LVM, made and read by its own tools on loop devices: needs root, not device-mapper.
# Logical volumes are described in text and restored by vgcfgrestore; their contents are written to where lvs
# says that they lie. Packages: lvm2, e2fsprogs, dosfstools, ntfs-3g, util-linux, mount.
lvm=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export LVM_SUPPRESS_FD_WARNINGS=1

# A name, the size of the physical volume, options of pvcreate, and of vgcreate; "|" between them.
shapes() {
  cat <<'END'
linear             | 72M  |                                    | -s 1M
several-pieces     | 72M  |                                    | -s 1M
fragmented         | 72M  |                                    | -s 128K
striped            | 72M  |                                    | -s 1M
striped-narrow     | 72M  |                                    | -s 1M
striped-and-linear | 72M  |                                    | -s 1M
other-filesystems  | 72M  |                                    | -s 4M
unknown-content    | 64M  |                                    | -s 1M
machine-disk       | 64M  |                                    | -s 1M
grown              | 64M  |                                    | -s 1M
unclean-inside     | 64M  |                                    | -s 1M
full               | 32M  |                                    | -s 1M
every-kind         | 96M  |                                    | -s 1M
snapshot-origin    | 64M  |                                    | -s 1M
spanning           | 64M  |                                    | -s 1M
two-areas          | 64M  | --metadatacopies 2                 | -s 1M
areas-of-two-ages  | 64M  | --metadatacopies 2                 | -s 1M
area-damaged       | 64M  | --metadatacopies 2                 | -s 1M
area-ignored       | 64M  |                                    | -s 1M
no-area            | 64M  | --metadatacopies 0                 | -s 1M
ring-wraps         | 64M  | --metadatasize 60K --dataalignment 64K | -s 1M
early-extents      | 64M  | --metadatasize 60K --dataalignment 64K | -s 128K
boot-area          | 64M  | --bootloaderareasize 2M            | -s 1M
label-first        | 64M  | --labelsector 0                    | -s 1M
label-last         | 64M  | --labelsector 3                    | -s 1M
large-extents      | 256M |                                    | -s 32M
exported           | 64M  |                                    | -s 1M
no-volumes         | 64M  |                                    | -s 1M
no-group           | 64M  |                                    |
truncated          | 64M  |                                    | -s 1M
text-damaged       | 64M  |                                    | -s 1M
END
}
variants() { shapes | awk '{print $1}'; }
shape() { shapes | awk -F ' *[|] *' -v name="$variant" -v field="$1" '$1 == name {print $field}'; }

# Where the logical volumes of each variant lie: see logical-volumes.
places() {
  case $variant in
    several-pieces) echo 'root 40+8 3+9 54+16' ;;
    fragmented) python3 -c 'import random
places = list(range(0, 300)); random.Random(7).shuffle(places)
print("root", *(f"{p}+1" for p in places[:200])); print("other", *(f"{p}+1" for p in places[200:264]))' ;;
    striped) printf '%s\n' 'root 64:0+16,40+16' 'other 20+8' ;;
    striped-narrow) printf '%s\n' 'root 4:0+11,60+11,30+11' 'other 20+8' ;;
    striped-and-linear) echo 'root 5+7 128:20+10,40+10 0+5' ;;
    other-filesystems) printf '%s\n' 'root 0+6' 'dos 7+4' 'windows 12+4' ;;
    full) printf '%s\n' 'root 0+20' 'other 22+4' ;;
    snapshot-origin) printf '%s\n' 'root 0+32' '-store 34+8' ;;
    spanning) printf '%s\n' 'root 0+32' 'half 34+4 pv1/0+4' 'other 44+8' 'elsewhere pv1/10+8' ;;
    early-extents) printf '%s\n' 'root 0+256' 'other 260+64' ;;
    large-extents) printf '%s\n' 'root 1+1' 'other 4+1' ;;
    no-volumes | no-group) ;;
    *) printf '%s\n' 'root 2+32' 'other 40+8' ;;
  esac
}

# tool NAME ARGUMENT...: a program of LVM that sees nothing but $devices.
tool() {
  local name=$1 filter
  shift
  # shellcheck disable=SC2086
  filter=$(printf '"a|^%s$|",' $devices)
  "$name" "$@" --config "devices{use_devicesfile=0 scan_lvs=0 hints=\"none\" filter=[$filter\"r|.*|\"]}
    global{locking_dir=\"$quiet.locks\"}
    activation{udev_sync=0 udev_rules=0 monitoring=0} backup{backup=0 archive=0}" 2>"$quiet" || {
    local status=$?
    cat "$quiet" >&2
    return $status
  }
}

# attached FILE... -- ro|rw COMMAND...: with $devices, the files as block devices.
attached() {
  local devices='' status=0 mode files=() quiet
  while [ "$1" != -- ]; do files+=("$1"); shift; done
  mode=$2
  shift 2
  [ "$(id -u)" = 0 ] || return 77
  for one in "${files[@]}"; do
    local options=(--find --show)
    [ "$mode" = rw ] || options+=(--read-only)
    devices="$devices $(losetup "${options[@]}" "$one")" || return 77
  done
  devices=${devices# }
  quiet=$(mktemp)
  # shellcheck disable=SC2086,SC2064
  ( trap "losetup --detach $devices; rm -rf '$quiet' '$quiet.locks'" EXIT; "$@" ) || status=$?
  return $status
}

# Where everything lies, for logical-volumes.
report() {
  tool lvs -P -a --segments --reportformat json --units b --nosuffix \
    -o lv_name,segtype,seg_start,stripe_size,vg_extent_size,seg_pe_ranges group 2>/dev/null |
    jq --argjson start "$(tool pvs --noheadings --units b --nosuffix -o pe_start "${devices%% *}")" \
      '. + {pe_start: $start}'
}

create() {
  # shellcheck disable=SC2046,SC2086
  tool pvcreate -q $(shape 3) ${devices%% *} >/dev/null
  [ "$variant" != no-group ] || return 0
  # A second volume, where a group has to have one.
  case $devices in *' '*) tool pvcreate -q "${devices#* }" >/dev/null ;; esac
  # shellcheck disable=SC2046,SC2086
  tool vgcreate -q $(shape 4) group $devices >/dev/null
  restore || return
  case $variant in
    ring-wraps)
      for round in $(seq 40); do
        tool vgchange -q --addtag "round-$round-$(printf %0800d 0)" group >/dev/null
        if wraps "${devices%% *}"; then return 0; fi
      done
      echo "the text never ran over the end of its area" >&2
      return 1 ;;
    area-ignored) tool pvchange -q --metadataignore y "${devices%% *}" >/dev/null ;;
  esac
}

# Whether the text that is in force goes on at the start of its area.
wraps() {
  python3 - "$1" <<'PY'
import struct, sys
with open(sys.argv[1], "rb") as disk:
    disk.seek(4096 + 32)
    area, offset, size = struct.unpack("<QQQ", disk.read(24))
sys.exit(offset + size <= area)
PY
}

# Adds the logical volumes to the description of the group.
restore() {
  local text=$scratch/group.conf
  tool vgcfgbackup -q -f "$text" group >/dev/null
  sed -i '/^}$/,$d' "$text"
  if [ "$variant" = every-kind ]; then
    cat "$lvm/every-kind.conf"
  else
    places | "$lvm/logical-volumes" text
  fi >>"$text"
  [ "$variant" != snapshot-origin ] || sed -i '$d' "$text"
  [ "$variant" != snapshot-origin ] || cat <<'END' >>"$text"
		snapshot0 {
			id = "000009-test-test-test-test-test-abcdef"
			status = ["READ", "WRITE", "VISIBLE"]
			segment_count = 1
			segment1 {
				start_extent = 0
				extent_count = 32
				type = "snapshot"
				chunk_size = 8
				origin = "root"
				cow_store = "store"
			}
		}
	}
END
  echo '}' >>"$text"
  # The forced restore of thin pools asks for consent.
  tool vgcfgrestore -q --force --yes -f "$text" group >/dev/null
}

noise() {
  { openssl enc -aes-128-ctr -nosalt -pass "pass:$1" -pbkdf2 -in /dev/zero 2>/dev/null || true; } |
    head -c "$2"
}

# What lies in each logical volume: $1 is its name, $3 the file to make, of $2 bytes.
content() {
  truncate -s "$2" "$3"
  local tree=$scratch/tree
  case $1 in
    root | dos)
      mkdir -p "$tree/folder"
      noise "$1" 1500000 >"$tree/large"
      noise "$1" 300000 | split -b 3333 - "$tree/folder/" ;;
  esac
  case $variant-$1 in
    *-root)
      case $variant in
        full) noise full 14500000 >"$tree/more" ;;
        machine-disk) ;;
        grown)
          mke2fs -q -F -t ext4 -b 4096 -d "$tree" "$3" 24M >/dev/null || return
          noise tail 5000000 | dd of="$3" bs=1M seek=26 conv=notrunc status=none
          return ;;
      esac
      mke2fs -q -F -t ext4 -b "$(block_size)" -L inside -d "$tree" "$3" >/dev/null || return
      [ "$variant" != unclean-inside ] || crash "$3" ;;&
    machine-disk-root) printf 'label: dos\nstart=2048\n' | sfdisk -q --wipe never "$3" >/dev/null
      noise partition 7000000 | dd of="$3" bs=1M seek=12 conv=notrunc status=none ;;
    *-dos)
      mkfs.vfat "$3" >/dev/null
      mcopy -i "$3" -s "$tree"/* ::/ ;;
    *-windows) mkntfs -Q -q -F "$3" >/dev/null 2>&1 ;;
    unknown-content-* | every-kind-* | spanning-* | snapshot-origin-store)
      [ "$1" = root ] || noise "$1" "$2" >"$3" ;;
    *-other) mkswap -q "$3" >/dev/null ;;
  esac
  rm -rf "$tree"
}

# Small blocks make many groups and so many pieces.
block_size() {
  case $variant in linear | fragmented | full | striped | striped-narrow) echo 1024 ;; *) echo 4096 ;; esac
}

# A journal that has to be replayed: the image of a filesystem that is in use.
crash() {
  local point=$scratch/point
  mkdir "$point"
  mount -o loop "$1" "$point" || return 77
  # shellcheck disable=SC2064
  (
    trap "umount '$point'" EXIT
    noise late 400000 >"$point/late"
    sync -f "$point"
    cp --sparse=always "$1" "$1.live"
  ) || return
  mv "$1.live" "$1"
}

fill() {
  local name how size
  attached "$1" -- ro report >"$scratch/report"
  while read -r name how; do
    [ "$how" = mapped ] || continue
    size=$("$lvm/logical-volumes" extents "$scratch/report" "$name" | awk '{s += $2} END {print s}')
    content "$name" "$size" "$scratch/content" || return
    "$lvm/logical-volumes" put "$1" "$scratch/report" "$name" "$scratch/content"
    rm -f "$scratch/content"
  done < <("$lvm/logical-volumes" names "$scratch/report")
}

make_volume() {
  local file=$2 scratch second=()
  : "${variant:=$1}"
  scratch=$(mktemp -d)
  rm -f "$file"
  truncate -s "$(shape 2)" "$file"
  case $1 in
    spanning | no-area | area-ignored)
      second=("$scratch/second")
      truncate -s 64M "${second[0]}" ;;
  esac
  attached "$file" "${second[@]}" -- rw create || { local status=$?; rm -rf "$scratch"; return $status; }
  case $1 in
    # No report can be had of these without their group.
    no-group | no-volumes | no-area | area-ignored)
      noise rest 3000000 | dd of="$file" bs=1M seek=9 conv=notrunc status=none ;;
    *) fill "$file" || { rm -rf "$scratch"; return 1; } ;;
  esac
  finish "$file" || { rm -rf "$scratch"; return 1; }
  rm -rf "$scratch"
}

finish() {
  local at
  case $variant in
    boot-area) noise boot 2097152 | dd of="$1" bs=1M seek=1 conv=notrunc status=none ;;
    exported) attached "$1" -- rw tool vgexport -q group >/dev/null ;;
    areas-of-two-ages)
      at=$(($(stat -c %s "$1") - 1048576))
      dd if="$1" of="$1.area" bs=1M skip=$at count=1 iflag=skip_bytes status=none
      attached "$1" -- rw tool vgchange -q --addtag newer group >/dev/null
      dd if="$1.area" of="$1" bs=1M seek=$at oflag=seek_bytes conv=notrunc status=none
      rm "$1.area" ;;
    area-damaged)
      at=$(($(stat -c %s "$1") - 1048576 + 30))
      printf 'x' | dd of="$1" bs=1 seek=$at conv=notrunc status=none ;;
    text-damaged)
      at=$(grep -abo 'segment_count' "$1" | tail -1 | cut -d: -f1)
      printf 'S' | dd of="$1" bs=1 seek="$at" conv=notrunc status=none ;;
    truncated) truncate -s 48M "$1" ;;
  esac
}

expect_whole() {
  case $1 in
    area-damaged | area-ignored | no-area | truncated | text-damaged) ;;
    *) return 1 ;;
  esac
}
expect_state() { if expect_whole "$1"; then echo unknown; else echo clean; fi; }

check_group() {
  case $variant in
    no-group) tool pvck "$devices" ;;
    spanning) tool pvck "$devices" && tool lvs -P group ;;
    label-*) tool vgck group ;;  # pvck looks for the label in sector 1 alone
    areas-of-two-ages) tool pvck "$devices" && tool lvs group ;;  # vgck would repair it
    exported) tool pvck "$devices" && ! tool vgck group ;;  # it refuses such a group
    *) tool pvck "$devices" && tool vgck group ;;
  esac
}

# ext LV FILE COMMAND...: runs the command on a file with the logical volume's bytes, its journal replayed.
inside() {
  local file=$1 name=$2 work status=0
  shift 2
  work=$(mktemp -d)
  "$lvm/logical-volumes" get "$file" "$reported" "$name" "$work/volume"
  case $variant in
    unclean-inside) [ "$name" = other ] || e2fsck -y -E journal_only "$work/volume" >/dev/null 2>&1 || [ $? -eq 1 ] ;;
  esac
  "$@" "$work/volume" || status=$?
  rm -rf "$work"
  return $status
}

# Those whose filesystem the map looks into.
is_ext() {
  case $variant-$1 in
    machine-disk-* | snapshot-origin-*) return 1 ;;
    *-root) ;;
    *) return 1 ;;
  esac
}

# Where everything lies, into the file $reported. LVM says nothing of an exported group.
reported_of() {
  reported=$(mktemp)
  if [ "$variant" = exported ]; then
    cp --sparse=always "$1" "$reported.copy"
    attached "$reported.copy" -- rw import_and_report >"$reported"
    rm "$reported.copy"
  else
    attached "$1" -- ro report >"$reported"
  fi
}
import_and_report() { tool vgimport -q group >/dev/null && report; }

check_volume() {
  if expect_whole "$variant"; then return 0; fi  # equal to the last byte: see manifest
  attached "$1" -- ro check_group || return
  local reported name how status=0
  case $variant in no-group | no-volumes) return ;; esac
  reported_of "$1"
  while read -r name how; do
    if is_ext "$name"; then inside "$1" "$name" e2fsck -fn || status=1; fi
    case $name in
      dos) inside "$1" "$name" fsck.vfat -n || status=1 ;;
      windows) inside "$1" "$name" ntfsfix -n || status=1 ;;
    esac
  done < <("$lvm/logical-volumes" names "$reported")
  rm "$reported"
  return $status
}

files_of() {
  local tree; tree=$(mktemp -d)
  debugfs -R "rdump / $tree" "$1" >/dev/null 2>&1
  (cd "$tree" && find . -type f -print0 | sort -z | xargs -0 openssl dgst -r -sha256)
  rm -rf "$tree"
}
dos_files_of() {
  local tree; tree=$(mktemp -d)
  mcopy -n -s -i "$1" '::*' "$tree"
  (cd "$tree" && find . -type f -print0 | sort -z | xargs -0 openssl dgst -r -sha256)
  rm -rf "$tree"
}

manifest() {
  local reported name how
  if expect_whole "$variant"; then openssl dgst -r -sha256 <"$1"; return; fi
  attached "$1" -- ro describe_group | sed 's|/dev/loop[0-9]*|DEVICE|g'
  case $variant in no-group | no-volumes) return ;; esac
  reported_of "$1"
  while read -r name how; do
    if is_ext "$name"; then
      inside "$1" "$name" files_of
    elif [ "$name" = dos ]; then
      inside "$1" "$name" dos_files_of
    elif [ "$name" = windows ]; then
      inside "$1" "$name" ntfsinfo -m | grep -v '^[[:space:]]*Name of device'
    elif [ "$name" = other ] && [ "$variant" != unknown-content ] && [ "$variant" != spanning ]; then
      inside "$1" "$name" blkid -p -o export | grep -v ^DEVNAME
    else
      echo "$name" "$("$lvm/logical-volumes" extents "$reported" "$name" | hash_of "$1")"
    fi
  done < <("$lvm/logical-volumes" names "$reported")
  [ "$variant" != boot-area ] || echo '1048576 2097152' | hash_of "$1"
  [ "$variant" != grown ] || inside "$1" root hash_of_tail
  rm "$reported"
}
# The bytes in "offset length" lines.
hash_of() {
  while read -r offset length; do
    tail -c +$((offset + 1)) "$1" | head -c "$length"
  done | openssl dgst -r -sha256
}
hash_of_tail() { tail -c +25165825 "$1" | openssl dgst -r -sha256; }

describe_group() {
  tool pvs -v -o +pv_attr,pe_start,pv_mda_count,pv_ba_start,pv_ba_size,vg_seqno "${devices%% *}"
  [ "$variant" = no-group ] || tool lvs -P -a -o +seg_pe_ranges,segtype,tags group 2>/dev/null
}

used_oracle() {
  local reported name how
  attached "$1" -- ro areas
  case $variant in no-group | no-volumes) return ;; esac
  [ "$variant" != boot-area ] || echo 1048576 2097152
  reported_of "$1"
  while read -r name how; do
    if is_ext "$name"; then
      inside "$1" "$name" "$lvm/../ext/used-blocks" | "$lvm/logical-volumes" translate "$reported" "$name"
      [ "$variant" != grown ] || echo 25165824 8388608 | "$lvm/logical-volumes" translate "$reported" "$name"
    elif [ "$name" = dos ]; then
      inside "$1" "$name" "$lvm/../fat/used-bytes" | "$lvm/logical-volumes" translate "$reported" "$name"
    elif [ "$name" = other ] && [ "$variant" != unknown-content ] && [ "$variant" != spanning ]; then
      echo 0 4096 | "$lvm/logical-volumes" translate "$reported" "$name"
    elif [ "$name" != windows ]; then
      "$lvm/logical-volumes" extents "$reported" "$name"
    fi
  done < <("$lvm/logical-volumes" names "$reported")
  rm "$reported"
}
# The label's sectors and the metadata areas, as pvck dumps them.
areas() {
  echo 0 2048
  tool pvck --dump headers "${devices%% *}" |
    awk '/mda_header_[0-9].start/ {start = $2} /mda_header_[0-9].size/ {print start, $2}'
}

# Free extents are not copied, nor what filesystems do not use.
most_used() {
  used_oracle "$2" | awk -v extra="$( [ "$1" = other-filesystems ] && echo 12000000 || echo 2500000)" \
    '{s += $2} END {printf "%d", s * 1.05 + extra}'
}
