#!/usr/bin/env bash
# Installs the packages of out/packages (eng/pack.sh makes them) as a user would: in an empty folder outside the checkout, with an empty home and
# none of our settings, and runs the applications of tests/install: as they are, as a single file, trimmed, compiled ahead, as a web API, on
# ONNX Runtime, and the tool. Every case is run even if one before it failed; the last line is "N passed, N failed, N skipped".
# Packages of others are taken from the machine's own cache where it has them.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/eng/setup.sh"

feed=$root/out/packages
work=$(mktemp -d)
passed=0 failed=0 summed=false
finish() {
  rm -rf "$work"
  $summed || summary_line 0 1 0
}
trap finish EXIT

version=$(basename "$feed"/RfDetr.OnnxRuntime.*.nupkg .nupkg)
version=${version#RfDetr.OnnxRuntime.}
[ "$version" != "*" ] || fail "there are no packages in $feed; run eng/pack.sh first"
onnxruntime=$(sed -n 's/.*Include="Microsoft.ML.OnnxRuntime.Managed" Version="\([^"]*\)".*/\1/p' "$root/Directory.Packages.props")
rid=$(host_rid)

# NativeAOT links with clang or gcc.
require_linker() {
  if command -v clang >/dev/null || command -v gcc >/dev/null; then return; fi
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    say "a C linker is missing: installing clang and zlib1g-dev with apt-get (once)"
    export DEBIAN_FRONTEND=noninteractive
    if quietly apt-get update && quietly apt-get install --yes --no-install-recommends clang zlib1g-dev; then return; fi
  fi
  fail "NativeAOT needs a linker. Debian and Ubuntu: apt-get install clang zlib1g-dev; macOS: xcode-select --install"
}

# Where other packages may be taken from, read-only. The new packages go to a folder that is thrown away: the same version may be packed again.
cache=${NUGET_PACKAGES:-${HOME:-}/.nuget/packages}
mkdir -p "$work/home" "$work/empty" "$work/pictures" "$cache"
cp "$root/samples/images/scene-21-00003.jpg" "$work/pictures/image.jpg"
cp -R "$root/tests/install" "$work/install"
cat >"$work/nuget.config" <<CONFIG
<configuration>
  <packageSources>
    <clear />
    <add key="local" value="$feed" />
    <add key="nuget.org" value="https://api.nuget.org/v3/index.json" />
  </packageSources>
  <packageSourceMapping>
    <packageSource key="local"><package pattern="RfDetr*" /></packageSource>
    <packageSource key="nuget.org"><package pattern="*" /></packageSource>
  </packageSourceMapping>
  <fallbackPackageFolders><add key="machine" value="$cache" /></fallbackPackageFolders>
</configuration>
CONFIG
unset RFDETR_ONNXRUNTIME RFDETR_LIBVIPS RFDETR_TORCH RFDETR_LIBTORCH CI RepositoryUrl ToolSystems
export HOME=$work/home DOTNET_CLI_HOME=$work/home NUGET_PACKAGES=$work/packages
cd "$work"

case_of() {
  local name=$1 begin=$SECONDS
  shift
  echo "== install: $name"
  if "$@"; then
    echo "   ok ($((SECONDS - begin)) s)"
    passed=$((passed + 1))
  else
    echo "   FAILED: $name"
    failed=$((failed + 1))
  fi
}

# Publishes an application of tests/install in the given way, runs it on the image and looks at what it leaves in a home of its own.
application() {
  local name=$1 way=$2 out=$work/out/$1-$2 program
  shift 2
  quietly dotnet publish "install/$name" -o "$out" -v q -nologo -p:RfDetrVersion="$version" -p:OnnxRuntimeVersion="$onnxruntime" "$@" || return 1
  program=$out/$name
  rm -rf "$work/empty" && mkdir "$work/empty"
  (cd "$work/pictures" && HOME=$work/empty "$program" image.jpg) || return 1
  if [ -n "$(ls -A "$work/empty")" ]; then
    echo "   the program left files in the home folder: $(cd "$work/empty" && find . -type f | tr '\n' ' ')"
    return 1
  fi
}

# As above, and no warning of the trimmer or the ahead-of-time compiler may come from our assemblies.
trimmed() {
  local log=$work/$2.log
  application "$@" "-flp:logfile=$log;verbosity=minimal" || return 1
  if grep -E 'warning IL[0-9]+' "$log" | grep -i rfdetr | sort -u; then
    echo "   the warnings above come from our assemblies"
    return 1
  fi
}

tool() {
  quietly dotnet tool install RfDetr.Tool --tool-path tools --version "$version" || return 1
  HOME=$work/empty tools/rfdetr --version &&
    HOME=$work/empty tools/rfdetr detect pictures/image.jpg --output "$work/found" --json found.json &&
    [ "$(grep -o '"class_name": *"\(ball\|star\|mug\)"' found.json | sort | uniq | wc -l)" -eq 3 ]
}

require_linker
case_of "three lines" application console plain -r "$rid" --self-contained false
case_of "single file" application console single -r "$rid" --self-contained false -p:PublishSingleFile=true
case_of "trimmed" trimmed console trimmed -r "$rid" --self-contained -p:PublishTrimmed=true
case_of "NativeAOT" trimmed console aot -r "$rid" -p:PublishAot=true
case_of "web API, parallel requests" application web plain -r "$rid" --self-contained false
case_of "ONNX Runtime" application onnx plain -r "$rid" --self-contained false
case_of "tool" tool
summed=true
summary_line "$passed" "$failed" 0
[ "$failed" -eq 0 ]
