#!/usr/bin/env bash
# Builds the site of the public types and the documents: out/site/index.html. docfx comes from the tool manifest (.config/dotnet-tools.json).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/eng/setup.sh"
cd "$root"

require_sdk
say "building"
quietly dotnet build src/RfDetr.Cli -c Release -v q -nologo -clp:NoSummary || fail "the build failed; the output is above"
quietly dotnet tool restore || fail "docfx could not be installed; the output is above"

rm -rf out/site out/site-work
mkdir -p out/site-work
# The table of contents: every document, by its first heading.
{
  printf -- '- name: API\n  href: api/\n- name: Documents\n  items:\n'
  find docs -name '*.md' ! -path 'docs/site/*' ! -path 'docs/decisions/*' | LC_ALL=C sort | while read -r page; do
    printf '  - name: "%s"\n    href: ../../%s\n' "$(sed -n 's/^# //p' "$page" | head -n 1 | tr -d '"')" "$page"
  done
  printf -- '- name: Decisions\n  items:\n'
  find docs/decisions -name '*.md' | LC_ALL=C sort | while read -r page; do
    printf '  - name: "%s"\n    href: ../../%s\n' "$(sed -n 's/^# //p' "$page" | head -n 1 | tr -d '"')" "$page"
  done
} >out/site-work/toc.yml
quietly dotnet docfx docs/site/docfx.json --logLevel warning || fail "docfx failed; the output is above"
say "the site is in out/site: open out/site/index.html, or serve it with: dotnet docfx serve out/site"
