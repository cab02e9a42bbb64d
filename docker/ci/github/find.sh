# Says in the output `path` where sioscope is: $PROGRAM, else the one in PATH, else one built from this checkout.
set -euo pipefail

if [ -n "${PROGRAM:-}" ]; then
  if ! path=$(command -v -- "$PROGRAM"); then
    echo "::error title=sioscope::there is no program '$PROGRAM'; correct the input 'program', or leave it out"
    exit 2
  fi
elif ! path=$(command -v sioscope); then
  checkout=$(cd -- "$(dirname -- "$0")/../../.." && pwd)
  echo "::group::building sioscope"
  "$checkout/dev" build
  echo "::endgroup::"
  path=$checkout/build/release/sioscope
fi
"$path" --version
echo "path=$path" >>"$GITHUB_OUTPUT"
