import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { OverviewSources } from '../../../services/api/ports.ts';
import { Streams } from '../../../services/api/v1/live/streams.ts';
import { SILENT_LOG } from '../../../services/common/log.ts';
import { listen, NO_ROLLOUTS, partsOf } from '../../helpers/api-server.ts';

/** One frame, and then nothing until it is to end. */
async function* silent(signal: AbortSignal): AsyncIterable<string> {
  yield 'retry: 1\n\n';
  if (!signal.aborted) await once(signal, 'abort');
}

function reader(): ServerResponse {
  return new EventEmitter() as ServerResponse;
}

const unheard = () => expect.fail('no stream was to break');

describe('open streams', () => {
  it('are limited, and make room when a reader goes', async () => {
    const streams = new Streams(unheard);
    const readers = Array.from({ length: 500 }, reader);
    const [first] = readers.map(each => streams.open(each, silent).resume());
    expect(streams.full).toBe(true);
    readers[0]?.emit('close');
    if (first) await once(first, 'close');
    expect(streams.full).toBe(false);
    await streams.stop();
  });

  it('end at once for a reader who has gone already', async () => {
    const streams = new Streams(unheard);
    const stream = streams.open(Object.assign(reader(), { destroyed: true }), silent).resume();
    await once(stream, 'close');
    await streams.stop();
  });

  it('end when the server stops, and no further one is opened', async () => {
    const streams = new Streams(unheard);
    const stream = streams.open(reader(), silent).resume();
    const ended = once(stream, 'end');
    await streams.stop();
    await ended;
    expect(streams.full).toBe(true);
  });
});

describe('a stream that breaks off', () => {
  async function follow(surveys: OverviewSources['surveys'], notReady: string | null) {
    const logged: string[] = [];
    const log = {
      ...SILENT_LOG,
      error: (fields: object, text: string) => void logged.push(`${text} ${JSON.stringify(fields)}`),
    };
    const parts = { ...partsOf(NO_ROLLOUTS, async () => notReady), log };
    const server = await listen({ ...parts, overview: { ...parts.overview, surveys } });
    const answer = await fetch(`${server.url}/api/v1/overview`, { headers: { accept: 'text/event-stream' } });
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
    await server.stop();
    return logged;
  }
  const broken = () => Promise.reject(new TypeError('no such field'));

  it('is told of in the log, with what was behind it', async () => {
    expect(await follow(broken, null)).toEqual([expect.stringMatching(/^an event stream broke off .*no such field/)]);
  });

  it('is not told of for each reader where the store does not answer', async () => {
    expect(await follow(broken, 'Redis does not answer')).toEqual([]);
  });
});
