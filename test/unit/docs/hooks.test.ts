import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { hookEnvironment } from '../../../shared/domain/hooks/environment.ts';
import { hook } from '../../helpers/hooks.ts';
import { fleetOf } from '../../helpers/inventory.ts';

const root = resolve(import.meta.dirname, '../../..');
const page = readFileSync(resolve(root, 'docs/hooks.md'), 'utf8');
const example = readFileSync(resolve(root, 'examples/hooks.yaml'), 'utf8');

/** The lists of hooks on the page, each as it would stand in a fleet file. */
function listsOfPage(): unknown[][] {
  const blocks = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(match => parse(match[1] ?? ''));
  return blocks.map(block => (Array.isArray(block) ? block : block.policy.hooks));
}

it('every hook of docs/hooks.md and of its example is a right one, and its text is a shell script', () => {
  const lists = listsOfPage();
  expect(lists).toHaveLength(6);
  const inExample = parse(example).clusters.prod;
  const roles = Object.values(inExample.roles).map(role => (role as { policy: { hooks: unknown[] } }).policy.hooks);
  for (const hooks of [...lists, inExample.policy.hooks, ...roles]) {
    const cluster = {
      kubernetes: { inCluster: true },
      ssh: { user: 'ops' },
      waves: [{ sequences: [1] }],
      policy: { hooks },
    };
    const text = JSON.stringify({ fleet: 'a', stages: [{ name: 'a', clusters: ['dev'] }], clusters: { dev: cluster } });
    const compiled = fleetOf(text).stages[0]?.clusters[0];
    const all = [...(compiled?.policy.hooks ?? []), ...(compiled?.nodePolicy.hooks ?? [])];
    expect(all).toHaveLength(hooks.length);
    for (const { run } of all) expect(spawnSync('sh', ['-n', '-c', run]).stderr.toString()).toBe('');
  }
});

it('docs/hooks.md explains every variable, and none that is not there', () => {
  const moment = { when: 'before', of: 'wave' } as const;
  const about = { fleet: '', rollout: '', cluster: '', wave: null, node: null, step: null };
  const env = hookEnvironment(hook('h', moment), moment, { ...about, round: 0, attempt: 0, reason: '', code: '' });
  const table = page.split('\n').filter(line => line.startsWith('| `NODETIDE_'));
  const explained = table.flatMap(line => [...line.matchAll(/`(NODETIDE_[A-Z]+)`/g)].map(match => match[1]));
  expect(new Set(explained)).toEqual(new Set(Object.keys(env)));
  for (const [, used] of `${page}${example}`.matchAll(/\$(NODETIDE_[A-Z]+)/g)) expect(explained).toContain(used);
});
