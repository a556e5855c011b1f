#!/usr/bin/env bash
# Builds the server's image from the sources, without any base image: eng/container.sh [NAME[:TAG]] (default rfdetr-serve).
#   eng/container.sh --jobs         builds the image of workers instead (default rfdetr-jobs)
#   eng/container.sh --root-only    lays out/container/root out and stops: what the image would hold
# The server's image must be below 200 MB and run with a read-only root, without capabilities (eng/container-check.sh); where this
# machine lacks what that needs, it says so.
# Needs the .NET SDK 10, Linux and one of docker, podman or buildah. Where containers cannot be nested (a build server's own
# container), buildah works without namespaces: CONTAINER_ISOLATION=chroot.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/eng/setup.sh"
only=false limit=200 project=RfDetr.Serve.Program program=rfdetr-serve file=deploy/Containerfile name=rfdetr-serve
while [ $# -gt 0 ]; do
  case $1 in
    --root-only) only=true ;;
    --jobs) project=RfDetr.Cli program=RfDetr.Cli file=deploy/jobs/Containerfile name=rfdetr-jobs limit= ;;
    -*) fail "unknown option $1" ;;
    *) break ;;
  esac
  shift
done
name=${1:-$name}
[ "$(uname -s)" = Linux ] || fail "the image is made of this system's libraries, which must be Linux; found: $(uname -s)"
require_sdk

work=$root/out/container
image=$work/root
rm -rf "$work"
mkdir -p "$image/app" "$image/etc" "$image/tmp" "$image/proc" "$image/models" "$image/keys"
chmod 1777 "$image/tmp"

# Self-contained: the runtime lies beside the program.
rid=$(host_rid)
case $rid in
  *-x64) rid=linux-x64 ;;
  *-arm64) rid=linux-arm64 ;;
  *) fail "no image for '$rid': linux-x64 and linux-arm64 only" ;;
esac
say "publishing for $rid"
quietly dotnet publish "$root/src/$project/$project.csproj" -c Release -r "$rid" --self-contained true \
  -o "$image/app" -p:DebugType=none -p:PublishReadyToRun=true -p:PublishDocumentationFiles=false \
  -p:PublishReferencesDocumentationFiles=false -v q -nologo || fail "publishing failed; what it said stands above"
# Symbols, documents, tools of debuggers (the image switches diagnostics off), collectors of memory that settings would have to
# choose, and what a package brings for another system.
find "$image/app" \( -name '*.pdb' -o -name '*.xml' -o -name createdump -o -name 'libcoreclrtraceptprovider.so' \
  -o -name 'libmscor*' -o -name 'libclrgc*' -o -name 'onnxruntime*.dll' -o -name 'onnxruntime*.lib' \) -delete

# The libraries of the system that these need, with the loader that the program names.
{ find "$image/app" -type f -name '*.so*'; echo "$image/app/$program"; } |
  while read -r file; do ldd "$file" 2>/dev/null || true; done |
  sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p' | sort -u | grep -v "^$image/" >"$work/libraries"
# Loaded by name at run time, so no list names them: TLS, and resolving names of hosts.
for library in libssl.so.3 libcrypto.so.3 libnss_files.so.2 libnss_dns.so.2 libresolv.so.2; do
  ldconfig -p | sed -n "s/^[[:space:]]*$library (.*) => //p" | head -n 1
done >>"$work/libraries"
sort -u "$work/libraries" | while read -r library; do
  mkdir -p "$image$(dirname "$library")"
  cp -L "$library" "$image$library"
done
for certificates in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt; do
  if [ -f "$certificates" ]; then
    mkdir -p "$image/etc/ssl/certs"
    cp -L "$certificates" "$image/etc/ssl/certs/ca-certificates.crt"
    break
  fi
done

# .NET asks for the user's name; without this file it throws.
printf 'root:x:0:0::/:/none\nrfdetr:x:10001:10001::/tmp:/none\n' >"$image/etc/passwd"
printf 'root:x:0:\nrfdetr:x:10001:\n' >"$image/etc/group"
printf 'hosts: files dns\n' >"$image/etc/nsswitch.conf"
bytes=$(du -sb "$image" | cut -f 1)
say "the image's files: $((bytes / 1000000)) MB in out/container/root"
[ -z "$limit" ] || [ "$bytes" -lt $((limit * 1000000)) ] ||
  fail "the image would have $bytes bytes, more than the $limit MB that it is promised to stay below"

# Runs the files of the image's server, which lie in the folder that is named, as a container would.
check() {
  [ "$project" = RfDetr.Serve.Program ] || return 0
  local status=0
  "$root/eng/container-check.sh" "$1" "$root/$file" || status=$?
  [ "$status" -eq 77 ] || return "$status"
}
if $only; then
  check "$image"
  exit 0
fi

cp "$root/$file" "$work/"
if command -v buildah >/dev/null; then
  options=()
  if [ -n "${CONTAINER_ISOLATION:-}" ]; then options=(--isolation "$CONTAINER_ISOLATION" --storage-driver vfs); fi
  # Docker's format: OCI's has no health check.
  buildah "${options[@]:2}" bud "${options[@]:0:2}" --format docker -t "$name" -f "$work/Containerfile" "$work"
  if [ "$(id -u)" -eq 0 ]; then
    built=$(buildah "${options[@]:2}" from --pull-never "$name")
    status=0
    check "$(buildah "${options[@]:2}" mount "$built")" || status=$?
    buildah "${options[@]:2}" rm "$built" >/dev/null
    exit "$status"
  fi
elif command -v podman >/dev/null; then
  podman build --format docker -t "$name" -f "$work/Containerfile" "$work"
elif command -v docker >/dev/null; then
  docker build -t "$name" -f "$work/Containerfile" "$work"
else
  fail "none of buildah, podman and docker is installed; out/container holds what they need (Containerfile and root)"
fi
check "$image"
