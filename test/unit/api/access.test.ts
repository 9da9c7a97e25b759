import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSecret, knownSecrets, readAuthorization } from '../../../services/api/access/credentials.ts';
import { isForeign } from '../../../services/api/access/foreign.ts';
import { TokenHashes } from '../../../services/api/access/token-hashes.ts';
import { type KnownToken, newToken, sha256 } from '../../../services/api/access/tokens.ts';
import { SILENT_LOG } from '../../../services/common/log.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nodetide-tokens-'));
});
afterAll(() => rm(dir, { recursive: true }));

/** Tells the name and the role of who asks with a header; null: nobody. */
function identifier(credentials: { password?: string; tokens?: readonly KnownToken[] }) {
  const { password, tokens = [] } = credentials;
  return async (header: string | undefined): Promise<string | null> => {
    const known = await knownSecrets({ ...(password && { password }), tokens: async () => tokens });
    const given = readAuthorization(header);
    const found = given && findSecret(known, given);
    return found && `${found.name} ${found.role}`;
  };
}

async function read(text: string): Promise<readonly KnownToken[]> {
  const file = join(dir, 'tokens');
  await writeFile(file, text);
  return (await TokenHashes.open(file, SILENT_LOG)).current();
}

const bearer = (token: string) => `Bearer ${token}`;
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('tokens', () => {
  it('are made so that their line in the file lets them in, under their name and role', async () => {
    const [alice, bob] = [newToken('alice', 'admin'), newToken('bob', 'viewer')];
    const tokens = await read(`# who may\n${alice.line}\n\n  ${bob.line}\r\n`);
    const identify = identifier({ tokens });
    expect([await identify(bearer(alice.token)), await identify(bearer(bob.token))]).toEqual([
      'alice admin',
      'bob viewer',
    ]);
    expect(alice.token).toMatch(/^ntd_[\w-]{43}$/);
    expect(alice.line).not.toContain(alice.token);
  });

  it('are never the same', () => {
    expect(new Set(Array.from({ length: 50 }, () => newToken('a', 'viewer').token)).size).toBe(50);
  });

  it('may be two of one name, for the time of a change', async () => {
    const made = [newToken('ci', 'viewer'), newToken('ci', 'operator')];
    const identify = identifier({ tokens: await read(made.map(each => each.line).join('\n')) });
    expect(await Promise.all(made.map(each => identify(bearer(each.token))))).toEqual(['ci viewer', 'ci operator']);
  });

  const hash = '0'.repeat(64);
  it.each([
    ['a token instead of its hash', `alice: viewer ${newToken('alice', 'viewer').token}`],
    ['no name', `: viewer sha256-${hash}`],
    ['a name with a blank', `al ice: viewer sha256-${hash}`],
    ['a hash too short', `alice: viewer sha256-${hash.slice(1)}`],
    ['another hash', `alice: viewer sha512-${hash}`],
    ['two on a line', `alice: viewer sha256-${hash} bob: viewer sha256-${hash}`],
    ['no role', `alice: sha256-${hash}`],
    ['a role there is not', `alice: root sha256-${hash}`],
  ])('are refused with %s, and the line is not repeated', async (_, line) => {
    const refused = await read(`# a comment\n${line}\n`).catch((error: unknown) => error);
    expect(refused).toMatchObject({ failure: { code: 'api-token-hashes' } });
    const text = JSON.stringify((refused as { failure: unknown }).failure);
    expect(text).toContain('line 2');
    expect(text).not.toContain(line.slice(16, 38));
  });

  it('are refused as an empty file, and as one that is not there', async () => {
    await expect(read('# nobody\n')).rejects.toMatchObject({ failure: { code: 'api-token-hashes' } });
    await expect(TokenHashes.open(join(dir, 'none'), SILENT_LOG)).rejects.toMatchObject({
      failure: { code: 'api-token-hashes' },
    });
  });
});

describe('credentials', () => {
  const token = 'ntd_x';
  const identify = identifier({
    password: 'pä:ss',
    tokens: [{ name: 'alice', role: 'operator', sha256: sha256(token) }],
  });
  it.each([
    ['nothing', undefined, null],
    ['an empty header', '', null],
    ['a bearer without a token', 'Bearer ', null],
    ['the token', bearer(token), 'alice operator'],
    ['the token, scheme in other letters', `bEARER ${token}`, 'alice operator'],
    ['another token', bearer('ntd_y'), null],
    ['its beginning', bearer('ntd_'), null],
    ['its hash', bearer(sha256(token).toString('hex')), null],
    ['name and token', basic(`alice:${token}`), 'alice operator'],
    ['another name and the token', basic(`bob:${token}`), null],
    ['user and password', basic('nodetide:pä:ss'), 'nodetide admin'],
    ['another user and the password', basic('root:pä:ss'), null],
    ['the name of a token and the password', basic('alice:pä:ss'), null],
    ['the password as a bearer', 'Bearer pä:ss', null],
    ['the user and the token', basic(`nodetide:${token}`), null],
    ['basic without a colon', basic(token), null],
    ['another scheme', `Digest ${token}`, null],
  ])('%s', async (_, header, who) => {
    expect(await identify(header)).toBe(who);
  });

  it('let nobody in where there are none', async () => {
    const identify = identifier({});
    expect([await identify(bearer('')), await identify(basic('nodetide:'))]).toEqual([null, null]);
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
