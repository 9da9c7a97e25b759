import type { SpanProcessor } from '@opentelemetry/sdk-trace-node';
import { withoutSecrets } from '../domain/redact.ts';

/** Goes before the processor that sends: takes what looks like a secret out of the texts of a span that has ended. */
export const hideSecrets: SpanProcessor = {
  onStart: () => {},
  onEnd: span => {
    hideIn(span.attributes);
    for (const event of span.events) hideIn(event.attributes ?? {});
    if (span.status.message !== undefined) span.status.message = withoutSecrets(span.status.message);
  },
  forceFlush: async () => {},
  shutdown: async () => {},
};

function hideIn(attributes: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'string') attributes[name] = withoutSecrets(value);
  }
}
