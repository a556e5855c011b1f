#!/usr/bin/env bash
# Trains on several machines without a launcher. Run it once on each, with the machine's number; number 0 is the one that
# MASTER_ADDR names:
#
#   MACHINES=2 MASTER_ADDR=10.0.0.1 ./machines.sh 0 --model nano --data images --output runs/first     # on 10.0.0.1
#   MACHINES=2 MASTER_ADDR=10.0.0.1 ./machines.sh 1 --model nano --data images --output runs/first     # on the other
#
# After a stop or a failure: the same on each with "--resume runs/first". RFDETR names another program than "rfdetr".
set -euo pipefail

if [ "$#" -lt 2 ] || [ -z "${MACHINES:-}" ] || [ -z "${MASTER_ADDR:-}" ]; then
  printf 'usage: MACHINES=N MASTER_ADDR=ADDRESS %s NUMBER OPTION...\n' "${0##*/}" >&2
  exit 2
fi

export RANK=$1 WORLD_SIZE=$MACHINES LOCAL_RANK=0 MASTER_ADDR MASTER_PORT=${MASTER_PORT:-29500}
shift
# Word splitting is meant: the program may be a command with arguments.
# shellcheck disable=SC2086
exec ${RFDETR:-rfdetr} train "$@"
