import { readFileSync } from 'node:fs';

/** Variables that may also be given as a file, by the same name with `_FILE`. */
const SECRETS = ['REDIS_URL', 'REDIS_PASSWORD', 'NODETIDE_PASSWORD'];

/**
 * Puts the contents of `X_FILE` into X for each of the secrets, and REDIS_PASSWORD into REDIS_URL. Throws when a file
 * cannot be read or is empty, or when both X and X_FILE are given.
 */
export function readSecrets(env) {
  for (const name of SECRETS) {
    const path = env[`${name}_FILE`];
    if (!path) continue;
    if (env[name]) throw new Error(`${name} and ${name}_FILE are both set: only one of them may be`);
    env[name] = read(`${name}_FILE`, path);
    delete env[`${name}_FILE`];
  }
  if (!env.REDIS_PASSWORD) return;
  if (!env.REDIS_URL) throw new Error('REDIS_PASSWORD is set, but no REDIS_URL to use it with');
  const url = new URL(env.REDIS_URL);
  url.password = encodeURIComponent(env.REDIS_PASSWORD);
  env.REDIS_URL = url.href;
  delete env.REDIS_PASSWORD;
}

function read(name, path) {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`${name}: ${path} cannot be read (${error.code ?? error.message})`, { cause: error });
  }
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw new Error(`${name}: ${path} is empty`);
  return secret;
}
