import { EventEmitter, once } from 'node:events';
import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import type { CommandAnswer } from '../../shared/ports/store.ts';
import { listen, partsOf } from '../helpers/api-server.ts';
import { openBrowser, openPage } from '../helpers/browser.ts';
import { WrittenJournal } from '../helpers/journal.ts';
import { tinyPlan } from '../helpers/plan.ts';
import { WrittenRollouts } from '../helpers/written-rollouts.ts';

/** Rollouts whose answer to a command is given by the test. */
class SlowRollouts extends WrittenRollouts {
  readonly #told = new EventEmitter();
  readonly asked = once(this.#told, 'asked');

  override command = async (): Promise<CommandAnswer> => {
    this.#told.emit('asked');
    const [answer] = (await once(this.#told, 'answer')) as [CommandAnswer];
    return answer;
  };

  answerWith(answer: CommandAnswer): void {
    this.#told.emit('answer', answer);
  }
}

async function setUp() {
  const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1', 'n2', 'n3'] }] } } });
  const rollouts = new SlowRollouts(plan, new WrittenJournal().begun().events);
  const { url, stop } = await listen(partsOf(rollouts));
  const browser = await openBrowser();
  onTestFinished(async () => {
    await browser.close();
    await stop();
  });
  const context = await browser.newContext();
  const open = async (path: string) => {
    const { page } = await openPage(context, url);
    await page.goto(url + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    return page;
  };
  return { rollouts, open };
}

/** As if another tab were chosen: browsers without a screen show all of theirs. */
async function hide(page: Page): Promise<void> {
  await page.evaluate(`Object.defineProperty(document, 'hidden', { value: true, configurable: true })`);
  await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
}

it('keeps a dialog in which words were marked, and tells of an act whose dialog was closed', async () => {
  const { rollouts, open } = await setUp();
  const page = await open('/rollouts/r-1');
  await page.getByRole('button', { name: /^Pause/ }).click();
  const dialog = page.getByRole('dialog');
  const reason = dialog.getByRole('textbox');
  await reason.fill('an alert is open');
  const box = await reason.boundingBox();
  await page.mouse.move((box?.x ?? 0) + 20, (box?.y ?? 0) + 5);
  await page.mouse.down();
  await page.mouse.move(5, 5);
  await page.mouse.up();
  expect(await reason.inputValue()).toBe('an alert is open');

  await dialog.getByRole('button', { name: 'Pause' }).click();
  await rollouts.asked;
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: /^Abort/ }).click();
  rollouts.answerWith({ ok: false, note: 'it is over' });
  await page.getByText('✗ Refused: it is over').waitFor();
  await dialog.getByText('Abort').first().waitFor();
  await page.mouse.click(5, 5);
  await dialog.waitFor({ state: 'detached' });
});

it('lets the tab key come to the nodes, also where the one that had the focus is not shown any more', async () => {
  const { open } = await setUp();
  const page = await open('/rollouts/r-1');
  await page.getByRole('button', { name: /^Wave 1/ }).waitFor();
  const search = page.getByRole('searchbox', { name: 'Search nodes by name' });
  await search.fill('a/n');
  const first = page.locator('[data-cell="n1"]');
  await first.focus();
  await page.keyboard.press('ArrowRight');
  await page.locator('[data-cell="n2"]:focus').waitFor();
  await search.fill('n1');
  await page.locator('[data-cell="n2"]').waitFor({ state: 'detached' });
  expect(await first.getAttribute('tabindex')).toBe('0');
});

it('opens in as many tabs as one likes: those that nobody sees hold no connection', async () => {
  const { open } = await setUp();
  for (let tabs = 0; tabs < 3; tabs += 1) await hide(await open('/rollouts/r-1/nodes/a/n1'));
});
