import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundedZoom,
  tickStepMs,
  ticksOf,
  tickText,
  xOf,
} from '../../../../services/ui/src/pages/rollout/timeline/axis.ts';
import { seenOf, topsOf } from '../../../../services/ui/src/pages/rollout/timeline/geometry.ts';
import { type Line, linesOf } from '../../../../services/ui/src/pages/rollout/timeline/lines.ts';
import { marksOf } from '../../../../services/ui/src/pages/rollout/timeline/marks.ts';
import { slowestOf, spentOf } from '../../../../services/ui/src/pages/rollout/timeline/where.ts';
import type { ActEvent } from '../../../../shared/domain/people.ts';
import type { ClusterStatus } from '../../../../shared/domain/status.ts';
import { away, cell, steps } from './cell.ts';

const NOW = 20_000;
const DONE = cell({
  node: 'done-1',
  state: 'done',
  claimedAtMs: 2_000,
  endedAtMs: 9_000,
  steps: steps({
    drain: ['done', 2_000, 4_000],
    upgrade: ['done', 5_000, 8_000],
    reboot: ['skipped', null, 8_000],
  }),
});
const FAILED = away('verify', { node: 'bad-1', state: 'failed', steps: steps({ verify: ['failed', 1_000, 5_000] }) });
const AWAY = away('drain', { node: 'away-1' });
const CELLS = Object.fromEntries([DONE, FAILED, AWAY, cell()].map(each => [`dev/${each.node}`, each]));

function cluster(name: string, keys: readonly string[]): ClusterStatus {
  const state = { state: 'running', startedAtMs: 0, endedAtMs: null, failureBudget: null } as const;
  const empty = { waiting: [], warnings: [] };
  const wave = { cluster: name, index: 0, name: '1', concurrency: 1, nodes: keys, ...state, ...empty };
  return { name, stage: name, waves: [wave], ...state, ...empty };
}

const lines = (only = '') =>
  linesOf([cluster('dev', Object.keys(CELLS)), cluster('prod', ['prod/x'])], key => CELLS[key], NOW, only);
const nodes = (of: readonly Line[]) => of.flatMap(line => (line.kind === 'node' ? [line] : []));

