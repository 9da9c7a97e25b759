import { expect, it } from 'vitest';
import type { WorldSpec } from '../../../services/simulator/main.ts';
import { WORK_ANNOTATION } from '../../../shared/domain/facts.ts';
import { leftNodes } from '../../../shared/domain/left-nodes.ts';
import type { StepName } from '../../../shared/domain/steps.ts';
import type { Step, StepContext } from '../../../shared/ports/step.ts';
import { testRedis } from '../../helpers/redis.ts';
import { simulatedRollout } from '../../helpers/simulated-rollout.ts';
import { tinyWorld } from '../../helpers/simulation.ts';

const redis = await testRedis();
const LONG_MS = 3_600_000;

/** Where a node is when the abort comes, and what it has to be afterwards. */
interface Case {
  /** Its step is not gone on with: `before` it does anything, or `after` it did all and has not told of it. */
  readonly hold?: readonly [StepName, 'before' | 'after'];
  /** What the simulated node is like. */
  readonly like?: object;
  /** The step has done so much when this is told. */
  readonly reached?: 'cordon' | 'upgrade' | 'down';
  /** The same, of its step's own word. */
  readonly waits?: RegExp;
  readonly cordoned: boolean;
  /** What the list says; null: it does not name the node. */
  readonly left: RegExp | null;
  readonly todo?: RegExp;
}

const RELEASE = (node: string) => new RegExp(`nodetide release dev/${node}$`);
const NO_KERNEL = { newKernel: null, upgrades: [{ name: 'tzdata', from: '1', to: '2' }], sentinel: false };
const DUE = /^A reboot is still due/;
const CASES: Readonly<Record<string, Case>> = {
  'drain-begins': { hold: ['drain', 'before'], cordoned: false, left: null },
  'drain-waits': { like: { labels: { stuck: 'yes' } }, reached: 'cordon', cordoned: false, left: null },
  'upgrade-begins': { hold: ['upgrade', 'before'], cordoned: false, left: null },
  'upgrade-runs': {
    like: { timings: { upgradeMs: LONG_MS } },
    reached: 'upgrade',
    cordoned: true,
    left: /^the upgrade was begun and may still run on the host \(task .*\); .* is cordoned, Ready/,
    todo: /^Wait for the end of the upgrade/,
  },
  'upgrade-over': {
    hold: ['upgrade', 'after'],
    cordoned: false,
    left: /^upgraded, not rebooted; uncordoned again/,
    todo: /^Whether a reboot is due/,
  },
  'upgrade-fails': {
    like: { faults: { upgradeFails: { times: 9, exitCode: 100 } } },
    cordoned: true,
    left: /ended with exit code 100: packages may be half upgraded; .* is cordoned/,
    todo: /^Bring its packages to a sound state/,
  },
  'check-begins': {
    hold: ['check-reboot', 'before'],
    cordoned: false,
    left: /uncordoned again/,
    todo: /^Whether a reboot is due/,
  },
  'reboot-begins': {
    hold: ['reboot', 'before'],
    cordoned: false,
    left: /^upgraded \(\d+ packages\), not rebooted; uncordoned again: schedulable$/,
    todo: DUE,
  },
  'reboot-ignored': {
    like: { faults: { rebootIgnored: true } },
    waits: /^still up under the old boot id/,
    cordoned: true,
    left: /a reboot was ordered at .* and not seen done; .* is cordoned/,
    todo: /^Wait until the host is back/,
  },
  'reboot-down': {
    like: { timings: { bootMs: LONG_MS } },
    reached: 'down',
    cordoned: true,
    left: /a reboot was ordered at .* and not seen done/,
    todo: /^Wait until the host is back/,
  },
  'reboot-over': {
    hold: ['reboot', 'after'],
    cordoned: true,
    left: /a reboot was ordered/,
    todo: /^Wait until the host is back/,
  },
  'verify-begins': {
    hold: ['verify', 'before'],
    cordoned: true,
    left: /^upgraded \(\d+ packages\), rebooted, not proven well/,
    todo: /^See that it is well/,
  },
  'verify-alone': { hold: ['verify', 'before'], like: NO_KERNEL, cordoned: false, left: null },
  'uncordon-begins': { hold: ['uncordon', 'before'], cordoned: false, left: null },
  'uncordon-over': { hold: ['uncordon', 'after'], cordoned: false, left: null },
  skipped: {
    hold: ['upgrade', 'before'],
    cordoned: true,
    left: /^nothing on the host was changed; skipped is cordoned/,
    todo: /^Give it back/,
  },
  recovers: { cordoned: false, left: null },
};
const NAMES = Object.keys(CASES);

