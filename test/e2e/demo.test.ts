import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { EXIT } from '../../services/cli/exit.ts';
import { demoWorld } from '../../services/simulator/main.ts';
import { stepJobId } from '../../shared/domain/names.ts';
import type { RolloutReport } from '../../shared/domain/report/report.ts';
import { STEPS } from '../../shared/domain/steps.ts';
import { openBrowser, openPage, seriousFindings } from '../helpers/browser.ts';
import { runCli, startCli } from '../helpers/cli.ts';
import { act, seen, state } from '../helpers/page-acts.ts';
import { processesNaming } from '../helpers/processes.ts';
import { judgeReport } from '../helpers/report-judge.ts';
import { tinyWorld } from '../helpers/simulation.ts';
import { readWorldLog } from '../helpers/world-file.ts';
import { judgedFleet, judgeWorld } from '../helpers/world-judge.ts';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nodetide-demo-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

interface FlowNode {
  readonly id: string;
  readonly queueName: string;
  readonly children: readonly FlowNode[];
}

/** The jobs from the top of a flow down to its last descendant, always by the first child. `query` as the page's own. */
async function flowOf(url: string, queue: string, job: string, query = ''): Promise<FlowNode[]> {
  const answer = await fetch(`${url}/api/queues/${queue}/${job}/flow${query}`);
  expect(answer.status).toBe(200);
  const found: FlowNode[] = [];
  for (let at = ((await answer.json()) as { flowRoot: FlowNode | undefined }).flowRoot; at; at = at.children[0]) {
    found.push(at);
  }
  return found;
}

/** So long the whole demo may take. */
const DEMO_MS = 300_000;

/**
 * Watches the rollout in a browser from its first step to its end: it is paused once and resumed, each stage is seen to be
 * open and then done, and the page is never loaded anew.
 */
async function watch(browser: Browser, url: string, id: string): Promise<void> {
  const { page, troubles } = await openPage(await browser.newContext(), url);
  await page.goto(`${url}/rollouts/${id}`);
  let loads = 0;
  page.on('load', () => loads++);
  await state(page, /^running$/i);
  const clusterOf = (stage: string) =>
    page.getByRole('region', { name: `stage ${stage}` }).getByRole('region', { name: /^cluster/ });
  const isIn = (stage: string, words: RegExp) =>
    seen(clusterOf(stage).locator('h3 .badge').filter({ hasText: words }), DEMO_MS);
  await isIn('dev', /^running$/i);
  await page.getByRole('button', { name: /^Pause/ }).click();
  await act(page, 'Pause', 'an alert is open');
  await seen(page.getByText('Paused by local'));
  await page.getByRole('button', { name: /^Resume/ }).click();
  await act(page, 'Resume');
  await isIn('dev', /^done$/i);
  for (const stage of ['staging', 'production']) {
    await isIn(stage, /^running$/i);
    await isIn(stage, /^done$/i);
  }
  await state(page, /^done$/i);
  await seen(page.getByText('38 of 38', { exact: true }));
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('link', { name: 'Report' }).click();
  await seen(page.getByText('an alert is open'));
  expect([loads, troubles]).toEqual([0, []]);
}

it('carries the whole demo out in order, stays up with its queues, and leaves nothing running', async () => {
  const folder = await newFolder();
  const browser = await openBrowser();
  onTestFinished(() => browser.close());
  const demo = startCli(['demo', '--serve', '--port', '0', '--dir', folder, '--speed', '60']);
  const url = /http:\S+/.exec(await demo.line(/^queues at /))?.[0] ?? '';
  const page = await fetch(url);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);

  await demo.line(/ rollout {2}created by /);
  const { origin } = new URL(url);
  const { rollouts } = (await (await fetch(`${origin}/api/v1/rollouts`)).json()) as { rollouts: { id: string }[] };
  const id = rollouts[0]?.id ?? '';
  const end = demo.line(/^rollout r-\S+ (done|aborted|failed) in|^rollout \S+ waits/);
  const [ended] = await Promise.all([end, watch(browser, origin, id)]);
  expect(ended).toMatch(/ done in .*: 38 of 38 nodes done$/);
  await demo.line(/^still serving/);
  const world = await readWorldLog(join(folder, 'world.jsonl'));
  expect(judgeWorld(judgedFleet(demoWorld()), world)).toEqual([]);

  const report = await fetch(`${origin}/api/v1/rollouts/${id}/report`);
  expect(judgeReport((await report.json()) as RolloutReport, world)).toEqual([]);
  const drain = stepJobId(id, 'production', 'production-worker-01', 1, 'drain');
  // A view holds 200 jobs, so of a whole rollout it may end above the drains; that of one wave does not.
  const [rollout, cluster, wave] = await flowOf(url, 'drain', drain);
  const rest = await flowOf(url, 'wave', wave?.id ?? '', '?root=node');
  const path = [rollout, cluster, ...rest].map(node => node?.queueName);
  expect(path).toEqual(['rollout', 'cluster', 'wave', 'slot', ...STEPS.toReversed()]);

  // The engine, the simulation and the Redis.
  expect((await processesNaming(folder)).size).toBe(3);
  demo.kill('SIGINT');
  expect(await demo.ended).toEqual({ code: EXIT.done, signal: null });
  expect(demo.stderr).toBe('stopping at a safe point (Ctrl-C again: at once)\n');
  expect(await processesNaming(folder)).toEqual(new Map());
  await expect(fetch(url)).rejects.toThrow();
});

it('ends by itself, and carries other fleets', async () => {
  const folder = await newFolder();
  const world = tinyWorld({ nodes: 2, waves: [[1], [2]] });
  await writeFile(join(folder, 'world.yaml'), JSON.stringify(world));
  const args = ['demo', '--world', join(folder, 'world.yaml'), '--dir', join(folder, 'kept')];
  const demo = await runCli(args);
  expect(demo.code, demo.stdout + demo.stderr).toBe(EXIT.done);
  const log = await readWorldLog(join(folder, 'kept', 'world.jsonl'));
  expect(judgeWorld(judgedFleet(world), log)).toEqual([]);
  expect(log.filter(({ act }) => act === 'reboot').map(({ node }) => node)).toEqual(['node-1', 'node-2']);
  expect(await processesNaming(folder)).toEqual(new Map());

  const again = await runCli(args);
  expect([again.code, again.stderr]).toEqual([EXIT.badInput, expect.stringContaining('is not empty')]);
});
