import { type ReadonlySignal, signal } from '@preact/signals';
import { setServerTime } from './clock.ts';
import { API, ApiProblem, get } from './http.ts';
import { askWhoIAm } from './person.ts';

/** The server says something at least every 5 s: so long without a word means that nobody is there any more. */
const SILENCE_MS = 13_000;
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

/** Follows the server-sent events of `path` (below the API) until stopped. Every connection begins with a whole picture. */
export function follow(path: string, handlers: LiveHandlers): Live {
  const state = signal<LiveState>({ kind: 'connecting' });
  let source: EventSource | null = null;
  let timer = 0;
  let tries = 0;
  let lastWordMs = Date.now();
  let isStopped = false;

  const heard = (): void => {
    lastWordMs = Date.now();
    tries = 0;
    if (state.value.kind !== 'live') state.value = { kind: 'live' };
    arm(SILENCE_MS, lose);
  };
  const arm = (ms: number, then: () => void): void => {
    clearTimeout(timer);
    timer = window.setTimeout(then, ms);
  };
  const lose = (): void => {
    source?.close();
    if (state.value.kind === 'live' || tries > 1) state.value = { kind: 'lost', sinceMs: lastWordMs };
    arm(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] ?? 0, () => void whyLost());
    tries += 1;
  };
  /** An EventSource does not tell what the server answered. */
  const whyLost = async (): Promise<void> => {
    const problem = await get(path).then(
      () => null,
      (error: unknown) => error,
    );
    if (isStopped) return;
    if (problem instanceof ApiProblem && [400, 403, 404].includes(problem.status)) {
      state.value = { kind: 'refused', problem };
      return;
    }
    if (problem instanceof ApiProblem && problem.status === 401) void askWhoIAm();
    if (problem === null) open();
    else lose();
  };
  const open = (): void => {
    source = new EventSource(`${API}${path}`);
    source.onerror = lose;
    source.addEventListener('tick', message => {
      heard();
      setServerTime((JSON.parse(message.data as string) as { atMs: number }).atMs);
    });
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, message => {
        heard();
        handle(JSON.parse((message as MessageEvent<string>).data));
      });
    }
    arm(SILENCE_MS, lose);
  };
  open();
  return {
    state,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
      source?.close();
    },
  };
}
