import { afterEach, describe, expect, it } from 'vitest';
import type { SimApiOptions, SimCluster } from '../../../services/simulator/api/types.ts';
import { quickTimings } from '../../helpers/hand-cluster.ts';
import { type Kubectl, type Outcome, openKubectl, whyNoKubectl } from '../../helpers/kubectl.ts';
import { maskedLines, type RecordedCommand, recordedCommand, recordedCommands } from '../../helpers/recorded-output.ts';
import { startRecorded } from '../../helpers/recorded-world.ts';

const leftOut = whyNoKubectl();
if (leftOut !== undefined) console.log(`left out: ${leftOut}`);

let sim: SimCluster;
let kubectl: Kubectl;

async function start(more: Partial<SimApiOptions> = {}): Promise<void> {
  sim = await startRecorded(more, true);
  kubectl = openKubectl(sim);
}

/** Lines in some order: that of pods which go at the same time, and of obstacles, differs from run to run. */
function unordered(output: string): string[] {
  const inner = (list: string) => list.split(/, (?=cannot delete|error when)/).toSorted((a, b) => (a < b ? -1 : 1));
  return maskedLines(output)
    .map(line => line.replace(/(?<=due to error: \[).*(?=\])/, list => inner(list).join(', ')))
    .map(line => line.replace(/(?<=^Warning: ).*/, list => list.split('; ').toSorted().join('; ')))
    .toSorted();
}

function expectSame(seen: Outcome, recorded: RecordedCommand): void {
  expect(unordered(seen.stderr)).toEqual(unordered(recorded.stderr));
  expect(unordered(seen.stdout)).toEqual(unordered(recorded.stdout));
  expect(seen.exitCode).toBe(recorded.exitCode);
}

/** Runs a recording's commands as they stand, and compares each. */
async function replay(recording: string, lines?: readonly string[]): Promise<void> {
  const commands =
    lines === undefined ? recordedCommands(recording) : lines.map(line => recordedCommand(recording, line));
  for (const recorded of commands) expectSame(await kubectl.run(recorded.argv.slice(1)), recorded);
}

const bare = (name: string, namespace: string, more = {}) => ({ name, namespace, node: 'node3', ...more });
const onNode3 = { 'kubernetes.io/hostname': 'node3' };

describe.skipIf(leftOut !== undefined)('what kubectl prints when it', () => {
  afterEach(async () => {
    kubectl.remove();
    await sim.close();
  });

  it('cordons, cordons again, and by selector without doing it', async () => {
    await start();
    await replay('cordon');
    await replay('cordon-again');
    expect(sim.objects.get('nodes', '', 'node4')?.spec?.['unschedulable']).toBeUndefined();
    await replay('uncordon');
  });

  it('drains a node of everything it may take, twice, and uncordons it', async () => {
    await start();
    // The real server's retry of a conflicting write gave the first pod's successor time to become Ready.
    sim.removePdb('shop', 'cache-half');
    await replay('drain-ok');
  });

  it('refuses to, and names every obstacle', async () => {
    await start();
    await replay('drain-refused');
    const left = sim.objects.list('pods').filter(pod => pod.spec?.['nodeName'] === 'node2');
    expect(left.some(pod => pod.metadata.deletionTimestamp !== undefined)).toBe(false);
  });

  it('is kept waiting by a budget, and then is done', async () => {
    await start({
      workloads: [{ kind: 'Deployment', name: 'slow', namespace: 'dp', replicas: 2, nodeSelector: onNode3 }],
      pdbs: [{ name: 'slow', namespace: 'dp', matchLabels: { app: 'slow' }, maxUnavailable: 1 }],
      // What takes the first pod's place is not Ready before the second eviction is asked for.
      timings: { ...quickTimings, podStartMs: 2_000 },
    });
    // What takes the first pod's place finds a node only when the drained one is free for it again.
    sim.objects.patch('nodes', '', 'node4', { metadata: { labels: onNode3 } });
    await replay('drain-pdb-429-then-ok');
  });

  it('runs out of time', { timeout: 60_000 }, async () => {
    await start({
      workloads: [{ kind: 'Deployment', name: 'stuck', namespace: 'dt', replicas: 1, nodeSelector: onNode3 }],
      pdbs: [{ name: 'stuck', namespace: 'dt', matchLabels: { app: 'stuck' }, minAvailable: 1 }],
    });
    await replay('drain-timeout');
  });

  it('drains by deletion, with a grace of its own, and several nodes at once', async () => {
    await start({ pods: [bare('de', 'de'), bare('de2', 'de')] });
    await replay('drain-disable-eviction');
  });

  it('gives up on a pod with two budgets', async () => {
    const onNode4 = { 'kubernetes.io/hostname': 'node4' };
    const matchLabels = { app: 'two' };
    await start({
      workloads: [{ kind: 'Deployment', name: 'two', namespace: 'ev2', replicas: 2, nodeSelector: onNode4 }],
      pdbs: ['one', 'other'].map(name => ({ name, namespace: 'ev2', matchLabels, minAvailable: 0 })),
    });
    const recorded = recordedCommands('evict-two-pdbs-500')[0] as RecordedCommand;
    const seen = await kubectl.run(recorded.argv.slice(1));
    expectSame(seen, recorded);
  });

  it('drains without doing it, by the server’s word', async () => {
    await start();
    const flags = ['--ignore-daemonsets', '--delete-emptydir-data', '--force', '--dry-run=server'];
    const seen = await kubectl.run(['drain', 'node2', ...flags]);
    const done = maskedLines(recordedCommands('drain-ok')[0]?.stdout ?? '');
    expect(seen.exitCode).toBe(0);
    expect(maskedLines(seen.stdout).toSorted()).toEqual(
      done
        .filter(line => !line.endsWith(' evicted'))
        .map(line =>
          line.replace(/^(node\/.*)$/, '$1 (server dry run)').replace(/^(evicting .*)$/, '$1 (server dry run)'),
        )
        .toSorted(),
    );
    expect(sim.objects.get('nodes', '', 'node2')?.spec?.['unschedulable']).toBeUndefined();
    expect(sim.objects.list('pods').every(pod => pod.metadata.deletionTimestamp === undefined)).toBe(true);
  });

  it('deletes pods, at its ease and by force', async () => {
    await start({ pods: ['d1', 'd2', 'd3'].map(name => bare(name, 'shop', name === 'd1' ? { stopMs: 60_000 } : {})) });
    sim.objects.delete('pods', 'shop', 'd1');
    await replay('delete-pod');
  });
});
