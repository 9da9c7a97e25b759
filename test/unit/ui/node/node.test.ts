import { describe, expect, it } from 'vitest';
import { addPiece, isOver, linesOf } from '../../../../services/ui/src/pages/node/model/log.ts';
import { proofView } from '../../../../services/ui/src/pages/node/model/proof.ts';
import type { NodeState } from '../../../../shared/domain/events.ts';
import type { RolloutStatus, WaveStatus } from '../../../../shared/domain/status.ts';
import type { StepName } from '../../../../shared/domain/steps.ts';
import { nodeActs } from '../../../../shared/domain/view/node-acts.ts';
import { nodeStatus } from '../../../helpers/rollout-status.ts';

describe('what can be done about a node', () => {
  it.each<[NodeState, WaveStatus['state'], RolloutStatus['state'], string[]]>([
    ['failed', 'running', 'waiting-on-person', ['retry', 'repaired', 'redo', 'skip']],
    ['claimed', 'running', 'running', ['redo', 'skip']],
    ['pending', 'running', 'paused', ['exclude']],
    ['done', 'running', 'running', ['redo']],
    ['done', 'done', 'running', []],
    ['skipped', 'running', 'running', ['redo']],
    ['aborted', 'running', 'running', []],
    ['failed', 'running', 'aborting', []],
    ['failed', 'running', 'done', []],
  ])('%s, wave %s, rollout %s', (state, wave, rollout, kinds) => {
    const acts = nodeActs({ cluster: 'dev', node: 'web-1', state }, wave, rollout);
    expect(acts.map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe('the log of a step', () => {
  it('pieces follow each other; one that begins anew replaces what is there', () => {
    const first = addPiece([], { rows: ['a', 'b'], next: 2 });
    expect(addPiece(first, { rows: ['c'], next: 3 })).toEqual(['a', 'b', 'c']);
    expect(addPiece(first, { rows: ['a', 'b', 'c'], next: 3 })).toEqual(['a', 'b', 'c']);
    expect(addPiece(first, { rows: [], next: 2 })).toBe(first);
  });

  it('rows hold one or more lines; what the step says is told apart', () => {
    expect(linesOf(['one\ntwo\n', '» waits'])).toEqual([
      { kind: 'printed', text: 'one' },
      { kind: 'printed', text: 'two' },
      { kind: 'said', text: '» waits' },
    ]);
  });
});

describe('whether a step prints nothing more', () => {
  const node = (state: 'waiting' | 'running' | 'done' | 'failed' | 'skipped') =>
    nodeStatus('n1', 'claimed', { round: 2, step: 'upgrade', at: { state } });
  it.each([
    ['waiting', 2, false],
    ['running', 2, false],
    ['done', 2, true],
    ['failed', 2, true],
    ['skipped', 2, true],
    ['running', 1, true],
  ] as const)('%s, round %i of 2: %s', (state, round, over) =>
    expect(isOver(node(state), 'upgrade', round)).toBe(over),
  );
});

describe('proofs in words', () => {
  it.each<[StepName, unknown, readonly (readonly string[])[], readonly string[]]>([
    ['drain', null, [], []],
    ['drain', 'nonsense', [], []],
    [
      'drain',
      { drained: true, cordonedByUs: true, evicted: ['a/b'], deleted: ['a/b'], skipped: [], tookMs: 2_000 },
      [
        ['Drained', 'yes'],
        ['Cordoned', 'by us'],
        ['Took', '2s'],
      ],
      ['Evicted pods: a/b, deleted against its budget'],
    ],
    [
      'upgrade',
      {
        manager: 'apt',
        changes: [
          { name: 'linux', before: null, after: '2' },
          { name: 'old', before: '1', after: null },
        ],
        left: [{ name: 'x', before: '1', available: '2', reason: 'held' }],
        exitCode: 0,
      },
      [
        ['Packages changed', '2'],
        ['By', 'apt'],
        ['Exit code', '0'],
      ],
      ['Packages: linux, new, 2 / old, 1, removed', 'Packages left as they are: x, 1, 2, held on the host'],
    ],
    [
      'check-reboot',
      { needed: true, evidence: [{ check: 'sentinel', needed: null, detail: 'not there', packages: ['k'] }] },
      [['Reboot due', 'yes']],
      ['Evidence: sentinel, cannot tell, not there; asked for by k'],
    ],
    [
      'reboot',
      { rebooted: true, bootIdBefore: 'a', bootIdAfter: 'b', downtimeMs: 42_000, byOthers: false },
      [
        ['Rebooted', 'yes'],
        ['Downtime', '42s'],
        ['Boot id before', 'a'],
        ['Boot id after', 'b'],
      ],
      [],
    ],
    ['reboot', { rebooted: false, byOthers: true }, [['Rebooted', 'by somebody else']], []],
    [
      'verify',
      { checks: [{ check: 'kernel', detail: 'new' }], soakedMs: 30_000 },
      [['All held for', '30s']],
      ['Checks: kernel, new'],
    ],
    [
      'uncordon',
      { uncordoned: false, finalState: 'cordoned by others' },
      [
        ['Uncordoned by us', 'no'],
        ['Node', 'cordoned by others'],
      ],
      [],
    ],
  ])('%s %#', (step, proof, facts, tables) => {
    const view = proofView(step, proof);
    expect(view.facts).toEqual(facts);
    expect(
      view.tables.map(({ title, rows }) => `${title}: ${rows.map(row => row.filter(Boolean).join(', ')).join(' / ')}`),
    ).toEqual(tables);
  });
});
