import { describe, expect, it, onTestFinished } from 'vitest';
import { Growth } from '../../../services/api/v1/live/growth.ts';
import { logFrames } from '../../../services/api/v1/live/log-frames.ts';
import { OverviewStream } from '../../../services/api/v1/live/overview-stream.ts';
import { PictureStreams } from '../../../services/api/v1/live/picture-stream.ts';
import { Pictures } from '../../../services/api/v1/live/pictures.ts';
import { Ticks } from '../../../services/api/v1/live/sse.ts';
import { StatusCache } from '../../../services/api/v1/status-cache.ts';
import type { RolloutEvent } from '../../../shared/domain/events.ts';
import { applyChange } from '../../../shared/domain/view/change.ts';
import type { Overview } from '../../../shared/domain/view/overview.ts';
import type { PictureChange, RolloutPicture } from '../../../shared/domain/view/picture.ts';
import { WrittenJournal } from '../../helpers/journal.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { WrittenRollouts } from '../../helpers/written-rollouts.ts';

const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1', 'n2', 'n3'] }] } } });
const begun = new WrittenJournal().begun();
const whole = new WrittenJournal().begun().whole('n1', 's1').whole('n2', 's1').events;
const NEVER_MS = 2 ** 31 - 1;

/** Rollouts whose journal grows while it is followed. */
class GrowingRollouts extends WrittenRollouts {
  follows = 0;
  broken: Error | null = null;
  looks = 0;
  #wake: (() => void)[] = [];

  override now = async () => {
    this.looks += 1;
    return this.journal.length;
  };

  tell(events: readonly RolloutEvent[]): void {
    this.journal.push(...events);
    this.wake();
  }

