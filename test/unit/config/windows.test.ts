import { expect, it } from 'vitest';
import { load, marked } from '../../helpers/fleet-file.ts';

const RIGHT = `fleet: acme
stages: [{name: one, clusters: [dev]}]
defaults:
  ssh: {user: ops}
clusters:
  dev:
    kubernetes: {kubeconfig: kubeconfig, context: dev}
    waves: [{sequences: [1]}]
`;

/** Name, text with a mark at the place of the problem, and `code: path: message`. */
const CASES: readonly (readonly [string, string, string])[] = [
  [
    'a time without quotes, which YAML reads as a number of base 60 or not at all',
    `${RIGHT}    policy: {windows: [{from: ▸2200, to: "04:00", timeZone: UTC}]}\n`,
    'wrong-value: clusters.dev.policy.windows[0].from: found 2200, expected a time of day such as "22:00", in quotes',
  ],
  [
    'a time zone that is none',
    `${RIGHT}    policy: {windows: [{from: "22:00", to: "04:00", timeZone: ▸Mars/Olympus}]}\n`,
    'wrong-value: clusters.dev.policy.windows[0].timeZone: found "Mars/Olympus", expected the name of a time zone, such as Europe/Berlin or UTC',
  ],
  [
    'a window of no zone',
    `${RIGHT}    policy: {windows: [▸{from: "22:00", to: "04:00"}]}\n`,
    'missing: clusters.dev.policy.windows[0].timeZone: is missing, expected the name of a time zone, such as Europe/Berlin or UTC',
  ],
  [
    'a date that is none',
    `${RIGHT}    policy: {freezes: [{from: ▸2026-02-30, to: 2026-03-01, timeZone: UTC}]}\n`,
    'wrong-value: clusters.dev.policy.freezes[0].from: found "2026-02-30", expected a date such as 2026-12-24',
  ],
  [
    'a freeze that ends before it begins',
    `${RIGHT}    policy: {freezes: [{from: 2026-12-24, to: ▸2026-12-20, timeZone: UTC}]}\n`,
    'freeze-order: clusters.dev.policy.freezes[0].to: the freeze ends on 2026-12-20, before it begins on 2026-12-24',
  ],
  [
    'windows in which no node could begin',
    `${RIGHT}    policy: {windows: ▸[{from: "22:00", to: "22:20", timeZone: UTC}]}\n`,
    'windows-too-short: clusters.dev.policy.windows: the longest window lasts 20 min, but a node begins only where nodeTakes, 30 min, are left: none would ever begin; lengthen it or lower nodeTakes',
  ],
];

it.each(CASES)('%s', (_name, source, expected) => {
  const { text, places } = marked(source);
  const problems = load(text).problems.map(({ code, line, column, path, message }) => [
    `${line}:${column}`,
    `${code}: ${path}: ${message}`,
  ]);
  expect(problems).toEqual(places.map(place => [place, expected]));
});
