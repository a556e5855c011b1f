#!/usr/bin/env bash
# Fine-tunes 'demo' on photographs of blood cells: recipes/cells/train.sh DATA FOLDER
# DATA holds train/ and valid/ with COCO annotations of RBC, WBC and Platelets (BCCD, MIT license; not part of this project).
# Half an hour on two cores. Measures on valid, writes FOLDER/cells.safetensors. Started again it goes on where it was.
set -euo pipefail

data=${1:?usage: recipes/cells/train.sh DATA FOLDER}
out=${2:?usage: recipes/cells/train.sh DATA FOLDER}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
rfdetr=$here/../../rfdetr

if [ -f "$out/run/checkpoint.pth" ] && [ ! -f "$out/run/results.json" ]; then
  "$rfdetr" train --resume "$out/run"
elif [ ! -f "$out/run/results.json" ]; then
  "$rfdetr" train --model demo --config "$here/cells.yaml" --data "$data" --output "$out/run"
fi
best=$out/run/checkpoint_best_total.pth
"$rfdetr" eval --model "$best" --data "$data" --split valid
"$rfdetr" export "$best" --output "$out/cells.safetensors" --precision fp16
