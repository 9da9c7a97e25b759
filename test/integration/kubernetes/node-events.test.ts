import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodeEvent } from '../../../shared/domain/node-event.ts';
import { kubeconfigFile } from '../../helpers/sim-clients.ts';
import { type SimApiWithClient, simCluster } from '../../helpers/sim-cluster.ts';

const run = promisify(execFile);
const signal = new AbortController().signal;
const here = await run('kubectl', ['version', '--client']).then(
  () => true,
  () => false,
);
if (!here) console.log('left out: there is no kubectl on this machine');

let world: SimApiWithClient;
let kubeconfig: { path: string; remove(): void };
beforeAll(async () => {
  world = await simCluster(['a', 'b']);
  kubeconfig = kubeconfigFile(world.sim);
});
afterAll(async () => {
  kubeconfig.remove();
  await world.close();
});

async function kubectl(...args: string[]): Promise<string> {
  const env = { ...process.env, KUBECONFIG: kubeconfig.path, HOME: kubeconfig.path.replace(/config$/, '') };
  return (await run('kubectl', args, { env })).stdout;
}

function post(reason: string, type: NodeEvent['type'], message: string): Promise<void> {
  const uid = world.sim.objects.get('nodes', '', 'a')?.metadata.uid ?? '';
  return world.api.postEvent({ node: 'a', uid, type, reason, message, by: 'ops-1' }, signal);
}

const stored = () =>
  world.sim.objects
    .list('events', 'default')
    .filter(each => each['reportingComponent'] === 'nodetide')
    .sort((a, b) => String(a['reason']).localeCompare(String(b['reason'])));

describe('Events on a Node, through the real client', () => {
  it('are written once for the same words, and counted', async () => {
    await post('Draining', 'Normal', 'rollout r-1 drains the node');
    await post('UpgradeFailed', 'Warning', 'dpkg was interrupted');
    for (let nth = 0; nth < 3; nth++) await post('UpgradeFailed', 'Warning', 'dpkg was interrupted');
    expect(stored().map(each => [each['reason'], each['type'], each['count']])).toEqual([
      ['Draining', 'Normal', 1],
      ['UpgradeFailed', 'Warning', 4],
    ]);
    expect(stored()[0]).toMatchObject({
      source: { component: 'nodetide', host: 'ops-1' },
      reportingComponent: 'nodetide',
      involvedObject: { kind: 'Node', name: 'a', apiVersion: 'v1' },
    });
  });

  it('are cut to what the API server takes', async () => {
    await post('Long', 'Normal', 'x'.repeat(2_000));
    expect(String(stored().find(each => each['reason'] === 'Long')?.['message'])).toHaveLength(1024);
  });

  it.skipIf(!here)('are shown by kubectl describe node', async () => {
    const text = await kubectl('describe', 'node', 'a');
    const events = text.slice(text.indexOf('Events:'));
    expect(events).toMatch(/Normal +Draining +\S+ +nodetide +rollout r-1 drains the node/);
    expect(events).toMatch(/Warning +UpgradeFailed +\S+ \(x4 over \S+\) +nodetide +dpkg was interrupted/);
    expect(await kubectl('describe', 'node', 'b')).not.toContain('nodetide');
  });

  it.skipIf(!here)('are shown by kubectl events --for node', async () => {
    const text = await kubectl('events', '--for', 'node/a');
    expect(text).toMatch(/Normal +Draining +Node\/a +rollout r-1 drains the node/);
  });
});
