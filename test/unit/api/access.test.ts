import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identifier } from '../../../services/api/access/credentials.ts';
import { isForeign } from '../../../services/api/access/foreign.ts';
import { newToken, readTokens, sha256 } from '../../../services/api/access/tokens.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nodetide-tokens-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function read(text: string) {
  const file = join(dir, 'tokens');
  await writeFile(file, text);
  return readTokens(file);
}

const bearer = (token: string) => `Bearer ${token}`;
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('tokens', () => {
  it('are made so that their line in the file lets them in, under their name', async () => {
    const [alice, bob] = [newToken('alice'), newToken('bob')];
    const tokens = await read(`# who may\n${alice.line}\n\n  ${bob.line}\r\n`);
    const identify = identifier({ tokens });
    expect([identify(bearer(alice.token)), identify(bearer(bob.token))]).toEqual(['alice', 'bob']);
    expect(alice.token).toMatch(/^ntd_[\w-]{43}$/);
    expect(alice.line).not.toContain(alice.token);
  });

  it('are never the same', () => {
    expect(new Set(Array.from({ length: 50 }, () => newToken('a').token)).size).toBe(50);
  });

  it('may be two of one name, for the time of a change', async () => {
    const made = [newToken('ci'), newToken('ci')];
    const identify = identifier({ tokens: await read(made.map(each => each.line).join('\n')) });
    expect(made.map(each => identify(bearer(each.token)))).toEqual(['ci', 'ci']);
  });

  const hash = '0'.repeat(64);
  it.each([
    ['a token instead of its hash', `alice: ${newToken('alice').token}`],
    ['no name', `: sha256-${hash}`],
    ['a name with a blank', `al ice: sha256-${hash}`],
    ['a hash too short', `alice: sha256-${hash.slice(1)}`],
    ['another hash', `alice: sha512-${hash}`],
    ['two on a line', `alice: sha256-${hash} bob: sha256-${hash}`],
  ])('are refused with %s, and the line is not repeated', async (_, line) => {
    const refused = await read(`# a comment\n${line}\n`).catch((error: unknown) => error);
    expect(refused).toMatchObject({ failure: { code: 'api-token-file' } });
    const text = JSON.stringify((refused as { failure: unknown }).failure);
    expect(text).toContain('line 2');
    expect(text).not.toContain(line.slice(8, 30));
  });

  it('are refused as an empty file, and as one that is not there', async () => {
    await expect(read('# nobody\n')).rejects.toMatchObject({ failure: { code: 'api-token-file' } });
    await expect(readTokens(join(dir, 'none'))).rejects.toMatchObject({ failure: { code: 'api-token-file' } });
  });
});

describe('credentials', () => {
  const token = 'ntd_x';
  const identify = identifier({ password: 'pä:ss', tokens: [{ name: 'alice', sha256: sha256(token) }] });
  it.each([
    ['nothing', undefined, null],
    ['an empty header', '', null],
    ['a bearer without a token', 'Bearer ', null],
    ['the token', bearer(token), 'alice'],
    ['the token, scheme in other letters', `bEARER ${token}`, 'alice'],
    ['another token', bearer('ntd_y'), null],
    ['its beginning', bearer('ntd_'), null],
    ['its hash', bearer(sha256(token).toString('hex')), null],
    ['name and token', basic(`alice:${token}`), 'alice'],
    ['another name and the token', basic(`bob:${token}`), null],
    ['user and password', basic('nodetide:pä:ss'), 'nodetide'],
    ['another user and the password', basic('root:pä:ss'), null],
    ['the name of a token and the password', basic('alice:pä:ss'), null],
    ['the password as a bearer', 'Bearer pä:ss', null],
    ['the user and the token', basic(`nodetide:${token}`), null],
    ['basic without a colon', basic(token), null],
    ['another scheme', `Digest ${token}`, null],
  ])('%s', (_, header, who) => {
    expect(identify(header)).toBe(who);
  });

  it('let nobody in where there are none', () => {
    expect([identifier({})(bearer('')), identifier({})(basic('nodetide:'))]).toEqual([null, null]);
  });
});

describe('pages of other sites', () => {
  const host = '127.0.0.1:7070';
  it.each([
    ['a program', {}, false],
    ['our own page', { 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:7070' }, false],
    ['an address typed in', { 'sec-fetch-site': 'none' }, false],
    ['another site', { 'sec-fetch-site': 'cross-site' }, true],
    ['another port of this machine', { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:3000' }, true],
    ['an older browser, our own page', { origin: 'http://127.0.0.1:7070' }, false],
    ['an older browser, another site', { origin: 'https://example.org' }, true],
    ['an older browser, another port', { origin: 'http://127.0.0.1:7071' }, true],
    ['a page without an origin of its own', { origin: 'null' }, true],
    ['a page whose name begins like ours', { origin: 'http://127.0.0.1:7070.example.org' }, true],
  ])('%s', (_, headers, foreign) => {
    expect(isForeign({ headers, host })).toBe(foreign);
  });

  it('are known by the whole name asked for, however it is written', () => {
    expect(isForeign({ headers: { origin: 'https://tide.example.org.evil' }, host: 'tide.example.org' })).toBe(true);
    expect(isForeign({ headers: { origin: 'https://tide.example.org' }, host: 'Tide.example.org' })).toBe(false);
  });
});
