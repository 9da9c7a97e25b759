import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { debianTools } from './debian-tools.ts';

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-headless-shell', '/usr/bin/google-chrome'];

/** A Chromium without a screen: the machine's own, else one unpacked from the distribution's packages. Throws why there is none. */
export async function openBrowser(): Promise<Browser> {
  const { executablePath, env } = await findChromium();
  // Without its sandbox it runs as root too, and in containers; it opens only pages of tests.
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];
  return chromium.launch({ executablePath, args, env });
}

async function findChromium(): Promise<{ executablePath: string; env: Record<string, string> }> {
  const own = definedEnv();
  const installed = INSTALLED.find(path => existsSync(path));
  if (installed) return { executablePath: installed, env: own };
  const tools = await debianTools('chromium-1', ['chromium-headless-shell', 'fonts-dejavu-core', 'fontconfig-config']);
  if (typeof tools === 'string') throw new Error(`no Chromium: ${tools}`);
  const env = { ...own, ...tools.env, FONTCONFIG_FILE: await fontsOf(tools.folder) };
  return { executablePath: join(tools.folder, 'usr/lib/chromium/chromium-headless-shell'), env };
}

/** Fonts of the machine and those that were unpacked. */
async function fontsOf(folder: string): Promise<string> {
  const file = join(folder, 'fonts.conf');
  const dirs = ['/usr/share/fonts', join(folder, 'usr/share/fonts')].map(dir => `<dir>${dir}</dir>`).join('');
  await writeFile(file, `<?xml version="1.0"?><fontconfig>${dirs}<cachedir>${folder}/fonts</cachedir></fontconfig>`);
  return file;
}

function definedEnv(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

/** A page, and everything that went wrong in it: errors, words on its console, requests to other hosts. */
export interface WatchedPage {
  readonly page: Page;
  readonly troubles: readonly string[];
}

/** Opens an empty page that may ask `url` only. Its acts and looks wait for a minute, as a busy machine is slow. */
export async function openPage(context: BrowserContext, url: string): Promise<WatchedPage> {
  const page = await context.newPage();
  page.setDefaultTimeout(180_000);
  const troubles: string[] = [];
  page.on('pageerror', error => void troubles.push(`error: ${error.message}`));
  page.on('console', message => {
    // What an answer of the API says, or a server that is away, the browser tells too: what the page makes of it is looked at elsewhere.
    const { url: of } = message.location();
    const isAnswer = of.startsWith(`${url}/api/`) && message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isAnswer) troubles.push(`console: ${message.text()} (${of})`);
  });
  page.on('request', request => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) troubles.push(`asks ${request.url()}`);
  });
  return { page, troubles };
}

interface Violation {
  readonly id: string;
  readonly impact?: string | null;
  readonly help: string;
  readonly nodes: readonly { readonly html: string }[];
}

interface Axe {
  run(options: { readonly resultTypes: readonly string[] }): Promise<{ violations: Violation[] }>;
}

/** What axe finds on the page that is serious or worse, a line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // The policy of the page keeps scripts out that are not its own; what is evaluated from outside is let in.
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const run = (globalThis as unknown as { axe: Axe }).axe;
    // Nothing is told of what is well: that is most of the work.
    return (await run.run({ resultTypes: ['violations'] })).violations;
  });
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.map(({ id, help, nodes }) =>
    `${id}: ${help}: ${nodes.map(node => node.html).join(' ')}`.slice(0, 500),
  );
}
