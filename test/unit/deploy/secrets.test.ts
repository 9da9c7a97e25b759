import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../helpers/architecture/tree.ts';

type Env = Record<string, string | undefined>;
const { readSecrets }: { readSecrets(env: Env): void } = await import(join(ROOT, 'deploy/lib/secrets.mjs'));

const folder = mkdtempSync(join(tmpdir(), 'nodetide-secrets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function secret(text: string): string {
  const path = join(folder, 'secret');
  writeFileSync(path, text);
  return path;
}

describe('secrets of a container', () => {
  it('come from files, and the password goes into the URL', () => {
    const env: Env = { REDIS_URL: 'redis://redis:6379/2', REDIS_PASSWORD_FILE: secret('p@ss/w%rd\n') };
    readSecrets(env);
    expect(Object.keys(env)).toEqual(['REDIS_URL']);
    const url = new URL(env['REDIS_URL'] ?? '');
    expect(decodeURIComponent(url.password)).toBe('p@ss/w%rd');
    expect(url.host + url.pathname).toBe('redis:6379/2');
  });

  it('leave an environment without files as it is', () => {
    const env: Env = { REDIS_URL: 'redis://:x@redis', OTHER_FILE: 'kept' };
    readSecrets(env);
    expect(env).toEqual({ REDIS_URL: 'redis://:x@redis', OTHER_FILE: 'kept' });
  });

  it.each<[string, Env, RegExp]>([
    ['is missing', { NODETIDE_PASSWORD_FILE: join(folder, 'none') }, /NODETIDE_PASSWORD_FILE.*ENOENT/],
    ['is given twice', { REDIS_URL: 'redis://a', REDIS_URL_FILE: 'x' }, /both set/],
    ['has no URL to go into', { REDIS_PASSWORD: 'x' }, /no REDIS_URL/],
  ])('are refused when one %s', (_what, env, message) => {
    expect(() => readSecrets(env)).toThrow(message);
  });

  it('are refused when a file is empty', () => {
    expect(() => readSecrets({ NODETIDE_PASSWORD_FILE: secret('\n') })).toThrow(/is empty/);
  });
});
