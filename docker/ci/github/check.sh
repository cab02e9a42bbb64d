# Runs `sioscope check` as the variables of action.yml say, and fills the outputs, whatever comes of it.
set -euo pipefail

reports=${REPORTS:-sioscope-reports}
mkdir -p "$reports"
findings=$reports/sioscope.ndjson
: >"$findings" # It is appended to, and a self-hosted runner may have kept the last run's.

arguments=(--upstream "$UPSTREAM" --admin 127.0.0.1:0 --findings "$findings" --report github
           --report "sarif=$reports/sioscope.sarif" --report "junit=$reports/sioscope.xml"
           --report "html=$reports/sioscope.html")
# each OPTION LINES: the option once for every line that is not empty.
each() {
  local line
  while IFS= read -r line; do
    if [ -n "$line" ]; then arguments+=("$1" "$line"); fi
  done <<<"$2"
}
each --fail-on "${FAIL_ON:-}"
each --env "${ENV_NAMES:-}"
if [ -n "${BASELINE:-}" ]; then arguments+=(--baseline "$BASELINE"); fi
if [ -n "${CONFIG:-}" ]; then arguments+=(--config "$CONFIG"); fi
while IFS= read -r word; do
  if [ -n "$word" ]; then arguments+=("$word"); fi
done <<<"${OPTIONS:-}"

# As GitHub runs a step of its own: it ends at the first command that fails.
code=0
"$SIOSCOPE" check "${arguments[@]}" -- bash -eo pipefail -c "$COMMAND" || code=$?

{
  echo "exit-code=$code"
  echo "result=$(sed -n 's/^{"type":"verdict","result":"\([a-z]*\)".*/\1/p' "$findings" | tail -n 1)"
  echo "findings=$findings"
  # A file that was never written is no report.
  for report in sarif=sioscope.sarif junit=sioscope.xml html=sioscope.html; do
    if [ -s "$reports/${report#*=}" ]; then echo "${report%%=*}=$reports/${report#*=}"; fi
  done
} >>"$GITHUB_OUTPUT"
exit "$code"
