import { describe, expect, it } from 'vitest';
import { rebootStep } from '../../../services/workers/steps/reboot/step.ts';
import { WORK_ANNOTATION } from '../../../shared/domain/facts.ts';
import { type Failure, failureOf } from '../../../shared/domain/failure.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { Proofs } from '../../../shared/domain/proof.ts';
import type { RebootOrder } from '../../../shared/ports/host.ts';
import { podView } from '../../helpers/fake-cluster.ts';
import { POLICY, runToEnd, type StepWorld, stepWorld } from '../../helpers/step-world.ts';

const CHECKED = { needed: true, evidence: [{ check: 'kernel', needed: true, detail: 'newer' }], bootId: 'boot-1' };
const DRAINED = { drained: true, bootId: 'boot-1' } as unknown as Proofs['drain'];
const proofs = (more: Partial<Proofs> = {}): Partial<Proofs> => ({ drain: DRAINED, 'check-reboot': CHECKED, ...more });
const bare = { cluster: null } as const;

/** A world whose host obeys (or does what `act` does); `orders` are those that reached it. */
function world(act: (world: StepWorld, order: RebootOrder) => void = goDownFor(10_000)) {
  const made = stepWorld();
  const orders: RebootOrder[] = [];
  made.host.reboot = async order => {
    orders.push(order);
    act(made, order);
  };
  return { ...made, orders };
}

function goDownFor(ms: number) {
  return ({ host, clock }: StepWorld): void => {
    host.trouble = fail('host-refused-connection', { message: 'down' });
    void clock.sleep(ms).then(() => {
      host.trouble = null;
      host.bootId = 'boot-2';
    });
  };
}

const failing = async (run: Promise<unknown>): Promise<Failure> => run.then(() => expect.fail('no failure'), failureOf);

