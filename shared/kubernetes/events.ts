import { createHash } from 'node:crypto';
import type { NodeEvent } from '../domain/node-event.ts';
import { EVENTS_NAMESPACE } from '../domain/permissions.ts';
import { httpStatusOf } from './call.ts';
import type { Connection } from './connection.ts';

const COMPONENT = 'nodetide';
/** The API server's own limit on a message. */
const LONGEST_MESSAGE = 1024;
const LONGEST_NAME = 253;

/** See ClusterApi.postEvent. */
export async function postEvent(connection: Connection, event: NodeEvent, signal: AbortSignal): Promise<void> {
  const namespace = EVENTS_NAMESPACE;
  const name = nameOf(event);
  const asked = { doing: `create event ${namespace}/${name}`, signal, write: true };
  try {
    const body = bodyOf(event, name);
    await connection.call(asked, options => connection.core.createNamespacedEvent({ namespace, body }, options));
  } catch (error) {
    if (httpStatusOf(error) !== 409) throw error;
    await repeat(connection, name, signal);
  }
}

/** It is there already: it has happened once more. The first answer tells how often it had before. */
async function repeat(connection: Connection, name: string, signal: AbortSignal): Promise<void> {
  const lastTimestamp = now();
  const patch = (body: object) =>
    connection.call(
      {
        doing: `patch event ${EVENTS_NAMESPACE}/${name}`,
        signal,
        write: true,
        contentType: 'application/merge-patch+json',
      },
      options => connection.core.patchNamespacedEvent({ namespace: EVENTS_NAMESPACE, name, body }, options),
    );
  const { count } = await patch({ lastTimestamp });
  await patch({ lastTimestamp, count: (count ?? 1) + 1 });
}

/** The same for the same words, whichever process says them. */
function nameOf({ node, uid, type, reason, message }: NodeEvent): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([uid, type, reason, message]))
    .digest('hex')
    .slice(0, 16);
  return `${node.slice(0, LONGEST_NAME - hash.length - 1)}.${hash}`;
}

function bodyOf({ node, uid, type, reason, message, by }: NodeEvent, name: string) {
  const time = new Date();
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace: EVENTS_NAMESPACE, name },
    // kubectl describe looks for the Node's UID, kubectl events for kind, name and apiVersion.
    involvedObject: { apiVersion: 'v1', kind: 'Node', name: node, uid },
    type,
    reason,
    message: message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE - 1)}…` : message,
    source: { component: COMPONENT, host: by },
    reportingComponent: COMPONENT,
    reportingInstance: by,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}

function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}
