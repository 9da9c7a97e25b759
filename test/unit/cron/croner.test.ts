import { describe, expect, it } from 'vitest';
import { cronerCron } from '../../../shared/cron/croner.ts';

const BERLIN = 'Europe/Berlin';
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
const at = (text: string) => Date.parse(text);

describe('a time of day', () => {
  it.each([
    ['that is left out as clocks go forward', '2026-03-28T12:00:00Z', '2026-03-29T01:00:00.000Z'],
    ['that comes twice as clocks go back', '2026-10-24T12:00:00Z', '2026-10-25T00:30:00.000Z'],
    ['after it came twice: the next day', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00.000Z'],
  ])('%s', (_name, after, expected) => {
    expect(iso(cronerCron.next('30 2 * * *', BERLIN, at(after)))).toBe(expected);
  });
});

it.each([
  ['before the first', '2026-11-22T21:59:59.999Z', '2026-11-21T22:00:00.000Z'],
  ['at the very moment', '2026-11-22T22:00:00Z', '2026-11-22T22:00:00.000Z'],
  ['a moment later', '2026-11-22T22:00:00.001Z', '2026-11-22T22:00:00.000Z'],
])('the last one, %s', (_name, now, expected) => {
  expect(iso(cronerCron.previous('0 22 * * *', 'UTC', at(now)))).toBe(expected);
});

it.each([
  ['0 22 * * 6#2', 'UTC', null],
  ['0 22 L * *', 'Europe/Berlin', null],
  ['0 0 30 2 *', 'UTC', 'there is no such moment in the next years'],
])('%s in %s', (expression, zone, expected) => {
  expect(cronerCron.trouble(expression, zone)).toBe(expected);
});

it.each([
  ['often', 'UTC', /five/],
  ['* * * * * *', 'UTC', /five|5/i],
  ['0 22 * * *', 'Mars/Olympus', /Mars\/Olympus/],
])('%s in %s is none', (expression, zone, expected) => {
  expect(cronerCron.trouble(expression, zone)).toMatch(expected);
});