describe('the reboot step', () => {
  it('reboots once and waits for the new boot id', async () => {
    const w = world();
    const { done, reasons } = await runToEnd(w, rebootStep, { proofs: proofs(), ...bare });
    expect(w.orders).toHaveLength(1);
    expect(w.orders[0]).toMatchObject({ expectBootId: 'boot-1', fence: { epoch: 1 } });
    expect(done.proof).toMatchObject({
      rebooted: true,
      bootIdBefore: 'boot-1',
      bootIdAfter: 'boot-2',
      byOthers: false,
    });
    expect(done.proof.downtimeMs).toBeGreaterThanOrEqual(10_000);
    expect(reasons).toContain('no answer: waiting for the host to come back');
  });

  it('gives the order a deadline by the clock of the host', async () => {
    const w = world();
    const before = w.clock.now();
    await runToEnd(w, rebootStep, { proofs: proofs(), ...bare });
    expect(w.orders[0]?.notAfterMs).toBe(before + POLICY.reboot.orderValidMs);
  });

  it('gives an order that ends with the window, and none outside of it', async () => {
    const w = world();
    const closesAt = w.clock.now() + 20_000;
    await runToEnd(w, rebootStep, { proofs: proofs(), ...bare, closesAtMs: () => closesAt });
    expect(w.orders[0]?.notAfterMs).toBe(closesAt);
    const closed = world();
    const opensAt = closed.clock.now() + 60_000;
    const closesAtMs = () => (closed.clock.now() < opensAt ? closed.clock.now() : null);
    const { reasons } = await runToEnd(closed, rebootStep, { proofs: proofs(), ...bare, closesAtMs });
    expect(reasons).toContain('the window has closed');
    expect(closed.orders).toHaveLength(1);
    expect(closed.orders[0]?.notAfterMs).toBeGreaterThanOrEqual(opensAt + POLICY.reboot.orderValidMs);
  });

  it('does nothing when nothing is due, and says so when the policy is never', async () => {
    const w = world();
    const not = { 'check-reboot': { needed: false, evidence: [], bootId: 'boot-1' } };
    const { done } = await runToEnd(w, rebootStep, { proofs: proofs(not), ...bare });
    expect(done).toMatchObject({ note: 'no reboot is due', proof: { rebooted: false } });
    const policy = { ...POLICY, reboot: { ...POLICY.reboot, when: 'never' as const } };
    const never = await runToEnd(w, rebootStep, { proofs: proofs(), policy, ...bare });
    expect(never.done.note).toContain('the policy is never');
    expect(w.orders).toEqual([]);
  });

  it('remembers the order before it is sent, so that a worker that died reboots nothing twice', async () => {
    const w = world();
    let kept: unknown = null;
    w.host.reboot = async () => {
      kept = w.memory.kept;
      throw new Error('killed here');
    };
    await expect(rebootStep.run(w.context({ proofs: proofs(), ...bare }) as never)).rejects.toThrow('killed here');
    expect(kept).toMatchObject({ order: { bootId: 'boot-1', taken: false } });
    w.host.bootId = 'boot-2';
    const { done } = await runToEnd(w, rebootStep, { proofs: proofs(), ...bare });
    expect(done.proof.rebooted).toBe(true);
    expect(w.orders).toEqual([]);
  });

  it('an order whose answer was lost and that never arrived is given again, after its time', async () => {
    const w = world();
    const obey = w.host.reboot;
    let calls = 0;
    w.host.reboot = async (order, signal) => {
      calls += 1;
      if (calls === 1) throw fail('host-connection-lost', { message: 'lost' });
      return obey.call(w.host, order, signal);
    };
    const { done } = await runToEnd(w, rebootStep, { proofs: proofs(), ...bare });
    expect(done.proof.rebooted).toBe(true);
    expect(calls).toBe(2);
  });

  it('a refused order is struck out, and tried again from the start', async () => {
    const w = world();
    const obey = w.host.reboot;
    w.host.reboot = async () => {
      throw fail('host-disk-full', { message: 'no space left' });
    };
    const context = w.context({ proofs: proofs(), ...bare });
    expect(await failing(rebootStep.run(context as never))).toMatchObject({ code: 'host-disk-full', retryable: true });
    expect(w.memory.kept).toMatchObject({ order: null });
    w.host.reboot = obey;
    await runToEnd(w, rebootStep, { proofs: proofs(), ...bare });
    expect(w.orders).toHaveLength(1);
  });

  it('a host that does nothing fails by its limit; a later attempt orders anew', async () => {
    let act: (world: StepWorld) => void = () => {};
    const w = world(made => act(made));
    w.host.answer = () => ({ exitCode: 0, stdout: 'Access denied\n', stderr: '' });
    const failure = await failing(runToEnd(w, rebootStep, { proofs: proofs(), ...bare }));
    expect(failure).toMatchObject({ code: 'reboot-did-nothing', retryable: false });
    expect(failure.seen).toContain('still up under the old boot id');
    expect(failure.seen).toContain('Access denied');
    expect(w.orders).toHaveLength(1);
    act = goDownFor(1_000);
    await w.clock.sleep(POLICY.reboot.orderValidMs);
    const { done } = await runToEnd(w, rebootStep, { proofs: proofs(), ...bare });
    expect(done.proof.rebooted).toBe(true);
    expect(w.orders).toHaveLength(2);
  });

  it('a host that does not return fails by its limit with what was seen; once it answers, the step is done', async () => {
    const w = world(({ host }) => {
      host.trouble = fail('host-timeout', { message: 'silent' });
    });
    const failure = await failing(runToEnd(w, rebootStep, { proofs: proofs(), ...bare }));
    expect(failure.code).toBe('host-did-not-return');
    expect(failure.seen).toMatch(/ordered \d{4}-.* under boot id boot-1; \d{4}-.* no answer: host-timeout/);
    w.host.trouble = null;
    w.host.bootId = 'boot-3';
    const { done } = await runToEnd(w, rebootStep, { proofs: proofs(), ...bare });
    expect(done.proof.bootIdAfter).toBe('boot-3');
    expect(w.orders).toHaveLength(1);
  });

  it('a host that is silent when the time ends is told as one that did not return', async () => {
    const w = world(({ host }) => {
      host.facts = (...[signal]: AbortSignal[]) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
    });
    const failure = await failing(runToEnd(w, rebootStep, { proofs: proofs(), ...bare }));
    expect(failure).toMatchObject({ code: 'host-did-not-return', retryable: false });
  });

  it('another host key after the boot fails at once', async () => {
    const w = world(({ host }) => {
      host.trouble = fail('host-key-changed', { message: 'other key' });
    });
    expect((await failing(runToEnd(w, rebootStep, { proofs: proofs(), ...bare }))).code).toBe('host-key-changed');
  });

  it('a host that somebody else rebooted is asked again whether it is due', async () => {
    const w = world();
    w.host.bootId = 'boot-9';
    const { done } = await runToEnd(w, rebootStep, { proofs: proofs(), ...bare });
    expect(done.proof).toMatchObject({ rebooted: true, byOthers: true, bootIdBefore: 'boot-1', bootIdAfter: 'boot-9' });
    expect(w.orders).toEqual([]);
  });
});

