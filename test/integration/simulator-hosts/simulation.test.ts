import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { demoWorld } from '../../../services/simulator/main.ts';
import { loadFleet } from '../../../shared/config/load.ts';
import { kickstart, type TestSimulation, tinyWorld } from '../../helpers/simulation.ts';

const run = promisify(execFile);
let running: TestSimulation | null = null;
const start = async (...args: Parameters<typeof kickstart>) => {
  running = await kickstart(...args);
  return running;
};
afterEach(async () => {
  await running?.close();
  running = null;
});

it('writes a fleet file that is right, a key only its owner reads, and an ssh_config that works', async () => {
  const { files, sim } = await start(tinyWorld({ nodes: 2, waves: [[1], [2]] }));
  expect(loadFleet(files.fleetFile).problems).toEqual([]);
  expect(statSync(files.keyFile).mode & 0o777).toBe(0o600);
  const { stdout } = await run('ssh', ['-F', files.sshConfig, 'node-2.dev', 'cat /proc/sys/kernel/random/boot_id']);
  expect(stdout.trim()).toBe(sim.host('dev', 'node-2').host.bootId);
});

it('shows the same machine over SSH and as a Node, before and after a reboot', async () => {
  const { sim, files, act, acts } = await start();
  const api = sim.clusters.get('dev');
  const info = () => {
    const status = api?.objects.get('nodes', '', 'node-1')?.['status'] as { nodeInfo: Record<string, string> };
    return status.nodeInfo;
  };
  const { host } = sim.host('dev', 'node-1');
  expect(info()).toMatchObject({ bootID: host.bootId, kernelVersion: '6.1.0-27-amd64' });
  const text = 'sudo -n apt-get -y -qq dist-upgrade && sudo -n systemctl reboot';
  await run('ssh', ['-F', files.sshConfig, 'node-1', text]).catch(() => {});
  await act('ready');
  expect(info()).toMatchObject({ bootID: host.bootId, kernelVersion: '6.1.0-28-amd64' });
  expect(acts('upgrade', 'upgraded', 'reboot', 'down', 'up', 'notReady', 'ready')).toEqual(
    ['upgrade', 'upgraded', 'reboot', 'down', 'notReady', 'up', 'ready'].map(kind => `${kind} node-1`),
  );
  const written = readFileSync(files.worldFile, 'utf8').trimEnd().split('\n');
  expect(written.map(line => JSON.parse(line) as unknown)).toEqual(sim.world.entries);
  expect(sim.world.entries.every(entry => entry.sequence === 1)).toBe(true);
});

it('starts the demo: 38 hosts that answer, 3 APIs, a right fleet file', async () => {
  const { sim, files } = await start(demoWorld());
  expect(sim.hosts().length).toBe(38);
  expect(loadFleet(files.fleetFile)).toMatchObject({ problems: [] });
  for (const [name, cluster] of sim.clusters) {
    expect(cluster.objects.list('nodes').length).toBe(sim.spec.clusters[name]?.nodes.length);
  }
  const { stdout } = await run('ssh', ['-F', files.sshConfig, 'production-worker-21', 'hostname']);
  expect(stdout).toBe('production-worker-21\n');
});

it('has hosts without Kubernetes', async () => {
  const { sim, files } = await start(tinyWorld({ cluster: { kubernetes: false, workloads: [] } }));
  expect(sim.clusters.size).toBe(0);
  expect(loadFleet(files.fleetFile).problems).toEqual([]);
});
