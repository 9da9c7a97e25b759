import { describe, expect, it } from 'vitest';
import { policyForRoles } from '../../../shared/domain/plan-build/policy.ts';
import { load, marked } from '../../helpers/fleet-file.ts';
import { fleetOf } from '../../helpers/inventory.ts';

const HEAD = `fleet: acme
stages: [{name: one, clusters: [dev]}]
defaults:
  ssh: {user: ops}
  waves: [{sequences: [1]}]
`;
const DEV = 'clusters: {dev: {kubernetes: {inCluster: true}}}\n';
const withHooks = (...hooks: string[]) =>
  `${HEAD}  policy:\n    hooks:\n${hooks.map(each => `      - ${each}\n`).join('')}${DEV}`;

describe('hooks of a fleet file', () => {
  it('have defaults that depend on when they run', () => {
    const text = withHooks(
      '{name: lb, when: before, of: drain, run: lb out}',
      '{name: bl, when: after, of: node, on: host, run: lb in, timeout: 90s, attempts: 1, outcomes: [done, failed]}',
      '{name: noout, when: after, of: cluster, run: ceph, onFailure: stop}',
    );
    const cluster = fleetOf(text).stages[0]?.clusters[0];
    const common = { on: 'control', timeoutMs: 60_000, attempts: 3 };
    expect(cluster?.nodePolicy.hooks).toEqual([
      { ...common, name: 'lb', when: 'before', of: 'drain', run: 'lb out', onFailure: 'stop', outcomes: [] },
      {
        ...{ name: 'bl', when: 'after', of: 'node', on: 'host', run: 'lb in', timeoutMs: 90_000, attempts: 1 },
        ...{ onFailure: 'warn', outcomes: ['done', 'failed'] },
      },
    ]);
    expect(cluster?.policy.hooks).toEqual([
      { ...common, name: 'noout', when: 'after', of: 'cluster', run: 'ceph', onFailure: 'stop', outcomes: ['done'] },
    ]);
  });

  it('of a cluster replace those of defaults; those of a role are added, or take the place of one of the same name', () => {
    const hook = (name: string, run: string, of = 'node') => `{name: ${name}, when: before, of: ${of}, run: ${run}}`;
    const text = `${HEAD}  policy: {hooks: [${hook('a', 'general')}]}
  roles: {etcd: {policy: {hooks: [${hook('y', 'role')}, ${hook('b', 'special')}]}}}
clusters:
  dev:
    kubernetes: {inCluster: true}
    policy: {hooks: [${hook('b', 'own')}, ${hook('w', 'own', 'wave')}, ${hook('c', 'own')}]}
`;
    const fleet = fleetOf(text);
    const cluster = fleet.stages[0]?.clusters[0];
    const hooksFor = (roles: string[]) => (cluster ? policyForRoles(cluster, roles).policy.hooks : []);
    const named = (hooks: readonly { name: string; run: string }[] = []) =>
      hooks.map(({ name, run }) => `${name} ${run}`);
    expect(named(cluster?.policy.hooks)).toEqual(['w own']);
    expect(named(cluster?.nodePolicy.hooks)).toEqual(['b own', 'c own']);
    expect(named(hooksFor(['etcd']))).toEqual(['b special', 'c own', 'y role']);
    expect(named(hooksFor([]))).toEqual(['b own', 'c own']);
  });
});

const HOOK = 'name: a, when: after, run: x';
const CASES: readonly (readonly [string, string, ...string[]])[] = [
  [
    'an unknown step',
    withHooks('{name: a, when: after, run: x, of: ▸rebot}'),
    'wrong-value: defaults.policy.hooks[0].of: found "rebot", expected one of drain, upgrade, check-reboot, reboot, verify, uncordon, node, wave, cluster; did you mean "reboot"?',
  ],
  [
    'no text',
    withHooks('▸{name: a, when: after, of: node}'),
    'missing: defaults.policy.hooks[0].run: is missing, expected text',
  ],
  [
    'a name twice',
    withHooks(`{${HOOK}, of: node}`, `{when: after, run: x, of: wave, name: ▸a}`),
    'hook-twice: defaults.policy.hooks[1].name: hook a is there already, as number 1',
  ],
  [
    'a wave on a host',
    withHooks(`{${HOOK}, of: wave, on: ▸host}`),
    'hook-without-host: defaults.policy.hooks[0].on: hook a would run on a host, but a wave has many; hooks of waves and clusters run on: control',
  ],
  [
    'outcomes before anything has been',
    withHooks('{name: a, when: before, run: x, of: node, outcomes: ▸[done]}'),
    'hook-outcomes: defaults.policy.hooks[0].outcomes: hook a runs before, when there is no outcome yet; remove outcomes, or say when: after',
  ],
  [
    'a wave that fails',
    withHooks(`{${HOOK}, of: wave, outcomes: ▸[failed]}`),
    'hook-outcomes: defaults.policy.hooks[0].outcomes: a wave never ends as failed: it is done or aborted; a failed node is told by a hook of: node',
  ],
  [
    'a stop when it is too late',
    withHooks(`{${HOOK}, of: node, outcomes: [failed, skipped], onFailure: ▸stop}`),
    'hook-cannot-stop: defaults.policy.hooks[0].onFailure: after failed, skipped there is nothing left that hook a could stop; say onFailure: warn',
  ],
  [
    'a wave in a role',
    `${HEAD}clusters: {dev: {kubernetes: {inCluster: true}, roles: {gpu: {policy: {hooks: [{${HOOK}, of: ▸wave}]}}}}}\n`,
    'hook-in-role: clusters.dev.roles.gpu.policy.hooks[0].of: hook a is of a wave, which has nodes of other roles too; move it to the policy of the cluster',
  ],
];

describe('messages about hooks', () => {
  it.each(CASES)('%s', (_name, source, ...expected) => {
    const { text, places } = marked(source);
    const problems = load(text).problems.map(({ code, line, column, path, message }) => [
      `${line}:${column}`,
      `${code}: ${path}: ${message}`,
    ]);
    expect(problems).toEqual(places.map((place, index) => [place, expected[index]]));
  });
});
