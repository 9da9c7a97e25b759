#!/bin/sh
# build.sh FOLDER: makes FOLDER/disk.raw, a small Debian with a kernel, GRUB, systemd, OpenSSH and sudo, from the
# distribution's packages; FOLDER/id is the key of its user, FOLDER/host.pub the key of its server. Nothing is installed
# on this machine. FOLDER holds old/ and new/: packages, installed and offered.
set -eu
work=$1
here=$(dirname "$(readlink -f "$0")")
suite=bookworm
mirror=${VM_MIRROR:-http://deb.debian.org/debian}

ssh-keygen -q -t ed25519 -N '' -C vm -f "$work/id"
set -- systemd-sysv dbus udev kmod openssh-server sudo procps iproute2 e2fsprogs linux-image-cloud-amd64 grub-pc \
  libpam-systemd unattended-upgrades apt-utils
packages=$(printf '%s,' "$@")
mmdebstrap --quiet --format=null --variant=minbase --components=main --include="${packages%,}" \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --customize-hook="sh '$here/customize.sh' \"\$1\" '$work'" \
  "$suite" /dev/null "$mirror"
