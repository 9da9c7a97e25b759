import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';

/** Streams that are open at once; each costs reads of Redis. */
const MOST_STREAMS = 500;
/** How long a reader may take for the rest when the server stops. */
const LAST_WORDS_MS = 1_000;

/** The open streams of a server. */
export class Streams {
  readonly #open = new Map<Readable, AbortController>();
  readonly #broken: (error: unknown) => void;
  #stopped = false;

  /** `broken` hears why a stream had to end that its reader would still read: the answer itself cannot tell any more. */
  constructor(broken: (error: unknown) => void) {
    this.#broken = broken;
  }

  /** Whether no further one may be opened. */
  get full(): boolean {
    return this.#stopped || this.#open.size >= MOST_STREAMS;
  }

  /** Opens one to `reader`; `frames` ends when its signal aborts, which happens when the reader goes away. */
  open(reader: ServerResponse, frames: (signal: AbortSignal) => AsyncIterable<string>): Readable {
    const stop = new AbortController();
    const stream = Readable.from(frames(stop.signal));
    this.#open.set(stream, stop);
    // The stream itself closes only once `frames` has ended, which may be waiting.
    reader.once('close', () => stop.abort());
    if (reader.destroyed) stop.abort();
    stream.once('error', error => {
      if (!stop.signal.aborted) this.#broken(error);
    });
    stream.once('close', () => this.#open.delete(stream));
    return stream;
  }

  /** Ends all streams, so that their readers see an end and not a broken connection. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const ends = [...this.#open.keys()].map(stream => finished(stream).catch(() => undefined));
    for (const stop of this.#open.values()) stop.abort();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise(resolve => {
      timer = setTimeout(resolve, LAST_WORDS_MS);
    });
    await Promise.race([Promise.all(ends), patience]);
    clearTimeout(timer);
  }
}
