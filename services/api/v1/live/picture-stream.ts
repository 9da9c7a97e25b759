import { setTimeout as sleep } from 'node:timers/promises';
import { changeBetween } from '../../../../shared/domain/view/change.ts';
import type { RolloutPicture } from '../../../../shared/domain/view/picture.ts';
import type { Growth, Listener } from './growth.ts';
import type { Pictures } from './pictures.ts';
import { Shared } from './shared.ts';
import { type LiveStream, liveFrames, sseFrame, type Ticks } from './sse.ts';

/** Changes follow each other at least so far apart: four a second. */
const APART_MS = 250;
/** What is left to do is looked at again after this, though nothing has happened. */
const LOOK_AGAIN_MS = 5_000;

/** A picture as it is sent: what every reader needs is written once. */
class SentPicture {
  readonly picture: RolloutPicture;
  /** What was sent before it; null: nothing. */
  readonly #before: RolloutPicture | null;
  #atMs: number;
  #whole: string | null = null;
  #change: string | null = null;

  constructor(picture: RolloutPicture, before: RolloutPicture | null) {
    this.picture = picture;
    this.#atMs = picture.atMs;
    this.#before = before;
  }

  /** Takes in a look that found nothing else: who comes later gets its time. */
  renew(atMs: number): void {
    this.#atMs = atMs;
    this.#whole = null;
  }

  /** For a reader that has `sent`; null: nothing. Empty: it has it already. */
  frame(sent: SentPicture | null): string {
    if (sent === null) {
      this.#whole ??= sseFrame('picture', JSON.stringify({ ...this.picture, atMs: this.#atMs }));
      return this.#whole;
    }
    // A reader that could not keep up has a picture from further back.
    if (sent.picture !== this.#before) return changeFrame(sent.picture, this.picture);
    this.#change ??= changeFrame(sent.picture, this.picture);
    return this.#change;
  }
}

function changeFrame(before: RolloutPicture, after: RolloutPicture): string {
  const change = changeBetween(before, after);
  return change === null ? '' : sseFrame('change', JSON.stringify(change));
}

/** Pictures of rollouts as they change: made once for all readers of a rollout. */
export class PictureStreams {
  readonly #pictures: Pictures;
  readonly #growth: Growth;
  readonly #apartMs: number;
  readonly #shared = new Map<string, Shared<SentPicture>>();

  constructor(pictures: Pictures, growth: Growth, apartMs: number = APART_MS) {
    this.#apartMs = apartMs;
    this.#pictures = pictures;
    this.#growth = growth;
  }

  /** A picture, then each change, as server-sent events, until the signal aborts; throws when there is nothing to be had. */
  frames(id: string, ticks: Ticks, signal: AbortSignal): AsyncGenerator<string> {
    const stream: LiveStream<SentPicture> = {
      watch: () => (this.#shared.get(id) ?? this.#begin(id)).watch(),
      ticks,
      frame: (value, sent) => value.frame(sent),
    };
    return liveFrames(stream, signal);
  }

  #begin(id: string): Shared<SentPicture> {
    const shared: Shared<SentPicture> = new Shared(
      signal => this.#changes(id, signal),
      () => {
        if (this.#shared.get(id) === shared) this.#shared.delete(id);
      },
    );
    this.#shared.set(id, shared);
    return shared;
  }

  async *#changes(id: string, signal: AbortSignal): AsyncGenerator<SentPicture> {
    let before: SentPicture | null = null;
    let listener: Listener | null = null;
    try {
      while (!signal.aborted) {
        const seen = listener?.version() ?? 0;
        const picture = await this.#pictures.picture(id);
        if (picture === null) return;
        if (before === null || changeBetween(before.picture, picture) !== null) {
          before = new SentPicture(picture, before?.picture ?? null);
          yield before;
          await sleep(this.#apartMs, undefined, { signal }).catch(() => undefined);
          continue;
        }
        before.renew(picture.atMs);
        if (listener === null) listener = this.#growth.listen(id, picture.rollout.lastEventId);
        else await listener.grown(seen, LOOK_AGAIN_MS, signal);
      }
    } finally {
      listener?.leave();
    }
  }
}
