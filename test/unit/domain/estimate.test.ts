import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateWindows } from '../../../services/common/windows.ts';
import type { ClusterTimes } from '../../../shared/domain/durations/times.ts';
import { estimate } from '../../../shared/domain/estimate/estimate.ts';
import { type Begins, runWave, type WaveRun } from '../../../shared/domain/estimate/slots.ts';
import { foldStatus } from '../../../shared/domain/fold.ts';
import type { Span } from '../../../shared/domain/time/span.ts';
import { WrittenJournal } from '../../helpers/journal.ts';
import { type TinyPlan, tinyPlan } from '../../helpers/plan.ts';

/** Windows of small numbers. */
function within(spans: readonly Span[]): Begins {
  return (atMs, needsMs) => {
    for (const { fromMs, toMs } of spans) if (Math.max(atMs, fromMs) + needsMs <= toMs) return Math.max(atMs, fromMs);
    return null;
  };
}

const HORIZON = 400;

/** Moment by moment: whoever is first in line begins as soon as there is a slot, a window, and nobody it must not meet. */
function bruteForce(run: WaveRun, spans: readonly Span[]): number | null {
  const isOpen = (at: number, needs: number) =>
    spans.some(({ fromMs, toMs }) => at >= fromMs && at + needs <= toMs && at <= toMs);
  const away = run.away.map(({ endsAtMs, alone }) => ({ untilMs: endsAtMs + run.afterMs, alone }));
  const queue = [...run.queue];
  for (let at = run.fromMs; at < HORIZON; at += 1) {
    const busy = () => away.filter(({ untilMs }) => untilMs > at);
    for (let next = queue[0]; next; next = queue[0]) {
      const meets = next.alone && busy().some(({ alone }) => alone);
      if (busy().length >= run.slots || meets || !isOpen(at, next.needsMs)) break;
      away.push({ untilMs: at + next.takesMs + run.afterMs, alone: next.alone });
      queue.shift();
    }
    if (queue.length === 0 && busy().length === 0) return at;
  }
  return null;
}

const small = fc.integer({ min: 1, max: 12 });
const runArbitrary: fc.Arbitrary<WaveRun> = fc.record({
  fromMs: fc.integer({ min: 0, max: 10 }),
  slots: fc.integer({ min: 1, max: 4 }),
  afterMs: fc.integer({ min: 0, max: 3 }),
  away: fc.array(fc.record({ endsAtMs: fc.integer({ min: 10, max: 25 }), alone: fc.boolean() }), { maxLength: 5 }),
  queue: fc.array(fc.record({ takesMs: small, needsMs: small, alone: fc.boolean() }), { maxLength: 7 }),
});
const spansArbitrary = fc.array(fc.record({ gap: small, length: small }), { maxLength: 8 }).map(parts => {
  let at = 0;
  return parts.map(({ gap, length }): Span => {
    const fromMs = at + gap;
    at = fromMs + length;
    return { fromMs, toMs: at };
  });
});

describe('a wave through its slots', () => {
  it('ends when a simulation of each moment does, windows or none', () => {
    const always = [{ fromMs: 0, toMs: HORIZON * 2 }];
    fc.assert(
      fc.property(runArbitrary, fc.oneof(spansArbitrary, fc.constant(always)), (run, spans) => {
        expect(runWave(run, within(spans)).endsAtMs).toBe(bruteForce(run, spans));
      }),
      { numRuns: 1_000 },
    );
  });

  it('tells when windows first hold it up', () => {
    const queue = [5, 5, 5].map(ms => ({ takesMs: ms, needsMs: ms, alone: false }));
    const run: WaveRun = { fromMs: 0, slots: 1, afterMs: 0, away: [], queue };
    const at = (...spans: [number, number][]) =>
      runWave(run, within(spans.map(([fromMs, toMs]) => ({ fromMs, toMs }))));
    expect(at([0, 20])).toEqual({ endsAtMs: 15, heldUp: null });
    expect(at([0, 14], [100, 120])).toEqual({ endsAtMs: 105, heldUp: { fromMs: 10, toMs: 100 } });
    expect(at([0, 14], [50, 53])).toEqual({ endsAtMs: null, heldUp: { fromMs: 10, toMs: null } });
  });
});

const MINUTE = 60_000;
const times = (kind: string, ...minutes: number[]): ClusterTimes => ({
  [kind]: minutes.map((each, index) => ({
    id: `${index}`,
    atMs: index,
    steps: { drain: (each / 4) * MINUTE, upgrade: (each / 2) * MINUTE, reboot: (each / 4) * MINUTE },
  })),
});
const TEN = times('worker', 10, 10, 10);

function left(tiny: Omit<TinyPlan, 'stages'> & Partial<TinyPlan>, known: Record<string, ClusterTimes>, nowMs = 0) {
  const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1', 'n2', 'n3'] }] } }, ...tiny });
  const made = estimate({ plan, status: null, times: known, nowMs, windows: estimateWindows });
  return { made, minutes: (made?.leftMs ?? Number.NaN) / MINUTE };
}

