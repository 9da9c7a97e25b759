import { afterAll, afterEach, expect, it } from 'vitest';
import { register as due } from '../../../services/cli/commands/due.ts';
import { register as plan } from '../../../services/cli/commands/plan.ts';
import { register as run } from '../../../services/cli/commands/run.ts';
import { register as schedule } from '../../../services/cli/commands/schedule.ts';
import type { HostProbe } from '../../../services/common/planning/probe.ts';
import { openCluster } from '../../../shared/kubernetes/open.ts';
import { Queues } from '../../../shared/queue/queues.ts';
import { type ListeningApi, listen, partsOf, rolloutsOf } from '../../helpers/api-server.ts';
import { planned } from '../../helpers/planning.ts';
import { testRedis } from '../../helpers/redis.ts';
import { remoteWiring, runOn } from '../../helpers/remote-cli.ts';
import { until } from '../../helpers/scheduled.ts';
import { kickstart, tinyWorld } from '../../helpers/simulation.ts';

const COMMANDS = [plan, run, schedule, due];

const redis = await testRedis();
const simulation = await kickstart(tinyWorld({ nodes: 3 }));
const { fleetFile } = simulation.files;
afterAll(() => simulation.close());
const servers: ListeningApi[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.stop()));
});

let made = 0;
/** What hosts say: the reboot of node-1 is due, node-3 gives no answer. */
const probe: HostProbe = async ({ name }) => {
  if (name === 'node-3') throw new Error('it is silent');
  const kernels = { expected: null, by: '', newest: '6.1.0-9' };
  const reboot = { needed: name === 'node-1', evidence: [], bootId: 'b', kernels };
  return { pending: { changes: [], left: [], problems: [] }, reboot, kernel: '6.1.0-1', uptimeSeconds: 60 };
};

/** A server whose scheduler has the fleet file, but no worker, and a command line elsewhere. */
async function away() {
  made += 1;
  const it = await planned(`${redis.prefix}-${made}`, () => redis.connect());
  await it.scheduler(fleetFile, { probe });
  const queues = new Queues(await redis.connect(), `${redis.prefix}-${made}`, () => {});
  const rollouts = rolloutsOf({ store: it.store, queues });
  const parts = {
    ...partsOf(rollouts, async () => null, it.desk),
    overview: { surveys: () => it.surveys.surveys(), schedules: async () => [] },
  };
  const server = await listen(parts);
  servers.push({ ...server, stop: async () => void (await Promise.all([server.stop(), queues.close()])) });
  const open = () => {
    const wiring = remoteWiring({ store: it.store, queues }, { NODETIDE_SERVER: server.url });
    return Object.assign(wiring, { connectClusters: async () => openCluster });
  };
  const on = (...args: readonly string[]) => runOn(open(), COMMANDS, args);
  return { it, on, open, url: server.url };
}

it('plans as where the fleet file is, and leaves nothing behind', async () => {
  const { it, on, url } = await away();
  const ends = (lines: readonly string[]) => lines.map(line => line.replaceAll(/until .*\d\d:\d\d/g, 'until then'));
  for (const args of [['--preflight'], ['--node', 'node-2'], ['--node', 'node-9']]) {
    const [here, there] = [await on('plan', ...args, '-f', fleetFile), await on('plan', ...args)];
    expect([there.code, ends(there.out), there.err], args.join(' ')).toEqual([here.code, ends(here.out), here.err]);
    expect(here.out.length + here.err.length).toBeGreaterThan(0);
  }
  const asked = await on('plan', '--updates', '-o', 'json', '--server', url);
  expect([asked.code, asked.err]).toEqual([5, ['nodetide: 1 host cannot be asked']]);
  const { plan: shown, due: said, estimate } = JSON.parse(asked.out.join('\n'));
  expect(shown.fleet).toBe((await it.desk.planners())[0]?.fleet);
  expect(said).toEqual({
    'dev/node-1': 'nothing to upgrade, reboot due',
    'dev/node-2': 'nothing to upgrade',
    'dev/node-3': expect.stringMatching(/^cannot be asked: .*silent/),
  });
  const table = await on('plan', '--updates', '--node', 'node-1,node-2');
  expect(table).toMatchObject({
    code: 0,
    err: [],
    out: [expect.stringMatching(/node-1 .* reboot due$/m), expect.anything()],
  });
  expect(estimate.leftMs).toBeGreaterThan(0);
  expect(await it.desk.drafts()).toEqual([]);
  const both = await on('plan', '--server', url, '-f', fleetFile);
  expect([both.code, both.err]).toEqual([2, [expect.stringMatching(/knows no --file/)]]);
});

