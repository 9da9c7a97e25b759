import type { Script } from '../../../shared/ports/host.ts';

/**
 * Prints what reboots a host by itself, as sections that parseSelfReboots reads. Changes nothing; what is not installed
 * prints nothing.
 */
export const SELF_REBOOTS: Script = {
  args: [],
  text: `export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
on() { systemctl is-enabled "$1" 2>/dev/null | grep -qE '^(enabled|enabled-runtime|static|alias)$'; }
if command -v unattended-upgrade >/dev/null 2>&1; then
  echo '== apt'
  apt-config dump Unattended-Upgrade::Automatic-Reboot 2>/dev/null
  apt-config dump APT::Periodic::Unattended-Upgrade 2>/dev/null
fi
for t in dnf-automatic.timer dnf-automatic-install.timer dnf5-automatic.timer; do
  on "$t" && { echo '== dnf'; cat /etc/dnf/automatic.conf 2>/dev/null; break; }
done
on transactional-update.timer && {
  echo '== transactional-update'
  cat /usr/etc/transactional-update.conf /etc/transactional-update.conf 2>/dev/null
}
on rebootmgr.service && { echo '== rebootmgr'; cat /usr/etc/rebootmgr.conf /etc/rebootmgr.conf 2>/dev/null; }
units=$(systemctl show --property=Unit --value '*.timer' 2>/dev/null | sort -u)
if [ -n "$units" ]; then
  echo '== timers'
  systemctl show --property=Id --property=ExecStart $units 2>/dev/null
fi
echo '== end'
`,
};
