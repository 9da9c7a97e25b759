import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { NOT_NARROWED } from '../../../shared/domain/plan-build/narrow.ts';
import { RedisOutbox } from '../../../shared/journal/outbox.ts';
import { editFleet } from '../../helpers/edit-fleet.ts';
import { testRedis } from '../../helpers/redis.ts';
import { instead } from '../../helpers/schedule-store.ts';
import { scheduled } from '../../helpers/scheduled.ts';
import { kickstart, tinyWorld } from '../../helpers/simulation.ts';

const redis = await testRedis();
const simulation = await kickstart(tinyWorld({ nodes: 3 }));
afterAll(() => simulation.close());

it('nobody is told that it failed, when its scheduler died before it could keep that, and the next began it', async () => {
  const it = await scheduled(simulation, redis.prefix, () => redis.connect());
  const fleetFile = join(simulation.folder, 'told.yaml');
  writeFileSync(fleetFile, readFileSync(simulation.files.fleetFile, 'utf8'));
  const targets = { a: { kind: 'webhook', url: 'https://a.example' } };
  await editFleet(fleetFile, { notifications: { targets, routes: [{ to: ['a'] }] } });
  const wrong = it.schedule({ fleetFile, narrow: { ...NOT_NARROWED, nodes: ['node-9'] } });
  await it.schedules.add(wrong);
  let deaths = 0;
  const dying = instead(it.schedules, 'settle', () => {
    deaths += 1;
    if (deaths > 1) return null;
    const right = JSON.stringify({ ...wrong, narrow: NOT_NARROWED });
    return redis.redis.hset(`${redis.prefix}:~schedules`, 'nightly', right).then(() => {
      throw new Error('dies here');
    });
  });
  await it.scheduler({ store: dying });
  const dueMs = await it.due('nightly');
  expect((await it.outcome('nightly', dueMs)).outcome).toMatchObject({ kind: 'started' });
  const outbox = new RedisOutbox(await redis.connect(), redis.prefix);
  expect(await outbox.list()).toEqual([]);
  // A start that fails is told, once it is kept.
  await redis.redis.hset(`${redis.prefix}:~schedules`, 'nightly', JSON.stringify(wrong));
  const nextMs = await it.due('nightly');
  expect((await it.outcome('nightly', nextMs)).outcome).toMatchObject({ kind: 'refused' });
  expect((await outbox.list()).map(each => each.delivery.id)).toEqual([`schedule-nightly_${nextMs}-schedule_a`]);
});
