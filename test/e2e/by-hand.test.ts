import { expect, it } from 'vitest';
import { EXIT } from '../../services/cli/exit.ts';
import { onceFor } from '../helpers/edit-fleet.ts';
import { rehearse } from '../helpers/rehearsal.ts';
import { tinyWorld } from '../helpers/simulation.ts';

it('takes nodes in hand: one is done anew, one is repaired and only verified', async () => {
  const change = {
    'node-1': { faults: { upgradeFails: { times: 1, exitCode: 100 } } },
    'node-2': { faults: { sudoAsks: true } },
  };
  const world = tinyWorld({ nodes: 2, change, concurrency: 2 });
  const steps = { ...onceFor('60s'), verify: { timeout: '30s', attempts: 1 } };
  const { sim, files, run, status } = await rehearse(world, { failureBudget: 2, defaults: { policy: { steps } } });
  const first = await run('run', '-f', files.fleetFile, '--yes', '--plain');
  expect(first.code, first.stdout + first.stderr).toBe(EXIT.waiting);

  expect((await run('redo', 'node-1', '--yes', '--reason', 'mirror was down')).code).toBe(EXIT.done);
  await sim.host('dev', 'node-2').setFaults({ sudoAsks: false });
  expect((await run('repaired', 'node-2', '--yes')).code).toBe(EXIT.done);
  const id = /r-\d+-\d+-\w+/.exec(first.stdout)?.[0] ?? '';
  const rest = await run('run', '--resume', id, '--plain');
  expect(rest.code, rest.stdout + rest.stderr).toBe(EXIT.done);

  const after = await status();
  const seen = ['node-1', 'node-2'].map(name => after.nodes[`dev/${name}`]);
  expect(seen.map(node => [node?.state, node?.round, node?.steps.upgrade.state])).toEqual([
    ['done', 2, 'done'],
    ['done', 1, 'skipped'],
  ]);
  const acts = (name: string) => sim.world.entries.filter(({ node }) => node === name).map(({ act }) => act);
  expect(acts('node-2')).toEqual([]);
  expect(acts('node-1').filter(act => act === 'uncordon')).toHaveLength(1);
  for (const name of ['node-1', 'node-2']) {
    const spec = sim.clusters.get('dev')?.objects.get('nodes', '', name);
    expect(spec?.['spec'], name).not.toMatchObject({ unschedulable: true });
    expect(JSON.stringify(spec), name).not.toContain('nodetide.io/work');
  }
});
