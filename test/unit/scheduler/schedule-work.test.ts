import { describe, expect, it } from 'vitest';
import type { Due } from '../../../services/common/planning/probe.ts';
import { overlaidFleet } from '../../../services/scheduler/schedules/overlay.ts';
import { watchedFleet } from '../../../services/scheduler/schedules/watch.ts';
import { foundWork, hasWork, workText } from '../../../services/scheduler/schedules/work.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import { type Plan, planNodes } from '../../../shared/domain/plan.ts';
import { policyForRoles } from '../../../shared/domain/plan-build/policy.ts';
import type { RebootEvidence } from '../../../shared/domain/proof.ts';
import { BY_POLICY } from '../../../shared/domain/reboot-due.ts';
import { load } from '../../helpers/fleet-file.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const plan = tinyPlan({ stages: { s: { c: [{ nodes: ['a', 'b'] }] } } });
const NOTHING = { changes: [], left: [], problems: [] };
const ONE = { changes: [{ name: 'openssl', before: '1', after: '2' }], left: [], problems: [] };
const sentinel = (needed: boolean): RebootEvidence => ({ check: 'sentinel-file', needed, detail: 'sentinel' });

function answer(node: string, pending: typeof ONE | typeof NOTHING | null, ...evidence: RebootEvidence[]): Due {
  return {
    cluster: 'c',
    node,
    work: {
      pending,
      reboot: { needed: evidence.some(({ needed }) => needed), evidence, bootId: 'b' },
      kernel: '6.1.0-30',
      uptimeSeconds: 60,
    },
    failure: null,
  };
}
const silent: Due = {
  cluster: 'c',
  node: 'b',
  work: null,
  failure: fail('host-timeout', { message: 'b does not answer' }).failure,
};

/** The plan with another policy for reboots. */
function withReboot(when: 'if-needed' | 'always' | 'never'): Plan {
  const policies = Object.entries(plan.policies).map(([name, policy]) => {
    return [name, { ...policy, reboot: { ...policy.reboot, when } }] as const;
  });
  return { ...plan, policies: Object.fromEntries(policies) };
}

describe('what hosts need', () => {
  it.each([
    ['nothing', answer('a', NOTHING, sentinel(false)), 'if-needed', [], []],
    ['a package', answer('a', ONE, sentinel(false)), 'if-needed', ['c/a'], []],
    ['packages that cannot be told', answer('a', null, sentinel(false)), 'if-needed', ['c/a'], []],
    ['a reboot', answer('a', NOTHING, sentinel(true)), 'if-needed', [], ['c/a']],
    ['a reboot where the policy never reboots', answer('a', NOTHING, sentinel(true)), 'never', [], []],
    [
      'nothing of its own where the policy always reboots',
      answer('a', NOTHING, { check: BY_POLICY, needed: true, detail: 'policy' }, sentinel(false)),
      'always',
      [],
      [],
    ],
  ] as const)('%s', (_name, due, when, updates, reboots) => {
    expect(foundWork(withReboot(when), [due])).toEqual({ asked: 1, updates, reboots, silent: [] });
  });

  const update = foundWork(plan, [answer('a', ONE)]);
  const reboot = foundWork(plan, [answer('a', NOTHING, sentinel(true))]);
  const none = foundWork(plan, [answer('a', NOTHING)]);
  const unknown = foundWork(plan, [answer('a', NOTHING), silent]);

  it.each([
    ['updates', [true, false, false, true]],
    ['reboots', [false, true, false, true]],
    ['either', [true, true, false, true]],
  ] as const)('is judged by what is wanted: %s', (wanted, expected) => {
    expect([update, reboot, none, unknown].map(found => hasWork(found, wanted))).toEqual(expected);
  });

  it('is told in one line', () => {
    expect(workText(update, 'either')).toBe('of 1 host 1 has updates, 0 ask for a reboot');
    expect(workText(unknown, 'reboots')).toBe(
      'of 2 hosts 0 ask for a reboot, 1 cannot be asked (c/b: b does not answer)',
    );
    expect(planNodes(plan)).toHaveLength(2);
  });
});

describe('the policy of a schedule', () => {
  it('wins over cluster and role, key by key', () => {
    const { fleet, problems } = load(`fleet: acme
stages: [{name: one, clusters: [dev]}]
defaults:
  ssh: {user: ops}
  policy: {upgrade: {exclude: [nginx], mode: all}}
  roles: {db: {policy: {upgrade: {mode: dist-upgrade, lockWait: 1m}}}}
schedules: {a: {cron: "0 2 * * *", timeZone: UTC, policy: {upgrade: {mode: security}, reboot: {when: never}}}}
clusters: {dev: {kubernetes: {kubeconfig: kubeconfig, context: dev}, waves: [{sequences: [1]}]}}
`);
    const layer = fleet?.schedules[0]?.policy;
    if (!fleet || !layer) throw new Error(JSON.stringify(problems));
    const [cluster] = overlaidFleet(fleet, layer).stages[0]?.clusters ?? [];
    if (!cluster) throw new Error('there is a cluster');
    const { policy: plain } = policyForRoles(cluster, []);
    const { policy: db } = policyForRoles(cluster, ['db']);
    expect([plain.upgrade, plain.reboot.when]).toMatchObject([{ mode: 'security', exclude: ['nginx'] }, 'never']);
    expect([db.upgrade, db.reboot.when]).toMatchObject([{ mode: 'security', lockWaitMs: 60_000 }, 'never']);
  });
});

describe('a watched fleet', () => {
  it('upgrades nothing, whatever a role says, and reboots only what asks for it', () => {
    const { fleet, problems } = load(`fleet: acme
stages: [{name: one, clusters: [dev]}]
defaults:
  ssh: {user: ops}
  policy: {upgrade: {manager: apt, mode: security}, reboot: {when: always}}
  roles:
    db: {policy: {upgrade: {manager: command, command: x}, reboot: {when: never}}}
    web: {policy: {reboot: {when: always}}}
    none: {policy: {drain: {force: true}}}
clusters: {dev: {kubernetes: {kubeconfig: kubeconfig, context: dev}, waves: [{sequences: [1]}]}}
`);
    if (!fleet) throw new Error(JSON.stringify(problems));
    const [cluster] = watchedFleet(fleet).stages[0]?.clusters ?? [];
    expect(cluster?.nodePolicy.upgrade).toMatchObject({ manager: 'none', mode: 'security' });
    expect(cluster?.nodePolicy.reboot.when).toBe('if-needed');
    expect(
      cluster?.rolePolicies.map(({ role, policy }) => [role, policy.upgrade?.manager, policy.reboot?.when]),
    ).toEqual([
      ['db', 'none', 'never'],
      ['web', 'none', 'if-needed'],
      ['none', 'none', undefined],
    ]);
    expect(fleet.stages[0]?.clusters[0]?.nodePolicy.upgrade.manager).toBe('apt');
  });
});
