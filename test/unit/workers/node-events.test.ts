import { describe, expect, it } from 'vitest';
import { NodeEvents } from '../../../services/workers/node-events.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import { doneEvent, failedEvent, type NodeEvent } from '../../../shared/domain/node-event.ts';
import type { Proofs } from '../../../shared/domain/proof.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { FakeCluster } from '../../helpers/fake-cluster.ts';

const event = (reason: string, node = 'a'): NodeEvent => ({
  ...{ node, uid: `uid-${node}`, type: 'Normal', reason, message: reason, by: 'here' },
});

function eventsOf() {
  const clock = new FakeClock();
  const cluster = new FakeCluster(clock);
  const warnings: string[] = [];
  const log = { info: () => {}, error: () => {}, warn: (_: unknown, message: string) => void warnings.push(message) };
  return { clock, cluster, warnings, events: new NodeEvents(clock, log) };
}

describe('Events on Nodes', () => {
  it('come in order for each Node, whatever each one takes', async () => {
    const { cluster, events } = eventsOf();
    const told: string[] = [];
    const waits: (() => void)[] = [];
    cluster.postEvent = async ({ node, reason }) => {
      if (node === 'a' && reason === 'Draining') await new Promise<void>(resolve => waits.push(resolve));
      told.push(`${node} ${reason}`);
    };
    for (const [reason, node] of [
      ['Draining', 'a'],
      ['Drained', 'a'],
      ['Draining', 'b'],
    ] as const) {
      events.post(cluster, event(reason, node));
    }
    await expect.poll(() => told).toEqual(['b Draining']);
    waits[0]?.();
    await events.flush(5_000);
    expect(told).toEqual(['b Draining', 'a Draining', 'a Drained']);
  });

  it('never fail anybody: a cluster that refuses them is asked again only after a while', async () => {
    const { clock, cluster, events, warnings } = eventsOf();
    let asked = 0;
    cluster.postEvent = () => {
      asked += 1;
      return Promise.reject(fail('cluster-forbidden', { message: 'no' }));
    };
    for (let nth = 0; nth < 5; nth++) events.post(cluster, event(`E${nth}`));
    await events.flush(5_000);
    expect([asked, warnings.length]).toEqual([1, 1]);
    await clock.sleep(61_000);
    events.post(cluster, event('Again'));
    await events.flush(5_000);
    expect(asked).toBe(2);
  });

  it('that hang keep no worker from stopping, and no memory', async () => {
    const { cluster, events } = eventsOf();
    let asked = 0;
    cluster.postEvent = () => {
      asked += 1;
      return new Promise(() => {});
    };
    for (let nth = 0; nth < 1_000; nth++) events.post(cluster, event('Draining', `n${nth}`));
    await events.flush(10);
    expect(asked).toBe(200);
  });
});

describe('what is told of a step', () => {
  const drain = { drained: true } as Proofs['drain'];
  const upgrade = { exitCode: 0, changes: [] } as unknown as Proofs['upgrade'];
  const reboot = { rebooted: true } as Proofs['reboot'];
  it.each([
    ['drain', drain, 'Drained'],
    ['drain', { ...drain, drained: false }, null],
    ['upgrade', upgrade, 'Upgraded'],
    ['upgrade', { ...upgrade, exitCode: null }, null],
    ['check-reboot', { needed: true }, null],
    ['reboot', reboot, 'Rebooted'],
    ['reboot', { ...reboot, rebooted: false }, null],
    ['verify', { checks: [] }, 'Verified'],
    ['uncordon', { uncordoned: true }, 'Uncordoned'],
    ['uncordon', { uncordoned: false }, 'GivenBack'],
  ] as const)('%s %j: %s', (step, proof, reason) => {
    expect(doneEvent(step, proof as never, 'words')?.reason ?? null).toBe(reason);
  });

  it('failures are warnings', () => {
    expect(failedEvent('upgrade', 'why')).toEqual({ type: 'Warning', reason: 'UpgradeFailed', message: 'why' });
  });
});
