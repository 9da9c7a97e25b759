import { describe, expect, it } from 'vitest';
import { verifyStep } from '../../../services/workers/steps/verify/step.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { ConditionCheck, HttpCheck, UserCheck } from '../../../shared/domain/user-check.ts';
import type { Control } from '../../../shared/ports/control.ts';
import type { HttpAnswer, HttpProbe } from '../../../shared/ports/probe.ts';
import type { StepContext } from '../../../shared/ports/step.ts';
import { hostCheck, POLICY, runToEnd, type StepWorld, stepWorld } from '../../helpers/step-world.ts';

const http = (more: Partial<HttpCheck> = {}): HttpCheck => ({
  kind: 'http',
  name: 'web',
  url: 'http://{address}/{node}',
  method: 'GET',
  status: [{ from: 200, to: 399 }],
  body: '',
  bodyMatches: '',
  headers: {},
  redirects: 0,
  tls: { caFile: null, serverName: '', insecure: false },
  timeoutMs: 5_000,
  retries: 0,
  retryDelayMs: 1_000,
  ...more,
});
const condition = (expectation: ConditionCheck['expect'], more = {}): ConditionCheck => ({
  kind: 'condition',
  name: 'app',
  objects: { resource: 'deployments.apps', namespace: 'shop', name: 'web', selector: '', fieldSelector: '' },
  expect: expectation,
  timeoutMs: 5_000,
  retries: 0,
  retryDelayMs: 0,
  ...more,
});
const AVAILABLE = { kind: 'condition', type: 'available', status: 'true' } as const;

const policyWith = (...checks: UserCheck[]) => ({ ...POLICY, verify: { ...POLICY.verify, checks } });

async function verify(world: StepWorld, checks: UserCheck[], more: Partial<StepContext<unknown>> = {}) {
  const { done, reasons } = await runToEnd(world, verifyStep, { policy: policyWith(...checks), ...more });
  const own = done.proof.checks
    .filter(({ check }) => check.startsWith('check '))
    .map(each => `${each.check}: ${each.detail}`);
  return { own, reasons: [...new Set(reasons)] };
}

async function failing(run: Promise<unknown>) {
  return failureOf(
    await run.then(
      () => new Error('no error'),
      (error: unknown) => error,
    ),
  );
}

const answering = (answer: (probe: HttpProbe, signal: AbortSignal) => Promise<HttpAnswer>) => ({
  probes: { http: answer },
});
const saying = (status: number, body = '') => answering(async () => ({ status, body, isCut: false }));

describe('an HTTP check', () => {
  it('asks with the name and the address of the node in it', async () => {
    const world = stepWorld();
    const asked: string[] = [];
    const probes = answering(async ({ url, tls }) => {
      asked.push(`${url.href} ${tls.serverName}`);
      return { status: 204, body: '', isCut: false };
    });
    const tls = { caFile: null, serverName: '{node}.example', insecure: false };
    expect((await verify(world, [http({ tls })], probes)).own).toEqual(['check web: HTTP 204']);
    expect(new Set(asked)).toEqual(new Set(['http://127.0.0.1/a a.example']));
  });

  it.each([
    [http(), saying(503, ' down\n\u001b[31mnow '), 'HTTP 503, expected 200-399: down [31mnow'],
    [http({ status: [{ from: 200, to: 200 }] }), saying(302), 'HTTP 302, expected 200'],
    [http({ body: 'ready' }), saying(200, 'starting'), 'HTTP 200, but "ready" is not in the body: starting'],
    [http({ bodyMatches: '^ok' }), saying(200, 'not ok'), 'HTTP 200, but the body does not match ^ok: not ok'],
  ])('that does not hold says what was answered (%#)', async (check, probes, detail) => {
    const failure = await failing(verify(stepWorld(), [check], probes));
    expect(failure).toMatchObject({ code: 'verify-failed', seen: `check web: ${detail}` });
  });

  it('that hangs is cut off at its time limit', async () => {
    const cut: string[] = [];
    const probes = answering(
      (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            cut.push('cut');
            reject(signal.reason as Error);
          });
        }),
    );
    const failure = await failing(verify(stepWorld(), [http({ retries: 1 })], probes));
    expect(failure.seen).toContain('check web: no answer within');
    expect(cut.length).toBeGreaterThan(2);
  });

  it('whose secret is missing fails at once', async () => {
    const probes = answering(async () => {
      throw fail('probe-settings', { message: 'header X: there is nothing in the variable TOKEN' });
    });
    expect(await failing(verify(stepWorld(), [http()], probes))).toMatchObject({ code: 'probe-settings' });
  });
});

