import { setImmediate as breath } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shellControl } from '../../../shared/control/shell.ts';
import type { GateVerdict } from '../../../shared/domain/gate/gate.ts';
import type { KuredGateSettings } from '../../../shared/domain/gate/kured.ts';
import { planClusters } from '../../../shared/domain/plan.ts';
import type { GateSources } from '../../../shared/gates/gate.ts';
import type { HoldMemory } from '../../../shared/gates/hold.ts';
import { kuredGate } from '../../../shared/gates/kured/gate.ts';
import { kuredHold } from '../../../shared/gates/kured/hold.ts';
import { httpProbes } from '../../../shared/probes/http.ts';
import { KuredStandIn } from '../../helpers/kured-stand-in.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { type SimApiWithClient, simCluster } from '../../helpers/sim-cluster.ts';

const RUNS = 50;
/** Turns of us and of each node of kured in a run. */
const TURNS = 3;
const KEY = 'weave.works/kured-node-lock';

let world: SimApiWithClient;
beforeAll(async () => {
  world = await simCluster(['a']);
});
afterAll(() => world.close());

const [planned] = planClusters(tinyPlan({ stages: { dev: { sim: [{ nodes: ['a'] }] } }, kubernetes: true }));
if (!planned) throw new Error('no cluster');
const cluster = planned;

function settingsFor(daemonSet: string, ttlMs = 3_600_000): KuredGateSettings {
  const moments = { at: ['claim', 'reboot'], timeoutMs: 10_000 } as const;
  return { kind: 'kured', name: 'kured', lock: 'hold', namespace: 'default', daemonSet, ttlMs, ...moments };
}

function sources(): GateSources {
  const signal = AbortSignal.timeout(60_000);
  return { cluster, api: world.api, control: shellControl, probes: httpProbes, moment: 'claim', rollout: 'r1', signal };
}

function memory(rollout = 'r1'): HoldMemory {
  const remember = () => Promise.resolve();
  return { owner: { installation: 'i', rollout }, nowMs: Date.now(), kept: null, remember };
}

function makeDaemon(name: string, owners: number, lock?: string): void {
  const container = { name: 'kured', image: 'kured', args: [`--concurrency=${owners}`] };
  const labels = { app: name };
  world.sim.objects.create('daemonsets', {
    metadata: { name, namespace: 'default', ...(lock === undefined ? {} : { annotations: { [KEY]: lock } }) },
    // It has no pods here: no node has such a label.
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { nodeSelector: { none: 'none' }, containers: [container] } },
    },
  });
}

const lockOn = (name: string) => world.sim.objects.get('daemonsets', 'default', name)?.metadata.annotations?.[KEY];

async function ask(
  daemonSet: string,
  moment: 'claim' | 'reboot',
  settings = settingsFor(daemonSet),
): Promise<GateVerdict> {
  const facts = await kuredGate.gather(settings, sources(), null);
  const question = { moment, nowMs: Date.now(), rollout: 'r1', cluster, nodes: new Map(), node: null };
  return kuredGate.judge(settings, facts, question);
}

/** Each takes its turns, all at the same time; tells when both were inside at once, or kured too often. */
async function contend(name: string, owners: number): Promise<string[]> {
  makeDaemon(name, owners);
  const seen = { ours: false, kured: 0, wrong: [] as string[], turns: 0 };
  const look = () => {
    if (seen.ours && seen.kured > 0) seen.wrong.push('both at once');
    if (seen.kured > owners) seen.wrong.push(`${seen.kured} nodes of kured at once`);
  };
  const us = async () => {
    while (seen.turns < TURNS) {
      if ((await kuredHold.take(settingsFor(name), sources(), memory())) === null) {
        seen.ours = true;
        look();
        // Renewed in the midst, as it is while a node is away.
        expect(await kuredHold.take(settingsFor(name), sources(), memory())).toBe(null);
        look();
        seen.ours = false;
        seen.turns += 1;
        await kuredHold.release(settingsFor(name), sources(), memory());
      }
      await breath();
    }
  };
  const kured = async (node: string) => {
    const place = { url: world.sim.url, namespace: 'default', daemonSet: name };
    const daemon = new KuredStandIn(place, node, owners);
    for (let turns = 0; turns < TURNS; ) {
      if (await daemon.acquire()) {
        seen.kured += 1;
        look();
        await breath();
        look();
        seen.kured -= 1;
        turns += 1;
        await daemon.release();
      }
      await breath();
    }
  };
  await Promise.all([us(), kured('n1'), kured('n2'), kured('n3')]);
  return seen.wrong;
}