it('runs what was agreed to, once, with the estimate it was shown with', async () => {
  const { it, on, open, url } = await away();
  const nobody = await on('run');
  expect([nobody.code, nobody.err.at(-1)]).toEqual([4, expect.stringMatching(/say --yes/)]);
  expect([await it.desk.drafts(), await it.store.list()]).toEqual([[], []]);

  const asking = open();
  Object.assign(asking.terminal, { canAsk: true, answer: 'y' });
  const begun = await runOn(asking, COMMANDS, ['run', '--detach', '--server', url]);
  expect(begun.code).toBe(0);
  expect(asking.terminal.asked).toEqual([expect.stringMatching(/^Upgrade 3 nodes in 1 cluster\?/)]);
  const [rollout] = await it.store.list();
  expect(begun.out.at(-1)).toBe(`to watch it: nodetide status -f ${rollout?.id} --server ${url}`);
  const [created] = await it.store.events(rollout?.id ?? '');
  expect(created).toMatchObject({ type: 'rollout-created', estimate: expect.objectContaining({}) });

  const held = await on('run', '--yes');
  expect([held.code, held.err.at(-1)]).toEqual([4, expect.stringContaining(`held by rollout ${rollout?.id}`)]);
  expect(await it.store.list()).toHaveLength(1);
});

it('follows what it began without an engine of its own, and goes away without harm', async () => {
  const { it, open } = await away();
  const wiring = open();
  const { stdout } = wiring.terminal;
  const running = runOn(wiring, COMMANDS, ['run', '--yes', '--node', 'node-1']);
  await until(async () => stdout.some(line => line.includes('created by ')) || undefined, 'an event');
  wiring.interrupt();
  const { code, out } = await running;
  const [rollout] = await it.store.list();
  expect([code, rollout?.endedAtMs]).toEqual([130, null]);
  expect(out.at(-1)).toBe(`the rollout goes on; to watch it again: nodetide status -f ${rollout?.id}`);
  expect(wiring.session.log).toEqual([]);
});

it('adds a schedule of the fleet file there, and tells what is due', async () => {
  const { it, on, url } = await away();
  const fields = ['--cron', '0 3 * * *', '--time-zone', 'UTC', '--cluster', 'dev', '--limit', '2'];
  const added = await on('schedule', 'add', 'nightly', ...fields, '--server', url);
  expect([added.code, added.err]).toEqual([0, []]);
  expect(added.out.join('\n')).toContain('nightly');
  expect(await it.desk.schedules.list()).toMatchObject([
    { schedule: { name: 'nightly', origin: 'hand', fleetFile, narrow: { clusters: ['dev'], limit: 2 } } },
  ]);
  const again = await on('schedule', 'add', 'nightly', ...fields);
  expect([again.code, again.err]).toEqual([4, [expect.stringMatching(/there is a schedule nightly already/)]]);
  const wrong = await on('schedule', 'add', 'other', ...fields.with(1, 'x'));
  expect([wrong.code, wrong.err]).toEqual([4, [expect.stringMatching(/cron: /)]]);

  await it.desk.askSurvey([]);
  await it.surveyed('dev', () => true);
  const said = await on('due', 'dev');
  expect([said.code, said.out.length]).toEqual([0, 4]);
});
