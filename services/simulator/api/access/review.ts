import { type Json, kubeTime, textAt } from '../object.ts';
import type { PathAttributes, ResourceAttributes } from './attributes.ts';
import { allowingRule, rulesOf } from './decide.ts';
import type { BoundRule, Identity } from './users.ts';

/** A kind that is answered and not kept. */
export interface ReviewKind {
  readonly kind: string;
  readonly apiVersion: string;
  /** What becomes of the object posted. */
  answer(user: Identity, given: Json, now: number): Json;
}

const AUTHORIZATION = 'authorization.k8s.io/v1';
const AUTHENTICATION = 'authentication.k8s.io/v1';

/** The reviews a user may ask of itself, by path. */
export const REVIEWS: ReadonlyMap<string, ReviewKind> = new Map([
  [
    `/apis/${AUTHORIZATION}/selfsubjectaccessreviews`,
    { kind: 'SelfSubjectAccessReview', apiVersion: AUTHORIZATION, answer: reviewAccess },
  ],
  [
    `/apis/${AUTHORIZATION}/selfsubjectrulesreviews`,
    { kind: 'SelfSubjectRulesReview', apiVersion: AUTHORIZATION, answer: reviewRules },
  ],
  [
    `/apis/${AUTHENTICATION}/selfsubjectreviews`,
    { kind: 'SelfSubjectReview', apiVersion: AUTHENTICATION, answer: reviewSelf },
  ],
]);

function head(kind: string, apiVersion: string): Json {
  return { kind, apiVersion, metadata: {} };
}

function reviewAccess(user: Identity, given: Json): Json {
  const rule = allowingRule(user, wishOf(given));
  // Whoever is in system:masters may do everything before any rule is asked.
  const unasked = user.groups.includes('system:masters');
  const reason = rule === undefined || unasked ? {} : { reason: reasonOf(user, rule) };
  const status = { allowed: rule !== undefined, ...reason };
  return { ...head('SelfSubjectAccessReview', AUTHORIZATION), spec: given['spec'] ?? {}, status };
}

function wishOf(given: Json): ResourceAttributes | PathAttributes {
  const path = textAt(given, 'spec', 'nonResourceAttributes', 'path');
  if (path !== '') return { path, verb: textAt(given, 'spec', 'nonResourceAttributes', 'verb') };
  const of = (field: string) => textAt(given, 'spec', 'resourceAttributes', field);
  const [verb, group, resource, subresource] = [of('verb'), of('group'), of('resource'), of('subresource')];
  return { verb, group, resource, subresource, namespace: of('namespace'), name: of('name') };
}

function reasonOf(user: Identity, rule: BoundRule): string {
  const role = JSON.stringify(rule.role ?? user.name);
  const who = `to User ${JSON.stringify(user.name)}`;
  if (rule.namespace === undefined) return `RBAC: allowed by ClusterRoleBinding ${role} of ClusterRole ${role} ${who}`;
  const binding = JSON.stringify(`${rule.role ?? user.name}/${rule.namespace}`);
  return `RBAC: allowed by RoleBinding ${binding} of Role ${role} ${who}`;
}

function reviewRules(user: Identity, given: Json): Json {
  const namespace = textAt(given, 'spec', 'namespace');
  const rules = rulesOf(user).filter(rule => rule.namespace === undefined || rule.namespace === namespace);
  const resourceRules = rules
    .filter(rule => rule.resources !== undefined)
    .map(({ verbs, apiGroups = [], resources = [], resourceNames = [] }) => ({
      verbs,
      apiGroups,
      resources,
      ...(resourceNames.length === 0 ? {} : { resourceNames }),
    }));
  const nonResourceRules = rules
    .filter(rule => rule.nonResourceURLs !== undefined && rule.namespace === undefined)
    .map(({ verbs, nonResourceURLs = [] }) => ({ verbs, nonResourceURLs }));
  const status = { resourceRules, nonResourceRules, incomplete: false };
  return { ...head('SelfSubjectRulesReview', AUTHORIZATION), spec: {}, status };
}

function reviewSelf(user: Identity, _given: Json, now: number): Json {
  const { name: username, uid, groups } = user;
  const userInfo = { username, ...(uid === undefined ? {} : { uid }), groups };
  const metadata = { creationTimestamp: kubeTime(now) };
  return { ...head('SelfSubjectReview', AUTHENTICATION), metadata, status: { userInfo } };
}
