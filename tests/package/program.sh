#!/bin/sh
# Installs the program as its package does, and runs what was installed: the version, the man pages, the completions.
#
#   program.sh BUILD SOURCE
set -eu
build=$1 source=$2
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
fail() { echo "program.sh: $*" >&2; exit 1; }

cmake --install "$build" --component program --prefix "$place/usr" >"$place/log"
[ ! -e "$place/usr/include" ] || fail "the client's headers came with the program"
sioscope=$place/usr/bin/sioscope

# The version: the project's, and the commit where there is a checkout; the same whenever it is asked.
version=$(sed -n 's/^project(sioscope VERSION \([0-9.]*\) .*/\1/p' "$source/CMakeLists.txt")
said=$("$sioscope" --version)
case $said in
  "sioscope $version" | "sioscope $version ("????????????")") ;;
  *) fail "--version says '$said'" ;;
esac

# A page for each command, and its options all in it.
"$sioscope" --help | sed -n 's/^  \([a-z][a-z]*\)  *[a-z].*/\1/p' | grep -v '^sioscope$' >"$place/commands"
[ "$(wc -l <"$place/commands")" -ge 11 ] || fail "too few commands: $(cat "$place/commands")"
while read -r command; do
  page=$place/usr/share/man/man1/sioscope-$command.1.gz
  [ -s "$page" ] || fail "no page for $command"
  gzip -dc "$page" | sed 's/\\-/-/g' >"$place/page"
  "$sioscope" "$command" --help | grep -oE '^ +(-[a-zA-Z],)?--[a-z-]+' | grep -oE -- '--[a-z-]+|^ +-[a-zA-Z]' >"$place/options"
  [ -s "$place/options" ] || fail "$command --help shows no options"
  while read -r option; do
    grep -qF -- "\\fB$option\\fR" "$place/page" || fail "$option is not on the page of $command"
    for script in share/bash-completion/completions/sioscope share/zsh/vendor-completions/_sioscope; do
      grep -qF -- "$option" "$place/usr/$script" || fail "$option is not in $script"
    done
    case $option in
      --*) word="-l ${option#--}" ;;
      *) word="-s ${option#-}" ;;
    esac
    grep -F "__sioscope_runs $command'" "$place/usr/share/fish/vendor_completions.d/sioscope.fish" | grep -qF -- " $word" ||
      fail "$option of $command is not in fish's completions"
  done <"$place/options"
done <"$place/commands"

# What their readers say of the pages and scripts, where these are here.
for page in "$place"/usr/share/man/man1/*; do
  if command -v mandoc >/dev/null 2>&1; then
    gzip -dc "$page" | mandoc -T lint -W warning >"$place/lint" 2>&1 || :
    # Where no commit is known, the page has no date.
    ! grep -v 'missing date' "$place/lint" || fail "mandoc complains of $page"
  fi
  if command -v man >/dev/null 2>&1; then
    LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" >/dev/null 2>"$place/lint" || :
    [ ! -s "$place/lint" ] || { cat "$place/lint"; fail "man complains of $page"; }
  fi
done
if command -v zsh >/dev/null 2>&1; then zsh -n "$place/usr/share/zsh/vendor-completions/_sioscope"; fi
if command -v fish >/dev/null 2>&1; then fish --no-execute "$place/usr/share/fish/vendor_completions.d/sioscope.fish"; fi

bash "$source/tests/package/completion.bash" "$place/usr/share/bash-completion/completions/sioscope"
echo "installed, and it runs: $said"
