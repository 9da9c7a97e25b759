import type { RebootPolicy } from './policy.ts';
import type { RebootEvidence } from './proof.ts';

/** The evidence's `check` of a policy that always reboots: no need of the host. */
export const BY_POLICY = 'policy';

/**
 * Whether the host asks for a reboot. `any`: one check says so. `all`: every check that could be asked says so, and there
 * is one. A check with several answers (sentinel files) says so if one of them does. The policy itself does not count.
 */
export function hostAsks(evidence: readonly RebootEvidence[], match: RebootPolicy['match']): boolean {
  const answers = new Map<string, boolean>();
  for (const { check, needed } of evidence)
    if (check !== BY_POLICY && needed !== null) answers.set(check, needed || (answers.get(check) ?? false));
  const said = [...answers.values()];
  return match === 'any' ? said.includes(true) : said.length > 0 && !said.includes(false);
}

/** As {@link hostAsks}, or the policy wants a reboot whatever the host says. */
export function isNeeded(evidence: readonly RebootEvidence[], match: RebootPolicy['match']): boolean {
  return evidence.some(item => item.check === BY_POLICY && item.needed) || hostAsks(evidence, match);
}

/** What asks for the reboot, in words; empty: nothing does. */
export function reasonsOf(evidence: readonly RebootEvidence[]): string[] {
  return evidence.filter(item => item.needed).map(item => item.detail);
}
