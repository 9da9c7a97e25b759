import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { EXIT } from '../../services/cli/exit.ts';
import type { WorldSpec } from '../../services/simulator/main.ts';
import { runCli } from '../helpers/cli.ts';
import { kickstart } from '../helpers/simulation.ts';
import { readWorldLog } from '../helpers/world-file.ts';
import { judgedFleet, judgeWorld } from '../helpers/world-judge.ts';

type Cluster = WorldSpec['clusters'][string];
const WAVES = [[1, 4], [2, 5], [3, 6], [7]];
const PODS = { podStopMs: 20, podStartMs: 20, notReadyAfterMs: 50, kubeletReportMs: 20, heartbeatMs: 200 };

/**
 * Nodes `NAME-1` … with the sequences given; every fourth has nothing to do, every fifth needs no reboot; the last
 * three are control-plane nodes in clusters of five and more.
 */
function cluster(name: string, sequences: readonly number[], concurrency: number): Cluster {
  return {
    nodes: sequences.map((sequence, index) => ({
      name: `${name}-${index + 1}`,
      sequence,
      roles: [sequences.length >= 5 && index >= sequences.length - 3 ? 'control-plane' : 'worker'],
      ...(index % 4 === 3 && { newKernel: null }),
      ...(index % 5 === 4 && { newKernel: null, upgrades: [{ name: 'curl', from: '1', to: '2' }] }),
    })),
    workloads: [
      { kind: 'DaemonSet', name: 'proxy' },
      { kind: 'Deployment', name: 'web', replicas: sequences.length },
    ],
    pdbs: [{ name: 'web', matchLabels: { app: 'web' }, maxUnavailable: '34%' }],
    timings: PODS,
    rollout: { waves: WAVES.map(wave => ({ sequences: wave, concurrency })), maxUnavailable: concurrency },
  };
}

const WORLD: WorldSpec = {
  name: 'ordered',
  stages: [
    { name: 'dev', clusters: ['dev'] },
    { name: 'staging', clusters: ['staging'] },
    { name: 'production', clusters: ['east', 'west'] },
  ],
  defaults: { timings: { upgradeMs: 100, refreshMs: 5, shutdownMs: 20, bootMs: 100 } },
  clusters: {
    dev: cluster('dev', [1, 4, 2, 7], 2),
    staging: cluster('staging', [4, 2, 5, 3], 1),
    east: cluster('east', [1, 1, 4, 4, 5, 6, 7], 3),
    west: cluster('west', [3, 5, 6, 1, 2], 2),
  },
};

it('keeps the order of stages and waves and all limits, as the world itself tells it', async () => {
  const simulation = await kickstart(WORLD);
  onTestFinished(() => simulation.close());
  const data = join(simulation.folder, 'redis');
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  const { fleetFile, worldFile } = simulation.files;

  const run = await runCli(['run', '-f', fleetFile, '--data', data, '--yes', '--plain']);
  expect(run.code, run.stdout + run.stderr).toBe(EXIT.done);

  const world = await readWorldLog(worldFile);
  expect(judgeWorld(judgedFleet(WORLD), world)).toEqual([]);
  // The judge sees only what was done; this is what had to be done.
  const all = Object.values(WORLD.clusters).flatMap(({ nodes }) => nodes);
  const names = (wanted: (node: (typeof all)[number]) => boolean) =>
    all
      .filter(wanted)
      .map(node => node.name)
      .sort();
  const did = (act: string) =>
    world
      .filter(entry => entry.act === act)
      .map(entry => entry.node)
      .sort();
  expect(did('upgraded')).toEqual(names(node => node.newKernel !== null || node.upgrades !== undefined));
  expect(did('reboot')).toEqual(names(node => node.newKernel !== null));
  const pods = world.filter(entry => entry.act === 'reboot').map(entry => entry.detail['podsLeft']);
  expect(new Set(pods.map(left => JSON.stringify(left)))).toEqual(new Set(['[]']));
});
