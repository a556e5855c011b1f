#!/usr/bin/env bash
# Runs what an image holds as a container's runtime would: eng/container-check.sh ROOT CONTAINERFILE
#   ROOT           the image's files (out/container/root, or what 'buildah mount' names)
#   CONTAINERFILE  its user, environment, program and health check are taken from there
# The root file system is read-only, /tmp an empty file system in memory of which nothing may be executed, /dev holds five
# harmless devices; the process is the image's user without any capability and can gain none. The server must become ready, find
# objects in an image, pass its own health check, write nothing anywhere, and end with 0 on SIGTERM.
# Needs root, unshare (util-linux) and capsh (libcap2-bin). 77: one of these is missing, or namespaces are not allowed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$here/eng/setup.sh"

skip() {
  say "not run with a read-only root: $*"
  exit 77
}

if [ "${1:-}" != --inside ]; then
  [ "$(id -u)" -eq 0 ] || skip "that needs root"
  for tool in unshare capsh curl; do command -v "$tool" >/dev/null || skip "'$tool' is not installed"; done
  unshare --mount --pid --fork true 2>/dev/null || skip "namespaces are not allowed here"
  # All mounts, and all processes, end with the namespace.
  exec unshare --mount --pid --fork --kill-child --propagation private "${BASH_SOURCE[0]}" --inside "$@"
fi

root=$(cd "$2" && pwd -P)
file=$3
log=$(mktemp)
server=
finish() {
  [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true
  rm -f "$log"
}
trap finish EXIT
refuse() {
  sed 's/^/  /' "$log" >&2
  fail "$*"
}

user=$(sed -n 's/^USER \([0-9]*\):[0-9]*$/\1/p' "$file") group=$(sed -n 's/^USER [0-9]*:\([0-9]*\)$/\1/p' "$file")
program=$(sed -n 's/^ENTRYPOINT \["\([^"]*\)".*/\1/p' "$file")
health=$(sed -n 's/^ *CMD \["\([^"]*\)", "--check".*/\1/p' "$file")
# The lines of ENV and what continues them, without the word and the backslashes.
mapfile -t environment < <(sed -n '/^ENV /,/[^\\]$/{s/^ENV//;s/\\$//;s/^ *//;s/ *$//;p}' "$file")
[ -n "$user" ] && [ -n "$group" ] && [ "$program" = "$health" ] && [ "${#environment[@]}" -gt 0 ] ||
  fail "USER, ENV, ENTRYPOINT and the health check of $file are not as this script reads them"

# Points to mount on are made by a container's runtime too.
mount --bind "$root" "$root"
mkdir -p "$root/dev" "$root/proc" "$root/tmp"
mount -t tmpfs -o size=1m,mode=755,nosuid,noexec tmpfs "$root/dev"
for device in null zero full random urandom; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mount -o remount,ro "$root/dev"
mount -t tmpfs -o size=64m,mode=1777,nosuid,nodev,noexec tmpfs "$root/tmp"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -o remount,bind,ro,nosuid,nodev "$root"
if (: >"$root/app/written") 2>/dev/null; then
  rm -f "$root/app/written"
  fail "$root is not read-only"
fi

capsh=$(command -v capsh)
# As the image's user, with nothing of this environment: PROGRAM, ARGUMENTS.
confined() {
  exec env -i "${environment[@]}" "$capsh" "--chroot=$root" --groups= "--gid=$group" --drop=all --inh= "--uid=$user" \
    --no-new-privs "--shell=$1" -- "${@:2}"
}

(confined "$program" --port 0 --drain 0) >"$log" 2>&1 &
server=$!
address=
for _ in $(seq 600); do
  address=$(sed -n 's/^listening on //p' "$log")
  if [ -n "$address" ] || ! kill -0 "$server" 2>/dev/null; then break; fi
  sleep 0.2
done
[ -n "$address" ] || refuse "the server did not start with a read-only root and without capabilities; it said:"
status=$(<"$root/proc/$server/status") # /proc itself is still the one of the outer namespace
for line in "Uid:	$user	$user" "Gid:	$group	$group" "NoNewPrivs:	1" Cap{Inh,Prm,Eff,Bnd,Amb}:$'\t'0000000000000000; do
  grep -qF "$line" <<<"$status" || refuse "the server's process is not '$line'"
done
curl -sSf "$address/readiness" >/dev/null || refuse "the server is not ready; it said:"
image=$(find "$here/samples/images" -name '*.jpg' | sort | head -n 1)
found=$(curl -sSf -H 'Content-Type: image/jpeg' --data-binary "@$image" "$address/detect") || refuse "POST /detect failed:"
grep -q '"box"' <<<"$found" || refuse "POST /detect found nothing in $image: $found"
(confined "$health" --check "$address") || refuse "the health check failed; the server said:"
[ -z "$(find "$root/tmp" -mindepth 1)" ] || refuse "the server left files in /tmp: $(find "$root/tmp" -mindepth 1)"
kill -TERM "$server"
code=0
wait "$server" || code=$?
server=
[ "$code" -eq 0 ] || refuse "SIGTERM ended the server with $code; it said:"
say "run with a read-only root, as user $user, without capabilities: ready, detected, healthy, ended by SIGTERM with 0"
