import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { EXIT } from '../../services/cli/exit.ts';
import { runCli } from '../helpers/cli.ts';
import { type FarmOptions, startFarmCluster } from '../helpers/farm-cluster.ts';
import { judgeWorld } from '../helpers/world-judge.ts';

const KERNEL = { name: 'linux-image-6.1.0-2-amd64', from: '6.1.1-1', to: '6.1.2-1', kernel: '6.1.0-2-amd64' };
const TOOL = { name: 'openssl', from: '3.0.1', to: '3.0.2' };
const WAVES = [
  { sequences: [1, 3], concurrency: 2 },
  { sequences: [2], concurrency: 1 },
];
const HOSTS = [
  { name: 'one', sequence: 1, pending: [KERNEL, TOOL] },
  { name: 'two', sequence: 3, pending: [KERNEL] },
  { name: 'three', sequence: 1, pending: [TOOL] },
  { name: 'four', sequence: 2, pending: [KERNEL] },
  { name: 'five', sequence: 2, pending: [TOOL, KERNEL] },
  { name: 'six', sequence: 2 },
];

const OPTIONS: FarmOptions = {
  hosts: HOSTS.map(host => ({ ...host, cluster: 'farm' })),
  waves: WAVES,
  replicas: 6,
  policy: { maxUnavailable: 2, recoverySoak: '100ms', verify: { soak: '100ms' } },
};

it('carries a rollout out over OpenSSH with strict host keys', async () => {
  const { farm, api, fleetFile, world, stop } = await startFarmCluster(OPTIONS);
  onTestFinished(stop);
  const data = join(farm.dir, 'redis');

  const run = await runCli(['run', '-f', fleetFile, '--data', data, '--yes', '--plain']);
  expect(run.code, run.stdout + run.stderr).toBe(EXIT.done);
  const acts = await world();
  expect(judgeWorld({ stages: [['farm']], clusters: { farm: { waves: WAVES, kubernetes: true } } }, acts)).toEqual([]);
  const did = (act: string) => acts.filter(entry => entry.act === act).map(entry => entry.node);
  expect(did('upgraded').sort()).toEqual(['five', 'four', 'one', 'three', 'two']);
  expect(did('reboot').sort()).toEqual(['five', 'four', 'one', 'two']);
  // The second sequence is the second wave; the host with nothing to do is not even cordoned.
  expect([did('cordon').slice(0, 3).sort(), did('cordon').slice(3).sort()]).toEqual([
    ['one', 'three', 'two'],
    ['five', 'four'],
  ]);
  expect(new Set(did('evict')).size).toBeGreaterThan(0);
  const infos = api.objects.list('nodes').map(node => node['status']);
  const rebooted = expect.objectContaining({ kernelVersion: '6.1.0-2-amd64' });
  expect(infos).toEqual(expect.arrayContaining([expect.objectContaining({ nodeInfo: rebooted })]));
});

it('touches no host whose key is not the known one', async () => {
  const hosts = OPTIONS.hosts.slice(2, 4);
  const { farm, fleetFile, world, stop } = await startFarmCluster({ ...OPTIONS, hosts, replicas: 1 });
  onTestFinished(stop);
  const file = join(farm.dir, 'known_hosts');
  const [three = '', four = ''] = (await readFile(file, 'utf8')).split('\n').map(line => line.split(' ')[2]);
  await writeFile(file, (await readFile(file, 'utf8')).replace(three, four));

  const place = ['--data', join(farm.dir, 'redis')];
  const run = await runCli(['run', '-f', fleetFile, '--yes', '--plain', ...place]);
  expect(run.code, run.stdout + run.stderr).toBe(EXIT.waiting);
  expect(run.stderr).toMatch(/farm\/three.*failed in drain/);
  const status = JSON.parse((await runCli(['status', '-o', 'json', ...place])).stdout);
  expect(status.nodes['farm/three'].steps.drain.failure).toMatchObject({ code: 'host-key-changed', retryable: false });
  expect(status.nodes['farm/four'].state).toBe('pending');
  expect(await world()).toEqual([]);
});
