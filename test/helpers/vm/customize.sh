#!/bin/sh
# customize.sh ROOT FOLDER: turns a fresh Debian tree into the disk of a machine; see build.sh.
set -eu
root=$1
work=$2

in_root() {
  chroot "$root" env LC_ALL=C DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

put() {
  mkdir -p "$(dirname "$root$1")"
  cat >"$root$1"
}

# The machine itself.
printf 'tide\n' | put /etc/hostname
printf '127.0.0.1 localhost tide\n' | put /etc/hosts
printf '/dev/vda1 / ext4 errors=remount-ro 0 1\n' | put /etc/fstab
put /etc/systemd/network/80-wired.network <<'END'
[Match]
Type=ether
[Network]
Address=10.0.2.15/24
Gateway=10.0.2.2
LinkLocalAddressing=no
END
# The journal outlives a boot: what a power cut leaves is looked at after it.
mkdir -p "$root/var/log/journal"
printf '[Journal]\nStorage=persistent\nSyncIntervalSec=1s\n' | put /etc/systemd/journald.conf.d/vm.conf
in_root systemctl -q enable systemd-networkd ssh
in_root systemctl -q disable systemd-networkd-wait-online
in_root systemctl -q mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service \
  fstrim.timer unattended-upgrades.service
in_root useradd -m -s /bin/bash deploy
printf 'deploy ALL=(ALL) NOPASSWD: ALL\n' | put /etc/sudoers.d/deploy
printf 'UseDNS no\nGSSAPIAuthentication no\n' | put /etc/ssh/sshd_config.d/vm.conf
put /home/deploy/.ssh/authorized_keys <"$work/id.pub"
put /root/.ssh/authorized_keys <"$work/id.pub"
chmod -R go= "$root/root/.ssh"
in_root chown -R deploy:deploy /home/deploy/.ssh
in_root chmod -R go= /home/deploy/.ssh
cp "$root/etc/ssh/ssh_host_ed25519_key.pub" "$work/host.pub"

# Packages: the old ones installed, the new ones offered, a newer kernel of the distribution's security updates with them.
mkdir -p "$root/srv/new" "$root/srv/old"
cp "$work"/old/*.deb "$root/srv/old"
cp "$work"/new/*.deb "$root/srv/new"
kernel=$(in_root dpkg-query -W -f='${Package}\n' 'linux-image-[0-9]*' | head -n 1)
printf 'deb http://deb.debian.org/debian-security bookworm-security main\n' | put /etc/apt/sources.list.d/security.list
if in_root apt-get -qq update; then
  newer=$(in_root apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: //p')
  [ "$newer" = "$kernel" ] || in_root sh -c "cd /srv/new && apt-get -qq -o APT::Sandbox::User=root download linux-image-cloud-amd64 $newer"
fi
rm -f "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d/*
rm -rf "$root"/var/lib/apt/lists/*
in_root sh -c 'dpkg -i /srv/old/*.deb' >/dev/null
in_root sh -c 'cd /srv/new && apt-ftparchive packages . >Packages && apt-ftparchive -o APT::FTPArchive::Release::Origin=tide -o APT::FTPArchive::Release::Label=tide -o APT::FTPArchive::Release::Suite=stable release . >/tmp/Release && mv /tmp/Release .'
printf 'deb [trusted=yes] file:/srv/new ./\n' | put /etc/apt/sources.list

# The machine's own initial RAM disks hold only what it needs: made and read in a fraction of the time.
printf 'MODULES=dep\n' | put /etc/initramfs-tools/conf.d/vm

# GRUB is put before the first partition by hand, since this disk is no disk yet; its menu is written by the machine's own
# update-grub in its first boot, and after each new kernel.
release=${kernel#linux-image-}
mkdir -p "$root/boot/grub/i386-pc"
cp "$root"/usr/lib/grub/i386-pc/*.mod "$root"/usr/lib/grub/i386-pc/*.lst "$root/boot/grub/i386-pc"
in_root grub-mkimage -O i386-pc -o /boot/grub/i386-pc/core.img -p '(hd0,msdos1)/boot/grub' biosdisk part_msdos ext2
put /etc/default/grub <<'END'
GRUB_DEFAULT=0
GRUB_TIMEOUT=0
GRUB_RECORDFAIL_TIMEOUT=0
GRUB_CMDLINE_LINUX="console=ttyS0 net.ifnames=0 mitigations=off"
GRUB_TERMINAL=console
GRUB_DISABLE_OS_PROBER=true
END
put /boot/grub/grub.cfg <<END
set root=(hd0,msdos1)
linux /boot/vmlinuz-$release root=/dev/vda1 ro console=ttyS0 net.ifnames=0
initrd /boot/initrd.img-$release
boot
END

# The disk: a boot sector, GRUB behind it, one partition from 1 MiB on. GRUB 2.06 reads no newer features of ext4.
cat >"$work/mke2fs.conf" <<'END'
[fs_types]
ext4 = {
features = has_journal,extent,huge_file,flex_bg,dir_nlink,extra_isize,ext_attr,resize_inode,dir_index,filetype,sparse_super,large_file
inode_size = 256
}
END
# What is mounted below the tree stays out.
mkdir "$work/tree"
mount --bind "$root" "$work/tree"
MKE2FS_CONFIG=$work/mke2fs.conf mke2fs -q -F -t ext4 -d "$work/tree" "$work/partition" 3G || { umount "$work/tree"; exit 1; }
umount "$work/tree"
rmdir "$work/tree"
truncate -s 3073M "$work/disk.raw"
dd if="$root/usr/lib/grub/i386-pc/boot.img" of="$work/disk.raw" bs=440 count=1 conv=notrunc status=none
printf '\200\376\377\377\203\376\377\377\000\010\000\000\000\000\140\000' |
  dd of="$work/disk.raw" bs=1 seek=446 conv=notrunc status=none
printf '\125\252' | dd of="$work/disk.raw" bs=1 seek=510 conv=notrunc status=none
dd if="$root/boot/grub/i386-pc/core.img" of="$work/disk.raw" bs=512 seek=1 conv=notrunc status=none
dd if="$work/partition" of="$work/disk.raw" bs=1M seek=1 conv=notrunc,sparse status=none
rm "$work/partition" "$work/mke2fs.conf"