describe('cordon and drain right before a reboot', () => {
  const mark = (w: StepWorld) => {
    const { installation, rollout, round, epoch } = w.context().fence;
    const annotation = JSON.stringify({ installation, rollout, round, epoch, cordonedBefore: false });
    return w.cluster.updateNode('a', () => ({ unschedulable: true, annotations: { [WORK_ANNOTATION]: annotation } }));
  };

  it('that hold: the reboot is ordered', async () => {
    const w = world();
    await mark(w);
    await runToEnd(w, rebootStep, { proofs: proofs() });
    expect(w.orders).toHaveLength(1);
  });

  it('that no longer hold: no reboot; after a person was told, drained anew', async () => {
    const w = world();
    const failure = await failing(runToEnd(w, rebootStep, { proofs: proofs() }));
    expect(failure).toMatchObject({ code: 'reboot-not-safe', retryable: false });
    expect(failure.seen).toContain('not cordoned');
    expect(w.orders).toEqual([]);
    await runToEnd(w, rebootStep, { proofs: proofs() });
    expect((await w.cluster.getNode('a', w.context().signal))?.unschedulable).toBe(true);
    expect(w.orders).toHaveLength(1);
  });

  it('a drain of many visits says once what it drains', async () => {
    const w = world();
    w.cluster.add(podView('web-1', 'a'));
    const freeAtMs = w.clock.now() + 120_000;
    w.cluster.onEvict = () =>
      w.clock.now() < freeAtMs ? { kind: 'refused', message: 'no', budgets: ['web'], retryAfterMs: null } : null;
    const policy = { ...POLICY, drain: { ...POLICY.drain, when: 'if-reboot' as const } };
    const drain = { ...DRAINED, drained: false } as unknown as Proofs['drain'];
    await runToEnd(w, rebootStep, { proofs: proofs({ drain }), policy });
    expect(w.log.filter(text => text.startsWith('draining: '))).toHaveLength(1);
  });

  it('policy if-reboot: drains here, and only because a reboot is due', async () => {
    const w = world();
    const undrained = { drain: { ...DRAINED, drained: false } as Proofs['drain'] };
    const policy = { ...POLICY, drain: { ...POLICY.drain, when: 'if-reboot' as const } };
    const around: string[] = [];
    const hooks = {
      beforeDrain: async () => void around.push(`before, ${w.cluster.nodes.get('a')?.unschedulable}`),
      afterDrain: async () => void around.push(`after, ${w.cluster.nodes.get('a')?.unschedulable}`),
    };
    await runToEnd(w, rebootStep, { proofs: proofs(undrained), policy, ...hooks });
    expect(around).toEqual(['before, false', 'after, true']);
    expect((await w.cluster.getNode('a', w.context().signal))?.unschedulable).toBe(true);
    expect(w.orders).toHaveLength(1);
  });

  it('lost while the volumes were waited for: no reboot on what was seen before', async () => {
    const w = world();
    const undrained = { drain: { ...DRAINED, drained: false } as Proofs['drain'] };
    const policy = { ...POLICY, drain: { ...POLICY.drain, when: 'if-reboot' as const } };
    let looks = 0;
    w.cluster.listVolumeAttachments = async () => {
      looks += 1;
      if (looks === 2) w.cluster.change('a', { unschedulable: false });
      return looks < 3 ? [{ name: 'vol-1', volume: null }] : [];
    };
    w.host.reboot = async order => {
      expect((await w.cluster.getNode('a'))?.unschedulable).toBe(true);
      w.orders.push(order);
      goDownFor(1_000)(w);
    };
    await runToEnd(w, rebootStep, { proofs: proofs(undrained), policy });
    expect(w.orders).toHaveLength(1);
  });

  it('that are always too old by the time of the order: ends by the limit of the step', async () => {
    const w = world();
    await mark(w);
    const facts = w.host.facts.bind(w.host);
    w.host.facts = async () => {
      await w.clock.sleep(1_000);
      return facts();
    };
    const policy = { ...POLICY, reboot: { ...POLICY.reboot, confirmMaxAgeMs: 500 } };
    const failure = await failing(runToEnd(w, rebootStep, { proofs: proofs(), policy }));
    expect(failure.code).toBe('reboot-not-safe');
    expect(w.orders).toEqual([]);
  });
});

describe('a host that flaps while it is waited for', () => {
  it('keeps what is told and remembered short', async () => {
    const w = world(({ host }) => {
      let asked = 0;
      host.facts = async () => {
        asked += 1;
        throw fail(asked % 2 === 0 ? 'host-timeout' : 'host-refused-connection', { message: 'down' });
      };
    });
    const failure = await failing(runToEnd(w, rebootStep, { proofs: proofs(), ...bare }));
    expect(failure.code).toBe('host-did-not-return');
    expect((w.memory.kept as { sights: unknown[] }).sights.length).toBeLessThanOrEqual(20);
  });
});

describe('a host that boots', () => {
  it.each(['host-auth-refused', 'sudo-asks-password', 'sudo-not-allowed', 'sudo-refused'] as const)(
    'refuses us for a while: %s is waited for',
    async code => {
      const w = world(({ host, clock }) => {
        host.trouble = fail(code, { message: 'directory services are not up' });
        void clock.sleep(60_000).then(() => {
          host.trouble = null;
          host.bootId = 'boot-2';
        });
      });
      const { done } = await runToEnd(w, rebootStep, { proofs: proofs(), ...bare });
      expect(done.proof).toMatchObject({ rebooted: true, bootIdAfter: 'boot-2' });
    },
  );
});

