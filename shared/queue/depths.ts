import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { QueueDepth } from '../domain/metrics/facts.ts';

/** States of jobs that are not over. */
const STATES = ['wait', 'prioritized', 'active', 'delayed', 'waiting-children', 'failed'] as const;
/** Events looked through for when a job came into its turn. */
const LOOKED_THROUGH = 1_000;

/** How many jobs are in each queue, and for how long the next in turn could have run, by the clock `nowMs`. */
export async function queueDepths(redis: Redis, queues: readonly Queue[], nowMs: number): Promise<QueueDepth[]> {
  return Promise.all(queues.map(queue => depthOf(redis, queue, nowMs)));
}

async function depthOf(redis: Redis, queue: Queue, nowMs: number): Promise<QueueDepth> {
  const counts = await queue.getJobCounts(...STATES);
  const jobs = Object.fromEntries(STATES.map(state => [state === 'wait' ? 'waiting' : state, counts[state] ?? 0]));
  const waits = jobs['waiting'] === 0 ? null : await waitingSince(redis, queue);
  const due = jobs['delayed'] === 0 ? null : await dueSince(redis, queue);
  const sinceMs = Math.min(waits ?? nowMs, due ?? nowMs);
  return { queue: queue.name, jobs, oldestMs: Math.max(0, nowMs - sinceMs) };
}

/** When the job at the head of the queue came there; BullMQ keeps it only in the stream of the queue's events. */
async function waitingSince(redis: Redis, queue: Queue): Promise<number | null> {
  const [id] = await redis.lrange(queue.toKey('wait'), -1, -1);
  if (id === undefined) return null;
  const entries = await redis.xrevrange(queue.toKey('events'), '+', '-', 'COUNT', LOOKED_THROUGH);
  const mine = entries.find(([, fields]) => tellsOf(fields, id));
  // Told longer ago than was looked through: at least so long.
  const told = mine?.[0] ?? entries.at(-1)?.[0];
  return told === undefined ? null : Number(told.slice(0, told.indexOf('-')));
}

function tellsOf(fields: readonly string[], id: string): boolean {
  return valueOf(fields, 'event') === 'waiting' && valueOf(fields, 'jobId') === id;
}

function valueOf(fields: readonly string[], name: string): string | undefined {
  for (let at = 0; at < fields.length; at += 2) if (fields[at] === name) return fields[at + 1];
  return undefined;
}

/** When the first delayed job was due. BullMQ keeps the time in ms times 4096, the low bits are a counter. */
async function dueSince(redis: Redis, queue: Queue): Promise<number | null> {
  const [, score] = await redis.zrange(queue.toKey('delayed'), '0', '0', 'WITHSCORES');
  return score === undefined ? null : Math.floor(Number(score) / 0x1000);
}
