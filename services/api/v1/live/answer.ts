import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Problem } from '../../problem.ts';
import type { Streams } from './streams.ts';

/** Whether a request asks for events as they come. */
export function wantsStream({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return headers.accept?.includes('text/event-stream') ?? false;
}

/**
 * Answers with an event stream that no proxy keeps back until there is more of it.
 * @throws Problem not-ready when too many are open
 */
export function sendStream(
  streams: Streams,
  reply: FastifyReply,
  frames: (signal: AbortSignal) => AsyncIterable<string>,
): FastifyReply {
  if (streams.full) throw new Problem('not-ready', 'too many event streams are open');
  reply.header('content-type', 'text/event-stream').header('x-accel-buffering', 'no');
  return reply.send(streams.open(reply.raw, frames));
}

/** An answer in JSON that is also to be had live. */
export function liveAnswer(description: string, schema: z.ZodType, events: string) {
  return {
    description: `${description}; with Accept: text/event-stream live`,
    content: {
      'application/json': { schema },
      'text/event-stream': { schema: z.string().describe(`Server-sent events: ${events}`) },
    },
  };
}
