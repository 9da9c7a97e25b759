import { isNeeded } from '../../../shared/domain/reboot-due.ts';
import type { HostStanding, StepContext } from '../../../shared/ports/step.ts';
import { saysUpgraded, wasUpgraded } from './upgraded.ts';

/** Of a node that carried our mark before this round began. */
export const ADOPTED_STANDING: HostStanding = {
  kind: 'open',
  said: 'the node carried our mark already: what was done on the host before is not known',
  todo: 'Look on the host whether an upgrade runs or was cut short, and whether a reboot is due',
};

/** Of a node that a person took in hand, and that is not verified yet. */
export const REPAIRED_STANDING: HostStanding = {
  kind: 'open',
  said: 'a person took it in hand; not proven well',
  todo: 'See that it is well: its upgrade or reboot had failed, and what was done about it is not known',
};

/** How the host stands by what the steps before this one proved. */
export function standingBefore({ proofs, policy }: Pick<StepContext<unknown>, 'proofs' | 'policy'>): HostStanding {
  const { drain, reboot, 'check-reboot': checked } = proofs;
  if (drain?.adopted) return ADOPTED_STANDING;
  if (reboot?.rebooted) {
    const who = reboot.byOthers ? 'rebooted by somebody else' : 'rebooted';
    const said = `${saysUpgraded(proofs)}, ${who}, not proven well`;
    return {
      kind: 'open',
      said,
      todo: 'See that it is well (its kernel, its failed units, the pods of its DaemonSets)',
    };
  }
  if (!wasUpgraded(proofs)) return { kind: 'untouched', said: 'nothing on the host was changed', todo: '' };
  const said = `${saysUpgraded(proofs)}, not rebooted`;
  if (checked && !isNeeded(checked.evidence, policy.reboot.match)) return { kind: 'upgraded', said, todo: '' };
  const due = checked ? 'A reboot is still due' : 'Whether a reboot is due was not looked at';
  return { kind: 'upgraded', said, todo: `${due}: the next rollout sees to it` };
}