describe('the limits of a reboot', () => {
  const limits = { downTimeoutMs: 30_000, upTimeoutMs: 60_000 };
  const policy = { ...POLICY, reboot: { ...POLICY.reboot, ...limits } };
  const took = async (w: ReturnType<typeof world>) => {
    const startMs = w.clock.now();
    const failure = await failing(runToEnd(w, rebootStep, { proofs: proofs(), policy, ...bare }));
    return { failure, ms: w.clock.now() - startMs };
  };

  it('a host that does nothing fails as soon as downTimeout is over', async () => {
    const { failure, ms } = await took(world(() => {}));
    expect(failure).toMatchObject({
      code: 'reboot-did-nothing',
      seen: expect.stringContaining('downTimeout has passed'),
    });
    expect(ms).toBeLessThan(limits.downTimeoutMs + 6_000);
  });

  it('a host that stays away fails as soon as upTimeout is over, counted from when it was gone', async () => {
    const w = world(({ host, clock }) => {
      void clock.sleep(20_000).then(() => {
        host.trouble = fail('host-timeout', { message: 'silent' });
      });
    });
    const { failure, ms } = await took(w);
    expect(failure).toMatchObject({
      code: 'host-did-not-return',
      seen: expect.stringContaining('upTimeout has passed'),
    });
    expect(ms).toBeGreaterThanOrEqual(20_000 + limits.upTimeoutMs);
    expect(ms).toBeLessThan(20_000 + limits.upTimeoutMs + 12_000);
  });

  it('a connection lost once is no going down', async () => {
    const w = world(({ host, clock }) => {
      void clock.sleep(2_000).then(() => {
        host.trouble = fail('host-connection-lost', { message: 'a blip' });
      });
      void clock.sleep(4_000).then(() => {
        host.trouble = null;
      });
    });
    const { failure } = await took(w);
    expect(failure.code).toBe('reboot-did-nothing');
    expect(failure.seen).toMatch(/still up.*no answer.*still up/);
  });
});

describe('a boot', () => {
  it('before the order is no proof, whatever the boot id', async () => {
    const w = world(({ host }) => {
      const facts = host.facts.bind(host);
      host.facts = async () => ({ ...(await facts()), bootId: 'boot-7', uptimeSeconds: 90_000 });
    });
    const failure = await failing(runToEnd(w, rebootStep, { proofs: proofs(), ...bare }));
    expect(failure).toMatchObject({ code: 'reboot-not-proven', retryable: false });
    expect(failure.seen).toMatch(
      /boot id boot-7, up since 2025-12-30.*ordered 2026-01-01.*under boot id boot-1, up since 2025-12-31/,
    );
  });

  it('is proven by its time, by our clock', async () => {
    const w = world();
    const orderedMs = w.clock.now();
    const { done } = await runToEnd(w, rebootStep, { proofs: proofs(), ...bare });
    expect(done.proof.bootedBeforeMs).toBeLessThan(orderedMs);
    expect(done.proof.bootedAfterMs).toBeGreaterThanOrEqual(orderedMs + 10_000);
  });
});

describe('a package transaction', () => {
  it('is waited for, and named, without an attempt', async () => {
    const w = world();
    const facts = w.host.facts.bind(w.host);
    const untilMs = w.clock.now() + 60_000;
    w.host.facts = async () => {
      const seen = await facts();
      const pid = Math.floor(w.clock.now() / 1000) % 10_000;
      return { ...seen, packageTransaction: w.clock.now() < untilMs ? `dpkg (process ${pid}) runs` : null };
    };
    const { reasons } = await runToEnd(w, rebootStep, { proofs: proofs(), ...bare });
    expect(new Set(reasons.slice(0, 12))).toEqual(new Set(['no reboot while packages are changed: dpkg runs']));
    expect(w.orders).toHaveLength(1);
    expect(w.clock.now()).toBeGreaterThanOrEqual(untilMs);
  });

  it('that never ends is told at the limit of the step', async () => {
    const w = world();
    w.host.reboot = async () => {
      throw fail('host-busy', { message: 'a refused: dpkg runs', seen: 'dpkg (process 9) runs' });
    };
    const failure = await failing(runToEnd(w, rebootStep, { proofs: proofs(), ...bare }));
    expect(failure).toMatchObject({ code: 'host-busy' });
    expect(failure.message).toContain('dpkg (process 9) runs');
    expect(w.memory.kept).toMatchObject({ order: null });
  });
});
