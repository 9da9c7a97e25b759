import type { Core } from './core.ts';
import { type Json, textAt } from './object.ts';

/** Answers a SelfSubjectAccessReview. */
export function reviewAccess(core: Core, review: Json): Json {
  const of = (field: string) => textAt(review, 'spec', 'resourceAttributes', field);
  const subresource = of('subresource');
  const allowed =
    core.allows?.({
      verb: of('verb'),
      group: of('group'),
      resource: subresource === '' ? of('resource') : `${of('resource')}/${subresource}`,
      namespace: of('namespace'),
    }) ?? true;
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: { creationTimestamp: null },
    spec: review['spec'] ?? {},
    status: allowed ? { allowed } : { allowed, reason: 'denied by the simulated cluster' },
  };
}
