import { expect, it } from 'vitest';
import { giveBack } from '../../../services/cli/release/give-back.ts';
import { type NodeView, WORK_ANNOTATION, type WorkMark } from '../../../shared/domain/facts.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { FakeCluster, nodeView } from '../../helpers/fake-cluster.ts';
import { FakeHost } from '../../helpers/fake-host.ts';

const signal = new AbortController().signal;
const policy = { nodeLease: { namespace: 'kube-system', prefix: 'nodetide-node-' }, nodeEvents: true };

it('a node that somebody has taken again since it was judged keeps its host and its Lease', async () => {
  const clock = new FakeClock();
  const cluster = new FakeCluster(clock);
  const host = new FakeHost('a', () => clock.now());
  const mark: WorkMark = { installation: 'i', rollout: 'r', round: 1, epoch: 1, cordonedBefore: false };
  const marked = (epoch: number): NodeView =>
    nodeView('a', { unschedulable: true, annotations: { [WORK_ANNOTATION]: JSON.stringify({ ...mark, epoch }) } });
  cluster.add(marked(2));
  await host.own({ installation: 'i', rollout: 'r', node: 'a', round: 1, epoch: 2 });
  const lease = { holder: 'nodetide/i/r', durationSeconds: 60, expected: null };
  await cluster.putLease('kube-system', 'nodetide-node-a', lease);
  const judged = { node: marked(1), mark, verdict: { kind: 'left', reason: '' } } as const;
  const released = giveBack({ api: cluster, policy, marked: judged, host, by: 'me' }, signal);
  await expect(released).rejects.toThrow('has got another mark since it was judged');
  expect(host.owner?.epoch).toBe(2);
  expect(cluster.leases.get('kube-system/nodetide-node-a')?.holder).toBe('nodetide/i/r');
  expect(cluster.nodes.get('a')?.unschedulable).toBe(true);
});
