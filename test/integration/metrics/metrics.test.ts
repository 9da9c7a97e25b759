import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import { listen, partsOf, rolloutsOf } from '../../helpers/api-server.ts';
import { testEngines } from '../../helpers/engines.ts';
import { metricSources, replica } from '../../helpers/metrics.ts';
import { monitoringTools } from '../../helpers/monitoring.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';

const engines = await testEngines();
const PLAN = tinyPlan({
  stages: { dev: { a: [{ nodes: ['n1', 'n2'], concurrency: 2 }], b: [{ nodes: ['n3'] }] } },
  failureBudget: 5,
});

/** One process that answers scrapes. */
function scraped(...args: Parameters<typeof replica>) {
  const made = replica(...args);
  onTestFinished(() => made.stop());
  return made;
}

it('tells of a rollout while it runs and when it is over, the same from every process and after a restart', async () => {
  const engine = await engines();
  const one = scraped(engine);
  const steps = new ScriptedSteps();
  steps.on('n2', 'upgrade', () => Promise.reject(fail('step-timeout', { message: 'too long', seen: 'nothing' })));
  const id = await engine.rollout(PLAN);
  await engine.scheduler();
  await engine.worker(steps.steps());
  await engine.event(id, event => event.type === 'step-failed');
  const amid = await one.scrape();
  expect(amid.get('nodetide_up')).toBe(1);
  expect(amid.get('nodetide_nodes{cluster="a",state="failed"}')).toBe(1);
  expect(amid.get('nodetide_nodes_away_limit{cluster="a"}')).toBe(100);
  expect(amid.get('nodetide_slots{cluster="a",wave="1"}')).toBe(2);
  expect(amid.get(`nodetide_cluster_taken{cluster="a",rollout="${id}"}`)).toBe(1);
  expect(amid.get('nodetide_engines{role="scheduler"}')).toBe(1);
  expect(amid.get('nodetide_step_workers{step="drain"}')).toBe(1);
  // The store knows of a failure a moment before BullMQ does.
  const jobs = (state: string) => amid.get(`nodetide_queue_jobs{queue="upgrade",state="${state}"}`) ?? 0;
  expect(jobs('active') + jobs('failed')).toBeGreaterThan(0);
  expect(amid.get('nodetide_waiting{cluster="a",reason="failed-node",gate=""}')).toBe(1);
  const waited = 'nodetide_waiting_seconds_total{cluster="a",reason="failed-node",gate=""}';
  const early = amid.get(waited) ?? 0;
  steps.on('n2', 'upgrade', null);
  await engine.command(id, { kind: 'retry', cluster: 'a', node: 'n2' });
  await engine.ended(id);

  const another = scraped(engine);
  const both = await Promise.all([one.scrape(), another.scrape(), scraped(engine).scrape()]);
  for (const end of both) {
    expect(end.get('nodetide_rollouts{state="done"}')).toBe(1);
    expect(end.get('nodetide_rollouts{state="running"}')).toBe(0);
    expect(end.get('nodetide_uncounted_rollouts')).toBe(0);
    expect(end.get('nodetide_rollouts_ended_total{outcome="done"}')).toBe(1);
    expect(end.get('nodetide_nodes_settled_total{cluster="a",state="done"}')).toBe(2);
    expect(end.get('nodetide_step_failures_total{cluster="a",step="upgrade",code="step-timeout"}')).toBe(1);
    expect(end.get('nodetide_step_duration_seconds_count{cluster="a",step="drain"}')).toBe(2);
    expect(end.get('nodetide_step_duration_seconds_bucket{cluster="b",step="drain",le="+Inf"}')).toBe(1);
    expect(end.get('nodetide_node_duration_seconds_count{cluster="b"}')).toBe(1);
    expect(end.get('nodetide_cluster_last_success_timestamp_seconds{cluster="a"}')).toBeGreaterThan(1e9);
    expect(end.get(waited)).toBeGreaterThanOrEqual(early);
    expect(end.get('nodetide_waiting{cluster="a",reason="failed-node",gate=""}')).toBeUndefined();
  }
});

it('counts each event once while many processes count, however far each has come', async () => {
  const engine = await engines();
  const id = await engine.rollout(PLAN);
  const replicas = Array.from({ length: 5 }, () => scraped(engine));
  const total = 3_300;
  // More than a page, so that they overtake each other; told while they count.
  const tell = async (count: number) => {
    for (let left = count; left > 0; left -= 100)
      await Promise.all(Array.from({ length: 100 }, () => engine.store.tell(id, { type: 'mended', what: 'x' })));
  };
  await tell(2_300);
  await Promise.all([tell(1_000), ...replicas.map(each => each.scrape())]);
  const ends = await Promise.all(replicas.map(each => each.scrape()));
  expect(ends.map(end => end.get('nodetide_mended_total'))).toEqual(replicas.map(() => total));
});

it('keeps what was counted of a rollout that is gone, and forgets how far', async () => {
  const engine = await engines();
  const id = await engine.rollout(PLAN);
  await engine.store.tell(id, { type: 'mended', what: 'x' });
  const one = scraped(engine);
  expect((await one.scrape()).get('nodetide_mended_total')).toBe(1);
  await engine.connection.zrem(`${engine.prefix}:~rollouts`, id);
  const after = await one.scrape();
  expect(after.get('nodetide_mended_total')).toBe(1);
  expect(after.get('nodetide_rollouts{state="running"}')).toBe(0);
  expect(await engine.connection.hlen(`${engine.prefix}:~counted`)).toBe(0);
});

it('says since when the next job in turn could have run', async () => {
  const engine = await engines();
  await engine.rollout(PLAN);
  const { rollouts: _, ...sources } = metricSources(engine);
  const nowMs = (await sources.store.now()) + 60_000;
  const [depth] = await sources.queues(nowMs);
  expect(depth).toMatchObject({ queue: 'rollout', jobs: { waiting: 1, active: 0 } });
  expect(depth?.oldestMs).toBeGreaterThanOrEqual(60_000);
  expect(depth?.oldestMs).toBeLessThan(120_000);
});

it('answers without the store, and says so', async () => {
  const engine = await engines();
  const sources = metricSources(engine);
  const broken = { ...sources, queues: () => Promise.reject(new Error('gone')) };
  const scrape = await scraped(engine, broken).scrape();
  expect(scrape.get('nodetide_up')).toBe(0);
  expect([...scrape.keys()].filter(key => key.startsWith('nodetide_') && !key.startsWith('nodetide_build'))).toEqual([
    'nodetide_up',
  ]);
  expect([...scrape.keys()].some(key => key.startsWith('process_cpu_seconds_total'))).toBe(true);
});

it.skipIf(typeof monitoringTools === 'string')('is served as promtool wants it', async () => {
  const engine = await engines();
  await engine.rollout(PLAN);
  const metrics = scraped(engine);
  const server = await listen({ ...partsOf(rolloutsOf(engine)), metrics });
  onTestFinished(() => server.stop());
  const answer = await fetch(`${server.url}/metrics`);
  expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  const folder = typeof monitoringTools === 'string' ? '' : monitoringTools.folder;
  const run = () =>
    execFileSync(join(folder, 'usr/bin/promtool'), ['check', 'metrics'], { input: text, stdio: 'pipe' }).toString();
  const text = await answer.text();
  expect(run()).toBe('');
});
