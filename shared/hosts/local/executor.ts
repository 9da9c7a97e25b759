import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fail } from '../../domain/failures/catalogue.ts';
import { reasonOf, unlessAborted } from '../../ports/abort.ts';
import type { Answer, Executor } from '../executor.ts';

/** Most that is kept of what one call says, bytes. */
const MOST_BYTES = 16 * 1024 * 1024;
/** What the runner reads, and nothing of ours: secrets stay here. */
const PASSED_ON = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'NODETIDE_ROOT'];

/**
 * Runs programs on this machine, as root: under `sudo -n` where we are not. Each is a session of its own, so that no signal
 * to us reaches it; its environment is only what a login would give.
 */
export class LocalExecutor implements Executor {
  readonly where: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #words: readonly string[];

  /** `env`: the whole environment of the programs. */
  constructor(where: string, env: NodeJS.ProcessEnv = passedOn(), isRoot = process.getuid?.() === 0) {
    this.where = where;
    this.#env = env;
    this.#words = isRoot ? ['sh', '-s', '--'] : ['sudo', '-n', 'sh', '-s', '--'];
  }

  /** As {@link Executor.execute}. Throws `sudo-refused` when there is no sudo, `host-script-failed` when no shell. */
  async execute(words: readonly string[], stdin: string, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    const [program = 'sh', ...rest] = [...this.#words, ...words];
    const child = spawn(program, rest, { detached: true, env: this.#env, cwd: '/', stdio: 'pipe' });
    const heard = listen(child);
    const tooMuch = heard.tooMuch.then(() => {
      throw fail('host-script-failed', { message: `${this.where} said more than ${MOST_BYTES} bytes` });
    });
    tooMuch.catch(() => {});
    // One that ends before it has read all says enough by its end.
    child.stdin.on('error', () => {});
    child.stdin.write(stdin);
    const ended = this.#endOf(child, program);
    try {
      const exitCode = await unlessAborted(Promise.race([ended, tooMuch]), signal);
      return { exitCode, stdout: heard.stdout(), stderr: heard.stderr() };
    } catch (error) {
      ended.catch(() => {});
      throw signal.aborted ? reasonOf(signal) : error;
    } finally {
      letGo(child);
    }
  }

  async close(): Promise<void> {}

  #endOf(child: ChildProcess, program: string): Promise<number> {
    return new Promise((resolve, reject) => {
      child.once('error', cause => {
        const code = program === 'sudo' ? 'sudo-refused' : 'host-script-failed';
        reject(fail(code, { message: `${program} cannot be run on ${this.where}`, seen: cause.message, cause }));
      });
      child.once('close', (code, killedBy) => {
        if (code !== null) resolve(code);
        else
          reject(
            fail('host-connection-lost', {
              message: `${this.where} ended our script before its end`,
              seen: `the command was killed by ${killedBy}`,
            }),
          );
      });
    });
  }
}

function passedOn(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => PASSED_ON.includes(name));
  // What sudo says is told apart by its text.
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}

/** What it left running keeps nothing of ours open, we do not wait for it, and it sees that we are gone. */
function letGo(child: ChildProcess): void {
  child.stdin?.destroy();
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}

function listen(child: ChildProcess) {
  let left = MOST_BYTES;
  let overflow = (): void => {};
  const tooMuch = new Promise<void>(resolve => {
    overflow = resolve;
  });
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const hear = (stream: Readable | null, into: Buffer[]): void => {
    stream?.on('error', () => {});
    stream?.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left >= 0) into.push(chunk);
      else overflow();
    });
  };
  hear(child.stdout, chunks.stdout);
  hear(child.stderr, chunks.stderr);
  return {
    stdout: () => Buffer.concat(chunks.stdout),
    stderr: () => Buffer.concat(chunks.stderr),
    tooMuch,
  };
}
