import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { EXIT } from '../../services/cli/exit.ts';
import type { RolloutStatus } from '../../shared/domain/status.ts';
import { editFleet, onceFor } from '../helpers/edit-fleet.ts';
import { rehearse } from '../helpers/rehearsal.ts';
import { tinyWorld } from '../helpers/simulation.ts';

const DAEMONS_ONLY = { workloads: [{ kind: 'DaemonSet', name: 'proxy' } as const] };

/** State, step and code of a node's failure, and whether it says what happened and what to do. */
function failureOf(status: RolloutStatus, node: string) {
  const { state, step, steps } = status.nodes[`dev/${node}`] ?? {};
  const failure = step ? steps?.[step].failure : null;
  return [state, step, failure?.code, Boolean(failure?.message && failure.todo)];
}

it('names what is wrong with each node, and disturbs no other', async () => {
  const faults = {
    'node-1': { sudoAsks: true },
    'node-2': { upgradeFails: { times: 9, exitCode: 100 } },
    'node-3': { rebootIgnored: true },
    'node-4': { kubeletStaysDown: true },
    'node-5': { connect: 'refuse' as const },
  };
  const change = {
    ...Object.fromEntries(Object.entries(faults).map(([node, each]) => [node, { faults: each }])),
    'node-8': { unschedulable: true },
  };
  const world = tinyWorld({ nodes: 8, concurrency: 8, change, cluster: DAEMONS_ONLY });
  const steps = { ...onceFor('60s'), verify: { timeout: '40s', attempts: 1 } };
  const reboot = { downTimeout: '15s', upTimeout: '45s' };
  const rehearsal = await rehearse(world, { failureBudget: 8, defaults: { policy: { steps, reboot } } });
  const { sim, files } = rehearsal;
  // node-6 answers with another key than the one that is known.
  const known = await readFile(files.knownHosts, 'utf8');
  const [right, wrong] = ['node-6', 'node-7'].map(name => sim.host('dev', name).knownHostsLine.split(' '));
  await writeFile(files.knownHosts, known.replace(right?.[2] ?? '?', wrong?.[2] ?? '?'));

  const run = await rehearsal.run('run', '-f', files.fleetFile, '--yes', '--plain');
  expect(run.code, run.stdout + run.stderr).toBe(EXIT.waiting);
  const status = await rehearsal.status();
  expect(['node-1', 'node-2', 'node-3', 'node-4', 'node-5', 'node-6'].map(node => failureOf(status, node))).toEqual([
    ['failed', 'drain', 'sudo-asks-password', true],
    ['failed', 'upgrade', 'packages-set-up-failed', true],
    ['failed', 'reboot', 'reboot-did-nothing', true],
    ['failed', 'verify', 'verify-failed', true],
    ['failed', 'drain', 'host-refused-connection', true],
    ['failed', 'drain', 'host-key-changed', true],
  ]);
  expect(['node-7', 'node-8'].map(node => status.nodes[`dev/${node}`]?.state)).toEqual(['done', 'skipped']);
  expect(status.nodes['dev/node-8']?.reason).toMatch(/cordon/);
  expect(run.stderr).toContain('node-4');

  const untouched = new Set(['node-1', 'node-5', 'node-6', 'node-8']);
  const did = sim.world.entries.filter(({ act }) => act !== 'podGone' && act !== 'evict');
  expect(did.filter(({ node }) => untouched.has(node))).toEqual([]);
  const unschedulable = (node: string) => sim.clusters.get('dev')?.objects.get('nodes', '', node)?.['spec'];
  expect([unschedulable('node-8'), unschedulable('node-3'), unschedulable('node-7')]).toEqual([
    expect.objectContaining({ unschedulable: true }),
    expect.objectContaining({ unschedulable: true }),
    expect.not.objectContaining({ unschedulable: true }),
  ]);
});

it("leaves an administrator's cordon, and says when the API server is gone", async () => {
  const change = { 'node-1': { unschedulable: true } };
  const world = tinyWorld({ change, cluster: { ...DAEMONS_ONLY, rollout: { waves: [{ sequences: [1] }] } } });
  const steps = { ...onceFor('60s'), verify: { timeout: '12s', attempts: 1 } };
  const policy = { cordonedByOthers: 'keep-cordoned', steps };
  const rehearsal = await rehearse(world, { defaults: { policy } });
  const { sim, files } = rehearsal;
  const api = sim.clusters.get('dev');

  const run = rehearsal.start('run', '-f', files.fleetFile, '--yes', '--plain');
  await Promise.race([rehearsal.act('reboot'), run.ended]);
  await api?.stop();
  expect((await run.ended).code, run.stdout + run.stderr).toBe(EXIT.waiting);
  const status = await rehearsal.status();
  expect(failureOf(status, 'node-1')).toEqual(['failed', 'verify', 'verify-failed', true]);
  expect(status.nodes['dev/node-1']?.steps.verify.failure?.seen).toMatch(/ECONNREFUSED/);

  await api?.start();
  expect((await rehearsal.run('retry', 'node-1')).code).toBe(EXIT.done);
  const rest = await rehearsal.run('run', '--resume', status.id, '--plain');
  expect(rest.code, rest.stdout + rest.stderr).toBe(EXIT.done);
  expect(api?.objects.get('nodes', '', 'node-1')?.['spec']).toMatchObject({ unschedulable: true });
  const acts = sim.world.entries.map(({ act }) => act);
  expect([acts.includes('cordon'), acts.includes('uncordon'), acts.filter(act => act === 'reboot')]).toEqual([
    false,
    false,
    ['reboot'],
  ]);
});

it('does not start what is wrong or cannot be reached', async () => {
  const rehearsal = await rehearse(tinyWorld({ nodes: 2 }));
  const { sim, files } = rehearsal;
  await sim.clusters.get('dev')?.stop();
  const gone = await rehearsal.run('run', '-f', files.fleetFile, '--yes');
  expect([gone.code, gone.stderr]).toEqual([EXIT.cannotConnect, expect.stringContaining('dev')]);

  await editFleet(files.fleetFile, { failureBudgett: 1, clusters: { dev: { waves: [{ sequences: [] }] } } });
  const wrong = await rehearsal.run('run', '-f', files.fleetFile, '--yes');
  expect(wrong.code).toBe(EXIT.badInput);
  expect(wrong.stderr).toMatch(/fleet\.yaml:\d+:\d+.*failureBudgett/);
  expect(wrong.stderr.split('\n').filter(line => /fleet\.yaml:\d+:\d+/.test(line)).length).toBeGreaterThan(1);

  expect(JSON.parse((await rehearsal.run('list', '-o', 'json')).stdout)).toEqual([]);
  expect(sim.world.entries).toEqual([]);
});
