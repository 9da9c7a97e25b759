import { expect, it } from 'vitest';
import { readSchedule } from '../../../shared/config/read-schedule.ts';
import { fleetClusters } from '../../../shared/domain/fleet.ts';
import { load, marked } from '../../helpers/fleet-file.ts';

const RIGHT = `fleet: acme
stages: [{name: one, clusters: [dev]}]
defaults:
  ssh: {user: ops}
clusters:
  dev:
    kubernetes: {kubeconfig: kubeconfig, context: dev}
    waves: [{sequences: [4, 1]}]
`;
const NIGHTLY = 'cron: "0 2 * * *", timeZone: UTC';

/** Name, text with a mark at the place of the problem, and `code: path: message`. */
const CASES: readonly (readonly [string, string, string])[] = [
  [
    'an expression that is none',
    `${RIGHT}schedules: {a: {cron: ▸"61 2 * * *", timeZone: UTC}}\n`,
    'cron: schedules.a.cron: "61 2 * * *": Invalid value for minute: 61',
  ],
  [
    'an expression of six fields',
    `${RIGHT}schedules: {a: {cron: ▸"0 0 2 * * *", timeZone: UTC}}\n`,
    'cron: schedules.a.cron: "0 0 2 * * *": ',
  ],
  [
    'a day that never comes',
    `${RIGHT}schedules: {a: {cron: ▸"0 2 31 2 *", timeZone: UTC}}\n`,
    'cron: schedules.a.cron: "0 2 31 2 *": there is no such moment in the next years',
  ],
  [
    'a zone that is none',
    `${RIGHT}schedules: {a: {cron: "0 2 * * *", timeZone: ▸Berlin}}\n`,
    'wrong-value: schedules.a.timeZone: found "Berlin", expected the name of a time zone, such as Europe/Berlin or UTC',
  ],
  [
    'a cluster there is not',
    `${RIGHT}schedules: {a: {${NIGHTLY}, clusters: [▸devv]}}\n`,
    'unknown-cluster: schedules.a.clusters[0]: there is no cluster "devv"; did you mean "dev"?',
  ],
  [
    'a cluster there is not, with a wave',
    `${RIGHT}schedules: {a: {${NIGHTLY}, clusters: [▸devv], waves: ["1"]}}\n`,
    'unknown-cluster: schedules.a.clusters[0]: there is no cluster "devv"',
  ],
  [
    'a wave there is not',
    `${RIGHT}schedules: {a: {${NIGHTLY}, waves: ["1+4", "4", ▸"2"]}}\n`,
    'unknown-wave: schedules.a.waves[2]: there is no wave "2"; there are 1+4',
  ],
  [
    'a list of no clusters, which would mean all of them',
    `${RIGHT}schedules: {a: {${NIGHTLY}, clusters: ▸[]}}\n`,
    'schedules.a.clusters: ',
  ],
  ['a list of no nodes', `${RIGHT}schedules: {a: {${NIGHTLY}, nodes: ▸[]}}\n`, 'schedules.a.nodes: '],
  [
    'a watch with a condition of its own',
    `${RIGHT}schedules: {a: {${NIGHTLY}, mode: watch, onlyIf: ▸updates}}\n`,
    'watch-only-if: schedules.a.onlyIf: mode watch starts only if reboots are due; leave onlyIf out',
  ],
  [
    'a policy that no node of its clusters could have',
    `${RIGHT}schedules: {a: {${NIGHTLY}, policy: {upgrade: {mode: ▸packages}}}}\n`,
    'schedules.a.policy.upgrade.mode: mode is packages, but none is named',
  ],
  [
    'a selector that is none',
    `${RIGHT}schedules: {a: {${NIGHTLY}, selector: ▸"a in b"}}\n`,
    'wrong-value: schedules.a.selector: ',
  ],
];

it.each(CASES)('%s is told at its place', (_name, source, expected) => {
  const { text, places } = marked(source);
  const { problems } = load(text);
  expect(problems.map(({ line, column }) => `${line}:${column}`)).toEqual(places);
  expect(problems.map(({ code, path, message }) => `${code}: ${path}: ${message}`)).toEqual([
    expect.stringContaining(expected),
  ]);
});

it('a schedule is compiled with its defaults', () => {
  const { fleet } = load(
    `${RIGHT}schedules: {a: {${NIGHTLY}}, b: {${NIGHTLY}, waves: ["1"], overlap: queue, catchUp: 2h, onlyIf: either, limit: 3}}\n`,
  );
  const narrow = { clusters: [], waves: [], nodes: [], limit: null, selector: '' };
  const common = { cron: '0 2 * * *', zone: 'UTC', mode: 'roll', policy: null };
  expect(fleet?.schedules).toEqual([
    { name: 'a', ...common, narrow, overlap: 'skip', catchUpMs: 0, onlyIf: null },
    {
      name: 'b',
      ...common,
      narrow: { ...narrow, waves: ['1'], limit: 3 },
      overlap: 'queue',
      catchUpMs: 7_200_000,
      onlyIf: 'either',
    },
  ]);
});

it('one that is given as data is judged by the same rules', () => {
  const { fleet } = load(RIGHT);
  if (!fleet) throw new Error('the file is right');
  const right = { cron: '0 2 * * *', timeZone: 'UTC' };
  expect(readSchedule('a', right, fleetClusters(fleet)).schedule).toMatchObject({ name: 'a', zone: 'UTC' });
  expect(readSchedule('A b', right, fleetClusters(fleet)).problems).toHaveLength(1);
  expect(readSchedule('a', { ...right, cron: '0', clusters: ['x'] }, fleetClusters(fleet)).problems).toEqual([
    expect.stringMatching(/^cron: "0": /),
    'clusters[0]: there is no cluster "x"; the clusters are dev',
  ]);
  expect(readSchedule('a', { ...right, catchUp: '2' }, fleetClusters(fleet)).problems).toEqual([
    expect.stringMatching(/^catchUp: found "2", expected a duration/),
  ]);
});
