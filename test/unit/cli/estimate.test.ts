import { describe, expect, it } from 'vitest';
import { renderEstimate } from '../../../services/cli/render/estimate.ts';
import { renderStatus } from '../../../services/cli/render/status.ts';
import { width as textWidth } from '../../../services/cli/render/text.ts';
import { estimateOf, type Times } from '../../../services/common/estimates.ts';
import { foldStatus } from '../../../shared/domain/fold.ts';
import type { WindowPolicy } from '../../../shared/domain/window/window.ts';
import { about, leftText, moment } from '../../../shared/domain/words/estimate.ts';
import { WrittenJournal } from '../../helpers/journal.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const MINUTE = 60_000;
const at = (text: string) => Date.parse(`${text}:00Z`);
/** A Saturday. */
const NOW = at('2026-05-09T22:10');
const zone = { timeZone: 'UTC' };

const night: WindowPolicy = {
  rules: [{ kind: 'clock', days: [6], weeks: [], fromMinute: 1320, toMinute: 240, zone: 'UTC' }],
  freezes: [],
  nodeTakesMs: null,
};
const took = (minutes: number) => ({
  worker: Array.from({ length: 6 }, (_, index) => ({
    id: `${index}`,
    atMs: index,
    steps: { upgrade: minutes * MINUTE },
  })),
});

function planOf(perWave: number, window: WindowPolicy = night) {
  const nodes = (prefix: string, count = perWave) =>
    Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
  return tinyPlan({
    stages: {
      dev: { 'dev-eu': [{ nodes: nodes('d', 2) }] },
      production: {
        'eu-central-1': [{ nodes: nodes('a') }, { nodes: nodes('b') }],
        'us-east': [{ nodes: nodes('u') }],
      },
    },
    cluster: { window },
  });
}

const known: Times = { 'dev-eu': took(10), 'eu-central-1': took(20), 'us-east': took(20) };

function shown(
  count: number,
  width: number,
  times: Times = known,
  window: WindowPolicy = night,
  nowMs = NOW,
): string[] {
  const plan = planOf(count, window);
  const left = estimateOf(plan, null, times, nowMs);
  if (!left) throw new Error('there is no estimate');
  const lines = renderEstimate(plan, left, { width, color: false, nowMs, ...zone }).split('\n');
  for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
  return lines;
}

describe('an estimate below a plan', () => {
  it('that fits, at 80 columns', () => {
    expect(shown(3, 80)).toEqual([
      'Estimate, if it begins now: about 2 h 20 min, until Sun 00:30',
      '  dev-eu        about 20 min, until 22:30; the window closes Sun 04:00',
      '  eu-central-1  about 2 h (wave 1 1 h, wave 2 1 h), until Sun 00:30; the window',
      '                closes Sun 04:00',
      '  us-east       about 1 h, until 23:30; the window closes Sun 04:00',
      '  By what such nodes took before; approvals, gates and failures come on top.',
    ]);
  });

  it('that does not fit, at 160 columns', () => {
    expect(shown(9, 160)).toEqual([
      'Estimate, if it begins now: about 6 h 20 min, until Sat 2026-05-16 22:40; does not fit: goes on in the next window, Sat 2026-05-16 22:00',
      '  dev-eu        about 20 min, until 22:30; the window closes Sun 04:00',
      '  eu-central-1  about 6 h (wave 1 3 h, wave 2 3 h), until Sat 2026-05-16 22:40; does not fit: goes on in the next window, Sat 2026-05-16 22:00',
      '  us-east       about 3 h, until Sun 01:30; the window closes Sun 04:00',
      '  By what such nodes took before; approvals, gates and failures come on top.',
    ]);
  });

  it('without a history says what it is made from', () => {
    expect(shown(1, 80, {}).at(-1)).toBe('  come on top.');
    expect(shown(1, 160, {}).at(-1)).toBe(
      '  No history yet: reckoned with 30 min a node; approvals, gates and failures come on top.',
    );
    expect(shown(1, 160, { 'dev-eu': took(10) }).at(-1)).toBe(
      '  By what such nodes took before; no history yet of 3 of 5 nodes, reckoned with 10 min a node; approvals, gates and failures come on top.',
    );
  });

  it('outside the window, and where none is long enough', () => {
    expect(shown(1, 160, known, night, at('2026-05-09T12:00'))[0]).toBe(
      'Estimate, if it begins now: about 1 h, until 23:00; the window opens 22:00',
    );
    expect(shown(1, 160, known, { ...night, nodeTakesMs: 600 * MINUTE })[0]).toBe(
      'Estimate, if it begins now: about 1 h; no window that is long enough is to come',
    );
  });
});

describe('what is left of a rollout', () => {
  const plan = planOf(3);
  const status = foldStatus(plan, 'r-1', new WrittenJournal().begun().events);
  const lines = (columns: number, nowMs = NOW, of = status) => {
    const left = estimateOf(plan, of, known, nowMs);
    return renderStatus(of, nowMs, { columns, rows: 40, colour: false, left, ...zone });
  };

  it.each([80, 160])('stands below its progress, at %i columns', columns => {
    const shownLines = lines(columns);
    for (const line of shownLines) expect(textWidth(line)).toBeLessThanOrEqual(columns);
    expect(shownLines.slice(2, 4).join(' ').replaceAll(/\s+/g, ' ')).toContain(
      'about 2 h 20 min left, until Sun 00:30; dev-eu: the window closes Sun 04:00',
    );
  });

  it('says which cluster goes on in the next window', () => {
    expect(lines(160, at('2026-05-10T02:30'))[2]).toBe(
      'about 2 h 20 min left, until Sat 2026-05-16 23:00; eu-central-1: does not fit: goes on in the next window, Sat 2026-05-16 22:00',
    );
  });

  it('of one that is paused: from when it goes on', () => {
    expect(lines(80, NOW, { ...status, state: 'paused' })[2]).toBe('about 2 h 20 min left once it goes on');
    expect(lines(80, NOW, { ...status, state: 'done' })[2]).toBe('');
  });

  it('without a history says so in the same line', () => {
    const left = estimateOf(planOf(1, { ...night, rules: [] }), null, {}, NOW);
    expect(left && leftText(left, { nowMs: NOW, ...zone })).toBe(
      'about 2 h left, until Sun 00:10; no history yet: with 30 min a node',
    );
  });
});

it.each([
  ['2026-05-09T23:59', '23:59'],
  ['2026-05-10T00:00', 'Sun 00:00'],
  ['2026-05-15T22:00', 'Fri 22:00'],
  ['2026-05-16T22:00', 'Sat 2026-05-16 22:00'],
])('%s is shown as %s', (text, expected) => {
  expect(moment(at(text), { nowMs: NOW, ...zone })).toBe(expected);
});

it.each([
  [0, 'under 1 min'],
  [29_999, 'under 1 min'],
  [30_000, 'about 1 min'],
  [130 * MINUTE, 'about 2 h 10 min'],
])('%i ms are told as %s', (ms, expected) => {
  expect(about(ms)).toBe(expected);
});
