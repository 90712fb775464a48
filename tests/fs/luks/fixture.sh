# shellcheck shell=bash disable=SC2154
# LUKS volumes of cryptsetup, full of noise. Needs no root: nothing is opened but to try the passphrase.
# Packages: cryptsetup-bin, openssl.

variants() {
  printf '%s\n' luks1 luks2 labelled large-header small-sectors converted two-keys detached-header \
    headers-of-two-ages re-encryption first-header-missing second-header-missing second-header-damaged truncated
}

key() { printf 'a passphrase'; }

# format FILE OPTION...
format() {
  cryptsetup luksFormat --batch-mode --pbkdf pbkdf2 --pbkdf-force-iterations 1000 "${@:2}" "$1" <(key)
}

noise() {
  { openssl enc -aes-128-ctr -nosalt -pass pass:noise -pbkdf2 -in /dev/zero 2>/dev/null || true; } |
    dd of="$1" bs=1M seek=17 count=7 iflag=fullblock conv=notrunc status=none
}
zero() { dd if=/dev/zero of="$1" bs=1 seek="$2" count="$3" conv=notrunc status=none; }

make_volume() {
  local file=$2
  : "${variant:=$1}"
  rm -f "$file"
  truncate -s 24M "$file"
  case $variant in
    luks1) format "$file" --type luks1 ;;
    labelled) format "$file" --type luks2 --label 'the label' --subsystem 'the subsystem' ;;
    large-header) format "$file" --type luks2 --luks2-metadata-size 64k --luks2-keyslots-size 8m ;;
    small-sectors) format "$file" --type luks2 --sector-size 512 ;;
    detached-header)
      truncate -s 24M "$file.data"
      format "$file.data" --type luks2 --header "$file" && rm "$file.data" ;;
    converted) format "$file" --type luks1 && cryptsetup convert --batch-mode --type luks2 "$file" ;;
    *) format "$file" --type luks2 ;;
  esac || return
  [ "$variant" = detached-header ] || noise "$file"
  case $variant in
    two-keys) cryptsetup luksAddKey --batch-mode --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file <(key) \
      "$file" <(printf 'another') ;;
    headers-of-two-ages)
      dd if="$file" of="$file.second" bs=16K skip=1 count=1 status=none
      cryptsetup config --label newer "$file"
      dd if="$file.second" of="$file" bs=16K seek=1 count=1 conv=notrunc status=none
      rm "$file.second" ;;
    re-encryption) cryptsetup reencrypt --init-only --batch-mode --pbkdf pbkdf2 --pbkdf-force-iterations 1000 \
      --key-file <(key) "$file" 2>/dev/null || return 77 ;;
    first-header-missing) zero "$file" 0 512 ;;
    second-header-missing) zero "$file" 16384 512 ;;
    second-header-damaged) printf 'x' | dd of="$file" bs=1 seek=20600 conv=notrunc status=none ;;
    truncated) truncate -s 12K "$file" ;;
  esac
}

expect_state() { echo unknown; }
expect_whole() { case $1 in *-missing | *-damaged | truncated) ;; *) return 1 ;; esac; }

# cryptsetup repairs damaged headers at once, so that it only ever sees a copy.
on_copy() {
  local file=$1 status=0
  shift
  cp --sparse=always "$file" "$file.copy"
  "$@" "$file.copy" || status=$?
  rm "$file.copy"
  return $status
}
opens() { cryptsetup isLuks "$1" && cryptsetup open --test-passphrase --key-file <(key) "$1"; }
dump() { cryptsetup luksDump "$1" 2>/dev/null | grep -v '^LUKS header information' || true; }

check_volume() { [ "$variant" = truncated ] || on_copy "$1" opens; }

manifest() {
  openssl dgst -r -sha256 <"$1"
  on_copy "$1" dump
}

used_oracle() { echo 0 "$(stat -c %s "$1")"; }
most_used() { stat -c %s "$2"; }
