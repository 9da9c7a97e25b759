import { statfs } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ServerBinary } from './binary.ts';
import type { EmbeddedEvent } from './events.ts';
import { locateBinary } from './locate.ts';

/** How to run an embedded server. */
export interface EmbeddedOptions {
  /** Data folder; made with mode 0700 when missing. */
  readonly dir: string;
  /** Default: `locateBinary()`. */
  readonly binary?: ServerBinary;
  readonly onEvent?: (event: EmbeddedEvent) => void;
  /** Below this Redis is not started, and a running one is reported. Default 64 MiB. */
  readonly minFreeBytes?: number;
  /** Default: what the file system says. */
  readonly freeBytes?: (dir: string) => Promise<number>;
  /** How often the disk is looked at. Default 10 s. */
  readonly diskIntervalMs?: number;
  /** Wait before the nth start in a row (from 1). Default 200 ms, doubling up to 10 s. */
  readonly restartDelayMs?: (attempt: number) => number;
}

/** Options with every default applied. */
export type CompleteOptions = Required<EmbeddedOptions>;

/** Applies the defaults. */
export async function completeOptions(options: EmbeddedOptions): Promise<CompleteOptions> {
  return {
    onEvent: () => {},
    minFreeBytes: 64 * 1024 * 1024,
    freeBytes: freeBytesOf,
    diskIntervalMs: 10_000,
    restartDelayMs: attempt => Math.min(10_000, 200 * 2 ** (attempt - 1)),
    ...options,
    dir: resolve(options.dir),
    binary: options.binary ?? (await locateBinary()),
  };
}

/** What an ordinary user may still write on the disk of this folder. */
async function freeBytesOf(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}
