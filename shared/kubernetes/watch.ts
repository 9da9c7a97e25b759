import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import type { PodView } from '../domain/facts.ts';
import type { StepError } from '../domain/failure.ts';
import type { Connection } from './connection.ts';
import { clusterFailure } from './failures.ts';
import { linesOf } from './lines.ts';
import { listPods } from './pods.ts';
import { podView } from './views.ts';

/** The server ends a watch after this; then we go on from where we were. */
const WATCH_SECONDS = 280;
/** Bookmarks come about once a minute: a connection silent for longer than this may be dead without a word. */
const SILENCE_MAX_MS = 100_000;
/** A watch that ended sooner was not held open: the next one waits, longer each time. */
const LASTING_MS = 5_000;
const BACKOFF_MIN_MS = 200;
const BACKOFF_MAX_MS = 5_000;

interface PodWatch {
  readonly connection: Connection;
  readonly cluster: string;
  readonly node: string;
  readonly onPods: (pods: PodView[]) => void;
  readonly signal: AbortSignal;
}

/** See ClusterApi.watchPodsOnNode. */
export async function watchPods(watch: PodWatch): Promise<void> {
  const { signal } = watch;
  let delayMs = BACKOFF_MIN_MS;
  const onLasting = () => {
    delayMs = BACKOFF_MIN_MS;
  };
  while (!signal.aborted) {
    try {
      const pods = new Map<string, PodView>();
      const list = await listPods(watch.connection, watch.node, '', signal);
      for (const pod of list.pods) pods.set(pod.uid, pod);
      watch.onPods([...pods.values()]);
      await followAll(watch, pods, list.resourceVersion, onLasting);
    } catch (error) {
      if (signal.aborted) return;
      const failure = clusterFailure(watch.cluster, `watch pods of node ${watch.node}`, error);
      if (cannotHeal(failure)) throw failure;
      delayMs = Math.max(delayMs, failure.failure.retryAfterMs ?? 0);
    }
    await sleep(delayMs, undefined, { signal }).catch(() => undefined);
    delayMs = Math.min(delayMs * 2, BACKOFF_MAX_MS);
  }
}

function cannotHeal(error: StepError): boolean {
  return ['cluster-unauthorized', 'cluster-forbidden', 'cluster-certificate'].includes(error.failure.code);
}

/**
 * Goes on over connections that end in good order; returns when the list must be read again, also after a connection
 * that ended at once. Calls `onLasting` for each that did not.
 */
async function followAll(watch: PodWatch, pods: Map<string, PodView>, from: string, onLasting: () => void) {
  let resourceVersion: string | null = from;
  while (resourceVersion !== null && !watch.signal.aborted) {
    const beganMs = performance.now();
    resourceVersion = await followOnce(watch, pods, resourceVersion);
    if (performance.now() - beganMs < LASTING_MS) return;
    onLasting();
  }
}

/** One connection. Returns the resourceVersion to go on from; null: only a new list helps. */
async function followOnce(watch: PodWatch, pods: Map<string, PodView>, from: string): Promise<string | null> {
  const silence = new SilenceGuard(watch.signal);
  try {
    const answer = await watch.connection.stream(
      '/api/v1/pods',
      {
        fieldSelector: `spec.nodeName=${watch.node}`,
        watch: 'true',
        resourceVersion: from,
        allowWatchBookmarks: 'true',
        timeoutSeconds: String(WATCH_SECONDS),
      },
      silence.signal,
    );
    const body = answer.body.stream();
    if (answer.httpStatusCode !== 200 || !body) {
      throw Object.assign(new Error('watch refused'), {
        code: answer.httpStatusCode,
        headers: answer.headers,
        body: await answer.body.text(),
      });
    }
    let seen: string | null = from;
    for await (const lines of linesOf(body)) {
      silence.heard();
      seen = applyLines(lines, pods, seen);
      if (seen === null) return null;
      watch.onPods([...pods.values()]);
    }
    return seen;
  } finally {
    silence.end();
  }
}

/** Returns the last resourceVersion seen; null: the server sent an ERROR event (410 among them). */
function applyLines(lines: readonly string[], pods: Map<string, PodView>, from: string): string | null {
  let seen = from;
  for (const line of lines) {
    const event = JSON.parse(line) as { type: string; object: V1Pod };
    // An expired resourceVersion comes as HTTP 200 with one ERROR event; whatever the error is, a new list tells more.
    if (event.type === 'ERROR') return null;
    seen = event.object.metadata?.resourceVersion ?? seen;
    if (event.type === 'BOOKMARK') continue;
    const uid = event.object.metadata?.uid ?? '';
    if (event.type === 'DELETED') pods.delete(uid);
    else pods.set(uid, podView(event.object));
  }
  return seen;
}

/** Aborts when the outer signal does, or after too long a silence. */
class SilenceGuard {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #stop = (): void => this.#controller.abort(this.#outer.reason);
  #timer: NodeJS.Timeout | undefined;

  constructor(outer: AbortSignal) {
    this.#outer = outer;
    outer.addEventListener('abort', this.#stop, { once: true });
    this.heard();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(new Error('watch fell silent')), SILENCE_MAX_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#stop);
    this.#controller.abort(new Error('watch ended'));
  }
}
