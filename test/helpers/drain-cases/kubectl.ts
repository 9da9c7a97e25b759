import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DrainOptions } from './case.ts';

/** How a kubectl ended. */
export interface KubectlRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The kubectl of this machine, with a home of its own. */
export interface Kubectl {
  readonly version: string;
  run(server: string, args: readonly string[]): Promise<KubectlRun>;
  close(): void;
}

const OLDEST_MINOR = 27;

/**
 * The kubectl named by `NODETIDE_TEST_KUBECTL`, else the one on PATH; where there is none, or one older than 1.27, the
 * reason.
 */
export async function findKubectl(): Promise<Kubectl | string> {
  const command = process.env['NODETIDE_TEST_KUBECTL'] ?? 'kubectl';
  const asked = await execute(command, ['version', '--client', '-o', 'json'], process.env);
  if (asked.code !== 0) return `${command} does not run here`;
  const { clientVersion } = JSON.parse(asked.out) as { clientVersion: { gitVersion: string; minor: string } };
  const { gitVersion, minor } = clientVersion;
  if (Number.parseInt(minor, 10) < OLDEST_MINOR) return `${command} is ${gitVersion}, older than 1.${OLDEST_MINOR}`;
  const home = mkdtempSync(join(tmpdir(), 'nodetide-kubectl-'));
  const config = join(home, 'config');
  writeFileSync(config, '{}');
  // It lives too short for its collector of garbage to pay.
  const env = { PATH: process.env['PATH'], HOME: home, KUBECONFIG: config, GOGC: 'off' };
  return {
    version: gitVersion,
    run: (server, args) => execute(command, ['--server', server, ...args], env),
    close: () => rmSync(home, { recursive: true, force: true }),
  };
}

function execute(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<KubectlRun> {
  return new Promise(resolve => {
    execFile(command, args, { env }, (error, out, err) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, out, err });
    });
  });
}

/** The flags of `kubectl drain` for these options. */
export function drainFlags(options: DrainOptions): string[] {
  const skip = options.skipWaitForDeleteTimeoutSeconds;
  return [
    ...(options.force ? ['--force'] : []),
    ...(options.ignoreDaemonSets ? ['--ignore-daemonsets'] : []),
    ...(options.deleteEmptyDirData ? ['--delete-emptydir-data'] : []),
    ...(options.disableEviction ? ['--disable-eviction'] : []),
    `--grace-period=${options.gracePeriodSeconds}`,
    ...(skip > 0 ? [`--skip-wait-for-delete-timeout=${skip}`] : []),
    ...(options.podSelector === '' ? [] : [`--pod-selector=${options.podSelector}`]),
  ];
}

/** What one drain made of the pods of a node. */
export interface Verdicts {
  /** `namespace/name`, sorted. */
  readonly evict: readonly string[];
  /** `obstacle: namespace/name`, sorted. */
  readonly refused: readonly string[];
  /** Left alone because a DaemonSet owns them, sorted. */
  readonly daemonSets: readonly string[];
}

/** How one drain ended. */
export type Ending = 'drained' | 'obstacles' | 'impossible' | 'timeout' | `unknown: ${string}`;

const PODS = String.raw`[a-z0-9-]+/[a-z0-9.-]+(?:, [a-z0-9-]+/[a-z0-9.-]+)*`;

/** Reads the verdicts out of what `kubectl drain` printed. */
export function verdictsOf({ out, err }: KubectlRun): Verdicts {
  const evict = [...out.matchAll(/^(?:evicting|deleting) pod (\S+)/gm)].map(found => found[1] ?? '');
  const refused = [...err.matchAll(new RegExp(`cannot delete ((?:(?!cannot delete ).)*?): (${PODS})`, 'g'))];
  const ignored = [...err.matchAll(new RegExp(`ignoring DaemonSet-managed Pods: (${PODS})`, 'g'))];
  return {
    evict: sorted(evict),
    // It says them twice.
    refused: sorted(
      refused.flatMap(([, why = '', pods = '']) => pods.split(', ').map(pod => `${obstacleOf(why)}: ${pod}`)),
    ),
    daemonSets: sorted(ignored.flatMap(found => (found[1] ?? '').split(', '))),
  };
}

/** Each once. */
function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].toSorted();
}

function obstacleOf(why: string): string {
  if (why.includes('DaemonSet-managed Pods')) return 'DaemonSet';
  if (why.includes('Pods with local storage')) return 'local storage';
  if (why.includes('Pods that declare no controller')) return 'no controller';
  if (/daemonsets\.apps "\S+" not found/.test(why)) return 'DaemonSet gone';
  return why;
}

/** How a `kubectl drain` ended; a pod given up for good counts before time that ran out. */
export function endingOf(run: KubectlRun): Ending {
  if (run.code === 0) return 'drained';
  if (/due to error: ?\[?cannot delete /.test(run.err)) return 'obstacles';
  if (run.err.includes('more than one PodDisruptionBudget')) return 'impossible';
  if (/global timeout reached|context deadline exceeded/.test(run.err)) return 'timeout';
  return `unknown: ${run.err}`;
}
