# libtorch for training: finds or installs it and builds the shim (native/torch) on first use.
# Sourced by ./rfdetr and ./test for ensure_torch; run by itself it does the same: eng/torch.sh
#   RFDETR_LIBTORCH    folder of a libtorch to build against (include/ and lib/ in it), such as the unpacked zip of pytorch.org
#   CMAKE_PREFIX_PATH  the same through libtorch's own CMake files
#   RFDETR_TORCH       a shim that is already built; nothing is done then

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -euo pipefail
  . "$(dirname "$0")/setup.sh"
fi

torch_packages="libtorch-dev libgloo-dev libopenblas0-pthread cmake make g++"

# The header that states the version of the libtorch to build against; fails if there is none.
torch_header() {
  local folder found prefixes=${CMAKE_PREFIX_PATH:-}
  for folder in ${RFDETR_LIBTORCH:-${prefixes//:/ } /usr /usr/local}; do
    for found in "$folder/include/torch/csrc/api/include/torch/version.h" "$folder/../../include/torch/csrc/api/include/torch/version.h"; do
      if [ -f "$found" ]; then
        printf '%s\n' "$found"
        return
      fi
    done
  done
  return 1
}

# What the built shim depends on: its sources and the libtorch.
torch_sum() { cat "$1"/native/torch/*.{h,cpp,txt} "$(torch_header)" | cksum; }

torch_library() {
  case $(uname -s) in
    Darwin) printf '%s\n' "$1/native/torch/build/librfdetr_torch.dylib" ;;
    *) printf '%s\n' "$1/native/torch/build/librfdetr_torch.so" ;;
  esac
}

torch_ready() {
  [ -z "${RFDETR_TORCH:-}" ] || return 0
  local library
  library=$(torch_library "$1")
  [ -f "$library" ] || return 1
  [ -w "${library%/*}" ] || return 0
  torch_header >/dev/null && [ -f "$library.stamp" ] && [ "$(<"$library.stamp")" = "$(torch_sum "$1")" ]
}

require_libtorch() {
  if torch_header >/dev/null && command -v cmake >/dev/null && command -v c++ >/dev/null; then return; fi
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    say "libtorch or its build tools are missing: installing $torch_packages with apt-get (once; about 300 MB)"
    export DEBIAN_FRONTEND=noninteractive
    # Word splitting is meant: a list of packages.
    # shellcheck disable=SC2086
    if quietly apt-get update && quietly apt-get install --yes --no-install-recommends $torch_packages && torch_header >/dev/null; then
      return
    fi
  fi
  fail "training needs libtorch 1.13 or newer with its headers, cmake and a C++ compiler. Debian and Ubuntu: apt-get install $torch_packages. Elsewhere: unpack a libtorch from https://pytorch.org and set RFDETR_LIBTORCH to its folder"
}

build_torch() {
  torch_ready "$1" && return
  require_libtorch
  say "building the libtorch shim (native/torch, once)"
  local source=$1/native/torch build=$1/native/torch/build options=()
  [ -z "${RFDETR_LIBTORCH:-}" ] || options+=("-DTORCH_ROOT=$RFDETR_LIBTORCH")
  # CMake remembers where libtorch was; another one may be meant now.
  rm -f "$build/CMakeCache.txt"
  if ! { quietly cmake -S "$source" -B "$build" -DCMAKE_BUILD_TYPE=Release ${options[@]+"${options[@]}"} && quietly cmake --build "$build" --parallel 2; }; then
    fail "the libtorch shim did not build; what was said stands above"
  fi
  torch_sum "$1" >"$(torch_library "$1").stamp"
}

# True for command lines that run on libtorch: train, eval --engine libtorch, parity --training. Help, and a first look at what a verb takes, do not.
needs_torch() {
  local argument
  [ "$#" -gt 1 ] || return 1
  for argument in "$@"; do
    case $argument in
      -h | -\? | --help | --version) return 1 ;;
    esac
  done
  case "$1: $*" in
    train:*) return 0 ;;
    "eval: "*"--engine"[\ =:]"libtorch"*) return 0 ;;
    "parity: "*"--training"*) return 0 ;;
    *) return 1 ;;
  esac
}

ensure_torch() {
  torch_ready "$1" && return
  alone "$1" build_torch "$1"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  ensure_torch "$(cd "$(dirname "$0")/.." && pwd -P)"
fi
