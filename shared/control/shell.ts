import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../domain/failures/catalogue.ts';
import type { Control, ControlCommand, ControlResult } from '../ports/control.ts';

const MOST_OUTPUT = 16 * 1024;
/** Between the polite word and the end of a command that is late. */
const GRACE_MS = 2_000;
const LOOK_MS = 25;
/** Holds a password as often as not, and is nobody's business. */
const WITHHELD = ['REDIS_URL'];

/** Runs commands with `sh` on this machine, each in a process group of its own, with our environment but for `REDIS_URL`. */
export const shellControl: Control = { run };

async function run(command: ControlCommand, signal: AbortSignal): Promise<ControlResult> {
  signal.throwIfAborted();
  const child = spawn('sh', ['-c', command.text], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...ownEnvironment(), ...command.env },
  });
  const said = listen(child, command.mostOutputChars ?? MOST_OUTPUT);
  const late = AbortSignal.timeout(Math.ceil(command.timeoutMs));
  const ended = endOf(child);
  const cut = abortOf(AbortSignal.any([signal, late]));
  try {
    const exitCode = await Promise.race([ended, cut.aborted]);
    if (exitCode !== null) return { exitCode, output: said() };
    ended.catch(() => {});
    await killGroup(child.pid);
  } finally {
    cut.forget();
    letGo(child);
  }
  signal.throwIfAborted();
  const message = `the command did not end within ${command.timeoutMs / 1000} s`;
  throw fail('control-command-timeout', { message, seen: said() });
}

function abortOf(signal: AbortSignal): { aborted: Promise<null>; forget(): void } {
  let onAbort = (): void => {};
  const aborted = new Promise<null>(resolve => {
    onAbort = () => resolve(null);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  return { aborted, forget: () => signal.removeEventListener('abort', onAbort) };
}

function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !WITHHELD.includes(name)));
}

function listen({ stdout, stderr }: ChildProcess, most: number): () => string {
  let output = '';
  const hear = (stream: Readable | null): void => {
    const decoder = new StringDecoder('utf8');
    stream?.on('data', (chunk: Buffer) => {
      output = (output + decoder.write(chunk)).slice(-most);
    });
  };
  hear(stdout);
  hear(stderr);
  return () => output;
}

/** What it started in the background may hold its output open: its own end counts, with what was said by then. */
function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', cause => {
      reject(
        fail('control-command-not-run', {
          message: 'no shell could be started on this machine',
          seen: cause.message,
          cause,
        }),
      );
    });
    child.once('exit', (code, killedBy) => {
      const ended = code ?? 128 + (killedBy ? constants.signals[killedBy] : 0);
      const done = (): void => resolve(ended);
      const timer = setTimeout(done, 250);
      child.once('close', () => {
        clearTimeout(timer);
        done();
      });
    });
  });
}

/** What it left in the background may go on and write: we hear it, and do not stay for it. */
function letGo({ stdout, stderr }: ChildProcess): void {
  for (const stream of [stdout, stderr]) if (stream instanceof Socket) stream.unref();
}

/** Asks all of the group to end, and ends what is left of it a little later. */
async function killGroup(pid: number | undefined): Promise<void> {
  if (pid === undefined || !signalGroup(pid, 'SIGTERM')) return;
  for (let waitedMs = 0; waitedMs < GRACE_MS; waitedMs += LOOK_MS) {
    await sleep(LOOK_MS);
    if (!signalGroup(pid, 0)) return;
  }
  signalGroup(pid, 'SIGKILL');
}

/** False: nobody of the group is left. */
function signalGroup(pid: number, name: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  try {
    process.kill(-pid, name);
    return true;
  } catch {
    return false;
  }
}
