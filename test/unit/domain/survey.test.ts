import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueSummary } from '../../../shared/domain/survey/summary.ts';
import type { ClusterSurvey, NodeDue } from '../../../shared/domain/survey/survey.ts';

const SILENT: NodeDue = {
  cluster: 'dev',
  node: 'n-1',
  wave: 0,
  atMs: 1_000,
  failure: 'dev/n-1 does not answer',
  updates: null,
  rebootDue: null,
  rebootReason: '',
  runningKernel: null,
  newestKernel: null,
  bootedAtMs: null,
  patchedAtMs: null,
};
const WELL: NodeDue = {
  ...SILENT,
  failure: '',
  updates: 0,
  rebootDue: false,
  runningKernel: '6.1.0-1',
  bootedAtMs: 500,
};

function of(...nodes: readonly NodeDue[]): ClusterSurvey {
  return { fleet: 'f', fleetFile: '/f.yaml', cluster: 'dev', stage: 'dev', atMs: 1_000, nodes };
}

describe('a survey in numbers', () => {
  it.each<[string, readonly NodeDue[], object]>([
    ['nobody', [], { asked: 0, unreachable: 0, updates: 0, reboots: 0, oldestBootAtMs: null, kernels: [] }],
    ['one that does not answer', [SILENT], { asked: 1, unreachable: 1, updates: 0, oldestBootAtMs: null, kernels: [] }],
    ['one with nothing to do', [WELL], { asked: 1, unreachable: 0, updates: 0, reboots: 0, oldestBootAtMs: 500 }],
    ['updates and a reboot', [{ ...WELL, updates: 7, rebootDue: true }], { updates: 1, reboots: 1 }],
    ['updates that cannot be told', [{ ...WELL, updates: null }], { asked: 1, unreachable: 0, updates: 0 }],
    [
      'the longest of each',
      [WELL, { ...WELL, bootedAtMs: 400, patchedAtMs: 900 }, { ...WELL, patchedAtMs: 800 }],
      { oldestBootAtMs: 400, oldestPatchAtMs: 800 },
    ],
    [
      'kernels, most first',
      [WELL, { ...WELL, runningKernel: '6.1.0-2' }, { ...WELL, runningKernel: '6.1.0-2' }],
      {
        kernels: [
          { release: '6.1.0-2', nodes: 2 },
          { release: '6.1.0-1', nodes: 1 },
        ],
      },
    ],
  ])('%s', (_name, nodes, expected) => {
    expect(dueSummary(of(...nodes))).toMatchObject({ atMs: 1_000, ...expected });
  });

  it('counts each host at most once, in whatever order they come', () => {
    const node = fc.record({
      failure: fc.constantFrom('', 'no answer'),
      updates: fc.option(fc.nat(5)),
      rebootDue: fc.option(fc.boolean()),
      runningKernel: fc.option(fc.constantFrom('a', 'b', 'c')),
      bootedAtMs: fc.option(fc.nat(100)),
      patchedAtMs: fc.option(fc.nat(100)),
    });
    fc.assert(
      fc.property(fc.array(node, { maxLength: 12 }), seeds => {
        const nodes = seeds.map((seed, at) => ({ ...SILENT, node: `n-${at}`, ...seed }));
        const summary = dueSummary(of(...nodes));
        expect(dueSummary(of(...nodes.toReversed()))).toEqual(summary);
        for (const count of [summary.unreachable, summary.updates, summary.reboots])
          expect(count).toBeLessThanOrEqual(summary.asked);
        const kernels = nodes.filter(each => each.runningKernel !== null).length;
        expect(summary.kernels.reduce((sum, each) => sum + each.nodes, 0)).toBe(kernels);
        const known = nodes.flatMap(each => each.bootedAtMs ?? []);
        expect(summary.oldestBootAtMs).toBe(known.length === 0 ? null : Math.min(...known));
      }),
    );
  });
});
