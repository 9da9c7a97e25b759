import type { RolloutEvent } from '../../shared/domain/events.ts';

/** One stream of server-sent events over a connection of its own. */
export class EventReader {
  readonly response: Response;
  /** Everything heard so far: events in order, and how many comments. */
  readonly events: RolloutEvent[] = [];
  readonly ids: string[] = [];
  comments = 0;
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #stop: AbortController;
  #rest = '';

  private constructor(response: Response, stop: AbortController) {
    if (!response.body) throw new Error('no body');
    this.response = response;
    this.#stop = stop;
    this.#reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  }

  static async open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventReader> {
    const stop = new AbortController();
    const accept = { accept: 'text/event-stream', ...headers };
    return new EventReader(await fetch(url, { headers: accept, signal: stop.signal }), stop);
  }

  /** Reads on until `enough`; false: the stream ended before. Throws when the connection broke. */
  async until(enough: (reader: EventReader) => boolean): Promise<boolean> {
    while (!enough(this)) {
      const { done, value } = await this.#reader.read();
      if (done) return false;
      this.#take(value);
    }
    return true;
  }

  /** Cuts the connection off. */
  cut(): void {
    this.#stop.abort();
    this.#reader.cancel().catch(() => undefined);
  }

  #take(text: string): void {
    const frames = (this.#rest + text).split('\n\n');
    this.#rest = frames.pop() ?? '';
    for (const frame of frames) {
      const fields = new Map(
        frame.split('\n').map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
      );
      if (fields.has('')) this.comments += 1;
      if (!fields.has('data')) continue;
      this.ids.push(fields.get('id') ?? '');
      this.events.push(JSON.parse(fields.get('data') ?? '') as RolloutEvent);
    }
  }
}
