import { describe, expect, it } from 'vitest';
import { domainBudgets } from '../../../shared/domain/topology.ts';

const ZONE = 'topology.kubernetes.io/zone';
const node = (name: string, zone?: string) => ({ name, labels: zone === undefined ? {} : { [ZONE]: zone } });
const NODES = [node('a1', 'a'), node('b1', 'b'), node('a2', 'a'), node('x1'), node('a3', 'a'), node('a4', 'a')];

describe('domains', () => {
  it('are the values of the label, and the nodes without it', () => {
    const [budget] = domainBudgets([{ label: ZONE, max: { kind: 'number', value: 1 } }], NODES);
    expect(budget).toEqual({
      label: ZONE,
      domains: [
        { name: 'no zone', max: 1, nodes: ['x1'] },
        { name: 'zone a', max: 1, nodes: ['a1', 'a2', 'a3', 'a4'] },
        { name: 'zone b', max: 1, nodes: ['b1'] },
      ],
    });
  });

  it('count shares of their own nodes, rounded down, at least 1', () => {
    const [budget] = domainBudgets([{ label: ZONE, max: { kind: 'percent', value: 60 } }], NODES);
    expect(budget?.domains.map(each => [each.name, each.max])).toEqual([
      ['no zone', 1],
      ['zone a', 2],
      ['zone b', 1],
    ]);
  });

  it('an empty value and one that objects inherit are values like others', () => {
    const nodes = [node('n1', ''), node('n2'), { name: 'n3', labels: { constructor: 'c' } }];
    const limit = (label: string) => domainBudgets([{ label, max: { kind: 'number', value: 1 } }], nodes)[0]?.domains;
    expect(limit(ZONE)?.map(each => each.name)).toEqual(['no zone', 'zone ']);
    expect(limit('constructor')?.map(each => each.nodes)).toEqual([['n3'], ['n1', 'n2']]);
  });
});
