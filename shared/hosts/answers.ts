import { type FailureCode, fail } from '../domain/failures/catalogue.ts';
import { cleanText } from '../domain/output.ts';
import type { HostFacts } from '../ports/host.ts';
import type { Answer } from './executor.ts';
import { neverRan } from './never-ran.ts';
import { RUNNER_HELLO } from './runner/text.ts';

/** Exit codes of the runner for what it refuses. */
export const REFUSALS: Readonly<Record<number, FailureCode>> = {
  91: 'host-not-owned',
  92: 'host-stale-epoch',
  93: 'host-boot-id-changed',
  94: 'host-order-expired',
  95: 'host-busy',
  96: 'host-disk-full',
  97: 'host-script-failed',
};

/**
 * What the runner wrote after its first line (what comes before is the login shell's own). Throws StepError when it
 * never ran, see {@link neverRan}.
 */
export function afterHello(answer: Answer, where: string): Buffer {
  const at = answer.stdout.indexOf(RUNNER_HELLO);
  if (at >= 0) return answer.stdout.subarray(at + RUNNER_HELLO.length);
  if (wasKilled(answer)) throw killed(answer, where);
  throw neverRan(answer, where);
}

/** The text of a verb other than `run`. Throws StepError for what the runner refuses. */
export function textOf(answer: Answer, where: string): string {
  const body = afterHello(answer, where);
  if (answer.exitCode === 0) return body.toString('utf8');
  if (wasKilled(answer)) throw killed(answer, where);
  const said = body
    .toString('utf8')
    .trim()
    .replace(/^refused /m, '');
  const seen = [said, answer.stderr.toString('utf8').trim()]
    .filter(text => text !== '')
    .join('\n')
    .slice(-2000);
  const code = REFUSALS[answer.exitCode] ?? 'host-script-failed';
  throw fail(code, { message: `${where} refused: ${said || `exit code ${answer.exitCode}`}`, seen });
}

/** A login shell tells of a killed command as 128 + the signal: what it had done by then is not known. */
function wasKilled({ exitCode }: Answer): boolean {
  return exitCode > 128 && exitCode < 160;
}

function killed({ exitCode }: Answer, where: string) {
  const seen = `exit code ${exitCode}: killed by signal ${exitCode - 128}`;
  return fail('host-connection-lost', { message: `${where} ended our script before its end`, seen });
}

/** Reads the answer of the verb `facts`. Throws StepError `host-script-failed` when it makes no sense. */
export function readFacts(text: string, where: string): HostFacts {
  const lines = cleanText(text)
    .split('\n')
    .map(line => {
      const at = line.indexOf(' ');
      return at < 0 ? ([line, ''] as const) : ([line.slice(0, at), line.slice(at + 1).trim()] as const);
    });
  const one = (key: string): string | undefined => lines.find(([name]) => name === key)?.[1];
  const all = (key: string): string[] => lines.filter(([name]) => name === key).map(([, value]) => value);
  const os = readOsRelease(all('os'));
  const [bootId, kernel, nowMs] = [one('boot'), one('kernel'), Number(one('now'))];
  if (!bootId || !kernel || !(nowMs > 0))
    throw fail('host-script-failed', { message: `${where} did not give its facts`, seen: text.slice(0, 1000) });
  const arch = one('arch');
  const imageTool = one('image');
  return {
    bootId,
    kernel,
    os: {
      id: os.get('ID') ?? 'linux',
      versionId: os.get('VERSION_ID') ?? '',
      prettyName: os.get('PRETTY_NAME') ?? os.get('NAME') ?? 'Linux',
    },
    ...(arch ? { arch } : {}),
    ...(imageTool === 'rpm-ostree' || imageTool === 'transactional-update' ? { imageTool } : {}),
    uptimeSeconds: Number(one('uptime')) || 0,
    nowMs,
    hostname: one('hostname') ?? '',
    failedUnits: one('systemd') === 'yes' ? all('failed').filter(unit => !unit.startsWith('nodetide-')) : null,
    packageTransaction: one('transaction') ?? null,
  };
}

/** os-release(5): shell-like assignments, values perhaps in quotes, with backslashes inside double ones. */
function readOsRelease(lines: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = /^\s*([A-Z0-9_]+)=(.*)$/.exec(line) ?? [];
    if (!name || value === undefined) continue;
    const [, single, double] = /^(?:'([^']*)'|"((?:\\.|[^"\\])*)")$/.exec(value.trim()) ?? [];
    found.set(name, single ?? double?.replaceAll(/\\(.)/g, '$1') ?? value.trim());
  }
  return found;
}

/** What a look at a detached task says. */
export interface TaskState {
  readonly kind: 'none' | 'running' | 'exited' | 'cut' | 'gone';
  readonly exitCode: number;
  readonly bootId: string;
  /** Where `log` begins; after what was asked for when the host left some of it out. */
  readonly from: number;
  /** How long the whole log is by now, bytes, also what is not in `log`. */
  readonly size: number;
  readonly log: Buffer;
}

/** Reads the answer of the verb `poll`. Throws StepError for what the runner refuses, or when it makes no sense. */
export function readTaskState(answer: Answer, where: string): TaskState {
  if (answer.exitCode !== 0) textOf(answer, where);
  const body = afterHello(answer, where);
  const end = body.indexOf('\n\n');
  const head = body.subarray(0, end < 0 ? 0 : end).toString('utf8');
  const [, kind, exitCode] = /^state (none|running|exited|cut|gone) ?(\d*)/.exec(head) ?? [];
  // No code is not the code 0.
  if (!kind || (kind === 'exited' && !exitCode))
    throw fail('host-script-failed', { message: `${where} did not say how the task stands`, seen: head });
  return {
    kind: kind as TaskState['kind'],
    exitCode: Number(exitCode),
    bootId: /^boot (.*)$/m.exec(head)?.[1] ?? '',
    from: Number(/^from (\d+)$/m.exec(head)?.[1] ?? 0),
    size: Number(/^size (\d+)$/m.exec(head)?.[1] ?? 0),
    log: body.subarray(end + 2),
  };
}
