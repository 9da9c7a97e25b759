import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Streams } from '../../../services/api/v1/live/streams.ts';

/** One frame, and then nothing until it is to end. */
async function* silent(signal: AbortSignal): AsyncIterable<string> {
  yield 'retry: 1\n\n';
  if (!signal.aborted) await once(signal, 'abort');
}

function reader(): ServerResponse {
  return new EventEmitter() as ServerResponse;
}

describe('open streams', () => {
  it('are limited, and make room when a reader goes', async () => {
    const streams = new Streams();
    const readers = Array.from({ length: 500 }, reader);
    const [first] = readers.map(each => streams.open(each, silent).resume());
    expect(streams.full).toBe(true);
    readers[0]?.emit('close');
    if (first) await once(first, 'close');
    expect(streams.full).toBe(false);
    await streams.stop();
  });

  it('end at once for a reader who has gone already', async () => {
    const streams = new Streams();
    const stream = streams.open(Object.assign(reader(), { destroyed: true }), silent).resume();
    await once(stream, 'close');
    await streams.stop();
  });

  it('end when the server stops, and no further one is opened', async () => {
    const streams = new Streams();
    const stream = streams.open(reader(), silent).resume();
    const ended = once(stream, 'end');
    await streams.stop();
    await ended;
    expect(streams.full).toBe(true);
  });
});
