#!/usr/bin/env bash
# Disks whose partitions hold logical volumes: shown as a tree, and of each the used blocks are what a
# clone and an image hold.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
# In the folder of its own fixture, each variant knows where its logical volumes lie.
lvm() {  # lvm VARIANT FUNCTION FILE
  (folder=$root/tests/fs/lvm scratch=$T variant=$1 here=$root/tests/fs
    # shellcheck source=/dev/null
    . "$folder/fixture.sh"; "$2" "$3")
}
put() { dd if="$1" of="$T/source" bs=1M seek="$2" conv=notrunc,sparse status=none; }

truncate -s 200M "$T/source"
printf 'label: gpt\nstart=2048,size=147456,type=lvm,name=one\nstart=149504,size=131072,type=lvm,name=two\n' |
  sfdisk -q "$T/source"
variants=(other-filesystems unclean-inside)
at=1
for variant in "${variants[@]}"; do
  "$root/tests/fs/clone-volume" lvm make "$variant" "$T/$variant" >/dev/null 2>&1 || fail "$variant cannot be made"
  put "$T/$variant" $at
  lvm "$variant" manifest "$T/$variant" >"$T/$variant.files"
  [ "$(wc -l <"$T/$variant.files")" -gt 3 ] || fail "$variant holds no files"
  at=73
done
before=$(hash_of "$T/source")

expect 0 "$disktwin" show "$T/source"
says '\broot\b.*ext[234]'
says '\bdos\b.*vfat'
says '\bwindows\b.*ntfs'
expect 0 "$disktwin" show --json "$T/source"
holds disk '[.partitions[0].filesystem.volumes[].filesystem.type] | sort == ["ext4", "ntfs", "vfat"]'

# The state of what lies inside is said before anything is done.
poison "$(size_of "$T/source")" "$T/target"
expect 0 "$disktwin" clone --dry-run "$T/source" "$T/target"
says 'group/root: its journal or log has not been replayed'

check() {  # check DISK
  local variant at=1
  expect 0 "$disktwin" compare "$T/source" "$1"
  for variant in "${variants[@]}"; do
    cut_out "$1" $((at * 1048576)) "$(size_of "$T/$variant")" "$T/volume"
    lvm "$variant" check_volume "$T/volume" >"$T/check" 2>&1 || { cat "$T/check" >&2; fail "$variant does not check clean"; }
    diff "$T/$variant.files" <(lvm "$variant" manifest "$T/volume") >&2 || fail "$variant: files differ"
    at=73
  done
}
expect 0 "$disktwin" clone --yes --verify "$T/source" "$T/target"
check "$T/target"
expect 0 "$disktwin" capture "$T/source" "$T/image.img.zst"
expect 0 "$disktwin" show "$T/image.img.zst"
says '\bdos\b.*vfat'
poison 230M "$T/larger"
expect 0 "$disktwin" restore --yes --verify "$T/image.img.zst" "$T/larger"
check "$T/larger"
[ "$(hash_of "$T/source")" = "$before" ] || fail "the source was changed"
