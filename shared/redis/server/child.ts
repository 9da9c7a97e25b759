import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { ServerBinary } from './binary.ts';

/** How a server ended. */
export interface ServerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Its last lines, oldest first. */
  readonly lastLines: readonly string[];
}

/** A server process of ours. */
export interface ServerChild {
  readonly pid: number;
  /** Resolves once it answers; null: it ended before. */
  readonly ready: Promise<true | null>;
  readonly ended: Promise<ServerEnd>;
  /** Nothing when it has ended. */
  kill(signal: NodeJS.Signals): void;
}

/**
 * Becomes the server, with a guard beside it that ends it when this program is gone, however it went: the guard reads from a
 * pipe whose other end only this program holds. A line there means the server ended first; the end of the pipe without
 * one means this program did. `$$` is the pid of the server, because `exec` keeps it.
 */
const GUARDED = `
(
  exec <&3 3<&- >/dev/null 2>&1
  trap '' INT TERM HUP
  read -r line && exit 0
  kill -TERM $$
  seconds=0
  while kill -0 $$ && [ "$seconds" -lt 60 ]; do sleep 1; seconds=$((seconds + 1)); done
  kill -KILL $$
) &
exec "$@" 3<&-
`;

const KEPT_LINES = 40;

/**
 * Starts a server with these settings; they go over its standard input, so that no secret is in a command line or file.
 */
export function startChild(binary: ServerBinary, settings: string): ServerChild {
  const child = spawn('/bin/sh', ['-c', GUARDED, 'sh', binary.path, '-'], {
    env: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      LC_ALL: 'C',
      ...(binary.libraryPath === '' ? {} : { LD_LIBRARY_PATH: binary.libraryPath }),
    },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    // A session of its own: Ctrl-C in a terminal is for us, and we end the server when all work has stopped.
    detached: true,
  });
  const lines: string[] = [];
  const guard = child.stdio[3] as Socket;
  for (const stream of [child.stdin, guard]) stream.on('error', () => {});
  child.stdin.end(settings);
  const ended = new Promise<ServerEnd>(resolve => {
    child.once('exit', (code, signal) => {
      guard.end('ended\n');
      const end = () => resolve({ code, signal, lastLines: lines });
      // `close`: all it said was read. A log rewrite it forked may hold the output open a while longer.
      child.once('close', end);
      setTimeout(end, 500).unref();
    });
    child.once('error', error => {
      lines.push(error.message);
      if (child.pid === undefined) resolve({ code: null, signal: null, lastLines: lines });
    });
  });
  const ready = new Promise<true | null>(resolve => {
    const onLine = (line: string) => {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      if (/ready to accept connections/i.test(line)) resolve(true);
    };
    for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', onLine);
    void ended.then(() => resolve(null));
  });
  return { pid: child.pid ?? 0, ready, ended, kill: signal => void child.kill(signal) };
}
