#!/bin/sh
# Builds the Debian package of Vitrine: sh deploy/debian/build-package.sh OUTPUT_FOLDER [TREE]
#
# TREE is what deploy/prepare-tree.sh has prepared, such as /opt/vitrine of the image. Without it, this builds the commit that is checked out.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
project=$(dirname "$(dirname "$here")")
if [ $# -lt 1 ]; then
  echo "Usage: sh deploy/debian/build-package.sh OUTPUT_FOLDER [TREE]" >&2
  exit 1
fi
output=$(mkdir -p "$1" && cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022

root=$work/root
mkdir -p "$root/usr/lib/vitrine"
if [ $# -ge 2 ]; then
  cp -a "$2/." "$root/usr/lib/vitrine/"
else
  git -C "$project" archive HEAD | tar -x -C "$root/usr/lib/vitrine"
  sh "$root/usr/lib/vitrine/deploy/prepare-tree.sh"
fi
tree=$root/usr/lib/vitrine
if [ ! -e "$tree/.next/BUILD_ID" ]; then
  echo "$tree has no built pages. Prepare it with deploy/prepare-tree.sh." >&2
  exit 1
fi

chmod -R u+rwX,go+rX,go-w "$tree"

install -D -m 0644 "$here/vitrine.sysusers" "$root/usr/lib/sysusers.d/vitrine.conf"
install -D -m 0755 "$here/vitrine.sh" "$root/usr/bin/vitrine"
# May hold passwords.
install -D -m 0600 "$here/vitrine.env" "$root/etc/vitrine/vitrine.env"
install -D -m 0644 "$tree/LICENSE" "$root/usr/share/doc/vitrine/copyright"
mkdir -p "$root/usr/lib/systemd/system"
sed 's#/opt/vitrine#/usr/lib/vitrine#g' "$tree/deploy/systemd/vitrine.service" >"$root/usr/lib/systemd/system/vitrine.service"

version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$tree/package.json")
architecture=$(dpkg --print-architecture)
mkdir "$root/DEBIAN"
for script in postinst prerm postrm; do install -m 0755 "$here/$script" "$root/DEBIAN/$script"; done
echo /etc/vitrine/vitrine.env >"$root/DEBIAN/conffiles"
(cd "$root" && find usr -type f -print0 | xargs -0 md5sum >DEBIAN/md5sums)
cat >"$root/DEBIAN/control" <<CONTROL
Package: vitrine
Version: $version
Architecture: $architecture
Maintainer: The Vitrine authors <vitrine@localhost>
Installed-Size: $(du -sk "$root/usr" | cut -f1)
Depends: libc6 (>= 2.28), libstdc++6, ca-certificates, systemd | systemd-standalone-sysusers
Section: net
Priority: optional
Description: open container gallery and registry
 People browse and search public container images in a web app. Publishers push or mirror images under an alias.
 The package contains Node.js and PostgreSQL.
CONTROL
dpkg-deb --root-owner-group -Zzstd --build "$root" "$output/vitrine_${version}_$architecture.deb"
