import type { V1Lease, V1MicroTime } from '@kubernetes/client-node';
import type { LeaseView, LeaseWish } from '../ports/cluster.ts';
import { httpStatusOf } from './call.ts';
import type { Connection } from './connection.ts';
import { timeMs } from './views.ts';

/** null: there is none. */
export async function readLease(
  connection: Connection,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<LeaseView | null> {
  try {
    const asked = { doing: `get lease ${namespace}/${name}`, signal, urgent: true };
    return leaseView(
      await connection.call(asked, o => connection.coordination.readNamespacedLease({ namespace, name }, o)),
    );
  } catch (error) {
    if (httpStatusOf(error) === 404) return null;
    throw error;
  }
}

/** See ClusterApi.putLease. */
export async function writeLease(
  connection: Connection,
  namespace: string,
  name: string,
  wish: LeaseWish,
  signal: AbortSignal,
): Promise<LeaseView | null> {
  const body = await leaseOf(namespace, name, wish);
  const asked = { doing: `write lease ${namespace}/${name}`, signal, write: true, urgent: true };
  const api = connection.coordination;
  try {
    return leaseView(
      await connection.call(asked, options =>
        wish.expected === null
          ? api.createNamespacedLease({ namespace, body }, options)
          : api.replaceNamespacedLease({ namespace, name, body }, options),
      ),
    );
  } catch (error) {
    const status = httpStatusOf(error);
    // Taken or changed meanwhile; a replace that finds none lost against a delete.
    if (status === 409 || (status === 404 && wish.expected !== null)) return null;
    throw error;
  }
}

async function leaseOf(namespace: string, name: string, wish: LeaseWish): Promise<V1Lease> {
  // Lease times need six decimals; a plain Date writes three and is refused with 400.
  const { V1MicroTime } = await import('./client.ts');
  const now: V1MicroTime = new V1MicroTime();
  const acquireTime = wish.acquiredAtMs === undefined ? now : new V1MicroTime(wish.acquiredAtMs);
  const spec = { leaseDurationSeconds: wish.durationSeconds, renewTime: now, acquireTime };
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      namespace,
      name,
      ...(wish.expected === null ? {} : { resourceVersion: wish.expected }),
      ...(wish.owner ? { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', ...wish.owner }] } : {}),
    },
    // An empty holder is not allowed by every server version: nobody means no field.
    spec: wish.holder === null ? spec : { ...spec, holderIdentity: wish.holder },
  };
}

function leaseView(lease: V1Lease): LeaseView {
  return {
    holder: lease.spec?.holderIdentity || null,
    acquiredAtMs: timeMs(lease.spec?.acquireTime),
    renewedAtMs: timeMs(lease.spec?.renewTime),
    durationSeconds: lease.spec?.leaseDurationSeconds ?? null,
    resourceVersion: lease.metadata?.resourceVersion ?? '',
  };
}
