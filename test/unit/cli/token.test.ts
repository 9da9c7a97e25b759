import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newToken, parseTokens, sha256 } from '../../../services/api/access/tokens.ts';
import { register as serve } from '../../../services/cli/commands/serve.ts';
import { register as token } from '../../../services/cli/commands/token.ts';
import { EXIT } from '../../../services/cli/exit.ts';
import { runProgram } from '../../../services/cli/program.ts';
import type { ApiOptions } from '../../../services/cli/wiring.ts';
import { FakeRollouts, FakeSession, FakeWiring } from '../../helpers/cli-wiring.ts';
import { tinyPlan } from '../../helpers/plan.ts';

let dir: string;
let wiring: FakeWiring;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nodetide-token-'));
  wiring = new FakeWiring(new FakeSession(new FakeRollouts(tinyPlan({ stages: {} }))));
});
afterEach(() => rm(dir, { recursive: true }));

const run = (...args: string[]) => runProgram([token, serve], wiring, args);

describe('token new', () => {
  it('prints the token, and adds what lets it in to a file that only its owner reads', async () => {
    const file = join(dir, 'tokens');
    expect(await run('token', 'new', 'alice', '--token-hashes-file', file)).toBe(EXIT.done);
    expect(await run('token', 'new', 'bob', '--role', 'operator', '--token-hashes-file', file)).toBe(EXIT.done);
    expect(parseTokens(await readFile(file, 'utf8'), file)).toEqual([
      { name: 'alice', role: 'viewer', sha256: sha256(wiring.terminal.stdout[0] ?? '') },
      { name: 'bob', role: 'operator', sha256: sha256(wiring.terminal.stdout[1] ?? '') },
    ]);
    expect(wiring.terminal.stderr).toEqual([]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    for (const made of wiring.terminal.stdout) expect(await readFile(file, 'utf8')).not.toContain(made);
  });

  it('begins a line of its own after one that was not ended', async () => {
    const file = join(dir, 'tokens');
    await writeFile(file, newToken('alice', 'viewer').line);
    expect(await run('token', 'new', 'bob', '--token-hashes-file', file)).toBe(EXIT.done);
    expect(parseTokens(await readFile(file, 'utf8'), file).map(({ name }) => name)).toEqual(['alice', 'bob']);
  });

  it('says what to add where no file is named', async () => {
    expect(await run('token', 'new', 'ci.main@example')).toBe(EXIT.done);
    expect(wiring.terminal.stdout).toHaveLength(1);
    expect(wiring.terminal.stderr.join('\n')).toMatch(/^ci\.main@example: viewer sha256-[0-9a-f]{64}$/m);
  });

  it.each(['', 'a b', 'a:b', '-', '.hidden', 'x'.repeat(65)])('refuses the name %j', async name => {
    expect(await run('token', 'new', '--', name)).toBe(EXIT.badInput);
    expect(wiring.terminal.stdout).toEqual([]);
  });

  it('refuses a role there is not', async () => {
    expect(await run('token', 'new', 'alice', '--role', 'root')).toBe(EXIT.usage);
    expect(wiring.terminal.stdout).toEqual([]);
  });

  it('prints no token that could not be kept', async () => {
    expect(await run('token', 'new', 'alice', '--token-hashes-file', join(dir, 'none', 'tokens'))).toBe(EXIT.badInput);
    expect(wiring.terminal.stdout).toEqual([]);
  });
});

describe('the HTTP side', () => {
  async function served(env: Record<string, string>, ...args: string[]): Promise<ApiOptions | undefined> {
    let given: ApiOptions | undefined;
    wiring.env = env;
    wiring.session.startApi = options => {
      given = options;
      return Promise.reject(new Error('seen'));
    };
    await run('api', ...args);
    return given;
  }

  it.each([
    [{}, [], undefined],
    [{ NODETIDE_TOKEN_HASHES_FILE: '/from/env' }, [], '/from/env'],
    [{ NODETIDE_TOKEN_HASHES_FILE: '/from/env' }, ['--token-hashes-file', '/from/line'], '/from/line'],
  ])('takes tokens as %j and %j say', async (env, args, file) => {
    expect((await served(env, ...args))?.tokenHashesFile).toBe(file);
  });

  it.each([
    [['--proxy-from', '10.0.0.7,10.1.0.0/16'], { from: ['10.0.0.7', '10.1.0.0/16'] }],
    [
      ['--proxy-from', '10.0.0.7', '--proxy-roles', 'admin=ops,viewer=*', '--proxy-user-header', 'X-U'],
      { from: ['10.0.0.7'], roles: 'admin=ops,viewer=*', userHeader: 'X-U' },
    ],
    [['--proxy-from', '10.0.0.7', '--proxy-groups-header', 'X-G'], { from: ['10.0.0.7'], groupsHeader: 'X-G' }],
    [[], undefined],
  ])('believes a proxy as %j say', async (args, proxy) => {
    expect((await served({}, ...args))?.proxy).toEqual(proxy);
  });

  it('believes no proxy of no address', async () => {
    expect(await run('api', '--proxy-roles', 'admin=ops')).toBe(EXIT.badInput);
  });

  it('ends log-ins when it is told to', async () => {
    expect((await served({}, '--session-hours', '2'))?.sessionLifeMs).toBe(7_200_000);
    expect((await served({}))?.sessionLifeMs).toBeUndefined();
  });

  it.each([
    [{ NODETIDE_PASSWORD: 'from env' }, [], 'from env'],
    [{ NODETIDE_PASSWORD: 'from env', NODETIDE_PASSWORD_FILE: 'FILE' }, [], 'from file'],
    [{ NODETIDE_PASSWORD: 'from env' }, ['--password-file', 'FILE'], 'from file'],
  ])('takes the password as %j and %j say', async (env, args, password) => {
    const file = join(dir, 'password');
    await writeFile(file, 'from file\n');
    const put = (text: string) => text.replace('FILE', file);
    const given = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, put(value)]));
    expect((await served(given, ...args.map(put)))?.password).toBe(password);
  });
});
