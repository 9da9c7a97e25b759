import type { ServerEnd } from './child.ts';

/** What the embedded server's keeper has to say while it runs. */
export type EmbeddedEvent =
  | { readonly kind: 'ended'; readonly end: ServerEnd; readonly nextTryInMs: number }
  | { readonly kind: 'restarted'; readonly pid: number }
  /** Too little free space: Redis would exit at its next write. `waiting`: it is down and not started before there is more. */
  | { readonly kind: 'disk-low'; readonly freeBytes: number; readonly neededBytes: number; readonly waiting: boolean }
  | { readonly kind: 'disk-well'; readonly freeBytes: number }
  /** Somebody removed or replaced the lock file of the running server. */
  | { readonly kind: 'lock-lost' };

/** One line for a log. */
export function describeEvent(event: EmbeddedEvent): string {
  switch (event.kind) {
    case 'ended': {
      const how = event.end.signal ?? `code ${String(event.end.code)}`;
      const last = event.end.lastLines.slice(-3).join(' | ');
      return `Redis ended (${how}), next start in ${event.nextTryInMs} ms; last lines: ${last}`;
    }
    case 'restarted':
      return `Redis runs again as process ${event.pid}`;
    case 'disk-low':
      return `only ${event.freeBytes} bytes are free on the disk of Redis, ${event.neededBytes} are wanted${
        event.waiting ? ': it is not started before' : ': it exits when the disk is full'
      }`;
    case 'disk-well':
      return `the disk of Redis has room again (${event.freeBytes} bytes)`;
    case 'lock-lost':
      return 'the lock file of the Redis data folder was removed or replaced by somebody else';
  }
}
