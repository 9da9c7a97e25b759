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
  [
    'a cron expression that is none',
    `${RIGHT}    policy: {windows: [{cron: ▸"0 22 * * 6#7", for: 6h, timeZone: UTC}]}\n`,
    'cron: clusters.dev.policy.windows[0].cron: "0 22 * * 6#7": nth weekday out of range, should be 1-5 or L. Value: 7, Type: string',
  ],
  [
    'a window that says when it begins in two ways',
    `${RIGHT}    policy: {windows: [▸{cron: "0 22 * * 6", for: 6h, from: "22:00", timeZone: UTC}]}\n`,
    'window-kind: clusters.dev.policy.windows[0]: a window is said either by from and to (with days and weeks), or by cron and for',
  ],
  [
    'one that does not say how long it lasts',
    `${RIGHT}    policy: {windows: [▸{cron: "0 22 * * 6", timeZone: UTC}]}\n`,
    'window-kind: clusters.dev.policy.windows[0]: a window is said either by from and to (with days and weeks), or by cron and for',
  ],
  [
    'one of cron that is too short, and one that comes in leap years only',
    `${RIGHT}    policy: {windows: ▸[{cron: "0 22 29 2 *", for: 20m, timeZone: UTC}], nodeTakes: 25m}\n`,
    'windows-too-short: clusters.dev.policy.windows: the longest window lasts 20 min, but a node begins only where nodeTakes, 25 min, are left: none would ever begin; lengthen it or lower nodeTakes',
  ],
  [
    'windows of a wave in which no node could begin',
    `${RIGHT.replace('[{sequences: [1]}]', '[{sequences: [1], windows: ▸[{from: "22:00", to: "22:20", timeZone: UTC}]}]')}`,
    'windows-too-short: clusters.dev.waves[0].windows: the longest window lasts 20 min, but a node begins only where nodeTakes, 30 min, are left: none would ever begin; lengthen it or lower nodeTakes',
  ],
  [
    'a freeze of days and a calendar',
    `${RIGHT}    policy: {freezes: [▸{from: 2026-12-24, calendarFile: a.ics, timeZone: UTC}]}\n`,
    'freeze-kind: clusters.dev.policy.freezes[0]: a freeze is said either by from and to, or by calendarFile',
  ],
  [
    'a duration that is none',
    `${RIGHT}    policy: {nodeTakes: ▸45}\n`,
    'wrong-value: clusters.dev.policy.nodeTakes: found 45, expected auto, or a duration with its unit, such as 45m or 1h30m',
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
