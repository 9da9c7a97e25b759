import { appendFile, readdir, rename, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { makePlan } from '../../services/common/planning/make-plan.ts';
import type { RolloutEvent } from '../../shared/domain/events.ts';
import { openCluster } from '../../shared/kubernetes/open.ts';
import { systemClock } from '../../shared/telemetry/clock.ts';
import { type CliRun, startCli } from './cli.ts';
import { TestEngine } from './engine.ts';
import { type PrivateRedis, privateRedis } from './redis-private.ts';
import { type RunningHost, type SshFarm, startSshd } from './sshd.ts';
import { arm, type Strike, type StrikeKind } from './strikes.ts';

/** One run of a host's upgrade command: what it prints, and how it ends. */
export interface Execution {
  readonly log: string;
  /** null: it lasts until a reboot cuts it off. */
  readonly code: number | null;
}

/** So long without an event means that nothing will happen any more. */
const SILENCE_MS = 90_000;
/** Between two pieces of the log of an execution that is to be cut off, seconds: it would last half an hour. */
const ENDLESS = '60';

/** A host, how its upgrades go, and what happens meanwhile. */
export interface LaneHost {
  readonly name: string;
  /** `command`: a command of the policy; `apt`: a pretended apt. */
  readonly manager: 'command' | 'apt';
  /** One after another: a code other than 0 needs a person's retry. */
  readonly executions: readonly Execution[];
  readonly strikes: readonly Strike[];
}

/** Hosts behind real OpenSSH servers, outside Kubernetes; a Redis and a scheduler of their own, and a worker process. */
export interface UpgradeLane {
  readonly farm: SshFarm;
  readonly redis: PrivateRedis;
  readonly engine: TestEngine;
  readonly id: string;
  readonly hosts: readonly (LaneHost & { readonly host: RunningHost })[];
  /** Carries the rollout to its end: failed upgrades are retried, a killed worker is followed by another. */
  carry(): Promise<void>;
  /** Workers killed so far. */
  killed(): number;
  /** Strikes that came true. */
  struck(): Promise<readonly StrikeKind[]>;
}

/** Starts it; `concurrency` hosts at once. Call it inside a test: all of it ends with the test. */
export async function startLane(hosts: readonly LaneHost[], concurrency: number): Promise<UpgradeLane> {
  const pending = [{ name: 'openssl', from: '3.0.1', to: '3.0.2' }];
  const specs = hosts.map(({ name, manager }) => ({ name, cluster: manager, sequence: 1, pending }));
  const farm = await startSshd({ hosts: specs });
  onTestFinished(() => farm.stop());
  const redis = await privateRedis();
  const engine = await TestEngine.start({ prefix: 'nodetide', connect: () => redis.connect() });
  onTestFinished(() => engine.stop());
  const victim = join(farm.dir, 'victim');
  const placed = hosts.map(each => ({ ...each, host: hostNamed(farm, each.name) }));
  for (const { host, executions, strikes } of placed) {
    await appendFile(join(host.dir, 'env'), `VICTIM='${victim}'\n`);
    for (const [index, { log, code }] of executions.entries()) {
      await writeFile(join(host.dir, 'state', `log-${index + 1}`), log);
      const [setting, value] = code === null ? ['pause', ENDLESS] : ['exit', String(code)];
      await writeFile(join(host.dir, 'state', `${setting}-${index + 1}`), value);
    }
    await arm(host, strikes);
  }
  const plan = await planOf(await writeFleet(farm, concurrency));
  await engine.scheduler();
  const id = await engine.rollout(plan);
  const workers: CliRun[] = [];
  const killed: CliRun[] = [];
  const lane = {
    ...{ farm, redis, engine, id, hosts: placed },
    killed: () => killed.length,
    struck: async () => {
      const states = await Promise.all(placed.map(({ host }) => readdir(join(host.dir, 'state'))));
      return placed.flatMap(({ strikes }, at) =>
        strikes.filter((_, index) => states[at]?.includes(`struck-${index + 1}`)).map(({ kind }) => kind),
      );
    },
  };
  let over = false;
  const work = async (): Promise<void> => {
    for (;;) {
      const worker = startCli(['worker', '--redis', redis.url, '--job-lock', '2']);
      workers.push(worker);
      // Whole or not at all: somebody may be waiting to take it.
      await writeFile(`${victim}.new`, String(worker.pid));
      await rename(`${victim}.new`, victim);
      const { signal } = await worker.ended;
      if (over) return;
      // One that finds no Redis as it starts gives up, and is started again as anybody would.
      if (signal === 'SIGKILL') killed.push(worker);
    }
  };
  const carry = async (): Promise<void> => {
    const working = work();
    try {
      await followed(engine, id);
    } finally {
      over = true;
      workers.at(-1)?.kill('SIGTERM');
      await working;
    }
  };
  return { ...lane, carry };
}

/** Deals with events until the rollout has ended; throws when nothing happens any more. */
async function followed(engine: TestEngine, id: string): Promise<void> {
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(), SILENCE_MS);
  try {
    for await (const event of engine.store.follow(id, '', silent.signal)) {
      timer.refresh();
      if (event.type === 'rollout-ended') return;
      await deal(engine, id, event);
    }
  } finally {
    clearTimeout(timer);
  }
  const { nodes } = await engine.status(id);
  const left = Object.values(nodes).filter(({ state }) => state !== 'done' && state !== 'pending');
  const said = left.map(({ node, step, reason, steps }) => ({ node, step, reason, at: step && steps[step] }));
  throw new Error(`nothing happened for ${SILENCE_MS / 1000} s: ${JSON.stringify(said)}`);
}

