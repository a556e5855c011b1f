# Shared by ./test and .ci/run: reads test results (.trx) and sums them up.

# Prints how many tests in the given .trx files had an outcome.
count_outcome() {
  local outcome=$1
  shift
  [ "$#" -gt 0 ] || { echo 0; return; }
  { grep -ho "<UnitTestResult [^>]*outcome=\"$outcome\"" "$@" || true; } | wc -l | tr -d ' '
}

# Prints "name: reason" for each skipped test in a .trx file.
list_skipped() {
  awk '
    function attribute(line, name) {
      return match(line, name "=\"[^\"]*\"") ? substr(line, RSTART + length(name) + 2, RLENGTH - length(name) - 3) : ""
    }
    function plain(text) {
      gsub(/^[[:space:]]+|[[:space:]]+$/, "", text); gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text)
      gsub(/&quot;/, "\"", text); gsub(/&#xD;/, "", text); gsub(/&amp;/, "\\&", text)
      return text
    }
    function flush() {
      if (name != "") printf "  %s: %s\n", plain(name), plain(reason) == "" ? "no reason given" : plain(reason)
      name = ""; reason = ""
    }
    /<UnitTestResult / { flush(); if ($0 ~ /outcome="NotExecuted"/) name = attribute($0, "testName") }
    name != "" && match($0, /<(StdOut|Message)>[^<]*/) { t = substr($0, RSTART, RLENGTH); sub(/^<[^>]*>/, "", t); reason = reason == "" ? t : reason }
    /<\/Results>/ { flush() }
    END { flush() }
  ' "$@"
}

summary_line() { printf '%d passed, %d failed, %d skipped\n' "$1" "$2" "$3"; }
