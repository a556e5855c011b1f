# Shared by ./rfdetr, ./test and .ci/run: finds prerequisites, builds.
# Everything said here goes to stderr: stdout belongs to the program that is run.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "error: $*"
  exit 1
}

summary_line() { printf '%d passed, %d failed, %d skipped\n' "$1" "$2" "$3"; }

# Says every 15 seconds that the script is alive.
heartbeat() {
  local begin=$SECONDS
  while sleep 15; do say "  still at it ($((SECONDS - begin)) s)"; done
}

# Runs a command quietly; shows its output only if it fails.
quietly() {
  local log beat status=0
  log=$(mktemp)
  heartbeat &
  beat=$!
  "$@" >"$log" 2>&1 </dev/null || status=$?
  kill "$beat" 2>/dev/null || true
  wait "$beat" 2>/dev/null || true
  [ "$status" -eq 0 ] || cat "$log" >&2
  rm -f "$log"
  return "$status"
}

# Runs a command while no other copy of these scripts does (two terminals, one checkout). The lock is a file of its own, because .NET
# takes a lock on whatever it reads; the command does not inherit it, because build servers outlive the build.
alone() {
  local root=$1
  shift
  if command -v flock >/dev/null; then
    mkdir -p "$root/out"
    (flock 9 && "$@" 9>&-) 9>"$root/out/setup.lock"
  else
    "$@"
  fi
}

require_dotnet() {
  command -v dotnet >/dev/null ||
    fail "the .NET SDK 10 is missing: https://dotnet.microsoft.com/download (Debian and Ubuntu: apt-get install dotnet-sdk-10.0)"
}

require_sdk() {
  require_dotnet
  # Captured first: with pipefail, grep -q leaving early would look like a failure.
  local sdks
  sdks=$(dotnet --list-sdks)
  grep -q '^10\.' <<<"$sdks" ||
    fail "the .NET SDK 10 is needed to build, found: $(tr '\n' ' ' <<<"${sdks:-none}"); see https://dotnet.microsoft.com/download"
}

# The files that a build depends on.
list_sources() {
  find "$1/src" \( -name bin -o -name obj \) -prune -o -type f "${@:2}" -print
  find "$1/eng" "$1"/Directory.* "$1/global.json" "$1/.editorconfig" -type f "${@:2}" -print
}

sources_sum() { list_sources "$1" | LC_ALL=C sort | cksum; }

# True if the command line was built from the sources as they are: none is newer than the stamp, none came or went.
cli_ready() {
  local root=$1 dll=$2 stamp=$2.stamp
  [ -f "$dll" ] || return 1
  [ -w "${dll%/*}" ] || return 0
  if [ -f "$stamp" ]; then
    [ "$(<"$stamp")" = "$(sources_sum "$root")" ] || return 1
  else
    stamp=$dll
  fi
  [ -z "$(list_sources "$root" -newer "$stamp")" ]
}

build_cli() {
  local root=$1 dll=$2 project=${3:-RfDetr.Cli}
  cli_ready "$root" "$dll" && return
  say "building (a minute the first time)"
  # The stamp is as old as the beginning of the build: what is edited meanwhile is built the next time.
  local stamp
  stamp=$(mktemp)
  sources_sum "$root" >"$stamp"
  if ! quietly dotnet build "$root/src/$project/$project.csproj" -c Release -v q -nologo -clp:NoSummary; then
    rm -f "$stamp"
    fail "the build failed; what it said stands above"
  fi
  chmod 644 "$stamp"
  mv "$stamp" "$dll.stamp"
}

# Builds the command line, or the program of the project that is named third, where it is older than its sources.
ensure_cli() {
  cli_ready "$1" "$2" && return
  require_sdk
  alone "$1" build_cli "$@"
}

# The runtime identifier of this system, such as linux-x64.
host_rid() { dotnet --info | sed -n 's/^ *RID: *//p' | head -n 1; }

# Installs a package of Debian for tests that are skipped without it: COMMAND, PACKAGE, the tests' subject.
ensure_package() {
  if command -v "$1" >/dev/null; then return; fi
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    say "$1 is missing: installing it with apt-get (once)"
    export DEBIAN_FRONTEND=noninteractive
    quietly apt-get update && quietly apt-get install --yes --no-install-recommends "$2" ||
      say "$2 could not be installed; tests of $3 are skipped"
  fi
}

# ffmpeg, which tests of video read and write with; where it cannot be installed they are skipped with the reason.
ensure_ffmpeg() {
  if [ -n "${RFDETR_FFMPEG:-}" ]; then return; fi
  ensure_package ffmpeg ffmpeg video
}

# Chromium, in which tests open the server's page.
ensure_chromium() {
  if [ -n "${RFDETR_CHROMIUM:-}" ]; then return; fi
  ensure_package chromium chromium "the page"
}

# Runs a command while no package may start a service on installation.
without_services() {
  local policy=/usr/sbin/policy-rc.d made=false status=0
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    made=true
  fi
  "$@" || status=$?
  if $made; then rm -f "$policy"; fi
  return "$status"
}

# RabbitMQ, with which tests of jobs run. It listens on every interface unless told otherwise: the files that bind it to the
# loopback are there before the package is, and the package may not start it. The tests start servers of their own, with files of
# their own.
ensure_rabbitmq() {
  if [ -d /usr/lib/rabbitmq ] || [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then return; fi
  mkdir -p /etc/rabbitmq
  [ -e /etc/rabbitmq/rabbitmq.conf ] || printf 'listeners.tcp.1 = 127.0.0.1:5672\n' >/etc/rabbitmq/rabbitmq.conf
  [ -e /etc/rabbitmq/rabbitmq-env.conf ] || cat >/etc/rabbitmq/rabbitmq-env.conf <<'CONF'
export ERL_EPMD_ADDRESS=127.0.0.1
SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}"
CONF
  without_services ensure_package rabbitmq-server rabbitmq-server "jobs on RabbitMQ"
}

# PostgreSQL's server programs, for tests of jobs that keep their results in it. No cluster is made and none is started.
ensure_postgresql() {
  local settings=/etc/postgresql-common
  if [ -d /usr/lib/postgresql ] || [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then return; fi
  mkdir -p "$settings"
  [ -e "$settings/createcluster.conf" ] || printf 'create_main_cluster = false\n' >"$settings/createcluster.conf"
  without_services ensure_package postgres postgresql "jobs on PostgreSQL"
}
