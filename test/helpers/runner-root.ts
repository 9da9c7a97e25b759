import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type RunnerVerb, runnerFor } from '../../shared/hosts/runner/text.ts';
import type { RunnerShell } from './runner-shells.ts';

/** Runs the runner script in a real shell, on a private root. */
export interface RunnerRoot {
  readonly root: string;
  call(verb: RunnerVerb, args: readonly string[], script?: { text: string; args: readonly string[] }): Said;
  write(file: string, text: string): void;
  read(file: string): string;
  has(file: string): boolean;
  /** Puts a script before all other commands. */
  command(name: string, text: string): void;
  /** The host has no such program. */
  without(name: string): void;
  end(): void;
}

export interface Said {
  readonly code: number | null;
  readonly lines: string[];
  readonly stderr: string;
}

/** Detached tasks outlive what started them: each is a session of its own, found by the process id it left. */
function endTasks(state: string): void {
  const tasks = join(state, 'tasks');
  const folders = [join(state, 'reboot'), ...(existsSync(tasks) ? readdirSync(tasks).map(id => join(tasks, id)) : [])];
  for (const folder of folders) {
    const file = join(folder, 'pid');
    const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    if (pid > 1) endIfOurs(pid, folder);
  }
}

/** The number may belong to another process by now, or to none. */
function endIfOurs(pid: number, folder: string): void {
  try {
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** A root with boot id `boot-1` and nothing else; without systemd. */
export function runnerRoot(shell: Pick<RunnerShell, 'words' | 'tools'> = { words: ['/bin/sh'] }): RunnerRoot {
  const dir = mkdtempSync(join(tmpdir(), 'nodetide-runner-'));
  const root = join(dir, 'root');
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  write('proc/sys/kernel/random/boot_id', 'boot-1\n');
  write('proc/uptime', '12.34 5\n');
  write('etc/os-release', 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian \\"12\\""\n');
  mkdirSync(join(dir, 'bin'));
  const path = [join(dir, 'bin'), shell.tools, process.env['PATH']].filter(Boolean).join(':');
  const env = { ...process.env, NODETIDE_ROOT: root, PATH: path };
  const lacking: string[] = [];
  return {
    root,
    write,
    read: file => readFileSync(join(root, file), 'utf8'),
    has: file => existsSync(join(root, file)),
    command: (name, text) => {
      writeFileSync(join(dir, 'bin', name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(dir, 'bin', name), 0o755);
    },
    without: name => void lacking.push(name),
    call: (verb, args, script) => {
      const whole = runnerFor(verb, script);
      const input = lacking.reduce((text, name) => text.replaceAll(`command -v ${name}`, 'command -v no-such'), whole);
      const [program, ...words] = shell.words;
      const { status, stdout, stderr } = spawnSync(program, [...words, '-s', '--', verb, ...args], {
        env,
        input,
        encoding: 'utf8',
      });
      const [hello, ...lines] = stdout.split('\n');
      if (hello !== 'nodetide-runner 1') throw new Error(`no greeting: ${stdout} ${stderr}`);
      return { code: status, lines: lines.filter(line => line !== ''), stderr };
    },
    end: () => {
      endTasks(join(root, 'var/lib/nodetide'));
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
