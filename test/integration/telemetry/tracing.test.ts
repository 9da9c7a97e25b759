import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'bullmq';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { Queues } from '../../../shared/queue/queues.ts';
import { startTracing } from '../../../shared/telemetry/tracing.ts';
import { tinyPolicy } from '../../helpers/plan.ts';
import { testRedis } from '../../helpers/redis.ts';

const redis = await testRedis();

/** A span as OTLP/JSON tells it. */
interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
  readonly events?: unknown;
}

/** A stand-in for a collector; `answers` false: it takes requests and never answers. */
async function collector(answers = true) {
  const bodies: string[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      bodies.push(body);
      if (answers) response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const resources = () =>
    bodies.flatMap(
      body =>
        (JSON.parse(body) as { resourceSpans: { resource: unknown; scopeSpans: { spans: SentSpan[] }[] }[] })
          .resourceSpans,
    );
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    resources,
    spans: () => resources().flatMap(each => each.scopeSpans.flatMap(({ spans }) => spans)),
  };
}

const kept = { ...process.env };
afterEach(() => {
  process.env = { ...kept };
});

/** Traces to this place; the exporter reads the environment of the process. */
async function tracing(url: string) {
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = url;
  const started = await startTracing(process.env, 'worker');
  if (!started) throw new Error('an endpoint is named');
  return started;
}

/** Adds the chain of a node and does its first step, which fails with this text. */
async function work(
  telemetry: { telemetry: NonNullable<Queues['tracing']['telemetry']> },
  prefix: string,
  said: string,
) {
  const connection = await redis.connect();
  const queues = new Queues(connection, prefix, () => {}, telemetry);
  const data = { rollout: 'r1', cluster: 'a', wave: 0, node: 'n1', round: 1 };
  await queues.addTreeJob('slot', 'r1_a_w0_s1', 'a 1', { rollout: 'r1' });
  await queues.addChain(data, 'r1_a_w0_s1', tinyPolicy());
  const worker = new Worker('drain', () => Promise.reject(new Error(said)), { connection, prefix, ...queues.tracing });
  worker.on('error', () => {});
  await once(worker, 'failed');
  await worker.close();
  await queues.close();
}

it('sends the work of queues to the collector, without secrets', async () => {
  const { url, spans, resources } = await collector();
  const { telemetry, stop } = await tracing(url);
  await work({ telemetry }, `${redis.prefix}-sent`, 'no answer from redis://nodetide:hunter2@redis');
  await stop();
  const processed = spans().find(span => span.name.startsWith('process drain'));
  const added = spans().find(span => span.name.startsWith('addFlow'));
  expect(processed?.traceId).toBe(added?.traceId);
  const attributes = Object.fromEntries(
    (processed?.attributes ?? []).map(({ key, value }) => [key, value.stringValue]),
  );
  expect(attributes).toMatchObject({ 'bullmq.job.id': 'r1_a_n1_r1_drain', 'bullmq.job.name': 'n1 drain' });
  const text = JSON.stringify(resources());
  expect(text).toContain('"nodetide-worker"');
  expect(text).toContain('redis://nodetide:***@redis');
  expect(text).not.toContain('hunter2');
});

it('begins anew after it was stopped: a command may open several sessions, one after the other', async () => {
  const { url, spans } = await collector();
  await (await tracing(url)).stop();
  const { telemetry, stop } = await tracing(url);
  await work({ telemetry }, `${redis.prefix}-again`, 'broken');
  await stop();
  expect(spans().map(span => span.name)).toContainEqual(expect.stringMatching(/^process drain/));
});

it('works as ever when the collector takes what it is sent and never answers, and when there is none', async () => {
  const silent = await collector(false);
  for (const url of [silent.url, 'http://127.0.0.1:9']) {
    const { telemetry, stop } = await tracing(url);
    await work({ telemetry }, `${redis.prefix}-${url.length}`, 'broken');
    await stop();
  }
});

it('loads and starts nothing unless a collector is named', async () => {
  expect(await startTracing({}, 'worker')).toBeNull();
  expect(await startTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_SDK_DISABLED: 'true' }, 'api')).toBeNull();
});