  wake(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  override async *follow(_: string, after: string, signal: AbortSignal): AsyncIterable<RolloutEvent> {
    this.follows += 1;
    let at = this.journal.findIndex(({ id }) => id === after) + 1;
    while (!signal.aborted) {
      if (this.broken) throw this.broken;
      const event = this.journal[at];
      at += event ? 1 : 0;
      if (event) yield event;
      else {
        await new Promise<void>(resolve => {
          this.#wake.push(resolve);
          signal.addEventListener('abort', () => resolve());
        });
      }
    }
  }
}

interface Heard {
  readonly event: string;
  readonly data: unknown;
}

/** Reads one event after another, as long as it is asked to. */
function reader(frames: AsyncGenerator<string>, stop: AbortController) {
  onTestFinished(async () => {
    stop.abort();
    await frames.return(undefined);
  });
  const next = async (): Promise<Heard | null> => {
    const { value, done } = await frames.next();
    if (done) return null;
    const [, event] = /^event: (\w+)$/m.exec(value) ?? [];
    const [, data = 'null'] = /^data: (.*)$/m.exec(value) ?? [];
    return event === undefined ? next() : { event, data: JSON.parse(data) as unknown };
  };
  return { next, stop };
}

function setUp(journal: readonly RolloutEvent[] = begun.events) {
  const rollouts = new GrowingRollouts(plan, journal);
  const pictures = new Pictures(rollouts, new StatusCache(rollouts));
  const streams = new PictureStreams(pictures, new Growth(rollouts), 1);
  const open = (tickMs = NEVER_MS) => {
    const stop = new AbortController();
    return reader(streams.frames('r-1', new Ticks(() => rollouts.now(), tickMs), stop.signal), stop);
  };
  return { rollouts, pictures, open };
}

/** Follows changes until the journal's end is in the picture. */
async function upTo(last: string, from: ReturnType<typeof reader>) {
  const first = (await from.next()) as { event: string; data: RolloutPicture };
  expect(first.event).toBe('picture');
  let picture = first.data;
  const changes: PictureChange[] = [];
  while (picture.rollout.lastEventId !== last) {
    const heard = await from.next();
    expect(heard?.event).toBe('change');
    changes.push(heard?.data as PictureChange);
    picture = applyChange(picture, heard?.data as PictureChange);
  }
  return { picture, changes };
}

const shown = ({ rollout, cells }: RolloutPicture) => ({ rollout, cells });
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const LAST = whole.at(-1)?.id ?? '';

describe('a picture that is followed', () => {
  it('comes whole, then in changes that make it what it is in the end', async () => {
    const { rollouts, pictures, open } = setUp();
    const page = open();
    const following = upTo(LAST, page);
    for (const event of whole.slice(begun.events.length)) {
      rollouts.tell([event]);
      await new Promise(setImmediate);
    }
    const { picture } = await following;
    expect(shown(picture)).toEqual(plain(shown((await pictures.picture('r-1')) as RolloutPicture)));
  });

  it('is made once for all who follow, also those who come late', async () => {
    const { rollouts, open } = setUp();
    const pages = [open(), open(), open()];
    const following = pages.map(page => upTo(LAST, page));
    rollouts.tell(whole.slice(begun.events.length));
    const ends = await Promise.all(following);
    const late = await upTo(LAST, open());
    for (const { picture } of ends) expect(shown(picture)).toEqual(shown(late.picture));
    expect(late.changes).toEqual([]);
    await expect.poll(() => rollouts.follows).toBe(1);
  });

  it('catches a slow reader up in one change, whatever it missed', async () => {
    const { rollouts, pictures, open } = setUp();
    const [slow, quick] = [open(), open()];
    const first = (await slow.next()) as { data: RolloutPicture };
    let seen = await upTo(begun.events.at(-1)?.id ?? '', quick);
    // One at a time, so that there are as many changes; nobody asks for those of the slow one.
    for (const event of whole.slice(begun.events.length)) {
      rollouts.tell([event]);
      const change = (await quick.next()) as { data: PictureChange };
      seen = { ...seen, picture: applyChange(seen.picture, change.data) };
      expect(seen.picture.rollout.lastEventId).toBe(event.id);
    }
    const change = (await slow.next()) as { event: string; data: PictureChange };
    const now = plain(shown((await pictures.picture('r-1')) as RolloutPicture));
    expect(shown(applyChange(first.data, change.data))).toEqual(now);
    expect(Object.keys(change.data.cells ?? {})).toEqual(['a/n1', 'a/n2']);
  });

  it('ticks by the clock of the store where nothing happens', async () => {
    const page = setUp().open(5);
    expect((await page.next())?.event).toBe('picture');
    for (let times = 0; times < 3; times += 1) {
      expect(await page.next()).toEqual({ event: 'tick', data: { atMs: begun.events.length } });
    }
  });

  it('ends for all when the journal cannot be followed, and can be opened anew', async () => {
    const { rollouts, open } = setUp();
    const page = open();
    await page.next();
    const lost = page.next().catch(String);
    await expect.poll(() => rollouts.follows).toBe(1);
    rollouts.broken = new Error('gone');
    rollouts.wake();
    expect(await lost).toMatch('cannot be followed');
    rollouts.broken = null;
    expect((await open().next())?.event).toBe('picture');
  });

  it('has the time of the last look for who comes late', async () => {
    const { rollouts, open } = setUp();
    let clock = 0;
    rollouts.now = async () => {
      clock += 1;
      return clock;
    };
    const first = (await open().next()) as { data: RolloutPicture };
    // It is followed once a second look has found nothing else.
    await expect.poll(() => rollouts.follows).toBe(1);
    const late = (await open().next()) as { data: RolloutPicture };
    expect(late.data.atMs).toBeGreaterThan(first.data.atMs);
  });

  it('has an end that is reckoned from now, also when the clock of the store was set back', async () => {
    const { rollouts, pictures } = setUp();
    const endsAt = async (nowMs: number) => {
      rollouts.now = async () => nowMs;
      return (await pictures.picture('r-1'))?.estimate?.endsAtMs ?? Number.NaN;
    };
    const [late, early] = [await endsAt(7_200_000), await endsAt(3_600_000)];
    expect(late - early).toBe(3_600_000);
  });

  it('is not made any more once nobody follows', async () => {
    const { rollouts, open } = setUp();
    const page = open();
    await page.next();
    const rest = page.next();
    await expect.poll(() => rollouts.follows).toBe(1);
    page.stop.abort();
    expect(await rest).toBeNull();
    const { looks } = rollouts;
    rollouts.tell(whole.slice(begun.events.length));
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(rollouts.looks).toBe(looks);
  });
});

describe('a reader who is gone before anything was read', () => {
  it('leaves nothing behind that goes on', async () => {
    const { rollouts, pictures } = setUp();
    const stop = new AbortController();
    const ticks = new Ticks(() => rollouts.now(), NEVER_MS);
    const overviews = { overview: async () => ({ atMs: await rollouts.now() }) as Overview };
    const streams = [
      new PictureStreams(pictures, new Growth(rollouts), 1).frames('r-1', ticks, stop.signal),
      new OverviewStream(overviews, 1).frames(ticks, stop.signal),
    ];
    // As a stream does that is destroyed before its first read: what has not begun has no end either.
    for (const frames of streams) await frames.return(undefined);
    expect(rollouts.looks).toBe(0);
    expect(rollouts.follows).toBe(0);
  });
});

describe('an overview that is followed', () => {
  const empty: Overview = { atMs: 0, clusters: [], rollouts: [], waiting: [], schedules: [], engines: [] };
  const engine = { id: 'e', role: 'worker' as const, host: 'h', pid: 1, steps: [], seenAtMs: 1 };

  it('is sent again only when it is another, whatever time has gone by', async () => {
    const made = [
      { ...empty, engines: [engine] },
      { ...empty, atMs: 1, engines: [{ ...engine, seenAtMs: 2 }] },
      { ...empty, atMs: 2, engines: [] },
    ];
    let at = 0;
    const overviews = { overview: async () => made[Math.min(at++, 2)] ?? empty };
    const stream = new OverviewStream(overviews, 1);
    const stop = new AbortController();
    const page = reader(stream.frames(new Ticks(async () => 0, NEVER_MS), stop.signal), stop);
    expect(await page.next()).toEqual({ event: 'overview', data: made[0] });
    expect(await page.next()).toEqual({ event: 'overview', data: made[2] });
  });

  it('has the time of the last look for who comes late', async () => {
    let atMs = 1_000;
    const overviews = { overview: async () => ({ ...empty, atMs }) };
    const stream = new OverviewStream(overviews, 1);
    const open = () => {
      const stop = new AbortController();
      return reader(stream.frames(new Ticks(async () => 0, NEVER_MS), stop.signal), stop);
    };
    expect(await open().next()).toEqual({ event: 'overview', data: { ...empty, atMs } });
    atMs = 3_601_000;
    const late = async () => (await open().next())?.data;
    await expect.poll(late).toEqual({ ...empty, atMs });
  });
});

describe('a log that is followed', () => {
  it('gives each row once, with the next one as id', async () => {
    const printed = ['one', 'two'];
    const stop = new AbortController();
    const frames = logFrames({
      rows: async from => printed.slice(from),
      from: 1,
      ticks: new Ticks(async () => 7, 5),
      signal: stop.signal,
    });
    const page = reader(frames, stop);
    expect(await page.next()).toEqual({ event: 'rows', data: { rows: ['two'], next: 2 } });
    expect(await page.next()).toEqual({ event: 'tick', data: { atMs: 7 } });
    printed.push('three');
    let heard = await page.next();
    while (heard?.event === 'tick') heard = await page.next();
    expect(heard).toEqual({ event: 'rows', data: { rows: ['three'], next: 3 } });
  });

  it('tells at once that there is nothing yet', async () => {
    const stop = new AbortController();
    const ticks = new Ticks(async () => 7, 60_000);
    const page = reader(logFrames({ rows: async () => [], from: 0, ticks, signal: stop.signal }), stop);
    expect(await page.next()).toEqual({ event: 'rows', data: { rows: [], next: 0 } });
  });
});
