import type { Permission } from '../domain/permissions.ts';
import type { Connection } from './connection.ts';

/** See ClusterApi.canI. */
export async function allowed(connection: Connection, permission: Permission, signal: AbortSignal): Promise<boolean> {
  const [resource = '', subresource] = permission.resource.split('/');
  const { verb, group, namespace } = permission;
  const resourceAttributes = {
    verb,
    group,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined ? {} : { namespace }),
  };
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } };
  // A review is created but changes nothing: it may be asked again.
  const asked = { doing: `ask whether we may ${verb} ${permission.resource}`, signal };
  const review = await connection.call(asked, o => connection.authorization.createSelfSubjectAccessReview({ body }, o));
  return review.status?.allowed === true;
}

/** See ClusterApi.serverInfo. */
export async function serverInfo(
  connection: Connection,
  signal: AbortSignal,
): Promise<{ version: string; clockSkewMs: number; endpoint: string }> {
  let sentMs = Date.now();
  const answer = await connection.call({ doing: 'get version', signal }, options => {
    sentMs = Date.now();
    return connection.version.getCodeWithHttpInfo({}, options);
  });
  const dateMs = Date.parse(answer.headers['date'] ?? '');
  const clockSkewMs = Number.isNaN(dateMs) ? 0 : leastSkew(dateMs, sentMs, Date.now());
  return { version: answer.data.gitVersion, clockSkewMs, endpoint: connection.server };
}

/**
 * The smallest skew that explains a Date header. It is cut to whole seconds and was written at some moment between
 * sending and receiving: a skew within that play counts as none.
 */
export function leastSkew(dateMs: number, sentMs: number, receivedMs: number): number {
  const least = dateMs - receivedMs;
  const most = dateMs + 999 - sentMs;
  if (least > 0) return least;
  return most < 0 ? most : 0;
}
