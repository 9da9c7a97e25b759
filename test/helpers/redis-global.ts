import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedRedis } from '../../shared/redis/server/embedded.ts';
import { locateServer } from '../../shared/redis/server/locate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The Redis of this test run, and why there is none when it is empty. */
    readonly redis: { readonly url: string; readonly trouble: string };
  }
}

/** One Redis for the whole run: that of REDIS_URL, or one of its own; tests that need none run without. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'nodetide-test-'));
  try {
    const source = await locateServer(process.env, text => console.log(text));
    if (source.kind === 'external') {
      project.provide('redis', { url: source.url, trouble: '' });
      return () => rm(dir, { recursive: true, force: true });
    }
    const redis = await startEmbeddedRedis({ dir, binary: source.binary });
    project.provide('redis', { url: redis.url, trouble: '' });
    return async () => {
      await redis.stop();
      await rm(dir, { recursive: true, force: true });
    };
  } catch (error) {
    project.provide('redis', { url: '', trouble: String(error) });
    return () => rm(dir, { recursive: true, force: true });
  }
}
