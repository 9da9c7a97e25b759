import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { demoWorld } from '../../services/simulator/main.ts';
import { editFleet } from '../helpers/edit-fleet.ts';

const CLI = join(import.meta.dirname, '../../dist/services/cli/main.js');

/** A server over a simulated fleet in which something has failed and something waits for a person. */
export interface Stage {
  readonly url: string;
  /** A rollout that is done, and one under way. */
  readonly done: string;
  readonly open: string;
  /** Id of a plan. */
  readonly draft: string;
  close(): Promise<void>;
}

/** Sets it up with the built program; takes a minute or two. */
export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'nodetide-pictures-'));
  const stops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const stop of stops.toReversed()) await stop();
  };
  try {
    return { ...(await play(folder, stops)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function play(folder: string, stops: (() => Promise<void>)[]) {
  const fleet = join(folder, 'fleet');
  await writeFile(join(folder, 'world.json'), JSON.stringify(world()));
  const simulation = start(['simulate', '--file', join(folder, 'world.json'), '--write', fleet]);
  stops.push(simulation.stop);
  await simulation.line(/Ctrl-C/);
  const file = join(fleet, 'fleet.yaml');
  await editFleet(file, CHANGES);
  const place = ['--data', join(folder, 'redis')];
  const up = start(['up', '-f', file, '--port', '0', ...place]);
  stops.push(up.stop);
  const url = /http:\/\/[^/\s]+/.exec(await up.line(/^page at/))?.[0] ?? '';
  const run = async (...args: string[]) => {
    const child = start(['run', '-f', file, '--yes', '--detach', ...args, ...place]);
    return /r-\d{8}-\d{6}-\w+/.exec(await child.line(/r-\d{8}-\d{6}-\w+/))?.[0] ?? '';
  };
  const done = await run('--cluster', 'dev');
  await until(url, done, ({ state }) => state === 'done');
  await post(url, '/surveys', { clusters: [] });
  const { id: draft } = (await post(url, '/drafts', { narrow: NARROW, updates: true })) as { id: string };
  await poll(async () => ((await get(url, `/drafts/${draft}`)) as { state: string }).state === 'ready');
  const open = await run('--cluster', 'staging', '--cluster', 'production');
  await until(url, open, ({ counts, approvals }) => counts['failed'] === 1 && approvals.length > 0);
  return { url, done, open, draft };
}

/** One upgrade fails however often it is tried. */
function world() {
  const demo = demoWorld();
  for (const node of demo.clusters['staging']?.nodes ?? []) {
    if (node.name === 'staging-worker-02') node.faults = { upgradeFails: { times: 99, exitCode: 100 } };
  }
  return { ...demo, speed: 15 };
}

const NARROW = { clusters: ['production'], waves: [], nodes: [], limit: null, selector: '' };
const DAY = { cron: '0 0 * * *', for: '24h', timeZone: 'Europe/Berlin' };
const CHANGES = {
  failureBudget: 2,
  schedules: {
    nightly: { cron: '0 22 * * 2', timeZone: 'Europe/Berlin', clusters: ['dev', 'staging'], onlyIf: 'either' },
    reboots: { cron: '30 3 * * *', timeZone: 'Europe/Berlin', mode: 'watch' },
  },
  stages: [
    { name: 'dev', clusters: ['dev'] },
    { name: 'live', clusters: ['staging', 'production'] },
  ],
  clusters: {
    staging: { policy: { windows: [DAY] } },
    production: { policy: { windows: [DAY], approval: { canary: true } } },
  },
};

interface Standing {
  readonly state: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly approvals: readonly unknown[];
}

const until = (url: string, id: string, holds: (now: Standing) => boolean) =>
  poll(async () => holds((await get(url, `/rollouts/${id}?nodes=false`)) as Standing));

async function poll(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) {
    await new Promise(resolve => {
      setTimeout(resolve, 500);
    });
  }
}

async function get(url: string, path: string): Promise<unknown> {
  return (await fetch(`${url}/api/v1${path}`)).json();
}

async function post(url: string, path: string, body: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${text}`);
  return text === '' ? null : (JSON.parse(text) as unknown);
}

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise<void>(resolve => {
    child.once('exit', () => resolve());
  });
  const lines = createInterface({ input: child.stdout });
  return {
    line: async (pattern: RegExp): Promise<string> => {
      for await (const line of lines) if (pattern.test(line)) return line;
      throw new Error(`nodetide ${args.join(' ')} ended without ${pattern}`);
    },
    stop: async () => {
      child.kill('SIGINT');
      await ended;
    },
  };
}