describe('lines of a timeline', () => {
  it('waves with the nodes that have begun, in the order in which they did', () => {
    const names = lines().map(line =>
      line.kind === 'wave' ? `${line.cluster}: ${line.begun}/${line.nodes}` : line.cell.node,
    );
    expect(names).toEqual(['dev: 3/4', 'bad-1', 'away-1', 'done-1']);
    expect(lines('prod')).toEqual([]);
  });

  it('steps as bars: what runs or has failed goes on until now, what was left out has none', () => {
    const [failed, running, done] = nodes(lines());
    expect(done).toMatchObject({ fromMs: 2_000, toMs: 9_000 });
    expect(done?.bars.map(bar => [bar.step, bar.fromMs, bar.toMs])).toEqual([
      ['drain', 2_000, 4_000],
      ['upgrade', 5_000, 8_000],
    ]);
    expect(running?.bars).toEqual([{ step: 'drain', state: 'running', fromMs: 1_000, toMs: NOW }]);
    expect(failed).toMatchObject({ toMs: NOW, bars: [{ state: 'failed', toMs: 5_000 }] });
  });

  it('where the time went: by step, what lies between, the slowest', () => {
    const spent = spentOf(lines());
    expect(spent.map(({ what, nodes: count, sumMs, medianMs }) => [what, count, sumMs, medianMs])).toEqual([
      ['drain', 2, 21_000, 2_000],
      ['upgrade', 1, 3_000, 3_000],
      ['verify', 1, 4_000, 4_000],
      ['between steps', 3, 18_000, 2_000],
    ]);
    expect(spent.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    expect(slowestOf(lines(), 2).map(line => line.cell.node)).toEqual(['bad-1', 'away-1']);
    expect(spentOf([])).toEqual([]);
  });
});

describe('its axis', () => {
  const HOUR = 3_600_000;
  it.each([
    ['seconds', 100 / 5_000, 5_000, '14:03:05'],
    ['minutes', 100 / 60_000, 60_000, '14:03'],
    ['hours', 100 / HOUR, HOUR, '14:03'],
  ])('%s', (_name, pxPerMs, step, text) => {
    expect(tickStepMs(pxPerMs)).toBe(step);
    expect(tickText(Date.UTC(2026, 10, 23, 14, 3, 5), step, () => 0)).toBe(text);
  });

  it('ticks stand at full hours of the zone, at midnight with the date', () => {
    const fromMs = Date.UTC(2026, 10, 23, 17, 40);
    const scale = { fromMs, toMs: fromMs + 3 * HOUR, pxPerMs: 90 / HOUR };
    const offset = () => 5.5 * HOUR;
    const ticks = ticksOf(scale, 0, 1_000, offset);
    expect(ticks.map(at => tickText(at, HOUR, offset))).toEqual(['2026-11-24', '01:00', '02:00']);
    expect(ticks.map(at => Math.round(xOf(scale, at)))).toEqual([75, 165, 255]);
    expect(ticksOf(scale, 100, 200, offset)).toHaveLength(1);
  });

  it.each([
    [6, ['18:00', '2026-10-25', '06:00', '12:00', '18:00']],
    [1, ['2026-10-25', '01:00', '02:00', '02:00', '03:00']],
  ])('shows what clocks show when they are set back: every %i h', (hours, texts) => {
    const change = Date.UTC(2026, 9, 25, 1);
    const offset = (atMs: number) => (atMs < change ? 2 : 1) * HOUR;
    const fromMs = change - (hours === 1 ? 3.5 : 10.5) * HOUR;
    const scale = { fromMs, toMs: fromMs + 5 * hours * HOUR, pxPerMs: 90 / hours / HOUR };
    expect(ticksOf(scale, 0, 1_000, offset).map(at => tickText(at, hours * HOUR, offset))).toEqual(texts);
  });

  it('keeps full hours where clocks are set forward', () => {
    const change = Date.UTC(2026, 2, 29, 1);
    const offset = (atMs: number) => (atMs < change ? 1 : 2) * HOUR;
    const scale = { fromMs: change - 2.5 * HOUR, toMs: change + 5 * HOUR, pxPerMs: 90 / 2 / HOUR };
    const ticks = ticksOf(scale, 0, 1_000, offset).map(at => tickText(at, 2 * HOUR, offset));
    expect(ticks).toEqual(['2026-03-29', '03:00', '04:00', '06:00', '08:00']);
  });

  it('zoom ends where browsers do', () => {
    expect([boundedZoom(0.5, 1_000), boundedZoom(8, 1_000), boundedZoom(9_999, 2_000)]).toEqual([1, 8, 2_000]);
  });
});

describe('what of it is to be seen', () => {
  it('every line in sight, and hardly more', () => {
    const kinds = fc.array(fc.boolean(), { minLength: 1, maxLength: 60 });
    const wave: Line = { kind: 'wave', cluster: 'a', wave: 0, begun: 0, nodes: 0 };
    const node: Line = { kind: 'node', cell: AWAY, fromMs: 0, toMs: 0, bars: [] };
    fc.assert(
      fc.property(kinds, fc.nat(1_500), fc.nat(500), (isNode, top, height) => {
        const tops = topsOf(isNode.map(each => (each ? node : wave)));
        const [from, to] = seenOf(tops, top, top + height);
        for (let index = 0; index < isNode.length; index++) {
          const [begins = 0, ends = 0] = [tops[index], tops[index + 1]];
          const isSeen = ends > top && begins <= top + height;
          expect(index >= from && index < to).toBe(isSeen || (index === from && to > from));
        }
      }),
    );
  });
});

describe('marks of what people did', () => {
  it('a pause lasts until it is resumed or aborted; acts on nodes are none', () => {
    const by = { by: 'alice', why: '' };
    const place = { of: 'stage', stage: 'prod' } as const;
    const events = [
      { type: 'rollout-created', by: 'alice', installation: 'x' },
      { type: 'rollout-paused', by: 'alice', why: 'an alert' },
      { type: 'rollout-resumed', ...by },
      { type: 'approved', place, expiresAtMs: null, ...by },
      { type: 'node-retried', cluster: 'dev', node: 'web-1', ...by },
      { type: 'concurrency-changed', cluster: 'dev', wave: 0, concurrency: 3, ...by },
      { type: 'rollout-stopping', ...by },
      { type: 'rollout-aborting', ...by },
    ].map((event, index) => ({ ...event, id: `${index}-0`, atMs: index }) as ActEvent);
    expect(marksOf(events).map(({ atMs, toMs, text }) => [atMs, toMs, text])).toEqual([
      [1, 2, 'paused by alice: an alert'],
      [3, undefined, 'stage prod approved by alice'],
      [5, undefined, 'wave dev/1: at most 3 at once, by alice'],
      [6, 7, 'told to stop by alice'],
      [7, undefined, 'aborted by alice'],
    ]);
  });
});
