import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { register as schedule } from '../../../services/cli/commands/schedule.ts';
import { register as up } from '../../../services/cli/commands/up.ts';
import { EXIT } from '../../../services/cli/exit.ts';
import { runProgram } from '../../../services/cli/program.ts';
import { renderSchedules } from '../../../services/cli/render/schedules.ts';
import { NOT_NARROWED } from '../../../shared/domain/plan-build/narrow.ts';
import type { StartOutcome, StoredSchedule } from '../../../shared/domain/schedule.ts';
import { FakeRollouts, FakeSession, FakeWiring } from '../../helpers/cli-wiring.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const FLEET = `
fleet: acme
stages: [{name: one, clusters: [dev, prod]}]
defaults: {ssh: {user: ops, knownHosts: known_hosts}, waves: [{sequences: [1]}]}
clusters:
  dev: {kubernetes: {kubeconfig: kubeconfig, context: dev}}
  prod: {kubernetes: {kubeconfig: kubeconfig, context: prod}}
`;
const CRON = ['--cron', '0 2 * * *', '--time-zone', 'Europe/Berlin'];
const plan = tinyPlan({ stages: { s: { c: [{ nodes: ['a'] }] } } });

let folder: string;
let file: string;
let wiring: FakeWiring;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'schedule-'));
  file = join(folder, 'fleet.yaml');
  writeFileSync(file, FLEET);
  writeFileSync(join(folder, 'known_hosts'), '');
  writeFileSync(join(folder, 'kubeconfig'), 'contexts: [{name: dev}, {name: prod}]\n');
  wiring = new FakeWiring(new FakeSession(new FakeRollouts(plan)));
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) => runProgram([schedule, up], wiring, args);

describe('nodetide schedule', () => {
  it('adds one with the absolute path of its fleet file', async () => {
    const more = ['--cluster', 'dev', '--only-if', 'either', '--catch-up', '2h', '--overlap', 'queue'];
    expect(await run('schedule', 'add', 'nightly', '-f', file, ...CRON, ...more)).toBe(EXIT.done);
    expect(wiring.session.schedules.kept.map(each => each.schedule)).toEqual([
      {
        name: 'nightly',
        cron: '0 2 * * *',
        zone: 'Europe/Berlin',
        mode: 'roll',
        narrow: { ...NOT_NARROWED, clusters: ['dev'] },
        policy: null,
        overlap: 'queue',
        catchUpMs: 7_200_000,
        onlyIf: 'either',
        fleetFile: file,
        origin: 'hand',
        by: 'me@here',
      },
    ]);
    expect(wiring.terminal.stdout[0]).toContain('nightly: "0 2 * * *" Europe/Berlin, roll, clusters dev');
    expect(wiring.terminal.stderr).toEqual([expect.stringContaining('no scheduler is running')]);
  });

  it.each([
    ['a cron that is none', ['--cron', '99 * * * *', '--time-zone', 'UTC'], 'cron: "99 * * * *"'],
    ['a zone that is none', ['--cron', '0 2 * * *', '--time-zone', 'Mars'], 'timeZone: found "Mars"'],
    ['a cluster there is not', [...CRON, '--cluster', 'devv'], 'did you mean "dev"?'],
    ['a condition that mode watch has already', [...CRON, '--mode', 'watch', '--only-if', 'reboots'], 'onlyIf'],
  ])('refuses %s', async (_name, args, why) => {
    expect(await run('schedule', 'add', 'a', '-f', file, ...args)).toBe(EXIT.badInput);
    expect(wiring.terminal.stderr.join('\n')).toContain(why);
    expect(wiring.session.schedules.kept).toEqual([]);
  });

  it('refuses a name that is taken, and names that stand for nothing', async () => {
    await run('schedule', 'add', 'a', '-f', file, ...CRON);
    expect(await run('schedule', 'add', 'a', '-f', file, ...CRON)).toBe(EXIT.badInput);
    expect(await run('schedule', 'remove', 'b')).toBe(EXIT.badInput);
    expect(await run('schedule', 'run-now', 'b')).toBe(EXIT.badInput);
    expect(wiring.terminal.stderr.at(-1)).toContain('there is no schedule b; there are a');
    expect(await run('schedule', 'run-now', 'a')).toBe(EXIT.done);
    expect(wiring.session.schedules.runs).toEqual(['a by me@here']);
    expect(await run('schedule', 'remove', 'a')).toBe(EXIT.done);
    expect(await run('schedule', 'list')).toBe(EXIT.done);
    expect(wiring.terminal.stderr.at(-1)).toBe('there is no schedule');
  });

  it('up does not begin with a fleet file that is wrong', async () => {
    writeFileSync(file, `${FLEET}schedules: {a: {cron: "x", timeZone: UTC}}\n`);
    expect(await run('up', '-f', file)).toBe(EXIT.badInput);
    expect(wiring.terminal.stderr[0]).toContain('schedules.a.cron');
    expect(wiring.session.log).toEqual([]);
  });

  it('up takes an interval of surveys only with a fleet file to ask', async () => {
    expect(await run('up', '--survey-every', '1h')).toBe(EXIT.usage);
    expect(wiring.terminal.stderr.join('\n')).toContain('say -f FILE too');
  });
});

describe('the list of schedules', () => {
  const stored: StoredSchedule = {
    name: 'reboots',
    cron: '*/10 8-16 * * mon-fri',
    zone: 'Europe/Berlin',
    mode: 'watch',
    narrow: { ...NOT_NARROWED, clusters: ['dev', 'staging'], waves: ['1+4'], limit: 3 },
    policy: null,
    overlap: 'queue',
    catchUpMs: 7_200_000,
    onlyIf: null,
    fleetFile: '/fleet.yaml',
    origin: 'hand',
    by: 'me',
  };
  const at = Date.UTC(2026, 2, 1, 12);
  const start = (outcome: StartOutcome | null, more: object = {}) => ({
    dueMs: at,
    by: '',
    begunAtMs: at,
    waitsFor: '',
    outcome,
    ...more,
  });
  const show = (starts: ReturnType<typeof start>[], allStarts = false) =>
    renderSchedules([{ schedule: stored, nextMs: at + 600_000, starts }], new Map([['r-1', ROLLOUT]]), {
      width: 80,
      colour: false,
      allStarts,
    });
  const ROLLOUT = {
    id: 'r-1',
    fleet: 'acme',
    createdAtMs: at,
    endedAtMs: null,
    by: 'schedule reboots',
    state: 'running' as const,
    clusters: ['dev'],
    nodes: { total: 4, done: 1, failed: 0 },
  };

  it('tells all of it in 80 columns', () => {
    const note =
      'of 120 hosts 3 ask for a reboot, 2 cannot be asked (staging/a-node-with-a-long-name: no answer at all)';
    const lines = show([start({ kind: 'started', rollout: 'r-1', note })]);
    expect(lines).toEqual([
      'reboots: "*/10 8-16 * * mon-fri" Europe/Berlin, watch, clusters dev,staging,',
      '  waves 1+4, limit 3, queues, catches up 2h00m, added by hand',
      '  next   2026-03-01 13:10',
      '  last   2026-03-01 13:00: rollout r-1 running, 1/4 nodes: of 120 hosts 3 ask',
      '         for a reboot, 2 cannot be asked (staging/a-node-with-a-long-name: no',
      '         answer at all)',
    ]);
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(80);
  });

  it.each([
    [null, {}, 'begins'],
    [null, { waitsFor: 'the end of rollout r-0' }, 'waits for the end of rollout r-0'],
    [{ kind: 'nothing', note: 'of 1 host 0 ask for a reboot' }, {}, 'nothing to do: of 1 host 0 ask for a reboot'],
    [{ kind: 'skipped', note: 'rollout r-0 is under way' }, {}, 'left out: rollout r-0 is under way'],
    [{ kind: 'missed', note: 'no scheduler was there in time' }, {}, 'missed: no scheduler was there in time'],
    [{ kind: 'refused', note: 'x' }, {}, 'refused: x'],
    [{ kind: 'failed', note: 'x' }, { by: 'ann' }, 'failed: x'],
    [{ kind: 'started', rollout: 'r-gone', note: '' }, {}, 'rollout r-gone'],
  ] as const)('says what came of a start: %j %j', (outcome, more, text) => {
    const by = 'by' in more ? ', by ann' : '';
    expect(show([start(outcome, more)]).at(-1)).toBe(`  last   2026-03-01 13:00${by}: ${text}`);
  });

  it('shows the last start, or all that are kept', () => {
    const starts = [
      start({ kind: 'refused', note: 'one' }),
      start({ kind: 'refused', note: 'two' }, { dueMs: at - 600_000 }),
    ];
    expect(show(starts).filter(line => line.includes('refused'))).toHaveLength(1);
    expect(show(starts, true).filter(line => line.includes('refused'))).toHaveLength(2);
    expect(show([]).at(-1)).toBe('  last   never');
  });
});
