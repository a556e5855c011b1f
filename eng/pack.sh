#!/usr/bin/env bash
# Packs everything into out/packages (another folder: --output FOLDER), versions from tags. The tool is packed for this system
# and, for all others, without compiled code; with --all for every system that has a package of its own.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/eng/setup.sh"

output=$root/out/packages
systems=""
while [ "$#" -gt 0 ]; do
  case $1 in
    --all) systems="linux-x64;linux-arm64;osx-arm64;win-x64" ;;
    --output) output=$2 && shift ;;
    *) fail "unknown argument '$1'; known are --all and --output FOLDER" ;;
  esac
  shift
done

require_sdk
[ -n "$systems" ] || systems=$(host_rid)
rm -rf "$output"
# Build nodes of earlier builds remember files that the restore below writes anew, and would build parts without their version.
export MSBUILDDISABLENODEREUSE=1
# A part that was built before, under another version, is not taken for up to date.
rm -rf "$root"/src/*/obj/Release "$root"/src/*/bin/Release "$root/out/server"
# CI: what a build server would build, with the version of the last tag and paths that name no folder of this machine.
CI=true ToolSystems="$systems;any" quietly dotnet msbuild "$root/eng/pack.proj" -p:PackageFolder="$output" -m -v:q -nologo ||
  fail "packing failed; the output is above"
# Each project asks for its version by itself: a commit made meanwhile would give packages that do not find each other.
version=$(basename "$output"/RfDetr.OnnxRuntime.*.nupkg .nupkg)
version=${version#RfDetr.OnnxRuntime.}
for package in RfDetr RfDetr.Serve RfDetr.Training RfDetr.Tool; do
  [ -f "$output/$package.$version.nupkg" ] ||
    fail "$package is not of version $version as the others; pack again, without a commit meanwhile"
done
# Names of files stand in a package as they are.
holds() { LC_ALL=C grep -qaE "$2" "$1"; }
for system in ${systems//;/ } any; do
  package=$output/RfDetr.Tool.$system.$version.nupkg
  holds "$package" "/$system/rfdetr-serve\.dll" || fail "${package##*/} has no server"
  for part in "$root/out/server/$system"/RfDetr*.dll "$root/out/server/$system/rfdetr-serve.dll"; do
    holds "$part" "${version//./\\.}" || fail "${part##*/} of the server is not of version $version; pack again"
  done
  if [ "$system" = any ]; then
    foreign="runtimes/(${systems//;/|}|ios|android|win-x86|linux-arm|linux-musl-arm)/|/any/onnxruntime\.dll"
  elif [[ $system = win-* ]]; then
    foreign='/lib(vips|onnxruntime)[^/]*\.(so|dylib)'
  else
    foreign='/onnxruntime[^/]*\.dll'
  fi
  if holds "$package" "$foreign"; then fail "${package##*/} holds libraries of other systems: $foreign"; fi
done
for package in "$output"/*.nupkg; do say "packed ${package##*/}"; done
