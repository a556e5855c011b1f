#!/usr/bin/env bash
# Measures every variant (or the models named) × engine × precision on this machine and writes tables.md and tables.json to
# bench/results/<machine>. Rows that are there are kept: an interrupted run goes on where it was, a deleted row is measured again.
#
#   bench/tables.sh [--output DIR] [--seconds S] [--threads N] [--images N] [--data NAME=DIR]… [NAME…]
#
# NAME is a variant (formula weights), a built-in model or a model file; without any, all published variants.
# --seconds: time of one row, loading included (default 40); a row that hangs is given up after four times that.
# --data NAME=DIR: a labeled data set (its split 'valid') whose average precision stands beside the times of the model NAME.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/eng/setup.sh"

seconds=40 output="" pass=() names=()
declare -A data=()
while [ "$#" -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    --output | --seconds | --threads | --images | --data) [ "$#" -gt 1 ] || fail "$1 needs a value" ;;
  esac
  case $1 in
    --output) output=$2; shift 2 ;;
    --seconds) seconds=$2; shift 2 ;;
    --threads | --images) pass+=("$1" "$2"); shift 2 ;;
    --data) [[ $2 == *=* ]] || fail "--data takes NAME=DIR"; data[${2%%=*}]=${2#*=}; shift 2 ;;
    -*) fail "unknown option $1" ;;
    *) names+=("$1"); shift ;;
  esac
done
[ "${#names[@]}" -gt 0 ] || names=(
  nano small medium large xlarge 2xlarge base large-deprecated
  seg-preview seg-nano seg-small seg-medium seg-large seg-xlarge seg-2xlarge
)

require_sdk
dll=$root/bench/RfDetr.Bench/bin/Release/net10.0/RfDetr.Bench.dll
if [ -z "${RFDETR_BENCH_NO_BUILD:-}" ]; then
  say "building"
  quietly dotnet build "$root/bench/RfDetr.Bench" -c Release -v q -nologo || fail "the build failed; what it said stands above"
fi
[ -n "$output" ] || output=$root/bench/results/$(dotnet "$dll" tables folder)

lost=()
for name in "${names[@]}"; do
  row=$(basename "$name")
  if [ -f "$output/rows/${row%.*}.json" ]; then
    say "$name: is there"
    continue
  fi
  extra=()
  [ -z "${data[$name]:-}" ] || extra=(--data "${data[$name]}")
  # Whole seconds for timeout; accuracy, where it is asked for, comes on top of the row's time and is part of the limit.
  limit=$((${seconds%.*} * 4 + ${#extra[@]} * 300 + 30))
  timeout "$limit" dotnet "$dll" tables measure "$name" --output "$output" --seconds "$seconds" "${pass[@]}" "${extra[@]}" || lost+=("$name")
done

dotnet "$dll" tables render --output "$output"
say "$output/tables.md"
[ "${#lost[@]}" -eq 0 ] || fail "no row for: ${lost[*]}"
