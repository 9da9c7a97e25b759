import { createHmac } from 'node:crypto';
import type { NoticeMessage } from '../domain/notify/notice.ts';

/** The body of a request to an endpoint of one's own. */
export function webhookBody(message: NoticeMessage): string {
  const { event, severity, atMs, title, body, link, fields } = message;
  const { title: _title, event: _event, severity: _severity, link: _link, ...data } = fields;
  const timestamp = new Date(atMs).toISOString();
  return JSON.stringify({ type: `nodetide.${event}`, timestamp, data: { severity, title, body, link, ...data } });
}

/**
 * The headers of Standard Webhooks (standardwebhooks.com, version 1): the id is the same for all attempts, the time that
 * of this attempt. `secret`: `whsec_` and base64, or any other text, whose bytes are the key; null: not signed.
 */
export function webhookHeaders(id: string, atMs: number, body: string, secret: string | null): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1_000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (secret === null) return headers;
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}
