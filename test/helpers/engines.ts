import { afterEach } from 'vitest';
import { type EngineOptions, TestEngine } from './engine.ts';
import { testRedis } from './redis.ts';

/** Makes engines for a test file, each in a corner of its own on the shared Redis; stops them after each test. */
export async function testEngines(): Promise<
  (options?: Omit<EngineOptions, 'prefix' | 'connect'>) => Promise<TestEngine>
> {
  const redis = await testRedis();
  const engines: TestEngine[] = [];
  let made = 0;
  afterEach(async () => {
    await Promise.all(engines.splice(0).map(engine => engine.stop()));
  });
  return async options => {
    made += 1;
    const prefix = `${redis.prefix}-${made}`;
    const engine = await TestEngine.start({ ...options, prefix, connect: () => redis.connect() });
    engines.push(engine);
    return engine;
  };
}
