import { expect, it } from 'vitest';
import { EXIT } from '../../services/cli/exit.ts';
import { stepJobId } from '../../shared/domain/names.ts';
import { onceFor } from '../helpers/edit-fleet.ts';
import { rehearse } from '../helpers/rehearsal.ts';
import { tinyWorld } from '../helpers/simulation.ts';
import { judgedFleet, judgeWorld } from '../helpers/world-judge.ts';

const WORLD = tinyWorld({
  nodes: 4,
  waves: [
    [1, 4],
    [2, 3],
  ],
  concurrency: 2,
  change: { 'node-1': { faults: { neverReturns: true } }, 'node-2': { newKernel: null } },
});

it('holds everything when a host does not come back, and goes on when it is repaired and retried', async () => {
  const steps = onceFor('60s');
  const reboot = { upTimeout: '6s' };
  const rehearsal = await rehearse(WORLD, { defaults: { policy: { steps, reboot } } });
  const { sim, files, acts, status } = rehearsal;
  const up = await rehearsal.up();

  const run = await rehearsal.run('run', '-f', files.fleetFile, '--yes', '--plain');
  expect(run.code, run.stdout + run.stderr).toBe(EXIT.waiting);
  const stuck = await status();
  expect([stuck.state, stuck.counts]).toEqual([
    'waiting-on-person',
    expect.objectContaining({ failed: 1, pending: 2 }),
  ]);
  const { slot, steps: at, ...node } = stuck.nodes['dev/node-1'] ?? {};
  expect([node, slot]).toEqual([expect.objectContaining({ state: 'failed', step: 'reboot' }), expect.any(String)]);
  expect(at?.reboot.failure).toMatchObject({
    code: 'host-did-not-return',
    message: 'node-1 went down for its reboot and did not return',
    seen: expect.stringMatching(/ordered .* under boot id .*no answer: host-refused-connection/),
    todo: expect.stringMatching(/\S/),
  });

  const before = acts();
  const queue = (name: string) => `${up.url}/api/queues/${name}`;
  const job = (step: 'reboot' | 'verify') => `${queue(step)}/${stepJobId(stuck.id, 'dev', 'node-1', 1, step)}`;
  const put = async (address: string) => (await fetch(address, { method: 'PUT' })).status;
  const harmful = [
    `${job('reboot')}/clean`,
    `${job('verify')}/clean`,
    `${queue('reboot')}/clean/failed`,
    `${queue('reboot')}/retry/failed`,
    `${queue('verify')}/empty`,
    `${queue('slot')}/obliterate`,
    `${job('verify')}/remove-unprocessed-children`,
  ];
  expect(await Promise.all(harmful.map(put))).toEqual(harmful.map(() => 403));
  // Whatever they had let loose would begin before this rollout is seen as waiting once more.
  expect((await rehearsal.run('status', '-f')).code).toBe(EXIT.waiting);
  expect(acts()).toEqual(before);
  // The second wave has not begun.
  expect(before.filter(act => /node-[34]/.test(act) && /upgrade|cordon/.test(act))).toEqual([]);

  const { host, setFaults } = sim.host('dev', 'node-1');
  await setFaults({ neverReturns: false });
  await host.powerOn();
  expect(await put(`${job('reboot')}/retry`)).toBe(204);
  const rest = await rehearsal.run('status', '-f');
  expect(rest.code, rest.stdout + rest.stderr).toBe(EXIT.done);
  const done = await status();
  expect([done.state, done.counts.done]).toEqual(['done', 4]);
  expect(judgeWorld(judgedFleet(WORLD), sim.world.entries)).toEqual([]);
  expect(acts('reboot').filter(act => act.endsWith('node-1'))).toHaveLength(1);

  up.process.kill('SIGTERM');
  expect((await up.process.ended).code).toBe(EXIT.done);
});