describe('a command', () => {
  it('on the control side is told of the node', async () => {
    const told: string[] = [];
    const control: Control = {
      run: async ({ text, env }) => {
        told.push(`${text} ${env['NODETIDE_NODE']} ${env['NODETIDE_STEP']}`);
        return { exitCode: 0, output: '' };
      },
    };
    const check = { ...hostCheck('look'), on: 'control' } as const;
    expect((await verify(stepWorld(), [check], { control })).own[0]).toMatch(/: exit code 0$/);
    expect(told[0]).toBe('look a verify');
  });

  it('on the host that fails says what it said', async () => {
    const world = stepWorld();
    world.host.answer = ({ text }) =>
      text === 'mine' ? { exitCode: 2, stdout: 'no', stderr: ' good' } : { exitCode: 0, stdout: 'end\n', stderr: '' };
    expect((await failing(verify(world, [hostCheck('mine')]))).seen).toBe('check mine: exit code 2: no good');
  });
});

describe('a condition', () => {
  const object = (status: object, generation = 1) => ({
    metadata: { name: 'web', namespace: 'shop', generation },
    status,
  });
  const judged = async (check: ConditionCheck, objects: readonly unknown[]) => {
    const world = stepWorld();
    world.cluster.onRead = () => objects;
    try {
      return (await verify(world, [check])).own[0];
    } catch (error) {
      return failureOf(error).seen;
    }
  };

  it.each([
    [
      AVAILABLE,
      [object({ conditions: [{ type: 'Available', status: 'True' }] })],
      'check app: 1 deployments.apps as expected',
    ],
    [AVAILABLE, [], 'check app: no deployments.apps found'],
    [AVAILABLE, [object({})], 'check app: shop/web: has no condition available'],
    [
      AVAILABLE,
      [object({ conditions: [{ type: 'Available', status: 'False', reason: 'Few', message: 'one left' }] })],
      'check app: shop/web: available is False, not true (Few: one left)',
    ],
    [
      AVAILABLE,
      [object({ observedGeneration: 1, conditions: [{ type: 'Available', status: 'True' }] }, 2)],
      'check app: shop/web: available is of an older generation',
    ],
    [
      { kind: 'jsonPath', path: '{.status.n}', value: '3' } as const,
      [object({ n: 3 })],
      'check app: 1 deployments.apps as expected',
    ],
    [
      { kind: 'jsonPath', path: '{.status.n}', value: '3' } as const,
      [object({ n: 3 }), object({ n: 2 })],
      'check app: shop/web: {.status.n} is 2, not 3',
    ],
    [
      { kind: 'jsonPath', path: '{.status.n}', value: null } as const,
      [object({ n: 0 })],
      'check app: 1 deployments.apps as expected',
    ],
    [
      { kind: 'jsonPath', path: '{.status.n}', value: null } as const,
      [object({})],
      'check app: shop/web: nothing at {.status.n}',
    ],
  ])('is judged as kubectl wait does (%#)', async (expectation, objects, said) => {
    expect(await judged(condition(expectation), objects)).toBe(said);
  });

  it('names the node in what it selects', async () => {
    const world = stepWorld();
    const asked: unknown[] = [];
    world.cluster.onRead = objects => {
      asked.push(objects);
      return [object({ conditions: [{ type: 'Available', status: 'True' }] })];
    };
    const objects = {
      resource: 'pods',
      namespace: 'x-{node}',
      name: '',
      selector: 'a=b',
      fieldSelector: 'spec.nodeName={node}',
    };
    await verify(world, [condition(AVAILABLE, { objects })]);
    expect(asked[0]).toEqual({ ...objects, namespace: 'x-a', fieldSelector: 'spec.nodeName=a' });
  });

  it('is not looked at for a host outside Kubernetes', async () => {
    const { own } = await verify(stepWorld(), [condition(AVAILABLE)], { cluster: null });
    expect(own).toEqual(['check app: not looked at: the host is in no Kubernetes']);
  });
});

describe('checks together', () => {
  it('a blip within a look does not begin the soak anew; two in a row do', async () => {
    const world = stepWorld();
    let asked = 0;
    const failsAt = new Set([3, 6, 7]);
    const probes = answering(async () => {
      asked += 1;
      if (failsAt.has(asked)) throw fail('probe-no-answer', { message: 'reset' });
      return { status: 200, body: '', isCut: false };
    });
    const { reasons } = await verify(world, [http({ retries: 1 })], probes);
    expect(reasons).toEqual(['all checks hold; soaking for 5 s', 'not well yet: check web']);
  });

  it('each has its own line, in the order of the list, however long it takes', async () => {
    const world = stepWorld();
    const probes = answering(async ({ url }) => {
      await world.clock.sleep(url.hostname === 'slow' ? 4_000 : 0);
      return { status: 200, body: '', isCut: false };
    });
    const checks = [http({ name: 'slow', url: 'http://slow/' }), http({ name: 'quick', url: 'http://quick/' })];
    expect((await verify(world, checks, probes)).own).toEqual(['check slow: HTTP 200', 'check quick: HTTP 200']);
  });

  it('that take longer than the soak may be blind still end', async () => {
    const world = stepWorld();
    const probes = answering(async () => {
      await world.clock.sleep(40_000);
      return { status: 200, body: '', isCut: false };
    });
    expect((await verify(world, [http({ timeoutMs: 60_000 })], probes)).own).toEqual(['check web: HTTP 200']);
  });
});
