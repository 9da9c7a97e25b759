import { describe, expect, it } from 'vitest';
import { waitForOthers } from '../../../services/workers/steps/upgrade/wait-for-others.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { HostFacts } from '../../../shared/ports/host.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { tinyPolicy, upgradePolicy } from '../../helpers/plan.ts';

const context = (waitedMs: number) => {
  const clock = new FakeClock();
  const policy = { ...tinyPolicy(), upgrade: upgradePolicy({ lockWaitMs: 60_000 }) };
  return { clock, policy, attemptStartedAtMs: clock.now() - waitedMs };
};
const facts = (packageTransaction: string | null) => ({ hostname: 'a', packageTransaction }) as HostFacts;

describe('packages that somebody else changes', () => {
  it('are no business of ours when nobody does', () => {
    expect(waitForOthers(context(0), facts(null))).toBeNull();
  });

  it('are waited for as long as the policy says, and not a moment longer', () => {
    const reason = 'others change packages: apt-daily-upgrade.service runs';
    const busy = facts('apt-daily-upgrade.service runs');
    expect(waitForOthers(context(0), busy)).toEqual({ kind: 'again', afterMs: 5_000, reason });
    expect(waitForOthers(context(59_000), busy)).toEqual({ kind: 'again', afterMs: 1_000, reason });
  });

  it('and then the holder is named', () => {
    let failure = null;
    try {
      waitForOthers(context(60_000), facts('dpkg (process 7) runs'));
    } catch (error) {
      failure = failureOf(error);
    }
    expect(failure).toMatchObject({ code: 'packages-locked', retryable: true });
    expect(failure?.seen).toBe('dpkg (process 7) runs, for longer than 60 s');
  });
});
