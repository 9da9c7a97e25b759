import { Bash, type Command } from 'just-bash';
import type { HostDisk } from './disk.ts';
import type { HostLocks } from './locks.ts';

/** What a process prints and how it ends; text as bytes in latin1. */
export interface ProcessResult {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly exitCode: number;
}

/** What is to be run. */
export interface ProcessSpec {
  readonly uid: number;
  /** Shell text; `args` are put behind its first command as they are. */
  readonly text: string;
  readonly args?: readonly string[];
  readonly stdin?: Buffer;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What `ps` shows. Default: the text and the arguments. */
  readonly command?: string;
}

/** A process of a host, as its commands see it. */
export interface HostProcess {
  readonly pid: number;
  readonly uid: number;
  readonly command: string;
  readonly startedAtMs: number;
  /** Aborted when it is killed or the machine goes off. */
  readonly signal: AbortSignal;
  /** Never rejects; 137 when killed. */
  readonly done: Promise<ProcessResult>;
  kill(): void;
}

type CommandMaker = (process: HostProcess) => Command[];

const KILLED: ProcessResult = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), exitCode: 137 };

function baseEnv(uid: number): Record<string, string> {
  const user = uid === 0 ? 'root' : 'ops';
  return {
    HOME: uid === 0 ? '/root' : '/home/ops',
    USER: user,
    LOGNAME: user,
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  };
}

/** First word of a command line, without its folder and without sudo before it. */
export function programOf(command: string): string {
  const words = command.split(/\s+/).filter(word => word !== 'sudo');
  return (words[0] ?? '').replace(/^.*\//, '').replaceAll("'", '');
}

/** The process table of a host. Each process has a shell of its own on the one disk. */
export class ProcessTable {
  readonly #disk: HostDisk;
  readonly #locks: HostLocks;
  readonly #commands: CommandMaker;
  readonly #running = new Map<number, HostProcess>();
  #nextPid = 700;

  constructor(disk: HostDisk, locks: HostLocks, commands: CommandMaker) {
    this.#disk = disk;
    this.#locks = locks;
    this.#commands = commands;
  }

  list(): HostProcess[] {
    return [...this.#running.values()];
  }

  get(pid: number): HostProcess | undefined {
    return this.#running.get(pid);
  }

  /** Starts a process; it is in the table when this returns. */
  spawn(spec: ProcessSpec): HostProcess {
    const abort = new AbortController();
    return this.#add(spec.uid, spec.command ?? [spec.text, ...(spec.args ?? [])].join(' '), abort, process =>
      this.#run(process, spec),
    );
  }

  /** A process that only exists until it is killed, for example one that holds a lock. */
  pretend(command: string, uid = 0): HostProcess {
    const abort = new AbortController();
    return this.#add(
      uid,
      command,
      abort,
      ({ signal }) => new Promise(resolve => signal.addEventListener('abort', () => resolve(KILLED), { once: true })),
    );
  }

  killAll(): void {
    for (const process of this.list()) process.kill();
  }

  #add(
    uid: number,
    command: string,
    abort: AbortController,
    run: (process: HostProcess) => Promise<ProcessResult>,
  ): HostProcess {
    const killed = new Promise<ProcessResult>(resolve =>
      abort.signal.addEventListener('abort', () => resolve(KILLED), { once: true }),
    );
    const pid = this.#nextPid++;
    let start = (): void => {};
    const started = new Promise<void>(resolve => {
      start = resolve;
    });
    const process: HostProcess = {
      pid,
      uid,
      command,
      startedAtMs: Date.now(),
      signal: abort.signal,
      kill: () => abort.abort(new Error('killed')),
      done: started
        .then(() => Promise.race([run(process), killed]))
        .finally(() => {
          this.#running.delete(pid);
          void this.#disk.rm(`/proc/${pid}`, { recursive: true, force: true });
          this.#locks.releaseAll(pid);
        }),
    };
    this.#running.set(pid, process);
    this.#disk.writeFileSync(`/proc/${pid}/comm`, `${programOf(command)}\n`);
    this.#disk.mkdirSync(`/proc/${pid}/fd`, { recursive: true });
    this.#disk.writeFileSync(`/proc/${pid}/cmdline`, command.replaceAll(' ', '\0'));
    start();
    return process;
  }

  async #run(process: HostProcess, spec: ProcessSpec): Promise<ProcessResult> {
    const { uid, pid, signal } = process;
    const env = { ...baseEnv(uid), ...spec.env };
    const shell = new Bash({
      fs: this.#disk,
      cwd: spec.cwd ?? env.HOME ?? '/',
      env,
      // Nothing here runs JavaScript for the guest, and the patches would act on the whole embedding process.
      defenseInDepth: false,
      processInfo: { pid, ppid: 1, uid, gid: uid },
      executionLimits: { maxCommandCount: 10_000_000, maxLoopIterations: 10_000_000, maxWorkUnits: 1_000_000_000 },
      customCommands: this.#commands(process),
    });
    try {
      const result = await shell.exec(spec.text, {
        rawScript: true,
        signal,
        stdin: (spec.stdin ?? Buffer.alloc(0)).toString('latin1'),
        stdinKind: 'bytes',
        ...(spec.args ? { args: [...spec.args] } : {}),
      });
      return {
        stdout: bytesOf(result.stdout),
        stderr: Buffer.from(result.stderr, 'utf8'),
        exitCode: result.exitCode,
      };
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      return { stdout: Buffer.alloc(0), stderr: Buffer.from(`${text}\n`), exitCode: signal.aborted ? 137 : 126 };
    }
  }
}

/** Whole UTF-8 characters, one byte a character; after a line's start also the rest of one, at the end also its begin. */
const UTF8_RUN =
  /^(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})*(?:[\xc2-\xf4][\x80-\xbf]{0,2})?$/;

/**
 * The bytes of a shell's output. The shell gives text, but bytes as they were where it could not join them to
 * characters (`head -c`), and does not say which is which: a run beyond ASCII that reads as UTF-8 bytes is bytes.
 */
export function bytesOf(output: string): Buffer {
  const parts = output.split(/([\x80-\xff]+)/);
  const buffers = parts.map((part, index) => {
    if (index % 2 === 0) return Buffer.from(part, 'utf8');
    const atStart = index === 1 && parts[0] === '' ? true : (parts[index - 1] ?? '').endsWith('\n');
    const run = atStart ? part.replace(/^[\x80-\xbf]{1,3}/, '') : part;
    const atEnd = index === parts.length - 2 && parts.at(-1) === '';
    const bytes = UTF8_RUN.test(run) && (atEnd || isWhole(run));
    return Buffer.from(part, bytes ? 'latin1' : 'utf8');
  });
  return Buffer.concat(buffers);
}

function isWhole(run: string): boolean {
  return !Buffer.from(run, 'latin1').toString('utf8').includes('\ufffd');
}