/** All cases at once, each a node, in one wave; another wave waits. */
function world(): WorldSpec {
  return tinyWorld({
    cluster: {
      nodes: [
        ...NAMES.map(name => ({ name, sequence: 1, roles: ['worker'], ...CASES[name]?.like })),
        { name: 'later', sequence: 2, roles: ['worker'] },
      ],
      workloads: [
        { kind: 'Deployment', name: 'stuck', replicas: 1, nodeSelector: { stuck: 'yes' }, labels: { app: 'stuck' } },
      ],
      pdbs: [{ name: 'stuck', matchLabels: { app: 'stuck' }, maxUnavailable: 0 }],
      rollout: {
        waves: [{ sequences: [1], concurrency: NAMES.length }, { sequences: [2] }],
        maxUnavailable: NAMES.length + 1,
      },
    },
  });
}

/** Steps that wait where their node's case says, until they are told to end. */
function holding(reached: (node: string) => void) {
  return (step: Step): Step => ({
    ...step,
    run: async context => {
      const [name, moment] = CASES[context.node.name]?.hold ?? [];
      const isHere = name === step.name;
      if (isHere && moment === 'before') await hang(context, reached);
      const outcome = await step.run(context);
      if (isHere && outcome.kind === 'done') await hang(context, reached);
      return outcome;
    },
  });
}

function hang({ node, signal }: StepContext<unknown>, reached: (node: string) => void): Promise<never> {
  reached(node.name);
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

it('aborted at each step, what is sound is in service again, the rest is listed with what to do', async () => {
  const there = new Set<string>();
  let arrived: () => void = () => {};
  const rollout = await simulatedRollout(redis, world(), {
    failureBudget: 9,
    defaults: {
      policy: {
        recoverySoak: '1h',
        steps: Object.fromEntries(
          ['drain', 'upgrade', 'check-reboot', 'reboot', 'verify', 'uncordon'].map(step => [
            step,
            { timeout: '1h', attempts: 1 },
          ]),
        ),
      },
    },
  });
  const { sim, store, id } = rollout;
  await rollout.scheduler();
  await rollout.worker(
    holding(node => {
      there.add(node);
      arrived();
    }),
  );
  const held = NAMES.filter(name => CASES[name]?.hold);
  while (held.some(name => !there.has(name))) await new Promise<void>(resolve => (arrived = resolve));
  for (const [name, { reached, waits }] of Object.entries(CASES)) {
    if (waits)
      await rollout.event(event => event.type === 'step-waiting' && event.node === name && waits.test(event.reason));
    if (reached) await rollout.act(reached, name, 120_000);
  }
  await rollout.event(event => event.type === 'step-failed' && event.node === 'upgrade-fails');
  await rollout.event(event => event.type === 'node-done' && event.node === 'recovers');
  await rollout.command({ kind: 'skip', cluster: 'dev', node: 'skipped' });
  await rollout.event(event => event.type === 'node-skipped');

  const before = sim.world.entries.length;
  await rollout.command({ kind: 'abort' });
  await rollout.event(event => event.type === 'rollout-ended');

  const status = await rollout.status();
  expect(status.state).toBe('aborted');
  const list = new Map(leftNodes(status).map(left => [left.node, left]));
  for (const [name, { cordoned, left, todo }] of Object.entries(CASES)) {
    const object = sim.clusters.get('dev')?.objects.get('nodes', '', name) as {
      spec?: { unschedulable?: boolean };
      metadata: { annotations?: Record<string, string> };
    };
    expect([name, object.spec?.unschedulable === true], list.get(name)?.state).toEqual([name, cordoned]);
    expect([name, object.metadata.annotations?.[WORK_ANNOTATION] !== undefined]).toEqual([name, cordoned]);
    if (left === null) expect(list.get(name)).toBeUndefined();
    else expect(list.get(name)?.state).toMatch(left);
    if (todo) expect(list.get(name)?.todo).toMatch(todo);
    if (cordoned) expect(list.get(name)?.todo).toMatch(RELEASE(name));
    expect([name, list.get(name)?.well ?? true]).toEqual([name, !cordoned]);
  }
  // Nobody does anything more to a host; what was let go of is given back, and that is all.
  const after = sim.world.entries.slice(before).map(({ act }) => act);
  expect(after.filter(act => ['cordon', 'evict', 'upgrade', 'reboot'].includes(act))).toEqual([]);
  expect(status.nodes['dev/later']).toMatchObject({ state: 'aborted', round: 0 });
  expect(status.nodes['dev/recovers']?.state).toBe('done');

  const [told, done] = [
    (await store.events(id)).length,
    sim.world.entries.filter(({ act }) => act === 'uncordon').length,
  ];
  expect(await rollout.command({ kind: 'abort' })).toMatch(/has ended/);
  expect((await store.events(id)).length).toBe(told);
  expect(sim.world.entries.filter(({ act }) => act === 'uncordon').length).toBe(done);
}, 180_000);
