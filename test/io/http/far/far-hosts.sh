#!/bin/sh
# far-hosts.sh ONE_WAY_SECONDS DEAD_ADDRESS HOSTS_FILE NODE: the calls of far-calls.ts in the network of far-network.py.
# It runs in namespaces of its own (unshare --net --mount), so that nothing of it is left when it ends.
set -eu
folder=$(dirname "$0")
mount --bind "$3" /etc/hosts
wire=$(mktemp -d)
trap 'rm -rf "$wire"' EXIT
mkfifo "$wire/in" "$wire/out"
python3 "$folder/far-network.py" "$1" "$2" <"$wire/in" >"$wire/out" &
exec 3>"$wire/in" 4<"$wire/out"
read -r _ready <&4
"$4" "$folder/far-calls.ts"
exec 3>&-
wait
