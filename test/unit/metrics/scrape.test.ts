import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { scraper } from '../../../services/api/metrics/scrape.ts';
import type { MetricFacts } from '../../../shared/domain/metrics/facts.ts';
import { VERSION } from '../../../shared/domain/version.ts';
import { NO_FACTS } from '../../helpers/metric-facts.ts';

/** A scraper whose looks end when the test says so. */
function held(patienceMs = 60_000) {
  const ends: ((facts: MetricFacts | Error) => void)[] = [];
  const clock = { nowMs: 0 };
  const facts = () =>
    new Promise<MetricFacts>((resolve, reject) => {
      ends.push(end => (end instanceof Error ? reject(end) : resolve(end)));
    });
  const failures: unknown[] = [];
  const failed = (error: unknown) => void failures.push(error);
  const scrape = scraper({ facts, version: '1', patienceMs, now: () => clock.nowMs, failed });
  const up = async () => (await scrape()).find(({ name }) => name === 'nodetide_up')?.values[0]?.value;
  return { ends, clock, up, failures };
}

it('looks once for all who ask at the same time, and anew when the answer is old', async () => {
  const { ends, clock, up } = held();
  const both = [up(), up()];
  ends[0]?.(NO_FACTS);
  expect([await Promise.all(both), await up(), ends.length]).toEqual([[1, 1], 1, 1]);
  clock.nowMs = 10_000;
  const next = up();
  expect(ends.length).toBe(2);
  ends[1]?.(NO_FACTS);
  expect(await next).toBe(1);
});

it('says that the store does not answer rather than wait, and shows what it answered in the end', async () => {
  const { ends, up } = held(1);
  expect([await up(), await up(), ends.length]).toEqual([0, 0, 1]);
  const last = up();
  ends[0]?.(NO_FACTS);
  await last;
  expect([await up(), ends.length]).toEqual([1, 1]);
});

it('says so when it cannot be read, tells why, and tries again', async () => {
  const { ends, up, failures } = held();
  const first = up();
  ends[0]?.(new Error('gone'));
  expect([await first, failures]).toEqual([0, [new Error('gone')]]);
  const second = up();
  ends[1]?.(NO_FACTS);
  expect(await second).toBe(1);
});

it('names the version of the package', () => {
  const text = readFileSync(resolve(import.meta.dirname, '../../../package.json'), 'utf8');
  expect(VERSION).toBe((JSON.parse(text) as { readonly version: string }).version);
});
