import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { quote } from '../../../shared/hosts/quote.ts';
import { type SshHosts, sshHosts } from '../../../shared/hosts/ssh/connector.ts';
import { Link } from '../../../shared/hosts/ssh/link.ts';
import { Places } from '../../../shared/hosts/ssh/places.ts';
import { Slots } from '../../../shared/hosts/wait.ts';
import { APT } from '../../../shared/packages/apt.ts';
import type { Host } from '../../../shared/ports/host.ts';
import { nodeOf } from '../../helpers/host-over-ssh.ts';
import { upgradePolicy } from '../../helpers/plan.ts';
import { SEED } from '../../helpers/seed.ts';
import { type SshAccounts, startAccounts, whyNoAccounts } from '../../helpers/ssh-accounts.ts';

const COUNT = 10_000;
const USER = 'nt-quoted';

const leftOut = whyNoAccounts();
let farm: SshAccounts;
let hosts: SshHosts;
let host: Host;
let link: Link;
let canary: string;
let texts: readonly string[];

beforeEach(context => context.skip(leftOut !== undefined, leftOut));
beforeAll(async () => {
  if (leftOut !== undefined) return;
  farm = await startAccounts([{ name: USER, sudo: [`${USER} ALL=(ALL) NOPASSWD: ALL`] }], [[]]);
  hosts = sshHosts();
  const profile = { ...farm.profile(USER), become: 'sudo' as const };
  const node = nodeOf({ name: 'n', cluster: 'c', sequence: 1, port: farm.ports[0] ?? 0 });
  host = hosts.connect(node, { farm: profile });
  const limits = { open: new Places(1), opening: new Slots(1), idleMs: 60_000 };
  link = new Link([{ address: '127.0.0.1', port: farm.ports[0] ?? 0, profile }], 'sudo', limits);
  // Whatever is executed, as whomever, leaves it behind.
  canary = join(farm.dir, 'canary');
  await chmod(farm.dir, 0o777);
  texts = fc.sample(textWith(`touch ${canary}`), { numRuns: COUNT, seed: SEED });
});
afterAll(async () => {
  await link?.close();
  await hosts?.close();
  await farm?.stop();
});

/** What shells, sudo and option parsers could take for something else. */
function textWith(command: string): fc.Arbitrary<string> {
  const bait = fc.constantFrom(
    ...[`$(${command})`, `\`${command}\``, `;${command};`, `\n${command}\n`, `&& ${command} #`, `|${command}|`],
    ...[
      `';${command};'`,
      `";${command};"`,
      `\${x:=$(${command})}`,
      `<(${command})`,
      `& ${command} &`,
      `\\';${command}`,
    ],
  );
  const special = fc.constantFrom(
    ...["'", '"', "'\\''", '\\', '\\\\', '$', '$$', '$HOME', '~', '!', '!!', '#', '%s', '%n', '\t', '\n', '\r\n', ' '],
    ...[
      '*',
      '?',
      '[a-z]*',
      '{a,b}',
      '-',
      '--',
      '-rf',
      '--help',
      '-S',
      '=',
      'A=b',
      '<',
      '>',
      '(',
      ')',
      '\u001b[0m',
      '\u007f',
    ],
    ...['é', '\u0301', '漢字', '🙂', '\u202e', '\ufeff', '\u00a0', 'lib*', 'linux-image-6.1', 'g++', ''],
  );
  const pieces = fc.oneof(
    bait,
    special,
    special,
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ maxLength: 12 }),
  );
  const short = fc.array(pieces, { maxLength: 5 }).map(parts => parts.join(''));
  const long = fc
    .tuple(short, fc.integer({ min: 500, max: 3_000 }))
    .map(([text, times]) => text.slice(0, 8).repeat(times));
  const packages = fc.stringMatching(/^[a-z0-9][a-z0-9.+*-]{1,20}$/);
  // An argument ends at NUL: none can hold it.
  return fc
    .oneof({ arbitrary: short, weight: 200 }, { arbitrary: packages, weight: 20 }, { arbitrary: long, weight: 1 })
    .map(text => text.replaceAll('\0', ''));
}

