import type { Proofs } from '../../../shared/domain/proof.ts';

/** Whether a command that upgrades was run on the host: it may have changed what no list of packages shows. */
export function wasUpgraded({ upgrade }: Partial<Proofs>): boolean {
  return upgrade !== undefined && (upgrade.exitCode !== null || upgrade.changes.length > 0);
}

/** What the upgrade step did, for people. */
export function saysUpgraded(proofs: Partial<Proofs>): string {
  const changed = proofs.upgrade?.changes.length ?? 0;
  if (changed > 0) return `upgraded (${changed} packages)`;
  return wasUpgraded(proofs) ? 'the upgrade command was run' : 'nothing was upgraded';
}
