import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TokenHashes } from '../../../services/api/access/token-hashes.ts';
import { newToken } from '../../../services/api/access/tokens.ts';
import type { ServiceLog } from '../../../services/common/log.ts';

let dir = '';
let file = '';
let logged: string[] = [];
const say = (level: string) => (fields: object, text: string) =>
  void logged.push(`${level} ${text} ${JSON.stringify(fields)}`);
const log: ServiceLog = { info: say('info'), warn: say('warn'), error: say('error') };

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nodetide-token-hashes-'));
  file = join(dir, 'tokens');
  logged = [];
});
afterEach(() => rm(dir, { recursive: true }));

const line = (name: string) => newToken(name, 'viewer').line;
const names = async (tokens: TokenHashes) => (await tokens.current()).map(({ name }) => name);

it('is read again when it has changed', async () => {
  await writeFile(file, `${line('alice')}\n`);
  const tokens = await TokenHashes.open(file, log, { lookEveryMs: 0 });
  expect(await names(tokens)).toEqual(['alice']);
  await writeFile(file, `${line('alice')}\n${line('bob')}\n`);
  expect(await names(tokens)).toEqual(['alice', 'bob']);
  expect(await names(tokens)).toEqual(['alice', 'bob']);
  await writeFile(file, '# nobody any more\n');
  expect(await names(tokens)).toEqual([]);
  expect(logged).toHaveLength(2);
});

it('that is wrong, empty or gone changes nothing, and that is told once', async () => {
  await writeFile(file, line('alice'));
  const tokens = await TokenHashes.open(file, log, { lookEveryMs: 0 });
  const { token } = newToken('bob', 'viewer');
  await writeFile(file, `bob: viewer ${token}`);
  expect([await names(tokens), await names(tokens)]).toEqual([['alice'], ['alice']]);
  expect(logged).toEqual([expect.stringMatching(/^error .*still hold.*line 1/)]);
  expect(logged.join()).not.toContain(token);
  await writeFile(file, '\n');
  expect([await names(tokens), await names(tokens)]).toEqual([['alice'], ['alice']]);
  await rm(file);
  expect([await names(tokens), await names(tokens)]).toEqual([['alice'], ['alice']]);
  expect(logged.slice(1)).toEqual([expect.stringContaining('is empty'), expect.stringContaining('cannot be read')]);
  await writeFile(file, line('carol'));
  expect(await names(tokens)).toEqual(['carol']);
});

it('that is being written counts only once it is whole', async () => {
  const [alice, bob] = [line('alice'), line('bob')];
  await writeFile(file, `${alice}\n${bob}\n`);
  const steps: string[] = [];
  const settle = async () => {
    const next = steps.shift();
    if (next !== undefined) await writeFile(file, next);
  };
  const tokens = await TokenHashes.open(file, log, { lookEveryMs: 0, settle });
  // As an editor does: the file is emptied, then written in parts.
  await writeFile(file, '');
  steps.push(`${alice}\n`, `${alice}\n${bob}\n`);
  expect(await names(tokens)).toEqual(['alice', 'bob']);
  expect([steps, logged]).toEqual([[], []]);
});

it('is looked at by many at once only once', async () => {
  await writeFile(file, line('alice'));
  const tokens = await TokenHashes.open(file, log, { lookEveryMs: 0 });
  await writeFile(file, line('bob'));
  const all = await Promise.all(Array.from({ length: 20 }, () => names(tokens)));
  expect(all.every(each => each.join() === 'bob')).toBe(true);
  expect(logged).toHaveLength(1);
});

it('is not looked at again at once', async () => {
  await writeFile(file, line('alice'));
  const tokens = await TokenHashes.open(file, log, { lookEveryMs: 3_600_000 });
  await writeFile(file, line('bob'));
  expect(await names(tokens)).toEqual(['alice']);
});
