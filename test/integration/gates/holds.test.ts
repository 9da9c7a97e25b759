import { afterAll, beforeAll, expect, it } from 'vitest';
import { SILENT_LOG } from '../../../services/common/log.ts';
import { Holds } from '../../../services/scheduler/holds.ts';
import { shellControl } from '../../../shared/control/shell.ts';
import type { GateSettings } from '../../../shared/domain/gate/settings.ts';
import { planClusters } from '../../../shared/domain/plan.ts';
import { RedisStore } from '../../../shared/journal/store.ts';
import { httpProbes } from '../../../shared/probes/http.ts';
import { systemClock } from '../../../shared/telemetry/clock.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { testRedis } from '../../helpers/redis.ts';
import { type SimApiWithClient, simCluster } from '../../helpers/sim-cluster.ts';

const KEY = 'weave.works/kured-node-lock';
const HOLD: GateSettings = {
  ...{ kind: 'kured', name: 'kured', lock: 'hold', namespace: 'default', daemonSet: 'kured' },
  ...{ at: ['claim', 'reboot'], timeoutMs: 10_000, ttlMs: 3_600_000 },
};
const owner = { installation: 'i', rollout: 'r1' };
const { signal } = new AbortController();

const redis = await testRedis();
let world: SimApiWithClient;
beforeAll(async () => {
  world = await simCluster(['a']);
  const labels = { app: 'kured' };
  const template = { metadata: { labels }, spec: { nodeSelector: { none: 'none' }, containers: [] } };
  const spec = { selector: { matchLabels: labels }, template };
  world.sim.objects.create('daemonsets', { metadata: { name: 'kured', namespace: 'default' }, spec });
});
afterAll(() => world.close());

function parts(name: string) {
  const store = new RedisStore(redis.redis, `${redis.prefix}-${name}`);
  const stages = { dev: { sim: [{ nodes: ['a'] }] } };
  const plan = tinyPlan({ stages, kubernetes: true, cluster: { gates: [HOLD] } });
  const [cluster] = planClusters(plan);
  if (!cluster) throw new Error('no cluster');
  const from = { connectCluster: () => world.api, control: shellControl, probes: httpProbes, clock: systemClock };
  return { store, cluster, plan, holds: new Holds({ ...from, store, log: SILENT_LOG }) };
}
const lock = () => world.sim.objects.get('daemonsets', 'default', 'kured')?.metadata.annotations?.[KEY];

it('what no claim took for nodes that are away is taken all the same, and given back after', async () => {
  const { store, cluster, holds } = parts('adopted');
  await holds.keep(cluster, owner, async () => false, signal);
  expect([lock(), await store.holds()]).toEqual([undefined, {}]);
  await holds.keep(cluster, owner, async () => true, signal);
  expect(lock()).toContain('nodetide:r1');
  await holds.keep(cluster, owner, async () => false, signal);
  expect([lock(), await store.holds()]).toEqual([undefined, {}]);
});

it('a claim while the look at what is away takes its time keeps what it took', async () => {
  const { store, cluster, holds } = parts('claimed');
  expect(await holds.take(cluster, owner, signal)).toEqual([]);
  const [[at, held] = ['', null]] = Object.entries(await store.holds());
  // As if it was taken long ago.
  const old = held && { ...held, usedAtMs: held.usedAtMs - 3_600_000 };
  expect(await store.changeHold(cluster.name, 'kured', held, old)).toBe(true);
  const claim = async () => {
    expect(await holds.take(cluster, owner, signal)).toEqual([]);
    return false;
  };
  await holds.keep(cluster, owner, claim, signal);
  expect(lock()).toContain('nodetide:r1');
  expect(Object.keys(await store.holds())).toEqual([at]);
});

it('what a rollout holds that began after the others were listed is not given back', async () => {
  const { store, cluster, holds, plan } = parts('begun');
  await store.create('r1', plan, 'tester', false);
  expect(await holds.take(cluster, owner, signal)).toEqual([]);
  await holds.tidy(new Set(), 'i', signal);
  expect(lock()).toContain('nodetide:r1');
  const keys = ['sim/a'];
  await store.command('r1', { kind: 'skip', cluster: 'sim', node: 'a' }, 'tester', '');
  const event = { type: 'rollout-ended', outcome: 'done' } as const;
  await store.advance('r1', { mark: 'ended', requires: [], kind: 'end', event, keys, clusters: ['sim'] });
  await holds.tidy(new Set(), 'i', signal);
  expect([lock(), await store.holds()]).toEqual([undefined, {}]);
});
