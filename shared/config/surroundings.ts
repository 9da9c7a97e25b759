import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** Why a file cannot be used. */
export type FileTrouble = 'missing' | 'not readable' | 'a folder';

/** What is around a fleet file on this machine. */
export interface Surroundings {
  readonly home: string;
  readonly cwd: string;
  /** KUBECONFIG is looked at. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Default true. false: no host and no cluster is reached from here, so keys and kubeconfigs need not be there. */
  readonly reaches?: boolean;
  /** From when on calendars count, ms since the epoch. Default: the machine's clock. */
  readonly nowMs?: number;
  /** null: the file can be read. */
  trouble(file: string): FileTrouble | null;
  /** Throws when the file cannot be read. */
  read(file: string): string;
}

/** The surroundings of this process. */
export function processSurroundings(): Surroundings {
  return {
    home: homedir(),
    cwd: process.cwd(),
    env: process.env,
    trouble: file => {
      try {
        if (statSync(file).isDirectory()) return 'a folder';
        accessSync(file, constants.R_OK);
        return null;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        return code === 'EACCES' || code === 'EPERM' ? 'not readable' : 'missing';
      }
    },
    read: file => readFileSync(file, 'utf8'),
  };
}

/** `path` as an absolute one: `~` is `home`, anything relative starts at `folder`. */
export function absolute(path: string, folder: string, home: string): string {
  if (path === '~') return home;
  if (path.startsWith('~/')) return join(home, path.slice(2));
  return isAbsolute(path) ? resolve(path) : resolve(folder, path);
}
