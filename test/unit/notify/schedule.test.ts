import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { outcomeDeliveries } from '../../../services/scheduler/schedules/tell.ts';
import type { Delivery } from '../../../shared/domain/notify/routing.ts';
import { NOT_NARROWED } from '../../../shared/domain/plan-build/narrow.ts';
import type { StartOutcome, StoredSchedule } from '../../../shared/domain/schedule.ts';

const folder = mkdtempSync(join(tmpdir(), 'nodetide-tell-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fleetFile = join(folder, 'fleet.yaml');
writeFileSync(join(folder, 'known_hosts'), '');
writeFileSync(join(folder, 'kubeconfig'), 'contexts: [{name: dev}, {name: prod}]\n');
writeFileSync(
  fleetFile,
  `fleet: acme
stages: [{name: one, clusters: [dev]}, {name: two, clusters: [prod]}]
defaults: {ssh: {user: ops, knownHosts: known_hosts}, waves: [{sequences: [1]}]}
clusters: {dev: {kubernetes: {kubeconfig: kubeconfig, context: dev}}, prod: {kubernetes: {kubeconfig: kubeconfig, context: prod}}}
notifications:
  pageUrl: https://n.example
  targets: {a: {kind: webhook, url: 'https://a.example'}, b: {kind: webhook, url: 'https://b.example'}}
  routes: [{to: [a]}, {to: [b], stages: [two]}]
`,
);
const schedule: StoredSchedule = {
  name: 'nightly',
  cron: '0 2 * * *',
  zone: 'UTC',
  mode: 'roll',
  narrow: { ...NOT_NARROWED, clusters: ['dev'] },
  policy: null,
  overlap: 'skip',
  catchUpMs: 0,
  onlyIf: null,
  fleetFile,
  origin: 'hand',
  by: 'ann',
};

function told(outcome: StartOutcome, more: Partial<StoredSchedule> = {}): readonly Delivery[] {
  return outcomeDeliveries({ ...schedule, ...more }, Date.UTC(2026, 0, 2, 2), outcome);
}

it('a start that was refused is told to whom its clusters concern, under an id of its own', () => {
  const refused = { kind: 'refused', note: 'dev: 1 node has no sequence' } as const;
  const [only, ...more] = told(refused);
  expect(more).toEqual([]);
  expect(only).toMatchObject({
    id: 'schedule-nightly_1767319200000-schedule_a',
    lane: 'acme_a',
    rollout: '',
    message: { title: '[acme] start of schedule nightly was refused', link: 'https://n.example/schedules' },
  });
  expect(only?.message.body).toContain('Why: dev: 1 node has no sequence');
  expect(told(refused, { narrow: NOT_NARROWED }).map(({ target }) => target.name)).toEqual(['a', 'b']);
});

it.each([
  [{ kind: 'started', rollout: 'r', note: '' } as const, 0],
  [{ kind: 'nothing', note: '' } as const, 0],
  [{ kind: 'failed', note: '' } as const, 1],
  [{ kind: 'skipped', note: '' } as const, 1],
  [{ kind: 'missed', note: '' } as const, 1],
])('%j is told %i times', (outcome, count) => {
  expect(told(outcome)).toHaveLength(count);
});

it('a fleet file that is gone names nobody', () => {
  expect(told({ kind: 'failed', note: '' }, { fleetFile: join(folder, 'none.yaml') })).toEqual([]);
});
