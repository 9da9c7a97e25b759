import type { Redis } from 'ioredis';
import type { EventBody, RolloutEvent } from '../domain/events.ts';

type StreamEntry = [id: string, fields: string[]];

function decode([id, fields]: StreamEntry): RolloutEvent {
  const body = JSON.parse(fields[1] ?? '{}') as EventBody;
  // A stream id begins with the server's time in ms.
  return { ...body, id, atMs: Number(id.slice(0, id.indexOf('-'))) };
}

/** Events asked for at once: a large journal must not keep the server from answering others. */
const PAGE = 1_000;

/** The journal after event `after` (empty: from the start), at most `limit` events. */
export async function readEvents(redis: Redis, journal: string, after: string, limit: number): Promise<RolloutEvent[]> {
  const events: RolloutEvent[] = [];
  let last = after;
  while (events.length < limit) {
    const count = Math.min(PAGE, limit - events.length);
    const entries = await redis.xrange(journal, last === '' ? '-' : `(${last}`, '+', 'COUNT', count);
    for (const entry of entries) events.push(decode(entry));
    if (entries.length < count) break;
    last = events.at(-1)?.id ?? last;
  }
  return events;
}

/** A node's events back to its claim in a round, in order. Only the end of the journal is read. */
export async function readRound(
  redis: Redis,
  journal: string,
  { cluster, node, round }: { readonly cluster: string; readonly node: string; readonly round: number },
): Promise<RolloutEvent[]> {
  const events: RolloutEvent[] = [];
  const mark = `"node":${JSON.stringify(node)}`;
  let before = '+';
  for (;;) {
    const entries = await redis.xrevrange(journal, before, '-', 'COUNT', PAGE);
    for (const entry of entries) {
      // Most are of other nodes: they need not be read.
      if (!entry[1][1]?.includes(mark)) continue;
      const event = decode(entry);
      if (!('cluster' in event && 'node' in event) || event.cluster !== cluster || event.node !== node) continue;
      events.push(event);
      if (event.type === 'node-claimed' && event.round <= round) return events.reverse();
    }
    const last = entries.at(-1);
    if (!last || entries.length < PAGE) return events.reverse();
    before = `(${last[0]}`;
  }
}

/** Blocks up to `blockMs` for events after `after`; none: an empty list. `redis` is blocked meanwhile. */
export async function awaitEvents(
  redis: Redis,
  journal: string,
  after: string,
  blockMs: number,
): Promise<RolloutEvent[]> {
  const from = after === '' ? '0-0' : after;
  const answer = await redis.xread('COUNT', 500, 'BLOCK', blockMs, 'STREAMS', journal, from);
  return (answer?.[0]?.[1] ?? []).map(decode);
}
