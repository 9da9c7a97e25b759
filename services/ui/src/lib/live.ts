import { type ReadonlySignal, signal } from '@preact/signals';
import { setServerTime } from './clock.ts';
import { API, ApiProblem, get } from './http.ts';
import { askWhoIAm } from './person.ts';

/** The server says something at least every 5 s: so long without a word means that nobody is there any more. */
const SILENCE_MS = 13_000;
/** Answers that asking again does not change. */
const REFUSALS: readonly number[] = [400, 403, 404];
/** An answer that takes longer is none: without this a connection that is cut in silence would be waited for. */
const PATIENCE_MS = 30_000;
/** A page that nobody sees keeps its connection this much longer: browsers open six to a server, for all their tabs. */
const UNSEEN_MS = 5_000;
/** A page that nobody sees looks again after this, if it looks at all. */
const LOOK_MS = 60_000;
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000] as const;

/** How fresh a picture is. `lost`: what is shown is as old as `sinceMs` says. */
export type LiveState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** `sinceMs`: by this machine's clock, when the last word came. */
  | { readonly kind: 'lost'; readonly sinceMs: number }
  /** There is nothing to follow; asking again does not help. */
  | { readonly kind: 'refused'; readonly problem: ApiProblem };

/** A stream of events that comes back by itself. */
export interface Live {
  readonly state: ReadonlySignal<LiveState>;
  stop(): void;
}

/** What is done with each kind of event; the data is parsed. */
export type LiveHandlers = Readonly<Record<string, (data: unknown) => void>>;

/**
 * Follows the server-sent events of `path` (below the API) until stopped. Every connection begins with a whole picture.
 * A page that nobody sees follows nothing; `unseen`: the event whose data is then asked for now and then, as JSON.
 */
export function follow(path: string, handlers: LiveHandlers, unseen: string | null = null): Live {
  return new Stream(path, handlers, unseen);
}

class Stream implements Live {
  readonly state = signal<LiveState>({ kind: 'connecting' });
  readonly #path: string;
  readonly #handlers: LiveHandlers;
  #source: EventSource | null = null;
  #timer = 0;
  /** Losses in a row. */
  #losses = 0;
  #lastWordMs = Date.now();
  #isStopped = false;
  /** Nobody sees the page: nothing is followed. */
  #isResting = false;
  /** Rises with each connection, and with each rest: what was asked before may open none any more. */
  #turn = 0;
  #unseenTimer = 0;
  readonly #unseen: string | null;
  readonly #look = (): void => this.#heed();

  constructor(path: string, handlers: LiveHandlers, unseen: string | null) {
    this.#path = path;
    this.#unseen = unseen;
    this.#handlers = {
      ...handlers,
      tick: data => setServerTime((data as { readonly atMs: number }).atMs),
    };
    document.addEventListener('visibilitychange', this.#look);
    if (document.hidden) this.#rest();
    else this.#open();
  }

  stop(): void {
    this.#isStopped = true;
    document.removeEventListener('visibilitychange', this.#look);
    clearTimeout(this.#timer);
    clearTimeout(this.#unseenTimer);
    this.#source?.close();
  }

  /** Takes in whether the page can be seen. */
  #heed(): void {
    clearTimeout(this.#unseenTimer);
    if (document.hidden) {
      if (!this.#isResting) this.#unseenTimer = window.setTimeout(() => this.#rest(), UNSEEN_MS);
    } else if (this.#isResting) {
      this.#isResting = false;
      this.#losses = 0;
      this.#open();
    }
  }

  /** Gives the connection back. What is shown is as old as it is until there is one again. */
  #rest(): void {
    this.#isResting = true;
    this.#turn += 1;
    this.#source?.close();
    clearTimeout(this.#timer);
    if (this.state.value.kind === 'live') this.state.value = { kind: 'connecting' };
    if (this.#unseen !== null && this.state.value.kind !== 'refused') void this.#peek(this.#unseen);
  }

  async #peek(event: string): Promise<void> {
    const data = await this.#ask().catch(() => null);
    if (this.#isStopped || !this.#isResting) return;
    if (data !== null) this.#handlers[event]?.(data);
    this.#arm(LOOK_MS, () => void this.#peek(event));
  }

  #ask(): Promise<unknown> {
    return get(this.#path, AbortSignal.timeout(PATIENCE_MS));
  }

  #open(): void {
    this.#turn += 1;
    const source = new EventSource(`${API}${this.#path}`);
    this.#source = source;
    source.onerror = () => this.#lose();
    for (const [name, handle] of Object.entries(this.#handlers)) {
      source.addEventListener(name, (message: MessageEvent<string>) => {
        this.#heard();
        handle(JSON.parse(message.data));
      });
    }
    this.#arm(SILENCE_MS, () => this.#lose());
  }

  #heard(): void {
    this.#lastWordMs = Date.now();
    this.#losses = 0;
    if (this.state.value.kind !== 'live') this.state.value = { kind: 'live' };
    this.#arm(SILENCE_MS, () => this.#lose());
  }

  #lose(): void {
    this.#source?.close();
    if (this.#isStopped) return;
    this.#losses += 1;
    const isNews = this.state.value.kind === 'live' || this.#losses > 2;
    if (isNews) this.state.value = { kind: 'lost', sinceMs: this.#lastWordMs };
    const retryMs = RETRY_MS[Math.min(this.#losses, RETRY_MS.length) - 1] ?? 0;
    this.#arm(retryMs, () => void this.#tryAgain());
  }

  /** An EventSource does not tell what the server answered. */
  async #tryAgain(): Promise<void> {
    const turn = this.#turn;
    const problem = await this.#ask().then(
      () => null,
      (error: unknown) => error,
    );
    if (this.#isStopped || turn !== this.#turn) return;
    if (problem === null) return this.#open();
    const status = problem instanceof ApiProblem ? problem.status : 0;
    if (status === 401) {
      await askWhoIAm();
      if (this.#isStopped || turn !== this.#turn) return;
    }
    if (problem instanceof ApiProblem && REFUSALS.includes(status)) this.state.value = { kind: 'refused', problem };
    else this.#lose();
  }

  #arm(ms: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(then, ms);
  }
}
