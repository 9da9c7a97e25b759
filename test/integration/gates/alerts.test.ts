import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shellControl } from '../../../shared/control/shell.ts';
import type { RolloutEvent } from '../../../shared/domain/events.ts';
import type { AlertFilter } from '../../../shared/domain/gate/alerts.ts';
import type { GateServer } from '../../../shared/domain/gate/server.ts';
import type { GateSettings } from '../../../shared/domain/gate/settings.ts';
import { type PlanCluster, planClusters } from '../../../shared/domain/plan.ts';
import { gateOf } from '../../../shared/gates/registry.ts';
import { httpProbes } from '../../../shared/probes/http.ts';
import { testEngines } from '../../helpers/engines.ts';
import {
  type MonitoringServer,
  monitoringTools,
  rules,
  startAlertmanager,
  startPrometheus,
} from '../../helpers/monitoring.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';

const engine = await testEngines();
const FILTER: AlertFilter = { severity: ['critical'], include: [], exclude: [], awayLabels: [], watchdog: 'Watchdog' };
const BASE = { name: 'alerts', at: ['claim'], timeoutMs: 10_000 } as const;
const NO_TLS = { caFile: null, serverName: '', insecure: false };

const waits = (text: string) => (event: RolloutEvent) =>
  event.type === 'waiting' && event.reasons.some(reason => reason.includes(text));

/** A rollout of one node behind a gate; waits until it is held back for `why`, then opens the gate. */
async function heldBack(gate: GateSettings, why: string, open: () => Promise<unknown>): Promise<void> {
  const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1'] }] } }, cluster: { gates: [gate] } });
  const its = await engine();
  const steps = new ScriptedSteps();
  await its.scheduler();
  await its.worker(steps.steps());
  const id = await its.rollout(plan);
  await its.event(id, waits(why));
  expect(steps.acts).toEqual([]);
  await open();
  expect((await its.ended(id)).counts).toMatchObject({ done: 1 });
}

/** What a gate says outside a rollout. */
async function asked(gate: GateSettings) {
  const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1'] }] } } });
  const [cluster] = planClusters(plan) as [PlanCluster];
  const about = { cluster, moment: 'claim', rollout: 'r1' } as const;
  const signal = AbortSignal.timeout(10_000);
  const facts = await gateOf(gate).gather(
    gate,
    { ...about, api: null, probes: httpProbes, control: shellControl, signal },
    null,
  );
  return gateOf(gate).judge(gate, facts, { ...about, nowMs: 0, nodes: new Map(), node: null });
}

describe.skipIf(typeof monitoringTools === 'string')('a real Prometheus, over TLS and with a password', () => {
  let prometheus: MonitoringServer;
  beforeAll(async () => {
    prometheus = await startPrometheus();
  });
  afterAll(() => prometheus.stop());

  const server = (password = 'password'): GateServer => ({
    url: prometheus.url,
    auth: { kind: 'basic', user: 'nodetide', password: { file: join(prometheus.folder, password) } },
    headers: {},
    tls: { caFile: join(prometheus.folder, 'cert.pem'), serverName: 'prometheus.example', insecure: false },
  });
  const gate = (ask: Extract<GateSettings, { kind: 'prometheus' }>['ask'], of = server()): GateSettings => {
    return { ...BASE, kind: 'prometheus', server: of, ask, warnings: 'close' };
  };
  const query = (text: string) => gate({ kind: 'query', query: text });

  it('holds nodes back while an alert fires, and lets them go when it has ended', async () => {
    const alerts = gate({ kind: 'alerts', filter: FILTER, pending: true });
    await heldBack(alerts, 'alerts: alert Fire fires (severity=critical, node=n9); opens when', async () => {
      await writeFile(join(prometheus.folder, 'rules.json'), rules(false));
      prometheus.process.kill('SIGHUP');
    });
  });

  it('closes on a query that gives something, and only then', async () => {
    expect(await asked(query('vector(5)'))).toMatchObject({ open: false, reasons: ['the query gives {} 5'] });
    expect(await asked(query('vector(5) > 6'))).toEqual({ open: true });
  });

  it('says what is wrong with a query, a password, a certificate', async () => {
    await expect(asked(query('up ==')), 'query').rejects.toThrow(/HTTP 400: .*parse error/);
    await expect(asked(query('1')), 'type').rejects.toThrow('gives a scalar');
    await writeFile(join(prometheus.folder, 'wrong'), 'open barley');
    const ask = { kind: 'query', query: 'up' } as const;
    await expect(asked(gate(ask, server('wrong'))), 'password').rejects.toThrow('HTTP 401');
    await expect(asked(gate(ask, { ...server(), tls: NO_TLS })), 'certificate').rejects.toThrow(
      'self-signed certificate',
    );
    await expect(asked(gate(ask, server('none'))), 'file').rejects.toThrow('the password:');
  });
});

describe.skipIf(typeof monitoringTools === 'string')('a real Alertmanager', () => {
  let alertmanager: MonitoringServer;
  beforeAll(async () => {
    alertmanager = await startAlertmanager();
  });
  afterAll(() => alertmanager.stop());

  const post = async (path: string, body: unknown) => {
    const headers = { 'content-type': 'application/json', connection: 'close' };
    const answer = await fetch(`${alertmanager.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(answer.status).toBe(200);
    await answer.text();
  };

  it('holds nodes back until the alert is silenced', async () => {
    const alert = (alertname: string) => ({ labels: { alertname, severity: 'critical' } });
    await post('/api/v2/alerts', [alert('Watchdog'), alert('Fire')]);
    const server = { url: `${alertmanager.url}/`, auth: null, headers: {}, tls: NO_TLS };
    const gate: GateSettings = { ...BASE, kind: 'alertmanager', server, filter: FILTER };
    await heldBack(gate, 'alerts: alert Fire fires (severity=critical); opens when', () => {
      const startsAt = new Date(Date.now() - 1_000).toISOString();
      const endsAt = new Date(Date.now() + 3_600_000).toISOString();
      const matchers = [{ name: 'alertname', value: 'Fire', isRegex: false, isEqual: true }];
      return post('/api/v2/silences', { startsAt, endsAt, matchers, createdBy: 'ops', comment: 'known' });
    });
  });
});

it('a token is read from its file for each question', async () => {
  const http = createServer((request, response) => {
    response.writeHead(request.headers.authorization === 'Bearer long-enough' ? 200 : 403).end('[]');
  });
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve));
  const dir = await mkdtemp(join(tmpdir(), 'nodetide-token-'));
  const file = join(dir, 'token');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const server = { url, auth: { kind: 'bearer', token: { file } }, headers: {}, tls: NO_TLS } as const;
  const gate: GateSettings = { ...BASE, kind: 'alertmanager', server, filter: { ...FILTER, watchdog: '' } };
  try {
    await writeFile(file, 'too-old-to-count');
    await expect(asked(gate)).rejects.toThrow('HTTP 403');
    await writeFile(file, 'long-enough\n');
    expect(await asked(gate)).toEqual({ open: true });
  } finally {
    http.close();
    await rm(dir, { recursive: true, force: true });
  }
});
