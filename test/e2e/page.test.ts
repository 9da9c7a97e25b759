import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import type { RolloutEvent } from '../../shared/domain/events.ts';
import { openBrowser, openPage, seriousFindings } from '../helpers/browser.ts';
import { act, seen, state, WAIT_MS } from '../helpers/page-acts.ts';
import { type Rehearsal, rehearse } from '../helpers/rehearsal.ts';
import { tinyWorld } from '../helpers/simulation.ts';

/** Two waves of two; the first node fails once, and the second wave waits for a person. */
const WORLD = tinyWorld({
  nodes: 4,
  waves: [[1], [2]],
  change: { 'node-1': { faults: { upgradeFails: { times: 1, exitCode: 100 } } } },
});
const WAVES = [{ sequences: [1] }, { sequences: [2], approval: true }];

interface Story {
  readonly world: Rehearsal;
  readonly url: string;
  readonly id: string;
  events(): Promise<RolloutEvent[]>;
}

/** Moves with the tab key alone until the focus is on it. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let times = 0; times < 80; times += 1) {
    await page.keyboard.press('Tab');
    const on = page.locator(':focus');
    if ((await on.count()) === 0) continue;
    const own = await on.getAttribute('aria-label');
    if (name.test(own ?? (await on.getAttribute('name')) ?? '')) return;
  }
  throw new Error(`the tab key never comes to ${name}`);
}

const count = (events: readonly RolloutEvent[], type: RolloutEvent['type']) =>
  events.filter(event => event.type === type).length;

it('shows a whole rollout and lets it be steered, by two people and two command lines at once', async () => {
  const world = await rehearse(WORLD, { clusters: { dev: { waves: WAVES } } });
  const { process: up, url: board } = await world.up();
  const url = new URL(board).origin;
  const browser = await openBrowser();
  onTestFinished(() => browser.close());
  const [anna, ben] = [await browser.newContext(), await browser.newContext()];
  const first = await openPage(anna, url);
  const { page } = first;

  await page.goto(url);
  await seen(page.getByRole('navigation', { name: 'Pages' }));
  const run = await world.run('run', '-f', world.files.fleetFile, '--yes', '--detach');
  expect(run.code, run.stderr).toBe(0);
  const id = /r-\d{8}-\d{6}-\w+/.exec(run.stdout)?.[0] ?? '';
  const events = async () => {
    const answer = await fetch(`${url}/api/v1/rollouts/${id}/events?limit=5000`);
    return ((await answer.json()) as { events: RolloutEvent[] }).events;
  };
  const story: Story = { world, url, id, events };

  await failsAndIsRetried(page, story);
  const second = await openPage(ben, url);
  await second.page.goto(`${url}/rollouts/${id}`);
  await isSteeredByAll(page, second.page, story);
  await isApprovedByKeyboard(page, story);
  for (const each of [page, second.page]) await state(each, /^done$/i);
  expect((await world.status()).counts).toMatchObject({ done: 4, failed: 0 });

  await isSoundEverywhere(page, story);
  await comesBack(page, up, story);
  expect([...first.troubles, ...second.troubles]).toEqual([]);
});

/** From the fleet to what waits, where the failed node is retried. */
async function failsAndIsRetried(page: Page, { url, id }: Story): Promise<void> {
  const item = page.getByRole('article').filter({ hasText: 'dev/node-1 failed in upgrade' });
  await page
    .getByRole('navigation', { name: 'Pages' })
    .getByRole('link', { name: /^Waiting on you/ })
    .click();
  await seen(item);
  await item.getByRole('button', { name: /^Retry/ }).click();
  await act(page, 'Retry', 'the mirror is back');
  await item.first().waitFor({ state: 'detached', timeout: WAIT_MS });
  await page.goto(`${url}/rollouts/${id}`);
  await seen(page.getByRole('link', { name: /^dev\/node-1, done/ }));
}

/** It waits for an approval; four people pause it at once, then go on at once: each word counts once, and all see it. */
async function isSteeredByAll(anna: Page, ben: Page, { world, events }: Story): Promise<void> {
  for (const page of [anna, ben]) await seen(page.getByText('wave dev/2 waits for approval'));
  const byAll = async (name: 'Pause' | 'Resume') => {
    for (const page of [anna, ben])
      await page
        .getByRole('button', { name: new RegExp(`^${name}`) })
        .first()
        .click();
    const word = name.toLowerCase();
    const runs = [world.run(word), world.run(word)];
    const [one, two] = await Promise.all([...runs, act(anna, name), act(ben, name)]);
    for (const done of [one, two]) expect(done?.code, done?.stderr).toBe(0);
  };
  await byAll('Pause');
  for (const page of [anna, ben]) await state(page, /paused/i);
  expect((await world.status()).state).toBe('paused');
  await byAll('Resume');
  for (const page of [anna, ben]) await seen(page.getByRole('button', { name: /^Pause/ }));
  const told = await events();
  expect([count(told, 'rollout-paused'), count(told, 'rollout-resumed'), count(told, 'node-retried')]).toEqual([
    1, 1, 1,
  ]);
}

async function isApprovedByKeyboard(page: Page, { events }: Story): Promise<void> {
  await page.locator('main').focus();
  await tabTo(page, /^Approve/);
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await seen(dialog);
  await tabTo(page, /^why$/);
  await page.keyboard.type('seen and fine');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'hidden', timeout: WAIT_MS });
  const told = (await events()).filter(event => event.type === 'approved');
  expect(told).toMatchObject([{ by: 'local', why: 'seen and fine', place: { of: 'wave', cluster: 'dev', wave: 1 } }]);
}

const OF_ROLLOUT = ['', '/timeline', '/report', '/nodes/dev/node-1'];
const PATHS = ['/', '/waiting', '/clusters/dev', '/rollouts', '/plan', '/schedules', '/login'];

/** Axe finds nothing serious on any page, and none is broader than a small screen; every other one in the dark. */
async function isSoundEverywhere(page: Page, { url, id }: Story): Promise<void> {
  for (const [index, path] of [...PATHS, ...OF_ROLLOUT.map(each => `/rollouts/${id}${each}`)].entries()) {
    await page.emulateMedia({ colorScheme: index % 2 === 0 ? 'light' : 'dark' });
    await page.setViewportSize(WIDE);
    await page.goto(url + path);
    await seen(page.getByRole('heading', { level: 1 }));
    expect(await seriousFindings(page), path).toEqual([]);
    await page.setViewportSize(NARROW);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), `${path} at 360 px`).toBe(0);
  }
  await page.setViewportSize(WIDE);
}

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 740 };

/** The server goes away and comes back: the page says so, and then shows again how things stand. */
async function comesBack(page: Page, up: Awaited<ReturnType<Rehearsal['up']>>['process'], { world, url, id }: Story) {
  await page.goto(`${url}/rollouts/${id}`);
  await state(page, /^done$/i);
  up.kill('SIGTERM');
  await up.ended;
  const lost = page.getByRole('alert').filter({ hasText: 'Connection lost' });
  await seen(lost);
  const again = world.start('up', '--port', new URL(url).port);
  await again.line(/^nodetide is up/);
  await lost.first().waitFor({ state: 'detached', timeout: WAIT_MS });
  await state(page, /^done$/i);
  again.kill('SIGTERM');
  await again.ended;
}
