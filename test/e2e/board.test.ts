import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { EXIT } from '../../services/cli/exit.ts';
import { runCli, startCli } from '../helpers/cli.ts';
import { kickstart, tinyWorld } from '../helpers/simulation.ts';

it('resumes a failed node from Bull Board, which refuses to remove its job', async () => {
  const faults = { upgradeFails: { times: 1, exitCode: 100 } };
  const simulation = await kickstart(tinyWorld({ change: { 'node-1': { faults } } }));
  onTestFinished(() => simulation.close());
  const folder = await mkdtemp(join(tmpdir(), 'nodetide-board-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const data = join(folder, 'redis');

  const up = startCli(['up', '--data', data, '--port', '0']);
  const url = /http:\S+/.exec(await up.line(/^nodetide is up/))?.[0] ?? '';
  const run = await runCli(['run', '-f', simulation.files.fleetFile, '--data', data, '--yes']);
  expect(run.code, run.stdout + run.stderr).toBe(EXIT.waiting);

  const [{ id }] = JSON.parse((await runCli(['list', '--data', data, '-o', 'json'])).stdout) as [{ id: string }];
  const job = `${url}/api/queues/upgrade/${id}_dev_node-1_r1_upgrade`;
  const ask = async (path: string): Promise<number> => (await fetch(`${job}${path}`, { method: 'PUT' })).status;
  expect([await ask('/clean'), await ask('/promote')]).toEqual([403, 409]);
  const failed = simulation.acts('upgrade', 'reboot');
  expect(await ask('/retry')).toBe(204);

  const watch = await runCli(['status', '-f', '--data', data]);
  expect(watch.code, watch.stdout + watch.stderr).toBe(EXIT.done);
  expect(watch.stdout).toContain('retried by local (Bull Board)');
  expect([failed, simulation.acts('upgrade', 'reboot')]).toEqual([
    ['upgrade node-1'],
    ['upgrade node-1', 'upgrade node-1', 'reboot node-1'],
  ]);
  expect(await ask('/retry')).toBe(403);
  up.kill('SIGTERM');
  expect((await up.ended).code).toBe(EXIT.done);
});
