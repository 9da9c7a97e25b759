import { conditionIs, conditionOf, type NewCondition, withCondition } from './conditions.ts';
import type { Core } from './core.ts';
import { ApiError, badRequest } from './errors.ts';
import { selectorTest } from './label-selector.ts';
import { at, type Json, type Kube, kubeTime, plainText, textAt } from './object.ts';
import { checkPreconditions, type DeleteOptions, deleteObject, readDeleteOptions } from './remove.ts';
import { resourceOf } from './resources.ts';
import { admitNamespace, mustGet } from './write.ts';

const pods = resourceOf('pods');
const pdbs = resourceOf('poddisruptionbudgets');

/** Answers a POST to `pods/NAME/eviction`. Throws ApiError 400, 403, 404, 409, 429, 500. */
export function evictPod(core: Core, namespace: string, name: string, body: Json, dryRun: boolean): Json {
  if (body['kind'] !== undefined && body['kind'] !== 'Eviction') throw wrongKind(body);
  const said = textAt(body, 'metadata', 'namespace');
  if (said !== '' && said !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  admitNamespace(core, pods, name, namespace);
  if (textAt(body, 'metadata', 'name') !== name) throw badRequest('name in URL does not match name in Eviction object');
  const pod = mustGet(core, pods, namespace, name);
  const options = readDeleteOptions(at(body, 'deleteOptions') as Json | undefined, undefined, dryRun);
  checkPreconditions(pods, pod, options);
  const budget = ignoresBudgets(pod) ? undefined : budgetOf(core, pod);
  if (budget !== undefined && !mayGoUnhealthy(pod, budget)) charge(core, budget, pod, options);
  if (!options.dryRun) deleteEvicted(core, pod, options);
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}

function wrongKind(body: Json): ApiError {
  const [kind, apiVersion] = [plainText(body['kind']), plainText(body['apiVersion'])];
  const why = `converting (${apiVersion}.${kind}) to (policy.Eviction): unknown conversion`;
  return badRequest(`${kind} in version "${apiVersion}" cannot be handled as a Eviction: ${why}`);
}

/** These take nothing from any budget. */
function ignoresBudgets(pod: Kube): boolean {
  const phase = textAt(pod, 'status', 'phase');
  return (
    phase === 'Pending' || phase === 'Succeeded' || phase === 'Failed' || pod.metadata.deletionTimestamp !== undefined
  );
}

function budgetOf(core: Core, pod: Kube): Kube | undefined {
  const labels = pod.metadata.labels ?? {};
  const all = core.store.list(pdbs, pod.metadata.namespace);
  const matching = all.filter(pdb => selectorTest(at(pdb, 'spec', 'selector') as Json | undefined)(labels));
  if (matching.length > 1)
    throw new ApiError(
      500,
      '',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  return matching[0];
}

/** A pod that is not Ready serves nobody: the budget's policy may let it go uncharged. */
function mayGoUnhealthy(pod: Kube, budget: Kube): boolean {
  if (conditionIs(pod, 'Ready', 'True')) return false;
  if (at(budget, 'spec', 'unhealthyPodEvictionPolicy') === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = (budget.status ?? {}) as Record<string, number>;
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy;
}

function charge(core: Core, budget: Kube, pod: Kube, options: DeleteOptions): void {
  const status = (budget.status ?? {}) as Record<string, number> & { disruptedPods?: Json };
  const name = budget.metadata.name;
  if ((status['observedGeneration'] ?? 0) < (budget.metadata.generation ?? 0)) {
    throw refused(`The disruption budget ${name} is still being processed by the server.`, 10);
  }
  const allowed = status['disruptionsAllowed'] ?? 0;
  if (allowed <= 0) throw refused(whyNone(budget));
  if (options.dryRun) return;
  const disruptedPods = { ...status.disruptedPods, [pod.metadata.name]: kubeTime(core.now()) };
  const after = { ...budget, status: { ...status, disruptionsAllowed: allowed - 1, disruptedPods } };
  core.store.replace(pdbs, budget, after);
}

/** Why a budget allows nothing, in the server's words. */
function whyNone(budget: Kube): string {
  const subject = `The disruption budget ${budget.metadata.name}`;
  const condition = conditionOf(budget, 'DisruptionAllowed');
  if (condition?.['status'] === 'False' && condition['reason'] === 'SyncFailed')
    return `${subject} does not allow evicting pods because it failed sync: ${plainText(condition['message'])}`;
  const { desiredHealthy = 0, currentHealthy = 0 } = (budget.status ?? {}) as Record<string, number>;
  return currentHealthy <= desiredHealthy
    ? `${subject} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
    : `${subject} does not allow evicting pods currently`;
}

function refused(cause: string, retryAfterSeconds?: number): ApiError {
  const message = "Cannot evict pod as it would violate the pod's disruption budget.";
  const causes = [{ reason: 'DisruptionBudget', message: cause }];
  if (retryAfterSeconds === undefined) return new ApiError(429, 'TooManyRequests', message, { details: { causes } });
  const headers = { 'retry-after': String(retryAfterSeconds) };
  return new ApiError(429, 'TooManyRequests', message, { details: { causes, retryAfterSeconds }, headers });
}

function deleteEvicted(core: Core, pod: Kube, options: DeleteOptions): void {
  const marked =
    textAt(pod, 'spec', 'nodeName') === '' || pod.metadata.deletionTimestamp !== undefined
      ? pod
      : core.store.replace(pods, pod, withCondition(pod, core.now(), disruptionTarget));
  deleteObject(core, pods, marked, { ...options, uid: undefined, resourceVersion: undefined });
}

const disruptionTarget: NewCondition = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'EvictionByEvictionAPI',
  message: 'Eviction API: evicting',
};
