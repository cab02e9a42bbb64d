#!/bin/sh
# Installs the client's package, builds its example against it and nothing else of ours, and lets it talk to a server.
#
#   run.sh BUILD SOURCE PROGRAM
set -eu
build=$1 source=$2 program=$3
place=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$place"' EXIT

cmake --install "$build" --component client --prefix "$place/installed" >"$place/log"
cp -r "$source/proxy/client/example" "$place/example" # So that no header of the checkout is near.
cmake -G Ninja -S "$place/example" -B "$place/build" -DCMAKE_PREFIX_PATH="$place/installed" >>"$place/log" &&
  cmake --build "$place/build" >>"$place/log" || { cat "$place/log"; exit 1; }

"$program" demo --serve 127.0.0.1:0 2>"$place/server" &
server=$!
for _ in $(seq 500); do
  url=$(sed -n 's/^sioscope: listening on //p' "$place/server" 2>/dev/null) || :
  [ -z "$url" ] || break
  sleep 0.01
done
"$place/build/example" "$url" | tee "$place/said"
grep -q '^connected as ' "$place/said"
grep -q '^the answer is 42,{"why":true}$' "$place/said"
