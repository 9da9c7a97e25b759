import { hostname } from 'node:os';
import type { BullMQOtel as QueueTelemetry } from 'bullmq-otel';
import { VERSION } from '../domain/version.ts';
import { hideSecrets } from './safe-spans.ts';

/** How long the last spans may take when the process stops. */
const FLUSH_MS = 2_000;

/** What traces the work of queues. */
export interface Tracing {
  /** For queues, workers and flow producers. */
  readonly telemetry: QueueTelemetry;
  /** Sends what is left, for at most 2 s; never rejects. Tracing can be started again then. */
  stop(): Promise<void>;
}

/**
 * Starts tracing if the environment names a collector (`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, or
 * `OTEL_EXPORTER_OTLP_ENDPOINT`); null: it does not, and nothing is loaded. Spans go over HTTP in the background: a
 * collector that does not answer costs spans, never time. `service`: `worker` gives `nodetide-worker`.
 */
export async function startTracing(
  env: Readonly<Record<string, string | undefined>>,
  service: string,
): Promise<Tracing | null> {
  const endpoint = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (!endpoint || env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return null;
  const [
    { context, propagation, trace },
    { BatchSpanProcessor, NodeTracerProvider },
    { OTLPTraceExporter },
    { resourceFromAttributes },
    { BullMQOtel },
  ] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('bullmq-otel'),
  ]);
  const resource = resourceFromAttributes({
    'service.name': env['OTEL_SERVICE_NAME'] || `nodetide-${service}`,
    'service.version': VERSION,
    'service.instance.id': `${hostname()}:${process.pid}`,
  });
  const provider = new NodeTracerProvider({
    resource,
    spanProcessors: [hideSecrets, new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  return {
    telemetry: new BullMQOtel({ tracerName: 'nodetide', version: VERSION }),
    stop: async () => {
      await ended(provider);
      // OpenTelemetry keeps the first that is registered, also when it has ended: a later session would tell nobody.
      for (const api of [trace, context, propagation]) api.disable();
    },
  };
}

/** Sends what is left, and waits for that no longer than {@link FLUSH_MS}. */
async function ended(provider: { shutdown(): Promise<void> }): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>(resolve => {
    timer = setTimeout(resolve, FLUSH_MS);
  });
  await Promise.race([provider.shutdown().catch(() => {}), patience]);
  clearTimeout(timer);
}
