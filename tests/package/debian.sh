#!/bin/sh
# Looks a Debian package over: what it needs, what it holds, what lintian and systemd say of it, and whether its program runs.
#
#   debian.sh FILE.deb
set -eu
package=$1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
fail() { echo "debian.sh: $*" >&2; exit 1; }

dpkg-deb -x "$package" "$place/root"
dpkg-deb -f "$package" Depends >"$place/depends"
for library in libc6 libuv1 libssl3 zlib1g libspdlog; do
  grep -qE "(^|[ ,|])$library" "$place/depends" || fail "it does not depend on $library: $(cat "$place/depends")"
done
for file in usr/bin/sioscope usr/share/man/man1/sioscope.1.gz usr/share/man/man1/sioscope-check.1.gz \
  usr/share/bash-completion/completions/sioscope usr/share/zsh/vendor-completions/_sioscope \
  usr/share/fish/vendor_completions.d/sioscope.fish usr/share/doc/sioscope/copyright usr/share/doc/sioscope/changelog.gz \
  lib/systemd/system/sioscope.service etc/sioscope/sioscope.toml; do
  [ -s "$place/root/$file" ] || fail "there is no $file in it"
done
[ ! -e "$place/root/usr/include" ] || fail "the client's headers are in it"

"$place/root/usr/bin/sioscope" --version
# Its configuration is one that the program takes: it gets as far as the folder of its findings, which only systemd makes.
said=$(timeout 5 "$place/root/usr/bin/sioscope" proxy --config "$place/root/etc/sioscope/sioscope.toml" --listen 127.0.0.1:0 \
  --admin 127.0.0.1:0 --findings "$place/nowhere/findings" 2>&1) && fail "it started without that folder"
case $said in
  *"$place/nowhere/findings"*) ;;
  *) fail "the configuration is not taken: $said" ;;
esac

if command -v lintian >/dev/null 2>&1; then
  # initial-upload-closes-no-bugs: this is no upload to Debian. no-manual-page and others have no excuse.
  lintian --allow-root --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs "$package" || fail "lintian complains"
fi
if command -v systemd-analyze >/dev/null 2>&1; then
  unit=$place/root/lib/systemd/system/sioscope.service
  sed "s|/usr/bin/sioscope|$place/root/usr/bin/sioscope|" "$unit" >"$place/sioscope.service"
  systemd-analyze verify --man=no "$place/sioscope.service" >"$place/verify" 2>&1 || { cat "$place/verify"; fail "systemd refuses the unit"; }
  ! grep -F sioscope.service "$place/verify" || fail "systemd complains of the unit"
  # Tenths of ten: what a service may still do that it need not. Below 2 systemd calls it OK, and shows a smile.
  systemd-analyze security --offline=true --threshold=15 "$place/sioscope.service" >"$place/security" 2>&1 ||
    { tail -n 40 "$place/security"; fail "the unit may do too much"; }
  tail -n 1 "$place/security"
fi
echo "$package: $(dpkg-deb -f "$package" Version), $(du -k "$package" | cut -f 1) KiB"
