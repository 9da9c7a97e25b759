import { describe, expect, it } from 'vitest';
import { CONTROL_PLANE } from '../../helpers/inventory.ts';
import { findingsOf, roomy, shortly } from '../../helpers/preflight.ts';

/** `+` a member that is Ready, `-` one that is not. */
const members = (signs: string) =>
  signs.split('').map((sign, at) => roomy(`cp-${at}`, { labels: CONTROL_PLANE, ready: sign === '+' }));

describe('the quorum of a control plane', () => {
  it.each([
    ['+++', []],
    ['++-', ['controlPlaneQuorum cp-0,cp-1: ']],
    ['+++++', []],
    ['++++-', []],
    ['+++--', ['controlPlaneQuorum cp-0,cp-1,cp-2: ']],
    ['++++', []],
    ['+++-', ['controlPlaneQuorum cp-0,cp-1,cp-2: ']],
    ['+', ['controlPlaneOutage cp-0: ']],
    ['++', ['controlPlaneOutage cp-0,cp-1: ']],
  ])('%s', (signs, expected) => {
    const nodes = members(signs);
    const findings = findingsOf({ nodes, waves: [{ nodes: nodes.map(({ name }) => name) }] });
    expect(shortly(findings)).toEqual(expected);
  });

  it('counts members that are not in the plan, and is no matter of waves without any', () => {
    const nodes = [...members('++-'), roomy('w')];
    const findings = findingsOf({ nodes, waves: [{ nodes: ['w'] }, { nodes: ['cp-1'] }] });
    expect(findings.map(({ wave, nodes: [node], level }) => [wave, node, level])).toEqual([[1, 'cp-1', 'block']]);
    expect(findings[0]?.message).toBe(
      '2 of 3 control-plane members are Ready: one more away leaves 1, and the quorum is 2',
    );
  });
});
