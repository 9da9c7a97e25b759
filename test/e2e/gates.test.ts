import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { EXIT } from '../../services/cli/exit.ts';
import { rehearse } from '../helpers/rehearsal.ts';
import { tinyWorld } from '../helpers/simulation.ts';

/** Prints what `ceph status` and `ceph osd tree` print as JSON, by whether a file is there. A pretended Ceph: its answers are written by hand. */
const CEPH = (folder: string) => `#!/bin/sh
[ "$1" != osd ] || { printf '{"nodes":[],"stray":[]}\\n'; exit; }
if [ -e ${folder}/whole ]; then severity=HEALTH_OK checks= state=active+clean
else severity=HEALTH_WARN checks='"OSD_DOWN":{"severity":"HEALTH_WARN","summary":{"message":"1 osds down","count":1},"muted":false}' state=active+undersized; fi
printf '{"health":{"status":"%s","checks":{%s},"mutes":[]},"pgmap":{"pgs_by_state":[{"state_name":"%s","count":33}],"num_pgs":33}}\\n' "$severity" "$checks" "$state"
`;

/** Says 503 until it is well. */
async function httpServer() {
  const state = { well: false };
  const server = createServer((_request, response) => {
    response.writeHead(state.well ? 200 : 503).end();
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(async () => {
    await new Promise(resolve => server.close(resolve));
  });
  return { state, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

it('gates of several kinds, closed and opened one after another, hold a rollout of the simulated fleet', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nodetide-gates-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'ceph'), CEPH(folder));
  const { state, url } = await httpServer();
  const gates = [
    { kind: 'command', name: 'own', command: `[ -e ${folder}/own ] || { echo the change is not approved; exit 1; }` },
    { kind: 'http', name: 'shop', url },
    { kind: 'ceph', name: 'storage', command: `sh ${folder}/ceph` },
    { kind: 'pods', name: 'batch', selector: 'app=batch', where: 'anywhere' },
  ];
  const workloads = [{ kind: 'Deployment', name: 'batch', replicas: 1 } as const];
  const world = tinyWorld({ nodes: 2, cluster: { workloads } });
  const rehearsal = await rehearse(world, { defaults: { policy: { gates } } });
  const { sim } = rehearsal;
  const run = rehearsal.start('run', '-f', rehearsal.files.fleetFile, '--yes', '--plain');
  const shown = async () => {
    const { clusters } = await rehearsal.status();
    return clusters
      .flatMap(({ waves }) => waves.flatMap(({ waiting }) => waiting.flatMap(({ reasons }) => reasons)))
      .join('\n');
  };
  const opened = [
    { closed: 'own: the change is not approved; opens', open: () => writeFile(join(folder, 'own'), '') },
    { closed: 'shop: ', open: () => Promise.resolve(Object.assign(state, { well: true })) },
    { closed: 'storage: OSD_DOWN: 1 osds down', open: () => writeFile(join(folder, 'whole'), '') },
    {
      closed: 'batch: default/batch-',
      open: async () =>
        sim.clusters.get('dev')?.objects.patch('deployments', 'default', 'batch', { spec: { replicas: 0 } }),
    },
  ];
  await run.line(/batch: default\/batch-/);
  for (const { open } of opened) {
    const text = await shown();
    const left = opened.slice(opened.findIndex(each => each.open === open));
    for (const { closed } of left) expect(text).toContain(closed);
    expect(sim.world.entries.filter(({ act }) => act !== 'podGone')).toEqual([]);
    await open();
  }
  expect((await run.ended).code, run.stdout + run.stderr).toBe(EXIT.done);
  expect((await rehearsal.status()).counts).toMatchObject({ done: 2 });
});

it('the only control-plane node takes its API with it, and is brought to its end all the same', async () => {
  const change = { 'node-1': { roles: ['control-plane'] } };
  const workloads = [{ kind: 'DaemonSet', name: 'proxy' } as const];
  const world = tinyWorld({ nodes: 2, change, cluster: { workloads } });
  const rehearsal = await rehearse(world, { defaults: { policy: { allowControlPlaneOutage: true } } });
  const api = rehearsal.sim.clusters.get('dev');
  const run = rehearsal.start('run', '-f', rehearsal.files.fleetFile, '--yes', '--plain');
  await Promise.race([rehearsal.act('reboot', 'node-1'), run.ended]);
  await api?.stop();
  // The host is back long before its API server is.
  await Promise.race([run.line(/node-1\s+verify waits: not well yet: .*node/), run.ended]);
  await api?.start();
  expect((await run.ended).code, run.stdout + run.stderr).toBe(EXIT.done);
  const { nodes } = await rehearsal.status();
  expect(Object.values(nodes).map(({ state, steps }) => [state, steps.verify.attempt])).toEqual([
    ['done', 1],
    ['done', 1],
  ]);
});
