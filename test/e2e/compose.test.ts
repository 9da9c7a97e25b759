import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEmbeddedRedis } from '../../shared/redis/server/embedded.ts';
import { ROOT } from '../helpers/architecture/tree.ts';
import { type ComposeService, programServices } from '../helpers/compose.ts';
import { freePort } from '../helpers/ports.ts';

// No container engine is needed: the commands of docker-compose.yml run as plain processes through the same entry
// point, with the paths, the port and the Redis of this test put in their place.

const ENTRYPOINT = '/app/deploy/entrypoint.mjs';
const folder = mkdtempSync(join(tmpdir(), 'nodetide-compose-'));
let redis: Awaited<ReturnType<typeof startEmbeddedRedis>> | undefined;
let child: ChildProcess | undefined;
let port = 0;

beforeAll(async () => {
  expect(spawnSync(process.execPath, [join(ROOT, 'deploy/prepare.mjs')], { stdio: 'inherit' }).status).toBe(0);
  // A path too long for a unix socket makes it listen on a loopback port with a password, as the composed one does.
  redis = await startEmbeddedRedis({ dir: join(folder, 'd'.repeat(100)) });
  port = await freePort();
});

afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
});

afterAll(async () => {
  await redis?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A text of the Compose file as it must read outside of a container. */
function outside(text: string): string {
  return text
    .replace(ENTRYPOINT, join(ROOT, 'deploy/entrypoint.mjs'))
    .replace('/run/secrets/', `${folder}/`)
    .replace('0.0.0.0', '127.0.0.1')
    .replaceAll('8080', String(port));
}

/** The environment a service gets, and its secrets in files. */
function environmentOf(service: ComposeService): NodeJS.ProcessEnv {
  const url = new URL(redis?.url ?? '');
  writeFileSync(join(folder, 'redis_password'), `${decodeURIComponent(url.password)}\n`);
  writeFileSync(join(folder, 'page_password'), 'open sesame\n');
  url.password = '';
  const named = Object.entries(service.environment).map(([name, value]) => [name, outside(value)]);
  return { PATH: process.env['PATH'], HOME: folder, ...Object.fromEntries(named), REDIS_URL: url.href };
}

/** Starts a service and resolves with what it has said once it says that it is ready. */
function start(service: ComposeService, env: NodeJS.ProcessEnv): Promise<string> {
  const args = [outside(ENTRYPOINT), ...service.command.map(outside)];
  const started = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  child = started;
  return new Promise((resolve, reject) => {
    let said = '';
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      if (said.includes('ready')) resolve(said);
    };
    started.stdout.on('data', listen);
    started.stderr.on('data', listen);
    started.once('close', code => reject(new Error(`ended with ${code}: ${said}`)));
  });
}

/** Runs a service's health check once; resolves with its exit code and output. */
async function check(service: ComposeService, env: NodeJS.ProcessEnv): Promise<{ code: number; said: string }> {
  const test = 'test' in service.healthcheck ? service.healthcheck.test : [];
  expect(test.slice(0, 2)).toEqual(['CMD', 'node']);
  const run = spawn(process.execPath, test.slice(2).map(outside), { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const listen = (chunk: Buffer): void => {
    said += chunk.toString();
  };
  run.stdout.on('data', listen);
  run.stderr.on('data', listen);
  const [code] = (await once(run, 'close')) as [number];
  return { code, said };
}

describe('the services of docker-compose.yml', () => {
  it.each(programServices())('%s starts, is healthy, and stops when told to', async (_name, service) => {
    const env = environmentOf(service);
    await start(service, env);
    const pid = String(child?.pid);
    await expect.poll(() => check(service, env), { timeout: 30_000 }).toMatchObject({ code: 0 });
    if (service.command[0] !== 'api') expect((await check(service, env)).said).toContain(pid);
    child?.kill('SIGTERM');
    const [code] = (await once(child as ChildProcess, 'close')) as [number];
    expect(code).toBe(0);
    expect((await check(service, env)).code).not.toBe(0);
  });

  it('end at once when a secret is missing', () => {
    const service = programServices()[0]?.[1];
    const env = { ...environmentOf(service as ComposeService), REDIS_PASSWORD_FILE: join(folder, 'none') };
    const { status, stderr } = spawnSync(process.execPath, [outside(ENTRYPOINT), 'worker'], { env, encoding: 'utf8' });
    expect(status).toBe(4);
    expect(stderr).toMatch(/REDIS_PASSWORD_FILE: .*ENOENT/);
  });
});
