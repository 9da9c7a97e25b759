import { beforeEach, expect, it } from 'vitest';
import { register as due } from '../../../services/cli/commands/due.ts';
import { EXIT } from '../../../services/cli/exit.ts';
import { runProgram } from '../../../services/cli/program.ts';
import type { NodeDue } from '../../../shared/domain/survey/survey.ts';
import { FakeRollouts, FakeSession, FakeWiring } from '../../helpers/cli-wiring.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const HOUR_MS = 3_600_000;
const WHY = `${'a library that a running process uses was replaced, '.repeat(5)}and the kernel`;

let wiring: FakeWiring;
beforeEach(() => {
  wiring = new FakeWiring(new FakeSession(new FakeRollouts(tinyPlan({ stages: { s: { eu: [{ nodes: ['a'] }] } } }))));
});

const run = (...args: string[]) => runProgram([due], wiring, ['due', ...args]);

function host(node: string, askedHoursAgo: number, more: Partial<NodeDue> = {}): NodeDue {
  const atMs = wiring.clock.now() - askedHoursAgo * HOUR_MS;
  const kernels = { runningKernel: '6.1', newestKernel: '6.2' };
  const due = { failure: '', updates: 3, rebootDue: true, rebootReason: WHY, ...kernels };
  return { cluster: 'eu', node, wave: 0, atMs, ...due, bootedAtMs: atMs - HOUR_MS, patchedAtMs: null, ...more };
}

function survey(cluster: string, ...nodes: NodeDue[]): void {
  wiring.session.asked.push({ fleet: 'f', fleetFile: '/f', cluster, stage: 's', atMs: wiring.clock.now(), nodes });
}

it('tells of each host since when its answer is, whole where nobody looks at a terminal', async () => {
  survey('eu', host('a', 1), host('b', 26));
  expect(await run('eu')).toBe(EXIT.done);
  expect(wiring.terminal.stdout.map(line => line.split(/ {2,}/))).toEqual([
    ['HOST', 'UPDATES', 'REBOOT', 'UP', 'PATCHED', 'ASKED', 'KERNEL', 'WHY'],
    ['a', '3', 'due', '2h00m', '?', '1h00m', '6.1', WHY],
    ['b', '3', 'due', '1d03h', '?', '1d02h', '6.1', WHY],
  ]);
});

it('says which clusters there are where another is asked for, and how hosts are asked where none are', async () => {
  expect([await run(), wiring.terminal.stderr]).toEqual([
    EXIT.done,
    ['nobody has asked the hosts yet: `nodetide up -f FILE` does'],
  ]);
  survey('eu', host('a', 1));
  survey('us');
  expect(await run('uk')).toBe(EXIT.badInput);
  expect(wiring.terminal.stderr.at(-1)).toBe('nodetide: nobody has asked the hosts of a cluster uk; there are eu, us');
});