/** In lists of which each, quoted, has at most so many bytes: Linux limits an argument to 128 KiB, and a login shell gets the command as one. */
function batches(all: readonly string[], most: number): string[][] {
  const found: string[][] = [[]];
  let size = 0;
  for (const text of all) {
    const bytes = Buffer.byteLength(quote(text)) + 1;
    if (size + bytes > most && size > 0) {
      found.push([]);
      size = 0;
    }
    found.at(-1)?.push(text);
    size += bytes;
  }
  return found;
}

const nulEnded = (all: readonly string[]) => Buffer.from(all.map(text => `${text}\0`).join(''));
const signal = () => new AbortController().signal;

it('arguments of a script arrive byte for byte through SSH and sudo', async () => {
  expect(texts).toHaveLength(COUNT);
  for (const args of batches(texts, 1_000_000)) {
    const { stdout, exitCode } = await host.run({ text: String.raw`printf '%s\0' "$@"`, args }, signal());
    expect(exitCode).toBe(0);
    expect(Buffer.from(stdout).equals(nulEnded(args))).toBe(true);
  }
  expect(existsSync(canary)).toBe(false);
});

it('so do words of the command line itself', async () => {
  for (const words of batches(texts, 100_000)) {
    const { stdout, exitCode } = await link.execute(words, `printf '%s\\0' "$@"; exit 7\n`, signal());
    expect(exitCode).toBe(7);
    expect(stdout.equals(nulEnded(words))).toBe(true);
  }
  expect(existsSync(canary)).toBe(false);
});

it('files get the very names they are to have', async () => {
  const folder = join(farm.dir, "a folder's $(name)");
  await mkdir(folder);
  const names = [...new Set(texts.map(fileName))].filter(name => !['', '.', '..'].includes(name));
  expect(names.length).toBeGreaterThan(COUNT / 2);
  for (const args of batches(names, 1_000_000)) {
    const script = {
      text: 'cd -- "$1" || exit 9; shift; for name; do : >"./$name" || exit 8; done',
      args: [folder, ...args],
    };
    expect(await host.run(script, signal())).toMatchObject({ exitCode: 0, stderr: '' });
  }
  const made = await readdir(folder, { encoding: 'buffer' });
  const hex = (all: readonly Buffer[]) => all.map(name => name.toString('hex')).sort();
  expect(hex(made)).toEqual(hex(names.map(name => Buffer.from(name))));
  expect(existsSync(canary)).toBe(false);
});

/** At most 255 bytes, whole characters, no slash. */
function fileName(text: string): string {
  let name = '';
  for (const character of text.replaceAll('/', '_')) {
    if (Buffer.byteLength(name + character) > 255) break;
    name += character;
  }
  return name;
}

it('names of packages arrive as they are, or are refused before anything is sent', async () => {
  const taken: string[] = [];
  for (const text of texts) {
    try {
      APT.upgradeScript(upgradePolicy({ mode: 'packages', packages: [text] }));
      taken.push(text);
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
    }
  }
  expect(taken.length).toBeGreaterThan(100);
  expect(taken.filter(name => !/^[\w*?][\w*?+.-]*$/.test(name))).toEqual([]);
  const { args } = APT.upgradeScript(
    upgradePolicy({ mode: 'packages', packages: taken, exclude: taken, allowRemovals: taken }),
  );
  const { stdout } = await host.run({ text: String.raw`printf '%s\0' "$@"`, args }, signal());
  expect(Buffer.from(stdout).equals(nulEnded(args))).toBe(true);
  expect(args.filter(arg => arg === taken.join(' '))).toHaveLength(3);
  expect(existsSync(canary)).toBe(false);
});

it('the canary does sing when something is executed', async () => {
  await host.run({ text: 'eval "$1"', args: [`x=$(touch ${canary})`] }, signal());
  expect(existsSync(canary)).toBe(true);
});
