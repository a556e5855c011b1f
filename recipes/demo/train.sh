#!/usr/bin/env bash
# Trains the model 'demo' from nothing: recipes/demo/train.sh FOLDER
# Draws four sets of scenes, trains in six stages, measures on scenes of other numbers, writes FOLDER/demo.safetensors.
# About two hours on two cores. An interrupted stage goes on where it was if the script is started again.
set -euo pipefail

out=${1:?usage: recipes/demo/train.sh FOLDER}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
rfdetr=$here/../../rfdetr
six=ball,cube,cone,ring,star,mug

scenes() { # NAME COUNT OPTIONS…
  [ -f "$out/$1/valid/_annotations.coco.json" ] ||
    "$rfdetr" data synth --output "$out/$1" --count "$2" --valid 300 --size 224x224 --quality 92 "${@:3}"
}

stage() { # NAME SCENES [--model FILE]
  [ ! -f "$out/$1/results.json" ] || return 0
  if [ -f "$out/$1/checkpoint.pth" ]; then
    "$rfdetr" train --resume "$out/$1"
  else
    "$rfdetr" train --config "$here/$1.yaml" --data "$out/$2" --output "$out/$1" "${@:3}"
  fi
}

mkdir -p "$out"
scenes ten 5000 --min-visible 0.35 --min-size 36 --max-objects 7
scenes six 6000 --min-visible 0.35 --min-size 36 --max-objects 7 --classes "$six"
scenes large 5000 --min-visible 0.35 --min-size 60 --max-objects 5 --classes "$six"
scenes clearer 6000 --min-visible 0.5 --min-size 60 --max-objects 5 --seed 4001 --classes "$six"
stage 1-localize ten
stage 2-classes six --model "$out/1-localize/checkpoint.pth"
stage 3-shapes large --model "$out/2-classes/checkpoint_best_total.pth"
stage 4-longer large --model "$out/3-shapes/checkpoint_best_total.pth"
stage 5-clearer clearer --model "$out/4-longer/checkpoint_best_total.pth"
stage 6-end clearer --model "$out/5-clearer/checkpoint_best_total.pth"
best=$out/6-end/checkpoint_best_total.pth
"$rfdetr" eval --model "$best" --data "$out/clearer" --split valid
"$rfdetr" export "$best" --output "$out/demo.safetensors" --precision fp16