/** A person retries an upgrade that ended with a code other than 0, and nothing else. */
async function deal(engine: TestEngine, id: string, event: RolloutEvent): Promise<void> {
  if (event.type !== 'step-failed') return;
  const { cluster, node, failure } = event;
  if (!/exit code [1-9]/.test(failure.seen ?? ''))
    throw new Error(`${cluster}/${node}: ${event.step} failed: ${JSON.stringify(failure)}`);
  await engine.command(id, { kind: 'retry', cluster, node });
}

function hostNamed(farm: SshFarm, name: string): RunningHost {
  const host = farm.hosts.find(each => each.name === name);
  if (!host) throw new Error(`no host ${name}`);
  return host;
}

async function writeFleet(farm: SshFarm, concurrency: number): Promise<string> {
  const managers = [...new Set(farm.hosts.map(host => host.cluster))];
  const ssh = { user: userInfo().username, keyFile: 'client', knownHosts: 'known_hosts', become: 'none' };
  const limits = { attempts: 50, backoff: '150ms', backoffMax: '500ms' };
  const steps = Object.fromEntries(
    ['drain', 'upgrade', 'check-reboot', 'reboot', 'verify', 'uncordon'].map(step => [step, limits]),
  );
  const clusterOf = (manager: string) => ({
    kubernetes: 'none',
    waves: [{ sequences: [1], concurrency }],
    policy: { upgrade: manager === 'apt' ? { manager } : { manager, command: 'numbered' } },
    inventory: {
      sources: [
        {
          kind: 'static',
          nodes: farm.hosts
            .filter(host => host.cluster === manager)
            .map(({ name, port }) => ({ name, address: '127.0.0.1', sequence: 1, ssh: { port } })),
        },
      ],
    },
  });
  const fleet = {
    fleet: 'lane',
    failureBudget: 1_000,
    stages: [{ name: 'only', clusters: managers }],
    defaults: {
      ssh,
      policy: { maxUnavailable: concurrency, recoverySoak: '100ms', verify: { soak: '100ms' }, steps },
    },
    clusters: Object.fromEntries(managers.map(manager => [manager, clusterOf(manager)])),
  };
  const file = join(farm.dir, 'fleet.yaml');
  await writeFile(file, stringify(fleet));
  return file;
}

async function planOf(fleetFile: string) {
  const made = await makePlan({
    fleetFile,
    narrow: { clusters: [], waves: [], nodes: [], limit: null, selector: '' },
    connectClusters: async () => openCluster,
    clock: systemClock,
    signal: new AbortController().signal,
  });
  if (made.kind !== 'planned') throw new Error(`no plan: ${JSON.stringify(made)}`);
  return made.plan;
}
