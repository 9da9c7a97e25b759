import type { PodView } from '../../domain/facts.ts';
import { closed, type GateVerdict, OPEN } from '../../domain/gate/gate.ts';
import type { PodsGateSettings } from '../../domain/gate/pods.ts';
import type { Gate, GateQuestion, GateSources } from '../gate.ts';

/** How many are named. */
const MOST_NAMES = 3;

/** Pods with certain labels keep nodes from being taken as long as they run. */
export const podsGate: Gate<PodsGateSettings, readonly PodView[]> = {
  kind: 'pods',
  scope: ({ where }) => (where === 'anywhere' ? 'cluster' : 'node'),
  gather: async ({ namespace, selector }, { api, signal }: GateSources) =>
    api === null ? [] : api.listPods(namespace, selector, signal),
  judge,
};

function judge({ where }: PodsGateSettings, pods: readonly PodView[], { node }: GateQuestion): GateVerdict {
  const running = pods.filter(pod => pod.phase !== 'Succeeded' && pod.phase !== 'Failed');
  const meant = where === 'anywhere' ? running : running.filter(pod => pod.nodeName === node?.name);
  if (meant.length === 0) return OPEN;
  const names = meant
    .slice(0, MOST_NAMES)
    .map(pod => `${pod.namespace}/${pod.name} on ${pod.nodeName || 'no node yet'}`);
  const more = meant.length > MOST_NAMES ? `, and ${meant.length - MOST_NAMES} more` : '';
  return closed([`${names.join(', ')}${more} must not be disturbed`], 'when they have ended');
}
