import { describe, expect, it } from 'vitest';
import { parseFieldSelector } from '../../../services/simulator/api/field-selector.ts';
import { parseLabelSelector, selectorTest } from '../../../services/simulator/api/label-selector.ts';
import { resourceOf } from '../../../services/simulator/api/resources.ts';

describe('a label selector', () => {
  const labels = { app: 'web', tier: 'front', 'node-role.kubernetes.io/worker': '' };
  it.each([
    ['', true],
    ['app=web', true],
    ['app==web,tier=back', false],
    ['app!=db', true],
    ['none!=x', true],
    ['none', false],
    ['node-role.kubernetes.io/worker', true],
    ['node-role.kubernetes.io/worker=', true],
    ['!none,app in (db, web)', true],
    ['app notin (web)', false],
    ['none notin (web)', true],
    ['none in (web)', false],
  ])('%j: %s', (text, fits) => {
    expect(parseLabelSelector(text)(labels)).toBe(fits);
  });

  it('that cannot be read is a bad request', () => {
    expect(() => parseLabelSelector('a b c')).toThrow(
      "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
    );
  });

  it('as an object: none fits nothing, an empty one everything', () => {
    expect(selectorTest(undefined)({ a: 'b' })).toBe(false);
    expect(selectorTest({})({ a: 'b' })).toBe(true);
    const matchExpressions = [
      { key: 'app', operator: 'In', values: ['web'] },
      { key: 'none', operator: 'DoesNotExist' },
    ];
    expect(selectorTest({ matchLabels: { tier: 'front' }, matchExpressions })(labels)).toBe(true);
    expect(selectorTest({ matchLabels: { tier: 'back' }, matchExpressions })(labels)).toBe(false);
  });
});

describe('a field selector', () => {
  const pod = { metadata: { name: 'p', namespace: 'x' }, spec: { nodeName: 'n1' }, status: { phase: 'Running' } };
  it.each([
    ['spec.nodeName=n1', true],
    ['spec.nodeName==n1,status.phase!=Running', false],
    ['metadata.name=p,metadata.namespace=x', true],
    ['spec.nodeName=', false],
  ])('%j: %s', (text, fits) => {
    expect(parseFieldSelector(text, resourceOf('pods')).matches(pod)).toBe(fits);
  });

  it('takes a left out unschedulable for false', () => {
    const selector = parseFieldSelector('spec.unschedulable=false', resourceOf('nodes'));
    expect(selector.matches({ metadata: { name: 'n' } })).toBe(true);
  });

  it('knows only the fields of its kind', () => {
    expect(() => parseFieldSelector('status.phase=x', resourceOf('nodes'))).toThrow(
      'field label not supported: status.phase',
    );
  });
});
