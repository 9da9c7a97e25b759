import type { UpgradePolicy } from '../domain/policy.ts';
import type { PackageChange } from '../domain/proof.ts';
import type { HostFacts, Script } from '../ports/host.ts';
import type { PackageManager } from '../ports/packages.ts';
import { explainApt } from './apt-explain.ts';
import { parseInstalled } from './installed.ts';
import { NEWEST_KERNEL } from './kernel.ts';

/**
 * "$1": `upgrade` or `dist-upgrade`; "$2": seconds to wait for locks. DPkg::Lock::Timeout (apt 2.0) is not heeded for the
 * lock of the lists, so `refresh` waits for that by itself. Error-Mode (apt 2.1.15) makes a list that cannot be had an error.
 */
const COMMON = `
export DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none NEEDRESTART_MODE=a UCF_FORCE_CONFFOLD=1
refresh() {
  waited=0
  until said=$(apt-get -q -o APT::Update::Error-Mode=any update 2>&1); do
    code=$?
    case $said in
      *'lists/lock'*) ;;
      *) printf '%s\\n' "$said"; return "$code" ;;
    esac
    if [ "$waited" -ge "$1" ]; then printf '%s\\n' "$said"; return "$code"; fi
    [ "$waited" -gt 0 ] || printf '%s\\n' "$said" | grep -i 'lock' | head -n 1
    sleep 2
    waited=$((waited + 2))
  done
}
interrupted() {
  for file in "$NODETIDE_ROOT"/var/lib/dpkg/updates/[0-9]*; do
    [ ! -e "$file" ] || return 0
  done
  return 1
}
[ "$1" = upgrade ] && new_packages=--with-new-pkgs || new_packages=
`;

const PENDING = `${COMMON}
refresh "$2" >&2 || exit
if interrupted; then printf 'Conf dpkg (interrupted)\\n'; exit 0; fi
apt-get -q -s -o DPkg::Lock::Timeout="$2" "$1" $new_packages
`;

/** A dpkg that was cut short (a power cut, a reboot in the midst) first ends what it had begun. */
const UPGRADE = `${COMMON}
refresh "$2" || exit
if interrupted; then
  printf 'dpkg was interrupted before: dpkg --configure -a\\n'
  dpkg --force-confdef --force-confold --configure -a || exit
fi
apt-get -q -y -o DPkg::Lock::Timeout="$2" -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
  "$1" $new_packages
`;

/** Debian, Ubuntu and kin. Configuration files an administrator changed are kept (--force-confold). */
export const APT: PackageManager = {
  kind: 'apt',
  fits: (facts: HostFacts) => /^(debian|ubuntu|raspbian|devuan|linuxmint|pop|kali)$/.test(facts.os.id),
  pendingScript: policy => script(PENDING, policy),
  parsePending: parseAptSimulation,
  upgradeScript: policy => script(UPGRADE, policy),
  installedScript: () => ({
    text: "dpkg-query -W -f='${db:Status-Abbrev}\\t${binary:Package}\\t${Version}\\n'",
    args: [],
  }),
  parseInstalled,
  newestKernelScript: () => NEWEST_KERNEL,
  explain: explainApt,
};

/**
 * Reads what `apt-get -s` would do: `Inst NAME [OLD] (NEW …)`, `Remv NAME [OLD]`, and `Conf NAME (…)` without an `Inst` for a
 * package that was only unpacked.
 */
export function parseAptSimulation(stdout: string): PackageChange[] {
  const changes = new Map<string, PackageChange>();
  for (const line of stdout.split('\n')) {
    const [, act, name, old, rest] = /^(Inst|Remv|Conf) (\S+)(?: \[([^\]]*)\])?(.*)$/.exec(line) ?? [];
    if (!act || !name) continue;
    const version = /^\s*\((\S+?)[\s)]/.exec(rest ?? '')?.[1] ?? null;
    if (act === 'Inst') changes.set(name, { name, before: old ?? null, after: version });
    else if (act === 'Remv') changes.set(name, { name, before: old ?? null, after: null });
    else if (!changes.has(name)) changes.set(name, { name, before: 'not configured', after: version });
  }
  return [...changes.values()];
}

function script(text: string, policy: UpgradePolicy): Script {
  return { text, args: [policy.mode, String(Math.ceil(policy.lockWaitMs / 1000))] };
}