describe('what is left', () => {
  it('one after another, or as many at once as may be', () => {
    expect(left({}, { a: TEN }).minutes).toBe(30);
    const two = { dev: { a: [{ nodes: ['n1', 'n2', 'n3'], concurrency: 2 }] } };
    expect(left({ stages: two }, { a: TEN }).minutes).toBe(20);
    const most = { maxUnavailable: { kind: 'number', value: 1 } } as const;
    expect(left({ stages: two, cluster: most }, { a: TEN }).minutes).toBe(30);
  });

  it('waves and stages one after another, clusters of a stage side by side, with what a slot waits after a node', () => {
    const stages = {
      dev: { a: [{ nodes: ['n1'] }, { nodes: ['n2'] }], b: [{ nodes: ['m1'] }] },
      prod: { c: [{ nodes: ['p1'] }] },
    };
    const known = { a: TEN, b: times('worker', 15), c: times('worker', 30) };
    const { made, minutes } = left({ stages, kubernetes: true, cluster: { recoverySoakMs: MINUTE } }, known);
    expect(minutes).toBe(22 + 31);
    expect(made?.clusters.map(({ name, leftMs, waves }) => [name, leftMs / MINUTE, waves.length])).toEqual([
      ['a', 22, 2],
      ['b', 16, 1],
      ['c', 31, 1],
    ]);
  });

  it('with the soaks between waves and stages, not the last ones', () => {
    const plan = tinyPlan({
      stages: { dev: { a: [{ nodes: ['n1'] }, { nodes: ['n2'] }] }, prod: { c: [{ nodes: ['p1'] }] } },
    });
    for (const stage of plan.stages) {
      Object.assign(stage, { soakMs: 100 * MINUTE });
      for (const wave of stage.clusters.flatMap(({ waves }) => waves)) Object.assign(wave, { soakMs: 7 * MINUTE });
    }
    const made = estimate({ plan, status: null, times: { a: TEN, c: TEN }, nowMs: 0, windows: estimateWindows });
    expect(made).toMatchObject({ leftMs: (10 + 7 + 10 + 100 + 10) * MINUTE, endsAtMs: 137 * MINUTE });
  });

  it('control planes one at a time', () => {
    const stages = { dev: { a: [{ nodes: ['n1', 'cp1', 'cp2'], concurrency: 3 }] } };
    expect(left({ stages }, { a: { ...TEN, ...times('control-plane', 7) } }).minutes).toBe(14);
  });

  it('without a history by the settings, and says so', () => {
    const by = (nodeTakesMs: number | null) =>
      left({ cluster: { window: { rules: [], freezes: [], nodeTakesMs } } }, {});
    expect(by(5 * MINUTE).made).toMatchObject({ leftMs: 15 * MINUTE, known: 0, guessed: 3, guessMs: 5 * MINUTE });
    expect(by(null).made).toMatchObject({ leftMs: 90 * MINUTE, guessMs: 30 * MINUTE });
    expect(left({}, { a: TEN }).made).toMatchObject({ known: 3, guessed: 0, guessMs: null });
  });

  it('without a history by that of the other clusters, nodes of the same kind', () => {
    expect(left({}, { b: TEN }).made).toMatchObject({
      leftMs: 30 * MINUTE,
      known: 0,
      guessed: 3,
      guessMs: 10 * MINUTE,
    });
    const cluster = { window: { rules: [], freezes: [], nodeTakesMs: null } };
    expect(left({ cluster }, { b: times('control-plane', 7) }).made).toMatchObject({ leftMs: 90 * MINUTE });
    expect(left({}, { a: TEN, b: times('worker', 1, 1, 1, 1, 1) }).made).toMatchObject({
      leftMs: 30 * MINUTE,
      known: 3,
    });
  });

  it('goes on in the next window where it does not fit', () => {
    const noon = {
      kind: 'clock',
      days: [0, 1, 2, 3, 4, 5, 6],
      weeks: [],
      fromMinute: 720,
      toMinute: 750,
      zone: 'UTC',
    } as const;
    const cluster = { window: { rules: [noon], freezes: [], nodeTakesMs: 12 * MINUTE } };
    const at = (text: string) => Date.parse(`2026-05-05T${text}Z`);
    const { made } = left({ cluster }, { a: TEN }, at('12:00'));
    expect(made).toMatchObject({
      leftMs: 30 * MINUTE,
      endsAtMs: at('12:10') + 24 * 60 * MINUTE,
      heldUp: { fromMs: at('12:20'), toMs: at('12:00') + 24 * 60 * MINUTE },
      clusters: [{ closesAtMs: at('12:30') }],
    });
    expect(
      left({ cluster: { window: { ...cluster.window, nodeTakesMs: 40 * MINUTE } } }, {}, at('12:00')).made,
    ).toMatchObject({
      endsAtMs: null,
      heldUp: { toMs: null },
    });
  });

  it('of a rollout under way: nothing of what is over, the rest of what is away', () => {
    const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1', 'n2', 'n3', 'n4'], concurrency: 2 }] } } });
    const journal = new WrittenJournal().begun().claim('n1', 's1').begin('n1', 'drain').claim('n2', 's2');
    const done = [
      { type: 'node-excluded', cluster: 'a', node: 'n3', reason: 'gone' },
      { type: 'step-done', cluster: 'a', node: 'n1', round: 1, step: 'drain', proof: {}, note: '' },
    ] as const;
    journal.add(...done).begin('n1', 'upgrade');
    const nowMs = (journal.events.at(-1)?.atMs ?? 0) + 2 * MINUTE;
    const status = foldStatus(plan, 'r', journal.events);
    const made = (events = status) =>
      estimate({ plan, status: events, times: { a: TEN }, nowMs, windows: estimateWindows });
    // n1 has 3 of 5 minutes of its upgrade to go, and 2.5 of its reboot; then n4 beside n2, which has all before it.
    expect(made()?.leftMs).toBe(15.5 * MINUTE);
    expect(made()).toMatchObject({ known: 3, clusters: [{ name: 'a' }] });
    expect(made({ ...status, state: 'aborting' })).toBeNull();
    expect(made({ ...status, state: 'done' })).toBeNull();
  });
});
