import { expect, it } from 'vitest';
import type { ApprovalPlace } from '../../../shared/domain/command.ts';
import { asked, withPlaces } from '../../helpers/approvals.ts';
import { OpenWave } from '../../helpers/open-wave.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { testRedis } from '../../helpers/redis.ts';

const redis = await testRedis();
const place: ApprovalPlace = { of: 'wave', cluster: 'a', wave: 1 };
const tiny = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1'] }, { nodes: ['n2'] }] } } });

it.each([
  [3_600_000, false],
  [0, true],
])(
  'an approval that is given by itself after %d ms of wellness: the store itself counts them',
  async (autoMs, open) => {
    const wave = await OpenWave.of(redis, withPlaces(tiny, [[place, asked({ autoMs })]]));
    const asking = { place, wants: true, sinceMark: 'wave:a/0' };
    await wave.store.ask(wave.id, asking);
    // A scheduler that saw it well for long enough, and was overtaken by another that saw trouble.
    await wave.store.ask(wave.id, { ...asking, trouble: true });
    expect((await wave.store.ask(wave.id, { ...asking, give: 'well for long' })).open).toBe(open);
  },
);
