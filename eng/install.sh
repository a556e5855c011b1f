#!/usr/bin/env bash
# Installs the packages of out/packages (eng/pack.sh makes them) as a user would: in an empty folder outside the checkout, with an
# empty home and none of our settings, and runs the applications of tests/install: as they are, as a single file, trimmed,
# compiled ahead, as a web API, on ONNX Runtime and without it, the server as a library, the tool and its server. Every case is
# run even if one before it failed; the last line is "N passed, N failed, N skipped". Packages of others are taken from the
# machine's own cache where it has them.
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

# Where other packages may be taken from, read-only. The new packages go to a folder that is thrown away: the same version may be
# packed again.
cache=${NUGET_PACKAGES:-${HOME:-}/.nuget/packages}
mkdir -p "$work/home" "$work/empty" "$work/images" "$cache"
cp "$root/samples/images/scene-21-00003.jpg" "$work/images/image.jpg"
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
unset RFDETR_ONNXRUNTIME RFDETR_TORCH RFDETR_LIBTORCH RFDETR_HOME CI RepositoryUrl ToolSystems \
  XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME
export HOME=$work/home DOTNET_CLI_HOME=$work/home NUGET_PACKAGES=$work/packages
# Build servers would outlive the folder that is thrown away.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
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

# Publishes an application of tests/install in the given way.
published() {
  local name=$1 way=$2
  shift 2
  quietly dotnet publish "install/$name" -o "out/$name-$way" -v q -nologo \
    -p:RfDetrVersion="$version" -p:OnnxRuntimeVersion="$onnxruntime" "$@"
}

# Runs a published application, or the tool, with a home of its own, in which it must leave nothing.
at_home() {
  local home=$work/empty status=0
  rm -rf "$home" && mkdir "$home"
  HOME=$home "$@" || status=$?
  if [ -n "$(ls -A "$home")" ]; then
    echo "   the program left files in the home folder: $(cd "$home" && find . -type f | tr '\n' ' ')"
    return 1
  fi
  return "$status"
}

in_images() { (cd "$work/images" && "$@"); }

application() {
  published "$@" && at_home in_images "$work/out/$1-$2/$1" image.jpg
}

# As above, and no warning of the trimmer or the ahead-of-time compiler may come from our assemblies.
trimmed() {
  local log=$work/$1-$2.log
  application "$@" "-flp:logfile=$log;verbosity=minimal" || return 1
  if grep -E 'warning IL[0-9]+' "$log" | grep -i rfdetr | sort -u; then
    echo "   the warnings above come from our assemblies"
    return 1
  fi
}

# The program must end with an error that names both lines to type.
told_what_to_add() {
  local log=$work/$1-$2.log line
  published "$@" || return 1
  if at_home in_images "$work/out/$1-$2/$1" image.jpg >"$log" 2>&1; then
    echo "   the program ran, without an engine to run on"
    return 1
  fi
  for line in "dotnet add package RfDetr.OnnxRuntime" "dotnet add package Microsoft.ML.OnnxRuntime"; do
    grep -q "^ *$line\$" "$log" && continue
    cat "$log"
    echo "   the error does not name the line '$line'"
    return 1
  done
}

tool() {
  quietly dotnet tool install RfDetr.Tool --tool-path tools --version "$version" &&
    at_home tools/rfdetr --version &&
    at_home tools/rfdetr detect images/image.jpg --output found --json found.json &&
    [ "$(grep -o '"class_name": *"\(ball\|star\|mug\)"' found.json | sort | uniq | wc -l)" -eq 3 ] &&
    [ -s found/image.jpg ]
}

# The server of the tool, from an empty home: it listens, finds what the tool finds, and ends with 0 when it is told to.
server() {
  local log=$work/server.log address="" i process status=0
  rm -rf "$work/empty" && mkdir "$work/empty"
  HOME=$work/empty tools/rfdetr serve --port 0 --drain 0 >"$log" 2>&1 &
  process=$!
  for ((i = 0; i < 600; i++)); do
    address=$(sed -n 's/^listening on //p' "$log")
    [ -z "$address" ] && kill -0 "$process" 2>/dev/null || break
    sleep 0.2
  done
  if [ -z "$address" ]; then
    cat "$log"
    echo "   the server does not listen"
    kill "$process" 2>/dev/null || true
    return 1
  fi
  at_home tools/rfdetr serve --check "$address" || status=1
  at_home tools/rfdetr load "$address/detect" --images images/image.jpg --rate 5 --seconds 2 >load.txt && grep -q '200: 10' load.txt ||
    { cat load.txt && status=1; }
  kill -TERM "$process"
  wait "$process" || status=1
  [ "$status" -eq 0 ] || cat "$log"
  return "$status"
}

require_linker
case_of "three lines" application console plain -r "$rid" --self-contained false
case_of "single file" application console single -r "$rid" --self-contained false -p:PublishSingleFile=true
case_of "trimmed" trimmed console trimmed -r "$rid" --self-contained -p:PublishTrimmed=true
case_of "NativeAOT" trimmed console aot -r "$rid" -p:PublishAot=true
case_of "web API, parallel requests" application web plain -r "$rid" --self-contained false
case_of "ONNX Runtime" application onnx plain -r "$rid" --self-contained false
case_of "ONNX Runtime, trimmed" trimmed onnx trimmed -r "$rid" --self-contained -p:PublishTrimmed=true
case_of "no native package of ONNX Runtime" told_what_to_add onnx bare -r "$rid" --self-contained false -p:WithNative=false
case_of "no package of ONNX Runtime" told_what_to_add onnx none -r "$rid" --self-contained false \
  -p:WithNative=false -p:WithEngine=false
case_of "server as a library" application serve plain -r "$rid" --self-contained false
case_of "tool" tool
case_of "tool, server" server
summed=true
summary_line "$passed" "$failed" 0
[ "$failed" -eq 0 ]