describe("kured's lock", () => {
  it(`is never held by kured and by us at once, in ${RUNS} contended runs of both formats`, async () => {
    for (let from = 0; from < RUNS; from += 10) {
      const runs = Array.from({ length: 10 }, (_, index) => contend(`kured-${from + index}`, 1 + ((from + index) % 3)));
      for (const run of await Promise.all(runs)) expect(run).toEqual([]);
    }
  }, 120_000);

  it('that is ours changes its format with the daemon', async () => {
    makeDaemon('changing', 1);
    await kuredHold.take(settingsFor('changing'), sources(), memory());
    expect(JSON.parse(lockOn('changing') ?? '')).toMatchObject({ nodeID: 'nodetide:r1' });
    const container = { name: 'kured', image: 'kured', env: [{ name: 'KURED_CONCURRENCY', value: '2' }] };
    world.sim.objects.patch('daemonsets', 'default', 'changing', {
      spec: { template: { spec: { containers: [container] } } },
    });
    await kuredHold.take(settingsFor('changing'), sources(), memory());
    expect(JSON.parse(lockOn('changing') ?? '')).toMatchObject({
      maxOwners: 2,
      locks: [{ nodeID: 'nodetide:r1:1' }, { nodeID: 'nodetide:r1:2' }],
    });
    await kuredHold.release(settingsFor('changing'), sources(), memory());
    expect(lockOn('changing')).toBe('{"maxOwners":2,"locks":[]}');
  });

  it('of an administrator, and one that cannot be read, is left as it is', async () => {
    for (const [name, lock] of [
      ['manual', '{"nodeID":"manual"}'],
      ['broken', '{"nodeID":'],
    ] as const) {
      makeDaemon(name, 1, lock);
      expect(await kuredHold.take(settingsFor(name), sources(), memory())).toMatch(
        /manual|cannot be read: it is no JSON/,
      );
      expect(await ask(name, 'claim')).toMatchObject({ open: false });
      await kuredHold.release(settingsFor(name), sources(), memory());
      expect(lockOn(name)).toBe(lock);
    }
  });

  it('whose holder is gone is free when its time is over', async () => {
    const gone = { nodeID: 'n9', created: new Date(Date.now() - 60_000).toISOString() };
    makeDaemon('gone', 1, JSON.stringify({ ...gone, TTL: 30e9 }));
    expect(await ask('gone', 'claim')).toEqual({ open: true });
    expect(await kuredHold.take(settingsFor('gone'), sources(), memory())).toBe(null);
    makeDaemon('gone-for-ever', 1, JSON.stringify(gone));
    expect(await ask('gone-for-ever', 'claim')).toMatchObject({
      open: false,
      reasons: [expect.stringContaining('n9')],
    });
  });

  it('of ours that expired after a crash keeps us from rebooting until it is ours again', async () => {
    makeDaemon('crashed', 1);
    const short = settingsFor('crashed', 1);
    await kuredHold.take(short, sources(), memory());
    const kured = new KuredStandIn({ url: world.sim.url, namespace: 'default', daemonSet: 'crashed' }, 'n1', 1);
    while (!(await kured.acquire())) await breath();
    expect(await ask('crashed', 'reboot')).toMatchObject({ open: false, reasons: [expect.stringContaining('n1')] });
    expect(await kuredHold.take(settingsFor('crashed'), sources(), memory())).toContain('n1');
    await kured.release();
    expect(await ask('crashed', 'reboot')).toMatchObject({
      open: false,
      reasons: [expect.stringContaining('not ours')],
    });
    expect(await ask('crashed', 'claim')).toEqual({ open: true });
    expect(await kuredHold.take(settingsFor('crashed'), sources(), memory())).toBe(null);
    expect(await ask('crashed', 'reboot')).toEqual({ open: true });
    expect(await kured.acquire()).toBe(false);
  });

  it('is nothing to wait for where there is no kured', async () => {
    expect(await ask('nobody', 'claim')).toEqual({ open: true });
    expect(await kuredHold.take(settingsFor('nobody'), sources(), memory())).toBe(null);
  });
});
