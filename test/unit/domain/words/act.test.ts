import { describe, expect, it } from 'vitest';
import type { ApprovalPlace, Command } from '../../../../shared/domain/command.ts';
import { ACT_WORDS, actDoes, actSubject, raiseText, sureText } from '../../../../shared/domain/words/act.ts';

const node = { cluster: 'dev', node: 'web-1' };
const COMMANDS: readonly (readonly [Command, string])[] = [
  [{ kind: 'pause' }, 'the rollout'],
  [{ kind: 'abort' }, 'the rollout'],
  [{ kind: 'retry-all' }, 'every failed node'],
  [{ kind: 'skip', ...node }, 'dev/web-1'],
  [{ kind: 'exclude', ...node }, 'dev/web-1'],
  [{ kind: 'concurrency', cluster: 'dev', wave: 1, concurrency: 3 }, 'wave dev/2'],
  [{ kind: 'failure-budget', place: { of: 'rollout' }, budget: 1 }, 'the rollout'],
  [{ kind: 'failure-budget', place: { of: 'cluster', cluster: 'dev' }, budget: 1 }, 'cluster dev'],
  [{ kind: 'approve', place: { of: 'stage', stage: 'prod' }, expiresAtMs: null }, 'stage prod'],
  [{ kind: 'revoke', place: { of: 'canary', cluster: 'dev', wave: 0 } }, 'canary dev/1'],
];

describe('words of acts', () => {
  it.each(COMMANDS)('%j is about %s', (command, subject) => {
    expect(actSubject(command)).toBe(subject);
  });

  it.each([
    ['retry', 'try the failed step of dev/web-1 again'],
    ['skip', 'give dev/web-1 up and go on without it'],
    ['redo', 'do dev/web-1 anew from drain, while its wave is open'],
    ['exclude', 'leave dev/web-1 out before it begins'],
  ] as const)('%s names its node', (kind, text) => {
    expect(actDoes({ kind, ...node })).toBe(text);
  });

  it('approvals name what begins', () => {
    const approve = (place: ApprovalPlace) => actDoes({ kind: 'approve', place, expiresAtMs: null });
    expect(approve({ of: 'stage', stage: 'prod' })).toBe('let stage prod begin');
    expect(approve({ of: 'canary', cluster: 'dev', wave: 1 })).toBe('let wave dev/2 go on after its first node');
  });

  it('what cannot be undone is asked about, and needs a reason', () => {
    expect(sureText('skip')).toBe('skip: A node that is skipped stays in the state it is in. Skip it?');
    expect(sureText('pause')).toBeUndefined();
    for (const words of Object.values(ACT_WORDS)) if (words.warns !== undefined) expect(words.needsWhy).toBe(true);
  });

  it.each([
    ['a wave that gets more', COMMANDS[5]?.[0], 2, 'more nodes of wave dev/2 are taken at once: 3 instead of 2.'],
    ['a wave that gets fewer', COMMANDS[5]?.[0], 4, null],
    ['a budget that grows', COMMANDS[6]?.[0], 0, 'rollout bears 1 failure instead of 0: more nodes may fail.'],
    ['a budget there was none of', COMMANDS[7]?.[0], null, null],
    ['what is no limit', COMMANDS[0]?.[0], 1, null],
  ] as const)('raising: %s', (_name, command, now, text) => {
    expect(command && raiseText(command, now)).toBe(text);
  });
});
