import { describe, expect, it } from 'vitest';
import { isAlive } from '../../../services/cli/commands/health.ts';
import type { EngineProcess } from '../../../shared/ports/store.ts';

const worker: EngineProcess = { id: 'w1', role: 'worker', host: 'box', pid: 7, steps: ['drain'], seenAtMs: 100_000 };

describe('the health of engine processes', () => {
  it.each([
    ['seen lately', { host: 'box', maxAge: 30 }, 130_000, true],
    ['seen too long ago', { host: 'box', maxAge: 30 }, 130_001, false],
    ['of another machine', { host: 'other', maxAge: 30 }, 100_000, false],
    ['of the role asked for', { host: 'box', maxAge: 30, role: 'worker' }, 100_000, true],
    ['of another role', { host: 'box', maxAge: 30, role: 'scheduler' }, 100_000, false],
    ['ahead of our clock', { host: 'box', maxAge: 30 }, 90_000, true],
  ])('%s', (_what, asked, nowMs, alive) => {
    expect(isAlive(worker, asked, nowMs)).toBe(alive);
  });
});
