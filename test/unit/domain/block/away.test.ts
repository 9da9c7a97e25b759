import { describe, expect, it } from 'vitest';
import { awayOf } from '../../../../shared/domain/block/away.ts';
import { WORK_ANNOTATION } from '../../../../shared/domain/facts.ts';
import { OURS, taken } from '../../../helpers/block-cases.ts';
import { nodeView } from '../../../helpers/fake-cluster.ts';

describe('a node that is away', () => {
  const down = { ready: false, notReadyReason: 'KubeletNotReady: booting' };
  it.each([
    ['well', nodeView('n'), null, ''],
    ['ours', taken('n'), 'this-rollout', 'taken by this rollout, cordoned'],
    ['ours, kept off otherwise', taken('n', { unschedulable: false }), 'this-rollout', 'taken by this rollout'],
    [
      'ours, in its reboot',
      taken('n', down),
      'this-rollout',
      'taken by this rollout, cordoned, not Ready: KubeletNotReady: booting',
    ],
    ['of another rollout here', taken('n', {}, 'r2'), 'another-rollout', 'taken by rollout r2 of here, cordoned'],
    [
      'of that name elsewhere',
      taken('n', {}, 'r1', 'there'),
      'another-rollout',
      'taken by rollout r1 of there, cordoned',
    ],
    [
      'unreadable',
      nodeView('n', { annotations: { [WORK_ANNOTATION]: '{' } }),
      'another-rollout',
      'under a mark that cannot be read',
    ],
    ['cordoned', nodeView('n', { unschedulable: true }), 'somebody', 'cordoned by somebody else'],
    [
      'cordoned and down',
      nodeView('n', { unschedulable: true, ready: false }),
      'somebody',
      'cordoned by somebody else, not Ready',
    ],
    ['down', nodeView('n', down), 'not-ready', 'not Ready: KubeletNotReady: booting'],
  ])('%s', (_, node, by, text) => {
    const away = awayOf(node, OURS);
    expect(away?.by ?? null).toBe(by);
    expect(away?.text ?? '').toBe(text);
    expect(away?.down ?? false).toBe(!node.ready);
    expect(away?.short ?? '').toBe(text.replace(/: .*/, ''));
  });
});
