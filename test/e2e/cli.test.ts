import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EXIT } from '../../services/cli/exit.ts';
import { runCli, startCli } from '../helpers/cli.ts';
import { kickstart, type TestSimulation, type TinyWorld, tinyWorld } from '../helpers/simulation.ts';

async function tinySimulation(world: TinyWorld = {}): Promise<TestSimulation> {
  const simulation = await kickstart(tinyWorld(world));
  onTestFinished(() => simulation.close());
  return simulation;
}

/** A folder for a Redis of the test's own. */
async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nodetide-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'redis');
}

describe('nodetide run', () => {
  it('carries a rollout out, and the others tell of it afterwards', async () => {
    const { files, acts } = await tinySimulation({ nodes: 2, waves: [[1], [2]] });
    const data = await dataFolder();
    const run = await runCli(['run', '-f', files.fleetFile, '--data', data, '--yes']);
    expect(run.stderr).toBe('');
    expect(run.code).toBe(EXIT.done);
    expect(run.stdout).toMatch(/rollout r-\S+ done in \S+: 2 of 2 nodes done/);
    expect(acts('reboot')).toEqual(['reboot node-1', 'reboot node-2']);

    const list = await runCli(['list', '--data', data, '-o', 'json']);
    expect(JSON.parse(list.stdout)).toMatchObject([{ state: 'done', nodes: { total: 2, done: 2, failed: 0 } }]);
    const logs = await runCli(['logs', 'node-1', '--data', data]);
    expect(logs.stdout).toContain('── upgrade (done, round 1)');
    const status = await runCli(['status', '--data', data]);
    expect([status.code, status.stdout]).toEqual([EXIT.done, expect.stringContaining('2/2 nodes')]);
  });

  it('ends with 3 at a failure; after a retry it is gone on with and ends well', async () => {
    const faults = { upgradeFails: { times: 1, exitCode: 100 } };
    const { files } = await tinySimulation({ nodes: 2, waves: [[1], [2]], change: { 'node-1': { faults } } });
    const data = await dataFolder();
    const run = await runCli(['run', '-f', files.fleetFile, '--data', data, '--yes']);
    expect(run.code).toBe(EXIT.waiting);
    expect(run.stderr).toContain('dev/node-1: failed in upgrade');

    expect((await runCli(['status', '--data', data])).code).toBe(EXIT.waiting);
    const retry = await runCli(['retry', 'node-1', '--data', data, '--reason', 'mended']);
    expect([retry.code, retry.stderr]).toEqual([EXIT.done, expect.stringContaining('no engine is running')]);
    const resumed = await runCli(['run', '--resume', 'r-', '--data', data]);
    expect(resumed.code, resumed.stdout + resumed.stderr).toBe(EXIT.done);
    expect(resumed.stdout).not.toContain('created by');
  });

  it('stops at Ctrl-C, says where the nodes are, and goes on with --resume', async () => {
    const { files, acts } = await tinySimulation({ nodes: 2, waves: [[1], [2]] });
    const data = await dataFolder();
    const run = startCli(['run', '-f', files.fleetFile, '--data', data, '--yes']);
    await run.line(/node-1 {2}upgrade started/);
    run.kill('SIGINT');
    expect(await run.ended).toEqual({ code: EXIT.interrupted, signal: null });
    expect(run.stdout).toContain('  dev/node-1: ');
    expect(run.stdout).toContain('nodetide run --resume r-');

    const resumed = await runCli(['run', '--resume', 'r-', '--data', data]);
    expect(resumed.code, resumed.stdout + resumed.stderr).toBe(EXIT.done);
    expect(acts('upgrade')).toEqual(['upgrade node-1', 'upgrade node-2']);
  });

  it('leaves the rollout to an engine elsewhere', async () => {
    const { files } = await tinySimulation();
    const data = await dataFolder();
    const nobody = await runCli(['run', '-f', files.fleetFile, '--data', data, '--yes', '--detach']);
    expect([nobody.code, nobody.stderr]).toEqual([EXIT.badInput, expect.stringContaining('no engine runs')]);

    const up = startCli(['up', '--data', data, '--port', '0']);
    await up.line(/^nodetide is up/);
    const run = await runCli(['run', '-f', files.fleetFile, '--data', data, '--yes', '--detach']);
    // The only node of its cluster: its pods are down meanwhile.
    const note = 'note: the preflight has 1 warning (boundToNode); nodetide plan --preflight tells more\n';
    expect([run.code, run.stderr]).toEqual([EXIT.done, note]);
    expect((await runCli(['status', '-f', '--data', data])).code).toBe(EXIT.done);
    up.kill('SIGTERM');
    expect((await up.ended).code).toBe(EXIT.done);
  });

  it('does not start what it cannot ask about, or what is wrong', async () => {
    const { files } = await tinySimulation();
    const data = await dataFolder();
    const unasked = await runCli(['run', '-f', files.fleetFile, '--data', data]);
    expect([unasked.code, unasked.stderr]).toEqual([EXIT.badInput, expect.stringContaining('say --yes')]);
    const missing = await runCli(['run', '-f', '/nowhere/fleet.yaml', '--data', data, '--yes']);
    expect(missing.code).toBe(EXIT.badInput);
    expect((await runCli(['list', '--data', data, '-o', 'json'])).stdout.trim()).toBe('[]');
  });
});

describe('nodetide doctor', () => {
  it('finds nothing wrong with a healthy fleet', async () => {
    const { files } = await tinySimulation({ nodes: 2 });
    const doctor = await runCli(['doctor', '-f', files.fleetFile, '-o', 'json']);
    const findings = JSON.parse(doctor.stdout) as { where: string; check: string; verdict: string }[];
    expect(findings.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
    const checks = findings.filter(({ where }) => where === 'dev/node-1').map(({ check }) => check);
    expect(checks).toEqual(['SSH', 'root', 'clock', 'identity']);
    expect(doctor.code).toBe(EXIT.done);
  });

  it('says what is wrong, and ends with 5 when a host cannot be reached', async () => {
    const { files } = await tinySimulation({
      nodes: 3,
      change: { 'node-1': { faults: { connect: 'refuse' } }, 'node-2': { faults: { sudoAsks: true } } },
    });
    const doctor = await runCli(['doctor', '-f', files.fleetFile, '-o', 'json']);
    const findings = JSON.parse(doctor.stdout) as { where: string; verdict: string }[];
    const wrong = findings.filter(({ verdict }) => verdict !== 'ok').map(({ where, verdict }) => [where, verdict]);
    expect(wrong).toEqual([
      ['dev/node-1', 'unreachable'],
      ['dev/node-2', 'failed'],
    ]);
    expect(doctor.code).toBe(EXIT.cannotConnect);
  });
});
