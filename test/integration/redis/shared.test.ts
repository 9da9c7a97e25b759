import { expect, test } from 'vitest';
import { testRedis } from '../../helpers/redis.ts';

const one = await testRedis();
const two = await testRedis();

test('each corner of the shared Redis has its own prefix', async () => {
  expect(one.url).toBe(two.url);
  expect(one.prefix).not.toBe(two.prefix);
  await one.redis.set(`${one.prefix}:key`, 'x');
  expect(await (await two.connect('producer')).get(`${one.prefix}:key`)).toBe('x');
});
