# Drives the completions as bash does when somebody presses the tab key.
#
#   bash completion.bash SCRIPT
set -u
source "$1"
failed=0

# completed WORD...: what is offered for the last of these words; bash cuts them at `=`.
completed() {
  COMP_WORDS=("$@")
  COMP_CWORD=$(($# - 1))
  COMPREPLY=()
  _sioscope
  printf '%s\n' "${COMPREPLY[@]}"
}

# offers 'WORDS WANTED' WORD...; `!word` must not be among them, `=` allows nothing else.
offers() {
  local wanted=$1 one offered
  shift
  offered=$(completed "$@")
  if [[ $wanted == =* ]]; then
    one=$(tr ' ' '\n' <<<"${wanted#=}" | sort)
    [[ $(sort <<<"$offered") == "$one" ]] || { echo "for '$*': '$offered', not '$wanted'"; failed=1; }
    return
  fi
  for one in $wanted; do
    if [[ $one == !* ]]; then
      ! grep -qxF -- "${one#!}" <<<"$offered" || { echo "for '$*' there is $one: $offered"; failed=1; }
    else
      grep -qxF -- "$one" <<<"$offered" || { echo "for '$*' there is no $one: $offered"; failed=1; }
    fi
  done
}

[[ $(complete -p sioscope) == "complete -F _sioscope sioscope" ]] || { echo "it is not registered"; failed=1; }
cd "$(mktemp -d)" && mkdir captures && touch leak.pcapng notes.txt

offers 'proxy check analyze completions --version' sioscope ''
offers '=replay' sioscope rep
offers '--listen --upstream --capture --help !--grace' sioscope proxy --
offers '--grace --env --listen --' sioscope check --
offers '=--log-level' sioscope proxy --log-l
offers '=debug' sioscope proxy --log-level d
offers '=info' sioscope proxy --log-level = i
offers '=debug info warning error off' sioscope proxy --log-level =
offers '=json msgpack auto' sioscope proxy --listen 127.0.0.1:3001 --parser ''
offers 'junit sarif html leak.pcapng' sioscope check --report ''
offers 'leak leak/orphan-after-parse-error never error' sioscope check --fail-on ''
offers '=leak.pcapng' sioscope analyze l
offers 'leak.pcapng captures' sioscope analyze ''
offers '=' sioscope proxy --listen 1
offers '=leak.pcapng' sioscope proxy --config l
offers 'leak duplicate leak/orphan-after-parse-error' sioscope rules ''
offers '=bash zsh fish' sioscope completions ''
offers 'check' sioscope man ch
offers '=-a' sioscope connect http://127.0.0.1 -a
offers '=upgrade' sioscope connect -t u
# Behind `--` another program's words begin.
offers 'bash' sioscope check --upstream http://127.0.0.1:3000 -- bas
offers '=notes.txt' sioscope check --upstream http://127.0.0.1:3000 -- cat n
offers '=' sioscope nothing --
exit "$failed"
