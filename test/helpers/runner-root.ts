import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type RunnerVerb, runnerFor } from '../../shared/hosts/runner/text.ts';

/** Runs the runner script in a real shell, on a private root. */
export interface RunnerRoot {
  readonly root: string;
  call(verb: RunnerVerb, args: readonly string[], script?: { text: string; args: readonly string[] }): Said;
  write(file: string, text: string): void;
  read(file: string): string;
  has(file: string): boolean;
  /** Puts a script before all other commands. */
  command(name: string, text: string): void;
  end(): void;
}

export interface Said {
  readonly code: number | null;
  readonly lines: string[];
  readonly stderr: string;
}

/** A root with boot id `boot-1` and nothing else; without systemd. */
export function runnerRoot(shell = '/bin/sh'): RunnerRoot {
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
  const env = { ...process.env, NODETIDE_ROOT: root, PATH: `${join(dir, 'bin')}:${process.env['PATH'] ?? ''}` };
  return {
    root,
    write,
    read: file => readFileSync(join(root, file), 'utf8'),
    has: file => existsSync(join(root, file)),
    command: (name, text) => {
      writeFileSync(join(dir, 'bin', name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(dir, 'bin', name), 0o755);
    },
    call: (verb, args, script) => {
      const input = runnerFor(verb, script);
      const { status, stdout, stderr } = spawnSync(shell, ['-s', '--', verb, ...args], {
        env,
        input,
        encoding: 'utf8',
      });
      const [hello, ...lines] = stdout.split('\n');
      if (hello !== 'nodetide-runner 1') throw new Error(`no greeting: ${stdout} ${stderr}`);
      return { code: status, lines: lines.filter(line => line !== ''), stderr };
    },
    end: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }),
  };
}
