import { readFile } from 'node:fs/promises';
import { fail } from '../../domain/failures/catalogue.ts';
import { type RedisTarget, SETTINGS, type SettingName } from './target.ts';
import { parseRedisUrl } from './url.ts';

/** Everything needed to connect, files read. Holds secrets: not for printing. */
export interface RedisSettings {
  readonly target: RedisTarget;
  readonly password?: string;
  readonly sentinelPassword?: string;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly servername?: string };
}

/**
 * Reads the URL and the files it, or the environment, names. The URL wins over the environment. Besides the variables of
 * `SETTINGS`, `REDIS_PASSWORD` and `REDIS_SENTINEL_PASSWORD` hold the passwords themselves.
 * @throws redis-url-invalid
 */
export async function readRedisSettings(url: string, env: NodeJS.ProcessEnv = process.env): Promise<RedisSettings> {
  const target = parseRedisUrl(url);
  const setting = (name: SettingName) => target.settings[name] ?? (env[SETTINGS[name].env] || undefined);
  const file = async (name: SettingName) => {
    const path = setting(name);
    return path === undefined ? undefined : readSettingFile(name, path);
  };
  const secret = async (name: SettingName) => (await file(name))?.replace(/\r?\n$/, '');
  const password = target.password ?? (await secret('passwordFile')) ?? (env['REDIS_PASSWORD'] || undefined);
  const sentinelPassword = (await secret('sentinelPasswordFile')) ?? (env['REDIS_SENTINEL_PASSWORD'] || undefined);
  const sentinelUsername = setting('sentinelUsername');
  const tls = given({
    ca: await file('ca'),
    cert: await file('cert'),
    key: await file('key'),
    servername: setting('servername'),
  });
  return {
    target: { ...target, settings: { ...target.settings, ...given({ sentinelUsername }) } },
    ...given({ password, sentinelPassword }),
    ...(target.tls ? { tls } : {}),
  };
}

async function readSettingFile(name: SettingName, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw fail('redis-url-invalid', {
      message: `the ${SETTINGS[name].says} cannot be read: ${path}`,
      seen: String(error),
      todo: `Correct the parameter ${name} of the Redis URL, or ${SETTINGS[name].env}.`,
    });
  }
}

/** The entries that are not undefined. */
function given<T extends Record<string, string | undefined>>(entries: T): { [name in keyof T]?: string } {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as {
    [name in keyof T]?: string;
  };
}
