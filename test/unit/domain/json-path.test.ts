import { describe, expect, it } from 'vitest';
import { parseJsonPath, valuesAt } from '../../../shared/domain/json-path.ts';
import { probeUrl, urlTrouble } from '../../../shared/domain/probe-url.ts';
import { parseResource } from '../../../shared/domain/resource-name.ts';

const OBJECT = {
  metadata: { labels: { 'app.kubernetes.io/name': 'web' } },
  status: {
    phase: 'Running',
    ready: true,
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Synced', status: 'False' },
    ],
    sizes: [1, 2, 3],
  },
};

describe('a JSONPath', () => {
  it.each([
    ['{.status.phase}', ['Running']],
    ['.status.phase', ['Running']],
    ['status.phase', ['Running']],
    ['{$.status.phase}', ['Running']],
    ['{.status.ready}', [true]],
    ['{.status.conditions[0].type}', ['Ready']],
    ['{.status.conditions[-1].type}', ['Synced']],
    ['{.status.conditions[*].status}', ['True', 'False']],
    ['{.status.conditions[?(@.type=="Ready")].status}', ['True']],
    ["{.status.conditions[?(@.type == 'Synced')].status}", ['False']],
    ['{.status.sizes.*}', [1, 2, 3]],
    ["{.metadata.labels['app.kubernetes.io/name']}", ['web']],
    ['{.metadata.labels.app\\.kubernetes\\.io/name}', null],
    ['{.status.missing.deeper}', []],
    ['{.status.phase.deeper}', []],
    ['{.status.sizes[7]}', []],
    ['{.constructor}', []],
  ])('%s', (path, values) => {
    if (values === null) expect(() => parseJsonPath(path)).toThrow('makes no sense');
    else expect(valuesAt(OBJECT, parseJsonPath(path))).toEqual(values);
  });

  it.each(['', '{}', '{.a b}', '{.a[}', '{..a}', '{range .items[*]}{.a}{end}', '{.a}{.b}'])('%j is refused', path => {
    expect(() => parseJsonPath(path)).toThrow();
  });
});

describe('the URL of a probe', () => {
  it.each([
    ['http://{address}:8080/x', '10.0.0.1', 'http://10.0.0.1:8080/x'],
    ['http://{address}:8080/', 'fd00::1', 'http://[fd00::1]:8080/'],
    ['https://lb.example/ready?node={node}', '10.0.0.1', 'https://lb.example/ready?node=n1'],
  ])('%s', (url, address, expected) => {
    expect(urlTrouble(url)).toBeNull();
    expect(probeUrl(url, { node: 'n1', address }).href).toBe(expected);
  });

  it.each(['', 'x', '/healthz', 'file:///etc/passwd', 'http://{nodes}/', 'http://a:b@x/', 'http://x/#top'])(
    '%j is refused',
    url => {
      expect(urlTrouble(url)).not.toBeNull();
    },
  );
});

it.each([
  ['nodes', { plural: 'nodes', version: null, group: '' }],
  ['pods.v1', { plural: 'pods', version: 'v1', group: '' }],
  ['deployments.apps', { plural: 'deployments', version: null, group: 'apps' }],
  ['deployments.v1.apps', { plural: 'deployments', version: 'v1', group: 'apps' }],
  ['tenants.v1beta2.x.example.com', { plural: 'tenants', version: 'v1beta2', group: 'x.example.com' }],
  ['virtuals.visual.example.com', { plural: 'virtuals', version: null, group: 'visual.example.com' }],
])('%s names a resource', (text, expected) => {
  expect(parseResource(text)).toEqual(expected);
});
