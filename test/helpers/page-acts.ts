import type { Locator, Page } from 'playwright-core';

/** So long something is waited for on a page; a busy machine is slow. */
export const WAIT_MS = 180_000;

/** Waits until it is seen. */
export const seen = (locator: Locator, timeoutMs = WAIT_MS): Promise<void> =>
  locator.first().waitFor({ state: 'visible', timeout: timeoutMs });

/** Waits until a rollout's page says that it is in a state. */
export const state = (page: Page, word: RegExp, timeoutMs = WAIT_MS): Promise<void> =>
  seen(page.locator('header .badge').filter({ hasText: word }), timeoutMs);

/** Does an act in its dialog, as the dialog says it. */
export async function act(page: Page, name: string, why = ''): Promise<void> {
  const dialog = page.getByRole('dialog');
  if (why !== '') await dialog.getByRole('textbox', { name: /^Reason/ }).fill(why);
  await dialog.getByRole('button', { name, exact: true }).click();
  await dialog.waitFor({ state: 'hidden', timeout: WAIT_MS });
}
