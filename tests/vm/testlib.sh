# shellcheck shell=bash disable=SC2034
# Sourced by the tests beside it, on the host and (GUEST is set there) in the guest.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../cli/lib.sh"
vm=$root/tests/vm
key() { printf 'a passphrase'; }
# Of all files in a folder: name and hash.
files_of() { (cd "$1" && find . -type f -print0 | sort -z | xargs -0 md5sum); }
