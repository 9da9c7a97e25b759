import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../helpers/browser.ts';
import { openStage, type Stage } from './stage.ts';

// Photographs every page, in both themes and at three widths, for the documentation: npm run pictures
const FOLDER = join(import.meta.dirname, '../../docs/images');
const SIZES = { 360: 780, 1280: 860, 2560: 1300 } as const;
const THEMES = ['light', 'dark'] as const;

/** Name → path, and whether at all widths. */
const PAGES: Readonly<Record<string, { readonly path: (stage: Stage) => string; readonly all: boolean }>> = {
  fleet: { path: () => '/', all: true },
  rollout: { path: ({ open }) => `/rollouts/${open}`, all: true },
  waiting: { path: () => '/waiting', all: true },
  timeline: { path: ({ done }) => `/rollouts/${done}/timeline`, all: true },
  node: { path: ({ open }) => `/rollouts/${open}/nodes/staging/staging-worker-02`, all: true },
  cluster: { path: () => '/clusters/staging', all: false },
  plan: { path: ({ draft }) => `/plan/${draft}`, all: false },
  history: { path: () => '/rollouts', all: false },
  schedules: { path: () => '/schedules', all: false },
  report: { path: ({ done }) => `/rollouts/${done}/report`, all: false },
};

const stage = await openStage();
const browser = await openBrowser();
try {
  await mkdir(FOLDER, { recursive: true });
  for (const [name, { path, all }] of Object.entries(PAGES)) {
    for (const width of all ? ([360, 1280, 2560] as const) : ([1280] as const)) {
      for (const theme of THEMES) await photograph(browser, stage.url + path(stage), { name, width, theme });
    }
  }
} finally {
  await browser.close();
  await stage.close();
}

async function photograph(
  opened: Browser,
  address: string,
  { name, width, theme }: { name: string; width: keyof typeof SIZES; theme: (typeof THEMES)[number] },
): Promise<void> {
  const viewport = { width, height: SIZES[width] };
  const context = await opened.newContext({
    viewport,
    colorScheme: theme,
    timezoneId: 'Europe/Berlin',
    locale: 'en-GB',
  });
  const page = await context.newPage();
  await page.goto(address);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  // What is asked for beside the live picture comes a moment later.
  await page.waitForTimeout(500);
  await page
    .getByText(/^(Connecting|Reading)…/)
    .first()
    .waitFor({ state: 'hidden' });
  await page.screenshot({ path: join(FOLDER, `${name}-${width}-${theme}.png`) });
  await context.close();
}
