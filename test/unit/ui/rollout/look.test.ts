import { describe, expect, it } from 'vitest';
import { labelOf, lookOf } from '../../../../services/ui/src/pages/rollout/model/look.ts';
import type { NodeCell } from '../../../../shared/domain/view/cell.ts';
import { away, cell, steps } from './cell.ts';

const USUAL = { upgrade: 10_000 };
const show = (of: NodeCell, nowMs: number) => labelOf(of, lookOf(of, USUAL, nowMs));

describe('how a node is shown', () => {
  it.each([
    ['to come', cell(), 9_000, 'dev/web-1, to go'],
    ['held', cell({ reason: 'its roles changed' }), 9_000, 'dev/web-1, held: its roles changed'],
    ['just taken', cell({ state: 'claimed', claimedAtMs: 4_000 }), 9_000, 'dev/web-1, away, starting, 5s'],
    ['in a step', away('upgrade'), 9_000, 'dev/web-1, away, upgrade, 8s of usually 10s'],
    ['for long', away('upgrade'), 17_000, 'dev/web-1, away, upgrade, 16s of usually 10s, longer than usual'],
    ['with no history', away('drain'), 9_000, 'dev/web-1, away, drain, 8s'],
    [
      'with what it does',
      away('drain', { note: 'evicting 3 pods' }),
      9_000,
      'dev/web-1, away, drain, 8s: evicting 3 pods',
    ],
    [
      'between attempts',
      away('drain', { attempt: 2, reason: 'lost', retryAtMs: 12_000 }),
      9_000,
      'dev/web-1, away, drain, 8s: attempt 2 · again in 3s · lost',
    ],
    [
      'recovering',
      away('uncordon', { steps: steps({ uncordon: ['done', 1_000, 2_000] }) }),
      9_000,
      'dev/web-1, away, recovering, 7s',
    ],
    [
      'failed',
      away('verify', { state: 'failed', reason: 'old kernel', steps: steps({ verify: ['failed', 1_000, 5_000] }) }),
      9_000,
      'dev/web-1, failed in verify, 4s: old kernel',
    ],
    [
      'done, with warnings',
      cell({ state: 'done', controlPlane: true, warnings: 2, claimedAtMs: 1_000, endedAtMs: 61_000 }),
      99_000,
      'dev/web-1, control plane, done, 1m00s, 2 warnings',
    ],
    ['left out', cell({ state: 'excluded', reason: 'by alice' }), 9_000, 'dev/web-1, excluded: by alice'],
  ])('%s', (_name, of, nowMs, label) => {
    expect(show(of, nowMs)).toBe(label);
  });

  it.each([
    ['a step has its number', away('reboot'), '4'],
    ['none yet', cell({ state: 'claimed' }), '●'],
    ['done', cell({ state: 'done' }), '✓'],
    ['failed', cell({ state: 'failed' }), '✗'],
    ['skipped', cell({ state: 'skipped' }), '–'],
  ])('without colours: %s', (_name, of, sign) => {
    expect(lookOf(of, {}, 0).sign).toBe(sign);
  });

  it('a step that is over is never slow, and short ones never are', () => {
    const done = away('upgrade', { steps: steps({ upgrade: ['done', 1_000, 2_000] }) });
    expect(lookOf(done, USUAL, 90_000).isOver).toBe(false);
    expect(lookOf(away('upgrade'), { upgrade: 100 }, 3_000).isOver).toBe(false);
  });
});
