import type { CDPSession, Page } from 'playwright-core';
import { type Bench, type Figure, quantile } from '../../helpers/bench.ts';
import { openBrowser } from '../../helpers/browser.ts';
import { type LargeRollout, startLargeRollout } from './rollout.ts';

const PER_SECOND = 100;
/** `NODETIDE_BENCH_MINUTES`: how long it is watched; default 0.5, 10 to see that memory stays bounded. */
const MINUTES = Number(process.env['NODETIDE_BENCH_MINUTES'] ?? 0.5);
const BYTES = 2 ** 20;

/** The page of a rollout of 5,000 nodes in a browser: how soon it is there, and how it keeps up. */
export const pageBench: Bench = {
  name: 'page',
  run: async () => {
    const browser = await openBrowser();
    const rollout = await startLargeRollout();
    try {
      const pageSize = await sizeOf(rollout);
      const page = await (await browser.newContext()).newPage();
      const cdp = await page.context().newCDPSession(page);
      const empty = await opened(page, `${rollout.url}/waiting`);
      const first = await opened(page, `${rollout.url}/rollouts/${rollout.id}`);
      const kept = await watched(page, cdp, rollout);
      return [
        { name: 'nodes', value: rollout.nodes, unit: '' },
        { name: 'events in the journal', value: rollout.events, unit: '' },
        { name: 'the picture', value: pageSize / BYTES, unit: 'MiB' },
        { name: 'a page without it, from its address to its heading', value: empty, unit: 's' },
        { name: 'the page of the rollout, from its address to its nodes', value: first, unit: 's', goal: 'under 2' },
        ...kept,
      ];
    } finally {
      await browser.close();
      await rollout.stop();
    }
  },
};

async function sizeOf({ url, id }: LargeRollout): Promise<number> {
  return (await (await fetch(`${url}/api/v1/rollouts/${id}/picture`)).arrayBuffer()).byteLength;
}

/** Seconds until its first heading, and for a rollout a node of it, can be seen. */
async function opened(page: Page, url: string): Promise<number> {
  const from = performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  const there = url.includes('/rollouts/') ? page.locator('[data-cell]') : page.getByRole('heading', { level: 1 });
  await there.first().waitFor({ state: 'visible', timeout: 60_000 });
  return (performance.now() - from) / 1000;
}

/** Tells 100 updates a second, and looks each second how long the last of them takes to be seen, and what the page needs. */
async function watched(page: Page, cdp: CDPSession, rollout: LargeRollout): Promise<Figure[]> {
  await page.evaluate(FRAMES);
  const lags: number[] = [];
  const heaps: number[] = [];
  const rss: number[] = [];
  const began = performance.now();
  for (let second = 1; performance.now() - began < MINUTES * 60_000; second += 1) {
    for (let tenth = 0; tenth < 10; tenth += 1) {
      await rollout.update(PER_SECOND / 10);
      await until(began + (second - 1) * 1_000 + (tenth + 1) * 100);
    }
    if (second % 5 !== 0) continue;
    lags.push(await lagOf(page, rollout));
    heaps.push(await heapOf(cdp));
    rss.push(process.memoryUsage().rss);
  }
  const gaps = (await page.evaluate('window.benchGaps')) as number[];
  const third = Math.max(1, Math.floor(heaps.length / 3));
  const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
  return [
    { name: 'watched', value: (performance.now() - began) / 60_000, unit: 'min' },
    { name: 'an update, from its event to the page, median', value: quantile(lags, 0.5), unit: 's' },
    { name: 'the same, the longest', value: Math.max(...lags), unit: 's', goal: 'under 2' },
    { name: 'between two frames, 99 % under', value: quantile(gaps, 0.99), unit: 'ms' },
    { name: 'heap of the page', value: mean(heaps.slice(-third)) / BYTES, unit: 'MiB' },
    {
      name: 'heap of the page, the last third against the first',
      value: mean(heaps.slice(-third)) / mean(heaps.slice(0, third)),
      unit: '',
      goal: 'at most 1.2',
    },
    {
      name: 'memory of the server, the last third against the first',
      value: mean(rss.slice(-third)) / mean(rss.slice(0, third)),
      unit: '',
      goal: 'at most 1.2',
    },
  ];
}

/** Notes the time between two frames. */
const FRAMES = `
  window.benchGaps = [];
  let last = performance.now();
  const note = now => {
    if (window.benchGaps.length < 100000) window.benchGaps.push(now - last);
    last = now;
    requestAnimationFrame(note);
  };
  requestAnimationFrame(note);
`;

/** Seconds until the page shows what a person did just now. */
async function lagOf(page: Page, rollout: LargeRollout): Promise<number> {
  const from = performance.now();
  const word = await rollout.mark();
  await page.getByText(word).first().waitFor({ state: 'visible', timeout: 60_000 });
  return (performance.now() - from) / 1000;
}

async function heapOf(cdp: CDPSession): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage');
  return (await cdp.send('Runtime.getHeapUsage')).usedSize;
}

function until(atMs: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, Math.max(0, atMs - performance.now())));
}
