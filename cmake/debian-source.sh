#!/bin/sh
# cmake/debian-source.sh PACKAGE DIR
# Unpacks the distribution's own source of PACKAGE, security patches applied, into DIR. apt checks it
# against the signed index. Reads the machine's apt sources as deb-src in a private state folder:
# nothing of the system's apt configuration changes, and root is not needed. Needs dpkg-dev.
set -eu
if [ $# -ne 2 ]; then
  echo "usage: $0 PACKAGE DIR" >&2
  exit 3
fi
package=$1 destination=$2
if [ -e "$destination/CMakeLists.txt" ]; then
  exit 0
fi
for tool in apt-get dpkg-source; do
  if ! command -v "$tool" >/dev/null; then
    echo "$0: $tool is missing; on Debian and Ubuntu: apt-get install dpkg-dev" >&2
    exit 1
  fi
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/parts" "$work/lists/partial" "$work/cache/archives/partial" "$(dirname "$destination")"

# Both forms of apt's source lists; entries of other kinds (deb-src already, comments) are left out.
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  if [ -e "$list" ]; then
    sed -n 's/^deb[[:space:]]/deb-src /p' "$list" >> "$work/parts/all.list"
  fi
done
for list in /etc/apt/sources.list.d/*.sources; do
  if [ -e "$list" ]; then
    sed 's/^Types:.*/Types: deb-src/' "$list" > "$work/parts/$(basename "$list")"
  fi
done

apt() {
  apt-get -qq -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$work/parts" \
    -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" \
    -o APT::Sandbox::User="$(id -un)" "$@"
}
# A list that cannot be fetched may be one that is not needed: the download decides.
apt update || true
(
  cd "$work"
  apt source --download-only "$package"
  dpkg-source --no-check -x ./*.dsc unpacked > /dev/null
)
rm -rf "$destination"
mv "$work/unpacked" "$destination"
